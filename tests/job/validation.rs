//! Temporary files, and what the client says of their content.

use crate::common::*;
use bits_emulator::machine::{
    Call, Commit, ComputerEvent, Effect, Event, FailedRename, FileIndex, JobStateMachine,
    TransferItem,
};
use bits_emulator::{ErrorContext, FileInfo, HResult, JobState, JobType};

const FIRST: FileIndex = FileIndex(0);
const SECOND: FileIndex = FileIndex(1);

fn valid(file: FileIndex) -> Call {
    Call::SetValidationState(file, true)
}

fn invalid(file: FileIndex) -> Call {
    Call::SetValidationState(file, false)
}

fn bytes(job: &JobStateMachine, file: FileIndex) -> u64 {
    job.file_progress(file).unwrap().bytes_transferred
}

/// A download of two files in that state: the first is there, and 40 of 100 bytes of the second; in
/// TRANSFERRED, and after, both are.
#[track_caller]
fn halfway(state: JobState) -> JobStateMachine {
    let mut job = new_job(options(JobType::Download));
    call(&mut job, Call::add_file(file(1)), start());
    bring_to(&mut job, Transferring, start());
    event(&mut job, Event::SizeKnown(100), start());
    event(&mut job, Event::FileTransferred, start());
    event(&mut job, Event::SizeKnown(100), start());
    event(&mut job, Event::Progressed(40), start());
    match state {
        Transferred | Acknowledged => {
            event(&mut job, Event::FileTransferred, start());
            if state == Acknowledged {
                call(&mut job, complete(), start());
            }
        }
        other => leave_transferring(&mut job, other, start()),
    }
    assert_eq!(job.state(), state);
    job
}

fn not_final() -> impl Iterator<Item = JobState> {
    JobState::ALL.iter().copied().filter(|state| !state.is_final())
}

