//! The client's own check of server certificates.

use std::sync::Arc;

use crate::common::*;
use bits_emulator::machine::{
    Call, ComputerEvent, Effect, Event, JobStateMachine, ValidationInterface,
};
use bits_emulator::settings::HttpSecurityFlags;
use bits_emulator::{Error, ErrorContext, HResult, JobState, JobType};
use chrono::{DateTime, Utc};

const SERVER: &str = "example.com:443";
const REQUIRED: HResult = HResult::BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED;

fn set(interface: ValidationInterface) -> Call {
    Call::SetServerCertificateValidationInterface(interface)
}

fn set_check() -> Call {
    set(ValidationInterface::Callback)
}

/// A download with a check, in that state.
fn checked_job(state: JobState) -> JobStateMachine {
    let mut job = new_job(options(JobType::Download));
    call(&mut job, set_check(), start());
    bring_to(&mut job, state, start());
    job
}

/// The server shows a certificate; whether the client is asked.
#[track_caller]
fn shows(job: &mut JobStateMachine, server: &str, hash: u8, now: DateTime<Utc>) -> bool {
    let received = Event::CertificateReceived(server.into(), Arc::new([hash; 20]));
    event_outcome(job, received, now).effects.contains(Effect::CheckCertificate)
}

#[track_caller]
fn answers(job: &mut JobStateMachine, code: HResult, now: DateTime<Utc>) {
    event(job, Event::CertificateChecked(code), now);
}

/// A job whose client accepted the certificate 1 of the server in an attempt that goes on.
fn accepted_job() -> JobStateMachine {
    let mut job = checked_job(Connecting);
    assert!(shows(&mut job, SERVER, 1, start()));
    answers(&mut job, HResult::S_OK, start());
    assert_eq!(job.state(), Connecting);
    job
}

/// Another attempt.
fn reconnect(job: &mut JobStateMachine) {
    event(job, Event::SliceOver, start());
    event(job, Event::Picked, start());
}

/// PROP-26: the check may be set, and removed, only while the job is paused.
#[test]
fn the_check_is_set_in_paused_states() {
    let active = HResult::BG_E_READ_ONLY_WHEN_JOB_ACTIVE;
    for (state, refusal) in [
        (Suspended, None),
        (JobState::Error, None),
        (Transferred, None),
        (Queued, Some(active)),
        (Connecting, Some(active)),
        (Transferring, Some(active)),
        (TransientError, Some(active)),
        (Acknowledged, Some(HResult::BG_E_INVALID_STATE)),
        (Cancelled, Some(HResult::BG_E_INVALID_STATE)),
    ] {
        for interface in [ValidationInterface::Callback, ValidationInterface::Null] {
            let mut job = checked_job(state);
            match refusal {
                None => {
                    call(&mut job, set(interface), start());
                    let set = interface == ValidationInterface::Callback;
                    assert_eq!(job.checks_certificates(), set, "{state}");
                }
                Some(code) => {
                    let error = refused(&mut job, set(interface), start());
                    assert_eq!(error.code(), code, "{state}");
                    assert!(job.checks_certificates(), "{state}");
                }
            }
        }
    }
}

/// PROP-26: the refusal names the states in which the call is accepted.
#[test]
fn the_refusal_names_the_paused_states() {
    let mut job = download_in(Queued);
    let Error::ReadOnlyWhenActive { allowed, .. } = refused(&mut job, set_check(), start()) else {
        panic!("refused otherwise");
    };
    assert_eq!(allowed.to_string(), "SUSPENDED, ERROR or TRANSFERRED");
}

/// PROP-26: an object without the interface is E_NOINTERFACE, and the check set before stays.
#[test]
fn an_object_without_the_interface_is_refused() {
    for mut job in [download_in(Suspended), checked_job(Suspended)] {
        let before = job.checks_certificates();
        let error = refused(&mut job, set(ValidationInterface::Wrong), start());
        assert_eq!(error.code(), HResult::E_NOINTERFACE);
        assert_eq!(job.checks_certificates(), before);
    }
}

/// PROP-26: null removes the check: nobody is asked any more.
#[test]
fn null_removes_the_check() {
    let mut job = checked_job(Suspended);
    call(&mut job, set(ValidationInterface::Null), start());
    bring_to(&mut job, Connecting, start());
    assert!(!shows(&mut job, SERVER, 1, start()));
    event(&mut job, Event::Connected, start());
}

