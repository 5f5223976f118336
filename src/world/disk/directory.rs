//! The files of a disk in a real directory: `C:\` is its `C`, `\\server\share` its
//! `UNC/server/share`. The one file of the library that touches the file system.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};

use super::memory::DiskFile;
use super::path::DiskPath;
use crate::vocabulary::HResult;
use crate::world::server::content::Content;

/// A directory in which the volumes of a disk stand.
#[derive(Debug, Clone, Hash)]
pub(crate) struct RealFiles {
    root: Arc<Path>,
}

impl RealFiles {
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.into() }
    }

    /// Where a file is, by its folders as they are spelt there: case matters on some systems.
    pub(crate) fn locate(&self, path: &DiskPath) -> PathBuf {
        let share = path.volume.strip_prefix(r"\\");
        let volume: Vec<_> = match share {
            Some(share) => std::iter::once("UNC").chain(share.split('\\')).collect(),
            None => vec![path.volume.trim_end_matches(':')],
        };
        let parts = volume.into_iter().chain(path.parts().iter().map(String::as_str));
        parts.fold(self.root.to_path_buf(), |folder, name| find(&folder, &harmless(name)))
    }

    pub(crate) fn get(&self, path: &DiskPath) -> Option<DiskFile> {
        let place = self.locate(path);
        let about = fs::metadata(&place).ok().filter(fs::Metadata::is_file)?;
        let time = |time: io::Result<SystemTime>| time.ok().and_then(instant);
        Some(DiskFile {
            content: Content::sized(about.len()),
            created: time(about.created()),
            modified: time(about.modified()),
            revision: 0,
        })
    }

    pub(crate) fn read(&self, path: &DiskPath) -> Option<Content> {
        fs::read(self.locate(path)).ok().map(Content::from)
    }

    /// Sets the content of a file. What is there already of it stays; a content of unknown
    /// bytes is a file of zeros.
    pub(crate) fn write_file(
        &self,
        path: &DiskPath,
        content: Content,
        grows: bool,
    ) -> Result<(), HResult> {
        let place = self.locate(path);
        write(&place, &content, grows).map_err(|error| code(&error))
    }

    pub(crate) fn stamp(&self, path: &DiskPath, modified: DateTime<Utc>) {
        let file = OpenOptions::new().write(true).open(self.locate(path));
        if let (Ok(file), Some(time)) = (file, system_time(modified)) {
            // A file system without time stamps is none the worse for it.
            let _ = file.set_modified(time);
        }
    }

    pub(crate) fn remove(&self, path: &DiskPath) -> Result<(), HResult> {
        fs::remove_file(self.locate(path)).map_err(|error| code(&error))
    }

    pub(crate) fn rename(&self, from: &DiskPath, to: &DiskPath) -> Result<(), HResult> {
        let (from, to) = (self.locate(from), self.locate(to));
        to.parent().map_or(Ok(()), fs::create_dir_all).map_err(|error| code(&error))?;
        fs::rename(from, to).map_err(|error| code(&error))
    }

    pub(crate) fn names_in(&self, folder: &DiskPath) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.locate(folder)) else { return Vec::new() };
        let files = entries.filter_map(Result::ok).filter(|entry| entry.path().is_file());
        let mut names: Vec<_> =
            files.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    pub(crate) fn has_any_within(&self, folder: &DiskPath) -> bool {
        has_file(&self.locate(folder))
    }
}

/// Whether there is a file in a directory, or in one within it.
fn has_file(directory: &Path) -> bool {
    let Ok(entries) = fs::read_dir(directory) else { return false };
    entries.filter_map(Result::ok).any(|entry| {
        let kind = entry.file_type();
        kind.is_ok_and(|kind| kind.is_file() || kind.is_dir() && has_file(&entry.path()))
    })
}

fn write(place: &Path, content: &Content, grows: bool) -> io::Result<()> {
    place.parent().map_or(Ok(()), fs::create_dir_all)?;
    let mut file = OpenOptions::new().write(true).create(true).truncate(false).open(place)?;
    if let Some(bytes) = content.bytes() {
        let there = if grows { file.metadata()?.len() } else { 0 };
        let there = usize::try_from(there).unwrap_or(usize::MAX).min(bytes.len());
        file.seek(SeekFrom::Start(u64::try_from(there).unwrap_or(u64::MAX)))?;
        file.write_all(bytes.get(there..).unwrap_or_default())?;
    }
    set_length(&file, content.size())
}

/// Not beyond what the largest file systems hold: there it would fail in other ways.
fn set_length(file: &File, length: u64) -> io::Result<()> {
    if i64::try_from(length).is_err() {
        return Err(io::ErrorKind::StorageFull.into());
    }
    file.set_len(length)
}

/// The entry of that name in any case of letters, or the name itself.
fn find(folder: &Path, name: &str) -> PathBuf {
    let exact = folder.join(name);
    if exact.exists() {
        return exact;
    }
    let Ok(entries) = fs::read_dir(folder) else { return exact };
    let same = |entry: &fs::DirEntry| {
        entry.file_name().to_str().is_some_and(|known| known.to_lowercase() == name.to_lowercase())
    };
    let mut found: Vec<_> = entries.filter_map(Result::ok).filter(same).collect();
    found.sort_by_key(fs::DirEntry::file_name);
    found.first().map_or(exact, fs::DirEntry::path)
}

/// A name that means nothing but a file on any system.
fn harmless(name: &str) -> String {
    let name = name.replace([':', '\0'], "_");
    if matches!(name.as_str(), "" | "." | "..") { "_".to_owned() } else { name }
}

fn code(error: &io::Error) -> HResult {
    match error.kind() {
        io::ErrorKind::NotFound => HResult::ERROR_FILE_NOT_FOUND,
        io::ErrorKind::StorageFull | io::ErrorKind::FileTooLarge => HResult::ERROR_DISK_FULL,
        io::ErrorKind::ReadOnlyFilesystem => HResult::ERROR_WRITE_PROTECT,
        io::ErrorKind::ResourceBusy => HResult::ERROR_SHARING_VIOLATION,
        _ => HResult::ERROR_ACCESS_DENIED,
    }
}

fn instant(time: SystemTime) -> Option<DateTime<Utc>> {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    DateTime::UNIX_EPOCH.checked_add_signed(TimeDelta::from_std(since).ok()?)
}

fn system_time(instant: DateTime<Utc>) -> Option<SystemTime> {
    let since: Duration = (instant - DateTime::UNIX_EPOCH).to_std().ok()?;
    SystemTime::UNIX_EPOCH.checked_add(since)
}
