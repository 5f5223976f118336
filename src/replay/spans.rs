//! The spans that decide what agrees with a record, and what is likely.

use chrono::TimeDelta;

/// How far a record may be from the instant at which the model writes it.
pub(super) const TOLERANCE: TimeDelta = TimeDelta::seconds(1);

/// How long an attempt may take that shows nothing: as long as a client waits for an answer (UPLOAD-15).
pub(super) const PATIENCE: TimeDelta = TimeDelta::minutes(5);

/// The smallest step of the clock of a log.
pub(super) const RIGHT_AFTER: TimeDelta = TimeDelta::microseconds(1);

/// The longest time in which a client answers an error.
pub(super) const AT_ONCE: TimeDelta = TimeDelta::milliseconds(200);

/// The longest interval between the attempts of a burst.
pub(super) const SOON: TimeDelta = TimeDelta::milliseconds(1_500);
