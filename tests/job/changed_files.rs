//! Files that change while they are transferred, and everything else that restarts a file.

use crate::common::*;
use bits_emulator::machine::{
    Call, ComputerEvent, Deadline, Effect, Event, FileIndex, JobStateMachine, Outcome, TransferItem,
};
use bits_emulator::settings::{HttpSecurityFlags, JobProperty};
use bits_emulator::{ErrorContext, FileInfo, HResult, JobPriority, JobState, JobType};

const FIRST: FileIndex = FileIndex(0);
const SECOND: FileIndex = FileIndex(1);

/// A download of two files in TRANSFERRING: the first of 100 bytes is there, and 40 of 100 bytes
/// of the second.
#[track_caller]
fn halfway() -> JobStateMachine {
    halfway_from("https")
}

#[track_caller]
fn halfway_from(scheme: &str) -> JobStateMachine {
    let mut job = empty_job(JobType::Download);
    for number in 0..2 {
        let remote = format!("{scheme}://example.com/{number}");
        let local = format!(r"C:\data\{number}");
        call(&mut job, Call::add_file(FileInfo::new(remote, local)), start());
    }
    run_halfway(&mut job);
    job
}

/// Brings a SUSPENDED job to 40 bytes of its last file of 100 bytes.
#[track_caller]
fn run_halfway(job: &mut JobStateMachine) {
    bring_to(job, Transferring, start());
    for _ in 1..job.file_count() {
        event(job, Event::SizeKnown(100), start());
        event(job, Event::FileTransferred, start());
    }
    event(job, Event::SizeKnown(100), start());
    event(job, Event::Progressed(40), start());
}

fn bytes(job: &JobStateMachine, file: FileIndex) -> (Option<u64>, u64) {
    let progress = job.file_progress(file).unwrap();
    (progress.bytes_total, progress.bytes_transferred)
}

fn cites(outcome: &Outcome, rule: &str) -> bool {
    outcome.rules.iter().any(|cited| cited.to_string() == rule)
}

/// A size and a time stamp of the remote file: each may be another.
const CHANGES: [Event; 3] = [Event::FileChanged, Event::SizeKnown(99), Event::SizeKnown(101)];

/// HTTP-08, DONE-23: size or time stamp tell that a file changed; it restarts without error. The
/// finished file is not fetched again.
#[test]
fn a_changed_remote_file_restarts_without_error() {
    for change in CHANGES {
        for state in [Connecting, Transferring] {
            let mut job = halfway();
            leave_transferring(&mut job, state, start());
            let outcome = event_outcome(&mut job, change.clone(), start());
            assert_eq!((job.state(), job.error_count()), (state, 0), "{change:?}");
            assert!(job.error().is_err() && outcome.entered.is_empty());
            assert!(cites(&outcome, "HTTP-08"), "{outcome:?}");
            assert_eq!(bytes(&job, SECOND).1, 0, "{change:?} in {state}");
            assert_eq!(bytes(&job, FIRST), (Some(100), 100));
            assert_eq!(job.current(), Some(TransferItem::File(SECOND)));
        }
    }
}

/// HTTP-08: the new version is transferred whole, and the job ends as any other.
#[test]
fn a_changed_remote_file_is_transferred_anew() {
    let mut job = halfway();
    event(&mut job, Event::FileChanged, start());
    event(&mut job, Event::SizeKnown(70), start());
    event(&mut job, Event::Progressed(69), start());
    assert_eq!(job.state(), Transferring);
    event(&mut job, Event::Progressed(1), start());
    event(&mut job, Event::FileTransferred, start());
    assert_eq!(job.state(), Transferred);
    assert_eq!(bytes(&job, SECOND), (Some(70), 70));
}

