//! T3, cell by cell: what a failure does to its job, under which code and in which context; and
//! how failures are counted.

use crate::common::*;
use bits_emulator::machine::{Call, ComputerEvent, Event, Failure, JobOptions, JobStateMachine};
use bits_emulator::policy::{Block, CostFlags};
use bits_emulator::readings::{ConnectionContext, FirstFailure, Readings, RedirectCode};
use bits_emulator::{ErrorContext, HResult, JobPriority, JobState, JobType};

/// The lines of T3 that a failed attempt reports by its code alone: cause, code, class, context.
const T3: &str = "
    network adapter disconnected           | 80200010 | T | GENERAL_TRANSPORT
    background bandwidth limit 0           | 8020003E | T | GENERAL_QUEUE_MANAGER
    destination volume locked              | 8020000D | T | LOCAL_FILE
    destination volume changed             | 8020000E | F | LOCAL_FILE
    connection fails: cannot connect       | 80072EFD | T | GENERAL_TRANSPORT
    connection fails: time-out             | 80072EE2 | T | GENERAL_TRANSPORT
    connection fails: broken off           | 80072EFE | T | GENERAL_TRANSPORT
    connection fails: reset                | 80072EFF | T | GENERAL_TRANSPORT
    client opens the temporary file early  | 80070020 | T | LOCAL_FILE
    upload file changed during transfer    | 8020001D | F | LOCAL_FILE
    server gives no file size              | 80200011 | F | REMOTE_FILE
    server lacks HTTP/1.1                  | 80200012 | F | REMOTE_FILE
    server or proxy lacks Content-Range    | 80200013 | F | REMOTE_FILE
    range outside the remote file          | 8020002B | F | REMOTE_FILE
    server merges ranges                   | 8020001B | F | REMOTE_FILE
    proxy data invalid                     | 8020003F | F | GENERAL_TRANSPORT
    server authentication                  | 80190191 | F | REMOTE_FILE
    proxy authentication                   | 80190197 | F | REMOTE_FILE
    client certificate not trusted         | 80190193 | F | REMOTE_FILE
    certificate needed, job has none       | 80072F0C | F | REMOTE_FILE
    CRL check impossible                   | 80072F19 | F | REMOTE_FILE
    certificate revoked                    | 80072F8A | F | REMOTE_FILE
    redirect although disallowed: 300      | 8007012C | F | REMOTE_FILE
    redirect although disallowed: 301      | 8007012D | F | REMOTE_FILE
    redirect although disallowed: 302      | 8007012E | F | REMOTE_FILE
    redirect although disallowed: 303      | 8007012F | F | REMOTE_FILE
    redirect although disallowed: 307      | 80070133 | F | REMOTE_FILE
    helper token lost                      | 80200056 | F | GENERAL_QUEUE_MANAGER
    no access to the private key           | 80072F9A | F | GENERAL_TRANSPORT
    maximum download time exceeded         | 80200054 | F | GENERAL_QUEUE_MANAGER
    maximum download size reached          | 80200064 | F | REMOTE_FILE
    content declared invalid               | 80200053 | F | REMOTE_FILE
    SMB path not found                     | 80070003 | F | REMOTE_FILE
    SMB file not found                     | 80070002 | F | REMOTE_FILE
    certificate callback not callable      | 80200074 | F | SERVER_CERTIFICATE_CALLBACK
    cost policy blocks the network         | 80200059 | T | GENERAL_QUEUE_MANAGER
    battery saver                          | 80200068 | T | GENERAL_QUEUE_MANAGER
    battery                                | 80200067 | T | GENERAL_QUEUE_MANAGER
    game mode                              | 8020006F | T | GENERAL_QUEUE_MANAGER
    standby                                | 80200065 | T | GENERAL_QUEUE_MANAGER
    background access policy               | 8020006E | T | GENERAL_QUEUE_MANAGER
    upload too large for the server        | 80200020 | F | REMOTE_FILE
    scripting enabled on the directory     | 80200023 | F | REMOTE_FILE
    uploads not enabled: IIS 7             | 80190194 | F | REMOTE_FILE
    uploads not enabled: IIS 6             | 801901F5 | F | REMOTE_FILE
    no common upload protocol              | 80200022 | F | REMOTE_FILE
    upload session unknown to the server   | 8020001F | T | REMOTE_FILE
    URL outside the common code page       | 80190190 | F | REMOTE_FILE
    HTTP 414                               | 8019019E | F | REMOTE_FILE
    HTTP 505                               | 801901F9 | F | REMOTE_FILE
    HTTP 503                               | 801901F7 | T | REMOTE_FILE
    HTTP 504                               | 801901F8 | T | REMOTE_FILE
";

