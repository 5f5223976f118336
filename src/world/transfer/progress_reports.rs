//! Bytes that flow while somebody wants to hear of them.

use chrono::{DateTime, TimeDelta, Utc};

use super::Activity;
use super::attempt::Attempt;
use super::file_state::key;
use super::flow::Flow;
use crate::machine::JobStateMachine;
use crate::vocabulary::{JobId, JobType};
use crate::world::simulation::World;
use crate::world::time::later;

/// How often a job is told of the bytes that have arrived (NOTIFY-06, NOTIFY-10, NOTIFY-12).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ProgressReports {
    /// `None`: only when something happens, or when it is asked.
    every: Option<TimeDelta>,
    last: Option<DateTime<Utc>>,
}

impl ProgressReports {
    /// The job was told, or its client was.
    pub(crate) const fn told(&mut self, now: DateTime<Utc>) {
        self.last = Some(now);
    }

    /// When the job is to be told next: an interval after it last was, as soon as there is a new byte.
    pub(crate) fn due(&self, flow: &Flow) -> Option<DateTime<Utc>> {
        // Not since it flows as fast as now: who shares the link would put the news off.
        let begun = flow.begun();
        let last = self.last.map_or(begun, |last| last.max(begun));
        let next_byte = flow.instant_of(flow.told.checked_add(1)?)?;
        Some(later(last, self.every?).max(next_byte))
    }
}

impl World {
    /// How often a job whose bytes flow is to be told of them by itself; `None`: not at all.
    pub(crate) fn report(&mut self, id: JobId, every: Option<TimeDelta>, now: DateTime<Utc>) {
        let Some(transfer) = self.transfers.get_mut(&id) else { return };
        if transfer.reports.every != every {
            transfer.reports.every = every;
            self.replan(id, now);
        }
    }

    /// The client of a job was told how far it is.
    pub(crate) fn reported(&mut self, id: JobId, now: DateTime<Utc>) {
        if let Some(transfer) = self.transfers.get_mut(&id) {
            transfer.reports.told(now);
            self.replan(id, now);
        }
    }

    /// Somebody told the job that its remote file is another, or its upload unknown: the server is asked
    /// anew, and what flowed counts no more.
    pub(crate) fn interrupt(&mut self, id: JobId, job: &JobStateMachine, now: DateTime<Utc>) {
        let Some(mut transfer) = self.transfers.remove(&id) else { return };
        if let Some(item) = job.current().filter(|_| job.state().is_active()) {
            if let Some(part) = transfer.parts.get_mut(&key(item)) {
                part.version = None;
            }
            if job.job_type() != JobType::Download {
                let outside = &mut self.outside;
                Attempt { transfer: &mut transfer, outside, id, job, now }.lose_session();
            }
            transfer.activity = Activity::Idle;
            transfer.writing = None;
            transfer.keep(&mut self.outside, job, now);
        }
        self.put_back(id, transfer, now);
    }
}
