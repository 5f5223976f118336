//! No step allocates memory, unless it adds a file, text, a certificate or ranges: a job is small,
//! and its steps are taken by the million. Only a call that sets something, of a job that shares what is
//! set with copies, makes a copy of that first.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::hint::black_box;
use std::sync::OnceLock;

use allocation_counter::measure;
use bits_emulator::machine::{
    Call, CallbackInterface, Deadline, Event, FileIndex, Input, JobOptions, JobStateMachine,
};
use bits_emulator::policy::CostFlags;
use bits_emulator::settings::JobProperty;
use bits_emulator::{JobState, JobType, NotifyFlags};
use chrono::{DateTime, TimeDelta, Utc};

/// A job somewhere in its life, the present instant, and how it came there.
type Situation = (JobStateMachine, DateTime<Utc>, Life);

/// What a job lived through.
#[derive(Clone)]
struct Life {
    job_type: JobType,
    listened_to: bool,
    steps: Vec<(Input, DateTime<Utc>)>,
}

impl Life {
    /// The job after that life. It shares nothing with any other.
    fn job(&self) -> JobStateMachine {
        let options = JobOptions { job_type: self.job_type, ..Default::default() };
        let mut job = JobStateMachine::new(options, DateTime::UNIX_EPOCH);
        if self.listened_to {
            job = listened_to(job);
        }
        for (input, at) in &self.steps {
            assert!(job.apply(input.clone(), *at).is_ok());
        }
        job
    }
}

#[test]
fn a_step_allocates_nothing() {
    let (mut accepted, mut ignored, mut refused) = (0, 0, 0);
    let mut took_place = BTreeSet::new();
    for (job, now, life) in situations() {
        for input in Input::examples() {
            let mut next = if sets_something(&input) { life.job() } else { job.clone() };
            assert_eq!(next, job);
            let step = input.clone();
            let (result, allocations) = counted(|| next.apply(step, now));
            match result {
                Ok(outcome) if outcome.was_ignored() => ignored += 1,
                Ok(_) if keeps_more(&input) || is_on_demand(&job) => continue,
                Ok(_) => {
                    accepted += 1;
                    took_place.insert(name(&input));
                }
                Err(_) => refused += 1,
            }
            assert_eq!(allocations, 0, "{input:?} in {}, {result:?}", job.state());
        }
    }
    assert!(accepted > 1_000 && ignored > 1_000 && refused > 1_000, "each kind is common");
    for step in [
        "NotificationStarted(FileTransferred)",
        "NotificationStarted(JobTransferred)",
        "NotificationStarted(JobError)",
        "NotificationStarted(JobModification)",
        "NotificationReturned(JobTransferred)",
        "NotificationReturned(JobModification)",
        "ProgramExited",
        "NetworkCost",
        "SetPriority",
    ] {
        assert!(took_place.contains(step), "{step} is not among {took_place:?}");
    }
}

/// What kind of input it is.
fn name(input: &Input) -> String {
    match input {
        Input::Call(call) | Input::CallBy(_, call) => call.method().to_string(),
        Input::Event(Event::NotificationStarted(told)) => {
            format!("NotificationStarted({})", told.name())
        }
        Input::Event(Event::NotificationReturned(told, _)) => {
            format!("NotificationReturned({})", told.name())
        }
        Input::Event(Event::Computer(event)) => variant(event),
        Input::Event(event) => variant(event),
        Input::Deadline(deadline) => deadline.to_string(),
    }
}

fn variant(event: &impl std::fmt::Debug) -> String {
    format!("{event:?}").split('(').next().unwrap_or_default().to_owned()
}

