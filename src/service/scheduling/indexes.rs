//! The indexes by which the service finds jobs without a search, brought up to date after each step.

use crate::machine::{Event, NextClocks, Outcome};
use crate::service::Service;
use crate::service::slot::Slot;
use crate::vocabulary::JobId;

impl Service {
    /// Applies what follows from a step of a job at once, and brings the indexes up to date.
    pub(crate) fn finish_step(&mut self, slot: Slot, outcome: &mut Outcome) {
        self.enforce_limit(slot, outcome);
        self.yield_background(slot, outcome);
        self.reindex(slot);
    }

    /// A running foreground job that becomes a background one while another of those runs goes back
    /// to the queue at once, so that never two run (SCHED-11, INV-35); which of them runs is the next
    /// decision.
    fn yield_background(&mut self, slot: Slot, outcome: &mut Outcome) {
        let now = self.now;
        let Some(entry) = self.jobs.get_mut(slot) else { return };
        let job = &mut entry.job;
        if job.state().is_active() && !self.scheduler.has_room(slot, job.priority()) {
            append(outcome, job.handle(Event::SliceOver, now));
        }
    }

    /// Brings the entries of a job in the indexes up to date.
    pub(crate) fn reindex(&mut self, slot: Slot) {
        let now = self.now;
        let Some(entry) = self.jobs.get_mut(slot) else { return };
        entry.scheduling = self.scheduler.reindex(slot, entry.scheduling, &entry.job, now);
        self.dispatcher.reindex(slot, &mut entry.deliveries, &entry.job);
        self.deadlines.reindex(slot, &mut entry.timers, entry.job.next_clocks());
        // Final jobs are not in the queue (LIFE-04, CREATE-10).
        let owner = (!entry.job.state().is_final()).then(|| entry.job.owner());
        if entry.owner != owner {
            entry.owner.into_iter().for_each(|owner| self.owners.remove(owner, slot));
            owner.into_iter().for_each(|owner| self.owners.add(owner, slot));
            entry.owner = owner;
        }
    }

    /// Removes a job from all indexes.
    pub(crate) fn remove_from_indexes(&mut self, slot: Slot) {
        let Some(entry) = self.jobs.get_mut(slot) else { return };
        self.scheduler.remove(slot, std::mem::take(&mut entry.scheduling));
        self.dispatcher.remove_all(&mut entry.deliveries);
        self.deadlines.reindex(slot, &mut entry.timers, NextClocks::default());
        if let Some(owner) = entry.owner.take() {
            self.owners.remove(owner, slot);
        }
    }

    /// The id of the job in a slot.
    pub(crate) fn id_of(&self, slot: Slot) -> Option<JobId> {
        self.jobs.get(slot).map(|entry| entry.job.id())
    }
}

/// What happened right after belongs to the same step.
pub(crate) fn append(outcome: &mut Outcome, then: Outcome) {
    then.entered.iter().for_each(|state| outcome.entered.add(state));
    then.effects.iter().for_each(|effect| outcome.effects.add(effect));
    then.rules.iter().for_each(|rule| outcome.rules.add(rule));
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::machine::{Call, Deletion, Event};
    use crate::service::{OwnerIndex, Policies, Scheduler};
    use crate::vocabulary::{
        CallbackInterface, HResult, JobType, Notification, NotifyFlags, Readings, Token,
    };

    #[test]
    fn nothing_is_left_of_a_dropped_job() {
        let policies = Policies::default();
        let mut service = Service::new(Readings::documented(), policies, DateTime::UNIX_EPOCH);
        let by = Token::user(1);
        let id = service.create_job(&by, Some("update".into()), JobType::Download).unwrap();
        for call in [
            Call::SetNotifyFlags(NotifyFlags::JOB_MODIFICATION),
            Call::SetNotifyInterface(Some(CallbackInterface::Callback)),
            Call::Cancel(Deletion::Done),
        ] {
            let _ = service.call(&by, id, call).unwrap();
        }
        assert_eq!(service.possible_steps().count(), 1, "NOTIFY-06: that it is CANCELLED");
        assert!(!service.drop_job(id), "the client is still to hear of it");
        let told = Notification::JobModification;
        for event in
            [Event::NotificationStarted(told), Event::NotificationReturned(told, HResult::S_OK)]
        {
            assert!(service.handle(id, event).is_some());
        }
        // NOTIFY-12: the interval after it.
        while let Some(at) = service.next_instant() {
            service.set_now(at);
            let step = service.possible_steps().next().unwrap();
            let _ = service.perform(step);
        }
        assert!(service.drop_job(id));
        assert!(service.deadlines.is_empty());
        assert_eq!(service.owners, OwnerIndex::default());
        assert_eq!(service.scheduler, Scheduler::default());
        assert!(service.dispatcher.is_empty());
        assert!(service.jobs.slots().is_empty());
    }
}
