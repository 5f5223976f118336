//! The executor of a client's tasks: it runs what was woken, and lets time pass when all tasks wait.

use std::pin::pin;
use std::task::{Context, Poll};

use super::current::{Running, Tasks};
use super::join_handle::{JoinHandle, finish};
use super::queue::TaskId;
use crate::emulator::engine::until::Until;
use crate::emulator::handles::session::Session;

/// How often tasks may go on while no time passes.
const MOST_POLLS: u32 = 100_000;

impl Session {
    /// Runs a future of the client to its end, and the tasks that it [spawns](Self::spawn), on this thread.
    /// Whenever all of them wait, virtual time passes, under any [`Clock`](crate::Clock), until a timer
    /// ends or BITS calls an object of the process.
    ///
    /// Tasks are woken by a [`timer`](Self::timer), by a callback, by each other, and by whatever else
    /// wakes a [`Waker`](std::task::Waker) on this thread; channels and `join!` of any library work. A
    /// future that is dropped is cancelled, with its timers; so are the tasks that are left when this
    /// returns. Of several that are ready, the one that was woken first goes on first; under
    /// [`explore`](crate::explore) every order is tried.
    ///
    /// Timers of other libraries are not seen: they wait for real time, or for their own runtime. A
    /// `select!` that draws its first branch at random, as tokio's does without `biased;`, makes a program
    /// that does not do the same again.
    ///
    /// ```
    /// use std::time::Duration;
    /// use bits_emulator::{Emulator, Error, Job, JobType, Notification, Session};
    /// use tokio::sync::mpsc::unbounded_channel;
    ///
    /// /// Downloads a file, but gives up after an hour. Returns whether it is there.
    /// async fn fetch(session: &Session, url: &str, path: &str) -> Result<bool, Error> {
    ///     let job = session.create_job("update", JobType::Download)?;
    ///     job.add_file(url, path)?;
    ///     let (sender, mut told) = unbounded_channel();
    ///     job.set_notify_interface(move |_: Job, notification: Notification| {
    ///         let _ = sender.send(notification);
    ///     })?;
    ///     job.resume()?;
    ///     let told = tokio::select! {
    ///         biased;
    ///         told = told.recv() => told,
    ///         () = session.timer(Duration::from_secs(3_600)) => None,
    ///     };
    ///     match told {
    ///         Some(Notification::JobTransferred) => job.complete().map(|_| true),
    ///         _ => job.cancel().map(|_| false),
    ///     }
    /// }
    ///
    /// let emulator = Emulator::new();
    /// emulator.server("https://example.com").file("/app.exe", 10 << 20);
    /// emulator.server("https://slow.example.com").file("/app.exe", 1_u64 << 50);
    /// let session = emulator.connect("alice");
    /// let (quick, slow) = session.block_on(async {
    ///     tokio::join!(
    ///         fetch(&session, "https://example.com/app.exe", r"C:\app\quick.exe"),
    ///         fetch(&session, "https://slow.example.com/app.exe", r"C:\app\slow.exe"),
    ///     )
    /// });
    /// assert_eq!((quick?, slow?), (true, false));
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If all tasks wait and nothing will wake them: none waits for a timer, and BITS has nothing more to
    /// tell. If tasks wake each other for ever while no time passes. If it is called inside of itself.
    #[track_caller]
    #[allow(clippy::panic, reason = "documented: the client can not go on")]
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        let Some(running) = Running::begin(self) else {
            panic!(
                "Session::block_on is called inside of itself, where no task could go on meanwhile: \
                 await the future, or spawn it"
            );
        };
        let tasks = &*running.0;
        let mut main = pin!(future);
        let waker = tasks.waker(TaskId::MAIN);
        tasks.queue.wake(TaskId::MAIN);
        let (mut polls, mut since) = (0_u32, self.emulator.now());
        loop {
            while let Some(task) = next_ready(tasks) {
                polls = polls.saturating_add(1);
                if polls > MOST_POLLS {
                    let began = std::mem::replace(&mut since, self.emulator.now());
                    assert!(
                        began < since,
                        "tasks wake each other for ever while no time passes: await Session::timer \
                         in between"
                    );
                    polls = 0;
                }
                if task != TaskId::MAIN {
                    tasks.poll(task);
                } else if let Poll::Ready(output) =
                    main.as_mut().poll(&mut Context::from_waker(&waker))
                {
                    return output;
                }
            }
            (polls, since) = (0, self.emulator.now());
            if !wait(tasks) {
                panic!(
                    "nothing will wake the tasks: none of them waits for Session::timer, and BITS has \
                     nothing more to tell. Timers of other libraries do not see virtual time"
                );
            }
        }
    }

    /// Lets a future run as a task of its own beside the others, inside of [`block_on`](Self::block_on).
    ///
    /// ```
    /// use std::time::Duration;
    /// use bits_emulator::Emulator;
    ///
    /// let emulator = Emulator::new();
    /// let session = emulator.connect("alice");
    /// let begin = emulator.now();
    /// let answer = session.block_on(async {
    ///     let timer = session.timer(Duration::from_secs(60));
    ///     let task = session.spawn(async {
    ///         timer.await;
    ///         42
    ///     });
    ///     task.await
    /// });
    /// assert_eq!((answer, (emulator.now() - begin).num_seconds()), (42, 60));
    /// ```
    ///
    /// # Panics
    ///
    /// If this thread is not inside of `block_on` of this session.
    #[track_caller]
    #[allow(clippy::panic, reason = "documented: there is no executor")]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
    {
        let Some(tasks) = Tasks::of(self) else {
            panic!("Session::spawn is called inside of Session::block_on of the same session");
        };
        let task = tasks.new_id();
        let (handle, joined) = JoinHandle::new(task, &tasks.queue);
        tasks.add(task, async move { finish(&joined, future.await) });
        handle
    }
}

