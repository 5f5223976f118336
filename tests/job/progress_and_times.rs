//! Progress of files, jobs and replies, and the times of a job.

use crate::common::*;
use bits_emulator::machine::{
    Call, ComputerEvent, Event, FileIndex, JobStateMachine, TransferItem,
};
use bits_emulator::readings::{Readings, SuspendStopped};
use bits_emulator::{FileProgress, HResult, JobProgress, JobState, JobType};
use chrono::TimeDelta;

const FILE: FileIndex = FileIndex(0);

/// A job of that number of files, TRANSFERRING.
fn transferring(job_type: JobType, files: usize) -> JobStateMachine {
    let mut job = empty_job(job_type);
    for number in 0..files {
        call(&mut job, Call::add_file(file(number)), start());
    }
    bring_to(&mut job, Transferring, start());
    job
}

#[track_caller]
fn is_at(job: &JobStateMachine, total: Option<u64>, bytes: u64, files: (u32, u32)) {
    let JobProgress { bytes_total, bytes_transferred, files_total, files_transferred, .. } =
        job.progress();
    assert_eq!((bytes_total, bytes_transferred), (total, bytes));
    assert_eq!((files_transferred, files_total), files);
}

fn file_is_at(job: &JobStateMachine, file: u32, total: Option<u64>, bytes: u64) {
    let progress = job.file_progress(FileIndex(file)).unwrap();
    assert_eq!((progress.bytes_total, progress.bytes_transferred), (total, bytes));
}

/// PROGRESS-02, PROGRESS-05, INV-40; FILES-12, INV-38: file after file
#[test]
fn the_size_of_the_job_is_known_with_that_of_every_file() {
    let mut job = transferring(JobType::Download, 3);
    is_at(&job, None, 0, (0, 3));
    event(&mut job, Event::SizeKnown(100), start());
    event(&mut job, Event::Progressed(60), start());
    is_at(&job, None, 60, (0, 3));
    event(&mut job, Event::Progressed(40), start());
    event(&mut job, Event::FileTransferred, start());
    is_at(&job, None, 100, (1, 3));
    is_at(&job, None, 100, (1, 3));
    assert_eq!(job.current(), Some(TransferItem::File(FileIndex(1))));
    event(&mut job, Event::SizeKnown(10), start());
    event(&mut job, Event::FileTransferred, start());
    event(&mut job, Event::SizeKnown(5), start());
    is_at(&job, Some(115), 110, (2, 3));
    event(&mut job, Event::Progressed(5), start());
    event(&mut job, Event::FileTransferred, start());
    is_at(&job, Some(115), 115, (3, 3));
    is_at(&job, Some(115), 115, (3, 3));
    assert_eq!((job.state(), job.current()), (Transferred, None), "LIFE-20, INV-41");
}

/// PROGRESS-05
#[test]
fn a_job_without_files_has_nothing_to_transfer() {
    is_at(&empty_job(JobType::Download), Some(0), 0, (0, 0));
}

/// FILES-14, FILES-15
#[test]
fn an_added_file_makes_the_size_unknown_again() {
    for state in [Queued, Connecting, Transferring, Transferred] {
        let mut job = transferring(JobType::Download, 1);
        event(&mut job, Event::SizeKnown(100), start());
        leave_transferring(&mut job, state, start());
        let bytes = job.progress().bytes_transferred;
        call(&mut job, Call::add_file(file(1)), start());
        assert_eq!(job.state(), state);
        is_at(&job, None, bytes, (u32::from(state == Transferred), 2));
    }
}

/// PROGRESS-03
#[test]
fn no_file_is_told_of_that_the_job_does_not_have() {
    let job = download_in(Queued);
    let progress = job.file_progress(FILE).unwrap();
    let FileProgress { bytes_total, bytes_transferred, completed, .. } = progress;
    assert_eq!((bytes_total, bytes_transferred, completed), (None, 0, false));
    for file in [1, u32::MAX] {
        assert_eq!(job.file_progress(FileIndex(file)), None);
        assert_eq!(job.file(FileIndex(file)), None);
    }
}

