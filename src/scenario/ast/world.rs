//! What a scenario says of servers and of the client's programs.

use std::sync::Arc;

use chrono::TimeDelta;

use crate::machine::Failure;
use crate::vocabulary::AuthScheme;
use crate::world::CertificateProblem;

/// A server. A host that no line declares does not exist: its name is not resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerDecl {
    /// The host name, as it stands in URLs, which answers over HTTP and HTTPS alike, each for
    /// itself; or an origin such as `http://example.com:8080` or `\\\\server`.
    pub host: Arc<str>,
    /// How long it takes to answer.
    pub latency: TimeDelta,
    /// How many bytes a second it moves.
    pub rate: u64,
    /// What it does not do for any path.
    pub lacks: Lacks,
    /// It speaks HTTP/1.0 (HTTP-01).
    pub http_1_0: bool,
    /// The certificate that it shows over HTTPS.
    pub certificate: Option<ServerCertificate>,
    /// Whom it asks for credentials (ERR-31).
    pub asks: Option<Asking>,
    /// What it answers before it looks at the path.
    pub answers: AnswerScript,
}

/// The certificate of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerCertificate {
    /// One that the system accepts, by its hash.
    Hash(Arc<[u8]>),
    /// One with which something is wrong (HTTP-11).
    Bad(CertificateProblem),
}

/// Credentials that a server or a proxy asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// The scheme.
    pub scheme: AuthScheme,
    /// User and password; `None`: those of the logged-on user (PROP-19).
    pub of: Option<(Arc<str>, Arc<str>)>,
}

/// What a server does not do, though downloads usually need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lacks {
    /// It sends no parts of a file (HTTP-03).
    pub ranges: bool,
    /// It does not say how large a file is (HTTP-02).
    pub sizes: bool,
}

/// How a resource takes uploads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Uploading {
    /// Files that are there are replaced (UPLOAD-19).
    pub overwrites: bool,
    /// The largest file that it takes (UPLOAD-16).
    pub largest: Option<u64>,
    /// Its directory allows scripts or execution (UPLOAD-30).
    pub executes: bool,
}

/// A resource of a server. A path that no line declares is not found (404).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceDecl {
    /// The path, as it stands in URLs.
    pub path: Arc<str>,
    /// Its size in bytes, if it can be downloaded; without a size it takes uploads.
    pub size: Option<u64>,
    /// How it takes uploads; with a size, whether it does.
    pub uploads: Option<Uploading>,
    /// How long its answers take, if not as long as those of the server.
    pub latency: Option<TimeDelta>,
    /// How many bytes a second flow, if not as many as of the server.
    pub rate: Option<u64>,
    /// What the server does not do for it.
    pub lacks: Lacks,
    /// The headers of the response, each line ended by CR LF (PROGRESS-17).
    pub headers: Option<Arc<str>>,
    /// What it answers to each attempt.
    pub answers: AnswerScript,
    /// What the server application behind an upload answers to each post.
    pub application: AnswerScript,
    /// The size of the reply to an upload-reply.
    pub reply: u64,
    /// What the transfer of the reply meets.
    pub reply_answers: AnswerScript,
}

/// Answers to one attempt after another; after the last, all goes well.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AnswerScript(pub Vec<(ServerAnswer, Times)>);

/// How often an answer is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// So many times.
    Count(u64),
    /// From then on.
    Always,
}

/// What a server answers to an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerAnswer {
    /// All goes well.
    Well,
    /// The attempt fails, once so many bytes of the file are there.
    Fails {
        /// How it fails.
        failure: Failure,
        /// When.
        when: When,
    },
    /// No answer comes (UPLOAD-15).
    IsSilent,
    /// The server redirects; what comes of it the policy of the job decides (HTTP-12, HTTP-13).
    Redirects {
        /// The HTTP status.
        status: u16,
        /// Where to.
        url: Arc<str>,
    },
    /// The file becomes another, once so many bytes of it are there (HTTP-08).
    Changes {
        /// After how many bytes of the file.
        after: u64,
    },
    /// The server no longer knows the upload, or is another one (UPLOAD-06).
    ForgetsSession,
}

/// When an attempt fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Instead of an answer.
    AtOnce,
    /// Once so many bytes of the file are there.
    After(u64),
    /// Once all bytes have been sent, so that the last of them do not count (UPLOAD-07).
    AtEnd,
}

/// What a program of the client answers to one call after another; after the last, that all is
/// well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replies<T>(pub Vec<Reply<T>>);

impl<T> Default for Replies<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// An answer of a program of the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply<T> {
    /// The code that it returns.
    pub code: T,
    /// How long it takes.
    pub after: TimeDelta,
    /// How often it answers so.
    pub times: Times,
}
