//! Jobs of a special kind: dynamic content, high performance, a maximum size.

use crate::common::*;
use bits_emulator::machine::{
    Call, ComputerEvent, Deadline, Effect, Event, FileIndex, JobStateMachine, TransferItem,
};
use bits_emulator::policy::Block;
use bits_emulator::settings::{JobProperty, JobPropertyId};
use bits_emulator::{ErrorContext, HResult, JobPriority, JobState, JobType};

const FIRST: FileIndex = FileIndex(0);
const SECOND: FileIndex = FileIndex(1);

fn set(property: JobProperty) -> Call {
    Call::SetProperty(property)
}

fn bytes(job: &JobStateMachine, file: FileIndex) -> u64 {
    job.file_progress(file).unwrap().bytes_transferred
}

/// A SUSPENDED download of that number of files with that property.
#[track_caller]
fn with(property: JobProperty, files: usize) -> JobStateMachine {
    let mut job = empty_job(JobType::Download);
    call(&mut job, set(property), start());
    for number in 0..files {
        call(&mut job, Call::add_file(file(number)), start());
    }
    job
}

/// A job of one file with dynamic content, at FOREGROUND priority.
#[track_caller]
fn dynamic() -> JobStateMachine {
    let mut job = with(JobProperty::DynamicContent(true), 1);
    call(&mut job, Call::SetPriority(JobPriority::Foreground), start());
    job
}

/// A job of one file with another HTTP method than the default.
#[track_caller]
fn custom(job_type: JobType) -> JobStateMachine {
    let mut job = new_job(options(job_type));
    call(&mut job, Call::SetHttpMethod("POST".into()), start());
    job
}

/// Brings a SUSPENDED job of one file to 40 of 100 bytes.
#[track_caller]
fn run_halfway(job: &mut JobStateMachine) {
    bring_to(job, Transferring, start());
    event(job, Event::SizeKnown(100), start());
    event(job, Event::Progressed(40), start());
}

/// Begins the next attempt of a job that has just been interrupted.
#[track_caller]
fn begin_again(job: &mut JobStateMachine) {
    call(job, Call::Resume, start());
    event(job, Event::Picked, start());
}

