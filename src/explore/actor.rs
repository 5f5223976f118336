//! Actors: the programs of an execution, each with what it has observed and how it stands.

use chrono::{DateTime, Utc};
use siphasher::sip128::{Hasher128, SipHasher13};

use super::legality::Legality;
use super::situation::Noticeable;
use super::stop::Stop;
use crate::emulator::ProcessId;
use crate::vocabulary::JobState;

/// What is known of a program in an execution.
#[derive(Debug, Clone, Default)]
pub(crate) struct Actor {
    pub(crate) life: u32,
    pub(super) process: Option<ProcessId>,
    pub(crate) stop: Option<Stop>,
    /// What it has observed in this life.
    pub(super) observed: SipHasher13,
    /// The waits that are under way, the outer ones first: until when, if ever, and whether the middle of what is
    /// waited for is still to come.
    pub(crate) waits: Vec<(Option<DateTime<Utc>>, bool)>,
    pub(super) last_noticed: Option<Noticeable>,
    pub(super) idle_calls: u32,
    pub(super) resumes: u32,
    pub(super) kills_after_call: bool,
    pub(crate) legality: Legality,
    /// The state of the job of the call that is under way, before it.
    pub(super) met: Option<JobState>,
}

impl Actor {
    /// A life begins, which remembers nothing of those before.
    pub(super) fn begin_life(&mut self, process: ProcessId) {
        let Self { life, last_noticed, idle_calls, .. } = *self;
        let mut legality = std::mem::take(&mut self.legality);
        legality.begin_life();
        *self = Self {
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
}
