//! A call, and what it returns.

use bits_emulator::accounts::Token;
use bits_emulator::codes::UnknownValue;
use bits_emulator::machine::{Call, JobOptions, JobStateMachine};
use bits_emulator::{Error, HResult, JobType};

use crate::common::*;

/// A method, and a call of it that returns the code.
pub(crate) struct Case {
    pub(crate) method: &'static str,
    pub(crate) code: HResult,
    pub(crate) run: Box<dyn Fn() -> HResult>,
}

pub(crate) fn case(
    method: &'static str,
    code: HResult,
    run: impl Fn() -> HResult + 'static,
) -> Case {
    Case { method, code, run: Box::new(run) }
}

/// A getter whose value is right.
pub(crate) fn getter(method: &'static str, is_right: fn() -> bool) -> Case {
    case(method, HResult::S_OK, move || {
        assert!(is_right(), "{method}");
        HResult::S_OK
    })
}

/// A call that a new download of one file accepts, and no job in a final state.
pub(crate) fn setter(method: &'static str, call: Call) -> [Case; 2] {
    setter_of(JobType::Download, method, call)
}

pub(crate) fn setter_of(job_type: JobType, method: &'static str, call: Call) -> [Case; 2] {
    let again = call.clone();
    [
        case(method, HResult::S_OK, move || by_owner(job_in(job_type, Suspended), call.clone())),
        case(method, HResult::BG_E_INVALID_STATE, move || finally(job_type, &again)),
    ]
}

/// What a call of the owner returns. A refused one must change nothing.
pub(crate) fn by_owner(job: JobStateMachine, call: Call) -> HResult {
    let owner = token_of(&job);
    by(&owner, job, call)
}

/// What a call returns to that caller.
pub(crate) fn by(caller: &Token, mut job: JobStateMachine, call: Call) -> HResult {
    let before = job.clone();
    match job.call_by(caller, call, start()) {
        Ok(outcome) => outcome.success.code(),
        Err(error) => {
            // DONE-07: only a failed rename leaves something behind.
            let renamed = matches!(error, Error::RenameFailed { .. });
            assert!(renamed || job == before, "{error}: the refused call changed the job");
            error.code()
        }
    }
}

/// The job of a default owner belongs to the default token.
fn token_of(job: &JobStateMachine) -> Token {
    let owner = JobOptions::default().owner;
    assert_eq!(job.owner(), owner.user);
    owner
}

/// What a call returns in both final states, the same in both.
pub(crate) fn finally(job_type: JobType, call: &Call) -> HResult {
    let [acknowledged, cancelled] =
        [Acknowledged, Cancelled].map(|state| by_owner(job_in(job_type, state), call.clone()));
    assert_eq!(acknowledged, cancelled, "{call:?}");
    acknowledged
}

/// What a call returns to the owner of a new download of one file.
pub(crate) fn at_once(call: Call) -> HResult {
    by_owner(download_in(Suspended), call)
}

/// What a method returned.
pub(crate) fn code_of<T>(result: Result<T, Error>) -> HResult {
    result.map_or_else(|error| error.code(), |_| HResult::S_OK)
}

/// What a method returns to a number that its enumeration does not define.
pub(crate) fn unknown<T>(result: Result<T, UnknownValue>) -> HResult {
    match result {
        Ok(_) => HResult::S_OK,
        Err(unknown) => unknown.code,
    }
}
