//! Where the items of a transfer are written: temporary files, final names, and the name of a reply.

use super::Transfer;
use crate::machine::{JobStateMachine, TransferItem};
use crate::vocabulary::{FileIndex, JobType};
use crate::world::disk::DiskState;
use crate::world::disk::path::DiskPath;
use crate::world::environment::Environment;
use crate::world::identity::local_user;

/// Where an item of a download, or a reply, is written; `None` for what is not.
pub(crate) fn path_of(
    transfer: &mut Transfer,
    env: &mut Environment,
    job: &JobStateMachine,
    item: TransferItem,
) -> Option<DiskPath> {
    if item == TransferItem::Reply {
        name_reply(transfer, env, job);
    }
    let state = transfer.files.entry(item).or_default();
    if state.path.is_none() {
        let made = transfer.reply_name.as_ref();
        let destination = final_path(&env.disk, job, made, item)?;
        state.path = match wanted_number(job, item) {
            Some(number) => env.temporaries.reserve(&env.disk, &destination, number),
            None => Some(destination),
        };
    }
    state.path.clone()
}

/// Where an item is after `Complete`: the local name of a download, or the name of the reply (UPLOAD-10).
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

/// Reserves a name for the reply of a job to which the client gave none, which no other job and no file
/// has (UPLOAD-10).
pub(crate) fn name_reply(transfer: &mut Transfer, env: &mut Environment, job: &JobStateMachine) {
    if transfer.reply_name.is_none()
        && job.job_type() == JobType::UploadReply
        && job.given_reply_file_name().is_none()
        && let Some(upload) = job.file(FileIndex(0))
    {
        let Environment { disk, temporaries, .. } = env;
        let upload = disk.rights.resolve(local_user(job), &upload.local_name);
        transfer.reply_name = temporaries.reserve(disk, &upload, REPLY_NUMBER);
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
