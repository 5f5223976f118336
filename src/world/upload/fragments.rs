//! Bytes of an upload reach the server, and are noted there.

use chrono::{DateTime, Utc};

use super::packet::{Ack, Exchange, Packet, SessionId};
use crate::vocabulary::JobId;
use crate::world::environment::Environment;
use crate::world::server::address::Address;
use crate::world::server::content::Content;
use crate::world::transfer::flow::Flow;

/// What an upload sends, and under which session.
#[derive(Debug, Clone)]
pub(crate) struct Sending {
    pub(crate) job: JobId,
    pub(crate) session: SessionId,
    pub(crate) content: Content,
}

impl Environment {
    /// The server gets as many of the bytes that flow, and notes them. False if it does not take
    /// them, because it does not know the session, or lost what was before.
    pub(crate) fn deliver(
        &mut self,
        sending: &Sending,
        flow: &mut Flow,
        bytes: u64,
        now: DateTime<Utc>,
    ) -> bool {
        if !self.is_expected(sending, flow) {
            return false;
        }
        let Some(ack) = self.take(sending, flow, bytes, now) else { return true };
        flow.acknowledged = flow.next();
        self.note_more(sending, flow, (flow.taken, now), ack);
        true
    }

    /// Whether the server still expects what flows next.
    pub(crate) fn is_expected(&mut self, sending: &Sending, flow: &Flow) -> bool {
        let next = self.session_at(sending, flow).map(|(_, next, _)| next);
        next.is_some_and(|next| next >= flow.next())
    }

    /// The server takes the bytes. `None` if none are new.
    pub(crate) fn take(
        &mut self,
        sending: &Sending,
        flow: &mut Flow,
        bytes: u64,
        now: DateTime<Utc>,
    ) -> Option<Ack> {
        if bytes <= flow.taken {
            return None;
        }
        let (address, ..) = self.session_at(sending, flow)?;
        let range = (flow.next(), flow.base.saturating_add(bytes));
        let place = self.uploads(&address).ok()?;
        flow.taken = bytes;
        Some(place.sessions.fragment(&sending.session, &sending.content, range, now))
    }

    /// Notes that the fragments of a flow came so far, as one exchange.
    pub(crate) fn note_more(
        &mut self,
        sending: &Sending,
        flow: &Flow,
        (bytes, now): (u64, DateTime<Utc>),
        ack: Ack,
    ) {
        let Some((address, _, noted)) = self.session_at(sending, flow) else { return };
        let end = flow.base.saturating_add(bytes);
        let extended = noted.is_some_and(|number| {
            let server = self.server(&address).ok();
            server.is_some_and(|server| server.log().extend(number, end, now, ack.clone()))
        });
        if !extended {
            self.note_apart(sending, flow, (0, bytes), now, Some(ack));
        }
    }

    /// Notes fragments of a flow as an exchange of their own, and says under which number.
    pub(crate) fn note_apart(
        &mut self,
        sending: &Sending,
        flow: &Flow,
        (first, end): (u64, u64),
        now: DateTime<Utc>,
        ack: Option<Ack>,
    ) -> Option<u64> {
        let (address, _, noted) = self.session_at(sending, flow)?;
        let first = if noted.is_some() { flow.base.saturating_add(first) } else { flow.first };
        let exchange = Exchange {
            sent: if noted.is_some() { now } else { flow.begun() },
            answered: now,
            job: sending.job,
            session: Some(sending.session.clone()),
            packet: Packet::fragment(first, flow.base.saturating_add(end)),
            ack,
        };
        let number = self.note(&address, exchange);
        if let Ok(place) = self.uploads(&address)
            && let Some(session) = place.sessions.get_mut(&sending.session)
        {
            session.exchange = number;
        }
        number
    }

    /// Where the session of a flow is, the next byte expected there, and where its fragments are
    /// noted.
    fn session_at(
        &mut self,
        sending: &Sending,
        flow: &Flow,
    ) -> Option<(Address, u64, Option<u64>)> {
        let address = self.host_of(&Address::of(&flow.url)).ok()?;
        let session = self.uploads(&address).ok()?.sessions.get(&sending.session)?;
        let (next, exchange) = (session.next(), session.exchange);
        Some((address, next, exchange))
    }
}
