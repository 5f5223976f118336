//! Whose job it is, and who may do what with it.

use crate::common::*;
use bits_emulator::accounts::{IntegrityLevel, Sid, Token};
use bits_emulator::machine::{
    Call, CallbackInterface, Event, Input, JobOptions, JobStateMachine, ValidationInterface,
};
use bits_emulator::policy::CostFlags;
use bits_emulator::rules::RuleId;
use bits_emulator::settings::{HelperTokenFlags, JobProperty};
use bits_emulator::{HResult, JobPriority, JobState, NotifyFlags};

const DENIED: HResult = HResult::E_ACCESSDENIED;

const ALICE: Token = Token::user(1001);
const BOB: Token = Token::user(1002);
/// Another administrator, elevated.
const CAROL: Token = Token::administrator(500);
/// The same account without elevation: an ordinary process.
const CAROL_BELOW: Token =
    Token { elevated: false, integrity: IntegrityLevel::Medium, ..Token::administrator(500) };

fn owned_by(owner: Token) -> JobStateMachine {
    new_job(JobOptions { owner, ..JobOptions::default() })
}

fn refused_to(job: &mut JobStateMachine, by: &Token, call: Call) -> bits_emulator::Error {
    let before = job.clone();
    let Err(error) = job.call_by(by, call.clone(), start()) else {
        panic!("{call:?} of {by:?} was accepted");
    };
    assert_eq!(*job, before, "the refused {call:?} changed the job");
    error
}

/// Whether a caller gets hold of the job.
fn reaches(job: &JobStateMachine, by: Token) -> bool {
    match job.access(&by) {
        Ok(()) => true,
        Err(error) => {
            assert_eq!(error.code(), DENIED, "{error}");
            false
        }
    }
}

/// SEC-01: also if somebody else changes it (SEC-03).
#[test]
fn the_creator_owns_the_job() {
    for owner in [ALICE, BOB, CAROL, Token::service(Sid::LocalSystem)] {
        let options = JobOptions { owner, ..JobOptions::default() };
        let mut job = JobStateMachine::create(Some("job".into()), options, start()).unwrap();
        assert_eq!(job.owner(), owner.user);
        call(&mut job, Call::add_file(file(0)), start());
        let administrator = Token { integrity: IntegrityLevel::System, ..CAROL };
        job.call_by(&administrator, Call::Resume, start()).unwrap();
        assert_eq!(job.owner(), owner.user);
    }
}

/// SEC-02, SEC-04: rows are owners, columns callers.
#[test]
fn owners_and_administrators_reach_a_job_and_nobody_else() {
    let elevated_alice = Token { elevated: true, integrity: IntegrityLevel::High, ..ALICE };
    let callers = [ALICE, elevated_alice, BOB, CAROL_BELOW, CAROL];
    for (owner, expected) in [
        (ALICE, [true, true, false, false, true]),
        // SEC-04: what was made elevated is reached elevated only, its owner included.
        (elevated_alice, [false, true, false, false, true]),
        (CAROL, [false, false, false, false, true]),
        (CAROL_BELOW, [false, false, false, true, true]),
    ] {
        let job = owned_by(owner);
        for (caller, expected) in callers.into_iter().zip(expected) {
            assert_eq!(reaches(&job, caller), expected, "{caller:?} at a job of {owner:?}");
        }
    }
    let denied = owned_by(ALICE).access(&BOB).unwrap_err();
    assert_eq!(Some(denied.rule()), RuleId::parse("SEC-02"));
    let denied = owned_by(CAROL).access(&CAROL_BELOW).unwrap_err();
    assert_eq!(Some(denied.rule()), RuleId::parse("SEC-04"));
}

/// SEC-04: elevated when it was taken over counts as well as elevated when it was created.
#[test]
fn a_job_that_was_taken_over_is_reached_elevated_only() {
    let mut job = owned_by(CAROL_BELOW);
    assert!(reaches(&job, CAROL_BELOW));
    job.call_by(&CAROL, take(), start()).unwrap();
    assert!(!reaches(&job, CAROL_BELOW) && reaches(&job, CAROL));
}

fn take() -> Call {
    Call::TakeOwnership(bits_emulator::machine::FileAccess::Granted)
}

/// The calls that an accepting state allows, of every kind that the job can be asked.
fn possible_calls(job: &JobStateMachine) -> Vec<Call> {
    let calls = Input::examples().into_iter().filter_map(|input| match input {
        Input::Call(call) => Some(call),
        _ => None,
    });
    calls.filter(|call| job.allows(call, start()).is_ok()).collect()
}

