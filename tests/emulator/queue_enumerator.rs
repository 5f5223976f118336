//! The enumerator of EnumJobs.

use bits_emulator::{Emulator, JobState, JobType, Jobs, User};

/// CREATE-15: as many as asked for, then fewer, then none; the same with Skip.
#[test]
fn a_list_is_read_in_parts() {
    let session = Emulator::new().connect(User::new("alice"));
    let ids = [0; 5].map(|_| session.create_job("update", JobType::Download).unwrap().id());
    let next = |jobs: &mut Jobs, number| {
        jobs.next_jobs(number).iter().map(|job| job.id()).collect::<Vec<_>>()
    };
    let mut jobs = session.jobs().unwrap();
    assert_eq!(jobs.total(), 5);
    assert_eq!(next(&mut jobs, 2), ids[..2]);
    assert!(jobs.skip_jobs(1), "S_OK");
    assert_eq!(next(&mut jobs, 9), ids[3..]);
    assert_eq!(next(&mut jobs, 1), []);
    assert!(!jobs.skip_jobs(1), "S_FALSE");
    jobs.reset();
    assert!(!jobs.skip_jobs(6), "S_FALSE, behind the last");
    assert_eq!(next(&mut jobs, 1), []);
    jobs.reset();
    assert!(jobs.skip_jobs(0) && jobs.skip_jobs(5), "S_OK to the very end");
}

/// CREATE-14, INV-50: what comes and goes later changes no list that was asked for before.
#[test]
fn a_list_stays_while_jobs_come_and_go() {
    let session = Emulator::new().connect(User::new("alice"));
    let made = [0; 3].map(|_| session.create_job("update", JobType::Download).unwrap());
    let mut jobs = session.jobs().unwrap();
    assert_eq!(jobs.next().map(|job| job.id()), Some(made[0].id()));
    session.create_job("later", JobType::Download).unwrap();
    made[1].cancel().unwrap();
    made[2].set_display_name("renamed").unwrap();
    let rest: Vec<_> = jobs.by_ref().collect();
    assert_eq!(jobs.total(), 3);
    assert_eq!(rest.iter().map(|job| job.id()).collect::<Vec<_>>(), [made[1].id(), made[2].id()]);
    assert_eq!(rest[0].state(), Ok(JobState::Cancelled));
    assert_eq!(rest[1].display_name().as_deref(), Ok("renamed"));
    assert_eq!(session.jobs().unwrap().total(), 3);
}
