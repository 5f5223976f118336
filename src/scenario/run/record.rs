//! One step of a run: applied to the job, told to the world, noted in the trace.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::accounts::Accounts;
use super::expect::file_of;
use super::{Run, Unmet};
use crate::machine::{Call, Deadline, Effect, Event, Input, JobStateMachine, Outcome};
use crate::scenario::ast::Happening;
use crate::scenario::trace::{ErrorChange, Told, TraceStep};
use crate::vocabulary::{Error, JobError, JobState};

/// The most steps of one run: a quarter of a gigabyte of trace.
const MOST_STEPS: usize = 1_000_000;
/// The most steps at one instant; beyond them a run goes in circles.
const MOST_STEPS_AT_ONCE: usize = 10_000;

impl Run {
    /// Applies one step.
    pub(super) fn apply(&mut self, what: Happening) -> Result<(), Unmet> {
        self.check_length()?;
        let told = self.told(&what);
        let Self { job: Some(job), accounts, now, .. } = self else {
            return Err(Unmet::new("the job is not created yet", "create it with a `job` line"));
        };
        let before = job.state();
        let error_before = job.error().ok().copied();
        let result = carry_out(job, accounts, &what, *now);
        self.follow(&what, result.as_ref().ok());
        let job = self.job()?;
        let after = job.state();
        let error_object = error_change(error_before, result.as_ref().ok(), job);
        let at = self.now;
        self.trace.steps.push(TraceStep { at, what, before, after, result, error_object, told });
        Ok(())
    }

    /// What the step means for servers and clients.
    fn follow(&mut self, what: &Happening, outcome: Option<&Outcome>) {
        let Some(job) = &self.job else { return };
        let asks_for =
            |effect: Effect| outcome.is_some_and(|outcome| outcome.effects.contains(effect));
        let cancels = outcome.is_some_and(|outcome| {
            outcome.effects.iter().any(|effect| matches!(effect, Effect::CancelUpload { .. }))
        });
        match what {
            Happening::Event(Event::NetworkLost) => self.network = false,
            Happening::Event(Event::NetworkRestored) => self.network = true,
            _ => {}
        }
        let restored = matches!(what, Happening::Event(Event::NetworkRestored));
        self.purged |= matches!(what, Happening::Deadline(Deadline::Inactivity))
            && asks_for(Effect::DeleteTemporaryFiles);
        if self.by_hand {
            return;
        }
        self.world.keep_to(job);
        if asks_for(Effect::StartTransfer) && job.state().is_active() {
            self.world.begin(job, self.now);
        }
        if (cancels || restored) && job.is_cancelling_upload() && self.network {
            self.world.cancel_upload(job, self.now);
        }
        match what {
            Happening::Event(Event::FileChanged | Event::SessionLost) => self.world.interrupt(),
            Happening::Event(Event::CertificateReceived(..))
                if asks_for(Effect::CheckCertificate) =>
            {
                self.world.wait_for_client();
                self.ask_about_certificate();
            }
            Happening::Event(Event::CertificateChecked(_)) => self.world.go_on(self.now),
            Happening::Call(_, Call::RequestFileRanges(..)) if outcome.is_some() => {
                self.world.extend(job);
            }
            _ => {}
        }
        if let Happening::Event(event) = what {
            self.tell_client(event);
        }
    }

    /// What the client is told by the step, and how.
    fn told(&self, what: &Happening) -> Option<Told> {
        let Happening::Event(Event::NotificationStarted(notification)) = what else { return None };
        let due = self.job.as_ref()?.due_notifications();
        let due = due.into_iter().find(|due| due.notification == *notification)?;
        let account = self.accounts.name(due.user);
        Some(Told { notification: due.notification, recipient: due.recipient, account })
    }

    fn check_length(&self) -> Result<(), Unmet> {
        let steps = &self.trace.steps;
        if steps.len() >= MOST_STEPS {
            let help = "advance less, or give the job a longer retry delay";
            return Err(Unmet::new("the run is too long: more than 1,000,000 steps", help));
        }
        let earlier =
            steps.len().checked_sub(MOST_STEPS_AT_ONCE).and_then(|index| steps.get(index));
        if earlier.is_some_and(|step| step.at == self.now) {
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

/// The call, event or deadline itself. Rights are looked at when a caller gets hold of the job, and
/// again by the call (SEC-11).
fn carry_out(
    job: &mut JobStateMachine,
    accounts: &mut Accounts,
    what: &Happening,
    now: DateTime<Utc>,
) -> Result<Outcome, Error> {
    match what {
        Happening::Call(None, call) => job.call(call.clone(), now),
        Happening::Call(Some(caller), call) => {
            let token = accounts.token(caller);
            job.access(&token)?;
            job.call_by(&token, call.clone(), now)
        }
        Happening::Event(event) => Ok(job.handle(event.clone(), now)),
        Happening::Deadline(deadline) => job.apply(Input::Deadline(*deadline), now),
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
