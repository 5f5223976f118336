//! The server application behind an upload endpoint: what it gets, and what it answers.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::packet::SessionId;
use crate::vocabulary::canonical::Canonical;
use crate::vocabulary::{JobId, RemoteName};
use crate::world::recent_log::RecentLog;
use crate::world::server::content::Content;
use crate::world::server::fault_script::FaultScript;

/// How a server notifies an application of an upload (`BITSServerNotificationType`, UPLOAD-26).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum ServerNotification {
    /// 0: no application is notified, and the file goes to its remote name.
    #[default]
    None,
    /// 1: the application gets the path of the file, and one for its reply.
    ByReference,
    /// 2: it gets the file itself, and answers with the reply.
    ByValue,
}

/// A file that a server posted to its application (UPLOAD-04, UPLOAD-26).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApplicationPost {
    /// When.
    pub at: DateTime<Utc>,
    /// Whose upload it is.
    pub job: JobId,
    /// The session of the upload.
    pub session: SessionId,
    /// The remote name of the upload (`BITS-Original-Request-URL`).
    pub url: Arc<str>,
    /// How the application was notified.
    pub by: ServerNotification,
    /// The file; by reference, what the file at the path holds.
    pub content: Content,
    /// By reference, where the file is (`BITS-Request-DataFile-Name`).
    pub request_file: Option<String>,
    /// By reference, where the reply is to be written (`BITS-Response-DataFile-Name`).
    pub response_file: Option<String>,
}

/// The application of an upload endpoint.
#[derive(Debug, Clone, Default)]
pub(crate) struct Application {
    pub(crate) notification: ServerNotification,
    pub(crate) script: FaultScript,
    pub(crate) takes: TimeDelta,
    pub(crate) reply: Content,
    pub(crate) reply_script: FaultScript,
    pub(crate) copies: bool,
    pub(crate) static_reply: Option<RemoteName>,
    pub(crate) posts: RecentLog<ApplicationPost>,
}

impl Application {
    pub(crate) fn exists(&self) -> bool {
        self.notification != ServerNotification::None
    }

    /// Makes sure that there is an application; it is notified by reference unless set otherwise.
    pub(crate) fn ensure_exists(&mut self) -> &mut Self {
        if !self.exists() {
            self.notification = ServerNotification::ByReference;
        }
        self
    }

    /// Posts a file to the application, perhaps once more (UPLOAD-07).
    pub(crate) fn post(
        &mut self,
        (job, session, url): (JobId, &SessionId, &RemoteName),
        content: Content,
        at: DateTime<Utc>,
    ) {
        let by_reference = self.notification == ServerNotification::ByReference;
        let file = |folder: &str, name: &str| {
            by_reference.then(|| format!(r"C:\inetpub\BITS-Sessions\{folder}\{session}\{name}"))
        };
        let name = url.split(['?', '#']).next().and_then(|path| path.rsplit('/').next());
        self.posts.push(ApplicationPost {
            at,
            job,
            session: session.clone(),
            url: Arc::clone(url.text()),
            by: self.notification,
            content,
            request_file: file(
                "Requests",
                name.filter(|name| !name.is_empty()).unwrap_or("request"),
            ),
            response_file: file("Replies", "response"),
        });
    }
}

impl Canonical for Application {
    /// All but the log of posts.
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self {
            notification,
            script,
            takes,
            reply,
            reply_script,
            copies,
            static_reply,
            posts: _,
        } = self;
        (notification, takes, copies, static_reply).hash(hasher);
        script.hash_canonical(hasher);
        reply.hash_canonical(hasher);
        reply_script.hash_canonical(hasher);
    }
}
