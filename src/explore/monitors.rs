//! Monitors: what is promised of every run of a program, each as a sentence and a check.

use std::fmt;
use std::sync::Arc;

use super::counterexample::Expected;
use super::ending::Ending;

/// Says what happened instead of what was promised.
type Check = Arc<dyn Fn(&Ending<'_>) -> Result<(), String> + Send + Sync>;

/// A promise of a program, checked at the end of each run: the error says what happened instead.
#[derive(Clone)]
pub struct Monitor {
    pub(super) promise: &'static str,
    pub(super) check: Check,
    /// What a scenario expects where the promise is broken.
    pub(super) expected: fn(&Ending<'_>) -> Expected,
    /// Whether what it looks at is part of the fingerprint of a future.
    pub(super) judges_the_end: bool,
    /// Whether further lives are made after the program's end, and it judges those.
    pub(super) judges_further_lives: bool,
}

impl fmt::Debug for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Monitor").field(&self.promise).finish()
    }
}

impl Monitor {
    /// Creates a monitor from the sentence of what is promised, and the check that it is kept.
    ///
    /// With a monitor of one's own nothing is pruned, for it may look at what was, such as the trace, where
    /// two runs differ that have the same future. [`judges_the_end`](Self::judges_the_end) allows it.
    pub fn new(
        promise: &'static str,
        check: impl Fn(&Ending<'_>) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        let expected = |_: &Ending<'_>| Expected::Unsaid;
        Self {
            promise,
            check: Arc::new(check),
            expected,
            judges_the_end: false,
            judges_further_lives: false,
        }
    }

    /// Says that the check looks only at how a run ended: its result, its requests, its incidents, the disk, and
    /// the jobs as they are then. Runs with the same future are judged alike by it, and explored once. If all monitors
    /// of an exploration say so, its runs keep no [trace](crate::Emulator::trace).
    #[must_use]
    pub fn judges_the_end(self) -> Self {
        Self { judges_the_end: true, ..self }
    }

    pub(super) fn expects(self, expected: fn(&Ending<'_>) -> Expected) -> Self {
        Self { expected, ..self }
    }
}

/// The monitors of an exploration. That a program comes to its end, retries a bounded number of times, and does
/// not panic is always checked.
#[derive(Debug, Clone, Default)]
pub struct Monitors(pub(super) Vec<Monitor>);

impl Monitors {
    /// Returns the monitors that any downloader should pass: truthful success, one outcome, no orphans, legal
    /// calls, and no needless failure.
    #[must_use]
    pub fn standard() -> Self {
        Self(vec![
            Monitor::truthful_success(),
            Monitor::one_outcome(),
            Monitor::no_orphans(),
            Monitor::legal_calls(),
            Monitor::no_needless_failure(),
        ])
    }

    /// Adds a monitor.
    #[must_use]
    pub fn with(mut self, monitor: Monitor) -> Self {
        self.0.push(monitor);
        self
    }
}
