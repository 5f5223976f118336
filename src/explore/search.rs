//! The search: which decisions are tried next, and which futures were explored before. It knows nothing of
//! emulators, clocks or threads.

use std::collections::BTreeMap;

use super::choice::{Cost, Decisions};

/// The runs that wait, the cheapest first: fewest faults, then fewest deviations, then the earliest points.
#[derive(Debug, Default)]
pub(crate) struct Frontier(BTreeMap<Cost, Vec<Decisions>>);

impl Frontier {
    pub(crate) fn add(&mut self, decisions: Decisions) {
        self.0.entry(decisions.cost()).or_default().push(decisions);
    }

    /// The cost of the cheapest runs.
    pub(crate) fn level(&self) -> Option<Cost> {
        self.0.first_key_value().map(|(cost, _)| *cost)
    }

    /// Takes the next runs of a level, at most `most`.
    pub(crate) fn take(&mut self, level: Cost, most: usize) -> Vec<Decisions> {
        let Some(waiting) = self.0.get_mut(&level) else { return Vec::new() };
        waiting.sort_by_cached_key(|decisions| (decisions.last_point(), decisions.clone()));
        let rest = waiting.split_off(most.min(waiting.len()));
        let taken = std::mem::replace(waiting, rest);
        if waiting.is_empty() {
            self.0.remove(&level);
        }
        taken
    }

    /// How many runs wait.
    pub(crate) fn len(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }
}

/// The futures that were explored, each with the costs at which it was reached: one that is reached with
/// more of the bound left is explored again.
#[derive(Debug, Default)]
pub(crate) struct Seen(BTreeMap<u128, Vec<Cost>>);

impl Seen {
    /// Whether that future was explored with as much of the bound left.
    pub(crate) fn covers(&self, fingerprint: u128, cost: Cost) -> bool {
        let known = self.0.get(&fingerprint);
        known.is_some_and(|costs| costs.iter().any(|known| known.is_within(cost)))
    }

    pub(crate) fn add(&mut self, fingerprint: u128, cost: Cost) {
        let costs = self.0.entry(fingerprint).or_default();
        costs.retain(|known| !cost.is_within(*known));
        costs.push(cost);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}
