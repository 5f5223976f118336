//! Steps of a life that no record shows, and what the assumptions among them cost.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::machine::Input;
use crate::vocabulary::{HResult, JobState};

/// Something that the log does not show and that need not have happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Assumption {
    /// The client suspended the job.
    Suspend,
    /// The client resumed the job, and not for the first time.
    Resume,
    /// The network was away and came back, or was away to the end.
    NetworkAway,
    /// The client set the minimum retry delay, in seconds.
    RetryDelay(u32),
    /// An open question is answered otherwise: the switch and its answer.
    Reading(&'static str, &'static str),
}

/// What the assumptions of an explanation cost together: first how many they are, then how unlikely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Price {
    pub(super) assumptions: u32,
    unlikely: u32,
}

impl Price {
    pub(super) const fn and(self, other: Self) -> Self {
        Self {
            assumptions: self.assumptions.saturating_add(other.assumptions),
            unlikely: self.unlikely.saturating_add(other.unlikely),
        }
    }

    /// The least that one more assumption costs.
    pub(super) const fn and_one(self) -> Self {
        self.and(Self { assumptions: 1, unlikely: 0 })
    }
}

impl Assumption {
    /// What it costs. Each counts as one, whatever it is; how likely it is decides only between explanations with as
    /// many. `is_usual`: it is what one would expect at that moment.
    pub(super) const fn price(self, is_usual: bool) -> Price {
        let unlikely = match (self, is_usual) {
            (Self::Resume | Self::NetworkAway | Self::RetryDelay(_), true) => 0,
            (Self::Resume | Self::NetworkAway | Self::Suspend, _) => 1,
            (Self::RetryDelay(_), false) => 3,
            (Self::Reading(..), _) => 5,
        };
        Price { assumptions: 1, unlikely }
    }
}

impl fmt::Display for Assumption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Suspend => f.write_str("the client suspended the job"),
            Self::Resume => f.write_str("the client resumed the job again"),
            Self::NetworkAway => f.write_str("the network was away"),
            Self::RetryDelay(seconds) => {
                write!(f, "the client set a retry delay of {seconds} s")
            }
            Self::Reading(switch, answer) => write!(f, "the reading `{switch} {answer}`"),
        }
    }
}

/// Why a step of a life is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HiddenStep {
    /// A record says so.
    Recorded,
    /// It follows from what was before: a clock acts, the scheduler picks the job.
    Course,
    /// A call that every client makes and no record shows, or a part of what a record shows.
    Usual,
    /// It happened to the computer, as records say or another job was explained.
    Computer,
    /// A record that the model does not write.
    PassedOver,
    /// Nothing but the explanation says so.
    Assumed(Assumption),
}

/// A step in the life of a job, as it explains the log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LifeStep {
    /// When, by the clock of the log.
    pub at: DateTime<Utc>,
    /// When, by the clock of the model, which real timers may be ahead of.
    pub model_at: DateTime<Utc>,
    /// What happened; `None` for a record that the model does not write.
    pub what: Option<Input>,
    /// Why it is there.
    pub hidden: HiddenStep,
    /// What it returned, if it is a call.
    pub code: HResult,
    /// The state of the job after it.
    pub after: JobState,
    /// The numbers of the records that it writes.
    pub records: Vec<usize>,
}
