//! What the tests of many jobs share: a service, its users, and jobs in the states that matter.
#![allow(dead_code, reason = "no test uses every helper")]

use bits_emulator::accounts::Token;
use bits_emulator::machine::{
    Call, CallbackInterface, Commit, Deletion, Event, Failure, JobStateMachine,
};
use bits_emulator::policy::Policies;
use bits_emulator::readings::{CallerLogon, Readings};
use bits_emulator::service::{FirstInFirstOut, Service, ServiceStep, StepResult};
use bits_emulator::{Error, FileInfo, HResult, JobId, JobPriority, JobState, JobType, NotifyFlags};
use chrono::{DateTime, TimeDelta, Utc};

#[allow(unused_imports, reason = "no test uses every helper")]
pub(crate) use JobState::{
    Acknowledged, Cancelled, Connecting, Queued, Suspended, Transferred, Transferring,
    TransientError,
};

pub(crate) const ALICE: Token = Token::user(1001);
pub(crate) const BOB: Token = Token::user(1002);
pub(crate) const CAROL: Token = Token::administrator(500);

/// The instant at which the tests begin.
pub(crate) fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_714_564_800, 0).unwrap()
}

/// So many seconds after the start.
pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    start() + TimeDelta::seconds(seconds)
}

/// A service on which alice, bob and carol are logged on.
pub(crate) fn service() -> Service {
    service_with(Policies::default())
}

pub(crate) fn service_with(policies: Policies) -> Service {
    let mut service = Service::new(Readings::documented(), policies, start());
    for user in [ALICE, BOB, CAROL] {
        assert!(service.log_on(user.user).is_empty());
    }
    service
}

/// A service on which no user is logged on, which takes files of such callers all the same (NET-21).
pub(crate) fn nobody_there(policies: Policies) -> Service {
    let readings = Readings { caller_logon: CallerLogon::NotRequired, ..Readings::documented() };
    Service::new(readings, policies, start())
}

/// A download without files.
#[track_caller]
pub(crate) fn create(service: &mut Service, by: &Token) -> JobId {
    service.create_job(by, Some("update".into()), JobType::Download).unwrap()
}

pub(crate) fn file(number: usize) -> FileInfo {
    FileInfo::new(
        format!("https://example.com/{number}.bin"),
        format!(r"C:\data\{number}.bin").as_str(),
    )
}

/// A SUSPENDED download of one file.
#[track_caller]
pub(crate) fn suspended(service: &mut Service, by: &Token, priority: JobPriority) -> JobId {
    let id = create(service, by);
    call(service, by, id, Call::add_file(file(0)));
    if priority != JobPriority::Normal {
        call(service, by, id, Call::SetPriority(priority));
    }
    id
}

/// A download of one file that waits for its turn.
#[track_caller]
pub(crate) fn queued(service: &mut Service, by: &Token, priority: JobPriority) -> JobId {
    let id = suspended(service, by, priority);
    call(service, by, id, Call::Resume);
    assert_eq!(state(service, id), Queued);
    id
}

/// A download of one file that runs.
#[track_caller]
pub(crate) fn running(service: &mut Service, by: &Token, priority: JobPriority) -> JobId {
    let id = queued(service, by, priority);
    assert_eq!(take(service, ServiceStep::Pick(id)).job, id);
    happens(service, id, Event::Connected);
    assert_eq!(state(service, id), Transferring);
    id
}

/// A download of one file in any state, alone in the service.
#[track_caller]
pub(crate) fn job_in(service: &mut Service, by: &Token, goal: JobState) -> JobId {
    let failed = |status| Event::Failed(Failure::http(status));
    let id = match goal {
        Suspended => suspended(service, by, JobPriority::Normal),
        Queued => queued(service, by, JobPriority::Normal),
        Connecting => {
            let id = queued(service, by, JobPriority::Normal);
            take(service, ServiceStep::Pick(id));
            id
        }
        _ => running(service, by, JobPriority::Normal),
    };
    match goal {
        Suspended | Queued | Connecting | Transferring => {}
        TransientError => happens(service, id, failed(503)),
        JobState::Error => happens(service, id, failed(404)),
        Transferred => transfer(service, id),
        Acknowledged => {
            transfer(service, id);
            call(service, by, id, complete());
        }
        Cancelled => call(service, by, id, cancel()),
    }
    assert_eq!(state(service, id), goal);
    id
}

