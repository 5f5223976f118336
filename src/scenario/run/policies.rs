//! Policies by the lines that set them.

use std::time::Duration;

use crate::machine::whole_seconds;
use crate::scenario::ast::PolicyChange;
use crate::service::Policies;
use crate::vocabulary::JobPriority;

impl PolicyChange {
    pub(super) fn apply(self, policies: &mut Policies) {
        let span = |seconds: u32| Duration::from_secs(seconds.into());
        let bandwidth = &mut policies.bandwidth;
        match self {
            Self::InactivityTimeout(time) => policies.inactivity_timeout = span(time),
            Self::MaximumDownloadTime(time) => policies.maximum_download_time = span(time),
            Self::TimeSlice(time) => policies.time_slice = span(time),
            Self::FilesPerJob(count) => policies.limits.files_per_job = count,
            Self::RangesPerFile(count) => policies.limits.ranges_per_file = count,
            Self::JobsPerUser(count) => policies.jobs_per_user = count,
            Self::JobsPerComputer(count) => policies.jobs_per_computer = count,
            Self::NotificationsPerUser(count) => policies.notifications_per_user = count,
            Self::DefaultCost(priority, flags) => policies.cost_defaults.set(priority, flags),
            Self::Bandwidth(limits) => bandwidth.max_internet_bandwidth = limits,
            Self::WorkLimits(limits) => bandwidth.work = limits,
            Self::MaintenanceLimits(limits) => bandwidth.maintenance = limits,
        }
    }

    /// The changes that make the ones the others.
    pub(crate) fn between(before: &Policies, after: &Policies) -> Vec<Self> {
        let both = Self::all(before).into_iter().zip(Self::all(after));
        both.filter(|(was, is)| was != is).map(|(_, is)| is).collect()
    }

    /// Every policy as it is.
    fn all(policies: &Policies) -> [Self; 15] {
        let cost = |priority| Self::DefaultCost(priority, policies.cost_defaults.of(priority));
        let Policies { limits, bandwidth, .. } = policies;
        [
            Self::InactivityTimeout(whole_seconds(policies.inactivity_timeout)),
            Self::MaximumDownloadTime(whole_seconds(policies.maximum_download_time)),
            Self::TimeSlice(whole_seconds(policies.time_slice)),
            Self::FilesPerJob(limits.files_per_job),
            Self::RangesPerFile(limits.ranges_per_file),
            Self::JobsPerUser(policies.jobs_per_user),
            Self::JobsPerComputer(policies.jobs_per_computer),
            Self::NotificationsPerUser(policies.notifications_per_user),
            cost(JobPriority::Foreground),
            cost(JobPriority::High),
            cost(JobPriority::Normal),
            cost(JobPriority::Low),
            Self::Bandwidth(bandwidth.max_internet_bandwidth),
            Self::WorkLimits(bandwidth.work),
            Self::MaintenanceLimits(bandwidth.maintenance),
        ]
    }
}
