//! T1, cell by cell: which code a method returns in a state, and in which state the job is then.

use crate::common::*;
use bits_emulator::accounts::Token;
use bits_emulator::machine::{
    Call, Commit, Deletion, Directory, JobStateMachine, ValidationInterface,
};
use bits_emulator::readings::{Readings, ResumeTransferred, SuspendStopped};
use bits_emulator::settings::{FileAclFlags, HttpSecurityFlags, JobProperty};
use bits_emulator::{Error, HResult, JobState, JobType};

/// A cell is a code, then the next state if it is another. `IS` is BG_E_INVALID_STATE, `ACTIVE`
/// BG_E_READ_ONLY_WHEN_JOB_ACTIVE, `RESUMED` BG_E_READ_ONLY_PROPERTY_AFTER_RESUME, `-` a combination
/// that cannot be.
const DOWNLOADS: &str = "
    method                     | SUSPENDED         | QUEUED            | CONNECTING        | TRANSFERRING      | TRANSIENT_ERROR   | ERROR             | TRANSFERRED       | ACKNOWLEDGED | CANCELLED
    Resume                     | S_OK QUEUED       | S_OK              | S_OK              | S_OK              | S_OK QUEUED       | S_OK QUEUED       | S_OK              | IS           | IS
    Suspend                    | S_OK              | S_OK SUSPENDED    | S_OK SUSPENDED    | S_OK SUSPENDED    | S_OK SUSPENDED    | S_OK              | S_OK              | IS           | IS
    Cancel                     | S_OK CANCELLED    | S_OK CANCELLED    | S_OK CANCELLED    | S_OK CANCELLED    | S_OK CANCELLED    | S_OK CANCELLED    | S_OK CANCELLED    | IS           | IS
    Cancel, undeletable        | LEFT CANCELLED    | LEFT CANCELLED    | LEFT CANCELLED    | LEFT CANCELLED    | LEFT CANCELLED    | LEFT CANCELLED    | LEFT CANCELLED    | IS           | IS
    Complete                   | PART ACKNOWLEDGED | PART ACKNOWLEDGED | PART ACKNOWLEDGED | PART ACKNOWLEDGED | PART ACKNOWLEDGED | PART ACKNOWLEDGED | S_OK ACKNOWLEDGED | IS           | IS
    Complete, undeletable      | LEFT ACKNOWLEDGED | LEFT ACKNOWLEDGED | LEFT ACKNOWLEDGED | LEFT ACKNOWLEDGED | LEFT ACKNOWLEDGED | LEFT ACKNOWLEDGED | LEFT ACKNOWLEDGED | IS           | IS
    AddFile*                   | S_OK              | S_OK              | S_OK              | S_OK              | S_OK              | S_OK              | S_OK              | IS           | IS
    setters                    | S_OK              | S_OK              | S_OK              | S_OK              | S_OK              | S_OK              | S_OK              | IS           | IS
    Remove*, none set          | S_FALSE           | S_FALSE           | S_FALSE           | S_FALSE           | S_FALSE           | S_FALSE           | S_FALSE           | IS           | IS
    SetSecurityFlags, CRL on   | S_OK              | S_OK              | S_OK QUEUED       | S_OK QUEUED       | S_OK              | S_OK              | S_OK              | IS           | IS
    MakeCustomHeadersWriteOnly | S_OK              | S_OK              | S_OK              | S_OK              | S_OK              | S_OK              | S_OK              | S_OK         | S_OK
    SetHttpMethod              | S_OK              | RESUMED           | RESUMED           | RESUMED           | RESUMED           | RESUMED           | RESUMED           | IS           | IS
    TakeOwnership              | S_OK              | S_OK              | S_OK              | S_OK              | S_OK              | S_OK              | S_OK              | IS           | IS
    SetValidationState(false)  | E_PENDING         | E_PENDING         | E_PENDING         | E_PENDING         | E_PENDING         | E_PENDING         | S_OK ERROR        | IS           | IS
    SetFileACLFlags            | S_OK              | S_OK              | S_OK              | S_OK              | S_OK              | S_OK              | IS                | IS           | IS
    SetServerCertificate*      | S_OK              | ACTIVE            | ACTIVE            | ACTIVE            | ACTIVE            | S_OK              | S_OK              | IS           | IS
";

