//! One run of a program, from the first life to the judgement.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;

use super::choice::Incident;
use super::counterexample::{Counterexample, Expected, Violation};
use super::decisions::Decisions;
use super::driver::{ExploredChooser, ProgramDriver};
use super::ending::{Ending, jobs_left, temporary_files};
use super::execution::{Covers, Execution};
use super::lives::{LifeEnd, Lives, Living};
use super::lots::Lots;
use super::monitors::Monitor;
use super::place::{Place, words_of};
use super::reached::Tally;
use super::scope::Scope;
use super::setup::Setup;
use super::stop::{Endless, Stop, Strayed};
use super::store::Store;
use super::story::Story;
use super::watchdog::watch;
use super::world::People;
use crate::emulator::{Emulator, StateChange};
use crate::vocabulary::Sid;

/// How long the world goes on after the program has ended, before it is judged.
const AFTERMATH: TimeDelta = TimeDelta::hours(1);

/// How many further lives, in which nothing goes wrong, tell whether each leaves more jobs than the one before.
const FURTHER_LIVES: usize = 2;

/// What became of a run.
pub(super) struct Ran {
    pub(super) execution: Arc<Execution>,
    pub(super) violation: Option<Violation>,
    pub(super) was_pruned: bool,
    pub(super) story: Story,
    /// What the programs returned that were not cut short.
    pub(super) results: Vec<Result<(), String>>,
    /// The transitions that jobs took.
    pub(super) changes: Tally<StateChange>,
}

impl Ran {
    /// The run as a counterexample, if it broke a promise.
    pub(super) fn counterexample(self, decisions: &Decisions) -> Option<Counterexample> {
        let violation = self.violation?;
        let (decisions, points) = (decisions.to_string(), self.execution.progress().point);
        Some(Counterexample { decisions, points, violation, story: self.story })
    }
}

/// What every program has to keep that is replayed.
pub(super) const DOES_THE_SAME: &str = "the program does the same again if the same happens";

impl Setup {
    /// Runs the program with those decisions.
    pub(super) fn run(&self, decisions: Decisions, lots: Option<Lots>, covers: Covers) -> Ran {
        self.make(decisions, lots, covers, false)
    }

    /// Returns the counterexample with all that happened in it: it is run again and recorded. What a program
    /// that does not do the same again did the first time is all that is known of that.
    pub(super) fn tell(&self, found: Counterexample) -> Counterexample {
        let Ok(decisions) = found.decisions.parse::<Decisions>() else { return found };
        let ran = self.run_and_record(decisions.clone());
        match ran.counterexample(&decisions) {
            Some(told) if told.violation == found.violation => told,
            _ => found,
        }
    }

    /// Runs the program with those decisions, and records what it does and learns.
    pub(super) fn run_and_record(&self, decisions: Decisions) -> Ran {
        self.make(decisions, None, Arc::new(|_, _| false), true)
    }

