//! What an administrator has set for the computer, and the numbers of the service itself.

use std::time::Duration;

use super::bandwidth::policies::BandwidthPolicies;
use crate::machine::{CostDefaults, JobLimits, NINETY_DAYS};

/// The policies of the computer and the numbers of the service, with the documented defaults. What
/// limits a job holds for jobs that are created later.
///
/// ```
/// use bits_emulator::policy::Policies;
///
/// let policies = Policies::default();
/// // CREATE-08
/// assert_eq!((policies.jobs_per_computer, policies.jobs_per_user), (300, 60));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Policies {
    /// MaxJobsPerMachine (CREATE-08).
    pub jobs_per_computer: u32,
    /// MaxJobsPerUser (CREATE-08).
    pub jobs_per_user: u32,
    /// MaxFilesPerJob and MaxRangesPerFile (FILES-09, FILES-19).
    pub limits: JobLimits,
    /// The default download behavior on costed networks (PROP-41).
    ///
    /// ```
    /// use bits_emulator::policy::{CostDefaults, CostFlags, Policies};
    /// use bits_emulator::readings::Readings;
    /// use bits_emulator::{Emulator, JobPriority};
    ///
    /// let mut cost_defaults = CostDefaults::default();
    /// cost_defaults.set(JobPriority::Normal, Some(CostFlags::TRANSFER_STANDARD));
    /// let policies = Policies { cost_defaults, ..Policies::default() };
    /// let emulator = Emulator::with_policies(Readings::documented(), policies);
    /// ```
    pub cost_defaults: CostDefaults,
    /// JobInactivityTimeout, in whole seconds up to `u32::MAX` (TIME-20).
    pub inactivity_timeout: Duration,
    /// MaxDownloadTime, in whole seconds up to `u32::MAX` (TIME-15).
    pub maximum_download_time: Duration,
    /// How long a background job runs while others of its level wait. The documents name no length:
    /// 300 s is an interpretation (SCHED-07). Less than 1 ms counts as 1 ms.
    pub time_slice: Duration,
    /// How many callbacks of one user may be under way at once (NOTIFY-15).
    pub notifications_per_user: u32,
    /// MaxInternetBandwidth, EnableBandwidthLimits and EnableMaintenanceLimits (SCHED-13, SCHED-16).
    pub bandwidth: BandwidthPolicies,
}

impl Default for Policies {
    fn default() -> Self {
        Self {
            jobs_per_computer: 300,
            jobs_per_user: 60,
            limits: JobLimits::default(),
            cost_defaults: CostDefaults::default(),
            inactivity_timeout: NINETY_DAYS,
            maximum_download_time: NINETY_DAYS,
            time_slice: Duration::from_secs(300),
            notifications_per_user: 4,
            bandwidth: BandwidthPolicies::default(),
        }
    }
}
