//! An exploration: the search over the runs of a program, or runs at random, on one or more threads.

use std::io::Write;
use std::panic::Location;
use std::sync::Arc;

use super::crew::Crew;
use super::decisions::{Cost, Decisions};
use super::execution::Covers;
use super::lots::Lots;
use super::plan::Plan;
use super::program::Program;
use super::progress::{Line, Progress};
use super::results;
use super::run::Ran;
use super::search::{Found, Seen, Space, Standing, search};
use super::setup::Setup;
use super::shard::Shard;
use super::verdict::{Extent, Verdict};
use crate::emulator::{RealTime, TimeSource};

/// The variable that names the seed of runs at random.
const SEED: &str = "BITS_EXPLORE_SEED";

/// How many runs at random are made before their results are put together.
const BATCH: usize = 64;

impl Program {
    /// Explores, and returns the verdict.
    ///
    /// If the environment variable `BITS_EXPLORE_RESULTS` names a file, the verdict is added to it as a
    /// [line of JSON](Verdict::to_json_line).
    ///
    /// # Panics
    ///
    /// If `BITS_EXPLORE_SHARD` names no [part](Self::shard), `BITS_EXPLORE_SEED` is no number,
    /// `BITS_EXPLORE_RESULTS` cannot be written to, the tests are built with `panic = "abort"`, the [world](Self::world) follows real time or has its
    /// disk in a real directory, or the program is
    /// [stuck](Self::stuck_after). A panic of a monitor goes through it.
    #[track_caller]
    #[must_use = "the verdict says whether every promise was kept"]
    pub fn explore(self) -> Verdict {
        let mut plan = self.plan.clone();
        plan.shard = Shard::from_environment().unwrap_or(plan.shard);
        plan.seed = seed_of_environment().unwrap_or(plan.seed);
        let name = plan.name_at(Location::caller());
        let setup = Arc::new(self.set_up());
        let verdict = Verdict::begun(name, &setup, plan.shard);
        let clock = (plan.shows_progress || plan.most_time.is_some())
            .then(|| RealTime::of_computer().source);
        let progress = Progress::new();
        let crew = Crew::new(plan.threads, plan.stuck_after);
        let mut exploration = Exploration { setup, plan, crew, verdict, clock, progress };
        match exploration.plan.random_runs {
            Some(runs) => exploration.explore_at_random(runs),
            None => exploration.search(),
        }
        let Exploration { setup, mut verdict, .. } = exploration;
        let found = verdict.counterexample.take();
        verdict.counterexample = found.map(|found| setup.tell(setup.shrink(found)));
        results::write(&verdict);
        verdict
    }
}

/// The seed that the environment names, if it does.
#[allow(clippy::panic, reason = "documented at the method that explores")]
fn seed_of_environment() -> Option<u64> {
    let text = std::env::var(SEED).ok()?;
    match text.parse() {
        Ok(seed) => Some(seed),
        Err(_) => panic!("{SEED}={text} is no number such as 7"),
    }
}

/// An exploration that is under way.
struct Exploration {
    setup: Arc<Setup>,
    plan: Plan,
    crew: Crew,
    verdict: Verdict,
    /// Of real time; none if neither a limit nor a progress line needs it.
    clock: Option<TimeSource>,
    progress: Progress,
}

impl Exploration {
    fn search(&mut self) {
        let end = search(self, Decisions::default());
        // Where nothing waits, the levels in which nothing was found are exhausted too.
        let bound = self.setup.scope.bound;
        let exhausted = if end.waiting == 0 { Some(bound) } else { end.exhausted };
        self.verdict.extent = Extent::UpTo(exhausted);
        self.verdict.waiting = end.waiting;
        self.verdict.futures = end.futures;
    }

