//! Entries of the event log, with the facts and the words of the real ones.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::emulator::trace::words::instant;
use crate::vocabulary::{HResult, JobId};

/// An entry of the event log of Windows about a job, with the facts of the real ones (LOG-01, LOG-02).
///
/// Not written are: the start and end of the service (306, 308), peer caching (310 and others), the property
/// "high performance" (209), limits that are reached, temporary files that could not be deleted (16385,
/// 16386), and each AddFile (16403, Windows 11 only).
///
/// ```
/// use bits_emulator::{Emulator, JobType};
///
/// let emulator = Emulator::new();
/// emulator.server("https://example.com").file("/app.exe", 1_000);
/// let session = emulator.connect("alice");
/// let job = session.create_job("update", JobType::Download)?;
/// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
/// job.resume()?;
/// assert!(emulator.run_until_idle().is_at_rest());
/// let _ = job.complete()?;
///
/// let log = emulator.event_log();
/// let ids: Vec<u16> = log.iter().map(|entry| entry.what.event_id()).collect();
/// assert_eq!(ids, [3, 59, 60, 4]);
/// # Ok::<(), bits_emulator::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct LogEvent {
    /// When, by the steady clock.
    pub time: DateTime<Utc>,
    /// The job.
    pub job_id: JobId,
    /// Its display name.
    pub job_name: Arc<str>,
    /// What happened.
    pub what: LogEventKind,
}

/// The kind of an entry of the event log, with its facts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LogEventKind {
    /// 3: it was created.
    Created {
        /// The account that owns it.
        owner: Arc<str>,
        /// The number of the client's process; the real log has its program.
        process: u64,
    },
    /// 4: its client completed it.
    Completed {
        /// The account that owns it.
        owner: Arc<str>,
        /// How many files it had.
        file_count: u32,
        /// How many bytes of it were transferred.
        bytes_transferred: u64,
        /// The account that completed it.
        by: Arc<str>,
    },
    /// 5: it was cancelled, by a call or after inactivity: an interpretation.
    Cancelled {
        /// The account that owned it.
        owner: Arc<str>,
        /// How many files it had.
        file_count: u32,
        /// The account that cancelled it: of the service itself LocalSystem.
        by: Arc<str>,
    },
    /// 16384: another user, an administrator, cancelled it.
    CancelledByAdministrator {
        /// The account that owned it.
        owner: Arc<str>,
        /// The account that cancelled it.
        by: Arc<str>,
    },
    /// 16387: another user, an administrator, changed a property.
    PropertyChanged {
        /// The account that owns it.
        owner: Arc<str>,
        /// The account that changed it.
        by: Arc<str>,
        /// The property, by the name of its method without the `Set`.
        property: &'static str,
    },
    /// 16388: an administrator took it over.
    OwnershipTaken {
        /// The account that owns it now.
        by: Arc<str>,
    },
    /// 16389: it was removed after inactivity.
    RemovedForInactivity {
        /// The account that owned it.
        owner: Arc<str>,
    },
    /// 16390: a callback failed, or the program of its command line did.
    NotificationFailed {
        /// What the callback returned, or the exit code of the program.
        code: u32,
    },
    /// 59: the transfer of a URL started.
    Started(UrlTransfer),
    /// 60: it stopped without a failure. The code is 0 if the whole file is there, otherwise 0x00040008:
    /// certain of a cancel, of Suspend, the end of a slice and the like an interpretation.
    Stopped(UrlTransfer, HResult),
    /// 61: it failed with that code. Without a start before it, that was while connecting.
    Failed(UrlTransfer, HResult),
}

/// An attempt to transfer a URL.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct UrlTransfer {
    /// The same for the start and the end of one attempt.
    pub transfer_id: Uuid,
    /// The remote name.
    pub url: Arc<str>,
    /// The size; `None` is BG_SIZE_UNKNOWN.
    pub bytes_total: Option<u64>,
    /// How many bytes of it are there.
    pub bytes_transferred: u64,
}

impl LogEventKind {
    /// Returns the number that Windows gives to such entries.
    #[must_use]
    pub const fn event_id(&self) -> u16 {
        match self {
            Self::Created { .. } => 3,
            Self::Completed { .. } => 4,
            Self::Cancelled { .. } => 5,
            Self::Started(_) => 59,
            Self::Stopped(..) => 60,
            Self::Failed(..) => 61,
            Self::CancelledByAdministrator { .. } => 16_384,
            Self::PropertyChanged { .. } => 16_387,
            Self::OwnershipTaken { .. } => 16_388,
            Self::RemovedForInactivity { .. } => 16_389,
            Self::NotificationFailed { .. } => 16_390,
        }
    }
}

impl fmt::Display for LogEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { time, job_name, what, .. } = self;
        write!(f, "{}  {:>2}  {job_name}: ", instant(*time), what.event_id())?;
        match what {
            LogEventKind::Created { owner, process } => {
                write!(f, "created by process {process} of {owner}")
            }
            LogEventKind::Completed { owner, file_count, bytes_transferred, by } => {
                let bytes = bytes_transferred;
                write!(f, "completed by {by}; owner {owner}, {file_count} files, {bytes} bytes")
            }
            LogEventKind::Cancelled { owner, file_count, by } => {
                write!(f, "cancelled by {by}; owner {owner}, {file_count} files")
            }
            LogEventKind::CancelledByAdministrator { owner, by } => {
                write!(f, "cancelled by the administrator {by}; owner {owner}")
            }
            LogEventKind::PropertyChanged { owner, by, property } => {
                write!(f, "{property} changed by the administrator {by}; owner {owner}")
            }
            LogEventKind::OwnershipTaken { by } => write!(f, "taken over by {by}"),
            LogEventKind::RemovedForInactivity { owner } => {
                write!(f, "removed after inactivity; owner {owner}")
            }
            LogEventKind::NotificationFailed { code } => {
                write!(f, "notification failed: 0x{code:08x}")
            }
            LogEventKind::Started(transfer) => write!(f, "transfer started: {transfer}"),
            LogEventKind::Stopped(transfer, code) => {
                write!(f, "transfer stopped: {code}: {transfer}")
            }
            LogEventKind::Failed(transfer, code) => {
                write!(f, "transfer failed: {code}: {transfer}")
            }
        }
    }
}

impl fmt::Display for UrlTransfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} of ", self.url, self.bytes_transferred)?;
        match self.bytes_total {
            Some(total) => write!(f, "{total} bytes"),
            None => f.write_str("unknown bytes"),
        }
    }
}
