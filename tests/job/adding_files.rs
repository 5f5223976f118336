//! Files come into a job: when, how many, and what becomes of them.

use std::sync::Arc;

use crate::common::*;
use bits_emulator::accounts::{Sid, Token};
use bits_emulator::machine::{
    Call, ComputerEvent, Directory, Event, Failure, FileIndex, JobOptions, JobStateMachine,
    Success, TransferItem,
};
use bits_emulator::policy::JobLimits;
use bits_emulator::{ErrorContext, FileInfo, HResult, JobState, JobType};

const FIRST: FileIndex = FileIndex(0);
const SECOND: FileIndex = FileIndex(1);

fn files(count: usize) -> Arc<[FileInfo]> {
    (1..=count).map(file).collect()
}

fn not_final() -> impl Iterator<Item = JobState> {
    JobState::ALL.iter().copied().filter(|state| !state.is_final())
}

/// The ways to add one file.
fn additions() -> [Call; 3] {
    [
        Call::add_file(file(1)),
        Call::add_file_set(files(1)),
        Call::add_file_with_ranges(file(1), [range(0, 5)]),
    ]
}

/// FILES-01: the owner and an administrator may add files until `Complete` or `Cancel`, without
/// changing the state.
#[test]
fn files_are_added_in_every_state_but_the_final_ones() {
    let callers = [Token::default(), Token::administrator(500)];
    for addition in additions() {
        for state in not_final() {
            for by in callers {
                let mut job = download_in(state);
                let error = get_error(&job);
                assert!(job.access(&by).is_ok());
                let outcome = job.call_by(&by, addition.clone(), start()).unwrap();
                assert_eq!((job.state(), job.file_count()), (state, 2), "{addition:?}");
                assert!(outcome.entered.is_empty() && outcome.effects.is_empty());
                assert_eq!(get_error(&job), error);
                assert_eq!(job.file(SECOND), Some(&file(1)));
            }
        }
        for state in [Acknowledged, Cancelled] {
            let mut job = download_in(state);
            let error = refused(&mut job, addition.clone(), start());
            assert_eq!(error.code(), HResult::BG_E_INVALID_STATE);
        }
    }
    assert!(download_in(Suspended).access(&Token::user(1002)).is_err(), "nobody else");
}

/// FILES-07, FILES-08, INV-47: an upload holds one file, in every state. A refused set leaves it as
/// it is.
#[test]
fn an_upload_holds_one_file() {
    for job_type in [JobType::Upload, JobType::UploadReply] {
        for count in [2, 3] {
            let set = Call::add_file_set(files(count));
            let error = refused(&mut empty_job(job_type), set, start());
            assert_eq!(error.code(), HResult::BG_E_TOO_MANY_FILES, "{job_type} {count}");
        }
        let mut job = empty_job(job_type);
        call(&mut job, Call::add_file_set(files(1)), start());
        assert_eq!(job.file_count(), 1);

        for state in not_final() {
            for addition in [Call::add_file(file(1)), Call::add_file_set(files(1))] {
                let error = refused(&mut job_in(job_type, state), addition, start());
                assert_eq!(error.code(), HResult::BG_E_TOO_MANY_FILES, "{job_type} {state}");
            }
        }
    }
}

/// FILES-09: 200 files or what the policy says, by whichever way they come, but for administrators
/// and services.
#[test]
fn a_job_holds_a_limited_number_of_files() {
    let user = Token::user(1001);
    let cases = [
        (user, 200, 200, true),
        (user, 200, 201, false),
        (user, 2, 2, true),
        (user, 2, 3, false),
        (Token::administrator(500), 2, 3, true),
        (Token::service(Sid::LocalService), 2, 3, true),
        (Token::service(Sid::LocalSystem), 200, 201, true),
    ];
    for (owner, policy, count, accepted) in cases {
        let limits = JobLimits { files_per_job: policy, ..JobLimits::default() };
        let new =
            || JobStateMachine::new(JobOptions { owner, limits, ..JobOptions::default() }, start());
        let mut one_by_one = new();
        for number in 1..count {
            call(&mut one_by_one, Call::add_file(file(number)), start());
        }
        for addition in additions() {
            let result = one_by_one.clone().call(addition, start());
            let code = result.map(|_| ()).map_err(|error| error.code());
            let too_many = Err(HResult::BG_E_TOO_MANY_FILES_IN_JOB);
            assert_eq!(code, if accepted { Ok(()) } else { too_many }, "{policy} {count}");
        }
        let mut at_once = new();
        let result = at_once.call(Call::add_file_set(files(count)), start());
        assert_eq!(result.is_ok(), accepted, "{policy} {count}");
        assert_eq!(at_once.file_count(), if accepted { count as u32 } else { 0 });
    }
    assert_eq!(JobLimits::default().files_per_job, 200);
}

