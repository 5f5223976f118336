//! Handles are equal if they are handles of the same, and `Debug` shows what that is.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use bits_emulator::{Emulator, Error, JobType};

use crate::support::URL;

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn handles_of_the_same_are_equal() -> Result<(), Error> {
    let emulator = Emulator::new();
    let (session, second) = (emulator.connect("alice"), emulator.connect("alice"));
    let (job, other) = (
        session.create_job("update", JobType::Download)?,
        session.create_job("update", JobType::Download)?,
    );
    job.add_file(URL, r"C:\0")?;
    job.add_file(URL, r"C:\1")?;
    let again = second.job(job.id())?;
    assert_eq!(job, again);
    assert_eq!(hash(&job), hash(&again));
    assert_ne!(job, other);

    let (files, same) = (job.files()?, again.files()?);
    assert_eq!(files, same);
    assert_eq!(hash(&files[1]), hash(&same[1]));
    assert_ne!(files[0], files[1]);

    assert_eq!(session, session.clone());
    assert_eq!(hash(&session), hash(&session.clone()));
    assert_ne!(session, second);
    Ok(())
}

#[test]
fn handles_of_a_fork_are_others() -> Result<(), Error> {
    let emulator = Emulator::new();
    let session = emulator.connect("alice");
    let job = session.create_job("update", JobType::Download)?;
    job.add_file(URL, r"C:\0")?;
    let fork = emulator.fork();
    let copy = job.counterpart(&fork);
    assert_eq!(copy.id(), job.id());
    assert_ne!(copy, job);
    assert_ne!(copy.files()?, job.files()?);
    assert_ne!(session.counterpart(&fork), session);
    assert_eq!(emulator, emulator.clone());
    assert_ne!(emulator, fork);
    Ok(())
}

#[test]
fn debug_shows_what_a_handle_is_of() -> Result<(), Error> {
    let emulator = Emulator::new();
    let session = emulator.connect("alice");
    let job = session.create_job("update", JobType::Download)?;
    job.add_file(URL, r"C:\app.exe")?;
    let file = job.files()?.remove(0);
    let id = &job.id().to_string()[1..9];
    let shown = format!(r#"Job {{ name: "update", state: SUSPENDED, id: {id} }}"#);
    assert_eq!(format!("{job:?}"), shown);
    let shown = format!(r#"File {{ local_name: "C:\\app.exe", index: 0, job: {shown} }}"#);
    assert_eq!(format!("{file:?}"), shown);
    assert_eq!(
        format!("{session:?}"),
        r#"Session { account: "alice", is_alive: true, process: 1 }"#
    );
    session.kill();
    assert_eq!(
        format!("{session:?}"),
        r#"Session { account: "alice", is_alive: false, process: 1 }"#
    );
    Ok(())
}

/// In a closure that the emulator calls with its lock held, `Debug` does with the ids.
#[test]
fn debug_waits_for_nothing() -> Result<(), Error> {
    let emulator = Emulator::new();
    let session = emulator.connect("alice");
    let job = session.create_job("update", JobType::Download)?;
    job.add_file(URL, r"C:\app.exe")?;
    let file = job.files()?.remove(0);
    let shown = emulator.disk().with_state(|_| format!("{job:?}, {file:?}, {session:?}"));
    let id = &job.id().to_string()[1..9];
    let job = format!("Job {{ id: {id} }}");
    assert_eq!(shown, format!("{job}, File {{ index: 0, job: {job} }}, Session {{ process: 1 }}"));
    Ok(())
}

#[test]
fn debug_lets_no_time_pass() -> Result<(), Error> {
    let emulator = Emulator::new();
    let job = emulator.connect("alice").create_job("update", JobType::Download)?;
    emulator.set_clock(bits_emulator::Clock::PerCall(std::time::Duration::from_secs(1)));
    let (before, steps) = (emulator.now(), emulator.trace().steps().len());
    let _ = format!("{job:?}");
    assert_eq!((emulator.now(), emulator.trace().steps().len()), (before, steps));
    let _ = job.state()?;
    assert_ne!(emulator.now(), before);
    Ok(())
}
