//! The client of a job: what it registers for, what it is told, and what it answers.
#![allow(dead_code, reason = "no test uses every helper")]

use bits_emulator::accounts::Token;
use bits_emulator::machine::{
    Call, CallbackInterface, Deadline, Event, FileIndex, JobOptions, JobStateMachine, Recipient,
};
use bits_emulator::settings::JobProperty;
use bits_emulator::{FileRange, HResult, JobState, Notification, NotifyFlags};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::common::*;

pub(crate) const FIRST: FileIndex = FileIndex(0);
pub(crate) const SECOND: FileIndex = FileIndex(1);
pub(crate) const RESULTS: NotifyFlags = NotifyFlags::JOB_TRANSFERRED.union(NotifyFlags::JOB_ERROR);
pub(crate) const RESULTS_AND_FILES: NotifyFlags = RESULTS.union(NotifyFlags::FILE_TRANSFERRED);

/// What a callback returns that did not hear.
pub(crate) const FAILURE: HResult = HResult::E_ACCESSDENIED;

/// An out-of-process COM class.
pub(crate) const CLASS: Uuid = Uuid::from_u128(7);
pub(crate) const PROGRAM: &str = r"C:\app\done.exe";

/// A user who owns jobs.
pub(crate) const ALICE: Token = Token::user(1001);
pub(crate) const ADMINISTRATOR: Token = Token::administrator(500);

/// A download of that number of files in that state, without notifications.
pub(crate) fn download(files: usize, flags: NotifyFlags, state: JobState) -> JobStateMachine {
    let mut job = JobStateMachine::new(JobOptions::default(), start());
    for number in 0..files {
        call(&mut job, Call::add_file(file(number)), start());
    }
    call(&mut job, Call::SetNotifyFlags(flags), start());
    bring_to(&mut job, state, start());
    job
}

/// The same with a client that hears of them.
pub(crate) fn heard_download(files: usize, flags: NotifyFlags, state: JobState) -> JobStateMachine {
    let mut job = download(files, flags, Suspended);
    register(&mut job, Some(CallbackInterface::Callback3));
    bring_to(&mut job, state, start());
    job
}

/// A download of one file of that owner, in that state, without a recipient.
pub(crate) fn job_of(owner: Token, state: JobState) -> JobStateMachine {
    job_at(JobOptions { owner, ..JobOptions::default() }, state)
}

/// A job of one file in that state with a command line, and perhaps a callback.
pub(crate) fn job_with_line(state: JobState, callback: bool) -> JobStateMachine {
    let mut job = job_of(ALICE, state);
    set_line(&mut job);
    if callback {
        register(&mut job, Some(CallbackInterface::Callback2));
    }
    job
}

pub(crate) fn register(job: &mut JobStateMachine, interface: Option<CallbackInterface>) {
    call(job, Call::SetNotifyInterface(interface), start());
}

/// The client hears of those events, by an object that has every interface.
pub(crate) fn listen(job: &mut JobStateMachine, flags: NotifyFlags) {
    call(job, Call::SetNotifyFlags(flags), start());
    register(job, Some(CallbackInterface::Callback3));
}

pub(crate) fn set_class(job: &mut JobStateMachine, clsid: Uuid) {
    call(job, Call::SetProperty(JobProperty::NotificationClsid(clsid)), start());
}

pub(crate) fn set_line(job: &mut JobStateMachine) {
    call(job, Call::set_notify_cmd_line(PROGRAM, None), start());
}

pub(crate) fn remove_line() -> Call {
    Call::SetNotifyCmdLine { program: None, parameters: None }
}

/// What may be told now.
pub(crate) fn due(job: &JobStateMachine) -> Vec<Notification> {
    job.due_notifications().map(|due| due.notification).collect()
}

/// What may be told now, and by which way.
pub(crate) fn due_by(job: &JobStateMachine) -> Vec<(Notification, Recipient)> {
    job.due_notifications().map(|due| (due.notification, due.recipient)).collect()
}

