//! Files of which only ranges are downloaded, and what a job demands of servers.

use crate::common::*;
use bits_emulator::accounts::{Sid, Token};
use bits_emulator::codes::BG_LENGTH_TO_EOF;
use bits_emulator::machine::{
    Call, ComputerEvent, Directory, Event, FileIndex, JobOptions, JobStateMachine, TransferItem,
};
use bits_emulator::policy::JobLimits;
use bits_emulator::settings::JobProperty;
use bits_emulator::{ErrorContext, FileInfo, FileRange, HResult, JobPriority, JobState, JobType};

const FIRST: FileIndex = FileIndex(0);
const GB: u64 = 1024 * 1024 * 1024;

fn add(ranges: impl IntoIterator<Item = (u64, u64)>) -> Call {
    Call::add_file_with_ranges(file(0), ranges_of(ranges))
}

fn ranges_of(ranges: impl IntoIterator<Item = (u64, u64)>) -> Vec<FileRange> {
    ranges.into_iter().map(|(offset, length)| range(offset, length)).collect()
}

/// So many ranges of one byte that do not touch.
fn many(count: u64) -> impl Iterator<Item = (u64, u64)> {
    (0..count).map(|number| (number * 2, 1))
}

fn with_ranges(ranges: impl IntoIterator<Item = (u64, u64)>) -> JobStateMachine {
    let mut job = empty_job(JobType::Download);
    call(&mut job, add(ranges), start());
    job
}

/// FILES-17: for downloads only, and with at least one range.
#[test]
fn ranges_are_for_downloads() {
    for job_type in [JobType::Upload, JobType::UploadReply] {
        let error = refused(&mut empty_job(job_type), add([(0, 5)]), start());
        assert_eq!(error.code(), HResult::E_NOTIMPL, "{job_type}");
    }
    for state in JobState::ALL.iter().copied() {
        let mut job = download_in(state);
        if state.is_final() {
            let error = refused(&mut job, add([(0, 5)]), start());
            assert_eq!(error.code(), HResult::BG_E_INVALID_STATE);
            continue;
        }
        assert_eq!(refused(&mut job, add([]), start()).code(), HResult::E_INVALIDARG);
        call(&mut job, add([(0, 5)]), start());
        assert_eq!((job.state(), job.file_count()), (state, 2));
    }
}

/// FILES-17: names and directories as with `AddFile`, and no share (FILES-04).
#[test]
fn names_are_checked_as_with_add_file() {
    let (remote, local) = ("https://example.com/a", r"C:\data\a");
    let cases = [
        (remote, local, Directory::Writable, None),
        ("ftp://example.com/a", local, Directory::Writable, Some(HResult::E_INVALIDARG)),
        (r"\\server\share\a", local, Directory::Writable, Some(HResult::E_INVALIDARG)),
        (remote, r"data\a", Directory::Writable, Some(HResult::E_INVALIDARG)),
        (remote, local, Directory::Missing, Some(HResult::E_INVALIDARG)),
        (remote, local, Directory::Denied, Some(HResult::E_ACCESSDENIED)),
    ];
    for (remote, local, directory, code) in cases {
        let info = FileInfo::new(remote, local);
        let call = Call::AddFileWithRanges(info, [range(0, 5)].into(), directory);
        let result = empty_job(JobType::Download).call(call, start());
        assert_eq!(result.err().map(|error| error.code()), code, "{remote} {local} {directory:?}");
    }
}

