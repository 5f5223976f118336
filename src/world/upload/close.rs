//! Ending of upload sessions: the Close-Session and Cancel-Session of a client, and the answer of the server.

use chrono::{DateTime, TimeDelta, Utc};

use super::client_session::ClientSession;
use super::packet::{Ack, Packet, PacketExchange, PacketKind, SessionId};
use crate::machine::{Event, Failure, TransferItem};
use crate::vocabulary::{FileIndex, HResult, JobId};
use crate::world::environment::Environment;
use crate::world::server::address::Address;
use crate::world::server::fault::FaultKind;
use crate::world::time::later;
use crate::world::transfer::attempt::Attempt;
use crate::world::transfer::{Activity, PendingClose, remote_name};

/// The client.
impl Attempt<'_> {
    /// DONE-17: asks the server to cancel the session, until it confirms. The request is repeated after
    /// the retry delay of the job: an interpretation.
    pub(crate) fn cancel_session(&mut self, sent: DateTime<Utc>) -> (Vec<Event>, Activity) {
        let again = later(self.now, TimeDelta::seconds(self.job.minimum_retry_delay().into()));
        let again = (Vec::new(), Activity::Cancelling { sent: again, at: again });
        if let (Some(session), Some(name)) =
            (&mut self.transfer.session, remote_name(self.job, TransferItem::File(FileIndex(0))))
        {
            session.fall_back(&name, self.now);
            let packet = Packet::CancelSession;
            if !self.env.end_session(self.job.id(), (session, packet), sent, self.now) {
                return again;
            }
        }
        self.transfer.session = None;
        (vec![Event::UploadCancelled], Activity::Idle)
    }

    /// Gives up the upload, without a call of the client. If the server cannot be reached it finds out by its
    /// own clean-up (UPLOAD-17).
    pub(crate) fn abandon(&mut self) {
        if let Some(mut session) = self.transfer.session.take() {
            let packet = Packet::CancelSession;
            self.env.end_session(self.job.id(), (&mut session, packet), self.now, self.now);
        }
    }
}

/// The client, whether or not its job is still in the queue.
impl Environment {
    /// Asks the server to close a session if that is due, and keeps what is to be repeated. Returns whether
    /// it was due.
    pub(crate) fn close_due_session(
        &mut self,
        job: JobId,
        pending: &mut Option<PendingClose>,
        now: DateTime<Utc>,
    ) -> bool {
        let Some(mut closing) = pending.take_if(|closing| closing.at <= now) else { return false };
        let packet = (&mut closing.session, Packet::CloseSession);
        if !self.end_session(job, packet, closing.sent, now) {
            let sent = later(now, closing.again);
            let at = later(sent, self.latency(&closing.session.url));
            *pending = (at <= closing.until).then_some(PendingClose { sent, at, ..closing });
        }
        true
    }

    /// Ends a session, and returns whether that is final. UPLOAD-21: after 500 to 599 the request is
    /// repeated, unless the server knows of no session, and never after another status; also after a
    /// failure of the connection, which is an interpretation.
    fn end_session(
        &mut self,
        job: JobId,
        (session, packet): (&mut ClientSession, Packet),
        sent: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> bool {
        let at = Address::of(&session.url);
        let has_way = self.can_reach(&at);
        let address = self.upload_host(&at).ok().filter(|_| has_way);
        session.record_contact(address.is_some() || !has_way, now);
        let Some(address) = address else { return false };
        let ack = self.answer_end(&address, &session.id, packet.kind(), now);
        let over = match &ack {
            Some(Ack::Refused(code)) => !is_repeated(*code),
            Some(_) => true,
            None => false,
        };
        let session = Some(session.id.clone());
        let exchange = PacketExchange { sent, answered: now, job, session, packet, ack };
        self.log_exchange(&address, exchange);
        over
    }
}

/// The server.
impl Environment {
    /// Ends a session, unless a fault prevents that. Returns the Ack that reaches the client.
    fn answer_end(
        &mut self,
        address: &Address,
        session: &SessionId,
        packet: PacketKind,
        now: DateTime<Utc>,
    ) -> Option<Ack> {
        let fault = self.draw_fault(address, packet);
        let loses_ack = fault.as_ref().is_some_and(|fault| fault.unacknowledged > 0);
        let answer = fault.map_or(FaultAnswer::Usual, |fault| FaultAnswer::of(&fault.kind));
        match answer {
            FaultAnswer::Failure(failure) if !loses_ack => return Ack::of(failure),
            FaultAnswer::Silence if !loses_ack => return None,
            FaultAnswer::Usual | FaultAnswer::Failure(_) | FaultAnswer::Silence => {}
        }
        let done = match self.cleaned_endpoint(address, now) {
            // UPLOAD-22
            Ok(place) => place.sessions.close(session),
            Err(_) => Ack::Refused(HResult::BG_E_HTTP_ERROR_404),
        };
        (answer == FaultAnswer::Usual).then_some(done)
    }
}

/// The answer to a packet that meets a fault.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FaultAnswer {
    /// The Ack, as without the fault.
    Usual,
    Failure(Failure),
    Silence,
}

impl FaultAnswer {
    const fn of(kind: &FaultKind) -> Self {
        match kind {
            FaultKind::Failure(failure) => Self::Failure(*failure),
            FaultKind::Silence => Self::Silence,
            FaultKind::ContentChange(_)
            | FaultKind::SessionLoss
            | FaultKind::Rollback(_)
            | FaultKind::Redirect(..) => Self::Usual,
        }
    }
}

const fn is_repeated(code: HResult) -> bool {
    match code.http_status() {
        Some(status) => status >= 500 && status < 600,
        None => code.value() != HResult::BG_E_SESSION_NOT_FOUND.value(),
    }
}
