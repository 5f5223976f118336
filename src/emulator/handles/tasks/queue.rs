//! The queue of a process's tasks: which were woken, in their order, and what wakes them. It is shared with
//! wakers, timers and join handles, which may be on other threads.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Wake, Waker};

use crate::emulator::engine::timers::TimerId;

/// A task of a process; the future that is blocked on is the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TaskId(pub(super) u64);

impl TaskId {
    pub(super) const MAIN: Self = Self(0);
}

#[derive(Debug, Default)]
pub(crate) struct Queue(Mutex<Queued>);

#[derive(Debug, Default)]
pub(super) struct Queued {
    /// The tasks that were woken, in that order; none is there twice.
    pub(super) ready: VecDeque<TaskId>,
    /// The tasks that are not to go on.
    pub(super) aborted: Vec<TaskId>,
    /// What is woken when a timer ends.
    pub(super) timers: BTreeMap<TimerId, Waker>,
}

impl Queue {
    pub(super) fn lock(&self) -> MutexGuard<'_, Queued> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn wake(&self, task: TaskId) {
        let mut queued = self.lock();
        if !queued.ready.contains(&task) {
            queued.ready.push_back(task);
        }
    }

    pub(crate) fn has_ready(&self) -> bool {
        !self.lock().ready.is_empty()
    }

    /// Wakes what waits for a timer, with no lock held: it may be any code.
    pub(super) fn end_timer(&self, timer: TimerId) {
        let waker = self.lock().timers.remove(&timer);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// Wakes a task.
pub(super) struct TaskWaker {
    pub(super) queue: Arc<Queue>,
    pub(super) task: TaskId,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.queue.wake(self.task);
    }
}
