//! The only place that looks at a clock of the real world.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use super::clock::TimeSource;

/// The time since it was first asked for, by the steady clock of the computer. Who never asks needs no
/// platform that has one.
#[expect(clippy::disallowed_methods, reason = "real time is what `Clock::RealTime` is there for")]
pub(crate) fn wall() -> TimeSource {
    let begin = OnceLock::new();
    Arc::new(move || begin.get_or_init(Instant::now).elapsed())
}
