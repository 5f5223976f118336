//! One run of a program, from the first life to the judgement.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use chrono::TimeDelta;

use super::choice::Decisions;
use super::counterexample::{Counterexample, Story, Violation};
use super::driver::{ExploredChooser, ProgramDriver, words_of};
use super::execution::{Covers, Endless, Execution, Scope, Stop, Strayed};
use super::life::{Life, Store};
use super::lots::Lots;
use super::monitors::{Ending, jobs_left};
use super::panics::keep_panics;
use super::place::Place;
use super::reached::{StateChange, Tally};
use super::setup::Setup;
use super::watchdog::watch;
use super::world::People;
use crate::emulator::{Emulator, TraceStep, refusing};

/// How long the world goes on after the program has ended, before it is judged.
const AFTERMATH: TimeDelta = TimeDelta::hours(1);

/// What became of a run.
pub(super) struct Ran {
    pub(super) execution: Arc<Execution>,
    pub(super) violation: Option<Violation>,
    pub(super) was_pruned: bool,
    pub(super) story: Story,
    /// What the program returned, if it was not cut short.
    pub(super) result: Option<Result<(), String>>,
    /// The transitions that jobs took.
    pub(super) changes: Tally<StateChange>,
}

impl Ran {
    /// The run as a counterexample, if it broke a promise.
    pub(super) fn counterexample(self, decisions: &Decisions) -> Option<Counterexample> {
        let violation = self.violation?;
        Some(Counterexample { decisions: decisions.to_string(), violation, story: self.story })
    }
}

/// How a life ended.
#[derive(Debug, PartialEq, Eq)]
enum LifeEnd {
    Returned(Result<(), String>),
    Stopped(Stop),
    Panicked(String),
}

impl Setup {
    /// Runs the program with those decisions.
    pub(super) fn run(&self, decisions: Decisions, lots: Option<Lots>, covers: Covers) -> Ran {
        let emulator = self.world.fork();
        let execution = Execution::new(Arc::clone(&self.scope), decisions, covers);
        execution.progress().lots = lots;
        watch(&execution);
        let operator = self.operator.counterpart(&emulator);
        let people = People { user: self.user.clone(), operator };
        emulator.set_driver(Some(Arc::new(ProgramDriver {
            execution: Arc::clone(&execution),
            people: people.clone(),
        })));
        emulator.set_chooser(ExploredChooser(Arc::clone(&execution)));
        emulator.set_poll_limit(None);
        let store = Store::new(Arc::clone(&execution));
        let life = |number| {
            let session = match emulator.try_connect(&self.user) {
                Ok(session) => session,
                Err(error) => return LifeEnd::Returned(Err(error.to_string())),
            };
            execution.begin_life(&emulator, session.process());
            let life = Life {
                emulator: emulator.clone(),
                session,
                store: store.clone(),
                execution: Arc::clone(&execution),
                number,
            };
            let misused = Arc::clone(&execution);
            let refuse = move |forbidden| misused.refuse(forbidden);
            let run = || catch_unwind(AssertUnwindSafe(|| (self.program)(&life)));
            let ended = keep_panics(&execution, || refusing(refuse, run));
            let stop = execution.progress().stop;
            life.session.kill();
            match (ended, stop) {
                (_, Some(stop)) => LifeEnd::Stopped(stop),
                (Ok(result), None) => LifeEnd::Returned(result),
                (Err(panic), None) => LifeEnd::Panicked(text_of(&*panic)),
            }
        };
        let (mut number, mut was_killed) = (0, false);
        let end = loop {
            execution.progress().life = number;
            match life(number) {
                LifeEnd::Stopped(Stop::Killed) => was_killed = true,
                end => break end,
            }
            number += 1;
        };
        execution.end();
        if end == LifeEnd::Stopped(Stop::Pruned) {
            let (story, changes) = (Story::default(), self.changes(&emulator));
            return Ran {
                execution,
                violation: None,
                was_pruned: true,
                story,
                result: None,
                changes,
            };
        }
        let result = match &end {
            LifeEnd::Returned(result) => Some(result.clone()),
            LifeEnd::Stopped(_) | LifeEnd::Panicked(_) => None,
        };
        let violation = self.broken_by(&end, &execution).or_else(|| {
            if execution.ended_early() {
                return Some(strays("the program came to its end before the decisions on replay"));
            }
            let aftermath = emulator.now() + AFTERMATH;
            while execution.advance(&emulator, &people, aftermath) {}
            let owner = emulator.sid(&self.user);
            if was_killed && jobs_left(&emulator, owner) > 0 {
                // One further life, in which nothing goes wrong, may clean up.
                execution.progress().life = number + 1;
                let broken = self.broken_by(&life(number + 1), &execution);
                if broken.is_some() {
                    return broken;
                }
            }
            // Of another thread, perhaps, that came late.
            if let Some(misuse) = execution.misuse() {
                return Some(misuse);
            }
            let progress = execution.progress();
            let (incidents, refused) = (progress.incidents.clone(), progress.refused.clone());
            drop(progress);
            let LifeEnd::Returned(result) = end else { return None };
            let ending = Ending {
                emulator: &emulator,
                result,
                wanted: &self.wanted,
                incidents: &incidents,
                refused: &refused,
                jobs_left: jobs_left(&emulator, owner),
            };
            self.monitors.0.iter().find_map(|monitor| {
                let happened = (monitor.check)(&ending).err()?;
                Some(Violation { promise: monitor.promise, happened })
            })
        });
        emulator.set_driver(None);
        let noted = std::mem::take(&mut execution.progress().noted);
        let trace = violation.as_ref().map(|_| emulator.trace());
        let (story, changes) = (Story { noted, trace }, self.changes(&emulator));
        Ran { execution, violation, was_pruned: false, story, result, changes }
    }

