//! The disk's part of calls: folders of new files, `Complete`, `Cancel`.

use crate::machine::{
    Commit, Deletion, Directory, FailedRename, FileAccess, JobStateMachine, TransferItem,
};
use crate::vocabulary::{FileIndex, HResult, JobId, JobType, Sid};
use crate::world::environment::Environment;
use crate::world::identity::local_user;
use crate::world::server::content::Content;
use crate::world::simulation::World;
use crate::world::transfer::destination::{
    final_path, name_reply, path_of, reply_name, wanted_number,
};
use crate::world::transfer::file_state::{Key, key};

impl World {
    /// What the disk says to a user of the folders of files with these local names: the first that is
    /// not as it should be (FILES-05, FILES-06).
    pub fn directory<'a>(
        &self,
        user: Sid,
        local_names: impl IntoIterator<Item = &'a str>,
    ) -> Directory {
        let disk = self.disk();
        let folder = |name| disk.folder_for(&disk.rights.resolve(user, name), user);
        let mut folders = local_names.into_iter().map(folder);
        folders.find(|is| *is != Directory::Writable).unwrap_or_default()
    }

    /// What a new owner may do with the local files of a job: write them, or of an upload read them
    /// (SEC-06).
    #[must_use]
    pub fn file_access(&self, job: &JobStateMachine, user: Sid) -> FileAccess {
        let (rights, owner) = (&self.disk().rights, job.owner());
        let files = (0..job.file_count()).filter_map(|file| job.file(FileIndex(file)));
        let names: Vec<_> = files.map(|file| &*file.local_name).collect();
        let means_another = |name| rights.resolve(owner, name) != rights.resolve(user, name);
        let is_denied = match job.job_type() {
            JobType::Download => self.directory(user, names.iter().copied()) == Directory::Denied,
            JobType::Upload | JobType::UploadReply => {
                names.iter().any(|name| !rights.may_read(&rights.resolve(user, name), user))
            }
        };
        if names.iter().any(|name| means_another(name)) {
            FileAccess::OtherMapping
        } else if is_denied {
            FileAccess::Denied
        } else {
            FileAccess::Granted
        }
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
        path_of(transfer, &mut self.outside, job, TransferItem::File(file))
            .map(|path| path.to_string())
    }

    /// Renames the temporary files of what is transferred to their final names, in the order of the
    /// [renames](JobStateMachine::renames) of the job, then deletes the rest (DONE-02). If a rename
    /// fails, it ends there, and those before it stand (DONE-07). The files are of whoever calls
    /// `Complete` (DONE-09). No network is needed for it: our reading (DONE-10). To be asked once
    /// `Complete` is known to be allowed; the answer goes into the call.
    pub fn complete(&mut self, id: JobId, job: &JobStateMachine, caller: Sid) -> Commit {
        for (item, after) in job.renames().zip(0..) {
            if let Err(code) = self.rename(id, job, item, caller) {
                let failed_rename = Some(FailedRename { after, code });
                return Commit { failed_rename, deletion: Deletion::Done };
            }
        }
        Commit { failed_rename: None, deletion: self.delete(id, job) }
    }

    fn rename(
        &mut self,
        id: JobId,
        job: &JobStateMachine,
        item: TransferItem,
        caller: Sid,
    ) -> Result<(), HResult> {
        let transfer = self.transfers.get(&id);
        let made = transfer.and_then(|transfer| transfer.reply_name.clone());
        let part = transfer.and_then(|transfer| transfer.parts.get(&key(item)));
        let keeps_owner = part.is_some_and(|part| part.keeps_owner);
        let from = part.and_then(|part| part.path.clone()).ok_or(HResult::ERROR_FILE_NOT_FOUND)?;
        let disk = &mut self.outside.disk;
        let to = final_path(disk, job, made.as_ref(), item).ok_or(HResult::ERROR_FILE_NOT_FOUND)?;
        disk.rename(&from, &to, local_user(job))?;
        if !keeps_owner {
            // DONE-09
            disk.rights.own(&to, caller);
        }
        self.outside.temporaries.give_back(&from);
        self.drop_part(id, key(item));
        Ok(())
    }

    /// The reply of an upload-reply: in its temporary file, or after `Complete` at its name
    /// (UPLOAD-11, UPLOAD-13).
    #[must_use]
    pub fn reply(&self, id: JobId, job: &JobStateMachine) -> Option<Content> {
        let transfer = self.transfers.get(&id);
        let part = transfer.and_then(|transfer| transfer.parts.get(&key(TransferItem::Reply)));
        match part.and_then(|part| part.path.as_ref()) {
            Some(path) => self.disk().content_of(path),
            None => {
                let made = transfer.and_then(|transfer| transfer.reply_name.as_ref());
                self.disk().content_of(&final_path(self.disk(), job, made, TransferItem::Reply)?)
            }
        }
    }

    /// The name of the reply of an upload-reply (`GetReplyFileName`, UPLOAD-10): the one that the client
    /// gave, or the one that [the job names](JobStateMachine::reply_file_name), unless another job or
    /// file has it. From then on it is the job's own. `None` if the job has no file, or no reply.
    pub fn reply_file_name(&mut self, id: JobId, job: &JobStateMachine) -> Option<String> {
        if job.job_type() == JobType::UploadReply && !job.state().is_final() {
            let transfer = self.transfers.entry(id).or_default();
            name_reply(transfer, &mut self.outside, job);
        }
        let transfer = self.transfers.get(&id);
        let made = transfer.and_then(|transfer| transfer.reply_name.as_ref());
        reply_name(job, made)
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
    /// [`Effect::DeleteTemporaryFiles`](crate::machine::Effect::DeleteTemporaryFiles) asks for.
    /// Nobody is told of what could not be deleted.
    pub fn delete_temporaries(&mut self, id: JobId, job: &JobStateMachine) {
        self.delete(id, job);
    }

    fn delete(&mut self, id: JobId, job: &JobStateMachine) -> Deletion {
        let Some(transfer) = self.transfers.get_mut(&id) else { return Deletion::Done };
        let Environment { disk, temporaries, .. } = &mut self.outside;
        let mut deletion = Deletion::Done;
        transfer.writing = None;
        for (key, part) in &mut transfer.parts {
            let item = key.map_or(TransferItem::Reply, TransferItem::File);
            let Some(path) = part.path.clone().filter(|_| wanted_number(job, item).is_some())
            else {
                continue;
            };
            match disk.remove(&path, local_user(job)) {
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
