//! Actors: the programs of an execution, each with what it has observed and how it stands.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use chrono::{DateTime, Utc};
use siphasher::sip128::{Hasher128, SipHasher13};

use super::legality::Legality;
use super::place::Place;
use super::polls::Polls;
use super::situation::Noticeable;
use super::stop::Stop;
use crate::emulator::{Emulator, ProcessId, Until};
use crate::vocabulary::JobState;

/// A lock: the number of its store, and its name there.
pub(crate) type LockName = (u8, String);

/// The locks that are held: by which program, in which of its lives.
pub(crate) type Locks = BTreeMap<LockName, (u8, u32)>;

/// What is known of a program in an execution.
#[derive(Debug, Clone, Default)]
pub(crate) struct Actor {
    /// Its place among the programs.
    pub(crate) number: u8,
    pub(crate) life: u32,
    pub(super) process: Option<ProcessId>,
    pub(crate) stop: Option<Stop>,
    /// What it has observed in this life.
    pub(super) observed: SipHasher13,
    pub(super) polls: Polls,
    /// The waits that are under way, the outer ones first: until when, if ever, and whether the middle of what is
    /// waited for is still to come.
    pub(crate) waits: Vec<(Option<DateTime<Utc>>, bool)>,
    pub(crate) pause: Pause,
    /// Where it stood last.
    pub(super) at: Option<Place>,
    pub(super) last_noticed: Option<Noticeable>,
    pub(super) idle_calls: u32,
    pub(super) resumes: u32,
    pub(super) kills_after_call: bool,
    pub(crate) legality: Legality,
    /// The state of the job of the call that is under way, before it.
    pub(super) met: Option<JobState>,
}

/// What a program waits for, if it does.
#[derive(Debug, Clone, Default)]
pub(crate) enum Pause {
    #[default]
    Ready,
    /// A wait, until which instant at most, and whether that has come.
    Until { until: Until, limit: Option<DateTime<Utc>>, is_due: bool },
    /// Another one to give up that lock.
    Lock(LockName),
    /// It has ended.
    Ended,
}

impl Pause {
    /// Until when it is at most.
    pub(super) const fn limit(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Until { limit, .. } => *limit,
            Self::Ready | Self::Lock(_) | Self::Ended => None,
        }
    }
}

impl Actor {
    /// A life begins, which remembers nothing of those before.
    pub(super) fn begin_life(&mut self, process: ProcessId) {
        let Self { number, life, last_noticed, idle_calls, .. } = *self;
        let mut legality = std::mem::take(&mut self.legality);
        legality.begin_life();
        *self = Self {
            number,
            life,
            last_noticed,
            idle_calls,
            legality,
            process: Some(process),
            ..Self::default()
        };
    }

    /// A fingerprint of what it has observed in this life.
    pub(super) fn observed(&self) -> u128 {
        self.observed.clone().finish128().as_u128()
    }

    /// Whether it goes on if it is its turn: it waits for nothing any more, or is unwound.
    pub(super) fn can_go_on(&self, emulator: &Emulator, locks: &Locks) -> bool {
        match &self.pause {
            Pause::Ended => false,
            _ if self.stop.is_some() => true,
            Pause::Ready => true,
            Pause::Until { until, is_due, .. } => *is_due || emulator.is_reached(*until),
            Pause::Lock(name) => !locks.contains_key(name),
        }
    }

    /// Whether it waits, so that its process can be killed while another program goes on.
    pub(super) const fn is_waiting(&self) -> bool {
        self.stop.is_none() && matches!(self.pause, Pause::Until { .. } | Pause::Lock(_))
    }

    pub(super) const fn has_ended(&self) -> bool {
        matches!(self.pause, Pause::Ended)
    }

    pub(super) const fn limit(&self) -> Option<DateTime<Utc>> {
        self.pause.limit()
    }

    /// Its wait is over if that is so of the instant at which it ends at last; returns whether it is.
    pub(super) fn note_due(&mut self, is_due: impl FnOnce(Option<DateTime<Utc>>) -> bool) -> bool {
        match &mut self.pause {
            Pause::Until { limit, is_due: due, .. } => {
                *due |= is_due(*limit);
                *due
            }
            Pause::Ready | Pause::Lock(_) | Pause::Ended => false,
        }
    }

    /// Adds how it stands while another program acts.
    pub(super) fn hash_standing(&self, hasher: &mut impl Hasher) {
        (self.number, self.life, self.stop.is_some(), self.at).hash(hasher);
        std::mem::discriminant(&self.pause).hash(hasher);
    }

    /// Adds all that decides what it does when it is its turn.
    pub(super) fn hash(&self, hasher: &mut impl Hasher) {
        self.hash_standing(hasher);
        (self.observed(), &self.waits, &self.legality).hash(hasher);
        match &self.pause {
            Pause::Ready | Pause::Ended => {}
            Pause::Until { limit, is_due, .. } => (limit, is_due).hash(hasher),
            Pause::Lock(name) => name.hash(hasher),
        }
    }
}
