//! What must hold of every step of a job, judged by a record of the trace that is kept here, from
//! the inputs and the public getters alone.

mod edges;
pub(crate) mod invariants;
pub(crate) mod key;
pub(crate) mod ledger;
mod listener;
mod memory;
mod seen;
mod telling;

use std::sync::Arc;

use bits_emulator::accounts::Token;
use bits_emulator::machine::{
    Call, ComputerEvent, Deadline, DueNotification, Event, Input, JobOptions, JobStateMachine,
    Recipient,
};
use bits_emulator::policy::{Block, CostFlags};
use bits_emulator::readings::{
    ClientExit, ErrorLifetime, FinalError, FirstFailure, HeldClock, InactivityClock, PeriodEnd,
    Readings, ResumeOffline,
};
use bits_emulator::settings::{JobProperty, JobPropertyId};
use bits_emulator::{HResult, JobState, Notification};
use chrono::{DateTime, TimeDelta, Utc};

use crate::common::*;
use crate::trace::Step;
use invariants::*;
use ledger::Ledger;
use listener::Listener;
use memory::Memory;

/// An instant by the steady and by the wall clock, and how many restarts came before it.
#[derive(Clone, Copy)]
struct Mark {
    at: DateTime<Utc>,
    wall: DateTime<Utc>,
    restarts: u32,
}

/// The record of a trace.
#[derive(Clone)]
pub(crate) struct Model {
    options: JobOptions,
    network: bool,
    owner_on: bool,
    owner: Token,
    cost: CostFlags,
    blocks: Vec<Block>,
    /// An error happened and the job was not TRANSFERRING since.
    latch: bool,
    /// The job is in TRANSIENT_ERROR for a cause whose end it waits for.
    held: bool,
    /// When an attempt failed, if no client called and no cause began or ended since.
    failed: Option<DateTime<Utc>>,
    client_gone: bool,
    clock_ahead: TimeDelta,
    clock_moved: bool,
    restart: Mark,
    first_error: Option<Mark>,
    stopped: Mark,
    activity: Mark,
    active_for: TimeDelta,
    last: DateTime<Utc>,
    ledger: Ledger,
    listener: Listener,
    memory: Arc<Memory>,
}

impl Model {
    pub(crate) fn new(options: JobOptions, start: DateTime<Utc>) -> Self {
        let mark = Mark { at: start, wall: start, restarts: 0 };
        Self {
            options,
            network: true,
            owner_on: true,
            owner: options.owner,
            cost: CostFlags::UNRESTRICTED,
            blocks: Vec::new(),
            latch: false,
            held: false,
            failed: None,
            client_gone: false,
            clock_ahead: TimeDelta::zero(),
            clock_moved: false,
            restart: mark,
            first_error: None,
            stopped: mark,
            activity: mark,
            active_for: TimeDelta::zero(),
            last: start,
            ledger: Ledger::new(options, start),
            listener: Listener::new(&options),
            memory: Arc::new(Memory::new(&options)),
        }
    }

    /// Whether a clock runs that no deadline ends, and began so long ago.
    #[allow(dead_code, reason = "models alone need it")]
    pub(crate) fn has_run_for(&self, length: TimeDelta, now: DateTime<Utc>) -> bool {
        let period = self.first_error.map(|first| self.since(first, now));
        [period, self.listener.modified.map(|(at, _)| now - at)]
            .into_iter()
            .flatten()
            .any(|it| it > length)
    }

    /// How far the wall clock was moved.
    #[allow(dead_code, reason = "models alone need it")]
    pub(crate) fn clock_ahead(&self) -> TimeDelta {
        self.clock_ahead
    }

