//! The files of a disk in memory.

use std::collections::BTreeMap;
use std::hash::Hasher;

use chrono::{DateTime, Utc};

use super::path::DiskPath;
use crate::vocabulary::HResult;
use crate::vocabulary::canonical::Canonical;
use crate::world::server::content::Content;

/// A file with its time stamps.
#[derive(Debug, Clone, Default)]
pub(crate) struct DiskFile {
    pub(crate) content: Content,
    pub(crate) created: Option<DateTime<Utc>>,
    pub(crate) modified: Option<DateTime<Utc>>,
    /// Which of the writes of the disk was the last one to it: stands in for a time stamp.
    pub(crate) revision: u64,
}

impl DiskFile {
    /// Whether an upload sees another file than before (UPLOAD-08).
    pub(crate) fn differs(&self, other: &Self) -> bool {
        let stamps_differ = match (self.modified, other.modified) {
            (None, None) => self.revision != other.revision,
            (ours, theirs) => ours != theirs,
        };
        self.content.size() != other.content.size() || stamps_differ
    }
}

/// Files by path, in any case of letters.
#[derive(Debug, Clone, Default)]
pub(crate) struct MemoryFiles {
    files: BTreeMap<DiskPath, DiskFile>,
    /// How often any file was written, so that no revision comes twice, of a file that is made anew neither.
    writes: u64,
}

impl MemoryFiles {
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&DiskPath, &DiskFile)> {
        self.files.iter()
    }

    pub(crate) fn get(&self, path: &DiskPath) -> Option<DiskFile> {
        self.files.get(path).cloned()
    }

    pub(crate) fn read(&self, path: &DiskPath) -> Option<Content> {
        self.files.get(path).map(|file| file.content.clone())
    }

    pub(crate) fn write_file(
        &mut self,
        path: &DiskPath,
        content: Content,
        _grows: bool,
    ) -> Result<(), HResult> {
        let file = self.files.entry(path.clone()).or_default();
        // A time stamp of before is not that of this change.
        (file.content, file.modified) = (content, None);
        self.writes = self.writes.saturating_add(1);
        file.revision = self.writes;
        Ok(())
    }

    pub(crate) fn stamp(&mut self, path: &DiskPath, at: DateTime<Utc>) {
        if let Some(file) = self.files.get_mut(path) {
            (file.created, file.modified) = (Some(at), Some(at));
        }
    }

    pub(crate) fn remove(&mut self, path: &DiskPath) -> Result<(), HResult> {
        self.files.remove(path);
        Ok(())
    }

    pub(crate) fn rename(&mut self, from: &DiskPath, to: &DiskPath) -> Result<(), HResult> {
        let file = self.files.remove(from).ok_or(HResult::ERROR_FILE_NOT_FOUND)?;
        // The key keeps its old spelling unless it is taken out.
        self.files.remove(to);
        self.files.insert(to.clone(), file);
        Ok(())
    }

    pub(crate) fn names_in(&self, folder: &DiskPath) -> Vec<String> {
        let files = self.files.keys().filter(|path| path.folder() == *folder);
        files.map(|path| path.name().to_owned()).collect()
    }

    pub(crate) fn has_any_within(&self, folder: &DiskPath) -> bool {
        self.files.keys().any(|path| path.is_within(folder))
    }
}

impl Canonical for MemoryFiles {
    /// Normalised: without the number of writes, so that bytes which came in one piece or in two leave the same.
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self { files, writes: _ } = self;
        hasher.write_usize(files.len());
        for (path, file) in files {
            path.hash_canonical(hasher);
            file.hash_unnamed(hasher);
        }
    }
}
