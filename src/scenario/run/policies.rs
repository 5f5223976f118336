//! Policies by the lines that set them.

use crate::scenario::ast::{BandwidthPolicy, Policy, PolicyChange};
use crate::service::Policies;

impl PolicyChange {
    pub(super) fn apply(self, policies: &mut Policies) {
        match self {
            Self::Value(policy, value) => policy.set(policies, value),
            Self::Bandwidth(BandwidthPolicy::Daily(daily)) => {
                policies.bandwidth.max_internet_bandwidth = daily;
            }
            Self::Bandwidth(BandwidthPolicy::Work(work)) => policies.bandwidth.work = work,
            Self::Bandwidth(BandwidthPolicy::Maintenance(maintenance)) => {
                policies.bandwidth.maintenance = maintenance;
            }
        }
    }

    /// What makes the ones the others.
    pub(crate) fn between(before: &Policies, after: &Policies) -> Vec<Self> {
        let all = |policies: &Policies| {
            let bandwidth = policies.bandwidth;
            let limits = [
                BandwidthPolicy::Daily(bandwidth.max_internet_bandwidth),
                BandwidthPolicy::Work(bandwidth.work),
                BandwidthPolicy::Maintenance(bandwidth.maintenance),
            ];
            let values =
                Policy::ALL.iter().map(|policy| Self::Value(*policy, policy.value(policies)));
            values.chain(limits.map(Self::Bandwidth)).collect::<Vec<_>>()
        };
        let both = all(before).into_iter().zip(all(after));
        both.filter(|(was, is)| was != is).map(|(_, is)| is).collect()
    }
}

impl Policy {
    fn set(self, policies: &mut Policies, value: u32) {
        match self {
            Self::InactivityTimeout => policies.inactivity_timeout = value,
            Self::MaximumDownloadTime => policies.maximum_download_time = value,
            Self::TimeSlice => policies.time_slice = chrono::TimeDelta::seconds(value.into()),
            Self::FilesPerJob => policies.limits.files_per_job = value,
            Self::RangesPerFile => policies.limits.ranges_per_file = value,
            Self::JobsPerUser => policies.jobs_per_user = value,
            Self::JobsPerComputer => policies.jobs_per_computer = value,
            Self::NotificationsPerUser => policies.notifications_per_user = value,
        }
    }

    /// What the policies say.
    fn value(self, policies: &Policies) -> u32 {
        match self {
            Self::InactivityTimeout => policies.inactivity_timeout,
            Self::MaximumDownloadTime => policies.maximum_download_time,
            Self::TimeSlice => u32::try_from(policies.time_slice.num_seconds()).unwrap_or(u32::MAX),
            Self::FilesPerJob => policies.limits.files_per_job,
            Self::RangesPerFile => policies.limits.ranges_per_file,
            Self::JobsPerUser => policies.jobs_per_user,
            Self::JobsPerComputer => policies.jobs_per_computer,
            Self::NotificationsPerUser => policies.notifications_per_user,
        }
    }
}
