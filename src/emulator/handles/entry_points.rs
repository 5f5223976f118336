//! Entry points: the one place each through which calls of handles, waits, client code and observations
//! pass.
//!
//! | function | what passes it |
//! |---|---|
//! | [`Emulator::enter_call`] | every call of a method of BITS, from a session, a job or a file |
//! | [`Emulator::pass_time`] | every sleep, tick and wait, of a client, a test or a clock |
//! | [`Emulator::run_client_code`] | every callback, program and certificate check |
//! | [`Emulator::observe`] | every look at the clock, the servers and the disk, and what a test does to these |
//!
//! The first three are entered with no lock held and before any time passes for them. What a test does
//! to users, network, policies and clocks passes none of them: it takes no time and is no choice of a
//! client. Nor do connecting, anew or not, and the end of a process, which are no methods of BITS;
//! [`Job::id`], which is known to the handle; the getters of a copied list or error; and the drop of a
//! client's object, which runs on the thread that released it after the lock is free.

use std::hash::Hash;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use siphasher::sip128::{Hasher128, SipHasher13};

use super::callback::ClientObject;
use super::driver::{DrivenCall, Observation};
use super::emulator::{AnyDriver, Emulator, LockedEngine};
use super::state::ReentrancyGuard;
use crate::emulator::engine::client_calls::ClientCall;
use crate::emulator::engine::hooks::{CallAction, HookId, ReplyChange};
use crate::emulator::engine::registrations::ObjectId;
use crate::emulator::engine::service_host::Connection;
use crate::emulator::engine::target::Target;
use crate::emulator::engine::until::Until;
use crate::emulator::engine::{Engine, ProcessId};
use crate::emulator::time::clock::Clock;
use crate::emulator::time::polls::{self, Polling};
use crate::emulator::time::run_report::RunReport;
use crate::emulator::trace::Process;
use crate::vocabulary::{Error, JobId, Method};

/// A hook whose closure runs. It has ended also if the closure panics.
struct RunningHook<'emulator>(&'emulator Emulator, HookId);

impl<'emulator> RunningHook<'emulator> {
    fn begin(emulator: &'emulator Emulator, hook: HookId) -> Self {
        emulator.lock().hooks.set_running(hook, true);
        Self(emulator, hook)
    }
}

impl Drop for RunningHook<'_> {
    fn drop(&mut self) {
        self.0.lock().hooks.set_running(self.1, false);
    }
}

/// A wait that is under way. It ends also if a panic leaves it.
struct Wait<'emulator>(&'emulator Emulator);

impl<'emulator> Wait<'emulator> {
    fn begin(emulator: &'emulator Emulator) -> Self {
        emulator.lock().begin_wait();
        Self(emulator)
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.0.lock().end_wait();
    }
}

impl Emulator {
    /// A call through a connection of a process: time passes before it as the clock says, hooks may make it
    /// fail or lose its reply, and in between it is carried out under the lock.
    pub(crate) fn enter_call<T: Hash>(
        &self,
        connection: Connection,
        target: Target,
        method: Method,
        call: impl FnOnce(&mut LockedEngine<'_>, &Process) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let (clock, driver) = {
            let engine = self.lock();
            (engine.clocks.for_call(target.job), engine.state.driver.clone())
        };
        self.pass_time_before_call(clock, target.job, method);
        if let Some(driver) = driver {
            let driven = DrivenCall { connection, target, method };
            let make = |change| self.make_call(connection, target, method, change, call);
            return self.drive_call(&*driver, driven, make);
        }
        self.enter_method(connection, target, method, call)
    }

