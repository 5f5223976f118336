//! What a playback needs of a run: to stop it after a step, and to look at it there.

use super::Run;
use super::time::Target;
use crate::scenario::ast::{Advance, Line, Statement};
use crate::scenario::problem::{Diagnosis, Problem};
use crate::scenario::standing::{DiskFile, JobStanding, PlaybackStanding, StandingFile};
use crate::scenario::transcript::Transcript;
use crate::vocabulary::FileIndex;

/// A run of all lines, and which steps each of them brought.
#[derive(Debug, Clone)]
pub(crate) struct Played {
    pub(crate) trace: Transcript,
    pub(crate) failure: Option<Problem>,
    /// For each step of the trace, how many steps of the engine there are once it has happened.
    pub(crate) counts: Vec<usize>,
    /// For each line that was run, how many steps of the engine there are after it.
    pub(crate) after_lines: Vec<usize>,
    checkpoints: Vec<Checkpoint>,
}

/// A run on its way, from which it can go on again.
#[derive(Debug, Clone)]
struct Checkpoint {
    run: Run,
    /// The line that comes next.
    line: usize,
    /// What that line waits for, if it has begun.
    rest: Option<Target>,
}

/// After how many steps of the engine there is a checkpoint: it takes milliseconds to go on from one to the next.
pub(crate) const CHECKPOINT_STEPS: usize = 256;

/// Runs the lines up to the first that does not hold or leaves open what happens, with a checkpoint after every so many
/// steps.
pub(crate) fn play(lines: &[Line], every: usize) -> Played {
    let mut run = Run::new(lines);
    let mut checkpoints: Vec<Checkpoint> = Vec::new();
    let mut after_lines = Vec::new();
    let mut failure = None;
    for (index, Line { statement, span }) in lines.iter().enumerate() {
        if statement.leaves_open() {
            break;
        }
        let last = checkpoints.last().map_or(0, |last| last.run.engine.step_count());
        if run.engine.step_count() >= last + every {
            checkpoints.push(run.checkpoint(index, None));
        }
        let held = run.in_pieces(statement, every, |run, rest| {
            checkpoints.push(run.checkpoint(index, Some(rest)));
        });
        after_lines.push(run.engine.step_count());
        if let Err(diagnosis) = held {
            let above = lines.get(..=index).unwrap_or(lines);
            failure = Some(run.failure(diagnosis, above).at(span.clone()));
            break;
        }
    }
    let (trace, counts) =
        Transcript::named_and_counted(&run.engine.trace(), &run.asked_for, &run.program.lines);
    Played { trace, failure, counts, after_lines, checkpoints }
}

impl Played {
    /// Runs the lines until so many steps of the engine have happened, or to their end.
    pub(crate) fn run_to(&self, lines: &[Line], last_step: Option<usize>) -> Run {
        // At the step itself a run stops before the lines that bring none.
        let is_before =
            |one: &&Checkpoint| last_step.is_none_or(|last| one.run.engine.step_count() < last);
        let from = self.checkpoints.iter().rev().find(is_before);
        let mut run = from.map_or_else(|| Run::new(lines), |from| from.run.clone());
        run.last_step = last_step;
        let begin = from.map_or(0, |from| from.line);
        let mut rest = from.and_then(|from| from.rest);
        let below = lines.iter().skip(begin).take_while(|line| !line.statement.leaves_open());
        for line in below {
            if run.has_played() {
                break;
            }
            let held = match rest.take() {
                Some(target) => run.wait_for(target),
                None => run.statement(&line.statement),
            };
            if held.is_err() {
                break;
            }
        }
        run.last_step = None;
        run.engine.share_steps();
        run
    }
}

impl Run {
    fn checkpoint(&mut self, line: usize, rest: Option<Target>) -> Checkpoint {
        self.engine.share_steps();
        let mut run = self.clone();
        (run.last_step, run.is_stopped) = (None, false);
        Checkpoint { run, line, rest }
    }

    /// Runs a statement; one that lets time pass is interrupted after every so many steps, with what it waits for.
    fn in_pieces(
        &mut self,
        statement: &Statement,
        every: usize,
        mut interrupted: impl FnMut(&mut Self, Target),
    ) -> Result<(), Diagnosis> {
        let (job, advance) = match statement {
            // For bytes it is asked again and again when they come, at instants that an interruption would change.
            Statement::Advance(_, Advance::UntilBytes(_)) => return self.statement(statement),
            Statement::Advance(job, advance) => (job.as_deref(), *advance),
            _ => return self.statement(statement),
        };
        let target = self.target(job, advance)?;
        loop {
            self.last_step = Some(self.engine.step_count().saturating_add(every));
            let held = self.wait_for(target);
            self.last_step = None;
            if !std::mem::take(&mut self.is_stopped) {
                return held;
            }
            interrupted(self, target);
        }
    }

    /// Whether all steps have happened that are wanted.
    pub(super) fn has_played(&self) -> bool {
        self.last_step.is_some_and(|last| self.engine.step_count() >= last)
    }

    /// Where everything stands.
    pub(crate) fn standing(&mut self) -> PlaybackStanding {
        self.engine.flush_all_progress();
        let explanations = self.explanations();
        let jobs = explanations.into_iter().filter_map(|explanation| {
            let client = self.jobs.iter().find(|client| client.job == explanation.job)?;
            let job = self.engine.service.job(client.job)?;
            let files = (0..job.file_count()).map(FileIndex).filter_map(|index| {
                let file = job.file(index)?;
                Some(StandingFile {
                    remote_name: file.remote_name.to_string(),
                    local_name: file.local_name.to_string(),
                    temporary_name: job.temporary_name(index),
                    progress: job.file_progress(index)?,
                })
            });
            Some(JobStanding {
                name: client.name.to_string(),
                job_type: job.job_type(),
                priority: job.priority(),
                owner: self.engine.account_name(job.owner()).to_string(),
                progress: job.progress(),
                error_count: job.error_count(),
                no_error_object: job.error().err(),
                files: files.collect(),
                due: job.due_notifications().map(|due| due.notification).collect(),
                explanation,
            })
        });
        let jobs: Vec<JobStanding> = jobs.collect();
        let names = jobs.iter().flat_map(|job| &job.files).flat_map(|file| {
            [Some(file.local_name.clone()), file.temporary_name.clone()].into_iter().flatten()
        });
        let disk = names.filter_map(|path| {
            let size = self.engine.world.disk().size(&path)?;
            Some(DiskFile { path, size })
        });
        let disk = disk.collect();
        let next = if self.by_hand { None } else { self.next_instant() };
        PlaybackStanding { now: self.now(), next, by_hand: self.by_hand, jobs, disk }
    }
}
