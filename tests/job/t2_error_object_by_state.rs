//! T2, cell by cell: whether `GetError` yields an error object, and what the object says.

use crate::common::*;
use bits_emulator::machine::{
    Call, Commit, ComputerEvent, Event, FailedRename, Failure, FileIndex, JobOptions,
    JobStateMachine,
};
use bits_emulator::policy::Block;
use bits_emulator::readings::{
    ClientExit, ErrorLifetime, FinalError, Readings, SuspendStopped, TimeoutCode,
};
use bits_emulator::server::Protocol;
use bits_emulator::settings::JobProperty;
use bits_emulator::{ErrorContext, HResult, JobState, JobType};

const NONE: HResult = HResult::BG_E_ERROR_INFORMATION_UNAVAILABLE;

/// The columns are the readings of ERR-05 and ERR-08. `-` is impossible.
const WITHOUT_ERROR: &str = "
    state           | latched, kept | latched, discarded | strict, kept | strict, discarded
    SUSPENDED       | none          | none               | none         | none
    QUEUED          | none          | none               | none         | none
    CONNECTING      | none          | none               | none         | none
    TRANSFERRING    | none          | none               | none         | none
    TRANSFERRED     | none          | none               | none         | none
    ACKNOWLEDGED    | none          | none               | none         | none
    CANCELLED       | none          | none               | none         | none
";

const AFTER_ERROR: &str = "
    state           | latched, kept | latched, discarded | strict, kept | strict, discarded
    SUSPENDED       | 503           | 503                | none         | none
    QUEUED          | 503           | 503                | none         | none
    CONNECTING      | 503           | 503                | none         | none
    TRANSFERRING    | none          | none               | none         | none
    TRANSIENT_ERROR | 503           | 503                | 503          | 503
    ERROR           | 404           | 404                | 404          | 404
    TRANSFERRED     | none          | none               | none         | none
    ACKNOWLEDGED    | 404           | none               | none         | none
    CANCELLED       | 503           | none               | none         | none
";

fn check(table: &str, job_in: impl Fn(JobState, Readings) -> JobStateMachine) {
    let columns = [
        (ErrorLifetime::Latched, FinalError::Keep),
        (ErrorLifetime::Latched, FinalError::Discard),
        (ErrorLifetime::Strict, FinalError::Keep),
        (ErrorLifetime::Strict, FinalError::Discard),
    ];
    for (state, cells) in rows(table).into_iter().skip(1) {
        for ((error_object, final_error), cell) in columns.into_iter().zip(cells) {
            let readings = Readings { error_object, final_error, ..Readings::documented() };
            let state: JobState = state.parse().unwrap();
            let job = job_in(state, readings);
            assert_eq!(job.state(), state);
            let expected = match cell.as_str() {
                "none" => NONE,
                status => HResult::from_http_status(status.parse().unwrap()),
            };
            assert_eq!(get_error(&job), expected, "{state}, {error_object}, {final_error}");
        }
    }
}

fn download(readings: Readings, state: JobState) -> JobStateMachine {
    job_at(options_with(JobType::Download, readings), state)
}

/// T2, ERR-04: GetError gives 0x8020000F.
#[test]
fn without_an_error_there_is_no_error_object() {
    assert_eq!(NONE.value(), 0x8020_000F);
    check(WITHOUT_ERROR, |state, readings| download(readings, state));
}

/// T2, ERR-03, ERR-05, ERR-06, ERR-08, INV-10
#[test]
fn after_an_error_the_error_object_follows_the_table() {
    check(AFTER_ERROR, |state, readings| {
        let failed = if matches!(state, JobState::Error | Acknowledged) {
            JobState::Error
        } else {
            TransientError
        };
        let mut job = download(readings, failed);
        match state {
            TransientError | JobState::Error => {}
            Suspended => call(&mut job, Call::Suspend, start()),
            Acknowledged => call(&mut job, complete(), start()),
            _ => bring_to(&mut job, state, start()),
        }
        job
    });
}

