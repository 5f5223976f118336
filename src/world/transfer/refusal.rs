//! Refusals: why a request gets no bytes.

use crate::machine::{Event, Failure};
use crate::vocabulary::{HResult, Protocol, RemoteName};
use crate::world::failure::failure;
use crate::world::server::address::Address;

/// The answer of a server, or of the disk, instead of bytes.
#[derive(Debug)]
pub(crate) enum Refusal {
    Failure(Failure),
    /// No answer comes.
    Silence,
    Redirect(u16, RemoteName),
    /// The event comes first, and then the request is handled anew.
    RetryAfter(Event),
}

impl From<HResult> for Refusal {
    fn from(code: HResult) -> Self {
        Self::Failure(failure(code))
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// There is no such file on the server.
pub(crate) fn not_found(address: &Address) -> Refusal {
    match address.protocol {
        Protocol::Http => Failure::http(404).into(),
        Protocol::File => HResult::ERROR_FILE_NOT_FOUND.into(),
    }
}
