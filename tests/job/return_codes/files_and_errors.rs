//! `IBackgroundCopyFile` to `IBackgroundCopyFile6`, and `IBackgroundCopyError`.

use bits_emulator::machine::{
    Call, Commit, Event, FailedRename, Failure, FileIndex, JobStateMachine,
};
use bits_emulator::server::Protocol;
use bits_emulator::settings::{FilePropertyId, JobProperty};
use bits_emulator::{ErrorContext, FileRange, HResult, JobError, JobState, JobType};

use super::case::{Case, at_once, by_owner, case, code_of, getter, setter, unknown};
use crate::common::*;

const FILE: FileIndex = FileIndex(0);

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = files();
    cases.extend(validation());
    cases.extend(random_access());
    cases.extend(errors());
    cases
}

fn files() -> Vec<Case> {
    let (ranges, name) = ("File2::GetFileRanges", "File2::SetRemoteName");
    let property = "File5::GetProperty";
    let set = |name: &str| Call::SetRemoteName(FILE, name.into());
    let found = |ranges: &[FileRange]| {
        if ranges.is_empty() { HResult::S_FALSE } else { HResult::S_OK }
    };
    let mut cases = vec![
        getter("File::GetRemoteName", || {
            download_in(Suspended).file(FILE).unwrap().remote_name == file(0).remote_name
        }),
        getter("File::GetLocalName", || {
            download_in(Suspended).file(FILE).unwrap().local_name == file(0).local_name
        }),
        getter("File::GetProgress", || {
            download_in(Suspended).file_progress(FILE).unwrap().bytes_transferred == 0
        }),
        case(ranges, HResult::S_OK, move || {
            let mut job = empty_job(JobType::Download);
            call(&mut job, Call::add_file_with_ranges(file(0), [range(0, 5)]), start());
            found(job.file_ranges(FILE))
        }),
        case(ranges, HResult::S_FALSE, move || found(download_in(Suspended).file_ranges(FILE))),
        case(name, HResult::E_INVALIDARG, move || at_once(set("ftp://example.com/a"))),
        case(name, HResult::E_NOTIMPL, move || {
            by_owner(job_in(JobType::Upload, Suspended), set("https://example.org/a"))
        }),
        getter("File3::GetTemporaryName", || {
            let name = download_in(Suspended).temporary_name(FILE).unwrap();
            name.starts_with(r"C:\data\") && *name != *file(0).local_name
        }),
        case(property, HResult::BG_E_UNKNOWN_PROPERTY_ID, || {
            unknown(FilePropertyId::from_value(2))
        }),
        getter(property, || {
            let mut job = download_in(Transferring);
            event(&mut job, Event::HeadersReceived("ETag: 1\r\n".into()), start());
            job.http_response_headers(FILE) == Some("ETag: 1\r\n")
        }),
    ];
    cases.extend(setter(name, set("https://example.org/a")));
    cases
}

fn validation() -> Vec<Case> {
    let name = "File3::SetValidationState";
    let valid = || Call::SetValidationState(FILE, true);
    vec![
        case(name, HResult::S_OK, move || by_owner(download_in(Transferred), valid())),
        case(name, HResult::E_PENDING, move || at_once(valid())),
        case(name, HResult::BG_E_RECORD_DELETED, move || by_owner(half_completed(), valid())),
        case(name, HResult::BG_E_INVALID_STATE, move || {
            by_owner(download_in(Acknowledged), valid())
        }),
        case(name, HResult::E_NOTIMPL, move || {
            by_owner(job_in(JobType::Upload, Transferred), valid())
        }),
        getter("File3::GetValidationState", || {
            download_in(Transferred).validation_state(FILE) == Some(false)
        }),
    ]
}

/// A TRANSFERRED job whose first file a failed `Complete` made available (DONE-07).
fn half_completed() -> JobStateMachine {
    let mut job = download_in(Suspended);
    call(&mut job, Call::add_file(file(1)), start());
    bring_to(&mut job, Transferred, start());
    let failed_rename = Some(FailedRename { after: 1, code: HResult::ERROR_SHARING_VIOLATION });
    let failed = job.call(Call::Complete(Commit { failed_rename, ..Commit::default() }), start());
    assert!(failed.is_err());
    job
}

fn random_access() -> Vec<Case> {
    let (position, request) = ("File6::UpdateDownloadPosition", "File6::RequestFileRanges");
    let filled = "File6::GetFilledFileRanges";
    let unsupported = HResult::BG_E_RANDOM_ACCESS_NOT_SUPPORTED;
    let on_demand = || {
        let mut job = empty_job(JobType::Download);
        call(&mut job, Call::SetProperty(JobProperty::OnDemandMode(true)), start());
        call(&mut job, Call::add_file(file(0)), start());
        job
    };
    let ask = |ranges: FileRange| Call::RequestFileRanges(FILE, [ranges].into());
    let sized = move || {
        let mut job = on_demand();
        call(&mut job, ask(range(0, 5)), start());
        bring_to(&mut job, Transferring, start());
        event(&mut job, Event::SizeKnown(100), start());
        job
    };
    let move_to = || Call::UpdateDownloadPosition(FILE, 50);
    vec![
        case(position, HResult::S_OK, move || by_owner(on_demand(), move_to())),
        case(position, unsupported, move || at_once(move_to())),
        case(request, HResult::S_OK, move || by_owner(sized(), ask(range(3, 10)))),
        case(request, HResult::BG_E_INVALID_RANGE, move || by_owner(sized(), ask(range(90, 11)))),
        case(request, unsupported, move || at_once(ask(range(0, 5)))),
        case(filled, HResult::S_OK, move || code_of(on_demand().filled_file_ranges(FILE))),
        case(filled, unsupported, || code_of(download_in(Suspended).filled_file_ranges(FILE))),
    ]
}

/// The error object of an attempt that failed in that context.
fn error_in(context: ErrorContext) -> JobError {
    let mut job = download_in(Transferring);
    event(&mut job, Event::Failed(Failure::http(404).in_context(context)), start());
    assert_eq!(job.state(), JobState::Error);
    *job.error().unwrap()
}

fn errors() -> Vec<Case> {
    let (name, context) = ("Error::GetErrorDescription", "Error::GetErrorContextDescription");
    let no_text = HResult::ERROR_RESOURCE_LANG_NOT_FOUND;
    let remote = || error_in(ErrorContext::RemoteFile);
    vec![
        getter("Error::GetError", || {
            let error = error_in(ErrorContext::RemoteFile);
            (error.context(), error.code())
                == (ErrorContext::RemoteFile, HResult::BG_E_HTTP_ERROR_404)
        }),
        case("Error::GetFile", HResult::S_OK, move || {
            assert_eq!(remote().file(), Ok(FILE));
            HResult::S_OK
        }),
        case("Error::GetFile", HResult::BG_E_FILE_NOT_AVAILABLE, || {
            code_of(error_in(ErrorContext::GeneralQueueManager).file())
        }),
        case(name, HResult::S_OK, move || code_of(remote().description(0x0409))),
        case(name, HResult::E_INVALIDARG, move || code_of(remote().description(0))),
        case(name, no_text, move || code_of(remote().description(0x0407))),
        case(context, HResult::S_OK, move || code_of(remote().context_description(0x0409))),
        case(context, HResult::E_INVALIDARG, move || code_of(remote().context_description(0))),
        case(context, no_text, move || code_of(remote().context_description(0x0407))),
        case("Error::GetProtocol", HResult::S_OK, move || {
            assert_eq!(remote().protocol(), Ok(Protocol::Http));
            HResult::S_OK
        }),
        case("Error::GetProtocol", HResult::BG_E_PROTOCOL_NOT_AVAILABLE, || {
            code_of(error_in(ErrorContext::LocalFile).protocol())
        }),
    ]
}
