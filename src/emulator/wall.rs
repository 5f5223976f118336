//! The only place that looks at a clock of the real world.

use std::sync::Arc;
use std::time::Instant;

use super::clock::TimeSource;

/// The time since now, by the steady clock of the computer.
#[expect(clippy::disallowed_methods, reason = "real time is what `Clock::RealTime` is there for")]
pub(super) fn wall() -> TimeSource {
    let begin = Instant::now();
    Arc::new(move || begin.elapsed())
}
