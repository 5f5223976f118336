//! Bugs of loops that wait for a job by polls.

use std::time::Duration;

use bits_emulator::explore::Life;
use bits_emulator::{Job, JobState};

use super::{Failed, Followed, POLL, carefully, end, fail, succeed};

/// When the user wants to cancel, after the start of the first life.
const CANCELS_AFTER: Duration = Duration::from_secs(10);

fn is_cancel_wanted(life: &Life) -> bool {
    let begun = life.store().get("begun").and_then(|begun| begun.parse::<i64>().ok());
    let begun = begun.unwrap_or_else(|| {
        let now = life.now().timestamp();
        life.store().set("begun", now.to_string());
        now
    });
    life.now().timestamp() - begun >= CANCELS_AFTER.as_secs().cast_signed()
}

/// Looks whether the user wants to cancel only while bytes arrive: a job that waits in TRANSIENT_ERROR goes
/// on waiting.
pub(crate) fn is_deaf_while_waiting(life: &Life) -> Result<(), Failed> {
    carefully(life, |life, job| {
        loop {
            if job.state()? == JobState::Transferring && is_cancel_wanted(life) {
                return fail(job, "the user cancelled");
            }
            if let Some(ended) = end(life, job)? {
                return Ok(ended);
            }
            life.session().sleep(POLL);
        }
    })
}

/// Looks in every state whether the user wants to cancel.
pub(crate) fn always_hears_the_user(life: &Life) -> Result<(), Failed> {
    carefully(life, |life, job| {
        loop {
            if let Some(ended) = end(life, job)? {
                return Ok(ended);
            }
            if is_cancel_wanted(life) {
                return fail(job, "the user cancelled");
            }
            life.session().sleep(POLL);
        }
    })
}

/// Its loop lists the states of a job at work, and forgets TRANSIENT_ERROR.
pub(crate) fn forgets_transient_error(life: &Life) -> Result<(), Failed> {
    carefully(life, |life, job| follow_while(life, job, |state| state != JobState::TransientError))
}

/// Its loop lists the states of a job at work, and forgets CONNECTING, which hardly any poll ever sees.
pub(crate) fn forgets_connecting(life: &Life) -> Result<(), Failed> {
    carefully(life, |life, job| follow_while(life, job, |state| state != JobState::Connecting))
}

fn follow_while(life: &Life, job: &Job, knows: impl Fn(JobState) -> bool) -> Followed {
    loop {
        let state = job.state()?;
        if !knows(state) {
            return fail(job, state);
        }
        if let Some(ended) = end(life, job)? {
            return Ok(ended);
        }
        life.session().sleep(POLL);
    }
}

/// Waits for TRANSFERRED or ERROR, and for ever for a job that an operator cancelled.
pub(crate) fn waits_for_a_cancelled_job(life: &Life) -> Result<(), Failed> {
    carefully(life, |life, job| {
        loop {
            match job.state()? {
                JobState::Transferred => {
                    let _ = job.complete()?;
                    return Ok(succeed(life));
                }
                JobState::Error => return fail(job, "the job failed"),
                _ => life.session().sleep(POLL),
            }
        }
    })
}

/// Takes a job that is queued once more, at a log off for instance, for one that failed.
pub(crate) fn takes_requeued_for_failure(life: &Life) -> Result<(), Failed> {
    carefully(life, |life, job| {
        let mut has_begun = false;
        loop {
            match job.state()? {
                JobState::Transferring => has_begun = true,
                JobState::Queued if has_begun => return fail(job, "the transfer stopped"),
                _ => {}
            }
            if let Some(ended) = end(life, job)? {
                return Ok(ended);
            }
            life.session().sleep(POLL);
        }
    })
}
