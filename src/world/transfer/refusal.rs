//! Why no bytes flow.

use std::sync::Arc;

use crate::machine::{Event, Failure};
use crate::vocabulary::HResult;
use crate::world::environment::failure;

/// What a server, or the disk, answers instead of bytes.
#[derive(Debug)]
pub(crate) enum Refusal {
    Fails(Failure),
    /// No answer comes.
    Silence,
    Redirects(u16, Arc<str>),
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
