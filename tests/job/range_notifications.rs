//! What the client of an on-demand job is told of the ranges that arrived.

use crate::client::*;
use crate::common::*;
use bits_emulator::machine::{Call, Deadline, Event};
use bits_emulator::settings::JobProperty;
use bits_emulator::{HResult, JobPriority, JobType, Notification, NotifyFlags};
use chrono::TimeDelta;

use Notification::{FileRangesTransferred, FileTransferred, JobModification, JobTransferred};

const NEWS: Notification = FileRangesTransferred(FIRST);

/// NOTIFY-10: ranges that arrived are told, in parts; then nothing until more arrive.
#[test]
fn new_ranges_are_told() {
    let mut job = on_demand_transfer(&[range(0, 50)]);
    listen(&mut job, NotifyFlags::FILE_RANGES_TRANSFERRED);
    assert_eq!(due(&job), []);
    for seconds in 1..=5 {
        arrive(&mut job, 10, at(seconds));
        assert_eq!(due(&job), [NEWS]);
        hears(&mut job, NEWS, at(seconds));
        assert_eq!(due(&job), []);
    }
    assert_eq!(job.state(), Suspended);
    run_deadlines(&mut job, at(86_400));
    assert_eq!(due(&job), []);
}

/// NOTIFY-10: told are the ranges that arrived since the last call, merged and in order; no byte
/// twice, also if it is asked for again.
#[test]
fn no_byte_is_told_twice() {
    let mut job = on_demand_transfer(&[range(0, 50)]);
    listen(&mut job, NotifyFlags::FILE_RANGES_TRANSFERRED);
    assert_eq!(job.untold_file_ranges(FIRST), []);
    arrive(&mut job, 20, start());
    call(&mut job, Call::UpdateDownloadPosition(FIRST, 40), start());
    arrive(&mut job, 5, start());
    assert_eq!(job.untold_file_ranges(FIRST), [range(0, 20), range(40, 5)]);
    begins(&mut job, NEWS, start());
    arrive(&mut job, 25, start());
    assert_eq!(job.untold_file_ranges(FIRST), [range(20, 20), range(45, 5)]);
    returns(&mut job, NEWS, HResult::S_OK, start());
    run_deadlines(&mut job, at(1));
    hears(&mut job, NEWS, at(1));
    assert_eq!(job.untold_file_ranges(FIRST), []);

    request(&mut job, &[range(10, 20)]);
    bring_to(&mut job, Connecting, at(10));
    event(&mut job, Event::Connected, at(10));
    assert_eq!(job.state(), Suspended);
    request(&mut job, &[range(40, 20)]);
    resume(&mut job);
    arrive(&mut job, 10, at(20));
    assert_eq!(job.untold_file_ranges(FIRST), [range(50, 10)]);
    assert_eq!(due(&job), [NEWS]);
}

/// NOTIFY-10: what was there before the client listened is told with the next ranges, or not at all.
#[test]
fn ranges_wait_for_a_listener() {
    let mut job = on_demand_transfer(&[range(0, 50)]);
    arrive(&mut job, 10, start());
    listen(&mut job, NotifyFlags::FILE_RANGES_TRANSFERRED);
    arrive(&mut job, 10, at(10));
    assert_eq!(due(&job), [NEWS]);
    assert!(job.untold_file_ranges(FIRST)[0].end() == Some(20));
}

/// NOTIFY-10: the flag may be set on any job, but without random access there are no such events.
#[test]
fn other_jobs_tell_of_no_ranges() {
    let flags = NotifyFlags::FILE_RANGES_TRANSFERRED;
    for job_type in [JobType::Download, JobType::Upload, JobType::UploadReply] {
        let mut job = job_in(job_type, Transferring);
        listen(&mut job, flags);
        assert_eq!(job.notify_flags(), flags);
        transfer_all(&mut job, start());
        assert_eq!(due(&job), [], "{job_type}");
    }
    let mut dynamic = on_demand(1);
    call(&mut dynamic, Call::SetProperty(JobProperty::DynamicContent(true)), start());
    call(&mut dynamic, Call::SetPriority(JobPriority::Foreground), start());
    listen(&mut dynamic, flags);
    bring_to(&mut dynamic, Transferring, start());
    arrive(&mut dynamic, 10, start());
    assert_eq!(due(&dynamic), []);
}

