//! Random traces: whole lives of a job, each step chosen among what is possible at that moment.
#![allow(dead_code, reason = "no test uses every helper")]

pub(crate) mod plans;
mod values;
pub(crate) mod wrong;

use std::fmt;

use bits_emulator::machine::{
    Call, ComputerEvent, Deadline, Effect, Event, Input, JobOptions, JobStateMachine, Outcome,
};
use bits_emulator::settings::JobProperty;
use bits_emulator::{Error, HResult, JobState, Notification};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::sample::Index;

use values::Values;
use wrong::wrong_inputs;

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
    /// The client says what it wants to hear.
    Listening,
    /// It hears, and answers.
    Telling,
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

impl Step {
    /// What was asked for, by whomever.
    pub(crate) fn call(&self) -> Option<&Call> {
        match &self.input {
            Input::Call(call) | Input::CallBy(_, call) => Some(call),
            Input::Event(_) | Input::Deadline(_) => None,
        }
    }

    /// What was asked for and granted.
    pub(crate) fn accepted(&self) -> Option<&Call> {
        self.call().filter(|_| self.result.is_ok())
    }

    pub(crate) fn event(&self) -> Option<&Event> {
        match &self.input {
            Input::Event(event) => Some(event),
            Input::Call(_) | Input::CallBy(..) | Input::Deadline(_) => None,
        }
    }

    /// The states that the step led to.
    pub(crate) fn entered(&self) -> Vec<JobState> {
        self.result.map(|outcome| outcome.entered.iter().collect()).unwrap_or_default()
    }
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
    let (examples, wrong) = (Input::examples(), wrong_inputs());
    let mut under_way = Vec::new();
    for call in &plan.settings {
        let forbidden = job.allows(call, now).is_err();
        take(&mut job, Input::Call(call.clone()), now, forbidden, &mut see);
        settle(&mut job, now, &mut see);
    }
    let mut after_end = 0;
    for op in &plan.ops {
        // What happens to a job in a final state is soon told.
        after_end += u32::from(job.state().is_final());
        if after_end > 4 {
            break;
        }
        match op {
            Op::Wait(wait) => now += wait.length(&job, now),
            Op::Happens(kind, index, values) => {
                if let Some(example) = chosen(&job, (&examples, &under_way), *kind, *index, now) {
                    let varied = values.vary(&job, &example);
                    let chosen = if happens(&job, &varied, now) { varied } else { example };
                    take(&mut job, chosen, now, false, &mut |step| {
                        note_calls(step, &mut under_way);
                        see(step);
                    });
                }
            }
            Op::Refused(index) => {
                let start = index.index(examples.len() + wrong.len());
                let mut turned = examples.iter().chain(&wrong).cycle().skip(start).take(200);
                if let Some(input) = turned.find(|input| !job.is_enabled(input, now)) {
                    take(&mut job, input.clone(), now, true, &mut see);
                }
            }
        }
        settle(&mut job, now, &mut see);
    }
    (job, now)
}

/// Something possible of that kind, or else what goes forward.
fn chosen(
    job: &JobStateMachine,
    (examples, under_way): (&[Input], &[Notification]),
    kind: Kind,
    index: Index,
    now: DateTime<Utc>,
) -> Option<Input> {
    let due = job.due_notifications().map(|due| Event::NotificationStarted(due.notification));
    let returns =
        under_way.iter().map(|told| Event::NotificationReturned(*told, HResult::E_ACCESSDENIED));
    let tellings: Vec<_> = due.chain(returns).map(Input::Event).collect();
    let all = || examples.iter().chain(&tellings);
    let possible = |kind| -> Vec<&Input> {
        let of_kind = all().filter(|input| kind_of(job, input) == kind);
        let possible = of_kind.filter(|input| happens(job, input, now));
        // What brings the transfer on is the more likely, lest few jobs come to an end.
        possible.flat_map(|input| vec![input; if brings_on(input) { 3 } else { 1 }]).collect()
    };
    let mut from = possible(kind);
    if from.is_empty() {
        from = possible(Kind::Forward);
    }
    (!from.is_empty()).then(|| (*index.get(&from)).clone())
}

fn brings_on(input: &Input) -> bool {
    matches!(input, Input::Event(Event::Connected | Event::Progressed(_) | Event::FileTransferred))
}

