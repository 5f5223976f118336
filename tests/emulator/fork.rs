//! Forks: independent copies of an emulated computer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bits_emulator::disk::DiskState;
use bits_emulator::hooks::Calls;
use bits_emulator::service::Seeded;
use bits_emulator::{
    Callback, Clock, Completion, Emulator, Error, Fault, HResult, Hook, Job, JobState, JobType,
    Method, Session,
};

use crate::support::{PATH, URL, download, world};

fn setup() -> Result<(Emulator, Session, Job), Error> {
    let (emulator, session) = world();
    let job = download(&session)?;
    Ok((emulator, session, job))
}

/// What happens to the copy does not happen to the original: time, jobs, servers, disk, processes, hooks.
#[test]
fn a_copy_changes_nothing_in_the_original() -> Result<(), Error> {
    let (emulator, session, job) = setup()?;
    job.resume()?;
    emulator.advance(Duration::from_secs(3));
    let (now, trace) = (emulator.now(), emulator.trace());

    let copy = emulator.fork();
    let there = job.counterpart(&copy);
    copy.server("https://example.com").resource("/app.exe").fails(Fault::http(404).always());
    assert!(copy.run_until_idle().is_at_rest());
    assert_eq!(there.complete()?, Completion::All);
    copy.disk().write(r"C:\other.txt", "copy");
    copy.hook(Hook::fail(Calls::Any, HResult::E_FAIL).always());
    copy.set_clock(Clock::PerCall(Duration::from_secs(60)));
    session.counterpart(&copy).kill();
    copy.disconnect_network();

    assert_eq!(emulator.now(), now);
    assert_eq!(emulator.trace(), trace);
    assert!(session.is_alive() && !session.counterpart(&copy).is_alive());
    assert_eq!(job.state()?, JobState::Transferring);
    assert_eq!(job.progress()?.bytes_transferred, 3 << 20);
    assert!(!emulator.disk().exists(PATH));
    assert!(!emulator.disk().exists(r"C:\other.txt"));
    assert_eq!(emulator.now(), now, "its calls take no time");
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.complete()?, Completion::All);
    Ok(())
}

/// What happens to the original does not happen to the copy.
#[test]
fn the_original_changes_nothing_in_a_copy() -> Result<(), Error> {
    let (emulator, session, job) = setup()?;
    job.resume()?;
    emulator.advance(Duration::from_secs(3));
    let copy = emulator.fork();
    let (now, trace) = (copy.now(), copy.trace());

    emulator.server("https://example.com").resource("/app.exe").fails(Fault::http(404).always());
    emulator.advance(Duration::from_secs(86_400));
    emulator.disk().write(r"C:\other.txt", "original");
    emulator.reboot();
    drop((emulator, session));

    assert_eq!(copy.now(), now);
    assert_eq!(copy.trace(), trace);
    assert!(!copy.disk().exists(r"C:\other.txt"));
    assert!(copy.run_until_idle().is_at_rest());
    assert_eq!(job.counterpart(&copy).complete()?, Completion::All);
    Ok(())
}

/// INV-58: with the same calls both have the same trace, whatever the chooser drew before.
#[test]
fn the_same_calls_give_the_same_trace() -> Result<(), Error> {
    let (emulator, session, first) = setup()?;
    emulator.set_chooser(Seeded::new(7));
    emulator.server("https://example.com").resource("/app.exe").fails(Fault::http(503).times(2));
    let second = session.create_job("second", JobType::Download)?;
    second.add_file(URL, r"C:\app\second.exe")?;
    first.resume()?;
    second.resume()?;
    emulator.advance(Duration::from_secs(5));

    let copy = emulator.fork();
    let rest = |emulator: &Emulator| -> Result<(), Error> {
        assert!(emulator.run_until_idle().is_at_rest());
        for job in [&first, &second] {
            assert_eq!(job.counterpart(emulator).complete()?, Completion::All);
        }
        session.counterpart(emulator).create_job("third", JobType::Upload)?;
        Ok(())
    };
    rest(&emulator)?;
    rest(&copy)?;
    assert_eq!(emulator.trace(), copy.trace());
    assert_eq!(emulator.event_log(), copy.event_log());
    assert_eq!(emulator.now(), copy.now());
    Ok(())
}

