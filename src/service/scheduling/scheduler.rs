//! Which job is transferred next (SCHED).

use std::hash::{Hash, Hasher};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::wait_queue::{Ticket, WaitQueue};
use crate::machine::JobStateMachine;
use crate::service::slot::Slot;
use crate::vocabulary::JobPriority;
use crate::vocabulary::canonical::Canonical;

/// What a job is to the scheduler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum SchedulingState {
    /// It does not run and does not wait for its turn.
    #[default]
    Idle,
    /// It waits, with this ticket in the queue of its level.
    Waiting(JobPriority, Ticket),
    /// It waits for the end of a bandwidth limit of 0 (SCHED-15).
    HeldByLimit,
    /// It is CONNECTING or TRANSFERRING at this priority.
    Running(JobPriority),
}

/// The background job that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Running {
    slot: Slot,
    level: JobPriority,
    /// Since when it has its slice.
    since: DateTime<Utc>,
}

/// The queues of jobs that wait for their turn, first in, first out within a level (SCHED-08,
/// SCHED-09), and who has the one place for background jobs (SCHED-02).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Scheduler {
    foreground: WaitQueue<Slot>,
    high: WaitQueue<Slot>,
    normal: WaitQueue<Slot>,
    low: WaitQueue<Slot>,
    background: Option<Running>,
    /// How many jobs wait for the end of a bandwidth limit.
    held: u32,
}

/// What the scheduler would do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// It is this job's turn.
    Pick(Slot),
    /// This job's turn is over: another comes first, or its slice is over.
    Stop(Slot),
}

impl Scheduler {
    const fn queue(&mut self, level: JobPriority) -> &mut WaitQueue<Slot> {
        match level {
            JobPriority::Foreground => &mut self.foreground,
            JobPriority::High => &mut self.high,
            JobPriority::Normal => &mut self.normal,
            JobPriority::Low => &mut self.low,
        }
    }

    /// Brings the queues up to date after a step of a job. A job that enters the queue again joins the end
    /// of its level (SCHED-09). So does one that comes to another level, or may be picked again, for
    /// instance because its owner is back: an interpretation.
    pub(crate) fn reindex(
        &mut self,
        slot: Slot,
        known: SchedulingState,
        job: &JobStateMachine,
        now: DateTime<Utc>,
    ) -> SchedulingState {
        let level = job.priority();
        if job.state().is_active() {
            return self.set_running(slot, known, level, now);
        }
        let waits = job.is_eligible();
        match known {
            SchedulingState::Waiting(held, _) if waits && held == level => known,
            SchedulingState::Waiting(..)
            | SchedulingState::Running(_)
            | SchedulingState::HeldByLimit
            | SchedulingState::Idle => {
                self.remove(slot, known);
                if waits {
                    SchedulingState::Waiting(level, self.queue(level).join(slot))
                } else if job.waits_for_bandwidth() {
                    self.held = self.held.saturating_add(1);
                    SchedulingState::HeldByLimit
                } else {
                    SchedulingState::Idle
                }
            }
        }
    }

    fn set_running(
        &mut self,
        slot: Slot,
        known: SchedulingState,
        level: JobPriority,
        now: DateTime<Utc>,
    ) -> SchedulingState {
        let next = SchedulingState::Running(level);
        if next == known {
            return known;
        }
        // A job that keeps the place for background jobs keeps its slice too.
        let since = self.background.filter(|held| held.slot == slot).map(|held| held.since);
        self.remove(slot, known);
        if level.is_background() {
            self.background = Some(Running { slot, level, since: since.unwrap_or(now) });
        }
        next
    }

    /// Removes a job that is in that state.
    pub(crate) fn remove(&mut self, slot: Slot, known: SchedulingState) {
        match known {
            SchedulingState::Waiting(level, ticket) => {
                self.queue(level).leave(ticket);
            }
            SchedulingState::Running(_) => {
                self.background = self.background.filter(|held| held.slot != slot);
            }
            SchedulingState::HeldByLimit => self.held = self.held.saturating_sub(1),
            SchedulingState::Idle => {}
        }
    }

