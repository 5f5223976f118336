//! Explanations: why a job is in its state, what happens next, and which calls are possible.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::emulator::engine::Engine;
use crate::emulator::engine::client_calls::Unanswered;
use crate::emulator::handles::emulator::Emulator;
use crate::emulator::handles::job_ref::JobRef;
use crate::emulator::trace::{TraceEvent, TraceStep};
use crate::machine::{Deadline, Input, JobStateMachine, TransferItem, Wait};
use crate::service::not_found;
use crate::vocabulary::{Error, JobError, JobId, JobPriority, JobState, JobType, Method};

/// An explanation of a job: why it is in its state, what will happen to it and when, and which calls are
/// possible now. Printed, it is advice for a programmer.
///
/// ```
/// use std::time::Duration;
/// use bits_emulator::{Emulator, JobType, Method};
/// use bits_emulator::machine::{Deadline, Wait};
///
/// let emulator = Emulator::new();
/// emulator.server("https://example.com").file("/app.exe", 1_000).fails(503);
/// let session = emulator.connect("alice");
/// let job = session.create_job("update", JobType::Download)?;
/// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
/// job.resume()?;
/// emulator.advance(Duration::from_secs(30));
///
/// let explanation = emulator.explain(&job)?;
/// assert_eq!(explanation.waits_for, Wait::RetryDelay);
/// assert_eq!(explanation.clocks[0].deadline, Deadline::RetryDelay);
/// assert!(explanation.possible.contains(&Method::Resume));
/// assert!(explanation.to_string().contains("BG_E_HTTP_ERROR_503"));
/// # Ok::<(), bits_emulator::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// The job.
    pub job: JobId,
    /// Its display name.
    pub name: String,
    /// Its state.
    pub state: JobState,
    /// The time of the explanation.
    pub at: DateTime<Utc>,
    /// The step that brought it there, if the trace still has it.
    pub because: Option<TraceStep>,
    /// The error object, and the local name of the file that it concerns.
    pub error: Option<(JobError, Option<Arc<str>>)>,
    /// What no test declared of what the job transfers next, or failed to: its server, or the path there,
    /// and what is near.
    pub missing: Option<String>,
    /// Whether the service runs; while it does not, nothing happens to any job (LIFE-31).
    pub is_service_running: bool,
    /// Whether its owner is logged on; without a logon it does not run, and its owner can neither add files
    /// nor complete it (NET-11, NET-21).
    pub is_owner_logged_on: bool,
    /// The condition for it to go on.
    pub waits_for: Wait,
    /// The job that has its turn, if it waits for one.
    pub running: Option<JobId>,
    pub(super) running_name: Option<String>,
    /// Whether a callback of its client is registered, so that this may be waiting for it.
    pub(super) has_callback: bool,
    /// When the next thing happens to its transfer, if it is under way.
    pub next_event: Option<DateTime<Utc>>,
    /// The running clocks, the first to act first.
    pub clocks: Vec<RunningClock>,
    /// When its no-progress period ends, if a failure without a byte since began one and the job is QUEUED, CONNECTING or
    /// TRANSFERRING: no clock acts then, but a failure from then on is the last (TIME-06).
    pub no_progress_until: Option<DateTime<Utc>>,
    /// The lines of its custom headers that no request carries, because they are ill formed (PROP-24).
    pub unsent_headers: Vec<String>,
    /// The calls of client code that have not returned.
    pub unanswered: Vec<Unanswered>,
    /// The calls that would be accepted from the owner, with suitable values.
    pub possible: Vec<Method>,
    /// The other calls, and why they would be refused.
    pub refused: Vec<(Method, Error)>,
}

/// A running clock of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunningClock {
    /// When it acts.
    pub at: DateTime<Utc>,
    /// Which.
    pub deadline: Deadline,
}

impl Emulator {
    /// Explains why a job is in its state, what will happen to it and when, and which calls are possible.
    ///
    /// # Errors
    ///
    /// `BG_E_NOT_FOUND` if no such job is in the queue and no handle holds one that left it, and for a handle of
    /// a job of [another emulator](crate::emulator::JobRef).
    pub fn explain<'job>(&self, job: impl Into<JobRef<'job>>) -> Result<Explanation, Error> {
        let job = self.id_of(job)?;
        self.lock().explain(job)
    }
}

