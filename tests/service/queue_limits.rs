//! How many jobs may be in the queue.

use crate::support::*;
use bits_emulator::accounts::{IntegrityLevel, Sid, Token};
use bits_emulator::machine::{Call, FileAccess};
use bits_emulator::policy::{JobLimits, Policies};
use bits_emulator::service::Service;
use bits_emulator::{HResult, JobId, JobPriority, JobState, JobType};

fn policies(jobs_per_computer: u32, jobs_per_user: u32) -> Policies {
    Policies { jobs_per_computer, jobs_per_user, ..Policies::default() }
}

fn refusal(service: &mut Service, by: &Token) -> Option<HResult> {
    let before = service.clone();
    let error = service.create_job(by, Some("one more".into()), JobType::Download).err()?;
    assert_eq!(error.rule().to_string(), "CREATE-08");
    assert_eq!(*service, before);
    Some(error.code())
}

const USER_FULL: Option<HResult> = Some(HResult::BG_E_TOO_MANY_JOBS_PER_USER);
const COMPUTER_FULL: Option<HResult> = Some(HResult::BG_E_TOO_MANY_JOBS_PER_MACHINE);

/// CREATE-08, INV-48: the documented numbers.
#[test]
fn sixty_jobs_a_user_and_three_hundred_a_computer() {
    let mut service = service();
    for user in 1..=5 {
        let by = Token::user(user);
        for _ in 0..60 {
            create(&mut service, &by);
        }
        if user < 5 {
            assert_eq!(refusal(&mut service, &by), USER_FULL);
        }
    }
    assert_eq!(service.queue_length(), 300);
    assert_eq!(refusal(&mut service, &Token::user(6)), COMPUTER_FULL);
    // CREATE-10: if both are reached, the user's limit is told.
    assert_eq!(refusal(&mut service, &Token::user(5)), USER_FULL);
}

/// CREATE-09: from both limits, elevated or not.
#[test]
fn administrators_and_services_are_exempt() {
    let below = Token { elevated: false, integrity: IntegrityLevel::Medium, ..CAROL };
    let exempt = [
        CAROL,
        below,
        Token::service(Sid::LocalSystem),
        Token::service(Sid::LocalService),
        Token::service(Sid::NetworkService),
    ];
    for by in exempt {
        let mut service = service_with(policies(2, 1));
        for _ in 0..4 {
            create(&mut service, &by);
        }
        // CREATE-10: their jobs count for the computer.
        assert_eq!(refusal(&mut service, &ALICE), COMPUTER_FULL, "{by:?}");
    }
    let elevated_user = Token { elevated: true, integrity: IntegrityLevel::High, ..ALICE };
    assert_eq!(refusal(&mut service_with(policies(9, 0)), &elevated_user), USER_FULL);
}

/// CREATE-10: every job that is not final counts, and no other.
#[test]
fn a_job_counts_until_it_is_final() {
    for state in JobState::ALL.iter().copied() {
        let mut service = service_with(policies(1, 9));
        job_in(&mut service, &ALICE, state);
        let full = (!state.is_final()).then_some(()).and(COMPUTER_FULL);
        assert_eq!(refusal(&mut service.clone(), &ALICE), full, "{state}");
        assert_eq!(refusal(&mut service, &BOB), full, "{state}: for others too");
        assert_eq!(service.queue_length(), 1, "{state}: the new one or the old one");
    }
}

/// CREATE-10, LIFE-06: the inactivity timeout makes room as well.
#[test]
fn a_removed_job_counts_no_more() {
    let mut service = service_with(policies(9, 1));
    create(&mut service, &ALICE);
    assert_eq!(refusal(&mut service, &ALICE), USER_FULL);
    run_until(&mut service, at(90 * 86_400));
    assert_eq!(service.queue_length(), 0);
    assert_eq!(refusal(&mut service, &ALICE), None);
}

/// CREATE-10, SEC-07: whoever owns the job now.
#[test]
fn a_job_that_was_taken_over_counts_for_its_new_owner() {
    let mut service = service_with(policies(9, 1));
    let id = create(&mut service, &ALICE);
    call(&mut service, &CAROL, id, Call::TakeOwnership(FileAccess::Granted));
    assert_eq!(refusal(&mut service, &ALICE), None);
    // Once more by the same owner changes no number.
    call(&mut service, &CAROL, id, Call::TakeOwnership(FileAccess::Granted));
    assert_eq!(service.queue_length(), 2);
    let of = |by: &Token| service.enumerate(by, false).unwrap().len();
    assert_eq!((of(&ALICE), of(&CAROL)), (1, 1));
}

/// INV-48: the policies at the time count; what was accepted stays.
#[test]
fn changed_policies_hold_from_then_on() {
    let mut service = service();
    let old = create(&mut service, &ALICE);
    create(&mut service, &ALICE);
    let limits = JobLimits { files_per_job: 1, ranges_per_file: 1 };
    let changed = Policies { limits, jobs_per_user: 2, ..Policies::default() };
    service.set_policies(changed);
    assert_eq!(*service.policies(), changed);
    assert_eq!((refusal(&mut service, &ALICE), service.queue_length()), (USER_FULL, 2));

    let adds = |service: &mut Service, by: &Token, id: JobId| {
        (0..3)
            .take_while(|number| service.call(by, id, Call::add_file(file(*number))).is_ok())
            .count()
    };
    assert_eq!(adds(&mut service, &ALICE, old), 3, "the limits of its creation");
    let new = create(&mut service, &BOB);
    assert_eq!(adds(&mut service, &BOB, new), 1);
    assert_eq!(job(&service, old).priority(), JobPriority::Normal);
}
