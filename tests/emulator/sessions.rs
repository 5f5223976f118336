//! Processes and users: crashes, jobs that are found again, and whose job it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bits_emulator::accounts::{IntegrityLevel, Sid};
use bits_emulator::policy::Policies;
use bits_emulator::{
    Callback, Completion, Error, HResult, Job, JobId, JobState, JobType, Session, User,
};

use crate::support::{URL, emulator, resumed_download};

fn denied<T: std::fmt::Debug>(result: Result<T, Error>) {
    assert_eq!(result.unwrap_err().code(), HResult::E_ACCESSDENIED);
}

/// LIFE-29, NOTIFY-18: a job outlives its client, and is found by its id. The old handles are dead.
#[test]
fn a_job_is_adopted_after_a_crash() -> Result<(), Error> {
    let emulator = emulator();
    let crashed = emulator.connect(User::new("alice"));
    let lost = resumed_download(&crashed)?;
    crashed.kill();
    assert!(!crashed.is_alive());
    assert_eq!(lost.state().unwrap_err().code(), HResult::RPC_E_DISCONNECTED);
    assert!(crashed.create_job("more", JobType::Download).is_err());

    let session = emulator.connect(User::new("alice"));
    let job = session.job(lost.id())?;
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.complete()?, Completion::All);
    // CREATE-12
    assert_eq!(session.job(lost.id()).unwrap_err().code(), HResult::BG_E_NOT_FOUND);
    Ok(())
}

/// Ends its own process in the middle of the call.
struct Suicide {
    session: Session,
    calls: AtomicU32,
}

impl Callback for Suicide {
    fn job_transferred(&self, job: &Job) -> HResult {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.session.kill();
        assert!(job.complete().is_err());
        HResult::S_OK
    }
}

#[derive(Default)]
struct Counter(AtomicU32);

impl Callback for Counter {
    fn job_transferred(&self, _: &Job) -> HResult {
        self.0.fetch_add(1, Ordering::Relaxed);
        HResult::S_OK
    }
}

/// NOTIFY-16, NOTIFY-18: what a killed client returns does not count, and the next one is told.
#[test]
fn a_client_that_dies_in_its_callback_was_not_told() -> Result<(), Error> {
    let emulator = emulator();
    let session = emulator.connect(User::new("alice"));
    let job = resumed_download(&session)?;
    let suicide = Arc::new(Suicide { session: session.clone(), calls: AtomicU32::new(0) });
    job.set_notify_interface(suicide.clone())?;
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(suicide.calls.load(Ordering::Relaxed), 1);

    let job = emulator.connect(User::new("alice")).job(job.id())?;
    assert!(job.notify_interface()?.is_none());
    let counter = Arc::new(Counter::default());
    job.set_notify_interface(counter.clone())?;
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(counter.0.load(Ordering::Relaxed), 1);
    Ok(())
}

/// NOTIFY-17, NOTIFY-18: the last one that registers is called, and the death of the others does not
/// concern it.
#[test]
fn the_death_of_another_process_takes_no_callback_away() -> Result<(), Error> {
    let emulator = emulator();
    let (first, second) =
        (emulator.connect(User::new("alice")), emulator.connect(User::new("alice")));
    let job = resumed_download(&first)?;
    let (unheard, counter) = (Arc::new(Counter::default()), Arc::new(Counter::default()));
    job.set_notify_interface(unheard.clone())?;
    second.job(job.id())?.set_notify_interface(counter.clone())?;
    first.kill();
    assert!(emulator.run_until_idle().is_at_rest());
    let calls = |counter: &Counter| counter.0.load(Ordering::Relaxed);
    assert_eq!((calls(&unheard), calls(&counter)), (0, 1));
    Ok(())
}

/// SEC-02, SEC-03, SEC-04, CREATE-13: whose jobs one sees.
#[test]
fn other_users_have_no_access_and_administrators_have() -> Result<(), Error> {
    let emulator = emulator();
    let id = resumed_download(&emulator.connect(User::new("alice")))?.id();
    let bob = emulator.connect(User::new("bob"));
    denied(bob.job(id));
    denied(bob.jobs_of_all_users());
    assert_eq!(bob.jobs()?.total(), 0);

    let unelevated = emulator.connect(User::new("carol").administrator().not_elevated());
    denied(unelevated.job(id));
    let carol = emulator.connect(User::new("carol").administrator());
    assert_eq!(carol.jobs_of_all_users()?.next().map(|job| job.id()), Some(id));
    carol.job(id)?.suspend()?;
    let elevated = carol.create_job("elevated", JobType::Download)?.id();
    denied(unelevated.job(elevated));
    Ok(())
}

