//! Every result code of every method that one job shows: each code that is documented, or follows
//! from a rule, is returned by a call here, or stands among those that cannot arise, with the reason.

mod case;
mod documented;
mod files_and_errors;
mod http_options;
mod job;
mod job_setters;
mod later_jobs;

use std::collections::BTreeSet;

use crate::common::*;
use bits_emulator::accounts::Token;
use bits_emulator::machine::Input;
use bits_emulator::{HResult, JobState, JobType};
use case::Case;
use documented::{CANNOT_ARISE, documented};

/// A method of an interface, such as `Job::AddFile`, and a code.
type Code = (String, HResult);

fn cases() -> Vec<Case> {
    let mut cases = job::cases();
    cases.extend(job_setters::cases());
    cases.extend(later_jobs::cases());
    cases.extend(http_options::cases());
    cases.extend(files_and_errors::cases());
    cases
}

fn cannot_arise() -> BTreeSet<Code> {
    let codes = CANNOT_ARISE.iter().flat_map(|(methods, code, _)| {
        methods.split_whitespace().map(|method| (method.to_owned(), *code))
    });
    codes.collect()
}

fn produced() -> BTreeSet<Code> {
    cases().iter().map(|case| (case.method.to_owned(), case.code)).collect()
}

fn missing_from(all: &BTreeSet<Code>, found: &BTreeSet<Code>) -> Vec<String> {
    all.difference(found).map(|(method, code)| format!("{method} {code}")).collect()
}

/// The rules of the columns "refusal" too: LIFE-28 for codes of final states, FILES-17, FILES-24,
/// FILES-27 and PROGRESS-09 for other types, ERR-33 for codes of the system.
#[test]
fn every_documented_code_is_returned_or_cannot_arise() {
    let mut covered = produced();
    covered.extend(cannot_arise());
    assert_eq!(missing_from(&documented(), &covered), Vec::<String>::new(), "not returned");
    assert_eq!(missing_from(&covered, &documented()), Vec::<String>::new(), "not documented");
}

#[test]
fn what_cannot_arise_is_returned_nowhere_and_has_a_reason() {
    let both: Vec<_> = produced().intersection(&cannot_arise()).cloned().collect();
    assert_eq!(both, []);
    for (methods, code, reason) in CANNOT_ARISE {
        assert!(!methods.trim().is_empty() && reason.len() > 20, "{code}: {reason}");
    }
}

#[test]
fn each_call_returns_its_code() {
    let wrong = |case: &Case| {
        let returned = (case.run)();
        let differs = returned != case.code;
        differs.then(|| format!("{} returned {returned}, not {}", case.method, case.code))
    };
    let wrong: Vec<_> = cases().iter().filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// No call returns a code that its method is not documented to return, whoever makes it and whatever
/// state the job is in. Rights are checked before anything else, so that every method may return
/// `E_ACCESSDENIED` (SEC-05, CREATE-16), and every setter `BG_E_INVALID_STATE` (LIFE-28).
#[test]
fn no_call_returns_another_code() {
    let documented = documented();
    let known = |method: &str, code: HResult| {
        let suffix = format!("::{method}");
        documented.iter().any(|(name, known)| name.ends_with(&suffix) && *known == code)
    };
    let everywhere = [HResult::BG_E_INVALID_STATE, HResult::E_ACCESSDENIED];
    let callers = [Token::default(), Token::user(1002), Token::administrator(500)];
    for job_type in JobType::ALL {
        for state in JobState::ALL {
            let job = job_in(*job_type, *state);
            for call in Input::examples() {
                let Input::Call(call) = call else { continue };
                for caller in &callers {
                    let result = job.clone().call_by(caller, call.clone(), start());
                    let code = result.map_or_else(|error| error.code(), |out| out.success.code());
                    let method = call.method();
                    assert!(
                        known(method.name(), code) || everywhere.contains(&code),
                        "{method} of {job_type} in {state} returned {code}"
                    );
                }
            }
        }
    }
}
