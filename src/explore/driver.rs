//! The driver of an explored program: what its points are, and how decisions are carried out.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use super::actor::{LockName, Pause};
use super::choice::{Choice, Incident, LONGEST_STALL};
use super::execution::{Execution, Noted};
use super::future::Here;
use super::place::{Place, words_of};
use super::record::Told;
use super::situation::{Noticeable, noticeable};
use super::stop::{Endless, Stop, Unwound};
use super::world::People;
use crate::emulator::{
    CallbackFate, DrivenCall, DrivenCallback, Driver, Emulator, NextStep, Observation, ProcessId,
    ReplyChange, Until,
};
use crate::service::Chooser;
use crate::vocabulary::{HResult, Method};

/// Drives the process of a program.
pub(crate) struct ProgramDriver {
    pub(crate) execution: Arc<Execution>,
    pub(crate) people: People,
}

/// What was decided at a point.
#[derive(Debug, Clone, Copy, Default)]
struct Decided {
    /// What becomes of the reply of the call or the callback.
    reply: Option<ReplyChange>,
    /// For how many steps of the program the callback is held back, if it is.
    held: Option<u8>,
}

impl ProgramDriver {
    /// Makes the decisions of a point, one after the other, until the program goes on.
    fn point(
        &self,
        emulator: &Emulator,
        process: ProcessId,
        place: Place,
        mut noticed: Noticeable,
    ) -> Decided {
        let mut decided = Decided::default();
        self.check_time(emulator);
        while let Some(incident) = self.execution.take_planned(emulator, place) {
            let reply = self.befall(emulator, process, incident, place);
            decided.reply = reply.or(decided.reply);
            noticed = noticeable(emulator);
        }
        let here = Here { emulator, people: &self.people, process, place };
        while let Some(choice) = self.execution.decide(here, noticed) {
            let reply = self.carry_out(emulator, process, choice, place);
            decided.reply = reply.or(decided.reply);
            if let Choice::Late(steps) = choice {
                decided.held = Some(steps);
                break;
            }
            noticed = noticeable(emulator);
        }
        decided
    }

    /// Carries a decision out, and returns what it means for the reply of the call.
    fn carry_out(
        &self,
        emulator: &Emulator,
        process: ProcessId,
        choice: Choice,
        place: Place,
    ) -> Option<ReplyChange> {
        let Self { execution, people } = self;
        let incident = match choice {
            Choice::Incident(index) => {
                let incidents = execution.scope.budget.incidents();
                incidents.get(usize::from(index)).map(|(incident, _)| *incident)
            }
            Choice::KillAfter
            | Choice::KillOf(_)
            | Choice::Stall(_)
            | Choice::Other(_)
            | Choice::Late(_)
            | Choice::Switch(_) => None,
        };
        let at = words_of(place);
        match (choice, incident) {
            (Choice::KillAfter, _) => {
                let what = format!("{at}, the process is killed once the call is carried out");
                execution.note(emulator, Noted::Decided(what));
            }
            (Choice::Stall(changes), _) => {
                let what = format!("{at}, the program is late: {changes} changes happen first");
                execution.note(emulator, Noted::Decided(what));
                execution.record(|| Told::Late);
                if execution.stall(emulator, people, changes) {
                    execution.note_stall(changes, LONGEST_STALL);
                }
            }
            (Choice::Late(steps), _) => {
                let what = format!("{at}, it is late: {steps} calls or changes come first");
                execution.note(emulator, Noted::Decided(what));
            }
            (Choice::KillOf(other), _) => {
                let what = format!("{at}, process {} is killed", other.saturating_add(1));
                execution.note(emulator, Noted::Decided(what));
                execution.kill_other(emulator, other);
            }
            (Choice::Switch(other), _) => {
                let what = format!("{at}, process {} goes on", other.saturating_add(1));
                execution.note(emulator, Noted::Decided(what));
                execution.switch_to(emulator, other);
            }
            (_, Some(incident)) => return self.befall(emulator, process, incident, place),
            (Choice::Incident(_) | Choice::Other(_), None) => {}
        }
        None
    }

    /// Lets an incident happen at a point, and returns what it means for the reply of the call.
    fn befall(
        &self,
        emulator: &Emulator,
        process: ProcessId,
        incident: Incident,
        place: Place,
    ) -> Option<ReplyChange> {
        let Self { execution, people } = self;
        execution.note(emulator, Noted::Decided(format!("{}, {incident}", words_of(place))));
        match incident {
            Incident::Kill => {
                emulator.observe(|engine| engine.end_process(process));
                execution.unwind(Stop::Killed);
            }
            Incident::LogOff(_) => {
                let user = emulator.sid(&people.user);
                let is_own = execution.end_processes_of(emulator, user);
                execution.strike(emulator, people, incident);
                if is_own {
                    execution.unwind(Stop::Killed);
                }
            }
            Incident::CallFails(code) => return Some(ReplyChange::Fail(code)),
            Incident::ReplyLost(code) => return Some(ReplyChange::Drop(code)),
            Incident::CallbackTwice => return Some(ReplyChange::Drop(HResult::RPC_E_SERVERFAULT)),
            other => execution.strike(emulator, people, other),
        }
        None
    }

