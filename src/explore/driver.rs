//! The driver of an explored program: what its points are, and how decisions are carried out.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use super::actor::{LockName, Pause};
use super::choice::{Choice, Incident, LONGEST_STALL};
use super::departure::Departure;
use super::execution::{Driven, Execution, Noted};
use super::future::Here;
use super::place::Place;
use super::record::Told;
use super::situation::{self, View};
use super::stop::{Endless, Stop};
use super::world::{Outlook, People};
use crate::emulator::{
    CallbackFate, DrivenCall, DrivenCallback, Driver, Emulator, NextStep, Observation, ProcessId,
    ReplyChange, Until, Unwound,
};
use crate::service::Chooser;
use crate::vocabulary::HResult;

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
        mut view: View,
    ) -> Decided {
        let mut decided = Decided::default();
        while let Some(incident) = self.execution.take_planned(emulator, place) {
            self.execution.note(emulator, Noted::Decided(Departure::Planned(place, incident)));
            let reply = self.befall(emulator, process, incident);
            decided.reply = reply.or(decided.reply);
            view = situation::view(emulator, place.job());
        }
        let here = Here { emulator, people: &self.people, process, place };
        while let Some(choice) = self.execution.decide(here, view) {
            let reply = self.carry_out(emulator, process, choice, place);
            decided.reply = reply.or(decided.reply);
            if let Choice::Late(steps) = choice {
                decided.held = Some(steps);
                break;
            }
            view = situation::view(emulator, place.job());
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
        let departure = Departure::At(place, choice, incident);
        match (choice, incident) {
            (Choice::Incident(_) | Choice::Other(_), None) => {}
            _ => execution.note(emulator, Noted::Decided(departure)),
        }
        match (choice, incident) {
            (Choice::Stall(changes), _) => {
                execution.record(|| Told::Late);
                if execution.stall(emulator, people, changes) {
                    execution.note_stall(changes, LONGEST_STALL);
                }
            }
            (Choice::KillOf(other), _) => execution.kill_other(emulator, other),
            (Choice::Switch(other), _) => execution.switch_to(emulator, other),
            (_, Some(incident)) => return self.befall(emulator, process, incident),
            (
                Choice::Incident(_) | Choice::Other(_) | Choice::KillAfter | Choice::Late(_),
                None,
            ) => {}
        }
        None
    }

    /// Lets an incident happen at a point, and returns what it means for the reply of the call.
    fn befall(
        &self,
        emulator: &Emulator,
        process: ProcessId,
        incident: Incident,
    ) -> Option<ReplyChange> {
        let Self { execution, people } = self;
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
        let view = execution.view_after_callbacks(emulator, process, None);
        let outer = execution.begin_pause(pause);
        let mut is_midway_due = true;
        self.point(emulator, process, Place::Wait, view);
        while !execution.goes_on(emulator) {
            if until.is_some_and(|until| execution.make_held_callbacks(emulator, process, until)) {
                continue;
            }
            let Outlook { now, next, limit, noticed: before, held } =
                execution.outlook(emulator, process);
            let planned = execution.next_planned(now);
            let next = next.into_iter().chain(planned).min();
            let Some(limit) = limit.or(next) else {
                return execution.unwind(Stop::Endless(by));
            };
            if let Some(next) = next.filter(|next| is_midway_due && *next > now) {
                is_midway_due = false;
                execution.note_midway(is_midway_due);
                let midway = now + (next.min(limit) - now) / 2;
                if !execution.advance(emulator, &self.people, midway) {
                    let view = situation::view(emulator, None);
                    self.point(emulator, process, Place::Midway, view);
                    continue;
                }
            } else if let Some(planned) = planned.filter(|planned| *planned <= limit) {
                if !execution.advance(emulator, &self.people, planned) {
                    is_midway_due = true;
                    execution.note_midway(is_midway_due);
                    let view = situation::view(emulator, None);
                    self.point(emulator, process, Place::Midway, view);
                    continue;
                }
            } else if !execution.advance(emulator, &self.people, limit) {
                execution.note_due(limit);
                continue;
            }
            let view = situation::view(emulator, None);
            if view.noticed != before {
                is_midway_due = true;
                execution.note_midway(is_midway_due);
                self.point(emulator, process, Place::Change, view);
                execution.count_step(emulator, &held);
                execution.make_late_callbacks(emulator, process);
            }
        }
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
            self.point(emulator, process, Place::Store, situation::view(emulator, None));
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
            self.execution.note_wait(emulator, process, None);
            self.execution.record(|| Told::WaitsForLock(name.1.clone()));
            self.pause(emulator, process, Pause::Lock(name.clone()));
        }
    }
}

