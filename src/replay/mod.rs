//! Logs of real Windows, held against the model: whether a job that a machine logged went as the rules say.
//!
//! BITS writes what happens to jobs to the event channel Microsoft-Windows-Bits-Client/Operational. A [`Log`] of
//! its [`Record`]s is explained job by job: a life of the job is sought, made of the same steps as everywhere
//! else, that writes every record at its time. What no log can show is found out and costs nothing: the calls
//! that each client makes (`AddFile`, the first `Resume`), and how long an attempt took, which is bounded by
//! its own time limit of five minutes. Everything else that is needed is an [`Assumption`], and the life
//! that needs the fewest is the explanation.
//!
//! ```
//! use bits_emulator::replay::{Log, Conformance};
//! use bits_emulator::{Emulator, JobType};
//! use std::time::Duration;
//!
//! // A job that finds no server, tried again after the default of ten minutes.
//! let emulator = Emulator::new();
//! let job = emulator.connect("alice").create_job("update", JobType::Download)?;
//! job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
//! job.resume()?;
//! emulator.advance(Duration::from_secs(3_600));
//!
//! let replay = Log::of(&emulator).replay();
//! assert_eq!(replay.jobs()[0].conformance(), &Conformance::Explained);
//! # Ok::<(), bits_emulator::Error>(())
//! ```
//!
//! # What is compared
//!
//! Of each record the event and its time, the code, the bytes, the URL and the number of files, as far as they are
//! recorded. A record may come one second before or after the instant at which the model writes it, because real
//! timers are not exact; what is early is kept as a drift, by which the clock of the model is ahead from then on.
//!
//! # What jobs share
//!
//! When the service stopped and started (events 308 and 306; without a 308 it stopped after the last record before the
//! start, and what it wrote after that is lost), and when the network was away: what one job was
//! explained with costs the next ones nothing, and the network was never away while another job tried. Jobs are
//! explained in the order in which they begin, so that the sum for a log is not always the smallest. Where a network
//! that was away for one job would make another one dearer, that one is explained without it.
//!
//! # Bounds
//!
//! The search ends with "not explained" if a job needs more than 60 assumptions, or if more than 60,000 lives up to a
//! record were looked at, or twenty for each record of the job if it has many. An assumption is made only where a record cannot be written without one, and a client sets
//! the retry delay once.
//!
//! # What is not known of a job
//!
//! Each is taken for a download, and its files for those that its records name. A job whose first record is not its
//! creation may be in each state then.

mod acceptor;
mod beginnings;
mod bursts;
mod delays;
mod emulated;
mod job_replay;
mod life;
mod likeness;
mod log;
mod record;
#[cfg(feature = "scenario")]
mod scenario;
mod spans;
mod step;
mod story;
mod ways;
mod writing;

pub use bursts::{Burst, Cause};
pub use job_replay::{Conformance, JobReplay, Replay};
pub use likeness::{Likeness, RetryFit, Start};
pub use log::Log;
pub use record::{BadRecord, Record, RecordFields, RecordKind, RecordedTransfer};
pub use step::{Assumption, HiddenStep, LifeStep};
