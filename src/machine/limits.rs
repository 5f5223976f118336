//! Limits of one job by the policies of the computer.

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
