//! The headers of the last HTTP response for each file.

use crate::common::*;
use bits_emulator::machine::{Call, ComputerEvent, Event, FileIndex};
use bits_emulator::{JobState, JobType};

const FIRST: FileIndex = FileIndex(0);
const SECOND: FileIndex = FileIndex(1);

fn headers(text: &str) -> Event {
    Event::HeadersReceived(text.into())
}

/// PROGRESS-17: each response replaces the one before, for its own file.
#[test]
fn the_last_response_for_a_file_counts() {
    let mut job = download_in(Suspended);
    call(&mut job, Call::add_file(file(1)), start());
    assert_eq!(job.http_response_headers(FIRST), None);
    bring_to(&mut job, Connecting, start());
    event(&mut job, headers("HTTP/1.1 302 Found\r\n"), start());
    event(&mut job, Event::Connected, start());
    event(&mut job, headers("HTTP/1.1 200 OK\r\nETag: 1\r\n"), start());
    assert_eq!(job.http_response_headers(SECOND), None);
    event(&mut job, Event::FileTransferred, start());
    event(&mut job, headers("HTTP/1.1 200 OK\r\nETag: 2\r\n"), start());
    assert_eq!(job.http_response_headers(FIRST), Some("HTTP/1.1 200 OK\r\nETag: 1\r\n"));
    assert_eq!(job.http_response_headers(SECOND), Some("HTTP/1.1 200 OK\r\nETag: 2\r\n"));
    assert_eq!(job.http_response_headers(FileIndex(2)), None);
}

/// PROGRESS-17, LIFE-27: they stay readable in every state, also after a restart of the service.
#[test]
fn headers_stay_readable() {
    for job_type in JobType::ALL.iter().copied() {
        for state in JobState::ALL.iter().copied() {
            let mut job = job_in(job_type, Transferring);
            event(&mut job, headers("A: b\r\n"), start());
            leave_transferring(&mut job, state, start());
            let _ = job.handle(Event::Computer(ComputerEvent::ServiceRestarted), start());
            assert_eq!(job.http_response_headers(FIRST), Some("A: b\r\n"), "{job_type} {state}");
        }
    }
}

/// PROGRESS-17: the response that made an attempt fail is a response too.
#[test]
fn a_failing_response_counts() {
    let mut job = download_in(Connecting);
    event(&mut job, headers("HTTP/1.1 404 Not Found\r\n"), start());
    event(&mut job, failed(404), start());
    assert_eq!(job.http_response_headers(FIRST), Some("HTTP/1.1 404 Not Found\r\n"));
}

/// INV-05: a job without an attempt gets no response.
#[test]
fn a_job_at_rest_gets_no_response() {
    for state in JobState::ALL.iter().copied().filter(|state| !state.is_active()) {
        ignored(&mut download_in(state), headers("A: b\r\n"), start());
    }
}
