//! `Complete` and `Cancel`: what is kept, what is given up, and what a failing disk changes.

use crate::common::*;
use bits_emulator::machine::{
    Call, Commit, Deadline, Deletion, Effect, Event, FailedRename, FileIndex, JobStateMachine,
    TransferItem,
};
use bits_emulator::readings::{Readings, ResumeTransferred, SuspendStopped};
use bits_emulator::{Error, HResult, JobState, JobType};

const DENIED: HResult = HResult::ERROR_SHARING_VIOLATION;
const HOUR: i64 = 3600;

/// A download of that number of files, TRANSFERRING, of which the first `done` are transferred and the
/// next is half there.
fn partly_done(files: usize, done: usize) -> JobStateMachine {
    let mut job = empty_job(JobType::Download);
    for number in 0..files {
        call(&mut job, Call::add_file(file(number)), start());
    }
    bring_to(&mut job, Transferring, start());
    for _ in 0..done {
        event(&mut job, Event::SizeKnown(100), start());
        event(&mut job, Event::FileTransferred, start());
    }
    if done < files {
        event(&mut job, Event::SizeKnown(100), start());
        event(&mut job, Event::Progressed(50), start());
    }
    job
}

fn undeletable() -> Commit {
    Commit { deletion: Deletion::Incomplete, ..Commit::default() }
}

fn rename_fails_after(after: u32) -> Call {
    let failed_rename = Some(FailedRename { after, code: DENIED });
    Call::Complete(Commit { failed_rename, ..Commit::default() })
}

fn available(job: &JobStateMachine) -> Vec<bool> {
    (0..job.file_count())
        .map(|file| job.file_progress(FileIndex(file)).unwrap().completed)
        .collect()
}

fn renames(job: &JobStateMachine) -> Vec<u32> {
    let files = job.renames().map(|item| match item {
        TransferItem::File(file) => file.0,
        TransferItem::Reply => u32::MAX,
    });
    files.collect()
}

fn completed_as(job: &mut JobStateMachine, commit: Commit) -> HResult {
    let outcome = call_outcome(job, Call::Complete(commit), at(1));
    assert_eq!(job.state(), Acknowledged);
    assert!(outcome.effects.contains(Effect::LeaveQueue));
    outcome.success.code()
}

/// DONE-02, DONE-04, DONE-05
#[test]
fn complete_keeps_exactly_the_finished_files() {
    // The documented example: completing while the third of five files runs.
    for done in 0..5 {
        let mut job = partly_done(5, done);
        assert_eq!(renames(&job), (0..done as u32).collect::<Vec<_>>());
        assert_eq!(completed_as(&mut job, Commit::default()), HResult::BG_S_PARTIAL_COMPLETE);
        let kept: Vec<_> = (0..5).map(|file| file < done).collect();
        assert_eq!(available(&job), kept);
    }
    let mut all = partly_done(5, 5);
    assert_eq!(all.state(), Transferred);
    assert_eq!(completed_as(&mut all, Commit::default()), HResult::S_OK);
    assert_eq!(available(&all), [true; 5]);
}

/// DONE-01, INV-42
#[test]
fn no_file_is_available_before_complete() {
    for state in JobState::ALL.iter().copied().filter(|state| *state != Acknowledged) {
        assert_eq!(available(&download_in(state)), [false], "{state}");
    }
}

/// DONE-04
#[test]
fn complete_of_a_job_without_files_is_wholly_complete() {
    assert_eq!(completed_as(&mut empty_job(JobType::Download), Commit::default()), HResult::S_OK);
}

/// DONE-05
#[test]
fn a_file_of_unknown_size_is_not_transferred_and_an_empty_one_is_at_its_end() {
    let mut unknown = download_in(Transferring);
    event(&mut unknown, Event::Progressed(50), start());
    assert_eq!(completed_as(&mut unknown, Commit::default()), HResult::BG_S_PARTIAL_COMPLETE);

    let mut empty = download_in(Transferring);
    event(&mut empty, Event::SizeKnown(0), start());
    let mut early = empty.clone();
    assert_eq!(completed_as(&mut early, Commit::default()), HResult::BG_S_PARTIAL_COMPLETE);
    event(&mut empty, Event::FileTransferred, start());
    assert_eq!(completed_as(&mut empty, Commit::default()), HResult::S_OK);
    assert_eq!(available(&empty), [true]);
}

