//! Files that change again at one instant (INV-59).

use crate::common::*;
use bits_emulator::machine::{Call, Event, JobOptions, JobStateMachine};
use bits_emulator::{ErrorContext, HResult};

/// HTTP-08, HTTP-09, INV-59: a file that is another at every request would be asked for without end.
#[test]
fn the_second_change_at_one_instant_fails_the_attempt() {
    let mut job = download_in(Transferring);
    event(&mut job, Event::FileChanged, at(1));
    assert_eq!((job.state(), job.error_count()), (Transferring, 0));
    event(&mut job, Event::FileChanged, at(2));
    assert_eq!(job.state(), Transferring, "time passed");
    event(&mut job, Event::FileChanged, at(2));
    assert_eq!((job.state(), job.error_count()), (TransientError, 1));
    let error = job.error().unwrap();
    assert_eq!(error.code(), HResult::BG_E_REMOTE_FILE_CHANGED);
    assert_eq!(error.context(), ErrorContext::RemoteFile);
    assert_eq!(run_deadlines(&mut job, at(602)), [Queued], "TIME-01: retried by the delay");
}

/// HTTP-08: each file of a job may change once at one instant.
#[test]
fn the_next_file_may_change_at_the_same_instant() {
    let mut job = JobStateMachine::new(JobOptions::default(), start());
    for number in 0..2 {
        call(&mut job, Call::add_file(file(number)), start());
    }
    bring_to(&mut job, Transferring, start());
    event(&mut job, Event::FileChanged, start());
    event(&mut job, Event::FileTransferred, start());
    event(&mut job, Event::FileChanged, start());
    assert_eq!(job.state(), Transferring);
    event(&mut job, Event::FileChanged, start());
    assert_eq!(job.state(), TransientError);
}
