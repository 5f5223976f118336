//! The maximum download time: which time counts, and what sets it back.

use std::time::Duration;

use crate::common::*;
use bits_emulator::machine::{
    Call, ComputerEvent, Deadline, Effect, Event, JobOptions, JobStateMachine,
};
use bits_emulator::{ErrorContext, HResult, JobState, JobType};

/// Returns a job in that state with a maximum download time of 100 s.
fn limited(state: JobState) -> JobStateMachine {
    let mut job = download_in(Suspended);
    call(&mut job, Call::SetMaximumDownloadTime(100), start());
    bring_to(&mut job, state, start());
    job
}

/// Asserts that the job exceeds its maximum download time after that many seconds, not before.
#[track_caller]
fn exceeds_at(job: &mut JobStateMachine, seconds: i64) {
    assert_eq!(job.next_deadline().unwrap().1, Deadline::MaximumDownloadTime);
    assert_eq!(run_deadlines(job, at(seconds) - tick()), []);
    assert_eq!(run_deadlines(job, at(seconds) + tick()), [JobState::Error]);
    assert_eq!(get_error(job), HResult::BG_E_MAXDOWNLOAD_TIMEOUT);
    assert_eq!(job.error().unwrap().context(), ErrorContext::GeneralQueueManager);
}

/// TIME-15, TIME-18, INV-28; TIME-17: nothing but the clock need move.
#[test]
fn the_download_time_is_limited() {
    for job_type in JobType::ALL {
        for state in [Connecting, Transferring] {
            let inactivity_timeout = Duration::MAX;
            let options = JobOptions { inactivity_timeout, ..options(*job_type) };
            exceeds_at(&mut job_at(options, state), 7_776_000);
        }
    }
    let options =
        JobOptions { maximum_download_time: Duration::from_secs(50), ..JobOptions::default() };
    exceeds_at(&mut job_at(options, Transferring), 50);
    let mut job = limited(Transferring);
    exceeds_at(&mut job.clone(), 100);
    assert!(job.handle_deadline(at(101)).effects.contains(Effect::StopTransfer));
}

/// TIME-16
#[test]
fn only_time_in_connecting_and_transferring_counts() {
    let mut job = limited(Connecting);
    event(&mut job, Event::Connected, at(30));
    event(&mut job, Event::SliceOver, at(60)); // 60 s
    event(&mut job, Event::Picked, at(1000));
    event(&mut job, failed(503), at(1020)); // 80 s
    event(&mut job, ComputerEvent::NetworkRestored, at(1500));
    event(&mut job, Event::Picked, at(2000));
    exceeds_at(&mut job, 2020);
}

/// TIME-19
#[test]
fn resume_sets_the_download_time_back() {
    let mut suspended = limited(Transferring);
    call(&mut suspended, Call::Suspend, at(90));
    call(&mut suspended, Call::Resume, at(200));
    event(&mut suspended, Event::Picked, at(200));
    exceeds_at(&mut suspended, 300);
    // In an action state too: an interpretation.
    let mut running = limited(Transferring);
    call(&mut running, Call::Resume, at(90));
    assert_eq!(running.state(), Transferring);
    exceeds_at(&mut running, 190);
}

/// TIME-19
#[test]
fn a_limit_of_0_fails_as_soon_as_any_time_has_elapsed() {
    let mut job = limited(Transferring);
    call(&mut job, Call::SetMaximumDownloadTime(0), start());
    assert_eq!(run_deadlines(&mut job, start()), []);
    assert_eq!(run_deadlines(&mut job, start() + tick()), [JobState::Error]);
}
