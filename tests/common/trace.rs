//! Random traces: whole lives of a job, each step chosen among what is possible at that moment.
#![allow(dead_code, reason = "no test uses every helper")]

use std::fmt;

use bits_emulator::{
    Call, Deadline, Effect, Error, Event, HelperTokenFlags, Input, JobId, JobOptions, JobPriority,
    JobState, JobStateMachine, JobType, Outcome, Owner, Readings,
};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::values::Values;

/// A whole trace, as it is generated and shrunk.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) options: JobOptions,
    /// What the client sets before anything else happens.
    pub(crate) settings: Vec<Call>,
    pub(crate) ops: Vec<Op>,
}

impl fmt::Debug for Plan {
    /// A choice a line, so that a shrunk trace can be read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}\n{:?}", self.options, self.settings)?;
        self.ops.iter().try_for_each(|op| write!(f, "\n{op:?}"))
    }
}

/// One choice of a trace.
#[derive(Debug, Clone)]
pub(crate) enum Op {
    /// Time passes, and the deadlines that have come act.
    Wait(Wait),
    /// Something possible happens, of that kind if there is one, with varied values.
    Happens(Kind, Index, Values),
    /// Something that is not possible is tried.
    Refused(Index),
}

/// How much time passes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wait {
    Seconds(u32),
    RetryDelay,
    ToDeadline,
    BeyondDeadline(u32),
}

/// What kind of thing happens, so that traces go far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Forward,
    Failure,
    Condition,
    Clock,
    Setter,
    Property,
    Client,
    End,
}

/// A step that was taken.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) before: JobStateMachine,
    pub(crate) input: Input,
    pub(crate) now: DateTime<Utc>,
    pub(crate) result: Result<Outcome, Error>,
    pub(crate) after: JobStateMachine,
    /// Whether the trace expected the input to be refused or ignored.
    pub(crate) forbidden: bool,
    /// Whether a driver has more to do at this instant: a deadline is due.
    pub(crate) unsettled: bool,
}

pub(crate) fn plans(readings: BoxedStrategy<Readings>) -> impl Strategy<Value = Plan> {
    let ops = prop::collection::vec(ops(), 5..70);
    (options(readings), settings(), ops).prop_map(|(options, settings, ops)| Plan {
        options,
        settings,
        ops,
    })
}

/// What the client sets first: nothing, some of it, or all.
fn settings() -> impl Strategy<Value = Vec<Call>> {
    let delays = prop_oneof![Just(600_u32), 5..2_000_u32];
    let timeouts = prop_oneof![Just(1_209_600_u32), 500..5_000_u32, 0..10_u32];
    (delays, timeouts, prop::sample::select(JobPriority::ALL)).prop_flat_map(
        |(delay, timeout, priority)| {
            let calls = vec![
                Call::AddFile(crate::common::file(0)),
                Call::SetMinimumRetryDelay(delay),
                Call::SetNoProgressTimeout(timeout),
                Call::SetPriority(priority),
                Call::SetHelperTokenFlags(HelperTokenFlags::NETWORK),
                Call::SetHelperToken,
                Call::Resume,
            ];
            let length = calls.len();
            prop::sample::subsequence(calls, 0..=length)
        },
    )
}

/// Mostly the documented readings, sometimes any.
pub(crate) fn readings() -> BoxedStrategy<Readings> {
    prop_oneof![
        3 => Just(Readings::documented()),
        1 => Just(Readings::observed()),
        3 => prop::collection::vec(any::<Index>(), Readings::SWITCHES.len()).prop_map(|chosen| {
            let mut readings = Readings::documented();
            for (switch, index) in Readings::SWITCHES.iter().zip(chosen) {
                assert!(readings.set(switch.name, index.get::<&str>(switch.answers)));
            }
            readings
        }),
    ]
    .boxed()
}

fn options(readings: BoxedStrategy<Readings>) -> impl Strategy<Value = JobOptions> {
    let types = prop_oneof![
        2 => Just(JobType::Download),
        1 => Just(JobType::Upload),
        2 => Just(JobType::UploadReply),
    ];
    let owner = prop_oneof![4 => Just(Owner::User), 1 => Just(Owner::SystemAccount)];
    let limits = (seconds(), prop_oneof![3 => Just(7_776_000_u32), 1 => 5_000..100_000_u32]);
    (types, owner, limits, readings).prop_map(|(job_type, owner, limits, readings)| JobOptions {
        id: JobId::default(),
        job_type,
        owner,
        maximum_download_time: limits.0,
        inactivity_timeout: limits.1,
        readings,
    })
}