    /// A program waits: time passes, or other programs go on, until it can go on.
    fn pause(&self, emulator: &Emulator, process: ProcessId, pause: Pause) {
        let execution = &self.execution;
        let by = match pause {
            Pause::Lock(_) => Endless::Locked,
            _ => Endless::Asleep,
        };
        let until = match &pause {
            Pause::Until { until, .. } => Some(*until),
            Pause::Ready | Pause::Lock(_) | Pause::Ended => None,
        };
        execution.make_late_callbacks(emulator, process);
        let outer = execution.begin_pause(pause);
        let mut is_midway_due = true;
        self.point(emulator, process, Place::Wait, noticeable(emulator));
        while !execution.goes_on(emulator) {
            execution.unwind_again();
            if until.is_some_and(|until| execution.make_held_callbacks(emulator, process, until)) {
                continue;
            }
            let now = emulator.now();
            let planned = execution.next_planned(now);
            let next = execution.next_instant(emulator).into_iter().chain(planned).min();
            let Some(limit) = execution.limit_of_waits().or(next) else {
                return execution.unwind(Stop::Endless(by));
            };
            let before = noticeable(emulator);
            let held = emulator.observe(|engine| engine.held_calls(process));
            if let Some(next) = next.filter(|next| is_midway_due && *next > now) {
                is_midway_due = false;
                execution.note_midway(is_midway_due);
                let midway = now + (next.min(limit) - now) / 2;
                if !execution.advance(emulator, &self.people, midway) {
                    self.point(emulator, process, Place::Midway, noticeable(emulator));
                    continue;
                }
            } else if let Some(planned) = planned.filter(|planned| *planned <= limit) {
                if !execution.advance(emulator, &self.people, planned) {
                    is_midway_due = true;
                    execution.note_midway(is_midway_due);
                    self.point(emulator, process, Place::Midway, noticeable(emulator));
                    continue;
                }
            } else if !execution.advance(emulator, &self.people, limit) {
                execution.note_due(limit);
                continue;
            }
            let noticed = noticeable(emulator);
            if noticed != before {
                is_midway_due = true;
                execution.note_midway(is_midway_due);
                self.point(emulator, process, Place::Change, noticed);
                execution.count_step(emulator, &held);
                execution.make_late_callbacks(emulator, process);
            }
        }
        execution.unwind_again();
        execution.end_pause(outer);
    }

    /// Before a program uses a store that others may use: one of them may go on first.
    pub(super) fn before_store(&self, emulator: &Emulator) {
        let progress = self.execution.progress();
        let process = progress.actor.process.filter(|_| progress.can_switch());
        let is_stopped = progress.actor.stop.is_some();
        drop(progress);
        if let Some(process) = process.filter(|_| !is_stopped) {
            self.execution.beat();
            self.point(emulator, process, Place::Store, noticeable(emulator));
        }
    }

    /// Waits until a lock is free.
    pub(super) fn wait_for_lock(&self, emulator: &Emulator, name: &LockName) {
        let progress = self.execution.progress();
        let (process, is_called) = (progress.actor.process, !progress.callbacks.is_empty());
        drop(progress);
        if is_called {
            return self.execution.refuse_lock_in_callback();
        }
        if let Some(process) = process {
            self.execution.note_wait(emulator, process);
            self.execution.record(|| Told::WaitsForLock(name.1.clone()));
            self.pause(emulator, process, Pause::Lock(name.clone()));
        }
    }

    /// Unwinds a program that has run for longer than it may.
    fn check_time(&self, emulator: &Emulator) {
        let since = self.execution.since();
        if emulator.now() - since > self.execution.scope.time {
            self.execution.unwind(Stop::Endless(Endless::Time));
        }
    }
}

impl Driver<Emulator> for ProgramDriver {
    fn before_call(&self, emulator: &Emulator, call: DrivenCall) -> Option<ReplyChange> {
        self.execution.expect_own_thread(call.method);
        if !self.execution.drives(call.connection.process) {
            return None;
        }
        self.execution.unwind_again();
        if self.execution.is_stopped() {
            // A destructor makes the call, and may wait for its success. No time passes for it any more.
            emulator.observe(|engine| engine.end_process(call.connection.process));
            return None;
        }
        self.execution.beat();
        self.execution.make_late_callbacks(emulator, call.connection.process);
        let noticed = noticeable(emulator);
        if self.execution.note_idleness(noticed) {
            self.execution.unwind(Stop::Endless(Endless::IdleCalls));
        }
        if call.method == Method::Resume && self.execution.note_resume() {
            self.execution.unwind(Stop::Endless(Endless::Resumes));
        }
        self.execution.note_job_errors(emulator);
        let place = Place::Call(call.method, call.target.job);
        let decided = self.point(emulator, call.connection.process, place, noticed);
        self.execution.note_state(emulator, call.target.job);
        decided.reply
    }

