//! Progress reports: how often a job hears of the bytes that flow.

use chrono::{DateTime, TimeDelta, Utc};

use super::Activity;
use super::attempt::Attempt;
use super::flow::Flow;
use crate::machine::JobStateMachine;
use crate::vocabulary::{JobId, JobType};
use crate::world::simulation::World;
use crate::world::time::later;

/// How often the bytes that have arrived are reported to a job (NOTIFY-06, NOTIFY-10, NOTIFY-12).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct ProgressReports {
    /// `None`: only with other events, or when the job is asked.
    every: Option<TimeDelta>,
    last: Option<DateTime<Utc>>,
}

impl ProgressReports {
    /// Records a report to the job, or to its client.
    pub(crate) const fn mark(&mut self, now: DateTime<Utc>) {
        self.last = Some(now);
    }

    /// Returns when the next report is due: an interval after the last one, as soon as there is a new
    /// byte.
    pub(crate) fn due(&self, flow: &Flow) -> Option<DateTime<Utc>> {
        // Not since the last change of the rate: each change would postpone the report.
        let begun = flow.begun;
        let last = self.last.map_or(begun, |last| last.max(begun));
        let next_byte = flow.instant_of(flow.reported.checked_add(1)?)?;
        Some(later(last, self.every?).max(next_byte))
    }
}

impl World {
    /// Sets how often the bytes that flow are reported to a job; `None`: not at all.
    pub(crate) fn set_report_interval(
        &mut self,
        id: JobId,
        every: Option<TimeDelta>,
        now: DateTime<Utc>,
    ) {
        let Some(transfer) = self.transfers.get_mut(&id) else { return };
        if transfer.reports.every != every {
            transfer.reports.every = every;
            self.reschedule(id, now);
        }
    }

    /// Records that the client of a job heard how far it is.
    pub(crate) fn mark_reported(&mut self, id: JobId, now: DateTime<Utc>) {
        if let Some(transfer) = self.transfers.get_mut(&id) {
            transfer.reports.mark(now);
            self.reschedule(id, now);
        }
    }

    /// Starts the transfer of the current item anew: a test told the job that its remote file is another,
    /// or its upload unknown.
    pub(crate) fn invalidate_transfer(&mut self, job: &JobStateMachine, now: DateTime<Utc>) {
        let Some(mut transfer) = self.transfers.remove(&job.id()) else { return };
        if let Some(item) = job.current().filter(|_| job.state().is_active()) {
            if let Some(state) = transfer.files.get_mut(&item) {
                state.version = None;
            }
            let env = &mut self.env;
            let mut attempt = Attempt { transfer: &mut transfer, env, job, now };
            if job.job_type() != JobType::Download {
                attempt.lose_session();
            }
            attempt.transfer.writing = None;
            // PROP-27: nothing was asked of the server yet.
            if !matches!(attempt.transfer.activity, Activity::CheckingCertificate(_)) {
                attempt.start_request();
            }
        }
        self.insert_transfer(job.id(), transfer, now);
    }
}
