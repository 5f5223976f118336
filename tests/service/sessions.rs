//! Users log on and off.

use crate::support::*;
use bits_emulator::accounts::{Sid, Token};
use bits_emulator::machine::{Call, Effect, Event};
use bits_emulator::policy::Policies;
use bits_emulator::service::ServiceStep;
use bits_emulator::settings::HelperTokenFlags;
use bits_emulator::{HResult, JobPriority, JobState};

/// NET-01, NET-11: nothing of a user's runs before the logon.
#[test]
fn a_job_waits_for_its_owner() {
    for priority in JobPriority::ALL {
        let mut service = nobody_there(Policies::default());
        assert!(!service.is_logged_on(ALICE.user));
        let id = queued(&mut service, &ALICE, *priority);
        assert_eq!(steps(&service), [], "{priority}");
        let _ = service.log_on(BOB.user);
        assert_eq!(steps(&service), [], "{priority}: somebody else");
        let _ = service.log_on(ALICE.user);
        assert_eq!(steps(&service), [ServiceStep::Pick(id)], "{priority}");
    }
}

/// NET-02: the system accounts are always logged on; a service that acts for a user is not.
#[test]
fn services_need_no_session() {
    for account in [Sid::LocalSystem, Sid::LocalService, Sid::NetworkService] {
        let mut service = nobody_there(Policies::default());
        assert!(service.is_logged_on(account));
        let by = Token::service(account);
        let id = running(&mut service, &by, JobPriority::Normal);
        for _ in 0..2 {
            let _ = service.log_off(account);
            assert!(service.is_logged_on(account));
        }
        let _ = service.log_on(account);
        let _ = service.log_off(account);
        assert_eq!(state(&service, id), Transferring, "{account}");

        let impersonating = Token { user: ALICE.user, ..by };
        let for_alice = queued(&mut service, &impersonating, JobPriority::Foreground);
        assert_eq!(steps(&service), [], "{account}");
        let _ = service.log_on(ALICE.user);
        assert_eq!(steps(&service), [ServiceStep::Pick(for_alice)], "{account}");
    }
}

/// NET-03: one session is enough, and only the last one's end counts.
#[test]
fn one_session_is_enough() {
    let mut service = nobody_there(Policies::default());
    for _ in 0..3 {
        let _ = service.log_on(ALICE.user);
    }
    let id = running(&mut service, &ALICE, JobPriority::Normal);
    for left in [2, 1] {
        assert!(service.log_off(ALICE.user).is_empty());
        assert_eq!(state(&service, id), Transferring, "{left} sessions left");
    }
    assert_eq!(service.log_off(ALICE.user).len(), 1);
    assert_eq!((state(&service, id), steps(&service)), (Queued, vec![]));
    // More ends than sessions are none.
    assert!(service.log_off(ALICE.user).is_empty());
    let _ = service.log_on(ALICE.user);
    assert!(service.is_logged_on(ALICE.user));
}

/// NET-10, NET-11: what the logoff does to a job in each state, and the logon after it. By default no job
/// becomes SUSPENDED.
#[test]
fn a_logoff_stops_what_runs() {
    for before in JobState::ALL.iter().copied() {
        let mut service = service();
        let id = job_in(&mut service, &ALICE, before);
        let other = queued(&mut service, &BOB, JobPriority::Foreground);
        let stepped = service.log_off(ALICE.user);
        let expected = if before.is_active() { Queued } else { before };
        assert_eq!(state(&service, id), expected, "{before}");
        let stopped = stepped
            .iter()
            .any(|step| step.job == id && step.outcome.effects.contains(Effect::StopTransfer));
        assert_eq!(stopped, before.is_active(), "{before}");
        assert_eq!(steps(&service), [ServiceStep::Pick(other)], "{before}");
        let _ = service.log_on(ALICE.user);
        let runs = steps(&service).contains(&ServiceStep::Pick(id));
        assert_eq!(runs, expected == Queued, "{before}");
    }
}

/// NET-10: each user's own jobs, all of them.
#[test]
fn a_logoff_concerns_the_jobs_of_one_user() {
    let mut service = service();
    let owners = [ALICE, BOB, ALICE, BOB, CAROL];
    let ids = owners.map(|by| running(&mut service, &by, JobPriority::Foreground));
    let _ = service.log_off(ALICE.user);
    let expected = owners.map(|by| if by == ALICE { Queued } else { Transferring });
    assert_eq!(states(&service, &ids), expected);
}

/// NET-10, TIME-01: a retry comes to nothing but QUEUED while the owner is away.
#[test]
fn a_failed_job_is_queued_again_and_waits() {
    let mut service = service();
    let id = job_in(&mut service, &ALICE, TransientError);
    let _ = service.log_off(ALICE.user);
    run_until(&mut service, at(600));
    assert_eq!((state(&service, id), steps(&service)), (Queued, vec![]));
}

/// NET-12: at logoff helper tokens are gone, and incomplete jobs that use theirs fail; by default
/// SUSPENDED ones too.
#[test]
fn a_logoff_takes_the_helper_tokens() {
    for (state_before, flags, fails) in [
        (Transferring, HelperTokenFlags::NETWORK, true),
        (Queued, HelperTokenFlags::LOCAL_FILE, true),
        (Suspended, HelperTokenFlags::NETWORK, true),
        (Transferring, HelperTokenFlags::empty(), false),
        (Transferred, HelperTokenFlags::NETWORK, false),
    ] {
        let mut service = service();
        let id = suspended(&mut service, &ALICE, JobPriority::Normal);
        call(&mut service, &ALICE, id, Call::SetHelperTokenFlags(flags));
        call(&mut service, &ALICE, id, Call::SetHelperToken);
        if state_before != Suspended {
            call(&mut service, &ALICE, id, Call::Resume);
        }
        if matches!(state_before, Transferring | Transferred) {
            settle(&mut service);
            happens(&mut service, id, Event::Connected);
        }
        if state_before == Transferred {
            transfer(&mut service, id);
        }
        let _ = service.log_on(ALICE.user);
        let _ = service.log_off(ALICE.user);
        assert!(job(&service, id).helper_token_sid().is_some(), "not with the last session");
        let _ = service.log_off(ALICE.user);
        assert_eq!(job(&service, id).helper_token_sid(), None);
        let code = job(&service, id).error().ok().map(|error| error.code());
        assert_eq!(code, fails.then_some(HResult::BG_E_TOKEN_REQUIRED), "{state_before} {flags:?}");
        assert_eq!(state(&service, id) == JobState::Error, fails, "{state_before} {flags:?}");
        if fails {
            let _ = service.log_on(ALICE.user);
            assert_eq!(steps(&service), [], "BITS retries no such job");
            call(&mut service, &ALICE, id, Call::SetHelperToken);
            call(&mut service, &ALICE, id, Call::Resume);
            assert_eq!(steps(&service), [ServiceStep::Pick(id)]);
        }
    }
}