/// DONE-06
#[test]
fn undeletable_files_outrank_a_partial_result() {
    for job in [partly_done(3, 1), partly_done(3, 3)] {
        let code = completed_as(&mut job.clone(), undeletable());
        assert_eq!(code, HResult::BG_S_UNABLE_TO_DELETE_FILES);
        let mut cancelled = job;
        let outcome = call_outcome(&mut cancelled, Call::Cancel(Deletion::Incomplete), at(1));
        assert_eq!(outcome.success.code(), HResult::BG_S_UNABLE_TO_DELETE_FILES);
        assert_eq!(cancelled.state(), Cancelled);
    }
}

/// DONE-07, DONE-08
#[test]
fn a_failed_rename_at_each_position_can_be_repeated() {
    for after in 0..3 {
        let mut job = partly_done(3, 3);
        let error = job.call(rename_fails_after(after), at(1)).unwrap_err();
        let file = Some(FileIndex(after));
        assert_eq!(error, Error::RenameFailed { state: Transferred, file, code: DENIED });
        assert_eq!((error.code(), job.state()), (DENIED, Transferred));
        assert!(error.to_string().contains("DONE-07"), "{error}");
        // ERR-02: no error object, no count, no notable step.
        assert_eq!(get_error(&job), HResult::BG_E_ERROR_INFORMATION_UNAVAILABLE);
        assert_eq!(job.error_count(), 0);

        let made: Vec<_> = (0..3).map(|file| file < after).collect();
        assert_eq!(available(&job), made, "PROGRESS-06: those before it are available");
        assert_eq!(renames(&job), (after..3).collect::<Vec<_>>(), "only the rest is renamed");
        // It fails again, at the same file, and then succeeds.
        let again = job.call(rename_fails_after(0), at(2)).unwrap_err();
        assert_eq!(again, error);
        assert_eq!(available(&job), made);
        assert_eq!(completed_as(&mut job, Commit::default()), HResult::S_OK);
        assert_eq!(available(&job), [true; 3]);
        assert!(renames(&job).is_empty());
    }
}

/// DONE-07
#[test]
fn a_partial_complete_that_fails_keeps_the_state_it_came_from() {
    for state in [Suspended, Queued, Connecting, Transferring, TransientError, JobState::Error] {
        let mut job = partly_done(3, 2);
        leave_transferring(&mut job, state, start());
        let (error, deadline) = (get_error(&job), job.next_deadline());
        let refusal = job.call(rename_fails_after(1), at(1)).unwrap_err();
        assert_eq!((refusal.code(), job.state()), (DENIED, state));
        assert_eq!(available(&job), [true, false, false]);
        assert_eq!((get_error(&job), job.next_deadline()), (error, deadline));
        assert_eq!(completed_as(&mut job, Commit::default()), HResult::BG_S_PARTIAL_COMPLETE);
        assert_eq!(available(&job), [true, true, false]);
    }
}

/// DONE-07
#[test]
fn a_failure_beyond_the_renames_of_the_call_does_not_happen() {
    let mut job = partly_done(3, 2);
    let failed_rename = Some(FailedRename { after: 2, code: DENIED });
    let commit = Commit { failed_rename, ..Commit::default() };
    assert_eq!(completed_as(&mut job, commit), HResult::BG_S_PARTIAL_COMPLETE);
}

