//! The advance of an engine: which step comes next, and what it brings along.

use chrono::{DateTime, TimeDelta, Utc};

use super::Engine;
use super::progress_reports::interval;
use crate::emulator::trace::{Actor, TraceEvent};
use crate::machine::{DueNotification, Effect, Event, Outcome};
use crate::service::{Chooser, ServiceStep};
use crate::vocabulary::{JobId, JobState, Notification};

/// A step that is possible now by itself. Of several, a [`Chooser`](crate::service::Chooser) chooses one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NextStep {
    /// A server, the network or the disk does something for that job.
    World(JobId),
    /// The service does something.
    Service(ServiceStep),
}

impl Engine {
    /// Passes the limits of policies on to the world.
    pub(crate) fn sync_bandwidth_limits(&mut self) {
        self.world.set_limits(*self.service.bandwidth_limits(), self.service.now());
    }

    /// Applies the effects of a step to the world.
    pub(crate) fn apply_effects(&mut self, id: JobId, outcome: &Outcome) {
        let now = self.now();
        self.sync_bandwidth_limits();
        for effect in outcome.effects {
            let Some(job) = self.service.job(id) else { return };
            match effect {
                Effect::StartTransfer => self.world.start_attempt(job, now),
                Effect::DeleteTemporaryFiles => _ = self.world.delete_temporary_files(job),
                Effect::CancelUpload { .. } => self.world.cancel_upload(job, now),
                // The world itself sees that the transfer is over.
                Effect::StopTransfer | Effect::CheckCertificate | Effect::LeaveQueue => {}
            }
        }
        let Some(job) = self.service.job(id) else { return };
        if job.state().is_final() && !job.is_cancelling_upload() {
            self.world.remove_job(id, now);
        } else {
            self.world.reconcile(job, now);
            self.world.set_report_interval(id, interval(job), now);
        }
        if outcome.entered.contains(JobState::Error) {
            let error = job.error().ok().copied();
            self.registrations.entry(id).or_default().last_error = error;
        }
    }

    /// Tells a job which bytes have arrived by now: before it is read, and before anything ends its transfer.
    pub(crate) fn flush_progress(&mut self, job: JobId) {
        let now = self.now();
        let Some(machine) = self.service.job(job) else { return };
        if let Some(event) = self.world.poll_progress(machine, now) {
            self.apply_event(Actor::World, job, event);
        }
    }

    /// Lets the test inject an event into a job; whether it meant anything to it. A file that is another, or
    /// a session that is lost, is requested again.
    pub(crate) fn inject(&mut self, id: JobId, event: Event) -> bool {
        self.flush_progress(id);
        let interrupts = matches!(event, Event::FileChanged | Event::SessionLost);
        let meant = self.apply_event(Actor::Test, id, event);
        let now = self.now();
        if let Some(job) = self.service.job(id).filter(|_| interrupts && meant) {
            self.world.invalidate_transfer(job, now);
        }
        meant
    }

    /// The same for all jobs.
    pub(crate) fn flush_all_progress(&mut self) {
        self.world.flowing_jobs().into_iter().for_each(|job| self.flush_progress(job));
    }

    /// When the next thing happens by itself.
    pub(crate) fn next_instant(&self) -> Option<DateTime<Utc>> {
        self.or_earlier_of_world(self.service.next_instant())
    }

    /// When the next thing happens that is more than the removal of an idle job.
    pub(crate) fn next_instant_of_interest(&self) -> Option<DateTime<Utc>> {
        self.or_earlier_of_world(self.service.next_instant_of_interest())
    }

    fn or_earlier_of_world(&self, service: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
        let world = self.world.next_event().map(|(at, _)| at);
        let next = service.into_iter().chain(world).min();
        // LIFE-31
        next.filter(|_| self.host.is_running()).map(|at| at.max(self.now()))
    }

