//! The upload sessions of an endpoint, as its server knows them.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use chrono::{DateTime, TimeDelta, Utc};

use super::packet::{Ack, SessionId};
use super::received::ReceivedBytes;
use crate::vocabulary::JobId;
use crate::vocabulary::canonical::Canonical;
use crate::world::server::address::Address;
use crate::world::server::content::Content;
use crate::world::time::later;

/// An upload session, as its server knows it.
#[derive(Debug, Clone)]
pub(crate) struct ServerSession {
    pub(crate) job: JobId,
    pub(crate) received: ReceivedBytes,
    last_progress: DateTime<Utc>,
    /// The file stands at its destination (UPLOAD-04).
    pub(crate) stored: bool,
    /// What the application answered to the whole upload (UPLOAD-05).
    pub(crate) reply: Option<Content>,
    /// The exchange under which its present fragments are logged.
    pub(crate) exchange: Option<u64>,
}

/// The sessions of one endpoint.
#[derive(Debug, Clone, Default)]
pub(crate) struct ServerSessions {
    pub(crate) by_id: BTreeMap<SessionId, ServerSession>,
    created: u32,
}

impl ServerSessions {
    /// Creates a session. The id is unlike any other of any server, also of one that was made anew and
    /// counts from the beginning. Ids of one server stand in the order of their creation.
    pub(crate) fn create(&mut self, at: &Address, job: JobId, now: DateTime<Utc>) -> SessionId {
        self.created = self.created.saturating_add(1);
        let place = hash(at.origin.bytes().chain(at.path.bytes()));
        let whose = hash(job.0.into_bytes().into_iter()) & u64::from(u32::MAX);
        let number =
            (u128::from(place) << 64) | (u128::from(self.created) << 32) | u128::from(whose);
        let id = SessionId::new(&uuid::Uuid::from_u128(number).braced().to_string());
        let session = ServerSession {
            job,
            received: ReceivedBytes::default(),
            last_progress: now,
            stored: false,
            reply: None,
            exchange: None,
        };
        self.by_id.insert(id.clone(), session);
        id
    }

    /// Receives the bytes from one to another, the second excluded (UPLOAD-03).
    pub(crate) fn receive(
        &mut self,
        id: &SessionId,
        of: &Content,
        (first, end): (u64, u64),
        now: DateTime<Utc>,
    ) -> Ack {
        let Some(session) = self.by_id.get_mut(id) else { return Ack::UNKNOWN_SESSION };
        let before = session.received.next();
        if !session.received.receive(of, first, end) {
            return Ack::Gap { next: before };
        }
        let next = session.received.next();
        if next > before {
            // UPLOAD-17
            session.last_progress = now;
        }
        Ack::Received { next, reply_url: None }
    }

    /// Closes a session. UPLOAD-22: what was not wholly there is deleted with the
    /// session, and so is the reply; what stands at its destination stays there.
    pub(crate) fn close(&mut self, id: &SessionId) -> Ack {
        self.by_id.remove(id).map_or(Ack::UNKNOWN_SESSION, |_| Ack::Done)
    }

    /// Removes what came from that byte on.
    pub(crate) fn roll_back(&mut self, next: u64) {
        self.by_id.values_mut().for_each(|session| session.received.cut(next));
    }

    /// UPLOAD-17: removes the sessions that made no progress for too long, at the runs of the task.
    pub(crate) fn clean_up(
        &mut self,
        (timeout, every): (TimeDelta, TimeDelta),
        now: DateTime<Utc>,
    ) {
        self.by_id
            .retain(|_, session| next_run(later(session.last_progress, timeout), every) > now);
    }
}

impl Canonical for ServerSession {
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        // Where fragments are logged changes nothing else.
        let Self { job, received, last_progress, stored, reply, exchange: _ } = self;
        (job, last_progress, stored).hash(hasher);
        received.hash_canonical(hasher);
        reply.hash_canonical(hasher);
    }
}

