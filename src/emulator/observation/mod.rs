//! What somebody sees who looks on: the trace of everything that happened.

mod recorder;
mod trace;

pub(super) use recorder::Recorder;
pub use trace::{Actor, Happened, JobStep, Process, Told, Trace, TraceStep};
