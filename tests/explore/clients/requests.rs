//! Bugs of downloaders that report what became of a request.

use bits_emulator::explore::{Life, ProgramRequest, RequestOutcome};
use bits_emulator::{Error, HResult, Job, JobState};

use super::{ATTEMPTS, Failed, LONG_ENOUGH, PATH, POLL, URL, find_or_begin, is_server_error};

/// What became of an attempt; or the call that failed, after which another attempt is made.
type Attempt = Result<RequestOutcome, Error>;

/// Reports what it comes to, when it has come to it.
pub(crate) fn reports_once(life: &Life) -> Result<(), Failed> {
    let request = life.request([(URL, PATH)]);
    report(&request, attempts(life, |_| {}, |_| Ok(None)));
    Ok(())
}

/// Reports each attempt that fails, and what it comes to in the end as well.
pub(crate) fn reports_each_attempt(life: &Life) -> Result<(), Failed> {
    let request = life.request([(URL, PATH)]);
    report(&request, attempts(life, |code| request.failure(code), |_| Ok(None)));
    Ok(())
}

/// Has nothing to say when another one cancelled its job.
pub(crate) fn forgets_to_report(life: &Life) -> Result<(), Failed> {
    let request = life.request([(URL, PATH)]);
    match attempts(life, |_| {}, |_| Ok(None)) {
        RequestOutcome::Failure(HResult::E_ABORT) => {}
        outcome => report(&request, outcome),
    }
    Ok(())
}

/// Has one code for all failures.
pub(crate) fn reports_a_code_of_its_own(life: &Life) -> Result<(), Failed> {
    let request = life.request([(URL, PATH)]);
    match attempts(life, |_| {}, |_| Ok(None)) {
        RequestOutcome::Failure(_) => request.failure(HResult::E_FAIL),
        outcome => report(&request, outcome),
    }
    Ok(())
}

/// Reports success when all bytes are there, before Complete.
pub(crate) fn reports_before_completing(life: &Life) -> Result<(), Failed> {
    let request = life.request([(URL, PATH)]);
    let has_reported = std::cell::Cell::new(false);
    let outcome = attempts(
        life,
        |_| {},
        |job| {
            if job.state()? == JobState::Transferred && !has_reported.replace(true) {
                request.success();
            }
            Ok(None)
        },
    );
    if !has_reported.get() {
        report(&request, outcome);
    }
    Ok(())
}

/// Turns to another way of downloading after a 5xx, which is to be left to BITS.
pub(crate) fn falls_back_after_a_5xx(life: &Life) -> Result<(), Failed> {
    let request = life.request([(URL, PATH)]);
    let look = |job: &Job| {
        if !matches!(job.state()?, JobState::TransientError | JobState::Error)
            || !job.error().is_ok_and(|error| is_server_error(error.code()))
        {
            return Ok(None);
        }
        job.cancel()?;
        Ok(Some(RequestOutcome::Fallback))
    };
    report(&request, attempts(life, |_| {}, look));
    Ok(())
}

fn report(request: &ProgramRequest, outcome: RequestOutcome) {
    match outcome {
        RequestOutcome::Success => request.success(),
        RequestOutcome::Failure(code) => request.failure(code),
        RequestOutcome::Fallback => request.fallback(),
    }
}

fn attempts(
    life: &Life,
    failed: impl Fn(HResult),
    look: impl Fn(&Job) -> Result<Option<RequestOutcome>, Error>,
) -> RequestOutcome {
    let mut last = HResult::E_ABORT;
    for _ in 0..ATTEMPTS {
        match attempt(life, &look) {
            Ok(outcome) => return outcome,
            Err(error) => last = error.code(),
        }
        failed(last);
        life.session().sleep(LONG_ENOUGH);
        let _ = life.session().reconnect();
    }
    RequestOutcome::Failure(last)
}

fn attempt(life: &Life, look: impl Fn(&Job) -> Result<Option<RequestOutcome>, Error>) -> Attempt {
    let Some(job) = find_or_begin(life)? else { return Ok(RequestOutcome::Success) };
    loop {
        if let Some(outcome) = look(&job)? {
            return Ok(outcome);
        }
        match job.state()? {
            JobState::Transferred => {
                let _ = job.complete()?;
                life.store().set("done", "yes");
                return Ok(RequestOutcome::Success);
            }
            JobState::Error => {
                let code = job.error().map_or_else(|error| error.code(), |error| error.code());
                let _ = job.cancel()?;
                return Ok(RequestOutcome::Failure(code));
            }
            JobState::Suspended => job.resume()?,
            JobState::Cancelled => return Ok(RequestOutcome::Failure(HResult::E_ABORT)),
            JobState::Acknowledged => return Ok(RequestOutcome::Success),
            JobState::Queued
            | JobState::Connecting
            | JobState::Transferring
            | JobState::TransientError => {}
        }
        life.session().sleep(POLL);
    }
}
