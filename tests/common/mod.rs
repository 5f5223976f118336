//! What the tests share: a machine in each of the nine states, reached by legal steps only.
#![allow(dead_code, reason = "no test uses every helper")]

mod setters;

use bits_emulator::machine::{
    Call, Commit, ComputerEvent, Deletion, Event, Failure, FileIndex, Input, JobOptions,
    JobStateMachine, Outcome,
};
use bits_emulator::policy::CostFlags;
use bits_emulator::readings::Readings;
use bits_emulator::settings::{HttpSecurityFlags, JobProperty, RedirectPolicy};
use bits_emulator::{Error, FileInfo, FileRange, HResult, JobState, JobType};
use chrono::{DateTime, TimeDelta, Utc};

pub(crate) use JobState::{
    Acknowledged, Cancelled, Connecting, Queued, Suspended, Transferred, Transferring,
    TransientError,
};
#[allow(unused_imports, reason = "no test uses every helper")]
pub(crate) use setters::{removers, set_certificate, setters, take_ownership};

/// The instant at which the tests begin.
pub(crate) fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_714_564_800, 0).unwrap()
}

/// So many seconds after the start.
pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    start() + TimeDelta::seconds(seconds)
}

/// The shortest time that a FILETIME can tell.
pub(crate) fn tick() -> TimeDelta {
    TimeDelta::nanoseconds(100)
}

pub(crate) fn file(number: usize) -> FileInfo {
    FileInfo::new(
        format!("https://example.com/{number}.bin"),
        format!(r"C:\data\{number}.bin").as_str(),
    )
}

/// A file on a share.
pub(crate) fn share_file() -> FileInfo {
    FileInfo::new(r"\\server\share\a.bin", r"C:\data\a.bin")
}

pub(crate) fn range(offset: u64, length: u64) -> FileRange {
    FileRange::new(offset, length)
}

pub(crate) fn options(job_type: JobType) -> JobOptions {
    JobOptions { job_type, ..JobOptions::default() }
}

pub(crate) fn options_with(job_type: JobType, readings: Readings) -> JobOptions {
    JobOptions { job_type, readings, ..JobOptions::default() }
}

/// A job without files.
pub(crate) fn empty_job(job_type: JobType) -> JobStateMachine {
    JobStateMachine::new(options(job_type), start())
}

/// A job of one file, SUSPENDED.
pub(crate) fn new_job(options: JobOptions) -> JobStateMachine {
    let mut job = JobStateMachine::new(options, start());
    call(&mut job, Call::add_file(file(0)), start());
    job
}

/// A job of one file in that state, under the documented readings, at [`start`].
#[track_caller]
pub(crate) fn job_in(job_type: JobType, state: JobState) -> JobStateMachine {
    job_at(options(job_type), state)
}

/// A download of one file in that state.
#[track_caller]
pub(crate) fn download_in(state: JobState) -> JobStateMachine {
    job_in(JobType::Download, state)
}

/// A job of one file in that state.
#[track_caller]
pub(crate) fn job_at(options: JobOptions, state: JobState) -> JobStateMachine {
    let mut job = new_job(options);
    bring_to(&mut job, state, start());
    job
}

/// Brings a SUSPENDED job with a file to a state. It fails with HTTP 404 or 503, in CONNECTING.
#[track_caller]
pub(crate) fn bring_to(job: &mut JobStateMachine, state: JobState, now: DateTime<Utc>) {
    match state {
        Suspended => {}
        Queued => call(job, Call::Resume, now),
        Connecting => {
            bring_to(job, Queued, now);
            event(job, Event::Picked, now);
        }
        Transferring => {
            bring_to(job, Connecting, now);
            event(job, Event::Connected, now);
        }
        JobState::Error => {
            bring_to(job, Connecting, now);
            event(job, failed(404), now);
        }
        TransientError => {
            bring_to(job, Connecting, now);
            event(job, failed(503), now);
        }
        Transferred => {
            bring_to(job, Transferring, now);
            transfer_all(job, now);
        }
        Acknowledged => {
            bring_to(job, Transferred, now);
            call(job, complete(), now);
        }
        Cancelled => call(job, cancel(), now),
    }
    assert_eq!(job.state(), state, "the fixture missed its state");
}

/// Transfers whatever is missing of a TRANSFERRING job: 100 bytes a file, 10 bytes of reply.
#[track_caller]
pub(crate) fn transfer_all(job: &mut JobStateMachine, now: DateTime<Utc>) {
    if job.job_type() == JobType::UploadReply {
        if job.reply_progress().unwrap().bytes_total.is_none() {
            event(job, Event::SizeKnown(100), now);
            event(job, Event::ReplyStarted(10), now);
        }
        event(job, Event::FileTransferred, now);
    } else {
        for _ in job.progress().files_transferred..job.file_count() {
            event(job, Event::SizeKnown(100), now);
            event(job, Event::FileTransferred, now);
        }
    }
    assert_eq!(job.state(), Transferred);
}

