//! A server: its abilities, speed, faults and access, and its resources.

pub(super) mod acl;
pub(super) mod address;
pub(super) mod auth;
mod canonical;
pub(super) mod certificate;
pub(super) mod content;
pub(super) mod fault;
pub(super) mod fault_script;
pub(super) mod head;
mod missing;
pub(super) mod proxy;
pub(super) mod request;
pub(super) mod resource;
#[cfg(feature = "scenario")]
pub(super) mod scenario_driver;
mod unmet;

use std::collections::BTreeMap;
use std::sync::Arc;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::recent_log::RecentLog;
use super::setters::setters;
use super::time::span;
use super::upload::packet::PacketExchange;
use crate::vocabulary::job::remote_name::path_on_server;
use crate::vocabulary::{JobId, Protocol, RemoteName};
use acl::Acl;
use auth::AuthChallenge;
use certificate::CertificateProblem;
use fault::Fault;
use fault_script::FaultScript;
use head::HeadAnswer;
use request::Request;
use resource::ResourceState;

/// The hash of the certificate of a server of which no test says it (PROP-27).
const DEFAULT_CERTIFICATE_HASH: [u8; 20] = [0; 20];
/// How many bytes a second flow by default.
const DEFAULT_RATE: u64 = 1 << 20;
/// When sessions without progress are closed, by default (UPLOAD-17).
const SESSION_TIMEOUT: TimeDelta = TimeDelta::days(14);
/// How often such sessions are looked for, by default (UPLOAD-17).
const CLEAN_UP_INTERVAL: TimeDelta = TimeDelta::hours(12);
/// After how long without the host of its session a client turns to the original name (UPLOAD-18).
const HOST_ID_FALLBACK: TimeDelta = TimeDelta::days(1);

/// A server, found by its origin: `https://example.com`, `http://host:8080` or `\\server`.
///
/// By default it answers at once, moves 1 MiB a second to each transfer, supports HTTP/1.1 with
/// lengths and ranges, demands no credentials, and has no resource: it answers 404.
///
/// ```
/// use std::time::Duration;
/// use bits_emulator::server::ServerState;
///
/// let mut server = ServerState::default();
/// server.latency(Duration::from_secs(2)).rate(10 << 20);
/// server.resource("/app.exe").content("MZ...");
/// ```
#[derive(Debug, Clone, Default)]
pub struct ServerState {
    pub(super) protocol: Protocol,
    pub(super) latency: TimeDelta,
    rate: Option<u64>,
    pub(super) script: FaultScript,
    pub(super) challenge: Option<AuthChallenge>,
    pub(super) acl: Option<Acl>,
    pub(super) lacks_ranges: bool,
    pub(super) merges_ranges: bool,
    pub(super) part_header_bytes: u64,
    pub(super) breaks_before_parts: Option<u32>,
    pub(super) lower_case_headers: bool,
    pub(super) lacks_lengths: bool,
    pub(super) http_1_0: bool,
    head: HeadAnswer,
    certificate: Option<Arc<[u8]>>,
    pub(super) certificate_problem: Option<CertificateProblem>,
    pub(super) anonymous: bool,
    /// The origin of the host that answers uploads, and when a client gives it up.
    pub(super) host: Option<(Arc<str>, Option<TimeDelta>)>,
    session_timeout: Option<TimeDelta>,
    clean_up_interval: Option<TimeDelta>,
    pub(super) exchanges: RecentLog<PacketExchange>,
    pub(super) resources: BTreeMap<String, ResourceState>,
    pub(super) requests: RecentLog<Request>,
}

impl ServerState {
    pub(super) fn new(protocol: Protocol) -> Self {
        Self { protocol, ..Self::default() }
    }

    /// Returns the resource of that path, its query included. One that did not exist is made, without
    /// content. Paths on a share, such as `share\file`, are the same in any case of letters.
    pub fn resource(&mut self, path: &str) -> &mut ResourceState {
        self.resources.entry(path_on_server(self.protocol, path)).or_default()
    }

