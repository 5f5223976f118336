//! `BG_FILE_INFO`: the names of a file, its place in the job and its transfer protocol.

use std::fmt;
use std::sync::Arc;

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

/// The transfer protocol of a remote name (ERR-12). HTTPS counts as HTTP: an interpretation, the
/// page does not repeat the scheme.
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
#[doc(alias = "BG_FILE_INFO")]
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
