//! What a client remembers of its upload session.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::packet::SessionId;
use crate::world::server::address::Address;
use crate::world::transfer::flow::later;

/// A session, as its client knows it.
#[derive(Debug, Clone)]
pub(in crate::world) struct ClientSession {
    pub(in crate::world) id: SessionId,
    /// Where its packets go.
    pub(in crate::world) url: Arc<str>,
    /// The next byte to send, as the Acks said (UPLOAD-03).
    pub(in crate::world) next: u64,
    /// The server named a host for them (UPLOAD-18).
    pub(in crate::world) host: Option<Host>,
    /// Where the reply is, once the server named it (UPLOAD-05).
    pub(in crate::world) reply: Option<ReplyPlace>,
}

/// The host that a session is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::world) struct Host {
    /// After how long without it the client turns to the original name; `None`: never.
    pub(in crate::world) fallback: Option<TimeDelta>,
    /// Since when it cannot be reached.
    pub(in crate::world) missing_since: Option<DateTime<Utc>>,
}

/// Where a reply is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::world) struct ReplyPlace {
    /// `BITS-Reply-URL`.
    pub(in crate::world) url: Arc<str>,
    /// It does not belong to the session (`BITS-Static-Response-URL`).
    pub(in crate::world) is_static: bool,
}

impl ClientSession {
    /// UPLOAD-18: too long without its host, the client turns to the original name. Whoever answers
    /// there may not know the session (UPLOAD-06).
    pub(in crate::world) fn fall_back(&mut self, remote_name: &Arc<str>, now: DateTime<Utc>) {
        let over = self.host.as_ref().is_some_and(|host| {
            let until = host.missing_since.zip(host.fallback);
            until.is_some_and(|(since, fallback)| now >= later(since, fallback))
        });
        if over {
            self.host = None;
            self.url = Arc::clone(remote_name);
        }
    }

    /// Whether the host of the session could be reached now.
    pub(in crate::world) fn note_contact(&mut self, reached: bool, now: DateTime<Utc>) {
        if let Some(host) = &mut self.host {
            host.missing_since =
                if reached { None } else { Some(host.missing_since.unwrap_or(now)) };
        }
    }
}

/// The same path on another host.
pub(in crate::world) fn on_host(origin: &str, address: &Address) -> Arc<str> {
    format!("{origin}{}", address.path).into()
}
