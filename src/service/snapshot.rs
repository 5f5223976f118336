//! Snapshots: what outlives a service, and how one goes on from there.

use chrono::{DateTime, Utc};

use super::Service;
use super::jobs::{Jobs, OwnerIndex};
use super::notifications::Dispatcher;
use super::scheduling::deadlines::Deadlines;
use super::scheduling::scheduler::Scheduler;
use super::scheduling::step_result::{Before, StepResult};
use super::slot::Slot;
use crate::machine::{ComputerEvent, Event, JobStateMachine};
use crate::vocabulary::JobId;

/// Everything that a service keeps beyond its own end and that of the computer: its jobs, with files,
/// progress, properties, error objects and clocks (LIFE-29, NET-13, INV-57).
///
/// It is without callback and certificate-validation objects, helper tokens, notifications under way
/// and the progress of high-performance jobs. The surroundings are no part of it either: policies,
/// network, its cost, power and sessions are the computer's, and are as the service finds them when it
/// [goes on](Service::restore). What limits a job (INV-48) and its readings it keeps.
///
/// With the feature `serde` it is serialisable. Reading one that cannot be, of another version for
/// instance or with a job that breaks an invariant, is an error that names the place and the cause.
/// Passwords stand in it in clear text.
///
/// ```
/// use bits_emulator::{FileInfo, JobState, JobType};
/// use bits_emulator::accounts::Token;
/// use bits_emulator::machine::Call;
/// use bits_emulator::policy::Policies;
/// use bits_emulator::readings::Readings;
/// use bits_emulator::service::Service;
/// use chrono::{DateTime, TimeDelta};
///
/// let service = || Service::new(Readings::documented(), Policies::default(), DateTime::UNIX_EPOCH);
/// let (mut before, alice) = (service(), Token::user(1001));
/// let _ = before.log_on(alice.user);
/// let id = before.create_job(&alice, Some("update".into()), JobType::Download)?;
/// let _ = before.call(&alice, id, Call::add_file(FileInfo::new("https://example.com/a", r"C:\a")))?;
/// let _ = before.call(&alice, id, Call::Resume)?;
///
/// let snapshot = before.snapshot();
/// assert_eq!(snapshot.saved(), DateTime::UNIX_EPOCH);
///
/// // A day later, on the same computer.
/// let mut after = service();
/// after.set_now(snapshot.saved() + TimeDelta::days(1));
/// let _ = after.restore(&snapshot);
/// assert_eq!(after.open(&alice, id)?.state(), JobState::Queued);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "super::persist::StoredSnapshot", into = "super::persist::StoredSnapshot")
)]
pub struct Snapshot {
    /// When it was taken, by the wall clock.
    pub(super) saved: DateTime<Utc>,
    /// The number of the last job that was created.
    pub(super) created: u64,
    /// The jobs in the order of their creation.
    pub(super) jobs: Vec<JobStateMachine>,
    /// Those that wait for their turn, in the order in which they do.
    pub(super) waiting: Vec<JobId>,
}

impl Snapshot {
    /// Returns when it was taken, by the wall clock.
    #[must_use]
    pub const fn saved(&self) -> DateTime<Utc> {
        self.saved
    }

    /// Returns the jobs as they are kept, in the order of their creation. Those that ran when it was taken are
    /// CONNECTING or TRANSFERRING still, and QUEUED once a service goes on from it (LIFE-30).
    pub fn jobs(&self) -> impl Iterator<Item = &JobStateMachine> {
        self.jobs.iter()
    }
}

impl Service {
    /// Takes a snapshot: what persists of the service as it is now, however it ends.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let jobs = self.jobs.slots().into_iter().filter_map(|slot| self.jobs.get(slot));
        Snapshot {
            saved: self.now.checked_add_signed(self.wall_ahead).unwrap_or(self.now),
            created: self.jobs.created(),
            jobs: jobs.map(|entry| entry.job.stored(self.now)).collect(),
            waiting: self.scheduler.waiting().filter_map(|slot| self.id_of(slot)).collect(),
        }
    }

    /// Restarts the service on this computer as it is, with the jobs of a snapshot in place of its own; a
    /// restart ([`ComputerEvent::ServiceRestarted`]) is the same with a snapshot of itself.
    ///
    /// What ran is QUEUED, and everything else keeps its state (LIFE-30). Timers go by the wall clock,
    /// which runs while no service does (TIME-05); but for download time, none of which passes then
    /// (TIME-16). Then each job is told what is otherwise on this computer than it knew: whether its owner
    /// is logged on, for instance. Jobs that waited for their turn keep their places, and those that ran
    /// line up behind them in the order of their creation; notifications that are due line up likewise.
    /// All this is an interpretation.
    #[must_use = "the effects of a step are to be carried out"]
    pub fn restore(&mut self, snapshot: &Snapshot) -> Vec<StepResult> {
        self.restart_limits();
        let jobs = snapshot.jobs.iter().map(|job| job.wake(self.wall_ahead, self.now));
        self.replace_jobs(Jobs::restored(snapshot.created, jobs));
        let slots = self.jobs.slots();
        let mut stepped: Vec<_> = slots.iter().filter_map(|slot| self.wake(*slot)).collect();
        let waiting = snapshot.waiting.iter().filter_map(|id| self.jobs.slot(*id));
        let line: Vec<Slot> = waiting.chain(slots.iter().copied()).collect();
        line.into_iter().for_each(|slot| self.reindex(slot));
        for slot in slots {
            stepped.extend(self.sync_conditions(slot));
        }
        stepped
    }

    fn replace_jobs(&mut self, jobs: Jobs) {
        self.jobs = jobs;
        self.owners = OwnerIndex::default();
        self.scheduler = Scheduler::default();
        self.dispatcher = Dispatcher::new(self.policies.notifications_per_user);
        self.deadlines = Deadlines::default();
    }

    fn wake(&mut self, slot: Slot) -> Option<StepResult> {
        let now = self.now;
        let job = &mut self.jobs.get_mut(slot)?.job;
        let before = Before::capture(job);
        let outcome = job.handle(Event::Computer(ComputerEvent::ServiceRestarted), now);
        Some(before.result(job, outcome))
    }

    fn sync_conditions(&mut self, slot: Slot) -> Vec<StepResult> {
        let news = self.jobs.get(slot).map(|entry| {
            let found = self.conditions_for(&entry.job);
            entry.job.diff_events(&found)
        });
        let news = news.unwrap_or_default().into_iter();
        news.filter_map(|event| self.send(slot, event)).collect()
    }
}