fn fails_with(job: &mut JobStateMachine, failure: Failure) -> (JobState, HResult, ErrorContext) {
    event(job, Event::Failed(failure), start());
    let error = job.error().unwrap();
    (job.state(), error.code(), error.context())
}

/// T3, ERR-14, ERR-15, LIFE-18, ERR-31: the same from CONNECTING and TRANSFERRING.
#[test]
fn failures_follow_the_table() {
    for (cause, cells) in rows(T3) {
        let code = HResult::new(u32::from_str_radix(&cells[0], 16).unwrap());
        let state = if cells[1] == "T" { TransientError } else { JobState::Error };
        let named: ErrorContext = cells[2].parse().unwrap();
        for from in [Connecting, Transferring] {
            for job_type in JobType::ALL {
                let mut job = job_in(*job_type, from);
                let found = fails_with(&mut job, Failure::new(code).unwrap());
                // ERR-18: what carries an upload or its reply fails in REMOTE_FILE.
                let context = match (job_type, named) {
                    (JobType::Upload | JobType::UploadReply, ErrorContext::GeneralTransport) => {
                        ErrorContext::RemoteFile
                    }
                    _ => named,
                };
                assert_eq!(found, (state, code, context), "{cause}, {job_type}");
            }
        }
    }
}

/// T3
#[test]
fn access_denied_is_fatal_on_either_side() {
    for context in [ErrorContext::LocalFile, ErrorContext::RemoteFile] {
        let failure = Failure::new(HResult::E_ACCESSDENIED).unwrap().in_context(context);
        let found = fails_with(&mut download_in(Transferring), failure);
        assert_eq!(found, (JobState::Error, HResult::E_ACCESSDENIED, context));
    }
}

/// T3
#[test]
fn a_missing_privilege_to_copy_owner_and_acl_is_transient() {
    let found = fails_with(&mut download_in(Transferring), Failure::acl_privilege_missing());
    assert_eq!(found, (TransientError, HResult::E_ACCESSDENIED, ErrorContext::LocalFile));
}

/// T3, UPLOAD-15
#[test]
fn a_silent_server_application_is_transient() {
    let mut job = job_in(JobType::UploadReply, Transferring);
    let (state, code, context) = fails_with(&mut job, Failure::application_silent());
    assert_eq!((state, context), (TransientError, ErrorContext::RemoteApplication));
    assert!(code.is_failure());
    assert!(job.posts_again(), "the application is notified again");
}

/// T3, PROP-27. Also if it chooses the code of something else.
#[test]
fn a_declining_certificate_callback_is_transient_under_its_own_code() {
    let chosen = [
        HResult::E_ACCESSDENIED,
        HResult::BG_E_HTTP_ERROR_404,
        HResult::BG_E_NETWORK_DISCONNECTED,
        HResult::BG_E_DESTINATION_LOCKED,
        HResult::BG_E_BLOCKED_BY_POLICY,
        HResult::new(0x8004_1234),
    ];
    for code in chosen {
        let mut job = download_in(Connecting);
        let found = fails_with(&mut job, Failure::certificate_declined(code).unwrap());
        let context = ErrorContext::ServerCertificateCallback;
        assert_eq!(found, (TransientError, code, context));
        // TIME-01: none of the causes of TIME-10, so it is retried after the delay.
        assert_eq!(run_deadlines(&mut job, at(600)), [Queued], "{code}");
    }
}

/// UPLOAD-23
#[test]
fn code_and_context_of_a_server_error_packet_are_taken_over() {
    for code in [HResult::BG_E_DESTINATION_LOCKED, HResult::BG_E_HTTP_ERROR_500] {
        for context in [ErrorContext::RemoteFile, ErrorContext::RemoteApplication] {
            let mut job = job_in(JobType::Upload, Transferring);
            let failure = Failure::new(code).unwrap().in_context(context);
            assert_eq!(fails_with(&mut job, failure), (TransientError, code, context));
        }
    }
}

/// ERR-28, ERR-30: the same for downloads; the code is 0x80190000 + status. 200 is no failure.
#[test]
fn every_http_status_but_success_is_transient_or_fatal() {
    for status in (100..=599).filter(|status| *status != 200) {
        let fatal = match status {
            300..=305 | 307 => true,
            408 | 409 => false,
            400..=499 => true,
            501 | 505 => true,
            _ => false,
        };
        let state = if fatal { JobState::Error } else { TransientError };
        let code = HResult::new(0x8019_0000 + u32::from(status));
        for job_type in JobType::ALL {
            let mut job = job_in(*job_type, Transferring);
            let found = fails_with(&mut job, Failure::http(status));
            assert_eq!(found, (state, code, ErrorContext::RemoteFile), "{status}");
        }
        let mut job = job_in(JobType::Upload, Transferring);
        let application = Failure::http(status).in_context(ErrorContext::RemoteApplication);
        assert_eq!(fails_with(&mut job, application).0, state, "{status}");
        assert_eq!(job.posts_again(), status != 403, "ERR-29: {status}");
    }
}

