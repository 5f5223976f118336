//! Scenarios in which something is left open: everything that is possible in them, and what holds in all of it.

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
pub use outcomes::{Answer, Outcome, Outcomes, Verdict};
use questions::{Found, Questioned};
use search::{End, Search};

/// The exploration of a scenario, from [`scenario`].
pub struct Check<'s> {
    lines: &'s [Line],
    faults: u32,
    shard: Shard,
    goes_on: Box<dyn FnMut(Standing) -> bool + 's>,
}

/// How far an exploration has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// How many different states were visited in which something is left open.
    pub states: usize,
    /// How many runs wait to go on.
    pub waiting: usize,
    /// How many runs came to their end.
    pub runs: u64,
    /// How many open steps were taken in those that go on now.
    pub open_steps: u32,
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { states, waiting, runs, open_steps } = self;
        write!(f, "{states} states, {runs} runs")?;
        if *waiting > 0 {
            write!(f, ", {waiting} wait, with {open_steps} open steps taken")?;
        }
        Ok(())
    }
}

/// Explores a scenario: set how to the result, then [`run`](Check::run) it.
pub fn scenario(scenario: &Scenario) -> Check<'_> {
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
    pub fn while_going(mut self, goes_on: impl FnMut(Standing) -> bool + 's) -> Self {
        self.goes_on = Box::new(goes_on);
        self
    }

    /// Explores all that is possible.
    #[must_use]
    pub fn run(self) -> Outcomes {
        let Self { lines, faults, shard, goes_on } = self;
        let faults: Vec<_> = (faults > 0).then(|| faults::faults(lines, faults)).into_iter().collect();
        let mut search = Search::new(lines, &faults, shard);
        let exhausted = search.run(goes_on);
        let is_part = shard != Shard::ALL;
        let answers = search.questions.iter().map(|asked| answer(&search, asked, exhausted, is_part));
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
            let open_steps = found.cost;
            Outcome { end: words, failure, open_steps, scenario: written(&search, found) }
        });
        Outcomes {
            answers: answers.collect(),
            outcomes: outcomes.collect(),
            standing: search.standing(),
            exhausted,
            is_part,
            unchecked: nothing_checked(lines),
        }
    }
}

fn answer(search: &Search<'_>, asked: &Questioned<'_>, exhausted: bool, is_part: bool) -> Answer {
    let asks_for_one = matches!(asked.question.ask, Ask::Possible | Ask::PossibleInTheEnd);
    let verdict = match (&asked.found, asks_for_one) {
        (Some(_), true) => Verdict::Holds,
        (Some(_), false) => Verdict::Fails,
        (None, _) if !exhausted => Verdict::Unknown,
        (None, true) if is_part => Verdict::NotInThisPart,
        (None, _) if asked.puts == 0 && is_part => Verdict::NotInThisPart,
        (None, _) if asked.puts == 0 => Verdict::Vacuous,
        (None, true) => Verdict::Fails,
        (None, false) => Verdict::Holds,
    };
    let found = asked.found.as_ref();
    Answer {
        question: asked.line.statement.to_string(),
        line: asked.line.span.clone(),
        verdict,
        states: asked.puts,
        open_steps: found.map(|found| found.cost),
        scenario: found.map(|found| written(search, found)),
    }
}

/// The lines of a run, a line each.
fn written(search: &Search<'_>, found: &Found) -> String {
    let lines = search.trails.lines_to(found.place);
    let lines = lines.into_iter().chain(found.last.iter().map(String::as_str));
    lines.flat_map(|line| [line, "\n"]).collect()
}
