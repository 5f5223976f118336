//! Real time: the only place that looks at a clock of the real world.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// The time since some instant, by a clock that never runs backwards.
pub(crate) type TimeSource = Arc<dyn Fn() -> Duration + Send + Sync>;

/// A clock of the real world, and how far it has been followed.
#[derive(Clone)]
pub(crate) struct RealTime {
    pub(crate) source: TimeSource,
    seen: Duration,
}

impl RealTime {
    /// Follows the steady clock of the computer, from the first time that it is read: an emulator that
    /// never reads it needs no platform that has one.
    #[expect(clippy::disallowed_methods, reason = "this is what `Clock::RealTime` is there for")]
    pub(crate) fn of_computer() -> Self {
        let begin = OnceLock::new();
        let source = move || begin.get_or_init(Instant::now).elapsed();
        Self { source: Arc::new(source), seen: Duration::ZERO }
    }

    /// Follows a source from this instant of it on.
    pub(crate) fn follow(source: TimeSource, seen: Duration) -> Self {
        Self { source, seen }
    }

    /// The time since it was last read, if the source shows that now.
    pub(crate) fn passed(&mut self, now: Duration) -> Duration {
        let passed = now.saturating_sub(self.seen);
        self.seen = self.seen.max(now);
        passed
    }
}