/// An upload-reply in that state whose reply of 10 bytes has begun.
#[track_caller]
pub(crate) fn reply_begun(state: JobState) -> JobStateMachine {
    let mut job = job_in(JobType::UploadReply, Transferring);
    event(&mut job, Event::SizeKnown(100), start());
    event(&mut job, Event::ReplyStarted(10), start());
    leave_transferring(&mut job, state, start());
    job
}

/// Brings a TRANSFERRING job to another state.
#[track_caller]
pub(crate) fn leave_transferring(job: &mut JobStateMachine, state: JobState, now: DateTime<Utc>) {
    match state {
        Transferring => {}
        Suspended => call(job, Call::Suspend, now),
        Queued => event(job, Event::SliceOver, now),
        Connecting => {
            event(job, Event::SliceOver, now);
            event(job, Event::Picked, now);
        }
        JobState::Error => event(job, failed(404), now),
        TransientError => event(job, failed(503), now),
        Transferred => transfer_all(job, now),
        Acknowledged => {
            transfer_all(job, now);
            call(job, complete(), now);
        }
        Cancelled => call(job, cancel(), now),
    }
    assert_eq!(job.state(), state, "the fixture missed its state");
}

pub(crate) fn cancel() -> Call {
    Call::Cancel(Deletion::Done)
}

pub(crate) fn complete() -> Call {
    Call::Complete(Commit::default())
}

/// The client says that a file is not valid (DONE-20).
pub(crate) fn invalid(file: u32) -> Call {
    Call::SetValidationState(FileIndex(file), false)
}

/// On which networks the job may transfer (PROP-31).
pub(crate) fn cost_flags(flags: CostFlags) -> Call {
    Call::SetProperty(JobProperty::CostFlags(flags))
}

/// The network becomes one that TRANSFER_STANDARD does not allow (NET-14).
pub(crate) fn roaming() -> Event {
    Event::Computer(ComputerEvent::NetworkCost(CostFlags::ROAMING))
}

/// Redirects shall fail (HTTP-13).
pub(crate) fn disallow_redirects() -> Call {
    let flags = HttpSecurityFlags::empty();
    Call::SetSecurityFlags(flags.with_redirect_policy(RedirectPolicy::Disallow))
}

/// The attempt failed with an HTTP status.
pub(crate) fn failed(status: u16) -> Event {
    Event::Failed(Failure::http(status))
}

/// The attempt failed with a code.
pub(crate) fn failed_with(code: HResult) -> Event {
    Event::Failed(Failure::new(code).unwrap())
}

/// Carries out a call that must be accepted.
#[track_caller]
pub(crate) fn call(job: &mut JobStateMachine, call: Call, now: DateTime<Utc>) {
    let _ = call_outcome(job, call, now);
}

/// Carries out a call that must be accepted, and says what came of it.
#[track_caller]
pub(crate) fn call_outcome(job: &mut JobStateMachine, call: Call, now: DateTime<Utc>) -> Outcome {
    let state = job.state();
    match job.call(call.clone(), now) {
        Ok(outcome) => outcome,
        Err(error) => panic!("{call:?} was refused in {state}: {error}"),
    }
}

/// Carries out a call that must be refused and change nothing.
#[track_caller]
pub(crate) fn refused(job: &mut JobStateMachine, call: Call, now: DateTime<Utc>) -> Error {
    let before = job.clone();
    let Err(error) = job.call(call.clone(), now) else {
        panic!("{call:?} was accepted in {}", before.state());
    };
    assert_eq!(*job, before, "the refused {call:?} changed the job");
    error
}

/// The name of the variant of an event, be it of one job or of the whole computer.
pub(crate) fn variant_of_event(event: &Event) -> String {
    let text = match event {
        Event::Computer(event) => format!("{event:?}"),
        event => format!("{event:?}"),
    };
    text.split('(').next().unwrap_or_default().to_owned()
}

/// Tells the job of an event that it must not ignore.
#[track_caller]
pub(crate) fn event(job: &mut JobStateMachine, event: impl Into<Event>, now: DateTime<Utc>) {
    let _ = event_outcome(job, event, now);
}

