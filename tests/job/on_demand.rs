//! On-demand jobs: parts of a file are fetched when the client asks for them.

use crate::client::*;
use crate::common::*;
use bits_emulator::codes::BG_LENGTH_TO_EOF;
use bits_emulator::machine::{Call, Event, JobStateMachine};
use bits_emulator::settings::{JobProperty, JobPropertyId};
use bits_emulator::{ErrorContext, FileRange, HResult, JobPriority, JobState, JobType};

fn filled(job: &JobStateMachine) -> Vec<FileRange> {
    job.filled_file_ranges(FIRST).unwrap()
}

/// PROP-38: the mode is off by default, and then nothing is fetched but whole files.
#[test]
fn the_mode_is_off_by_default() {
    let mut job = download_in(Suspended);
    let mode = |job: &JobStateMachine| job.property(JobPropertyId::OnDemandMode);
    assert_eq!(mode(&job), Some(JobProperty::OnDemandMode(false)));
    bring_to(&mut job, Transferred, start());

    let job = on_demand(1);
    assert_eq!(mode(&job), Some(JobProperty::OnDemandMode(true)));
}

/// PROP-38: random access takes a download over HTTP or HTTPS in the mode, not dynamic.
#[test]
fn who_has_random_access() {
    let with = |properties: &[JobProperty], remote: &str| {
        let mut job = empty_job(JobType::Download);
        for property in properties {
            call(&mut job, Call::SetProperty(*property), start());
        }
        let info = bits_emulator::FileInfo::new(remote, r"C:\data\0.bin");
        call(&mut job, Call::add_file(info), start());
        job
    };
    let mode = JobProperty::OnDemandMode(true);
    let dynamic = JobProperty::DynamicContent(true);
    for (mut job, file, supported) in [
        (with(&[mode], "https://example.com/0"), FIRST, true),
        (with(&[mode], "http://example.com/0"), FIRST, true),
        (with(&[mode], "https://example.com/0"), SECOND, false),
        (with(&[mode], r"\\server\share\0"), FIRST, false),
        (with(&[mode, dynamic], "https://example.com/0"), FIRST, false),
        (with(&[], "https://example.com/0"), FIRST, false),
        (with(&[mode, JobProperty::OnDemandMode(false)], "https://example.com/0"), FIRST, false),
        (job_in(JobType::Upload, Suspended), FIRST, false),
        (job_in(JobType::UploadReply, Suspended), FIRST, false),
    ] {
        let calls = [request_of(file, &[range(0, 1)]), Call::UpdateDownloadPosition(file, 1)];
        let read = job.filled_file_ranges(file).map_err(|error| error.code());
        let refusal = HResult::BG_E_RANDOM_ACCESS_NOT_SUPPORTED;
        for asked in calls {
            if supported {
                call(&mut job, asked, start());
            } else {
                assert_eq!(refused(&mut job, asked, start()).code(), refusal);
            }
        }
        assert_eq!(read, if supported { Ok(vec![]) } else { Err(refusal) });
    }
}

/// PROP-38, HTTP-03: the mode needs a server with ranges, also at FOREGROUND priority.
#[test]
fn the_server_must_support_ranges() {
    let mut job = on_demand(1);
    call(&mut job, Call::SetPriority(JobPriority::Foreground), start());
    request(&mut job, &[range(0, 10)]);
    bring_to(&mut job, Connecting, start());
    assert!(job.needs_ranges(SIZE));
    event(&mut job, failed_with(HResult::BG_E_INSUFFICIENT_RANGE_SUPPORT), start());
    assert_eq!(job.state(), JobState::Error);
}

/// PROP-38: a range outside the file, whose size is known, is refused, and with it all of the call.
#[test]
fn ranges_lie_within_the_file() {
    for (offset, length, within) in [
        (0, 100, true),
        (99, 1, true),
        (99, BG_LENGTH_TO_EOF, true),
        (0, 101, false),
        (99, 2, false),
        (100, 1, false),
        (100, BG_LENGTH_TO_EOF, false),
        (u64::MAX, 1, false),
        (1, u64::MAX - 1, false),
        (0, 0, false),
    ] {
        let mut job = on_demand_transfer(&[range(0, 10)]);
        arrive(&mut job, 10, start());
        let asked = request_of(FIRST, &[range(20, 10), range(offset, length)]);
        if within {
            call(&mut job, asked, start());
        } else {
            let error = refused(&mut job, asked, start());
            assert_eq!(error.code(), HResult::BG_E_INVALID_RANGE, "{offset} {length}");
        }
    }
}

