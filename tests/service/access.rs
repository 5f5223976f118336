//! Whose jobs they are: owners, administrators, elevation and integrity.

use crate::support::*;
use bits_emulator::accounts::{IntegrityLevel, Sid, Token};
use bits_emulator::machine::{Call, Event, FileAccess};
use bits_emulator::service::{Service, ServiceStep};
use bits_emulator::settings::HelperTokenFlags;
use bits_emulator::{HResult, JobPriority, JobState, NotifyFlags};

const HIGH_ALICE: Token = Token { elevated: true, integrity: IntegrityLevel::High, ..ALICE };

/// An administrator without an elevated process.
const PLAIN_CAROL: Token = Token { elevated: false, integrity: IntegrityLevel::Medium, ..CAROL };

fn low(token: Token) -> Token {
    Token { integrity: IntegrityLevel::Low, ..token }
}

fn rename() -> Call {
    Call::SetDisplayName(Some("renamed".into()))
}

fn take_over() -> Call {
    Call::TakeOwnership(FileAccess::Granted)
}

/// SEC-01 to SEC-04, CREATE-11: who may retrieve whose job.
#[test]
fn who_may_have_a_job() {
    let system = Token::service(Sid::LocalSystem);
    for (owner, by, refused_by) in [
        // SEC-01, SEC-02: the owner, and nobody else without rights.
        (ALICE, ALICE, None),
        (ALICE, BOB, Some("SEC-02")),
        (ALICE, Token { elevated: true, ..BOB }, Some("SEC-02")),
        (CAROL, ALICE, Some("SEC-02")),
        (system, ALICE, Some("SEC-02")),
        (ALICE, Token::service(Sid::LocalService), Some("SEC-02")),
        (ALICE, PLAIN_CAROL, Some("SEC-02")),
        // SEC-03: an administrator need not own it.
        (ALICE, CAROL, None),
        (ALICE, system, None),
        (BOB, Token::administrator(501), None),
        // SEC-04: what was made elevated is for the elevated.
        (HIGH_ALICE, ALICE, Some("SEC-04")),
        (HIGH_ALICE, HIGH_ALICE, None),
        (HIGH_ALICE, CAROL, None),
        (CAROL, PLAIN_CAROL, Some("SEC-04")),
        (PLAIN_CAROL, CAROL, None),
    ] {
        let mut service = service();
        let id = create(&mut service, &owner);
        match refused_by {
            Some(rule) => denied(service.open(&by, id), rule),
            None => assert_eq!(service.open(&by, id).unwrap().owner(), owner.user),
        }
        let listed = service.enumerate(&by, false).unwrap();
        assert_eq!(listed.contains(&id), owner.user == by.user && refused_by.is_none());
    }
}

/// SEC-05: not even as administrator. The level of the creator counts, whoever owns the job now.
#[test]
fn a_lower_integrity_level_changes_nothing() {
    for (creator, by, allowed) in [
        (ALICE, ALICE, true),
        (ALICE, low(ALICE), false),
        (low(ALICE), low(ALICE), true),
        (ALICE, CAROL, true),
        (ALICE, low(CAROL), false),
        (Token::service(Sid::LocalSystem), CAROL, false),
        (CAROL, Token::service(Sid::LocalSystem), true),
    ] {
        let mut service = service();
        let id = create(&mut service, &creator);
        if allowed {
            call(&mut service, &by, id, rename());
        } else {
            let error = refused(&mut service, &by, id, rename());
            denied(Err::<(), _>(error), "SEC-05");
        }
    }
    let mut service = service();
    let id = create(&mut service, &low(ALICE));
    call(&mut service, &CAROL, id, take_over());
    call(&mut service, &low(CAROL), id, rename());
}

/// SEC-03: the job stays the user's.
#[test]
fn an_administrator_changes_a_job_without_owning_it() {
    let mut service = service();
    let id = suspended(&mut service, &ALICE, JobPriority::Normal);
    for change in [rename(), Call::SetPriority(JobPriority::High), Call::Resume] {
        call(&mut service, &CAROL, id, change);
    }
    assert_eq!(job(&service, id).owner(), ALICE.user);
    assert_eq!(service.enumerate(&ALICE, false).unwrap(), [id]);
    // SEC-01, NET-01: whose session counts is the owner's.
    let _ = service.log_off(CAROL.user);
    assert_eq!(steps(&service), [ServiceStep::Pick(id)]);
    let _ = service.log_off(ALICE.user);
    assert_eq!(steps(&service), []);
}

/// SEC-06: administrators, and elevated; the disk and the state have a say.
#[test]
fn who_may_take_a_job_over() {
    for (by, access, refusal) in [
        (ALICE, FileAccess::Granted, Some(HResult::E_ACCESSDENIED)),
        (BOB, FileAccess::Granted, Some(HResult::E_ACCESSDENIED)),
        (HIGH_ALICE, FileAccess::Granted, Some(HResult::E_ACCESSDENIED)),
        (PLAIN_CAROL, FileAccess::Granted, Some(HResult::E_ACCESSDENIED)),
        (CAROL, FileAccess::Denied, Some(HResult::BG_E_NEW_OWNER_NO_FILE_ACCESS)),
        (CAROL, FileAccess::OtherMapping, Some(HResult::BG_E_NEW_OWNER_DIFF_MAPPING)),
        (CAROL, FileAccess::Granted, None),
        (Token::service(Sid::LocalSystem), FileAccess::Granted, None),
    ] {
        let mut service = service();
        let id = queued(&mut service, &ALICE, JobPriority::Normal);
        match refusal {
            Some(code) => {
                let error = refused(&mut service, &by, id, Call::TakeOwnership(access));
                assert_eq!(error.code(), code, "{by:?}");
            }
            None => {
                call(&mut service, &by, id, Call::TakeOwnership(access));
                assert_eq!(job(&service, id).owner(), by.user);
            }
        }
    }
    let mut service = service();
    let id = job_in(&mut service, &ALICE, Cancelled);
    let error = refused(&mut service, &CAROL, id, take_over());
    assert_eq!(error.code(), HResult::BG_E_INVALID_STATE);
    assert_eq!(service.queue_length(), 0);
}