    fn make(
        &self,
        decisions: Decisions,
        lots: Option<Lots>,
        covers: Covers,
        is_recorded: bool,
    ) -> Ran {
        let emulator = self.world.fork();
        let execution = Execution::new(Arc::clone(&self.scope), decisions, covers);
        execution.progress().lots = lots;
        emulator.observe(|engine| {
            if !is_recorded && !self.scope.keeps_traces {
                engine.recorder.set_capacity(0);
            }
            engine.recorder.note_state_changes();
        });
        if is_recorded {
            execution.begin_record(&emulator);
        }
        watch(&execution);
        let operator = self.operator.counterpart(&emulator);
        let people = People { user: self.user.clone(), operator };
        let driver =
            Arc::new(ProgramDriver { execution: Arc::clone(&execution), people: people.clone() });
        emulator.set_driver(Some(Arc::clone(&driver) as _));
        emulator.set_chooser(ExploredChooser(Arc::clone(&execution)));
        emulator.set_poll_limit(None);
        let mut known = BTreeMap::new();
        let mut store_of = |number: u8| {
            let new = || Store::new(number, &emulator, &driver);
            known.entry(number).or_insert_with(new).clone()
        };
        let programs = self.programs.iter().map(|part| {
            let (store, user_store) = (store_of(part.store), store_of(part.user_store));
            Living { part, store, user_store }
        });
        let lives = Lives {
            programs: programs.collect(),
            emulator: &emulator,
            people: &people,
            execution: &execution,
        };
        let ends = lives.all();
        execution.end();
        if ends.contains(&LifeEnd::Stopped(Stop::Pruned)) {
            // It holds the emulator, which would hold it for ever.
            emulator.set_driver(None);
            let (story, changes) = (Story::default(), changes(&emulator));
            return Ran {
                execution,
                violation: None,
                was_pruned: true,
                story,
                results: Vec::new(),
                changes,
            };
        }
        let results = ends.iter().filter_map(|end| match end {
            LifeEnd::Returned(result) => Some(result.clone()),
            LifeEnd::Stopped(_) | LifeEnd::Panicked(_) => None,
        });
        let results: Vec<_> = results.collect();
        let violation = self.broken_by(&ends, &execution).or_else(|| {
            if execution.ended_early() {
                return Some(strays("the program came to its end before the decisions on replay"));
            }
            self.judge_all(&lives, &people, &results)
        });
        emulator.set_driver(None);
        let noted = std::mem::take(&mut execution.progress().noted);
        let trace = violation.as_ref().map(|_| emulator.trace());
        let story = Story { noted, record: execution.take_record(), trace };
        let changes = changes(&emulator);
        Ran { execution, violation, was_pruned: false, story, results, changes }
    }

    /// The first promise that a run broke whose programs have ended. Further lives are made for some.
    fn judge_all(
        &self,
        lives: &Lives<'_>,
        people: &People,
        results: &[Result<(), String>],
    ) -> Option<Violation> {
        let Lives { emulator, execution, .. } = lives;
        let was_killed = execution.progress().incidents.contains(&Incident::Kill);
        let pass_time = || {
            let aftermath = emulator.now() + AFTERMATH;
            while execution.advance(emulator, people, aftermath) {}
        };
        pass_time();
        let owners: Vec<Sid> = self.programs.iter().map(|part| emulator.sid(&part.user)).collect();
        let mut left = vec![jobs_left(emulator, &owners)];
        for is_further in [false, true] {
            let is_due = |monitor: &&Monitor| monitor.judges_further_lives == is_further;
            let mut monitors = self.monitors.0.iter().filter(is_due).peekable();
            // After a kill one further life, in which nothing goes wrong, may clean up.
            let further = match monitors.peek() {
                Some(_) if is_further => FURTHER_LIVES,
                _ => usize::from(was_killed && !is_further),
            };
            for _ in 0..further {
                if left.last() == Some(&0) {
                    break;
                }
                let broken = self.broken_by(&lives.again(), execution);
                if broken.is_some() {
                    return broken;
                }
                pass_time();
                left.push(jobs_left(emulator, &owners));
            }
            let broken = self.judge(execution, emulator, results, &left, monitors);
            if broken.is_some() {
                return broken;
            }
        }
        // Of another thread, perhaps, that came late.
        execution.misuse()
    }

    /// The first of these promises that a run broke, which left that number of jobs.
    fn judge<'run>(
        &self,
        execution: &Execution,
        emulator: &Emulator,
        results: &[Result<(), String>],
        jobs_left: &[usize],
        mut monitors: impl Iterator<Item = &'run Monitor>,
    ) -> Option<Violation> {
        let progress = execution.progress();
        let incidents: Vec<_> = self.flaws.iter().chain(&progress.incidents).copied().collect();
        let requests = progress.requests.clone();
        let others = progress.others.values();
        let all = std::iter::once(&progress.actor).chain(others);
        let illegal_calls: Vec<_> = all.flat_map(|actor| actor.legality.illegal.clone()).collect();
        drop(progress);
        let files = requests.iter().flat_map(|request| &request.files);
        let ending = Ending {
            emulator,
            result: results.first().cloned().unwrap_or(Ok(())),
            results,
            processes: self.processes,
            wanted: &self.wanted,
            requests: &requests,
            incidents: &incidents,
            illegal_calls: &illegal_calls,
            jobs_left,
            temporary_files: &temporary_files(emulator, files.chain(&self.wanted)),
        };
        monitors.find_map(|monitor| {
            let happened = (monitor.check)(&ending).err()?;
            let expected = (monitor.expected)(&ending);
            Some(Violation { promise: monitor.promise, happened, expected })
        })
    }
}

