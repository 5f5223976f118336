//! Visits: which situations an execution has met, by which first visits are told.

use std::hash::Hash;

use super::fingerprints::FingerprintSet;
use super::place::Place;
use super::situation::digest;

/// Which situations were visited.
#[derive(Debug, Clone, Default)]
pub(super) struct Visits {
    known: FingerprintSet,
    summary: VisitSummary,
}

/// What decides which further visits are first ones.
#[derive(Debug, Clone, Default, Hash)]
pub(super) struct VisitSummary {
    /// The same for two that know the same situations.
    digest: u128,
    /// How often each was visited by a program since its last wait, in the order of the fingerprints.
    since_wait: Vec<((u8, u128), u32)>,
}

impl VisitSummary {
    fn note(&mut self, program: u8, place: Place, situation: u128) -> u128 {
        if place == Place::Wait {
            self.since_wait.retain(|((of, _), _)| *of != program);
        }
        self.count(program, situation)
    }

    /// A situation with its number since the last wait.
    fn count(&mut self, program: u8, situation: u128) -> u128 {
        let visit = (program, situation);
        let times = match self.since_wait.binary_search_by_key(&visit, |(known, _)| *known) {
            Ok(place) => {
                let known = self.since_wait.get_mut(place);
                known.map_or(1, |(_, times)| {
                    *times = times.saturating_add(1);
                    *times
                })
            }
            Err(place) => {
                self.since_wait.insert(place, (visit, 1));
                1
            }
        };
        digest(&(situation, times))
    }
}

impl Visits {
    pub(super) const fn summary(&self) -> &VisitSummary {
        &self.summary
    }

    /// Forgets all of them.
    pub(super) fn clear(&mut self) {
        self.known.clear();
        self.summary.digest = 0;
        self.summary.since_wait.clear();
    }

    /// Notes a visit, and returns whether it is the first.
    pub(super) fn add(&mut self, situation: u128) -> bool {
        let is_new = self.known.insert(situation);
        if is_new {
            self.summary.digest ^= situation;
        }
        is_new
    }

    /// Notes a visit of a situation at a place of a program, and returns whether it is the first. The second
    /// of two calls that are alike stands elsewhere in the program than the first.
    pub(super) fn add_at(&mut self, program: u8, place: Place, situation: u128) -> bool {
        let situation = self.summary.note(program, place, situation);
        self.add(situation)
    }

    /// The summary after such a visit, if that would be the first.
    pub(super) fn after_first(
        &self,
        program: u8,
        place: Place,
        situation: u128,
    ) -> Option<VisitSummary> {
        let mut summary = self.summary.clone();
        let situation = summary.note(program, place, situation);
        summary.digest ^= situation;
        (!self.known.contains(&situation)).then_some(summary)
    }

    /// A situation with its number since the last wait.
    pub(super) fn count(&mut self, program: u8, situation: u128) -> u128 {
        self.summary.count(program, situation)
    }
}