/// PROP-27: the client is asked before the request, while the job is CONNECTING, and once for a
/// certificate. With its consent the attempt goes on.
#[test]
fn an_accepted_certificate_lets_the_attempt_go_on() {
    let mut unchecked = download_in(Connecting);
    assert!(!shows(&mut unchecked, SERVER, 1, start()), "no check is set");

    let mut job = checked_job(Connecting);
    assert!(shows(&mut job, SERVER, 1, start()));
    assert_eq!(job.state(), Connecting);
    answers(&mut job, HResult::S_OK, start());
    ignored(&mut job, Event::CertificateChecked(HResult::E_ACCESSDENIED), start());
    event(&mut job, Event::Connected, start());
    transfer_all(&mut job, start());
    assert_eq!(get_error(&job), HResult::BG_E_ERROR_INFORMATION_UNAVAILABLE);
}

/// PROP-27: a refusal is a transient error under the callback's code, whatever that is elsewhere, in
/// SERVER_CERTIFICATE_CALLBACK; the job is retried after the retry delay, and the client asked again
/// (PROP-29).
#[test]
fn a_declined_certificate_is_a_transient_error() {
    for code in [
        HResult::E_ACCESSDENIED,
        HResult::E_NOTIMPL,
        HResult::BG_E_HTTP_ERROR_404,
        HResult::BG_E_NETWORK_DISCONNECTED,
        HResult::BG_E_DESTINATION_LOCKED,
        HResult::BG_E_BLOCKED_BY_POLICY,
        HResult::new(0x8000_4321),
    ] {
        let mut job = checked_job(Connecting);
        assert!(shows(&mut job, SERVER, 1, start()));
        answers(&mut job, code, start());
        assert_eq!(job.state(), TransientError, "{code}");
        assert_eq!(get_error(&job), code);
        let context = job.error().unwrap().context();
        assert_eq!(context, ErrorContext::ServerCertificateCallback, "{code}");
        run_deadlines(&mut job, at(600));
        assert_eq!(job.state(), Queued, "{code}");
        event(&mut job, Event::Picked, at(600));
        assert!(shows(&mut job, SERVER, 1, at(600)), "a refusal is not cached");
    }
}

/// HTTP-11, PROP-27: the checks of the system come first; what they refuse, the client is never
/// asked about.
#[test]
fn the_system_checks_first() {
    for code in [
        HResult::ERROR_WINHTTP_SECURE_CERT_DATE_INVALID,
        HResult::ERROR_WINHTTP_SECURE_CERT_CN_INVALID,
        HResult::ERROR_WINHTTP_SECURE_INVALID_CA,
        HResult::ERROR_WINHTTP_SECURE_CERT_WRONG_USAGE,
        HResult::ERROR_WINHTTP_SECURE_CERT_REVOKED,
    ] {
        let mut job = checked_job(Connecting);
        let outcome = event_outcome(&mut job, failed_with(code), start());
        assert!(outcome.effects.is_empty());
        assert_eq!((job.state(), get_error(&job)), (JobState::Error, code));
        assert_ne!(job.error().unwrap().context(), ErrorContext::ServerCertificateCallback);
        ignored(&mut job, Event::CertificateChecked(HResult::S_OK), start());
    }
}

/// HTTP-11, PROP-20: flags that make the system ignore errors do not stand in for the client's own
/// check.
#[test]
fn ignored_errors_do_not_replace_the_check() {
    let mut job = new_job(options(JobType::Download));
    call(&mut job, Call::SetSecurityFlags(HttpSecurityFlags::IGNORE_UNKNOWN_CA), start());
    call(&mut job, set_check(), start());
    bring_to(&mut job, Connecting, start());
    assert!(shows(&mut job, SERVER, 1, start()));
}

/// PROP-28, PROP-26: the object is not persisted: it ends with its client and with a restart. The
/// next certificate that is not accepted puts the job in ERROR.
#[test]
fn a_check_that_cannot_be_called_fails_the_job() {
    for end in [Event::ClientExited, Event::Computer(ComputerEvent::ServiceRestarted)] {
        for state in [Suspended, Queued, Connecting, TransientError, JobState::Error] {
            let mut job = checked_job(state);
            event(&mut job, end.clone(), start());
            assert!(job.checks_certificates(), "that a check is wanted stays");
            if job.state() != Connecting {
                bring_to(&mut job, Connecting, start());
            }
            assert!(!shows(&mut job, SERVER, 1, start()));
            assert_eq!((job.state(), get_error(&job)), (JobState::Error, REQUIRED), "{state}");

            call(&mut job, set_check(), start());
            bring_to(&mut job, Connecting, start());
            assert!(shows(&mut job, SERVER, 1, start()), "the client set it again");
        }
    }
}

/// PROP-28: the client ends while it is asked: its check cannot be called any more.
#[test]
fn a_check_that_breaks_off_fails_the_job() {
    let mut job = checked_job(Connecting);
    assert!(shows(&mut job, SERVER, 1, start()));
    event(&mut job, Event::ClientExited, start());
    assert_eq!((job.state(), get_error(&job)), (JobState::Error, REQUIRED));
}