#[test]
fn a_deadline_allocates_nothing() {
    let mut acted = BTreeSet::new();
    for (mut job, ..) in situations() {
        while let Some((at, deadline)) = job.next_deadline() {
            let state = job.state();
            let (early, allocations) = counted(|| job.handle_deadline(at - TimeDelta::seconds(1)));
            assert!(early.was_ignored());
            assert_eq!(allocations, 0, "before the {deadline} in {state}");

            let (outcome, allocations) = counted(|| job.handle_deadline(at));
            assert!(!outcome.was_ignored());
            assert_eq!(allocations, 0, "{deadline} in {state}");
            acted.insert(deadline);
        }
        assert!(job.state().is_final(), "the last deadline of a job ends it");
    }
    for deadline in Deadline::ALL {
        let acts = acted.contains(deadline) || *deadline == Deadline::RangesInterval;
        assert!(acts, "{deadline} is not among {acted:?}");
    }
}

#[test]
fn looking_allocates_nothing() {
    for (job, now, _) in situations() {
        let state = job.state();
        let later = now + TimeDelta::hours(1);
        let (same, state_then) = (job.clone(), job.canonical_state(now));

        assert_eq!(counted(|| job.next_deadline()).1, 0, "next_deadline in {state}");
        assert_eq!(counted(|| job.error().copied()).1, 0, "error in {state}");
        assert_eq!(counted(|| job.progress()).1, 0, "progress in {state}");
        assert_eq!(counted(|| job.reply_progress()).1, 0, "reply_progress in {state}");
        assert_eq!(counted(|| job.reply_data()).1, 0, "reply_data in {state}");
        assert_eq!(counted(|| job.times()).1, 0, "times in {state}");
        assert_eq!(counted(|| job.current()).1, 0, "current in {state}");
        assert_eq!(counted(|| job.renames().count()).1, 0, "renames in {state}");
        assert_eq!(counted(|| job == same).1, 0, "comparison in {state}");
        assert_eq!(counted(|| hash(&job)).1, 0, "hash in {state}");
        assert_eq!(
            counted(|| state_then == job.canonical_state(later)).1,
            0,
            "canonical state in {state}: {state_then:?}"
        );
        assert_eq!(counted(|| hash(&state_then)).1, 0, "hash of the canonical state in {state}");
    }
}

#[test]
fn a_refusal_known_beforehand_allocates_nothing() {
    for (job, now, _) in situations() {
        for input in Input::examples() {
            if let Input::Call(call) = &input
                && !keeps_more(&input)
            {
                let allocations = counted(|| job.allows(call, now)).1;
                assert_eq!(allocations, 0, "whether {call:?} is allowed in {}", job.state());
            }
        }
    }
}

/// That the count counts: otherwise the tests above could not fail.
#[test]
fn adding_a_file_allocates() {
    let now = DateTime::UNIX_EPOCH;
    let mut adding = Input::examples().into_iter().filter(keeps_more);
    let mut job = JobStateMachine::new(JobOptions::default(), now);
    let (result, allocations) = counted(|| job.apply(adding.next().expect("AddFile"), now));
    assert!(result.is_ok() && allocations > 0);
}

/// What an action yields, and how often it allocated.
fn counted<T>(action: impl FnOnce() -> T) -> (T, u64) {
    let mut result = None;
    let measured = measure(|| result = Some(black_box(action())));
    (result.expect("the action ran"), measured.count_total)
}

/// Whether a job needs more room after it: for a file, text, a certificate, or ranges of a file.
const fn keeps_more(input: &Input) -> bool {
    match input {
        Input::Call(call) | Input::CallBy(_, call) => matches!(
            call,
            Call::AddFile(..)
                | Call::AddFileSet(..)
                | Call::AddFileWithRanges(..)
                | Call::SetProxySettings(_)
                | Call::SetCredentials(_)
                | Call::SetClientCertificate(..)
                | Call::SetCustomHeaders(_)
                | Call::MakeCustomHeadersWriteOnly
                | Call::SetHttpMethod(_)
                | Call::SetServerCertificateValidationInterface(_)
                | Call::SetRemoteName(..)
                | Call::ReplaceRemotePrefix { .. }
                | Call::RequestFileRanges(..)
                | Call::UpdateDownloadPosition(..)
        ),
        Input::Event(event) => {
            matches!(
                event,
                Event::CertificateReceived(..)
                    | Event::CertificateChecked(_)
                    | Event::HeadersReceived(_)
            )
        }
        Input::Deadline(_) => false,
    }
}

