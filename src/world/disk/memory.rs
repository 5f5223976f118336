//! The files of a disk in memory.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::path::DiskPath;
use crate::vocabulary::HResult;
use crate::world::server::content::Content;

/// A file with its time stamps.
#[derive(Debug, Clone, Default)]
pub(crate) struct DiskFile {
    pub(crate) content: Content,
    pub(crate) created: Option<DateTime<Utc>>,
    pub(crate) modified: Option<DateTime<Utc>>,
    /// How often it was written: stands in for a time stamp.
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
pub(crate) struct MemoryFiles(BTreeMap<DiskPath, DiskFile>);

impl MemoryFiles {
    pub(crate) fn get(&self, path: &DiskPath) -> Option<DiskFile> {
        self.0.get(path).cloned()
    }

    pub(crate) fn read(&self, path: &DiskPath) -> Option<Content> {
        self.0.get(path).map(|file| file.content.clone())
    }

    pub(crate) fn write_file(
        &mut self,
        path: &DiskPath,
        content: Content,
        _grows: bool,
    ) -> Result<(), HResult> {
        let file = self.0.entry(path.clone()).or_default();
        // A time stamp of before is not that of this change.
        (file.content, file.modified) = (content, None);
        file.revision = file.revision.wrapping_add(1);
        Ok(())
    }

    pub(crate) fn stamp(&mut self, path: &DiskPath, at: DateTime<Utc>) {
        if let Some(file) = self.0.get_mut(path) {
            (file.created, file.modified) = (Some(at), Some(at));
        }
    }

    pub(crate) fn remove(&mut self, path: &DiskPath) -> Result<(), HResult> {
        self.0.remove(path);
        Ok(())
    }

    pub(crate) fn rename(&mut self, from: &DiskPath, to: &DiskPath) -> Result<(), HResult> {
        let file = self.0.remove(from).ok_or(HResult::ERROR_FILE_NOT_FOUND)?;
        // The key keeps its old spelling unless it is taken out.
        self.0.remove(to);
        self.0.insert(to.clone(), file);
        Ok(())
    }

    pub(crate) fn names_in(&self, folder: &DiskPath) -> Vec<String> {
        let files = self.0.keys().filter(|path| path.folder() == *folder);
        files.map(|path| path.name().to_owned()).collect()
    }

    pub(crate) fn has_any_within(&self, folder: &DiskPath) -> bool {
        self.0.keys().any(|path| path.is_within(folder))
    }
}
