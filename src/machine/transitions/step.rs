//! The step: calls are checked and carried out, and the state changes in one place.

use chrono::{DateTime, Utc};

use super::context::StepContext;
use super::table::{Transition, TransitionAction, transitions_on};
use super::trigger::{Guard, Trigger};
use crate::machine::JobStateMachine;
use crate::machine::conditions::Hold;
use crate::machine::input::call::Call;
use crate::machine::input::event::{Deadline, Input};
use crate::machine::input::outcome::{Effect, Outcome, Success};
use crate::machine::time::moment::Moment;
use crate::vocabulary::{
    Error, HResult, HeldClock, InactivityClock, JobProperty, JobState, Method, Notification,
    PeriodEnd, ResumeOffline, RuleId, StateSet, Token, rule,
};

impl JobStateMachine {
    /// Carries out a call of the owner.
    ///
    /// # Errors
    ///
    /// The refusal, which changed nothing (ERR-02, INV-11). Or [`Error::RenameFailed`] of a
    /// `Complete` that made some files available before the disk refused one (DONE-07).
    pub fn call(&mut self, call: Call, now: DateTime<Utc>) -> Result<Outcome, Error> {
        let owner = self.config.owner;
        self.call_by(&owner, call, now)
    }

    /// Carries out a call of a caller who holds an interface of the job, which
    /// [`access`](Self::access) decides.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call); besides `E_ACCESSDENIED` if the caller's token does not serve for it:
    /// restricted, of a lower integrity level (SEC-05), or another than the owner's where only the
    /// owner may (PROP-18, PROP-23).
    pub fn call_by(
        &mut self,
        by: &Token,
        call: Call,
        now: DateTime<Utc>,
    ) -> Result<Outcome, Error> {
        let mut step = StepContext::new(now);
        let row = self.check_call(by, &call, step.now)?;
        let result = self.carry_out(by, &call, row, &mut step);
        self.check();
        result.map(|()| step.out)
    }

    /// Checks whether a call of the owner would be accepted now: what the outside asks before it renames
    /// or deletes files for a `Complete` or `Cancel`.
    ///
    /// # Errors
    ///
    /// The refusal that the call would meet.
    pub fn allows(&self, call: &Call, now: DateTime<Utc>) -> Result<(), Error> {
        self.allows_by(&self.config.owner, call, now)
    }

    /// Checks whether a call of that caller would be accepted now.
    ///
    /// # Errors
    ///
    /// The refusal that the call would meet.
    pub fn allows_by(&self, by: &Token, call: &Call, now: DateTime<Utc>) -> Result<(), Error> {
        self.check_call(by, call, Moment::from(now)).map(|_| ())
    }

    /// Applies one input of any kind.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call). A deadline that does not come next, or is not due, is ignored.
    pub fn apply(&mut self, input: Input, now: DateTime<Utc>) -> Result<Outcome, Error> {
        match input {
            Input::Call(call) => self.call(call, now),
            Input::CallBy(token, call) => self.call_by(&token, call, now),
            Input::Event(event) => Ok(self.handle(event, now)),
            Input::Deadline(deadline) if self.comes_next(deadline) => Ok(self.handle_deadline(now)),
            Input::Deadline(_) => Ok(Outcome::nothing()),
        }
    }

    pub(crate) fn comes_next(&self, deadline: Deadline) -> bool {
        self.due().is_some_and(|(_, next)| next == deadline)
    }

