//! Rounds: what a program does again and again once nothing new happens, by which it is known not to end.

use std::fmt;
use std::hash::Hash;

use chrono::{DateTime, TimeDelta, Utc};
use siphasher::sip128::SipHasher13;

use super::fingerprints::FingerprintSet;
use crate::vocabulary::text::quantities::{Code, Duration};
use crate::vocabulary::{HResult, JobState, Method};

/// After how many calls and waits in a row that show nothing new a program is watched: that many a program may
/// well count before it gives up.
const STALE: u32 = 400;

/// After how many steps the situations are kept by which a change is told from one that came before: by then most
/// programs have ended. Until then each change is news.
const LONG: u32 = 64;

/// The most steps that are compared. A longer round is left to the limits.
const MOST_STEPS: usize = 1 << 16;

/// How many different calls of a round are named.
const MOST_NAMED: usize = 8;

/// What a program did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Did {
    /// The state is what `GetState` returned.
    Call(Method, HResult, Option<JobState>),
    Wait,
}

/// A step of a program: what it did, and all of which its next step and those of the world depend.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) digest: u128,
    pub(super) did: Did,
    pub(super) at: DateTime<Utc>,
}

/// The steps of a program since the last that showed something new.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rounds {
    /// How many calls and waits in a row showed nothing new.
    stale: u32,
    /// How many calls and waits there were.
    counted: u32,
    /// The situations that were met since there were many.
    known: FingerprintSet,
    /// Whether one of them was new since the last step.
    has_news: bool,
    /// What was observed since the last step.
    observed: SipHasher13,
    steps: Vec<Step>,
    /// How many steps there are when they are compared next.
    next_look: usize,
    pub(super) found: Option<Round>,
}

/// The shortest sequence of steps that a program repeats, and how long it takes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Round {
    did: Vec<Did>,
    every: TimeDelta,
}

impl Rounds {
    /// What the program observed since its last step, and how long ago that was.
    pub(super) fn since_last_step(&self, now: DateTime<Utc>) -> SipHasher13 {
        let mut hasher = self.observed;
        self.steps.last().map(|last| now - last.at).hash(&mut hasher);
        hasher
    }

    /// Whether there were enough calls and waits for situations to be kept.
    pub(super) const fn is_long(&self) -> bool {
        self.counted >= LONG
    }

    /// Notes a situation that a long program meets.
    pub(super) fn meet(&mut self, situation: u128) {
        self.has_news |= self.known.insert(situation);
    }

    pub(super) const fn is_watching(&self) -> bool {
        self.stale >= STALE
    }

    pub(super) fn observe<T: Hash + ?Sized>(&mut self, value: &T) {
        value.hash(&mut self.observed);
    }

    /// Counts a step.
    pub(super) fn count(&mut self, is_idle: bool) {
        let has_news = std::mem::take(&mut self.has_news) || !self.is_long();
        let counted = self.counted.saturating_add(1);
        if has_news && !is_idle {
            let known = std::mem::take(&mut self.known);
            *self = Self { counted, known, ..Self::default() };
        } else {
            self.counted = counted;
            self.stale = self.stale.saturating_add(1);
        }
    }

    /// Adds a step, and looks now and then for the shortest sequence with which they end that many times.
    pub(super) fn add(&mut self, step: Step, times: u32) {
        if self.steps.len() >= MOST_STEPS {
            return;
        }
        self.steps.push(step);
        self.observed = SipHasher13::new();
        let number = self.steps.len();
        if number >= self.next_look {
            // Now and then, so that all looks together take about as long as the last one.
            self.next_look = number + number / 4 + 1;
            self.found = self.repeated(usize::try_from(times.max(2)).unwrap_or(usize::MAX));
        }
    }

    fn repeated(&self, times: usize) -> Option<Round> {
        let number = self.steps.len();
        let backwards: Vec<u128> = self.steps.iter().rev().map(|step| step.digest).collect();
        let mut repeats = repeats(&backwards).enumerate().skip(1);
        let (length, _) =
            repeats.find(|(length, again)| *again >= length.saturating_mul(times - 1))?;
        let end = self.steps.last()?.at;
        let every = end - self.steps.get(number.checked_sub(length + 1)?)?.at;
        let round = self.steps.get(number - length..)?;
        let mut did: Vec<Did> = round.iter().map(|step| step.did).collect();
        // It is told from the end of a wait on.
        if let Some(wait) = did.iter().rposition(|did| *did == Did::Wait) {
            did.rotate_left((wait + 1) % length);
        }
        Some(Round { did, every })
    }
}

/// For each place of a list how many items from there on are those with which the list begins (the Z function).
fn repeats(list: &[u128]) -> impl Iterator<Item = usize> {
    let mut lengths: Vec<usize> = Vec::with_capacity(list.len());
    // The piece that reaches the furthest and repeats the beginning.
    let (mut start, mut end) = (0, 0);
    for place in 0..list.len() {
        let known = lengths.get(place - start).copied().unwrap_or_default();
        let mut length = if place < end { known.min(end - place) } else { 0 };
        while list.get(place + length).is_some_and(|item| list.get(length) == Some(item)) {
            length += 1;
        }
        if place > 0 && place + length > end {
            (start, end) = (place, place + length);
        }
        lengths.push(length);
    }
    lengths.into_iter()
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls: Vec<&Did> = self.did.iter().filter(|did| **did != Did::Wait).collect();
        let different: Vec<&[&Did]> = calls.chunk_by(|one, other| one == other).collect();
        if different.is_empty() {
            f.write_str("waits in vain")?;
        }
        for (index, same) in different.iter().take(MOST_NAMED).enumerate() {
            f.write_str(if index == 0 { "" } else { ", " })?;
            if let Some(Did::Call(method, code, state)) = same.first() {
                write!(f, "{method}")?;
                match state {
                    Some(state) => write!(f, " -> {state}")?,
                    None if code.is_success() => {}
                    None => write!(f, " -> {}", Code(code))?,
                }
            }
            if same.len() > 1 {
                write!(f, " ({} times)", same.len())?;
            }
        }
        if let Some(more @ 1..) = different.len().checked_sub(MOST_NAMED) {
            write!(f, ", and {more} more")?;
        }
        match self.every {
            none if none <= TimeDelta::zero() => f.write_str(", without any wait"),
            every => write!(f, ", every {}", Duration(&every)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::property_tests;

    fn rounds(digests: &[u128]) -> Rounds {
        let step = |digest: &u128| {
            let at = DateTime::UNIX_EPOCH;
            Step { digest: *digest, did: Did::Wait, at }
        };
        Rounds { steps: digests.iter().map(step).collect(), ..Rounds::default() }
    }

    /// The length of the shortest list with which another one ends that many times, and begins before.
    fn shortest(list: &[u128], times: usize) -> Option<usize> {
        (1..=list.len() / times).find(|length| {
            let end = &list[list.len() - length * times..];
            end.chunks(*length).all(|part| part == &end[..*length]) && length * times <= list.len()
        })
    }

    proptest! {
        #![proptest_config(property_tests::config())]

        #[test]
        fn the_shortest_round_is_found(
            before in prop::collection::vec(0_u128..3, 0..6),
            round in prop::collection::vec(0_u128..3, 1..6),
            times in 1_usize..6,
            asked in 2_usize..5,
        ) {
            let list = [before, round.repeat(times)].concat();
            let found = rounds(&list).repeated(asked).map(|round| round.did.len());
            prop_assert_eq!(found, shortest(&list, asked));
        }
    }
}