pub(crate) fn complete() -> Call {
    Call::Complete(Commit::default())
}

pub(crate) fn cancel() -> Call {
    Call::Cancel(Deletion::Done)
}

/// The whole file of a TRANSFERRING job arrives.
#[track_caller]
pub(crate) fn transfer(service: &mut Service, id: JobId) {
    happens(service, id, Event::SizeKnown(100));
    happens(service, id, Event::FileTransferred);
    assert_eq!(state(service, id), Transferred);
}

pub(crate) fn job(service: &Service, id: JobId) -> &JobStateMachine {
    service.job(id).unwrap()
}

pub(crate) fn state(service: &Service, id: JobId) -> JobState {
    job(service, id).state()
}

pub(crate) fn states(service: &Service, ids: &[JobId]) -> Vec<JobState> {
    ids.iter().map(|id| state(service, *id)).collect()
}

/// A call that must be accepted.
#[track_caller]
pub(crate) fn call(service: &mut Service, by: &Token, id: JobId, call: Call) {
    if let Err(error) = service.call(by, id, call.clone()) {
        panic!("{call:?} was refused: {error}");
    }
}

/// A call that must be refused and change nothing.
#[track_caller]
pub(crate) fn refused(service: &mut Service, by: &Token, id: JobId, call: Call) -> Error {
    let before = service.clone();
    let error = service.call(by, id, call.clone()).expect_err("the call is refused");
    assert_eq!(*service, before, "the refused {call:?} changed something");
    error
}

/// An event of one job that must not be ignored.
#[track_caller]
pub(crate) fn happens(service: &mut Service, id: JobId, event: Event) {
    let stepped = service.handle(id, event.clone()).expect("the job is there");
    assert!(!stepped.outcome.was_ignored(), "{event:?} was ignored");
}

/// A step that must be possible, and only then.
#[track_caller]
pub(crate) fn take(service: &mut Service, step: ServiceStep) -> StepResult {
    assert!(service.possible_steps().any(|offered| offered == step), "{step:?} is not offered");
    let taken = service.perform(step).expect("what is offered is possible");
    taken.into_iter().next().expect("it is the step of a job")
}

pub(crate) fn steps(service: &Service) -> Vec<ServiceStep> {
    service.possible_steps().collect()
}

/// Takes all steps that are possible now.
#[track_caller]
pub(crate) fn settle(service: &mut Service) -> Vec<StepResult> {
    let mut taken = Vec::new();
    while let Some(stepped) = service.perform_next(&mut FirstInFirstOut) {
        taken.extend(stepped);
        assert!(taken.len() < 1_000, "the steps do not end");
    }
    taken
}

/// Lets the service do what it does until then.
#[track_caller]
pub(crate) fn run_until(service: &mut Service, until: DateTime<Utc>) {
    settle(service);
    while let Some(next) = service.next_instant().filter(|next| *next <= until) {
        assert!(next > service.now(), "a step is possible, but none is offered");
        service.set_now(next);
        assert!(!settle(service).is_empty(), "{next}: no step at the next instant");
    }
    service.set_now(until);
}

/// Which of the jobs run now.
pub(crate) fn active(service: &Service, ids: &[JobId]) -> Vec<JobId> {
    ids.iter().copied().filter(|id| state(service, *id).is_active()).collect()
}

/// Its client shall hear of modifications, of results and of files.
#[track_caller]
pub(crate) fn listen(service: &mut Service, by: &Token, id: JobId, flags: NotifyFlags) {
    call(service, by, id, Call::SetNotifyFlags(flags));
    call(service, by, id, Call::SetNotifyInterface(Some(CallbackInterface::Callback3)));
}

#[track_caller]
pub(crate) fn denied<T: std::fmt::Debug>(result: Result<T, Error>, rule: &str) {
    let error = result.expect_err("access is denied");
    assert_eq!((error.code(), error.rule().to_string()), (HResult::E_ACCESSDENIED, rule.into()));
}