/// ERR-29
#[test]
fn after_403_the_file_is_not_posted_again_even_after_resume() {
    let mut job = job_in(JobType::UploadReply, Transferring);
    assert!(job.posts_again());
    let refusal = Failure::http(403).in_context(ErrorContext::RemoteApplication);
    event(&mut job, Event::Failed(refusal), start());
    for input in [Event::Picked, Event::Connected, failed(500)] {
        if job.state() == JobState::Error {
            call(&mut job, Call::Resume, start());
        }
        assert!(!job.posts_again());
        event(&mut job, input, start());
    }
    assert!(!job.posts_again());
}

/// ERR-32, T3
#[test]
fn failures_outside_the_table_are_transient_or_fatal_too() {
    for (code, state) in [
        (HResult::BG_E_TIMEOUT, TransientError),
        (HResult::ERROR_INTERNET_CONNECTION_RESET, TransientError),
        (HResult::BG_E_CONNECT_FAILURE, TransientError),
        (HResult::ERROR_DISK_FULL, JobState::Error),
        (HResult::ERROR_LOGON_FAILURE, JobState::Error),
        (HResult::new(0x8004_1234), JobState::Error),
        (HResult::from_win32(0xBEEF), JobState::Error), // ERR-33
    ] {
        let found = fails_with(&mut download_in(Transferring), Failure::new(code).unwrap());
        assert_eq!((found.0, found.1), (state, code));
    }
}

#[test]
fn the_reading_of_a_failed_connection_changes_its_context_only() {
    let remote = ConnectionContext::RemoteFile;
    let readings = Readings { connection_context: remote, ..Readings::documented() };
    for (code, context) in [
        (HResult::ERROR_WINHTTP_CANNOT_CONNECT, ErrorContext::RemoteFile),
        (HResult::ERROR_WINHTTP_NAME_NOT_RESOLVED, ErrorContext::RemoteFile),
        (HResult::BG_E_CONNECT_FAILURE, ErrorContext::RemoteFile),
        // Not failed connections to a server.
        (HResult::BG_E_NETWORK_DISCONNECTED, ErrorContext::GeneralTransport),
        (HResult::BG_E_INVALID_PROXY_INFO, ErrorContext::GeneralTransport),
        (HResult::BG_E_BLOCKED_BY_POLICY, ErrorContext::GeneralQueueManager),
    ] {
        let mut job = job_at(options_with(JobType::Download, readings), Connecting);
        let failure = Failure::new(code).unwrap();
        let found = fails_with(&mut job, failure);
        let documented = fails_with(&mut download_in(Connecting), failure);
        assert_eq!((found.0, found.1), (documented.0, documented.1));
        assert_eq!(found.2, context, "{code}");
    }
}

/// HTTP-13, FILES-29: the redirected URL becomes the remote name.
#[test]
fn a_refused_redirect_is_fatal_under_the_code_of_the_reading() {
    for status in [300_u16, 301, 302, 303, 307] {
        for (redirect_code, base) in
            [(RedirectCode::Win32, 0x8007_0000), (RedirectCode::Http, 0x8019_0000)]
        {
            let readings = Readings { redirect_code, ..Readings::documented() };
            let mut job = job_at(options_with(JobType::Download, readings), Connecting);
            let url = "https://example.org/moved.bin";
            call(&mut job, disallow_redirects(), start());
            event(&mut job, Event::Redirected(status, url.into()), start());
            let error = *job.error().unwrap();
            assert_eq!(job.state(), JobState::Error);
            assert_eq!(error.code(), HResult::new(base + u32::from(status)));
            assert_eq!(error.context(), ErrorContext::RemoteFile);
            let file = error.file().unwrap();
            assert_eq!(&*job.file(file).unwrap().remote_name, url);
        }
    }
}

/// LIFE-24
#[test]
fn a_failing_file_stops_the_whole_job() {
    let mut job = new_job(JobOptions::default());
    call(&mut job, Call::add_file(file(1)), start());
    bring_to(&mut job, Transferring, start());
    event(&mut job, failed(404), start());
    for late in [Event::Progressed(5), Event::FileTransferred, Event::Connected, Event::Picked] {
        ignored(&mut job, late, start());
    }
    assert_eq!(job.progress().bytes_transferred, 0);
}

