//! One possible life of a job up to a record: its machine, and the log that it writes, held against the
//! records step by step.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use siphasher::sip128::{Hash128, Hasher128, SipHasher13};

use super::log::{Computer, Fact, JobRecords};
use super::record::Record;
use super::spans::{PATIENCE, TOLERANCE};
use super::step::{Assumption, HiddenStep, LifeStep};
use crate::emulator::{EventLog, LogEvent, LoggedStep, TraceEvent};
use crate::machine::{Call, ComputerEvent, Deadline, Event, Input, JobStateMachine};
use crate::service::Before;
use crate::vocabulary::{HResult, JobState};

/// What a life is held against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Recorded<'log> {
    pub(super) job: &'log JobRecords<'log>,
    pub(super) computer: &'log Computer,
}

impl<'log> Recorded<'log> {
    pub(super) fn record(&self, place: usize) -> Option<&'log Record> {
        self.job.records.get(place).map(|(_, record)| *record)
    }

    pub(super) fn number(&self, place: usize) -> Option<usize> {
        self.job.records.get(place).map(|(number, _)| *number)
    }
}

/// A life up to some record.
#[derive(Debug, Clone)]
pub(super) struct Life {
    pub(super) job: JobStateMachine,
    writer: EventLog,
    /// By the clock of the model.
    pub(super) now: DateTime<Utc>,
    /// How far the clock of the model is ahead of that of the log.
    pub(super) ahead: TimeDelta,
    /// The place of the record that is to be written next.
    pub(super) next: usize,
    /// The place of the fact of the computer that comes next.
    fact: usize,
    service_runs: bool,
    /// Since when an attempt runs that has shown nothing.
    silent_since: Option<DateTime<Utc>>,
    /// Whether the scheduler transfers the other jobs first that the log shows.
    pub(super) yields: bool,
    pub(super) was_resumed: bool,
    /// When it was last woken because the network came back, as far as that was assumed.
    pub(super) network_woke: Option<DateTime<Utc>>,
    pub(super) delay_was_set: bool,
    /// What happened since the last record, for the story.
    pub(super) steps: Vec<LifeStep>,
    nobody: Arc<str>,
}

impl Life {
    /// The life of a new job, to which some of the computer's facts have happened already.
    pub(super) fn new(job: JobStateMachine, now: DateTime<Utc>, fact: usize) -> Self {
        Self {
            job,
            writer: EventLog::with_capacity(8),
            now,
            ahead: TimeDelta::zero(),
            next: 0,
            fact,
            service_runs: true,
            silent_since: None,
            yields: false,
            was_resumed: false,
            network_woke: None,
            delay_was_set: false,
            steps: Vec::new(),
            nobody: "".into(),
        }
    }

    /// A fingerprint of all that decides which records it can write from now on.
    pub(super) fn fingerprint(&self) -> u128 {
        let mut hasher = SipHasher13::new();
        self.job.hash_relative(self.now.into(), &mut hasher);
        let silent = self.silent_since.map(|since| self.now - since);
        let was = (self.was_resumed, self.delay_was_set);
        (self.next, self.fact, self.service_runs, was, self.ahead, silent).hash(&mut hasher);
        self.writer.has_started(self.job.id()).hash(&mut hasher);
        hasher.write_u8(0);
        let Hash128 { h1, h2 } = hasher.finish128();
        u128::from(h1) << 64 | u128::from(h2)
    }

    /// The instant of the log that is now by the clock of the model.
    pub(super) fn log_time(&self) -> DateTime<Utc> {
        self.now - self.ahead
    }

    /// The instant of the model at which that record was written.
    pub(super) fn model_time(&self, of_log: DateTime<Utc>) -> DateTime<Utc> {
        (of_log + self.ahead).max(self.now)
    }

    /// Takes a step without holding it against the records.
    pub(super) fn prepare(&mut self, what: Input) -> bool {
        self.step(what, HiddenStep::Usual).is_some()
    }

    /// Takes a step; `None` if the job does not take it, or writes what is not recorded.
    #[must_use]
    pub(super) fn take(
        &mut self,
        what: Input,
        hidden: HiddenStep,
        recorded: Recorded<'_>,
    ) -> Option<()> {
        let first = self.next;
        let written = self.step(what.clone(), hidden)?;
        for entry in written {
            self.match_record(&entry, recorded)?;
        }
        if let Some(last) = self.steps.last_mut() {
            last.records = (first..self.next).filter_map(|place| recorded.number(place)).collect();
        }
        Some(())
    }

