//! Changes of the computer's policies.

use std::mem::discriminant;

use crate::service::{MaintenanceLimits, MaxInternetBandwidth, WorkLimits};
use crate::vocabulary::{CostFlags, JobPriority};

/// A policy of the computer, or a number of the service, and what it becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyChange {
    /// JobInactivityTimeout, in seconds (TIME-20).
    InactivityTimeout(u32),
    /// MaxDownloadTime, in seconds (TIME-15).
    MaximumDownloadTime(u32),
    /// The time slice, in seconds (SCHED-07).
    TimeSlice(u32),
    /// MaxFilesPerJob (FILES-09).
    FilesPerJob(u32),
    /// MaxRangesPerFile (FILES-19).
    RangesPerFile(u32),
    /// MaxJobsPerUser (CREATE-08).
    JobsPerUser(u32),
    /// MaxJobsPerMachine (CREATE-08).
    JobsPerComputer(u32),
    /// How many callbacks of one user may be under way at once (NOTIFY-15).
    NotificationsPerUser(u32),
    /// The default cost flags of jobs of that priority (PROP-41); `None` removes them.
    DefaultCost(JobPriority, Option<CostFlags>),
    /// MaxInternetBandwidth (SCHED-13); `None` removes it.
    Bandwidth(Option<MaxInternetBandwidth>),
    /// EnableBandwidthLimits (SCHED-16); `None` removes it.
    WorkLimits(Option<WorkLimits>),
    /// EnableMaintenanceLimits (SCHED-16); `None` removes it.
    MaintenanceLimits(Option<MaintenanceLimits>),
}

impl PolicyChange {
    /// Whether both set the same policy; the default cost of each priority is a policy of its own.
    pub(in crate::scenario) fn is_of_same_policy(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::DefaultCost(one, _), Self::DefaultCost(other, _)) => one == other,
            _ => discriminant(self) == discriminant(other),
        }
    }
}
