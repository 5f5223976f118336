//! What random traces reach: otherwise the invariants that they show would hold of nothing.

use std::collections::BTreeSet;

use crate::common::*;
use crate::trace::{Step, plans};
use bits_emulator::JobState;
use bits_emulator::machine::{Deadline, Event, Input, Recipient, Success};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};

/// Everything that happened in that number of traces.
fn reached(traces: u32) -> BTreeSet<String> {
    // What is rare is not reached with every seed.
    let config = Config { rng_seed: RngSeed::Fixed(1), ..crate::cases::config(traces) };
    let mut runner = TestRunner::new(config);
    let strategy = plans::plans(plans::readings());
    let mut reached = BTreeSet::new();
    for _ in 0..traces {
        let plan = strategy.new_tree(&mut runner).unwrap().current();
        let mut failed = None;
        crate::trace::run(&plan, start(), |step| note(step, &mut failed, &mut reached));
    }
    reached
}

/// Notes what a step is, and what came of it.
fn note(step: &Step, failed: &mut Option<String>, reached: &mut BTreeSet<String>) {
    let outcome = match step.result {
        Ok(outcome) if outcome.was_ignored() => {
            reached.insert("ignored".to_owned());
            return;
        }
        Ok(outcome) => outcome,
        Err(error) => {
            reached.insert(format!("refused with {}", code_name(error.code())));
            return;
        }
    };
    let kind = kind(step);
    if let Some(told) = kind.strip_suffix(" started") {
        let again = failed.take().is_some_and(|failed| told.starts_with(&failed));
        reached.extend(again.then(|| format!("{told} again")));
    }
    if let Input::Event(Event::NotificationReturned(told, code)) = &step.input
        && !told.is_heard(*code)
    {
        *failed = Some(told.name().to_owned());
    }
    reached.insert(kind);
    if outcome.success != Success::Ok {
        reached.insert(format!("{:?}", outcome.success));
    }
    let mut from = step.before.state();
    for to in step.entered() {
        reached.insert(format!("{from} -> {to}"));
        from = to;
        if to.is_error() {
            reached.extend(step.after.error().map(|error| code_name(error.code())));
        }
    }
    reached.extend(outcome.effects.iter().map(|effect| {
        let text = format!("{effect:?}");
        text.split(' ').next().unwrap().to_owned()
    }));
}

fn kind(step: &Step) -> String {
    match &step.input {
        Input::Call(call) => call.method().to_string(),
        Input::CallBy(by, call) if by.user == step.before.owner() => call.method().to_string(),
        Input::CallBy(_, call) => format!("{} by another", call.method()),
        Input::Event(Event::NotificationStarted(told)) => {
            let mut due = step.before.due_notifications();
            let way = match due.find(|due| due.notification == *told).unwrap().recipient {
                Recipient::Callback => "callback",
                Recipient::ComClass(_) => "class",
                Recipient::CommandLine => "program",
            };
            format!("{} by {way} started", told.name())
        }
        Input::Event(event) => variant_of_event(event),
        Input::Deadline(deadline) => deadline.to_string(),
    }
}

#[track_caller]
fn holds(reached: &BTreeSet<String>, wanted: impl IntoIterator<Item = String>) {
    let missing: Vec<_> = wanted.into_iter().filter(|one| !reached.contains(one)).collect();
    assert!(missing.is_empty(), "{missing:?} never happens, but only {reached:#?}");
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split_whitespace().map(str::to_owned)
}

