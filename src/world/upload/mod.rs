//! The upload protocol: fragments, sessions, endpoints and server applications.

pub(super) mod application;
pub(super) mod attempt;
pub(super) mod client_session;
pub(super) mod close;
pub(super) mod endpoint;
pub(super) mod finalize;
pub(super) mod fragments;
pub(super) mod local;
pub(super) mod packet;
pub(super) mod received;
pub(super) mod server_session;
pub(super) mod sync;
