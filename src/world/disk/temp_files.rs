//! The temporary files of all jobs, each with a name of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hasher;

use super::DiskState;
use super::path::DiskPath;
use crate::vocabulary::canonical::Canonical;
use crate::vocabulary::text::names;

/// The names that temporary files of jobs have.
#[derive(Debug, Clone, Default)]
pub(crate) struct TempFiles {
    taken: BTreeSet<DiskPath>,
    /// Of folders in which two jobs wanted the same name, the number that was given last.
    last: BTreeMap<DiskPath, u32>,
}

impl TempFiles {
    /// Reserves a name beside the destination that no other job has (DONE-01): the one that the job would
    /// give it, if that is free.
    pub(crate) fn reserve(
        &mut self,
        disk: &DiskState,
        destination: &DiskPath,
        wanted: u32,
    ) -> Option<DiskPath> {
        let name = destination.to_string();
        let of = |number| DiskPath::of(&names::temporary_name(&name, number));
        let folder = destination.folder();
        let is_free = |path: &DiskPath| {
            !self.taken.contains(path) && path != destination && disk.file(path).is_none()
        };
        let wanted = of(wanted);
        let path = if is_free(&wanted) {
            wanted
        } else {
            let first = self.last.get(&folder).map_or(1, |last| last.saturating_add(1));
            let (number, path) = (first..=u32::MAX)
                .map(|number| (number, of(number)))
                .find(|(_, path)| is_free(path))?;
            self.last.insert(folder, number);
            path
        };
        self.taken.insert(path.clone());
        Some(path)
    }

    pub(crate) fn release(&mut self, path: &DiskPath) {
        self.taken.remove(path);
    }
}

impl Canonical for TempFiles {
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self { taken, last } = self;
        hasher.write_usize(taken.len());
        taken.iter().for_each(|path| path.hash_canonical(hasher));
        hasher.write_usize(last.len());
        for (folder, number) in last {
            folder.hash_canonical(hasher);
            hasher.write_u32(*number);
        }
    }
}
