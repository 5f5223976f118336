//! What an application under test holds: a BITS with its clock, sessions, jobs, files and callbacks.

mod diagnostics;
mod engine;
mod handles;
mod time;
pub(super) mod trace;

pub use diagnostics::drop_report::DropReport;
pub(crate) use diagnostics::event_log::{EventLog, LoggedStep};
pub use diagnostics::explain::{Explanation, RunningClock};
pub use diagnostics::log_event::{LogEvent, LogEventKind, UrlTransfer};
pub(crate) use diagnostics::report::WithRule;
pub use diagnostics::report::{FailureReport, JobReport};
pub use diagnostics::run_until::Unreached;
pub use diagnostics::unmet::Unmet;
#[cfg(feature = "scenario")]
pub(crate) use engine::accounts::{account_key, same_account, service_named};
pub use engine::advance::NextStep;
pub use engine::client_calls::Unanswered;
#[cfg(feature = "scenario")]
pub(crate) use engine::client_calls::{ClientCode, ClientReply};
#[cfg(feature = "scenario")]
pub(crate) use engine::default_start;
pub use engine::hooks::Calls;
pub(crate) use engine::hooks::ReplyChange;
pub use engine::saved::SavedEmulator;
pub(crate) use engine::until::Until;
pub(crate) use engine::{Engine, ProcessId};
pub use handles::background::Background;
pub use handles::callback::IntoCallback;
pub use handles::callback::{Callback, CertificateCallback};
pub use handles::disk::Disk;
pub(crate) use handles::driver::{
    CallbackFate, DrivenCall, DrivenCallback, Driver, Observation, Unwound,
};
pub use handles::emulator::Emulator;
pub use handles::file::File;
pub use handles::hook::Hook;
pub use handles::into_callback::IntoHResult;
pub use handles::job::{Cancellation, Completion, Job};
pub use handles::job_list::Jobs;
pub use handles::job_ref::JobRef;
pub(crate) use handles::refusals::{Forbidden, refusing};
pub use handles::server::{Resource, Server};
pub use handles::session::Session;
pub use handles::tasks::join_handle::JoinHandle;
pub use handles::tasks::timer::Timer;
pub use handles::user::User;
pub use time::clock::Clock;
pub(crate) use time::real_clock::{RealTime, TimeSource};
pub use time::run_report::{BusyJob, RunReport};
pub(crate) use trace::cycles::Cycle;
pub(crate) use trace::render::Names;
pub use trace::state_change::StateChange;
pub use trace::{Actor, Delivery, JobStep, Process, Trace, TraceEvent, TraceStep};