/// Seconds of all magnitudes, with the ends of the range.
fn seconds() -> impl Strategy<Value = u32> {
    prop_oneof![
        2 => Just(7_776_000_u32),
        3 => 0..20_u32,
        3 => 20..2_000_u32,
        2 => 2_000..3_000_000_u32,
        1 => Just(0),
        1 => Just(u32::MAX),
    ]
}

fn ops() -> impl Strategy<Value = Op> {
    let kind = prop_oneof![
        28 => Just(Kind::Forward),
        8 => Just(Kind::Failure),
        9 => Just(Kind::Condition),
        4 => Just(Kind::Clock),
        9 => Just(Kind::Setter),
        2 => Just(Kind::Property),
        5 => Just(Kind::Client),
        1 => Just(Kind::End),
    ];
    let bytes = prop_oneof![3 => 0..5_u64, 4 => 0..300_u64, 1 => any::<u64>()];
    let values = (bytes, seconds(), any::<Index>());
    let values = values.prop_map(|(bytes, seconds, pick)| Values { bytes, seconds, pick });
    let wait = prop_oneof![
        3 => (0..3_u32).prop_map(Wait::Seconds),
        3 => (0..1_000_u32).prop_map(Wait::Seconds),
        1 => (0..50_u32).prop_map(|hours| Wait::Seconds(hours * 3_600)),
        1 => (0..30_u32).prop_map(|days| Wait::Seconds(days * 86_400)),
        2 => Just(Wait::RetryDelay),
        3 => Just(Wait::ToDeadline),
        1 => (1..2_000_u32).prop_map(Wait::BeyondDeadline),
    ];
    prop_oneof![
        5 => (kind, any::<Index>(), values).prop_map(|(k, i, v)| Op::Happens(k, i, v)),
        2 => wait.prop_map(Op::Wait),
        1 => any::<Index>().prop_map(Op::Refused),
    ]
}

/// Runs a trace from an instant on and shows every step to `see`. Returns the job and the instant
/// at which the trace ended.
pub(crate) fn run(
    plan: &Plan,
    start: DateTime<Utc>,
    mut see: impl FnMut(&Step),
) -> (JobStateMachine, DateTime<Utc>) {
    let mut job = JobStateMachine::new(plan.options, start);
    let mut now = start;
    let examples = Input::examples();
    for call in &plan.settings {
        if job.allows(call, now).is_ok() {
            take(&mut job, Input::Call(call.clone()), now, false, &mut see);
            settle(&mut job, now, &mut see);
        }
    }
    for op in &plan.ops {
        match op {
            Op::Wait(wait) => now += wait.length(&job, now),
            Op::Happens(kind, index, values) => {
                let possible: Vec<_> =
                    examples.iter().filter(|input| happens(&job, input, now)).collect();
                let wanted: Vec<_> = possible
                    .iter()
                    .copied()
                    .filter(|input| kind_of(&job, input) == *kind)
                    .collect();
                let others: Vec<_> = possible
                    .iter()
                    .copied()
                    .filter(|input| kind_of(&job, input) != Kind::End)
                    .collect();
                let from = if wanted.is_empty() { &others } else { &wanted };
                if !from.is_empty() {
                    let example = *index.get(from);
                    let varied = values.vary(&job, example);
                    let chosen = if happens(&job, &varied, now) { varied } else { example.clone() };
                    take(&mut job, chosen, now, false, &mut see);
                }
            }
            Op::Refused(index) => {
                let impossible: Vec<_> =
                    examples.iter().filter(|input| !job.is_enabled(input, now)).collect();
                if !impossible.is_empty() {
                    take(&mut job, (*index.get(&impossible)).clone(), now, true, &mut see);
                }
            }
        }
        settle(&mut job, now, &mut see);
    }
    (job, now)
}

/// Whether an input is possible now. Deadlines act by themselves when time passes.
fn happens(job: &JobStateMachine, input: &Input, now: DateTime<Utc>) -> bool {
    !matches!(input, Input::Deadline(_)) && job.is_enabled(input, now)
}

/// Lets due deadlines act, as a driver does.
fn settle(job: &mut JobStateMachine, now: DateTime<Utc>, see: &mut impl FnMut(&Step)) {
    for _ in 0..30 {
        match due(job, now) {
            Some(deadline) => take(job, Input::Deadline(deadline), now, false, see),
            None => return,
        }
    }
    panic!("deadlines act again and again at one instant: {:?}", job.next_deadline());
}

