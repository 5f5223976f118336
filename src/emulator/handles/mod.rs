//! The handles that an application under test and its test hold.

pub(super) mod background;
pub(super) mod callback;
mod canonical;
mod client_code;
pub(super) mod disk;
pub(super) mod driver;
pub(super) mod emulator;
pub(super) mod entry_points;
pub(super) mod environment;
pub(super) mod file;
pub(super) mod held_jobs;
pub(super) mod hook;
pub(super) mod identity;
pub(super) mod into_callback;
pub(super) mod job;
pub(super) mod job_http;
pub(super) mod job_ref;
pub(super) mod job_reply;
pub(super) mod job_settings;
pub(super) mod methods;
pub(super) mod recent_calls;
pub(super) mod server;
pub(super) mod session;
pub(super) mod shared;
pub(super) mod state;
pub(super) mod time;
pub(super) mod user;
