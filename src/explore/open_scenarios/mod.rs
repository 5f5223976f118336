//! Scenarios in which something is left open: everything that is possible in them, and what holds in all of it.
//!
//! A [scenario](crate::scenario) says what happens line by line. Where it [leaves something
//! open](crate::scenario#what-is-left-open), it has many runs; [`check_scenario`] explores them all, and so does the command
//! `bits check`, for people without Rust.
//!
//! # From a question in one line to its answer
//!
//! *Can this job end in ERROR with no error object to read?* The question is a line, and so is what may go wrong:
//!
//! ```
//! use bits_emulator::explore::open_scenarios::{self, Finding};
//! use bits_emulator::scenario::Scenario;
//!
//! let text = r"
//! server example.com
//!   /app.exe 1 MiB, answers 404 always
//! job update, DOWNLOAD, by alice
//! never in the end ERROR, no error object
//! add https://example.com/app.exe as C:\app\app.exe
//! resume
//! at most 2 times at any time any of
//!   service restarts
//!   alice logs off
//!     advance 60 s
//!     alice logs on
//!   alice exits
//! advance 10 m
//! ";
//! let scenario: Scenario = text.parse()?;
//! let outcomes = open_scenarios::check_scenario(&scenario).run();
//!
//! // It can, by one thing that goes wrong and no fewer:
//! let answer = &outcomes.answers()[0];
//! let shortest = answer.run().unwrap();
//! assert_eq!((answer.finding(), shortest.open_steps()), (Finding::Fails, 1));
//! let run = shortest.scenario();
//! assert!(run.ends_with("\
//! resume
//! advance 10 m
//! alice exits
//! expect ERROR, no error object
//! "), "{run}");
//!
//! // That run is a scenario in which nothing is left open: its trace has the rules behind it.
//! let report = run.parse::<Scenario>()?.run();
//! assert_eq!(report.failure, None);
//!
//! // Not so if the error object outlives its client, whatever else happens.
//! let kept: Scenario = format!("reading client exit: keeps the error object\n{text}").parse()?;
//! assert!(open_scenarios::check_scenario(&kept).run().hold());
//! # Ok::<(), bits_emulator::scenario::ParseError>(())
//! ```
//!
//! `bits check FILE` prints the same: each question with its answer and the trace behind it, then every outcome with
//! its shortest trace. `--write DIR` keeps each as a scenario file.
//!
//! # What an answer means
//!
//! An exploration that [is exhausted](Outcomes::is_exhausted) tried every combination of what is left open, as far as
//! the words say: at any time is at each noticeable change and midway between two, not at every instant. Runs come in the order of the open steps that they take,
//! then of their lines, so that what is shown is the shortest.
//!
//! Two runs with the same future are explored once. They are the same if the whole emulator, with everything that
//! clients can read, the rest of the text, what is still open, what clients do and when, and what was asked and
//! seen of the past so far are the same, byte by byte; all instants are absolute. So from there on the same
//! is possible in both, and since the one that came first took no more open steps, nothing shorter is lost. Only
//! a few large parts that rarely change, such as the settings of a job, count by a hash of 128 bits.
//!
//! There are no cycles: time goes on in every run, and every run ends. `eventually` therefore means before its end, which is where all rests or where the text says that time ends.
//!
//! | | `bits check` | [`explore::program`](crate::explore::program) | [`model`](crate::explore::model) |
//! |---|---|---|---|
//! | explores | a text with open steps | a program as it is | what is written as states |
//! | written in | the scenario language | Rust | Rust |
//! | what goes wrong | what the text says, or `--faults` | incidents within a budget | the actions of the model |
//! | "eventually" | before the end of each run | the program comes to its end | on cycles too, under fairness |

mod faults;
mod node;
mod outcomes;
mod pass;
mod questions;
mod search;
mod trail;
mod walk;

use std::fmt;

use super::shard::Shard;
use crate::scenario::Scenario;
use crate::scenario::ast::{Ask, Line};
use crate::scenario::explored::nothing_checked;
pub use outcomes::{Answer, Finding, Outcomes, ScenarioOutcome, ShortestRun};
use questions::{Found, Questioned};
use search::{End, Search};

/// The exploration of a scenario, from [`check_scenario`].
pub struct Check<'s> {
    lines: &'s [Line],
    faults: u32,
    shard: Shard,
    goes_on: Box<dyn FnMut(Extent) -> bool + 's>,
}

/// How far an exploration has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// How many different states were visited in which something is left open.
    pub states: usize,
    /// How many runs wait to go on.
    pub waiting: usize,
    /// How many runs came to their end.
    pub runs: u64,
    /// How many open steps were taken in those that go on now.
    pub open_steps: u32,
}

impl fmt::Display for Extent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { states, waiting, runs, open_steps } = self;
        let plural = if *runs == 1 { "" } else { "s" };
        write!(f, "{states} states in which something is left open, {runs} run{plural}")?;
        if *waiting > 0 {
            write!(f, ", {waiting} wait, with {open_steps} open steps taken")?;
        }
        Ok(())
    }
}