/// DONE-12, DONE-16, INV-44
#[test]
fn cancel_keeps_nothing() {
    for state in JobState::ALL.iter().copied().filter(|state| !state.is_final()) {
        let mut job = partly_done(2, 1);
        leave_transferring(&mut job, state, start());
        let active = job.state().is_active();
        let outcome = call_outcome(&mut job, cancel(), at(1));
        assert_eq!(outcome.success.code(), HResult::S_OK);
        assert_eq!(outcome.effects.contains(Effect::StopTransfer), active, "{state}");
        assert!(outcome.effects.contains(Effect::LeaveQueue));
        assert_eq!(available(&job), [false, false]);
    }
}

/// DONE-14
#[test]
fn files_made_available_by_a_failed_complete_stay_so_after_cancel() {
    let mut job = partly_done(3, 3);
    assert!(job.call(rename_fails_after(2), at(1)).is_err());
    call(&mut job, cancel(), at(2));
    assert_eq!(available(&job), [true, true, false]);
}

/// DONE-03, DONE-11, PROGRESS-06, INV-45
#[test]
fn an_upload_is_completed_by_the_server() {
    let mut job = job_in(JobType::Upload, Transferred);
    assert_eq!(available(&job), [true]);
    assert!(renames(&job).is_empty());
    // Nothing is renamed, so no rename can fail.
    let outcome = call_outcome(&mut job, rename_fails_after(0), at(1));
    assert_eq!((outcome.success.code(), job.state()), (HResult::S_OK, Acknowledged));
    for state in JobState::ALL.iter().copied().filter(|state| *state != Transferred) {
        let error = refused(&mut job_in(JobType::Upload, state), complete(), at(1));
        assert_eq!(error.code(), HResult::BG_E_INVALID_STATE);
    }
}

/// DONE-11, UPLOAD-13, DONE-07
#[test]
fn complete_makes_the_reply_available_and_may_fail_on_it() {
    let mut job = job_in(JobType::UploadReply, Transferred);
    assert_eq!(job.renames().collect::<Vec<_>>(), [TransferItem::Reply]);
    let error = job.call(rename_fails_after(0), at(1)).unwrap_err();
    assert_eq!(error, Error::RenameFailed { state: Transferred, file: None, code: DENIED });
    assert_eq!(job.renames().collect::<Vec<_>>(), [TransferItem::Reply]);
    assert_eq!(completed_as(&mut job, Commit::default()), HResult::S_OK);
    assert_eq!(job.renames().count(), 0);
}

/// DONE-20
#[test]
fn a_file_declared_invalid_is_neither_kept_nor_available() {
    let mut job = partly_done(2, 2);
    call(&mut job, invalid(0), at(1));
    assert_eq!(renames(&job), [1]);
    assert_eq!(job.file_progress(FileIndex(0)).unwrap().bytes_transferred, 0);
    // Resume downloads it again, and nothing else.
    call(&mut job, Call::Resume, at(2));
    event(&mut job, Event::Picked, at(2));
    event(&mut job, Event::Connected, at(2));
    assert_eq!(job.current(), Some(TransferItem::File(FileIndex(0))));
    event(&mut job, Event::FileTransferred, at(3));
    assert_eq!(completed_as(&mut job, Commit::default()), HResult::S_OK);
}

/// DONE-20, DONE-19: E_PENDING before that; DONE-14: afterwards it belongs to the user.
#[test]
fn a_file_that_is_not_transferred_or_already_available_cannot_be_declared_invalid() {
    let mut job = partly_done(3, 2);
    assert!(job.call(rename_fails_after(1), at(1)).is_err());
    for (file, code) in [
        (0, HResult::BG_E_RECORD_DELETED),
        (2, HResult::E_PENDING),
        (3, HResult::E_INVALIDARG),
        (u32::MAX, HResult::E_INVALIDARG),
    ] {
        assert_eq!(refused(&mut job, invalid(file), at(1)).code(), code, "{file}");
    }
    let error = refused(&mut job_in(JobType::Upload, Transferred), invalid(0), at(1));
    assert_eq!(error.code(), HResult::E_NOTIMPL, "uploads have nothing to validate");
}

