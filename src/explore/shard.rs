//! Parts of an exploration, for several processes.

use super::decisions::Decisions;

/// The variable that names the part of the runs that is to be made, such as `0/4`.
const SHARD: &str = "BITS_EXPLORE_SHARD";

/// One of several equal parts of an exploration, which other processes make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shard {
    pub(super) index: u64,
    pub(super) of: u64,
}

impl Shard {
    pub(super) const ALL: Self = Self { index: 0, of: 1 };

    /// # Panics
    ///
    /// If there is no such part.
    #[track_caller]
    pub(super) fn new(index: u64, of: u64) -> Self {
        assert!(
            index < of,
            "of {of} parts the last is number {}, not {index}",
            of.saturating_sub(1)
        );
        Self { index, of }
    }

    /// The part that the environment names, if it does.
    #[track_caller]
    #[allow(clippy::panic, reason = "documented at the methods that explore")]
    pub(super) fn from_environment() -> Option<Self> {
        let text = std::env::var(SHARD).ok()?;
        let (index, of) = text.split_once('/').unwrap_or_default();
        match (index.parse(), of.parse()) {
            (Ok(index), Ok(of)) => Some(Self::new(index, of)),
            _ => panic!("{SHARD}={text} is no part such as 0/4"),
        }
    }

    /// Whether a run is in this part: all runs with the same first decision are in the same.
    pub(super) fn has(self, decisions: &Decisions) -> bool {
        // Neighbouring points have like subtrees, so that they go to different parts.
        self.has_number(match decisions.made.first() {
            Some(first) => u64::from(first.point).wrapping_add(first.choice.rank()),
            None => 0,
        })
    }

    /// Whether what has that number is in this part.
    pub(super) const fn has_number(self, number: u64) -> bool {
        number % self.of == self.index
    }

    /// How many of that many are in this part.
    pub(super) const fn share_of(self, number: u64) -> u64 {
        number.saturating_sub(self.index).div_ceil(self.of)
    }
}
