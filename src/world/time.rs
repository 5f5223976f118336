//! Arithmetic of instants: sums that stop at the last instant there is.

use chrono::{DateTime, TimeDelta, Utc};

/// Returns the instant that much later, or the last one there is.
pub(super) fn later(instant: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    instant.checked_add_signed(by).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