/// ERR-05, T2: the retry delay, the network and a restart lead to QUEUED too.
#[test]
fn an_error_object_outlives_every_way_out_of_the_error_states_until_transferring() {
    type Way = fn(&mut JobStateMachine);
    let ways: [(Way, JobState); 5] = [
        (|job| drop(run_deadlines(job, at(600))), Queued),
        (|job| event(job, ComputerEvent::NetworkRestored, at(1)), Queued),
        (|job| call(job, Call::Resume, at(1)), Queued),
        (|job| call(job, Call::Suspend, at(1)), Suspended),
        (|job| event(job, ComputerEvent::ServiceRestarted, at(1)), TransientError),
    ];
    for (way, to) in ways {
        let mut job = download_in(TransientError);
        way(&mut job);
        assert_eq!((job.state(), get_error(&job)), (to, HResult::BG_E_HTTP_ERROR_503));
        call(&mut job, Call::Resume, at(2));
        event(&mut job, Event::Picked, at(2));
        assert_eq!(get_error(&job), HResult::BG_E_HTTP_ERROR_503);
        event(&mut job, Event::Connected, at(2));
        assert_eq!(get_error(&job), NONE);
        call(&mut job, Call::Suspend, at(2));
        assert_eq!(get_error(&job), NONE, "what TRANSFERRING ended does not come back");
    }
}

/// LIFE-14 affects GetError.
#[test]
fn suspending_an_error_drops_its_object_only_in_the_strict_reading() {
    for (error_object, expected) in
        [(ErrorLifetime::Latched, HResult::BG_E_HTTP_ERROR_404), (ErrorLifetime::Strict, NONE)]
    {
        let suspend_stopped = SuspendStopped::Suspends;
        let readings = Readings { error_object, suspend_stopped, ..Readings::documented() };
        let mut job = download(readings, JobState::Error);
        call(&mut job, Call::Suspend, start());
        assert_eq!((job.state(), get_error(&job)), (Suspended, expected));
    }
}

/// ERR-04
#[test]
fn the_refusal_of_get_error_names_the_state() {
    for state in [Suspended, Queued, Connecting, Transferring, Transferred, Cancelled] {
        let text = download_in(state).error().unwrap_err().to_string();
        for part in ["GetError", state.short_name(), "BG_E_ERROR_INFORMATION_UNAVAILABLE"] {
            assert!(text.contains(part), "`{part}` is missing in: {text}");
        }
    }
}

/// ERR-07
#[test]
fn the_exit_of_the_client_drops_or_keeps_the_object() {
    for (client_exit, code) in [
        (ClientExit::Drop, [NONE, NONE]),
        (ClientExit::Keep, [HResult::BG_E_HTTP_ERROR_503, HResult::BG_E_HTTP_ERROR_404]),
    ] {
        let readings = Readings { client_exit, ..Readings::documented() };
        for (state, expected) in [TransientError, JobState::Error].into_iter().zip(code) {
            let mut job = download(readings, state);
            let outcome = event_outcome(&mut job, Event::ClientExited, start());
            assert_eq!(job.state(), state, "INV-09: the state stays");
            assert!(outcome.entered.is_empty());
            assert_eq!(get_error(&job), expected, "{client_exit} in {state}");
            // A dropped object does not come back by itself.
            call(&mut job, Call::Resume, start());
            assert_eq!(get_error(&job), expected);
            // ERR-03: a new error makes a new object, which a new client can read.
            event(&mut job, Event::Picked, start());
            event(&mut job, failed(500), start());
            assert_eq!(get_error(&job), HResult::from_http_status(500));
        }
    }
}

/// ERR-07
#[test]
fn the_exit_of_the_client_changes_nothing_else() {
    for state in JobState::ALL.iter().copied() {
        let mut job = download_in(state);
        let (progress, times, next) = (job.progress(), job.times(), job.next_deadline());
        event(&mut job, Event::ClientExited, at(1));
        assert_eq!((job.progress(), job.times(), job.next_deadline()), (progress, times, next));
        assert_eq!(job.state(), state);
    }
}

/// ERR-07, ERR-03, ERR-09: entry into ERROR creates the object, with the last transient code.
#[test]
fn the_no_progress_timeout_makes_a_dropped_object_anew() {
    let mut job = download_in(TransientError);
    call(&mut job, Call::SetNoProgressTimeout(300), start());
    event(&mut job, Event::ClientExited, at(1));
    run_deadlines(&mut job, at(300));
    assert_eq!((job.state(), get_error(&job)), (JobState::Error, HResult::BG_E_HTTP_ERROR_503));
}

