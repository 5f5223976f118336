//! The baton: which of several programs goes on. Each runs on a thread of its own, and only the one that holds the
//! baton runs; a program alone holds it always.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use super::actor::{Actor, Pause};
use super::departure::Departure;
use super::execution::{Execution, Noted, Progress, this_thread};
use super::requests::close_requests;
use super::stop::Stop;
use crate::emulator::{Emulator, Process, ProcessId};
use crate::vocabulary::Sid;

impl Progress {
    /// That program acts from now on, and returned is the one that did.
    pub(super) fn act_as(&mut self, number: u8) -> u8 {
        let before = self.actor.number;
        if let Some(next) = self.others.remove(&number) {
            let actor = std::mem::replace(&mut self.actor, next);
            self.others.insert(before, actor);
        }
        before
    }

    /// Whether another program may go on instead. While a callback runs none may.
    pub(super) fn can_switch(&self) -> bool {
        !self.others.is_empty() && self.callbacks.is_empty()
    }

    /// The other programs, the next one first.
    pub(super) fn others_in_turn(&self) -> impl Iterator<Item = &Actor> {
        let own = self.actor.number;
        self.others.range(own..).chain(self.others.range(..own)).map(|(_, other)| other)
    }

    /// The other programs that can go on, the next one first.
    pub(super) fn others_able(&self, emulator: &Emulator) -> Vec<u8> {
        let able = self.others_in_turn().filter(|other| other.can_go_on(emulator, &self.locks));
        able.map(|other| other.number).collect()
    }
}

impl Execution {
    /// Begins the turns of `number` programs with that of the first one.
    pub(super) fn begin_turns(&self, number: u8) {
        let mut progress = self.progress();
        for other in 1..number {
            let new = || Actor { number: other, ..Actor::default() };
            if progress.actor.number != other {
                progress.others.entry(other).or_insert_with(new);
            }
        }
        progress.act_as(0);
        progress.actor.pause = Pause::Ready;
        progress.others.values_mut().for_each(|other| other.pause = Pause::Ready);
        progress.holder = 0;
        drop(progress);
        self.thread.store(this_thread(), Ordering::Relaxed);
    }

    /// All programs have ended.
    pub(super) fn end_turns(&self) {
        let mut progress = self.progress();
        progress.act_as(0);
        progress.holder = 0;
        drop(progress);
        self.thread.store(this_thread(), Ordering::Relaxed);
    }

    /// Waits on its thread for the turn of a program.
    pub(super) fn await_turn(&self, number: u8) {
        let mut progress = self.progress();
        while progress.holder != number {
            progress = self.turn.wait(progress).unwrap_or_else(PoisonError::into_inner);
        }
        drop(progress);
        self.thread.store(this_thread(), Ordering::Relaxed);
    }

    fn give(&self, number: u8) {
        let mut progress = self.progress();
        progress.act_as(number);
        progress.holder = number;
        drop(progress);
        self.turn.notify_all();
    }

    /// Another program goes on, until it is the turn of this one again. It may have been killed by then.
    fn hand_over(&self, number: u8) {
        let own = self.progress().holder;
        self.give(number);
        self.await_turn(own);
        self.unwind_again();
    }

    /// Another program goes on though this one could, if the other one can.
    pub(super) fn switch_to(&self, emulator: &Emulator, number: u8) {
        if self.progress().others_able(emulator).contains(&number) {
            self.hand_over(number);
        }
    }

    /// Whether the program that waits goes on. Others that can go first; of all that can which one does is a choice.
    /// A program that was stopped meanwhile is unwound.
    pub(crate) fn goes_on(&self, emulator: &Emulator) -> bool {
        loop {
            let progress = self.progress();
            let is_able = progress.actor.can_go_on(emulator, &progress.locks);
            if !progress.can_switch() {
                let stop = progress.actor.stop;
                drop(progress);
                stop.into_iter().for_each(|stop| self.unwind(stop));
                return is_able;
            }
            let own = progress.actor.number;
            let mut able = progress.others_able(emulator);
            drop(progress);
            able.extend(is_able.then_some(own));
            let next = match self.next_of(emulator, &able) {
                Some(next) if next != own => next,
                own => {
                    self.unwind_again();
                    return own.is_some();
                }
            };
            self.hand_over(next);
            let progress = self.progress();
            if progress.actor.can_go_on(emulator, &progress.locks) {
                return true;
            }
        }
    }

    /// A program has ended, and the next one goes on; if none can, the first one that waits lets time pass.
    pub(super) fn leave(&self, emulator: &Emulator) {
        let mut progress = self.progress();
        progress.actor.pause = Pause::Ended;
        let able = progress.others_able(emulator);
        let waiting = progress.others_in_turn().find(|other| !other.has_ended());
        let waiting = waiting.map(|other| other.number);
        drop(progress);
        let next = self.next_of(emulator, &able).or(waiting);
        next.into_iter().for_each(|next| self.give(next));
    }