/// The transitions that jobs took in a run.
fn changes(emulator: &Emulator) -> Tally<StateChange> {
    let mut changes = Tally::default();
    let taken = emulator.observe(|engine| engine.recorder.take_state_changes());
    taken.into_iter().for_each(|change| changes.note(change));
    changes
}

impl Setup {
    /// The promise that a life breaks by how it ends, whatever else is promised.
    fn broken_by(&self, ends: &[LifeEnd], execution: &Execution) -> Option<Violation> {
        // When one ends the run, the others are over.
        match ends.iter().find(|end| end.ends_the_run())? {
            LifeEnd::Stopped(Stop::Endless(by)) => Some(self.endless(*by, execution)),
            LifeEnd::Stopped(Stop::Misused) => execution.misuse(),
            LifeEnd::Stopped(Stop::Strayed(Strayed { now, before })) if now == before => {
                Some(strays("the program had observed something else on replay, at the same point"))
            }
            LifeEnd::Stopped(Stop::Strayed(Strayed { now, before })) => {
                let words = |place: &Option<Place>| {
                    place.map_or_else(
                        || "while steps or tasks were to be chosen from".to_owned(),
                        words_of,
                    )
                };
                let (now, before) = (words(now), words(before));
                Some(strays(format!(
                    "the program made another call on replay: it stood {now} instead of {before}"
                )))
            }
            LifeEnd::Panicked(message) => Some(Violation {
                promise: "the program does not panic",
                happened: format!("it panicked: {message}"),
                expected: Expected::End,
            }),
            // Each kill is followed by another life, and the budget of them is finite.
            LifeEnd::Stopped(Stop::Killed | Stop::Pruned | Stop::Over) | LifeEnd::Returned(_) => {
                None
            }
        }
    }

    fn endless(&self, by: Endless, execution: &Execution) -> Violation {
        let Scope { time, idle_calls, resumes, .. } = &*self.scope;
        let promise = match by {
            Endless::Round
            | Endless::Time
            | Endless::IdleCalls
            | Endless::Asleep
            | Endless::Locked => "the program comes to its end",
            Endless::Resumes => "the program retries a bounded number of times",
        };
        let within = |happened: String| format!("no end within the bound: {happened}");
        let happened = match by {
            Endless::Round => {
                let round = execution.progress().rounds.found.take();
                format!("it does not end: {}", round.unwrap_or_default())
            }
            Endless::Time => within(format!(
                "it had not ended {} days after it began or the last thing went wrong",
                time.num_days()
            )),
            Endless::IdleCalls => {
                within(format!("it made {idle_calls} calls in a row that noticed nothing new"))
            }
            Endless::Resumes => within(format!("it resumed its jobs {resumes} times, and went on")),
            Endless::Asleep if execution.are_several() => {
                "every program waits, and nothing will wake one".to_owned()
            }
            Endless::Locked => "it waits for a lock that is never released".to_owned(),
            Endless::Asleep => "all its tasks wait, and nothing will wake them".to_owned(),
        };
        Violation { promise, happened, expected: Expected::End }
    }
}

/// What is said of a program that depends on something that the explorer does not decide.
fn strays(happened: impl Into<String>) -> Violation {
    let (happened, expected) = (happened.into(), Expected::Unsaid);
    Violation { promise: DOES_THE_SAME, happened, expected }
}