/// DONE-01, DONE-18: each download has a temporary file of its own beside its destination, under a
/// name that stays, and `Complete` renames it.
#[test]
fn temporary_files_lie_beside_their_destinations() {
    let mut job = empty_job(JobType::Download);
    for local in [r"C:\data\a.bin", r"C:\data\b.bin", r"D:\other\deep\c.bin"] {
        let info = FileInfo::new("https://example.com/x", local);
        call(&mut job, Call::add_file(info), start());
    }
    let temporary_names = |job: &JobStateMachine| -> Vec<String> {
        (0..3).map(|file| job.temporary_name(FileIndex(file)).unwrap()).collect()
    };
    let names = temporary_names(&job);
    for (name, folder) in names.iter().zip([r"C:\data\", r"C:\data\", r"D:\other\deep\"]) {
        let rest = name.strip_prefix(folder).expect("beside the destination");
        assert!(!rest.is_empty() && !rest.contains('\\') && !rest.ends_with(".bin"), "{name}");
    }
    assert_ne!(names[0], names[1]);
    assert_eq!(job.renames().count(), 0);

    bring_to(&mut job, Transferring, start());
    event(&mut job, Event::FileTransferred, start());
    event(&mut job, ComputerEvent::ServiceRestarted, start());
    assert_eq!(temporary_names(&job), names);
    assert_eq!(job.renames().collect::<Vec<_>>(), [TransferItem::File(FIRST)]);
    assert!(!job.file_progress(FIRST).unwrap().completed, "not available yet");
    call(&mut job, complete(), start());
    assert!(job.file_progress(FIRST).unwrap().completed);
    assert_eq!(job.temporary_name(FileIndex(3)), None);
}

/// DONE-01: uploads have none.
#[test]
fn uploads_have_no_temporary_file() {
    for job_type in [JobType::Upload, JobType::UploadReply] {
        assert_eq!(job_in(job_type, Transferring).temporary_name(FIRST), None);
    }
}

/// DONE-18: who opens the temporary file before the transfer begins makes the job wait.
#[test]
fn an_early_open_is_a_transient_error() {
    let mut job = download_in(Connecting);
    event(&mut job, failed_with(HResult::ERROR_SHARING_VIOLATION), start());
    let error = job.error().unwrap();
    assert_eq!((job.state(), error.context()), (TransientError, ErrorContext::LocalFile));
    assert_eq!(run_deadlines(&mut job, at(600)), [Queued]);
}

/// DONE-18: the temporary file ends with the inactivity timeout, which nobody else tells the disk.
#[test]
fn the_inactivity_timeout_deletes_temporary_files() {
    for state in not_final() {
        let mut job = halfway(state);
        let mut deleted = false;
        // Other clocks act before.
        for _ in 0..20 {
            let Some((at, _)) = job.next_deadline() else { break };
            let outcome = job.handle_deadline(at);
            deleted |= outcome.effects.contains(Effect::DeleteTemporaryFiles);
        }
        assert_eq!((job.state(), deleted), (Cancelled, true), "{state}");
    }
}

/// DONE-19: nobody can judge a file that is not there yet.
#[test]
fn an_unfinished_file_is_pending() {
    for state in not_final().filter(|state| *state != Transferred) {
        for verdict in [valid(SECOND), invalid(SECOND)] {
            let error = refused(&mut halfway(state), verdict, start());
            assert_eq!(error.code(), HResult::new(0x8000_000A), "{state}");
        }
    }
    let mut added = halfway(Transferred);
    call(&mut added, Call::add_file(file(2)), start());
    let error = refused(&mut added, valid(FileIndex(2)), start());
    assert_eq!(error.code(), HResult::E_PENDING);
}

/// DONE-19: of a file that was made available the record is gone; of an unfinished `Complete` the
/// other files can still be judged.
#[test]
fn a_file_made_available_has_no_record() {
    let mut job = halfway(Transferred);
    let code = HResult::ERROR_SHARING_VIOLATION;
    let failed_rename = Some(FailedRename { after: 1, code });
    let commit = Commit { failed_rename, ..Commit::default() };
    assert!(job.call(Call::Complete(commit), start()).is_err());
    for verdict in [valid(FIRST), invalid(FIRST)] {
        assert_eq!(refused(&mut job, verdict, start()).code(), HResult::BG_E_RECORD_DELETED);
    }
    call(&mut job, valid(SECOND), start());
}

/// LIFE-28: a job that is over takes no verdict.
#[test]
fn a_final_job_takes_no_verdict() {
    for state in [Acknowledged, Cancelled] {
        for verdict in [valid(FIRST), invalid(FIRST)] {
            let error = refused(&mut halfway(state), verdict, start());
            assert_eq!(error.code(), HResult::BG_E_INVALID_STATE);
        }
    }
}

/// DONE-20: in every state after the file finished the job fails, and the file starts from zero. The
/// others keep what they have.
#[test]
fn an_invalid_file_fails_the_job() {
    for state in not_final() {
        let mut job = halfway(state);
        let second = bytes(&job, SECOND);
        let outcome = call_outcome(&mut job, invalid(FIRST), at(1));
        let error = job.error().unwrap();
        assert_eq!((job.state(), error.code()), (JobState::Error, HResult::BG_E_VALIDATION_FAILED));
        assert_eq!((error.context(), error.file()), (ErrorContext::RemoteFile, Ok(FIRST)));
        assert_eq!((bytes(&job, FIRST), bytes(&job, SECOND)), (0, second), "{state}");
        assert_eq!(outcome.effects.contains(Effect::StopTransfer), state.is_active(), "{state}");
        assert_eq!(job.validation_state(FIRST), Some(false));
    }
}

/// DONE-20: `Resume` downloads the file again, and only what is missing of the others.
#[test]
fn resume_fetches_an_invalid_file_again() {
    for state in not_final() {
        let mut job = halfway(state);
        call(&mut job, invalid(FIRST), at(1));
        assert!(!job.is_complete());
        bring_to(&mut job, Transferring, at(2));
        assert_eq!(job.current(), Some(TransferItem::File(FIRST)), "{state}");
        event(&mut job, Event::SizeKnown(100), at(2));
        event(&mut job, Event::FileTransferred, at(2));
        if state != Transferred {
            assert_eq!((job.state(), bytes(&job, SECOND)), (Transferring, 40), "{state}");
            event(&mut job, Event::FileTransferred, at(2));
        }
        assert_eq!(job.state(), Transferred, "{state}");
        assert_eq!(call_outcome(&mut job, complete(), at(3)).success.code(), HResult::S_OK);
    }
}

/// DONE-20: without another download the file is lost to `Complete`.
#[test]
fn complete_does_not_keep_an_invalid_file() {
    let mut job = halfway(Transferred);
    call(&mut job, invalid(FIRST), at(1));
    assert_eq!(job.renames().collect::<Vec<_>>(), [TransferItem::File(SECOND)]);
    let outcome = call_outcome(&mut job, complete(), at(2));
    assert_eq!(outcome.success.code(), HResult::BG_S_PARTIAL_COMPLETE);
    assert!(!job.file_progress(FIRST).unwrap().completed);
}

/// DONE-22: false is also what nobody said; a valid file changes nothing else.
#[test]
fn a_verdict_is_remembered() {
    for state in not_final() {
        let mut job = halfway(state);
        assert_eq!(job.validation_state(FIRST), Some(false));
        let outcome = call_outcome(&mut job, valid(FIRST), at(1));
        assert_eq!((job.state(), job.validation_state(FIRST)), (state, Some(true)));
        assert!(outcome.effects.is_empty() && outcome.entered.is_empty());
        assert_eq!((bytes(&job, FIRST), job.validation_state(SECOND)), (100, Some(false)));
        call(&mut job, invalid(FIRST), at(2));
        assert_eq!(job.validation_state(FIRST), Some(false), "the last word counts");
    }
    assert_eq!(halfway(Transferred).validation_state(FileIndex(2)), None);
}

/// DONE-22: `Complete` validates the files that it keeps.
#[test]
fn complete_validates_implicitly() {
    let mut whole = halfway(Acknowledged);
    assert_eq!(whole.validation_state(FIRST), Some(true));
    assert_eq!(whole.validation_state(SECOND), Some(true));
    event(&mut whole, ComputerEvent::ServiceRestarted, at(1));
    assert_eq!(whole.validation_state(FIRST), Some(true));

    let mut partial = halfway(Suspended);
    call(&mut partial, complete(), start());
    assert_eq!(partial.validation_state(FIRST), Some(true));
    assert_eq!(partial.validation_state(SECOND), Some(false));
    assert_eq!(halfway(Cancelled).validation_state(FIRST), Some(false));
}

/// DONE-23: content is not looked at, and files are not compared with each other: whatever arrives
/// under the size that was told is a whole file, also if a later one changes.
#[test]
fn consistency_is_that_of_one_file_by_size() {
    let mut job = halfway(Transferring);
    event(&mut job, Event::FileChanged, start());
    assert_eq!((bytes(&job, FIRST), bytes(&job, SECOND)), (100, 0));
    event(&mut job, Event::SizeKnown(100), start());
    event(&mut job, Event::FileTransferred, start());
    assert_eq!(job.state(), Transferred);
}
