//! What only uploads and upload-replies have: a session, a server application, a reply.

use super::adding::check_directory;
use crate::machine::JobStateMachine;
use crate::machine::input::call::Directory;
use crate::machine::input::outcome::Effect;
use crate::machine::time::moment::Moment;
use crate::machine::transitions::context::StepContext;
use crate::machine::transitions::trigger::Trigger;
use crate::vocabulary::errors::ensure;
use crate::vocabulary::text::names;
use crate::vocabulary::{
    Error, ErrorContext, FileIndex, HResult, JobState, JobType, Method, ReplyProgress, RuleId, rule,
};

/// The largest reply that `GetReplyData` returns: 1 MB (UPLOAD-12).
const LARGEST_REPLY_DATA: u64 = 1024 * 1024;

impl JobStateMachine {
    pub(crate) fn is_upload_kind(&self) -> bool {
        match self.config.job_type {
            JobType::Download => false,
            JobType::Upload | JobType::UploadReply => true,
        }
    }

    pub(crate) const fn reply_started(&self) -> bool {
        self.live.reply.total.is_some()
    }

    /// UPLOAD-05: the last acknowledgement names the reply, so the server has the whole file.
    pub(crate) fn start_reply(&mut self, size: u64, step: &mut StepContext) {
        if self.config.job_type != JobType::UploadReply || self.reply_started() {
            return;
        }
        if !self.try_fire(Trigger::Progressed, step) {
            return;
        }
        step.out.rules.add(rule!("UPLOAD-05"));
        let grew = self.live.files.get_mut(FileIndex(0)).is_some_and(|file| {
            file.completed = true;
            file.finish()
        });
        self.live.reply.total = Some(size.into());
        if grew {
            self.note_progress(step);
        }
        self.modified(step.now);
        self.finish_files(step);
    }

    /// PROGRESS-06: an upload is completed when the server has the whole file.
    pub(crate) fn complete_uploads(&mut self) {
        if self.is_upload_kind()
            && let Some(file) = self.live.files.get_mut(FileIndex(0))
        {
            file.completed = true;
        }
    }

    /// ERR-29: after 403 from the server application the file is not posted to it again.
    pub(crate) fn note_refusal(&mut self, code: HResult, context: ErrorContext) {
        self.live.upload.refused |=
            code == HResult::BG_E_HTTP_ERROR_403 && context == ErrorContext::RemoteApplication;
    }

    /// Returns whether a further attempt posts the upload to the server application again. Only its
    /// answer 403 stops that (ERR-29).
    #[must_use]
    pub const fn posts_again(&self) -> bool {
        !self.live.upload.refused
    }

    /// DONE-13, DONE-17: an upload that the server has wholly needs no cancellation there.
    pub(crate) fn end_session(&mut self, step: &mut StepContext) {
        if std::mem::take(&mut self.live.upload.open) && self.live.state == JobState::Cancelled {
            step.out.rules.add(rule!("DONE-17"));
            self.begin_upload_cancellation(step);
        } else {
            step.out.effects.add(Effect::LeaveQueue);
        }
    }

    /// DONE-17: the server confirmed ([`Event::UploadCancelled`](crate::machine::Event::UploadCancelled)),
    /// or the time for it is over.
    pub(crate) fn end_upload_cancellation(&mut self, step: &mut StepContext) {
        if self.live.clocks.cancellation.take().is_some() {
            self.fire(Trigger::UploadCancelled, step);
            step.out.effects.add(Effect::LeaveQueue);
        }
    }

    /// UPLOAD-11, PROGRESS-09: only an upload-reply has a reply. That `SetReplyFileName` gives the
    /// code of its getter is an interpretation (UPLOAD-10).
    pub(crate) fn check_reply(&self, method: Method, rule: RuleId) -> Result<(), Error> {
        let job_type = self.config.job_type;
        let error = Error::NotForJobType { method, job_type, rule };
        ensure(job_type == JobType::UploadReply, error)
    }

    /// UPLOAD-09
    pub(crate) fn check_reply_file_name(
        name: Option<&str>,
        directory: Directory,
    ) -> Result<(), Error> {
        let method = Method::SetReplyFileName;
        let Some(name) = name.filter(|name| !name.is_empty()) else { return Ok(()) };
        names::check_local_name(name).map_err(|problem| {
            Error::invalid(method, problem, HResult::E_INVALIDARG, rule!("UPLOAD-09"))
        })?;
        check_directory(method, directory)
    }

    /// The name that the client gave the reply, if it gave one (UPLOAD-09).
    pub(crate) fn given_reply_file_name(&self) -> Option<&str> {
        self.config.reply_file_name.as_deref()
    }

    /// Returns the name of the reply file (`GetReplyFileName`): the one that the client set, else one
    /// that BITS makes in the directory of the upload file, the same for each job; a service that has
    /// several jobs makes another if this one is taken. A name set later replaces it: an interpretation
    /// (UPLOAD-10). `None` before there is a file.
    ///
    /// # Errors
    ///
    /// `E_NOTIMPL` if the job is no upload-reply.
    pub fn reply_file_name(&self) -> Result<Option<String>, Error> {
        self.check_reply(Method::GetReplyFileName, rule!("UPLOAD-10"))?;
        if let Some(name) = &self.config.reply_file_name {
            return Ok(Some((**name).to_owned()));
        }
        let upload = self.file_config(FileIndex(0));
        Ok(upload.map(|file| names::temporary_name(&file.info.local_name, 0)))
    }

    /// Returns the progress of the reply (`GetReplyProgress`, PROGRESS-09).
    ///
    /// # Errors
    ///
    /// `E_NOTIMPL` if the job is no upload-reply.
    pub fn reply_progress(&self) -> Result<ReplyProgress, Error> {
        self.check_reply(Method::GetReplyProgress, rule!("PROGRESS-09"))?;
        Ok(ReplyProgress {
            bytes_total: self.live.reply.total(),
            bytes_transferred: self.live.reply.transferred,
        })
    }

    /// Returns how many bytes `GetReplyData` returns; 0 if the application sent none. That
    /// it still works after `Complete` is an interpretation (UPLOAD-11).
    ///
    /// # Errors
    ///
    /// `E_NOTIMPL` if the job is no upload-reply, `BG_E_INVALID_STATE` unless the state is
    /// TRANSFERRED or ACKNOWLEDGED, `BG_E_TOO_LARGE` if the reply exceeds 1 MB (UPLOAD-12).
    pub fn reply_data(&self) -> Result<u64, Error> {
        self.check_reply(Method::GetReplyData, rule!("UPLOAD-11"))?;
        self.accepted_row(Method::GetReplyData, Trigger::GetReplyData, Moment::START)?;
        let bytes = self.live.reply.transferred;
        ensure(bytes <= LARGEST_REPLY_DATA, Error::ReplyTooLarge { bytes }).map(|()| bytes)
    }
}
