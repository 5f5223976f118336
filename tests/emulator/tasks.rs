//! Async clients: tasks on virtual time.

use std::cell::RefCell;
use std::future::{pending, poll_fn};
use std::hash::Hasher;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use bits_emulator::{
    Clock, Emulator, Error, Fault, Hook, Job, JobState, Method, Notification, Session,
};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::support::{download, world};

const SECOND: Duration = Duration::from_secs(1);

/// What tasks did, in that order.
#[derive(Clone, Default)]
struct Log(Rc<RefCell<Vec<&'static str>>>);

impl Log {
    fn add(&self, line: &'static str) {
        self.0.borrow_mut().push(line);
    }

    fn lines(&self) -> Vec<&'static str> {
        self.0.borrow().clone()
    }
}

/// Adds to the log when it is dropped.
struct Dropped(Log, &'static str);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.add(self.1);
    }
}

fn message_of(panics: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(panics)).expect_err("it panics");
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

/// What a job's callback is told.
fn told_of(job: &Job) -> Result<UnboundedReceiver<Notification>, Error> {
    let (sender, receiver) = unbounded_channel();
    job.set_notify_interface(move |_: Job, told: Notification| _ = sender.send(told))?;
    Ok(receiver)
}

fn seconds(emulator: &Emulator, run: impl FnOnce()) -> i64 {
    let begin = emulator.now();
    run();
    (emulator.now() - begin).num_seconds()
}

async fn yield_now() {
    let mut has_yielded = false;
    poll_fn(|context| {
        if std::mem::replace(&mut has_yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Two timers that are awaited together take as long as the longer one, one after the other the sum.
#[test]
fn timers_run_beside_each_other() {
    let (emulator, session) = world();
    let joined = seconds(&emulator, || {
        session.block_on(async {
            tokio::join!(session.timer(3 * SECOND), session.timer(5 * SECOND));
        });
    });
    let in_turn = seconds(&emulator, || {
        session.block_on(async {
            session.timer(3 * SECOND).await;
            session.timer(5 * SECOND).await;
        });
    });
    assert_eq!((joined, in_turn), (5, 8));
}

/// A timer counts from when it was made, and one that has ended is ready at once.
#[test]
fn a_timer_counts_from_its_beginning() {
    let (emulator, session) = world();
    let took = seconds(&emulator, || {
        session.block_on(async {
            let timer = session.timer(5 * SECOND);
            session.timer(3 * SECOND).await;
            timer.await;
            session.timer(Duration::ZERO).await;
        });
    });
    assert_eq!(took, 5);
}

/// A callback wakes the task that waits for it, and the client goes on at that instant.
#[test]
fn a_callback_wakes_its_task() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = download(&session)?;
    let mut told = told_of(&job)?;
    job.resume()?;
    let begin = emulator.now();
    assert_eq!(session.block_on(told.recv()), Some(Notification::JobTransferred));
    assert_eq!((emulator.now() - begin).num_seconds(), 10);
    let _ = job.complete()?;
    Ok(())
}

/// The future that loses a select is dropped, and time does not pass for its timer.
#[test]
fn a_dropped_timer_is_forgotten() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = download(&session)?;
    let mut told = told_of(&job)?;
    job.resume()?;
    let begin = emulator.now();
    session.block_on(async {
        tokio::select! {
            biased;
            told = told.recv() => assert_eq!(told, Some(Notification::JobTransferred)),
            () = session.timer(3_600 * SECOND) => panic!("the download takes ten seconds"),
        }
        // Nothing else is left of it: the next wait is one of its own.
        session.timer(SECOND).await;
    });
    assert_eq!((emulator.now() - begin).num_seconds(), 11);
    Ok(())
}

/// What a timer waits for decides the future: two emulators are in the same state only if the same timers are
/// pending.
#[test]
fn a_pending_timer_is_part_of_the_state() {
    let (emulator, session) = world();
    let state = || {
        let mut hasher = std::hash::DefaultHasher::new();
        emulator.hash_state(&mut hasher);
        hasher.finish()
    };
    let without = state();
    let timer = session.timer(SECOND);
    let with_one = state();
    drop(timer);
    assert_eq!(state(), without);
    let timer = session.timer(2 * SECOND);
    assert!(![without, with_one].contains(&state()));
    drop(timer);
    let _again = session.timer(SECOND);
    assert_eq!(state(), with_one);
}

/// Tasks begin in the order in which they were spawned, go on in that in which they are woken, and hand over what
/// they return.
#[test]
fn tasks_go_on_in_the_order_of_their_waking() {
    let (_, session) = world();
    let log = Log::default();
    let task = |name: &'static str, time: Duration| {
        let (log, session) = (log.clone(), session.clone());
        session.clone().spawn(async move {
            log.add(name);
            session.timer(time).await;
            log.add(name);
            name
        })
    };
    let returned = session.block_on(async {
        let (one, two, three) =
            (task("one", 2 * SECOND), task("two", SECOND), task("three", 2 * SECOND));
        log.add("main");
        tokio::join!(one, two, three)
    });
    assert_eq!(returned, ("one", "two", "three"));
    assert_eq!(log.lines(), ["main", "one", "two", "three", "two", "one", "three"]);
}

/// A task goes on without its handle; an aborted one is dropped before anything else goes on, and what is
/// left at the end is dropped with it.
#[test]
fn tasks_are_cancelled_when_they_are_aborted_or_left() {
    let (emulator, session) = world();
    let log = Log::default();
    let took = seconds(&emulator, || {
        let task = |name: &'static str, time: Duration| {
            let (dropped, timer) = (Dropped(log.clone(), name), session.timer(time));
            session.spawn(async move {
                timer.await;
                dropped.0.add("it ended");
            })
        };
        session.block_on(async {
            drop(task("detached", SECOND));
            let aborted = task("aborted", SECOND);
            let _left = task("left", 1_000 * SECOND);
            aborted.abort();
            yield_now().await;
            log.add("main");
            session.timer(2 * SECOND).await;
        });
    });
    assert_eq!(log.lines(), ["aborted", "main", "it ended", "detached", "left"]);
    assert_eq!(took, 2);
}

