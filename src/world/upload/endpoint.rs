//! An upload endpoint: what it accepts, its sessions and the application behind it.

use std::hash::{Hash, Hasher};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::application::{Application, ApplicationPost, ServerNotification};
use super::packet::SessionId;
use super::server_session::ServerSessions;
use crate::machine::Failure;
use crate::vocabulary::canonical::Canonical;
use crate::vocabulary::errors::ensure;
use crate::vocabulary::{ErrorContext, HResult, JobId, RemoteName};
use crate::world::failure::failure;
use crate::world::server::content::Content;
use crate::world::server::fault::Fault;
use crate::world::setters::setters;
use crate::world::time::span;

/// The upload endpoint of a resource. By default it takes files of any size, notifies no application,
/// and does not replace a file that is there (UPLOAD-19).
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
    setters! {
        /// Sets whether a file that is there is replaced (UPLOAD-19); otherwise, by default, the answer is
        /// 409, which is transient (UPLOAD-20).
        allow_overwrites(allowed: bool) |uploads| uploads.overwrites = allowed;

        /// Sets the size of the largest file; a larger one fails with `BG_E_TOO_LARGE` (UPLOAD-16).
        maximum_size(bytes: u64) |uploads| uploads.largest = Some(bytes);

        /// Sets whether the directory allows scripts or execution; if it does, uploads fail with
        /// `BG_E_SERVER_EXECUTE_ENABLED` (UPLOAD-30).
        allow_execution(allowed: bool) |uploads| uploads.executes = allowed;

        /// Makes the directory write-only: users may write to it, and not change what is in it. Uploads fail
        /// with `E_ACCESSDENIED` in the context REMOTE_FILE (UPLOAD-30); the code is an interpretation.
        write_only() |uploads| uploads.write_only = true;

        /// Sets how an application is notified of uploads (UPLOAD-26). A file of which one is notified is not
        /// kept at the resource.
        notification(by: ServerNotification) |uploads| uploads.application.notification = by;

        /// Adds a fault for the next posts to the server application, in its own context unless the fault
        /// names another (ERR-28). There is an application from then on; it gets the file by reference unless
        /// a [notification](Self::notification) is set.
        application_fails(fault: impl Into<Fault>)
            |uploads| uploads.application.ensure_exists().script.add(fault);

        /// Sets how long the server application takes to answer. After 5 minutes the client gives up, and the
        /// file is posted again later (UPLOAD-15, UPLOAD-07).
        application_takes(time: Duration)
            |uploads| uploads.application.ensure_exists().takes = span(time);

        /// Sets the reply of the server application to an upload-reply (UPLOAD-05); it is empty by default
        /// (UPLOAD-13).
        reply(content: impl Into<Content>)
            |uploads| uploads.application.ensure_exists().reply = content.into();

        /// Sets the URL at which the reply stands, and stays: the application answers with
        /// `BITS-Static-Response-URL` (UPLOAD-26).
        static_reply(url: &str)
            |uploads| uploads.application.ensure_exists().static_reply = Some(url.into());

        /// Keeps the file at the resource although an application is notified of it, which answers with
        /// `BITS-Copy-File-To-Destination` (UPLOAD-26).
        copy_to_destination() |uploads| uploads.application.ensure_exists().copies = true;

        /// Adds a fault for the next attempts to fetch the reply.
        reply_fails(fault: impl Into<Fault>) |uploads| uploads.application.reply_script.add(fault);

        /// Removes all sessions and what they sent (UPLOAD-06).
        forget_sessions() |uploads| uploads.sessions.by_id.clear();

        /// Removes what the server has of each upload from that byte on, as after a restore of a backup.
        /// It answers the next fragment with 416, and the client sends those bytes again (UPLOAD-03). The
        /// progress of the job stands meanwhile (PROGRESS-07).
        roll_back(next: u64) |uploads| uploads.sessions.roll_back(next);
    }

    /// Returns the next byte that the server expects of that job, if it has a session (UPLOAD-03).
    #[must_use]
    pub fn acknowledged(&self, job: JobId) -> Option<u64> {
        let own = self.sessions.by_id.values().rev().find(|session| session.job == job);
        own.map(|session| session.received.next())
    }

    /// Returns the sessions that the server knows, in the order in which they were created: of a job that
    /// lost the answer to a Create-Session, all that it asked for.
    pub fn sessions(&self) -> impl Iterator<Item = (&SessionId, JobId)> {
        self.sessions.by_id.iter().map(|(id, session)| (id, session.job))
    }

    /// Returns the last file that was uploaded whole and accepted.
    #[must_use]
    pub const fn received(&self) -> Option<&Content> {
        self.received.as_ref()
    }

    /// Returns how often a whole file was posted to the application, which may get one several times
    /// (UPLOAD-07).
    #[must_use]
    pub fn posts(&self) -> u64 {
        self.application.posts.count()
    }

    /// Returns what was posted to the application, oldest first; the latest thousand.
    pub fn posted(&self) -> impl Iterator<Item = &ApplicationPost> {
        self.application.posts.iter()
    }

    /// Checks whether a new session for a file of that size is refused, and how (UPLOAD-28).
    pub(crate) fn check_new_session(&self, size: u64, exists: bool) -> Result<(), Failure> {
        // UPLOAD-30
        ensure(!self.executes, failure(HResult::BG_E_SERVER_EXECUTE_ENABLED))?;
        let denied = failure(HResult::E_ACCESSDENIED).in_context(ErrorContext::RemoteFile);
        ensure(!self.write_only, denied)?;
        let fits = self.largest.is_none_or(|largest| size <= largest);
        ensure(fits, failure(HResult::BG_E_TOO_LARGE))?;
        // UPLOAD-19
        let is_taken = exists && !self.overwrites && self.keeps_file();
        ensure(!is_taken, Failure::http(409))
    }

    /// Whether what is uploaded comes to the remote name (UPLOAD-26).
    fn keeps_file(&self) -> bool {
        !self.application.exists() || self.application.copies
    }

    /// Posts the whole file of a session to the application, if there is one, which may have got it before
    /// (UPLOAD-04, UPLOAD-07).
    pub(crate) fn post(&mut self, session: &SessionId, url: &RemoteName, now: DateTime<Utc>) {
        let Some(uploaded) = self.sessions.by_id.get(session) else { return };
        if self.application.exists() {
            let whose = (uploaded.job, session, url);
            self.application.post(whose, uploaded.received.content(), now);
        }
    }

    /// Returns the file of a session if it is to be stored at the resource now (UPLOAD-04, UPLOAD-26).
    pub(crate) fn to_be_stored(&self, session: &SessionId) -> Option<Content> {
        let uploaded = self.sessions.by_id.get(session)?;
        (self.keeps_file() && !uploaded.stored).then(|| uploaded.received.content())
    }

    /// Accepts the file of a session, which is stored.
    pub(crate) fn finalize(&mut self, session: &SessionId) {
        let Some(uploaded) = self.sessions.by_id.get_mut(session) else { return };
        uploaded.stored = true;
        uploaded.reply = Some(self.application.reply.clone());
        self.received = Some(uploaded.received.content());
    }
}

impl Canonical for UploadEndpoint {
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self { overwrites, largest, executes, write_only, application, received, sessions } =
            self;
        (overwrites, largest, executes, write_only).hash(hasher);
        application.hash_canonical(hasher);
        received.hash_canonical(hasher);
        sessions.hash_canonical(hasher);
    }
}
