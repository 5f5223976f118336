//! What a scenario expects.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::Caller;
use crate::machine::{Call, Deadline};
use crate::vocabulary::{ErrorContext, FileIndex, FileRange, HResult, JobState};
use crate::vocabulary::{Notification, Recipient};

/// A condition that must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expectation {
    /// The job is in the state.
    State(JobState),
    /// `GetError` yields an object with this code, and context and file where they are given.
    Error {
        /// The code.
        code: HResult,
        /// The context.
        context: Option<ErrorContext>,
        /// The local name of the file.
        file: Option<Arc<str>>,
    },
    /// `GetError` yields nothing.
    NoError,
    /// The error count.
    ErrorCount(u32),
    /// The bytes transferred and in all; `None` is unknown.
    Progress(u64, Option<u64>),
    /// The bytes of the file with that local name transferred and in all; `None` is unknown.
    File(Arc<str>, u64, Option<u64>),
    /// The files transferred and in all.
    Files(u32, u32),
    /// The bytes of the reply transferred and in all; `None` is unknown.
    Reply(u64, Option<u64>),
    /// The file with that local name is available to the user, or is not.
    Completed(Arc<str>, bool),
    /// It is that instant; to the second if no fraction is given.
    Time(DateTime<Utc>),
    /// When a clock of the job will act.
    Deadline(Deadline, DateTime<Utc>),
    /// No clock will act.
    NoDeadline,
    /// When the job was created.
    Created(DateTime<Utc>),
    /// When the job was last modified.
    Modified(DateTime<Utc>),
    /// When the job last became TRANSFERRED; `None`: never.
    TransferCompleted(Option<DateTime<Utc>>),
    /// The inactivity timeout removed the job and its temporary files, or did not.
    Purged(bool),
    /// The job is in the queue, or is not.
    InQueue(bool),
    /// A getter yields what this setter would set (INV-53).
    Setting(Call),
    /// The remote name of a file.
    RemoteName(FileIndex, Arc<str>),
    /// The headers of the last response for a file; `None`: there are none (PROGRESS-17).
    ResponseHeaders(FileIndex, Option<Arc<str>>),
    /// The headers that each request carries, though no client may read them (PROP-24).
    RequestHeaders(Option<Arc<str>>),
    /// What is there of a file of an on-demand job (PROGRESS-18).
    FilledRanges(FileIndex, Arc<[FileRange]>),
    /// The account that owns the job (SEC-14).
    Owner(Arc<str>),
    /// Whether the owner's token was elevated (SEC-14).
    OwnerElevated(bool),
    /// How often the client was told up to now; `None`: at least once.
    Told(NotificationPattern, Option<u64>),
    /// The client was told nothing up to now.
    ToldNothing,
    /// The client is to be told that now.
    Due(NotificationPattern),
    /// The client is to be told nothing now.
    NothingDue,
    /// The headers of the last response for a file have these lines among them.
    HeadersAmong(FileIndex, Arc<str>),
    /// These jobs are CONNECTING or TRANSFERRING, and no others (SCHED-02).
    Running(Vec<Arc<str>>),
    /// Jobs were activated in this order up to now, each as often as it was picked.
    Activated(Vec<Arc<str>>),
    /// That many jobs are in the queue (CREATE-08).
    QueueLength(u32),
    /// `EnumJobs` for the caller yields these jobs.
    Enumerated(Caller, Vec<Arc<str>>),
    /// `EnumJobs` of all users yields these jobs, or is refused (CREATE-13).
    EnumeratedAll(Caller, Result<Vec<Arc<str>>, HResult>),
    /// The disk has that file, of that size if one is given.
    OnDisk(Arc<str>, Option<u64>),
    /// The disk has no such file.
    NotOnDisk(Arc<str>),
    /// No file is in that folder.
    FolderEmpty(Arc<str>),
    /// That many requests have reached the server, of one method or of all.
    Asked(Arc<str>, Option<Arc<str>>, u64),
    /// Some job has made the file with that local name available to its user.
    Fetched(Arc<str>),
    /// No call of a client was refused with that code up to now.
    NoneRefused(HResult),
    /// The client's program came to its end by itself, and reported success or failure.
    ClientEnded,
    /// It reported success.
    ClientSucceeded,
}

impl Expectation {
    /// Whether it is about one job, which the line names if there are several.
    #[must_use]
    pub const fn is_of_a_job(&self) -> bool {
        !matches!(
            self,
            Self::Time(_)
                | Self::Running(_)
                | Self::Activated(_)
                | Self::QueueLength(_)
                | Self::Enumerated(..)
                | Self::EnumeratedAll(..)
                | Self::OnDisk(..)
                | Self::NotOnDisk(_)
                | Self::FolderEmpty(_)
                | Self::Asked(..)
                | Self::Fetched(_)
                | Self::NoneRefused(_)
                | Self::ClientEnded
                | Self::ClientSucceeded
        )
    }

    /// Whether it is about the client's program, which only a scenario by hand has.
    pub(crate) const fn is_of_the_program(&self) -> bool {
        matches!(self, Self::ClientEnded | Self::ClientSucceeded)
    }

    /// Whether it is about servers or the disk, which a scenario by hand does not have.
    pub(crate) const fn is_of_the_world(&self) -> bool {
        matches!(
            self,
            Self::OnDisk(..) | Self::NotOnDisk(_) | Self::FolderEmpty(_) | Self::Asked(..)
        )
    }
}

/// Notifications that an expectation is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationPattern {
    /// What.
    pub notification: Notification,
    /// By which way, if that matters.
    pub recipient: Option<Recipient>,
    /// As which account, if that matters (NOTIFY-28, NOTIFY-30).
    pub account: Option<Arc<str>>,
}
