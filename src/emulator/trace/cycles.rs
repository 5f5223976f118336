//! Runs of steps that repeat themselves at equal distances, so that each is told once.

use chrono::{DateTime, TimeDelta, Utc};

/// A run of steps that repeats itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cycle {
    /// How many steps it has.
    pub(crate) steps: usize,
    /// How often it comes after the first time.
    pub(crate) times: usize,
    /// At which distance.
    pub(crate) every: TimeDelta,
}

/// The most steps that a cycle can have.
const LONGEST: usize = 8;
/// The fewest repetitions that are worth a line of their own.
const FEWEST: usize = 3;

impl Cycle {
    /// The cycle with which a list of steps begins, if it does. Two steps are the same if they are
    /// alike in all but their instants, and those lie one distance apart.
    pub(crate) fn at_start<T>(
        steps: &[T],
        at: impl Fn(&T) -> DateTime<Utc>,
        alike: impl Fn(&T, &T) -> bool,
    ) -> Option<Self> {
        (1..=LONGEST).find_map(|length| {
            let every = at(steps.get(length)?) - at(steps.first()?);
            if every <= TimeDelta::zero() {
                return None;
            }
            let later = steps.iter().skip(length);
            let again = steps
                .iter()
                .zip(later)
                .take_while(|(step, later)| at(later) - at(step) == every && alike(step, later));
            let times = again.count() / length;
            (times >= FEWEST).then_some(Self { steps: length, times, every })
        })
    }
}
