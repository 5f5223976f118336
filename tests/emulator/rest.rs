//! Waits always return, and say whether every job came to rest.

use std::time::Duration;

use bits_emulator::server::Content;
use bits_emulator::{
    Callback, Emulator, Error, Fault, HResult, Job, JobError, JobState, JobType, Session,
};

use crate::support::{PATH, URL, resumed_download, world};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: u64 = 86_400;

/// A resumed download of 10 MiB, whose server fails as that fault says.
fn download(fault: Fault) -> (Emulator, Session, Job) {
    let (emulator, session) = world();
    emulator.server("https://example.com").resource("/app.exe").fails(fault);
    let job = resumed_download(&session).unwrap();
    (emulator, session, job)
}

/// TIME-27: a cause that is not in force holds no job, whatever the code says: one attempt every 600
/// seconds, and ERROR with the no-progress timeout (TIME-06).
#[test]
fn the_code_of_a_hold_alone_is_retried_until_the_no_progress_timeout() -> Result<(), Error> {
    for code in [
        HResult::BG_E_NETWORK_DISCONNECTED,
        HResult::BG_E_DESTINATION_LOCKED,
        HResult::BG_E_BLOCKED_BY_POLICY,
        HResult::BG_E_BLOCKED_BY_COST_TRANSFER_POLICY,
        HResult::BG_E_BLOCKED_BY_GAME_MODE,
        HResult::BG_E_BLOCKED_BY_BATTERY_SAVER,
        HResult::BG_E_BLOCKED_BY_BATTERY_POLICY,
        HResult::BG_E_STANDBY_MODE,
        HResult::BG_E_BLOCKED_BY_BACKGROUND_ACCESS_POLICY,
    ] {
        let (emulator, _session, job) = download(Fault::code(code));
        emulator.advance(Duration::from_secs(1));
        assert_eq!((job.state()?, job.error()?.code()), (JobState::TransientError, code));
        emulator.advance(HOUR);
        assert_eq!((job.state()?, job.error_count()?), (JobState::Transferred, 1), "{code}");

        let (emulator, _session, job) = download(Fault::code(code).always());
        let begin = emulator.now();
        assert!(emulator.run_until_idle().is_at_rest());
        assert_eq!((job.state()?, job.error()?.code()), (JobState::Error, code));
        assert_eq!((emulator.now() - begin).num_days(), 14, "{code}");
        assert_eq!(job.error_count()?, 14 * 144 + 1, "{code}");
    }
    Ok(())
}

/// Resumes its job whatever the error is.
struct Stubborn;

impl Callback for Stubborn {
    fn job_error(&self, job: &Job, _: &JobError) -> HResult {
        job.resume().map_or_else(|error| error.code(), |()| HResult::S_OK)
    }
}

/// A callback that resumes its job inside `job_error` brings it to fail again, at the same instant.
#[test]
fn a_client_that_resumes_a_hopeless_job_is_named() -> Result<(), Error> {
    let (emulator, _session, job) = download(Fault::http(404).always());
    job.set_notify_interface(Stubborn)?;
    let report = emulator.run_until_idle();
    assert!(!report.is_at_rest());
    let busy = report.busy_job().unwrap();
    assert_eq!((busy.job, &*busy.name), (job.id(), "update"));
    assert_eq!(busy.client.as_ref().map(|client| &*client.account), Some("alice"));
    assert!(report.to_string().contains("process 1 of alice keeps it going"), "{report}");
    Ok(())
}

/// Time that is to pass passes nevertheless.
#[test]
fn time_passes_beside_a_client_that_never_rests() -> Result<(), Error> {
    let (emulator, session, job) = download(Fault::http(404).always());
    job.set_notify_interface(Stubborn)?;
    emulator.server("https://example.com").file("/other.exe", 10 << 20);
    let other = session.create_job("other", JobType::Download)?;
    other.add_file("https://example.com/other.exe", r"C:\app\other.exe")?;
    other.resume()?;
    let begin = emulator.now();
    let report = emulator.advance(24 * HOUR);
    assert_eq!((emulator.now() - begin).num_hours(), 24);
    assert_eq!(report.busy_job().map(|busy| busy.job), Some(job.id()));
    assert_eq!(other.state()?, JobState::Transferred, "other jobs are not kept from theirs");
    Ok(())
}