/// Whether a call may change what copies of a job share.
const fn sets_something(input: &Input) -> bool {
    match input {
        Input::Call(call) | Input::CallBy(_, call) => {
            !matches!(call, Call::Resume | Call::Suspend | Call::Cancel(_) | Call::Complete(_))
        }
        Input::Event(_) | Input::Deadline(_) => false,
    }
}

fn is_on_demand(job: &JobStateMachine) -> bool {
    job.filled_file_ranges(FileIndex(0)).is_ok()
}

fn hash(item: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    item.hash(&mut hasher);
    hasher.finish()
}

fn situations() -> impl Iterator<Item = Situation> {
    static SITUATIONS: OnceLock<Vec<Situation>> = OnceLock::new();
    SITUATIONS.get_or_init(walk).iter().cloned()
}

/// One job of every look that examples of inputs lead to, from a new job of each type on.
fn walk() -> Vec<Situation> {
    let now = DateTime::UNIX_EPOCH;
    let lives = [false, true].into_iter().flat_map(|listened_to| {
        let life = move |job_type| Life { job_type, listened_to, steps: Vec::new() };
        JobType::ALL.iter().map(move |job_type| life(*job_type))
    });
    let mut found: Vec<Situation> = lives.map(|life| (life.job(), now, life)).collect();
    let mut seen: BTreeSet<_> = found.iter().map(|(job, ..)| look(job)).collect();
    let mut visited = 0;
    while let Some((job, now, life)) = found.get(visited).cloned() {
        visited += 1;
        for input in Input::examples() {
            let mut next = job.clone();
            let at = match (&input, job.next_deadline()) {
                (Input::Deadline(_), Some((at, _))) => at,
                _ => now,
            };
            if next.apply(input.clone(), at).is_ok() && seen.insert(look(&next)) {
                let mut life = life.clone();
                life.steps.push((input, at));
                found.push((next, at, life));
            }
        }
    }
    let reached = |state: &JobState| found.iter().any(|(job, ..)| job.state() == *state);
    assert!(JobState::ALL.iter().all(reached), "the walk passes through every state");
    found
}

/// The job with a client that hears of everything, and that does not like every network.
fn listened_to(mut job: JobStateMachine) -> JobStateMachine {
    let all = NotifyFlags::all().difference(NotifyFlags::DISABLE);
    for call in [
        Call::SetNotifyFlags(all),
        Call::SetNotifyInterface(Some(CallbackInterface::Callback3)),
        Call::set_notify_cmd_line(r"C:\app\done.exe", None),
        Call::SetProperty(JobProperty::CostFlags(CostFlags::TRANSFER_STANDARD)),
    ] {
        let accepted = job.call(call, DateTime::UNIX_EPOCH);
        assert!(accepted.is_ok(), "{accepted:?}");
    }
    job
}

/// What tells two situations apart here: little enough for the walk to end.
fn look(job: &JobStateMachine) -> String {
    let error = job.error().map(|error| (error.code(), error.context()));
    let deadline = job.next_deadline().map(|(_, deadline)| deadline);
    let reply = job.reply_progress().map(|reply| reply.bytes_total);
    let due: Vec<_> =
        job.due_notifications().map(|due| (due.notification.name(), due.recipient)).collect();
    let repeats = job.deadline(Deadline::NotificationRepeat).is_some();
    let program = Input::Event(Event::ProgramExited(0));
    let program_runs = job.is_enabled(&program, DateTime::UNIX_EPOCH);
    let told = (due, repeats, program_runs);
    let place = (job.job_type(), job.state(), job.is_complete());
    format!("{:?}", (place, error, deadline, reply, told))
}
