//! The result of an exploration, as a test writes it (`Verdict::to_json_line`).

use std::collections::BTreeMap;
use std::fmt;

use bits_emulator::explore::{Reached, StateChange};
use bits_emulator::machine::Trigger;
use bits_emulator::{HResult, JobState, Method};
use serde::{Deserialize, Serialize};

/// A verdict on a part of an exploration, or on the whole.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Explored {
    pub(crate) program: String,
    pub(crate) shard: u64,
    pub(crate) of: u64,
    pub(crate) bound: Bound,
    points: String,
    most_points: Option<u32>,
    prunes: bool,
    pub(crate) seed: Option<u64>,
    pub(crate) runs: u64,
    pub(crate) pruned: u64,
    futures: u64,
    pub(crate) waiting: u64,
    pub(crate) vacuous: bool,
    pub(crate) exhausted: Option<Bound>,
    outcomes: Vec<Times<Outcome>>,
    calls: Vec<Times<Call>>,
    transitions: Vec<Times<Taken>>,
    pub(crate) counterexample: Option<Counterexample>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Bound {
    pub(crate) faults: u32,
    pub(crate) deviations: u32,
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |number| if number == 1 { "" } else { "s" };
        let Self { faults, deviations } = *self;
        write!(f, "{faults} fault{}", plural(faults))?;
        write!(f, " and {deviations} deviation{}", plural(deviations))
    }
}

/// Something that was reached, and how often.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Times<T> {
    #[serde(flatten)]
    what: T,
    times: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Outcome {
    outcome: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Call {
    call: Method,
    state: Option<JobState>,
    code: HResult,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Taken {
    on: Trigger,
    from: JobState,
    to: JobState,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Counterexample {
    decisions: String,
    faults: u32,
    deviations: u32,
    points: u32,
    pub(crate) promise: String,
    happened: String,
    pub(crate) text: String,
}

impl Explored {
    /// What was asked for: the same for all parts of one exploration.
    pub(crate) fn question(&self) -> impl PartialEq + use<'_> {
        let Self { bound, points, most_points, prunes, seed, of, .. } = self;
        (bound, points, most_points, prunes, seed, of)
    }

    /// Two parts of one exploration together.
    pub(crate) fn and(self, other: Self) -> Self {
        let found = [self.counterexample, other.counterexample].into_iter().flatten();
        Self {
            runs: self.runs.saturating_add(other.runs),
            pruned: self.pruned.saturating_add(other.pruned),
            futures: self.futures.saturating_add(other.futures),
            waiting: self.waiting.saturating_add(other.waiting),
            vacuous: self.vacuous && other.vacuous,
            exhausted: self.exhausted.min(other.exhausted),
            outcomes: sums(self.outcomes, other.outcomes),
            calls: sums(self.calls, other.calls),
            transitions: sums(self.transitions, other.transitions),
            counterexample: found
                .min_by_key(|found| (found.faults, found.deviations, found.points)),
            ..self
        }
    }

    /// The same as the only part.
    pub(crate) fn whole(self) -> Self {
        Self { shard: 0, of: 1, ..self }
    }

    pub(crate) fn to_json(&self) -> serde_json::Value {
        serde_json::json!(self)
    }

    pub(crate) fn reached(&self) -> Reached {
        let mut reached = Reached::default();
        for Times { what: Call { call, state, code }, times } in &self.calls {
            reached.calls.insert((*call, *state, *code), *times);
        }
        for Times { what: Taken { on, from, to }, times } in &self.transitions {
            reached.transitions.insert(StateChange { on: *on, from: *from, to: *to }, *times);
        }
        for Times { what, times } in &self.outcomes {
            reached.outcomes.insert(what.outcome.clone(), *times);
        }
        reached
    }
}

/// How often each was there in both.
fn sums<T: Ord>(one: Vec<Times<T>>, other: Vec<Times<T>>) -> Vec<Times<T>> {
    let mut sums: BTreeMap<T, u64> = BTreeMap::new();
    for Times { what, times } in one.into_iter().chain(other) {
        let sum = sums.entry(what).or_default();
        *sum = sum.saturating_add(times);
    }
    sums.into_iter().map(|(what, times)| Times { what, times }).collect()
}
