//! `BG_FILE_INFO`: the names of a file, and its place in the job.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::remote_name::RemoteName;

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
    pub remote_name: RemoteName,
    /// The full path on this computer.
    pub local_name: Arc<str>,
}

impl FileInfo {
    /// A remote and a local name. The local name is a path of Windows on any platform; one that is not
    /// Unicode is not valid (FILES-02).
    #[must_use]
    pub fn new(remote_name: impl AsRef<str>, local_name: impl AsRef<Path>) -> Self {
        let remote_name = remote_name.as_ref().into();
        Self { remote_name, local_name: path_text(local_name.as_ref()) }
    }
}

/// Returns a path as text. What is not Unicode becomes NUL, which no valid name holds, so that it is refused
/// where names are checked.
pub(crate) fn path_text(path: &Path) -> Arc<str> {
    match path.to_str() {
        Some(text) => text.into(),
        None => path.to_string_lossy().replace(char::REPLACEMENT_CHARACTER, "\0").into(),
    }
}
