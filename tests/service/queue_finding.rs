//! GetJob and EnumJobs: who finds what.

use crate::support::*;
use bits_emulator::accounts::{IntegrityLevel, Sid, Token};
use bits_emulator::machine::{Call, Commit, Event, FailedRename, Failure};
use bits_emulator::service::ServiceStep;
use bits_emulator::{HResult, JobId, JobState, JobType, Notification, NotifyFlags};
use uuid::Uuid;

fn found(service: &bits_emulator::service::Service, by: &Token, id: JobId) -> Result<(), HResult> {
    service.open(by, id).map(|job| assert_eq!(job.id(), id)).map_err(|error| error.code())
}

/// CREATE-11; CREATE-12, INV-49: a final job is not found.
#[test]
fn a_job_is_found_until_it_is_final() {
    for state in JobState::ALL.iter().copied() {
        let mut service = service();
        let id = job_in(&mut service, &ALICE, state);
        let expected = if state.is_final() { Err(HResult::BG_E_NOT_FOUND) } else { Ok(()) };
        assert_eq!(found(&service, &ALICE, id), expected, "{state}");
        assert_eq!(found(&service, &CAROL, id), expected, "{state}: SEC-03");
        let denied = expected.and(Err(HResult::E_ACCESSDENIED));
        assert_eq!(found(&service, &BOB, id), denied, "{state}");
        let listed = service.enumerate(&ALICE, false).unwrap();
        assert_eq!(listed.contains(&id), !state.is_final(), "{state}");
    }
    for id in [Uuid::nil(), Uuid::max()] {
        assert_eq!(found(&service(), &CAROL, JobId(id)), Err(HResult::BG_E_NOT_FOUND));
    }
}

/// CREATE-13, SEC-02, INV-49
#[test]
fn a_list_has_the_callers_jobs_and_an_administrators_all() {
    let mut service = service();
    let system = Token::service(Sid::LocalSystem);
    let owners = [ALICE, BOB, ALICE, CAROL, system, ALICE];
    let ids = owners.map(|by| create(&mut service, &by));
    let gone = job_in(&mut service, &ALICE, Cancelled);
    let of = |by: Token| {
        let own = owners.iter().zip(ids).filter(|(owner, _)| owner.user == by.user);
        own.map(|(_, id)| id).collect::<Vec<_>>()
    };
    for by in [ALICE, BOB, CAROL, system] {
        let list = service.enumerate(&by, false).unwrap();
        assert_eq!(list, of(by), "{by:?}");
        assert!(!list.contains(&gone));
    }
    let below = Token { elevated: false, integrity: IntegrityLevel::Medium, ..CAROL };
    let elevated = Token { elevated: true, ..ALICE };
    for by in [ALICE, below, elevated, Token::service(Sid::LocalService)] {
        denied(service.enumerate(&by, true), "CREATE-13");
    }
    for by in [CAROL, system] {
        assert_eq!(service.enumerate(&by, true).unwrap(), ids, "{by:?}");
    }
}

/// SEC-04: a list yields no job that the caller could not retrieve.
#[test]
fn a_list_has_no_jobs_of_the_elevated_for_others() {
    let mut service = service();
    let elevated = Token { elevated: true, integrity: IntegrityLevel::High, ..ALICE };
    let (plain, high) = (create(&mut service, &ALICE), create(&mut service, &elevated));
    assert_eq!(service.enumerate(&ALICE, false).unwrap(), [plain]);
    assert_eq!(service.enumerate(&elevated, false).unwrap(), [plain, high]);
    assert_eq!(service.enumerate(&CAROL, true).unwrap(), [plain, high]);
}

/// CREATE-14, INV-50: the list stays as it was, the jobs in it do not.
#[test]
fn a_list_is_of_its_time_and_its_jobs_are_of_now() {
    let mut service = service();
    let ids = [0; 3].map(|_| create(&mut service, &ALICE));
    let list = service.enumerate(&ALICE, false).unwrap();
    let added = create(&mut service, &ALICE);
    call(&mut service, &ALICE, ids[0], cancel());
    call(&mut service, &ALICE, ids[1], Call::SetDisplayName(Some("renamed".into())));
    assert_eq!(list, ids);
    assert_eq!(list.iter().map(|id| state(&service, *id)).next(), Some(Cancelled));
    assert_eq!(job(&service, list[1]).display_name(), "renamed");
    assert_eq!(service.enumerate(&ALICE, false).unwrap(), [ids[1], ids[2], added]);
}