/// PROGRESS-04, FILES-23
#[test]
fn ranges_are_kept_with_their_file() {
    let mut job = download_in(Suspended);
    let ranges = [range(0, 10), range(100, 20)];
    call(&mut job, Call::add_file_with_ranges(file(1), ranges), start());
    assert_eq!(job.file_ranges(FILE), []);
    assert_eq!(job.file_ranges(FileIndex(1)), ranges);
}

/// PROGRESS-06
#[test]
fn a_file_is_completed_when_it_is_available_or_the_server_has_it() {
    let available = |job: &JobStateMachine| job.file_progress(FILE).unwrap().completed;
    // Downloads: when Complete was called. Uploads: when the server has the file.
    let mut download = download_in(Transferred);
    assert!(!available(&download));
    call(&mut download, complete(), start());
    assert!(available(&download));
    assert!(available(&job_in(JobType::Upload, Transferred)));

    let mut reply = job_in(JobType::UploadReply, Transferring);
    event(&mut reply, Event::SizeKnown(100), start());
    event(&mut reply, Event::FileTransferred, start());
    assert!(!available(&reply), "every byte is sent, but not acknowledged");
    is_at(&reply, Some(100), 100, (0, 1));
    event(&mut reply, Event::ReplyStarted(10), start());
    assert!(available(&reply), "UPLOAD-05");
    is_at(&reply, Some(100), 100, (1, 1));
}

/// PROGRESS-06
#[test]
fn an_empty_upload_is_not_completed_before_the_server_was_reached() {
    let mut job = job_in(JobType::Upload, Connecting);
    let _ = job.handle(Event::SizeKnown(0), start());
    assert_eq!(job.state(), Connecting);
    assert!(!job.file_progress(FILE).unwrap().completed);
}

/// PROGRESS-07, HTTP-08: without error, and files already transferred are not fetched again.
#[test]
fn a_changed_remote_file_starts_again_from_zero() {
    let mut job = transferring(JobType::Download, 2);
    event(&mut job, Event::SizeKnown(100), start());
    event(&mut job, Event::FileTransferred, start());
    event(&mut job, Event::SizeKnown(100), start());
    event(&mut job, Event::Progressed(70), start());
    event(&mut job, Event::SizeKnown(100), start());
    file_is_at(&job, 1, Some(100), 70);
    event(&mut job, Event::SizeKnown(80), start());
    file_is_at(&job, 1, Some(80), 0);
    file_is_at(&job, 0, Some(100), 100);
    assert_eq!(job.state(), Transferring);
}

/// PROGRESS-07, HTTP-08 is about remote files. A local file that changed fails the job (UPLOAD-08).
#[test]
fn the_progress_of_an_upload_never_decreases() {
    for job_type in [JobType::Upload, JobType::UploadReply] {
        let mut job = job_in(job_type, Transferring);
        event(&mut job, Event::SizeKnown(100), start());
        event(&mut job, Event::Progressed(60), start());
        let _ = job.handle(Event::SizeKnown(50), start());
        assert_eq!(job.file_progress(FILE).unwrap().bytes_transferred, 60, "{job_type}");
    }
}

#[test]
fn a_size_told_again_after_an_upload_was_wholly_sent_does_no_harm() {
    let mut job = job_in(JobType::UploadReply, Transferring);
    event(&mut job, Event::SizeKnown(100), start());
    event(&mut job, Event::Progressed(100), start());
    let _ = job.handle(Event::SizeKnown(100), start());
    file_is_at(&job, 0, Some(100), 100);
    event(&mut job, Event::ReplyStarted(10), start());
    event(&mut job, Event::FileTransferred, start());
    assert_eq!(job.state(), Transferred);
}

/// PROGRESS-07, NET-20, LIFE-29
#[test]
fn progress_outlives_interruptions() {
    for state in [Suspended, Queued, TransientError, JobState::Error] {
        for job_type in JobType::ALL {
            let mut job = transferring(*job_type, 1);
            event(&mut job, Event::SizeKnown(100), start());
            event(&mut job, Event::Progressed(70), start());
            leave_transferring(&mut job, state, start());
            event(&mut job, ComputerEvent::ServiceRestarted, start());
            file_is_at(&job, 0, Some(100), 70);
        }
    }
}

