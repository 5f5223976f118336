//! The watchdog over the threads that make runs: it notices a program that calls nothing for a long real time, such
//! as an endless loop, which nothing can unwind.

use std::cell::RefCell;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::execution::Execution;
use crate::emulator::TimeSource;

/// What a thread is doing, as the watchdog sees it.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// How many runs it has begun.
    runs: AtomicU64,
    /// The run that it makes, if it makes one.
    run: Mutex<Option<Arc<Execution>>>,
}

thread_local! {
    /// The watch over this thread, if there is one.
    static WATCH: RefCell<Option<Arc<Watch>>> = const { RefCell::new(None) };
}

impl Watch {
    /// From now on this thread is watched.
    pub(super) fn begin(self: &Arc<Self>) {
        WATCH.set(Some(Arc::clone(self)));
    }

    /// This thread makes no run for now.
    pub(super) fn rest(&self) {
        self.set(None);
    }

    fn set(&self, run: Option<Arc<Execution>>) {
        self.runs.fetch_add(1, Ordering::Relaxed);
        *self.run.lock().unwrap_or_else(PoisonError::into_inner) = run;
    }
}

/// This thread makes that run.
pub(super) fn watch(run: &Arc<Execution>) {
    WATCH.with_borrow(|watch| {
        if let Some(watch) = watch {
            watch.set(Some(Arc::clone(run)));
        }
    });
}

/// Watches over some threads.
pub(super) struct Watchdog {
    /// Of real time.
    patience: Duration,
    clock: TimeSource,
    watched: Vec<Watched>,
}

struct Watched {
    watch: Arc<Watch>,
    /// How many runs it had begun, and how often its program had called, when it was last looked at.
    seen: (u64, u64),
    /// Since when that is so.
    since: Duration,
}

/// A run whose program calls nothing any more.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stuck {
    decisions: String,
    patience: Duration,
}

impl Watchdog {
    pub(super) fn new(patience: Duration, clock: TimeSource) -> Self {
        Self { patience, clock, watched: Vec::new() }
    }

    /// Watches over one more thread.
    pub(super) fn add(&mut self, watch: Arc<Watch>) {
        self.watched.push(Watched { watch, seen: (0, 0), since: Duration::ZERO });
    }

    /// Looks at each thread, and returns the run of the first that has been still for too long.
    pub(super) fn look(&mut self) -> Option<Stuck> {
        let now = (self.clock)();
        let stuck = self.watched.iter_mut().find_map(|watched| watched.stuck(now, self.patience));
        stuck.map(|decisions| Stuck { decisions, patience: self.patience })
    }
}

impl Watched {
    /// The decisions of its run, if that has been still for too long.
    fn stuck(&mut self, now: Duration, patience: Duration) -> Option<String> {
        let run = self.watch.run.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let seen = (self.watch.runs.load(Ordering::Relaxed), run.beats());
        if seen != self.seen {
            (self.seen, self.since) = (seen, now);
        }
        (now.saturating_sub(self.since) >= patience).then(|| run.decisions_by_now())
    }
}

impl fmt::Display for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { decisions, patience } = self;
        write!(
            f,
            "the program has called nothing for {patience:?} of real time: it loops, or waits for something "
        )?;
        write!(
            f,
            "else than its session. Its thread is left to itself. The decisions of the run: \"{decisions}\". "
        )?;
        write!(
            f,
            "Make it in a debugger: .replay(\"{decisions}\"), or BITS_EXPLORE_REPLAY={decisions}. A program "
        )?;
        write!(f, "that computes for so long needs a longer time: .stuck_after(..)")
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::explore::choice::{Budget, Choice};
    use crate::explore::decisions::{Cost, Decision, Decisions};
    use crate::explore::scope::{Scope, Strategy};

    /// A run in which nothing else may go wrong.
    fn run(decisions: Decisions) -> Arc<Execution> {
        let scope = Scope {
            budget: Budget::default(),
            bound: Cost::default(),
            planned: Vec::new(),
            strategy: Strategy::default(),
            prunes: false,
            folds_polls: false,
            keeps_traces: false,
            idle_calls: 0,
            resumes: 0,
            rounds: 0,
            most_points: 0,
            time: TimeDelta::zero(),
        };
        Execution::new(Arc::new(scope), decisions, Arc::new(|_, _| false))
    }

    /// A watchdog with a patience of ten seconds, and the second that its clock shows.
    fn watchdog() -> (Watchdog, Arc<AtomicU64>) {
        let second = Arc::new(AtomicU64::new(0));
        let shown = Arc::clone(&second);
        let clock = Arc::new(move || Duration::from_secs(shown.load(Ordering::Relaxed)));
        (Watchdog::new(Duration::from_secs(10), clock), second)
    }

    #[test]
    fn a_thread_is_stuck_while_its_program_does_not_call() {
        let (mut watchdog, second) = watchdog();
        let watch = Arc::new(Watch::default());
        watchdog.add(Arc::clone(&watch));
        let mut look = |at: u64| {
            second.store(at, Ordering::Relaxed);
            watchdog.look().map(|stuck| stuck.decisions)
        };
        let made = vec![Decision { point: 7, choice: Choice::Incident(0) }];
        let first = run(Decisions { made, ..Decisions::default() });
        assert_eq!(look(100), None, "no run is made");
        watch.set(Some(Arc::clone(&first)));
        assert_eq!((look(200), look(209)), (None, None));
        first.beat();
        assert_eq!((look(210), look(219)), (None, None));
        assert_eq!(look(220).as_deref(), Some("7:i0"));
        // Another run of the same thread, with as many calls as the first.
        let other = run(Decisions::default());
        other.beat();
        watch.set(Some(other));
        assert_eq!((look(221), look(230)), (None, None));
        assert_eq!(look(231).as_deref(), Some(""));
        watch.rest();
        assert_eq!(look(1_000), None);
    }
}
