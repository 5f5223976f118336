//! The temporary files of all jobs, each with a name of its own.

use std::collections::{BTreeMap, BTreeSet};

use super::disk::Disk;
use super::disk_path::DiskPath;
use super::outside::local_user;
use crate::machine::{Item, JobStateMachine};
use crate::vocabulary::{FileIndex, JobType, names};

/// The names that temporary files of jobs have.
#[derive(Debug, Clone, Default)]
pub(super) struct Temporaries {
    taken: BTreeSet<DiskPath>,
    /// Of folders in which two jobs wanted the same name, the number that was given last.
    last: BTreeMap<DiskPath, u32>,
}

impl Temporaries {
    /// A name beside the destination that no other job has (DONE-01): the one that the job would
    /// give it, if that is free.
    pub(super) fn take(
        &mut self,
        disk: &Disk,
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

    pub(super) fn give_back(&mut self, path: &DiskPath) {
        self.taken.remove(path);
    }
}

/// Where an item is at the end: the local name of a download, or the name of the reply (UPLOAD-10).
pub(super) fn final_path(disk: &Disk, job: &JobStateMachine, item: Item) -> Option<DiskPath> {
    let name = match item {
        Item::File(_) if job.job_type() != JobType::Download => None,
        Item::File(file) => job.file(file).map(|file| file.local_name.to_string()),
        Item::Reply => job.reply_file_name().ok().flatten(),
    };
    name.map(|name| disk.rights.resolve(local_user(job), &name))
}

/// The number that the job would give the temporary file of an item; `None` if it writes the
/// destination itself (PROP-35).
pub(super) fn wanted_number(job: &JobStateMachine, item: Item) -> Option<u32> {
    match item {
        Item::File(file) => job.temporary_name(file).map(|_| file.0.wrapping_add(1)),
        Item::Reply => Some(FileIndex(0).0.wrapping_add(1)),
    }
}