impl Driver<Emulator> for ProgramDriver {
    fn before_call(&self, emulator: &Emulator, call: DrivenCall) -> Option<ReplyChange> {
        let (execution, process) = (&self.execution, call.connection.process);
        execution.expect_own_thread(call.method);
        match execution.driven(process) {
            Driven::No => return None,
            Driven::Stopped(stop) => {
                execution.unwind(stop);
                // A destructor makes the call, and may wait for its success. No time passes for it any more.
                emulator.observe(|engine| engine.end_process(process));
                return None;
            }
            Driven::Yes => {}
        }
        execution.beat();
        let view = execution.view_after_callbacks(emulator, process, call.target.job);
        if let Some(endless) = execution.count_call(call.method, view.noticed) {
            execution.unwind(Stop::Endless(endless));
        }
        if view.is_any_in_error {
            execution.note_job_errors(emulator);
        }
        let place = Place::Call(call.method, call.target.job);
        self.point(emulator, process, place, view).reply
    }

    fn after_call(&self, emulator: &Emulator, call: DrivenCall, reply: Observation) {
        let (execution, process) = (&self.execution, call.connection.process);
        if execution.driven(process) != Driven::Yes {
            return;
        }
        let (now, held) = emulator.observe(|engine| (engine.now(), engine.held_calls(process)));
        if execution.note_call(emulator, call, reply, now) {
            emulator.observe(|engine| engine.end_process(process));
            execution.unwind(Stop::Killed);
        }
        execution.count_step(emulator, &held);
        let observed = (call.method, call.target, reply);
        execution.observe_step(emulator, Some((call, reply.code)), &observed);
    }

    fn learned(&self, process: ProcessId, what: u128) {
        self.execution.expect_own_thread("its session");
        if self.execution.driven(process) != Driven::No {
            self.execution.observe(&what);
        }
    }

    fn wait(&self, emulator: &Emulator, process: ProcessId, until: Until) {
        self.execution.expect_own_thread("its session");
        match self.execution.driven(process) {
            Driven::No => {
                _ = emulator.pass_time(until);
                return;
            }
            Driven::Stopped(stop) => return self.execution.unwind(stop),
            Driven::Yes => {}
        }
        let limit = match until {
            Until::Instant(limit) | Until::Called(_, limit) => Some(limit),
            Until::Woken(_, limit) => limit,
            Until::Idle | Until::StateLeft(..) | Until::State(..) | Until::AtRest(_) => return,
        };
        let noted = limit.map_or(Noted::WaitsForCall, Noted::Waits);
        self.execution.note_wait(emulator, process, Some(noted));
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
            if execution.driven(process) != Driven::Yes {
                return CallbackFate::Comes(None);
            }
            let view = situation::view(emulator, None);
            if view.is_any_in_error {
                execution.note_job_errors(emulator);
            }
            let place = if is_late { Place::LateCallback(method) } else { Place::Callback(method) };
            let Decided { reply, held } = self.point(emulator, process, place, view);
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
        if self.execution.driven(process) != Driven::No {
            self.execution.observe(&number);
        }
    }

    fn choose_task(&self, emulator: &Emulator, process: ProcessId, ready: &[u64]) -> usize {
        if self.execution.driven(process) != Driven::Yes {
            return 0;
        }
        let number = ready.len();
        let chosen = if number > 1 { self.execution.choose_task(number) } else { 0 };
        if chosen > 0 {
            let departure = Departure::Task(number, chosen);
            self.execution.note(emulator, Noted::Decided(departure));
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