/// A notification that must be due is on its way.
#[track_caller]
pub(crate) fn begins(job: &mut JobStateMachine, told: Notification, now: DateTime<Utc>) {
    event(job, Event::NotificationStarted(told), now);
}

/// The callback, or the object of the class, returns that code.
#[track_caller]
pub(crate) fn returns(
    job: &mut JobStateMachine,
    told: Notification,
    code: HResult,
    now: DateTime<Utc>,
) {
    event(job, Event::NotificationReturned(told, code), now);
}

/// A callback that must be due is made and returns that code.
#[track_caller]
pub(crate) fn answers(
    job: &mut JobStateMachine,
    told: Notification,
    code: HResult,
    now: DateTime<Utc>,
) {
    begins(job, told, now);
    returns(job, told, code, now);
}

#[track_caller]
pub(crate) fn hears(job: &mut JobStateMachine, told: Notification, now: DateTime<Utc>) {
    answers(job, told, HResult::S_OK, now);
}

#[track_caller]
pub(crate) fn fails(job: &mut JobStateMachine, told: Notification, now: DateTime<Utc>) {
    answers(job, told, FAILURE, now);
}

/// The program, and nothing else, is due; it runs and exits with that code.
#[track_caller]
pub(crate) fn runs(
    job: &mut JobStateMachine,
    told: Notification,
    exit_code: u32,
    now: DateTime<Utc>,
) {
    assert_eq!(due_by(job), [(told, Recipient::CommandLine)]);
    begins(job, told, now);
    event(job, Event::ProgramExited(exit_code), now);
}

/// Nothing is due, now or within a day.
#[track_caller]
pub(crate) fn nothing_more_is_due(job: &mut JobStateMachine) {
    assert_eq!(due(job), []);
    run_deadlines(job, at(86_400));
    assert_eq!(due(job), []);
}

/// Nothing is due until that instant, to the last tick, and this is due at it.
#[track_caller]
pub(crate) fn repeats_at(
    job: &mut JobStateMachine,
    instant: DateTime<Utc>,
    told: (Notification, Recipient),
) {
    assert_eq!(due(job), [], "before the delay runs");
    run_deadlines(job, instant - tick());
    assert_eq!(due(job), [], "a tick before the end of the delay");
    assert_eq!(job.deadline(Deadline::NotificationRepeat), Some(instant));
    run_deadlines(job, instant);
    assert_eq!(due_by(job), [told]);
}

/// The size of each file of an on-demand job.
pub(crate) const SIZE: u64 = 100;

/// A SUSPENDED on-demand download of that number of files.
pub(crate) fn on_demand(files: usize) -> JobStateMachine {
    let mut job = JobStateMachine::new(JobOptions::default(), start());
    call(&mut job, Call::SetProperty(JobProperty::OnDemandMode(true)), start());
    for number in 0..files {
        call(&mut job, Call::add_file(file(number)), start());
    }
    job
}

/// The same with one file whose ranges are asked for, TRANSFERRING, its size known.
pub(crate) fn on_demand_transfer(ranges: &[FileRange]) -> JobStateMachine {
    let mut job = on_demand(1);
    request(&mut job, ranges);
    resume(&mut job);
    job
}

pub(crate) fn request_of(file: FileIndex, ranges: &[FileRange]) -> Call {
    Call::RequestFileRanges(file, ranges.into())
}

pub(crate) fn request(job: &mut JobStateMachine, ranges: &[FileRange]) {
    call(job, request_of(FIRST, ranges), start());
}

/// The transfer begins, and the size becomes known.
pub(crate) fn resume(job: &mut JobStateMachine) {
    bring_to(job, Transferring, start());
    event(job, Event::SizeKnown(SIZE), start());
}

pub(crate) fn arrive(job: &mut JobStateMachine, bytes: u64, now: DateTime<Utc>) {
    event(job, Event::Progressed(bytes), now);
}