    /// Follows a step. Says which rule it broke, if it did.
    pub(crate) fn follow(&mut self, step: &Step) -> Option<String> {
        if step.before.state().is_active() {
            self.active_for += step.now - self.last;
        }
        self.last = step.now;
        if step.forbidden || was_refused(step) {
            return (!nothing_happened(step)).then(|| "INV-11".to_owned());
        }
        self.note_world(step);
        let (waited, held) = (self.since(self.stopped, step.now), self.held);
        self.note_clocks(step);
        let by = match &step.input {
            Input::CallBy(by, _) => *by,
            Input::Call(_) | Input::Event(_) | Input::Deadline(_) => self.owner,
        };
        if let Some(Call::TakeOwnership(_)) = step.accepted() {
            (self.owner, self.owner_on) = (by, true);
        }
        if step.accepted().is_some()
            || matches!(step.event(), Some(event) if changes_a_cause(event))
        {
            self.failed = None;
        }
        let broken = [
            self.broken(step),
            self.broken_by_time(step, waited, held),
            self.ledger.follow(step, by),
            self.listener.follow(step, by, self.owner.user),
        ];
        if failed_by_itself(step) && step.after.state().is_error() {
            self.failed = Some(step.now);
        }
        let mut memory = Memory::clone(&self.memory);
        let forgotten = memory.follow(step, by, self.owner);
        if memory != *self.memory {
            self.memory = Arc::new(memory);
        }
        broken.into_iter().flatten().next().map(str::to_owned).or(forgotten)
    }

    fn note_world(&mut self, step: &Step) {
        let Some(event) = step.event() else { return };
        match event {
            Event::Computer(ComputerEvent::NetworkLost) => self.network = false,
            Event::Computer(ComputerEvent::NetworkRestored) => self.network = true,
            Event::Computer(ComputerEvent::NetworkCost(cost)) => self.cost = *cost,
            Event::Computer(ComputerEvent::Blocked(block)) => self.blocks.push(*block),
            Event::Computer(ComputerEvent::Unblocked(block)) => {
                self.blocks.retain(|held| held != block)
            }
            Event::OwnerLoggedOff => self.owner_on = self.owner.user.is_system_account(),
            Event::OwnerLoggedOn => self.owner_on = true,
            Event::Computer(ComputerEvent::ClockChanged(by)) => {
                self.clock_ahead += *by;
                self.clock_moved = true;
            }
            Event::Computer(ComputerEvent::ServiceRestarted) => {
                let restarts = self.restart.restarts + 1;
                self.restart = Mark { restarts, ..self.mark(step.now) };
            }
            _ => {}
        }
    }

    fn note_clocks(&mut self, step: &Step) {
        let mark = self.mark(step.now);
        let grew = grew(&step.before, &step.after);
        let (left, called) = (step.before.state(), step.accepted().is_some());
        let ended =
            step.entered().iter().any(|state| matches!(state, JobState::Error | Transferred));
        let entry = self.options.readings.inactivity_clock == InactivityClock::FromEntry;
        if grew || called || ended && entry {
            self.activity = mark;
        }
        let resumed = step.accepted() == Some(&Call::Resume);
        if resumed {
            self.active_for = TimeDelta::zero();
        }
        let by_client = (resumed && left.is_error())
            || (step.accepted() == Some(&Call::Suspend) && step.after.state() != left);
        if grew || by_client && self.options.readings.period_end == PeriodEnd::ClientOrProgress {
            self.first_error = None;
        }
        // NOTIFY-05: JobError brings the object back; a program is no such call.
        let told = Event::NotificationStarted(Notification::JobError);
        let is_call = |due: DueNotification| {
            due.notification == Notification::JobError && due.recipient != Recipient::CommandLine
        };
        if step.event() == Some(&told) && step.before.due_notifications().any(is_call) {
            self.client_gone = false;
        }
        if step.event() == Some(&Event::ClientExited) {
            self.client_gone |= self.options.readings.client_exit == ClientExit::Drop;
        }
        for state in step.entered() {
            if state == TransientError {
                self.held = !failed_by_itself(step);
                self.first_error.get_or_insert(mark);
                self.stopped = mark;
            }
            // TIME-06: also if nothing was to be transferred.
            if state == Transferred {
                self.first_error = None;
            }
            self.note_latch(state);
        }
    }

    fn note_latch(&mut self, state: JobState) {
        let Readings { error_object, final_error, .. } = self.options.readings;
        let strict = error_object == ErrorLifetime::Strict;
        match state {
            JobState::Error | TransientError => (self.latch, self.client_gone) = (true, false),
            Transferring | Transferred => self.latch = false,
            Suspended | Queued | Connecting => self.latch &= !strict,
            Acknowledged | Cancelled => self.latch &= !strict && final_error == FinalError::Keep,
        }
    }

