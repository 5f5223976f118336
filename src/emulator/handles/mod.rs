//! The handles that an application under test holds.

pub(super) mod callback;
pub(super) mod disk;
pub(super) mod emulator;
pub(super) mod environment;
pub(super) mod file;
pub(super) mod job;
pub(super) mod job_http;
pub(super) mod job_reply;
pub(super) mod job_settings;
pub(super) mod lock;
pub(super) mod server;
pub(super) mod session;
pub(super) mod user;