/// SEC-07, NOTIFY-30: the command line goes, the callback stays and is called for whoever set it.
#[test]
fn a_take_over_moves_the_job_and_keeps_its_callback() {
    let mut service = service();
    let id = job_in(&mut service, &ALICE, Transferring);
    listen(&mut service, &ALICE, id, NotifyFlags::JOB_TRANSFERRED);
    call(&mut service, &ALICE, id, Call::set_notify_cmd_line(r"C:\done.exe", None));
    call(&mut service, &CAROL, id, take_over());
    assert_eq!(service.enumerate(&ALICE, false).unwrap(), []);
    assert_eq!(service.enumerate(&CAROL, false).unwrap(), [id]);
    // SEC-04: it was taken over in elevated state.
    denied(service.open(&PLAIN_CAROL, id), "SEC-04");
    denied(service.open(&ALICE, id), "SEC-02");
    assert_eq!(job(&service, id).notify_cmd_line(), ("", ""));

    transfer(&mut service, id);
    settle(&mut service);
    assert_eq!(service.callbacks_in_flight(ALICE.user), 1);
    assert_eq!(service.callbacks_in_flight(CAROL.user), 0);
}

/// SEC-08, NET-01: whether the old owner is logged on does not matter any more.
#[test]
fn after_a_take_over_the_new_owners_sessions_count() {
    for goal in [Queued, Connecting, Transferring] {
        let mut service = service();
        let _ = service.log_off(CAROL.user);
        let id = job_in(&mut service, &ALICE, goal);
        let stepped = service.call(&CAROL, id, take_over()).unwrap();
        assert_eq!(state(&service, id), Queued, "{goal}: NET-10");
        let stops = stepped.outcome.effects.contains(bits_emulator::machine::Effect::StopTransfer);
        assert_eq!(stops, goal != Queued, "{goal}");
        assert_eq!(steps(&service), [], "{goal}: carol is away");

        let _ = service.log_on(CAROL.user);
        assert_eq!(steps(&service), [ServiceStep::Pick(id)], "{goal}");
        let _ = service.log_off(ALICE.user);
        assert_eq!(steps(&service), [ServiceStep::Pick(id)], "{goal}: alice is nobody");
    }
    // One that waited for its old owner.
    let mut service = service();
    let id = queued(&mut service, &ALICE, JobPriority::Normal);
    let _ = service.log_off(ALICE.user);
    assert_eq!(steps(&service), []);
    call(&mut service, &CAROL, id, take_over());
    assert_eq!(steps(&service), [ServiceStep::Pick(id)]);
    let _ = service.log_off(CAROL.user);
    let _ = service.log_on(ALICE.user);
    assert_eq!(steps(&service), []);
    assert!(service.handle(id, Event::Picked).unwrap().outcome.was_ignored());
}

/// SEC-08, NET-12: that its new owner is away is no logoff, and the helper token stays.
#[test]
fn a_take_over_by_somebody_away_keeps_the_helper_token() {
    let mut service = service();
    let _ = service.log_off(CAROL.user);
    let id = running(&mut service, &ALICE, JobPriority::Normal);
    call(&mut service, &ALICE, id, Call::SetHelperTokenFlags(HelperTokenFlags::NETWORK));
    call(&mut service, &ALICE, id, Call::SetHelperToken);
    call(&mut service, &CAROL, id, take_over());
    assert_eq!(state(&service, id), Queued);
    let helper = |service: &Service| service.job(id).unwrap().helper_token_sid();
    assert_eq!(helper(&service), Some(ALICE.user));
    // NET-12: once she comes and goes, it is lost.
    let _ = service.log_on(CAROL.user);
    let _ = service.log_off(CAROL.user);
    assert_eq!(helper(&service), None);
    assert_eq!(state(&service, id), JobState::Error);
}

/// SEC-08, SCHED-02: it gives up the place for background jobs.
#[test]
fn a_take_over_by_somebody_away_lets_others_run() {
    let mut service = service();
    let _ = service.log_off(CAROL.user);
    let taken = running(&mut service, &ALICE, JobPriority::High);
    let other = queued(&mut service, &BOB, JobPriority::Low);
    assert_eq!(steps(&service), []);
    call(&mut service, &CAROL, taken, take_over());
    assert_eq!(steps(&service), [ServiceStep::Pick(other)]);
    settle(&mut service);
    // NET-11, SCHED-05: with its owner it comes first again.
    let _ = service.log_on(CAROL.user);
    settle(&mut service);
    assert_eq!(states(&service, &[taken, other]), [Connecting, Queued]);
}