    fn after_call(&self, emulator: &Emulator, call: DrivenCall, reply: Observation) {
        if !self.execution.drives(call.connection.process) || self.execution.is_stopped() {
            return;
        }
        self.execution.note_call(emulator, call, reply);
        if self.execution.takes_kill_after_call() {
            emulator.observe(|engine| engine.end_process(call.connection.process));
            self.execution.unwind(Stop::Killed);
        }
        let held = emulator.observe(|engine| engine.held_calls(call.connection.process));
        self.execution.count_step(emulator, &held);
        let observed = (call.method, call.target, reply);
        self.execution.observe_step(emulator, Some((call, reply.code)), &observed);
    }

    fn learned(&self, process: ProcessId, what: u128) {
        self.execution.expect_own_thread("its session");
        if self.execution.drives(process) {
            self.execution.observe(&what);
        }
    }

    fn wait(&self, emulator: &Emulator, process: ProcessId, until: Until) {
        self.execution.expect_own_thread("its session");
        if !self.execution.drives(process) {
            _ = emulator.pass_time(until);
            return;
        }
        self.execution.unwind_again();
        if self.execution.is_stopped() {
            return;
        }
        self.execution.note_wait(emulator, process);
        let limit = match until {
            Until::Instant(limit) | Until::Called(_, limit) => Some(limit),
            Until::Woken(_, limit) => limit,
            Until::Idle | Until::StateLeft(..) | Until::State(..) | Until::AtRest(_) => return,
        };
        self.execution.note(emulator, limit.map_or(Noted::WaitsForCall, Noted::Waits));
        self.pause(emulator, process, Pause::Until { until, limit, is_due: false });
        self.execution.observe_step(emulator, None, &emulator.is_reached(until));
    }

    fn before_callback(
        &self,
        emulator: &Emulator,
        process: ProcessId,
        DrivenCallback { method, told, is_late }: DrivenCallback,
    ) -> CallbackFate {
        let execution = &self.execution;
        execution.begin_callback(process);
        let decide = || {
            if !execution.drives(process) || execution.is_stopped() {
                return CallbackFate::Comes(None);
            }
            execution.note_job_errors(emulator);
            let noticed = noticeable(emulator);
            let place = if is_late { Place::LateCallback(method) } else { Place::Callback(method) };
            let Decided { reply, held } = self.point(emulator, process, place, noticed);
            if let Some(steps) = held {
                return CallbackFate::IsHeld(steps);
            }
            if is_late {
                execution.record(|| Told::LateCallback(method));
            }
            execution.observe_callback(told, emulator.now());
            CallbackFate::Comes(reply)
        };
        let decided = catch_unwind(AssertUnwindSafe(decide));
        let is_other_unwound = execution.end_callback();
        match decided {
            Ok(fate) => fate,
            Err(unwound) if is_other_unwound && unwound.is::<Unwound>() => {
                CallbackFate::Comes(None)
            }
            Err(unwound) => resume_unwind(unwound),
        }
    }

    fn begin_callback(&self, process: ProcessId) {
        self.execution.begin_callback(process);
    }

    fn end_callback(&self, panic: Option<Box<dyn Any + Send>>) -> Option<Box<dyn Any + Send>> {
        let is_other_unwound = self.execution.end_callback();
        panic.filter(|panic| !(is_other_unwound && panic.is::<Unwound>()))
    }

    fn timers_ended(&self, process: ProcessId, number: usize) {
        if self.execution.drives(process) {
            self.execution.observe(&number);
        }
    }

    fn choose_task(&self, emulator: &Emulator, process: ProcessId, ready: &[u64]) -> usize {
        if !self.execution.drives(process) || self.execution.is_stopped() {
            return 0;
        }
        let number = ready.len();
        let chosen = if number > 1 { self.execution.choose_task(number) } else { 0 };
        if chosen > 0 {
            let what = format!("of {number} ready tasks, number {} goes on first", chosen + 1);
            self.execution.note(emulator, Noted::Decided(what));
        }
        self.execution.observe(&(ready, chosen));
        chosen
    }
}

/// Chooses among steps that are possible at once as the execution decides.
#[derive(Clone)]
pub(crate) struct ExploredChooser(pub(crate) Arc<Execution>);

impl Chooser<NextStep> for ExploredChooser {
    fn choose(&mut self, first: NextStep, others: &mut dyn Iterator<Item = NextStep>) -> NextStep {
        let others: Vec<NextStep> = others.collect();
        if others.is_empty() {
            return first;
        }
        let chosen = self.0.choose(others.len().saturating_add(1));
        chosen.checked_sub(1).and_then(|other| others.get(other).copied()).unwrap_or(first)
    }
}
