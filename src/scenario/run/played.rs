//! What a playback needs of a run: to stop it after a step, to look at it there, and to try what could happen next.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::{Run, expect};
use crate::machine::{Event, Input};
use crate::scenario::ast::{
    Advance, CalledBy, Line, ServiceChange, Statement, StepAction, StepStatement, UserAction,
};
use crate::scenario::check;
use crate::scenario::problem::Problem;
use crate::scenario::standing::{
    DiskFile, JobStanding, PlaybackStanding, PossibleStep, StandingFile, StepKind,
};
use crate::scenario::transcript::Transcript;
use crate::vocabulary::{FileIndex, JobId, Method};

/// A run of all lines, and which steps each of them brought.
pub(crate) struct Played {
    pub(crate) trace: Transcript,
    pub(crate) failure: Option<Problem>,
    /// For each step of the trace, how many steps of the engine there are once it has happened.
    pub(crate) counts: Vec<usize>,
    /// For each line that was run, how many steps of the engine there are after it.
    pub(crate) after_lines: Vec<usize>,
}

/// Runs the lines up to the first that does not hold or leaves open what happens.
pub(crate) fn play(lines: &[Line]) -> Played {
    let mut run = Run::new(lines);
    let mut after_lines = Vec::new();
    let mut failure = None;
    for (index, Line { statement, span }) in lines.iter().enumerate() {
        let diagnosis = match statement.is_open() {
            true => Some(super::left_open(statement)),
            false => run
                .statement(statement)
                .err()
                .map(|diagnosis| run.failure(diagnosis, lines.get(..=index).unwrap_or(lines))),
        };
        after_lines.push(run.engine.step_count());
        failure = diagnosis.map(|diagnosis| diagnosis.at(span.clone()));
        if failure.is_some() {
            break;
        }
    }
    let (trace, counts) =
        Transcript::named_and_counted(&run.engine.trace(), &run.asked_for, &run.program.lines);
    Played { trace, failure, counts, after_lines }
}

/// Runs lines until so many steps have happened, or to their end.
pub(crate) fn run_to(lines: &[Line], last_step: Option<usize>) -> Run {
    let mut run = Run::new(lines);
    run.last_step = last_step;
    for line in lines.iter().take_while(|line| !line.statement.is_open()) {
        if run.has_played() || run.statement(&line.statement).is_err() {
            break;
        }
    }
    run.last_step = None;
    run
}

impl Run {
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

    /// What could happen to a job now: each step as a line, and what would come of it.
    pub(crate) fn possible(&self, lines: &[Line], name: Option<&str>) -> Vec<PossibleStep> {
        let Some(client) = (match name {
            Some(name) => self.jobs.iter().rev().find(|client| *client.name == *name),
            None => self.jobs.last(),
        }) else {
            return Vec::new();
        };
        let (job, label) = (client.job, Arc::clone(&client.name));
        let several = self.jobs.len() > 1;
        let mut calls: BTreeMap<Method, PossibleStep> = BTreeMap::new();
        let mut others = Vec::new();
        let owner = self.engine.service.job(job).map(|job| job.owner());
        for what in alphabet(owner.map(|owner| self.engine.account_name(owner))) {
            let named = (several && what.is_of_a_job()).then(|| Arc::clone(&label));
            let step = StepStatement { at: None, job: named, what, code: None, state: None };
            let Some(possible) = self.tried(lines, step, job) else { continue };
            match &possible.kind {
                StepKind::Call(method) => {
                    let known = calls.entry(*method).or_insert_with(|| possible.clone());
                    if known.refusal.is_some() && possible.refusal.is_none() {
                        *known = possible;
                    }
                }
                StepKind::Event | StepKind::Time => others.push(possible),
            }
        }
        let error = self.reads_error(job, several.then_some(&*label));
        let mut all: Vec<PossibleStep> = calls.into_values().chain(error).collect();
        all.extend(others);
        all.extend(self.times(lines, job));
        all
    }

