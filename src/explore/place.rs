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
    /// The same, after the callback was held back.
    LateCallback(Method),
}

impl Place {
    /// The job of the call that is made there.
    pub(crate) const fn job(self) -> Option<JobId> {
        match self {
            Self::Call(_, job) => job,
            Self::Start
            | Self::Store
            | Self::Wait
            | Self::Change
            | Self::Midway
            | Self::Callback(_)
            | Self::LateCallback(_) => None,
        }
    }

    pub(crate) const fn is_callback(self) -> bool {
        match self {
            Self::Callback(_) | Self::LateCallback(_) => true,
            Self::Start
            | Self::Call(..)
            | Self::Store
            | Self::Wait
            | Self::Change
            | Self::Midway => false,
        }
    }

    /// Whether the program can be late there.
    pub(crate) const fn can_be_late(self) -> bool {
        self.is_callback() || matches!(self, Self::Call(..))
    }

    /// Whether a callback can be held back there. BITS waits for a check of a certificate.
    pub(crate) const fn can_be_held(self) -> bool {
        match self {
            Self::Callback(method) => !matches!(method, Method::ValidateServerCertificate),
            Self::Start
            | Self::Call(..)
            | Self::Store
            | Self::Wait
            | Self::Change
            | Self::Midway
            | Self::LateCallback(_) => false,
        }
    }
}

/// Where it is, in words.
pub(super) fn words_of(place: Place) -> String {
    match place {
        Place::Start => "before the program starts again".to_owned(),
        Place::Call(method, _) => format!("before {method}"),
        Place::Store => "before it uses the store".to_owned(),
        Place::Wait => "as the program begins to wait".to_owned(),
        Place::Change => "while the program waits".to_owned(),
        Place::Midway => "midway in a wait".to_owned(),
        Place::Callback(method) => format!("before the callback {method}"),
        Place::LateCallback(method) => format!("before the late callback {method}"),
    }
}
