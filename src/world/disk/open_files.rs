//! Files of a disk that a client has open.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use super::DiskState;
use super::path::DiskPath;
use crate::vocabulary::HResult;
use crate::vocabulary::errors::ensure;

/// A file that is open for reading, shared with writers. It is closed when this handle and its clones are
/// dropped.
#[derive(Debug, Clone)]
#[must_use = "the file is closed when this is dropped"]
pub struct OpenFile {
    _handle: Arc<()>,
}

/// Which files are open.
#[derive(Debug, Clone, Default)]
pub(crate) struct OpenFiles(BTreeMap<DiskPath, Vec<Weak<()>>>);

impl OpenFiles {
    fn open(&mut self, path: DiskPath) -> OpenFile {
        let handle = Arc::new(());
        self.0.retain(|_, known| {
            known.retain(|handle| handle.strong_count() > 0);
            !known.is_empty()
        });
        self.0.entry(path).or_default().push(Arc::downgrade(&handle));
        OpenFile { _handle: handle }
    }

    fn has(&self, path: &DiskPath) -> bool {
        let known = self.0.get(path);
        known.is_some_and(|known| known.iter().any(|handle| handle.strong_count() > 0))
    }

    /// The files that are open now: some of those that were may have been closed since.
    pub(super) fn paths(&self) -> impl Iterator<Item = &DiskPath> {
        let is_open = |known: &Vec<Weak<()>>| known.iter().any(|it| it.strong_count() > 0);
        self.0.iter().filter(move |(_, known)| is_open(known)).map(|(path, _)| path)
    }

    pub(super) fn has_any(&self) -> bool {
        self.paths().next().is_some()
    }
}

/// Open files.
impl DiskState {
    /// Opens a file for reading, as a client does, and shares it with writers: the temporary file of a download
    /// for instance, whose bytes are there as they arrive (DONE-18). Until it is closed it can be
    /// neither renamed nor deleted, so that `Complete` fails (DONE-07) and `Cancel` leaves it behind
    /// (DONE-06). A temporary file that is open before its transfer begins puts the job in
    /// TRANSIENT_ERROR. The file need not exist yet.
    ///
    /// ```
    /// use bits_emulator::disk::DiskState;
    ///
    /// let mut disk = DiskState::new();
    /// disk.write(r"C:\a.txt", "hello");
    /// let open = disk.open(r"C:\a.txt");
    /// assert!(disk.is_open(r"c:\A.TXT"));
    /// drop(open);
    /// assert!(!disk.is_open(r"C:\a.txt"));
    /// ```
    pub fn open(&mut self, path: &str) -> OpenFile {
        self.opened.open(DiskPath::of(path))
    }

    /// Returns whether a client has the file open.
    #[must_use]
    pub fn is_open(&self, path: &str) -> bool {
        self.opened.has(&DiskPath::of(path))
    }

    /// Whether a file can be created there. DONE-18: not if a client opened it before.
    pub(crate) fn ensure_creatable(&self, path: &DiskPath) -> Result<(), HResult> {
        let is_creatable = !self.opened.has(path) || self.file(path).is_some();
        ensure(is_creatable, HResult::ERROR_SHARING_VIOLATION)
    }

    /// Whether a file can be renamed or deleted: not while a client has it open (DONE-18).
    pub(crate) fn ensure_closed(&self, path: &DiskPath) -> Result<(), HResult> {
        ensure(!self.opened.has(path), HResult::ERROR_SHARING_VIOLATION)
    }
}
