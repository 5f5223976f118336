//! The temporary files of all jobs, each with a name of its own.

use std::collections::{BTreeMap, BTreeSet};

use super::DiskState;
use super::path::DiskPath;
use crate::machine::{JobStateMachine, TransferItem};
use crate::vocabulary::text::names;
use crate::vocabulary::{FileIndex, JobType};
use crate::world::environment::{Environment, local_user};
use crate::world::transfer::Transfer;

/// The names that temporary files of jobs have.
#[derive(Debug, Clone, Default)]
pub(crate) struct TempFiles {
    taken: BTreeSet<DiskPath>,
    /// Of folders in which two jobs wanted the same name, the number that was given last.
    last: BTreeMap<DiskPath, u32>,
}

impl TempFiles {
    /// A name beside the destination that no other job has (DONE-01): the one that the job would
    /// give it, if that is free.
    pub(crate) fn take(
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

    pub(crate) fn give_back(&mut self, path: &DiskPath) {
        self.taken.remove(path);
    }
}

/// Where an item is at the end: the local name of a download, or the name of the reply (UPLOAD-10).
pub(crate) fn final_path(
    disk: &DiskState,
    job: &JobStateMachine,
    made: Option<&DiskPath>,
    item: TransferItem,
) -> Option<DiskPath> {
    let name = match (item, made) {
        (TransferItem::File(_), _) if job.job_type() != JobType::Download => None,
        (TransferItem::File(file), _) => job.file(file).map(|file| file.local_name.to_string()),
        (TransferItem::Reply, Some(made)) if job.given_reply_file_name().is_none() => {
            return Some(made.clone());
        }
        (TransferItem::Reply, _) => job.reply_file_name().ok().flatten(),
    };
    name.map(|name| disk.rights.resolve(local_user(job), &name))
}

/// Makes a name for the reply of a job to which the client gave none, which no other job and no file
/// has (UPLOAD-10).
pub(crate) fn name_reply(
    transfer: &mut Transfer,
    outside: &mut Environment,
    job: &JobStateMachine,
) {
    if transfer.reply_name.is_none()
        && job.job_type() == JobType::UploadReply
        && job.given_reply_file_name().is_none()
        && let Some(upload) = job.file(FileIndex(0))
    {
        let Environment { disk, temporaries, .. } = outside;
        let upload = disk.rights.resolve(local_user(job), &upload.local_name);
        transfer.reply_name = temporaries.take(disk, &upload, REPLY_NUMBER);
    }
}

/// The name of the reply as the client gave it, or as it was made, in the folder of the upload file as
/// the client named that.
pub(crate) fn reply_name(job: &JobStateMachine, made: Option<&DiskPath>) -> Option<String> {
    let named = job.reply_file_name().ok().flatten()?;
    let Some(made) = made.filter(|_| job.given_reply_file_name().is_none()) else {
        return Some(named);
    };
    let folder = named.rfind(['\\', '/']).and_then(|end| named.get(..=end)).unwrap_or_default();
    let made = made.to_string();
    Some(format!("{folder}{}", made.rsplit('\\').next().unwrap_or_default()))
}

/// The number in the name of a reply, if that is free.
const REPLY_NUMBER: u32 = 0;

/// The number that the job would give the temporary file of an item; `None` if it writes the
/// destination itself (PROP-35).
pub(crate) fn wanted_number(job: &JobStateMachine, item: TransferItem) -> Option<u32> {
    match item {
        TransferItem::File(file) => job.temporary_name(file).map(|_| file.0.wrapping_add(1)),
        TransferItem::Reply => Some(FileIndex(0).0.wrapping_add(1)),
    }
}