/// HTTP-08: it is the size of the remote file that counts, also if the ranges that are requested of it
/// are as long as before.
#[test]
fn another_size_of_the_remote_file_restarts_its_ranges() {
    for (size, kept) in [(200, 40), (300, 0)] {
        let mut job = empty_job(JobType::Download);
        let ranges = [range(0, 50), range(70, 50)];
        call(&mut job, Call::add_file_with_ranges(file(0), ranges), start());
        bring_to(&mut job, Transferring, start());
        event(&mut job, Event::SizeKnown(200), start());
        event(&mut job, Event::Progressed(40), start());
        leave_transferring(&mut job, Connecting, start());
        event(&mut job, Event::SizeKnown(size), start());
        assert_eq!(bytes(&job, FIRST), (Some(100), kept), "{size}");
    }
}

/// HTTP-08: the same size and time stamp are the same file, in this attempt and the next.
#[test]
fn an_unchanged_file_goes_on() {
    let mut job = halfway();
    event(&mut job, Event::SizeKnown(100), start());
    leave_transferring(&mut job, TransientError, start());
    bring_to(&mut job, Connecting, at(1));
    event(&mut job, Event::SizeKnown(100), at(1));
    assert_eq!(bytes(&job, SECOND), (Some(100), 40));
}

/// HTTP-08: a change is noticed by an attempt; at rest nobody looks.
#[test]
fn a_job_at_rest_notices_no_change() {
    for state in JobState::ALL.iter().copied().filter(|state| !state.is_active()) {
        for change in CHANGES {
            ignored(&mut download_in(state), change, start());
        }
    }
}

/// HTTP-09: on-demand jobs and custom methods cannot restart a file silently. They fail, and
/// `Resume` retries with the file as it now is.
#[test]
fn a_job_that_cannot_restart_silently_fails() {
    for on_demand in [true, false] {
        for change in [Event::FileChanged, Event::SizeKnown(250)] {
            let mut job = new_job(options(JobType::Download));
            if on_demand {
                let property = JobProperty::OnDemandMode(true);
                call(&mut job, Call::SetProperty(property), start());
                let ranges = [range(0, 50)].into();
                call(&mut job, Call::RequestFileRanges(FIRST, ranges), start());
            } else {
                call(&mut job, Call::SetHttpMethod("POST".into()), start());
            }
            run_halfway(&mut job);
            event(&mut job, change.clone(), start());
            let case = format!("on-demand {on_demand}, {change:?}");
            let error = job.error().expect(&case);
            assert_eq!(job.state(), JobState::Error, "{case}");
            assert_eq!(error.code(), HResult::BG_E_REMOTE_FILE_CHANGED, "{case}");
            assert_eq!((error.context(), error.file()), (ErrorContext::RemoteFile, Ok(FIRST)));
            assert_eq!(bytes(&job, FIRST).1, 0, "{case}");

            bring_to(&mut job, Transferring, at(1));
            event(&mut job, Event::SizeKnown(250), at(1));
            assert_eq!(job.state(), Transferring, "{case}");
            event(&mut job, Event::FileTransferred, at(1));
            assert_eq!(job.state(), if on_demand { Suspended } else { Transferred }, "{case}");
        }
    }
}

/// HTTP-10: bytes of the restarted file are progress, though fewer than there were before.
#[test]
fn a_restart_is_progress_once_new_bytes_arrive() {
    for (arrive, expires) in [(false, 1_000), (true, 1_700)] {
        let mut job = halfway();
        call(&mut job, Call::SetNoProgressTimeout(1_000), start());
        event(&mut job, failed(503), start());
        assert_eq!(run_deadlines(&mut job, at(600)), [Queued]);
        event(&mut job, Event::Picked, at(600));
        event(&mut job, Event::Connected, at(600));
        event(&mut job, Event::FileChanged, at(600));
        if arrive {
            event(&mut job, Event::Progressed(10), at(650));
        }
        event(&mut job, failed(503), at(700));
        assert_eq!(job.deadline(Deadline::NoProgressTimeout), Some(at(expires)));
    }
}

fn check() -> Call {
    Call::SetSecurityFlags(HttpSecurityFlags::ENABLE_CRL_CHECK)
}

