//! What a job is made of: its id, its files, its progress and its times.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The GUID by which a job is found again after a crash (CREATE-01, CREATE-02).
///
/// ```
/// use bits_emulator::JobId;
///
/// let id: JobId = "{0406b477-7aa9-4a72-8937-e9c61298384a}".parse().unwrap();
/// assert_eq!(id.to_string(), "{0406B477-7AA9-4A72-8937-E9C61298384A}");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct JobId(pub Uuid);

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:X}", self.0.braced())
    }
}

impl std::str::FromStr for JobId {
    type Err = uuid::Error;

    /// Reads a GUID with or without braces.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self)
    }
}

/// The place of a file in its job, counted from zero in the order of adding (FILES-12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FileIndex(pub u32);

impl fmt::Display for FileIndex {
    /// Counts from one, as people do.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "file {}", u64::from(self.0) + 1)
    }
}

/// The transfer protocol of a remote name (ERR-12). HTTPS counts as HTTP: our reading, the page
/// does not repeat the scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// HTTP and HTTPS.
    Http,
    /// SMB: a UNC path, a drive path or a `file:` URL.
    File,
}

impl Protocol {
    /// Both.
    pub const ALL: &'static [Self] = &[Self::Http, Self::File];

    /// The protocol of a remote name.
    ///
    /// ```
    /// use bits_emulator::server::Protocol;
    ///
    /// assert_eq!(Protocol::of("HTTPS://example.com/a").name(), "http");
    /// assert_eq!(Protocol::of(r"\\server\share\a").name(), "file");
    /// ```
    #[must_use]
    pub fn of(remote_name: &str) -> Self {
        let starts = |scheme: &str| {
            remote_name.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        };
        if starts("http:") || starts("https:") { Self::Http } else { Self::File }
    }

    /// The text that `IBackgroundCopyError::GetProtocol` returns.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::File => "file",
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The names of a file to transfer (`BG_FILE_INFO`).
///
/// ```
/// use bits_emulator::FileInfo;
///
/// let file = FileInfo::new("https://example.com/app.exe", r"C:\app\app.exe");
/// assert_eq!(&*file.local_name, r"C:\app\app.exe");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FileInfo {
    /// The URL, or the path on a share.
    pub remote_name: Arc<str>,
    /// The full path on this computer.
    pub local_name: Arc<str>,
}

impl FileInfo {
    /// A remote and a local name.
    #[must_use]
    pub fn new(remote_name: impl Into<Arc<str>>, local_name: impl Into<Arc<str>>) -> Self {
        Self { remote_name: remote_name.into(), local_name: local_name.into() }
    }
}

/// The progress of one file (`BG_FILE_PROGRESS`, PROGRESS-03).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
