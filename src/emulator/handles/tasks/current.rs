//! Which tasks run on this thread just now.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::queue::{Queue, TaskId, TaskWaker};
use crate::emulator::handles::session::Session;

/// A task that was spawned. While it is polled it stands elsewhere.
struct Task {
    future: Option<Pin<Box<dyn Future<Output = ()>>>>,
    waker: Waker,
}

/// The tasks inside of one `block_on`.
pub(super) struct Tasks {
    pub(super) session: Session,
    pub(super) queue: Arc<Queue>,
    spawned: RefCell<BTreeMap<TaskId, Task>>,
    last: Cell<u64>,
}

thread_local! {
    /// The innermost comes last: a callback that is told while a task waits may block on tasks of another
    /// process.
    static CURRENT: RefCell<Vec<Rc<Tasks>>> = const { RefCell::new(Vec::new()) };
}

impl Tasks {
    /// The tasks of a session, if they run on this thread just now.
    pub(super) fn of(session: &Session) -> Option<Rc<Self>> {
        let innermost = CURRENT.with_borrow(|current| current.last().cloned());
        innermost.filter(|tasks| tasks.are_of(session))
    }

    fn are_of(&self, session: &Session) -> bool {
        self.session.emulator == session.emulator && self.session.process == session.process
    }

    pub(super) fn new_id(&self) -> TaskId {
        let id = self.last.get().saturating_add(1);
        self.last.set(id);
        TaskId(id)
    }

    pub(super) fn waker(&self, task: TaskId) -> Waker {
        Waker::from(Arc::new(TaskWaker { queue: Arc::clone(&self.queue), task }))
    }

    pub(super) fn add(&self, task: TaskId, future: impl Future<Output = ()> + 'static) {
        let spawned = Task { future: Some(Box::pin(future)), waker: self.waker(task) };
        self.spawned.borrow_mut().insert(task, spawned);
        self.queue.wake(task);
    }

    pub(super) fn is_running(&self, task: TaskId) -> bool {
        task == TaskId::MAIN || self.spawned.borrow().contains_key(&task)
    }

    /// Lets a task go on until it waits or ends. Nothing is borrowed meanwhile: it may spawn others, and
    /// unwind.
    pub(super) fn poll(&self, task: TaskId) {
        let taken = {
            let mut spawned = self.spawned.borrow_mut();
            let Some(task) = spawned.get_mut(&task) else { return };
            task.future.take().map(|future| (future, task.waker.clone()))
        };
        let Some((mut future, waker)) = taken else { return };
        let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
        match polled {
            Poll::Ready(()) => self.forget(task),
            Poll::Pending => {
                if let Some(task) = self.spawned.borrow_mut().get_mut(&task) {
                    task.future = Some(future);
                }
            }
        }
    }

    /// Drops the future of a task, with nothing borrowed: its destructors may be any code.
    pub(super) fn forget(&self, task: TaskId) {
        let task = self.spawned.borrow_mut().remove(&task);
        drop(task);
    }

    fn forget_all(&self) {
        while let Some((_, task)) = { self.spawned.borrow_mut().pop_first() } {
            drop(task);
        }
    }
}

/// The tasks of a session run on this thread as long as this lives; those left over then are dropped.
pub(super) struct Running(pub(super) Rc<Tasks>);

impl Running {
    /// Begins, unless tasks of the session run already.
    pub(super) fn begin(session: &Session) -> Option<Self> {
        let tasks = Rc::new(Tasks {
            session: session.clone(),
            queue: Arc::default(),
            spawned: RefCell::default(),
            last: Cell::new(TaskId::MAIN.0),
        });
        if !session.emulator.lock().begin_tasks(session.process, &tasks.queue) {
            return None;
        }
        CURRENT.with_borrow_mut(|current| current.push(Rc::clone(&tasks)));
        Some(Self(tasks))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.forget_all();
        CURRENT.with_borrow_mut(|current| _ = current.pop());
        let Session { emulator, process } = &self.0.session;
        emulator.lock().end_tasks(*process);
    }
}
