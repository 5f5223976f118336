//! Progress reports: how often a job is told of the bytes that flow, for its client to be notified.

use chrono::TimeDelta;
use uuid::Uuid;

use crate::machine::JobStateMachine;
use crate::vocabulary::{JobProperty, JobPropertyId, JobState, NotifyFlags};

/// The shortest interval of progress reports, for any interval of the job: an interpretation.
const SHORTEST_INTERVAL: TimeDelta = TimeDelta::milliseconds(100);

/// After how long at the earliest a job is to be told of further bytes, so that its client can be
/// (NOTIFY-06, NOTIFY-10, NOTIFY-12); `None` if it has no client to be.
pub(crate) fn interval(job: &JobStateMachine) -> Option<TimeDelta> {
    if job.state() != JobState::Transferring {
        return None;
    }
    let flags = job.notify_flags().effective();
    let ranges = flags.contains(NotifyFlags::FILE_RANGES_TRANSFERRED)
        && job.property(JobPropertyId::OnDemandMode) == Some(JobProperty::OnDemandMode(true));
    if !flags.contains(NotifyFlags::JOB_MODIFICATION) && !ranges {
        return None;
    }
    let no_class = Some(JobProperty::NotificationClsid(Uuid::nil()));
    let class = job.property(JobPropertyId::NotificationClsid);
    if job.notify_interface().is_none() && class == no_class {
        return None;
    }
    match job.property(JobPropertyId::MinimumNotificationInterval) {
        Some(JobProperty::MinimumNotificationInterval(milliseconds)) => {
            Some(TimeDelta::milliseconds(i64::from(milliseconds)).max(SHORTEST_INTERVAL))
        }
        _ => Some(SHORTEST_INTERVAL),
    }
}
