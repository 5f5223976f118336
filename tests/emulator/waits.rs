//! How clients wait, and that none waits for ever: events, background threads and loops that poll.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use bits_emulator::{Callback, Clock, Error, HResult, Job, JobState, Method, User};

use crate::support::{URL, download, world};

fn message_of(panics: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(panics)).expect_err("it panics");
    panic.downcast::<String>().map(|text| *text).unwrap_or_default()
}

/// A loop that polls while the clock stands is told how to let time pass, whatever it asks.
#[test]
fn a_loop_that_polls_while_the_clock_stands_panics() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = download(&session)?;
    let file = job.files()?.remove(0);
    let state = || while job.state().is_ok_and(|state| state != JobState::Transferred) {};
    let refused = || while job.complete().is_err() || job.cancel().is_ok() {};
    let several = || {
        while job.progress().is_ok_and(|progress| progress.files_transferred == 0) {
            let _ = (job.state(), job.error(), session.jobs());
        }
    };
    let of_file = || while file.progress().is_ok_and(|progress| !progress.completed) {};
    let by_id = || while session.job(job.id()).is_ok() {};
    let no_job = || while session.jobs().is_ok_and(|jobs| jobs.total() < 2) {};
    emulator.set_poll_limit(Some(1_000));
    let loops: [(&dyn Fn(), Method); 5] = [
        (&state, Method::GetState),
        (&several, Method::GetProgress),
        (&of_file, Method::GetProgress),
        (&by_id, Method::GetJob),
        (&no_job, Method::EnumJobs),
    ];
    for (polls, method) in loops {
        let message = message_of(polls);
        let said = format!("alice called {method} 1000 times in a row while nothing happened");
        assert!(message.starts_with(&said), "{message}");
        assert!(message.contains("Session::sleep") && message.contains("Clock::PerCall"));
    }
    job.cancel()?;
    let message = message_of(refused);
    assert!(message.contains("called Complete 1000 times"), "{message}");
    Ok(())
}

/// Where another thread may let time pass, a loop may poll a hundred times as often.
#[test]
fn a_loop_beside_other_threads_polls_longer() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = download(&session)?;
    emulator.set_poll_limit(Some(10));
    let polls = move || while job.state().is_ok() {};
    let message = std::thread::spawn(move || message_of(polls)).join().expect("it was caught");
    assert!(message.contains("called GetState 1000 times"), "{message}");
    Ok(())
}

/// Time that passes, a change and another question begin the count anew; a limit may be none.
#[test]
fn a_loop_in_which_something_happens_polls_on() -> Result<(), Error> {
    let (emulator, session) = world();
    emulator.set_poll_limit(Some(10));
    let job = download(&session)?;
    for number in 0..100 {
        job.state()?;
        match number % 3 {
            0 => session.sleep(Duration::from_millis(1)),
            1 => job.set_description("changed")?,
            _ => {}
        }
    }
    for number in 0..100 {
        job.add_file(URL, format!(r"C:\app\{number}.exe"))?;
    }
    for file in job.files()? {
        file.local_name()?;
    }
    emulator.set_clock(Clock::PerCall(Duration::from_millis(1)));
    (0..100).try_for_each(|_| job.state().map(|_| ()))?;
    emulator.set_clock(Clock::Manual);
    emulator.set_poll_limit(None);
    (0..100).try_for_each(|_| job.state().map(|_| ()))
}

/// Sends what it is told.
struct Sends(Mutex<Sender<&'static str>>);

impl Callback for Sends {
    fn job_transferred(&self, job: &Job) -> HResult {
        let _ = job.complete().unwrap();
        self.0.lock().unwrap().send("transferred").unwrap();
        HResult::S_OK
    }
}

/// A client that waits in a channel hears of its job from an emulator in the background.
#[test]
fn a_client_that_really_waits_is_served_in_the_background() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = download(&session)?;
    let (sender, receiver) = channel();
    job.set_notify_interface(Sends(Mutex::new(sender)))?;
    job.resume()?;
    let background = emulator.run_in_background(1_000);
    assert_eq!(receiver.recv_timeout(Duration::from_secs(60)), Ok("transferred"));
    drop(background);
    assert_eq!(job.state()?, JobState::Acknowledged);
    let now = emulator.now();
    assert_eq!(emulator.now(), now, "the clock stands again");
    Ok(())
}

/// Says that it is called, and fails an assertion.
struct Asserts(Mutex<Sender<()>>);

impl Callback for Asserts {
    fn job_transferred(&self, _: &Job) -> HResult {
        self.0.lock().unwrap().send(()).unwrap();
        panic!("the assertion of a callback");
    }
}

/// An assertion of a callback in the background fails the test that holds the guard.
#[test]
#[should_panic(expected = "the assertion of a callback")]
fn a_panic_in_the_background_reaches_the_test() {
    let (emulator, session) = world();
    let job = download(&session).unwrap();
    let (sender, receiver) = channel();
    job.set_notify_interface(Asserts(Mutex::new(sender))).unwrap();
    job.resume().unwrap();
    let background = emulator.run_in_background(1_000);
    receiver.recv_timeout(Duration::from_secs(60)).unwrap();
    drop(background);
}

/// A wait ends at the first callback, or at its time; a callback before it counts once.
#[test]
fn a_wait_ends_with_a_callback_or_with_its_time() -> Result<(), Error> {
    let (emulator, session) = world();
    let other = emulator.connect(User::new("alice"));
    let job = download(&session)?;
    let (sender, receiver) = channel();
    job.set_notify_interface(Sends(Mutex::new(sender)))?;
    let begin = emulator.now();
    assert!(!session.wait(Duration::from_secs(5)));
    assert_eq!((emulator.now() - begin).num_seconds(), 5);
    job.resume()?;
    assert!(session.wait(Duration::from_secs(3_600)));
    assert_eq!((emulator.now() - begin).num_seconds(), 15);
    assert_eq!(receiver.try_recv(), Ok("transferred"));
    assert!(!session.wait(Duration::from_secs(1)) && !other.wait(Duration::from_secs(1)));
    Ok(())
}

/// NOTIFY-18: a client that was killed waits no longer.
#[test]
fn a_wait_of_a_killed_client_ends() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = download(&session)?;
    job.resume()?;
    session.kill();
    let begin = emulator.now();
    assert!(!session.wait(Duration::from_secs(60)));
    assert_eq!(emulator.now(), begin);
    Ok(())
}
