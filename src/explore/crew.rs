//! The crew: the threads on which runs are made, from the beginning of an exploration to its end.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SendError, Sender, channel};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use super::run::Ran;
use super::watchdog::{Stuck, Watch, Watchdog};
use crate::emulator::RealTime;

/// How often the threads are looked at while they work.
const LOOKS: Duration = Duration::from_millis(50);

type Task = Box<dyn FnOnce() + Send>;

/// Threads that make runs, watched over. Where there are no threads it has none, and runs are made by the caller.
pub(super) struct Crew {
    workers: Vec<Worker>,
    watchdog: Watchdog,
}

struct Worker {
    tasks: Sender<Task>,
    watch: Arc<Watch>,
    thread: JoinHandle<()>,
}

impl Worker {
    fn new() -> Option<Self> {
        let watch = Arc::<Watch>::default();
        let (tasks, todo) = channel::<Task>();
        let own = Arc::clone(&watch);
        let work = move || {
            own.begin();
            todo.iter().for_each(|task| task());
        };
        // A platform may have no threads.
        let thread = Builder::new().name("explorer".to_owned()).spawn(work).ok()?;
        Some(Self { tasks, watch, thread })
    }
}

impl Crew {
    /// Starts threads, each of which is stuck if its program calls nothing for as long as `patience`.
    pub(super) fn new(threads: usize, patience: Duration) -> Self {
        // A single thread that is not watched can be the caller's own.
        let threads = if patience == Duration::MAX && threads == 1 { 0 } else { threads };
        let workers: Vec<Worker> = (0..threads).map_while(|_| Worker::new()).collect();
        let mut watchdog = Watchdog::new(patience, RealTime::of_computer().source);
        workers.iter().for_each(|worker| watchdog.add(Arc::clone(&worker.watch)));
        Self { workers, watchdog }
    }

    /// Makes a run of each of these, and returns them in the same order. An error is a run that does not go on;
    /// its thread is lost.
    pub(super) fn make_all<T: Send + Sync + 'static>(
        &mut self,
        all: Vec<T>,
        run: impl Fn(&T) -> Ran + Send + Sync + 'static,
    ) -> Result<Vec<Ran>, Stuck> {
        if self.workers.is_empty() {
            return Ok(all.iter().map(run).collect());
        }
        let number = all.len();
        let batch = Arc::new((all, run, AtomicUsize::new(0)));
        let (made, results) = channel();
        for worker in self.workers.iter().take(number) {
            let (batch, made) = (Arc::clone(&batch), made.clone());
            let watch = Arc::clone(&worker.watch);
            let task = move || {
                let (all, run, next) = &*batch;
                let own = std::iter::from_fn(|| {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    all.get(index).map(|one| (index, run(one)))
                });
                let own = catch_unwind(AssertUnwindSafe(|| own.collect::<Vec<_>>()));
                watch.rest();
                // The receiver is gone if another thread is stuck or has panicked.
                let _ = made.send(own);
            };
            if let Err(SendError(task)) = worker.tasks.send(Box::new(task)) {
                task();
            }
        }
        drop(made);
        let mut ran = Vec::with_capacity(number);
        loop {
            match results.recv_timeout(LOOKS) {
                Ok(Ok(own)) => ran.extend(own),
                Ok(Err(panic)) => resume_unwind(panic),
                Err(RecvTimeoutError::Timeout) => {
                    self.watchdog.look().map_or(Ok(()), Err)?;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        ran.sort_unstable_by_key(|(index, _)| *index);
        Ok(ran.into_iter().map(|(_, ran)| ran).collect())
    }
}

impl Drop for Crew {
    /// Ends the threads. In a panic one of them may be lost, and is not waited for.
    fn drop(&mut self) {
        for Worker { tasks, thread, .. } in self.workers.drain(..) {
            drop(tasks);
            if !std::thread::panicking() {
                let _ = thread.join();
            }
        }
    }
}
