//! Bugs of how errors are read and what is done about them.

use bits_emulator::explore::Life;
use bits_emulator::{HResult, Job, JobError, JobState};

use super::{
    Failed, Followed, POLL, again_and_again, begin, carefully, end, fail, is_server_error,
};

const ENGLISH: u16 = 0x0409;
/// How often a job is resumed that failed.
const RESUMES: u32 = 3;

/// Follows a job, and looks at its error while it has one.
fn follow_errors(life: &Life, job: &Job, look: impl Fn(&Job) -> Option<Failed>) -> Followed {
    loop {
        if matches!(job.state()?, JobState::Error | JobState::TransientError)
            && let Some(why) = look(job)
        {
            return fail(job, why);
        }
        if let Some(ended) = end(life, job)? {
            return Ok(ended);
        }
        life.session().sleep(POLL);
    }
}

fn is_missing(error: &JobError) -> bool {
    error.code() == HResult::BG_E_HTTP_ERROR_404
}

/// Reads the state, and then the error: by then the object may be gone, of which it makes a panic.
pub(crate) fn reads_state_and_then_error(life: &Life) -> Result<(), Failed> {
    carefully(life, |life, job| {
        follow_errors(life, job, |job| {
            let error = job.error().expect("a job in an error state has an error");
            is_missing(&error).then(|| error.code().to_string())
        })
    })
}

/// Reads the error once to decide and once to report: by then the object may be gone.
pub(crate) fn reads_the_error_twice(life: &Life) -> Result<(), Failed> {
    carefully(life, |life, job| {
        follow_errors(life, job, |job| {
            let is_missing = is_missing(&job.error().ok()?);
            let error = job.error().expect("there was one");
            let text = error.description(ENGLISH).unwrap_or_default();
            is_missing.then(|| text.to_owned())
        })
    })
}

/// Reads the error once; one that is gone is no error.
pub(crate) fn reads_the_error_once(life: &Life) -> Result<(), Failed> {
    carefully(life, |life, job| {
        follow_errors(life, job, |job| {
            let error = job.error().ok()?;
            let text = error.description(ENGLISH).unwrap_or_default();
            is_missing(&error).then(|| text.to_owned())
        })
    })
}

/// Turns to another way of downloading after a 5xx, which BITS would have come through by itself.
pub(crate) fn falls_back_at_once(life: &Life) -> Result<(), Failed> {
    carefully(life, |life, job| {
        follow_errors(life, job, |job| {
            let code = job.error().ok()?.code();
            is_server_error(code).then(|| format!("{code}: another way is tried"))
        })
    })
}

/// Resumes a job in ERROR, whatever the error, without end; the one of an earlier life too.
pub(crate) fn resumes_for_ever(life: &Life) -> Result<(), Failed> {
    resumes(life, u32::MAX)
}

/// Resumes a job in ERROR a few times.
pub(crate) fn resumes_a_few_times(life: &Life) -> Result<(), Failed> {
    resumes(life, RESUMES)
}

fn resumes(life: &Life, most: u32) -> Result<(), Failed> {
    again_and_again(life, || {
        if life.store().get("done").is_some() {
            return Ok(Ok(()));
        }
        let (mut jobs, mut number) = (life.session().jobs()?, 0);
        let job = match jobs.next() {
            Some(job) if job.files()?.len() == 1 => job,
            stale => {
                stale.map(|job| job.cancel()).transpose()?;
                begin(life)?
            }
        };
        loop {
            if job.state()? == JobState::Error && number < most {
                number += 1;
                job.resume()?;
            }
            if let Some(ended) = end(life, &job)? {
                return Ok(ended);
            }
            life.session().sleep(POLL);
        }
    })
}
