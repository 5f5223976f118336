//! The shared state of an emulator's handles: the engine, what clients and tests gave it, and its lock.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::MutexGuard;

use chrono::{DateTime, Utc};

use super::held_jobs::{HeldJobs, JobReference};
use super::recent_calls::RecentCalls;
use super::tasks::queue::Queue;
use crate::emulator::diagnostics::drop_report::DropReport;
use crate::emulator::engine::advance::NextStep;
use crate::emulator::engine::client_calls::ClientCall;
use crate::emulator::engine::registrations::ObjectId;
use crate::emulator::engine::timers::ClientTimers;
use crate::emulator::engine::until::Until;
use crate::emulator::engine::{Engine, ProcessId};
use crate::emulator::time::polls::{PollGuard, PolledCall, Polling};
use crate::emulator::time::real_clock::RealTime;
use crate::service::{Chooser, FirstInFirstOut};
use crate::vocabulary::{HResult, JobId};

/// The engine, which is plain data, and beside it what is code of clients and tests: objects of the type
/// `O` among it, and what drives the clients, a `D`.
pub(crate) struct State<O, D: ?Sized> {
    engine: Engine,
    /// The objects and programs of clients that are registered.
    objects: BTreeMap<ObjectId, O>,
    pub(crate) chooser: Box<dyn CloneChooser>,
    pub(crate) real_time: RealTime,
    pub(crate) held: HeldJobs,
    /// Whether panics of client code end in BITS, as COM has it, and not in the test.
    pub(crate) contains_panics: bool,
    pub(crate) polls: PollGuard,
    pub(crate) driver: Option<Arc<D>>,
    /// The tasks that run, by their processes.
    tasks: BTreeMap<ProcessId, Arc<Queue>>,
    pub(crate) recent_calls: RecentCalls,
    pub(crate) drop_report: DropReport,
    /// Whether it is a copy, which tells nothing.
    pub(crate) is_fork: bool,
}

impl<O, D: ?Sized> State<O, D> {
    pub(crate) fn new(engine: Engine) -> Self {
        Self {
            engine,
            objects: BTreeMap::new(),
            chooser: Box::new(FirstInFirstOut),
            real_time: RealTime::of_computer(),
            held: HeldJobs::default(),
            contains_panics: false,
            polls: PollGuard::default(),
            driver: None,
            tasks: BTreeMap::new(),
            recent_calls: RecentCalls::default(),
            drop_report: DropReport::default(),
            is_fork: false,
        }
    }

    pub(crate) const fn engine_mut(&mut self) -> &mut Engine {
        &mut self.engine
    }

    /// Whether there is no code of clients and tests that a step could run.
    pub(crate) fn is_plain(&self) -> bool {
        self.objects.is_empty() && self.engine.hooks.is_empty()
    }

    /// Returns a copy, in which no wait is under way and no timer is pending: threads and tasks wait for the
    /// original.
    pub(crate) fn fork(&self) -> Self
    where
        O: Clone,
    {
        let Self { engine, objects, chooser, real_time, held, contains_panics, .. } = self;
        let mut copy = Self {
            engine: engine.clone(),
            objects: objects.clone(),
            chooser: chooser.clone(),
            real_time: real_time.clone(),
            held: held.clone(),
            contains_panics: *contains_panics,
            polls: self.polls.clone(),
            driver: None,
            tasks: BTreeMap::new(),
            recent_calls: self.recent_calls.clone(),
            drop_report: self.drop_report,
            is_fork: true,
        };
        copy.engine.forget_waits();
        copy.engine.timers = ClientTimers::default();
        copy
    }
}

/// A chooser that is copied with its emulator.
pub(crate) trait CloneChooser: Chooser<NextStep> + Send {
    fn clone_box(&self) -> Box<dyn CloneChooser>;
}

impl<C: Chooser<NextStep> + Clone + Send + 'static> CloneChooser for C {
    fn clone_box(&self) -> Box<dyn CloneChooser> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn CloneChooser> {
    fn clone(&self) -> Self {
        (**self).clone_box()
    }
}

/// The engine, locked. No code of a client runs while this lives. Objects of clients that the engine
/// released meanwhile are dropped after the lock is free again: dropping one may call the emulator.
pub(crate) struct EngineGuard<'emulator, O, D: ?Sized> {
    pub(crate) state: MutexGuard<'emulator, State<O, D>>,
    deferred_drops: Vec<O>,
    /// The success code that a hook chose for the call that is carried out.
    pub(crate) answer: Option<HResult>,
}

