//! One step of a run: applied to the job, told to the world, noted in the trace.

use std::sync::Arc;

use super::expect::file_of;
use super::run::{Run, Unmet};
use super::trace::{ErrorChange, TraceStep};
use crate::machine::{Deadline, Effect, Event, Input, JobStateMachine, Outcome};
use crate::vocabulary::{JobError, JobState};

/// The most steps of one run: a quarter of a gigabyte of trace.
const MOST_STEPS: usize = 1_000_000;
/// The most steps at one instant; beyond them a run goes in circles.
const MOST_STEPS_AT_ONCE: usize = 10_000;

impl Run {
    /// Applies one input.
    pub(super) fn apply(&mut self, input: Input) -> Result<(), Unmet> {
        self.check_length()?;
        let now = self.now();
        let Some(job) = &mut self.job else {
            return Err(Unmet::new("the job is not created yet", "create it with a `job` line"));
        };
        match &input {
            Input::Event(Event::NetworkLost) => self.network = false,
            Input::Event(Event::NetworkRestored) => self.network = true,
            Input::Call(_) | Input::Event(_) | Input::Deadline(_) => {}
        }
        let before = job.state();
        let error_before = job.error().ok().copied();
        let result = job.apply(input.clone(), now);
        let after = job.state();
        let error_object = error_change(error_before, result.as_ref().ok(), job);
        let effects = result.map(|outcome| outcome.effects).ok();
        let asks_for = |effect: Effect| effects.is_some_and(|effects| effects.contains(effect));

        self.purged |= matches!(input, Input::Deadline(Deadline::Inactivity))
            && asks_for(Effect::DeleteTemporaryFiles);
        self.world.keep_to(job);
        if asks_for(Effect::StartTransfer) && after.is_active() && !self.by_hand {
            self.world.begin(job, now);
        }
        let cancels = matches!(input, Input::Event(Event::NetworkRestored))
            || effects.is_some_and(|effects| {
                effects.into_iter().any(|effect| matches!(effect, Effect::CancelUpload { .. }))
            });
        if cancels && job.is_cancelling_upload() && self.network && !self.by_hand {
            self.world.cancel_upload(job, now);
        }
        self.trace.steps.push(TraceStep { at: now, input, before, after, result, error_object });
        Ok(())
    }

    fn check_length(&self) -> Result<(), Unmet> {
        let steps = &self.trace.steps;
        if steps.len() >= MOST_STEPS {
            let help = "advance less, or give the job a longer retry delay";
            return Err(Unmet::new("the run is too long: more than 1,000,000 steps", help));
        }
        let earlier =
            steps.len().checked_sub(MOST_STEPS_AT_ONCE).and_then(|index| steps.get(index));
        if earlier.is_some_and(|step| step.at == self.now()) {
            let cause = "the scenario goes in circles: more than 10,000 steps at one instant";
            return Err(Unmet::new(cause, self.last_steps()));
        }
        Ok(())
    }

    /// The last steps as a table, for a message.
    pub(super) fn last_steps(&self) -> String {
        let skipped = self.trace.steps.len().saturating_sub(5);
        let steps: Vec<String> =
            self.trace.steps.iter().skip(skipped).map(|step| format!("  {step}")).collect();
        if steps.is_empty() {
            return "nothing happened yet".to_owned();
        }
        format!("the last steps were\n{}", steps.join("\n"))
    }
}

/// What a step did to the error object. A failed attempt makes a new object even if it looks the
/// same (ERR-09).
fn error_change(
    before: Option<JobError>,
    outcome: Option<&Outcome>,
    job: &JobStateMachine,
) -> Option<ErrorChange> {
    let entered_error =
        outcome.is_some_and(|outcome| outcome.entered.iter().any(JobState::is_error));
    match (before, job.error().ok().copied()) {
        (Some(_), None) => Some(ErrorChange::Gone),
        (before, Some(error)) if before != Some(error) || entered_error => {
            Some(ErrorChange::Appeared(error, file_of(&error, job).map(Arc::from)))
        }
        (None, None) | (Some(_), Some(_)) | (None, Some(_)) => None,
    }
}
