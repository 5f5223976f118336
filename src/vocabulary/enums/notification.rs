//! Notifications: the methods of the callback interfaces, and the ways to the client.

use std::fmt;

use uuid::Uuid;

use crate::vocabulary::codes::hresult::HResult;
use crate::vocabulary::enums::method::Method;
use crate::vocabulary::flags::notify_flags::NotifyFlags;
use crate::vocabulary::job::file_info::FileIndex;

/// A notification of a job to its client (NOTIFY-04 to NOTIFY-10).
///
/// Exhaustive on purpose: the callback interfaces have these methods and no others.
#[doc(alias = "IBackgroundCopyCallback")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Notification {
    /// One file is transferred (NOTIFY-07).
    FileTransferred(FileIndex),
    /// Everything is transferred (NOTIFY-04).
    JobTransferred,
    /// The job entered ERROR (NOTIFY-05). A closure reads why by [`Job::error`](crate::Job::error).
    JobError,
    /// Requested ranges of an on-demand job are transferred (NOTIFY-10).
    FileRangesTransferred(FileIndex),
    /// Bytes, files, a property or the state changed (NOTIFY-06).
    JobModification,
}

impl Notification {
    /// The name of the callback's method.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.method().name()
    }

    /// The flag by which a client asks for it (NOTIFY-01).
    #[must_use]
    pub const fn flag(self) -> NotifyFlags {
        self.callback_method().1
    }

    /// The first interface that has the method (NOTIFY-19).
    #[must_use]
    pub const fn interface(self) -> CallbackInterface {
        self.callback_method().2
    }

    /// The callback's method.
    #[must_use]
    pub const fn method(self) -> Method {
        self.callback_method().0
    }

    const fn callback_method(self) -> (Method, NotifyFlags, CallbackInterface) {
        use CallbackInterface::{Callback, Callback2, Callback3};
        use NotifyFlags as Flags;
        match self {
            Self::FileTransferred(_) => {
                (Method::FileTransferred, Flags::FILE_TRANSFERRED, Callback2)
            }
            Self::JobTransferred => (Method::JobTransferred, Flags::JOB_TRANSFERRED, Callback),
            Self::JobError => (Method::JobError, Flags::JOB_ERROR, Callback),
            Self::FileRangesTransferred(_) => {
                (Method::FileRangesTransferred, Flags::FILE_RANGES_TRANSFERRED, Callback3)
            }
            Self::JobModification => (Method::JobModification, Flags::JOB_MODIFICATION, Callback),
        }
    }

    /// Whether a callback that returned that code counts as delivered; otherwise it is repeated
    /// (NOTIFY-20). That only negative values of FileTransferred repeat, and everything but S_OK of
    /// the other two, is an interpretation. The last two are never repeated (NOTIFY-11).
    #[must_use]
    pub fn is_heard(self, code: HResult) -> bool {
        match self {
            Self::JobTransferred | Self::JobError => code == HResult::S_OK,
            Self::FileTransferred(_) => code.is_success(),
            Self::FileRangesTransferred(_) | Self::JobModification => true,
        }
    }
}

impl fmt::Display for Notification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FileTransferred(file) | Self::FileRangesTransferred(file) => {
                write!(f, "{} of {file}", self.name())
            }
            Self::JobTransferred | Self::JobError | Self::JobModification => f.pad(self.name()),
        }
    }
}

/// The callback interface that the client's object implements; each contains the ones before
/// (NOTIFY-19).
#[doc(alias = "IBackgroundCopyCallback")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum CallbackInterface {
    /// `IBackgroundCopyCallback`: transferred, error and modification.
    Callback,
    /// `IBackgroundCopyCallback2`: also of each file; BITS 3.0 and later.
    Callback2,
    /// `IBackgroundCopyCallback3`: also of ranges; BITS 10.1 and later.
    Callback3,
}

/// The way by which a notification reaches the client.
///
/// Exhaustive on purpose: BITS has these ways and no others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Recipient {
    /// The object that the client registered with `SetNotifyInterface`.
    Callback,
    /// An object of the class that the client named by its CLSID (NOTIFY-23).
    ComClass(
        #[cfg_attr(feature = "serde", serde(with = "crate::vocabulary::text::serial::guid"))] Uuid,
    ),
    /// The program that the client named with `SetNotifyCmdLine` (NOTIFY-25).
    CommandLine,
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Callback => f.pad("callback"),
            Self::ComClass(clsid) => write!(f, "class {:X}", clsid.braced()),
            Self::CommandLine => f.pad("command line"),
        }
    }
}