    /// A method for which no time passes.
    pub(crate) fn enter_method<T>(
        &self,
        connection: Connection,
        target: Target,
        method: Method,
        call: impl FnOnce(&mut LockedEngine<'_>, &Process) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let done = self.make_call(connection, target, method, None, call);
        self.lock().state.recent_calls.note(target.job, done.as_ref().err().copied());
        done
    }

    /// Makes a call. What is ordered for its reply goes before what hooks order.
    #[allow(clippy::panic, reason = "a test whose client polls for ever would never end")]
    fn make_call<T>(
        &self,
        connection: Connection,
        target: Target,
        method: Method,
        ordered: Option<ReplyChange>,
        call: impl FnOnce(&mut LockedEngine<'_>, &Process) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let job = target.job;
        let mut engine = self.lock();
        match engine.note_poll((connection.process, target, method)) {
            Polling::Fine => {}
            Polling::Yields => {
                drop(engine);
                std::thread::yield_now();
                engine = self.lock();
            }
            Polling::Endless(count) => {
                let client = engine.actor(connection.process).to_string();
                drop(engine);
                panic!("{}", polls::advice(&client, method, count));
            }
        }
        let mut by = engine.check_caller(connection, job, method)?;
        let mut met = engine.meet_hooks(&by, job, method);
        met.reply = ordered.or(met.reply);
        if !met.before.is_empty() {
            drop(engine);
            self.act(&met.before, Some(connection.process));
            engine = self.lock();
            by = engine.check_caller(connection, job, method)?;
        }
        if let Some(code) = met.failure() {
            return Err(engine.record_lost_call(&by, job, method, code));
        }
        engine.answer = met.answer();
        let done = call(&mut engine, &by);
        let done = match met.lost_reply().filter(|_| done.is_ok()) {
            Some(code) => Err(engine.record_lost_call(&by, job, method, code)),
            None => done,
        };
        drop(engine);
        if met.after.is_empty() {
            return done;
        }
        self.act(&met.after, Some(connection.process));
        let is_alive = self.lock().is_alive(connection.process);
        if is_alive { done } else { Err(Error::Disconnected { method }) }
    }

    /// Does what hooks order before or after a call of that client, or one to it.
    pub(crate) fn act(
        &self,
        actions: &[(HookId, CallAction<ObjectId>)],
        client: Option<ProcessId>,
    ) {
        for (hook, action) in actions {
            match (action, client) {
                (CallAction::PassTime(time), _) => _ = self.pass(*time),
                (CallAction::Kill, Some(process)) => self.lock().end_process(process),
                // A client that is not connected has no process yet.
                (CallAction::Kill, None) => {}
                (CallAction::RestartService, _) => self.restart(),
                (CallAction::Run(closure), _) => self.run_closure(*hook, *closure),
            }
        }
        let mut engine = self.lock();
        let spent = engine.hooks.take_spent();
        engine.release(spent);
    }

    fn run_closure(&self, hook: HookId, closure: ObjectId) {
        let object = self.lock().object(closure);
        let _running = RunningHook::begin(self, hook);
        if let Some(ClientObject::Hook(run)) = object {
            run();
        }
    }

    fn pass_time_before_call(&self, clock: Clock, job: Option<JobId>, method: Method) {
        match (clock, job) {
            (Clock::UntilRest, Some(job)) => {
                self.pass_time(Until::AtRest(job));
            }
            (Clock::EachPoll(number), Some(job)) if method == Method::GetState => {
                let before = self.lock().state_before_poll(job, number);
                if before.is_some() {
                    self.pass_time(Until::StateLeft(job, before));
                }
            }
            _ => self.pass_time_by_clock(clock),
        }
    }

    /// Lets time pass, and happen what happens by itself until then, client code included. A wait that is
    /// not for an instant gives up if a job is kept going without gain.
    pub(crate) fn pass_time(&self, until: Until) -> RunReport {
        let _wait = Wait::begin(self);
        let mut busy_job = None;
        loop {
            let limit = {
                let engine = self.lock();
                busy_job = busy_job.or_else(|| engine.busy_job());
                match until {
                    Until::Called(..) | Until::Woken(..) if engine.is_reached(until) => break,
                    Until::Instant(limit)
                    | Until::Called(_, limit)
                    | Until::Woken(_, Some(limit)) => limit,
                    Until::Idle
                    | Until::StateLeft(..)
                    | Until::State(..)
                    | Until::AtRest(_)
                    | Until::Woken(_, None) => {
                        let next = engine.next_instant_of_interest();
                        match next.filter(|_| busy_job.is_none() && !engine.is_reached(until)) {
                            Some(next) => next,
                            None => break,
                        }
                    }
                }
            };
            if !self.run_next_step(limit) {
                break;
            }
        }
        RunReport { at_rest: self.lock().next_instant_of_interest().is_none(), busy_job }
    }

    /// A client waits: time passes by itself, or as its driver says.
    pub(crate) fn wait_of(&self, process: ProcessId, until: Until) {
        if let Some(driver) = self.driver() {
            return driver.wait(self, process, until);
        }
        self.pass_time(until);
    }

    pub(crate) fn is_reached(&self, until: Until) -> bool {
        match until {
            // Not by what happens, but by time that passes.
            Until::Instant(_) | Until::Idle => false,
            _ => self.lock().is_reached(until),
        }
    }

    /// One step at or before that instant, and what clients do about it. Calls that waited for others
    /// to end come after.
    pub(crate) fn run_next_step(&self, until: DateTime<Utc>) -> bool {
        let (stepped, next) = {
            let mut engine = self.lock();
            (engine.run_next_step(until), engine.begin_client_call())
        };
        self.make_client_calls(next);
        stepped
    }

    /// Calls the clients that are to be called now.
    pub(crate) fn call_clients(&self) {
        let next = self.lock().begin_client_call();
        self.make_client_calls(next);
    }

    fn make_client_calls(&self, mut next: Option<(u64, ClientCall, Option<ClientObject>)>) {
        while let Some((ticket, call, object)) = next {
            self.run_client_code(ticket, call, object);
            next = self.lock().begin_client_call();
        }
    }

    /// Looks at the emulated computer, or changes it, outside of any call: no time passes. The closure
    /// may be the test's, and must not call an emulator.
    pub(crate) fn observe<T>(&self, look: impl FnOnce(&mut Engine) -> T) -> T {
        let mut engine = self.lock();
        let _guard = ReentrancyGuard::begin();
        look(&mut engine)
    }
}

/// Drivers.
impl Emulator {
    pub(crate) fn set_driver(&self, driver: Option<Arc<AnyDriver>>) {
        self.lock().state.driver = driver;
    }

    pub(super) fn driver(&self) -> Option<Arc<AnyDriver>> {
        self.lock().state.driver.clone()
    }

    /// A client learns something that is no reply of a call.
    pub(super) fn tell<T: Hash>(&self, process: ProcessId, what: &T) {
        if let Some(driver) = self.driver() {
            let mut hasher = SipHasher13::new();
            what.hash(&mut hasher);
            driver.learned(process, hasher.finish128().as_u128());
        }
    }

    /// Makes a call as its driver says.
    pub(super) fn drive_call<T: Hash>(
        &self,
        driver: &AnyDriver,
        call: DrivenCall,
        make: impl FnOnce(Option<ReplyChange>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let change = driver.before_call(self, call);
        let reply = make(change);
        driver.after_call(self, call, Observation::of(&reply));
        reply
    }
}