fn due(job: &JobStateMachine, now: DateTime<Utc>) -> Option<Deadline> {
    job.next_deadline().filter(|(at, _)| *at <= now).map(|(_, deadline)| deadline)
}

fn take(
    job: &mut JobStateMachine,
    input: Input,
    now: DateTime<Utc>,
    forbidden: bool,
    see: &mut impl FnMut(&Step),
) {
    let before = job.clone();
    let result = job.apply(input.clone(), now);
    let unsettled = due(job, now).is_some();
    see(&Step { before, input, now, result, after: job.clone(), forbidden, unsettled });
}

impl Wait {
    fn length(self, job: &JobStateMachine, now: DateTime<Utc>) -> TimeDelta {
        let next = job.next_deadline();
        let idle = next.is_some_and(|(_, deadline)| deadline == Deadline::Inactivity);
        let to_deadline = next.map_or(TimeDelta::zero(), |(at, _)| at - now);
        match self {
            Self::Seconds(seconds) => TimeDelta::seconds(seconds.into()),
            Self::RetryDelay => {
                TimeDelta::seconds(job.minimum_retry_delay().min(10_000_000).into())
            }
            // Otherwise every trace would soon end with a purge.
            Self::ToDeadline if idle => TimeDelta::seconds(60),
            Self::ToDeadline => to_deadline,
            Self::BeyondDeadline(seconds) => to_deadline + TimeDelta::seconds(seconds.into()),
        }
        .clamp(TimeDelta::zero(), TimeDelta::days(50_000))
    }
}

fn kind_of(job: &JobStateMachine, input: &Input) -> Kind {
    match input {
        Input::Event(event) => match event {
            Event::Picked
            | Event::Connected
            | Event::SizeKnown(_)
            | Event::Progressed(_)
            | Event::FileTransferred
            | Event::ReplyStarted(_)
            | Event::RangesTransferred => Kind::Forward,
            Event::Failed(_)
            | Event::RedirectRefused(..)
            | Event::SliceOver
            | Event::ValidationFailed(_) => Kind::Failure,
            Event::NetworkLost
            | Event::NetworkRestored
            | Event::VolumeUnlocked
            | Event::Blocked(_)
            | Event::Unblocked(_)
            | Event::OwnerLoggedOff
            | Event::OwnerLoggedOn
            | Event::ClientExited
            | Event::UploadCancelled => Kind::Condition,
            Event::ServiceRestarted | Event::ClockChanged(_) => Kind::Clock,
        },
        Input::Call(call) => match call {
            Call::AddFile(_) => Kind::Forward,
            Call::Resume if matches!(job.state(), JobState::Suspended | JobState::Error) => {
                Kind::Forward
            }
            Call::Resume => Kind::Client,
            Call::AddFileSet(_) | Call::AddFileWithRanges(..) | Call::Suspend => Kind::Client,
            Call::Cancel(_) | Call::Complete(_) => Kind::End,
            Call::Set(_) | Call::SetServerCertificateValidationInterface => Kind::Property,
            _ => Kind::Setter,
        },
        Input::Deadline(_) => Kind::Condition,
    }
}

/// A step in one line, with times relative to the start.
pub(crate) fn line(step: &Step, start: DateTime<Utc>) -> String {
    let since = (step.now - start).num_seconds();
    let result = match &step.result {
        Err(error) => error.to_string(),
        Ok(outcome) => {
            let effects: Vec<_> = outcome
                .effects
                .iter()
                .map(|effect| match effect {
                    Effect::CancelUpload { give_up_at } => {
                        format!("cancel the upload until +{}", give_up_at - start)
                    }
                    other => other.to_string(),
                })
                .collect();
            let Outcome { success, entered, rules, .. } = outcome;
            format!("{success:?} {entered:?} {effects:?} {rules:?}")
        }
    };
    let state = step.after.state();
    format!("+{since} {:?} -> {result}; {state}, {:?}", step.input, step.after.progress())
}

/// The lines of a whole trace.
pub(crate) fn lines(plan: &Plan, start: DateTime<Utc>) -> Vec<String> {
    let mut lines = Vec::new();
    run(plan, start, |step| lines.push(line(step, start)));
    lines
}

/// Applies an input, and says in a line what came of it.
pub(crate) fn line_of(
    job: &mut JobStateMachine,
    input: &Input,
    now: DateTime<Utc>,
    start: DateTime<Utc>,
) -> String {
    let mut told = String::new();
    take(job, input.clone(), now, false, &mut |step| told = line(step, start));
    told
}
