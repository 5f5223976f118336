//! The half of a file that is set: its names, and the ranges that are wanted of it.

use std::sync::Arc;

use super::ranges::RangeSet;
#[cfg(feature = "serde")]
use crate::vocabulary::text::stored::stored;
use crate::vocabulary::{FileInfo, FileRange, Protocol, RemoteName};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "StoredFile", into = "StoredFile"))]
pub(crate) struct FileConfig {
    pub(crate) info: FileInfo,
    /// Few files have it, so that the others give it no room.
    rare: Option<Box<Rare>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
struct Rare {
    /// The ranges that are wanted (FILES-17).
    ranges: Option<Arc<[FileRange]>>,
    /// The remote name before one that is not persisted yet (FILES-25).
    persisted_name: Option<RemoteName>,
}

#[cfg(feature = "serde")]
stored! {
    /// A file as it is written down.
    struct StoredFile {
        info: FileInfo,
        ranges: Option<Arc<[FileRange]>> = default,
        persisted_name: Option<RemoteName> = default,
    }
}

#[cfg(feature = "serde")]
impl From<StoredFile> for FileConfig {
    fn from(stored: StoredFile) -> Self {
        let mut file = Self::new(stored.info, stored.ranges);
        if let Some(name) = stored.persisted_name {
            file.rare.get_or_insert_default().persisted_name = Some(name);
        }
        file
    }
}

#[cfg(feature = "serde")]
impl From<FileConfig> for StoredFile {
    fn from(file: FileConfig) -> Self {
        let Rare { ranges, persisted_name } = file.rare.map(|rare| *rare).unwrap_or_default();
        Self { info: file.info, ranges, persisted_name }
    }
}

impl FileConfig {
    pub(crate) fn new(info: FileInfo, ranges: Option<Arc<[FileRange]>>) -> Self {
        let rare = ranges.map(|ranges| Rare { ranges: Some(ranges), persisted_name: None });
        Self { info, rare: rare.map(Box::new) }
    }

    pub(crate) fn protocol(&self) -> Protocol {
        self.info.remote_name.protocol()
    }

    /// The ranges that are wanted; `None`: the whole file.
    pub(crate) fn ranges(&self) -> Option<&[FileRange]> {
        self.rare.as_ref()?.ranges.as_deref()
    }

    /// How many bytes the job wants of a file of that size; `None` if a range lies outside
    /// (PROGRESS-04, FILES-22).
    pub(crate) fn wanted_of(&self, size: u64) -> Option<u64> {
        let Some(ranges) = self.ranges() else { return Some(size) };
        let length = |range: &FileRange| {
            RangeSet::bounds(*range, Some(size)).map(|(first, end)| end - first)
        };
        ranges.iter().try_fold(0_u64, |sum, range| sum.checked_add(length(range)?))
    }

    /// Sets another remote name, which is not persisted yet (FILES-25).
    pub(crate) fn rename_for_now(&mut self, name: RemoteName) {
        let old = std::mem::replace(&mut self.info.remote_name, name);
        self.rare.get_or_insert_default().persisted_name.get_or_insert(old);
    }

    /// Whether a restart of the service would undo a change of the remote name (FILES-25).
    pub(crate) fn has_persisted_name(&self) -> bool {
        self.rare.as_ref().is_some_and(|rare| rare.persisted_name.is_some())
    }

    pub(crate) fn take_persisted_name(&mut self) -> Option<RemoteName> {
        self.rare.as_mut()?.persisted_name.take()
    }
}