/// ERR-02, ERR-01, INV-11
#[test]
fn a_refused_call_makes_replaces_and_removes_no_object() {
    let mut fresh = empty_job(JobType::Download);
    refused(&mut fresh, Call::Resume, start());
    assert_eq!(get_error(&fresh), NONE);

    let mut job = job_in(JobType::Upload, JobState::Error);
    let on_demand = Call::SetProperty(JobProperty::OnDemandMode(true));
    for call in [complete(), Call::add_file(file(1)), on_demand] {
        refused(&mut job, call, start());
        assert_eq!(get_error(&job), HResult::BG_E_HTTP_ERROR_404);
        assert_eq!(job.error_count(), 1);
    }
}

/// ERR-02, DONE-07
#[test]
fn a_failed_rename_makes_no_error_object() {
    let mut job = download_in(Transferred);
    let failed_rename = Some(FailedRename { after: 0, code: HResult::ERROR_SHARING_VIOLATION });
    let refusal = Call::Complete(Commit { failed_rename, ..Commit::default() });
    let error = job.call(refusal, start()).unwrap_err();
    assert_eq!(error.code(), HResult::ERROR_SHARING_VIOLATION);
    assert_eq!((job.state(), get_error(&job), job.error_count()), (Transferred, NONE, 0));
}

/// ERR-09
#[test]
fn a_new_error_replaces_the_object() {
    let mut job = download_in(JobState::Error);
    call(&mut job, Call::Resume, start());
    event(&mut job, ComputerEvent::NetworkLost, start());
    assert_eq!(get_error(&job), HResult::BG_E_NETWORK_DISCONNECTED);
    // SCHED-15: a job in TRANSIENT_ERROR gets the new code.
    event(&mut job, ComputerEvent::Blocked(Block::BandwidthPolicy), start());
    assert_eq!(get_error(&job), HResult::BG_E_BLOCKED_BY_POLICY);
    assert_eq!(job.error().unwrap().context(), ErrorContext::GeneralQueueManager);
}

/// ERR-09
#[test]
fn the_no_progress_timeout_keeps_the_last_error_or_reports_its_own_code() {
    for (timeout_code, code) in [
        (TimeoutCode::LastError, HResult::BG_E_HTTP_ERROR_503),
        (TimeoutCode::NoProgress, HResult::BG_E_NO_PROGRESS),
    ] {
        let readings = Readings { timeout_code, ..Readings::documented() };
        let mut job = download(readings, TransientError);
        let last = *job.error().unwrap();
        call(&mut job, Call::SetNoProgressTimeout(60), start());
        run_deadlines(&mut job, at(60));
        let error = *job.error().unwrap();
        assert_eq!((job.state(), error.code()), (JobState::Error, code));
        assert_eq!((error.context(), error.file()), (last.context(), last.file()));
    }
    assert_eq!(HResult::BG_E_NO_PROGRESS.value(), 0x8020_0024);
}

/// ERR-11, ERR-12, INV-13: which contexts have a protocol by default.
#[test]
fn file_and_protocol_go_with_the_context() {
    for (context, has_file, has_protocol) in [
        (ErrorContext::Unknown, false, false),
        (ErrorContext::GeneralQueueManager, false, false),
        (ErrorContext::QueueManagerNotification, false, false),
        (ErrorContext::LocalFile, true, false),
        (ErrorContext::RemoteFile, true, true),
        (ErrorContext::GeneralTransport, false, true),
        (ErrorContext::RemoteApplication, false, true),
        (ErrorContext::ServerCertificateCallback, false, false),
    ] {
        let mut job = download_in(Transferring);
        let failure = Failure::http(500).in_context(context);
        event(&mut job, Event::Failed(failure), start());
        let error = job.error().unwrap();
        assert_eq!(error.context(), context);
        match error.file() {
            Ok(file) => assert!(has_file && file == FileIndex(0), "{context}"),
            Err(refusal) => {
                assert_eq!(refusal.code(), HResult::BG_E_FILE_NOT_AVAILABLE);
                assert!(!has_file, "{context}");
            }
        }
        match error.protocol() {
            Ok(protocol) => assert!(has_protocol && protocol == Protocol::Http, "{context}"),
            Err(refusal) => {
                assert_eq!(refusal.code(), HResult::BG_E_PROTOCOL_NOT_AVAILABLE);
                assert!(!has_protocol, "{context}");
            }
        }
    }
}