/// PROP-38: while the size is not known, a range outside is found when it becomes known; what lies
/// within is fetched after Resume.
#[test]
fn ranges_outside_fail_when_the_size_is_known() {
    for (ranges, outside) in [
        (vec![range(0, 100)], false),
        (vec![FileRange::to_eof(99)], false),
        (vec![range(50, 50), FileRange::to_eof(0)], false),
        (vec![range(0, 101)], true),
        (vec![range(0, 10), range(100, 1)], true),
        (vec![FileRange::to_eof(100)], true),
        (vec![range(90, 20), FileRange::to_eof(50)], true),
    ] {
        let job = on_demand_transfer(&ranges);
        if !outside {
            assert_eq!(job.state(), Transferring, "{ranges:?}");
            continue;
        }
        assert_eq!(get_error(&job), HResult::BG_E_INVALID_RANGE, "{ranges:?}");
        assert_eq!(job.state(), JobState::Error);
        assert_eq!(job.error().unwrap().context(), ErrorContext::RemoteFile);
    }
    let mut job = on_demand_transfer(&[range(0, 10), range(100, 1)]);
    resume(&mut job);
    event(&mut job, Event::FileTransferred, start());
    assert_eq!(filled(&job), [range(0, 10)]);
}

/// LIFE-26: the job whose ranges are all there is TRANSFERRED if the whole file is, else SUSPENDED.
#[test]
fn a_job_whose_ranges_are_all_there_is_transferred_or_suspended() {
    for (ranges, state) in [
        (vec![range(0, 100)], Transferred),
        (vec![FileRange::to_eof(0)], Transferred),
        (vec![range(50, 50), range(0, 50)], Transferred),
        (vec![range(0, 99)], Suspended),
        (vec![FileRange::to_eof(1)], Suspended),
        (vec![range(0, 10), range(20, 10)], Suspended),
    ] {
        let mut by_bytes = on_demand_transfer(&ranges);
        let mut at_once = by_bytes.clone();
        let bytes: u64 =
            ranges.iter().map(|range| range.end().unwrap_or(SIZE) - range.initial_offset).sum();
        arrive(&mut by_bytes, bytes - 1, start());
        assert_eq!(by_bytes.state(), Transferring, "{ranges:?}");
        arrive(&mut by_bytes, 1, start());
        if state == Transferred {
            assert_eq!(by_bytes.state(), Transferring, "{ranges:?}");
            event(&mut by_bytes, Event::FileTransferred, start());
        }
        event(&mut at_once, Event::FileTransferred, start());
        for job in [by_bytes, at_once] {
            assert_eq!(job.state(), state, "{ranges:?}");
            assert_eq!(job.progress().bytes_transferred, bytes, "{ranges:?}");
        }
    }
}

/// LIFE-26: a file is asked for piece by piece; the last piece makes the job TRANSFERRED.
#[test]
fn the_last_piece_completes_the_file() {
    let mut job = on_demand(1);
    for (piece, state) in [(0, Suspended), (60, Suspended), (30, Transferred)] {
        request(&mut job, &[range(piece, if piece == 60 { 40 } else { 30 })]);
        assert_eq!(job.state(), Suspended, "to ask does not resume");
        resume(&mut job);
        event(&mut job, Event::FileTransferred, start());
        assert_eq!(job.state(), state);
    }
    assert_eq!(job.current(), None);
}

/// LIFE-26: further ranges are asked for while others are fetched, and the job goes on with them.
#[test]
fn ranges_asked_for_meanwhile_are_fetched_too() {
    let mut job = on_demand_transfer(&[range(0, 10)]);
    arrive(&mut job, 5, start());
    request(&mut job, &[range(50, 10)]);
    arrive(&mut job, 5, start());
    assert_eq!(job.state(), Transferring);
    arrive(&mut job, 10, start());
    assert_eq!(job.state(), Suspended);
    assert_eq!(filled(&job), [range(0, 10), range(50, 10)]);
}

/// LIFE-26: with nothing to fetch, never asked for or there already, a resumed job is SUSPENDED as
/// soon as it is connected.
#[test]
fn nothing_asked_for_nothing_fetched() {
    let mut job = on_demand(1);
    bring_to(&mut job, Connecting, start());
    event(&mut job, Event::Connected, start());
    assert_eq!(job.state(), Suspended);

    let mut job = on_demand_transfer(&[range(0, 10)]);
    arrive(&mut job, 10, start());
    request(&mut job, &[range(2, 5)]);
    bring_to(&mut job, Connecting, start());
    event(&mut job, Event::Connected, start());
    assert_eq!((job.state(), job.progress().bytes_transferred), (Suspended, 10));
}

