//! Visits: which situations an execution has met, by which first visits are told.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

use super::place::Place;
use super::situation::digest;

/// Which situations were visited.
#[derive(Debug, Clone, Default)]
pub(super) struct Visits {
    known: BTreeSet<u128>,
    /// The same for two that know the same.
    digest: u128,
    /// How often each was visited by a program since its last wait.
    since_wait: BTreeMap<(u8, u128), u32>,
}

impl Visits {
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    /// Notes a visit, and returns whether it is the first.
    pub(super) fn add(&mut self, situation: u128) -> bool {
        let is_new = self.known.insert(situation);
        if is_new {
            self.digest ^= situation;
        }
        is_new
    }

    /// Notes a visit of a situation at a place of a program, and returns whether it is the first. The second
    /// of two calls that are alike stands elsewhere in the program than the first.
    pub(super) fn add_at(&mut self, program: u8, place: Place, situation: u128) -> bool {
        if place == Place::Wait {
            self.since_wait.retain(|(of, _), _| *of != program);
        }
        let situation = self.count(program, situation);
        self.add(situation)
    }

    /// A situation with its number since the last wait.
    pub(super) fn count(&mut self, program: u8, situation: u128) -> u128 {
        let times = self.since_wait.entry((program, situation)).or_default();
        *times = times.saturating_add(1);
        digest(&(situation, *times))
    }

    pub(super) fn hash<H: Hasher>(&self, hasher: &mut H) {
        (self.digest, &self.since_wait).hash(hasher);
    }
}
