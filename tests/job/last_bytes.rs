//! The last byte of a file does not end its transfer: that is a step of its own (LIFE-20).

use crate::common::*;
use bits_emulator::machine::{Call, Event, FileIndex, JobStateMachine, Success, TransferItem};
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

#[test]
fn life_20_a_job_is_transferred_when_its_transfer_ends_not_with_the_last_byte() {
    for job_type in [JobType::Download, JobType::Upload] {
        let mut job = at_its_last_byte(job_type);
        event(&mut job, Event::FileTransferred, start());
        assert_eq!((job.state(), job.current()), (Transferred, None), "{job_type}");
    }
}

#[test]
fn done_05_complete_after_the_last_byte_keeps_the_whole_file() {
    let mut job = at_its_last_byte(JobType::Download);
    assert_eq!(job.renames().collect::<Vec<_>>(), [TransferItem::File(FIRST)]);
    assert_eq!(job.progress().files_transferred, 1);
    let outcome = job.call(complete(), start()).unwrap();
    assert_eq!((outcome.success, job.state()), (Success::Ok, Acknowledged));
    assert!(job.file_progress(FIRST).unwrap().completed && job.is_complete());
}

#[test]
fn done_03_complete_after_the_last_byte_of_an_upload_is_refused() {
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