/// Makes a new job for each that failed.
struct Tireless(Session);

impl Callback for Tireless {
    fn job_error(&self, job: &Job, _: &JobError) -> HResult {
        let next = || -> Result<(), Error> {
            let _ = job.cancel()?;
            let next = self.0.create_job("again", JobType::Download)?;
            next.add_file(URL, PATH)?;
            next.set_notify_interface(job.notify_interface()?)?;
            next.resume()
        };
        next().map_or_else(|error| error.code(), |()| HResult::S_OK)
    }
}

#[test]
fn a_client_that_makes_a_new_job_for_each_failure_is_named() -> Result<(), Error> {
    let (emulator, session, job) = download(Fault::http(404).always());
    job.set_notify_interface(Tireless(session))?;
    let report = emulator.run_until_idle();
    assert_eq!(report.busy_job().map(|busy| &*busy.name), Some("again"));
    let before = emulator.now();
    assert!(emulator.advance(HOUR).busy_job().is_some());
    assert_eq!((emulator.now() - before).num_hours(), 1);
    Ok(())
}

/// Each wait begins anew.
#[test]
fn after_a_wait_without_gain_the_next_one_may_gain() -> Result<(), Error> {
    let (emulator, _session, job) = download(Fault::http(404).always());
    job.set_notify_interface(Stubborn)?;
    for _ in 0..2 {
        assert!(emulator.run_until_idle().busy_job().is_some());
    }
    emulator.server("https://example.com").resource("/app.exe").with_state(|resource| {
        resource.clear_faults();
    });
    let begin = emulator.now();
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!((job.state()?, (emulator.now() - begin).num_seconds()), (JobState::Transferred, 10));
    Ok(())
}

/// The same where each attempt takes a while.
#[test]
fn a_client_that_resumes_a_job_of_a_slow_server_is_named() -> Result<(), Error> {
    let (emulator, _session, job) = download(Fault::http(404).always());
    emulator.server("https://example.com").with_state(|server| {
        server.latency(Duration::from_millis(20));
    });
    job.set_notify_interface(Stubborn)?;
    assert!(emulator.run_until_idle().busy_job().is_some());
    Ok(())
}

/// HTTP-08, HTTP-10: a remote file that is another after its first bytes, whenever it is asked for, makes
/// progress without end.
#[test]
fn a_file_that_never_stays_the_same_is_noticed() -> Result<(), Error> {
    let (emulator, _session, job) =
        download(Fault::changes_to(Content::from(10 << 20)).after(1 << 20).always());
    let report = emulator.run_until_idle();
    assert_eq!(report.busy_job().map(|busy| busy.job), Some(job.id()));
    assert_eq!(report.busy_job().and_then(|busy| busy.client.clone()), None);
    let before = emulator.now();
    emulator.advance(HOUR);
    assert_eq!((emulator.now() - before).num_hours(), 1);
    Ok(())
}

/// A client whose callback always fails is notified again and again.
#[test]
fn a_callback_that_always_fails_is_named() -> Result<(), Error> {
    struct Deaf;
    impl Callback for Deaf {
        fn job_transferred(&self, _: &Job) -> HResult {
            HResult::E_FAIL
        }
    }
    let (emulator, _session, job) = download(Fault::http(503));
    job.set_notify_interface(Deaf)?;
    let report = emulator.run_until_idle();
    assert_eq!(job.state()?, JobState::Transferred);
    let client = report.busy_job().and_then(|busy| busy.client.clone()).unwrap();
    assert_eq!((client.number, &*client.account), (1, "alice"));
    Ok(())
}

