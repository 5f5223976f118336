//! The upload session, as its client knows it.

use chrono::{DateTime, TimeDelta, Utc};

use super::packet::SessionId;
use crate::vocabulary::RemoteName;
use crate::world::server::address::Address;
use crate::world::time::later;

/// An upload session, as its client knows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ClientSession {
    pub(crate) id: SessionId,
    /// Where its packets go.
    pub(crate) url: RemoteName,
    /// The next byte to send, as the Acks said (UPLOAD-03).
    pub(crate) next: u64,
    /// The server named a host for them (UPLOAD-18).
    pub(crate) host: Option<Host>,
    /// Where the reply is, once the server named it (UPLOAD-05).
    pub(crate) reply: Option<ReplyPlace>,
}

/// The host that a session is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Host {
    /// After how long without it the client turns to the original name; `None`: never.
    pub(crate) fallback: Option<TimeDelta>,
    /// Since when it cannot be reached.
    pub(crate) missing_since: Option<DateTime<Utc>>,
}

/// Where a reply is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ReplyPlace {
    /// `BITS-Reply-URL`.
    pub(crate) url: RemoteName,
    /// It does not belong to the session (`BITS-Static-Response-URL`).
    pub(crate) is_static: bool,
}

impl ClientSession {
    /// UPLOAD-18: too long without its host, the client turns to the original name. The server there may
    /// not know the session (UPLOAD-06).
    pub(crate) fn fall_back(&mut self, remote_name: &RemoteName, now: DateTime<Utc>) {
        let over = self.host.as_ref().is_some_and(|host| {
            let until = host.missing_since.zip(host.fallback);
            until.is_some_and(|(since, fallback)| now >= later(since, fallback))
        });
        if over {
            self.host = None;
            self.url = remote_name.clone();
        }
    }

    /// Records whether the host of the session could be reached now.
    pub(crate) fn record_contact(&mut self, reached: bool, now: DateTime<Utc>) {
        if let Some(host) = &mut self.host {
            host.missing_since =
                if reached { None } else { Some(host.missing_since.unwrap_or(now)) };
        }
    }
}

/// The same path on another host.
pub(crate) fn on_host(origin: &str, address: &Address) -> RemoteName {
    format!("{origin}{}", address.path).into()
}
