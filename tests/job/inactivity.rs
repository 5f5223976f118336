//! The inactivity timeout: what counts as activity, and what becomes of a job without any.

use std::time::Duration;

use crate::common::*;
use bits_emulator::machine::{
    Call, ComputerEvent, Deadline, Effect, Event, FailedRename, JobOptions, JobStateMachine,
    ValidationInterface,
};
use bits_emulator::policy::Block;
use bits_emulator::readings::{InactivityClock, Readings};
use bits_emulator::{HResult, JobState, JobType};

const DAY: i64 = 86_400;

fn days(days: i64) -> i64 {
    days * DAY
}

/// When the job is cancelled if nothing else happens, other clocks left aside.
fn purged_at(job: &JobStateMachine) -> i64 {
    (job.deadline(Deadline::Inactivity).unwrap() - start()).num_seconds()
}

/// TIME-20, TIME-23, ERR-21, LIFE-06, INV-03, INV-29
#[test]
fn an_idle_job_is_cancelled_in_every_state() {
    for job_type in JobType::ALL {
        for state in JobState::ALL.iter().copied().filter(|state| !state.is_final()) {
            let maximum_download_time = Duration::MAX;
            let mut job = job_at(JobOptions { maximum_download_time, ..options(*job_type) }, state);
            // The clocks that act before change the state, but are no activity (TIME-22).
            assert_eq!(purged_at(&job), days(90), "{job_type} in {state}");
            run_deadlines(&mut job, at(days(90)) - tick());
            let outcome = job.handle_deadline(at(days(90)));
            assert_eq!(job.state(), Cancelled, "{job_type} from {state}");
            assert!(outcome.effects.contains(Effect::DeleteTemporaryFiles));
        }
        for state in [Acknowledged, Cancelled] {
            assert_eq!(job_in(*job_type, state).next_deadline(), None);
        }
    }
}

/// TIME-20
#[test]
fn the_policy_sets_the_timeout() {
    for seconds in [0, 1, 1000, u32::MAX] {
        let inactivity_timeout = Duration::from_secs(u64::from(seconds));
        let options = JobOptions { inactivity_timeout, ..JobOptions::default() };
        let mut job = job_at(options, Suspended);
        let due = at(seconds.into());
        assert_eq!(job.next_deadline(), Some((due, Deadline::Inactivity)));
        assert_eq!(run_deadlines(&mut job, due - tick()), []);
        assert_eq!(run_deadlines(&mut job, due), [Cancelled]);
    }
}

#[test]
fn a_purge_stops_the_transfer_before_it_deletes_and_then_leaves_the_queue() {
    let options =
        JobOptions { inactivity_timeout: Duration::from_secs(10), ..JobOptions::default() };
    let mut job = job_at(options, Transferring);
    let effects = job.handle_deadline(at(10)).effects;
    let order = [Effect::StopTransfer, Effect::DeleteTemporaryFiles, Effect::LeaveQueue];
    assert_eq!(effects.iter().collect::<Vec<_>>(), order);
}

/// TIME-13
#[test]
fn the_inactivity_timeout_outranks_a_longer_no_progress_timeout() {
    let mut job = download_in(Transferring);
    call(&mut job, Call::SetNoProgressTimeout(u32::MAX), start());
    event(&mut job, ComputerEvent::NetworkLost, start());
    assert_eq!(job.next_deadline(), Some((at(days(90)), Deadline::Inactivity)));
    assert_eq!(run_deadlines(&mut job, at(days(90))), [Cancelled]);
}

/// TIME-21
#[test]
fn progress_is_activity() {
    let mut job = download_in(Transferring);
    event(&mut job, Event::SizeKnown(100), at(50));
    assert_eq!(purged_at(&job), days(90), "a size is no progress");
    event(&mut job, Event::Progressed(0), at(60));
    assert_eq!(purged_at(&job), days(90), "nothing new is no progress");
    event(&mut job, Event::Progressed(1), at(70));
    assert_eq!(purged_at(&job), days(90) + 70);
}

/// TIME-21, TIME-22
#[test]
fn every_accepted_call_is_activity() {
    let calls = [
        Call::Suspend,
        Call::Resume,
        Call::add_file(file(1)),
        Call::SetMinimumRetryDelay(600),
        Call::SetServerCertificateValidationInterface(ValidationInterface::Callback),
    ];
    for value in setters().into_iter().chain(calls) {
        let mut job = download_in(Suspended);
        call(&mut job, value, at(1000));
        assert_eq!(purged_at(&job), days(90) + 1000);
    }
}

/// TIME-21, ERR-21: 90 days in error, whatever came before; 90 days from the last progress or call in the
/// other reading.
#[test]
fn a_job_in_error_is_removed_90_days_after_it_entered_error() {
    for timeout_days in [1, 14, 89] {
        for (inactivity_clock, removed) in [
            (InactivityClock::FromEntry, days(timeout_days + 90)),
            (InactivityClock::FromActivity, days(90)),
        ] {
            let readings = Readings { inactivity_clock, ..Readings::documented() };
            let mut job = job_at(options_with(JobType::Download, readings), Suspended);
            let timeout = u32::try_from(days(timeout_days)).unwrap();
            call(&mut job, Call::SetNoProgressTimeout(timeout), start());
            bring_to(&mut job, TransientError, start());
            call(&mut job, Call::SetMinimumRetryDelay(u32::MAX), start());
            run_deadlines(&mut job, at(days(timeout_days)));
            assert_eq!(job.state(), JobState::Error);
            assert_eq!(run_deadlines(&mut job, at(removed) - tick()), []);
            assert_eq!(run_deadlines(&mut job, at(removed)), [Cancelled], "{inactivity_clock}");
        }
    }
}

