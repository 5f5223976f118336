//! The steps that are possible now, and how one is performed.

use chrono::{DateTime, Utc};

use super::scheduler::Decision;
use super::step_choice::Chooser;
use super::step_result::{Before, StepResult, StepResults};
use crate::machine::{
    ComputerEvent, Deadline, DueNotification, Event, JobStateMachine, Moment, Outcome,
};
use crate::service::Service;
use crate::service::slot::Slot;
use crate::vocabulary::{HResult, JobId, Recipient, Sid};

/// A step that the service takes by itself, when it is possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum ServiceStep {
    /// A clock of a job acts.
    Deadline(JobId, Deadline),
    /// Another limit of background transfers is in force (SCHED-13).
    BandwidthLimits,
    /// A job gives up its turn to another (SCHED-05, SCHED-07).
    Stop(JobId),
    /// A job gets its turn (SCHED-02).
    Pick(JobId),
    /// A job tells its client something.
    Notify(JobId, DueNotification),
}

impl ServiceStep {
    /// The job that it happens to; `None` if to all.
    #[must_use]
    pub const fn job(&self) -> Option<JobId> {
        match self {
            Self::Deadline(job, _) | Self::Stop(job) | Self::Pick(job) | Self::Notify(job, _) => {
                Some(*job)
            }
            Self::BandwidthLimits => None,
        }
    }
}

