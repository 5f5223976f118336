//! The promises that are ready to use, each with the sentence that it checks.

use super::choice::Incident;
use super::counterexample::Expected;
use super::ending::Ending;
use super::legality::IllegalCall;
use super::monitors::Monitor;
use super::requests::{RequestOutcome, RequestRecord};

/// Ready to use. That a program comes to its end, retries a bounded number of times, and does not panic needs
/// no monitor: it is always checked.
impl Monitor {
    /// *Success is reported only if every wanted file is there*: on the disk, whole and as the server has it.
    /// Of a request when it is reported, of the whole program, by any of its processes, at its end.
    #[must_use]
    pub fn truthful_success() -> Self {
        let promise = "success is reported only if every wanted file is there";
        Self::new(promise, |ending| {
            let mut own = ending.results.iter().take(ending.processes);
            let at_the_end = ending.missing_file().filter(|_| own.any(Result::is_ok));
            let of_requests =
                || ending.requests.iter().find_map(|request| request.missing.as_deref());
            match at_the_end.or_else(of_requests) {
                Some(file) => Err(format!("the program reported success, and {file} is not there")),
                None => Ok(()),
            }
        })
        .judges_the_end()
        .expects(|ending| {
            ending.missing_file().map_or(Expected::Unsaid, |file| Expected::File(file.to_owned()))
        })
    }

    /// *Each request has exactly one outcome, with the code of its job*: one is reported, and no second one,
    /// before the program ends, unless its process was killed. If a job with one of its files was in ERROR, a
    /// failure has the code of that error or of a call that failed, unless an operator ended or changed the job.
    #[must_use]
    pub fn one_outcome() -> Self {
        let promise = "each request has exactly one outcome, with the code of its job";
        Self::new(promise, |ending| {
            // Of a job that another one ended or changed the program may not have seen the error.
            let codes_count = !ending.incidents.iter().any(is_of_operator);
            ending.requests.iter().try_for_each(|request| check_outcome(request, codes_count))
        })
        .judges_the_end()
    }

    /// *No job is left behind*: when the program has ended, no job of its user is in the queue, and no temporary
    /// file is beside its files. After a kill one further life, in which nothing goes wrong, may clean up.
    ///
    /// For a program that leaves its job to the next start on purpose there is [`no_growth`](Self::no_growth).
    #[must_use]
    pub fn no_orphans() -> Self {
        Self::new("no job is left behind", |ending| {
            match (ending.jobs_left.last(), ending.temporary_files) {
                (Some(1..), _) => Err(format!(
                    "the program ended and left {} of its jobs in the queue",
                    ending.jobs_left.last().unwrap_or(&0)
                )),
                (_, [file, ..]) => Err(format!("the program ended and left {file}, of no job")),
                (_, []) => Ok(()),
            }
        })
        .judges_the_end()
        .expects(|ending| match ending.jobs_left.last() {
            Some(1..) => Expected::NoJobs,
            _ => Expected::Unsaid,
        })
    }

    /// *The number of jobs does not grow from life to life*: of two further lives in which nothing goes wrong,
    /// the second leaves no more jobs in the queue than the first. It is judged after all others.
    #[must_use]
    pub fn no_growth() -> Self {
        let promise = "the number of jobs does not grow from life to life";
        let monitor = Self::new(promise, |ending| match ending.jobs_left {
            [.., first, second] if second > first => Err(format!(
                "two further lives, in which nothing went wrong, left {first} and {second} jobs"
            )),
            _ => Ok(()),
        });
        Self { judges_further_lives: true, ..monitor.judges_the_end() }
    }

    /// *No call is made that the state of the job forbids*: none is refused with `BG_E_INVALID_STATE`, unless
    /// another one ended or changed the job, as one of several programs may, or a reply was lost; none goes through a handle that is known to be
    /// dead since the service restarted, after a wait; and the program does not wait in a callback.
    #[must_use]
    pub fn legal_calls() -> Self {
        let promise = "no call is made that the state of the job forbids";
        Self::new(promise, |ending| {
            illegal_call(ending).map_or(Ok(()), |call| Err(call.to_string()))
        })
        .judges_the_end()
        .expects(|ending| match illegal_call(ending) {
            Some(IllegalCall::Refused(_)) => Expected::LegalCalls,
            Some(IllegalCall::DeadHandle(_) | IllegalCall::WaitInCallback) | None => {
                Expected::Unsaid
            }
        })
    }

    /// *Trouble that passes by itself leads to success*: BITS comes through it, and so the program neither
    /// fails nor falls back, nor does any of several.
    #[must_use]
    pub fn no_needless_failure() -> Self {
        Self::new("trouble that passes by itself leads to success", |ending| {
            if !ending.incidents.iter().all(|incident| incident.is_transient()) {
                return Ok(());
            }
            let gave_up = |outcome: &&RequestOutcome| !matches!(outcome, RequestOutcome::Success);
            let mut outcomes = ending.requests.iter().flat_map(|request| &request.outcomes);
            let mut errors = ending.results.iter().filter_map(|result| result.as_ref().err());
            match (outcomes.find(gave_up), errors.next()) {
                (Some(outcome), _) => Err(format!("the program reported {outcome}")),
                (None, Some(error)) => Err(format!("the program failed with: {error}")),
                (None, None) => Ok(()),
            }
        })
        .judges_the_end()
        .expects(|ending| match ending.results.iter().any(Result::is_err) {
            true => Expected::Success,
            // A request reported it, and the program ends well.
            false => Expected::Unsaid,
        })
    }
}

const fn is_of_operator(incident: &Incident) -> bool {
    matches!(
        incident,
        Incident::OperatorCancel | Incident::OperatorSuspend | Incident::OperatorResume
    )
}

/// The first call of a program that it should not have made.
fn illegal_call<'run>(ending: &Ending<'run>) -> Option<&'run IllegalCall> {
    let are_several = ending.results.len() > 1;
    let is_excused = are_several || ending.incidents.iter().any(excuses_refusal);
    ending.illegal_calls.iter().find(|call| match call {
        IllegalCall::Refused(_) => !is_excused,
        IllegalCall::DeadHandle(_) | IllegalCall::WaitInCallback => true,
    })
}

/// Whether a call may be refused after that incident through no fault of the program.
const fn excuses_refusal(incident: &Incident) -> bool {
    let is_lost = matches!(incident, Incident::ReplyLost(_));
    is_of_operator(incident) || is_lost || incident.ends_process()
}

fn check_outcome(request: &RequestRecord, codes_count: bool) -> Result<(), String> {
    let RequestRecord { files, outcomes, job_errors, call_errors, was_killed, .. } = request;
    let wanted = files.first().map_or("nothing", |(_, local)| local);
    let is_known = |code| job_errors.contains(code) || call_errors.contains(code);
    match (&**outcomes, job_errors.first()) {
        ([], _) if *was_killed => Ok(()),
        ([], _) => Err(format!("of the request for {wanted} nothing was reported")),
        ([RequestOutcome::Failure(code)], Some(error)) if codes_count && !is_known(code) => {
            Err(format!("failure with {code} was reported, and the error of its job was {error}"))
        }
        ([_], _) => Ok(()),
        ([first, second, ..], _) => {
            Err(format!("of the request for {wanted} {first} was reported, and then {second}"))
        }
    }
}
