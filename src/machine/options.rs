//! Options of a new job.

use std::time::Duration;

use chrono::TimeDelta;

use super::limits::{CostDefaults, JobLimits};
use crate::vocabulary::{JobId, JobType, Readings, Token};

/// The default of both policies on the age of jobs (TIME-15, TIME-20).
pub(crate) const NINETY_DAYS: Duration = Duration::from_secs(7_776_000);

/// What is decided when a job is created.
///
/// ```
/// use std::time::Duration;
///
/// use bits_emulator::JobType;
/// use bits_emulator::machine::JobOptions;
///
/// let options = JobOptions { job_type: JobType::Upload, ..JobOptions::default() };
/// // TIME-15, TIME-20: 90 days each.
/// assert_eq!(options.maximum_download_time, Duration::from_secs(7_776_000));
/// assert_eq!(options.inactivity_timeout, Duration::from_secs(7_776_000));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct JobOptions {
    /// The id (CREATE-01).
    pub id: JobId,
    /// The type, which never changes (CREATE-03).
    pub job_type: JobType,
    /// The token of the creator, who owns the job (SEC-01).
    pub owner: Token,
    /// The policy MaxDownloadTime, which a job may override (TIME-15, TIME-19). Windows stores whole
    /// seconds, at most `u32::MAX`; the rest of a longer or finer duration does not count.
    pub maximum_download_time: Duration,
    /// The policy JobInactivityTimeout, of the same range (TIME-20).
    pub inactivity_timeout: Duration,
    /// The policies on numbers.
    pub limits: JobLimits,
    /// The policy on costed networks, for a job that sets no cost flags itself (PROP-41).
    pub cost_defaults: CostDefaults,
    /// How far the wall clock is ahead of the steady clock, since it was moved (TIME-05).
    pub wall_ahead: TimeDelta,
    /// The answers to what the documents leave open.
    pub readings: Readings,
}

impl Default for JobOptions {
    /// A user's download under the default policies and the documented readings.
    fn default() -> Self {
        Self {
            id: JobId::default(),
            job_type: JobType::Download,
            owner: Token::default(),
            maximum_download_time: NINETY_DAYS,
            inactivity_timeout: NINETY_DAYS,
            limits: JobLimits::default(),
            cost_defaults: CostDefaults::default(),
            wall_ahead: TimeDelta::zero(),
            readings: Readings::documented(),
        }
    }
}
