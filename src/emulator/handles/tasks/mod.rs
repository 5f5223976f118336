//! Tasks of async clients, on virtual time.

mod current;
mod executor;
pub(crate) mod join_handle;
pub(super) mod queue;
pub(crate) mod timer;
