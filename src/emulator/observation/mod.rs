//! What somebody sees who looks on: the trace of everything that happened.

mod advice;
mod cycles;
mod dump;
mod explain;
#[cfg(feature = "serde")]
mod json;
mod log;
mod recorder;
mod table;
mod trace;
mod words;

#[cfg(feature = "scenario")]
pub(crate) use cycles::Cycle;
pub use explain::{Explanation, RunningClock, Unanswered};
pub use log::{LogEvent, Logged, UrlTransfer};
pub(super) use recorder::Recorder;
pub use trace::{Actor, Happened, JobStep, Process, Told, Trace, TraceStep};
