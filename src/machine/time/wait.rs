//! What a job waits for.

use crate::machine::JobStateMachine;
use crate::machine::conditions::{Block, Hold};
use crate::vocabulary::JobState;

/// What has to happen for a job to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wait {
    /// The client: `Resume`, after `AddFile` if the job has no file (LIFE-03).
    Resume,
    /// The client: `Complete` or `Cancel` (LIFE-17).
    Completion,
    /// The client, who mends the cause and calls `Resume`, or `Cancel` (LIFE-23).
    Mending,
    /// The scheduler: another job has its turn (SCHED-02).
    Turn,
    /// The owner, who is not logged on (NET-01).
    Owner,
    /// A network connection (NET-04).
    Network,
    /// A network that costs less (NET-14).
    Cost,
    /// The end of a policy or power state (SCHED-15, NET-17).
    Block(Block),
    /// The destination volume, which is locked (NET-07).
    Volume,
    /// FOREGROUND priority, without which dynamic content is not transferred (PROP-33).
    Foreground,
    /// The end of the retry delay (TIME-01).
    RetryDelay,
    /// The server.
    Server,
    /// The client's check of the server's certificate (PROP-27).
    CertificateCheck,
    /// Nothing: the job is over (LIFE-04).
    Nothing,
}

impl Wait {
    /// Returns what the job waits for, in a sentence.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Resume => "It waits for its client to call Resume; time alone changes nothing.",
            Self::Completion => {
                "Everything is transferred. It waits for its client to call Complete, without which no file \
                 appears under its name, or Cancel."
            }
            Self::Mending => {
                "BITS does not retry this by itself. It waits for its client to mend the cause and to call \
                 Resume, which tries again, or Complete, which keeps what is whole, or Cancel."
            }
            Self::Turn => "It waits for its turn.",
            Self::Owner => "It waits for its owner to log on.",
            Self::Network => "It waits for a network connection, without any retry delay.",
            Self::Cost => {
                "It waits for a network that costs less, or for cost flags that allow this one."
            }
            Self::Block(_) => {
                "It waits for the end of a policy or power state. Most of them spare FOREGROUND jobs."
            }
            Self::Volume => {
                "It waits for its destination volume to be unlocked, without any retry delay."
            }
            Self::Foreground => {
                "It has dynamic content, which is transferred at FOREGROUND priority only: SetPriority."
            }
            Self::RetryDelay => {
                "BITS tries again by itself when the retry delay is over; Resume tries at once."
            }
            Self::Server => "It is under way: it waits for the server.",
            Self::CertificateCheck => {
                "It waits for its client to say what it thinks of the server's certificate."
            }
            Self::Nothing => "It is over. Nothing happens to it any more.",
        }
    }
}

impl From<Hold> for Wait {
    fn from(hold: Hold) -> Self {
        match hold {
            Hold::Network => Self::Network,
            Hold::LockedVolume => Self::Volume,
            Hold::Cost => Self::Cost,
            Hold::Block(block) => Self::Block(block),
        }
    }
}

impl JobStateMachine {
    /// Whether the job was told that this is in force.
    pub(crate) const fn has_block(&self, block: Block) -> bool {
        self.live.conditions.has_block(block)
    }

    /// Whether the end of a background bandwidth limit of 0 is all that the job waits for (SCHED-15).
    pub(crate) fn waits_for_bandwidth(&self) -> bool {
        self.live.state == JobState::TransientError
            && self.live.held_by == Some(Hold::Block(Block::BandwidthPolicy))
            && self.live.conditions.owner_logged_on
    }

    /// Returns what the job waits for. Besides, each of its clocks may act.
    ///
    /// ```
    /// use bits_emulator::machine::{JobOptions, JobStateMachine, Wait};
    /// use chrono::DateTime;
    ///
    /// let job = JobStateMachine::new(JobOptions::default(), DateTime::UNIX_EPOCH);
    /// assert_eq!(job.waits_for(), Wait::Resume);
    /// ```
    #[must_use]
    pub fn waits_for(&self) -> Wait {
        match self.live.state {
            JobState::Suspended => Wait::Resume,
            JobState::Queued => self.queued_for(),
            JobState::Connecting | JobState::Transferring if self.is_checking_certificate() => {
                Wait::CertificateCheck
            }
            JobState::Connecting | JobState::Transferring => Wait::Server,
            JobState::TransientError => self.live.held_by.map_or(Wait::RetryDelay, Wait::from),
            JobState::Error => Wait::Mending,
            JobState::Transferred => Wait::Completion,
            JobState::Cancelled if self.is_cancelling_upload() => Wait::Server,
            JobState::Acknowledged | JobState::Cancelled => Wait::Nothing,
        }
    }

    /// SCHED-10, NET-01: the same conditions as of [`is_eligible`](Self::is_eligible).
    fn queued_for(&self) -> Wait {
        if !self.live.conditions.owner_logged_on {
            return Wait::Owner;
        }
        if !self.live.conditions.network {
            return Wait::Network;
        }
        match self.blocked_by() {
            Some(hold) => hold.into(),
            None if self.waits_for_foreground() => Wait::Foreground,
            None => Wait::Turn,
        }
    }
}