impl<'emulator, O: Clone, D: ?Sized> EngineGuard<'emulator, O, D> {
    pub(crate) const fn new(state: MutexGuard<'emulator, State<O, D>>) -> Self {
        Self { state, deferred_drops: Vec::new(), answer: None }
    }

    /// Adds an object of a client, and names it for the engine.
    pub(crate) fn add_object(&mut self, object: O) -> ObjectId {
        let id = self.state.engine.new_object();
        self.state.objects.insert(id, object);
        id
    }

    /// Tasks of a process run from now on, unless some do already.
    pub(crate) fn begin_tasks(&mut self, process: ProcessId, queue: &Arc<Queue>) -> bool {
        let is_free = !self.state.tasks.contains_key(&process);
        if is_free {
            self.state.tasks.insert(process, Arc::clone(queue));
        }
        is_free
    }

    pub(crate) fn end_tasks(&mut self, process: ProcessId) {
        self.state.tasks.remove(&process);
    }

    pub(crate) fn is_reached(&self, until: Until) -> bool {
        let is_woken = match until {
            Until::Woken(process, _) => {
                self.state.tasks.get(&process).is_some_and(|queue| queue.has_ready())
            }
            _ => false,
        };
        is_woken || until.is_reached(&self.state.engine)
    }

    /// A further handle of a job.
    pub(crate) fn reference(&mut self, job: JobId) -> JobReference {
        self.state.held.reference(job)
    }

    /// Drops jobs in final states that no handle names any more.
    pub(crate) fn drop_unheld_jobs(&mut self) {
        let State { engine, held, .. } = &mut *self.state;
        held.drop_unheld(engine);
    }

    /// Counts a call that may be one of a loop.
    pub(crate) fn note_poll(&mut self, call: PolledCall) -> Polling {
        let State { engine, polls, .. } = &mut *self.state;
        polls.note(engine, call, std::thread::current().id())
    }

    pub(crate) fn object(&self, id: ObjectId) -> Option<O> {
        self.state.objects.get(&id).cloned()
    }

    /// Begins the next call of client code that may begin: its ticket, and the object that is called.
    pub(crate) fn begin_client_call(&mut self) -> Option<(u64, ClientCall, Option<O>)> {
        let (ticket, call) = self.state.engine.begin_client_call()?;
        let object = call.code.object().and_then(|id| self.object(id));
        Some((ticket, call, object))
    }

    /// Lets the next thing happen if its instant has come by then, or else the clock stand there. The
    /// chooser is the test's, and must not call an emulator.
    pub(crate) fn run_next_step(&mut self, until: DateTime<Utc>) -> bool {
        let _guard = ReentrancyGuard::begin();
        let State { engine, chooser, .. } = &mut *self.state;
        engine.run_next_step(until, chooser.as_mut())
    }
}

impl<O, D: ?Sized> Deref for EngineGuard<'_, O, D> {
    type Target = Engine;

    fn deref(&self) -> &Engine {
        &self.state.engine
    }
}

impl<O, D: ?Sized> DerefMut for EngineGuard<'_, O, D> {
    fn deref_mut(&mut self) -> &mut Engine {
        &mut self.state.engine
    }
}

impl<O, D: ?Sized> Drop for EngineGuard<'_, O, D> {
    /// The fields are dropped in their order: the lock first.
    fn drop(&mut self) {
        let released = self.state.engine.take_released();
        let objects = &mut self.state.objects;
        self.deferred_drops = released.iter().filter_map(|id| objects.remove(id)).collect();
    }
}

thread_local! {
    /// How many closures of a test run under a lock on this thread just now.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// Marks that a closure of a test runs on this thread with the lock held: an emulator called inside it
/// would wait for itself.
#[derive(Debug)]
pub(crate) struct ReentrancyGuard(());

impl ReentrancyGuard {
    pub(crate) fn begin() -> Self {
        DEPTH.set(DEPTH.get().saturating_add(1));
        Self(())
    }

    pub(crate) fn is_active() -> bool {
        DEPTH.get() > 0
    }
}

impl Drop for ReentrancyGuard {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get().saturating_sub(1));
    }
}
