//! A request meets its server: the connection, and what stands between it and the file.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::destination::path_of;
use super::file_state::{key, progress};
use super::flow::Flow;
use super::refusal::Refusal;
use super::{Activity, PendingRequest, Stage, Transfer};
use crate::machine::{Event, Failure, JobStateMachine, TransferItem};
use crate::vocabulary::{
    AuthTarget, ErrorContext, HResult, JobId, JobState, JobType, Protocol, RemoteName,
};
use crate::world::disk::path::DiskPath;
use crate::world::environment::Environment;
use crate::world::failure::{failure, local_failure};
use crate::world::identity::local_user;
use crate::world::server::address::Address;
use crate::world::server::fault::{FaultEffect, FaultKind, Occasion, Phase};
use crate::world::server::request::Request;
use crate::world::time::later;

/// How many redirects are followed in a row, our reading.
const MOST_REDIRECTS: u32 = 10;
/// How long anybody waits for an answer (UPLOAD-15).
const PATIENCE: TimeDelta = TimeDelta::minutes(5);

/// One job at one instant, with all that its transfer meets.
pub(crate) struct Attempt<'a> {
    pub(crate) transfer: &'a mut Transfer,
    pub(crate) outside: &'a mut Environment,
    pub(crate) id: JobId,
    pub(crate) job: &'a JobStateMachine,
    pub(crate) now: DateTime<Utc>,
}

