//! Gain: the detection of waits in which jobs make no progress, because a client or a server keeps them going.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::Engine;
use super::registrations::ObjectKind;
use crate::emulator::time::run_report::BusyJob;
use crate::emulator::trace::{Actor, Process};
use crate::machine::{Deadline, JobStateMachine};
use crate::service::StepResult;
use crate::vocabulary::{JobId, JobState, StateSet};

/// After this many steps in a row without gain a wait for rest gives up. If they take next to no time, further
/// ones take ever longer moments, so that a client that brings about its own notifications without end does not
/// stop the clock.
const MOST_STEPS_WITHOUT_GAIN: u64 = 10_000;
/// The same limit for steps without gain that do take time: until then an advance carries them out at their
/// instants.
const MOST_TIMED_STEPS_WITHOUT_GAIN: u64 = 1_000_000;
/// How long the first of those further steps takes, and each takes twice as long as the one before. Steps that
/// take less than this on average take next to no time.
const MOMENT: TimeDelta = TimeDelta::milliseconds(1);
/// The most doublings of a moment, which then takes twelve days.
const MOST_DOUBLINGS: u64 = 30;

/// So far a job that is created during a wait gains something by its states; those after it by their bytes
/// alone.
const MOST_NEW_JOBS: u32 = 1_000;

/// The deadlines that end the retries of a job. The maximum download time is none of them: 90 days of attempts
/// are more than a wait can try.
const ENDS: [Deadline; 3] =
    [Deadline::NoProgressTimeout, Deadline::UploadCancellation, Deadline::Inactivity];

/// What was gained since the outermost of the waits that are under way began.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gain {
    /// How many waits are under way, one inside the other or on several threads.
    waits: u32,
    jobs: BTreeMap<JobId, JobGain>,
    new_jobs: u32,
    /// The number of the last step that gained something.
    last_step: u64,
    /// How much time passed by itself since then.
    time: TimeDelta,
    /// The job of the last step.
    job: Option<JobId>,
    /// The last job that a client called since then, and the client.
    called: Option<(JobId, Process)>,
}

/// How far one job has come.
#[derive(Debug, Clone, Copy)]
struct JobGain {
    states: StateSet,
    bytes: u64,
    /// The shortest time that was left until each deadline.
    left: [TimeDelta; ENDS.len()],
}

impl Gain {
    /// A gain is a state that the job has not had, a byte beyond the highest so far, or time that brings it
    /// nearer to a deadline which is no retry, unless it is time of a moment.
    fn note(
        &mut self,
        job: &JobStateMachine,
        entered: StateSet,
        now: DateTime<Utc>,
        in_moments: bool,
    ) -> bool {
        let bytes = job.progress().bytes_transferred;
        let left = ENDS.map(|end| deadline_of(job, end).map_or(TimeDelta::MAX, |end| end - now));
        let Some(known) = self.jobs.get_mut(&job.id()) else {
            self.jobs.insert(job.id(), JobGain { states: entered, bytes, left });
            return true;
        };
        let nearer = !in_moments && left.iter().zip(&known.left).any(|(left, least)| left < least);
        let gained =
            nearer || bytes > known.bytes || entered.minus(known.states) != StateSet::of(&[]);
        known.states = known.states.plus(entered);
        known.bytes = known.bytes.max(bytes);
        for (least, left) in known.left.iter_mut().zip(left) {
            *least = left.min(*least);
        }
        gained
    }
}

/// The removal of a job that waits for its client is no end that is waited for.
fn deadline_of(job: &JobStateMachine, deadline: Deadline) -> Option<DateTime<Utc>> {
    let state = job.state();
    let retries = state.is_active() || matches!(state, JobState::Queued | JobState::TransientError);
    (deadline != Deadline::Inactivity || retries).then(|| job.deadline(deadline)).flatten()
}