/// LIFE-28 counts for every setter, so also for one that the type of the job does not have.
const REPLY_METHODS_OF_OTHER_TYPES: &str = "
    method                     | SUSPENDED         | QUEUED            | CONNECTING        | TRANSFERRING      | TRANSIENT_ERROR   | ERROR             | TRANSFERRED       | ACKNOWLEDGED | CANCELLED
    SetReplyFileName           | E_NOTIMPL         | E_NOTIMPL         | E_NOTIMPL         | E_NOTIMPL         | E_NOTIMPL         | E_NOTIMPL         | E_NOTIMPL         | IS           | IS
";

const ALL_FILES_DONE: &str = "
    method                     | SUSPENDED         | QUEUED            | CONNECTING        | TRANSIENT_ERROR   | ERROR             | TRANSFERRED
    Complete                   | S_OK ACKNOWLEDGED | S_OK ACKNOWLEDGED | S_OK ACKNOWLEDGED | S_OK ACKNOWLEDGED | S_OK ACKNOWLEDGED | S_OK ACKNOWLEDGED
    Complete, undeletable      | LEFT ACKNOWLEDGED | LEFT ACKNOWLEDGED | LEFT ACKNOWLEDGED | LEFT ACKNOWLEDGED | LEFT ACKNOWLEDGED | LEFT ACKNOWLEDGED
";

const WITHOUT_FILES: &str = "
    method                     | SUSPENDED         | ACKNOWLEDGED | CANCELLED
    Resume                     | BG_E_EMPTY        | IS           | IS
    Suspend                    | S_OK              | IS           | IS
    Cancel                     | S_OK CANCELLED    | IS           | IS
    Complete                   | S_OK ACKNOWLEDGED | IS           | IS
    AddFile*                   | S_OK              | IS           | IS
    setters of the job         | S_OK              | IS           | IS
";

const FILES_ADDED: &str = "
    method                     | TRANSFERRED
    Resume                     | S_OK QUEUED
    Suspend                    | S_OK
    Cancel                     | S_OK CANCELLED
    Complete                   | PART ACKNOWLEDGED
    Complete, undeletable      | LEFT ACKNOWLEDGED
    AddFile*                   | S_OK
";

/// Uploads and upload-replies, where they differ from downloads.
const UPLOAD_KINDS: &str = "
    method                     | SUSPENDED           | QUEUED              | CONNECTING          | TRANSFERRING        | TRANSIENT_ERROR     | ERROR               | TRANSFERRED         | ACKNOWLEDGED | CANCELLED
    Complete                   | IS                  | IS                  | IS                  | IS                  | IS                  | IS                  | S_OK ACKNOWLEDGED   | IS           | IS
    Complete, rename fails     | IS                  | IS                  | IS                  | IS                  | IS                  | IS                  | -                   | IS           | IS
    AddFile                    | BG_E_TOO_MANY_FILES | BG_E_TOO_MANY_FILES | BG_E_TOO_MANY_FILES | BG_E_TOO_MANY_FILES | BG_E_TOO_MANY_FILES | BG_E_TOO_MANY_FILES | BG_E_TOO_MANY_FILES | IS           | IS
    AddFileSet                 | BG_E_TOO_MANY_FILES | BG_E_TOO_MANY_FILES | BG_E_TOO_MANY_FILES | BG_E_TOO_MANY_FILES | BG_E_TOO_MANY_FILES | BG_E_TOO_MANY_FILES | BG_E_TOO_MANY_FILES | IS           | IS
    AddFileWithRanges          | E_NOTIMPL           | E_NOTIMPL           | E_NOTIMPL           | E_NOTIMPL           | E_NOTIMPL           | E_NOTIMPL           | E_NOTIMPL           | IS           | IS
";

const REPLY_NOT_BEGUN: &str = "
    method                     | SUSPENDED | QUEUED | CONNECTING | TRANSFERRING | TRANSIENT_ERROR | ERROR | ACKNOWLEDGED | CANCELLED
    SetReplyFileName           | S_OK      | S_OK   | S_OK       | S_OK         | S_OK            | S_OK  | -            | IS
";

/// INV-54: it fails from then on, in SUSPENDED too.
const REPLY_BEGUN: &str = "
    method                     | SUSPENDED | QUEUED | CONNECTING | TRANSFERRING | TRANSIENT_ERROR | ERROR | TRANSFERRED | ACKNOWLEDGED | CANCELLED
    SetReplyFileName           | IS        | IS     | IS         | IS           | IS              | IS    | IS          | IS           | IS
";

