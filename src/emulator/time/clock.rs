//! How virtual time passes.

use std::sync::Arc;
use std::time::Duration;

use super::real_clock::wall;
use crate::emulator::handles::emulator::Emulator;

/// How the clock of an emulator goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clock {
    /// Only [`advance`](Emulator::advance) and its like let time pass.
    #[default]
    Manual,
    /// Each call of a client lets so much time pass before it: a loop of poll and sleep comes to its
    /// end without sleeping.
    OnPoll(Duration),
    /// Each call of a client, and each [`tick`](Emulator::tick), lets so many times as much time pass
    /// before it as has passed in the real world since the one before: for a demonstration, or for an
    /// application that really waits. Tests that go by it are as reliable as their computer is quick.
    RealTime(u32),
}

/// How long it is since some instant, by a clock that never runs backwards.
pub(crate) type TimeSource = Arc<dyn Fn() -> Duration + Send + Sync>;

/// The clock of the real world, and how far of it has been followed.
pub(crate) struct RealTime {
    source: TimeSource,
    seen: Duration,
}

impl RealTime {
    pub(crate) fn new() -> Self {
        Self { source: wall(), seen: Duration::ZERO }
    }

    /// How much has passed since it was last looked at, if it is that now.
    fn passed(&mut self, now: Duration) -> Duration {
        let passed = now.saturating_sub(self.seen);
        self.seen = self.seen.max(now);
        passed
    }
}

/// Real time.
impl Emulator {
    /// How time passes while clients call. [Real time](Clock::RealTime) passes from now on.
    pub fn set_clock(&self, clock: Clock) {
        let now = matches!(clock, Clock::RealTime(_)).then(|| self.real_time());
        let mut engine = self.lock();
        engine.clock = clock;
        let _ = now.map(|now| engine.real_time.passed(now));
    }

    /// What tells [`Clock::RealTime`] how long it is since some instant, instead of the computer: a
    /// test need not go by a clock that it does not control. The closure must not call an emulator.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    /// use std::time::Duration;
    /// use bits_emulator::{Clock, Emulator};
    ///
    /// let emulator = Emulator::new();
    /// let seconds = Arc::new(AtomicU64::new(0));
    /// let watch = Arc::clone(&seconds);
    /// emulator.set_time_source(move || Duration::from_secs(watch.load(Ordering::Relaxed)));
    /// emulator.set_clock(Clock::RealTime(60));
    ///
    /// let begin = emulator.now();
    /// seconds.store(2, Ordering::Relaxed);
    /// emulator.tick();
    /// assert_eq!((emulator.now() - begin).num_minutes(), 2);
    /// ```
    pub fn set_time_source(&self, source: impl Fn() -> Duration + Send + Sync + 'static) {
        let seen = source();
        let real_time = RealTime { source: Arc::new(source), seen };
        let mut engine = self.lock();
        let before = std::mem::replace(&mut engine.real_time, real_time);
        engine.give_up(before.source);
    }

    /// Lets as much time pass as the clock says for one call. For an application that waits for its
    /// callbacks and calls nothing meanwhile: they run on the thread that calls this, again and again.
    pub fn tick(&self) {
        let clock = self.lock().clock;
        match clock {
            Clock::Manual => {}
            Clock::OnPoll(duration) => self.advance(duration),
            Clock::RealTime(speed) => {
                let now = self.real_time();
                let passed = self.lock().real_time.passed(now);
                self.advance(passed.saturating_mul(speed));
            }
        }
    }

    /// The source is the test's, and is asked with no lock held.
    fn real_time(&self) -> Duration {
        let source = Arc::clone(&self.lock().real_time.source);
        source()
    }
}