/// INV-05
#[test]
fn late_bytes_of_a_job_that_was_stopped_are_not_counted() {
    for state in JobState::ALL.iter().copied().filter(|state| *state != Transferring) {
        for late in [Event::Progressed(1), Event::FileTransferred, Event::ReplyStarted(1)] {
            ignored(&mut download_in(state), late.clone(), start());
            ignored(&mut job_in(JobType::UploadReply, state), late, start());
        }
    }
}

/// INV-39
#[test]
fn no_more_is_transferred_than_there_is() {
    let mut job = transferring(JobType::Download, 2);
    event(&mut job, Event::SizeKnown(100), start());
    event(&mut job, Event::Progressed(u64::MAX), start());
    file_is_at(&job, 0, Some(100), 100);
    event(&mut job, Event::FileTransferred, start());
    // Of an unknown size, all that came is there; a smaller size starts it again.
    event(&mut job, Event::Progressed(u64::MAX), start());
    event(&mut job, Event::Progressed(u64::MAX), start());
    // The greatest number is that of an unknown size.
    file_is_at(&job, 1, None, u64::MAX - 1);
    event(&mut job, Event::SizeKnown(10), start());
    file_is_at(&job, 1, Some(10), 0);
}

/// LIFE-20
#[test]
fn a_job_with_nothing_left_is_transferred_once_it_is_connected() {
    let suspend_stopped = SuspendStopped::Suspends;
    let readings = Readings { suspend_stopped, ..Readings::documented() };
    for job_type in JobType::ALL {
        let mut job = job_at(options_with(*job_type, readings), Transferred);
        call(&mut job, Call::Suspend, start());
        bring_to(&mut job, Connecting, start());
        event(&mut job, Event::Connected, start());
        assert_eq!(job.state(), Transferred, "{job_type}");
    }
}

/// FILES-12
#[test]
fn a_file_of_unknown_size_that_ends_is_as_large_as_what_came() {
    let mut job = transferring(JobType::Download, 1);
    event(&mut job, Event::Progressed(33), start());
    event(&mut job, Event::FileTransferred, start());
    file_is_at(&job, 0, Some(33), 33);
    assert_eq!(job.state(), Transferred);
}

/// PROGRESS-09, PROGRESS-10, PROGRESS-01: the progress of the job is that of the upload alone;
/// INV-54
#[test]
fn the_size_of_the_reply_is_known_once_it_begins_and_for_ever() {
    let mut job = job_in(JobType::UploadReply, Transferring);
    event(&mut job, Event::SizeKnown(100), start());
    event(&mut job, Event::Progressed(100), start());
    assert_eq!(job.reply_progress().unwrap().bytes_total, None);
    assert_eq!(job.state(), Transferring, "UPLOAD-14");
    event(&mut job, Event::ReplyStarted(10), start());
    assert_eq!(job.current(), Some(TransferItem::Reply));
    ignored(&mut job, Event::ReplyStarted(20), start());
    ignored(&mut job, Event::SizeKnown(20), start());
    event(&mut job, Event::Progressed(4), start());
    event(&mut job, failed(500), start());
    call(&mut job, Call::Resume, start());
    let reply = job.reply_progress().unwrap();
    assert_eq!((reply.bytes_total, reply.bytes_transferred), (Some(10), 4));
    is_at(&job, Some(100), 100, (1, 1));
    bring_to_transferring(&mut job);
    event(&mut job, Event::Progressed(6), start());
    event(&mut job, Event::FileTransferred, start());
    assert_eq!(job.state(), Transferred);
}

/// PROGRESS-10, ERR-18 rests on it.
#[test]
fn no_state_forgets_the_reply() {
    for state in JobState::ALL.iter().copied() {
        let reply = reply_begun(state).reply_progress().unwrap();
        assert_eq!(reply.bytes_total, Some(10), "{state}");
    }
}

fn bring_to_transferring(job: &mut JobStateMachine) {
    event(job, Event::Picked, start());
    event(job, Event::Connected, start());
}

/// PROGRESS-09
#[test]
fn an_empty_reply_ends_the_job_and_other_types_have_none() {
    let mut job = job_in(JobType::UploadReply, Transferring);
    event(&mut job, Event::ReplyStarted(0), start());
    if job.state() == Transferring {
        event(&mut job, Event::FileTransferred, start());
    }
    assert_eq!(job.state(), Transferred);
    for job_type in [JobType::Download, JobType::Upload] {
        let mut job = job_in(job_type, Transferring);
        assert_eq!(job.reply_progress().unwrap_err().code(), HResult::E_NOTIMPL);
        ignored(&mut job, Event::ReplyStarted(0), start());
    }
}

