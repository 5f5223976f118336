//! CreateJob: what comes of it, and what is refused.

use std::collections::BTreeSet;

use crate::support::*;
use bits_emulator::accounts::{IntegrityLevel, Token};
use bits_emulator::machine::{ComputerEvent, Event};
use bits_emulator::policy::{Block, CostFlags, Policies};
use bits_emulator::{HResult, JobId, JobType};
use uuid::Uuid;

/// CREATE-01, LIFE-03
#[test]
fn a_new_job_is_suspended_and_empty_and_its_creators() {
    for (by, job_type) in [
        (ALICE, JobType::Download),
        (BOB, JobType::Upload),
        (CAROL, JobType::UploadReply),
        (Token { elevated: true, integrity: IntegrityLevel::High, ..ALICE }, JobType::Download),
    ] {
        let mut service = service();
        service.set_now(at(30));
        let id = service.create_job(&by, Some("update".into()), job_type).unwrap();
        let job = service.open(&by, id).unwrap();
        assert_eq!((job.id(), job.state(), job.file_count()), (id, Suspended, 0));
        assert_eq!((job.owner(), job.owner_elevation_state()), (by.user, by.elevated));
        assert_eq!((job.display_name(), job.times().creation), ("update", at(30)));
        // CREATE-03
        assert_eq!(job.job_type(), job_type);
        assert_eq!(service.queue_length(), 1);
        assert_eq!(steps(&service), [], "LIFE-03: nothing happens before Resume");
    }
}

/// CREATE-02: ids differ, also from those of jobs that are gone; names need not.
#[test]
fn no_two_jobs_have_the_same_id() {
    let mut service = service();
    let mut ids = BTreeSet::new();
    for number in 0..2_000 {
        let id = create(&mut service, &CAROL);
        assert!(ids.insert(id), "{id} twice");
        assert_eq!(id.0.get_version_num(), 4, "it looks like any GUID");
        if number % 3 == 0 {
            call(&mut service, &CAROL, id, cancel());
            assert!(service.drop_job(id));
        }
    }
    let names = ids.iter().filter_map(|id| service.job(*id)).map(|job| job.display_name());
    assert_eq!(names.collect::<BTreeSet<_>>(), BTreeSet::from(["update"]));
    assert!(!ids.contains(&JobId(Uuid::nil())));
}

/// CREATE-03: the numbers of the types. CREATE-04: no other is one.
#[test]
fn a_type_is_one_of_three() {
    let known = [JobType::Download, JobType::Upload, JobType::UploadReply];
    for value in 0..=200 {
        match (JobType::from_value(value), known.get(value as usize)) {
            (Ok(job_type), expected) => assert_eq!(Some(&job_type), expected),
            (Err(error), expected) => {
                assert_eq!((error.code, expected), (HResult::E_NOTIMPL, None), "{value}");
            }
        }
    }
    assert_eq!(JobType::from_value(u32::MAX).unwrap_err().code, HResult::E_NOTIMPL);
}

/// CREATE-05: 256 characters without the terminator; an empty name is allowed, a null one is not.
#[test]
fn the_name_is_looked_at() {
    let mut service = service();
    let characters = |number| Some("n".repeat(number));
    for (name, code) in [
        (None, Err(HResult::E_INVALIDARG)),
        (characters(0), Ok(())),
        (characters(1), Ok(())),
        (characters(256), Ok(())),
        (characters(257), Err(HResult::E_INVALIDARG)),
        (characters(100_000), Err(HResult::E_INVALIDARG)),
        (Some("ü".repeat(256)), Ok(())),
    ] {
        let length = service.queue_length();
        let text = name.as_deref();
        let made = service.create_job(&ALICE, text.map(Into::into), JobType::Download);
        assert_eq!(made.as_ref().map(|_| ()).map_err(|error| error.code()), code, "{name:?}");
        match made {
            Ok(id) => assert_eq!(Some(job(&service, id).display_name()), text),
            Err(_) => assert_eq!(service.queue_length(), length, "{name:?}"),
        }
    }
}

/// CREATE-16, with its default code. A refusal uses up no id.
#[test]
fn a_restricted_token_makes_no_job() {
    let mut service = service();
    let before = service.clone();
    denied(
        service.create_job(&Token { restricted: true, ..ALICE }, Some("".into()), JobType::Upload),
        "CREATE-16",
    );
    assert_eq!(service, before);
}

/// A new job knows how the world is: NET-08, NET-14, SCHED-15, NET-01.
#[test]
fn a_new_job_finds_the_world_as_it_is() {
    type Surroundings = fn(&mut bits_emulator::service::Service);
    let cases: [(Surroundings, Option<HResult>); 5] = [
        (|_| {}, None),
        (
            |service| drop(service.handle_computer(ComputerEvent::NetworkLost)),
            Some(HResult::BG_E_NETWORK_DISCONNECTED),
        ),
        (
            |service| drop(service.handle_computer(ComputerEvent::NetworkCost(CostFlags::ROAMING))),
            // A job transfers where bytes cost nothing until it says otherwise (PROP-31).
            Some(HResult::BG_E_BLOCKED_BY_COST_TRANSFER_POLICY),
        ),
        (
            |service| drop(service.handle_computer(ComputerEvent::Blocked(Block::BandwidthPolicy))),
            Some(HResult::BG_E_BLOCKED_BY_POLICY),
        ),
        (
            |service| {
                drop(service.handle_computer(ComputerEvent::Blocked(Block::BatterySaver)));
                drop(service.handle_computer(ComputerEvent::Unblocked(Block::BatterySaver)));
            },
            None,
        ),
    ];
    for (surroundings, code) in cases {
        let mut service = service();
        surroundings(&mut service);
        let id = suspended(&mut service, &ALICE, bits_emulator::JobPriority::Normal);
        call(&mut service, &ALICE, id, bits_emulator::machine::Call::Resume);
        let found = job(&service, id).error().ok().map(|error| error.code());
        assert_eq!(found, code);
        assert_eq!(state(&service, id) == Queued, code.is_none());
    }
    let mut service = nobody_there(Policies::default());
    let id = queued(&mut service, &ALICE, bits_emulator::JobPriority::Foreground);
    assert_eq!(steps(&service), [], "NET-01");
    assert!(service.handle(id, Event::Picked).unwrap().outcome.was_ignored());
}
