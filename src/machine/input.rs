//! Everything that can happen to a job: calls, events and deadlines.

use std::fmt;
use std::sync::Arc;

use chrono::TimeDelta;

use super::conditions::Block;
use super::failure::Failure;
use crate::vocabulary::{
    FileAclFlags, FileIndex, FileInfo, FileRange, HResult, HelperTokenFlags, JobPriority, Method,
};

/// Something a client asks of a job. Getters, which change nothing, are methods of
/// [`JobStateMachine`](crate::JobStateMachine) instead.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Call {
    /// Adds a file (FILES-01).
    AddFile(FileInfo),
    /// Adds several files, or none of them (FILES-08, FILES-10).
    AddFileSet(Arc<[FileInfo]>),
    /// Adds a file of which only some ranges are downloaded (FILES-17).
    AddFileWithRanges(FileInfo, Arc<[FileRange]>),
    /// Stops the job until it is resumed (LIFE-12).
    Suspend,
    /// Makes the job eligible for transfer (LIFE-07, LIFE-10).
    Resume,
    /// Ends the job and takes its files away, the transferred ones too (LIFE-16, DONE-16). Says
    /// what the disk did.
    Cancel(Deletion),
    /// Ends the job and keeps what is transferred (LIFE-17). Says what the disk did.
    Complete(Commit),
    /// Sets the priority.
    SetPriority(JobPriority),
    /// Sets the minimum retry delay, in seconds; less than 5 becomes 5 (TIME-02).
    SetMinimumRetryDelay(u32),
    /// Sets the no-progress timeout, in seconds; 0 means that nothing is retried (TIME-07).
    SetNoProgressTimeout(u32),
    /// Sets the maximum download time, in seconds (TIME-15).
    SetMaximumDownloadTime(u32),
    /// Sets which owner and ACL data is kept for files on a share (FILES-32).
    SetFileAclFlags(FileAclFlags),
    /// Names the reply file of an upload-reply, or leaves the name to BITS (UPLOAD-09).
    SetReplyFileName(Option<Arc<str>>),
    /// Says for what the helper token is used; none clears the use (SEC-12).
    SetHelperTokenFlags(HelperTokenFlags),
    /// Gives the job the caller's token (SEC-12).
    SetHelperToken,
    /// Takes the token away; the flags stay (SEC-12).
    ClearHelperToken,
    /// Turns on-demand mode on or off (PROP-38).
    SetOnDemandMode(bool),
    /// Sets the client's check of server certificates (PROP-26).
    SetServerCertificateValidationInterface,
    /// Sets a property whose value the machine does not look at.
    Set(Setter),
}

impl Call {
    /// The method of the BITS interfaces that the call is.
    #[must_use]
    pub const fn method(&self) -> Method {
        match self {
            Self::AddFile(_) => Method::AddFile,
            Self::AddFileSet(_) => Method::AddFileSet,
            Self::AddFileWithRanges(..) => Method::AddFileWithRanges,
            Self::Suspend => Method::Suspend,
            Self::Resume => Method::Resume,
            Self::Cancel(_) => Method::Cancel,
            Self::Complete(_) => Method::Complete,
            Self::SetPriority(_) => Method::SetPriority,
            Self::SetMinimumRetryDelay(_) => Method::SetMinimumRetryDelay,
            Self::SetNoProgressTimeout(_) => Method::SetNoProgressTimeout,
            Self::SetMaximumDownloadTime(_) => Method::SetMaximumDownloadTime,
            Self::SetFileAclFlags(_) => Method::SetFileAclFlags,
            Self::SetReplyFileName(_) => Method::SetReplyFileName,
            Self::SetHelperTokenFlags(_) => Method::SetHelperTokenFlags,
            Self::SetHelperToken => Method::SetHelperToken,
            Self::ClearHelperToken => Method::ClearHelperToken,
            Self::SetOnDemandMode(_) => Method::SetProperty,
            Self::SetServerCertificateValidationInterface => {
                Method::SetServerCertificateValidationInterface
            }
            Self::Set(setter) => setter.method(),
        }
    }
}