    /// The row of the table that a call takes, after every check: the caller's rights, then the
    /// state, which refuses all in a final one (LIFE-28), then type and values (FILES-11). That
    /// rights come first is an interpretation.
    fn check_call(
        &self,
        by: &Token,
        call: &Call,
        now: Moment,
    ) -> Result<&'static Transition, Error> {
        self.check_caller(by, call)?;
        self.check_type(call)?;
        let row = self.accepted_row(call.method(), self.trigger_of(call), now)?;
        self.check_values(by, call)?;
        Ok(row)
    }

    /// The row that a method takes in the present state, or its refusal.
    pub(crate) fn accepted_row(
        &self,
        method: Method,
        trigger: Trigger,
        now: Moment,
    ) -> Result<&'static Transition, Error> {
        match self.row(trigger, now) {
            Some(
                row @ Transition { then: TransitionAction::To(_) | TransitionAction::Stay, .. },
            ) => Ok(row),
            Some(Transition { then: TransitionAction::Refuse(code), rules, .. }) => {
                let rule = rules.first().copied().unwrap_or(rule!("T1"));
                Err(self.refusal(method, trigger, *code, rule, now))
            }
            // Every trigger of a call has a row in every state; the table's test holds that.
            None => {
                let rule = rule!("T1");
                Err(self.refusal(method, trigger, HResult::BG_E_INVALID_STATE, rule, now))
            }
        }
    }

    fn refusal(
        &self,
        method: Method,
        trigger: Trigger,
        code: HResult,
        rule: RuleId,
        now: Moment,
    ) -> Error {
        let state = self.live.state;
        let allowed = || self.accepting_states(trigger, now);
        match code {
            HResult::BG_E_EMPTY => Error::Empty { state, rule },
            HResult::BG_E_READ_ONLY_WHEN_JOB_ACTIVE => {
                Error::ReadOnlyWhenActive { method, state, allowed: allowed(), rule }
            }
            _ => Error::InvalidState { method, state, allowed: allowed(), rule },
        }
    }

    /// The states in which the job, otherwise as it is, would accept the call. The rows are read
    /// from the last to the first, so that the first row of a state has the last word.
    fn accepting_states(&self, trigger: Trigger, now: Moment) -> StateSet {
        let rows = transitions_on(trigger).iter().rev().filter(|row| self.holds(row.when, now));
        rows.fold(StateSet::of(&[]), |states, row| match row.then {
            TransitionAction::To(_) | TransitionAction::Stay => states.plus(row.from),
            TransitionAction::Refuse(_) => states.minus(row.from),
        })
    }

    /// The row that applies in the present state.
    pub(crate) fn row(&self, trigger: Trigger, now: Moment) -> Option<&'static Transition> {
        transitions_on(trigger)
            .iter()
            .find(|row| row.from.contains(self.live.state) && self.holds(row.when, now))
    }

    fn carry_out(
        &mut self,
        by: &Token,
        call: &Call,
        row: &'static Transition,
        step: &mut StepContext,
    ) -> Result<(), Error> {
        if let Call::Complete(commit) = call {
            self.rename(commit, self.live.state)?;
        }
        // TIME-21, PROGRESS-14: a successful call is activity and a modification. That Suspend,
        // Resume and added files count as the pages' "property changes" is an interpretation
        // (TIME-22).
        if !self.live.state.is_final() {
            self.live.clocks.activity = self.live.clocks.stamp(step.now);
            self.modified(step.now);
        }
        let restarts = self.current().filter(|_| row.on == Trigger::CheckSwitchedOn);
        self.store(by, call, step);
        self.take(row, None, step);
        match call {
            Call::SetPriority(_) => {
                self.reconsider_blocks(step);
                // PROP-33: dynamic content stops at once, an interpretation.
                if self.waits_for_foreground() {
                    self.fire(Trigger::SliceOver, step);
                }
            }
            Call::SetProperty(JobProperty::CostFlags(_)) => self.cost_flags_changed(step),
            // LIFE-26: perhaps nothing that is asked for is missing.
            Call::SetProperty(JobProperty::OnDemandMode(_)) => self.finish_files(step),
            _ => {}
        }
        if let Some(item) = restarts.filter(|_| row.then == TransitionAction::To(JobState::Queued))
        {
            self.restart(item);
        }
        Ok(())
    }

    /// Takes the row that applies, if one does.
    pub(crate) fn fire(&mut self, trigger: Trigger, step: &mut StepContext) {
        self.try_fire(trigger, step);
    }

    /// Takes the row that applies, and says whether one does.
    pub(crate) fn try_fire(&mut self, trigger: Trigger, step: &mut StepContext) -> bool {
        let row = self.row(trigger, step.now);
        row.inspect(|row| self.take(row, None, step)).is_some()
    }

    /// Takes a row; `hold` says for the end of which cause a transient error waits.
    pub(crate) fn take(
        &mut self,
        row: &'static Transition,
        hold: Option<Hold>,
        step: &mut StepContext,
    ) {
        for rule in row.rules {
            step.out.rules.add(*rule);
        }
        match row.then {
            TransitionAction::To(state) => self.enter(state, row.on, hold, step),
            TransitionAction::Stay | TransitionAction::Refuse(_) => {}
        }
    }

    /// The one place where the state changes, with all that leaving and entering bring along.
    fn enter(&mut self, state: JobState, on: Trigger, hold: Option<Hold>, step: &mut StepContext) {
        let left = self.live.state;
        self.leave(state, on, step);
        self.count_error(left, state, hold.is_some(), step);
        self.live.state = state;
        step.out.entered.add(state);
        step.out.by.add(on);
        self.touch(step.now);
        // NOTIFY-06: of these two the client hears otherwise.
        if !matches!(state, JobState::Error | JobState::Transferred) {
            self.note_change(Notification::JobModification, step.now);
        }
        if self.live.error.entered(state, &self.config.readings) {
            let kept = rule!("ERR-08");
            step.out.rules.add(if state.is_final() { kept } else { rule!("ERR-05") });
        }
        self.turn_over();
        self.arrive(left, on, hold, step);
    }

    fn leave(&mut self, next: JobState, on: Trigger, step: &mut StepContext) {
        if self.live.state.is_active() && !next.is_active() {
            self.live.clocks.pause_download_time(step.now);
            self.live.certificates.end_attempt();
            if !on.ends_transfer() {
                step.out.effects.add(Effect::StopTransfer);
            }
        }
        if self.live.state == JobState::TransientError {
            if self.live.held_by.take().is_some()
                && self.config.readings.held_clock == HeldClock::StandsStill
            {
                self.live.clocks.end_hold(step.now);
            }
            self.live.clocks.stopped = None;
        }
        // TIME-12: by default Resume from an error state, and Suspend, end the period.
        let by_client =
            on == Trigger::Suspend || (on == Trigger::Resume && self.live.state.is_error());
        if by_client && self.config.readings.period_end == PeriodEnd::ClientOrProgress {
            self.live.clocks.period = None;
        }
    }

    fn arrive(&mut self, left: JobState, on: Trigger, hold: Option<Hold>, step: &mut StepContext) {
        match self.live.state {
            JobState::Queued => {
                self.live.retrying |= left == JobState::TransientError;
                self.hold_if_blocked(step);
            }
            JobState::Connecting => {
                self.live.clocks.active = Some(step.now);
                self.begin_attempt();
                step.out.effects.add(Effect::StartTransfer);
            }
            JobState::Transferring => {
                self.live.retrying = false;
                self.live.upload.open |= self.is_upload_kind() && !self.is_complete();
            }
            JobState::TransientError => {
                step.out.rules.add(rule!("ERR-03"));
                self.live.retrying = false;
                self.live.held_by = hold;
                self.live.clocks.stopped = Some(self.live.clocks.stamp(step.now));
                if self.period_runs() && self.live.clocks.period.is_none() {
                    self.live.clocks.period = Some(self.live.clocks.stamp(step.now));
                }
            }
            JobState::Error => {
                step.out.rules.add(rule!("ERR-03"));
                self.live.retrying = false;
                self.note_end_of_transfer(step.now);
            }
            JobState::Suspended => self.live.retrying = false,
            JobState::Transferred => {
                self.live.upload.open = false;
                // TIME-06: all that was to be transferred is, also if nothing was.
                self.live.clocks.period = None;
                // PROGRESS-15: the time of the last entry, an interpretation.
                self.live.transfer_completion = Some(self.live.clocks.wall(step.now));
                self.note_end_of_transfer(step.now);
            }
            JobState::Acknowledged | JobState::Cancelled => {
                // TIME-20, ERR-21, DONE-15: only this deletes the files of a job that the service
                // removes.
                if on == Trigger::InactivityTimeoutElapsed && !self.config.settings.high_performance
                {
                    step.out.effects.add(Effect::DeleteTemporaryFiles);
                }
                self.end_session(step);
            }
        }
    }

    /// TIME-21: the entry into ERROR and TRANSFERRED is activity, so that a job stays 90 days in error
    /// (ERR-21). A switch, because the policy page names progress and changes of properties only.
    fn note_end_of_transfer(&mut self, now: Moment) {
        if self.config.readings.inactivity_clock == InactivityClock::FromEntry {
            self.live.clocks.activity = self.live.clocks.stamp(now);
        }
    }

    /// NET-08, SCHED-15: a job does not stay QUEUED while something forbids its transfer. With the
    /// network that is an interpretation, and so it is after its restoration (NET-06).
    fn hold_if_blocked(&mut self, step: &mut StepContext) {
        if !self.live.conditions.network
            && self.config.readings.resume_offline == ResumeOffline::Fails
        {
            self.hold(Hold::Network, Trigger::NetworkLost, step);
        } else if let Some(hold) = self.blocked_by() {
            self.hold(hold, Trigger::Blocked, step);
        }
    }

    /// SCHED-11, SCHED-15, SCHED-17, NET-16: another priority, other cost flags or another network
    /// may bring a job under a block, or out of the one that it waits for. That a priority takes
    /// effect at once is an interpretation.
    pub(crate) fn reconsider_blocks(&mut self, step: &mut StepContext) {
        if self.row(Trigger::Unblocked, step.now).is_some_and(|row| row.when == Guard::BlockEnded) {
            self.fire(Trigger::Unblocked, step);
        } else if let Some(hold) = self.blocked_by()
            && StateSet::ACTIVE.with(JobState::Queued).contains(self.live.state)
        {
            self.hold(hold, Trigger::Blocked, step);
        }
    }

    /// PROGRESS-14: only successful calls, and those that change nothing too: an interpretation.
    pub(crate) fn modified(&mut self, now: Moment) {
        self.touch(now);
        self.note_change(Notification::JobModification, now);
    }

    fn touch(&mut self, now: Moment) {
        self.live.modification = self.live.clocks.wall(now);
    }
}

impl crate::machine::input::call::Deletion {
    pub(crate) const fn success(self) -> Success {
        match self {
            Self::Done => Success::Ok,
            Self::Incomplete => Success::UnableToDeleteFiles,
        }
    }
}