    /// The transitions that jobs took in a run, as far as its trace reaches back.
    fn changes(&self, emulator: &Emulator) -> Tally<StateChange> {
        let set_up = self.world.observe(|engine| engine.recorder.number());
        let mut changes = Tally::default();
        emulator.observe(|engine| {
            let steps = engine.recorder.steps().rev().take_while(|step| step.number > set_up);
            let taken = steps.flat_map(TraceStep::jobs).flat_map(StateChange::of_step);
            taken.for_each(|change| changes.note(change));
        });
        changes
    }
}

impl Setup {
    /// The promise that a life breaks by how it ends, whatever else is promised.
    fn broken_by(&self, end: &LifeEnd, execution: &Execution) -> Option<Violation> {
        match end {
            LifeEnd::Stopped(Stop::Endless(by)) => Some(self.endless(*by, execution)),
            LifeEnd::Stopped(Stop::Misused) => execution.misuse(),
            LifeEnd::Stopped(Stop::Strayed(Strayed { now, before })) if now == before => {
                Some(strays("the program had observed something else on replay, at the same point"))
            }
            LifeEnd::Stopped(Stop::Strayed(Strayed { now, before })) => {
                let words = |place: &Option<Place>| {
                    place.map_or_else(|| "while steps are possible at once".to_owned(), words_of)
                };
                let (now, before) = (words(now), words(before));
                Some(strays(format!(
                    "the program made another call on replay: it stood {now} instead of {before}"
                )))
            }
            LifeEnd::Panicked(message) => Some(Violation {
                promise: "the program does not panic",
                happened: format!("it panicked: {message}"),
            }),
            // Each kill is followed by another life, and the budget of them is finite.
            LifeEnd::Stopped(Stop::Killed | Stop::Pruned) | LifeEnd::Returned(_) => None,
        }
    }

    fn endless(&self, by: Endless, execution: &Execution) -> Violation {
        let Scope { time, idle_calls, resumes, .. } = &*self.scope;
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
        };
        Violation { promise: "the program comes to its end", happened }
    }
}

/// What is said of a program that depends on something that the explorer does not decide.
fn strays(happened: impl Into<String>) -> Violation {
    let promise = "the program does the same again if the same happens";
    Violation { promise, happened: happened.into() }
}

/// The text of a panic.
fn text_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}
