//! Decisions: which choices a run follows, at which of its points, what they cost, and their text (`0:k`).

use std::fmt;
use std::str::FromStr;

use super::choice::Choice;
use super::place::Place;
use super::search;

/// A choice and the point at which it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Decision {
    pub(crate) point: u32,
    pub(crate) choice: Choice,
}

/// Where a program stood when an alternative was found: it has to stand there again on replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Standing {
    /// Among steps that are possible at once it does nothing itself.
    pub(crate) place: Option<Place>,
    /// A fingerprint of what it had observed.
    pub(crate) observed: u128,
}

/// The decisions of one run; everywhere else its program goes on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Decisions {
    /// In the order of their points.
    pub(crate) made: Vec<Decision>,
    /// Where the program stood when the last one was found, if it was.
    pub(crate) found_at: Option<Standing>,
    /// A fingerprint of the first future that the run passes after the last one, if it could be foreseen.
    pub(crate) foreseen: Option<u128>,
}

impl Decisions {
    pub(crate) fn with(
        &self,
        decision: Decision,
        standing: Standing,
        foreseen: Option<u128>,
    ) -> Self {
        let made = self.made.iter().copied().chain([decision]).collect();
        Self { made, found_at: Some(standing), foreseen }
    }
}

impl search::Prefix for Decisions {
    type Cost = Cost;

    /// How many faults and how many deviations there are.
    fn cost(&self) -> Cost {
        let faults = self.made.iter().filter(|decision| decision.choice.is_fault()).count();
        let deviations = self.made.len().saturating_sub(faults);
        let bounded = |number| u32::try_from(number).unwrap_or(u32::MAX);
        Cost { faults: bounded(faults), deviations: bounded(deviations) }
    }

    /// The point of the last decision.
    fn length(&self) -> u32 {
        self.made.last().map_or(0, |last| last.point)
    }

    fn foreseen(&self) -> Option<u128> {
        self.foreseen
    }
}

/// How far a run departs from one in which all goes well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Cost {
    pub(crate) faults: u32,
    pub(crate) deviations: u32,
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |number: u32| if number == 1 { "" } else { "s" };
        let Self { faults, deviations } = *self;
        write!(f, "{faults} fault{}", plural(faults))?;
        write!(f, " and {deviations} deviation{}", plural(deviations))
    }
}

impl search::Cost for Cost {
    fn is_within(self, bound: Self) -> bool {
        self.faults <= bound.faults && self.deviations <= bound.deviations
    }
}

/// The text from which decisions are made again: `7:i0,12:s2`.
impl fmt::Display for Decisions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, decision) in self.made.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{decision}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { point, choice } = self;
        match choice {
            Choice::Incident(place) => write!(f, "{point}:i{place}"),
            Choice::KillAfter => write!(f, "{point}:k"),
            Choice::KillOf(program) => write!(f, "{point}:x{program}"),
            Choice::Stall(changes) => write!(f, "{point}:s{changes}"),
            Choice::Other(place) => write!(f, "{point}:o{place}"),
            Choice::Late(steps) => write!(f, "{point}:l{steps}"),
            Choice::Switch(program) => write!(f, "{point}:w{program}"),
        }
    }
}

impl FromStr for Decisions {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let decision = |part: &str| {
            let (point, choice) = part.split_once(':')?;
            let point = point.parse().ok()?;
            let number = || choice.get(1..)?.parse().ok();
            let choice = match choice.as_bytes().first()? {
                b'i' => Choice::Incident(number()?),
                b'k' => Choice::KillAfter,
                b's' => Choice::Stall(number()?),
                b'o' => Choice::Other(number()?),
                b'l' => Choice::Late(number()?),
                b'w' => Choice::Switch(number()?),
                b'x' => Choice::KillOf(number()?),
                _ => return None,
            };
            Some(Decision { point, choice })
        };
        let wrong = |part| format!("`{part}` is no decision such as `7:i0` or `12:s2`");
        let parts = text.split(',').filter(|part| !part.is_empty());
        parts
            .map(|part| decision(part).ok_or_else(|| wrong(part)))
            .collect::<Result<_, _>>()
            .map(|made| Self { made, found_at: None, foreseen: None })
    }
}