/// HTTP-16: switched on during a download, the check reschedules the job and restarts the present
/// file; finished files are not affected.
#[test]
fn the_revocation_check_restarts_the_present_file() {
    for state in [Connecting, Transferring] {
        let mut job = halfway();
        leave_transferring(&mut job, state, start());
        let outcome = call_outcome(&mut job, check(), start());
        assert_eq!(job.state(), Queued);
        assert!(outcome.effects.contains(Effect::StopTransfer));
        assert_eq!((bytes(&job, FIRST).1, bytes(&job, SECOND).1), (100, 0));
        assert!(job.error().is_err());

        // It is on already, or switched off: nothing more happens.
        event(&mut job, Event::Picked, start());
        call(&mut job, check(), start());
        call(&mut job, Call::SetSecurityFlags(HttpSecurityFlags::empty()), start());
        assert_eq!(job.state(), Connecting);
    }
}

/// HTTP-16: only files from HTTPS servers are checked.
#[test]
fn the_revocation_check_does_not_concern_plain_http() {
    let mut job = halfway_from("http");
    call(&mut job, check(), start());
    assert_eq!((job.state(), bytes(&job, SECOND).1), (Transferring, 40));
}

/// HTTP-16: failed checks are fatal.
#[test]
fn a_failed_revocation_check_is_fatal() {
    for code in
        [HResult::ERROR_WINHTTP_SECURE_CERT_REV_FAILED, HResult::ERROR_WINHTTP_SECURE_CERT_REVOKED]
    {
        let mut job = download_in(Connecting);
        event(&mut job, failed_with(code), start());
        assert_eq!((job.state(), get_error(&job)), (JobState::Error, code));
        assert_eq!(job.error().unwrap().context(), ErrorContext::RemoteFile);
    }
}

/// An upload of 100 bytes in TRANSFERRING, of which the server acknowledged 40.
#[track_caller]
fn upload_halfway(job_type: JobType) -> JobStateMachine {
    let mut job = new_job(options(job_type));
    run_halfway(&mut job);
    job
}

/// UPLOAD-08: the local file must keep its size and time stamp.
#[test]
fn a_changed_local_file_fails_the_upload() {
    for job_type in [JobType::Upload, JobType::UploadReply] {
        for change in CHANGES {
            for state in [Connecting, Transferring] {
                let mut job = upload_halfway(job_type);
                leave_transferring(&mut job, state, start());
                event(&mut job, change.clone(), start());
                let error = job.error().unwrap();
                assert_eq!(job.state(), JobState::Error, "{job_type} {change:?}");
                assert_eq!(error.code(), HResult::new(0x8020_001D));
                assert_eq!((error.context(), error.file()), (ErrorContext::LocalFile, Ok(FIRST)));
            }
        }
    }
}

/// UPLOAD-06: after a broken connection the upload goes on at the byte that the server
/// acknowledged; without its session, or with another server, it starts from the beginning.
#[test]
fn an_upload_goes_on_in_its_session_only() {
    for job_type in [JobType::Upload, JobType::UploadReply] {
        let mut job = upload_halfway(job_type);
        event(&mut job, failed_with(HResult::ERROR_WINHTTP_CONNECTION_ERROR), start());
        bring_to(&mut job, Connecting, at(1));
        assert_eq!(bytes(&job, FIRST), (Some(100), 40));
        let outcome = event_outcome(&mut job, Event::SessionLost, at(1));
        assert_eq!((job.state(), bytes(&job, FIRST)), (Connecting, (Some(100), 0)));
        assert!(job.error().is_ok() && outcome.entered.is_empty(), "the old error is latched");
    }
    ignored(&mut halfway(), Event::SessionLost, start());
}

/// UPLOAD-06, T3: a server that does not know the session any more makes the job retry with a new
/// one, which begins at the first byte.
#[test]
fn an_unknown_session_is_replaced_by_a_new_one() {
    let mut job = upload_halfway(JobType::Upload);
    event(&mut job, failed_with(HResult::BG_E_SESSION_NOT_FOUND), start());
    assert_eq!(job.state(), TransientError);
    bring_to(&mut job, Connecting, at(1));
    assert_eq!(bytes(&job, FIRST), (Some(100), 0));
}