    setters! {
        /// Removes a resource: the server answers 404.
        remove_resource(path: &str)
            |server| server.resources.remove(&path_on_server(server.protocol, path));

        /// Sets how long each answer takes.
        latency(latency: Duration) |server| server.latency = span(latency);

        /// Sets how many bytes a second flow in each transfer. At 0 nothing ever arrives.
        rate(bytes_per_second: u64) |server| server.rate = Some(bytes_per_second);

        /// Adds a fault for the next attempts, which they meet before those of their resource.
        fails(fault: impl Into<Fault>) |server| server.script.add(fault);

        /// Removes the faults that were not met yet.
        clear_faults() |server| server.script.clear();

        /// Sets the credentials that the server demands; without them it answers 401 (ERR-31). `None`, the
        /// default, demands none. File servers know the user, and demand nothing (PROP-19).
        challenge(challenge: impl Into<Option<AuthChallenge>>)
            |server| server.challenge = challenge.into();

        /// Sets who may read and write its files. A file server knows the user of a job, and denies with
        /// `ERROR_ACCESS_DENIED`; one that asks [who is logged on](AuthChallenge::logged_on_user) answers 401.
        /// Others let everyone (SEC-01).
        acl(acl: Acl) |server| server.acl = Some(acl);

        /// Removes the support of ranges (HTTP-03).
        without_ranges() |server| server.lacks_ranges = true;

        /// Lets the server answer a request for several ranges with one that spans them (FILES-22).
        merging_ranges() |server| server.merges_ranges = true;

        /// Sets how many bytes the headers of each part have besides Content-Range and Content-Type, in the
        /// answer to a request for several ranges; with more than 180 the job fails with
        /// `BG_E_INVALID_SERVER_RESPONSE` (HTTP-05).
        part_header_bytes(bytes: u64) |server| server.part_header_bytes = bytes;

        /// Sets how many CR LF stand between the headers of that answer and the first part; more than two
        /// fail the job likewise (HTTP-05).
        breaks_before_parts(breaks: u32) |server| server.breaks_before_parts = Some(breaks);

        /// Writes the names of headers in small letters, as HTTP/2 does. That makes no difference to BITS, and
        /// should make none to clients that read response headers (HTTP-06).
        lower_case_headers() |server| server.lower_case_headers = true;

        /// Leaves the sizes of files out of answers (HTTP-02).
        without_lengths() |server| server.lacks_lengths = true;

        /// Sets how the server answers HEAD; by default as GET (HTTP-18).
        head(answer: HeadAnswer) |server| server.head = answer;

        /// Sets HTTP/1.0, which is enough as long as the server sends lengths and supports ranges where a job
        /// needs them (HTTP-01).
        http_1_0() |server| server.http_1_0 = true;

        /// Sets the hash of the certificate that the server shows over HTTPS; by default it is one of zeros.
        /// The system accepts it (HTTP-11); a job with a check of its own gets to see it (PROP-27).
        certificate(hash: impl Into<Arc<[u8]>>) |server| server.certificate = Some(hash.into());

        /// Sets what is wrong with the server's certificate; `None`, the default, if nothing is (HTTP-11).
        certificate_problem(problem: impl Into<Option<CertificateProblem>>)
            |server| server.certificate_problem = problem.into();

        /// Sets whether the server allows anonymous access too; by default it does not. One that does
        /// never demands credentials: all users are anonymous, and a resource that [denies them
        /// access](ResourceState::allow_anonymous) denies it even to jobs with the right credentials
        /// (HTTP-15).
        allow_anonymous(allowed: bool) |server| server.anonymous = allowed;

        /// Sets after how long without progress the server closes the session of an upload; 14 days by
        /// default (UPLOAD-17).
        session_timeout(timeout: Duration) |server| server.session_timeout = Some(span(timeout));

        /// Sets how often the server looks for sessions to close; every 12 hours by default, at midnight and
        /// noon (UPLOAD-17). At 0 it closes each when its time is over.
        clean_up_interval(interval: Duration)
            |server| server.clean_up_interval = Some(span(interval));
    }

