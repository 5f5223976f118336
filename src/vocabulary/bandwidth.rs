//! Bandwidth limits of background jobs.

use super::enums::priority::JobPriority;

/// A limit of the bandwidth of jobs, as policies set it (SCHED-13, SCHED-16).
///
/// ```
/// use bits_emulator::policy::BandwidthLimit;
///
/// assert_eq!(BandwidthLimit::Kilobits(80).bytes_per_second(), Some(10_000));
/// // SCHED-13: about 2 is the least.
/// assert_eq!(BandwidthLimit::Kilobits(1).bytes_per_second(), Some(250));
/// assert_eq!(BandwidthLimit::Kilobits(0).bytes_per_second(), Some(0));
/// assert_eq!(BandwidthLimit::Unlimited.bytes_per_second(), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum BandwidthLimit {
    /// Kilobits a second, of 1,000 bits each: an interpretation. 1 acts as 2 (SCHED-13), and 0
    /// forbids background transfers (SCHED-15).
    Kilobits(u32),
    /// All bandwidth that is idle.
    #[default]
    Unlimited,
}

impl BandwidthLimit {
    /// The least limit that forbids nothing, in bytes a second: 2 kilobits (SCHED-13).
    pub(crate) const LEAST: u64 = 250;
    const BYTES_OF_A_KILOBIT: u64 = 125;

    /// The limit in bytes a second; `None` if there is none.
    #[must_use]
    pub fn bytes_per_second(self) -> Option<u64> {
        match self {
            Self::Unlimited => None,
            Self::Kilobits(0) => Some(0),
            // SCHED-13
            Self::Kilobits(rate) => {
                Some((u64::from(rate) * Self::BYTES_OF_A_KILOBIT).max(Self::LEAST))
            }
        }
    }

    /// Whether nothing may be transferred at all (SCHED-15).
    #[must_use]
    pub const fn forbids(self) -> bool {
        matches!(self, Self::Kilobits(0))
    }
}

/// The limits of the three levels of background jobs (SCHED-16). Foreground jobs have none
/// (SCHED-17).
///
/// ```
/// use bits_emulator::JobPriority;
/// use bits_emulator::policy::{BandwidthLimit, LevelLimits};
///
/// let limits = LevelLimits { low: BandwidthLimit::Kilobits(64), ..LevelLimits::default() };
/// assert_eq!(limits.of(JobPriority::Low), BandwidthLimit::Kilobits(64));
/// assert_eq!(limits.of(JobPriority::High), BandwidthLimit::Unlimited);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct LevelLimits {
    /// Of jobs of HIGH priority.
    pub high: BandwidthLimit,
    /// Of jobs of NORMAL priority.
    pub normal: BandwidthLimit,
    /// Of jobs of LOW priority.
    pub low: BandwidthLimit,
}

impl LevelLimits {
    /// No limits.
    pub const UNLIMITED: Self = Self::all(BandwidthLimit::Unlimited);

    /// The same limit for every level.
    #[must_use]
    pub const fn all(limit: BandwidthLimit) -> Self {
        Self { high: limit, normal: limit, low: limit }
    }

    /// The limit of jobs of that priority.
    #[must_use]
    pub const fn of(&self, priority: JobPriority) -> BandwidthLimit {
        match priority {
            // SCHED-17
            JobPriority::Foreground => BandwidthLimit::Unlimited,
            JobPriority::High => self.high,
            JobPriority::Normal => self.normal,
            JobPriority::Low => self.low,
        }
    }
}