impl Engine {
    pub(crate) fn explain(&mut self, id: JobId) -> Result<Explanation, Error> {
        self.flush_progress(id);
        let at = self.now();
        let job = self.service.job(id).ok_or_else(|| not_found(Method::GetJob))?;
        let state = job.state();
        let waits_for = job.waits_for();
        let error = job.error().ok().map(|error| {
            let file = error.file().ok().and_then(|file| job.file(file));
            (*error, file.map(|file| Arc::clone(&file.local_name)))
        });
        let (possible, refused) = self.calls(job, at);
        // A job in the foreground waits for no other.
        let needs_turn = waits_for == Wait::Turn && job.priority() != JobPriority::Foreground;
        let running = self.service.background_job().filter(|_| needs_turn);
        Ok(Explanation {
            job: id,
            name: job.display_name().to_owned(),
            state,
            at,
            because: self.recorder.latest(|step| brought(step, id, state)),
            missing: self.missing(job),
            error,
            is_service_running: self.host.is_running(),
            is_owner_logged_on: self.service.is_logged_on(job.owner()),
            waits_for,
            running,
            running_name: running
                .and_then(|running| self.service.job(running))
                .map(|running| running.display_name().to_owned()),
            has_callback: job.notify_interface().is_some(),
            next_event: self.world.next_event_of(id),
            clocks: clocks(job),
            no_progress_until: match state {
                JobState::Queued | JobState::Connecting | JobState::Transferring => {
                    job.no_progress_until()
                }
                _ => None,
            },
            unsent_headers: job.unsent_headers().map(str::to_owned).collect(),
            unanswered: self.unanswered(id),
            possible,
            refused,
        })
    }

    /// What is missing of the file that the error object concerns, or else of the one that is next.
    fn missing(&self, job: &JobStateMachine) -> Option<String> {
        if job.state().is_final() {
            return None;
        }
        let failed = job.error().ok().and_then(|error| error.file().ok());
        let next = || match job.current() {
            Some(TransferItem::File(file)) => Some(file),
            Some(TransferItem::Reply) | None => None,
        };
        let file = job.file(failed.or_else(next)?)?;
        self.world.missing(&file.remote_name, job.job_type() != JobType::Download)
    }

    /// The calls that would be accepted of the owner, and why the others would not.
    fn calls(
        &self,
        job: &JobStateMachine,
        now: DateTime<Utc>,
    ) -> (Vec<Method>, Vec<(Method, Error)>) {
        let mut answers: BTreeMap<Method, Result<(), Error>> = BTreeMap::new();
        for input in Input::examples() {
            let Input::Call(call) = input else { continue };
            let method = call.method();
            let logon = self.service.check_logon(&job.owner_token(), job, method);
            let answer = job.allows(&call, now).and(logon);
            let known = answers.entry(method).or_insert(answer);
            if answer.is_ok() {
                *known = answer;
            }
        }
        let possible = answers.iter().filter(|(_, answer)| answer.is_ok());
        let possible = possible.map(|(method, _)| *method).collect();
        let refused = answers.iter().filter_map(|(method, answer)| Some((*method, answer.err()?)));
        (possible, refused.collect())
    }
}

/// Whether the step brought the job into its state.
fn brought(step: &TraceStep, id: JobId, state: JobState) -> bool {
    step.job(id).is_some_and(|did| did.after == state && did.entered(state))
        || matches!(&step.what, TraceEvent::JobCreated { .. } if step.job(id).is_some())
}

fn clocks(job: &JobStateMachine) -> Vec<RunningClock> {
    let running = Deadline::ALL.iter().filter_map(|deadline| {
        job.deadline(*deadline).map(|at| RunningClock { at, deadline: *deadline })
    });
    let mut clocks: Vec<RunningClock> = running.collect();
    clocks.sort_by_key(|clock| (clock.at, clock.deadline));
    clocks
}
