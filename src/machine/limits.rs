//! Policies of the computer that concern one job: limits, and what it does on costed networks.

use crate::vocabulary::{CostFlags, JobPriority};

/// The policies of the computer that limit one job. Administrators and services are exempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct JobLimits {
    /// The policy MaxFilesPerJob (FILES-09).
    pub files_per_job: u32,
    /// The policy MaxRangesPerFile (FILES-19).
    pub ranges_per_file: u32,
}

impl Default for JobLimits {
    /// 200 files, 500 ranges.
    fn default() -> Self {
        Self { files_per_job: 200, ranges_per_file: 500 }
    }
}

/// The policy "default download behavior for jobs on costed networks": by priority, the cost flags of jobs
/// that set none themselves (PROP-41). Where it says nothing a job has UNRESTRICTED, or what
/// [`DefaultCost`](crate::readings::DefaultCost) says (PROP-31).
///
/// ```
/// use bits_emulator::JobPriority;
/// use bits_emulator::policy::{CostDefaults, CostFlags};
///
/// let mut defaults = CostDefaults::default();
/// defaults.set(JobPriority::Low, Some(CostFlags::TRANSFER_ALWAYS));
/// assert_eq!(defaults.of(JobPriority::Low), Some(CostFlags::TRANSFER_ALWAYS));
/// assert_eq!(defaults.of(JobPriority::Normal), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CostDefaults {
    foreground: Option<CostFlags>,
    high: Option<CostFlags>,
    normal: Option<CostFlags>,
    low: Option<CostFlags>,
}

impl CostDefaults {
    /// Returns the flags of jobs of that priority; `None` if the policy says nothing of them.
    #[must_use]
    pub const fn of(&self, priority: JobPriority) -> Option<CostFlags> {
        match priority {
            JobPriority::Foreground => self.foreground,
            JobPriority::High => self.high,
            JobPriority::Normal => self.normal,
            JobPriority::Low => self.low,
        }
    }

    /// Sets the flags of jobs of that priority, or removes them.
    pub const fn set(&mut self, priority: JobPriority, flags: Option<CostFlags>) {
        match priority {
            JobPriority::Foreground => self.foreground = flags,
            JobPriority::High => self.high = flags,
            JobPriority::Normal => self.normal = flags,
            JobPriority::Low => self.low = flags,
        }
    }
}