/// The state changes of T1 and T4, without those into final states.
const CHANGES: &str = "
    SUSPENDED -> QUEUED
    QUEUED -> CONNECTING, QUEUED -> SUSPENDED, QUEUED -> TRANSIENT_ERROR, QUEUED -> ERROR
    CONNECTING -> TRANSFERRING, CONNECTING -> QUEUED, CONNECTING -> SUSPENDED
    CONNECTING -> TRANSIENT_ERROR, CONNECTING -> ERROR
    TRANSFERRING -> TRANSFERRED, TRANSFERRING -> QUEUED, TRANSFERRING -> SUSPENDED
    TRANSFERRING -> TRANSIENT_ERROR, TRANSFERRING -> ERROR
    TRANSIENT_ERROR -> QUEUED, TRANSIENT_ERROR -> SUSPENDED, TRANSIENT_ERROR -> ERROR
    TRANSIENT_ERROR -> TRANSIENT_ERROR
    ERROR -> QUEUED, TRANSFERRED -> QUEUED, TRANSFERRED -> ERROR
    SUSPENDED -> ERROR
";

/// Every kind of notification by every way that it may take, and the repeats.
const TELLINGS: &str = "
    FileTransferred by callback started, FileTransferred by class started
    JobTransferred by callback started, JobTransferred by class started
    JobTransferred by program started, JobError by callback started
    JobError by class started, JobError by program started
    FileRangesTransferred by callback started, FileRangesTransferred by class started
    JobModification by callback started, JobModification by class started
    NotificationReturned, ProgramExited
    FileTransferred by callback again, JobTransferred by callback again
    JobError by callback again, JobError by program again
";

/// Errors that the job finds by itself.
const CODES: &str = "
    BG_E_NETWORK_DISCONNECTED BG_E_BLOCKED_BY_POLICY BG_E_BLOCKED_BY_COST_TRANSFER_POLICY
    BG_E_STANDBY_MODE BG_E_DESTINATION_LOCKED BG_E_TOKEN_REQUIRED BG_E_MAXDOWNLOAD_TIMEOUT
    BG_E_VALIDATION_FAILED BG_E_LOCAL_FILE_CHANGED BG_E_REMOTE_FILE_CHANGED BG_E_INVALID_RANGE
    BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED BG_E_INVALID_PROXY_INFO
    BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED BG_E_HTTP_ERROR_503
";

/// Refusals of all kinds.
const REFUSALS: &str = "
    BG_E_INVALID_STATE BG_E_EMPTY BG_E_READ_ONLY_WHEN_JOB_ACTIVE E_ACCESSDENIED E_NOTIMPL
    E_INVALIDARG BG_E_TOO_MANY_FILES BG_E_TOO_MANY_FILES_IN_JOB BG_E_TOO_MANY_RANGES_IN_FILE
    BG_E_OVERLAPPING_RANGES BG_E_STRING_TOO_LONG BG_E_READ_ONLY_PROPERTY_AFTER_RESUME
    BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD
    BG_E_RANDOM_ACCESS_NOT_SUPPORTED E_PENDING E_NOINTERFACE
";

fn phrases(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(['\n', ',']).map(|phrase| phrase.trim().to_owned()).filter(|one| !one.is_empty())
}

#[test]
fn the_traces_hold_everything_that_can_happen() {
    let reached = reached(3_000);
    let inputs = Input::examples().into_iter().filter_map(|input| match input {
        Input::Call(call) => Some(call.method().to_string()),
        Input::CallBy(_, call) => Some(format!("{} by another", call.method())),
        Input::Event(Event::NotificationStarted(_)) => None,
        Input::Event(event) => Some(variant_of_event(&event)),
        Input::Deadline(_) => None,
    });
    holds(&reached, inputs);
    holds(&reached, Deadline::ALL.iter().map(|deadline| deadline.to_string()));
    holds(&reached, phrases(CHANGES));
    holds(&reached, phrases(TELLINGS));
    holds(&reached, words(CODES));
    holds(&reached, words(REFUSALS).map(|code| format!("refused with {code}")));
    holds(&reached, words("Partial UnableToDeleteFiles NothingFound ignored"));
    holds(&reached, words("StartTransfer StopTransfer DeleteTemporaryFiles CancelUpload"));
    holds(&reached, words("CheckCertificate LeaveQueue"));
    for state in JobState::ALL.iter().filter(|state| !state.is_final()) {
        holds(&reached, [format!("{state} -> CANCELLED")]);
    }
}