/// Where nothing can wake a task any more the client is told so, whatever jobs there are.
#[test]
fn tasks_that_nothing_will_wake_are_told() -> Result<(), Error> {
    let nothing = "nothing will wake the tasks";
    let (emulator, session) = world();
    let wait = |session: &Session| message_of(|| session.block_on(pending::<()>()));
    assert!(wait(&session).starts_with(nothing));
    let job = download(&session)?;
    job.resume()?;
    assert!(wait(&session).starts_with(nothing));
    assert_eq!(job.state()?, JobState::Transferred, "what could happen has happened");
    let begin = emulator.now();
    session.kill();
    assert!(wait(&session).starts_with(nothing));
    assert_eq!(emulator.now(), begin);
    Ok(())
}

/// A job that retries for ever calls nobody: the wait for it comes to its end all the same.
#[test]
fn a_job_without_end_does_not_hold_the_tasks() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = download(&session)?;
    let mut told = told_of(&job)?;
    job.set_no_progress_timeout(Duration::MAX)?;
    let resource = emulator.server("https://example.com").resource("/app.exe");
    resource.fails(Fault::http(503).always());
    job.resume()?;
    let message = message_of(|| _ = session.block_on(told.recv()));
    assert!(message.starts_with("nothing will wake the tasks"), "{message}");
    Ok(())
}

/// A client that was killed while its tasks wait goes on as far as time takes it: its calls fail.
#[test]
fn tasks_of_a_killed_client_do_not_wait_for_ever() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = download(&session)?;
    let killed = session.clone();
    job.set_notify_interface(move |_: Job, _: Notification| killed.kill())?;
    job.resume()?;
    let begin = emulator.now();
    let state = session.block_on(async {
        session.timer(60 * SECOND).await;
        job.state()
    });
    assert!(matches!(state, Err(Error::Disconnected { .. })));
    assert_eq!((emulator.now() - begin).num_seconds(), 60);
    Ok(())
}

