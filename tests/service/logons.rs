//! Callers without an interactive logon: which calls they can make, and which not (NET-21).

use bits_emulator::accounts::{Sid, Token};
use bits_emulator::machine::{Call, Input};
use bits_emulator::policy::Policies;
use bits_emulator::readings::{CallerLogon, Readings};
use bits_emulator::service::Service;
use bits_emulator::{HResult, JobPriority, JobState, Method};

use crate::support::*;

const REFUSED: [Method; 4] =
    [Method::AddFile, Method::AddFileSet, Method::AddFileWithRanges, Method::Complete];

/// A job of alice in that state, whose session has ended since.
fn left_behind(caller_logon: CallerLogon, state: JobState) -> (Service, bits_emulator::JobId) {
    let readings = Readings { caller_logon, ..Readings::documented() };
    let mut service = Service::new(readings, Policies::default(), start());
    let _ = service.log_on(ALICE.user);
    let id = job_in(&mut service, &ALICE, state);
    let _ = service.log_off(ALICE.user);
    (service, id)
}

fn calls() -> impl Iterator<Item = Call> {
    Input::examples().into_iter().filter_map(|input| match input {
        Input::Call(call) => Some(call),
        _ => None,
    })
}

/// T1, NET-21, LIFE-28: a caller without a logon can neither add files nor complete, in any state but the
/// final ones; every other call is answered as one of a caller with a logon.
#[test]
fn without_a_logon_no_call_adds_files_or_completes() {
    let mut refusals = 0;
    for state in JobState::ALL.iter().copied() {
        let (service, id) = left_behind(CallerLogon::Required, state);
        let (other, other_id) = left_behind(CallerLogon::NotRequired, state);
        for call in calls() {
            let method = call.method();
            let with_logon = {
                let mut other = other.clone();
                other.call(&ALICE, other_id, call.clone()).map(|done| (done.after, done.outcome))
            };
            let mut service = service.clone();
            let before = service.clone();
            let result = service.call(&ALICE, id, call).map(|done| (done.after, done.outcome));
            if state.is_final() || !REFUSED.contains(&method) {
                assert_eq!(result, with_logon, "{method} in {state}");
                continue;
            }
            assert_eq!(
                result.unwrap_err().code(),
                HResult::ERROR_NOT_LOGGED_ON,
                "{method} in {state}"
            );
            assert_eq!(service, before, "{method} in {state} changed something");
            refusals += 1;
        }
    }
    assert!(refusals > 7 * REFUSED.len(), "{refusals}");
}

/// NET-21: CreateJob succeeds, and the job stays SUSPENDED in the queue, until the user logs on.
#[test]
fn a_caller_without_a_logon_has_a_job_without_files() {
    let mut service = Service::new(Readings::documented(), Policies::default(), start());
    let id = create(&mut service, &ALICE);
    let error = refused(&mut service, &ALICE, id, Call::add_file(file(0)));
    assert_eq!(error.code(), HResult::ERROR_NOT_LOGGED_ON);
    assert_eq!((state(&service, id), service.queue_length()), (Suspended, 1));
    let _ = service.log_on(ALICE.user);
    call(&mut service, &ALICE, id, Call::add_file(file(0)));
}

/// NET-21: the account of the caller decides, not that of the owner.
#[test]
fn the_account_of_the_caller_decides() {
    let mut service = Service::new(Readings::documented(), Policies::default(), start());
    let id = create(&mut service, &ALICE);
    let _ = service.log_on(CAROL.user);
    call(&mut service, &CAROL, id, Call::add_file(file(0)));
    for account in [Sid::LocalSystem, Sid::LocalService, Sid::NetworkService] {
        let by = Token::service(account);
        let own = create(&mut service, &by);
        call(&mut service, &by, own, Call::add_file(file(0)));
    }
    let _ = service.log_on(ALICE.user);
    let _ = service.log_off(CAROL.user);
    let error = refused(&mut service, &CAROL, id, Call::add_file(file(1)));
    assert_eq!(error.code(), HResult::ERROR_NOT_LOGGED_ON);
}

/// NET-21, the other answer: the files are accepted, and the job waits for a logon (NET-03).
#[test]
fn files_of_a_caller_without_a_logon_are_accepted() {
    let mut service = nobody_there(Policies::default());
    let id = queued(&mut service, &ALICE, JobPriority::Normal);
    assert_eq!(steps(&service), []);
    let _ = service.log_on(ALICE.user);
    assert_eq!(steps(&service).len(), 1);
    assert_eq!(state(&service, id), Queued);
}