    /// Which of these programs goes on: the first one, if nothing else is decided.
    fn next_of(&self, emulator: &Emulator, able: &[u8]) -> Option<u8> {
        let chosen = if able.len() > 1 { self.choose_program(able.len()) } else { 0 };
        let next = able.get(chosen).copied();
        if let Some(next) = next.filter(|_| chosen > 0) {
            let departure = Departure::Process(able.len(), next);
            self.note(emulator, Noted::Decided(departure));
        }
        next
    }

    /// The run is over: every other program is unwound when it is its turn.
    pub(super) fn stop_others(&self) {
        let mut progress = self.progress();
        let others = progress.others.values_mut();
        let going_on = others.filter(|other| other.stop.is_none_or(|stop| stop == Stop::Killed));
        going_on.for_each(|other| other.stop = Some(Stop::Over));
    }

    /// The process of a program that waits is killed.
    pub(super) fn kill_other(&self, emulator: &Emulator, number: u8) {
        let mut progress = self.progress();
        if progress.others.get(&number).is_some_and(Actor::is_waiting) {
            let process = progress.kill_other(number);
            drop(progress);
            process.into_iter().for_each(|process| end_process(emulator, process));
        }
    }

    /// The processes of a user end, and their programs are unwound, but for the one that acts. Returns whether that
    /// is the user's too.
    pub(super) fn end_processes_of(&self, emulator: &Emulator, user: Sid) -> bool {
        let is_of_user = |actor: &Actor| {
            let process = actor.process.filter(|_| actor.stop.is_none() && !actor.has_ended());
            let known = |process| {
                let owner = |process: &Process| process.token.user == user;
                emulator.observe(|engine| engine.known_process(process).is_some_and(owner))
            };
            process.is_some_and(known)
        };
        let mut progress = self.progress();
        let others = progress.others.values().filter(|other| is_of_user(other));
        let others: Vec<u8> = others.map(|other| other.number).collect();
        let is_own = is_of_user(&progress.actor);
        let own = progress.actor.process.filter(|_| is_own);
        let others: Vec<_> = others.into_iter().map(|other| progress.kill_other(other)).collect();
        drop(progress);
        let ended = others.into_iter().flatten().chain(own);
        ended.for_each(|process| end_process(emulator, process));
        is_own
    }
}

fn end_process(emulator: &Emulator, process: ProcessId) {
    emulator.observe(|engine| engine.end_process(process));
}

/// Waits, in which other programs may go on.
impl Execution {
    /// The program begins to wait; returned is for what it waited already, around a callback.
    pub(super) fn begin_pause(&self, pause: Pause) -> Pause {
        let mut progress = self.progress();
        let actor = &mut progress.actor;
        actor.waits.push((pause.limit(), true));
        std::mem::replace(&mut actor.pause, pause)
    }

    /// The program goes on after a wait.
    pub(super) fn end_pause(&self, outer: Pause) {
        let mut progress = self.progress();
        progress.actor.waits.pop();
        progress.actor.pause = outer;
    }

    /// Notes whether the middle of the wait that is under way is still to come.
    pub(crate) fn note_midway(&self, is_due: bool) {
        if let Some((_, is_midway_due)) = self.progress().actor.waits.last_mut() {
            *is_midway_due = is_due;
        }
    }
}

/// Callbacks, which run on the thread of the program that lets time pass.
impl Execution {
    /// An object in that process is called: its program acts meanwhile.
    pub(super) fn begin_callback(&self, process: ProcessId) {
        let mut progress = self.progress();
        let number = progress.number_of(process).unwrap_or(progress.actor.number);
        let before = progress.act_as(number);
        progress.callbacks.push(before);
    }

    /// The object has returned. Whether another program than that which called it was unwound alone.
    pub(super) fn end_callback(&self) -> bool {
        let mut progress = self.progress();
        let Some(before) = progress.callbacks.pop() else { return false };
        let called = progress.act_as(before);
        called != before && progress.actor.stop.is_none()
    }
}

impl Progress {
    /// Another program is unwound when it is its turn. Returns its process.
    fn kill_other(&mut self, number: u8) -> Option<ProcessId> {
        let other = self.others.get_mut(&number)?;
        other.stop = Some(Stop::Killed);
        let process = other.process;
        close_requests(&mut self.requests, number);
        self.release_locks_of(number);
        process
    }

    /// The program with that process.
    fn number_of(&self, process: ProcessId) -> Option<u8> {
        let mut all = std::iter::once(&self.actor).chain(self.others.values());
        all.find(|actor| actor.process == Some(process)).map(|actor| actor.number)
    }
}
