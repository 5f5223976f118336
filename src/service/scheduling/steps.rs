//! The steps that are possible now, and taking one.

use chrono::{DateTime, Utc};

use super::chooser::Chooser;
use super::scheduler::Decision;
use super::step_result::{Before, StepResult, StepResults};
use crate::machine::{
    ComputerEvent, Deadline, DueNotification, Event, JobStateMachine, Moment, Outcome,
};
use crate::service::Service;
use crate::service::slot::Slot;
use crate::vocabulary::{HResult, JobId, Sid};

/// Something that the service itself could do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
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
    /// What could be done now, in the order in which a service without whims does it: clocks by their
    /// instants, then limits of bandwidth, then the scheduler, then notifications, the first to become
    /// due first. Finding the first is quick however many jobs there are.
    pub fn steps(&self) -> impl Iterator<Item = ServiceStep> + '_ {
        self.due_deadlines()
            .chain(self.due_limits())
            .chain(self.turns())
            .chain(self.due_notifications())
    }

    fn due_deadlines(&self) -> impl Iterator<Item = ServiceStep> + '_ {
        let due = self.deadlines.due(self.now.into(), self.next_of());
        due.filter_map(|(slot, deadline)| Some(ServiceStep::Deadline(self.id_of(slot)?, deadline)))
    }

    fn due_limits(&self) -> impl Iterator<Item = ServiceStep> + use<> {
        self.limits_are_due().then_some(ServiceStep::BandwidthLimits).into_iter()
    }

    fn turns(&self) -> impl Iterator<Item = ServiceStep> + '_ {
        let decisions = self.scheduler.decisions(self.policies.time_slice, self.now);
        decisions.filter_map(|decision| self.turn(decision))
    }

    fn turn(&self, decision: Decision) -> Option<ServiceStep> {
        Some(match decision {
            Decision::Pick(slot) => ServiceStep::Pick(self.id_of(slot)?),
            Decision::Stop(slot) => ServiceStep::Stop(self.id_of(slot)?),
        })
    }

    /// Which clock of a job acts next.
    fn next_of(&self) -> impl Fn(Slot) -> Option<(Moment, Deadline)> + '_ {
        |slot| self.jobs.get(slot)?.clocks.next()
    }

    fn due_notifications(&self) -> impl Iterator<Item = ServiceStep> + '_ {
        self.dispatcher
            .due()
            .filter_map(|(slot, due)| Some(ServiceStep::Notify(self.id_of(slot)?, due)))
    }

    /// When the next step becomes possible: now, if one is.
    #[must_use]
    pub fn next_instant(&self) -> Option<DateTime<Utc>> {
        self.next_among(self.deadlines.first(), self.limits_change())
    }

    /// As [`next_instant`](Self::next_instant), but for the removal of jobs that nobody looks after
    /// (TIME-20), and for limits of bandwidth while no job would use what they limit.
    #[must_use]
    pub fn next_instant_of_interest(&self) -> Option<DateTime<Utc>> {
        let limits = self.limits_change().filter(|_| self.scheduler.minds_limits());
        self.next_among(self.deadlines.first_of_interest(), limits)
    }

    fn next_among(
        &self,
        deadline: Option<Moment>,
        limits: Option<DateTime<Utc>>,
    ) -> Option<DateTime<Utc>> {
        if self.turns().chain(self.due_notifications()).next().is_some() {
            return Some(self.now);
        }
        let slice = self.scheduler.slice_end(self.policies.time_slice);
        let next = deadline.map(DateTime::from).into_iter().chain(slice).chain(limits).min();
        next.map(|at| at.max(self.now))
    }

    /// Lets a chooser take one of the steps; `None` if none is possible now.
    #[must_use = "the effects of a step are to be carried out"]
    pub fn step(&mut self, chooser: &mut dyn Chooser) -> Option<StepResults> {
        let step = {
            // The list is made as it is read: most choosers take the first and read no further.
            let mut steps = self.steps();
            let first = steps.next()?;
            chooser.choose(first, &mut steps)
        };
        self.take(step)
    }

    /// Takes a step. One that is not possible now does nothing and is `None`.
    #[must_use = "the effects of a step are to be carried out"]
    pub fn take(&mut self, step: ServiceStep) -> Option<StepResults> {
        let Some(job) = step.job() else {
            let due = self.limits_are_due();
            return due.then(|| self.change_limits().into());
        };
        let slot = self.jobs.slot(job)?;
        if !self.is_possible(slot, step) {
            return None;
        }
        self.take_of(slot, step).map(StepResults::from)
    }

    fn take_of(&mut self, slot: Slot, step: ServiceStep) -> Option<StepResult> {
        match step {
            ServiceStep::Deadline(..) => self.apply(slot, JobStateMachine::handle_deadline),
            ServiceStep::Stop(_) => self.tell(slot, Event::SliceOver),
            ServiceStep::Pick(_) => self.tell(slot, Event::Picked),
            ServiceStep::Notify(_, due) => self.begin_notification(slot, due),
            // Of no job.
            ServiceStep::BandwidthLimits => None,
        }
    }

    /// Whether a step is one of [`steps`](Self::steps).
    fn is_possible(&self, slot: Slot, step: ServiceStep) -> bool {
        let Some(entry) = self.jobs.get(slot) else { return false };
        let decides = |decision| {
            self.scheduler.decides(decision, entry.place, self.policies.time_slice, self.now)
        };
        match step {
            ServiceStep::Deadline(_, deadline) => {
                let now = Moment::from(self.now);
                entry.clocks.next().is_some_and(|(at, next)| next == deadline && at <= now)
            }
            ServiceStep::Stop(_) => decides(Decision::Stop(slot)),
            ServiceStep::Pick(_) => decides(Decision::Pick(slot)),
            ServiceStep::Notify(_, due) => self.dispatcher.offers(&entry.told, &due),
            ServiceStep::BandwidthLimits => self.limits_are_due(),
        }
    }

    /// Tells one job what the world did. What happens to all jobs has methods of its own.
    ///
    /// An event by which the service would break its own rules is ignored: a job is not picked beside
    /// another background job (SCHED-02), and no fifth notification of a user begins (NOTIFY-15).
    /// After [`Event::ClientExited`], calls of that client do not return any more.
    #[must_use = "the effects of a step are to be carried out"]
    pub fn handle(&mut self, id: JobId, event: Event) -> Option<StepResult> {
        let slot = self.jobs.slot(id)?;
        let job = &self.jobs.get(slot)?.job;
        let ignored = |job| Some(Before::of(job).then(job, Outcome::nothing()));
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
            Event::ClientExited => self.dispatcher.end_callbacks(slot),
            Event::Computer(ComputerEvent::ServiceRestarted) => self.dispatcher.end_all(slot),
            _ => {}
        }
        self.tell(slot, event)
    }

    /// A callback returned that began as this [`ServiceStep::Notify`]. Two of one job may be under way for
    /// different users, which [`Event::NotificationReturned`] does not tell apart.
    #[must_use = "the effects of a step are to be carried out"]
    pub fn returned(
        &mut self,
        id: JobId,
        due: &DueNotification,
        code: HResult,
    ) -> Option<StepResult> {
        let slot = self.jobs.slot(id)?;
        self.dispatcher.end(slot, |call| call == due);
        self.tell(slot, Event::NotificationReturned(due.notification, code))
    }

    fn begin_notification(&mut self, slot: Slot, due: DueNotification) -> Option<StepResult> {
        let mut stepped = self.tell(slot, Event::NotificationStarted(due.notification))?;
        if !stepped.outcome.was_ignored() {
            self.dispatcher.begin(slot, &due);
            stepped.notification = Some(due);
        }
        Some(stepped)
    }

    pub(crate) fn tell(&mut self, slot: Slot, event: Event) -> Option<StepResult> {
        self.apply(slot, |job, now| job.handle(event, now))
    }

    /// The one place where a job takes a step that cannot fail.
    pub(crate) fn apply(
        &mut self,
        slot: Slot,
        step: impl FnOnce(&mut JobStateMachine, DateTime<Utc>) -> Outcome,
    ) -> Option<StepResult> {
        let now = self.now;
        let job = &mut self.jobs.get_mut(slot)?.job;
        let before = Before::of(job);
        let mut outcome = step(job, now);
        self.settle(slot, &mut outcome);
        Some(before.then(&self.jobs.get(slot)?.job, outcome))
    }

    /// Tells every job, in the order of their creation.
    pub(crate) fn tell_all(&mut self, event: ComputerEvent) -> Vec<StepResult> {
        self.jobs.slots().into_iter().filter_map(|slot| self.tell(slot, event.into())).collect()
    }

    /// How many callbacks of a user are under way (NOTIFY-15).
    #[must_use]
    pub fn callbacks_under_way(&self, user: Sid) -> u32 {
        self.dispatcher.under_way(user)
    }
}