/// PROP-18, PROP-23: what only the owner may.
fn is_for_owner(call: &Call) -> bool {
    matches!(
        call,
        Call::SetCredentials(_)
            | Call::SetClientCertificate(..)
            | Call::RemoveClientCertificate
            | Call::SetCustomHeaders(_)
            | Call::SetHelperToken
    )
}

/// SEC-03, PROP-01: in every state; the owner stays the owner.
#[test]
fn an_administrator_changes_the_jobs_of_others() {
    for state in JobState::ALL.iter().copied().filter(|state| !state.is_final()) {
        let job = download_in(state);
        let calls: Vec<_> =
            possible_calls(&job).into_iter().filter(|call| !is_for_owner(call)).collect();
        assert!(calls.len() > 20, "{state}: {}", calls.len());
        for call in calls {
            let (mut by_owner, mut by_administrator) = (job.clone(), job.clone());
            // A failed rename, for instance, is the same failure (DONE-07).
            let expected = by_owner.call(call.clone(), start());
            let outcome = by_administrator.call_by(&CAROL, call.clone(), start());
            assert_eq!(outcome, expected, "{call:?} in {state}");
            assert_eq!(by_administrator.state(), by_owner.state(), "{call:?} in {state}");
            assert_eq!(by_administrator.owner(), ALICE.user, "{call:?} in {state}");
        }
    }
}

/// PROP-18, PROP-23, PROP-25: neither an administrator nor anybody else who holds an interface.
#[test]
fn secrets_belong_to_the_owner_alone() {
    let mut job = owned_by(ALICE);
    let calls: Vec<_> = possible_calls(&job)
        .into_iter()
        .filter(|call| is_for_owner(call) && !matches!(call, Call::RemoveClientCertificate))
        .collect();
    assert_eq!(calls.len(), 4, "{calls:?}");
    for by in [CAROL, Token::service(Sid::LocalSystem)] {
        for call in calls.clone() {
            assert_eq!(refused_to(&mut job, &by, call).code(), DENIED);
        }
    }
    call(&mut job, Call::SetCustomHeaders(Some("X-Key: 1\r\n".into())), start());
    assert_eq!(job.custom_headers(&ALICE), Ok(Some("X-Key: 1\r\n")));
    for by in [BOB, CAROL] {
        assert_eq!(job.custom_headers(&by).unwrap_err().code(), DENIED, "PROP-23");
    }
    call(&mut job, Call::MakeCustomHeadersWriteOnly, start());
    call(&mut job, Call::SetCustomHeaders(Some("X-Key: 2\r\n".into())), start());
    let hidden = job.custom_headers(&ALICE).unwrap_err();
    assert_eq!((hidden.code(), Some(hidden.rule())), (DENIED, RuleId::parse("PROP-25")));
    assert_eq!(job.request_headers().as_deref(), Some("X-Key: 2\r\n"), "they are still sent");
}

/// SEC-05: what a higher level made, a lower one cannot change, not even an administrator.
#[test]
fn a_lower_integrity_level_changes_nothing() {
    use IntegrityLevel::{High, Low, Medium, System};
    for owner in [Low, Medium, High, System] {
        for caller in [Low, Medium, High, System] {
            for by in [ALICE, CAROL] {
                let mut job = owned_by(Token { integrity: owner, ..ALICE });
                let by = Token { integrity: caller, ..by };
                let result = job.call_by(&by, Call::SetPriority(JobPriority::Low), start());
                assert_eq!(result.is_ok(), caller >= owner, "{by:?} at a job of {owner}");
                if let Err(error) = result {
                    assert_eq!(error.code(), DENIED);
                    assert_eq!(Some(error.rule()), RuleId::parse("SEC-05"));
                }
            }
        }
    }
    let sandboxed = Token { integrity: Low, ..ALICE };
    let mut job = owned_by(ALICE);
    for call in possible_calls(&job) {
        assert_eq!(refused_to(&mut job, &sandboxed, call).code(), DENIED);
    }
}

/// CREATE-16
#[test]
fn restricted_tokens_neither_create_nor_change_jobs() {
    for owner in [ALICE, CAROL] {
        let by = Token { restricted: true, ..owner };
        let options = JobOptions { owner: by, ..JobOptions::default() };
        let denied = JobStateMachine::create(Some("job".into()), options, start()).unwrap_err();
        assert_eq!((denied.code(), Some(denied.rule())), (DENIED, RuleId::parse("CREATE-16")));

        let mut job = owned_by(owner);
        for call in possible_calls(&job) {
            let denied = refused_to(&mut job, &by, call);
            assert_eq!((denied.code(), Some(denied.rule())), (DENIED, RuleId::parse("CREATE-16")));
        }
    }
}

