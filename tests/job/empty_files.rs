//! Files without a byte: they are transferred when their transfer ends, not when their size is
//! known.

use crate::common::*;
use bits_emulator::JobType;
use bits_emulator::machine::{Call, Event, FileIndex, JobStateMachine, TransferItem};

/// A download of that number of files, TRANSFERRING.
fn transferring(files: usize) -> JobStateMachine {
    let mut job = empty_job(JobType::Download);
    for number in 0..files {
        call(&mut job, Call::add_file(file(number)), start());
    }
    bring_to(&mut job, Transferring, start());
    job
}

/// DONE-05
#[test]
fn the_end_of_an_empty_file_is_not_that_of_the_next() {
    let mut job = transferring(2);
    event(&mut job, Event::SizeKnown(0), start());
    event(&mut job, Event::FileTransferred, start());
    assert_eq!(
        (job.state(), job.current()),
        (Transferring, Some(TransferItem::File(FileIndex(1))))
    );
    assert_eq!(job.progress().files_transferred, 1);
}

/// DONE-20
#[test]
fn an_empty_file_that_is_declared_invalid_is_fetched_again() {
    let mut job = transferring(1);
    event(&mut job, Event::SizeKnown(0), start());
    event(&mut job, Event::FileTransferred, start());
    call(&mut job, invalid(0), start());
    assert!(!job.is_complete());
}

/// LIFE-20
#[test]
fn an_empty_upload_is_transferred_when_the_server_has_it() {
    let mut job = job_in(JobType::Upload, Transferring);
    event(&mut job, Event::SizeKnown(0), start());
    assert_eq!(job.state(), Transferring);
    event(&mut job, Event::FileTransferred, start());
    assert_eq!(job.state(), Transferred);
}

/// DONE-05
#[test]
fn a_size_told_again_does_not_unfinish_an_empty_upload() {
    let mut job = job_in(JobType::UploadReply, Transferring);
    event(&mut job, Event::FileTransferred, start());
    let _ = job.handle(Event::SizeKnown(0), start());
    event(&mut job, Event::ReplyStarted(10), start());
    event(&mut job, Event::FileTransferred, start());
    assert_eq!(job.state(), Transferred);
}

/// TIME-06
#[test]
fn what_was_transferred_without_a_byte_ends_the_period_too() {
    let mut job = download_in(TransientError);
    call(&mut job, Call::SetMinimumRetryDelay(5), start());
    assert!(!job.handle_deadline(at(5)).was_ignored());
    for next in [Event::Picked, Event::Connected, Event::SizeKnown(0), Event::FileTransferred] {
        event(&mut job, next, at(5));
    }
    assert_eq!(job.state(), Transferred);
    call(&mut job, Call::add_file(file(1)), at(1_300_000));
    call(&mut job, Call::Resume, at(1_300_000));
    event(&mut job, Event::Picked, at(1_300_000));
    event(&mut job, failed(503), at(1_300_000));
    assert_eq!(job.state(), TransientError, "a new period");
}

/// PROGRESS-08
#[test]
fn empty_files_are_transferred() {
    let mut job = transferring(2);
    for file in [0, 1] {
        event(&mut job, Event::SizeKnown(0), start());
        if job.current() == Some(TransferItem::File(FileIndex(file))) {
            event(&mut job, Event::FileTransferred, start());
        }
    }
    assert_eq!(job.state(), Transferred);
    assert_eq!((job.progress().bytes_total, job.progress().files_transferred), (Some(0), 2));
}