/// LIFE-26: of several files, those that nobody asked for keep the job from being TRANSFERRED.
#[test]
fn one_whole_file_of_two_is_not_all() {
    let mut job = on_demand(2);
    request(&mut job, &[range(0, SIZE)]);
    resume(&mut job);
    event(&mut job, Event::FileTransferred, start());
    assert_eq!(job.state(), Suspended);
    call(&mut job, request_of(SECOND, &[FileRange::to_eof(0)]), start());
    resume(&mut job);
    event(&mut job, Event::FileTransferred, start());
    assert_eq!(job.state(), Transferred);
}

/// PROP-38: requested ranges may overlap earlier ones; what is there is not fetched again.
#[test]
fn overlapping_ranges_are_fetched_once() {
    let mut job = on_demand_transfer(&[range(0, 30), range(20, 20), range(20, 20)]);
    arrive(&mut job, 40, start());
    assert_eq!((job.state(), filled(&job)), (Suspended, vec![range(0, 40)]));
    request(&mut job, &[range(30, 20)]);
    resume(&mut job);
    arrive(&mut job, 10, start());
    assert_eq!((job.state(), filled(&job)), (Suspended, vec![range(0, 50)]));
    assert_eq!(job.progress().bytes_transferred, 50);
}

/// PROGRESS-18: the filled ranges are merged as far as possible and ordered by offset; none at first,
/// and readable to the end (LIFE-27).
#[test]
fn filled_ranges_are_merged_and_ordered() {
    let mut job = on_demand(1);
    assert_eq!(filled(&job), []);
    for (asked, there) in [
        (range(60, 10), vec![range(60, 10)]),
        (range(20, 10), vec![range(20, 10), range(60, 10)]),
        (range(31, 9), vec![range(20, 10), range(31, 9), range(60, 10)]),
        (range(30, 1), vec![range(20, 20), range(60, 10)]),
        (range(0, 100), vec![range(0, 100)]),
    ] {
        request(&mut job, &[asked]);
        resume(&mut job);
        event(&mut job, Event::FileTransferred, start());
        assert_eq!(filled(&job), there);
    }
    call(&mut job, complete(), start());
    assert_eq!(filled(&job), [range(0, 100)]);
}

/// PROP-38: what is asked for is fetched from the client's position on, then from the beginning.
#[test]
fn the_position_decides_what_comes_first() {
    let mut job = on_demand_transfer(&[range(0, 50)]);
    call(&mut job, Call::UpdateDownloadPosition(FIRST, 30), start());
    for (bytes, there) in [(10, vec![range(30, 10)]), (15, vec![range(0, 5), range(30, 20)])] {
        arrive(&mut job, bytes, start());
        assert_eq!(filled(&job), there);
    }
    call(&mut job, Call::UpdateDownloadPosition(FIRST, 20), start());
    arrive(&mut job, 10, start());
    assert_eq!(filled(&job), [range(0, 5), range(20, 30)]);
    arrive(&mut job, 15, start());
    assert_eq!((job.state(), filled(&job)), (Suspended, vec![range(0, 50)]));
}

/// An on-demand download and one with a custom method, TRANSFERRING 100 bytes, and where
/// they end: of the first, 50 bytes are asked for.
fn jobs_that_cannot_restart_silently() -> [(JobStateMachine, JobState); 2] {
    let mut custom = new_job(options(JobType::Download));
    call(&mut custom, Call::SetHttpMethod("POST".into()), start());
    resume(&mut custom);
    [(on_demand_transfer(&[range(20, 50)]), Suspended), (custom, Transferred)]
}

/// HTTP-09: a remote file that changes under a job that cannot restart it silently, on-demand or with
/// a custom method, fails it; Resume begins at zero.
#[test]
fn a_changed_file_fails_where_it_cannot_restart_silently() {
    for (job, state) in jobs_that_cannot_restart_silently() {
        for (change, size) in [(Event::FileChanged, SIZE), (Event::SizeKnown(SIZE + 1), SIZE + 1)] {
            let mut job = job.clone();
            arrive(&mut job, 10, start());
            event(&mut job, change, start());
            let code = HResult::BG_E_REMOTE_FILE_CHANGED;
            assert_eq!((job.state(), get_error(&job)), (JobState::Error, code));
            assert_eq!(job.progress().bytes_transferred, 0);
            bring_to(&mut job, Transferring, start());
            event(&mut job, Event::SizeKnown(size), start());
            event(&mut job, Event::FileTransferred, start());
            assert_eq!(job.state(), state);
            let asked = if state == Transferred { size } else { 50 };
            assert_eq!(job.progress().bytes_transferred, asked);
        }
    }
}