/// FILES-09: it is the caller who is exempt or not.
#[test]
fn an_administrator_may_exceed_the_limit_of_a_users_job() {
    let limits = JobLimits { files_per_job: 1, ..JobLimits::default() };
    let mut job = new_job(JobOptions { limits, ..JobOptions::default() });
    refused(&mut job, Call::add_file(file(1)), start());
    let administrator = Token::administrator(500);
    assert!(job.call_by(&administrator, Call::add_file(file(1)), start()).is_ok());
}

/// FILES-10: one bad element refuses the whole set, wherever it stands and whatever is wrong.
#[test]
fn a_set_is_added_whole_or_not_at_all() {
    let bad = [
        FileInfo::new("ftp://example.com/a", r"C:\data\a"),
        FileInfo::new("https://example.com/a", "a"),
    ];
    for bad in bad {
        for place in 0..3 {
            let mut set = files(3).to_vec();
            set[place] = bad.clone();
            let error = refused(&mut download_in(Suspended), Call::add_file_set(set), start());
            assert_eq!(error.code(), HResult::E_INVALIDARG, "{bad:?} at {place}");
        }
    }
    for (directory, code) in
        [(Directory::Missing, HResult::E_INVALIDARG), (Directory::Denied, HResult::E_ACCESSDENIED)]
    {
        let set = Call::AddFileSet(files(3), directory);
        assert_eq!(refused(&mut download_in(Suspended), set, start()).code(), code);
    }
}

/// FILES-12: one after the other, in the order of adding, however they were added.
#[test]
fn files_are_transferred_in_the_order_of_adding() {
    let mut job = empty_job(JobType::Download);
    call(&mut job, Call::add_file_set([file(3), file(1)]), start());
    call(&mut job, Call::add_file(file(2)), start());
    call(&mut job, Call::add_file_with_ranges(file(0), [range(0, 5)]), start());
    bring_to(&mut job, Transferring, start());
    for (index, number) in [3, 1, 2, 0].into_iter().enumerate() {
        let present = FileIndex(index as u32);
        assert_eq!(job.current(), Some(TransferItem::File(present)));
        assert_eq!(job.file(present), Some(&file(number)));
        event(&mut job, Event::SizeKnown(5), start());
        event(&mut job, Event::Progressed(5), start());
        event(&mut job, Event::FileTransferred, start());
        let later = (index as u32 + 1..4).map(|file| job.file_progress(FileIndex(file)).unwrap());
        assert!(later.map(|file| file.bytes_transferred).all(|bytes| bytes == 0));
    }
    assert_eq!(job.state(), Transferred);
}

/// FILES-13: the same names twice are two files, transferred each on its own.
#[test]
fn the_same_file_twice_is_transferred_twice() {
    let mut job = download_in(Suspended);
    call(&mut job, Call::add_file(file(0)), start());
    bring_to(&mut job, Transferring, start());
    event(&mut job, Event::FileTransferred, start());
    assert_eq!((job.state(), job.current()), (Transferring, Some(TransferItem::File(SECOND))));
    event(&mut job, Event::FileTransferred, start());
    assert_eq!((job.state(), job.renames().count()), (Transferred, 2));
}

