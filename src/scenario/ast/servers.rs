//! Servers, their resources and what they answer, as a scenario declares them.

use std::sync::Arc;

use chrono::TimeDelta;

use crate::machine::Failure;
use crate::world::{AuthChallenge, CertificateProblem, HeadAnswer};

/// What a line says of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServerClause {
    /// `latency DURATION`: how long it takes to answer.
    Latency(TimeDelta),
    /// `rate SIZE/s`: how many bytes a second it moves.
    Rate(u64),
    /// `without ranges`: it sends no parts of files (HTTP-03).
    WithoutRanges,
    /// `without sizes`: it does not say how large a file is (HTTP-02).
    WithoutSizes,
    /// `HEAD answers …`: how it answers HEAD (HTTP-18).
    Head(HeadAnswer),
    /// `HTTP/1.0`: it speaks that version (HTTP-01).
    Http10,
    /// `certificate …`: the certificate that it shows over HTTPS.
    Certificate(ServerCertificate),
    /// `asks for …`: the credentials that it requires (ERR-31).
    Asks(AuthChallenge),
    /// `answers …`: what it answers before it looks at the path.
    Answers(Vec<ScriptedAnswer>),
}

/// The certificate of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerCertificate {
    /// One that the system accepts, by its hash.
    Hash(Arc<[u8]>),
    /// One with which something is wrong (HTTP-11).
    Bad(CertificateProblem),
}

/// A resource of a server. A path that no line declares is not found (404).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceDecl {
    /// The path, as it stands in URLs.
    pub path: Arc<str>,
    /// Its size in bytes, if it can be downloaded; without a size it takes uploads.
    pub size: Option<u64>,
    /// What else the line says, in order.
    pub clauses: Vec<ResourceClause>,
}

/// What a line says of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResourceClause {
    /// `latency DURATION`: how long its answers take, if not as long as those of the server.
    Latency(TimeDelta),
    /// `rate SIZE/s`: how many bytes a second flow, if not as many as of the server.
    Rate(u64),
    /// `without ranges`: the server sends no parts of it (HTTP-03).
    WithoutRanges,
    /// `without sizes`: the server does not say how large it is (HTTP-02).
    WithoutSizes,
    /// `HEAD answers …`: how HEAD is answered, if not as the server does (HTTP-18).
    Head(HeadAnswer),
    /// `takes uploads`: also with a size.
    TakesUploads,
    /// `overwrites`: uploads replace a file that is there (UPLOAD-19).
    Overwrites,
    /// `executes`: its directory allows scripts or execution (UPLOAD-30).
    Executes,
    /// `largest upload SIZE`: the largest file that it takes (UPLOAD-16).
    LargestUpload(u64),
    /// `header "ETag: 1"`: a line of the response's headers (PROGRESS-17).
    Header(Arc<str>),
    /// `answers …`: what it answers to each attempt.
    Answers(Vec<ScriptedAnswer>),
    /// `application answers …`: what the server application behind an upload answers to each post.
    ApplicationAnswers(Vec<ScriptedAnswer>),
    /// `reply SIZE`: the size of the reply to an upload-reply.
    Reply(u64),
    /// `reply answers …`: what the transfer of the reply meets.
    ReplyAnswers(Vec<ScriptedAnswer>),
}

/// An answer of a script, and how often it is given: to one attempt after another; after the last, all
/// goes well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptedAnswer {
    /// The answer.
    pub answer: ServerAnswer,
    /// How often.
    pub times: Repetition,
}

/// How often an answer is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repetition {
    /// A number of times.
    Count(u64),
    /// From then on.
    Always,
}

/// What a server answers to an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServerAnswer {
    /// `well`: the attempt succeeds.
    Well,
    /// `CODE …`: the attempt fails.
    Fails {
        /// How it fails.
        failure: Failure,
        /// When.
        when: FaultTiming,
    },
    /// `silence`: no answer comes (UPLOAD-15).
    IsSilent,
    /// `redirect STATUS to URL`: what comes of it the policy of the job decides (HTTP-12, HTTP-13).
    Redirects {
        /// The HTTP status.
        status: u16,
        /// Where to.
        url: Arc<str>,
    },
    /// `file changed after SIZE`: another file under the same name (HTTP-08).
    Changes {
        /// After how many bytes of the file.
        after: u64,
    },
    /// `session lost`: the server no longer knows the upload, or is another one (UPLOAD-06).
    ForgetsSession,
}

/// When an attempt fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultTiming {
    /// Instead of an answer.
    AtOnce,
    /// `at HEAD`: instead of an answer to HEAD (HTTP-18).
    AtHead,
    /// `at GET`: instead of an answer to GET, or to what is sent in its place (HTTP-18).
    AtGet,
    /// Once that many bytes of the file are there.
    After(u64),
    /// Once all bytes have been sent, so that the last of them do not count (UPLOAD-07).
    AtEnd,
}
