//! Timers: futures that wait for virtual time.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use super::current::Tasks;
use super::queue::Queue;
use crate::emulator::engine::timers::TimerId;
use crate::emulator::handles::session::Session;

/// A future that is ready when a virtual time has come, by [`Session::timer`]. One that is dropped is
/// forgotten.
#[must_use = "a timer does nothing unless it is awaited"]
pub struct Timer {
    session: Session,
    id: TimerId,
    /// Where its waker stands.
    queue: Option<Arc<Queue>>,
}

impl Session {
    /// Returns a future that is ready when that much virtual time has passed from now on. It is awaited
    /// inside of [`block_on`](Self::block_on), in place of the timers of a runtime.
    ///
    /// # Panics
    ///
    /// When it is awaited elsewhere, where nothing would wake its task.
    #[doc(alias = "Delay")]
    pub fn timer(&self, duration: Duration) -> Timer {
        let at = self.emulator.instant_in(duration);
        let id = self.emulator.lock().timers.add(self.process, at);
        Timer { session: self.clone(), id, queue: None }
    }
}

impl Future for Timer {
    type Output = ();

    #[allow(clippy::panic, reason = "documented where timers are made")]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Some(tasks) = Tasks::of(&self.session) else {
            panic!(
                "a timer of a session is awaited inside of Session::block_on of that session: \
                 elsewhere nothing wakes its task when the time has come"
            );
        };
        if !self.session.emulator.lock().timers.is_pending(self.id) {
            return Poll::Ready(());
        }
        tasks.queue.lock().timers.insert(self.id, context.waker().clone());
        self.queue = Some(Arc::clone(&tasks.queue));
        Poll::Pending
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.session.emulator.lock().timers.remove(self.id);
        // Dropped with no lock held: a waker may own anything.
        let waker = self.queue.as_ref().and_then(|queue| queue.lock().timers.remove(&self.id));
        drop(waker);
    }
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timer").finish_non_exhaustive()
    }
}