/// TIME-20, TIME-21, TIME-26: a client that is notified again and again keeps no clock from its instant.
#[test]
fn a_callback_that_always_fails_delays_no_removal() -> Result<(), Error> {
    struct Deaf;
    impl Callback for Deaf {
        fn job_error(&self, _: &Job, _: &JobError) -> HResult {
            HResult::E_FAIL
        }
    }
    let (emulator, _session, job) = download(Fault::http(404).always());
    job.set_notify_interface(Deaf)?;
    let begin = emulator.now();
    emulator.advance(Duration::from_secs(91 * DAY));
    assert_eq!(job.state()?, JobState::Cancelled);
    let trace = emulator.trace();
    let removal = trace
        .of_job(job.id())
        .steps()
        .iter()
        .rev()
        .find(|step| step.job(job.id()).is_some_and(|did| did.after == JobState::Cancelled))
        .map(|step| step.at - begin);
    assert_eq!(removal.map(|after| after.num_milliseconds()), Some(90 * 86_400_000));
    Ok(())
}

/// A client that is not concerned is not named.
#[test]
fn a_client_of_another_job_is_not_named() -> Result<(), Error> {
    let (emulator, session, job) =
        download(Fault::changes_to(Content::from(10 << 20)).after(1 << 20).always());
    struct Finisher;
    impl Callback for Finisher {
        fn job_transferred(&self, job: &Job) -> HResult {
            job.complete().map_or_else(|error| error.code(), |_| HResult::S_OK)
        }
    }
    emulator.server("https://example.com").file("/other.exe", 10);
    let other = session.create_job("other", JobType::Download)?;
    other.add_file("https://example.com/other.exe", r"C:\app\other.exe")?;
    other.set_notify_interface(Finisher)?;
    other.resume()?;
    let report = emulator.run_until_idle();
    let busy = report.busy_job().unwrap();
    assert_eq!((busy.job, busy.client.clone()), (job.id(), None), "{report}");
    Ok(())
}

/// A long wait that leads somewhere is none without gain.
#[test]
fn retries_at_the_shortest_delay_come_to_their_end() -> Result<(), Error> {
    let (emulator, _session, job) = download(Fault::http(503).always());
    job.set_minimum_retry_delay(Duration::from_secs(5))?;
    job.set_no_progress_timeout(Duration::from_secs(DAY))?;
    let begin = emulator.now();
    let report = emulator.run_until_idle();
    assert!(report.is_at_rest(), "{report}");
    assert_eq!((job.state()?, (emulator.now() - begin).num_days()), (JobState::Error, 1));
    assert_eq!(u64::from(job.error_count()?), DAY / 5 + 1);
    Ok(())
}

#[test]
fn a_report_says_whether_jobs_are_under_way() {
    let (emulator, _session, _job) = download(Fault::none());
    let report = emulator.advance(Duration::from_secs(2));
    assert!(!report.is_at_rest() && report.busy_job().is_none());
    assert_eq!(report.to_string(), "jobs are under way");
    let report = emulator.run_until_idle();
    assert!(report.is_at_rest());
    assert_eq!(report.to_string(), "every job is at rest");
}

/// LIFE-27: a job that is over can be read as long as a handle is left, however many come after it.
#[test]
fn a_job_that_is_over_stays_as_long_as_a_handle_of_it() -> Result<(), Error> {
    let (emulator, session, job) = download(Fault::none());
    assert!(emulator.run_until_idle().is_at_rest());
    let _ = job.complete()?;
    let files = job.files()?;
    let id = job.id();
    drop(job);
    for _ in 0..100 {
        let next = session.create_job("next", JobType::Download)?;
        let _ = next.cancel()?;
    }
    assert_eq!(files[0].job().state()?, JobState::Acknowledged);
    assert!(emulator.trace().of_job(id).steps().len() > 1);
    Ok(())
}
