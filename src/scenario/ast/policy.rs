//! What a scenario says of the policies of the computer.

use std::mem::discriminant;

use crate::service::{MaintenanceLimits, MaxInternetBandwidth, WorkLimits};

/// A policy of the computer, or a number of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// JobInactivityTimeout, in seconds (TIME-20).
    InactivityTimeout,
    /// MaxDownloadTime, in seconds (TIME-15).
    MaximumDownloadTime,
    /// The time slice, in seconds (SCHED-07).
    TimeSlice,
    /// MaxFilesPerJob (FILES-09).
    FilesPerJob,
    /// MaxRangesPerFile (FILES-19).
    RangesPerFile,
    /// MaxJobsPerUser (CREATE-08).
    JobsPerUser,
    /// MaxJobsPerMachine (CREATE-08).
    JobsPerComputer,
    /// How many callbacks of one user may be under way at once (NOTIFY-15).
    NotificationsPerUser,
}

impl Policy {
    /// All policies, those with a duration first.
    pub const ALL: &'static [Self] = &[
        Self::InactivityTimeout,
        Self::MaximumDownloadTime,
        Self::TimeSlice,
        Self::FilesPerJob,
        Self::RangesPerFile,
        Self::JobsPerUser,
        Self::JobsPerComputer,
        Self::NotificationsPerUser,
    ];

    /// How the language names it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InactivityTimeout => "inactivity timeout",
            Self::MaximumDownloadTime => "maximum download time",
            Self::TimeSlice => "time slice",
            Self::FilesPerJob => "files per job",
            Self::RangesPerFile => "ranges per file",
            Self::JobsPerUser => "jobs per user",
            Self::JobsPerComputer => "jobs per computer",
            Self::NotificationsPerUser => "notifications per user",
        }
    }

    /// Whether its value is a duration, in whole seconds.
    #[must_use]
    pub const fn is_duration(self) -> bool {
        matches!(self, Self::InactivityTimeout | Self::MaximumDownloadTime | Self::TimeSlice)
    }
}

/// A policy that limits background transfers (SCHED-13 to SCHED-17); `None` takes it away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BandwidthPolicy {
    /// `policy bandwidth …`: MaxInternetBandwidth.
    Daily(Option<MaxInternetBandwidth>),
    /// `policy work limits …`: EnableBandwidthLimits.
    Work(Option<WorkLimits>),
    /// `policy maintenance limits …`: EnableMaintenanceLimits.
    Maintenance(Option<MaintenanceLimits>),
}

impl BandwidthPolicy {
    /// Those that a line sets, without what they say.
    pub(crate) const ALL: &'static [Self] =
        &[Self::Daily(None), Self::Work(None), Self::Maintenance(None)];

    /// How the language names it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Daily(_) => "bandwidth",
            Self::Work(_) => "work limits",
            Self::Maintenance(_) => "maintenance limits",
        }
    }
}

/// A policy and what it becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyChange {
    /// `policy NAME VALUE`.
    Value(Policy, u32),
    /// A limit of background transfers.
    Bandwidth(BandwidthPolicy),
}

impl PolicyChange {
    /// Whether both are about the same policy.
    pub(crate) fn is_of_the_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Value(one, _), Self::Value(other, _)) => one == other,
            (Self::Bandwidth(one), Self::Bandwidth(other)) => {
                discriminant(one) == discriminant(other)
            }
            (Self::Value(..), Self::Bandwidth(_)) | (Self::Bandwidth(_), Self::Value(..)) => false,
        }
    }
}
