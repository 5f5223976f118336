//! The state of one file of a transfer, or of its reply.

use chrono::{DateTime, Utc};

use crate::machine::{JobStateMachine, TransferItem};
use crate::vocabulary::{FileAclFlags, Sid};
use crate::world::disk::DiskState;
use crate::world::disk::memory::DiskFile;
use crate::world::disk::path::DiskPath;
use crate::world::server::acl::Acl;
use crate::world::server::content::Content;
use crate::world::server::resource::Version;

/// The state of one file of a job, or of its reply.
#[derive(Debug, Clone, Default)]
pub(crate) struct FileState {
    /// Where it is written until `Complete`, or for ever (PROP-35).
    pub(crate) path: Option<DiskPath>,
    /// What arrives, in the order of arrival.
    pub(crate) content: Content,
    pub(crate) modified: Option<DateTime<Utc>>,
    /// Owner and list on the share that it comes from.
    pub(crate) source: Option<Source>,
    /// It has the owner that it had there (DONE-09).
    pub(crate) keeps_owner: bool,
    /// How much of it is on the disk.
    pub(crate) written: Option<u64>,
    /// Which remote file was begun.
    pub(crate) version: Option<Version>,
    /// Which local file was begun to be uploaded.
    pub(crate) local: Option<DiskFile>,
}

/// Owner and access control list of a file on a share.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) owner: Option<Sid>,
    pub(crate) acl: Option<Acl>,
}

/// The size of an item, if it is known, and how much of it is there.
pub(crate) fn progress(job: &JobStateMachine, item: TransferItem) -> (Option<u64>, u64) {
    let progress = match item {
        TransferItem::File(file) => {
            job.file_progress(file).map(|file| (file.bytes_total, file.bytes_transferred))
        }
        TransferItem::Reply => {
            job.reply_progress().ok().map(|reply| (reply.bytes_total, reply.bytes_transferred))
        }
    };
    progress.unwrap_or_default()
}

/// FILES-32: what the flags say of owner and list is applied when the file is there. The list is that of
/// the source and of the folder together. Groups and auditing have no meaning here. Whether the owner
/// is kept.
pub(crate) fn keep_rights(
    disk: &mut DiskState,
    path: &DiskPath,
    source: &Source,
    job: &JobStateMachine,
) -> bool {
    let flags = job.file_acl_flags();
    if let Some(acl) = source.acl.as_ref().filter(|_| flags.contains(FileAclFlags::DACL)) {
        let inherited = disk.rights.of(&path.folder()).cloned().unwrap_or_default();
        disk.rights.set_acl(path, acl.or(&inherited));
    }
    let owner = source.owner.filter(|_| flags.contains(FileAclFlags::OWNER));
    if let Some(owner) = owner {
        disk.rights.set_owner(path, owner);
    }
    owner.is_some()
}