/// PROGRESS-12
#[test]
fn times_are_kept_to_100_ns() {
    let instant = start() + TimeDelta::nanoseconds(123_456_789);
    let job = JobStateMachine::new(options(JobType::Download), instant);
    assert_eq!(job.times().creation, start() + TimeDelta::nanoseconds(123_456_700));
}

/// PROGRESS-13, INV-51
#[test]
fn the_creation_time_never_changes() {
    let mut job = download_in(Suspended);
    event(&mut job, ComputerEvent::ClockChanged(TimeDelta::days(5)), at(1));
    bring_to(&mut job, Acknowledged, at(2));
    assert_eq!(job.times().creation, start());
}

/// Whether an input changes the modification time of a job.
fn modifies(mut job: JobStateMachine, act: impl FnOnce(&mut JobStateMachine)) -> bool {
    assert_eq!(job.times().modification, start());
    act(&mut job);
    match job.times().modification {
        now if now == at(7) => true,
        before => {
            assert_eq!(before, start());
            false
        }
    }
}

/// PROGRESS-14
#[test]
fn each_change_of_the_job_moves_the_modification_time() {
    let calls = [Call::Suspend, Call::Resume, Call::add_file(file(1)), cancel(), complete()];
    for value in calls.into_iter().chain(setters()) {
        assert!(modifies(download_in(Suspended), |job| call(job, value, at(7))));
    }
    let arrived = |job: &mut JobStateMachine| event(job, Event::Progressed(1), at(7));
    assert!(modifies(download_in(Transferring), arrived), "bytes");
    for (state, input) in [
        (Queued, Event::Picked),
        (Connecting, Event::Connected),
        (Transferring, failed(503)),
        (TransientError, Event::Computer(ComputerEvent::NetworkRestored)),
    ] {
        assert!(modifies(download_in(state), |job| event(job, input, at(7))), "the state");
    }
    let mut waits = download_in(TransientError);
    call(&mut waits, Call::SetMinimumRetryDelay(7), start());
    assert!(modifies(waits, |job| assert_eq!(run_deadlines(job, at(7)), [Queued])));
}

/// PROGRESS-14
#[test]
fn nothing_else_moves_the_modification_time() {
    let unmoved = [
        Event::Progressed(0),
        Event::ClientExited,
        Event::Computer(ComputerEvent::ClockChanged(TimeDelta::days(1))),
        Event::OwnerLoggedOn,
        Event::Picked,
    ];
    for input in unmoved {
        let happens =
            |job: &mut JobStateMachine| assert!(job.handle(input, at(7)).entered.is_empty());
        assert!(!modifies(download_in(Transferring), happens));
    }
    let upload = job_in(JobType::Upload, Suspended);
    assert!(!modifies(upload, |job| assert!(job.call(complete(), at(7)).is_err())), "a failure");
}

/// PROGRESS-15, INV-51: none before that.
#[test]
fn the_completion_time_is_that_of_the_last_entry_into_transferred() {
    let mut job = download_in(Transferring);
    assert_eq!(job.times().transfer_completion, None);
    transfer_all(&mut job, at(10));
    assert_eq!(job.times().transfer_completion, Some(at(10)));
    call(&mut job, Call::add_file(file(1)), at(20));
    bring_to(&mut job, Transferring, at(30));
    assert_eq!(job.times().transfer_completion, Some(at(10)), "kept until then");
    transfer_all(&mut job, at(40));
    assert_eq!(job.times().transfer_completion, Some(at(40)));
    call(&mut job, complete(), at(50));
    assert_eq!(job.times().transfer_completion, Some(at(40)));
}

/// PROGRESS-12, TIME-05: timers are not.
#[test]
fn times_are_those_of_the_wall_clock() {
    let mut job = download_in(Transferring);
    event(&mut job, ComputerEvent::ClockChanged(TimeDelta::days(-2)), at(5));
    transfer_all(&mut job, at(10));
    let wall = at(10) - TimeDelta::days(2);
    assert_eq!(job.times().transfer_completion, Some(wall));
    assert_eq!(job.times().modification, wall);
}