    /// What comes of a step, on a copy of the run; `None` if it cannot be said in this scenario.
    fn tried(&self, lines: &[Line], step: StepStatement, job: JobId) -> Option<PossibleStep> {
        if !is_sayable(lines, Statement::Step(step.clone())) {
            return None;
        }
        let mut copy = self.clone();
        let before = copy.engine.step_count();
        let from = copy.engine.state_of(job)?;
        let line = copy.step_as_it_comes(&step, true).ok()?;
        let did = copy.engine.steps_since(before).find_map(|one| one.job(job).cloned());
        let kind = match &step.what {
            StepAction::Call(_, call) => StepKind::Call(call.method()),
            _ => StepKind::Event,
        };
        Some(PossibleStep {
            line: Statement::Step(line).to_string(),
            words: match kind {
                StepKind::Call(method) => method.to_string(),
                StepKind::Event | StepKind::Time => {
                    Statement::Step(StepStatement { job: None, ..step }).to_string()
                }
            },
            kind,
            refusal: did.as_ref().and_then(|did| did.result.as_ref().err().copied()),
            is_ignored: did.as_ref().is_none_or(|did| did.was_ignored()),
            from,
            to: copy.engine.state_of(job).unwrap_or(from),
        })
    }

    /// `GetError`, which changes nothing: an expectation.
    fn reads_error(&self, id: JobId, name: Option<&str>) -> Option<PossibleStep> {
        let job = self.engine.service.job(id)?;
        let statement = Statement::Expect(name.map(Into::into), vec![expect::error_object(job)]);
        Some(PossibleStep {
            line: statement.to_string(),
            words: Method::GetError.to_string(),
            kind: StepKind::Call(Method::GetError),
            refusal: job.error().err(),
            is_ignored: false,
            from: job.state(),
            to: job.state(),
        })
    }

    /// What comes of letting time pass.
    fn times(&self, lines: &[Line], job: JobId) -> Vec<PossibleStep> {
        let from = self.engine.state_of(job);
        let (Some(from), false) = (from, self.by_hand) else { return Vec::new() };
        let next = self.next_instant().map(Advance::To);
        let spans = SPANS.iter().filter_map(|words| words.parse::<Advance>().ok());
        let tried = next.into_iter().chain(spans).filter_map(|advance| {
            let statement = Statement::Advance(None, advance);
            if !is_sayable(lines, statement.clone()) {
                return None;
            }
            let mut copy = self.clone();
            copy.statement(&statement).ok()?;
            Some(PossibleStep {
                line: statement.to_string(),
                words: match advance {
                    Advance::To(_) => "until the next thing happens".to_owned(),
                    _ => statement.to_string(),
                },
                kind: StepKind::Time,
                refusal: None,
                is_ignored: false,
                from,
                to: copy.engine.state_of(job)?,
            })
        });
        tried.collect()
    }
}

/// The spans of time that are tried.
const SPANS: [&str; 5] = ["1 s", "10 m", "1 h", "1 d", "14 d"];

/// Everything of which each job may be asked what it would do: calls, events, and what happens to the computer.
fn alphabet(owner: Option<Arc<str>>) -> Vec<StepAction> {
    let inputs = Input::examples().into_iter().filter_map(|input| match input {
        Input::Call(call) => Some(StepAction::Call(CalledBy::Owner, call)),
        // By the line of the user, which is of all jobs.
        Input::Event(Event::OwnerLoggedOff | Event::OwnerLoggedOn) => None,
        Input::Event(event) => Some(StepAction::Event(event)),
        Input::CallBy(..) | Input::Deadline(_) => None,
    });
    let users = owner.into_iter().flat_map(|owner| {
        [UserAction::LogsOff, UserAction::LogsOn]
            .map(|act| StepAction::User(Arc::clone(&owner), act))
    });
    let service = [ServiceChange::Stops, ServiceChange::Starts].map(StepAction::Service);
    inputs.chain(users).chain(service).collect()
}

/// Whether a statement can stand below the lines.
fn is_sayable(lines: &[Line], statement: Statement) -> bool {
    let span: Range<usize> = 0..0;
    let mut all: Vec<Line> =
        lines.iter().filter(|line| line.statement != Statement::NoExpectations).cloned().collect();
    all.push(Line { statement, span });
    check::check(&all).is_empty()
}
