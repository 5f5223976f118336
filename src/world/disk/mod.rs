//! The disk of the computer: files, folders, and what a test lets go wrong with them.

pub(super) mod commit;
pub(super) mod directory;
pub(super) mod memory;
pub(super) mod open_files;
pub(super) mod path;
pub(super) mod rights;
pub(super) mod temp_files;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{DateTime, Utc};

use super::server::content::Content;
use crate::machine::Directory;
use crate::vocabulary::{HResult, Sid};
use directory::RealFiles;
use memory::{DiskFile, MemoryFiles};
use open_files::OpenFiles;
use path::DiskPath;
use rights::Rights;

/// The disk of the computer, in memory or in a real directory.
///
/// Paths are Windows paths, the same in any case of letters and with either separator. Every folder
/// exists and may be written to by everyone until a test says otherwise, volumes are endless and
/// nobody else has a file open.
///
/// ```
/// use bits_emulator::disk::DiskState;
///
/// let mut disk = DiskState::new();
/// disk.write(r"C:\data\report.txt", "all is well");
/// assert_eq!(disk.read("c:/DATA/report.txt").as_deref(), Some(&b"all is well"[..]));
/// assert_eq!(disk.list(r"C:\data"), ["report.txt"]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct DiskState {
    files: Files,
    /// Folders that are not as usual, with all that is in them.
    folders: BTreeMap<DiskPath, Directory>,
    /// How much fits on volumes that are not endless.
    free: BTreeMap<DiskPath, u64>,
    locked_volumes: BTreeSet<DiskPath>,
    locked_files: BTreeSet<DiskPath>,
    undeletable: BTreeSet<DiskPath>,
    pub(super) rights: Rights,
    pub(super) opened: OpenFiles,
}

#[derive(Debug, Clone)]
enum Files {
    Memory(MemoryFiles),
    Real(RealFiles),
}

impl Default for Files {
    fn default() -> Self {
        Self::Memory(MemoryFiles::default())
    }
}

impl DiskState {
    /// An empty disk in memory.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A disk whose files are real ones: `C:\a` is the file `C/a` of the directory, and
    /// `\\server\share\a` its file `UNC/server/share/a`. Folders are made as files need them. A
    /// content of which only the size is known is a file of zeros.
    #[must_use]
    pub fn in_directory(root: impl AsRef<Path>) -> Self {
        Self { files: Files::Real(RealFiles::new(root.as_ref())), ..Self::default() }
    }