impl Service {
    /// Lists the steps that are possible now, in the order in which a service does them by default: clocks by
    /// their instants, then limits of bandwidth, then the scheduler, then notifications, the first to become
    /// due first. Finding the first is quick however many jobs there are.
    pub fn possible_steps(&self) -> impl Iterator<Item = ServiceStep> + '_ {
        self.due_deadlines()
            .chain(self.limits_are_due().then_some(ServiceStep::BandwidthLimits))
            .chain(self.scheduler_steps())
            .chain(self.due_notifications())
    }

    fn due_deadlines(&self) -> impl Iterator<Item = ServiceStep> + '_ {
        let due = self.deadlines.due(self.now.into(), |slot| self.jobs.get(slot)?.timers.next());
        due.filter_map(|(slot, deadline)| Some(ServiceStep::Deadline(self.id_of(slot)?, deadline)))
    }

    fn scheduler_steps(&self) -> impl Iterator<Item = ServiceStep> + '_ {
        let decisions = self.scheduler.decisions(self.policies.time_slice, self.now);
        decisions.filter_map(|decision| {
            Some(match decision {
                Decision::Pick(slot) => ServiceStep::Pick(self.id_of(slot)?),
                Decision::Stop(slot) => ServiceStep::Stop(self.id_of(slot)?),
            })
        })
    }

    fn due_notifications(&self) -> impl Iterator<Item = ServiceStep> + '_ {
        self.dispatcher
            .due()
            .filter_map(|(slot, due)| Some(ServiceStep::Notify(self.id_of(slot)?, due)))
    }

    /// Returns when the next step becomes possible: now, if one is.
    #[must_use]
    pub fn next_instant(&self) -> Option<DateTime<Utc>> {
        self.next_among(self.deadlines.first(), self.next_limits_change())
    }

    /// Returns the same as [`next_instant`](Self::next_instant), but for the removal of inactive jobs
    /// (TIME-20), and for limits of bandwidth while no job would use what they limit.
    #[must_use]
    pub fn next_instant_of_interest(&self) -> Option<DateTime<Utc>> {
        let limits = self.next_limits_change().filter(|_| self.scheduler.depends_on_limits());
        self.next_among(self.deadlines.first_of_interest(), limits)
    }

    fn next_among(
        &self,
        deadline: Option<Moment>,
        limits: Option<DateTime<Utc>>,
    ) -> Option<DateTime<Utc>> {
        if self.scheduler_steps().chain(self.due_notifications()).next().is_some() {
            return Some(self.now);
        }
        let slice = self.scheduler.slice_end(self.policies.time_slice);
        let next = deadline.map(DateTime::from).into_iter().chain(slice).chain(limits).min();
        next.map(|at| at.max(self.now))
    }

    /// Performs the possible step that a chooser names; `None` if none is possible now.
    #[must_use = "the effects of a step are to be carried out"]
    pub fn perform_next(&mut self, chooser: &mut dyn Chooser) -> Option<StepResults> {
        let step = {
            // The list is made as it is read: most choosers take the first and read no further.
            let mut steps = self.possible_steps();
            let first = steps.next()?;
            chooser.choose(first, &mut steps)
        };
        self.perform(step)
    }

    /// Performs a step. One that is not possible now does nothing and is `None`.
    #[must_use = "the effects of a step are to be carried out"]
    pub fn perform(&mut self, step: ServiceStep) -> Option<StepResults> {
        let Some(job) = step.job() else {
            return self.limits_are_due().then(|| StepResults::of_jobs(self.apply_limits()));
        };
        let slot = self.jobs.slot(job).filter(|slot| self.is_possible(*slot, step))?;
        let result = match step {
            ServiceStep::Deadline(..) => self.transition(slot, JobStateMachine::handle_deadline),
            ServiceStep::Stop(_) => self.send(slot, Event::SliceOver),
            ServiceStep::Pick(_) => self.send(slot, Event::Picked),
            ServiceStep::Notify(_, due) => self.begin_notification(slot, due),
            ServiceStep::BandwidthLimits => None,
        };
        result.map(StepResults::of_job)
    }

    /// Whether a step is one of [`possible_steps`](Self::possible_steps).
    fn is_possible(&self, slot: Slot, step: ServiceStep) -> bool {
        let Some(entry) = self.jobs.get(slot) else { return false };
        let allows = |decision| {
            self.scheduler.allows(decision, entry.scheduling, self.policies.time_slice, self.now)
        };
        match step {
            ServiceStep::Deadline(_, deadline) => {
                let now = Moment::from(self.now);
                entry.timers.next().is_some_and(|(at, next)| next == deadline && at <= now)
            }
            ServiceStep::Stop(_) => allows(Decision::Stop(slot)),
            ServiceStep::Pick(_) => allows(Decision::Pick(slot)),
            ServiceStep::Notify(_, due) => self.dispatcher.may_begin(&entry.deliveries, &due),
            ServiceStep::BandwidthLimits => self.limits_are_due(),
        }
    }

    /// Applies an event to one job. Events of all jobs go through [`handle_computer`](Self::handle_computer).
    ///
    /// An event by which the service would break its own rules is ignored: a job is not picked beside
    /// another background job (SCHED-02), and no fifth notification of a user begins (NOTIFY-15).
    /// After [`Event::ClientExited`] and [`Event::CallbackLost`], calls of that client do not return any more.
    #[must_use = "the effects of a step are to be carried out"]
    pub fn handle(&mut self, id: JobId, event: Event) -> Option<StepResult> {
        let slot = self.jobs.slot(id)?;
        let job = &self.jobs.get(slot)?.job;
        let ignored = |job| Some(Before::capture(job).result(job, Outcome::nothing()));
        match &event {
            Event::Picked if !self.scheduler.has_room(slot, job.priority()) => return ignored(job),
            Event::NotificationStarted(notification) => {
                let due = job.due_notifications().find(|due| due.notification == *notification);
                return match due.filter(|due| self.is_possible(slot, ServiceStep::Notify(id, *due)))
                {
                    Some(due) => self.begin_notification(slot, due),
                    None => ignored(job),
                };
            }
            Event::NotificationReturned(notification, _) => {
                self.dispatcher.end(slot, |call| call.notification == *notification);
            }
            // The client's process is gone, and with it the object that was called (NOTIFY-18).
            Event::ClientExited | Event::CallbackLost => {
                self.dispatcher.end_where(slot, |call| call.recipient == Recipient::Callback);
            }
            Event::Computer(ComputerEvent::ServiceRestarted) => {
                self.dispatcher.end_where(slot, |_| true);
            }
            _ => {}
        }
        self.send(slot, event)
    }

    /// Ends the callback that began as this [`ServiceStep::Notify`]. Two of one job may be under way for
    /// different users, which [`Event::NotificationReturned`] does not tell apart.
    #[must_use = "the effects of a step are to be carried out"]
    pub fn callback_returned(
        &mut self,
        id: JobId,
        due: &DueNotification,
        code: HResult,
    ) -> Option<StepResult> {
        let slot = self.jobs.slot(id)?;
        self.dispatcher.end(slot, |call| call == due);
        self.send(slot, Event::NotificationReturned(due.notification, code))
    }

    fn begin_notification(&mut self, slot: Slot, due: DueNotification) -> Option<StepResult> {
        let mut stepped = self.send(slot, Event::NotificationStarted(due.notification))?;
        if !stepped.outcome.was_ignored() {
            self.dispatcher.begin(slot, &due);
            stepped.notification = Some(due);
        }
        Some(stepped)
    }

    pub(crate) fn send(&mut self, slot: Slot, event: Event) -> Option<StepResult> {
        self.transition(slot, |job, now| job.handle(event, now))
    }

    /// The one place where a job takes a step that cannot fail.
    pub(crate) fn transition(
        &mut self,
        slot: Slot,
        step: impl FnOnce(&mut JobStateMachine, DateTime<Utc>) -> Outcome,
    ) -> Option<StepResult> {
        let now = self.now;
        let job = &mut self.jobs.get_mut(slot)?.job;
        let before = Before::capture(job);
        let mut outcome = step(job, now);
        self.finish_step(slot, &mut outcome);
        Some(before.result(&self.jobs.get(slot)?.job, outcome))
    }

    /// Sends an event to every job, in the order of their creation. A stopped service hears nothing: jobs are
    /// told what is otherwise when it starts (LIFE-31).
    pub(crate) fn send_to_all(&mut self, event: ComputerEvent) -> Vec<StepResult> {
        if self.is_stopped {
            return Vec::new();
        }
        self.jobs.slots().into_iter().filter_map(|slot| self.send(slot, event.into())).collect()
    }

    /// Returns how many callbacks of a user have not returned (NOTIFY-15).
    #[must_use]
    pub fn callbacks_in_flight(&self, user: Sid) -> u32 {
        self.dispatcher.in_flight(user)
    }
}