/// NOTIFY-12: ranges are paced by the same interval as modifications, from the beginning of the last
/// call on.
#[test]
fn ranges_come_an_interval_apart() {
    for milliseconds in [499, 500, 501] {
        let mut job = on_demand_transfer(&[range(0, 50)]);
        listen(&mut job, NotifyFlags::FILE_RANGES_TRANSFERRED);
        let interval = JobProperty::MinimumNotificationInterval(milliseconds);
        call(&mut job, Call::SetProperty(interval), start());
        arrive(&mut job, 10, start());
        hears(&mut job, NEWS, start());
        arrive(&mut job, 10, start());
        assert_eq!(due(&job), []);
        let end = start() + TimeDelta::milliseconds(i64::from(milliseconds));
        run_deadlines(&mut job, end - tick());
        assert_eq!(due(&job), [], "{milliseconds} ms");
        assert_eq!(job.deadline(Deadline::RangesInterval), Some(end));
        arrive(&mut job, 10, end - tick());
        run_deadlines(&mut job, end);
        assert_eq!(due(&job), [NEWS], "{milliseconds} ms");
        hears(&mut job, NEWS, end);
        assert_eq!(job.deadline(Deadline::RangesInterval), None);
    }
}

/// NOTIFY-12, NOTIFY-13: ranges and modifications are paced each by itself.
#[test]
fn ranges_and_modifications_do_not_wait_for_each_other() {
    let flags = NotifyFlags::FILE_RANGES_TRANSFERRED | NotifyFlags::JOB_MODIFICATION;
    let mut job = on_demand_transfer(&[range(0, 50)]);
    listen(&mut job, flags);
    arrive(&mut job, 10, start());
    assert_eq!(due(&job), [NEWS, JobModification]);
    event(&mut job, Event::NotificationStarted(JobModification), start());
    assert_eq!(due(&job), [NEWS]);
    hears(&mut job, NEWS, start());
    arrive(&mut job, 10, at(1));
    assert!(due(&job).contains(&NEWS));
}

/// NOTIFY-10: ranges of two files are told of one after the other.
#[test]
fn ranges_of_two_files_are_told_one_after_the_other() {
    let mut job = on_demand(2);
    listen(&mut job, NotifyFlags::FILE_RANGES_TRANSFERRED);
    request(&mut job, &[range(0, 10)]);
    call(&mut job, request_of(SECOND, &[range(0, 10)]), start());
    resume(&mut job);
    arrive(&mut job, 10, start());
    event(&mut job, Event::SizeKnown(SIZE), start());
    arrive(&mut job, 10, start());
    hears(&mut job, NEWS, start());
    run_deadlines(&mut job, at(1));
    hears(&mut job, FileRangesTransferred(SECOND), at(1));
    run_deadlines(&mut job, at(2));
    assert_eq!(due(&job), []);
}

/// NOTIFY-11: a call for ranges that fails is not repeated.
#[test]
fn ranges_are_not_repeated() {
    let mut job = on_demand_transfer(&[range(0, 50)]);
    listen(&mut job, NotifyFlags::FILE_RANGES_TRANSFERRED);
    arrive(&mut job, 10, start());
    event(&mut job, Event::NotificationStarted(NEWS), start());
    event(&mut job, Event::NotificationReturned(NEWS, HResult::E_ACCESSDENIED), start());
    run_deadlines(&mut job, at(86_400));
    assert_eq!(due(&job), []);
}

/// NOTIFY-04, NOTIFY-07, LIFE-26: FileTransferred and JobTransferred follow the last byte of the
/// file, not the last one asked for.
#[test]
fn results_follow_the_whole_file() {
    let mut job = on_demand_transfer(&[range(0, 50)]);
    listen(&mut job, NotifyFlags::default() | NotifyFlags::FILE_TRANSFERRED);
    arrive(&mut job, 50, start());
    assert_eq!((job.state(), due(&job)), (Suspended, vec![]));
    request(&mut job, &[range(50, 50)]);
    resume(&mut job);
    arrive(&mut job, 50, start());
    event(&mut job, Event::FileTransferred, start());
    hears(&mut job, FileTransferred(FIRST), start());
    hears(&mut job, JobTransferred, start());
}
