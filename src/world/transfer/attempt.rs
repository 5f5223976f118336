//! An attempt: a request meets its server, from the connection to the answer.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::destination::path_of;
use super::file_state::progress;
use super::flow::Flow;
use super::refusal::Refusal;
use super::{Activity, Connection, PendingRequest, Transfer};
use crate::machine::{Event, Failure, JobStateMachine, TransferItem};
use crate::vocabulary::errors::ensure;
use crate::vocabulary::{
    AuthTarget, ErrorContext, HResult, JobState, JobType, Protocol, RedirectPolicy, RemoteName,
};
use crate::world::disk::path::DiskPath;
use crate::world::environment::Environment;
use crate::world::failure::{failure, local_failure};
use crate::world::identity::local_user;
use crate::world::server::address::Address;
use crate::world::server::fault::{FaultEffect, FaultKind, Occasion, Phase};
use crate::world::server::request::Request;
use crate::world::time::later;

/// How long a client waits for an answer (UPLOAD-15).
const PATIENCE: TimeDelta = TimeDelta::minutes(5);

/// The transfer of one job at one instant, with the environment that it meets.
pub(crate) struct Attempt<'a> {
    pub(crate) transfer: &'a mut Transfer,
    pub(crate) env: &'a mut Environment,
    pub(crate) job: &'a JobStateMachine,
    pub(crate) now: DateTime<Utc>,
}

