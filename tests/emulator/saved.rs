//! A computer that goes on from what another left.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use bits_emulator::readings::{ClientExit, Readings};
use bits_emulator::trace::{TraceEvent, TraceStep};
use bits_emulator::{
    Completion, Emulator, Error, HResult, Job, JobState, JobType, SavedEmulator, User,
};

use crate::support::{self, PATH, SIZE, URL, resumed_download};

/// Another emulator with the same servers and the same disk.
fn after_power_failure(emulator: &Emulator, saved: &SavedEmulator) -> Emulator {
    let disk = emulator.disk().with_state(|disk| disk.clone());
    let after = support::emulator();
    after.disk().with_state(|there| *there = disk);
    after.boot(saved);
    after
}

/// A download that has come some way.
fn half_way() -> Result<(Emulator, Job), Error> {
    let emulator = support::emulator();
    let job = resumed_download(&emulator.connect(User::new("alice")))?;
    emulator.advance(Duration::from_secs(3));
    assert_eq!(job.state()?, JobState::Transferring);
    Ok((emulator, job))
}

/// LIFE-29, LIFE-30, NET-20, NET-10: it goes on where it stopped, once its owner is there.
#[test]
fn a_download_goes_on_where_it_stopped() -> Result<(), Error> {
    let (emulator, job) = half_way()?;
    let reached = job.progress()?.bytes_transferred;
    assert!(reached > 0 && reached < SIZE);

    let after = after_power_failure(&emulator, &emulator.save());
    assert_eq!(after.now(), emulator.now());
    after.advance(Duration::from_secs(60));
    let again = after.connect(User::new("alice")).job(job.id())?;
    assert_eq!((again.state()?, again.progress()?.bytes_transferred), (JobState::Queued, reached));
    assert!(after.run_until_idle().is_at_rest());
    assert_eq!(again.complete()?, Completion::All);
    assert!(after.disk().exists(PATH));
    // The first computer knows nothing of it.
    assert!(!emulator.disk().exists(PATH));
    Ok(())
}

/// SEC-02: accounts are the same, in whatever order people come.
#[test]
fn accounts_stay_who_they_are() -> Result<(), Error> {
    let (emulator, job) = half_way()?;
    let after = Emulator::new();
    let early = after.connect(User::new("bob"));
    after.boot(&emulator.save());
    assert!(!early.is_alive());
    let denied = after.connect(User::new("bob")).job(job.id()).unwrap_err();
    assert_eq!(denied.code(), HResult::E_ACCESSDENIED);
    assert!(after.connect(User::new("ALICE")).job(job.id()).is_ok());
    Ok(())
}

/// What people see has the names that it had: of accounts as they were written, of services, of jobs.
#[test]
fn names_are_the_same() -> Result<(), Error> {
    let emulator = Emulator::new();
    let job = emulator.connect(User::new("Alice")).create_job("update", JobType::Download)?;
    let after = after_power_failure(&emulator, &emulator.save());
    assert!(after.bitsadmin_info(job.id())?.contains("OWNER: Alice\n"));
    let alice = after.connect(User::new("ALICE"));
    alice.job(job.id())?.set_description("of Alice")?;
    let _ = after.connect(User::local_system());
    let trace = after.trace().to_string();
    for name in ["Alice", "LocalSystem", "update"] {
        assert!(trace.contains(name), "{name}: {trace}");
    }
    Ok(())
}

/// What another left is not in the trace, from which the run therefore cannot be repeated.
#[test]
fn a_boot_is_a_step_of_its_own() -> Result<(), Error> {
    let (emulator, job) = half_way()?;
    let nothing = Emulator::new().save();
    emulator.boot(&nothing);
    assert!(emulator.run_until_idle().is_at_rest());
    let gone = emulator.connect(User::new("alice")).job(job.id()).unwrap_err();
    assert_eq!(gone.code(), HResult::BG_E_NOT_FOUND);
    let boots = |step: &&TraceStep| step.what == TraceEvent::Booted;
    assert_eq!(emulator.trace().steps().iter().filter(boots).count(), 1);
    let expectation = || job.expect_state(JobState::Transferred);
    let message = catch_unwind(AssertUnwindSafe(expectation)).unwrap_err();
    let message = message.downcast::<String>().unwrap();
    assert!(
        message.contains("There is no such job any more") && !message.contains("As a scenario")
    );
    Ok(())
}

/// INV-57: the same with its text.
#[cfg(feature = "serde")]
#[test]
fn it_can_be_kept_as_json() -> Result<(), Box<dyn std::error::Error>> {
    let (emulator, job) = half_way()?;
    let saved = emulator.save();
    let read: SavedEmulator = serde_json::from_str(&serde_json::to_string(&saved)?)?;
    assert_eq!(read, saved);
    let after = after_power_failure(&emulator, &read);
    let again = after.connect(User::new("alice")).job(job.id())?;
    assert_eq!(again.progress()?, job.progress()?);
    Ok(())
}

/// ERR-07: a saved emulator is one whose computer restarted, which ends every application. A job without one
/// keeps its error object.
#[test]
fn a_boot_ends_the_applications_of_saved_jobs() -> Result<(), Error> {
    for (client_exit, dropped) in [(ClientExit::Drop, true), (ClientExit::Keep, false)] {
        for lives in [true, false] {
            let readings = Readings { client_exit, ..Readings::documented() };
            let emulator = Emulator::with_readings(readings);
            emulator.server("https://example.com");
            let session = emulator.connect(User::new("alice"));
            let job = session.create_job("update", JobType::Download)?;
            job.add_file(URL, PATH)?;
            job.resume()?;
            if !lives {
                session.kill();
            }
            assert!(emulator.run_until_idle().is_at_rest());
            let saved = emulator.save();
            let next = Emulator::with_readings(readings);
            next.boot(&saved);
            let found = next.connect(User::new("alice")).job(job.id())?;
            assert_eq!(found.state()?, JobState::Error);
            assert_eq!(found.error().is_err(), dropped && lives, "{client_exit}, {lives}");
        }
    }
    Ok(())
}