/// Keeps in mind which calls of the client are under way.
fn note_calls(step: &Step, under_way: &mut Vec<Notification>) {
    match &step.input {
        Input::Event(Event::NotificationStarted(told)) => under_way.push(*told),
        Input::Event(Event::NotificationReturned(told, _)) => {
            let place = under_way.iter().position(|known| known == told);
            place.map(|place| under_way.remove(place));
        }
        _ => {}
    }
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
        let ends = [Deadline::Inactivity, Deadline::MaximumDownloadTime];
        let idle = next.is_some_and(|(_, deadline)| ends.contains(&deadline));
        let to_deadline = next.map_or(TimeDelta::zero(), |(at, _)| at - now);
        match self {
            Self::Seconds(seconds) => TimeDelta::seconds(seconds.into()),
            Self::RetryDelay => {
                TimeDelta::seconds(job.minimum_retry_delay().min(10_000_000).into())
            }
            // Otherwise every trace would soon end with a purge.
            Self::ToDeadline if idle => TimeDelta::seconds(60),
            Self::ToDeadline => to_deadline,
            Self::BeyondDeadline(seconds) if idle && !seconds.is_multiple_of(8) => {
                TimeDelta::seconds(60)
            }
            Self::BeyondDeadline(seconds) => to_deadline + TimeDelta::seconds(seconds.into()),
        }
        .clamp(TimeDelta::zero(), TimeDelta::days(50_000))
    }
}

fn kind_of(job: &JobStateMachine, input: &Input) -> Kind {
    match input {
        Input::Event(
            Event::Computer(ComputerEvent::NetworkRestored)
            | Event::OwnerLoggedOn
            | Event::Computer(ComputerEvent::Unblocked(_)),
        ) if job.state() == JobState::TransientError
            || job.state() == JobState::Queued && !job.is_eligible() =>
        {
            Kind::Forward
        }
        Input::Event(event) => kind_of_event(event),
        Input::Call(call) | Input::CallBy(_, call) => kind_of_call(job, call),
        Input::Deadline(_) => Kind::Condition,
    }
}

fn kind_of_event(event: &Event) -> Kind {
    match event {
        Event::Picked
        | Event::Connected
        | Event::SizeKnown(_)
        | Event::HeadersReceived(_)
        | Event::Progressed(_)
        | Event::FileTransferred
        | Event::ReplyStarted(_)
        | Event::CertificateReceived(..)
        | Event::CertificateChecked(_)
        | Event::VolumeUnlocked => Kind::Forward,
        Event::Failed(_)
        | Event::Redirected(..)
        | Event::FileChanged
        | Event::SessionLost
        | Event::SliceOver => Kind::Failure,
        Event::Computer(ComputerEvent::NetworkLost)
        | Event::Computer(ComputerEvent::NetworkRestored)
        | Event::Computer(ComputerEvent::NetworkCost(_))
        | Event::Computer(ComputerEvent::Blocked(_))
        | Event::Computer(ComputerEvent::Unblocked(_))
        | Event::VolumeLocked
        | Event::OwnerLoggedOff
        | Event::OwnerLoggedOn
        | Event::UploadCancelled => Kind::Condition,
        Event::NotificationStarted(_)
        | Event::NotificationReturned(..)
        | Event::ProgramExited(_) => Kind::Telling,
        Event::Computer(ComputerEvent::ServiceRestarted)
        | Event::Computer(ComputerEvent::ClockChanged(_))
        | Event::ClientExited
        | Event::CallbackLost
        | Event::CertificateCallbackLost => Kind::Clock,
    }
}

fn kind_of_call(job: &JobStateMachine, call: &Call) -> Kind {
    match call {
        Call::Resume if job.state().is_error() || job.state() == JobState::Suspended => {
            Kind::Forward
        }
        Call::AddFile(..) if job.file_count() == 0 => Kind::Forward,
        Call::RequestFileRanges(..) if job.current().is_none() => Kind::Forward,
        Call::SetValidationState(..) => Kind::Failure,
        Call::AddFile(..)
        | Call::AddFileSet(..)
        | Call::AddFileWithRanges(..)
        | Call::RequestFileRanges(..)
        | Call::UpdateDownloadPosition(..)
        | Call::TakeOwnership(_)
        | Call::Resume
        | Call::Suspend => Kind::Client,
        Call::Cancel(_) | Call::Complete(_) => Kind::End,
        Call::SetNotifyFlags(_)
        | Call::SetNotifyInterface(_)
        | Call::SetNotifyCmdLine { .. }
        | Call::SetProperty(
            JobProperty::NotificationClsid(_) | JobProperty::MinimumNotificationInterval(_),
        ) => Kind::Listening,
        Call::SetPriority(_)
        | Call::SetMinimumRetryDelay(_)
        | Call::SetNoProgressTimeout(_)
        | Call::SetMaximumDownloadTime(_)
        | Call::SetHelperTokenFlags(_)
        | Call::SetHelperToken
        | Call::ClearHelperToken => Kind::Setter,
        _ => Kind::Property,
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