/// LIFE-27, DONE-17, NOTIFY-15: a final job is kept until it is dropped, and cannot be dropped while
/// something of it goes on.
#[test]
fn only_what_is_over_is_dropped() {
    for state in JobState::ALL.iter().copied() {
        let mut service = service();
        let id = job_in(&mut service, &ALICE, state);
        assert_eq!(service.drop_job(id), state.is_final(), "{state}");
        assert_eq!(service.job(id).is_some(), !state.is_final(), "{state}");
        assert_eq!(service.next_instant().is_some(), !state.is_final(), "{state}");
        assert!(!service.clone().drop_job(id));
        if state.is_final() {
            let gone = service.call(&ALICE, id, cancel()).unwrap_err();
            assert_eq!(gone.code(), HResult::BG_E_NOT_FOUND);
            assert_eq!(service.handle(id, Event::Picked), None);
            assert_eq!(service.perform(ServiceStep::Pick(id)), None);
        }
    }
}

/// NOTIFY-15: the place of a callback is not lost with its job.
#[test]
fn a_job_is_not_dropped_while_its_client_is_called() {
    let mut service = service();
    let id = job_in(&mut service, &ALICE, Transferred);
    listen(&mut service, &ALICE, id, NotifyFlags::JOB_TRANSFERRED);
    settle(&mut service);
    assert_eq!(service.callbacks_in_flight(ALICE.user), 1);
    // The client completes the job from inside the callback (NOTIFY-31).
    call(&mut service, &ALICE, id, complete());
    assert!(!service.drop_job(id));
    let returned = Event::NotificationReturned(Notification::JobTransferred, HResult::S_OK);
    let _ = service.handle(id, returned);
    assert_eq!(service.callbacks_in_flight(ALICE.user), 0);
    assert!(service.drop_job(id));
}

/// DONE-17: BITS repeats the cancellation of an upload for a day.
#[test]
fn a_cancelled_upload_is_not_dropped_before_the_server_knows() {
    for confirmed in [true, false] {
        let mut service = service();
        let id = service.create_job(&ALICE, Some("up".into()), JobType::Upload).unwrap();
        call(&mut service, &ALICE, id, Call::add_file(file(0)));
        call(&mut service, &ALICE, id, Call::Resume);
        settle(&mut service);
        happens(&mut service, id, Event::Connected);
        happens(&mut service, id, Event::Failed(Failure::http(503)));
        call(&mut service, &ALICE, id, cancel());
        assert!(!service.drop_job(id));
        if confirmed {
            happens(&mut service, id, Event::UploadCancelled);
        } else {
            run_until(&mut service, at(86_400));
        }
        assert!(service.drop_job(id), "confirmed: {confirmed}");
    }
}

/// DONE-07: a `Complete` that failed at a rename leaves the clocks, the turns and what is due as they were.
#[test]
fn a_complete_that_fails_at_a_rename_leaves_the_job_where_it_is() {
    for state in [Suspended, Queued, Transferring, TransientError, JobState::Error, Transferred] {
        let mut service = service();
        let id = create(&mut service, &ALICE);
        call(&mut service, &ALICE, id, Call::add_file(file(0)));
        call(&mut service, &ALICE, id, Call::add_file(file(1)));
        call(&mut service, &ALICE, id, Call::Resume);
        take(&mut service, ServiceStep::Pick(id));
        happens(&mut service, id, Event::Connected);
        happens(&mut service, id, Event::SizeKnown(100));
        happens(&mut service, id, Event::FileTransferred);
        match state {
            Suspended => call(&mut service, &ALICE, id, Call::Suspend),
            Queued => happens(&mut service, id, Event::SliceOver),
            TransientError => happens(&mut service, id, Event::Failed(Failure::http(503))),
            JobState::Error => happens(&mut service, id, Event::Failed(Failure::http(404))),
            Transferred => transfer(&mut service, id),
            _ => {}
        }
        let expected = (steps(&service), service.next_instant(), self::state(&service, id));
        let failed_rename = Some(FailedRename { after: 0, code: HResult::ERROR_SHARING_VIOLATION });
        let complete = Call::Complete(Commit { failed_rename, ..Commit::default() });
        let error = service.call(&ALICE, id, complete).unwrap_err();
        assert_eq!(error.code(), HResult::ERROR_SHARING_VIOLATION, "{state}");
        assert_eq!((steps(&service), service.next_instant(), self::state(&service, id)), expected);
    }
}
