//! The answers to uploads: sessions, and bytes that flow. Then to replies.

use std::sync::Arc;

use super::client_session::{ClientSession, Host, on_host};
use super::fragments::Sending;
use super::packet::{Ack, Exchange, Packet, PacketKind, SessionId};
use super::server_session::ServerSessions;
use crate::machine::{Event, Failure, TransferItem};
use crate::vocabulary::{ErrorContext, HResult, JobType, RemoteName};
use crate::world::disk::memory::DiskFile;
use crate::world::disk::path::DiskPath;
use crate::world::failure::{failure, local_failure};
use crate::world::identity::local_user;
use crate::world::server::address::Address;
use crate::world::server::fault::{FaultEffect, FaultKind, Phase};
use crate::world::transfer::PendingRequest;
use crate::world::transfer::attempt::Attempt;
use crate::world::transfer::file_state::{key, progress};
use crate::world::transfer::flow::{End, Flow};
use crate::world::transfer::refusal::{Refusal, not_found};

impl Attempt<'_> {
    /// The file that an upload sends, `None` for what is downloaded. FILES-33: it may be missing.
    /// UPLOAD-08: it may have changed since it was begun.
    pub(crate) fn local_file(&mut self, item: TransferItem) -> Result<Option<DiskFile>, Refusal> {
        let Some(path) = self.local_path(item) else { return Ok(None) };
        let missing = || local_failure(HResult::ERROR_FILE_NOT_FOUND);
        let local = self.outside.disk.file(&path).ok_or_else(missing)?;
        self.outside.disk.admit_open(&path).map_err(local_failure)?;
        // SEC-01
        if !self.outside.disk.rights.may_read(&path, local_user(self.job)) {
            return Err(local_failure(HResult::ERROR_ACCESS_DENIED).into());
        }
        let begun = progress(self.job, key(item)).1 > 0;
        let part = self.transfer.parts.entry(key(item)).or_default();
        if part.local.as_ref().is_some_and(|known| begun && known.differs(&local)) {
            self.give_up_upload(item);
            return Err(Refusal::First(Event::FileChanged));
        }
        // Whatever the disk knows of its bytes.
        let content = self.outside.disk.content_of(&path).unwrap_or_default();
        let local = DiskFile { content, ..local };
        self.transfer.parts.entry(key(item)).or_default().local = Some(local.clone());
        Ok(Some(local))
    }

    pub(crate) fn local_path(&self, item: TransferItem) -> Option<DiskPath> {
        let TransferItem::File(file) = item else { return None };
        let info = self.job.file(file).filter(|_| self.job.job_type() != JobType::Download)?;
        Some(self.outside.disk.rights.resolve(local_user(self.job), &info.local_name))
    }

    /// UPLOAD-08: somebody may have changed or deleted the local file while it was uploaded.
    pub(crate) fn admit_local_file(&mut self, item: TransferItem) -> Result<(), Event> {
        let now = self.local_path(item).and_then(|path| self.outside.disk.file(&path));
        let Some(now) = now else {
            return Err(Event::Failed(local_failure(HResult::ERROR_FILE_NOT_FOUND)));
        };
        let begun = self.transfer.parts.get(&key(item)).and_then(|part| part.local.as_ref());
        if begun.is_some_and(|begun| begun.differs(&now)) {
            self.give_up_upload(item);
            return Err(Event::FileChanged);
        }
        Ok(())
    }

    /// The server keeps nothing of a file that changed, so that a later attempt starts anew: our
    /// reading of UPLOAD-08.
    fn give_up_upload(&mut self, item: TransferItem) {
        if let Some(part) = self.transfer.parts.get_mut(&key(item)) {
            part.local = None;
        }
        self.abandon();
    }

    /// What an upload sends, if it has a session.
    pub(crate) fn sending(&self, item: TransferItem) -> Option<Sending> {
        self.transfer.sending(self.id).filter(|_| matches!(item, TransferItem::File(_)))
    }

    /// The session goes on at the byte that the server expects, or a new one begins (UPLOAD-06).
    pub(crate) fn serve_upload(
        &mut self,
        item: TransferItem,
        ask: &mut PendingRequest,
        local: DiskFile,
        fault: Option<&FaultEffect>,
    ) -> Result<(Vec<Event>, Flow), Refusal> {
        // What changes at the server means nothing to an upload.
        let fault = fault.filter(|fault| !matches!(fault.kind, FaultKind::Changes(_)));
        let size = local.content.size();
        let (_, there) = progress(self.job, key(item));
        let place = self.outside.host_of(&Address::of(&ask.url))?;
        let server_rate = self.outside.server(&place)?.rate;
        let rate = self.outside.resource(&place)?.rate.unwrap_or(server_rate);
        self.outside.place(&place, self.now)?;
        if self.transfer.known.is_none() {
            if there > 0 {
                return Err(Refusal::First(Event::SessionLost));
            }
            self.create_session(ask, &place, size)?;
        }
        if let Some(known) = &self.transfer.known {
            ask.url = known.url.clone();
        }
        let position = self.transfer.known.as_ref().map_or(there, |known| known.next);
        let next = self.next_byte(ask, &place, position)?;
        if let Some(fault) = self.outside.draw(&place, PacketKind::Fragment) {
            self.meet(fault.kind, &place, 0)?;
        }
        // UPLOAD-03: a fragment that leaves a gap is answered with the byte to go on at. Bytes that
        // the server has and the client does not know of are sent again, and ignored.
        if next < position {
            self.note_packet(ask, Packet::fragment(position, size), Some(Ack::Gap { next }));
            self.transfer.note_ack(next);
        }
        let base = there.min(next);
        let missing = size.saturating_sub(base);
        let behind = fault.and_then(|fault| Some((fault.after_bytes(size)?, fault)));
        let (length, end, unseen) = match (behind, fault) {
            (Some((bytes, fault)), _) if bytes.saturating_sub(base) < missing => {
                let end = End::Then(fault.kind.clone());
                (bytes.saturating_sub(base), end, fault.unacknowledged)
            }
            (_, Some(fault)) if fault.phase == Phase::AtEnd => {
                (missing, End::Instead(fault.kind.clone()), fault.unacknowledged.max(1))
            }
            _ => (missing, End::Accepts, 0),
        };
        let item_at = (item, ask.url.clone());
        let flow = Flow::new(item_at, self.now, rate, base, (length, end));
        Ok((
            vec![Event::SizeKnown(size)],
            flow.of_upload(position.min(next), (next, there), unseen),
        ))
    }

    /// Ping: nothing but a connection. Not within a session, which was begun with one.
    pub(crate) fn ping(&mut self, ask: &PendingRequest, address: &Address) -> Result<(), Refusal> {
        if self.transfer.known.is_some() {
            return Ok(());
        }
        let fault = self.outside.draw(address, PacketKind::Ping);
        let ack = match &fault {
            None => Some(Ack::Done),
            Some(FaultEffect { kind: FaultKind::Fails(failure), .. }) => Ack::of(*failure),
            Some(_) => None,
        };
        self.note_packet(ask, Packet::Ping, ack);
        fault.map_or(Ok(()), |fault| self.meet(fault.kind, address, 0))
    }

    /// The server forgets the session of the job.
    pub(crate) fn lose_session(&mut self) {
        self.at_sessions(|sessions, id| {
            let _ = sessions.end(id);
        });
    }

    /// The server loses what it has of the upload from that byte on.
    pub(crate) fn roll_back(&mut self, next: u64) {
        self.at_sessions(|sessions, id| {
            if let Some(session) = sessions.get_mut(id) {
                session.roll_back(next);
            }
        });
    }

    fn at_sessions(&mut self, change: impl FnOnce(&mut ServerSessions, &SessionId)) {
        let Some(known) = &self.transfer.known else { return };
        if let Ok(place) = self.outside.host_of(&Address::of(&known.url))
            && let Ok(uploads) = self.outside.uploads(&place)
        {
            change(&mut uploads.sessions, &known.id);
        }
    }

    /// Create-Session. UPLOAD-18: the server may say which host its packets are to go to.
    fn create_session(
        &mut self,
        ask: &PendingRequest,
        place: &Address,
        size: u64,
    ) -> Result<(), Refusal> {
        let host = self.outside.server(&Address::of(&ask.url))?.host.clone();
        let mut fault = self.outside.draw(place, PacketKind::CreateSession);
        if let Some(fault) = fault.take_if(|fault| fault.unacknowledged == 0) {
            self.meet(fault.kind, place, 0)?;
        }
        let exists = self.outside.resource(place)?.content.is_some();
        let uploads = self.outside.uploads(place)?;
        uploads.refusal(size, exists).map_or(Ok(()), Err)?;
        let id = uploads.sessions.create(place, self.id, self.now);
        if let Some(fault) = fault {
            // The session exists, and the client does not know it.
            self.meet(fault.kind, place, 0)?;
        }
        let url = match &host {
            Some((origin, _)) => on_host(origin, place),
            None => ask.url.clone(),
        };
        let ack = Ack::Created { host: host.as_ref().map(|(origin, _)| Arc::clone(origin)) };
        let host = host.map(|(_, fallback)| Host { fallback, missing_since: None });
        self.transfer.known = Some(ClientSession { id, url, next: 0, host, reply: None });
        self.note_packet(ask, Packet::CreateSession, Some(ack));
        Ok(())
    }

    /// The next byte that the server expects in the session. Without one the upload starts from the
    /// beginning (UPLOAD-06).
    fn next_byte(
        &mut self,
        ask: &PendingRequest,
        place: &Address,
        there: u64,
    ) -> Result<u64, Refusal> {
        let id = self.transfer.known.as_ref().map(|known| known.id.clone());
        let sessions = &mut self.outside.uploads(place)?.sessions;
        if let Some(session) = id.as_ref().and_then(|id| sessions.get_mut(id)) {
            session.exchange = None;
            return Ok(session.next());
        }
        let unknown = Ack::Refused(HResult::BG_E_SESSION_NOT_FOUND);
        self.note_packet(ask, Packet::fragment(there, there), Some(unknown));
        self.transfer.known = None;
        Err(Refusal::First(Event::SessionLost))
    }

    /// A packet that was answered now, at whoever answers the uploads to that URL.
    pub(crate) fn note_packet(&mut self, ask: &PendingRequest, packet: Packet, ack: Option<Ack>) {
        let session = self.transfer.known.as_ref().map(|known| known.id.clone());
        let exchange = Exchange {
            sent: ask.sent,
            answered: self.now,
            job: self.id,
            session: session.filter(|_| packet.kind() != PacketKind::Ping),
            packet,
            ack,
        };
        if let Ok(place) = self.outside.host_of(&Address::of(&ask.url)) {
            self.outside.note(&place, exchange);
        }
    }

    /// The packet of an attempt that failed.
    pub(crate) fn note_failure(
        &mut self,
        item: TransferItem,
        ask: &PendingRequest,
        failure: Option<Failure>,
    ) {
        let local = failure.is_some_and(|is| is.context() == Some(ErrorContext::LocalFile));
        if local || item == TransferItem::Reply || self.job.job_type() == JobType::Download {
            return;
        }
        let packet = match &self.transfer.known {
            Some(known) => Packet::fragment(known.next, known.next),
            None => Packet::CreateSession,
        };
        self.note_packet(ask, packet, failure.and_then(Ack::of));
    }

    /// UPLOAD-05: the reply is an ordinary file. UPLOAD-17: not fetched in time, it is lost.
    pub(crate) fn serve_reply(
        &mut self,
        url: &RemoteName,
        fault: Option<&FaultEffect>,
    ) -> Result<(Vec<Event>, Flow), Refusal> {
        let at = Address::of(url);
        let known = self.transfer.known.as_ref();
        let session = known.map(|known| known.id.clone()).ok_or_else(|| not_found(&at))?;
        let is_static = self.reply_is_static();
        let place = if is_static { at } else { self.outside.host_of(&at)? };
        let rate = self.outside.server(&place)?.rate;
        let resource = self.outside.resource(&place)?;
        let rate = resource.rate.unwrap_or(rate);
        let reply = if is_static {
            resource.content.clone()
        } else {
            let place = self.outside.place(&place, self.now)?;
            place.sessions.get(&session).and_then(|session| session.reply.clone())
        };
        let reply = reply.ok_or_else(|| not_found(&place))?;
        let mut flow =
            self.flow((TransferItem::Reply, url), &reply, Some(reply.size()), fault, rate);
        if let End::Whole = flow.end
            && is_static
        {
            // It may be another than when its size was told.
            flow.end = End::Revealed;
        }
        let part = self.transfer.parts.entry(None).or_default();
        part.content = reply;
        Ok((Vec::new(), flow))
    }

    pub(crate) fn reply_is_static(&self) -> bool {
        let reply = self.transfer.known.as_ref().and_then(|known| known.reply.as_ref());
        reply.is_some_and(|reply| reply.is_static)
    }
}

/// What a fault behind some bytes means to the job at once. Of what happens to its session it hears
/// when it sends more.
pub(crate) fn event_of(kind: &FaultKind) -> Option<Event> {
    match kind {
        FaultKind::Fails(failure) => Some(Event::Failed(*failure)),
        FaultKind::Changes(_) => Some(Event::FileChanged),
        FaultKind::LosesSession | FaultKind::RollsBack(_) => None,
        FaultKind::Redirects(status, url) => Some(Event::Redirected(*status, url.clone())),
        FaultKind::IsSilent => Some(Event::Failed(failure(HResult::ERROR_WINHTTP_TIMEOUT))),
    }
}
