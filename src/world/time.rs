//! Arithmetic of instants and spans: sums that stop at the last instant there is.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// Returns the duration as a span of the clock, or the longest one there is.
pub(super) fn span(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}

/// Returns the instant that much later, or the last one there is.
pub(super) fn later(instant: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    instant.checked_add_signed(by).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