fn calls_of(method: &str) -> Vec<Call> {
    let undeletable = Deletion::Incomplete;
    let denied = HResult::ERROR_SHARING_VIOLATION;
    let add = Call::add_file(file(1));
    let add_set = Call::add_file_set([file(1), file(2)]);
    let add_ranges = Call::add_file_with_ranges(file(1), [range(0, 10)]);
    match method {
        "Resume" => vec![Call::Resume],
        "Suspend" => vec![Call::Suspend],
        "Cancel" => vec![cancel()],
        "Cancel, undeletable" => vec![Call::Cancel(undeletable)],
        "Complete" => vec![complete()],
        "Complete, undeletable" => {
            vec![Call::Complete(Commit { deletion: undeletable, ..Commit::default() })]
        }
        "Complete, rename fails" => vec![rename_fails(denied)],
        "AddFile*" => vec![add, add_set, add_ranges],
        "AddFile" => vec![add],
        "AddFileSet" => vec![add_set],
        "AddFileWithRanges" => vec![add_ranges],
        "setters" => setters(),
        "setters of the job" => setters().into_iter().filter(|call| !renames(call)).collect(),
        "SetFileACLFlags" => vec![Call::SetFileAclFlags(FileAclFlags::OWNER)],
        "Remove*, none set" => removers(),
        "SetSecurityFlags, CRL on" => {
            vec![Call::SetSecurityFlags(HttpSecurityFlags::ENABLE_CRL_CHECK)]
        }
        "MakeCustomHeadersWriteOnly" => vec![Call::MakeCustomHeadersWriteOnly],
        "SetHttpMethod" => vec![Call::SetHttpMethod("POST".into())],
        "TakeOwnership" => vec![take_ownership()],
        "SetValidationState(false)" => vec![invalid(0)],
        "SetServerCertificate*" => [ValidationInterface::Callback, ValidationInterface::Null]
            .map(Call::SetServerCertificateValidationInterface)
            .to_vec(),
        "SetReplyFileName" => {
            let name = Some(r"C:\reply.bin".into());
            vec![Call::SetReplyFileName(name, Directory::Writable)]
        }
        other => panic!("no call for {other}"),
    }
}

fn renames(call: &Call) -> bool {
    matches!(call, Call::SetRemoteName(..) | Call::ReplaceRemotePrefix { .. })
}

fn rename_fails(code: HResult) -> Call {
    let failed = bits_emulator::machine::FailedRename { after: 0, code };
    Call::Complete(Commit { failed_rename: Some(failed), ..Commit::default() })
}

fn cell_code(name: &str) -> HResult {
    match name {
        "IS" => HResult::BG_E_INVALID_STATE,
        "ACTIVE" => HResult::BG_E_READ_ONLY_WHEN_JOB_ACTIVE,
        "RESUMED" => HResult::BG_E_READ_ONLY_PROPERTY_AFTER_RESUME,
        "PART" => HResult::BG_S_PARTIAL_COMPLETE,
        "LEFT" => HResult::BG_S_UNABLE_TO_DELETE_FILES,
        other => other.parse().unwrap(),
    }
}