impl Attempt<'_> {
    /// The answer of the server to a request.
    pub(crate) fn answer(&mut self, mut ask: PendingRequest) -> (Vec<Event>, Activity) {
        let Some(item) = ask.item else {
            return (self.connected().into_iter().collect(), Activity::Idle);
        };
        let asked = ask.url.clone();
        let served = self.serve(item, &mut ask);
        let connected = matches!(ask.stage, Stage::Connected(_));
        if !matches!(served, Err(Refusal::First(_))) && connected {
            let reply = self.transfer.known.as_ref().and_then(|known| known.reply.as_ref());
            let reply = reply.filter(|_| item == TransferItem::Reply);
            let url = reply.map_or(&asked, |reply| &reply.url).clone();
            self.note(item, &url, served.as_ref().ok().map(|(_, flow)| flow.base));
        }
        if let Some(known) = &mut self.transfer.known {
            known.note_contact(connected || self.outside.offline, self.now);
        }
        match &served {
            Err(Refusal::Fails(failure)) if connected => {
                self.note_failure(item, &ask, Some(*failure));
            }
            Err(Refusal::Silence) if connected => self.note_failure(item, &ask, None),
            _ => {}
        }
        match served {
            Ok((events, mut flow)) => {
                flow.plan(self.room(flow.item));
                self.transfer.writing = Some(key(item));
                (self.connected().into_iter().chain(events).collect(), Activity::Flowing(flow))
            }
            Err(Refusal::Fails(failure)) => self.fail(item, failure),
            Err(Refusal::Silence) => {
                let event = Event::Failed(failure(HResult::ERROR_WINHTTP_TIMEOUT));
                (Vec::new(), Activity::Coming { at: later(self.now, PATIENCE), item, event })
            }
            Err(Refusal::Redirects(status, url)) => {
                let next = Activity::Redirected { item, hops: ask.hops + 1 };
                (vec![Event::Redirected(status, url)], next)
            }
            Err(Refusal::First(event)) => {
                ask.sent = self.now;
                let connected = match event {
                    Event::SizeKnown(_) => self.connected(),
                    _ => None,
                };
                let asked = match event {
                    Event::CertificateReceived(..) => Activity::Checking(ask),
                    _ => Activity::Asked(ask),
                };
                (connected.into_iter().chain([event]).collect(), asked)
            }
        }
    }

    /// The attempt fails; a job that waits for its volume is to hear of that (NET-07).
    pub(crate) fn fail(&self, item: TransferItem, failure: Failure) -> (Vec<Event>, Activity) {
        let path = self.transfer.parts.get(&key(item)).and_then(|part| part.path.as_ref());
        let volume = path.filter(|_| failure.code() == HResult::BG_E_DESTINATION_LOCKED);
        let next = volume.map_or(Activity::Idle, |path| Activity::Waiting {
            volume: path.root(),
            since: self.now,
        });
        (vec![Event::Failed(failure)], next)
    }

    /// A request that the job was connecting with has its answer (LIFE-18).
    fn connected(&self) -> Option<Event> {
        (self.job.state() == JobState::Connecting).then_some(Event::Connected)
    }

    fn serve(
        &mut self,
        item: TransferItem,
        ask: &mut PendingRequest,
    ) -> Result<(Vec<Event>, Flow), Refusal> {
        if self.outside.offline {
            return Err(HResult::BG_E_NETWORK_DISCONNECTED.into());
        }
        let path = path_of(self.transfer, self.outside, self.job, item);
        if let Some(path) = &path {
            // SEC-01
            self.outside.disk.admit(path, local_user(self.job)).map_err(local_failure)?;
            // DONE-18: a temporary file that is open before the transfer begins fails the attempt.
            self.outside.disk.admit_new(path).map_err(local_failure)?;
        }
        let local = self.local_file(item)?;
        let address = Address::of(&ask.url);
        if local.is_none() {
            self.outside.look_on_disk(&address);
        }
        // NET-09
        let finds_way = self.outside.proxy.lets_out(self.job, &address);
        if !finds_way || !self.outside.has_way_to(&address) {
            return Err(HResult::ERROR_WINHTTP_CANNOT_CONNECT.into());
        }
        let fault = self.connect(item, ask, &address)?;
        self.authenticate(item, ask)?;
        self.authorize(item, &address)?;
        if let Some(FaultEffect { kind, phase: Phase::AtAnswer, .. }) = &fault {
            self.meet(kind.clone(), &address, ask.hops)?;
        }
        let place = match self.job.job_type() {
            JobType::Download => address,
            JobType::Upload | JobType::UploadReply => self.outside.host_of(&address)?,
        };
        let resource = self.outside.resource(&place)?;
        if let Some((status, url)) = resource.redirect.clone() {
            self.redirect(status, &url, ask.hops)?;
        }
        match local {
            Some(local) => self.serve_upload(item, ask, local, fault.as_ref()),
            None if item == TransferItem::Reply => self.serve_reply(&ask.url, fault.as_ref()),
            None => self.serve_download(item, &ask.url, fault.as_ref()),
        }
    }

    /// The connection: whether there is one, with whom, and what will go wrong with this attempt.
    fn connect(
        &mut self,
        item: TransferItem,
        ask: &mut PendingRequest,
        address: &Address,
    ) -> Result<Option<FaultEffect>, Refusal> {
        if let Stage::Connected(fault) = &ask.stage {
            return Ok(fault.clone());
        }
        let is_static = self.reply_is_static();
        let server = self.outside.server(address)?;
        let drawn = server.script.draw(Occasion::Attempt);
        let certificate = server.certificate.clone().filter(|_| address.is_https());
        let problem = server.certificate_problem.filter(|_| address.is_https());
        let fault = drawn.or_else(|| {
            let resource = server.find_mut(&address.path)?;
            match item {
                TransferItem::Reply if !is_static => {
                    resource.uploads.as_mut()?.application.reply_script.draw(Occasion::Attempt)
                }
                TransferItem::File(_) | TransferItem::Reply => {
                    resource.script.draw(Occasion::Attempt)
                }
            }
        });
        if let Some(FaultEffect { kind, phase: Phase::BeforeConnection, .. }) = &fault {
            self.meet(kind.clone(), address, ask.hops)?;
        }
        // HTTP-11, HTTP-16
        if let Some(problem) = problem.filter(|is| is.is_seen(self.job.security_flags())) {
            return Err(problem.code().into());
        }
        ask.stage = Stage::Connected(fault.clone());
        match certificate {
            // PROP-27: the job decides before anything is asked of the server.
            Some(hash) if self.job.checks_certificates() => {
                let server = address.host_and_port().into();
                Err(Refusal::First(Event::CertificateReceived(server, hash)))
            }
            _ => Ok(fault),
        }
    }

    /// ERR-31: credentials that are asked for and missing or wrong. HTTP-15: where nobody is asked,
    /// everybody is anonymous, which the resource may not like. Over HTTP that is a 401 that asks for
    /// nothing, and of an upload an error packet: our reading. A client that is asked pings first, so
    /// that no file is sent in vain (UPLOAD-02).
    fn authenticate(&mut self, item: TransferItem, ask: &PendingRequest) -> Result<(), Refusal> {
        let address = Address::of(&ask.url);
        if address.protocol == Protocol::File {
            return Ok(());
        }
        let job = self.job;
        if self.outside.proxy.is_used(job, &address) && self.outside.proxy.refuses(job) {
            return Err(Failure::http(407).into());
        }
        let server = self.outside.server(&address)?;
        let denies = server.find(&address.path).is_some_and(|resource| resource.denies_anonymous);
        let uploads = job.job_type() != JobType::Download && matches!(item, TransferItem::File(_));
        match server.challenge.as_ref().filter(|_| !server.anonymous) {
            Some(challenge) if !challenge.is_answered_by(job, AuthTarget::Server) => {
                Err(Failure::http(401).into())
            }
            Some(_) if uploads => self.ping(ask, &address),
            Some(_) => Ok(()),
            None if denies && uploads => {
                let denied = failure(HResult::E_ACCESSDENIED);
                Err(denied.in_context(ErrorContext::RemoteFile).into())
            }
            None if denies => Err(Failure::http(401).into()),
            None => Ok(()),
        }
    }

    /// SEC-01: the server knows whose job it is, and what they may do.
    fn authorize(&mut self, item: TransferItem, address: &Address) -> Result<(), Refusal> {
        let writes = item != TransferItem::Reply && self.job.job_type() != JobType::Download;
        if self.outside.lets(self.job, address, writes)? {
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

    /// HTTP-12: only downloads follow a redirect, or are told of it.
    fn redirect(&self, status: u16, url: &RemoteName, hops: u32) -> Result<(), Refusal> {
        Err(match self.job.job_type() {
            JobType::Download if hops >= MOST_REDIRECTS => {
                HResult::ERROR_WINHTTP_REDIRECT_FAILED.into()
            }
            JobType::Download => Refusal::Redirects(status, url.clone()),
            JobType::Upload | JobType::UploadReply => Failure::http(status).into(),
        })
    }

    /// A fault that is the answer to the request.
    pub(crate) fn meet(
        &mut self,
        kind: FaultKind,
        address: &Address,
        hops: u32,
    ) -> Result<(), Refusal> {
        match kind {
            FaultKind::Redirects(status, url) => self.redirect(status, &url, hops),
            FaultKind::Fails(failure) => Err(failure.into()),
            FaultKind::IsSilent => Err(Refusal::Silence),
            FaultKind::Changes(content) => {
                if let Ok(resource) = self.outside.resource(address) {
                    resource.content(content);
                }
                Ok(())
            }
            FaultKind::LosesSession => {
                self.lose_session();
                Ok(())
            }
            FaultKind::RollsBack(next) => {
                self.roll_back(next);
                Ok(())
            }
        }
    }

    /// How many more bytes of an item fit on the disk; nothing is written of an upload.
    pub(crate) fn room(&self, item: TransferItem) -> u64 {
        let path = self.path(item);
        path.map_or(u64::MAX, |path| self.outside.disk.room(path))
    }

    pub(crate) fn path(&self, item: TransferItem) -> Option<&DiskPath> {
        self.transfer.parts.get(&key(item))?.path.as_ref()
    }

    fn note(&mut self, item: TransferItem, url: &RemoteName, from: Option<u64>) {
        let request = Request {
            at: self.now,
            method: match item {
                TransferItem::File(_) => self.job.http_method().into(),
                TransferItem::Reply => "GET".into(),
            },
            url: Arc::clone(url.text()),
            from: from.unwrap_or(progress(self.job, key(item)).1),
            headers: self.job.request_headers().map(Arc::from),
        };
        if let Ok(server) = self.outside.server(&Address::of(url)) {
            server.note(request);
        }
    }
}
