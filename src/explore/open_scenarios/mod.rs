//! Explores scenarios that leave something open: finds every outcome that is possible, and answers the questions of
//! the scenario.
//!
//! A [scenario](crate::scenario) says what happens line by line. Where it [leaves something
//! open](crate::scenario#what-is-left-open), it has many runs; [`check_scenario`] explores them all, and so does the
//! command `bits check`, without Rust.
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
//! // It can, after one thing that goes wrong:
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
//! An exploration that [is exhausted](Outcomes::is_exhausted) tried every combination of what is left open. `at any
//! time` stands for each noticeable change and for the middle between two, not for every instant. Runs with fewer open
//! steps come first, then those with fewer lines, so that each run that is shown is the shortest.
//!
//! Two runs with the same future are explored once. They have the same future if these are equal, byte by byte: the
//! whole emulator, with everything that clients can read; the rest of the text; what is still open; what clients do and
//! when; and what the questions and expectations have seen of the past. All instants are absolute. So the same is
//! possible in both from there on, and since the run that came first took no more open steps, no shorter run is lost.
//! Only a few large parts that rarely change, such as the settings of a job, are compared by a hash of 128 bits.
//!
//! There are no cycles: time goes on in every run, and every run ends. `eventually` therefore means before the end of
//! the run: when nothing is left to happen, or when `time ends after` says so.
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
        let [of_states, of_runs] = [*states == 1, *runs == 1].map(|one| if one { "" } else { "s" });
        write!(f, "{states} state{of_states} in which something is left open, ")?;
        write!(f, "{runs} run{of_runs}")?;
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
/// 2 outcomes; 1 state in which something is left open, 2 runs
/// ");
/// # Ok::<(), bits_emulator::scenario::ParseError>(())
/// ```
pub fn check_scenario(scenario: &Scenario) -> Check<'_> {
    let (lines, goes_on) = (scenario.lines(), Box::new(|_| true));
    Check { lines, faults: 0, shard: Shard::ALL, goes_on }
}

impl<'s> Check<'s> {
    /// Lets faults happen at any time, at most `times` in a run: the network is lost for a minute, the service
    /// restarts, the processes of an owner end, an owner is logged off for a minute, an administrator cancels or
    /// suspends a job, and a server that is declared by one line, without `answers` of its own, once answers 503 or 404
    /// or breaks the connection.
    ///
    /// The expectations of the text are not checked then, since a fault may change what they are about: its calls are
    /// made, whatever they return, and its waits end when nothing is left to wait for. Its questions are answered.
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

    /// Explores as long as the function returns true. It is called before each run that is continued.
    #[must_use]
    pub fn while_going(mut self, goes_on: impl FnMut(Extent) -> bool + 's) -> Self {
        self.goes_on = Box::new(goes_on);
        self
    }

    /// Explores the scenario.
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

/// Returns the run that led to a finding.
fn shortest(search: &Search<'_>, found: &Found) -> ShortestRun {
    let lines = search.trails.lines_to(found.place);
    let lines = lines.into_iter().chain(found.last.iter().map(String::as_str));
    ShortestRun {
        open_steps: found.cost,
        taken: search.trails.taken_to(found.place),
        scenario: lines.flat_map(|line| [line, "\n"]).collect(),
    }
}
