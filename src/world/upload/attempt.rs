//! Attempts at uploads: the session and the bytes that flow, and then the reply.

use std::sync::Arc;

use super::client_session::{ClientSession, Host, on_host};
use super::fragments::Sending;
use super::packet::{Ack, Packet, PacketExchange, PacketKind, SessionId};
use super::server_session::ServerSessions;
use crate::machine::{Event, Failure, TransferItem};
use crate::vocabulary::errors::ensure;
use crate::vocabulary::{ErrorContext, HResult, JobType, RemoteName};
use crate::world::disk::memory::DiskFile;
use crate::world::disk::path::DiskPath;
use crate::world::failure::{failure, local_failure};
use crate::world::identity::local_user;
use crate::world::server::address::Address;
use crate::world::server::fault::{FaultEffect, FaultKind};
use crate::world::transfer::PendingRequest;
use crate::world::transfer::attempt::Attempt;
use crate::world::transfer::file_state::progress;
use crate::world::transfer::flow::{Flow, FlowEnd};
use crate::world::transfer::refusal::{Refusal, not_found};

impl Attempt<'_> {
    /// The file that an upload sends, `None` for what is downloaded. FILES-33: it may be missing.
    /// UPLOAD-08: it may have changed since it was begun.
    pub(crate) fn local_file(&mut self, item: TransferItem) -> Result<Option<DiskFile>, Refusal> {
        let Some(path) = self.local_path(item) else { return Ok(None) };
        let missing = || local_failure(HResult::ERROR_FILE_NOT_FOUND);
        let local = self.env.disk.file(&path).ok_or_else(missing)?;
        self.env.disk.ensure_unlocked(&path).map_err(local_failure)?;
        // SEC-01
        let may_read = self.env.disk.rights.may_read(&path, local_user(self.job));
        ensure(may_read, local_failure(HResult::ERROR_ACCESS_DENIED))?;
        let begun = progress(self.job, item).1 > 0;
        let state = self.transfer.files.entry(item).or_default();
        if state.local.as_ref().is_some_and(|former| begun && former.differs(&local)) {
            self.give_up_upload(item);
            return Err(Refusal::RetryAfter(Event::FileChanged));
        }
        // Whatever the disk knows of its bytes.
        let content = self.env.disk.content_of(&path).unwrap_or_default();
        let local = DiskFile { content, ..local };
        self.transfer.files.entry(item).or_default().local = Some(local.clone());
        Ok(Some(local))
    }

    pub(crate) fn local_path(&self, item: TransferItem) -> Option<DiskPath> {
        let TransferItem::File(file) = item else { return None };
        let info = self.job.file(file).filter(|_| self.job.job_type() != JobType::Download)?;
        Some(self.env.disk.rights.resolve(local_user(self.job), &info.local_name))
    }

    /// UPLOAD-08: the local file may have been changed or deleted while it was uploaded.
    pub(crate) fn ensure_local_file_unchanged(&mut self, item: TransferItem) -> Result<(), Event> {
        let now = self.local_path(item).and_then(|path| self.env.disk.file(&path));
        let missing = local_failure(HResult::ERROR_FILE_NOT_FOUND);
        let now = now.ok_or(Event::Failed(missing))?;
        let begun = self.transfer.files.get(&item).and_then(|state| state.local.as_ref());
        if begun.is_some_and(|begun| begun.differs(&now)) {
            self.give_up_upload(item);
            return Err(Event::FileChanged);
        }
        Ok(())
    }

    /// UPLOAD-08: gives up the session of a file that changed, so that the next attempt sends it from its
    /// beginning, an interpretation.
    fn give_up_upload(&mut self, item: TransferItem) {
        if let Some(state) = self.transfer.files.get_mut(&item) {
            state.local = None;
        }
        self.abandon();
    }

    /// What an upload sends, if it has a session.
    pub(crate) fn sending(&self, item: TransferItem) -> Option<Sending> {
        self.transfer.sending(self.job.id()).filter(|_| matches!(item, TransferItem::File(_)))
    }

    /// The session goes on at the byte that the server expects, or a new one begins (UPLOAD-06).
    pub(crate) fn serve_upload(
        &mut self,
        item: TransferItem,
        request: &mut PendingRequest,
        local: DiskFile,
        fault: Option<&FaultEffect>,
    ) -> Result<(Vec<Event>, Flow), Refusal> {
        // What changes at the server means nothing to an upload.
        let fault = fault.filter(|fault| !matches!(fault.kind, FaultKind::ContentChange(_)));
        let size = local.content.size();
        let (known, there) = progress(self.job, item);
        let place = self.env.upload_host(&Address::of(&request.url))?;
        let rate = self.env.server(&place)?.rate_of(&place.path);
        self.env.cleaned_endpoint(&place, self.now)?;
        if self.transfer.session.is_none() {
            ensure(there == 0, Refusal::RetryAfter(Event::SessionLost))?;
            self.create_session(request, &place, size)?;
        }
        if let Some(session) = &self.transfer.session {
            request.url = session.url.clone();
        }
        if known.is_none() {
            // PROGRESS-03: the session was created, whatever comes of the first fragment.
            return Err(Refusal::RetryAfter(Event::SizeKnown(size)));
        }
        let position = self.transfer.session.as_ref().map_or(there, |session| session.next);
        let next = self.next_byte(request, &place, position)?;
        if let Some(fault) = self.env.draw_fault(&place, PacketKind::Fragment) {
            self.apply_fault(fault.kind, &place, 0)?;
        }
        // UPLOAD-03: a fragment that leaves a gap is answered with the byte to go on at. Bytes that
        // the server has and the client does not know of are sent again, and ignored.
        if next < position {
            self.log_packet(request, Packet::fragment(position, size), Some(Ack::Gap { next }));
            self.transfer.acknowledge(next);
        }
        let base = there.min(next);
        let missing = size.saturating_sub(base);
        let until = FlowEnd::of(fault, (size, base, missing), FlowEnd::Finalize);
        let unacknowledged = match (&until.1, fault) {
            (FlowEnd::FaultAfter(_), Some(fault)) => fault.unacknowledged,
            (FlowEnd::FaultInstead(_), Some(fault)) => fault.unacknowledged.max(1),
            _ => 0,
        };
        let item_at = (item, request.url.clone());
        let flow = Flow::new(item_at, self.now, rate, base, until);
        Ok((
            (known != Some(size)).then_some(Event::SizeKnown(size)).into_iter().collect(),
            flow.of_upload(position.min(next), (next, there), unacknowledged),
        ))
    }

    /// Sends a Ping: nothing but a connection. Not within a session, which was begun with one.
    pub(crate) fn ping(
        &mut self,
        request: &PendingRequest,
        address: &Address,
    ) -> Result<(), Refusal> {
        if self.transfer.session.is_some() {
            return Ok(());
        }
        let fault = self.env.draw_fault(address, PacketKind::Ping);
        let ack = match &fault {
            None => Some(Ack::Done),
            Some(FaultEffect { kind: FaultKind::Failure(failure), .. }) => Ack::of(*failure),
            Some(_) => None,
        };
        self.log_packet(request, Packet::Ping, ack);
        fault.map_or(Ok(()), |fault| self.apply_fault(fault.kind, address, 0))
    }

    /// Removes the session of the job from the server.
    pub(crate) fn lose_session(&mut self) {
        self.at_sessions(|sessions, id| {
            let _ = sessions.close(id);
        });
    }

    /// Removes what the server has of the upload from that byte on.
    pub(crate) fn roll_back(&mut self, next: u64) {
        self.at_sessions(|sessions, id| {
            if let Some(session) = sessions.by_id.get_mut(id) {
                session.received.cut(next);
            }
        });
    }

    fn at_sessions(&mut self, change: impl FnOnce(&mut ServerSessions, &SessionId)) {
        let Some(session) = &self.transfer.session else { return };
        if let Ok(place) = self.env.upload_host(&Address::of(&session.url))
            && let Ok(uploads) = self.env.endpoint(&place)
        {
            change(&mut uploads.sessions, &session.id);
        }
    }

    /// Sends a Create-Session. UPLOAD-18: the server may say which host its packets are to go to.
    fn create_session(
        &mut self,
        request: &PendingRequest,
        place: &Address,
        size: u64,
    ) -> Result<(), Refusal> {
        let host = self.env.server(&Address::of(&request.url))?.host.clone();
        let mut fault = self.env.draw_fault(place, PacketKind::CreateSession);
        if let Some(fault) = fault.take_if(|fault| fault.unacknowledged == 0) {
            self.apply_fault(fault.kind, place, 0)?;
        }
        let exists = self.env.resource(place)?.content.is_some();
        let uploads = self.env.endpoint(place)?;
        uploads.check_new_session(size, exists)?;
        let id = uploads.sessions.create(place, self.job.id(), self.now);
        if let Some(fault) = fault {
            // The session exists, and the client does not know it.
            self.apply_fault(fault.kind, place, 0)?;
        }
        let url = match &host {
            Some((origin, _)) => on_host(origin, place),
            None => request.url.clone(),
        };
        let ack = Ack::Created { host: host.as_ref().map(|(origin, _)| Arc::clone(origin)) };
        let host = host.map(|(_, fallback)| Host { fallback, missing_since: None });
        self.transfer.session = Some(ClientSession { id, url, next: 0, host, reply: None });
        self.log_packet(request, Packet::CreateSession, Some(ack));
        Ok(())
    }

    /// The next byte that the server expects in the session. Without one the upload starts from the
    /// beginning (UPLOAD-06).
    fn next_byte(
        &mut self,
        request: &PendingRequest,
        place: &Address,
        there: u64,
    ) -> Result<u64, Refusal> {
        let id = self.transfer.session.as_ref().map(|session| session.id.clone());
        let sessions = &mut self.env.endpoint(place)?.sessions;
        if let Some(session) = id.as_ref().and_then(|id| sessions.by_id.get_mut(id)) {
            session.exchange = None;
            return Ok(session.received.next());
        }
        let packet = Packet::fragment(there, there);
        self.log_packet(request, packet, Some(Ack::UNKNOWN_SESSION));
        self.transfer.session = None;
        Err(Refusal::RetryAfter(Event::SessionLost))
    }

    /// Logs a packet that was answered now, at the host of the uploads to that URL.
    pub(crate) fn log_packet(
        &mut self,
        request: &PendingRequest,
        packet: Packet,
        ack: Option<Ack>,
    ) {
        let session = self.transfer.session.as_ref().map(|session| session.id.clone());
        let exchange = PacketExchange {
            sent: request.sent,
            answered: self.now,
            job: self.job.id(),
            session: session.filter(|_| packet.kind() != PacketKind::Ping),
            packet,
            ack,
        };
        if let Ok(place) = self.env.upload_host(&Address::of(&request.url)) {
            self.env.log_exchange(&place, exchange);
        }
    }

    /// Logs the packet of an attempt that failed.
    pub(crate) fn log_failure(
        &mut self,
        item: TransferItem,
        request: &PendingRequest,
        failure: Option<Failure>,
    ) {
        let local = failure.is_some_and(|is| is.context() == Some(ErrorContext::LocalFile));
        if local || item == TransferItem::Reply || self.job.job_type() == JobType::Download {
            return;
        }
        let packet = match &self.transfer.session {
            Some(session) => Packet::fragment(session.next, session.next),
            None => Packet::CreateSession,
        };
        self.log_packet(request, packet, failure.and_then(Ack::of));
    }

    /// UPLOAD-05: the reply is an ordinary file. UPLOAD-17: not fetched in time, it is lost.
    pub(crate) fn serve_reply(
        &mut self,
        url: &RemoteName,
        fault: Option<&FaultEffect>,
    ) -> Result<(Vec<Event>, Flow), Refusal> {
        let at = Address::of(url);
        let session = self.transfer.session.as_ref();
        let session = session.map(|session| session.id.clone()).ok_or_else(|| not_found(&at))?;
        let is_static = self.reply_is_static();
        let place = if is_static { at } else { self.env.upload_host(&at)? };
        let rate = self.env.server(&place)?.rate_of(&place.path);
        let resource = self.env.resource(&place)?;
        let reply = if is_static {
            resource.content.clone()
        } else {
            let place = self.env.cleaned_endpoint(&place, self.now)?;
            place.sessions.by_id.get(&session).and_then(|session| session.reply.clone())
        };
        let reply = reply.ok_or_else(|| not_found(&place))?;
        let mut flow =
            self.flow((TransferItem::Reply, url), &reply, Some(reply.size()), fault, rate);
        if let FlowEnd::Complete = flow.end
            && is_static
        {
            // It may be another than when its size was told.
            flow.end = FlowEnd::SizeRevealed;
        }
        let state = self.transfer.files.entry(TransferItem::Reply).or_default();
        state.content = reply;
        Ok((Vec::new(), flow))
    }

    pub(crate) fn reply_is_static(&self) -> bool {
        let reply = self.transfer.session.as_ref().and_then(|session| session.reply.as_ref());
        reply.is_some_and(|reply| reply.is_static)
    }
}

/// The event of a fault behind some bytes. What happens to the session comes to light when the job sends
/// more.
pub(crate) fn event_of(kind: &FaultKind) -> Option<Event> {
    match kind {
        FaultKind::Failure(failure) => Some(Event::Failed(*failure)),
        FaultKind::ContentChange(_) => Some(Event::FileChanged),
        FaultKind::SessionLoss | FaultKind::Rollback(_) => None,
        FaultKind::Redirect(status, url) => Some(Event::Redirected(*status, url.clone())),
        FaultKind::Silence => Some(Event::Failed(failure(HResult::ERROR_WINHTTP_TIMEOUT))),
    }
}