    /// Why a clone would share something with this disk, if so.
    pub(crate) fn obstacle_to_copying(&self) -> Option<&'static str> {
        match &self.files {
            Files::Real(_) => Some("its disk is in a real directory"),
            Files::Memory(_) => self.opened.has_any().then_some("a client has a file open"),
        }
    }

    /// Whether there is such a file.
    #[must_use]
    pub fn exists(&self, path: &str) -> bool {
        self.file(&DiskPath::of(path)).is_some()
    }

    /// The size of a file.
    #[must_use]
    pub fn size(&self, path: &str) -> Option<u64> {
        self.file(&DiskPath::of(path)).map(|file| file.content.size())
    }

    /// The bytes of a file; `None` if there is no such file, or only its size is known.
    #[must_use]
    pub fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.content(path)?.bytes().map(<[u8]>::to_vec)
    }

    /// What a file holds.
    #[must_use]
    pub fn content(&self, path: &str) -> Option<Content> {
        self.content_of(&DiskPath::of(path))
    }

    pub(super) fn content_of(&self, path: &DiskPath) -> Option<Content> {
        match &self.files {
            Files::Memory(files) => files.get(path).map(|file| file.content.clone()),
            Files::Real(files) => files.read(path),
        }
    }

    /// When a file was created, if that is known (FILES-30). A real file system may say otherwise.
    #[must_use]
    pub fn created(&self, path: &str) -> Option<DateTime<Utc>> {
        self.file(&DiskPath::of(path))?.created
    }

    /// When a file was last changed, if that is known (FILES-30).
    #[must_use]
    pub fn modified(&self, path: &str) -> Option<DateTime<Utc>> {
        self.file(&DiskPath::of(path))?.modified
    }

    /// The names of the files in a folder, in order.
    #[must_use]
    pub fn list(&self, folder: &str) -> Vec<String> {
        let folder = DiskPath::of(folder);
        match &self.files {
            Files::Memory(files) => files.names_in(&folder),
            Files::Real(files) => files.names_in(&folder),
        }
    }

    /// Somebody writes a file: to be uploaded, for instance. Whatever a test has forbidden does not
    /// hold for this. Nothing happens if a real file cannot be written.
    pub fn write(&mut self, path: &str, content: impl Into<Content>) -> &mut Self {
        let _ = self.put(&DiskPath::of(path), content.into(), false);
        self
    }

    /// Sets the time stamps of a file.
    pub fn stamp(&mut self, path: &str, at: DateTime<Utc>) -> &mut Self {
        self.set_stamps(&DiskPath::of(path), at);
        self
    }

    /// Somebody deletes a file, whatever a test has forbidden.
    pub fn delete(&mut self, path: &str) -> &mut Self {
        let _ = self.drop_file(&DiskPath::of(path));
        self
    }

    /// The folder, and all within, does not exist (FILES-05).
    pub fn remove_dir(&mut self, folder: &str) -> &mut Self {
        self.folders.insert(DiskPath::of(folder), Directory::Missing);
        self
    }

    /// The folder, and all within, may not be written to, by nobody (FILES-06). By whom it may be, says
    /// [`set_acl`](Self::set_acl).
    pub fn deny(&mut self, folder: &str) -> &mut Self {
        self.folders.insert(DiskPath::of(folder), Directory::Denied);
        self
    }

    /// The folder, and all within, exists and may be written to.
    pub fn create_dir(&mut self, folder: &str) -> &mut Self {
        self.folders.insert(DiskPath::of(folder), Directory::Writable);
        self
    }

    /// So many more bytes fit on the volume (`C:` or `\\server\share`). Then writing fails with
    /// `ERROR_DISK_FULL`.
    pub fn set_free(&mut self, volume: &str, bytes: u64) -> &mut Self {
        self.free.insert(DiskPath::of(volume), bytes);
        self
    }

    /// The volume is locked: nothing can be written there (NET-07).
    pub fn lock_volume(&mut self, volume: &str) -> &mut Self {
        self.locked_volumes.insert(DiskPath::of(volume));
        self
    }

    /// The volume is free again; the jobs that wait for it are told (NET-07).
    pub fn unlock_volume(&mut self, volume: &str) -> &mut Self {
        self.locked_volumes.remove(&DiskPath::of(volume));
        self
    }

    /// Another process has the file open: it can be neither written, renamed nor replaced
    /// (`ERROR_SHARING_VIOLATION`; DONE-07). The file need not exist yet.
    pub fn lock_file(&mut self, path: &str) -> &mut Self {
        self.locked_files.insert(DiskPath::of(path));
        self
    }

    /// The other process has closed the file.
    pub fn unlock_file(&mut self, path: &str) -> &mut Self {
        self.locked_files.remove(&DiskPath::of(path));
        self
    }

    /// The file, or each file in a folder, cannot be deleted (DONE-06).
    pub fn make_undeletable(&mut self, path: &str) -> &mut Self {
        self.undeletable.insert(DiskPath::of(path));
        self
    }

    /// It can be deleted again.
    pub fn make_deletable(&mut self, path: &str) -> &mut Self {
        self.undeletable.remove(&DiskPath::of(path));
        self
    }

    /// What is to be said of the folder of a file.
    pub(super) fn folder_of(&self, path: &DiskPath) -> Directory {
        let folder = path.folder();
        let known = self.folders.iter().filter(|(known, _)| folder.is_within(known));
        known.max_by_key(|(known, _)| known.depth()).map_or(Directory::Writable, |(_, is)| *is)
    }

    /// What is to be said of it to that user, who wants to write there.
    pub(super) fn folder_for(&self, path: &DiskPath, user: Sid) -> Directory {
        match self.folder_of(path) {
            Directory::Writable if !self.rights.may_write_in(&path.folder(), user) => {
                Directory::Denied
            }
            other => other,
        }
    }

    pub(super) fn file(&self, path: &DiskPath) -> Option<DiskFile> {
        match &self.files {
            Files::Memory(files) => files.get(path).cloned(),
            Files::Real(files) => files.get(path),
        }
    }

    pub(super) fn is_volume_locked(&self, volume: &DiskPath) -> bool {
        self.locked_volumes.contains(volume)
    }

    /// Why a user cannot write a file, leaving aside how large it is (SEC-01).
    pub(super) fn admit(&self, path: &DiskPath, user: Sid) -> Result<(), HResult> {
        match self.folder_for(path, user) {
            Directory::Writable => {}
            Directory::Missing => return Err(HResult::ERROR_PATH_NOT_FOUND),
            Directory::Denied => return Err(HResult::ERROR_ACCESS_DENIED),
        }
        if self.is_volume_locked(&path.root()) {
            return Err(HResult::BG_E_DESTINATION_LOCKED);
        }
        self.admit_open(path)
    }

    /// Whether somebody else has the file open.
    pub(super) fn admit_open(&self, path: &DiskPath) -> Result<(), HResult> {
        if self.locked_files.contains(path) {
            return Err(HResult::ERROR_SHARING_VIOLATION);
        }
        Ok(())
    }

    /// How many more bytes fit where the file is.
    pub(super) fn room(&self, path: &DiskPath) -> u64 {
        self.free.get(&path.root()).copied().unwrap_or(u64::MAX)
    }

    /// Makes a file hold that content. If it `grows`, what is there is its beginning.
    pub(super) fn put(
        &mut self,
        path: &DiskPath,
        content: Content,
        grows: bool,
    ) -> Result<(), HResult> {
        if !self.free.is_empty() {
            let before = self.file(path).map_or(0, |file| file.content.size());
            self.account(path, before, content.size());
        }
        match &mut self.files {
            Files::Memory(files) => {
                files.put(path, content);
                Ok(())
            }
            Files::Real(files) => files.put(path, &content, grows),
        }
    }

    fn account(&mut self, path: &DiskPath, before: u64, after: u64) {
        if let Some(free) = self.free.get_mut(&path.root()) {
            *free = free.saturating_add(before).saturating_sub(after);
        }
    }

    pub(super) fn set_stamps(&mut self, path: &DiskPath, at: DateTime<Utc>) {
        match &mut self.files {
            Files::Memory(files) => files.stamp(path, at, at),
            Files::Real(files) => files.stamp(path, at),
        }
    }

    /// A user renames a file; one that stands there is replaced, our reading.
    pub(super) fn rename(
        &mut self,
        from: &DiskPath,
        to: &DiskPath,
        user: Sid,
    ) -> Result<(), HResult> {
        for path in [from, to] {
            self.admit(path, user)?;
            self.admit_closed(path)?;
        }
        if let Some(replaced) = self.file(to).filter(|_| !self.free.is_empty()) {
            self.account(to, replaced.content.size(), 0);
        }
        match &mut self.files {
            Files::Memory(files) => {
                files.rename(from, to).then_some(()).ok_or(HResult::ERROR_FILE_NOT_FOUND)?;
            }
            Files::Real(files) => files.rename(from, to)?,
        }
        self.rights.rename(from, to);
        Ok(())
    }

    /// A user deletes a file; that there is none is as good.
    pub(super) fn remove(&mut self, path: &DiskPath, user: Sid) -> Result<(), HResult> {
        if self.file(path).is_none() {
            return Ok(());
        }
        self.admit(path, user)?;
        self.admit_closed(path)?;
        if self.undeletable.iter().any(|known| path.is_within(known)) {
            return Err(HResult::ERROR_ACCESS_DENIED);
        }
        self.drop_file(path)
    }

    fn drop_file(&mut self, path: &DiskPath) -> Result<(), HResult> {
        let size = self.file(path).map_or(0, |file| file.content.size());
        match &mut self.files {
            Files::Memory(files) => {
                files.remove(path);
            }
            Files::Real(files) => files.remove(path)?,
        }
        self.account(path, size, 0);
        self.rights.forget(path);
        Ok(())
    }
}
