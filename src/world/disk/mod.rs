//! The disk of the computer: files, folders, locks and free space.

mod canonical;
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
use super::setters::setters;
use crate::machine::Directory;
use crate::vocabulary::errors::ensure;
use crate::vocabulary::{HResult, Sid};
use directory::RealFiles;
use memory::{DiskFile, MemoryFiles};
use open_files::OpenFiles;
use path::DiskPath;
use rights::Rights;

/// The disk of the computer, in memory or in a real directory.
///
/// Paths are Windows paths, the same in any case of letters and with either separator. Every folder
/// exists and is writable for everyone until a test changes that, volumes have no end, and no other
/// process has a file open.
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
    /// Folders of which a test said what they are, with all that is in them.
    folders: BTreeMap<DiskPath, Directory>,
    /// Free space of the volumes that have an end.
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

/// Calls a method of the files, in memory or in a directory.
macro_rules! on_files {
    ($files:expr, $method:ident($($argument:expr),+)) => {
        match $files {
            Files::Memory(files) => files.$method($($argument),+),
            Files::Real(files) => files.$method($($argument),+),
        }
    };
}

impl DiskState {
    /// Returns an empty disk in memory.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns a disk whose files are real ones: `C:\a` is the file `C/a` of the directory, and
    /// `\\server\share\a` its file `UNC/server/share/a`. Folders are made as files need them. A
    /// content of which only the size is known is a file of zeros.
    #[must_use]
    pub fn in_directory(root: impl AsRef<Path>) -> Self {
        Self { files: Files::Real(RealFiles::new(root.as_ref())), ..Self::default() }
    }

    pub(crate) const fn is_real(&self) -> bool {
        matches!(self.files, Files::Real(_))
    }