/// SEC-06, SEC-07, SEC-14
#[test]
fn an_administrator_takes_a_job_over() -> Result<(), Error> {
    let emulator = emulator();
    let alice = emulator.connect(User::new("alice"));
    let job = resumed_download(&alice)?;
    job.set_custom_headers(Some("X-Secret: 1\r\n"))?;
    denied(job.take_ownership());
    let carol = emulator.connect(User::new("carol").administrator());
    let taken = carol.job(job.id())?;
    taken.take_ownership()?;
    assert_eq!(taken.owner()?, Sid::User(1002));
    assert_eq!(taken.owner_rights()?, (IntegrityLevel::High, true));
    assert_eq!(taken.custom_headers()?, None);
    // SEC-11: an interface that was obtained earlier stays usable.
    assert!(job.state().is_ok());
    denied(alice.job(job.id()));
    // SEC-06
    emulator.disk().deny(r"C:\app");
    let other = emulator.connect(User::new("dave").administrator()).job(job.id())?;
    let code = other.take_ownership().unwrap_err().code();
    assert_eq!(code, HResult::BG_E_NEW_OWNER_NO_FILE_ACCESS);
    Ok(())
}

/// SEC-05, CREATE-16: what a token does not serve for.
#[test]
fn weak_tokens_change_nothing() -> Result<(), Error> {
    let emulator = emulator();
    let job = resumed_download(&emulator.connect(User::new("alice")))?;
    let low =
        emulator.connect(User::new("alice").with_integrity(IntegrityLevel::Low)).job(job.id())?;
    assert_eq!(low.state()?, JobState::Queued);
    denied(low.suspend());
    denied(emulator.connect(User::new("alice").restricted()).create_job("x", JobType::Download));
    Ok(())
}

/// NET-01 to NET-03, NET-10, NET-11: jobs run while their owner is logged on; those of services always.
#[test]
fn jobs_wait_for_their_owner() -> Result<(), Error> {
    let emulator = emulator();
    let alice = User::new("alice");
    let job = resumed_download(&emulator.connect(alice.clone()))?;
    let service = emulator.connect(User::local_system());
    let other = service.create_job("update", JobType::Download)?;
    other.add_file(URL, r"C:\system.exe")?;
    other.resume()?;
    emulator.log_on(&alice);
    emulator.log_off(&alice);
    emulator.log_off(&alice);
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!((job.state()?, other.state()?), (JobState::Queued, JobState::Transferred));
    emulator.log_on(&alice);
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.state()?, JobState::Transferred);
    Ok(())
}

/// LIFE-29, LIFE-30, NET-13: after a restart the job is there, and the callback is not.
#[test]
fn a_restart_loses_the_callback_and_not_the_job() -> Result<(), Error> {
    let emulator = emulator();
    let session = emulator.connect(User::new("alice"));
    let job = resumed_download(&session)?;
    let counter = Arc::new(Counter::default());
    job.set_notify_interface(counter.clone())?;
    emulator.advance(std::time::Duration::from_secs(3));
    emulator.restart();
    session.reconnect()?;
    let job = session.job(job.id())?;
    assert_eq!(job.state()?, JobState::Queued);
    assert!(job.notify_interface()?.is_none());
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(counter.0.load(Ordering::Relaxed), 0);
    assert_eq!(job.state()?, JobState::Transferred);

    emulator.reboot();
    assert!(!session.is_alive());
    let again = emulator.connect(User::new("alice")).job(job.id())?;
    assert_eq!(again.state()?, JobState::Transferred);
    Ok(())
}

/// CREATE-08, CREATE-09
#[test]
fn a_user_has_so_many_jobs() -> Result<(), Error> {
    let emulator = emulator();
    emulator.set_policies(Policies {
        jobs_per_user: 2,
        jobs_per_computer: 3,
        ..Policies::default()
    });
    let create = |session: &Session| session.create_job("x", JobType::Download);
    let code = |result: Result<Job, Error>| result.err().map(|error| error.code());
    let alice = emulator.connect(User::new("alice"));
    let bob = emulator.connect(User::new("bob"));
    let codes = [&alice, &alice, &alice, &bob, &bob].map(|session| code(create(session)));
    let (user, computer) =
        (HResult::BG_E_TOO_MANY_JOBS_PER_USER, HResult::BG_E_TOO_MANY_JOBS_PER_MACHINE);
    assert_eq!(codes, [None, None, Some(user), None, Some(computer)]);
    assert!(create(&emulator.connect(User::new("carol").administrator())).is_ok());
    Ok(())
}

/// CREATE-11, CREATE-14, CREATE-15: a list is as it was, its jobs are as they are.
#[test]
fn a_list_of_jobs_is_a_snapshot() -> Result<(), Error> {
    let emulator = emulator();
    let session = emulator.connect(User::new("alice"));
    let first = session.create_job("first", JobType::Download)?;
    session.create_job("second", JobType::Download)?;
    let mut jobs = session.jobs()?;
    session.create_job("third", JobType::Download)?;
    first.set_display_name("renamed")?;
    assert_eq!(jobs.total(), 2);
    assert_eq!(jobs.next_jobs(1)[0].display_name()?, "renamed");
    assert!(jobs.skip_jobs(1) && !jobs.skip_jobs(1));
    assert!(jobs.next_jobs(1).is_empty());
    jobs.reset();
    assert_eq!(jobs.next_jobs(9).len(), 2);
    let unknown = session.job(JobId::default()).unwrap_err();
    assert_eq!(unknown.code(), HResult::BG_E_NOT_FOUND);
    Ok(())
}
