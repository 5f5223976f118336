//! The disk's part of calls: folders of new files, `Complete`, `Cancel`.

use crate::machine::{
    Commit, Deletion, Directory, FailedRename, FileAccess, JobStateMachine, TransferItem,
};
use crate::vocabulary::{FileIndex, HResult, JobType, Sid};
use crate::world::environment::Environment;
use crate::world::identity::local_user;
use crate::world::server::content::Content;
use crate::world::simulation::World;
use crate::world::transfer::destination::{
    final_path, name_reply, path_of, reply_name, wanted_number,
};

impl World {
    /// Returns what a user finds in place of the folders of files with these local names: the first that
    /// is not writable (FILES-05, FILES-06).
    pub(crate) fn folder_state<'a>(
        &self,
        user: Sid,
        local_names: impl IntoIterator<Item = &'a str>,
    ) -> Directory {
        let disk = self.disk();
        let folder = |name| disk.folder_for(&disk.rights.resolve(user, name), user);
        let mut folders = local_names.into_iter().map(folder);
        folders.find(|is| *is != Directory::Writable).unwrap_or_default()
    }

    /// Returns what a new owner may do with the local files of a job: write them, or of an upload read
    /// them (SEC-06).
    pub(crate) fn file_access(&self, job: &JobStateMachine, user: Sid) -> FileAccess {
        let (rights, owner) = (&self.disk().rights, job.owner());
        let files = (0..job.file_count()).filter_map(|file| job.file(FileIndex(file)));
        let names: Vec<_> = files.map(|file| &*file.local_name).collect();
        let means_another = |name| rights.resolve(owner, name) != rights.resolve(user, name);
        let is_denied = match job.job_type() {
            JobType::Download => {
                self.folder_state(user, names.iter().copied()) == Directory::Denied
            }
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

    /// Assigns the name of the temporary file of a download (`GetTemporaryName`, DONE-18): the one that
    /// [the job names](JobStateMachine::temporary_name), unless another job or file has it. `None` if the
    /// job has no such file, or writes none.
    pub(crate) fn assign_temporary_name(
        &mut self,
        job: &JobStateMachine,
        file: FileIndex,
    ) -> Option<String> {
        job.temporary_name(file)?;
        let transfer = self.transfers.entry(job.id()).or_default();
        path_of(transfer, &mut self.env, job, TransferItem::File(file)).map(|path| path.to_string())
    }

    /// Renames the temporary files of what is transferred to their final names, in the order of the
    /// [renames](JobStateMachine::renames) of the job, then deletes the rest (DONE-02). If a rename
    /// fails, it ends there, and those before it stand (DONE-07). The caller of `Complete` owns the files
    /// (DONE-09). No network is needed for it: an interpretation (DONE-10). To be called once `Complete`
    /// is known to be allowed; the answer goes into the call.
    pub(crate) fn commit_files(&mut self, job: &JobStateMachine, caller: Sid) -> Commit {
        for (item, after) in job.renames().zip(0..) {
            if let Err(code) = self.rename(job, item, caller) {
                let failed_rename = Some(FailedRename { after, code });
                return Commit { failed_rename, deletion: Deletion::Done };
            }
        }
        Commit { failed_rename: None, deletion: self.delete_temporary_files(job) }
    }

    fn rename(
        &mut self,
        job: &JobStateMachine,
        item: TransferItem,
        caller: Sid,
    ) -> Result<(), HResult> {
        let missing = HResult::ERROR_FILE_NOT_FOUND;
        let transfer = self.transfers.get_mut(&job.id()).ok_or(missing)?;
        let Environment { disk, temporaries, .. } = &mut self.env;
        let state = transfer.files.get(&item).ok_or(missing)?;
        let from = state.path.as_ref().ok_or(missing)?;
        let to = final_path(disk, job, transfer.reply_name.as_ref(), item).ok_or(missing)?;
        disk.rename(from, &to, local_user(job))?;
        if !state.keeps_owner {
            // DONE-09
            disk.rights.set_owner(&to, caller);
        }
        temporaries.release(from);
        transfer.files.remove(&item);
        Ok(())
    }

    /// Returns the reply of an upload-reply: from its temporary file, or after `Complete` from its name
    /// (UPLOAD-11, UPLOAD-13).
    pub(crate) fn reply_content(&self, job: &JobStateMachine) -> Option<Content> {
        let transfer = self.transfers.get(&job.id());
        let state = transfer.and_then(|transfer| transfer.files.get(&TransferItem::Reply));
        match state.and_then(|state| state.path.as_ref()) {
            Some(path) => self.disk().content_of(path),
            None => {
                let made = transfer.and_then(|transfer| transfer.reply_name.as_ref());
                self.disk().content_of(&final_path(self.disk(), job, made, TransferItem::Reply)?)
            }
        }
    }

    /// Assigns the name of the reply of an upload-reply (`GetReplyFileName`, UPLOAD-10): the one that the
    /// client gave, or the one that [the job names](JobStateMachine::reply_file_name), unless another job
    /// or file has it. `None` if the job has no file, or no reply.
    pub(crate) fn assign_reply_name(&mut self, job: &JobStateMachine) -> Option<String> {
        if job.job_type() == JobType::UploadReply && !job.state().is_final() {
            let transfer = self.transfers.entry(job.id()).or_default();
            name_reply(transfer, &mut self.env, job);
        }
        let transfer = self.transfers.get(&job.id());
        let made = transfer.and_then(|transfer| transfer.reply_name.as_ref());
        reply_name(job, made)
    }

    /// Deletes the temporary files of a job: for a `Cancel`, into which the answer goes (DONE-12), and
    /// for [`Effect::DeleteTemporaryFiles`](crate::machine::Effect::DeleteTemporaryFiles). Files that an
    /// earlier `Complete` made available stay (DONE-14), and so does what a high-performance job has
    /// written (PROP-35). What may not be written to any more stays too (DONE-24, DONE-06).
    pub(crate) fn delete_temporary_files(&mut self, job: &JobStateMachine) -> Deletion {
        let Some(transfer) = self.transfers.get_mut(&job.id()) else { return Deletion::Done };
        let Environment { disk, temporaries, .. } = &mut self.env;
        let mut deletion = Deletion::Done;
        transfer.writing = None;
        for (item, state) in &mut transfer.files {
            let Some(path) = state.path.clone().filter(|_| wanted_number(job, *item).is_some())
            else {
                continue;
            };
            match disk.remove(&path, local_user(job)) {
                Ok(()) => {
                    temporaries.release(&path);
                    state.path = None;
                }
                Err(_) => deletion = Deletion::Incomplete,
            }
        }
        deletion
    }
}
