//! Every input in every state, and the table of transitions, as reviewed snapshots.

use crate::common::*;
use bits_emulator::machine::{
    Call, CallbackInterface, Commit, Deadline, Guard, Input, JobStateMachine, Success, TRANSITIONS,
    Transition, TransitionAction, Trigger, transitions_on,
};
use bits_emulator::{Error, JobState, JobType, NotifyFlags};
use chrono::{DateTime, Utc};

/// What an input does to a job: `.` ignored, `=` the state stays, `-> STATE` it changes, or the
/// code that the call returned.
fn cell(job: &mut JobStateMachine, input: &Input) -> String {
    let now = instant_of(job, input);
    match job.apply(input.clone(), now) {
        Err(error) => code_name(error.code()).replace("BG_E_", ""),
        Ok(outcome) if outcome.was_ignored() => ".".to_owned(),
        Ok(outcome) => {
            let mut parts: Vec<_> =
                outcome.entered.iter().map(|state| format!("-> {state}")).collect();
            if parts.is_empty() {
                parts.push("=".to_owned());
            }
            match outcome.success {
                Success::Ok => {}
                Success::Partial => parts.push("(partial)".to_owned()),
                Success::UnableToDeleteFiles => parts.push("(undeletable)".to_owned()),
                Success::NothingFound => parts.push("(nothing found)".to_owned()),
            }
            parts.join(" ")
        }
    }
}

/// When the input is tried: deadlines at their time.
fn instant_of(job: &JobStateMachine, input: &Input) -> DateTime<Utc> {
    match (input, job.next_deadline()) {
        (Input::Deadline(wanted), Some((at, next))) if *wanted == next => at,
        _ => at(1),
    }
}

