//! How far a program is explored, and by whom: the methods that set a plan.

use std::time::Duration;

use super::plan::Plan;
use super::program::Program;
use super::shard::Shard;

/// How far it is explored, and by whom.
impl Program {
    /// Sets how many runs are made at most: a million by default.
    pub fn most_runs(self, runs: u64) -> Self {
        self.with_plan(|plan| plan.most_runs = runs)
    }

    /// Sets how much real time the exploration takes, about: as much as it needs by default. What is explored
    /// by then depends on the computer; the verdict says how far it came.
    pub fn most_real_time(self, time: Duration) -> Self {
        self.with_plan(|plan| plan.most_time = Some(time))
    }

    /// Sets for how much real time the program may call nothing: 30 s by default. A program that loops for ever
    /// cannot be unwound. The exploration then ends with a panic that tells the decisions of the run, and leaves
    /// the thread of the program to itself. A [replayed](Self::replay) run is not watched, so that a debugger may
    /// halt it, nor are runs on a platform without threads. [`Duration::MAX`] watches nothing, and then a single
    /// thread is the caller's own.
    pub fn stuck_after(self, time: Duration) -> Self {
        self.with_plan(|plan| plan.stuck_after = time)
    }

    /// Sets how deep runs are explored: decisions are made only at the first `points` points of a run, which then goes
    /// on undisturbed. A point is a call, a wait, something that happens in a wait, or a callback. Without a limit by
    /// default.
    pub fn most_points(self, points: u32) -> Self {
        self.with_plan(|plan| plan.most_points = points)
    }

    /// Sets on how many threads runs are made: on one by default. The verdict does not depend on it.
    pub fn threads(self, threads: usize) -> Self {
        self.with_plan(|plan| plan.threads = threads.max(1))
    }

    /// Makes one of several parts of the runs, of which other processes make the others: all runs with the
    /// same first decision are in the same part. The environment variable `BITS_EXPLORE_SHARD`, such as `0/4`
    /// for the first of four, goes before it. Each part is pruned by itself. See
    /// [many processes](crate::explore#many-processes).
    ///
    /// # Panics
    ///
    /// If the index is not less than the number of parts.
    #[track_caller]
    pub fn shard(self, index: u64, of: u64) -> Self {
        let shard = Shard::new(index, of);
        self.with_plan(|plan| plan.shard = shard)
    }

    /// Makes that many runs at random, for a program that cannot be explored to the end. In each of them faults
    /// strike at random points, and priorities change a few times: of the client, which is then late, and of the
    /// steps that are possible at once. The [bound](Self::bound) says how many faults and how many changes there
    /// are at most.
    ///
    /// The same [seed](Self::seed) makes the same runs. The verdict names it, and claims nothing beyond these
    /// runs. A counterexample is the first that was met, not the shortest, and is replayed like others.
    pub fn seeded(self, runs: u64) -> Self {
        self.with_plan(|plan| plan.random_runs = Some(runs))
    }

    /// Sets the seed of an exploration [at random](Self::seeded): 0 by default. The environment variable
    /// `BITS_EXPLORE_SEED` goes before it.
    pub fn seed(self, seed: u64) -> Self {
        self.with_plan(|plan| plan.seed = seed)
    }

    /// Names the exploration, for its [results](crate::explore#many-processes): by default they have the place
    /// in the source where it is explored. Of several explorations at one place, as in a loop, each needs a name.
    pub fn named(self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.with_plan(|plan| plan.name = Some(name))
    }

    /// Prints no progress. Otherwise an exploration that takes more than a few seconds tells on standard error
    /// how far it has come.
    pub fn without_progress(self) -> Self {
        self.with_plan(|plan| plan.shows_progress = false)
    }

    fn with_plan(mut self, set: impl FnOnce(&mut Plan)) -> Self {
        set(&mut self.plan);
        self
    }
}