/// SEC-11: rights are looked at when an interface is asked for. One that was got before serves on,
/// though its holder would not get it again.
#[test]
fn an_interface_stays_usable() {
    let mut job = owned_by(ALICE);
    assert!(reaches(&job, ALICE));
    job.call_by(&CAROL, take(), start()).unwrap();
    assert!(!reaches(&job, ALICE));
    job.call_by(&ALICE, Call::SetPriority(JobPriority::High), start()).unwrap();
    assert_eq!(job.priority(), JobPriority::High);
    job.call_by(&ALICE, cancel(), start()).unwrap();
    assert_eq!(job.state(), Cancelled);
}

/// SEC-12: the flags and the token are two things; clearing the one keeps the other.
#[test]
fn a_helper_token_is_used_for_what_its_flags_say() {
    let mut job = owned_by(ALICE);
    assert_eq!((job.helper_token_flags(), job.helper_token_sid()), Default::default());
    for bits in [1, 2, 3] {
        let flags = HelperTokenFlags::from_bits(bits).unwrap();
        call(&mut job, Call::SetHelperTokenFlags(flags), start());
        call(&mut job, Call::SetHelperToken, start());
        assert_eq!((job.helper_token_flags(), job.helper_token_sid()), (flags, Some(ALICE.user)));
        call(&mut job, Call::ClearHelperToken, start());
        assert_eq!((job.helper_token_flags(), job.helper_token_sid()), (flags, None));
    }
    call(&mut job, Call::SetHelperTokenFlags(HelperTokenFlags::empty()), start());
    assert_eq!(job.helper_token_flags(), HelperTokenFlags::empty());
    assert_eq!(HelperTokenFlags::LOCAL_FILE.bits(), 1);
    assert_eq!(HelperTokenFlags::NETWORK.bits(), 2);
}

/// SEC-12: since Windows 10 1607 the jobs of other users take tokens too, but no administrator's.
#[test]
fn whose_helper_token_a_job_takes() {
    for (owner, by, taken) in
        [(ALICE, ALICE, true), (ALICE, BOB, true), (ALICE, CAROL, false), (CAROL, CAROL, true)]
    {
        let mut job = owned_by(owner);
        let result = job.call_by(&by, Call::SetHelperToken, start());
        assert_eq!(result.map_err(|error| error.code()).err(), (!taken).then_some(DENIED));
        assert_eq!(job.helper_token_sid(), taken.then_some(by.user), "{by:?} for {owner:?}");
    }
}

/// LIFE-25: an ERROR job is mended by whatever was wrong with it, and goes on with Resume. The rule's
/// list is not a closed one.
#[test]
fn a_failed_job_is_reconfigured_and_resumed() {
    let settings = [
        Call::SetHelperToken,
        Call::SetHelperTokenFlags(HelperTokenFlags::empty()),
        Call::SetNotifyFlags(NotifyFlags::JOB_ERROR),
        Call::SetNotifyInterface(Some(CallbackInterface::Callback)),
        Call::SetProperty(JobProperty::CostFlags(CostFlags::TRANSFER_NOT_ROAMING)),
        Call::SetServerCertificateValidationInterface(ValidationInterface::Callback),
    ];
    let examples = possible_calls(&download_in(JobState::Error)).into_iter().filter(|call| {
        matches!(
            call,
            Call::SetRemoteName(..)
                | Call::ReplaceRemotePrefix { .. }
                | Call::SetCredentials(_)
                | Call::SetPriority(_)
                | Call::SetProxySettings(_)
                | Call::SetClientCertificate(..)
        )
    });
    let examples: Vec<_> = examples.chain(settings).collect();
    assert_eq!(examples.len(), 12, "{examples:?}");
    for setting in examples {
        let mut job = download_in(JobState::Error);
        call(&mut job, setting.clone(), start());
        assert_eq!(job.state(), JobState::Error, "{setting:?} alone resumes nothing");
        assert_eq!(get_error(&job), HResult::BG_E_HTTP_ERROR_404, "ERR-02");
        call(&mut job, Call::Resume, start());
        assert_eq!(job.state(), Queued, "{setting:?}");
        event(&mut job, Event::Picked, start());
        assert_eq!(job.state(), Connecting, "{setting:?}");
    }
}