/// Checks every cell of a table against jobs of its states.
fn check(table: &str, job_in: impl Fn(JobState) -> JobStateMachine) {
    let table = rows(table);
    let (head, body) = table.split_first().unwrap();
    let mut wrong = Vec::new();
    for (method, cells) in body {
        for (state, cell) in columns(&head.1).into_iter().zip(cells) {
            for call in calls_of(method).into_iter().filter(|_| cell != "-") {
                let mut job = job_in(state);
                assert_eq!(job.state(), state);
                let mut words = cell.split(' ');
                let code = cell_code(words.next().unwrap());
                let next = words.next().map_or(state, |next| next.parse().unwrap());
                let found = carry_out(&mut job, &call);
                if found != (code, next) {
                    wrong.push(format!("{call:?} in {state}: want {code} {next}, found {found:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The code of a call and the state after it. A refusal changes nothing and tells all. Who takes
/// ownership is an administrator (SEC-06), who else calls the owner.
fn carry_out(job: &mut JobStateMachine, call: &Call) -> (HResult, JobState) {
    let before = job.clone();
    let result = match call {
        Call::TakeOwnership(_) => job.call_by(&Token::administrator(500), call.clone(), at(1)),
        _ => job.call(call.clone(), at(1)),
    };
    match result {
        Ok(outcome) => (outcome.success.code(), job.state()),
        Err(error) => {
            assert_eq!(*job, before, "the refused {call:?} changed the job");
            assert_tells(&error, call, before.state());
            (error.code(), job.state())
        }
    }
}

/// The text of a refusal names the call, the state, the code and the rule, and where the state
/// is to blame, the states that would allow the call.
fn assert_tells(error: &Error, call: &Call, state: JobState) {
    let text = error.to_string();
    let holds = |part: &str| assert!(text.contains(part), "`{part}` is missing in: {text}");
    holds(call.method().name());
    holds(error.code().name().unwrap());
    holds(&error.rule().to_string());
    if let Error::InvalidState { state: told, allowed, .. }
    | Error::ReadOnlyWhenActive { state: told, allowed, .. } = error
    {
        assert_eq!(*told, state);
        assert!(!allowed.contains(state), "{text}");
        holds(&format!("in {state}"));
        match allowed.iter().count() {
            0 => holds("and no state that it can reach allows it"),
            _ => holds(&format!("only in {allowed}")),
        }
    }
}

/// T1, LIFE-05, LIFE-07, LIFE-09 to LIFE-17, LIFE-28, FILES-01, FILES-32, PROP-01, PROP-26,
/// DONE-02, DONE-06 PROP-16, PROP-22, HTTP-16, PROP-25, PROP-39, SEC-09, DONE-19, DONE-20
#[test]
fn methods_follow_the_table_for_a_download() {
    check(DOWNLOADS, download_in);
}

/// T1, DONE-04, DONE-05: while TRANSFERRING such a job is TRANSFERRED at once (LIFE-20).
#[test]
fn methods_follow_the_table_for_a_download_whose_files_are_all_done() {
    let readings = Readings { suspend_stopped: SuspendStopped::Suspends, ..Readings::documented() };
    check(ALL_FILES_DONE, |state| {
        let mut job = job_at(options_with(JobType::Download, readings), Transferred);
        if state != Transferred {
            call(&mut job, Call::Suspend, start());
            bring_to(&mut job, state, start());
        }
        job
    });
}

/// T1, LIFE-08: BG_E_EMPTY; DONE-04: Complete of nothing is S_OK.
#[test]
fn methods_follow_the_table_for_a_job_without_files() {
    for job_type in [JobType::Download, JobType::Upload, JobType::UploadReply] {
        if job_type != JobType::Download {
            let mut job = empty_job(job_type);
            assert_eq!(carry_out(&mut job, &Call::Resume), (HResult::BG_E_EMPTY, Suspended));
            continue;
        }
        check(WITHOUT_FILES, |state| {
            let mut job = empty_job(job_type);
            match state {
                Acknowledged => call(&mut job, complete(), start()),
                Cancelled => call(&mut job, cancel(), start()),
                _ => {}
            }
            job
        });
    }
}

/// T1, LIFE-11, FILES-14, under every reading of LIFE-11.
#[test]
fn methods_follow_the_table_for_a_transferred_download_with_added_files() {
    for reading in ResumeTransferred::ALL {
        let readings = Readings { resume_transferred: *reading, ..Readings::documented() };
        check(FILES_ADDED, |state| {
            let mut job = job_at(options_with(JobType::Download, readings), state);
            call(&mut job, Call::add_file(file(1)), start());
            job
        });
    }
}

/// T1, DONE-03, FILES-07, FILES-08, FILES-11, FILES-17, INV-45
#[test]
fn methods_follow_the_table_for_uploads_and_upload_replies() {
    for job_type in [JobType::Upload, JobType::UploadReply] {
        check(UPLOAD_KINDS, |state| job_in(job_type, state));
        let same = rows(DOWNLOADS);
        let same = [
            "Resume",
            "Suspend",
            "Cancel",
            "SetFileACLFlags",
            "SetServerCertificate*",
            "Remove*, none set",
            "MakeCustomHeadersWriteOnly",
            "SetHttpMethod",
            "TakeOwnership",
        ]
        .map(|method| row_text(same.iter().find(|row| row.0 == method).unwrap()));
        let head = row_text(&rows(DOWNLOADS)[0]);
        check(&format!("{head}\n{}", same.join("\n")), |state| job_in(job_type, state));
    }
}

fn row_text((method, cells): &(String, Vec<String>)) -> String {
    format!("{method}|{}", cells.join("|"))
}

/// T1
#[test]
fn setters_follow_the_table_for_uploads_and_upload_replies() {
    for job_type in [JobType::Upload, JobType::UploadReply] {
        for state in JobState::ALL.iter().copied() {
            for call in setters() {
                let expected = match &call {
                    _ if state.is_final() => HResult::BG_E_INVALID_STATE, // LIFE-28
                    // FILES-24, FILES-27: upload kinds have no remote name to change.
                    call if renames(call) => HResult::E_NOTIMPL,
                    // PROP-38, PROP-34
                    Call::SetProperty(JobProperty::OnDemandMode(_)) => {
                        HResult::BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY
                    }
                    _ => HResult::S_OK,
                };
                let mut job = job_in(job_type, state);
                let found = carry_out(&mut job, &call);
                assert_eq!(found, (expected, state), "{call:?} of {job_type} in {state}");
            }
        }
    }
}

/// T1, UPLOAD-09, UPLOAD-10, INV-54
#[test]
fn the_name_of_the_reply_can_be_set_until_the_reply_begins() {
    check(REPLY_NOT_BEGUN, |state| job_in(JobType::UploadReply, state));
    check(REPLY_BEGUN, reply_begun);
    for job_type in [JobType::Download, JobType::Upload] {
        check(REPLY_METHODS_OF_OTHER_TYPES, |state| job_in(job_type, state));
    }
}

/// T1, UPLOAD-11, UPLOAD-12
#[test]
fn the_reply_can_be_read_in_transferred_and_acknowledged() {
    for state in JobState::ALL.iter().copied() {
        let job = reply_begun(state);
        match state {
            Transferred | Acknowledged => assert_eq!(job.reply_data(), Ok(10)),
            _ => {
                let error = job.reply_data().unwrap_err();
                assert_eq!(error.code(), HResult::BG_E_INVALID_STATE, "in {state}");
                let text = error.to_string();
                assert!(text.contains("only in TRANSFERRED or ACKNOWLEDGED"), "{text}");
                assert!(text.contains("UPLOAD-11"), "{text}");
            }
        }
        for job_type in [JobType::Download, JobType::Upload] {
            let error = job_in(job_type, state).reply_data().unwrap_err();
            assert_eq!(error.code(), HResult::E_NOTIMPL, "{job_type} in {state}");
        }
    }
}

/// UPLOAD-12; UPLOAD-11: no reply is S_OK and nothing.
#[test]
fn a_reply_beyond_1_mb_is_too_large_to_return() {
    const MB: u64 = 1024 * 1024;
    for (size, expected) in [(0, Ok(0)), (MB, Ok(MB)), (MB + 1, Err(HResult::BG_E_TOO_LARGE))] {
        let mut job = job_in(JobType::UploadReply, Transferring);
        event(&mut job, bits_emulator::machine::Event::ReplyStarted(size), start());
        if job.state() == Transferring {
            event(&mut job, bits_emulator::machine::Event::FileTransferred, start());
        }
        assert_eq!(job.reply_data().map_err(|error| error.code()), expected);
        call(&mut job, complete(), start());
        assert_eq!(job.reply_data().map_err(|error| error.code()), expected);
    }
}

/// LIFE-14
#[test]
fn suspend_in_error_and_transferred_does_what_the_reading_says() {
    for (reading, in_error, in_transferred) in [
        (SuspendStopped::NoChange, JobState::Error, Transferred),
        (SuspendStopped::Suspends, Suspended, Suspended),
        (SuspendStopped::SuspendsError, Suspended, Transferred),
    ] {
        let readings = Readings { suspend_stopped: reading, ..Readings::documented() };
        for job_type in JobType::ALL {
            for (from, to) in [(JobState::Error, in_error), (Transferred, in_transferred)] {
                let mut job = job_at(options_with(*job_type, readings), from);
                assert_eq!(carry_out(&mut job, &Call::Suspend), (HResult::S_OK, to), "{reading}");
            }
        }
    }
    assert_eq!(SuspendStopped::ALL.len(), 3);
}

/// LIFE-11
#[test]
fn resume_in_transferred_with_nothing_new_does_what_the_reading_says() {
    for (reading, expected) in [
        (ResumeTransferred::Stays, (HResult::S_OK, Transferred)),
        (ResumeTransferred::Empty, (HResult::BG_E_EMPTY, Transferred)),
        (ResumeTransferred::Requeues, (HResult::S_OK, Queued)),
    ] {
        let readings = Readings { resume_transferred: reading, ..Readings::documented() };
        for job_type in JobType::ALL {
            let mut job = job_at(options_with(*job_type, readings), Transferred);
            assert_eq!(carry_out(&mut job, &Call::Resume), expected, "{reading}");
        }
    }
    assert_eq!(ResumeTransferred::ALL.len(), 3);
}
