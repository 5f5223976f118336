//! In which order a client is told, and what happens to the job meanwhile.

use crate::client::*;
use crate::common::*;
use bits_emulator::machine::{Call, Deadline, Event, FileIndex, JobStateMachine};
use bits_emulator::{HResult, JobState, Notification, NotifyFlags};

use Notification::{FileTransferred, JobError, JobModification, JobTransferred};

/// The present file of a TRANSFERRING job, of 100 bytes, arrives.
#[track_caller]
fn file_arrives(job: &mut JobStateMachine) {
    event(job, Event::SizeKnown(100), start());
    event(job, Event::FileTransferred, start());
}

/// NOTIFY-08, INV-20: of several finished files one is told at a time, in their order, the next only
/// after success, and JobTransferred after all.
#[test]
fn files_are_told_one_after_the_other_before_the_result() {
    let mut job = heard_download(3, RESULTS_AND_FILES, Suspended);
    bring_to(&mut job, Transferring, start());
    transfer_all(&mut job, start());
    for index in 0..3 {
        let told = FileTransferred(FileIndex(index));
        assert_eq!(due(&job), [told]);
        begins(&mut job, told, start());
        assert_eq!(due(&job), [], "{told} is under way");
        ignored(&mut job, Event::NotificationStarted(JobTransferred), start());
        returns(&mut job, told, HResult::S_OK, start());
    }
    assert_eq!(due(&job), [JobTransferred]);
}

/// NOTIFY-08: a FileTransferred that was not heard holds up the next ones and the result.
#[test]
fn a_file_that_is_not_heard_holds_up_the_others() {
    let mut job = heard_download(2, RESULTS_AND_FILES, Suspended);
    bring_to(&mut job, Transferring, start());
    file_arrives(&mut job);
    begins(&mut job, FileTransferred(FIRST), start());
    file_arrives(&mut job);
    assert_eq!(job.state(), Transferred);
    returns(&mut job, FileTransferred(FIRST), FAILURE, start());
    assert_eq!(due(&job), []);
    run_deadlines(&mut job, at(600));
    hears(&mut job, FileTransferred(FIRST), start());
    hears(&mut job, FileTransferred(SECOND), start());
    hears(&mut job, JobTransferred, start());
}

/// NOTIFY-08: also before JobError, and while the call for a file is under way.
#[test]
fn files_are_told_before_job_error() {
    let mut job = heard_download(3, RESULTS_AND_FILES, Suspended);
    bring_to(&mut job, Transferring, start());
    file_arrives(&mut job);
    begins(&mut job, FileTransferred(FIRST), start());
    file_arrives(&mut job);
    event(&mut job, failed(404), start());
    assert_eq!(due(&job), []);
    returns(&mut job, FileTransferred(FIRST), HResult::S_OK, start());
    assert_eq!(due(&job), [FileTransferred(SECOND)]);
    hears(&mut job, FileTransferred(SECOND), start());
    assert_eq!(due(&job), [JobError]);
}

/// NOTIFY-13: the result does not wait for a modification, neither for one that is due longer nor
/// for one that is under way.
#[test]
fn the_result_overtakes_modifications() {
    let mut job = heard_download(1, RESULTS | NotifyFlags::JOB_MODIFICATION, Suspended);
    bring_to(&mut job, Transferring, start());
    assert_eq!(due(&job), [JobModification]);
    transfer_all(&mut job, start());
    assert_eq!(due(&job), [JobTransferred, JobModification]);

    let mut job = heard_download(1, RESULTS | NotifyFlags::JOB_MODIFICATION, Suspended);
    bring_to(&mut job, Transferring, start());
    begins(&mut job, JobModification, start());
    event(&mut job, failed(404), start());
    assert!(due(&job).contains(&JobError));
    hears(&mut job, JobError, start());
}

/// NOTIFY-22: one result for each entry into ERROR or TRANSFERRED.
#[test]
fn each_entry_is_told_once() {
    let mut job = heard_download(1, RESULTS, Suspended);
    for status in [404, 401, 404] {
        bring_to(&mut job, Connecting, start());
        event(&mut job, failed(status), start());
        hears(&mut job, JobError, start());
        call(&mut job, Call::SetDescription(Some("again".into())), start());
        call(&mut job, Call::Suspend, start());
        assert_eq!((job.state(), due(&job)), (JobState::Error, vec![]));
        assert_eq!(job.deadline(Deadline::NotificationRepeat), None);
    }
    bring_to(&mut job, Transferred, start());
    hears(&mut job, JobTransferred, start());
    call(&mut job, Call::Resume, start());
    call(&mut job, Call::add_file(file(1)), start());
    assert_eq!((job.state(), due(&job)), (Transferred, vec![]));
    bring_to(&mut job, Transferred, start());
    hears(&mut job, JobTransferred, start());
    assert_eq!(due(&job), []);
}