impl Canonical for ServerSessions {
    /// The ids of sessions stay as they are, because URLs hold them; so the number of the next one counts too.
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self { by_id, created } = self;
        by_id.hash_canonical(hasher);
        hasher.write_u32(*created);
    }
}

/// When a task of that interval next runs, counted from 1970: an interpretation.
fn next_run(from: DateTime<Utc>, every: TimeDelta) -> DateTime<Utc> {
    let every = every.num_microseconds().unwrap_or(i64::MAX);
    if every <= 0 {
        return from;
    }
    let missing = (-i128::from(from.timestamp_micros())).rem_euclid(i128::from(every));
    later(from, TimeDelta::microseconds(i64::try_from(missing).unwrap_or(i64::MAX)))
}

/// A number that differs from text to text, the same on every computer (FNV-1a).
fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn sessions() -> (ServerSessions, SessionId) {
        let mut sessions = ServerSessions::default();
        let at = Address::of(&"https://example.com/in".into());
        let id = sessions.create(&at, JobId(uuid::Uuid::nil()), START);
        (sessions, id)
    }

    /// UPLOAD-03
    #[test]
    fn the_server_names_the_byte_it_expects() {
        let (mut sessions, id) = sessions();
        let file = Content::sized(10);
        let mut send = |first, end| sessions.receive(&id, &file, (first, end), START);
        let received = |next| Ack::Received { next, reply_url: None };
        assert_eq!(send(1, 4), Ack::Gap { next: 0 });
        assert_eq!(send(0, 4), received(4));
        assert_eq!(send(2, 3), received(4));
        assert_eq!(send(5, 6), Ack::Gap { next: 4 });
        assert_eq!(send(3, 10), received(10));
    }

    /// UPLOAD-22
    #[test]
    fn a_session_ends_with_all_it_has() {
        let (mut sessions, id) = sessions();
        let file = Content::sized(10);
        sessions.receive(&id, &file, (0, 4), START);
        assert_eq!(sessions.close(&id), Ack::Done);
        assert_eq!(sessions.close(&id), Ack::UNKNOWN_SESSION);
        assert_eq!(sessions.receive(&id, &file, (4, 10), START), Ack::UNKNOWN_SESSION);
    }

    /// UPLOAD-24: no two sessions are the same.
    #[test]
    fn each_session_has_an_id_of_its_own() {
        let (mut sessions, first) = sessions();
        let (_, other) = super::tests::sessions();
        assert_eq!(first, other, "the same each time");
        let job = JobId(uuid::Uuid::nil());
        let second = sessions.create(&Address::of(&"https://example.com/in".into()), job, START);
        let elsewhere = ServerSessions::default().create(
            &Address::of(&"https://example.org/in".into()),
            job,
            START,
        );
        assert!(first != second && first != elsewhere);
        let other = JobId(uuid::Uuid::from_u128(1));
        let anew = ServerSessions::default().create(
            &Address::of(&"https://example.com/in".into()),
            other,
            START,
        );
        assert_ne!(first, anew, "of a server that was made anew");
        assert!(first.as_str().len() <= 100);
    }

    /// UPLOAD-17
    #[test]
    fn the_clean_up_removes_what_stood_still_for_too_long() {
        let (timeout, every) = (TimeDelta::days(14), TimeDelta::hours(12));
        let (mut sessions, id) = sessions();
        let file = Content::sized(10);
        sessions.receive(&id, &file, (0, 4), START + TimeDelta::hours(1));
        let mut is_known_after = |time| {
            sessions.clean_up((timeout, every), START + time);
            sessions.by_id.contains_key(&id)
        };
        assert!(is_known_after(timeout + TimeDelta::hours(11)));
        assert!(!is_known_after(timeout + TimeDelta::hours(12)));
        assert_eq!(next_run(START, every), START);
        assert_eq!(next_run(START, TimeDelta::zero()), START);
        assert_eq!(next_run(DateTime::<Utc>::MAX_UTC, every), DateTime::<Utc>::MAX_UTC);
    }
}