/// An upload whose server may hold a session, cancelled 100 s after the start.
fn cancelled_upload(job_type: JobType, state: JobState, timeout: u32) -> (JobStateMachine, Effect) {
    let mut job = job_in(job_type, Transferring);
    call(&mut job, Call::SetNoProgressTimeout(timeout), start());
    leave_transferring(&mut job, state, start());
    let outcome = call_outcome(&mut job, cancel(), at(100));
    assert_eq!(job.state(), Cancelled, "DONE-17: Cancel returns at once");
    assert!(job.is_cancelling_upload());
    assert!(!outcome.effects.contains(Effect::LeaveQueue), "it is still in the queue");
    let cancels =
        outcome.effects.iter().find(|effect| matches!(effect, Effect::CancelUpload { .. }));
    (job, cancels.unwrap())
}

/// DONE-17
#[test]
fn the_cancellation_of_an_upload_is_repeated_for_a_day_or_the_shorter_timeout() {
    for job_type in [JobType::Upload, JobType::UploadReply] {
        for state in [Suspended, Queued, Connecting, Transferring, TransientError, JobState::Error]
        {
            for (timeout, limit) in
                [(1_209_600, 24 * HOUR), (86_401, 24 * HOUR), (3600, HOUR), (5, 5)]
            {
                let (mut job, effect) = cancelled_upload(job_type, state, timeout);
                let give_up_at = at(100 + limit);
                assert_eq!(effect, Effect::CancelUpload { give_up_at });
                assert_eq!(job.next_deadline(), Some((give_up_at, Deadline::UploadCancellation)));
                assert!(job.handle_deadline(give_up_at - tick()).was_ignored());
                let outcome = job.handle_deadline(give_up_at);
                assert!(outcome.effects.contains(Effect::LeaveQueue));
                assert_eq!((job.is_cancelling_upload(), job.next_deadline()), (false, None));
            }
        }
    }
}

/// DONE-17
#[test]
fn the_answer_of_the_server_ends_the_cancellation() {
    let (mut job, _) = cancelled_upload(JobType::Upload, Suspended, 1_209_600);
    let outcome = event_outcome(&mut job, Event::UploadCancelled, at(200));
    assert!(outcome.effects.contains(Effect::LeaveQueue));
    assert_eq!((job.state(), job.next_deadline()), (Cancelled, None));
    ignored(&mut job, Event::UploadCancelled, at(300));
}

/// DONE-13
#[test]
fn an_upload_that_never_began_or_is_complete_needs_no_cancellation() {
    for job in [
        job_in(JobType::Upload, Suspended),
        job_in(JobType::Upload, Transferred),
        job_in(JobType::UploadReply, Transferred),
        download_in(Transferring),
    ] {
        let mut job = job;
        let outcome = call_outcome(&mut job, cancel(), at(1));
        assert!(outcome.effects.contains(Effect::LeaveQueue));
        assert_eq!((job.is_cancelling_upload(), job.next_deadline()), (false, None));
    }
}

/// DONE-13, INV-46
#[test]
fn an_upload_that_was_complete_once_is_never_cancelled_at_the_server() {
    // Not even if it is queued again, by LIFE-11 or LIFE-14 in other readings.
    let readings = Readings {
        resume_transferred: ResumeTransferred::Requeues,
        suspend_stopped: SuspendStopped::Suspends,
        ..Readings::documented()
    };
    for suspend in [false, true] {
        let mut job = job_at(options_with(JobType::Upload, readings), Transferred);
        if suspend {
            call(&mut job, Call::Suspend, start());
        }
        bring_to(&mut job, Connecting, start());
        event(&mut job, Event::Connected, start());
        call(&mut job, cancel(), at(1));
        assert!(!job.is_cancelling_upload());
    }
}

/// DONE-17, TIME-20, UPLOAD-22
#[test]
fn a_purge_cancels_an_unfinished_upload_at_the_server_too() {
    let mut job = job_in(JobType::Upload, Transferring);
    call(&mut job, Call::Suspend, start());
    run_deadlines(&mut job, at(90 * 24 * HOUR));
    assert!(job.is_cancelling_upload());
}
