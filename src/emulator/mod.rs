//! What an application under test holds: a BITS with its clock, sessions, jobs, files and callbacks.

mod accounts;
mod callback;
mod clock;
mod computer;
mod disk_handle;
mod drive;
mod engine;
mod errands;
mod file;
mod guard;
mod handle;
mod hooks;
mod job;
mod job_http;
mod job_reply;
mod job_settings;
mod observation;
mod progression;
mod reports;
mod saved;
#[cfg(feature = "scenario")]
mod scripted;
mod session;
mod surroundings;
mod user;
mod wall;
mod world_handles;

pub use callback::{Callback, CertificateCallback};
pub use clock::Clock;
pub use disk_handle::DiskHandle;
pub use drive::Happening;
#[cfg(feature = "scenario")]
pub(crate) use engine::{Engine, ProcessId};
#[cfg(feature = "scenario")]
pub(crate) use errands::Answer;
pub use file::File;
pub use handle::Emulator;
pub use hooks::Hook;
pub use job::{Cancellation, Completion, Job};
#[cfg(feature = "scenario")]
pub(crate) use observation::Cycle;
pub use observation::{Actor, Explanation, Happened, JobStep, LogEvent, Logged, Process};
pub use observation::{RunningClock, Told, Trace, TraceStep, Unanswered, UrlTransfer};
pub use progression::Progression;
pub use saved::SavedEmulator;
#[cfg(feature = "scenario")]
pub(crate) use scripted::Asked;
pub use session::{Jobs, Session};
pub use user::User;
pub use world_handles::{ResourceHandle, ServerHandle};