    /// The creation of the job is its first record.
    pub(super) fn written(&mut self, recorded: Recorded<'_>) {
        self.pass_over(HiddenStep::Recorded, recorded);
        self.steps.rotate_right(1);
    }

    fn push_step(&mut self, what: Option<Input>, hidden: HiddenStep, code: HResult) {
        let (at, model_at, after) = (self.log_time(), self.now, self.job.state());
        self.steps.push(LifeStep { at, model_at, what, hidden, code, after, records: Vec::new() });
    }

    /// A call that every client makes and no record shows.
    pub(super) fn usual(&mut self, call: Call) -> bool {
        self.prepare(Input::Call(call))
    }

    /// The life is one under another reading.
    pub(super) fn begins_with(&mut self, assumption: Assumption) {
        self.push_step(None, HiddenStep::Assumed(assumption), HResult::S_OK);
        self.steps.rotate_right(1);
    }

    fn step(&mut self, what: Input, hidden: HiddenStep) -> Option<Vec<LogEvent>> {
        let before = Before::capture(&self.job);
        let was_active = self.job.state().is_active();
        let current = self.job.current();
        let outcome = match &what {
            Input::Call(call) => self.job.call(call.clone(), self.now).ok()?,
            Input::CallBy(token, call) => self.job.call_by(token, call.clone(), self.now).ok()?,
            Input::Event(event) => {
                let outcome = self.job.handle(event.clone(), self.now);
                let is_of_all = matches!(event, Event::Computer(_));
                if outcome.was_ignored() && !is_of_all {
                    return None;
                }
                outcome
            }
            Input::Deadline(_) => self.job.handle_deadline(self.now),
        };
        self.was_resumed |= matches!(what, Input::Call(Call::Resume));
        let did = before.result(&self.job, outcome);
        let traced = match &what {
            Input::Call(call) | Input::CallBy(_, call) => TraceEvent::Call(call.clone()),
            Input::Event(event) => TraceEvent::Event(event.clone()),
            Input::Deadline(deadline) => TraceEvent::Deadline(*deadline),
        };
        let (owner, by) = (Arc::clone(&self.nobody), Arc::clone(&self.nobody));
        let logged = LoggedStep { what: &traced, did: &did, owner, by, is_by_another: false };
        self.writer.record(self.now, logged, &self.job);
        let active = self.job.state().is_active();
        if active && (!was_active || current != self.job.current()) {
            self.silent_since = Some(self.now);
        }
        if !active || self.writer.has_started(self.job.id()) {
            self.silent_since = None;
        }
        self.push_step(Some(what), hidden, outcome.success.code());
        Some(self.writer.take_entries())
    }

    /// Holds what the model wrote against the next record.
    fn match_record(&mut self, entry: &LogEvent, recorded: Recorded<'_>) -> Option<()> {
        let record = recorded.record(self.next)?;
        let early = entry.time - (record.time + self.ahead);
        if !record.kind.agrees_with(&entry.what) || early.abs() > TOLERANCE {
            return None;
        }
        self.ahead += early.max(TimeDelta::zero());
        self.next += 1;
        Some(())
    }

    /// Passes over a record that no step writes.
    pub(super) fn pass_over(&mut self, hidden: HiddenStep, recorded: Recorded<'_>) {
        self.push_step(None, hidden, HResult::S_OK);
        if let Some(step) = self.steps.last_mut() {
            step.records.extend(recorded.number(self.next));
        }
        self.next += 1;
    }

