//! Many jobs and what they share: the queue and its scheduler, users and sessions, the network,
//! policies, and the dispatcher of notifications.
//!
//! The service does nothing by itself. [`Service::possible_steps`] lists what it could do now and
//! [`Service::perform`] does one of these; the effects to carry out come back as the outcome of the job.

pub(crate) mod bandwidth;
mod canonical;
mod jobs;
mod network;
mod notifications;
#[cfg(feature = "serde")]
mod persist;
pub(crate) mod policies;
mod queue;
mod scheduling;
mod slot;
mod snapshot;
mod users;

#[cfg(feature = "scenario")]
pub(crate) use bandwidth::policies::{
    Days, Hours, MaintenanceLimits, MaxInternetBandwidth, WeekSchedule, WorkLimits,
};
pub(crate) use policies::Policies;
pub(crate) use queue::not_found;
pub use scheduling::step_choice::{Chooser, FirstInFirstOut, Scripted, Seeded};
pub(crate) use scheduling::step_result::Before;
pub use scheduling::step_result::{ErrorChange, StepResult, StepResults};
pub use scheduling::steps::ServiceStep;
pub use snapshot::Snapshot;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use crate::machine::Block;
use crate::vocabulary::canonical::Digest;
use crate::vocabulary::{CostFlags, Readings, Sid};
use bandwidth::limits::EffectiveLimits;
use jobs::{Jobs, OwnerIndex};
use notifications::Dispatcher;
use scheduling::deadlines::Deadlines;
use scheduling::scheduler::Scheduler;

/// The BITS of one computer, without input or output: all its jobs, and what they share.
///
/// Clients come in through [`create_job`](Self::create_job), [`open`](Self::open),
/// [`enumerate`](Self::enumerate) and [`call`](Self::call); events of one job through
/// [`handle`](Self::handle), those of the whole computer through
/// [`handle_computer`](Self::handle_computer). What the service does by itself are its
/// [`possible_steps`](Self::possible_steps), of which [`perform_next`](Self::perform_next) does one.
///
/// ```
/// use bits_emulator::{FileInfo, JobState, JobType};
/// use bits_emulator::accounts::Token;
/// use bits_emulator::machine::{Call, Effect};
/// use bits_emulator::policy::Policies;
/// use bits_emulator::readings::Readings;
/// use bits_emulator::service::{FirstInFirstOut, Service};
/// use chrono::DateTime;
///
/// let mut service =
///     Service::new(Readings::documented(), Policies::default(), DateTime::UNIX_EPOCH);
/// let alice = Token::user(1001);
/// let _ = service.log_on(alice.user);
///
/// let id = service.create_job(&alice, Some("update".into()), JobType::Download)?;
/// let file = FileInfo::new("https://example.com/app.exe", r"C:\app\app.exe");
/// let _ = service.call(&alice, id, Call::add_file(file))?;
/// let _ = service.call(&alice, id, Call::Resume)?;
///
/// // It is the job's turn: SCHED-02.
/// let taken = service.perform_next(&mut FirstInFirstOut).ok_or("a step is possible")?;
/// let stepped = taken.first().ok_or("it is the step of a job")?;
/// assert_eq!(stepped.job, id);
/// assert!(stepped.outcome.effects.contains(Effect::StartTransfer));
/// assert_eq!(service.open(&alice, id)?.state(), JobState::Connecting);
/// assert!(service.perform_next(&mut FirstInFirstOut).is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    now: DateTime<Utc>,
    /// How far the wall clock is ahead, since it was moved (TIME-05).
    wall_ahead: TimeDelta,
    readings: Readings,
    policies: Policies,
    policies_digest: Digest,
    jobs: Jobs,
    owners: OwnerIndex,
    scheduler: Scheduler,
    dispatcher: Dispatcher,
    deadlines: Deadlines,
    /// How many sessions of each user there are.
    sessions: BTreeMap<Sid, u32>,
    network: bool,
    cost: CostFlags,
    blocks: BTreeSet<Block>,
    limits: EffectiveLimits,
    /// Whether it hears nothing of the computer (LIFE-31).
    is_stopped: bool,
}

impl Service {
    /// A service without jobs, on a computer with a network that costs nothing and on which no user
    /// is logged on.
    #[must_use]
    pub fn new(readings: Readings, policies: Policies, now: DateTime<Utc>) -> Self {
        Self {
            now,
            wall_ahead: TimeDelta::zero(),
            readings,
            policies,
            policies_digest: Digest::default(),
            jobs: Jobs::new(),
            owners: OwnerIndex::default(),
            scheduler: Scheduler::default(),
            dispatcher: Dispatcher::new(policies.notifications_per_user),
            deadlines: Deadlines::default(),
            sessions: BTreeMap::new(),
            network: true,
            cost: CostFlags::UNRESTRICTED,
            blocks: BTreeSet::new(),
            limits: EffectiveLimits::new(&policies.bandwidth, now),
            is_stopped: false,
        }
    }

    /// Returns the present instant of the service's steady clock.
    #[must_use]
    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Lets time pass, without letting anything happen; it never runs backwards.
    pub fn set_now(&mut self, now: DateTime<Utc>) {
        self.now = self.now.max(now);
    }

    /// Sets whether the service is stopped: jobs hear of the computer when it starts again.
    pub(crate) const fn set_stopped(&mut self, is_stopped: bool) {
        self.is_stopped = is_stopped;
    }

    /// Returns the policies in force.
    #[must_use]
    pub const fn policies(&self) -> &Policies {
        &self.policies
    }

    /// Replaces the policies, as an administrator does. What limits a job holds for jobs that are created from
    /// now on (INV-48); nothing that was accepted is taken back. Limits of bandwidth hold at once for
    /// all jobs: an interpretation (SCHED-13, SCHED-15).
    pub fn set_policies(&mut self, policies: Policies) -> Vec<StepResult> {
        let before = std::mem::replace(&mut self.policies, policies);
        self.policies_digest.forget();
        self.dispatcher.set_limit(policies.notifications_per_user);
        if before.bandwidth == policies.bandwidth { Vec::new() } else { self.apply_limits() }
    }
}