/// Explores a scenario: set how to the result, then [`run`](Check::run) it.
///
/// ```
/// use bits_emulator::explore::open_scenarios;
/// use bits_emulator::scenario::Scenario;
///
/// let scenario: Scenario = "
/// job update, DOWNLOAD, by alice
/// always in the queue
/// maybe cancel
/// ".parse()?;
/// let outcomes = open_scenarios::check_scenario(&scenario).run();
/// assert!(!outcomes.hold());
/// assert_eq!(outcomes.to_string(), "\
/// always in the queue: fails
/// SUSPENDED, no error object, files 0 of 0
/// CANCELLED, no error object, files 0 of 0
/// 2 outcomes; 1 states, 2 runs
/// ");
/// # Ok::<(), bits_emulator::scenario::ParseError>(())
/// ```
pub fn check_scenario(scenario: &Scenario) -> Check<'_> {
    let (lines, goes_on) = (scenario.lines(), Box::new(|_| true));
    Check { lines, faults: 0, shard: Shard::ALL, goes_on }
}

impl<'s> Check<'s> {
    /// Lets faults happen at any time, at most so many in a run: the network is lost for a minute, the service
    /// restarts, the processes of an owner end, an owner is logged off for a minute, an administrator cancels or
    /// suspends a job, and a server that one line declares without answers of its own answers 503, 404 or a broken
    /// connection once. What the text expects is not asked then, since a fault may change it: its calls happen, whatever they return,
    /// and its waits end when there is nothing left to wait for. The questions are asked.
    #[must_use]
    pub const fn faults(mut self, times: u32) -> Self {
        self.faults = times;
        self
    }

    /// Explores one of several parts only, counted from 0. The parts together have the outcomes of the whole.
    ///
    /// # Panics
    ///
    /// If there is no such part.
    #[must_use]
    #[track_caller]
    pub fn shard(mut self, index: u64, of: u64) -> Self {
        self.shard = Shard::new(index, of);
        self
    }

    /// Goes on as long as the function says so, which is asked before each run that goes on.
    #[must_use]
    pub fn while_going(mut self, goes_on: impl FnMut(Extent) -> bool + 's) -> Self {
        self.goes_on = Box::new(goes_on);
        self
    }

    /// Explores all that is possible.
    #[must_use]
    pub fn run(self) -> Outcomes {
        let Self { lines, faults, shard, goes_on } = self;
        let faults: Vec<_> =
            (faults > 0).then(|| faults::faults(lines, faults)).into_iter().collect();
        let mut search = Search::new(lines, &faults, shard);
        let exhausted = search.run(goes_on);
        let is_part = shard != Shard::ALL;
        let answers =
            search.questions.iter().map(|asked| answer(&search, asked, exhausted, is_part));
        let mut ends: Vec<_> = search.ends.iter().collect();
        ends.sort_by_key(|(_, (found, _))| (found.cost, found.length));
        let outcomes = ends.into_iter().map(|(end, (found, why))| {
            let failure = match (end, why) {
                (End::Failed { begin, end, .. }, Some(why)) => Some(why.clone().at(*begin..*end)),
                _ => None,
            };
            let words = match end {
                End::Held(words) => words.clone(),
                End::Failed { .. } => Vec::new(),
            };
            let run = shortest(&search, found);
            ScenarioOutcome { end: words, failure, run }
        });
        Outcomes {
            answers: answers.collect(),
            outcomes: outcomes.collect(),
            extent: search.extent(),
            exhausted,
            is_part,
            unchecked: nothing_checked(lines),
        }
    }
}

fn answer(search: &Search<'_>, asked: &Questioned<'_>, exhausted: bool, is_part: bool) -> Answer {
    let asks_for_one = matches!(asked.question.ask, Ask::Possible | Ask::PossibleInTheEnd);
    let finding = match (&asked.found, asks_for_one) {
        (Some(_), true) => Finding::Holds,
        (Some(_), false) => Finding::Fails,
        (None, _) if !exhausted => Finding::Unknown,
        (None, true) if is_part => Finding::NotInThisPart,
        (None, _) if asked.puts == 0 && is_part => Finding::NotInThisPart,
        (None, _) if asked.puts == 0 => Finding::Vacuous,
        (None, true) => Finding::Fails,
        (None, false) => Finding::Holds,
    };
    Answer {
        question: asked.line.statement.to_string(),
        line: asked.line.span.clone(),
        finding,
        states: asked.puts,
        run: asked.found.as_ref().map(|found| shortest(search, found)),
    }
}

/// The run by which something was found.
fn shortest(search: &Search<'_>, found: &Found) -> ShortestRun {
    let lines = search.trails.lines_to(found.place);
    let lines = lines.into_iter().chain(found.last.iter().map(String::as_str));
    ShortestRun {
        open_steps: found.cost,
        taken: search.trails.taken_to(found.place),
        scenario: lines.flat_map(|line| [line, "\n"]).collect(),
    }
}
