//! A place to which files are uploaded: what it accepts, its sessions and the application behind
//! it.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::content::Content;
use super::fault::{Fault, Script};
use crate::machine::Failure;
use crate::vocabulary::{HResult, JobId};

/// How a resource takes uploads.
///
/// By default it takes one file of any size, and does not replace one that is there (UPLOAD-19).
#[derive(Debug, Clone, Default)]
pub struct Uploads {
    pub(super) overwrites: bool,
    pub(super) largest: Option<u64>,
    pub(super) executes: bool,
    pub(super) application: Script,
    pub(super) has_application: bool,
    pub(super) reply: Content,
    pub(super) reply_script: Script,
    pub(super) posts: u64,
    pub(super) received: Option<Content>,
    pub(super) sessions: BTreeMap<JobId, Session>,
}

/// An upload that the server knows of.
#[derive(Debug, Clone)]
pub(super) struct Session {
    /// The next byte that the server expects (UPLOAD-03).
    pub(super) acknowledged: u64,
    pub(super) last_progress: DateTime<Utc>,
    /// What the application answered to the whole upload (UPLOAD-05).
    pub(super) reply: Option<Content>,
}

impl Uploads {
    /// A file that is there is replaced (UPLOAD-19); otherwise the answer is 409, which is
    /// transient (UPLOAD-20).
    pub fn allow_overwrites(&mut self) -> &mut Self {
        self.overwrites = true;
        self
    }

    /// The largest file that it takes; a larger one fails with `BG_E_TOO_LARGE` (UPLOAD-16).
    pub fn maximum_size(&mut self, bytes: u64) -> &mut Self {
        self.largest = Some(bytes);
        self
    }

    /// Its directory allows scripts or execution: uploads fail with `BG_E_SERVER_EXECUTE_ENABLED`
    /// (UPLOAD-30).
    pub fn allow_execution(&mut self) -> &mut Self {
        self.executes = true;
        self
    }

    /// A server application gets the file, which is not kept at the resource, and answers the next
    /// attempts like that, in its own context unless the fault names another (ERR-28). After
    /// the last of these answers it accepts.
    pub fn application(&mut self, fault: impl Into<Fault>) -> &mut Self {
        self.has_application = true;
        self.application.add(fault.into());
        self
    }

    /// A server application gets the file and replies to an upload-reply with that (UPLOAD-05); the
    /// reply is empty by default (UPLOAD-13).
    pub fn reply(&mut self, content: impl Into<Content>) -> &mut Self {
        self.has_application = true;
        self.reply = content.into();
        self
    }

    /// Adds a fault for the next attempts to fetch the reply.
    pub fn reply_fault(&mut self, fault: impl Into<Fault>) -> &mut Self {
        self.reply_script.add(fault.into());
        self
    }

    /// The server forgets all sessions and what they sent (UPLOAD-06).
    pub fn forget_sessions(&mut self) -> &mut Self {
        self.sessions.clear();
        self
    }

    /// The next byte that the server expects of that job, if it has a session (UPLOAD-03).
    #[must_use]
    pub fn acknowledged(&self, job: JobId) -> Option<u64> {
        self.sessions.get(&job).map(|session| session.acknowledged)
    }

    /// The last file that was uploaded whole and accepted.
    #[must_use]
    pub const fn received(&self) -> Option<&Content> {
        self.received.as_ref()
    }

    /// How often a whole file was posted to the application, which may get one several times
    /// (UPLOAD-07).
    #[must_use]
    pub const fn posts(&self) -> u64 {
        self.posts
    }

    /// Whether a new session for a file of that size is refused, and how (UPLOAD-28).
    pub(super) fn refusal(&self, size: u64, exists: bool) -> Option<Failure> {
        let code = |code| Failure::new(code).unwrap_or_else(|_| Failure::http(500));
        if self.executes {
            Some(code(HResult::BG_E_SERVER_EXECUTE_ENABLED))
        } else if self.largest.is_some_and(|largest| size > largest) {
            Some(code(HResult::BG_E_TOO_LARGE))
        } else if exists && !self.overwrites && !self.has_application {
            Some(Failure::http(409))
        } else {
            None
        }
    }

    /// UPLOAD-17: what made no progress for too long is closed.
    pub(super) fn expire(&mut self, job: JobId, timeout: TimeDelta, now: DateTime<Utc>) {
        let expired = |session: &Session| now - session.last_progress > timeout;
        if self.sessions.get(&job).is_some_and(expired) {
            self.sessions.remove(&job);
        }
    }

    /// The server has so many bytes of the job's file.
    pub(super) fn acknowledge(&mut self, job: JobId, bytes: u64, now: DateTime<Utc>) {
        if let Some(session) = self.sessions.get_mut(&job)
            && bytes > session.acknowledged
        {
            session.acknowledged = bytes;
            session.last_progress = now;
        }
    }
}
