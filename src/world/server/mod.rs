//! A server: what it can do, how fast it is, what it asks for, and its resources.

pub(super) mod acl;
pub(super) mod address;
pub(super) mod auth;
pub(super) mod certificate;
pub(super) mod content;
pub(super) mod fault;
pub(super) mod proxy;
pub(super) mod request;
pub(super) mod resource;
#[cfg(feature = "scenario")]
pub(super) mod scenario_driver;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::upload::packet::{Exchange, PacketLog};
use crate::vocabulary::job::remote_name::path_on_server;
use crate::vocabulary::{JobId, Protocol, RemoteName};
use acl::Acl;
use auth::AuthChallenge;
use certificate::CertificateProblem;
use fault::{Fault, FaultScript};
use request::Request;
use resource::ResourceState;

/// How many requests a server remembers.
const REMEMBERED_REQUESTS: usize = 1_000;
/// After how long without the host of its session a client turns to the original name (UPLOAD-18).
const HOST_ID_FALLBACK: TimeDelta = TimeDelta::days(1);

/// A server, by its origin: `https://example.com`, `http://host:8080` or `\\server`.
///
/// By default it answers at once, moves 1 MiB a second to each transfer, supports HTTP/1.1 with
/// lengths and ranges, asks for nothing, and has no resource: it answers 404.
///
/// ```
/// use bits_emulator::server::World;
/// use chrono::{DateTime, TimeDelta, Utc};
///
/// let mut world = World::new();
/// let server = world.server("https://example.com");
/// server.latency(TimeDelta::seconds(2)).rate(10 << 20);
/// server.resource("/app.exe").content("MZ...");
/// ```
#[derive(Debug, Clone)]
pub struct ServerState {
    pub(super) protocol: Protocol,
    pub(super) latency: TimeDelta,
    pub(super) rate: u64,
    pub(super) script: FaultScript,
    pub(super) challenge: Option<AuthChallenge>,
    pub(super) acl: Option<Acl>,
    pub(super) ranges: bool,
    pub(super) merges_ranges: bool,
    pub(super) part_header_bytes: u64,
    pub(super) breaks_before_parts: u32,
    pub(super) lower_case_headers: bool,
    pub(super) lengths: bool,
    pub(super) http_1_0: bool,
    pub(super) certificate: Option<Arc<[u8]>>,
    pub(super) certificate_problem: Option<CertificateProblem>,
    /// It asks for no credentials although it could.
    pub(super) anonymous: bool,
    /// The origin of the host that answers uploads, and when a client gives it up.
    pub(super) host: Option<(Arc<str>, Option<TimeDelta>)>,
    pub(super) session_timeout: TimeDelta,
    pub(super) clean_up_interval: TimeDelta,
    pub(super) exchanges: PacketLog,
    pub(super) resources: BTreeMap<String, ResourceState>,
    pub(super) requests: VecDeque<Request>,
}

impl Default for ServerState {
    fn default() -> Self {
        Self::new(Protocol::Http)
    }
}

impl ServerState {
    pub(super) const fn new(protocol: Protocol) -> Self {
        Self {
            protocol,
            latency: TimeDelta::zero(),
            rate: 1 << 20,
            script: FaultScript::new(),
            challenge: None,
            acl: None,
            ranges: true,
            merges_ranges: false,
            part_header_bytes: 0,
            breaks_before_parts: 1,
            lower_case_headers: false,
            lengths: true,
            http_1_0: false,
            certificate: None,
            certificate_problem: None,
            anonymous: false,
            host: None,
            session_timeout: TimeDelta::seconds(1_209_600),
            clean_up_interval: TimeDelta::hours(12),
            exchanges: PacketLog::new(),
            resources: BTreeMap::new(),
            requests: VecDeque::new(),
        }
    }

    /// The resource of that path, its query included. One that did not exist is made, without
    /// content. Paths on a share, such as `share\file`, are the same in any case of letters.
    pub fn resource(&mut self, path: &str) -> &mut ResourceState {
        self.resources.entry(path_on_server(self.protocol, path)).or_default()
    }