/// One more failed attempt.
fn attempt(job: &mut JobStateMachine, connect: bool, failure: Event) {
    if job.state() != Queued {
        call(job, Call::Resume, start());
    }
    event(job, Event::Picked, start());
    if connect {
        event(job, Event::Connected, start());
    }
    event(job, failure, start());
}

/// ERR-22 to ERR-24
#[test]
fn every_failed_attempt_counts_and_nothing_resets_the_count() {
    let mut job = download_in(Suspended);
    attempt(&mut job, true, failed(503));
    attempt(&mut job, true, failed(404));
    assert_eq!(job.error_count(), 2, "ERR-23: from TRANSFERRING to either error state");
    attempt(&mut job, false, failed(503));
    assert_eq!(job.error_count(), 3);
    run_deadlines(&mut job, at(600));
    attempt(&mut job, false, failed(503));
    assert_eq!(job.error_count(), 4, "ERR-24: a failed retry counts");
    run_deadlines(&mut job, at(2_000_000));
    assert_eq!(job.error_count(), 4, "ERR-26: the no-progress timeout is no attempt");
    bring_to(&mut job, Transferred, start());
    call(&mut job, complete(), start());
    assert_eq!(job.error_count(), 4, "ERR-22: success does not reset it");
}

/// ERR-26
#[test]
fn whether_a_first_failure_in_connecting_counts_is_a_reading() {
    for (first_failure, counts) in
        [(FirstFailure::Counts, [1, 2, 3, 4]), (FirstFailure::DoesNotCount, [0, 1, 1, 2])]
    {
        let readings = Readings { first_failure, ..Readings::documented() };
        let mut job = job_at(options_with(JobType::Download, readings), Suspended);
        attempt(&mut job, false, failed(503));
        assert_eq!(job.error_count(), counts[0], "a first attempt, {first_failure}");
        run_deadlines(&mut job, at(600));
        attempt(&mut job, false, failed(404));
        assert_eq!(job.error_count(), counts[1], "ERR-24: a retry from TRANSIENT_ERROR");
        attempt(&mut job, false, failed(404));
        assert_eq!(job.error_count(), counts[2], "an attempt from ERROR");
        attempt(&mut job, true, failed(404));
        assert_eq!(job.error_count(), counts[3], "ERR-23: from TRANSFERRING");
    }
}

/// ERR-25, ERR-27
#[test]
fn holds_do_not_count() {
    let blocks = Block::ALL.iter().map(|block| ComputerEvent::Blocked(*block).into());
    let causes: [Event; 2] = [ComputerEvent::NetworkLost.into(), Event::VolumeLocked];
    for no_progress_timeout in [600, 0] {
        for cause in causes.iter().cloned().chain(blocks.clone()) {
            let mut job = download_in(Suspended);
            call(&mut job, Call::SetNoProgressTimeout(no_progress_timeout), start());
            attempt(&mut job, true, cause.clone());
            assert_eq!(job.error_count(), 0, "{cause} at NPT {no_progress_timeout}");
        }
    }
    let mut job = download_in(Transferring);
    event(&mut job, ComputerEvent::NetworkLost, start());
    event(&mut job, ComputerEvent::NetworkRestored, start());
    event(&mut job, Event::Picked, start());
    call(&mut job, cost_flags(CostFlags::TRANSFER_STANDARD), start());
    event(&mut job, roaming(), start());
    assert_eq!((job.state(), job.error_count()), (TransientError, 0));
}

/// ERR-23
#[test]
fn every_way_from_transferring_into_error_counts_once() {
    let mut validated = download_in(Suspended);
    call(&mut validated, Call::add_file(file(1)), start());
    bring_to(&mut validated, Transferring, start());
    event(&mut validated, Event::FileTransferred, start());
    call(&mut validated, invalid(0), start());

    let mut too_long = download_in(Suspended);
    call(&mut too_long, Call::SetMaximumDownloadTime(60), start());
    bring_to(&mut too_long, Transferring, start());
    run_deadlines(&mut too_long, at(61));

    let mut redirected = download_in(Transferring);
    call(&mut redirected, disallow_redirects(), start());
    event(&mut redirected, Event::Redirected(302, "https://example.org/".into()), start());

    for job in [validated, too_long, redirected] {
        assert_eq!((job.state(), job.error_count()), (JobState::Error, 1));
    }
}

/// SCHED-17
#[test]
fn a_foreground_job_that_reports_a_background_block_is_merely_retried() {
    let mut job = download_in(Suspended);
    call(&mut job, Call::SetPriority(JobPriority::Foreground), start());
    bring_to(&mut job, Transferring, start());
    event(&mut job, failed_with(HResult::BG_E_BLOCKED_BY_POLICY), start());
    assert_eq!(job.state(), TransientError);
    assert_eq!(run_deadlines(&mut job, at(600)), [Queued]);
}