/// Ranges, and the code with which they are refused.
type Case = (&'static [(u64, u64)], Option<HResult>);

/// FILES-18, FILES-20
const RANGES: &[Case] = &[
    (&[(0, 1)], None),
    (&[(0, BG_LENGTH_TO_EOF)], None),
    (&[(5_000_000_000, 1)], None),
    (&[(0, 10), (10, 10)], None),
    (&[(10, 10), (0, 10)], None),
    (&[(10, BG_LENGTH_TO_EOF), (0, 10)], None),
    // FILES-18
    (&[(0, 0)], Some(HResult::BG_E_INVALID_RANGE)),
    (&[(100, 0)], Some(HResult::BG_E_INVALID_RANGE)),
    (&[(0, 5), (10, 0)], Some(HResult::BG_E_INVALID_RANGE)),
    (&[(BG_LENGTH_TO_EOF, 1)], Some(HResult::BG_E_INVALID_RANGE)),
    (&[(BG_LENGTH_TO_EOF, BG_LENGTH_TO_EOF)], Some(HResult::BG_E_INVALID_RANGE)),
    // FILES-20
    (&[(0, 11), (10, 10)], Some(HResult::BG_E_OVERLAPPING_RANGES)),
    (&[(10, 10), (0, 11)], Some(HResult::BG_E_OVERLAPPING_RANGES)),
    (&[(5, 5), (5, 5)], Some(HResult::BG_E_OVERLAPPING_RANGES)),
    (&[(5, 1), (5, 9)], Some(HResult::BG_E_OVERLAPPING_RANGES)),
    (&[(0, 100), (10, 1), (200, 1)], Some(HResult::BG_E_OVERLAPPING_RANGES)),
    (&[(0, BG_LENGTH_TO_EOF), (10, 1)], Some(HResult::BG_E_OVERLAPPING_RANGES)),
    // Equal offsets, in either order, before the length 0 is looked at.
    (&[(100, 0), (100, 5)], Some(HResult::BG_E_OVERLAPPING_RANGES)),
    (&[(7, 0), (7, 0)], Some(HResult::BG_E_OVERLAPPING_RANGES)),
    (&[(100, 5), (103, 0)], Some(HResult::BG_E_OVERLAPPING_RANGES)),
    (&[(100, 5), (100, 0)], Some(HResult::BG_E_OVERLAPPING_RANGES)),
];

#[test]
fn ranges_must_be_parts_of_a_file_that_lie_apart() {
    for (ranges, code) in RANGES {
        let mut job = empty_job(JobType::Download);
        let result = job.call(add(ranges.iter().copied()), start());
        assert_eq!(result.err().map(|error| error.code()), *code, "{ranges:?}");
        assert_eq!(job.file_count(), u32::from(code.is_none()), "{ranges:?}");
    }
}

/// FILES-19: 500 ranges or what the policy says, but for administrators and services.
#[test]
fn a_file_has_a_limited_number_of_ranges() {
    let user = Token::user(1001);
    let service = Token { administrator: false, ..Token::service(Sid::NetworkService) };
    for (token, policy, count, accepted) in [
        (user, 500, 500, true),
        (user, 500, 501, false),
        (user, 3, 3, true),
        (user, 3, 4, false),
        (Token::administrator(500), 500, 501, true),
        (service, 500, 501, true),
        (Token::service(Sid::LocalSystem), 3, 501, true),
    ] {
        let limits = JobLimits { ranges_per_file: policy, ..JobLimits::default() };
        let options = JobOptions { owner: token, limits, ..JobOptions::default() };
        let mut job = JobStateMachine::new(options, start());
        if accepted {
            call(&mut job, add(many(count)), start());
        } else {
            let error = refused(&mut job, add(many(count)), start());
            assert_eq!(error.code(), HResult::BG_E_TOO_MANY_RANGES_IN_FILE);
        }
    }
    assert_eq!(JobLimits::default().ranges_per_file, 500);
}

/// FILES-21: the order of the ranges is that in which the client gave them; they are not sorted.
/// FILES-23: `GetFileRanges` returns them, and none of a file without, or of an upload.
#[test]
fn ranges_are_returned_in_the_order_given() {
    let given = [(700, BG_LENGTH_TO_EOF), (0, 10), (100, 600)];
    let mut job = with_ranges(given);
    call(&mut job, Call::add_file(file(1)), start());
    assert_eq!(job.file_ranges(FIRST), ranges_of(given));
    assert_eq!(job.file_ranges(FileIndex(1)), []);
    for job_type in [JobType::Upload, JobType::UploadReply] {
        assert_eq!(job_in(job_type, Suspended).file_ranges(FIRST), []);
    }
}

/// FILES-23, LIFE-27: through a restart and in every later state.
#[test]
fn ranges_stay_with_their_file() {
    let mut job = with_ranges([(700, 5), (0, 10)]);
    bring_to(&mut job, Transferring, start());
    event(&mut job, ComputerEvent::ServiceRestarted, start());
    call(&mut job, cancel(), start());
    assert_eq!(job.file_ranges(FIRST), [range(700, 5), range(0, 10)]);
}

/// PROGRESS-04: the requested bytes alone count, for the file and in the sum of the job.
#[test]
fn only_requested_bytes_count() {
    let mut job = with_ranges([(1_000_000, 5), (0, 10), (1_500_000, BG_LENGTH_TO_EOF)]);
    call(&mut job, Call::add_file(file(1)), start());
    bring_to(&mut job, Transferring, start());
    event(&mut job, Event::SizeKnown(1_500_100), start());
    assert_eq!(job.progress().bytes_total, None);
    event(&mut job, Event::Progressed(114), start());
    assert_eq!(job.current(), Some(TransferItem::File(FIRST)));
    event(&mut job, Event::Progressed(1), start());
    event(&mut job, Event::FileTransferred, start());
    assert_eq!(job.current(), Some(TransferItem::File(FileIndex(1))));
    event(&mut job, Event::SizeKnown(100), start());
    assert_eq!(job.file_progress(FIRST).unwrap().bytes_total, Some(115));
    assert_eq!((job.progress().bytes_total, job.progress().bytes_transferred), (Some(215), 115));
    event(&mut job, Event::FileTransferred, start());
    assert_eq!(job.state(), Transferred);
}

/// PROGRESS-04: ranges with explicit lengths need no server, and no attempt.
#[test]
fn the_bytes_of_explicit_ranges_are_known_at_once() {
    let mut job = with_ranges([(100, 1_023)]);
    for (number, length) in [(1, 7_166), (2, 76_799)] {
        let ranges = ranges_of([(0, length)]);
        call(&mut job, Call::add_file_with_ranges(file(number), ranges), start());
    }
    assert_eq!(job.file_progress(FIRST).unwrap().bytes_total, Some(1_023));
    assert_eq!(job.progress().bytes_total, Some(84_988));
    bring_to(&mut job, Connecting, start());
    event(&mut job, failed_with(HResult::BG_E_INSUFFICIENT_RANGE_SUPPORT), start());
    let progress = job.progress();
    assert_eq!((progress.bytes_total, progress.files_transferred), (Some(84_988), 0));
    let to_the_end = ranges_of([(0, 5), (9, BG_LENGTH_TO_EOF)]);
    call(&mut job, Call::add_file_with_ranges(file(3), to_the_end), start());
    assert_eq!(job.progress().bytes_total, None);
}

/// FILES-22: a range may end where the file ends, and not lie behind that. It is noticed when the
/// size is known, not before.
#[test]
fn a_range_outside_the_remote_file_fails_the_job() {
    type Case = (&'static [(u64, u64)], u64, bool);
    let cases: [Case; 7] = [
        (&[(90, 10)], 100, true),
        (&[(91, 10)], 100, false),
        (&[(100, 1)], 100, false),
        (&[(0, 10), (500, 1)], 100, false),
        (&[(99, BG_LENGTH_TO_EOF)], 100, true),
        (&[(101, BG_LENGTH_TO_EOF)], 100, false),
        (&[(0, 1)], 0, false),
    ];
    for (ranges, size, fits) in cases {
        for state in [Connecting, Transferring] {
            let mut job = with_ranges(ranges.iter().copied());
            bring_to(&mut job, state, start());
            event(&mut job, Event::SizeKnown(size), start());
            let expected = if fits { state } else { JobState::Error };
            assert_eq!(job.state(), expected, "{ranges:?} of {size}");
            if let Ok(error) = job.error() {
                assert_eq!(error.code(), HResult::BG_E_INVALID_RANGE, "{ranges:?} of {size}");
                let place = (error.context(), error.file());
                assert_eq!(place, (ErrorContext::RemoteFile, Ok(FIRST)));
            }
        }
    }
}

/// FILES-22: nobody knows the remote file when ranges are added. What is wrong shows after `Resume`,
/// and is fatal.
#[test]
fn servers_that_do_not_serve_the_ranges_fail_the_job() {
    for code in [
        HResult::BG_E_INVALID_RANGE,
        HResult::BG_E_INSUFFICIENT_RANGE_SUPPORT,
        HResult::BG_E_INVALID_SERVER_RESPONSE,
    ] {
        for state in [Connecting, Transferring] {
            let mut job = with_ranges([(u64::MAX / 2, 5)]);
            bring_to(&mut job, state, start());
            event(&mut job, failed_with(code), start());
            let error = job.error().unwrap();
            assert_eq!((job.state(), error.code()), (JobState::Error, code));
            assert_eq!((error.context(), error.file()), (ErrorContext::RemoteFile, Ok(FIRST)));
        }
    }
}

/// HTTP-02: each job needs a size, and fails without; dynamic content is the exception (HTTP-04).
#[test]
fn a_file_must_have_a_size() {
    for priority in JobPriority::ALL {
        let mut job = download_in(Suspended);
        call(&mut job, Call::SetPriority(*priority), start());
        assert!(job.needs_size());
        bring_to(&mut job, Connecting, start());
        event(&mut job, failed_with(HResult::BG_E_MISSING_FILE_SIZE), start());
        assert_eq!(job.state(), JobState::Error);
    }
    let mut job = download_in(Suspended);
    call(&mut job, Call::SetProperty(JobProperty::DynamicContent(true)), start());
    assert!(!job.needs_size());
}

/// HTTP-03, SCHED-18: which requests need ranges, by priority and size of the file. "part" is a file
/// with ranges, "rest" one of which 10 bytes are there already.
const NEEDS: &str = "
                | 1 byte | 2 GB | 2 GB + 1 | part | rest
    FOREGROUND  | no     | no   | yes      | yes  | yes
    HIGH        | yes    | yes  | yes      | yes  | yes
    NORMAL      | yes    | yes  | yes      | yes  | yes
    LOW         | yes    | yes  | yes      | yes  | yes";

/// HTTP-03, SCHED-18
#[test]
fn foreground_jobs_do_without_ranges_up_to_2_gb() {
    let table = rows(NEEDS);
    let (head, rows) = table.split_first().unwrap();
    for (priority, cells) in rows {
        for (column, cell) in head.1.iter().zip(cells) {
            let mut job = if column == "part" {
                with_ranges([(0, 20), (30, 20)])
            } else {
                download_in(Suspended)
            };
            call(&mut job, Call::SetPriority(priority.parse().unwrap()), start());
            let size = match column.as_str() {
                "1 byte" => 1,
                "2 GB" => 2 * GB,
                "2 GB + 1" => 2 * GB + 1,
                _ => 40,
            };
            bring_to(&mut job, Transferring, start());
            if column == "rest" {
                event(&mut job, Event::SizeKnown(size), start());
                event(&mut job, Event::Progressed(10), start());
            }
            assert_eq!(job.needs_ranges(size), cell == "yes", "{priority}, {column}");
        }
    }
}

/// SCHED-18: an interrupted foreground transfer from a server without ranges fails, because the rest
/// needs one. Each file counts for itself.
#[test]
fn an_interrupted_transfer_without_ranges_cannot_go_on() {
    let mut job = download_in(Suspended);
    call(&mut job, Call::SetPriority(JobPriority::Foreground), start());
    bring_to(&mut job, Transferring, start());
    event(&mut job, Event::SizeKnown(GB), start());
    event(&mut job, Event::Progressed(10), start());
    event(&mut job, failed(503), start());
    bring_to(&mut job, Connecting, at(1));
    assert!(job.needs_ranges(GB));
    event(&mut job, failed_with(HResult::BG_E_INSUFFICIENT_RANGE_SUPPORT), at(1));
    assert_eq!(job.state(), JobState::Error);

    let mut next = download_in(Suspended);
    call(&mut next, Call::add_file(file(1)), start());
    call(&mut next, Call::SetPriority(JobPriority::Foreground), start());
    bring_to(&mut next, Transferring, start());
    event(&mut next, Event::SizeKnown(10), start());
    event(&mut next, Event::FileTransferred, start());
    assert!(!next.needs_ranges(10), "nothing of the second file is there");
}

/// HTTP-03: uploads fetch nothing, and a share is no HTTP server.
#[test]
fn only_http_downloads_need_ranges() {
    for job_type in [JobType::Upload, JobType::UploadReply] {
        assert!(!job_in(job_type, Connecting).needs_ranges(3 * GB));
    }
    let mut job = empty_job(JobType::Download);
    call(&mut job, Call::add_file(share_file()), start());
    bring_to(&mut job, Connecting, start());
    assert!(!job.needs_ranges(3 * GB));
}
