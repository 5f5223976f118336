//! Fragments: bytes of an upload reach the server, and are logged there.

use chrono::{DateTime, Utc};

use super::packet::{Ack, Packet, PacketExchange, SessionId};
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
    /// Gives the server that many of the bytes that flow, and logs them. False if it does not accept them,
    /// because it does not know the session, or lost what was before.
    pub(crate) fn receive_fragments(
        &mut self,
        sending: &Sending,
        flow: &mut Flow,
        bytes: u64,
        now: DateTime<Utc>,
    ) -> bool {
        if !self.is_expected(sending, flow) {
            return false;
        }
        let Some(ack) = self.append_fragment(sending, flow, bytes, now) else { return true };
        flow.acknowledged = flow.next();
        self.log_fragments(sending, flow, (flow.received, now), ack);
        true
    }

    /// Whether the server still expects what flows next.
    pub(crate) fn is_expected(&mut self, sending: &Sending, flow: &Flow) -> bool {
        let next = self.session_at(sending, flow).map(|(_, next, _)| next);
        next.is_some_and(|next| next >= flow.next())
    }

    /// Appends the bytes to the session. `None` if none are new.
    pub(crate) fn append_fragment(
        &mut self,
        sending: &Sending,
        flow: &mut Flow,
        bytes: u64,
        now: DateTime<Utc>,
    ) -> Option<Ack> {
        if bytes <= flow.received {
            return None;
        }
        let (address, ..) = self.session_at(sending, flow)?;
        let range = (flow.next(), flow.base.saturating_add(bytes));
        let place = self.endpoint(&address).ok()?;
        flow.received = bytes;
        Some(place.sessions.receive(&sending.session, &sending.content, range, now))
    }

    /// Logs the fragments of a flow up to now, as one exchange.
    pub(crate) fn log_fragments(
        &mut self,
        sending: &Sending,
        flow: &Flow,
        (bytes, now): (u64, DateTime<Utc>),
        ack: Ack,
    ) {
        let Some((address, _, noted)) = self.session_at(sending, flow) else { return };
        let end = flow.base.saturating_add(bytes);
        let extended = noted.is_some_and(|number| {
            let known = self.server(&address).ok().and_then(|it| it.exchanges.get_mut(number));
            known.map(|known| known.extend(end, now, ack.clone())).is_some()
        });
        if !extended {
            self.log_separately(sending, flow, (0, bytes), now, Some(ack));
        }
    }

    /// Logs fragments of a flow as an exchange of their own, and returns its number.
    pub(crate) fn log_separately(
        &mut self,
        sending: &Sending,
        flow: &Flow,
        (first, end): (u64, u64),
        now: DateTime<Utc>,
        ack: Option<Ack>,
    ) -> Option<u64> {
        let (address, _, noted) = self.session_at(sending, flow)?;
        let first = if noted.is_some() { flow.base.saturating_add(first) } else { flow.first };
        let exchange = PacketExchange {
            sent: if noted.is_some() { now } else { flow.begun },
            answered: now,
            job: sending.job,
            session: Some(sending.session.clone()),
            packet: Packet::fragment(first, flow.base.saturating_add(end)),
            ack,
        };
        let number = self.log_exchange(&address, exchange);
        if let Ok(place) = self.endpoint(&address)
            && let Some(session) = place.sessions.by_id.get_mut(&sending.session)
        {
            session.exchange = number;
        }
        number
    }

    /// The address of the session of a flow, the next byte expected there, and the exchange of its
    /// fragments.
    fn session_at(
        &mut self,
        sending: &Sending,
        flow: &Flow,
    ) -> Option<(Address, u64, Option<u64>)> {
        let address = self.upload_host(&Address::of(&flow.url)).ok()?;
        let session = self.endpoint(&address).ok()?.sessions.by_id.get(&sending.session)?;
        let (next, exchange) = (session.received.next(), session.exchange);
        Some((address, next, exchange))
    }
}
