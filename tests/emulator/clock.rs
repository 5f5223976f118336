//! Time: under the test's control, or moved on by each call.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bits_emulator::chrono::{DateTime, TimeDelta, Utc};
use bits_emulator::service::{Scripted, Seeded};
use bits_emulator::{
    Callback, Clock, Emulator, Error, Fault, HResult, Job, JobState, JobType, NotifyFlags, Session,
};

use crate::support::{URL, world};

fn download(session: &Session, number: usize) -> Result<Job, Error> {
    let job = session.create_job("update", JobType::Download)?;
    job.add_file(URL, format!(r"C:\app\{number}.exe"))?;
    job.resume()?;
    Ok(job)
}

/// By itself nothing happens, however often somebody looks.
#[test]
fn a_manual_clock_stands_still() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = download(&session, 0)?;
    let begin = emulator.now();
    for _ in 0..1_000 {
        assert_eq!(job.state()?, JobState::Queued);
    }
    assert_eq!(emulator.now(), begin);
    emulator.advance(Duration::ZERO);
    assert_ne!(job.state()?, JobState::Queued);
    assert_eq!(emulator.now(), begin);
    Ok(())
}

/// The loop of many applications ends, and takes virtual time only.
#[test]
fn a_loop_of_polls_ends() -> Result<(), Error> {
    let (emulator, session) = world();
    emulator.set_clock(Clock::PerCall(Duration::from_secs(1)));
    let job = download(&session, 0)?;
    let begin = emulator.now();
    while job.state()? != JobState::Transferred {}
    assert_eq!(emulator.now() - begin, TimeDelta::seconds(10));
    Ok(())
}

/// Polls in its callbacks, as long as time takes it to.
struct Polls {
    calls: AtomicU32,
    depth: AtomicU32,
    deepest: AtomicU32,
}

impl Callback for Polls {
    fn job_modification(&self, job: &Job) -> HResult {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let depth = self.depth.fetch_add(1, Ordering::Relaxed) + 1;
        self.deepest.fetch_max(depth, Ordering::Relaxed);
        for _ in 0..3 {
            let _ = job.progress();
        }
        self.depth.fetch_sub(1, Ordering::Relaxed);
        HResult::S_OK
    }
}

/// NOTIFY-15, NOTIFY-32: a callback may be called again while it calls, but not without end.
#[test]
fn callbacks_that_poll_are_nested_at_most_four_deep() -> Result<(), Error> {
    let (emulator, session) = world();
    emulator.set_clock(Clock::PerCall(Duration::from_secs(1)));
    let polls = Arc::new(Polls { calls: 0.into(), depth: 0.into(), deepest: 0.into() });
    let jobs: Vec<Job> =
        (0..8).map(|number| download(&session, number)).collect::<Result<_, _>>()?;
    for job in &jobs {
        job.set_notify_flags(NotifyFlags::JOB_MODIFICATION)?;
        job.set_notify_interface(polls.clone())?;
    }
    assert!(emulator.run_until_idle().is_at_rest());
    for job in &jobs {
        assert_eq!(job.state()?, JobState::Transferred);
    }
    assert!(polls.calls.load(Ordering::Relaxed) > 8);
    assert_eq!(polls.deepest.load(Ordering::Relaxed), 4);
    Ok(())
}

/// Nothing that happens is missed by a long leap, and the clock ends where it was sent.
#[test]
fn a_leap_lets_everything_happen_on_its_way() -> Result<(), Error> {
    let (emulator, session) = world();
    emulator.server("https://example.com").resource("/app.exe").fails(Fault::http(503).times(100));
    let job = download(&session, 0)?;
    let begin = emulator.now();
    emulator.advance(Duration::from_secs(86_400));
    assert_eq!((job.state()?, job.error_count()?), (JobState::Transferred, 100));
    assert_eq!(emulator.now() - begin, TimeDelta::days(1));
    let completion = job.times()?.transfer_completion.expect("it is transferred");
    assert_eq!(completion - begin, TimeDelta::seconds(100 * 600 + 10));
    Ok(())
}

/// TIME-05: the wall clock is another one; timers do not move with it.
#[test]
fn the_wall_clock_moves_no_timer() -> Result<(), Error> {
    let (emulator, session) = world();
    emulator.server("https://example.com").resource("/app.exe").fails(503);
    let job = download(&session, 0)?;
    emulator.advance(Duration::from_secs(1));
    emulator.change_clock(TimeDelta::days(1));
    emulator.advance(Duration::from_secs(598));
    assert_eq!(job.state()?, JobState::TransientError);
    emulator.advance(Duration::from_secs(1));
    assert_eq!(job.state()?, JobState::Transferring);
    Ok(())
}

/// TIME-20, LIFE-04: nobody waits for the removal of jobs, but it comes.
#[test]
fn idleness_does_not_wait_for_the_removal_of_jobs() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = download(&session, 0)?;
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.state()?, JobState::Transferred);
    emulator.advance(Duration::from_secs(91 * 86_400));
    assert_eq!(job.state()?, JobState::Cancelled);
    Ok(())
}

/// INV-58: the same chooser gives the same run; another one may give another, with the same end.
#[test]
fn a_chooser_decides_what_comes_first() -> Result<(), Error> {
    let run = |set: &dyn Fn(&Emulator)| -> Result<Vec<DateTime<Utc>>, Error> {
        let (emulator, session) = world();
        set(&emulator);
        let jobs: Vec<Job> =
            (0..4).map(|number| download(&session, number)).collect::<Result<_, _>>()?;
        assert!(emulator.run_until_idle().is_at_rest());
        jobs.iter().map(|job| Ok(job.times()?.transfer_completion.expect("transferred"))).collect()
    };
    let seeded = |seed| run(&move |emulator: &Emulator| emulator.set_chooser(Seeded::new(seed)));
    assert_eq!(seeded(7)?, seeded(7)?);
    let first = run(&|_| ())?;
    assert!(first.is_sorted());
    assert_eq!(run(&|emulator| emulator.set_chooser(Scripted::new([0; 4])))?, first);
    Ok(())
}