    fn mark(&self, now: DateTime<Utc>) -> Mark {
        Mark { at: now, wall: now + self.clock_ahead, restarts: self.restart.restarts }
    }

    /// TIME-05: steady time while the service runs, wall time over a restart.
    fn since(&self, mark: Mark, now: DateTime<Utc>) -> TimeDelta {
        if mark.restarts < self.restart.restarts {
            (self.restart.wall - mark.wall) + (now - self.restart.at)
        } else {
            now - mark.at
        }
    }

    /// SCHED-15, NET-14, NET-17: a policy, the power or the cost of the network forbids a transfer.
    fn is_blocked(&self, job: &JobStateMachine) -> bool {
        let Some(JobProperty::CostFlags(allowed)) = job.property(JobPropertyId::CostFlags) else {
            panic!("cost flags have a default")
        };
        !allowed.contains(self.cost) || self.blocks.iter().any(|block| block.holds(job.priority()))
    }

    fn broken(&self, step: &Step) -> Option<&'static str> {
        let Step { before, after, .. } = step;
        let (from, to) = (before.state(), after.state());
        let offline = self.options.readings.resume_offline == ResumeOffline::Fails && !self.network;
        let checks = [
            ("INV-01", self.every_change_is_an_edge(step)),
            ("INV-02", !from.is_final() || step.entered().is_empty() && to == from),
            ("INV-03", final_states_are_entered_by_their_calls(step)),
            ("INV-04", after.file_count() > 0 || to == Suspended || to.is_final()),
            ("INV-05", from == Transferring || !grew(before, after)),
            ("INV-06", from != Suspended || to == from || leaves_suspended(step)),
            ("INV-07", from != JobState::Error || to == from || self.leaves_error(step)),
            ("INV-08", suspend_is_idempotent_and_resume_idle(after, step.now)),
            ("INV-09", after.error().is_ok() == (self.latch && !self.client_gone)),
            ("INV-10", !to.is_error() || self.client_gone || after.error().is_ok()),
            ("INV-10", !matches!(to, Transferring | Transferred) || after.error().is_err()),
            ("INV-12, INV-13", the_error_object_is_sound(after)),
            ("INV-14", the_reply_tells_which_phase_failed(after)),
            ("INV-15", self.the_count_rises_with_failed_attempts(step)),
            ("LIFE-20", !matches!(step.event(), Some(Event::Progressed(_))) || to != Transferred),
            ("INV-59", !step.entered().contains(&Connecting) || self.failed != Some(step.now)),
            ("INV-31", !offline || !matches!(to, Queued | Connecting | Transferring)),
            ("SCHED-15, NET-14, NET-17", !to.is_active() || !self.is_blocked(after)),
            ("INV-32", self.the_network_ends_transient_errors(step)),
            ("INV-33", !to.is_active() || self.owner_on),
            ("INV-34", the_logoff_takes_the_token(step)),
            ("INV-54", the_reply_stays_known(before, after)),
        ];
        checks.into_iter().find(|(_, holds)| !holds).map(|(rule, _)| rule)
    }

    fn broken_by_time(&self, step: &Step, waited: TimeDelta, held: bool) -> Option<&'static str> {
        let Step { before, after, .. } = step;
        // TIME-11: the other reading has tests of its own.
        let runs = self.options.readings.held_clock == HeldClock::Runs;
        let waits = after.state() == TransientError && !step.unsettled && runs;
        let timeout = seconds(after.no_progress_timeout());
        let first_error = self.first_error.map(|first| self.since(first, step.now));
        let delay = seconds(before.minimum_retry_delay());
        let limit = seconds(after.maximum_download_time());
        let idle = self.since(self.activity, step.now);
        let patience = TimeDelta::from_std(self.options.inactivity_timeout).unwrap();
        let acted = |deadline| step.input == Input::Deadline(deadline);
        let retried = acted(Deadline::RetryDelay);
        let settled = !step.unsettled;
        let checks = [
            ("INV-24", !retried || waited >= delay),
            ("INV-24", before.minimum_retry_delay() >= 5),
            ("TIME-10, TIME-27", !retried || !held),
            ("INV-25", !waits || first_error.is_some_and(|passed| passed < timeout)),
            (
                "INV-25, TIME-06",
                !acted(Deadline::NoProgressTimeout)
                    || !runs
                    || timeout.is_zero()
                    || first_error >= Some(timeout),
            ),
            (
                "TIME-06, TIME-07",
                !runs || !step.entered().contains(&TransientError) || first_error < Some(timeout),
            ),
            ("INV-26", !waits || timeout > TimeDelta::zero()),
            ("INV-27", !retried || !runs || self.clock_moved || delay <= timeout),
            ("INV-28", !after.state().is_active() || !settled || self.active_for <= limit),
            ("TIME-18", !acted(Deadline::MaximumDownloadTime) || self.active_for >= limit),
            ("INV-29", after.state().is_final() || !settled || idle <= patience),
            ("TIME-20", !acted(Deadline::Inactivity) || idle >= patience),
            ("INV-30", a_moved_clock_moves_no_timer(step)),
            ("INV-24, INV-25, INV-28, INV-29", self.the_clocks_are_right(after, step.now)),
        ];
        checks.into_iter().find(|(_, holds)| !holds).map(|(rule, _)| rule)
    }

    /// The next deadline is where the record says that its clock ends, and none ends before it.
    fn the_clocks_are_right(&self, job: &JobStateMachine, now: DateTime<Utc>) -> bool {
        let runs = self.options.readings.held_clock == HeldClock::Runs;
        let waits = job.state() == TransientError;
        let patience = TimeDelta::from_std(self.options.inactivity_timeout).unwrap();
        let end = |mark, length: TimeDelta| now + (length - self.since(mark, now));
        let idle = (!job.state().is_final()).then(|| end(self.activity, patience));
        let timeout = self.first_error.filter(|_| waits && runs);
        let timeout = timeout.map(|mark| match job.no_progress_timeout() {
            // TIME-14: at once, wherever the clock was moved.
            0 => now,
            length => end(mark, seconds(length)),
        });
        let limit = seconds(job.maximum_download_time()).max(tick());
        let limit = job.state().is_active().then(|| now + (limit - self.active_for));
        let delay = waits.then(|| end(self.stopped, seconds(job.minimum_retry_delay())));
        let Some((at, next)) = job.next_deadline() else { return idle.is_none() };
        let expected = match next {
            Deadline::RetryDelay => delay,
            Deadline::NoProgressTimeout if runs => timeout,
            Deadline::MaximumDownloadTime => limit,
            Deadline::Inactivity => idle,
            Deadline::NoProgressTimeout
            | Deadline::UploadCancellation
            | Deadline::NotificationRepeat
            | Deadline::ModificationInterval
            | Deadline::RangesInterval => Some(at),
        };
        // What is past is due at once, however long it is past.
        let at = at.max(now);
        expected.is_some_and(|end| end.max(now) == at)
            && [idle, timeout, limit].into_iter().flatten().all(|end| at <= end.max(now))
    }

    /// INV-15
    fn the_count_rises_with_failed_attempts(&self, step: &Step) -> bool {
        let (before, after) = (step.before.error_count(), step.after.error_count());
        let failed = step.entered().first().is_some_and(|state| state.is_error());
        let at_once = step.entered() == [Connecting, JobState::Error];
        let attempt = step.before.state().is_active() && failed || at_once;
        if attempt && is_cause(step) {
            return after == before;
        }
        let every = self.options.readings.first_failure == FirstFailure::Counts;
        let must = attempt && (every || step.before.state() == Transferring);
        after == before + u32::from(must) || attempt && !every && after == before + 1
    }

    /// INV-32
    fn the_network_ends_transient_errors(&self, step: &Step) -> bool {
        step.event() != Some(&Event::Computer(ComputerEvent::NetworkRestored))
            || step.after.state() != TransientError
            || self.is_blocked(&step.after)
                && step.after.error().is_ok_and(|error| {
                    let cost = HResult::BG_E_BLOCKED_BY_COST_TRANSFER_POLICY;
                    let named = self.blocks.iter().any(|block| block.code() == error.code());
                    named || error.code() == cost
                })
    }
}

fn seconds(seconds: u32) -> TimeDelta {
    TimeDelta::seconds(seconds.into())
}