    /// Lets time pass until an instant of the model: clocks of the job act, the scheduler picks it, and what
    /// is known of the computer happens. `None` if something would have been recorded.
    #[must_use]
    pub(super) fn wait(&mut self, until: DateTime<Utc>, recorded: Recorded<'_>) -> Option<()> {
        while !self.job.state().is_final() {
            let is_eligible = self.service_runs && self.job.is_eligible();
            let held = self.held_until(recorded).filter(|_| is_eligible);
            if is_eligible && held.is_none() {
                self.take(Input::Event(Event::Picked), HiddenStep::Course, recorded)?;
                continue;
            }
            let deadline = self.job.next_deadline().filter(|_| self.service_runs);
            let deadline = deadline.map(|(at, deadline)| (at.max(self.now), Next::Clock(deadline)));
            let fact = recorded.computer.facts.get(self.fact);
            let fact = fact.map(|(at, fact)| (self.model_time(*at), Next::Fact(*fact)));
            let held = held.map(|held| (held.min(until), Next::Picked));
            let next = [fact, held, deadline].into_iter().flatten().min_by_key(|(at, _)| *at);
            let next = next.filter(|(at, _)| *at <= until);
            let by = next.map_or(until, |(at, _)| at);
            if self.silent_since.is_some_and(|since| by - since > PATIENCE + TOLERANCE) {
                return None;
            }
            self.now = by;
            match next {
                None => return Some(()),
                Some((_, Next::Picked)) if by == until => return Some(()),
                Some((_, Next::Picked)) => {}
                Some((_, Next::Clock(deadline))) => {
                    self.take(Input::Deadline(deadline), HiddenStep::Course, recorded)?;
                }
                Some((_, Next::Fact(fact))) => {
                    self.fact += 1;
                    self.happens(fact, recorded)?;
                }
            }
        }
        self.now = until;
        Some(())
    }

    /// Until when the scheduler transfers other jobs.
    fn held_until(&self, recorded: Recorded<'_>) -> Option<DateTime<Utc>> {
        let busy = recorded.computer.busy_until(self.log_time(), self.job.id());
        busy.filter(|_| self.yields).map(|until| self.model_time(until))
    }

    /// When something happens to the computer that is known.
    pub(super) fn next_fact(&self, recorded: Recorded<'_>) -> Option<DateTime<Utc>> {
        recorded.computer.facts.get(self.fact).map(|(at, _)| self.model_time(*at))
    }

    /// Something happens to the computer.
    pub(super) fn happens(&mut self, fact: Fact, recorded: Recorded<'_>) -> Option<()> {
        let event = match fact {
            Fact::ServiceStopped | Fact::MachineStopped => {
                self.service_runs = false;
                ComputerEvent::ServiceRestarted
            }
            Fact::ServiceStarted => {
                self.service_runs = true;
                ComputerEvent::ServiceRestarted
            }
            Fact::NetworkLost => ComputerEvent::NetworkLost,
            Fact::NetworkRestored => ComputerEvent::NetworkRestored,
        };
        let input = Input::Event(Event::Computer(event));
        if fact == Fact::MachineStopped && self.writer.has_started(self.job.id()) {
            // The log may be closed before the service ends the transfer.
            let kept = self.clone();
            if self.take(input.clone(), HiddenStep::Computer, recorded).is_none() {
                *self = kept;
                let _ = self.step(input, HiddenStep::Computer)?;
            }
            return Some(());
        }
        self.take(input, HiddenStep::Computer, recorded)
    }

    /// Whether the service stops within the tolerance; then it stops now.
    pub(super) fn stop_now(&mut self, recorded: Recorded<'_>) -> Option<()> {
        let (at, fact) = recorded.computer.facts.get(self.fact)?;
        if !matches!(fact, Fact::ServiceStopped | Fact::MachineStopped)
            || self.model_time(*at) - self.now > TOLERANCE
        {
            return None;
        }
        self.fact += 1;
        self.service_runs = false;
        let event = Event::Computer(ComputerEvent::ServiceRestarted);
        self.take(Input::Event(event), HiddenStep::Computer, recorded)
    }

    /// Assumes that something happened that the log does not show.
    #[must_use]
    pub(super) fn assume(
        &mut self,
        what: Input,
        assumption: Assumption,
        recorded: Recorded<'_>,
    ) -> Option<()> {
        self.take(what, HiddenStep::Assumed(assumption), recorded)
    }

    /// When the job is tried again if nothing else happens.
    pub(super) fn retry_at(&self) -> Option<DateTime<Utc>> {
        self.job.deadline(Deadline::RetryDelay)
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.job.state() == JobState::TransientError
    }

    pub(super) fn has_started(&self) -> bool {
        self.writer.has_started(self.job.id())
    }

    pub(super) const fn service_runs(&self) -> bool {
        self.service_runs
    }
}

/// What happens next while time passes.
#[derive(Debug, Clone, Copy)]
enum Next {
    Fact(Fact),
    Picked,
    Clock(Deadline),
}