    /// Lets the next thing happen if its instant has come by then, or else the clock stand there.
    pub(crate) fn run_next_step(
        &mut self,
        until: DateTime<Utc>,
        chooser: &mut dyn Chooser<NextStep>,
    ) -> bool {
        let Some(at) = self.next_instant().filter(|at| *at <= until) else {
            self.service.set_now(until);
            return false;
        };
        let moment = self.moment();
        if moment > TimeDelta::zero() && self.now() >= until {
            return false;
        }
        self.note_time(at - self.now());
        let at = at.checked_add_signed(moment).map_or(until, |at| at.min(until));
        self.steps = self.steps.saturating_add(1);
        self.service.set_now(at);
        match self.choose_next(chooser) {
            Some(NextStep::World(id)) => self.run_world_step(id),
            Some(NextStep::Service(step)) => self.run_service_step(step),
            None => {}
        }
        true
    }

    /// Of everything that could happen now, one thing.
    fn choose_next(&self, chooser: &mut dyn Chooser<NextStep>) -> Option<NextStep> {
        let world = self.world.next_event().filter(|(due, _)| *due <= self.now());
        let world = world.map(|(_, id)| NextStep::World(id));
        let service = self.service.possible_steps().map(NextStep::Service);
        let mut all = world.into_iter().chain(service);
        let first = all.next()?;
        Some(chooser.choose(first, &mut all))
    }

    fn run_world_step(&mut self, id: JobId) {
        let now = self.now();
        let Some(job) = self.service.job(id) else { return self.world.poll_orphan(id, now) };
        let events = self.world.poll(job, now);
        for event in events {
            let Some(stepped) = self.service.handle(id, event.clone()) else { continue };
            let asks = stepped.outcome.effects.contains(Effect::CheckCertificate);
            self.record_step(Actor::World, TraceEvent::Event(event.clone()), stepped);
            if let Event::CertificateReceived(server, hash) = event
                && asks
            {
                self.check_certificate(id, server, hash);
            }
        }
    }

    pub(crate) fn run_service_step(&mut self, step: ServiceStep) {
        match step {
            ServiceStep::Deadline(id, _) | ServiceStep::Stop(id) => self.flush_progress(id),
            ServiceStep::BandwidthLimits => self.flush_all_progress(),
            ServiceStep::Pick(_) | ServiceStep::Notify(..) => {}
        }
        // What a notification tells of is what was so when it began (NOTIFY-10).
        let ranges = match step {
            ServiceStep::Notify(
                job,
                DueNotification { notification: Notification::FileRangesTransferred(file), .. },
            ) => {
                self.flush_progress(job);
                self.service.job(job).map(|job| job.untold_file_ranges(file))
            }
            _ => None,
        };
        let Some(taken) = self.service.perform(step) else { return };
        let begun = taken.first().is_some_and(|first| !first.outcome.was_ignored());
        let what = self.trace_event(step);
        if step.job().is_none() {
            self.record_global_step(Actor::Service, what, taken.into_iter().collect());
        } else if let Some(only) = taken.into_iter().next() {
            self.record_step(Actor::Service, what, only);
        }
        self.sync_bandwidth_limits();
        if let ServiceStep::Notify(job, due) = step
            && begun
        {
            if let Notification::JobModification | Notification::FileRangesTransferred(_) =
                due.notification
            {
                self.world.mark_reported(job, self.now());
            }
            self.notify(job, due, ranges.unwrap_or_default());
        }
    }

    /// What a step of the service means to its job, or to all.
    const fn trace_event(&self, step: ServiceStep) -> TraceEvent {
        match step {
            ServiceStep::Deadline(_, deadline) => TraceEvent::Deadline(deadline),
            ServiceStep::BandwidthLimits => {
                TraceEvent::BandwidthLimits(*self.service.bandwidth_limits())
            }
            ServiceStep::Stop(_) => TraceEvent::Event(Event::SliceOver),
            ServiceStep::Pick(_) => TraceEvent::Event(Event::Picked),
            ServiceStep::Notify(_, due) => {
                TraceEvent::Event(Event::NotificationStarted(due.notification))
            }
        }
    }
}