/// TIME-21, TIME-23: 90 days without Complete.
#[test]
fn a_transferred_job_is_removed_90_days_after_its_transfer() {
    let mut job = download_in(Transferring);
    event(&mut job, Event::Progressed(1), at(5));
    event(&mut job, Event::FileTransferred, at(days(3)));
    assert_eq!((job.state(), purged_at(&job)), (Transferred, days(93)));
    call(&mut job, Call::SetDescription(Some("still wanted".into())), at(days(4)));
    assert_eq!(purged_at(&job), days(94), "a call is activity, too");
}

/// TIME-22: so that an inactivity timeout can end a job that is retried again and again (TIME-13).
#[test]
fn retries_are_no_activity() {
    let mut job = download_in(TransientError);
    for round in 1..10 {
        run_deadlines(&mut job, at(600 * round));
        event(&mut job, Event::Picked, at(600 * round));
        event(&mut job, failed(503), at(600 * round));
        assert_eq!((job.state(), purged_at(&job)), (TransientError, days(90)));
    }
}

/// TIME-22
#[test]
fn refused_calls_and_the_service_itself_are_no_activity() {
    let mut job = job_in(JobType::Upload, TransientError);
    refused(&mut job, complete(), at(10));
    for (seconds, input) in [
        (20, Event::Computer(ComputerEvent::NetworkRestored)),
        (30, Event::Picked),
        (40, Event::Connected),
        (50, Event::SliceOver),
        (60, Event::Computer(ComputerEvent::Blocked(Block::GameMode))),
        (70, Event::Computer(ComputerEvent::Unblocked(Block::GameMode))),
        (80, Event::OwnerLoggedOff),
        (90, Event::ClientExited),
        (100, Event::Computer(ComputerEvent::ServiceRestarted)),
    ] {
        event(&mut job, input, at(seconds));
        assert_eq!(purged_at(&job), days(90));
    }
}

/// TIME-22, DONE-07, PROGRESS-14: only successful calls.
#[test]
fn a_complete_that_failed_is_no_activity() {
    let mut job = download_in(Transferred);
    let failed_rename = Some(FailedRename { after: 0, code: HResult::ERROR_SHARING_VIOLATION });
    let fails = bits_emulator::machine::Commit { failed_rename, ..Default::default() };
    assert!(job.call(Call::Complete(fails), at(500)).is_err());
    assert_eq!(purged_at(&job), days(90));
}

/// TIME-24
#[test]
fn at_one_instant_the_retry_comes_before_the_timeout_and_the_purge_last() {
    let inactivity_clock = InactivityClock::FromActivity;
    let options = JobOptions {
        inactivity_timeout: Duration::from_secs(600),
        maximum_download_time: Duration::from_secs(600),
        readings: Readings { inactivity_clock, ..Readings::documented() },
        ..JobOptions::default()
    };
    let mut job = job_at(options, TransientError);
    call(&mut job, Call::SetNoProgressTimeout(600), start());
    assert_eq!(run_deadlines(&mut job, at(600)), [Queued, Cancelled]);

    let mut job = job_at(options, TransientError);
    call(&mut job, Call::SetNoProgressTimeout(600), start());
    call(&mut job, Call::SetMinimumRetryDelay(601), start());
    assert_eq!(run_deadlines(&mut job, at(600)), [JobState::Error, Cancelled]);

    let sooner = JobOptions { maximum_download_time: Duration::from_secs(599), ..options };
    let mut job = job_at(sooner, Transferring);
    assert_eq!(run_deadlines(&mut job, at(600)), [JobState::Error, Cancelled]);
}

/// TIME-24
#[test]
fn progress_at_the_instant_of_a_deadline_comes_first() {
    let options =
        JobOptions { inactivity_timeout: Duration::from_secs(600), ..JobOptions::default() };
    let mut job = job_at(options, Transferring);
    event(&mut job, Event::Progressed(1), at(600));
    assert_eq!(run_deadlines(&mut job, at(600)), []);
}

/// DONE-15
#[test]
fn a_purge_makes_no_file_available_and_leaves_a_finished_upload_alone() {
    let mut download = download_in(Transferred);
    run_deadlines(&mut download, at(days(90)));
    let file = bits_emulator::machine::FileIndex(0);
    assert!(!download.file_progress(file).unwrap().completed);

    // INV-46
    let mut upload = job_in(JobType::Upload, Transferred);
    let effects = upload.handle_deadline(at(days(90))).effects;
    assert!(effects.contains(Effect::LeaveQueue));
    assert!(!upload.is_cancelling_upload());
    assert!(upload.file_progress(file).unwrap().completed, "PROGRESS-06");
}