/// Methods that set something which does not influence the state machine. It says whether the
/// state allows the call (T1) and notes the activity; the value is kept outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Setter {
    /// `SetDisplayName`.
    DisplayName,
    /// `SetDescription`.
    Description,
    /// `SetNotifyFlags`.
    NotifyFlags,
    /// `SetNotifyInterface`.
    NotifyInterface,
    /// `SetNotifyCmdLine`.
    NotifyCmdLine,
    /// `SetProxySettings`.
    ProxySettings,
    /// `SetCredentials`.
    Credentials,
    /// `RemoveCredentials`.
    RemoveCredentials,
    /// `SetCustomHeaders`.
    CustomHeaders,
    /// `SetClientCertificateByID`.
    ClientCertificateById,
    /// `SetClientCertificateByName`.
    ClientCertificateByName,
    /// `RemoveClientCertificate`.
    RemoveClientCertificate,
    /// `SetSecurityFlags`.
    SecurityFlags,
    /// `SetHttpMethod`.
    HttpMethod,
    /// `SetPeerCachingFlags`.
    PeerCachingFlags,
    /// `SetProperty`, of properties other than on-demand mode.
    Property,
    /// `SetRemoteName` of a file.
    RemoteName,
    /// `ReplaceRemotePrefix`.
    RemotePrefix,
    /// `TakeOwnership`, by an administrator (SEC-09).
    TakeOwnership,
}

impl Setter {
    /// Every setter.
    pub const ALL: &'static [Self] = &[
        Self::DisplayName,
        Self::Description,
        Self::NotifyFlags,
        Self::NotifyInterface,
        Self::NotifyCmdLine,
        Self::ProxySettings,
        Self::Credentials,
        Self::RemoveCredentials,
        Self::CustomHeaders,
        Self::ClientCertificateById,
        Self::ClientCertificateByName,
        Self::RemoveClientCertificate,
        Self::SecurityFlags,
        Self::HttpMethod,
        Self::PeerCachingFlags,
        Self::Property,
        Self::RemoteName,
        Self::RemotePrefix,
        Self::TakeOwnership,
    ];

    /// The method of the BITS interfaces.
    #[must_use]
    pub const fn method(self) -> Method {
        match self {
            Self::DisplayName => Method::SetDisplayName,
            Self::Description => Method::SetDescription,
            Self::NotifyFlags => Method::SetNotifyFlags,
            Self::NotifyInterface => Method::SetNotifyInterface,
            Self::NotifyCmdLine => Method::SetNotifyCmdLine,
            Self::ProxySettings => Method::SetProxySettings,
            Self::Credentials => Method::SetCredentials,
            Self::RemoveCredentials => Method::RemoveCredentials,
            Self::CustomHeaders => Method::SetCustomHeaders,
            Self::ClientCertificateById => Method::SetClientCertificateById,
            Self::ClientCertificateByName => Method::SetClientCertificateByName,
            Self::RemoveClientCertificate => Method::RemoveClientCertificate,
            Self::SecurityFlags => Method::SetSecurityFlags,
            Self::HttpMethod => Method::SetHttpMethod,
            Self::PeerCachingFlags => Method::SetPeerCachingFlags,
            Self::Property => Method::SetProperty,
            Self::RemoteName => Method::SetRemoteName,
            Self::RemotePrefix => Method::ReplaceRemotePrefix,
            Self::TakeOwnership => Method::TakeOwnership,
        }
    }
}

/// Whether the disk deleted the temporary files that a call gives up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Deletion {
    /// All are gone.
    #[default]
    Done,
    /// Some could not be deleted: the call yields `BG_S_UNABLE_TO_DELETE_FILES` (DONE-06).
    Incomplete,
}

/// What the disk did of a `Complete`: renamed the temporary files in the order of
/// [`JobStateMachine::renames`](crate::JobStateMachine::renames), then deleted the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Commit {
    /// The first rename that failed, if one did; nothing is deleted then (DONE-07).
    pub failed_rename: Option<FailedRename>,
    /// Whether the temporary files of unfinished files are deleted.
    pub deletion: Deletion,
}

