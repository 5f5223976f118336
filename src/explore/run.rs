//! One run of a program, from the first life to the judgement.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use chrono::TimeDelta;

use super::choice::Decisions;
use super::counterexample::{Counterexample, Expected, Violation};
use super::driver::{ExploredChooser, ProgramDriver, words_of};
use super::ending::{Ending, jobs_left, temporary_files};
use super::execution::{Covers, Execution};
use super::life::{Life, Store};
use super::lots::Lots;
use super::monitors::Monitor;
use super::panics::keep_panics;
use super::place::Place;
use super::reached::Tally;
use super::record::{EndTold, Told};
use super::scope::Scope;
use super::setup::Setup;
use super::stop::{Endless, Stop, Strayed};
use super::story::Story;
use super::watchdog::watch;
use super::world::People;
use crate::emulator::{Emulator, StateChange, refusing};

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
    /// What the program returned, if it was not cut short.
    pub(super) result: Option<Result<(), String>>,
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

/// How a life ended.
#[derive(Debug, PartialEq, Eq)]
enum LifeEnd {
    Returned(Result<(), String>),
    Stopped(Stop),
    Panicked(String),
}

impl From<&LifeEnd> for EndTold {
    fn from(end: &LifeEnd) -> Self {
        match end {
            LifeEnd::Returned(Ok(())) => Self::Succeeded,
            LifeEnd::Returned(Err(why)) => Self::Failed(why.clone()),
            LifeEnd::Panicked(why) => Self::Panicked(why.clone()),
            LifeEnd::Stopped(Stop::Killed) => Self::Killed,
            LifeEnd::Stopped(
                Stop::Pruned | Stop::Endless(_) | Stop::Strayed(_) | Stop::Misused,
            ) => Self::CutShort,
        }
    }
}

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
        emulator.set_driver(Some(Arc::new(ProgramDriver {
            execution: Arc::clone(&execution),
            people: people.clone(),
        })));
        emulator.set_chooser(ExploredChooser(Arc::clone(&execution)));
        emulator.set_poll_limit(None);
        let store = Store::new(Arc::clone(&execution));
        let life = |number| {
            if number > 0 && execution.begins_known_life(&emulator) {
                return LifeEnd::Stopped(Stop::Pruned);
            }
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
            let stop = execution.progress().actor.stop;
            let end = match (ended, stop) {
                (_, Some(stop)) => LifeEnd::Stopped(stop),
                (Ok(result), None) => LifeEnd::Returned(result),
                (Err(panic), None) => LifeEnd::Panicked(text_of(&*panic)),
            };
            execution.record(|| Told::Ends((&end).into()));
            life.session.kill();
            end
        };
        let (mut number, mut was_killed) = (0, false);
        let end = loop {
            execution.progress().actor.life = number;
            match life(number) {
                LifeEnd::Stopped(Stop::Killed) => was_killed = true,
                end => break end,
            }
            number += 1;
        };
        execution.end();
        if end == LifeEnd::Stopped(Stop::Pruned) {
            let (story, changes) = (Story::default(), changes(&emulator));
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
            let LifeEnd::Returned(result) = end else { return None };
            let pass_time = || {
                let aftermath = emulator.now() + AFTERMATH;
                while execution.advance(&emulator, &people, aftermath) {}
            };
            pass_time();
            let owner = emulator.sid(&self.user);
            let mut left = vec![jobs_left(&emulator, owner)];
            for is_further in [false, true] {
                let is_due = |monitor: &&Monitor| monitor.judges_further_lives == is_further;
                let mut monitors = self.monitors.0.iter().filter(is_due).peekable();
                // After a kill one further life, in which nothing goes wrong, may clean up.
                let lives = match monitors.peek() {
                    Some(_) if is_further => FURTHER_LIVES,
                    _ => usize::from(was_killed && !is_further),
                };
                for _ in 0..lives {
                    if left.last() == Some(&0) {
                        break;
                    }
                    number += 1;
                    execution.progress().actor.life = number;
                    let broken = self.broken_by(&life(number), &execution);
                    if broken.is_some() {
                        return broken;
                    }
                    pass_time();
                    left.push(jobs_left(&emulator, owner));
                }
                let broken = self.judge(&execution, &emulator, &result, &left, monitors);
                if broken.is_some() {
                    return broken;
                }
            }
            // Of another thread, perhaps, that came late.
            execution.misuse()
        });
        emulator.set_driver(None);
        let noted = std::mem::take(&mut execution.progress().noted);
        let trace = violation.as_ref().map(|_| emulator.trace());
        let story = Story { noted, record: execution.take_record(), trace };
        let changes = changes(&emulator);
        Ran { execution, violation, was_pruned: false, story, result, changes }
    }

    /// The first of these promises that a run broke, which left that number of jobs.
    fn judge<'run>(
        &self,
        execution: &Execution,
        emulator: &Emulator,
        result: &Result<(), String>,
        jobs_left: &[usize],
        mut monitors: impl Iterator<Item = &'run Monitor>,
    ) -> Option<Violation> {
        let progress = execution.progress();
        let (incidents, requests) = (progress.incidents.clone(), progress.requests.clone());
        let illegal_calls = progress.actor.legality.illegal.clone();
        drop(progress);
        let files = requests.iter().flat_map(|request| &request.files);
        let ending = Ending {
            emulator,
            result: result.clone(),
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
    fn broken_by(&self, end: &LifeEnd, execution: &Execution) -> Option<Violation> {
        match end {
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
            LifeEnd::Stopped(Stop::Killed | Stop::Pruned) | LifeEnd::Returned(_) => None,
        }
    }

    fn endless(&self, by: Endless, execution: &Execution) -> Violation {
        let Scope { time, idle_calls, resumes, .. } = &*self.scope;
        let promise = match by {
            Endless::Round | Endless::Time | Endless::IdleCalls | Endless::Asleep => {
                "the program comes to its end"
            }
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

/// The text of a panic.
fn text_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}
