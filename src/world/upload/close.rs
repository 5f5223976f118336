//! The end of an upload session: Close-Session and Cancel-Session.

use chrono::{DateTime, TimeDelta, Utc};

use super::client_session::ClientSession;
use super::packet::{Ack, Exchange, Packet};
use crate::machine::{Event, Failure, TransferItem};
use crate::vocabulary::{FileIndex, HResult, JobId};
use crate::world::environment::Environment;
use crate::world::server::address::Address;
use crate::world::server::fault::FaultKind;
use crate::world::time::later;
use crate::world::transfer::attempt::Attempt;
use crate::world::transfer::{Activity, Closing, remote_name};

impl Attempt<'_> {
    /// DONE-17: the server is asked to cancel the session, until it confirms. After how long it is
    /// asked again is our reading: the retry delay of the job.
    pub(crate) fn cancel(&mut self, sent: DateTime<Utc>) -> (Vec<Event>, Activity) {
        let again = later(self.now, TimeDelta::seconds(self.job.minimum_retry_delay().into()));
        let again = (Vec::new(), Activity::Cancelling { sent: again, at: again });
        if let (Some(known), Some(name)) =
            (&mut self.transfer.known, remote_name(self.job, TransferItem::File(FileIndex(0))))
        {
            known.fall_back(&name, self.now);
            let packet = Packet::CancelSession;
            if !self.outside.end_session(self.id, (known, packet), sent, self.now) {
                return again;
            }
        }
        self.transfer.known = None;
        (vec![Event::UploadCancelled], Activity::Idle)
    }

    /// The client gives the upload up by itself. If the server cannot be reached it finds out by its
    /// own clean-up (UPLOAD-17).
    pub(crate) fn abandon(&mut self) {
        if let Some(mut known) = self.transfer.known.take() {
            let packet = Packet::CancelSession;
            self.outside.end_session(self.id, (&mut known, packet), self.now, self.now);
        }
    }
}

impl Environment {
    /// Asks the server to close a session. What is left to be asked again.
    pub(crate) fn close(
        &mut self,
        job: JobId,
        mut closing: Closing,
        now: DateTime<Utc>,
    ) -> Option<Closing> {
        let packet = (&mut closing.known, Packet::CloseSession);
        if self.end_session(job, packet, closing.sent, now) {
            return None;
        }
        let sent = later(now, closing.again);
        let at = later(sent, self.latency(&closing.known.url));
        (at <= closing.until).then_some(Closing { sent, at, ..closing })
    }

    /// Whether there is no more to be asked. UPLOAD-21: after 500 to 599 the server is asked again,
    /// unless it knows of no session, and never after another status; also after a failure of the
    /// connection, which is our reading.
    fn end_session(
        &mut self,
        job: JobId,
        (known, packet): (&mut ClientSession, Packet),
        sent: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> bool {
        let at = Address::of(&known.url);
        let has_way = self.has_way_to(&at);
        let address = self.host_of(&at).ok().filter(|_| has_way);
        known.note_contact(address.is_some() || !has_way, now);
        let Some(address) = address else { return false };
        let fault = self.draw(&address, packet.kind());
        let (loses_ack, failure) = match fault {
            Some(fault) => (fault.unacknowledged > 0, failure_of(&fault.kind)),
            None => (false, None),
        };
        let done = match (failure, self.place(&address, now)) {
            (Some(_), _) if !loses_ack => None,
            // UPLOAD-22
            (_, Ok(place)) => Some(place.sessions.end(&known.id)),
            (_, Err(_)) => Some(Ack::Refused(HResult::BG_E_HTTP_ERROR_404)),
        };
        let ack = match failure {
            None => done,
            Some(_) if loses_ack => None,
            Some(failure) => failure.and_then(Ack::of),
        };
        let over = match &ack {
            Some(Ack::Refused(code)) => !is_repeated(*code),
            Some(_) => true,
            None => false,
        };
        let session = Some(known.id.clone());
        let exchange = Exchange { sent, answered: now, job, session, packet, ack };
        self.note(&address, exchange);
        over
    }
}

/// What keeps a packet from its Ack: a failure, or silence.
fn failure_of(kind: &FaultKind) -> Option<Option<Failure>> {
    match kind {
        FaultKind::Fails(failure) => Some(Some(*failure)),
        FaultKind::IsSilent => Some(None),
        FaultKind::Changes(_)
        | FaultKind::LosesSession
        | FaultKind::RollsBack(_)
        | FaultKind::Redirects(..) => None,
    }
}

const fn is_repeated(code: HResult) -> bool {
    match code.http_status() {
        Some(status) => status >= 500 && status < 600,
        None => code.value() != HResult::BG_E_SESSION_NOT_FOUND.value(),
    }
}
