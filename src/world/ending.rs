//! The disk's part of calls: folders of new files, `Complete`, `Cancel`.

use super::World;
use super::content::Content;
use super::disk_path::DiskPath;
use super::outside::Outside;
use super::temporary::{final_name, wanted_number};
use super::transfer::{Key, Transfer, key};
use crate::machine::{Commit, Deletion, Directory, FailedRename, Item, JobStateMachine};
use crate::vocabulary::{FileIndex, HResult, JobId};

impl World {
    /// What the disk says of the folders of files with these local names: the first that is not as
    /// it should be (FILES-05, FILES-06).
    pub fn directory<'a>(&self, local_names: impl IntoIterator<Item = &'a str>) -> Directory {
        let folders =
            local_names.into_iter().map(|name| self.disk().folder_of(&DiskPath::of(name)));
        folders.into_iter().find(|is| *is != Directory::Writable).unwrap_or_default()
    }

    /// The name of the temporary file of a download (`GetTemporaryName`, DONE-18): the one that
    /// [the job names](JobStateMachine::temporary_name), unless another job or file has it. From
    /// then on it is the job's own. `None` if the job has no such file, or writes none.
    pub fn temporary_name(
        &mut self,
        id: JobId,
        job: &JobStateMachine,
        file: FileIndex,
    ) -> Option<String> {
        job.temporary_name(file)?;
        let transfer = self.transfers.entry(id).or_default();
        path_of(transfer, &mut self.outside, job, Item::File(file)).map(|path| path.to_string())
    }

    /// Renames the temporary files of what is transferred to their final names, in the order of the
    /// [renames](JobStateMachine::renames) of the job, then deletes the rest (DONE-02). If a rename
    /// fails, it ends there, and those before it stand (DONE-07). To be asked once `Complete` is
    /// known to be allowed; the answer goes into the call.
    pub fn complete(&mut self, id: JobId, job: &JobStateMachine) -> Commit {
        for (item, after) in job.renames().zip(0..) {
            if let Err(code) = self.rename(id, job, item) {
                let failed_rename = Some(FailedRename { after, code });
                return Commit { failed_rename, deletion: Deletion::Done };
            }
        }
        Commit { failed_rename: None, deletion: self.delete(id, job) }
    }

    fn rename(&mut self, id: JobId, job: &JobStateMachine, item: Item) -> Result<(), HResult> {
        let part = self.transfers.get(&id).and_then(|transfer| transfer.parts.get(&key(item)));
        let from = part.and_then(|part| part.path.clone()).ok_or(HResult::ERROR_FILE_NOT_FOUND)?;
        let to = final_name(job, item).ok_or(HResult::ERROR_FILE_NOT_FOUND)?;
        self.outside.disk.rename(&from, &DiskPath::of(&to))?;
        self.outside.temporaries.give_back(&from);
        self.drop_part(id, key(item));
        Ok(())
    }

    /// The reply of an upload-reply: in its temporary file, or after `Complete` at its name
    /// (UPLOAD-11, UPLOAD-13).
    #[must_use]
    pub fn reply(&self, id: JobId, job: &JobStateMachine) -> Option<Content> {
        let part = self.transfers.get(&id)?.parts.get(&key(Item::Reply));
        match part.and_then(|part| part.path.as_ref()) {
            Some(path) => self.disk().content_of(path),
            None => self.disk().content(&final_name(job, Item::Reply)?),
        }
    }

    fn drop_part(&mut self, id: JobId, key: Key) {
        if let Some(transfer) = self.transfers.get_mut(&id) {
            transfer.parts.remove(&key);
        }
    }

    /// Deletes the temporary files for a `Cancel` (DONE-12). The answer goes into the call. Files
    /// that an earlier `Complete` made available stay (DONE-14), and so does what a
    /// high-performance job has written (PROP-35). What may not be written to any more stays too
    /// (DONE-24, DONE-06).
    pub fn cancel(&mut self, id: JobId, job: &JobStateMachine) -> Deletion {
        self.delete(id, job)
    }

    /// Deletes the temporary files of a job: what
    /// [`Effect::DeleteTemporaryFiles`](crate::Effect::DeleteTemporaryFiles) asks for.
    /// Nobody is told of what could not be deleted.
    pub fn delete_temporaries(&mut self, id: JobId, job: &JobStateMachine) {
        self.delete(id, job);
    }

    fn delete(&mut self, id: JobId, job: &JobStateMachine) -> Deletion {
        let Some(transfer) = self.transfers.get_mut(&id) else { return Deletion::Done };
        let Outside { disk, temporaries, .. } = &mut self.outside;
        let mut deletion = Deletion::Done;
        transfer.writing = None;
        for (key, part) in &mut transfer.parts {
            let item = key.map_or(Item::Reply, Item::File);
            let Some(path) = part.path.clone().filter(|_| wanted_number(job, item).is_some())
            else {
                continue;
            };
            match disk.remove(&path) {
                Ok(()) => {
                    temporaries.give_back(&path);
                    part.path = None;
                }
                Err(_) => deletion = Deletion::Incomplete,
            }
        }
        deletion
    }
}

/// Where an item of a download, or a reply, is written; `None` for what is not.
pub(super) fn path_of(
    transfer: &mut Transfer,
    outside: &mut Outside,
    job: &JobStateMachine,
    item: Item,
) -> Option<DiskPath> {
    let part = transfer.parts.entry(key(item)).or_default();
    if part.path.is_none() {
        let name = final_name(job, item)?;
        part.path = match wanted_number(job, item) {
            Some(number) => outside.temporaries.take(&outside.disk, &name, number),
            None => Some(DiskPath::of(&name)),
        };
    }
    part.path.clone()
}