impl Attempt<'_> {
    /// Runs the activity that is due, and sets the next. Returns its events.
    pub(crate) fn run(&mut self) -> Vec<Event> {
        let (events, next) = match std::mem::take(&mut self.transfer.activity) {
            Activity::Requesting(request) => self.handle_answer(request),
            Activity::Flowing(flow) => self.continue_flow(flow),
            Activity::Scheduled { item, event, answer, .. } => {
                self.handle_scheduled(item, event, answer)
            }
            Activity::VolumeLocked { .. } => (vec![Event::VolumeUnlocked], Activity::Idle),
            Activity::Cancelling { sent, .. } => self.cancel_session(sent),
            other @ (Activity::Idle
            | Activity::CheckingCertificate(_)
            | Activity::Redirected { .. }) => (Vec::new(), other),
        };
        self.transfer.activity = next;
        events
    }

    /// Handles the answer of the server to a request.
    pub(crate) fn handle_answer(&mut self, mut request: PendingRequest) -> (Vec<Event>, Activity) {
        let Some(item) = request.item else {
            return (self.connected().into_iter().collect(), Activity::Idle);
        };
        let requested_url = request.url.clone();
        let served = self.serve(item, &mut request);
        let connected = request.connection.is_some();
        if !matches!(served, Err(Refusal::RetryAfter(_))) && connected {
            let base = served.as_ref().ok().map(|(_, flow)| flow.base);
            self.log_requests(item, &request, &requested_url, base);
        }
        if let Some(session) = &mut self.transfer.session {
            session.record_contact(connected || self.env.offline, self.now);
        }
        match &served {
            Err(Refusal::Failure(failure)) if connected => {
                self.log_failure(item, &request, Some(*failure));
            }
            Err(Refusal::Silence) if connected => self.log_failure(item, &request, None),
            _ => {}
        }
        match served {
            Ok((events, mut flow)) => {
                flow.plan(self.free_space(flow.item));
                self.transfer.writing = Some(item);
                (self.connected().into_iter().chain(events).collect(), Activity::Flowing(flow))
            }
            Err(Refusal::Failure(failure)) => self.fail(item, failure),
            Err(Refusal::Silence) => {
                let event = Event::Failed(failure(HResult::ERROR_WINHTTP_TIMEOUT));
                let at = later(self.now, PATIENCE);
                (Vec::new(), Activity::Scheduled { at, item, event, answer: None })
            }
            Err(Refusal::Redirect(status, url)) => {
                let is_head = self.is_at_head(item, &request, &requested_url);
                request.redirects.add(requested_url, is_head);
                let next = Activity::Redirected { item, redirects: request.redirects };
                (vec![Event::Redirected(status, url)], next)
            }
            Err(Refusal::RetryAfter(event)) => {
                (request.sent, request.url) = (self.now, requested_url);
                let connected = match event {
                    Event::SizeKnown(_) => self.connected(),
                    _ => None,
                };
                let next = match event {
                    Event::CertificateReceived(..) => Activity::CheckingCertificate(request),
                    _ => Activity::Requesting(request),
                };
                (connected.into_iter().chain([event]).collect(), next)
            }
        }
    }

    /// Fails the attempt; a job whose volume is locked waits for it (NET-07).
    pub(crate) fn fail(&self, item: TransferItem, failure: Failure) -> (Vec<Event>, Activity) {
        let volume = self.path(item).map(|path| path.root()).filter(|volume| {
            failure.code() == HResult::BG_E_DESTINATION_LOCKED
                && self.env.disk.is_volume_locked(volume)
        });
        match volume {
            Some(volume) => {
                (vec![Event::VolumeLocked], Activity::VolumeLocked { volume, since: self.now })
            }
            None => (vec![Event::Failed(failure)], Activity::Idle),
        }
    }

    /// A request that the job was connecting with has its answer (LIFE-18).
    fn connected(&self) -> Option<Event> {
        (self.job.state() == JobState::Connecting).then_some(Event::Connected)
    }

    fn serve(
        &mut self,
        item: TransferItem,
        request: &mut PendingRequest,
    ) -> Result<(Vec<Event>, Flow), Refusal> {
        ensure(!self.env.offline, HResult::BG_E_NETWORK_DISCONNECTED)?;
        let path = path_of(self.transfer, self.env, self.job, item);
        if let Some(path) = &path {
            // SEC-01
            self.env.disk.ensure_writable(path, local_user(self.job)).map_err(local_failure)?;
            // DONE-18: a temporary file that is open before the transfer begins fails the attempt.
            self.env.disk.ensure_creatable(path).map_err(local_failure)?;
        }
        let local = self.local_file(item)?;
        let address = Address::of(&request.url);
        if local.is_none() {
            self.env.mirror_local_file(&address);
        } else {
            let opened = self.env.open_local_upload(&address);
            opened.map_err(|code| failure(code).in_context(ErrorContext::RemoteFile))?;
        }
        // NET-09
        let finds_way = self.env.proxy.allows(self.job, &address) && self.env.can_reach(&address);
        ensure(finds_way, HResult::ERROR_WINHTTP_CANNOT_CONNECT)?;
        self.connect(item, request, &address)?;
        self.authenticate(item, request)?;
        self.authorize(item, &address)?;
        if let TransferItem::File(file) = item {
            self.send_head(file, request)?;
        }
        let fault = request.connection.as_ref().and_then(|connection| connection.fault.clone());
        if let Some(FaultEffect { kind, phase: Phase::AtAnswer | Phase::AtGet, .. }) = &fault {
            self.apply_fault(kind.clone(), &address, request.redirects.count())?;
        }
        let place = match self.job.job_type() {
            JobType::Download => address,
            JobType::Upload | JobType::UploadReply => self.env.upload_host(&address)?,
        };
        self.follow_redirect(&place, request)?;
        match local {
            Some(local) => self.serve_upload(item, request, local, fault.as_ref()),
            None if item == TransferItem::Reply => self.serve_reply(&request.url, fault.as_ref()),
            None => self.serve_download(item, request, fault.as_ref()),
        }
    }

    /// Connects to the server: checks its certificate, and draws the fault of this attempt.
    fn connect(
        &mut self,
        item: TransferItem,
        request: &mut PendingRequest,
        address: &Address,
    ) -> Result<(), Refusal> {
        if request.connection.is_some() {
            return Ok(());
        }
        let head = self.sends_head(Some(item), &request.url);
        let server = self.env.server(address)?;
        let problem = server.certificate_problem.filter(|_| address.is_https());
        let get = !(head && server.needs_only_head(&address.path));
        let fault = self.draw_attempt_fault(item, address, Occasion::Attempt { head, get })?;
        if let Some(FaultEffect { kind, phase: Phase::BeforeConnection, .. }) = &fault {
            self.apply_fault(kind.clone(), address, request.redirects.count())?;
        }
        // HTTP-11, HTTP-16
        if let Some(problem) = problem.filter(|is| is.is_seen(self.job.security_flags())) {
            return Err(problem.code().into());
        }
        request.connection = Some(Connection { fault, head: None });
        if !(address.is_https() && self.job.checks_certificates()) {
            return Ok(());
        }
        // PROP-27: the job decides before anything is asked of the server.
        let hash = self.env.server(address)?.certificate_hash();
        let server = address.host_and_port().into();
        Err(Refusal::RetryAfter(Event::CertificateReceived(server, hash)))
    }

    /// Draws the fault of an attempt: that of the server, or else that of the resource.
    pub(crate) fn draw_attempt_fault(
        &mut self,
        item: TransferItem,
        address: &Address,
        occasion: Occasion,
    ) -> Result<Option<FaultEffect>, Refusal> {
        let is_static = self.reply_is_static();
        let server = self.env.server(address)?;
        let drawn = server.script.draw(occasion);
        Ok(drawn.or_else(|| {
            let resource = server.resources.get_mut(&*address.path)?;
            match item {
                TransferItem::Reply if !is_static => {
                    resource.uploads.as_mut()?.application.reply_script.draw(occasion)
                }
                TransferItem::File(_) | TransferItem::Reply => resource.script.draw(occasion),
            }
        }))
    }

    /// ERR-31: credentials that are demanded and missing or wrong. HTTP-15: a server without challenge
    /// makes all users anonymous, whom the resource may deny access. Over HTTP that is a 401 without
    /// challenge, and of an upload an error packet: an interpretation. A client that is challenged pings
    /// first, so that no file is sent in vain (UPLOAD-02).
    fn authenticate(
        &mut self,
        item: TransferItem,
        request: &PendingRequest,
    ) -> Result<(), Refusal> {
        let address = Address::of(&request.url);
        if address.protocol == Protocol::File {
            return Ok(());
        }
        let job = self.job;
        let is_rejected = self.env.proxy.is_used(job, &address) && self.env.proxy.rejects(job);
        ensure(!is_rejected, Failure::http(407))?;
        let server = self.env.server(&address)?;
        let denies =
            server.resources.get(&*address.path).is_some_and(|resource| resource.denies_anonymous);
        let uploads = job.job_type() != JobType::Download && matches!(item, TransferItem::File(_));
        match server.challenge.as_ref().filter(|_| !server.anonymous) {
            Some(challenge) if !challenge.is_answered_by(job, AuthTarget::Server) => {
                Err(Failure::http(401).into())
            }
            Some(_) if uploads => self.ping(request, &address),
            Some(_) => Ok(()),
            None if denies && uploads => {
                let denied = failure(HResult::E_ACCESSDENIED);
                Err(denied.in_context(ErrorContext::RemoteFile).into())
            }
            None if denies => Err(Failure::http(401).into()),
            None => Ok(()),
        }
    }

    /// SEC-01: the rights of the job's user on the server.
    fn authorize(&mut self, item: TransferItem, address: &Address) -> Result<(), Refusal> {
        let writes = item != TransferItem::Reply && self.job.job_type() != JobType::Download;
        if self.env.permits(self.job, address, writes)? {
            return Ok(());
        }
        Err(match address.protocol {
            Protocol::Http => Failure::http(401),
            Protocol::File => {
                failure(HResult::ERROR_ACCESS_DENIED).in_context(ErrorContext::RemoteFile)
            }
        }
        .into())
    }

    /// Applies a fault that is the answer to the request.
    pub(crate) fn apply_fault(
        &mut self,
        kind: FaultKind,
        address: &Address,
        followed: usize,
    ) -> Result<(), Refusal> {
        match kind {
            FaultKind::Redirect(status, url) => self.redirect(status, &url, followed),
            FaultKind::Failure(failure) => Err(failure.into()),
            FaultKind::Silence => Err(Refusal::Silence),
            FaultKind::ContentChange(_) | FaultKind::SessionLoss | FaultKind::Rollback(_) => {
                self.apply_to_server(address, kind);
                Ok(())
            }
        }
    }

    /// How many more bytes of an item fit on the disk; nothing is written of an upload.
    pub(crate) fn free_space(&self, item: TransferItem) -> u64 {
        let path = self.path(item);
        path.map_or(u64::MAX, |path| self.env.disk.free_space(path))
    }

    pub(crate) fn path(&self, item: TransferItem) -> Option<&DiskPath> {
        self.transfer.files.get(&item)?.path.as_ref()
    }

    /// Logs the request that was answered last. An empty file needs only HEAD, and both requests of an
    /// attempt follow the same redirects (HTTP-18).
    fn log_requests(
        &mut self,
        item: TransferItem,
        request: &PendingRequest,
        requested_url: &RemoteName,
        base: Option<u64>,
    ) {
        if self.is_at_head(item, request, requested_url) {
            return self.log_request("HEAD", requested_url, 0);
        }
        let from = base.unwrap_or(progress(self.job, item).1);
        let method = match item {
            TransferItem::File(_) => self.job.http_method(),
            TransferItem::Reply => "GET",
        };
        if request.head().is_none() {
            let session = self.transfer.session.as_ref();
            let reply = session.and_then(|session| session.reply.as_ref());
            let reply = reply.filter(|_| item == TransferItem::Reply);
            let url = reply.map_or(requested_url, |reply| &reply.url).clone();
            return self.log_request(method, &url, from);
        }
        let Address { origin, path, .. } = Address::of(requested_url);
        if self.env.servers.get(&origin).is_some_and(|server| server.needs_only_head(&path)) {
            return;
        }
        let reports = self.job.security_flags().redirect_policy();
        let redirects = request.redirects.only_head().iter();
        let followed = redirects.filter(|_| reports != Some(RedirectPolicy::AllowReport));
        for url in followed.chain([requested_url]) {
            self.log_request(method, url, from);
        }
    }

    /// Whether the request that was answered last was HEAD, and no GET came after it.
    fn is_at_head(&self, item: TransferItem, request: &PendingRequest, url: &RemoteName) -> bool {
        request.head().is_none() && self.sends_head(Some(item), url)
    }

    pub(crate) fn log_request(&mut self, method: &str, url: &RemoteName, from: u64) {
        let request = Request {
            at: self.now,
            method: method.into(),
            url: Arc::clone(url.text()),
            from,
            headers: self.job.request_headers().map(Arc::from),
        };
        if let Ok(server) = self.env.server(&Address::of(url)) {
            server.requests.push(request);
        }
    }
}
