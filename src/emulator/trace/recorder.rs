//! The recorder: keeps the latest steps of a run and the event log, as data that is not yet put into
//! words.

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::kept::KeptSteps;
use super::state_change::StateChange;
use super::{Actor, Concerned, RunFacts, Trace, TraceEvent, TraceStep};
use crate::emulator::diagnostics::event_log::EventLog;
use crate::service::Policies;
use crate::vocabulary::{JobId, Readings};

/// How many steps are kept by default.
const DEFAULT_CAPACITY: usize = 100_000;

/// The steps that are kept.
#[derive(Debug, Clone)]
pub(crate) struct Recorder {
    facts: RunFacts,
    capacity: usize,
    /// How much is kept: a step counts once for each job that it concerns, and at least once.
    kept: usize,
    number: u64,
    steps: KeptSteps,
    /// The jobs that are gone, and the number of steps there were by then: those steps may still need their
    /// names.
    gone: VecDeque<(JobId, u64)>,
    /// The changes of states since they are noted.
    state_changes: Option<Vec<StateChange>>,
    pub(crate) log: EventLog,
}

impl Recorder {
    pub(crate) fn new(start: DateTime<Utc>, readings: Readings, policies: Policies) -> Self {
        Self {
            facts: RunFacts { start, readings, policies, names: Arc::default() },
            capacity: DEFAULT_CAPACITY,
            kept: 0,
            number: 0,
            steps: KeptSteps::default(),
            gone: VecDeque::new(),
            state_changes: None,
            log: EventLog::with_capacity(DEFAULT_CAPACITY),
        }
    }

    pub(crate) const fn readings(&self) -> &Readings {
        &self.facts.readings
    }

    /// Sets how much is kept from now on.
    pub(crate) fn set_capacity(&mut self, capacity: usize) {
        self.capacity = capacity;
        self.evict();
        self.steps.shrink_to_fit();
        self.log.set_capacity(capacity);
    }

    /// Notes all changes of states from now on, however few steps are kept.
    pub(crate) fn note_state_changes(&mut self) {
        self.state_changes = Some(Vec::new());
    }

    pub(crate) fn take_state_changes(&mut self) -> Vec<StateChange> {
        self.state_changes.take().unwrap_or_default()
    }

    pub(crate) fn trace(&self) -> Trace {
        let kept = u64::try_from(self.steps.len()).unwrap_or(u64::MAX);
        Trace {
            facts: self.facts.clone(),
            dropped: self.number.saturating_sub(kept),
            steps: self.steps.iter().cloned().collect(),
        }
    }

    /// Notes the display name of a job that appeared.
    pub(crate) fn register_name(&mut self, job: JobId, name: Arc<str>) {
        Arc::make_mut(&mut self.facts.names).insert(job, name);
    }

    /// Forgets the name of a job that is gone, as soon as none of the steps until now is kept.
    pub(crate) fn forget_name(&mut self, job: JobId) {
        self.gone.push_back((job, self.number));
        let first_kept = self.steps.front().map_or(u64::MAX, |step| step.number);
        while let Some((job, last)) = self.gone.front()
            && *last < first_kept
        {
            Arc::make_mut(&mut self.facts.names).remove(job);
            self.gone.pop_front();
        }
    }

    /// The latest step of that kind that is kept.
    pub(crate) fn latest(&self, matches: impl Fn(&TraceStep) -> bool) -> Option<TraceStep> {
        self.steps.iter().rev().find(|step| matches(step)).cloned()
    }

    /// How many steps there were, those that are not kept too.
    pub(crate) const fn number(&self) -> u64 {
        self.number
    }

    /// How many steps are kept.
    #[cfg(feature = "scenario")]
    pub(crate) fn step_count(&self) -> usize {
        self.steps.len()
    }

    /// The steps that are kept from that number on, counted from 0.
    #[cfg(feature = "scenario")]
    pub(crate) fn steps_since(&self, first: usize) -> impl Iterator<Item = &TraceStep> {
        self.steps.since(first)
    }

    /// Lets copies share the steps so far.
    #[cfg(feature = "scenario")]
    pub(crate) fn share_steps(&mut self) {
        self.steps.share();
    }

    /// The one place by which steps come into the trace.
    pub(crate) fn push(
        &mut self,
        at: DateTime<Utc>,
        actor: Actor,
        what: TraceEvent,
        jobs: Concerned,
    ) {
        self.number = self.number.saturating_add(1);
        if let Some(noted) = &mut self.state_changes {
            noted.extend(jobs.as_slice().iter().flat_map(StateChange::of_step));
        }
        if self.capacity == 0 {
            return;
        }
        let step = TraceStep { number: self.number, at, actor, what, jobs };
        self.kept = self.kept.saturating_add(size(&step));
        self.steps.push(step);
        self.evict();
    }

    fn evict(&mut self) {
        while self.kept > self.capacity
            && let Some(step) = self.steps.pop_front()
        {
            self.kept = self.kept.saturating_sub(size(&step));
        }
    }
}

fn size(step: &TraceStep) -> usize {
    step.jobs().len().max(1)
}
