//! Why no bytes flow.

use crate::machine::{Event, Failure};
use crate::vocabulary::{HResult, Protocol, RemoteName};
use crate::world::failure::failure;
use crate::world::server::address::Address;

/// What a server, or the disk, answers instead of bytes.
#[derive(Debug)]
pub(crate) enum Refusal {
    Fails(Failure),
    /// No answer comes.
    Silence,
    Redirects(u16, RemoteName),
    /// The job is told that first, and then the answer is looked at anew.
    First(Event),
}

impl From<HResult> for Refusal {
    fn from(code: HResult) -> Self {
        Self::Fails(failure(code))
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Fails(failure)
    }
}

/// There is no such file on the server.
pub(crate) fn not_found(address: &Address) -> Refusal {
    match address.protocol {
        Protocol::Http => Failure::http(404).into(),
        Protocol::File => HResult::ERROR_FILE_NOT_FOUND.into(),
    }
}
