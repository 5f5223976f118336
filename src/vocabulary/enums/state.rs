//! The nine states of a job, and sets of them.

use std::fmt;

use super::enumeration::enumeration;

enumeration! {
    /// The state of a job. A job is always in exactly one of the nine states (LIFE-01).
    ///
    /// ```
    /// use bits_emulator::JobState;
    /// use bits_emulator::machine::StateClass;
    ///
    /// assert_eq!(JobState::TransientError.value(), 5);
    /// assert_eq!("BG_JOB_STATE_ERROR".parse(), Ok(JobState::Error));
    /// assert_eq!(JobState::Error.class(), StateClass::Transferred);
    /// ```
    ///
    /// Exhaustive on purpose: the Windows headers define these members and no others.
    JobState is "BG_JOB_STATE", prefix "BG_JOB_STATE_" {
        /// Waiting for the scheduler, or for the owner to log on.
        Queued "BG_JOB_STATE_QUEUED" = 0,
        /// Contacting the server.
        Connecting "BG_JOB_STATE_CONNECTING" = 1,
        /// Moving bytes.
        Transferring "BG_JOB_STATE_TRANSFERRING" = 2,
        /// Paused; every new job begins here (LIFE-03).
        Suspended "BG_JOB_STATE_SUSPENDED" = 3,
        /// Stopped by an error that BITS does not retry by itself (LIFE-23).
        Error "BG_JOB_STATE_ERROR" = 4,
        /// Stopped by an error that BITS retries, or held until its cause ends (LIFE-21).
        TransientError "BG_JOB_STATE_TRANSIENT_ERROR" = 5,
        /// Everything is transferred; waiting for `Complete`.
        Transferred "BG_JOB_STATE_TRANSFERRED" = 6,
        /// `Complete` was called: final.
        Acknowledged "BG_JOB_STATE_ACKNOWLEDGED" = 7,
        /// `Cancel` was called, or the job was inactive for too long: final.
        Cancelled "BG_JOB_STATE_CANCELLED" = 8,
    }
}

/// The class of a state: the four groups of the life-cycle page (LIFE-02).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum StateClass {
    /// SUSPENDED.
    Starting,
    /// QUEUED, CONNECTING, TRANSFERRING, TRANSIENT_ERROR.
    Action,
    /// ERROR and TRANSFERRED.
    Transferred,
    /// ACKNOWLEDGED and CANCELLED.
    Final,
}

impl JobState {
    /// The class of the state (LIFE-02).
    #[must_use]
    pub const fn class(self) -> StateClass {
        match self {
            Self::Suspended => StateClass::Starting,
            Self::Queued | Self::Connecting | Self::Transferring | Self::TransientError => {
                StateClass::Action
            }
            Self::Error | Self::Transferred => StateClass::Transferred,
            Self::Acknowledged | Self::Cancelled => StateClass::Final,
        }
    }

    /// Whether the job can never leave the state (LIFE-04).
    #[must_use]
    pub const fn is_final(self) -> bool {
        StateSet::FINAL.contains(self)
    }

    /// Whether the service works on the job: CONNECTING or TRANSFERRING.
    #[must_use]
    pub const fn is_active(self) -> bool {
        StateSet::ACTIVE.contains(self)
    }

    /// Whether the state is one of the two error states.
    #[must_use]
    pub const fn is_error(self) -> bool {
        StateSet::ERRORS.contains(self)
    }
}

/// A set of states.
///
/// ```
/// use bits_emulator::JobState;
/// use bits_emulator::machine::StateSet;
///
/// let paused = StateSet::of(&[JobState::Suspended, JobState::Transferred]);
/// assert!(paused.contains(JobState::Suspended));
/// assert_eq!(paused.to_string(), "SUSPENDED or TRANSFERRED");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct StateSet(u16);

impl StateSet {
    /// Every state.
    pub const ALL: Self = Self(0x1FF);
    /// CONNECTING and TRANSFERRING: the service works on the job.
    pub const ACTIVE: Self = Self::of(&[JobState::Connecting, JobState::Transferring]);
    /// ERROR and TRANSIENT_ERROR.
    pub const ERRORS: Self = Self::of(&[JobState::Error, JobState::TransientError]);
    /// ACKNOWLEDGED and CANCELLED (LIFE-04).
    pub const FINAL: Self = Self::of(&[JobState::Acknowledged, JobState::Cancelled]);
    /// Every state but the final ones.
    pub const NOT_FINAL: Self = Self::ALL.minus(Self::FINAL);

    /// The set of the given states.
    #[must_use]
    pub const fn of(states: &[JobState]) -> Self {
        let mut bits = 0;
        let mut rest = states;
        while let [state, tail @ ..] = rest {
            bits |= 1 << *state as u16;
            rest = tail;
        }
        Self(bits)
    }

    /// Whether the set holds the state.
    #[must_use]
    pub const fn contains(self, state: JobState) -> bool {
        self.0 & (1 << state as u16) != 0
    }

    /// The set with one more state.
    #[must_use]
    pub const fn with(self, state: JobState) -> Self {
        Self(self.0 | 1 << state as u16)
    }

    /// The set without one state.
    #[must_use]
    pub const fn without(self, state: JobState) -> Self {
        Self(self.0 & !(1 << state as u16))
    }

    /// The states of both sets.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The states of the set that are not in the other.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The states of the set, in the order of their numbers.
    pub fn iter(self) -> impl Iterator<Item = JobState> {
        JobState::ALL.iter().copied().filter(move |state| self.contains(*state))
    }
}

impl fmt::Display for StateSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.iter().count();
        if count == 0 {
            return f.write_str("no state");
        }
        for (index, state) in self.iter().enumerate() {
            let separator = match index {
                0 => "",
                _ if index + 1 == count => " or ",
                _ => ", ",
            };
            write!(f, "{separator}{state}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for StateSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