/// Tasks that yield to each other let no time pass, unless their calls do.
#[test]
fn tasks_that_spin_are_told() -> Result<(), Error> {
    let (emulator, session) = world();
    let message = message_of(|| {
        session.block_on(async {
            loop {
                yield_now().await;
            }
        });
    });
    assert!(message.contains("while no time passes"), "{message}");
    let job = download(&session)?;
    job.resume()?;
    emulator.set_clock(Clock::PerCall(Duration::from_micros(90)));
    session.block_on(async {
        while job.state()? != JobState::Transferred {
            yield_now().await;
        }
        Ok(())
    })
}

/// What is called at the wrong place says what is to be done instead.
#[test]
fn calls_outside_of_block_on_are_told() {
    let (emulator, session) = world();
    let other = emulator.connect("bob");
    for (panics, said) in [
        (
            &(|| session.block_on(async { session.block_on(async {}) })) as &dyn Fn(),
            "await the future",
        ),
        (&|| drop(session.spawn(async {})), "inside of Session::block_on"),
        (
            &|| other.block_on(async { drop(session.spawn(async {})) }),
            "inside of Session::block_on",
        ),
        (&|| other.block_on(session.timer(SECOND)), "inside of Session::block_on"),
    ] {
        let message = message_of(panics);
        assert!(message.contains(said), "{message}");
        session.block_on(session.timer(SECOND));
    }
}

/// A callback is told while a task of another process waits, and may block on tasks of its own.
#[test]
fn a_callback_of_another_process_may_block() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = download(&session)?;
    let other = emulator.connect("alice");
    let begin = emulator.now();
    let (sender, mut ended) = unbounded_channel();
    let (blocked, clock) = (other.clone(), emulator.clone());
    other.job(job.id())?.set_notify_interface(move |_: Job, _: Notification| {
        blocked.block_on(blocked.timer(5 * SECOND));
        let _ = sender.send((clock.now() - begin).num_seconds());
    })?;
    job.resume()?;
    session.block_on(session.timer(60 * SECOND));
    assert_eq!(ended.try_recv(), Ok(15));
    assert_eq!((emulator.now() - begin).num_seconds(), 60);
    Ok(())
}

/// A panic of a task ends all of them, and the client can go on afterwards.
#[test]
fn a_panic_of_a_task_goes_through() {
    let (_, session) = world();
    let log = Log::default();
    let message = message_of(|| {
        session.block_on(async {
            let left = Dropped(log.clone(), "left");
            drop(session.spawn(async move {
                pending::<()>().await;
                drop(left);
            }));
            session.spawn(async { panic!("of a task") }).await
        })
    });
    assert_eq!((&*message, log.lines()), ("of a task", vec!["left"]));
    session.block_on(session.timer(SECOND));
}

/// A hook may kill the client in the middle of a task: its calls fail, and its destructors' too.
#[test]
fn a_killed_client_drops_its_tasks() -> Result<(), Error> {
    struct Cancels(Job);
    impl Drop for Cancels {
        fn drop(&mut self) {
            assert!(matches!(self.0.cancel(), Err(Error::Disconnected { .. })));
        }
    }
    let (emulator, session) = world();
    emulator.hook(Hook::kill(Method::Resume));
    let job = Cancels(download(&session)?);
    let ended = session.block_on(async move { job.0.resume() });
    assert!(ended.is_err());
    Ok(())
}

/// A callback object that BITS gives up wakes who awaits it, at that instant.
#[test]
fn a_callback_that_is_given_up_wakes_its_task() -> Result<(), Error> {
    let (emulator, session) = world();
    let job = download(&session)?;
    let mut told = told_of(&job)?;
    let other = emulator.connect("alice").job(job.id())?;
    // When it is told of the second job, it takes the place of the first one's callback.
    let second = download(&emulator.connect("alice"))?;
    second.set_notify_interface(move |_: Job, _: Notification| {
        other.set_notify_interface(|_: Job, _: Notification| ()).unwrap();
    })?;
    second.resume()?;
    let begin = emulator.now();
    session.block_on(async {
        tokio::select! {
            biased;
            told = told.recv() => assert_eq!(told, None),
            () = session.timer(60 * SECOND) => panic!("it is given up after ten seconds"),
        }
    });
    assert_eq!((emulator.now() - begin).num_seconds(), 10);
    Ok(())
}