/// NOTIFY-22: the job is resumed and fails again while the client is still told of the first
/// failure. The answer to that is no answer to the second.
#[test]
fn a_failure_during_job_error_is_told_afterwards() {
    for code in [HResult::S_OK, FAILURE] {
        let mut job = heard_download(1, RESULTS, Suspended);
        bring_to(&mut job, JobState::Error, start());
        begins(&mut job, JobError, start());
        bring_to(&mut job, Connecting, start());
        event(&mut job, failed(401), start());
        assert_eq!(due(&job), [], "the first call is under way");
        returns(&mut job, JobError, code, start());
        assert_eq!(due(&job), [JobError], "{code}");
        assert_eq!(get_error(&job), HResult::BG_E_HTTP_ERROR_401);
        hears(&mut job, JobError, start());
        assert_eq!(due(&job), []);
    }
}

/// NOTIFY-22: JobError is under way when the job is resumed and all arrives.
#[test]
fn a_success_during_job_error_is_told_afterwards() {
    let mut job = heard_download(1, RESULTS, Suspended);
    bring_to(&mut job, JobState::Error, start());
    begins(&mut job, JobError, start());
    bring_to(&mut job, Transferred, start());
    ignored(&mut job, Event::NotificationReturned(JobTransferred, HResult::S_OK), start());
    returns(&mut job, JobError, FAILURE, start());
    assert_eq!(due(&job), [JobTransferred]);
}

/// NOTIFY-31: inside a callback the client may complete, cancel, resume or suspend the job; what the
/// callback then returns, success or failure, changes nothing any more.
#[test]
fn a_callback_may_change_the_job() {
    for (state, told, call_inside, left_in) in [
        (Transferred, JobTransferred, complete(), Acknowledged),
        (Transferred, JobTransferred, cancel(), Cancelled),
        (JobState::Error, JobError, complete(), Acknowledged),
        (JobState::Error, JobError, cancel(), Cancelled),
        (JobState::Error, JobError, Call::Resume, Queued),
        (Transferred, FileTransferred(FIRST), complete(), Acknowledged),
        (Transferred, FileTransferred(FIRST), cancel(), Cancelled),
    ] {
        for code in [HResult::S_OK, FAILURE] {
            let flags = match told {
                FileTransferred(_) => RESULTS_AND_FILES,
                _ => RESULTS,
            };
            let mut job = heard_download(1, flags, Suspended);
            bring_to(&mut job, state, start());
            begins(&mut job, told, start());
            call(&mut job, call_inside.clone(), start());
            let _ = job.handle(Event::NotificationReturned(told, code), start());
            assert_eq!((job.state(), due(&job)), (left_in, vec![]), "{told}: {call_inside:?}");
            run_deadlines(&mut job, at(600));
            assert_eq!(due(&job), [], "{told}: {call_inside:?}, {code}");
        }
    }
}

/// NOTIFY-07, NOTIFY-31: FileTransferred is the place to check a file. One found wrong inside, and
/// fetched again before the call returns, is told again.
#[test]
fn a_file_fetched_again_during_its_call_is_told_again() {
    let mut job = heard_download(1, RESULTS_AND_FILES, Suspended);
    bring_to(&mut job, Transferring, start());
    transfer_all(&mut job, start());
    begins(&mut job, FileTransferred(FIRST), start());
    call(&mut job, Call::SetValidationState(FIRST, false), start());
    bring_to(&mut job, Transferred, start());
    returns(&mut job, FileTransferred(FIRST), HResult::S_OK, start());
    hears(&mut job, FileTransferred(FIRST), start());
    hears(&mut job, JobTransferred, start());
}

/// NOTIFY-08, NOTIFY-31: a file found wrong inside its call is no longer a finished one, so that
/// nothing stands before JobError, whatever the call returns.
#[test]
fn a_file_found_wrong_during_its_call_holds_nothing_up() {
    for code in [HResult::S_OK, FAILURE] {
        let mut job = heard_download(1, RESULTS_AND_FILES, Suspended);
        bring_to(&mut job, Transferring, start());
        transfer_all(&mut job, start());
        begins(&mut job, FileTransferred(FIRST), start());
        call(&mut job, Call::SetValidationState(FIRST, false), start());
        returns(&mut job, FileTransferred(FIRST), code, start());
        assert_eq!(due(&job), [JobError], "{code}");
    }
}

/// NOTIFY-07, NOTIFY-21: the repeat for a file ends when the file is found wrong; fetched again, it is
/// told at once.
#[test]
fn a_file_found_wrong_is_not_repeated() {
    let mut job = heard_download(1, RESULTS_AND_FILES, Transferred);
    fails(&mut job, FileTransferred(FIRST), start());
    call(&mut job, Call::SetValidationState(FIRST, false), start());
    hears(&mut job, JobError, start());
    bring_to(&mut job, Transferred, at(10));
    assert_eq!(due(&job), [FileTransferred(FIRST)]);
}

/// NOTIFY-07: of the files of a job that was completed or cancelled nothing is told any more.
#[test]
fn files_of_a_final_job_are_not_told() {
    for end in [complete(), cancel()] {
        let mut job = heard_download(2, RESULTS_AND_FILES, Suspended);
        bring_to(&mut job, Transferring, start());
        file_arrives(&mut job);
        call(&mut job, end, start());
        assert_eq!(due(&job), []);
        ignored(&mut job, Event::NotificationStarted(FileTransferred(FIRST)), start());
    }
}
