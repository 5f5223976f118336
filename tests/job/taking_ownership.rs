//! TakeOwnership: who may, what is taken away, what stays.

use crate::common::*;
use bits_emulator::accounts::{IntegrityLevel, Sid, Token};
use bits_emulator::machine::{
    Call, CallbackInterface, Deadline, Event, FileAccess, JobOptions, JobStateMachine, Recipient,
};
use bits_emulator::settings::{
    AuthScheme, AuthTarget, CertStoreLocation, CertificateId, CertificateLookup, ClientCertificate,
    Credentials,
};
use bits_emulator::{HResult, JobPriority, JobState, NotifyFlags};
use chrono::TimeDelta;

const ALICE: Token = Token::user(1001);
const CAROL: Token = Token::administrator(500);
const HASH: [u8; 20] = [7; 20];

fn take() -> Call {
    Call::TakeOwnership(FileAccess::Granted)
}

fn secrets() -> [Call; 4] {
    let certificate = ClientCertificate {
        location: CertStoreLocation::CurrentUser,
        store_name: Some("MY".into()),
        id: Some(CertificateId::Hash(HASH.into())),
    };
    let (target, scheme) = (AuthTarget::Server, AuthScheme::Basic);
    [
        Call::SetCredentials(Credentials::new(target, scheme, "alice", "secret").into()),
        Call::SetClientCertificate(certificate.into(), CertificateLookup::Found),
        Call::SetCustomHeaders(Some("X-Key: 1\r\n".into())),
        Call::set_notify_cmd_line(r"C:\done.exe", Some(r"C:\done.exe 1")),
    ]
}

fn has_secrets(job: &JobStateMachine) -> [bool; 4] {
    [
        job.credentials(AuthTarget::Server, AuthScheme::Basic).is_some(),
        job.client_certificate().is_ok(),
        job.request_headers().is_some(),
        job.notify_cmd_line() != ("", ""),
    ]
}

/// A job with everything that a take-over removes, and much that it does not.
fn rich_job(owner: Token, state: JobState) -> JobStateMachine {
    let mut job = new_job(JobOptions { owner, ..JobOptions::default() });
    for secret in secrets() {
        call(&mut job, secret, start());
    }
    call(&mut job, Call::SetPriority(JobPriority::High), start());
    call(&mut job, Call::SetMinimumRetryDelay(60), start());
    call(&mut job, Call::SetNotifyFlags(NotifyFlags::JOB_ERROR), start());
    call(&mut job, Call::SetNotifyInterface(Some(CallbackInterface::Callback2)), start());
    bring_to(&mut job, state, start());
    job
}

fn unfinished() -> impl Iterator<Item = JobState> {
    JobState::ALL.iter().copied().filter(|state| !state.is_final())
}

/// SEC-06: an administrator, and elevated.
#[test]
fn only_an_elevated_administrator_takes_a_job_over() {
    let below = Token { elevated: false, integrity: IntegrityLevel::High, ..CAROL };
    let elevated_user = Token { elevated: true, integrity: IntegrityLevel::High, ..ALICE };
    for state in unfinished() {
        for by in [ALICE, Token::user(1002), elevated_user, below] {
            let mut job = download_in(state);
            let before = job.clone();
            let denied = job.call_by(&by, take(), start()).unwrap_err();
            assert_eq!(denied.code(), HResult::E_ACCESSDENIED, "{by:?} in {state}");
            assert_eq!(job, before);
        }
        let mut job = download_in(state);
        job.call_by(&CAROL, take(), start()).unwrap();
        assert_eq!((job.owner(), job.state()), (CAROL.user, state));
    }
}

/// SEC-06: what the files say, and the state.
#[test]
fn a_take_over_may_fail_at_the_files_and_in_final_states() {
    for (access, code) in [
        (FileAccess::Denied, HResult::BG_E_NEW_OWNER_NO_FILE_ACCESS),
        (FileAccess::OtherMapping, HResult::BG_E_NEW_OWNER_DIFF_MAPPING),
    ] {
        for state in unfinished() {
            let mut job = rich_job(ALICE, state);
            let before = job.clone();
            let refused = job.call_by(&CAROL, Call::TakeOwnership(access), start()).unwrap_err();
            assert_eq!((refused.code(), job == before), (code, true), "{access:?} in {state}");
        }
    }
    for state in [Acknowledged, Cancelled] {
        let refused = download_in(state).call_by(&CAROL, take(), start()).unwrap_err();
        assert_eq!(refused.code(), HResult::BG_E_INVALID_STATE, "{state}");
    }
}

/// SEC-07, INV-52: in every state; SEC-10: also if the owner takes its own job.
#[test]
fn the_new_owner_gets_no_secrets() {
    for owner in [ALICE, CAROL] {
        for state in unfinished() {
            let mut job = rich_job(owner, state);
            assert_eq!(has_secrets(&job), [true; 4], "{state}");
            job.call_by(&CAROL, take(), start()).unwrap();
            assert_eq!(has_secrets(&job), [false; 4], "{state}");
            assert_eq!(job.owner(), CAROL.user, "{state}");
            assert_eq!(job.custom_headers(&CAROL), Ok(None), "{state}");
            assert_eq!(
                job.client_certificate().unwrap_err().code(),
                HResult::RPC_X_BAD_STUB_DATA,
                "{state}"
            );
            assert!(job.custom_headers(&ALICE).is_err(), "{state}: PROP-23");
        }
    }
}

