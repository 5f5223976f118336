//! Lots: what is decided at random in a run. Faults strike at points drawn beforehand, and at others priorities
//! change: of the client, which is late once, and of the steps that are possible at once. With few of them, drawn
//! over the whole run, a bug that needs d of them is met with a probability of at least 1 / points^d, as in
//! probabilistic concurrency testing.

use super::choice::{Choice, LONGEST_STALL};
use super::decisions::Cost;
use crate::service::Seeded;

/// How many times as long as an undisturbed run, as a power of two, a run is taken to be when its points are
/// drawn: after a kill or an outage there are more of them.
const LONGER: u64 = 3;

/// What is decided at random in one run.
#[derive(Debug, Clone)]
pub(crate) struct Lots {
    dice: Dice,
    /// How often something could be decided by now.
    chances: u64,
    /// At which chances faults strike, the next one last.
    faults: Vec<u64>,
    changes: Vec<(u64, Change)>,
    /// Which of several steps that are possible at once has the highest priority.
    first: u64,
}

/// A change of priorities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    /// The client is late: by that number of changes that it could notice, a callback of it by as many of its
    /// steps, or until another program has made a step.
    Client(u8),
    /// Of the steps that are possible at once another has the highest priority from then on.
    Steps(u64),
}

impl Lots {
    /// The lots of the run in which nothing goes wrong.
    pub(crate) fn none() -> Self {
        Self {
            dice: Dice::new(0, 0),
            chances: 0,
            faults: Vec::new(),
            changes: Vec::new(),
            first: 0,
        }
    }

    /// The lots of the run of that number, within a bound; in a run where all goes well there are `chances`.
    pub(crate) fn drawn(seed: u64, run: u64, bound: Cost, chances: u64) -> Self {
        let mut dice = Dice::new(seed, run);
        let mut number = |most: u32| dice.below(u64::from(most).saturating_add(1));
        let (mut faults, mut changes) = (number(bound.faults), number(bound.deviations));
        if faults == 0 && changes == 0 {
            (faults, changes) = (bound.faults.into(), bound.deviations.into());
        }
        let span = chances.max(1) << dice.below(LONGER);
        let mut faults: Vec<u64> = (0..faults).map(|_| dice.below(span)).collect();
        let change = |dice: &mut Dice| match dice.below(2) {
            0 => Change::Steps(dice.below(u64::MAX)),
            _ => Change::Client(u8::try_from(dice.below(LONGEST_STALL.into())).unwrap_or(0) + 1),
        };
        let mut changes: Vec<_> =
            (0..changes).map(|_| (dice.below(span), change(&mut dice))).collect();
        faults.sort_unstable_by(|one, other| other.cmp(one));
        changes.sort_unstable_by(|one, other| other.cmp(one));
        Self { dice, chances: 0, faults, changes, first: 0 }
    }

    /// The place of the step that has the highest priority, of that many that are possible at once.
    pub(super) fn first_of(&self, number: usize) -> Option<u8> {
        let place = self.first.checked_rem(u64::try_from(number).ok()?)?;
        u8::try_from(place).ok()
    }

    /// Whether nothing is decided by them any more.
    pub(super) const fn is_spent(&self) -> bool {
        self.faults.is_empty() && self.changes.is_empty()
    }

    pub(crate) const fn chances(&self) -> u64 {
        self.chances
    }

    /// Draws one of the choices that are possible at a point, if its turn has come.
    pub(super) fn draw(&mut self, possible: &[Choice]) -> Option<Choice> {
        let now = self.chances;
        self.chances = now.saturating_add(1);
        let is_due = |at: Option<&u64>| at.is_some_and(|at| *at <= now);
        let faults: Vec<Choice> =
            possible.iter().copied().filter(|choice| choice.is_fault()).collect();
        if is_due(self.faults.last())
            && let Some(fault) = self.dice.one_of(&faults)
        {
            self.faults.pop();
            return Some(fault);
        }
        match self.changes.last().filter(|(at, _)| *at <= now).map(|(_, change)| *change)? {
            Change::Steps(first) => {
                self.changes.pop();
                self.first = first;
                None
            }
            Change::Client(by) => {
                let late = self.dice.one_of(&ways_to_be_late(possible, by))?;
                self.changes.pop();
                Some(late)
            }
        }
    }
}

/// In which ways a client can be late where these choices are possible.
fn ways_to_be_late(possible: &[Choice], by: u8) -> Vec<Choice> {
    let mut ways: Vec<Choice> = possible
        .iter()
        .filter_map(|choice| match choice {
            Choice::Stall(_) => Some(Choice::Stall(by)),
            Choice::Late(_) => Some(Choice::Late(by)),
            Choice::Switch(program) => Some(Choice::Switch(*program)),
            Choice::Incident(_) | Choice::KillAfter | Choice::KillOf(_) | Choice::Other(_) => None,
        })
        .collect();
    ways.dedup();
    ways
}

/// Numbers at random.
#[derive(Debug, Clone)]
struct Dice(Seeded);

impl Dice {
    fn new(seed: u64, run: u64) -> Self {
        let of_run = Seeded::new(seed).draw().wrapping_add(run);
        Self(Seeded::new(Seeded::new(of_run).draw()))
    }

    /// A number less than `end`, or 0 if there is none.
    fn below(&mut self, end: u64) -> u64 {
        self.0.draw().checked_rem(end).unwrap_or(0)
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        let place = self.below(u64::try_from(all.len()).ok()?);
        all.get(usize::try_from(place).ok()?).copied()
    }
}