/// The task that goes on next, if one is ready. Timers that have ended by now wake theirs before.
fn next_ready(tasks: &Tasks) -> Option<TaskId> {
    let aborted = std::mem::take(&mut tasks.queue.lock().aborted);
    aborted.into_iter().for_each(|task| tasks.forget(task));
    let Session { emulator, process } = &tasks.session;
    let ended = {
        let mut engine = emulator.lock();
        let now = engine.now();
        engine.timers.take_due(*process, now)
    };
    let driver = emulator.driver();
    if let Some(driver) = driver.as_ref().filter(|_| !ended.is_empty()) {
        driver.timers_ended(*process, ended.len());
    }
    ended.into_iter().for_each(|timer| tasks.queue.end_timer(timer));
    tasks.queue.lock().ready.retain(|task| tasks.is_running(*task));
    let chosen = driver.map_or(0, |driver| {
        let ready: Vec<u64> = tasks.queue.lock().ready.iter().map(|task| task.0).collect();
        if ready.is_empty() { 0 } else { driver.choose_task(emulator, *process, &ready) }
    });
    tasks.queue.lock().ready.remove(chosen)
}

/// Lets time pass until a task is woken; false if none will be.
fn wait(tasks: &Tasks) -> bool {
    let Session { emulator, process } = &tasks.session;
    let (next, is_alive) = {
        let engine = emulator.lock();
        (engine.timers.next_of(*process), engine.is_alive(*process))
    };
    let until = match (next, is_alive) {
        (_, true) => Until::Woken(*process, next),
        (Some(next), false) => Until::Instant(next),
        (None, false) => return false,
    };
    emulator.wait_of(*process, until);
    let mut engine = emulator.lock();
    if tasks.queue.has_ready() || engine.is_alive(*process) != is_alive {
        return true;
    }
    let Some(next) = next else { return false };
    if engine.now() < next {
        // No time passes for a client that is unwound: what its destructors wait for has come.
        let ended = engine.timers.take_due(*process, next);
        drop(engine);
        ended.into_iter().for_each(|timer| tasks.queue.end_timer(timer));
    }
    true
}
