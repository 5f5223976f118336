//! Who counts as logged on, and what has to be reachable for what.

use std::time::Duration;

use bits_emulator::policy::{CostDefaults, CostFlags, Policies};
use bits_emulator::readings::{CallerLogon, DefaultCost, Readings};
use bits_emulator::{
    Completion, Emulator, Error, HResult, Job, JobPriority, JobState, JobType, Method, Session,
    User,
};

use crate::support::URL;

fn world() -> Emulator {
    world_with(Readings::documented())
}

fn world_with(readings: Readings) -> Emulator {
    let emulator = Emulator::with_readings(readings);
    emulator.server("https://example.com").file("/app.exe", "hello");
    emulator.server(r"\\server").file(r"share\app.exe", "hello");
    emulator
}

fn download(session: &Session, remote: &str) -> Result<Job, Error> {
    let job = session.create_job("update", JobType::Download)?;
    job.add_file(remote, r"C:\app.exe")?;
    job.resume()?;
    Ok(job)
}

/// NET-03, NET-21 under the other answer: a process that was started by `RunAs` may make jobs, which wait
/// for a session of its user; one is enough.
#[test]
fn run_as_is_no_logon() -> Result<(), Error> {
    let readings = Readings { caller_logon: CallerLogon::NotRequired, ..Readings::documented() };
    let emulator = world_with(readings);
    let alice = User::new("alice");
    let job = download(&emulator.run_as(alice.clone()), URL)?;
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.state()?, JobState::Queued);
    // SEC-08: that somebody else is logged on does not help.
    let bob = emulator.connect(User::new("bob"));
    emulator.advance(Duration::from_secs(86_400));
    assert_eq!(job.state()?, JobState::Queued);
    assert!(bob.is_alive());
    emulator.log_on(&alice);
    emulator.log_on(&alice);
    emulator.log_off(&alice);
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.state()?, JobState::Transferred);
    // Of one who is logged on, it logs nobody off.
    assert_eq!(download(&emulator.run_as(alice.clone()), URL)?.owner()?, job.owner()?);
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(
        emulator.connect(alice).jobs()?.map(|job| job.state()).collect::<Result<Vec<_>, _>>()?,
        [JobState::Transferred; 2]
    );
    // NET-02
    let service = download(&emulator.run_as(User::local_system()), URL)?;
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(service.state()?, JobState::Transferred);
    Ok(())
}

/// NET-09: behind a computer that shares its connection and has none there is a network, and the job
/// tries in vain after each retry delay; nobody tells it when that is over.
#[test]
fn a_host_without_connection_is_tried_again() -> Result<(), Error> {
    let emulator = world();
    emulator.set_sharing_host(false);
    let session = emulator.connect(User::new("alice"));
    let job = session.create_job("update", JobType::Download)?;
    job.add_file(URL, r"C:\app.exe")?;
    job.set_minimum_retry_delay(Duration::from_secs(60))?;
    job.resume()?;
    for attempts in 1..4 {
        emulator.advance(Duration::from_secs(if attempts == 1 { 1 } else { 60 }));
        assert_eq!(job.state()?, JobState::TransientError);
        assert_eq!(job.error()?.code(), HResult::ERROR_WINHTTP_CANNOT_CONNECT);
        assert_eq!(job.error_count()?, attempts);
    }
    // A share of the same network is near.
    let near = download(&session, r"\\server\share\app.exe")?;
    emulator.advance(Duration::from_secs(1));
    assert_eq!(near.state()?, JobState::Transferred);
    emulator.set_sharing_host(true);
    emulator.advance(Duration::from_secs(50));
    assert_eq!(job.state()?, JobState::TransientError);
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.state()?, JobState::Transferred);
    Ok(())
}

/// DONE-10: `Complete` is a matter of the disk; no network is needed, nor that the owner is logged on, if
/// the caller is (NET-21).
#[test]
fn complete_needs_no_network() -> Result<(), Error> {
    let emulator = world();
    let session = emulator.connect(User::new("alice"));
    let job = download(&session, URL)?;
    assert!(emulator.run_until_idle().is_at_rest());
    emulator.disconnect_network();
    emulator.log_off("alice");
    let refusal = job.complete().unwrap_err();
    assert_eq!(refusal.code(), HResult::ERROR_NOT_LOGGED_ON);
    assert!(!emulator.disk().exists(r"C:\app.exe"));
    let service = emulator.connect(User::local_system());
    assert_eq!(service.job(job.id())?.complete()?, Completion::All);
    assert_eq!(emulator.disk().read(r"C:\app.exe").unwrap(), b"hello");
    Ok(())
}