/// PROP-28: a restart while the client is asked begins the attempt again, which finds nobody.
#[test]
fn a_restart_during_the_check_begins_the_attempt_again() {
    let mut job = checked_job(Connecting);
    assert!(shows(&mut job, SERVER, 1, start()));
    event(&mut job, ComputerEvent::ServiceRestarted, start());
    assert_eq!(job.state(), Queued);
    ignored(&mut job, Event::CertificateChecked(HResult::S_OK), start());
    event(&mut job, Event::Picked, start());
    assert!(!shows(&mut job, SERVER, 1, start()));
    assert_eq!(get_error(&job), REQUIRED);
}

/// PROP-29: what was accepted is known by server, port and hash together, for each job.
#[test]
fn accepted_certificates_are_cached() {
    for (server, hash, asked) in [
        (SERVER, 1, false),
        (SERVER, 2, true),
        ("example.com:8443", 1, true),
        ("example.org:443", 1, true),
    ] {
        let mut job = accepted_job();
        assert_eq!(shows(&mut job, server, hash, start()), asked, "{server} {hash}");
    }
    let mut other = checked_job(Connecting);
    assert!(shows(&mut other, SERVER, 1, start()), "another job has its own cache");
}

/// PROP-29: several are cached, and they outlast attempts, errors and pauses.
#[test]
fn the_cache_outlasts_attempts() {
    let mut job = accepted_job();
    assert!(shows(&mut job, "example.org:443", 2, start()));
    answers(&mut job, HResult::S_OK, start());
    let known = |job: &mut JobStateMachine| {
        [(SERVER, 1), ("example.org:443", 2)]
            .map(|(server, hash)| shows(job, server, hash, start()))
    };
    reconnect(&mut job);
    assert_eq!(known(&mut job), [false, false]);
    event(&mut job, failed(503), start());
    bring_to(&mut job, Connecting, start());
    assert_eq!(known(&mut job), [false, false]);
    call(&mut job, Call::Suspend, start());
    bring_to(&mut job, Connecting, start());
    assert_eq!(known(&mut job), [false, false]);
}

/// PROP-29: refusals are not cached, and do not push out what was accepted.
#[test]
fn refusals_are_not_cached() {
    let mut job = accepted_job();
    assert!(shows(&mut job, SERVER, 2, start()));
    answers(&mut job, HResult::E_ACCESSDENIED, start());
    bring_to(&mut job, Connecting, start());
    assert!(!shows(&mut job, SERVER, 1, start()));
    assert!(shows(&mut job, SERVER, 2, start()));
    answers(&mut job, HResult::S_OK, start());
    reconnect(&mut job);
    assert!(!shows(&mut job, SERVER, 2, start()));
}

/// PROP-29, PROP-26: to set the check, or to remove it, clears the cache: the last caller's check
/// has accepted nothing yet.
#[test]
fn setting_the_check_clears_the_cache() {
    for between in [None, Some(set(ValidationInterface::Null))] {
        let mut job = accepted_job();
        call(&mut job, Call::Suspend, start());
        if let Some(removal) = between {
            call(&mut job, removal, start());
        }
        call(&mut job, set_check(), start());
        bring_to(&mut job, Connecting, start());
        assert!(shows(&mut job, SERVER, 1, start()));
    }
    let mut job = accepted_job();
    call(&mut job, Call::Suspend, start());
    refused(&mut job, set(ValidationInterface::Wrong), start());
    bring_to(&mut job, Connecting, start());
    assert!(!shows(&mut job, SERVER, 1, start()), "a refused call clears nothing");
}

/// PROP-29: an answer that comes after its attempt is over accepts nothing.
#[test]
fn a_late_answer_counts_for_nothing() {
    type End = fn(&mut JobStateMachine);
    let ends: [(&str, End); 4] = [
        ("suspended", |job| call(job, Call::Suspend, start())),
        ("slice over", |job| event(job, Event::SliceOver, start())),
        ("network lost", |job| {
            event(job, ComputerEvent::NetworkLost, start());
            event(job, ComputerEvent::NetworkRestored, start());
        }),
        ("failed", |job| event(job, failed(503), start())),
    ];
    for (name, end) in ends {
        let mut job = checked_job(Connecting);
        assert!(shows(&mut job, SERVER, 1, start()));
        end(&mut job);
        ignored(&mut job, Event::CertificateChecked(HResult::S_OK), start());
        bring_to(&mut job, Connecting, start());
        assert!(shows(&mut job, SERVER, 1, start()), "{name}");
    }
}

/// PROP-27: nobody is asked outside an attempt.
#[test]
fn certificates_matter_during_an_attempt_only() {
    for state in [Suspended, Queued, TransientError, JobState::Error, Transferred, Cancelled] {
        let mut job = checked_job(state);
        let received = Event::CertificateReceived(SERVER.into(), Arc::new([1; 20]));
        ignored(&mut job, received, start());
    }
}