    /// Takes a resource away: the server answers 404.
    pub fn remove_resource(&mut self, path: &str) -> &mut Self {
        self.resources.remove(&path_on_server(self.protocol, path));
        self
    }

    /// How long each answer takes; less than nothing counts as nothing.
    pub fn latency(&mut self, latency: TimeDelta) -> &mut Self {
        self.latency = latency.max(TimeDelta::zero());
        self
    }

    /// How many bytes a second flow in each transfer. At 0 nothing ever arrives.
    pub fn rate(&mut self, bytes_per_second: u64) -> &mut Self {
        self.rate = bytes_per_second;
        self
    }

    /// Adds a fault for the next attempts, which they meet before those of their resource.
    pub fn fails(&mut self, fault: impl Into<Fault>) -> &mut Self {
        self.script.add(fault);
        self
    }

    /// Removes the faults that were not met yet.
    pub fn clear_faults(&mut self) -> &mut Self {
        self.script.clear();
        self
    }

    /// Sets the credentials that the server demands; without them it answers 401 (ERR-31). `None`, the
    /// default, demands none. File servers know the user, and demand nothing (PROP-19).
    pub fn challenge(&mut self, challenge: impl Into<Option<AuthChallenge>>) -> &mut Self {
        self.challenge = challenge.into();
        self
    }

    /// Sets who may read and write its files. A file server knows the user of a job, and denies with
    /// `ERROR_ACCESS_DENIED`; one that asks [who is logged on](AuthChallenge::logged_on_user) answers 401.
    /// Others let everyone (SEC-01).
    pub fn acl(&mut self, acl: Acl) -> &mut Self {
        self.acl = Some(acl);
        self
    }

    /// It does not support ranges (HTTP-03).
    pub fn without_ranges(&mut self) -> &mut Self {
        self.ranges = false;
        self
    }

    /// It answers a request for several ranges with one that spans them (FILES-22).
    pub fn merging_ranges(&mut self) -> &mut Self {
        self.merges_ranges = true;
        self
    }

    /// In its answer to a request for several ranges the headers of each part have so many bytes
    /// besides Content-Range and Content-Type; with more than 180 the job fails with
    /// `BG_E_INVALID_SERVER_RESPONSE` (HTTP-05).
    pub const fn part_header_bytes(&mut self, bytes: u64) -> &mut Self {
        self.part_header_bytes = bytes;
        self
    }

    /// So many CR LF stand between the headers of that answer and the first part; more than two fail
    /// the job likewise (HTTP-05).
    pub const fn breaks_before_parts(&mut self, breaks: u32) -> &mut Self {
        self.breaks_before_parts = breaks;
        self
    }

    /// It writes the names of headers in small letters, as HTTP/2 does. That makes no difference to
    /// BITS, and should make none to those who read response headers (HTTP-06).
    pub const fn lower_case_headers(&mut self) -> &mut Self {
        self.lower_case_headers = true;
        self
    }

    /// It does not say how large its files are (HTTP-02).
    pub fn without_lengths(&mut self) -> &mut Self {
        self.lengths = false;
        self
    }

    /// It speaks HTTP/1.0, which is enough as long as it says lengths and supports ranges where a
    /// job needs them (HTTP-01).
    pub fn http_1_0(&mut self) -> &mut Self {
        self.http_1_0 = true;
        self
    }

    /// The hash of the certificate that it shows. The system accepts it (HTTP-11); a job with a
    /// check of its own is told of it (PROP-27).
    pub fn certificate(&mut self, hash: impl Into<Arc<[u8]>>) -> &mut Self {
        self.certificate = Some(hash.into());
        self
    }

    /// Something is wrong with its certificate (HTTP-11).
    pub fn certificate_problem(&mut self, problem: CertificateProblem) -> &mut Self {
        self.certificate_problem = Some(problem);
        self
    }

    /// Nothing is wrong with its certificate any more.
    pub fn valid_certificate(&mut self) -> &mut Self {
        self.certificate_problem = None;
        self
    }

