//! `BG_JOB_PROGRESS`, `BG_FILE_PROGRESS` and `BG_JOB_TIMES`: what a job reports of its progress.

use chrono::{DateTime, Utc};

/// The progress of one file (`BG_FILE_PROGRESS`, PROGRESS-03).
#[doc(alias = "BG_FILE_PROGRESS")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FileProgress {
    /// The size in bytes, of the requested ranges if there are any; `None` is BG_SIZE_UNKNOWN.
    pub bytes_total: Option<u64>,
    /// How many of them are transferred.
    pub bytes_transferred: u64,
    /// Downloads: the file is available to the user, after `Complete`. Uploads: the server has
    /// the whole file (PROGRESS-06).
    pub completed: bool,
}

/// The progress of a job (`BG_JOB_PROGRESS`, PROGRESS-01); for uploads that of the upload, not of
/// the reply.
#[doc(alias = "BG_JOB_PROGRESS")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct JobProgress {
    /// The size of all files in bytes, which may be 0 (PROGRESS-08); `None` is BG_SIZE_UNKNOWN,
    /// while the size of any file is not known (PROGRESS-02).
    pub bytes_total: Option<u64>,
    /// How many bytes are transferred, files still in transfer included (PROGRESS-05).
    pub bytes_transferred: u64,
    /// How many files the job has.
    pub files_total: u32,
    /// How many of them are transferred.
    pub files_transferred: u32,
}

/// The progress of the reply of an upload-reply (`BG_JOB_REPLY_PROGRESS`, PROGRESS-09).
#[doc(alias = "BG_JOB_REPLY_PROGRESS")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ReplyProgress {
    /// The size in bytes; `None` is BG_SIZE_UNKNOWN, until the transfer of the reply begins.
    pub bytes_total: Option<u64>,
    /// How many of them are transferred.
    pub bytes_transferred: u64,
}

/// The times of a job by the wall clock (`BG_JOB_TIMES`, PROGRESS-12), to 100 ns as a FILETIME
/// holds them.
#[doc(alias = "BG_JOB_TIMES")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct JobTimes {
    /// When the job was created (PROGRESS-13).
    pub creation: DateTime<Utc>,
    /// When it was last changed: bytes, files, properties, state (PROGRESS-14).
    pub modification: DateTime<Utc>,
    /// When it last became TRANSFERRED; `None` is the zero FILETIME (PROGRESS-15).
    pub transfer_completion: Option<DateTime<Utc>>,
}
