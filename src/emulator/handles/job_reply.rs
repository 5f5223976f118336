//! The reply of an upload-reply job: its file, its progress and its data.

use std::path::Path;

use super::job::Job;
use crate::machine::{Call, Directory, JobStateMachine};
use crate::vocabulary::{Error, Method, ReplyProgress, path_text};
use crate::world::Content;

impl Job {
    /// Sets the name of the reply file (UPLOAD-09).
    ///
    /// # Errors
    ///
    /// `E_NOTIMPL` for other types, `E_INVALIDARG`, `E_ACCESSDENIED`, and `BG_E_INVALID_STATE` once the
    /// reply is transferred.
    #[doc(alias = "SetReplyFileName")]
    pub fn set_reply_file_name(&self, name: impl AsRef<Path>) -> Result<(), Error> {
        let name = Some(path_text(name.as_ref()));
        self.apply(Call::SetReplyFileName(name, Directory::Writable))
    }

    /// Removes the name of the reply file, so that BITS makes one up (UPLOAD-09).
    ///
    /// # Errors
    ///
    /// As [`set_reply_file_name`](Self::set_reply_file_name).
    #[doc(alias = "SetReplyFileName")]
    pub fn clear_reply_file_name(&self) -> Result<(), Error> {
        self.apply(Call::SetReplyFileName(None, Directory::Writable))
    }

    /// Returns the name of the reply file (UPLOAD-10).
    ///
    /// # Errors
    ///
    /// `E_NOTIMPL` for other types than upload-reply.
    #[doc(alias = "GetReplyFileName")]
    pub fn reply_file_name(&self) -> Result<Option<String>, Error> {
        self.enter_call(Method::GetReplyFileName, |engine, _| {
            engine.current_job(self.id(), Method::GetReplyFileName)?.reply_file_name()?;
            Ok(engine.reply_file_name(self.id()))
        })
    }

    /// Returns the progress of the reply (PROGRESS-09).
    ///
    /// # Errors
    ///
    /// `E_NOTIMPL` for other types than upload-reply.
    #[doc(alias = "GetReplyProgress")]
    pub fn reply_progress(&self) -> Result<ReplyProgress, Error> {
        self.try_read(Method::GetReplyProgress, JobStateMachine::reply_progress)
    }

    /// Returns the data of the reply; `None` if the application sent none (UPLOAD-11).
    ///
    /// # Errors
    ///
    /// `E_NOTIMPL` for other types than upload-reply, `BG_E_INVALID_STATE` before the reply is there,
    /// `BG_E_TOO_LARGE` for more than 1 MB (UPLOAD-12).
    #[doc(alias = "GetReplyData")]
    pub fn reply_data(&self) -> Result<Option<Content>, Error> {
        self.enter_call(Method::GetReplyData, |engine, _| {
            let job = engine.current_job(self.id(), Method::GetReplyData)?;
            let size = job.reply_data()?;
            let (world, job) = (&engine.world, engine.service.job(self.id()));
            let reply = job.and_then(|job| world.reply_content(job));
            Ok((size > 0).then(|| reply.unwrap_or(Content::sized(size))))
        })
    }
}