fn table(rows: &[Vec<String>]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap();
    let widths: Vec<_> = (0..rows[0].len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join(" | ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The states in the order of T1.
const STATES: [JobState; 9] = [
    Suspended,
    Queued,
    Connecting,
    Transferring,
    TransientError,
    JobState::Error,
    Transferred,
    Acknowledged,
    Cancelled,
];

fn matrix(job_type: JobType) -> String {
    let states = STATES.into_iter();
    let head = std::iter::once(job_type.to_string()).chain(states.clone().map(|s| s.to_string()));
    let mut rows = vec![head.collect::<Vec<_>>()];
    for input in Input::examples() {
        let cells = states.clone().map(|state| cell(&mut job_in(job_type, state), &input));
        rows.push(std::iter::once(describe(&input)).chain(cells).collect());
    }
    table(&rows)
}

/// T1, T4
#[test]
fn matrix_of_a_download() {
    insta::assert_snapshot!(matrix(JobType::Download));
}

/// T1, T4, DONE-03
#[test]
fn matrix_of_an_upload() {
    insta::assert_snapshot!(matrix(JobType::Upload));
}

/// T1, T4, UPLOAD-05
#[test]
fn matrix_of_an_upload_reply() {
    insta::assert_snapshot!(matrix(JobType::UploadReply));
}

/// What concerns notifications, of a download whose client hears of everything.
fn matrix_of_notifications() -> String {
    let heard = |state| {
        let mut job = job_in(JobType::Download, Suspended);
        let all = NotifyFlags::all().difference(NotifyFlags::DISABLE);
        call(&mut job, Call::SetNotifyFlags(all), start());
        call(&mut job, Call::SetNotifyInterface(Some(CallbackInterface::Callback3)), start());
        call(&mut job, Call::set_notify_cmd_line(r"C:\app\done.exe", None), start());
        bring_to(&mut job, state, start());
        job
    };
    let concerns = |input: &Input| match input {
        Input::Call(call) => call.method().name().starts_with("SetNotify"),
        Input::Event(event) => format!("{event:?}").contains("Notification"),
        Input::Deadline(_) | Input::CallBy(..) => false,
    };
    let due = |state| {
        let names = heard(state).due_notifications().map(|due| due.notification.name());
        names.collect::<Vec<_>>().join(" ")
    };
    let states = STATES.into_iter();
    let head = std::iter::once("heard".to_owned()).chain(states.clone().map(|s| s.to_string()));
    let told = std::iter::once("due".to_owned()).chain(states.clone().map(due));
    let mut rows = vec![head.collect::<Vec<_>>(), told.collect()];
    for input in Input::examples().into_iter().filter(concerns) {
        let cells = states.clone().map(|state| cell(&mut heard(state), &input));
        rows.push(std::iter::once(describe(&input)).chain(cells).collect());
    }
    table(&rows)
}

/// NOTIFY-04 to NOTIFY-08: FileTransferred comes first.
#[test]
fn matrix_of_the_notifications_of_a_download() {
    insta::assert_snapshot!(matrix_of_notifications());
}

#[test]
fn the_table_of_transitions() {
    let line = |row: &Transition| {
        let then = match row.then {
            TransitionAction::To(state) => format!("-> {state}"),
            TransitionAction::Stay => "=".to_owned(),
            TransitionAction::Refuse(code) => code_name(code),
        };
        let states: Vec<_> = row.from.iter().map(|state| state.to_string()).collect();
        let rules: Vec<_> = row.rules.iter().map(ToString::to_string).collect();
        vec![row.on.to_string(), states.join(" "), row.when.to_string(), then, rules.join(" ")]
    };
    insta::assert_snapshot!(table(&TRANSITIONS.iter().map(line).collect::<Vec<_>>()));
}

/// The triggers that are calls of a client.
fn call_triggers() -> impl Iterator<Item = Trigger> {
    use Trigger::*;
    [
        Resume,
        Suspend,
        Cancel,
        Complete,
        CompleteRenameFailed,
        AddFile,
        Set,
        SetFileAclFlags,
        SetReplyFileName,
        GetReplyData,
        CheckSwitchedOn,
        ValidationFailed,
        MakeCustomHeadersWriteOnly,
        SetCertificateCallback,
    ]
    .into_iter()
}

/// T1: the last row that holds a state has no condition, so that none is left without answer.
#[test]
fn every_call_has_an_answer_in_every_state() {
    for trigger in call_triggers() {
        for state in JobState::ALL.iter().copied() {
            let mut rows = transitions_on(trigger).iter().filter(|row| row.from.contains(state));
            let last = rows.next_back().unwrap_or_else(|| panic!("{trigger} in {state}"));
            assert_eq!(last.when, Guard::Always, "{trigger} in {state}");
        }
    }
}

#[test]
fn no_row_is_hidden_behind_an_unconditional_one() {
    for trigger in Trigger::ALL {
        let rows = transitions_on(*trigger);
        for (place, row) in rows.iter().enumerate() {
            let before = &rows[..place];
            let hides = |state: JobState| {
                before.iter().any(|row| row.when == Guard::Always && row.from.contains(state))
            };
            assert!(row.from.iter().any(|state| !hides(state)), "{row:?} never applies");
        }
    }
}

#[test]
fn events_are_never_refused_and_every_row_names_its_rules() {
    for row in TRANSITIONS {
        assert!(!row.rules.is_empty(), "{row:?}");
        let is_call = call_triggers().any(|trigger| trigger == row.on);
        assert!(is_call || !matches!(row.then, TransitionAction::Refuse(_)), "{row:?}");
    }
}

/// LIFE-04, LIFE-15, INV-02
#[test]
fn no_row_leaves_a_final_state() {
    for row in TRANSITIONS {
        for state in [Acknowledged, Cancelled] {
            let leaves = row.from.contains(state) && matches!(row.then, TransitionAction::To(_));
            assert!(!leaves, "{row:?}");
        }
    }
}

#[test]
fn what_is_enabled_is_what_apply_carries_out() {
    for job_type in JobType::ALL {
        for state in JobState::ALL.iter().copied() {
            let job = job_in(*job_type, state);
            for input in Input::examples() {
                let now = instant_of(&job, &input);
                let mut after = job.clone();
                let result = after.apply(input.clone(), now);
                let happened = match result {
                    Ok(outcome) => !outcome.was_ignored(),
                    // DONE-07: it is carried out as far as the disk allows.
                    Err(error) => matches!(error, Error::RenameFailed { .. }),
                };
                assert_eq!(job.is_enabled(&input, now), happened, "{input:?} in {state}");
                assert!(happened || after == job, "{input:?} changed a job in {state}");
                let listed = job.enabled(now).any(|enabled| enabled == input);
                assert_eq!(listed, happened, "{input:?} in {state}");
            }
        }
    }
}

/// FILES-11: the same checks, in the same order.
#[test]
fn an_allowed_call_is_one_that_succeeds() {
    for job_type in JobType::ALL {
        for state in JobState::ALL.iter().copied() {
            for input in Input::examples() {
                let Input::Call(call) = input else { continue };
                if matches!(call, Call::Complete(Commit { failed_rename: Some(_), .. })) {
                    continue;
                }
                let mut job = job_in(*job_type, state);
                let allowed = job.allows(&call, at(1));
                assert_eq!(allowed, job.call(call, at(1)).map(|_| ()));
            }
        }
    }
}

#[test]
fn the_examples_hold_every_kind_of_input() {
    // So that neither matrix nor random traces overlook one.
    let examples = Input::examples();
    let kinds: Vec<_> = examples
        .iter()
        .map(|input| match input {
            Input::Call(call) => format!("{}", call.method()),
            Input::CallBy(_, call) => format!("{} by another", call.method()),
            Input::Event(event) => variant_of_event(event),
            Input::Deadline(deadline) => format!("{deadline}"),
        })
        .collect();
    for kind in [
        "Resume",
        "Suspend",
        "Cancel",
        "Complete",
        "AddFile",
        "AddFileSet",
        "AddFileWithRanges",
        "SetPriority",
        "SetMinimumRetryDelay",
        "SetNoProgressTimeout",
        "SetMaximumDownloadTime",
        "SetFileACLFlags",
        "SetReplyFileName",
        "SetHelperTokenFlags",
        "SetHelperToken",
        "ClearHelperToken",
        "SetProperty",
        "SetDisplayName",
        "SetDescription",
        "SetNotifyFlags",
        "SetNotifyInterface",
        "SetNotifyCmdLine",
        "SetProxySettings",
        "SetCredentials",
        "RemoveCredentials",
        "SetClientCertificateByID",
        "RemoveClientCertificate",
        "SetCustomHeaders",
        "MakeCustomHeadersWriteOnly",
        "SetSecurityFlags",
        "SetHttpMethod",
        "SetPeerCachingFlags",
        "SetRemoteName",
        "ReplaceRemotePrefix",
        "SetValidationState",
        "RequestFileRanges",
        "UpdateDownloadPosition",
        "Resume by another",
        "TakeOwnership by another",
        "SetServerCertificateValidationInterface",
        "Picked",
        "Connected",
        "SizeKnown",
        "Progressed",
        "FileTransferred",
        "ReplyStarted",
        "Failed",
        "Redirected",
        "HeadersReceived",
        "FileChanged",
        "SessionLost",
        "CertificateReceived",
        "CertificateChecked",
        "SliceOver",
        "NetworkLost",
        "NetworkRestored",
        "NetworkCost",
        "VolumeLocked",
        "VolumeUnlocked",
        "Blocked",
        "Unblocked",
        "OwnerLoggedOff",
        "OwnerLoggedOn",
        "NotificationStarted",
        "NotificationReturned",
        "ProgramExited",
        "ClientExited",
        "CallbackLost",
        "CertificateCallbackLost",
        "ServiceRestarted",
        "ClockChanged",
        "UploadCancelled",
    ] {
        assert!(kinds.iter().any(|known| known == kind), "no example of {kind}");
    }
    for deadline in Deadline::ALL {
        assert!(kinds.contains(&deadline.to_string()), "no example of {deadline}");
    }
}