impl Engine {
    /// A wait begins. What was gained counts from the outermost on.
    pub(crate) fn begin_wait(&mut self) {
        let begun = Gain { last_step: self.steps, ..Gain::default() };
        let gain = self.gain.get_or_insert(begun);
        gain.waits = gain.waits.saturating_add(1);
    }

    /// Notes a job that is created during a wait. A client that makes a new job for each that failed would
    /// gain a state for ever.
    pub(super) fn note_new_job(&mut self, job: JobId) {
        let Some(gain) = &mut self.gain else { return };
        gain.new_jobs = gain.new_jobs.saturating_add(1);
        if gain.new_jobs > MOST_NEW_JOBS {
            let left = [TimeDelta::MIN; ENDS.len()];
            gain.jobs.insert(job, JobGain { states: StateSet::ALL, bytes: 0, left });
        }
    }

    pub(crate) fn end_wait(&mut self) {
        let Some(gain) = &mut self.gain else { return };
        gain.waits = gain.waits.saturating_sub(1);
        if gain.waits == 0 {
            self.gain = None;
        }
    }

    /// Forgets the waits that are under way, in a copy.
    pub(crate) fn forget_waits(&mut self) {
        self.gain = None;
    }

    /// Notes what a step of a job gained during a wait.
    pub(super) fn note_gain(&mut self, actor: &Actor, did: &StepResult) {
        let in_moments = self.moment() > TimeDelta::zero();
        let Some(gain) = &mut self.gain else { return };
        gain.job = Some(did.job);
        if let Actor::Client(process) = actor {
            gain.called = Some((did.job, process.clone()));
        }
        let Some(job) = self.service.job(did.job) else { return };
        let entered = did.outcome.entered.iter().fold(StateSet::of(&[did.after]), StateSet::with);
        if gain.note(job, entered, self.service.now(), in_moments) {
            gain.last_step = self.steps;
            gain.time = TimeDelta::zero();
            gain.called = None;
        }
    }

    /// Notes that the clock moves by itself.
    pub(super) fn note_time(&mut self, by: TimeDelta) {
        if let Some(gain) = &mut self.gain {
            gain.time = gain.time.checked_add(&by).unwrap_or(TimeDelta::MAX);
        }
    }

    fn steps_without_gain(&self) -> u64 {
        self.gain.as_ref().map_or(0, |gain| self.steps.saturating_sub(gain.last_step))
    }

    /// How long the next step takes besides: nothing, unless there were too many without gain.
    pub(super) fn moment(&self) -> TimeDelta {
        let steps = self.steps_without_gain();
        let time = self.gain.as_ref().map_or(TimeDelta::MAX, |gain| gain.time);
        let least = i32::try_from(steps).ok().and_then(|steps| MOMENT.checked_mul(steps));
        let most = match least.is_none_or(|least| time < least) {
            true => MOST_STEPS_WITHOUT_GAIN,
            false => MOST_TIMED_STEPS_WITHOUT_GAIN,
        };
        let Some(doublings) = steps.checked_sub(most.saturating_add(1)) else {
            return TimeDelta::zero();
        };
        MOMENT.checked_mul(1 << doublings.min(MOST_DOUBLINGS)).unwrap_or(TimeDelta::MAX)
    }

    /// The job that is kept going without gain, if one is.
    pub(crate) fn busy_job(&self) -> Option<BusyJob> {
        let steps = self.steps_without_gain();
        let gain = self.gain.as_ref().filter(|_| steps > MOST_STEPS_WITHOUT_GAIN)?;
        let job = gain.job?;
        let calls = gain.called.as_ref().filter(|(called, _)| *called == job);
        let callback = self.object_of(job, ObjectKind::Callback);
        let called = callback.and_then(|(process, _)| self.processes.get(&process));
        let name = self.service.job(job).map(JobStateMachine::display_name).unwrap_or_default();
        Some(BusyJob {
            job,
            name: name.into(),
            client: calls.map(|(_, client)| client).or(called).cloned(),
            steps,
        })
    }
}
