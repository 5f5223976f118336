//! Strategies for traces of one job: what can happen to it, and calls that it refuses.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::collection::SizeRange;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::machine::{Call, Event, Input, JobOptions, JobStateMachine};
use crate::vocabulary::{FileInfo, HResult, JobType};

/// When a trace begins.
const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

/// What happens to one job from its creation on.
///
/// ```
/// use bits_emulator::explore::strategies::traces;
/// use proptest::prelude::*;
///
/// proptest!(|(trace in traces(0..40))| {
///     let (job, now) = trace.job();
///     // … and the code under test, to which the same has happened, agrees with the job.
///     prop_assert!(job.next_deadline().is_none_or(|(at, _)| at >= now));
/// });
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct JobTrace {
    /// The type of the job.
    pub job_type: JobType,
    /// What happens, each at its instant, in order; the job is created at the epoch of Unix.
    pub steps: Vec<(DateTime<Utc>, Input)>,
}

/// A trace, and a call of the owner that is refused after it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Refusal {
    /// What happened before.
    pub trace: JobTrace,
    /// The call that is refused, at the instant of the last step.
    pub call: Call,
    /// The code with which it is refused.
    pub code: HResult,
}

impl JobTrace {
    /// Returns the job after the trace, and the instant of the last step.
    #[must_use]
    pub fn job(&self) -> (JobStateMachine, DateTime<Utc>) {
        let mut job = created(self.job_type);
        let mut now = START;
        for (at, input) in &self.steps {
            now = *at;
            // Each step was enabled when the trace was made.
            let _ = job.apply(input.clone(), now);
        }
        (job, now)
    }
}

/// Generates traces of up to that number of steps: each is a call that is accepted, an event that is not ignored, or
/// the deadline that comes next. They shrink to fewer steps.
pub fn traces(steps: impl Into<SizeRange>) -> impl Strategy<Value = JobTrace> {
    let job_type = prop_oneof![
        4 => Just(JobType::Download),
        1 => Just(JobType::Upload),
        1 => Just(JobType::UploadReply),
    ];
    let choice = (kinds(), any::<Index>(), 0..2_000_u32);
    (job_type, prop::collection::vec(choice, steps)).prop_map(|(job_type, choices)| {
        let mut job = created(job_type);
        let mut now = START;
        let mut steps = Vec::new();
        for (kind, index, wait) in choices {
            // No deadline is passed over.
            let waited = now + TimeDelta::seconds(wait.into());
            let due = job.next_deadline().map(|(at, _)| at);
            let at = due.map_or(waited, |due| waited.min(due.max(now)));
            let enabled: Vec<Input> = job.enabled(at).collect();
            let of_kind: Vec<&Input> = enabled.iter().filter(|input| kind.has(input)).collect();
            let input = match &*of_kind {
                [] => enabled.get(index.index(enabled.len().max(1))).cloned(),
                of_kind => Some((*index.get(of_kind)).clone()),
            };
            let Some(input) = input else { break };
            let at = match input {
                Input::Deadline(_) => due.map_or(at, |due| due.max(now)),
                Input::Call(_) | Input::CallBy(..) | Input::Event(_) => at,
            };
            if job.apply(input.clone(), at).is_ok() {
                now = at;
                steps.push((at, input));
            }
        }
        JobTrace { job_type, steps }
    })
}

/// Generates traces of up to that number of steps, each with a call that is refused after it, for tests of
/// what must not be possible.
pub fn refusals(steps: impl Into<SizeRange>) -> impl Strategy<Value = Refusal> {
    (traces(steps), any::<Index>()).prop_filter_map("all calls are accepted", |(trace, index)| {
        let (job, now) = trace.job();
        let refused = |input| match input {
            Input::Call(call) => {
                let code = job.allows(&call, now).err()?.code();
                Some((call, code))
            }
            Input::CallBy(..) | Input::Event(_) | Input::Deadline(_) => None,
        };
        let refused: Vec<_> = Input::examples().into_iter().filter_map(refused).collect();
        let (call, code) = refused.get(index.index(refused.len().max(1))).cloned()?;
        Some(Refusal { trace, call, code })
    })
}

/// A job with one file.
fn created(job_type: JobType) -> JobStateMachine {
    let mut job = JobStateMachine::new(JobOptions { job_type, ..JobOptions::default() }, START);
    let file = FileInfo::new("https://example.com/app.exe", r"C:\app\app.exe");
    let _ = job.call(Call::add_file(file), START);
    job
}

/// The kind of a step. It is chosen first, so that a trace does not consist of setters only.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Forward,
    Call,
    Event,
    Deadline,
}

impl Kind {
    const fn has(self, input: &Input) -> bool {
        match self {
            Self::Forward => matches!(
                input,
                Input::Call(Call::Resume)
                    | Input::Event(
                        Event::Picked
                            | Event::Connected
                            | Event::SizeKnown(_)
                            | Event::Progressed(_)
                            | Event::FileTransferred
                            | Event::NotificationStarted(_)
                            | Event::NotificationReturned(..)
                    )
            ),
            Self::Call => matches!(input, Input::Call(_) | Input::CallBy(..)),
            Self::Event => matches!(input, Input::Event(_)),
            Self::Deadline => matches!(input, Input::Deadline(_)),
        }
    }
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop_oneof![
        5 => Just(Kind::Forward),
        2 => Just(Kind::Call),
        2 => Just(Kind::Event),
        1 => Just(Kind::Deadline),
    ]
}