/// FILES-26: under another remote name a file goes on if it is the same there, and restarts if size
/// or time stamp differ or the server cannot resume. The finished file stays finished.
#[test]
fn another_remote_name_continues_the_same_file() {
    let rename: [fn(&mut JobStateMachine); 2] = [
        |job| {
            for file in [FIRST, SECOND] {
                let name = format!("https://mirror.example.org/{}", file.0);
                call(job, Call::SetRemoteName(file, name.into()), start());
            }
        },
        |job| {
            let (old, new) = ("https://example.com".into(), "https://mirror.example.org".into());
            call(job, Call::ReplaceRemotePrefix { old, new }, start());
        },
    ];
    for rename in rename {
        for (found, kept) in
            [(Event::SizeKnown(100), 40), (Event::SizeKnown(120), 0), (Event::FileChanged, 0)]
        {
            let mut job = halfway();
            call(&mut job, Call::Suspend, start());
            rename(&mut job);
            assert_eq!((bytes(&job, FIRST).1, bytes(&job, SECOND).1), (100, 40));
            bring_to(&mut job, Connecting, start());
            assert_eq!(job.current(), Some(TransferItem::File(SECOND)));
            event(&mut job, found.clone(), start());
            assert_eq!((bytes(&job, FIRST).1, bytes(&job, SECOND).1), (100, kept), "{found:?}");
            event(&mut job, Event::Connected, start());
            event(&mut job, Event::FileTransferred, start());
            assert_eq!(job.state(), Transferred);
        }
    }
}

type Step = fn(&mut JobStateMachine);

/// Everything that may happen to a download under way which is no restart.
const INTERRUPTIONS: [(&str, Step); 9] = [
    ("nothing", |_| {}),
    ("Suspend", |job| call(job, Call::Suspend, start())),
    ("slice over", |job| event(job, Event::SliceOver, start())),
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
    ("another priority", |job| {
        call(job, Call::SetPriority(JobPriority::Foreground), start());
    }),
];

/// PROGRESS-07: no interruption takes progress away, also not from the next attempt.
#[test]
fn progress_outlives_interruptions() {
    for (name, interrupt) in INTERRUPTIONS {
        let mut job = halfway();
        interrupt(&mut job);
        assert_eq!((bytes(&job, FIRST).1, bytes(&job, SECOND).1), (100, 40), "{name}");
        call(&mut job, Call::Resume, start());
        if job.state() == Queued {
            event(&mut job, Event::Picked, start());
        }
        assert_eq!((bytes(&job, FIRST).1, bytes(&job, SECOND).1), (100, 40), "{name}");
    }
}

/// PROGRESS-07, INV-39: the documented restarts take progress to exactly zero.
#[test]
fn only_restarts_take_progress_away() {
    let restarts: [(&str, Step); 4] = [
        ("HTTP-08, time stamp", |job| event(job, Event::FileChanged, start())),
        ("HTTP-08, size", |job| event(job, Event::SizeKnown(30), start())),
        ("HTTP-16", |job| call(job, check(), start())),
        ("DONE-20", |job| {
            event(job, Event::FileTransferred, start());
            call(job, Call::SetValidationState(SECOND, false), start());
        }),
    ];
    for (rule, restart) in restarts {
        let mut job = halfway();
        restart(&mut job);
        assert_eq!((bytes(&job, FIRST).1, bytes(&job, SECOND).1), (100, 0), "{rule}");
    }
}

/// INV-39: however much arrives, no more is transferred than there is.
#[test]
fn no_more_is_transferred_than_there_is() {
    for arriving in [59, 60, 61, u64::MAX] {
        let mut job = halfway();
        event(&mut job, Event::Progressed(arriving), start());
        let expected = 40_u64.saturating_add(arriving).min(100);
        assert_eq!(bytes(&job, SECOND), (Some(100), expected));
        // DONE-05; the end of the transfer is a step of its own.
        assert_eq!(job.progress().files_transferred == 2, expected == 100);
        assert_eq!(job.state(), Transferring);
        event(&mut job, Event::FileTransferred, start());
        assert_eq!((bytes(&job, SECOND), job.state()), ((Some(100), 100), Transferred));
    }
}
