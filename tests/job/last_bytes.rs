//! The last byte of a file does not end its transfer: that is a step of its own (LIFE-20).

use crate::common::*;
use bits_emulator::machine::{
    Call, Commit, Event, FailedRename, FileIndex, JobStateMachine, Success, TransferItem,
};
use bits_emulator::settings::JobProperty;
use bits_emulator::{FileRange, HResult, JobType};

const FIRST: FileIndex = FileIndex(0);

/// A job of that type whose bytes are all there, and whose transfer has not ended.
fn at_its_last_byte(job_type: JobType) -> JobStateMachine {
    let mut job = job_in(job_type, Transferring);
    event(&mut job, Event::SizeKnown(100), start());
    event(&mut job, Event::Progressed(100), start());
    assert_eq!(job.state(), Transferring, "{job_type}");
    assert_eq!(job.current(), Some(TransferItem::File(FIRST)), "{job_type}");
    assert_eq!(job.progress().bytes_transferred, 100, "{job_type}");
    job
}

/// LIFE-20
#[test]
fn a_job_is_transferred_when_its_transfer_ends_not_with_the_last_byte() {
    for job_type in [JobType::Download, JobType::Upload] {
        let mut job = at_its_last_byte(job_type);
        event(&mut job, Event::FileTransferred, start());
        assert_eq!((job.state(), job.current()), (Transferred, None), "{job_type}");
    }
}

/// DONE-05
#[test]
fn complete_after_the_last_byte_keeps_the_whole_file() {
    let mut job = at_its_last_byte(JobType::Download);
    assert_eq!(job.renames().collect::<Vec<_>>(), [TransferItem::File(FIRST)]);
    assert_eq!(job.progress().files_transferred, 1);
    let outcome = job.call(complete(), start()).unwrap();
    assert_eq!((outcome.success, job.state()), (Success::Ok, Acknowledged));
    assert!(job.file_progress(FIRST).unwrap().completed && job.is_complete());
}

/// DONE-03
#[test]
fn complete_after_the_last_byte_of_an_upload_is_refused() {
    for job_type in [JobType::Upload, JobType::UploadReply] {
        let mut job = at_its_last_byte(job_type);
        let refused = job.call(complete(), start()).unwrap_err();
        assert_eq!(refused.code(), HResult::BG_E_INVALID_STATE, "{job_type}");
    }
}

#[test]
fn a_transfer_that_is_interrupted_after_its_last_byte_ends_in_the_next_attempt() {
    for job_type in [JobType::Download, JobType::Upload] {
        let mut job = at_its_last_byte(job_type);
        call(&mut job, Call::Suspend, start());
        call(&mut job, Call::Resume, start());
        for next in [Event::Picked, Event::Connected, Event::SizeKnown(100)] {
            event(&mut job, next, start());
        }
        assert_eq!((job.state(), job.progress().bytes_transferred), (Transferring, 100));
        event(&mut job, Event::FileTransferred, start());
        assert_eq!(job.state(), Transferred, "{job_type}");
    }
}

#[test]
fn the_last_byte_of_a_file_of_an_on_demand_job_does_not_end_it_either() {
    let mut job = empty_job(JobType::Download);
    call(&mut job, Call::SetProperty(JobProperty::OnDemandMode(true)), start());
    call(&mut job, Call::add_file(file(0)), start());
    let ranges = [FileRange::to_eof(0)];
    call(&mut job, Call::RequestFileRanges(FIRST, ranges.into()), start());
    bring_to(&mut job, Transferring, start());
    event(&mut job, Event::SizeKnown(100), start());
    event(&mut job, Event::Progressed(100), start());
    assert_eq!(job.missing_file_ranges(FIRST), []);
    assert_eq!((job.state(), job.current()), (Transferring, Some(TransferItem::File(FIRST))));
    event(&mut job, Event::FileTransferred, start());
    assert_eq!((job.state(), job.current()), (Transferred, None));
}

/// LIFE-26: on-demand mode that is set after the last byte does not stop the job before its end.
#[test]
fn on_demand_mode_after_the_last_byte_leaves_the_end_of_the_transfer() {
    let mut job = at_its_last_byte(JobType::Download);
    call(&mut job, Call::SetProperty(JobProperty::OnDemandMode(true)), start());
    assert_eq!((job.state(), job.current()), (Transferring, Some(TransferItem::File(FIRST))));
    event(&mut job, Event::FileTransferred, start());
    assert_eq!(job.state(), Transferred);
}

/// INV-42, DONE-07: a file that a failed Complete made available and that then changes is not completed.
#[test]
fn a_completed_file_that_restarts_is_completed_no_more() {
    let mut job = empty_job(JobType::Download);
    for number in 0..2 {
        call(&mut job, Call::add_file(file(number)), start());
    }
    bring_to(&mut job, Transferred, start());
    call(&mut job, Call::SetValidationState(FIRST, false), start());
    bring_to(&mut job, Transferring, start());
    event(&mut job, Event::SizeKnown(100), start());
    event(&mut job, Event::Progressed(100), start());
    let failed_rename = Some(FailedRename { after: 1, code: HResult::ERROR_SHARING_VIOLATION });
    let fails = Commit { failed_rename, ..Commit::default() };
    assert!(job.call(Call::Complete(fails), start()).is_err());
    assert!(job.file_progress(FIRST).unwrap().completed);
    event(&mut job, Event::FileChanged, start());
    let progress = job.file_progress(FIRST).unwrap();
    assert_eq!((progress.completed, progress.bytes_transferred), (false, 0));
}