    /// Makes runs at random, of which the first is the one in which all goes well.
    fn explore_at_random(&mut self, runs: u64) {
        let Plan { seed, shard, .. } = self.plan;
        let bound = self.setup.scope.bound;
        self.verdict.extent = Extent::AtRandom(seed);
        let mut chances = 0;
        for undisturbed in self.make_at_random(vec![0], |_| Lots::none()) {
            chances = undisturbed.execution.progress().lots.as_ref().map_or(0, Lots::chances);
            if shard.has_number(0) && runs > 0 {
                self.verdict.count(undisturbed);
            }
        }
        let mut numbers = (1..runs).filter(|run| shard.has_number(*run));
        loop {
            let allowed = self.allowed(|| (format!("at random from the seed {seed}"), 0, 0));
            let most = usize::try_from(allowed).unwrap_or(usize::MAX).min(BATCH);
            let batch: Vec<u64> = numbers.by_ref().take(most).collect();
            if batch.is_empty() {
                break;
            }
            let drawn = move |run| Lots::drawn(seed, run, bound, chances);
            let ran = self.make_at_random(batch, drawn);
            for ran in ran {
                // The first one that is found ends it.
                if self.verdict.counterexample.is_none() {
                    self.verdict.count(ran);
                }
            }
        }
        let waiting = shard.share_of(runs).saturating_sub(self.verdict.runs);
        self.verdict.waiting = usize::try_from(waiting).unwrap_or(usize::MAX);
    }

    /// Makes the runs of these numbers, with the lots of each.
    fn make_at_random(
        &mut self,
        runs: Vec<u64>,
        lots: impl Fn(u64) -> Lots + Send + Sync + 'static,
    ) -> Vec<Ran> {
        let setup = Arc::clone(&self.setup);
        self.make_all(runs, move |run| setup.run(Decisions::default(), Some(lots(*run)), nothing()))
    }

    /// Makes runs on the threads of the exploration, and returns them in the same order.
    #[allow(clippy::panic, reason = "documented at the method that explores")]
    fn make_all<T: Send + Sync + 'static>(
        &mut self,
        all: Vec<T>,
        run: impl Fn(&T) -> Ran + Send + Sync + 'static,
    ) -> Vec<Ran> {
        match self.crew.make_all(all, run) {
            Ok(ran) => ran,
            Err(stuck) => {
                let why = format!("{}: {stuck}", self.verdict.name);
                // Whatever becomes of the panic.
                let _ = writeln!(std::io::stderr(), "{why}");
                panic!("{why}");
            }
        }
    }

    /// How many runs may be made now. The line says where the exploration is, how many runs wait and how many
    /// futures are kept.
    fn allowed(&mut self, at: impl FnOnce() -> (String, usize, usize)) -> u64 {
        if self.verdict.counterexample.is_some() {
            return 0;
        }
        let runs = self.verdict.runs;
        if let Some(clock) = &self.clock {
            let elapsed = clock();
            if self.plan.most_time.is_some_and(|most| elapsed >= most) {
                return 0;
            }
            if self.plan.shows_progress {
                self.progress.report(elapsed, || {
                    let (at, waiting, futures) = at();
                    Line { name: &self.verdict.name, elapsed, runs, at, waiting, futures }
                });
            }
        }
        self.plan.most_runs.saturating_sub(runs)
    }
}

impl Space for Exploration {
    type Prefix = Decisions;
    type Run = Ran;

    fn has(&self, decisions: &Decisions) -> bool {
        self.plan.shard.has(decisions)
    }

    fn allowance(&mut self, standing: Standing<Cost>) -> usize {
        let Standing { level, waiting, futures, .. } = standing;
        let allowed = self.allowed(|| (level.to_string(), waiting, futures));
        usize::try_from(allowed).unwrap_or(usize::MAX)
    }

    fn run_all(&mut self, batch: &[Decisions], seen: &Seen<Cost>) -> Vec<Ran> {
        let (setup, seen) = (Arc::clone(&self.setup), seen.clone());
        self.make_all(batch.to_vec(), move |decisions: &Decisions| {
            let seen = seen.clone();
            let covers = move |fingerprint, cost| seen.covers(fingerprint, cost);
            setup.run(decisions.clone(), None, Arc::new(covers))
        })
    }

    fn judge(&mut self, decisions: &Decisions, ran: Ran) -> Found<Decisions> {
        let mut progress = ran.execution.progress();
        let passed = std::mem::take(&mut progress.keys);
        let alternatives = std::mem::take(&mut progress.alternatives);
        let besides = progress.longer_stall.take();
        drop(progress);
        // The run without decisions is made in each part, to find the others, and counts in one.
        if self.has(decisions) {
            self.verdict.count(ran);
        }
        Found { passed, alternatives, besides }
    }
}

/// No future is known.
fn nothing() -> Covers {
    Arc::new(|_, _| false)
}
