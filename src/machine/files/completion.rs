//! `Complete` and `Cancel`: what is kept and what is given up.

use super::item::TransferItem;
use crate::machine::JobStateMachine;
use crate::machine::input::call::{Commit, Deletion, FailedRename};
use crate::machine::input::outcome::Success;
use crate::machine::transitions::trigger::Trigger;
use crate::vocabulary::{Error, FileIndex, JobState, JobType};

impl JobStateMachine {
    /// Returns what `Complete` would rename from its temporary to its final name, in order: the files of
    /// a download that are transferred (DONE-02), and the reply of an upload-reply (DONE-11). Not
    /// again what an earlier `Complete` renamed, which stays the user's even if the job is
    /// cancelled: an interpretation (DONE-08, DONE-14). Nothing of a high-performance job, whose
    /// files stand at their place already (PROP-35).
    pub fn renames(&self) -> impl Iterator<Item = TransferItem> + '_ {
        let downloads = self
            .live
            .files
            .iter()
            .filter(|(_, file)| file.is_transferred() && !file.completed)
            .map(|(index, _)| TransferItem::File(index))
            .take_while(|_| {
                self.config.job_type == JobType::Download && !self.config.settings.high_performance
            });
        let reply = self.config.job_type == JobType::UploadReply
            && self.live.reply.is_transferred()
            && !self.live.reply.completed;
        downloads.chain(reply.then_some(TransferItem::Reply))
    }

    /// The rename that failed, if the call makes as many as that.
    pub(crate) fn failed_rename(
        &self,
        commit: &Commit,
    ) -> Option<(FailedRename, Option<FileIndex>)> {
        let failed = commit.failed_rename.filter(|failed| failed.code.is_failure())?;
        let item = self.renames().nth(usize::try_from(failed.after).ok()?)?;
        let file = match item {
            TransferItem::File(file) => Some(file),
            TransferItem::Reply => None,
        };
        Some((failed, file))
    }

    pub(crate) fn complete_trigger(&self, commit: &Commit) -> Trigger {
        match self.failed_rename(commit) {
            Some(_) => Trigger::CompleteRenameFailed,
            None => Trigger::Complete,
        }
    }

    /// DONE-07: a failed rename leaves the job as it is, but for the files renamed before it.
    /// Whether there is a network does not matter: an interpretation (DONE-10).
    pub(crate) fn rename(&mut self, commit: &Commit, state: JobState) -> Result<(), Error> {
        let failed = self.failed_rename(commit);
        let count = failed
            .map_or(usize::MAX, |(failed, _)| usize::try_from(failed.after).unwrap_or(usize::MAX));
        let downloads = self.config.job_type == JobType::Download;
        let mut renamed = 0;
        for file in self.live.files.all_mut().iter_mut().filter(|_| downloads) {
            if renamed < count && file.is_transferred() && !file.completed {
                file.completed = true;
                // DONE-22
                file.validated = true;
                renamed += 1;
                if failed.is_none() {
                    file.end();
                }
            }
        }
        self.live.files.advance();
        self.live.reply.completed |= renamed < count && self.live.reply.is_transferred();
        match failed {
            Some((FailedRename { code, .. }, file)) => {
                Err(Error::RenameFailed { state, file, code })
            }
            None => Ok(()),
        }
    }

    /// DONE-04, DONE-06: undeletable files outrank a partial result, an interpretation; a job
    /// without files is wholly complete, an interpretation too.
    pub(crate) fn completion(&self, deletion: Deletion) -> Success {
        match deletion {
            Deletion::Incomplete => Success::UnableToDeleteFiles,
            Deletion::Done if self.is_complete() => Success::Ok,
            Deletion::Done => Success::Partial,
        }
    }
}
