//! What a step did, and what it asks of the outside.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::vocabulary::{HResult, JobState, RuleId};

/// What an accepted call, an event or a deadline did to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Outcome {
    /// Which kind of success a call returned; [`Success::Ok`] for events and deadlines.
    pub success: Success,
    /// The states that the job entered, in order. More than one if one change led to another at
    /// once: a job that is resumed without network is QUEUED, then TRANSIENT_ERROR (NET-08).
    pub entered: Few<JobState, 3>,
    /// What the outside is to do, in order.
    pub effects: Few<Effect, 4>,
    /// The rules by which all this happened. Empty if the step was an event that the state does
    /// not allow, or a deadline that is not due: then nothing happened.
    pub rules: Few<RuleId, 10>,
}

impl Outcome {
    pub(crate) const fn nothing() -> Self {
        Self { success: Success::Ok, entered: Few::new(), effects: Few::new(), rules: Few::new() }
    }

    /// Whether the step was ignored: an event that the state does not allow, or a deadline that
    /// is not due.
    #[must_use]
    pub fn was_ignored(&self) -> bool {
        self.rules.is_empty()
    }
}

/// The success codes of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Success {
    /// `S_OK`.
    Ok,
    /// `BG_S_PARTIAL_COMPLETE`: only finished files are kept, the others are lost (DONE-04).
    Partial,
    /// `BG_S_UNABLE_TO_DELETE_FILES`: the call succeeded, but some temporary files are left
    /// (DONE-06).
    UnableToDeleteFiles,
    /// `S_FALSE`: the call succeeded, and there was nothing to do: no such credentials (PROP-16), no
    /// certificate (PROP-22), no remote name with that prefix (FILES-27).
    NothingFound,
}

impl Success {
    pub(crate) const fn found(found: bool) -> Self {
        if found { Self::Ok } else { Self::NothingFound }
    }

    /// The HRESULT.
    #[must_use]
    pub const fn code(self) -> HResult {
        match self {
            Self::Ok => HResult::S_OK,
            Self::Partial => HResult::BG_S_PARTIAL_COMPLETE,
            Self::UnableToDeleteFiles => HResult::BG_S_UNABLE_TO_DELETE_FILES,
            Self::NothingFound => HResult::S_FALSE,
        }
    }
}

/// What a step asks of the outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Effect {
    /// Begin an attempt: contact the server for [`current`](crate::machine::JobStateMachine::current), and
    /// go on at the byte reached. If nothing is missing, a connection is all that it takes.
    StartTransfer,
    /// Stop the attempt.
    StopTransfer,
    /// Delete the job's temporary files; files already made available stay (DONE-12, DONE-14).
    DeleteTemporaryFiles,
    /// Tell the server to cancel the upload, and repeat that until it confirms
    /// ([`Event::UploadCancelled`](crate::machine::Event::UploadCancelled)) or the instant has come
    /// (DONE-17).
    CancelUpload {
        /// When to give up.
        give_up_at: DateTime<Utc>,
    },
    /// Ask the client whether it accepts the certificate of the server, and say what it returned
    /// with [`Event::CertificateChecked`](crate::machine::Event::CertificateChecked) (PROP-27).
    CheckCertificate,
    /// The job is no longer in the queue (LIFE-04).
    LeaveQueue,
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StartTransfer => f.pad("start transfer"),
            Self::StopTransfer => f.pad("stop transfer"),
            Self::DeleteTemporaryFiles => f.pad("delete temporary files"),
            Self::CancelUpload { give_up_at } => {
                write!(f, "cancel the upload until {}", give_up_at.format("%Y-%m-%d %H:%M:%S"))
            }
            Self::CheckCertificate => f.pad("check the certificate"),
            Self::LeaveQueue => f.pad("leave the queue"),
        }
    }
}

/// A short list that lives where it is used, so that a step needs no allocation.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Few<T, const N: usize>([Option<T>; N]);

impl<T: Copy + PartialEq, const N: usize> Few<T, N> {
    pub(crate) const fn new() -> Self {
        Self([None; N])
    }

    /// Adds an item that the list does not hold yet.
    pub(crate) fn add(&mut self, item: T) {
        let place = self.0.iter_mut().find(|place| place.is_none_or(|held| held == item));
        debug_assert!(place.is_some(), "no step yields more than {N} of these");
        if let Some(place) = place {
            *place = Some(item);
        }
    }

    /// The items, in order.
    pub fn iter(&self) -> impl Iterator<Item = T> + '_ {
        self.0.iter().map_while(|item| *item)
    }

    /// How many items there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Whether the item is among them.
    #[must_use]
    pub fn contains(&self, item: T) -> bool {
        self.iter().any(|held| held == item)
    }
}

impl<T, const N: usize> IntoIterator for Few<T, N> {
    type Item = T;
    type IntoIter = std::iter::Flatten<std::array::IntoIter<Option<T>, N>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter().flatten()
    }
}

impl<T: Copy + PartialEq + fmt::Debug, const N: usize> fmt::Debug for Few<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
