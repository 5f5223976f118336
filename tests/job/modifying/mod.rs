//! A client that hears of modifications, and a job that is modified.
#![allow(dead_code, reason = "no test uses every helper")]

use bits_emulator::accounts::Token;
use bits_emulator::machine::{
    Call, CallbackInterface, Deadline, Event, JobOptions, JobStateMachine,
};
use bits_emulator::settings::JobProperty;
use bits_emulator::{HResult, JobState, JobType, NotifyFlags};
use chrono::{DateTime, TimeDelta, Utc};

use crate::client::*;
use crate::common::*;

use bits_emulator::Notification::JobModification;

pub(crate) const ADMINISTRATOR: Token = Token::administrator(500);

/// A download of one file in that state whose client hears of modifications only, and heard of all
/// so far.
#[track_caller]
pub(crate) fn heard_job(state: JobState) -> JobStateMachine {
    let mut job = new_job(options(JobType::Download));
    register_for(&mut job, NotifyFlags::JOB_MODIFICATION);
    bring_to(&mut job, state, start());
    hear(&mut job, start());
    job
}

pub(crate) fn register_for(job: &mut JobStateMachine, flags: NotifyFlags) {
    call(job, Call::SetNotifyFlags(flags), start());
    call(job, Call::SetNotifyInterface(Some(CallbackInterface::Callback)), start());
}

/// An administrator's download, to which every setter applies.
pub(crate) fn new_administrators_job() -> JobStateMachine {
    let options = JobOptions { owner: ADMINISTRATOR, ..JobOptions::default() };
    let mut job = JobStateMachine::new(options, start());
    call(&mut job, Call::add_file(file(0)), start());
    register_for(&mut job, NotifyFlags::JOB_MODIFICATION);
    hear(&mut job, start());
    job
}

pub(crate) fn begin(job: &mut JobStateMachine, now: DateTime<Utc>) {
    event(job, Event::NotificationStarted(JobModification), now);
}

pub(crate) fn end(job: &mut JobStateMachine, now: DateTime<Utc>) {
    event(job, Event::NotificationReturned(JobModification, HResult::S_OK), now);
}

/// The client hears what is due.
#[track_caller]
pub(crate) fn hear(job: &mut JobStateMachine, now: DateTime<Utc>) {
    assert_eq!(due(job), [JobModification]);
    begin(job, now);
    end(job, now);
}

/// Something changes.
pub(crate) fn change(job: &mut JobStateMachine, now: DateTime<Utc>) {
    call(job, Call::SetDescription(Some("changed".into())), now);
}

pub(crate) fn set_interval(job: &mut JobStateMachine, milliseconds: u32, now: DateTime<Utc>) {
    let property = JobProperty::MinimumNotificationInterval(milliseconds);
    call(job, Call::SetProperty(property), now);
}

/// So many milliseconds after the start.
pub(crate) fn ms(milliseconds: i64) -> DateTime<Utc> {
    start() + TimeDelta::milliseconds(milliseconds)
}

/// The modification is due at that instant, and not a tick earlier.
#[track_caller]
pub(crate) fn due_at(job: &mut JobStateMachine, instant: DateTime<Utc>) {
    assert_eq!(due(job), []);
    run_deadlines(job, instant - tick());
    assert_eq!(due(job), [], "a tick early");
    assert_eq!(job.deadline(Deadline::ModificationInterval), Some(instant));
    run_deadlines(job, instant);
    assert_eq!(due(job), [JobModification]);
}
