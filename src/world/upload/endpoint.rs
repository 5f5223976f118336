//! A place to which files are uploaded: what it accepts, its sessions and the application behind
//! it.

use chrono::{DateTime, TimeDelta, Utc};

use super::application::{Application, Post, ServerNotification};
use super::packet::SessionId;
use super::server_session::ServerSessions;
use crate::machine::Failure;
use crate::vocabulary::{ErrorContext, HResult, JobId, RemoteName};
use crate::world::server::content::Content;
use crate::world::server::fault::Fault;

/// How a resource takes uploads.
///
/// By default it takes files of any size, tells no application of them, and does not replace one that
/// is there (UPLOAD-19).
#[derive(Debug, Clone, Default)]
pub struct UploadEndpoint {
    pub(crate) overwrites: bool,
    pub(crate) largest: Option<u64>,
    pub(crate) executes: bool,
    pub(crate) write_only: bool,
    pub(crate) application: Application,
    pub(crate) received: Option<Content>,
    pub(crate) sessions: ServerSessions,
}

impl UploadEndpoint {
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

    /// Its directory no longer does.
    pub fn forbid_execution(&mut self) -> &mut Self {
        self.executes = false;
        self
    }

    /// Users may write to its directory, and not change what is in it: uploads fail with
    /// `E_ACCESSDENIED` in the context REMOTE_FILE (UPLOAD-30); the code is our reading.
    pub fn write_only(&mut self) -> &mut Self {
        self.write_only = true;
        self
    }

    /// How an application is told of what was uploaded (UPLOAD-26). A file of which one is told is not
    /// kept at the resource.
    pub fn notification(&mut self, by: ServerNotification) -> &mut Self {
        self.application.notification = by;
        self
    }

    /// Adds a fault for the next posts to the server application, in its own context unless the fault
    /// names another (ERR-28). There is an application from then on; it gets the file by reference unless
    /// a [notification](Self::notification) is set.
    pub fn application_fails(&mut self, fault: impl Into<Fault>) -> &mut Self {
        self.application.appear();
        self.application.script.add(fault);
        self
    }

    /// How long the server application takes to answer. After 5 minutes the client gives up, and the
    /// application is told again later (UPLOAD-15, UPLOAD-07).
    pub fn application_takes(&mut self, time: TimeDelta) -> &mut Self {
        self.application.appear();
        self.application.takes = time.max(TimeDelta::zero());
        self
    }

    /// A server application gets the file and replies to an upload-reply with that (UPLOAD-05); the
    /// reply is empty by default (UPLOAD-13).
    pub fn reply(&mut self, content: impl Into<Content>) -> &mut Self {
        self.application.appear();
        self.application.reply = content.into();
        self
    }

    /// The reply stands at that URL of some server, and stays there: the application answered with
    /// `BITS-Static-Response-URL` (UPLOAD-26).
    pub fn static_reply(&mut self, url: &str) -> &mut Self {
        self.application.appear();
        self.application.static_reply = Some(url.into());
        self
    }

    /// The file is kept at the resource although an application is told of it, which answers with
    /// `BITS-Copy-File-To-Destination` (UPLOAD-26).
    pub fn copy_to_destination(&mut self) -> &mut Self {
        self.application.appear();
        self.application.copies = true;
        self
    }

    /// Adds a fault for the next attempts to fetch the reply.
    pub fn reply_fails(&mut self, fault: impl Into<Fault>) -> &mut Self {
        self.application.reply_script.add(fault);
        self
    }

    /// The server forgets all sessions and what they sent (UPLOAD-06).
    pub fn forget_sessions(&mut self) -> &mut Self {
        self.sessions.clear();
        self
    }

    /// The server loses what it had of each upload from that byte on, as after a restore of a backup.
    /// It answers the next fragment with 416, and the client sends those bytes again (UPLOAD-03). The
    /// progress of the job stands meanwhile (PROGRESS-07).
    pub fn roll_back(&mut self, next: u64) -> &mut Self {
        self.sessions.roll_back(next);
        self
    }

    /// The next byte that the server expects of that job, if it has a session (UPLOAD-03).
    #[must_use]
    pub fn acknowledged(&self, job: JobId) -> Option<u64> {
        let own = self.sessions.iter().rev().find(|(_, session)| session.job == job);
        own.map(|(_, session)| session.next())
    }

    /// The sessions that the server knows of, in the order in which they were created: of a job
    /// that lost the answer to a Create-Session, all that it asked for.
    pub fn sessions(&self) -> impl Iterator<Item = (&SessionId, JobId)> {
        self.sessions.iter().map(|(id, session)| (id, session.job))
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
        self.application.posts
    }

    /// What was posted to the application, oldest first; the latest thousand.
    pub fn posted(&self) -> impl Iterator<Item = &Post> {
        self.application.latest()
    }

    /// Whether a new session for a file of that size is refused, and how (UPLOAD-28).
    pub(crate) fn refusal(&self, size: u64, exists: bool) -> Option<Failure> {
        let code = |code| Failure::new(code).unwrap_or_else(|_| Failure::http(500));
        if self.executes {
            // UPLOAD-30
            Some(code(HResult::BG_E_SERVER_EXECUTE_ENABLED))
        } else if self.write_only {
            Some(code(HResult::E_ACCESSDENIED).in_context(ErrorContext::RemoteFile))
        } else if self.largest.is_some_and(|largest| size > largest) {
            Some(code(HResult::BG_E_TOO_LARGE))
        } else if exists && !self.overwrites && self.keeps_file() {
            // UPLOAD-19
            Some(Failure::http(409))
        } else {
            None
        }
    }

    /// Whether what is uploaded comes to the remote name (UPLOAD-26).
    fn keeps_file(&self) -> bool {
        !self.application.exists() || self.application.copies
    }

    /// The file of a session is whole: it is posted to the application, if there is one, which may
    /// have got it before (UPLOAD-04, UPLOAD-07).
    pub(crate) fn post(&mut self, session: &SessionId, url: &RemoteName, now: DateTime<Utc>) {
        let Some(known) = self.sessions.get(session) else { return };
        if self.application.exists() {
            let whose = (known.job, session, url);
            self.application.get(whose, known.content(), now);
        }
    }

    /// The file of a session is accepted. Yields it if it is to be stored at the resource now
    /// (UPLOAD-04, UPLOAD-26).
    pub(crate) fn accept(&mut self, session: &SessionId) -> Option<Content> {
        let known = self.sessions.get_mut(session)?;
        let content = known.content();
        let first = !std::mem::replace(&mut known.stored, true);
        known.reply = Some(self.application.reply.clone());
        self.received = Some(content.clone());
        (self.keeps_file() && first).then_some(content)
    }
}
