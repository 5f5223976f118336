//! The packets of the upload protocol, as a server sees them (UPLOAD-02).

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::machine::Failure;
use crate::vocabulary::{ErrorContext, FileRange, HResult, JobId};

/// The id of an upload session. No two sessions have the same (UPLOAD-24).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(Arc<str>);

impl SessionId {
    pub(crate) fn new(id: &str) -> Self {
        Self(id.into())
    }

    /// Returns the id as it stands in a packet.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The kinds of packets, by which a [`Fault`](crate::Fault) names the one that it is an answer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PacketKind {
    /// Sent before anything else to a server that asks for credentials: an interpretation of "optional".
    Ping,
    /// Begins an upload.
    CreateSession,
    /// Bytes of the file.
    Fragment,
    /// The client has what it wants; the session ends.
    CloseSession,
    /// The client gives up.
    CancelSession,
}

/// A packet of the upload protocol, as a model: not as bytes on a wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Packet {
    /// Nothing but a connection.
    Ping,
    /// A session is asked for.
    CreateSession,
    /// Bytes of the file. Fragments that follow each other without a gap, and that were all
    /// acknowledged, are noted as one; one that was refused at once is noted without its bytes.
    Fragment(FileRange),
    /// The session is to end.
    CloseSession,
    /// The session is to be given up.
    CancelSession,
}

impl Packet {
    /// Returns the kind of the packet.
    #[must_use]
    pub const fn kind(&self) -> PacketKind {
        match self {
            Self::Ping => PacketKind::Ping,
            Self::CreateSession => PacketKind::CreateSession,
            Self::Fragment(_) => PacketKind::Fragment,
            Self::CloseSession => PacketKind::CloseSession,
            Self::CancelSession => PacketKind::CancelSession,
        }
    }

    /// The bytes of the file from one to another, the second excluded.
    pub(crate) const fn fragment(first: u64, end: u64) -> Self {
        Self::Fragment(FileRange::new(first, end.saturating_sub(first)))
    }
}

/// The answer of a server to a packet.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ack {
    /// A Ping, Close-Session or Cancel-Session is done.
    Done,
    /// The session exists, on the host with that origin if the server names one (UPLOAD-18).
    Created {
        /// `BITS-Host-Id`.
        host: Option<Arc<str>>,
    },
    /// The bytes are there (UPLOAD-03).
    Received {
        /// The next byte that the server expects: the size of the file when it is whole.
        next: u64,
        /// `BITS-Reply-URL`, with the last bytes of an upload-reply (UPLOAD-05).
        reply_url: Option<Arc<str>>,
    },
    /// 416: bytes are missing before those of the fragment (UPLOAD-03).
    Gap {
        /// The next byte that the server expects.
        next: u64,
    },
    /// The server, or the application behind it, refused with that code (UPLOAD-23).
    Refused(HResult),
}

impl Ack {
    /// The server knows of no such session.
    pub(crate) const UNKNOWN_SESSION: Self = Self::Refused(HResult::BG_E_SESSION_NOT_FOUND);

    /// The answer to a failed packet; `None` if the connection failed, so that there was none.
    pub(crate) fn of(failure: Failure) -> Option<Self> {
        let code = failure.code();
        let from_server = code.http_status().is_some()
            || (code.value() & 0xFFFF_0000) == 0x8020_0000
            || matches!(
                failure.context(),
                Some(ErrorContext::RemoteFile | ErrorContext::RemoteApplication)
            );
        from_server.then_some(Self::Refused(code))
    }
}

/// A packet that reached a server, and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PacketExchange {
    /// When the client sent it; of several fragments, the first.
    pub sent: DateTime<Utc>,
    /// When the server answered; of several fragments, the last. A client sends nothing else before
    /// (UPLOAD-02).
    pub answered: DateTime<Utc>,
    /// Whose upload it is.
    pub job: JobId,
    /// The session, if it is known.
    pub session: Option<SessionId>,
    /// What was sent.
    pub packet: Packet,
    /// What was answered; `None` if the answer did not reach the client.
    pub ack: Option<Ack>,
}

impl PacketExchange {
    /// Adds fragments up to that byte, with the Ack to them.
    pub(crate) fn extend(&mut self, end: u64, at: DateTime<Utc>, ack: Ack) {
        if let Packet::Fragment(range) = self.packet {
            self.packet = Packet::fragment(range.initial_offset, end);
        }
        self.answer(at, ack);
    }

    /// Sets the Ack.
    pub(crate) fn answer(&mut self, at: DateTime<Utc>, ack: Ack) {
        self.answered = at;
        self.ack = Some(ack);
    }
}