/// Tells the job of an event that it must not ignore, and says what came of it.
#[track_caller]
pub(crate) fn event_outcome(
    job: &mut JobStateMachine,
    event: impl Into<Event>,
    now: DateTime<Utc>,
) -> Outcome {
    let (event, state) = (event.into(), job.state());
    let outcome = job.handle(event.clone(), now);
    assert!(!outcome.was_ignored(), "{event:?} was ignored in {state}");
    outcome
}

/// Tells the job of an event that it must ignore.
#[track_caller]
pub(crate) fn ignored(job: &mut JobStateMachine, event: Event, now: DateTime<Utc>) {
    let before = job.clone();
    let outcome = job.handle(event.clone(), now);
    assert!(outcome.was_ignored(), "{event:?} was not ignored in {}", before.state());
    assert_eq!(*job, before, "the ignored {event:?} changed the job");
}

/// Lets every deadline act that has come, as a driver does. Returns the states entered.
#[track_caller]
pub(crate) fn run_deadlines(job: &mut JobStateMachine, now: DateTime<Utc>) -> Vec<JobState> {
    let mut entered = Vec::new();
    for _ in 0..20 {
        let outcome = job.handle_deadline(now);
        if outcome.was_ignored() {
            return entered;
        }
        entered.extend(outcome.entered.iter());
    }
    panic!("deadlines act again and again: {entered:?}");
}

/// The code that `GetError` gives: that of the error object, or of the refusal.
pub(crate) fn get_error(job: &JobStateMachine) -> HResult {
    match job.error() {
        Ok(error) => error.code(),
        Err(error) => error.code(),
    }
}

/// The rows of a table drawn with `|`: the name, then a cell for each column. Lines without a
/// `|` are comments.
pub(crate) fn rows(table: &str) -> Vec<(String, Vec<String>)> {
    let lines = table.lines().filter(|line| line.contains('|'));
    lines
        .map(|line| {
            let mut cells = line.split('|').map(|cell| cell.trim().to_owned());
            (cells.next().unwrap(), cells.collect())
        })
        .collect()
}

/// The states of the columns, from the head row of a table.
pub(crate) fn columns(head: &[String]) -> Vec<JobState> {
    head.iter().map(|name| name.parse().unwrap()).collect()
}

/// The name of a code without its number.
pub(crate) fn code_name(code: HResult) -> String {
    code.name().map_or_else(|| format!("{code:#X}"), str::to_owned)
}

/// An input in short: what kind it is and its value.
pub(crate) fn describe(input: &Input) -> String {
    match input {
        Input::Call(Call::AddFile(..)) => "AddFile".to_owned(),
        Input::Call(Call::AddFileSet(files, _)) => format!("AddFileSet of {}", files.len()),
        Input::Call(Call::AddFileWithRanges(..)) => "AddFileWithRanges".to_owned(),
        Input::Call(Call::Complete(commit)) => match (commit.failed_rename, commit.deletion) {
            (Some(failed), _) => format!("Complete, rename {} fails", failed.after),
            (None, Deletion::Incomplete) => "Complete, undeletable".to_owned(),
            (None, Deletion::Done) => "Complete".to_owned(),
        },
        Input::Call(
            call @ (Call::SetNotifyFlags(_)
            | Call::SetProxySettings(_)
            | Call::SetCredentials(_)
            | Call::SetNotifyCmdLine { .. }
            | Call::SetClientCertificate(..)
            | Call::RequestFileRanges(..)),
        ) => call.method().to_string(),
        Input::Call(Call::SetProperty(JobProperty::CostFlags(_))) => "CostFlags".to_owned(),
        Input::Call(Call::SetProperty(property)) => format!("{property:?}"),
        Input::Call(call) => format!("{call:?}"),
        Input::CallBy(by, call) => format!("{} by {}", call.method(), by.user),
        Input::Event(Event::Failed(failure)) => {
            let context = failure.context().map(|context| format!(" in {context}"));
            let code = code_name(failure.code());
            format!("Failed({:?} {code}{})", failure.class(), context.unwrap_or_default())
        }
        Input::Event(Event::CertificateReceived(server, _)) => {
            format!("CertificateReceived of {server}")
        }
        Input::Event(Event::Computer(ComputerEvent::ClockChanged(by))) => {
            format!("ClockChanged by {by}")
        }
        Input::Event(Event::NotificationStarted(told)) => format!("{told} started"),
        Input::Event(Event::NotificationReturned(told, code)) => {
            format!("{told} returned {}", code_name(*code))
        }
        Input::Event(Event::Computer(event)) => format!("{event:?}"),
        Input::Event(event) => format!("{event:?}"),
        Input::Deadline(deadline) => format!("Deadline: {deadline}"),
    }
}
