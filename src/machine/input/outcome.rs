//! The outcome of a step: what it did, and the effects that are to be carried out.

use std::fmt;

use chrono::{DateTime, Utc};

use super::inline_vec::InlineVec;
use crate::machine::transitions::trigger::Trigger;
use crate::vocabulary::{HResult, JobState, RuleId};

/// What an accepted call, an event or a deadline did to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Outcome {
    /// Which kind of success a call returned; [`Success::Ok`] for events and deadlines.
    pub success: Success,
    /// The states that the job entered, in order. More than one if one change led to another at
    /// once: a job that is resumed without network is QUEUED, then TRANSIENT_ERROR (NET-08).
    pub entered: InlineVec<JobState, 3>,
    /// What made it enter them, in the same order.
    pub by: InlineVec<Trigger, 3>,
    /// What the outside is to do, in order.
    pub effects: InlineVec<Effect, 4>,
    /// The rules by which all this happened. Empty if the step was an event that the state does
    /// not allow, or a deadline that is not due: then nothing happened.
    pub rules: InlineVec<RuleId, 10>,
}

impl Outcome {
    pub(crate) const fn nothing() -> Self {
        Self {
            success: Success::Ok,
            entered: InlineVec::new(),
            by: InlineVec::new(),
            effects: InlineVec::new(),
            rules: InlineVec::new(),
        }
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

    /// The success with that HRESULT, if calls have it.
    pub(crate) fn from_code(code: HResult) -> Option<Self> {
        let all = [Self::Ok, Self::Partial, Self::UnableToDeleteFiles, Self::NothingFound];
        all.into_iter().find(|success| success.code() == code)
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
