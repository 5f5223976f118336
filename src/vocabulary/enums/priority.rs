//! The priority levels of jobs.

use super::enumeration::enumeration;

enumeration! {
    /// The priority level at which the scheduler runs a job (SCHED-01). A new job is NORMAL
    /// (CREATE-07).
    ///
    /// ```
    /// use bits_emulator::JobPriority;
    ///
    /// assert_eq!(JobPriority::default(), JobPriority::Normal);
    /// assert!(!JobPriority::Foreground.is_background());
    /// // The lower number goes first.
    /// assert!(JobPriority::High < JobPriority::Low);
    /// ```
    ///
    /// Exhaustive on purpose: the Windows headers define these members and no others.
    #[derive(Default)]
    JobPriority is "BG_JOB_PRIORITY", prefix "BG_JOB_PRIORITY_" {
        /// Competes with other programs for bandwidth, and runs beside other foreground jobs.
        Foreground "BG_JOB_PRIORITY_FOREGROUND" = 0,
        /// Uses idle bandwidth, before the two levels below.
        High "BG_JOB_PRIORITY_HIGH" = 1,
        /// Uses idle bandwidth.
        #[default]
        Normal "BG_JOB_PRIORITY_NORMAL" = 2,
        /// Uses idle bandwidth, after the two levels above.
        Low "BG_JOB_PRIORITY_LOW" = 3,
    }
}

impl JobPriority {
    /// Whether the job uses only bandwidth that other programs leave idle.
    #[must_use]
    pub const fn is_background(self) -> bool {
        match self {
            Self::High | Self::Normal | Self::Low => true,
            Self::Foreground => false,
        }
    }
}