/// ERR-11
#[test]
fn the_file_is_the_one_in_transfer() {
    let mut job = download_in(Suspended);
    call(&mut job, Call::add_file(share_file()), start());
    bring_to(&mut job, Transferring, start());
    event(&mut job, Event::FileTransferred, start());
    event(&mut job, failed_with(HResult::ERROR_FILE_NOT_FOUND), start());
    let error = job.error().unwrap();
    assert_eq!(error.file(), Ok(FileIndex(1)));
    assert_eq!(error.protocol().map(Protocol::name), Ok("file"), "ERR-12: SMB");
}

/// ERR-12
#[test]
fn https_counts_as_http() {
    for url in ["http://example.com/a", "https://example.com/a"] {
        let mut job = empty_job(JobType::Download);
        let file = bits_emulator::FileInfo::new(url, r"C:\a");
        call(&mut job, Call::add_file(file), start());
        bring_to(&mut job, JobState::Error, start());
        assert_eq!(job.error().unwrap().protocol().map(Protocol::name), Ok("http"));
    }
}

/// ERR-17
#[test]
fn an_error_object_never_has_the_context_none() {
    let mut job = download_in(Connecting);
    let failure = Failure::http(404).in_context(ErrorContext::None);
    event(&mut job, Event::Failed(failure), start());
    assert_eq!(job.error().unwrap().context(), ErrorContext::Unknown);
}

/// INV-12
#[test]
fn the_code_of_an_error_is_a_failure_whatever_the_server_answers() {
    assert!(Failure::new(HResult::S_OK).is_err());
    assert!(Failure::new(HResult::BG_S_PARTIAL_COMPLETE).is_err());
    assert!(Failure::certificate_declined(HResult::S_OK).is_err());
    for status in [0, 200, 302, u16::MAX] {
        for readings in [Readings::documented(), Readings::observed()] {
            let mut job = download(readings, Connecting);
            call(&mut job, disallow_redirects(), start());
            let _ = job.handle(Event::Redirected(status, "https://example.org/".into()), start());
            let code = job.error().map(|error| error.code());
            assert!(code.is_err() || code.is_ok_and(HResult::is_failure), "{status}: {code:?}");
        }
    }
}

/// ERR-18, INV-14: BytesTotal of the reply is unknown iff the upload failed.
#[test]
fn an_upload_reply_tells_upload_reply_and_application_apart() {
    let job_type = JobType::UploadReply;
    let mut upload = job_in(job_type, Transferring);
    event(&mut upload, Event::SizeKnown(100), start());
    event(&mut upload, Event::FileTransferred, start());
    event(&mut upload, failed(404), start());
    assert_eq!(upload.error().unwrap().context(), ErrorContext::RemoteFile);
    assert_eq!(upload.reply_progress().unwrap().bytes_total, None);

    let reply = reply_begun(JobState::Error);
    assert_eq!(reply.error().unwrap().context(), ErrorContext::RemoteFile);
    assert_eq!(reply.reply_progress().unwrap().bytes_total, Some(10));
    assert_eq!(reply.error().unwrap().file(), Ok(FileIndex(0)), "a file of the job: INV-13");

    let mut application = job_at(options(job_type), Transferring);
    let failure = Failure::http(404).in_context(ErrorContext::RemoteApplication);
    event(&mut application, Event::Failed(failure), start());
    assert_eq!(application.error().unwrap().context(), ErrorContext::RemoteApplication);
}

/// ERR-09
#[test]
fn an_error_read_before_stays_as_it_was_read() {
    let mut job = JobStateMachine::new(JobOptions::default(), start());
    call(&mut job, Call::add_file(file(0)), start());
    bring_to(&mut job, JobState::Error, start());
    let read = *job.error().unwrap();
    bring_to_transferring_again(&mut job);
    assert_eq!(read.code(), HResult::BG_E_HTTP_ERROR_404);
}

fn bring_to_transferring_again(job: &mut JobStateMachine) {
    call(job, Call::Resume, start());
    event(job, Event::Picked, start());
    event(job, Event::Connected, start());
    assert_eq!(get_error(job), NONE);
}