/// HTTP-09, PROP-39: what begins at zero has no older file under it, so that another size is no
/// change.
#[test]
fn what_begins_at_zero_may_have_another_size() {
    for (mut job, _) in jobs_that_cannot_restart_silently() {
        arrive(&mut job, 10, start());
        event(&mut job, Event::FileChanged, start());
        bring_to(&mut job, Transferring, start());
        event(&mut job, Event::SizeKnown(SIZE + 20), start());
        assert_eq!(job.state(), Transferring);
    }
    let [_, (mut custom, _)] = jobs_that_cannot_restart_silently();
    arrive(&mut custom, 10, start());
    event(&mut custom, failed(404), start());
    bring_to(&mut custom, Transferring, start());
    event(&mut custom, Event::SizeKnown(SIZE + 20), start());
    assert_eq!(custom.state(), Transferring);
}

/// PROGRESS-05, PROGRESS-18: what is there is counted once, however often it was asked for.
#[test]
fn each_byte_counts_once() {
    let mut job = on_demand_with(&[range(0, 30), range(50, 20)]);
    request(&mut job, &[FileRange::to_eof(0)]);
    event(&mut job, Event::Progressed(51), start());
    assert_eq!(job.filled_file_ranges(FIRST), Ok(vec![range(0, 51)]));
    assert_eq!(job.progress().bytes_transferred, 51);
}

/// PROP-38, LIFE-26: what was asked for beyond the end of a file that became smaller is not there.
#[test]
fn a_file_that_became_smaller_has_no_holes() {
    let mut job = on_demand_with(&[range(0, 30), range(50, 20)]);
    event(&mut job, Event::SizeKnown(286), start());
    event(&mut job, Event::FileTransferred, start());
    assert_eq!(job.state(), Suspended);
    request(&mut job, &[FileRange::to_eof(49)]);
    bring_to(&mut job, Transferring, start());
    event(&mut job, Event::SizeKnown(60), start());
    assert_eq!(get_error(&job), HResult::BG_E_REMOTE_FILE_CHANGED);
    bring_to(&mut job, Transferring, start());
    event(&mut job, Event::FileTransferred, start());
    assert_eq!(job.filled_file_ranges(FIRST), Ok(vec![range(0, 30), range(49, 11)]));
    assert_eq!(job.state(), Suspended);
}

/// FILES-26, PROP-38: what arrived before the mode was switched on is there, and is not fetched again.
#[test]
fn what_is_there_is_not_asked_for_again() {
    let mut job = new_job(options(JobType::Download));
    call(&mut job, Call::add_file(file(1)), start());
    bring_to(&mut job, Transferring, start());
    event(&mut job, Event::SizeKnown(30), start());
    event(&mut job, Event::Progressed(30), start());
    event(&mut job, Event::FileTransferred, start());
    call(&mut job, Call::SetProperty(JobProperty::OnDemandMode(true)), start());
    request(&mut job, &[FileRange::to_eof(0)]);
    assert_eq!(job.filled_file_ranges(FIRST), Ok(vec![range(0, 30)]));
    assert_eq!(job.missing_file_ranges(FIRST), []);
    assert_eq!(job.current(), None);
}

/// PROP-36: no more arrives than may be downloaded in all.
#[test]
fn the_largest_size_holds_for_ranges_too() {
    let mut job = job_with_limit(1);
    event(&mut job, Event::Progressed(2), start());
    assert_eq!(get_error(&job), HResult::BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED);
    assert_eq!(job.filled_file_ranges(FIRST), Ok(vec![range(0, 1)]));
    assert_eq!(job.progress().bytes_transferred, 1);
}

fn request(job: &mut JobStateMachine, ranges: &[FileRange]) {
    call(job, Call::RequestFileRanges(FIRST, ranges.into()), start());
}

/// A TRANSFERRING on-demand job of which that was asked for.
fn on_demand_with(ranges: &[FileRange]) -> JobStateMachine {
    let mut job = new_job(options(JobType::Download));
    call(&mut job, Call::SetProperty(JobProperty::OnDemandMode(true)), start());
    request(&mut job, ranges);
    bring_to(&mut job, Transferring, start());
    job
}

/// A TRANSFERRING on-demand job that may download that number of bytes and wants all.
fn job_with_limit(bytes: u64) -> JobStateMachine {
    let mut job = new_job(options(JobType::Download));
    call(&mut job, Call::SetProperty(JobProperty::MaxDownloadSize(bytes)), start());
    call(&mut job, Call::SetProperty(JobProperty::OnDemandMode(true)), start());
    request(&mut job, &[FileRange::to_eof(0)]);
    bring_to(&mut job, Transferring, start());
    job
}
