//! The canonical state of the disk: what decides its future.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};

use super::memory::DiskFile;
use super::path::DiskPath;
use super::{DiskState, Files};
use crate::vocabulary::canonical::Canonical;
use crate::world::canonical::Revisions;

impl Canonical for DiskState {
    /// All but what [may change by itself or rarely matters](Self::hash_rest). Of a real directory only its
    /// name is known.
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self {
            files,
            folders,
            free,
            locked_volumes,
            locked_files,
            undeletable,
            rights,
            // This is the rest.
            opened: _,
        } = self;
        std::mem::discriminant(files).hash(hasher);
        match files {
            Files::Memory(files) => files.hash_canonical(hasher),
            Files::Real(files) => files.hash(hasher),
        }
        hasher.write_usize(folders.len());
        for (path, state) in folders {
            path.hash_canonical(hasher);
            state.hash(hasher);
        }
        hasher.write_usize(free.len());
        for (volume, bytes) in free {
            volume.hash_canonical(hasher);
            hasher.write_u64(*bytes);
        }
        for paths in [locked_volumes, locked_files, undeletable] {
            hash_paths(paths, hasher);
        }
        rights.hash_canonical(hasher);
    }
}

impl DiskState {
    /// Adds which files clients have open, which they close without a word, and which files have one of
    /// those revisions.
    pub(crate) fn hash_rest<H: Hasher>(&self, revisions: &Revisions, hasher: &mut H) {
        for path in self.opened.paths() {
            hasher.write_u8(1);
            path.hash_canonical(hasher);
        }
        hasher.write_u8(0);
        if let Files::Memory(files) = &self.files
            && !revisions.is_empty()
        {
            for (path, file) in files.iter() {
                if let Some(name) = revisions.name_of(file.revision) {
                    path.hash_canonical(hasher);
                    hasher.write_usize(name);
                }
            }
        }
    }
}

impl DiskFile {
    /// Adds all but the revision, which [has to be named](Revisions).
    pub(crate) fn hash_unnamed<H: Hasher>(&self, hasher: &mut H) {
        let Self { content, created, modified, revision: _ } = self;
        content.hash_canonical(hasher);
        (created, modified).hash(hasher);
    }
}

fn hash_paths<H: Hasher>(paths: &BTreeSet<DiskPath>, hasher: &mut H) {
    hasher.write_usize(paths.len());
    paths.iter().for_each(|path| path.hash_canonical(hasher));
}
