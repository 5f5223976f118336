//! How an exploration is carried out: its limits, its threads, its part of the whole.

use std::panic::Location;
use std::time::Duration;

use super::shard::Shard;

/// How an exploration is carried out.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// By which its results are known among others.
    pub(super) name: Option<String>,
    pub(super) most_runs: u64,
    /// Of real time.
    pub(super) most_time: Option<Duration>,
    /// For how much real time a program may call nothing.
    pub(super) stuck_after: Duration,
    /// At how many points of a run something is decided.
    pub(super) most_points: u32,
    pub(super) threads: usize,
    pub(super) shard: Shard,
    /// How many runs are made at random, in place of a search.
    pub(super) random_runs: Option<u64>,
    pub(super) seed: u64,
    pub(super) shows_progress: bool,
}

impl Plan {
    /// The name of what is explored at that place in the source.
    pub(super) fn name_at(&self, place: &Location<'_>) -> String {
        self.name.clone().unwrap_or_else(|| format!("{}:{}", place.file(), place.line()))
    }
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            name: None,
            most_runs: 1_000_000,
            most_time: None,
            stuck_after: Duration::from_secs(30),
            most_points: u32::MAX,
            threads: 1,
            shard: Shard::ALL,
            random_runs: None,
            seed: 0,
            shows_progress: true,
        }
    }
}