/// FILES-14: a file added to a TRANSFERRED job waits for `Resume`; `Complete` without it is partial.
#[test]
fn a_file_added_to_a_transferred_job_waits() {
    for addition in additions() {
        let mut job = download_in(Transferred);
        call(&mut job, addition.clone(), at(1));
        assert_eq!((job.state(), job.is_complete()), (Transferred, false));
        ignored(&mut job, Event::Picked, at(1));

        let mut completed = job.clone();
        let outcome = call_outcome(&mut completed, complete(), at(2));
        assert_eq!((completed.state(), outcome.success), (Acknowledged, Success::Partial));
        assert!(completed.file_progress(FIRST).unwrap().completed);
        assert!(!completed.file_progress(SECOND).unwrap().completed);

        // FILES-26: the first file is not transferred again.
        bring_to(&mut job, Transferring, at(2));
        assert_eq!(job.current(), Some(TransferItem::File(SECOND)));
        event(&mut job, Event::SizeKnown(5), at(2));
        event(&mut job, Event::FileTransferred, at(2));
        assert_eq!(job.state(), Transferred);
        let outcome = call_outcome(&mut job, complete(), at(3));
        assert_eq!(outcome.success, Success::Ok);
    }
}

/// FILES-15: a file added to a running job is transferred in the same run. Until its size is known
/// that of the job is not.
#[test]
fn a_file_added_to_a_running_job_is_transferred_in_the_same_run() {
    for state in [Queued, Connecting, Transferring] {
        let mut job = download_in(Transferring);
        event(&mut job, Event::SizeKnown(100), start());
        leave_transferring(&mut job, state, start());
        assert_eq!(job.progress().bytes_total, Some(100));
        call(&mut job, Call::add_file(file(1)), start());
        assert_eq!((job.state(), job.progress().bytes_total), (state, None));

        if state == Queued {
            event(&mut job, Event::Picked, start());
        }
        if state != Transferring {
            event(&mut job, Event::Connected, start());
        }
        event(&mut job, Event::FileTransferred, start());
        assert_eq!((job.state(), job.current()), (Transferring, Some(TransferItem::File(SECOND))));
        event(&mut job, Event::SizeKnown(5), start());
        assert_eq!(job.progress().bytes_total, Some(105));
        event(&mut job, Event::FileTransferred, start());
        assert_eq!(job.state(), Transferred);
    }
}

/// FILES-16, ERR-35: nothing that happens to a job takes a file away from it.
#[test]
fn no_file_is_ever_removed() {
    for state in JobState::ALL.iter().copied() {
        let mut job = download_in(state);
        for happening in [
            Event::FileChanged,
            failed(404),
            Event::ClientExited,
            Event::Computer(ComputerEvent::ServiceRestarted),
            Event::OwnerLoggedOff,
        ] {
            let _ = job.handle(happening, start());
        }
        for asked in [Call::Suspend, Call::Resume, Call::SetValidationState(FIRST, false), cancel()]
        {
            let _ = job.call(asked, start());
            assert_eq!((job.file_count(), job.file(FIRST)), (1, Some(&file(0))), "{state}");
        }
    }
}

/// FILES-33: `AddFile` does not open the file of an upload, nor ask whether its directory may be
/// written to. If the file cannot be read when the transfer starts, the job fails.
#[test]
fn the_local_file_of_an_upload_is_opened_by_the_transfer() {
    for job_type in [JobType::Upload, JobType::UploadReply] {
        let mut job = empty_job(job_type);
        call(&mut job, Call::AddFile(file(0), Directory::Denied), start());
        for code in [HResult::ERROR_FILE_NOT_FOUND, HResult::E_ACCESSDENIED] {
            bring_to(&mut job, Connecting, start());
            let unreadable = Failure::new(code).unwrap().in_context(ErrorContext::LocalFile);
            event(&mut job, Event::Failed(unreadable), start());
            let error = job.error().unwrap();
            assert_eq!((job.state(), error.code()), (JobState::Error, code));
            assert_eq!((error.context(), error.file()), (ErrorContext::LocalFile, Ok(FIRST)));
        }
    }
}