/// SEC-09: the state, the progress, the timers, the priority, the error object and the flags stay; the
/// modification time does not.
#[test]
fn everything_else_stays() {
    let later = at(30);
    for state in unfinished() {
        let mut job = rich_job(ALICE, state);
        let old = job.clone();
        job.call_by(&CAROL, take(), later).unwrap();
        assert_eq!(job.state(), old.state());
        assert_eq!(job.progress(), old.progress(), "{state}");
        assert_eq!(job.priority(), JobPriority::High, "{state}");
        assert_eq!(job.notify_flags(), NotifyFlags::JOB_ERROR, "{state}");
        assert_eq!(job.minimum_retry_delay(), 60, "{state}");
        assert_eq!(get_error(&job), get_error(&old), "{state}");
        assert_eq!(job.error_count(), old.error_count(), "{state}");
        for timer in
            [Deadline::RetryDelay, Deadline::NoProgressTimeout, Deadline::MaximumDownloadTime]
        {
            assert_eq!(job.deadline(timer), old.deadline(timer), "{timer} in {state}");
        }
        assert_eq!(old.times().modification, start());
        assert_eq!(job.times().modification, later, "{state}");
        assert_eq!(job.times().creation, old.times().creation, "{state}");
        assert_eq!(job.notify_interface(), Some(CallbackInterface::Callback2), "SEC-07");
    }
}

/// NOTIFY-30: the callback goes on in the context of whoever set it; the command line is gone.
#[test]
fn the_callback_runs_for_whoever_set_it() {
    for (state, flag) in
        [(Transferred, NotifyFlags::JOB_TRANSFERRED), (JobState::Error, NotifyFlags::JOB_ERROR)]
    {
        let mut job = rich_job(ALICE, Suspended);
        call(&mut job, Call::SetNotifyFlags(flag), start());
        job.call_by(&CAROL, take(), start()).unwrap();
        bring_to(&mut job, state, start());
        let due: Vec<_> = job.due_notifications().collect();
        assert_eq!(due.len(), 1, "{state}");
        assert_eq!((due[0].recipient, due[0].user), (Recipient::Callback, ALICE.user), "{state}");

        let mut silent = rich_job(ALICE, Suspended);
        call(&mut silent, Call::SetNotifyInterface(None), start());
        call(&mut silent, Call::SetNotifyFlags(flag), start());
        silent.call_by(&CAROL, take(), start()).unwrap();
        bring_to(&mut silent, state, start());
        assert_eq!(silent.due_notifications().next(), None, "{state}");
    }
}

/// SEC-08: what counts from now on are the sessions of the new owner.
#[test]
fn the_job_runs_while_the_new_owner_is_logged_on() {
    // Waiting for the old owner, who logged off.
    let mut job = rich_job(ALICE, Transferring);
    event(&mut job, Event::OwnerLoggedOff, start());
    assert!(job.state() == Queued && !job.is_eligible());
    job.call_by(&CAROL, take(), start()).unwrap();
    assert!(job.is_eligible());

    bring_to_transferring(&mut job);
    event(&mut job, Event::OwnerLoggedOff, start());
    assert!(job.state() == Queued && !job.is_eligible());
    ignored(&mut job, Event::Picked, start());
    event(&mut job, Event::OwnerLoggedOn, start());
    assert!(job.is_eligible());
    bring_to_transferring(&mut job);

    // A service is always logged on (NET-02).
    job.call_by(&Token::service(Sid::LocalSystem), take(), start()).unwrap();
    ignored(&mut job, Event::OwnerLoggedOff, start());
    assert_eq!(job.state(), Transferring);
}

fn bring_to_transferring(job: &mut JobStateMachine) {
    event(job, Event::Picked, start());
    event(job, Event::Connected, start());
}

/// SEC-14: the token at creation or take-over counts, whoever calls later.
#[test]
fn the_owner_is_described_as_of_creation_or_take_over() {
    let high = Token { integrity: IntegrityLevel::High, elevated: true, ..ALICE };
    for (owner, sid) in [
        (ALICE, "S-1-5-21-0-0-0-1001"),
        (high, "S-1-5-21-0-0-0-1001"),
        (CAROL, "S-1-5-21-0-0-0-500"),
        (Token::service(Sid::LocalSystem), "S-1-5-18"),
        (Token::service(Sid::LocalService), "S-1-5-19"),
        (Token::service(Sid::NetworkService), "S-1-5-20"),
    ] {
        let mut job = new_job(JobOptions { owner, ..JobOptions::default() });
        let described = |job: &JobStateMachine| {
            let level = job.owner_integrity_level();
            (job.owner().to_string(), level, job.owner_elevation_state())
        };
        let expected = (sid.to_owned(), owner.integrity, owner.elevated);
        assert_eq!(described(&job), expected);

        let system = Token { integrity: IntegrityLevel::System, ..CAROL };
        job.call_by(&system, Call::SetPriority(JobPriority::Low), start()).unwrap();
        assert_eq!(described(&job), expected, "a caller is no owner");
        job.call_by(&system, take(), start() + TimeDelta::seconds(1)).unwrap();
        let taken = ("S-1-5-21-0-0-0-500".to_owned(), IntegrityLevel::System, true);
        assert_eq!(described(&job), taken);
    }
}
