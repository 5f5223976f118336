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

/// Fragments of an upload, and the server of its session.
pub(crate) struct Fragments<'a> {
    pub(crate) env: &'a mut Environment,
    pub(crate) sending: &'a Sending,
    pub(crate) flow: &'a mut Flow,
    pub(crate) now: DateTime<Utc>,
}

impl Fragments<'_> {
    /// Gives the server that many of the bytes that flow, and logs them. False if it does not accept them,
    /// because it does not know the session, or lost what was before.
    pub(crate) fn receive(&mut self, bytes: u64) -> bool {
        let next = self.session().map(|(_, next, _)| next);
        if next.is_none_or(|next| next < self.flow.next()) {
            return false;
        }
        if let Some(ack) = self.append(bytes) {
            self.flow.acknowledged = self.flow.next();
            self.log(self.flow.received, ack);
        }
        true
    }

    /// Appends the bytes to the session. `None` if none are new.
    pub(crate) fn append(&mut self, bytes: u64) -> Option<Ack> {
        if bytes <= self.flow.received {
            return None;
        }
        let (address, ..) = self.session()?;
        let range = (self.flow.next(), self.flow.base.saturating_add(bytes));
        let place = self.env.endpoint(&address).ok()?;
        self.flow.received = bytes;
        let Sending { session, content, .. } = self.sending;
        Some(place.sessions.receive(session, content, range, self.now))
    }

    /// Logs that many bytes, all up to now, as one exchange.
    pub(crate) fn log(&mut self, bytes: u64, ack: Ack) {
        let Some((address, _, noted)) = self.session() else { return };
        let end = self.flow.base.saturating_add(bytes);
        let extended = noted.is_some_and(|number| {
            let known = self.env.server(&address).ok().and_then(|it| it.exchanges.get_mut(number));
            known.map(|known| known.extend(end, self.now, ack.clone())).is_some()
        });
        if !extended {
            self.log_separately((0, bytes), Some(ack));
        }
    }

    /// Logs the last bytes, from that one on, as an exchange of their own.
    pub(crate) fn log_last(&mut self, first: u64, ack: Option<Ack>) -> Option<u64> {
        self.log_separately((first, self.flow.length), ack)
    }

    /// Logs bytes as an exchange of their own, and returns its number.
    fn log_separately(&mut self, (first, end): (u64, u64), ack: Option<Ack>) -> Option<u64> {
        let (address, _, noted) = self.session()?;
        let Self { env, sending, flow, now } = self;
        let first = if noted.is_some() { flow.base.saturating_add(first) } else { flow.first };
        let exchange = PacketExchange {
            sent: if noted.is_some() { *now } else { flow.begun },
            answered: *now,
            job: sending.job,
            session: Some(sending.session.clone()),
            packet: Packet::fragment(first, flow.base.saturating_add(end)),
            ack,
        };
        let number = env.log_exchange(&address, exchange);
        if let Ok(place) = env.endpoint(&address)
            && let Some(session) = place.sessions.by_id.get_mut(&sending.session)
        {
            session.exchange = number;
        }
        number
    }

    /// The address of the session, the next byte expected there, and the exchange of its fragments.
    fn session(&mut self) -> Option<(Address, u64, Option<u64>)> {
        let address = self.env.upload_host(&Address::of(&self.flow.url)).ok()?;
        let place = self.env.endpoint(&address).ok()?;
        let session = place.sessions.by_id.get(&self.sending.session)?;
        let (next, exchange) = (session.received.next(), session.exchange);
        Some((address, next, exchange))
    }
}