    /// It allows anonymous access too, and so never asks for credentials: everybody is anonymous, and a
    /// resource that [keeps anonymous users out](ResourceState::deny_anonymous) denies access even to jobs
    /// with the right credentials (HTTP-15).
    pub fn allow_anonymous(&mut self) -> &mut Self {
        self.anonymous = true;
        self
    }

    /// It does not allow anonymous access: the default.
    pub fn forbid_anonymous(&mut self) -> &mut Self {
        self.anonymous = false;
        self
    }

    /// After how long without progress it closes the session of an upload; 14 days by default
    /// (UPLOAD-17).
    pub fn session_timeout(&mut self, timeout: TimeDelta) -> &mut Self {
        self.session_timeout = timeout;
        self
    }

    /// How often it looks for sessions to close; every 12 hours by default, at midnight and noon
    /// (UPLOAD-17). At 0 it closes each when its time is over.
    pub fn clean_up_interval(&mut self, interval: TimeDelta) -> &mut Self {
        self.clean_up_interval = interval;
        self
    }

    /// Its name stands for several computers, and uploads are answered by the one with that origin,
    /// which is another server of the same world with the same paths (`BITSHostId`, UPLOAD-18). A
    /// client sends the packets of a session there, and after a day without an answer to the original
    /// name.
    ///
    /// ```
    /// use bits_emulator::server::World;
    ///
    /// let mut world = World::new();
    /// world.server("https://example.com").host_id("https://node1.example.com");
    /// world.server("https://node1.example.com").resource("/in/report.txt").uploads();
    /// ```
    pub fn host_id(&mut self, origin: &str) -> &mut Self {
        self.host = Some((RemoteName::from(origin).origin().into(), Some(HOST_ID_FALLBACK)));
        self
    }

    /// After how long a client gives up the [host](Self::host_id); `None`: never
    /// (`BITSHostIdFallbackTimeout`, UPLOAD-18).
    pub fn host_id_fallback(&mut self, timeout: Option<TimeDelta>) -> &mut Self {
        if let Some((_, fallback)) = &mut self.host {
            *fallback = timeout;
        }
        self
    }

    /// It answers uploads itself: the default.
    pub fn no_host_id(&mut self) -> &mut Self {
        self.host = None;
        self
    }

    /// The packets of uploads over HTTP that reached it, and their answers, oldest first; the latest
    /// thousand (UPLOAD-02).
    pub fn exchanges(&self) -> impl Iterator<Item = &Exchange> {
        self.exchanges.iter()
    }

    pub(super) const fn log(&mut self) -> &mut PacketLog {
        &mut self.exchanges
    }

    /// After how long what made no progress goes, and how often that is looked for.
    pub(super) const fn clean_up_times(&self) -> (TimeDelta, TimeDelta) {
        (self.session_timeout, self.clean_up_interval)
    }

    /// UPLOAD-17
    pub(super) fn clean_up(&mut self, now: DateTime<Utc>) {
        for resource in self.resources.values_mut() {
            if let Some(uploads) = &mut resource.uploads {
                uploads.sessions.clean_up(self.session_timeout, self.clean_up_interval, now);
            }
        }
    }

    /// Whose uploads it knows of.
    pub(super) fn uploading(&self) -> Vec<JobId> {
        let places = self.resources.values().filter_map(|resource| resource.uploads.as_ref());
        places.flat_map(|place| place.sessions.iter().map(|(_, session)| session.job)).collect()
    }

    /// The requests that reached it, oldest first; the latest thousand.
    pub fn requests(&self) -> impl Iterator<Item = &Request> {
        self.requests.iter()
    }

    pub(super) fn note(&mut self, request: Request) {
        if self.requests.len() >= REMEMBERED_REQUESTS {
            self.requests.pop_front();
        }
        self.requests.push_back(request);
    }

    pub(super) fn find(&self, path: &str) -> Option<&ResourceState> {
        self.resources.get(path)
    }

    pub(super) fn find_mut(&mut self, path: &str) -> Option<&mut ResourceState> {
        self.resources.get_mut(path)
    }
}