    /// The reason why a clone would share something with this disk, if it would.
    pub(crate) fn obstacle_to_copying(&self) -> Option<&'static str> {
        match &self.files {
            Files::Real(_) => Some("its disk is in a real directory"),
            Files::Memory(_) => self.opened.has_any().then_some("a client has a file open"),
        }
    }

    /// Returns whether there is such a file.
    #[must_use]
    pub fn exists(&self, path: &str) -> bool {
        self.file(&DiskPath::of(path)).is_some()
    }

    /// Returns the size of a file.
    #[must_use]
    pub fn size(&self, path: &str) -> Option<u64> {
        self.file(&DiskPath::of(path)).map(|file| file.content.size())
    }

    /// Returns the bytes of a file; `None` if there is no such file, or only its size is known.
    #[must_use]
    pub fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.content(path)?.bytes().map(<[u8]>::to_vec)
    }

    /// Returns the content of a file.
    #[must_use]
    pub fn content(&self, path: &str) -> Option<Content> {
        self.content_of(&DiskPath::of(path))
    }

    pub(super) fn content_of(&self, path: &DiskPath) -> Option<Content> {
        on_files!(&self.files, read(path))
    }

    /// Returns when a file was created, if that is known (FILES-30). A real file system may say otherwise.
    #[must_use]
    pub fn created(&self, path: &str) -> Option<DateTime<Utc>> {
        self.file(&DiskPath::of(path))?.created
    }

    /// Returns when a file was last changed, if that is known (FILES-30).
    #[must_use]
    pub fn modified(&self, path: &str) -> Option<DateTime<Utc>> {
        self.file(&DiskPath::of(path))?.modified
    }

    /// Returns the names of the files in a folder, in order.
    #[must_use]
    pub fn list(&self, folder: &str) -> Vec<String> {
        on_files!(&self.files, names_in(&DiskPath::of(folder)))
    }

    setters! {
        /// Writes a file: to be uploaded, for instance. Locks, rights and free space do not hinder it. A real
        /// file that cannot be written stays as it is.
        write(path: &str, content: impl Into<Content>)
            |disk| _ = disk.write_file(&DiskPath::of(path), content.into(), false);

        /// Sets the time stamps of a file.
        stamp(path: &str, at: DateTime<Utc>) |disk| disk.set_stamps(&DiskPath::of(path), at);

        /// Deletes a file, whatever locks and rights say.
        delete(path: &str) |disk| _ = disk.delete_file(&DiskPath::of(path));

        /// Removes a folder, and all within (FILES-05).
        remove_dir(folder: &str)
            |disk| disk.folders.insert(DiskPath::of(folder), Directory::Missing);

        /// Makes a folder, and all within, read-only for everyone (FILES-06); for some users,
        /// [`set_acl`](Self::set_acl) does.
        deny(folder: &str) |disk| disk.folders.insert(DiskPath::of(folder), Directory::Denied);

        /// Creates a folder; it, and all within, is writable.
        create_dir(folder: &str)
            |disk| disk.folders.insert(DiskPath::of(folder), Directory::Writable);

        /// Sets how many more bytes fit on a volume (`C:` or `\\server\share`). Then writing fails with
        /// `ERROR_DISK_FULL`.
        set_free(volume: &str, bytes: u64) |disk| disk.free.insert(DiskPath::of(volume), bytes);

        /// Locks a volume: nothing can be written there (NET-07).
        lock_volume(volume: &str) |disk| disk.locked_volumes.insert(DiskPath::of(volume));

        /// Unlocks a volume; the jobs that wait for it go on (NET-07).
        unlock_volume(volume: &str) |disk| disk.locked_volumes.remove(&DiskPath::of(volume));

        /// Locks a file, as if another process had it open: it can be neither written, renamed nor replaced
        /// (`ERROR_SHARING_VIOLATION`; DONE-07). The file need not exist yet.
        lock_file(path: &str) |disk| disk.locked_files.insert(DiskPath::of(path));

        /// Unlocks a file.
        unlock_file(path: &str) |disk| disk.locked_files.remove(&DiskPath::of(path));

        /// Makes a file, or each file in a folder, undeletable (DONE-06).
        make_undeletable(path: &str) |disk| disk.undeletable.insert(DiskPath::of(path));

        /// Makes a file, or a folder, deletable again.
        make_deletable(path: &str) |disk| disk.undeletable.remove(&DiskPath::of(path));
    }

    /// The state of the folder of a file.
    pub(super) fn folder_of(&self, path: &DiskPath) -> Directory {
        // Most disks have none of which anything is said.
        if self.folders.is_empty() {
            return Directory::Writable;
        }
        let folder = path.folder();
        let known = self.folders.iter().filter(|(known, _)| folder.is_within(known));
        known.max_by_key(|(known, _)| known.depth()).map_or(Directory::Writable, |(_, is)| *is)
    }

    /// Whether the share of a path is there: a folder on it was made, or files stand on it.
    pub(super) fn has_share(&self, path: &DiskPath) -> bool {
        let share = path.root();
        let mut made = self.folders.iter().filter(|(known, _)| known.is_within(&share));
        made.any(|(_, is)| *is != Directory::Missing)
            || on_files!(&self.files, has_any_within(&share))
    }

    /// The state of the folder of a file for a user who writes there.
    pub(super) fn folder_for(&self, path: &DiskPath, user: Sid) -> Directory {
        match self.folder_of(path) {
            Directory::Writable if !self.rights.may_write_beside(path, user) => Directory::Denied,
            other => other,
        }
    }

    pub(super) fn file(&self, path: &DiskPath) -> Option<DiskFile> {
        on_files!(&self.files, get(path))
    }

    pub(super) fn is_volume_locked(&self, volume: &DiskPath) -> bool {
        self.locked_volumes.contains(volume)
    }

    /// Whether a user can write a file, leaving aside its size (SEC-01).
    pub(super) fn ensure_writable(&self, path: &DiskPath, user: Sid) -> Result<(), HResult> {
        self.ensure_unlocked_in(self.folder_for(path, user), path)
    }

    /// Whether a file can be written by those who have the right to, leaving aside its size.
    pub(super) fn ensure_available(&self, path: &DiskPath) -> Result<(), HResult> {
        self.ensure_unlocked_in(self.folder_of(path), path)
    }

    fn ensure_unlocked_in(&self, folder: Directory, path: &DiskPath) -> Result<(), HResult> {
        match folder {
            Directory::Missing => Err(HResult::ERROR_PATH_NOT_FOUND),
            Directory::Denied => Err(HResult::ERROR_ACCESS_DENIED),
            Directory::Writable => {
                let is_locked =
                    !self.locked_volumes.is_empty() && self.is_volume_locked(&path.root());
                ensure(!is_locked, HResult::BG_E_DESTINATION_LOCKED)?;
                self.ensure_unlocked(path)
            }
        }
    }

    /// Whether no other process has the file open.
    pub(super) fn ensure_unlocked(&self, path: &DiskPath) -> Result<(), HResult> {
        ensure(!self.locked_files.contains(path), HResult::ERROR_SHARING_VIOLATION)
    }

    /// How many more bytes fit on the volume of the file.
    pub(crate) fn free(&self, volume: &str) -> u64 {
        self.free_space(&DiskPath::of(volume))
    }

    pub(super) fn free_space(&self, path: &DiskPath) -> u64 {
        self.free.get(&path.root()).copied().unwrap_or(u64::MAX)
    }

    /// Sets the content of a file. If it `grows`, what is there is its beginning.
    pub(super) fn write_file(
        &mut self,
        path: &DiskPath,
        content: Content,
        grows: bool,
    ) -> Result<(), HResult> {
        if !self.free.is_empty() {
            let before = self.file(path).map_or(0, |file| file.content.size());
            self.adjust_free_space(path, before, content.size());
        }
        on_files!(&mut self.files, write_file(path, content, grows))
    }

    fn adjust_free_space(&mut self, path: &DiskPath, before: u64, after: u64) {
        if let Some(free) = self.free.get_mut(&path.root()) {
            *free = free.saturating_add(before).saturating_sub(after);
        }
    }

    pub(super) fn set_stamps(&mut self, path: &DiskPath, at: DateTime<Utc>) {
        on_files!(&mut self.files, stamp(path, at));
    }

    /// Renames a file for a user; one of the new name is replaced, an interpretation.
    pub(super) fn rename(
        &mut self,
        from: &DiskPath,
        to: &DiskPath,
        user: Sid,
    ) -> Result<(), HResult> {
        for path in [from, to] {
            self.ensure_writable(path, user)?;
            self.ensure_closed(path)?;
        }
        if let Some(replaced) = self.file(to).filter(|_| !self.free.is_empty()) {
            self.adjust_free_space(to, replaced.content.size(), 0);
        }
        on_files!(&mut self.files, rename(from, to))?;
        self.rights.rename(from, to);
        Ok(())
    }

    /// Deletes a file for a user, if there is one.
    pub(super) fn remove(&mut self, path: &DiskPath, user: Sid) -> Result<(), HResult> {
        if self.file(path).is_none() {
            return Ok(());
        }
        self.ensure_writable(path, user)?;
        self.ensure_closed(path)?;
        let is_undeletable = self.undeletable.iter().any(|known| path.is_within(known));
        ensure(!is_undeletable, HResult::ERROR_ACCESS_DENIED)?;
        self.delete_file(path)
    }

    fn delete_file(&mut self, path: &DiskPath) -> Result<(), HResult> {
        let size = self.file(path).map_or(0, |file| file.content.size());
        on_files!(&mut self.files, remove(path))?;
        self.adjust_free_space(path, size, 0);
        self.rights.forget(path);
        Ok(())
    }
}
