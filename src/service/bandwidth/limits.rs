//! The limits that are in force for background jobs, and when they change (SCHED-13 to SCHED-17).

use chrono::{DateTime, TimeDelta, Utc};

use super::policies::BandwidthPolicies;
use crate::machine::{Block, ComputerEvent, Outcome};
use crate::service::Service;
use crate::service::jobs::JobRecord;
use crate::service::scheduling::indexes::append;
use crate::service::scheduling::step_result::StepResult;
use crate::service::slot::Slot;
use crate::vocabulary::LevelLimits;

/// The limits in force, as the policies were last evaluated.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct EffectiveLimits {
    in_force: LevelLimits,
    /// When they change next, by the steady clock.
    change: Option<DateTime<Utc>>,
    /// How far the wall clock was ahead when the service started: SCHED-14.
    wall_ahead: TimeDelta,
}

impl EffectiveLimits {
    pub(crate) fn new(policies: &BandwidthPolicies, now: DateTime<Utc>) -> Self {
        let unlimited = LevelLimits::UNLIMITED;
        let mut limits = Self { in_force: unlimited, change: None, wall_ahead: TimeDelta::zero() };
        limits.evaluate(policies, now);
        limits
    }

    /// Evaluates the policies by the wall clock of the last start, and time that passed since (SCHED-14).
    fn evaluate(&mut self, policies: &BandwidthPolicies, now: DateTime<Utc>) {
        let wall = now.checked_add_signed(self.wall_ahead).unwrap_or(now);
        let change = policies.next_change(wall).map(|change| change - wall);
        self.in_force = policies.limits_at(wall);
        self.change = change.and_then(|wait| now.checked_add_signed(wait));
    }
}

impl Service {
    /// Returns what background jobs may use of the network, each by its priority, as last evaluated
    /// (SCHED-13, SCHED-16). While no job is in the queue it is not evaluated.
    #[must_use]
    pub const fn bandwidth_limits(&self) -> &LevelLimits {
        &self.limits.in_force
    }

    /// When the limits change. They mean nothing while no job is in the queue.
    pub(crate) fn next_limits_change(&self) -> Option<DateTime<Utc>> {
        self.limits.change.filter(|_| self.queue_length() > 0)
    }

    pub(crate) fn limits_are_due(&self) -> bool {
        self.next_limits_change().is_some_and(|change| change <= self.now)
    }

    /// Evaluates the policies if the step was not performed because there were no jobs.
    pub(crate) fn refresh_limits(&mut self) {
        if self.queue_length() == 0 && self.limits.change.is_some_and(|change| change <= self.now) {
            self.limits.evaluate(&self.policies.bandwidth, self.now);
        }
    }

    /// Puts in force what the policies say now.
    pub(crate) fn apply_limits(&mut self) -> Vec<StepResult> {
        self.limits.evaluate(&self.policies.bandwidth, self.now);
        self.enforce_limits()
    }

    /// SCHED-14: from a start on, intervals are those of the wall clock as it was then.
    pub(crate) fn restart_limits(&mut self) {
        self.limits.wall_ahead = self.wall_ahead;
        self.limits.evaluate(&self.policies.bandwidth, self.now);
    }

    /// Tells the jobs for which it changed whether they may transfer.
    pub(crate) fn enforce_limits(&mut self) -> Vec<StepResult> {
        let slots = self.jobs.slots().into_iter();
        let stepped = slots.filter_map(|slot| self.transition(slot, |_, _| Outcome::nothing()));
        stepped.filter(|stepped| !stepped.outcome.was_ignored()).collect()
    }

    /// SCHED-15, SCHED-16: a limit of 0 blocks the jobs of its level, also one that only now comes to
    /// that level; when it is over they are free.
    pub(crate) fn enforce_limit(&mut self, slot: Slot, outcome: &mut Outcome) {
        let block = Block::BandwidthPolicy;
        let Some(JobRecord { job, .. }) = self.jobs.get(slot) else { return };
        let blocked = self.blocks(block, job.priority());
        if job.has_block(block) == blocked || job.state().is_final() {
            return;
        }
        let event =
            if blocked { ComputerEvent::Blocked(block) } else { ComputerEvent::Unblocked(block) };
        let now = self.now;
        if let Some(entry) = self.jobs.get_mut(slot) {
            append(outcome, entry.job.handle(event.into(), now));
        }
    }
}
