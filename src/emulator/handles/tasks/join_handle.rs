//! The join handle of a task.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::queue::{Queue, TaskId};

/// What a task came to, and who waits for it.
pub(super) struct Joined<T> {
    output: Option<T>,
    waiting: Option<Waker>,
}

/// The same, shared by the task and its handle.
pub(super) type SharedJoined<T> = Arc<Mutex<Joined<T>>>;

fn lock<T>(joined: &SharedJoined<T>) -> MutexGuard<'_, Joined<T>> {
    joined.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The task has come to its end.
pub(super) fn finish<T>(joined: &SharedJoined<T>, output: T) {
    let waiting = {
        let mut joined = lock(joined);
        joined.output = Some(output);
        joined.waiting.take()
    };
    if let Some(waiting) = waiting {
        waiting.wake();
    }
}

/// The handle of a task, by [`Session::spawn`](crate::Session::spawn): a future of what the task returns. The
/// task goes on if the handle is dropped.
pub struct JoinHandle<T> {
    task: TaskId,
    queue: Arc<Queue>,
    joined: SharedJoined<T>,
}

impl<T> JoinHandle<T> {
    pub(super) fn new(task: TaskId, queue: &Arc<Queue>) -> (Self, SharedJoined<T>) {
        let joined = Arc::new(Mutex::new(Joined { output: None, waiting: None }));
        (Self { task, queue: Arc::clone(queue), joined: Arc::clone(&joined) }, joined)
    }

    /// Cancels the task: before any other one goes on, its future is dropped. One that has come to its end
    /// is not affected.
    pub fn abort(self) {
        self.queue.lock().aborted.push(self.task);
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let mut joined = lock(&self.joined);
        match joined.output.take() {
            Some(output) => Poll::Ready(output),
            None => {
                joined.waiting = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").finish_non_exhaustive()
    }
}