/// A rename that the disk refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FailedRename {
    /// How many renames of this call succeeded before it.
    pub after: u32,
    /// The code of the disk.
    pub code: HResult,
}

/// Something that the world does to a job (T4). What the state does not allow is ignored: late
/// bytes of a job that was suspended, for instance (INV-05).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Event {
    /// The scheduler picked the job (LIFE-18).
    Picked,
    /// The server answered (LIFE-18).
    Connected,
    /// The size of the present file is known, in bytes; with ranges, the sum of those requested
    /// (PROGRESS-04).
    SizeKnown(u64),
    /// So many new bytes of the present file arrived; of an upload, the server acknowledged them.
    Progressed(u64),
    /// The present file is wholly transferred, whatever was missing included. Of an upload-reply
    /// whose upload runs: every byte is sent.
    FileTransferred,
    /// The server acknowledged the whole upload and its reply of so many bytes begins (UPLOAD-05).
    ReplyStarted(u64),
    /// The attempt failed (ERR-14, ERR-15).
    Failed(Failure),
    /// The server redirects although the job, a download, disallows it: the status (300, 301, 302,
    /// 303 or 307), and the URL that becomes the remote name (HTTP-12, HTTP-13).
    RedirectRefused(u16, Arc<str>),
    /// The time slice is over, or another job comes first (SCHED-05, SCHED-07).
    SliceOver,
    /// The client declared a transferred file of a download invalid (DONE-20).
    ValidationFailed(FileIndex),
    /// All requested ranges of an on-demand job are there (LIFE-26).
    RangesTransferred,
    /// The last network connection is lost (NET-04).
    NetworkLost,
    /// A network connection is established (NET-05).
    NetworkRestored,
    /// The destination volume is no longer locked (NET-07).
    VolumeUnlocked,
    /// A policy or the power state forbids transfers (SCHED-15, NET-14, NET-17).
    Blocked(Block),
    /// It no longer does.
    Unblocked(Block),
    /// The last session of the owner ended (NET-10, NET-12).
    OwnerLoggedOff,
    /// The owner logged on (NET-11).
    OwnerLoggedOn,
    /// The client's process ended (ERR-07).
    ClientExited,
    /// The service, or the computer, restarted (LIFE-30, NET-13).
    ServiceRestarted,
    /// Somebody moved the system clock by so much (TIME-05).
    ClockChanged(TimeDelta),
    /// The server confirmed the cancellation of an upload (DONE-17).
    UploadCancelled,
}

impl Event {
    /// Whether the event still means something to a job in a final state (LIFE-04).
    pub(super) const fn concerns_final_jobs(&self) -> bool {
        matches!(
            self,
            Self::ClientExited
                | Self::ServiceRestarted
                | Self::ClockChanged(_)
                | Self::UploadCancelled
        )
    }
}

/// An instant at which a clock of the job acts. The order is that of their effect at the same
/// instant: our reading (TIME-24).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deadline {
    /// The minimum retry delay is over (TIME-01).
    RetryDelay,
    /// The no-progress timeout is over (TIME-06).
    NoProgressTimeout,
    /// The maximum download time is used up (TIME-18).
    MaximumDownloadTime,
    /// The job was inactive for too long (TIME-20).
    Inactivity,
    /// The server did not confirm the cancellation of an upload in time (DONE-17).
    UploadCancellation,
}

impl Deadline {
    /// Every deadline, in the order of their effect at the same instant (TIME-24).
    pub const ALL: &'static [Self] = &[
        Self::RetryDelay,
        Self::NoProgressTimeout,
        Self::MaximumDownloadTime,
        Self::Inactivity,
        Self::UploadCancellation,
    ];

    /// What ends, in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RetryDelay => "retry delay",
            Self::NoProgressTimeout => "no-progress timeout",
            Self::MaximumDownloadTime => "maximum download time",
            Self::Inactivity => "inactivity timeout",
            Self::UploadCancellation => "upload cancellation",
        }
    }
}

impl fmt::Display for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One thing that can happen to a job.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Input {
    /// A client asks.
    Call(Call),
    /// The world acts.
    Event(Event),
    /// A clock acts.
    Deadline(Deadline),
}