    /// Sets the origin of the host that answers uploads: another server of the same world with the same
    /// paths (`BITSHostId`, UPLOAD-18). A client sends the packets of a session there, and after a day
    /// without an answer to the original name. `None`: the server answers uploads itself, the default.
    ///
    /// ```
    /// use bits_emulator::Emulator;
    ///
    /// let emulator = Emulator::new();
    /// let node = "https://node1.example.com";
    /// emulator.server("https://example.com").with_state(|server| _ = server.host_id(node));
    /// emulator.server(node).resource("/in/report.txt").uploads(|_| ());
    /// ```
    pub fn host_id<'a>(&mut self, origin: impl Into<Option<&'a str>>) -> &mut Self {
        let origin = origin.into().map(|origin| RemoteName::from(origin).origin().into());
        self.host = origin.map(|origin| (origin, Some(HOST_ID_FALLBACK)));
        self
    }

    /// Sets after how long a client gives up the [host](Self::host_id); `None`: never
    /// (`BITSHostIdFallbackTimeout`, UPLOAD-18).
    pub fn host_id_fallback(&mut self, timeout: Option<Duration>) -> &mut Self {
        if let Some((_, fallback)) = &mut self.host {
            *fallback = timeout.map(span);
        }
        self
    }

    /// Returns the packets of uploads over HTTP that reached the server, and their answers, oldest first;
    /// the latest thousand (UPLOAD-02).
    pub fn exchanges(&self) -> impl Iterator<Item = &PacketExchange> {
        self.exchanges.iter()
    }

    /// The session timeout and the interval of the clean-up.
    pub(super) fn clean_up_times(&self) -> (TimeDelta, TimeDelta) {
        let timeout = self.session_timeout.unwrap_or(SESSION_TIMEOUT);
        (timeout, self.clean_up_interval.unwrap_or(CLEAN_UP_INTERVAL))
    }

    /// UPLOAD-17
    pub(super) fn clean_up(&mut self, now: DateTime<Utc>) {
        let times = self.clean_up_times();
        for resource in self.resources.values_mut() {
            if let Some(uploads) = &mut resource.uploads {
                uploads.sessions.clean_up(times, now);
            }
        }
    }

    /// The jobs whose upload sessions the server knows.
    pub(super) fn uploading(&self) -> Vec<JobId> {
        let places = self.resources.values().filter_map(|resource| resource.uploads.as_ref());
        places.flat_map(|place| place.sessions.by_id.values().map(|session| session.job)).collect()
    }

    /// Returns the requests that reached the server, oldest first; the latest thousand.
    pub fn requests(&self) -> impl Iterator<Item = &Request> {
        self.requests.iter()
    }

    /// The hash of the certificate that the server shows over HTTPS.
    pub(super) fn certificate_hash(&self) -> Arc<[u8]> {
        self.certificate.clone().unwrap_or_else(|| DEFAULT_CERTIFICATE_HASH.into())
    }

    /// How HEAD of the resource of that path is answered.
    pub(super) fn head_of(&self, path: &str) -> HeadAnswer {
        let own = self.resources.get(path).and_then(|resource| resource.head);
        own.unwrap_or(self.head)
    }

    /// The size that HEAD of that path tells if nothing goes wrong.
    pub(super) fn told_size(&self, path: &str) -> Option<u64> {
        let resource = self.resources.get(path)?;
        let size = resource.content.as_ref()?.size();
        match self.head_of(path) {
            HeadAnswer::AsGet => (!self.lacks_lengths && !resource.lacks_lengths).then_some(size),
            HeadAnswer::Length(size) => Some(size),
            HeadAnswer::WithoutLength | HeadAnswer::Status(_) => None,
        }
    }

    /// Whether HEAD of that path tells that there is nothing to fetch, and GET would not tell otherwise.
    pub(super) fn needs_only_head(&self, path: &str) -> bool {
        let content = self.resources.get(path).and_then(|resource| resource.content.as_ref());
        self.told_size(path) == Some(0) && content.is_some_and(|content| content.size() == 0)
    }

    /// How many bytes of the resource of that path flow a second.
    pub(super) fn rate_of(&self, path: &str) -> u64 {
        let own = self.resources.get(path).and_then(|resource| resource.rate);
        own.or(self.rate).unwrap_or(DEFAULT_RATE)
    }
}