/// Completes its job, and counts.
#[derive(Default)]
struct Finisher(AtomicU32);

impl Callback for Finisher {
    fn job_transferred(&self, job: &Job) -> HResult {
        self.0.fetch_add(1, Ordering::Relaxed);
        job.complete().map_or_else(|error| error.code(), |_| HResult::S_OK)
    }
}

/// NOTIFY-04: a callback is registered in both, and gets the job of the one that calls it.
#[test]
fn a_callback_gets_the_job_of_the_emulator_that_calls_it() -> Result<(), Error> {
    let (emulator, _session, job) = setup()?;
    let finisher = Arc::new(Finisher::default());
    job.set_notify_interface(finisher.clone())?;
    job.resume()?;
    let copy = emulator.fork();

    assert!(copy.run_until_idle().is_at_rest());
    assert_eq!(finisher.0.load(Ordering::Relaxed), 1);
    assert!(copy.disk().exists(PATH));
    assert_eq!(job.state()?, JobState::Queued);

    // Replaced in one, it stays registered in the other.
    job.set_notify_interface(None)?;
    assert!(job.counterpart(&copy).notify_interface()?.is_some());
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!((job.state()?, finisher.0.load(Ordering::Relaxed)), (JobState::Transferred, 1));
    Ok(())
}

/// Programs and classes are registered in both, and hooks count for each by itself.
#[test]
fn programs_and_hooks_go_along() -> Result<(), Error> {
    let (emulator, session, job) = setup()?;
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    emulator.on_program(move |_, _, _| counted.fetch_add(1, Ordering::Relaxed));
    job.set_notify_cmd_line(Some(r"C:\app\done.exe"), None)?;
    job.resume()?;
    let broken = HResult::RPC_S_SERVER_UNAVAILABLE;
    emulator.hook(Hook::fail(Method::CreateJob, broken));

    let copy = emulator.fork();
    for emulator in [&emulator, &copy] {
        let session = session.counterpart(emulator);
        let create = || session.create_job("next", JobType::Download).map_err(|error| error.code());
        assert_eq!(create().err(), Some(broken));
        assert_eq!(create().err(), None);
        emulator.advance(Duration::from_secs(20));
    }
    assert_eq!(runs.load(Ordering::Relaxed), 2);
    Ok(())
}

/// A copy of an open file would be open for good.
#[test]
#[should_panic(expected = "a client has a file open")]
fn a_fork_is_refused_while_a_file_is_open() {
    let emulator = Emulator::new();
    let _file = emulator.disk().write(r"C:\a.txt", "hello").open(r"C:\a.txt");
    let _ = emulator.fork();
}

/// Two emulators would write to one directory.
#[test]
#[should_panic(expected = "its disk is in a real directory")]
fn a_fork_is_refused_with_a_disk_in_a_real_directory() {
    let emulator = Emulator::new();
    emulator.disk().with_state(|disk| *disk = DiskState::in_directory(std::env::temp_dir()));
    let _ = emulator.fork();
}

/// Forks its emulator while it is called.
struct Forks(Emulator);

impl Callback for Forks {
    fn job_transferred(&self, _: &Job) -> HResult {
        let _ = self.0.fork();
        HResult::S_OK
    }
}

/// The copy would wait for ever for a callback that returns in the original. The panic makes the callback
/// fail, and leaves the emulator as it was.
#[test]
fn a_fork_is_refused_inside_a_callback() -> Result<(), Error> {
    let (emulator, _session, job) = setup()?;
    emulator.contain_panics(true);
    job.set_notify_interface(Forks(emulator.clone()))?;
    job.resume()?;
    emulator.advance(Duration::from_secs(20));
    let trace = emulator.trace().to_string();
    assert!(trace.contains("RPC_E_SERVERFAULT"), "{trace}");
    assert_eq!(job.state()?, JobState::Transferred);
    Ok(())
}
