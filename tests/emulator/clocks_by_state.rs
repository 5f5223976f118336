//! Jobs that go on from state to state as the test wants: at once, by looks, or by hand.

use std::time::Duration;

use bits_emulator::policy::Block;
use bits_emulator::server::Server;
use bits_emulator::{
    Callback, Clock, Emulator, Error, Fault, HResult, Job, JobState, JobType, Session, User,
};

use JobState::{Connecting, Queued, Suspended, Transferred, Transferring, TransientError};

fn setup(prepare: impl FnOnce(&Server)) -> (Emulator, Session) {
    let emulator = Emulator::new();
    let server = emulator.server("https://example.com");
    server.file("/app.exe", 10 << 20);
    prepare(&server);
    let session = emulator.connect(User::new("alice"));
    (emulator, session)
}

fn download(session: &Session, number: u32) -> Result<Job, Error> {
    let job = session.create_job("update", JobType::Download)?;
    job.add_file("https://example.com/app.exe", format!(r"C:\app\{number}.exe"))?;
    Ok(job)
}

/// LIFE-18, LIFE-20: by hand, one state after the other, and no look changes anything.
#[test]
fn by_hand_each_state_is_seen() -> Result<(), Error> {
    let (emulator, session) = setup(|_| ());
    let job = download(&session, 0)?;
    assert!(!emulator.step_forward(job.id()));
    assert_eq!(job.state()?, Suspended);
    job.resume()?;
    for state in [Queued, Connecting, Transferring, Transferred] {
        for _ in 0..10 {
            assert_eq!(job.state()?, state);
        }
        assert_eq!(emulator.step_forward(job.id()), state != Transferred);
    }
    Ok(())
}

/// ERR-14, TIME-01: a retry takes its time, but no step of the test.
#[test]
fn by_hand_a_retry_is_a_step() -> Result<(), Error> {
    let (emulator, session) = setup(|server| {
        server.resource("/app.exe").fails(Fault::http(503).times(2));
    });
    let job = download(&session, 0)?;
    job.resume()?;
    let begin = emulator.now();
    let mut states = Vec::new();
    while emulator.step_forward(job.id()) {
        states.push(job.state()?);
    }
    let attempt = [Connecting, TransientError, Queued];
    assert_eq!(states, [&attempt[..], &attempt, &[Connecting, Transferring, Transferred]].concat());
    assert_eq!((emulator.now() - begin).num_seconds(), 1_210);
    Ok(())
}

/// INV-35: what one job does by hand takes time for the others too, and their turns are kept.
#[test]
fn by_hand_a_job_waits_for_its_turn() -> Result<(), Error> {
    let (emulator, session) = setup(|_| ());
    let (first, second) = (download(&session, 1)?, download(&session, 2)?);
    first.resume()?;
    second.resume()?;
    assert!(emulator.step_forward(second.id()));
    assert_eq!((first.state()?, second.state()?), (Transferred, Connecting));
    Ok(())
}

/// At once: whoever looks finds the end; an error that is retried is not passed over.
#[test]
fn at_once_a_job_is_where_it_rests() -> Result<(), Error> {
    let (emulator, session) = setup(|server| {
        server.resource("/app.exe").fails(503);
    });
    emulator.set_clock(Clock::UntilRest);
    let job = download(&session, 0)?;
    assert_eq!(job.state()?, Suspended);
    job.resume()?;
    assert_eq!(job.state()?, TransientError);
    assert_eq!(job.error()?.code(), HResult::BG_E_HTTP_ERROR_503);
    assert_eq!(job.state()?, TransientError, "the clock is the test's");
    emulator.advance(Duration::from_secs(600));
    assert_eq!(job.progress()?.files_transferred, 1);
    assert_eq!(job.state()?, Transferred);
    Ok(())
}

/// By polls: each n-th finds the next state, of this job and by `GetState` only.
#[test]
fn by_looks_a_job_goes_on() -> Result<(), Error> {
    for (number, looks) in [(0, 1), (1, 1), (3, 3)] {
        let (emulator, session) = setup(|_| ());
        let (job, other) = (download(&session, 1)?, download(&session, 2)?);
        emulator.set_clock_of(job.id(), Clock::EachPoll(number));
        job.resume()?;
        for (before, after) in
            [(Queued, Connecting), (Connecting, Transferring), (Transferring, Transferred)]
        {
            for _ in 1..looks {
                assert_eq!(job.state()?, before, "{number}");
                let _ = (job.progress()?, other.state()?);
            }
            assert_eq!(job.state()?, after, "{number}");
        }
        // Nothing is left to happen by itself.
        let end = emulator.now();
        other.resume()?;
        for _ in 0..10 {
            assert_eq!((job.state()?, other.state()?), (Transferred, Queued));
        }
        assert_eq!(emulator.now(), end);
    }
    Ok(())
}

/// One job may go another way than the others, until all are told anew.
#[test]
fn the_latest_word_counts() -> Result<(), Error> {
    let (emulator, session) = setup(|_| ());
    let job = download(&session, 0)?;
    emulator.set_clock_of(job.id(), Clock::UntilRest);
    emulator.set_clock(Clock::Manual);
    job.resume()?;
    assert_eq!(job.state()?, Queued);
    emulator.set_clock(Clock::UntilRest);
    emulator.set_clock_of(job.id(), Clock::Manual);
    assert_eq!(job.state()?, Queued);
    emulator.set_clock(Clock::UntilRest);
    assert_eq!(job.state()?, Transferred);
    Ok(())
}

/// A job that cannot go on does not keep a look waiting.
#[test]
fn a_look_ends_though_nothing_happens() -> Result<(), Error> {
    let (emulator, session) = setup(|_| ());
    let alice = User::new("alice");
    let job = download(&session, 0)?;
    job.resume()?;
    // NET-01: it stays in the queue.
    emulator.log_off(&alice);
    for clock in [Clock::UntilRest, Clock::EachPoll(1)] {
        emulator.set_clock(clock);
        assert_eq!(job.state()?, Queued);
    }
    emulator.log_on(&alice);
    assert_eq!(job.state()?, Connecting);
    Ok(())
}

/// NOTIFY-20: a callback that always fails, and looks at another job whenever it is called.
struct Restless(Job);

impl Callback for Restless {
    fn job_transferred(&self, _: &Job) -> HResult {
        let _ = self.0.state();
        HResult::E_FAIL
    }
}

/// What callbacks wait for is no reason to go on for ever.
#[test]
fn a_run_ends_though_callbacks_wait_inside_it() -> Result<(), Error> {
    let (emulator, session) = setup(|_| ());
    let (job, blocked) = (download(&session, 1)?, download(&session, 2)?);
    job.set_minimum_retry_delay(Duration::from_secs(60))?;
    blocked.set_no_progress_timeout(Duration::from_secs(u32::MAX.into()))?;
    job.set_notify_interface(Restless(blocked.clone()))?;
    job.resume()?;
    emulator.advance(Duration::from_secs(60));
    emulator.block(Block::GameMode);
    blocked.resume()?;
    assert_eq!((job.state()?, blocked.state()?), (Transferred, TransientError));
    emulator.set_clock(Clock::UntilRest);
    assert!(!emulator.run_until_idle().is_at_rest());
    Ok(())
}
