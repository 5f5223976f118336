//! What the client's program does besides changing jobs: what it reads, keeps and waits for, how it starts and
//! ends.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::Expectation;
use crate::vocabulary::{HResult, Method};

/// A line about the client's program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientStatement {
    /// When, if the line says so.
    pub at: Option<DateTime<Utc>>,
    /// On which job the call is made, if the line says so.
    pub job: Option<Arc<str>>,
    /// What.
    pub what: ClientAction,
}

/// What the client's program does, learns or keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientAction {
    /// `GetState returns TRANSFERRED`: a call that only reads returns what is expected.
    Reads(Method, Expectation),
    /// `GetError refused with CODE`: BITS refuses to read.
    Refused(Method, HResult),
    /// `Resume lost with CODE`: the client gets the code, because the call did not reach the service, or its
    /// reply was lost after it was carried out, as the line above says.
    Lost(Method, HResult),
    /// `client starts`, by hand: its process begins.
    Starts,
    /// `client is killed`, by hand: its process ends as in a crash.
    Killed,
    /// `client reports success`, by hand: it has done its work.
    Succeeds,
    /// `client reports "TEXT"`, by hand: it has failed.
    Fails(Arc<str>),
    /// `client panics "TEXT"`, by hand.
    Panics(Arc<str>),
    /// `client is late`, by hand: what stands below happens before it goes on.
    IsLate,
    /// `client waits DURATION`, by hand: it sleeps, or waits for a callback, that long at most.
    Waits(TimeDelta),
    /// `client stores NAME as VALUE`: what outlives its process.
    Stores(Arc<str>, Arc<str>),
    /// `client removes NAME`, from what it stored.
    Removes(Arc<str>),
    /// `client finds NAME as VALUE`, in what it stored.
    Finds(Arc<str>, Arc<str>),
    /// `client finds no NAME`.
    FindsNone(Arc<str>),
}

impl ClientAction {
    /// The methods of which it can be said that they are refused without a change of the job.
    pub(crate) const REFUSABLE: [Method; 3] =
        [Method::GetError, Method::GetReplyProgress, Method::GetJob];

    /// Whether the line is about one job, which it names if there are several.
    #[must_use]
    pub const fn is_of_a_job(&self) -> bool {
        match self {
            Self::Reads(_, expectation) => expectation.is_of_a_job(),
            Self::Refused(method, _) | Self::Lost(method, _) => !matches!(
                method,
                Method::CoCreateInstance
                    | Method::CreateJob
                    | Method::EnumJobs
                    | Method::GetErrorDescription
            ),
            Self::Starts
            | Self::Killed
            | Self::Succeeds
            | Self::Fails(_)
            | Self::Panics(_)
            | Self::IsLate
            | Self::Waits(_)
            | Self::Stores(..)
            | Self::Removes(_)
            | Self::Finds(..)
            | Self::FindsNone(_) => false,
        }
    }

    /// Whether the line says what must be so.
    pub(in crate::scenario) const fn expects(&self) -> bool {
        matches!(self, Self::Reads(..) | Self::Refused(..) | Self::Finds(..) | Self::FindsNone(_))
    }

    /// Whether a method returns what the expectation is about.
    pub(in crate::scenario) fn fits(method: Method, expectation: &Expectation) -> bool {
        match expectation {
            Expectation::State(_) => method == Method::GetState,
            Expectation::Error { .. } => method == Method::GetError,
            Expectation::ErrorCount(_) => method == Method::GetErrorCount,
            Expectation::Progress(..) | Expectation::File(..) | Expectation::Files(..) => {
                method == Method::GetProgress
            }
            Expectation::Reply(..) => method == Method::GetReplyProgress,
            Expectation::Created(_)
            | Expectation::Modified(_)
            | Expectation::TransferCompleted(_) => method == Method::GetTimes,
            Expectation::RemoteName(..) => method == Method::GetRemoteName,
            Expectation::FilledRanges(..) => method == Method::GetFilledFileRanges,
            Expectation::Owner(_) => method == Method::GetOwner,
            Expectation::Enumerated(..) | Expectation::EnumeratedAll(_, Ok(_)) => {
                method == Method::EnumJobs
            }
            Expectation::Setting(call) => {
                let read = method.name().strip_prefix("Get");
                read.is_some() && read == call.method().name().strip_prefix("Set")
            }
            Expectation::NoError
            | Expectation::Completed(..)
            | Expectation::Time(_)
            | Expectation::Deadline(..)
            | Expectation::NoDeadline
            | Expectation::Purged(_)
            | Expectation::InQueue(_)
            | Expectation::ResponseHeaders(..)
            | Expectation::RequestHeaders(_)
            | Expectation::OwnerElevated(_)
            | Expectation::Told(..)
            | Expectation::ToldNothing
            | Expectation::Due(_)
            | Expectation::NothingDue
            | Expectation::HeadersAmong(..)
            | Expectation::Running(_)
            | Expectation::Activated(_)
            | Expectation::QueueLength(_)
            | Expectation::EnumeratedAll(_, Err(_))
            | Expectation::OnDisk(..)
            | Expectation::NotOnDisk(_)
            | Expectation::FolderEmpty(_)
            | Expectation::Asked(..)
            | Expectation::Fetched(_)
            | Expectation::NoneRefused(_)
            | Expectation::ClientEnded
            | Expectation::ClientSucceeded => false,
        }
    }
}