    /// The background job that runs.
    pub(crate) fn background_job(&self) -> Option<Slot> {
        self.background.map(|held| held.slot)
    }

    /// Whether a job runs in the background, or would if it were its turn or a limit over.
    pub(crate) fn depends_on_limits(&self) -> bool {
        self.held > 0 || self.background.is_some() || self.first_in_background().is_some()
    }

    /// Whether the job may run at that level beside those that run: in the background only one does
    /// (SCHED-02, INV-35).
    pub(crate) fn has_room(&self, slot: Slot, level: JobPriority) -> bool {
        !level.is_background() || self.background.is_none_or(|held| held.slot == slot)
    }

    /// What could be done now: foreground jobs all run at once (SCHED-02); of the others one runs, of
    /// the highest level that waits (SCHED-04), which also takes the place of a lower one (SCHED-05) or
    /// of one of its own level whose slice is over (SCHED-06, SCHED-07).
    pub(crate) fn decisions(
        &self,
        slice: Duration,
        now: DateTime<Utc>,
    ) -> impl Iterator<Item = Decision> + '_ {
        let foreground = self.foreground.iter().map(|slot| Decision::Pick(*slot));
        foreground.chain(self.background_decision(slice, now))
    }

    /// Whether that is among the [decisions](Self::decisions), without reading them all.
    pub(crate) fn allows(
        &self,
        decision: Decision,
        known: SchedulingState,
        slice: Duration,
        now: DateTime<Utc>,
    ) -> bool {
        let foreground = matches!(known, SchedulingState::Waiting(JobPriority::Foreground, _));
        (foreground && matches!(decision, Decision::Pick(_)))
            || self.background_decision(slice, now) == Some(decision)
    }

    /// The jobs that wait for their turn, those of the first level first.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = Slot> + '_ {
        [&self.foreground, &self.high, &self.normal, &self.low]
            .into_iter()
            .flat_map(WaitQueue::iter)
            .copied()
    }

    fn first_in_background(&self) -> Option<(JobPriority, Slot)> {
        let first = |level, queue: &WaitQueue<Slot>| Some((level, *queue.first()?));
        first(JobPriority::High, &self.high)
            .or_else(|| first(JobPriority::Normal, &self.normal))
            .or_else(|| first(JobPriority::Low, &self.low))
    }

    fn background_decision(&self, slice: Duration, now: DateTime<Utc>) -> Option<Decision> {
        let (level, slot) = self.first_in_background()?;
        let Some(running) = self.background else { return Some(Decision::Pick(slot)) };
        let slice_over = level == running.level && running.slice_end(slice) <= now;
        (level < running.level || slice_over).then_some(Decision::Stop(running.slot))
    }

    /// When the slice of the running background job ends, if another of its level waits.
    pub(crate) fn slice_end(&self, slice: Duration) -> Option<DateTime<Utc>> {
        let running = self.background?;
        let (level, _) = self.first_in_background()?;
        (level == running.level).then(|| running.slice_end(slice))
    }
}

impl Canonical for Scheduler {
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        // How many are held is seen from the jobs.
        let Self { foreground, high, normal, low, background, held: _ } = self;
        for queue in [foreground, high, normal, low] {
            queue.hash_canonical(hasher);
        }
        background.hash(hasher);
    }
}

impl Scheduler {
    /// Adds what decides the future, whenever it is looked at.
    pub(crate) fn hash_relative<H: Hasher>(&self, now: DateTime<Utc>, hasher: &mut H) {
        let background = self.background;
        Self { background: None, ..self.clone() }.hash_canonical(hasher);
        background.map(|Running { slot, level, since }| (slot, level, now - since)).hash(hasher);
    }
}

impl Running {
    fn slice_end(self, slice: Duration) -> DateTime<Utc> {
        // However short a slice is, time passes in it.
        let slice =
            TimeDelta::from_std(slice.max(Duration::from_millis(1))).unwrap_or(TimeDelta::MAX);
        self.since.checked_add_signed(slice).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}
