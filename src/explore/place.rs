//! Places: where a program is when something is decided.

use crate::vocabulary::{JobId, Method};

/// Where a program is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Place {
    /// Before a further life.
    Start,
    Call(Method, Option<JobId>),
    /// Before it uses a store that it shares.
    Store,
    Wait,
    /// Something happened that a waiting client could notice.
    Change,
    /// Halfway to what happens next.
    Midway,
    Callback(Method),
}