type Step = fn(&mut JobStateMachine);
/// What a job is and where it goes on, how to make it, and how many of 40 bytes it keeps.
type Kind = (&'static str, fn() -> JobStateMachine, u64);

const INTERRUPTIONS: [(&str, Step); 6] = [
    ("Suspend", |job| call(job, Call::Suspend, start())),
    ("transient error", |job| event(job, failed(503), start())),
    ("fatal error", |job| event(job, failed(404), start())),
    ("network", |job| {
        event(job, ComputerEvent::NetworkLost, start());
        event(job, ComputerEvent::NetworkRestored, start());
    }),
    ("logoff", |job| {
        event(job, Event::OwnerLoggedOff, start());
        event(job, Event::OwnerLoggedOn, start());
    }),
    ("restart of the service", |job| event(job, ComputerEvent::ServiceRestarted, start())),
];

/// NET-20: where each kind of job goes on after each interruption.
#[test]
fn an_interrupted_transfer_goes_on_where_its_kind_says() {
    let kinds: [Kind; 5] = [
        ("download: the byte reached", || new_job(options(JobType::Download)), 40),
        ("upload: the byte acknowledged", || new_job(options(JobType::Upload)), 40),
        ("upload-reply: the byte acknowledged", || new_job(options(JobType::UploadReply)), 40),
        ("PROP-33, dynamic content: zero", dynamic, 0),
        ("PROP-39, another method: zero", || custom(JobType::Download), 0),
    ];
    for (kind, new, kept) in kinds {
        for (name, interrupt) in INTERRUPTIONS {
            let mut job = new();
            run_halfway(&mut job);
            interrupt(&mut job);
            begin_again(&mut job);
            assert_eq!((job.state(), bytes(&job, FIRST)), (Connecting, kept), "{kind}, {name}");
        }
    }
}

/// PROP-33, INV-56, SCHED-10: dynamic content waits in QUEUED unless its priority is FOREGROUND.
#[test]
fn dynamic_content_is_transferred_in_the_foreground_only() {
    for priority in JobPriority::ALL.iter().copied() {
        let mut job = with(JobProperty::DynamicContent(true), 1);
        call(&mut job, Call::SetPriority(priority), start());
        call(&mut job, Call::Resume, start());
        let foreground = priority == JobPriority::Foreground;
        assert_eq!((job.state(), job.is_eligible()), (Queued, foreground), "{priority}");
        if !foreground {
            ignored(&mut job, Event::Picked, start());
            call(&mut job, Call::SetPriority(JobPriority::Foreground), start());
        }
        event(&mut job, Event::Picked, start());
        assert_eq!(job.state(), Connecting);
    }
}

/// INV-56: a lower priority ends its transfer.
#[test]
fn dynamic_content_does_not_run_on_in_the_background() {
    for state in [Connecting, Transferring] {
        for priority in [JobPriority::High, JobPriority::Normal, JobPriority::Low] {
            let mut job = dynamic();
            bring_to(&mut job, state, start());
            let outcome = call_outcome(&mut job, Call::SetPriority(priority), start());
            assert_eq!((job.state(), job.is_eligible()), (Queued, false), "{state}, {priority}");
            assert!(outcome.effects.contains(Effect::StopTransfer));
        }
    }
}

/// PROP-33: neither size nor ranges are needed, and another attempt may find another size.
#[test]
fn dynamic_content_needs_no_size() {
    let mut job = dynamic();
    assert!(!job.needs_size());
    run_halfway(&mut job);
    assert!(!job.needs_ranges(5_000_000_000));
    event(&mut job, failed(503), start());
    begin_again(&mut job);
    let progress = job.file_progress(FIRST).unwrap();
    assert_eq!((progress.bytes_total, progress.bytes_transferred), (None, 0));
    event(&mut job, Event::Connected, start());
    event(&mut job, Event::Progressed(30), start());
    event(&mut job, Event::FileTransferred, start());
    assert_eq!((job.state(), job.progress().bytes_total), (Transferred, Some(30)));
}

/// PROP-33, NET-20: a finished file stays, whatever interrupts the next.
#[test]
fn dynamic_content_keeps_finished_files() {
    let mut job = dynamic();
    call(&mut job, Call::add_file(file(1)), start());
    bring_to(&mut job, Transferring, start());
    event(&mut job, Event::Progressed(70), start());
    event(&mut job, Event::FileTransferred, start());
    event(&mut job, Event::Progressed(40), start());
    event(&mut job, failed(503), start());
    begin_again(&mut job);
    assert_eq!((bytes(&job, FIRST), bytes(&job, SECOND)), (70, 0));
}

/// PROP-33: downloads only, without ranges, and set before the first `Resume`.
#[test]
fn dynamic_content_has_its_limits() {
    let on = || set(JobProperty::DynamicContent(true));
    for job_type in [JobType::Upload, JobType::UploadReply] {
        refused(&mut empty_job(job_type), on(), start());
    }
    for state in JobState::ALL.iter().copied().filter(|state| *state != Suspended) {
        refused(&mut download_in(state), on(), start());
    }
    let with_ranges = Call::add_file_with_ranges(file(0), [range(0, 5)]);
    refused(&mut dynamic(), with_ranges.clone(), start());
    let mut job = empty_job(JobType::Download);
    call(&mut job, with_ranges, start());
    refused(&mut job, on(), start());
}

/// A high-performance download of two files: the first is there, and 40 of 100 bytes of the second.
#[track_caller]
fn fast() -> JobStateMachine {
    let mut job = with(JobProperty::HighPerformance(true), 2);
    bring_to(&mut job, Transferring, start());
    event(&mut job, Event::SizeKnown(100), start());
    event(&mut job, Event::FileTransferred, start());
    event(&mut job, Event::SizeKnown(100), start());
    event(&mut job, Event::Progressed(40), start());
    job
}

/// PROP-35: the data goes to the destination itself, so that nothing is renamed, and nothing deleted
/// by `Cancel`, a fatal error or the inactivity timeout.
#[test]
fn high_performance_writes_in_place() {
    let mut job = fast();
    assert_eq!((job.temporary_name(FIRST), job.renames().count()), (None, 0));

    let outcome = call_outcome(&mut job.clone(), cancel(), start());
    assert!(!outcome.effects.contains(Effect::DeleteTemporaryFiles));
    let mut idle = job.clone();
    call(&mut idle, Call::Suspend, start());
    let now = idle.deadline(Deadline::Inactivity).unwrap();
    let mut effects = Vec::new();
    for _ in 0..5 {
        effects.extend(idle.handle_deadline(now).effects.iter());
    }
    assert_eq!(idle.state(), Cancelled);
    assert!(!effects.contains(&Effect::DeleteTemporaryFiles));
    let outcome = event_outcome(&mut job, failed(404), start());
    assert!(outcome.effects.is_empty(), "{outcome:?}");
    assert_eq!((bytes(&job, FIRST), bytes(&job, SECOND)), (100, 40));
}

/// PROP-35: a shutdown loses the progress of the whole job, other interruptions do not.
#[test]
fn high_performance_begins_anew_after_a_shutdown() {
    for (name, interrupt) in INTERRUPTIONS {
        let mut job = fast();
        interrupt(&mut job);
        begin_again(&mut job);
        let expected = if name.starts_with("restart") { (0, 0) } else { (100, 40) };
        assert_eq!((bytes(&job, FIRST), bytes(&job, SECOND)), expected, "{name}");
    }
    for state in [Suspended, Queued, TransientError, JobState::Error] {
        let mut job = fast();
        leave_transferring(&mut job, state, start());
        event(&mut job, ComputerEvent::ServiceRestarted, start());
        assert_eq!((job.state(), job.progress().bytes_transferred), (state, 0));
    }
}

/// PROP-35, LIFE-27: what is transferred and acknowledged is not progress any more.
#[test]
fn high_performance_keeps_what_is_over() {
    let mut job = fast();
    event(&mut job, Event::FileTransferred, start());
    for state in [Transferred, Acknowledged] {
        if state == Acknowledged {
            call(&mut job, complete(), start());
        }
        event(&mut job, ComputerEvent::ServiceRestarted, start());
        assert_eq!((job.state(), job.progress().bytes_transferred), (state, 200));
        assert!(job.is_complete());
    }
}

/// PROP-35: downloads only, and only before a file is added.
#[test]
fn high_performance_comes_before_the_files() {
    let on = || set(JobProperty::HighPerformance(true));
    for job_type in [JobType::Upload, JobType::UploadReply] {
        refused(&mut empty_job(job_type), on(), start());
    }
    refused(&mut download_in(Suspended), on(), start());
    let stored =
        with(JobProperty::HighPerformance(true), 1).property(JobPropertyId::HighPerformance);
    assert_eq!(stored, Some(JobProperty::HighPerformance(true)));
}

/// PROP-36: up to the limit, over all files, whether their sizes are known or not.
#[test]
fn a_job_downloads_no_more_than_its_maximum_size() {
    type Sizes = &'static [u64];
    let cases: [(u64, Sizes, JobState); 7] = [
        (100, &[100], Transferred),
        (100, &[101], JobState::Error),
        (100, &[60, 40], Transferred),
        (100, &[60, 41], JobState::Error),
        (100, &[100, 1], JobState::Error),
        (100, &[0, 100, 0], Transferred),
        (u64::MAX, &[u64::MAX], Transferred),
    ];
    for (limit, sizes, state) in cases {
        for (size_known, at_once) in [(true, true), (true, false), (false, false)] {
            let mut job = with(JobProperty::MaxDownloadSize(limit), sizes.len());
            bring_to(&mut job, Transferring, start());
            for (number, size) in (0..).zip(sizes) {
                let file = Some(TransferItem::File(FileIndex(number)));
                assert_eq!((job.state(), job.current()), (Transferring, file));
                if size_known {
                    event(&mut job, Event::SizeKnown(*size), start());
                }
                let parts = [size / 2, size - size / 2];
                for part in parts.into_iter().filter(|part| !at_once && *part > 0) {
                    event(&mut job, Event::Progressed(part), start());
                }
                if job.current() == file {
                    let _ = job.handle(Event::FileTransferred, start());
                }
            }
            let case = format!("{sizes:?} of {limit}, known {size_known}, at once {at_once}");
            assert_eq!(job.state(), state, "{case}");
            assert!(job.progress().bytes_transferred <= limit, "{case}");
            if state == JobState::Error {
                let error = job.error().unwrap();
                assert_eq!(error.code(), HResult::BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED, "{case}");
                assert_eq!(error.context(), ErrorContext::RemoteFile);
            }
        }
    }
}

/// PROP-36: without the property there is no limit; it is for downloads, before the first `Resume`.
#[test]
fn the_maximum_size_has_its_time() {
    let limit = || set(JobProperty::MaxDownloadSize(5));
    let mut job = download_in(Suspended);
    assert_eq!(job.property(JobPropertyId::MaxDownloadSize), Some(JobProperty::MaxDownloadSize(0)));
    call(&mut job, set(JobProperty::MaxDownloadSize(u64::MAX)), start());
    call(&mut job, limit(), start());
    let stored = job.property(JobPropertyId::MaxDownloadSize);
    assert_eq!(stored, Some(JobProperty::MaxDownloadSize(5)));
    call(&mut job, Call::Resume, start());
    call(&mut job, Call::Suspend, start());
    refused(&mut job, limit(), start());
    for job_type in [JobType::Upload, JobType::UploadReply] {
        refused(&mut empty_job(job_type), limit(), start());
    }
}

/// SCHED-10, NET-01: only a QUEUED job whose owner is logged on, with a network and without a block,
/// can be picked.
#[test]
fn only_an_eligible_job_is_picked() {
    for state in JobState::ALL.iter().copied() {
        assert_eq!(download_in(state).is_eligible(), state == Queued, "{state}");
    }
    let mut job = download_in(Queued);
    for (off, on) in [
        (Event::OwnerLoggedOff, Event::OwnerLoggedOn),
        (
            Event::Computer(ComputerEvent::NetworkLost),
            Event::Computer(ComputerEvent::NetworkRestored),
        ),
        (
            Event::Computer(ComputerEvent::Blocked(Block::BatterySaver)),
            Event::Computer(ComputerEvent::Unblocked(Block::BatterySaver)),
        ),
    ] {
        event(&mut job, off, start());
        assert!(!job.is_eligible());
        ignored(&mut job, Event::Picked, start());
        event(&mut job, on, start());
        assert!(job.is_eligible());
    }
    event(&mut job, Event::Picked, start());
    assert_eq!(job.state(), Connecting);
}
