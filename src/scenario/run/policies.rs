//! Policies by the lines that set them.

use std::time::Duration;

use crate::machine::whole_seconds;
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
            Self::InactivityTimeout => {
                policies.inactivity_timeout = Duration::from_secs(value.into())
            }
            Self::MaximumDownloadTime => {
                policies.maximum_download_time = Duration::from_secs(value.into())
            }
            Self::TimeSlice => policies.time_slice = Duration::from_secs(value.into()),
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
            Self::InactivityTimeout => whole_seconds(policies.inactivity_timeout),
            Self::MaximumDownloadTime => whole_seconds(policies.maximum_download_time),
            Self::TimeSlice => whole_seconds(policies.time_slice),
            Self::FilesPerJob => policies.limits.files_per_job,
            Self::RangesPerFile => policies.limits.ranges_per_file,
            Self::JobsPerUser => policies.jobs_per_user,
            Self::JobsPerComputer => policies.jobs_per_computer,
            Self::NotificationsPerUser => policies.notifications_per_user,
        }
    }
}