/// NET-21: a process that was started by `RunAs` makes a job, and can add no file; the explanation says who
/// must be logged on.
#[test]
fn a_caller_without_a_logon_is_told_who_must_be_logged_on() -> Result<(), Error> {
    let emulator = world();
    let svc = User::new("svc");
    let session = emulator.run_as(svc.clone());
    let job = session.create_job("update", JobType::Download)?;
    let refusal = job.add_file(URL, r"C:\app.exe").unwrap_err();
    assert_eq!(refusal.code(), HResult::ERROR_NOT_LOGGED_ON);
    assert!(refusal.to_string().contains("log that user on"), "{refusal}");
    assert_eq!((job.state()?, session.jobs()?.total()), (JobState::Suspended, 1));

    let explanation = emulator.explain(&job)?;
    assert!(!explanation.is_owner_logged_on);
    assert!(!explanation.possible.contains(&Method::AddFile));
    assert!(explanation.possible.contains(&Method::Cancel));
    assert!(explanation.to_string().contains("Its owner is not logged on"), "{explanation}");

    emulator.log_on(&svc);
    job.add_file(URL, r"C:\app.exe")?;
    let explanation = emulator.explain(&job)?;
    assert!(explanation.is_owner_logged_on && explanation.possible.contains(&Method::AddFile));
    // A living process is without a logon after its user logged off.
    emulator.log_off(&svc);
    let refusal = job.add_file(URL, r"C:\b.exe").unwrap_err();
    assert_eq!(refusal.code(), HResult::ERROR_NOT_LOGGED_ON);
    Ok(())
}

/// PROP-31, NET-14: a job without cost flags of its own is held on a metered network, and costs no error.
#[test]
fn a_fresh_job_is_held_on_a_metered_network() -> Result<(), Error> {
    let always = Readings { default_cost: DefaultCost::Always, ..Readings::documented() };
    for (readings, held) in [(Readings::documented(), true), (always, false)] {
        let emulator = world_with(readings);
        let job = download(&emulator.connect(User::new("alice")), URL)?;
        job.suspend()?;
        emulator.set_network_cost(CostFlags::CAPPED_USAGE_UNKNOWN);
        job.resume()?;
        emulator.advance(Duration::from_secs(86_400));
        if held {
            assert_eq!(job.state()?, JobState::TransientError);
            assert_eq!(job.error()?.code(), HResult::BG_E_BLOCKED_BY_COST_TRANSFER_POLICY);
            assert_eq!(job.error_count()?, 0);
            emulator.set_network_cost(CostFlags::UNRESTRICTED);
            let _ = emulator.run_until_idle();
        }
        assert_eq!(job.state()?, JobState::Transferred);
    }
    Ok(())
}

/// PROP-41: the policy counts for the priority that it names, of jobs that were created since.
#[test]
fn the_policy_on_costed_networks_counts_for_its_priority() -> Result<(), Error> {
    let emulator = world();
    let session = emulator.connect(User::new("alice"));
    let before = session.create_job("before", JobType::Download)?;
    let mut cost_defaults = CostDefaults::default();
    cost_defaults.set(JobPriority::Low, Some(CostFlags::TRANSFER_STANDARD));
    emulator.set_policies(Policies { cost_defaults, ..Policies::default() });
    emulator.set_network_cost(CostFlags::USAGE_BASED);
    let after = session.create_job("after", JobType::Download)?;
    let normal = session.create_job("normal", JobType::Download)?;
    for (job, name) in [(&before, "before"), (&after, "after"), (&normal, "normal")] {
        job.add_file(URL, format!(r"C:\{name}.exe"))?;
        if name != "normal" {
            job.set_priority(JobPriority::Low)?;
        }
        job.resume()?;
    }
    emulator.advance(Duration::from_secs(60));
    assert_eq!(before.state()?, JobState::TransientError);
    assert_eq!(after.state()?, JobState::Transferred);
    assert_eq!(normal.state()?, JobState::TransientError);
    Ok(())
}
