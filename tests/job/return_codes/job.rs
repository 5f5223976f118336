//! The manager, and the methods of `IBackgroundCopyJob` that are no setters.

use bits_emulator::accounts::{Sid, Token};
use bits_emulator::machine::{
    Call, Commit, Deletion, Directory, FailedRename, FileAccess, FileIndex, JobOptions,
    JobStateMachine,
};
use bits_emulator::policy::JobLimits;
use bits_emulator::settings::ProxyUsage;
use bits_emulator::{FileInfo, HResult, JobId, JobPriority, JobType, NotifyFlags};

use super::case::{Case, at_once, by, by_owner, case, code_of, finally, getter, setter, unknown};
use crate::common::*;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = manager();
    cases.extend(adding());
    cases.extend(state_changes());
    cases.extend(take_ownership());
    cases.extend(getters());
    cases
}

fn manager() -> Vec<Case> {
    let create = |name: Option<&str>, owner: Token| {
        let options = JobOptions { owner, ..JobOptions::default() };
        code_of(JobStateMachine::create(name.map(Into::into), options, start()))
    };
    let restricted = Token { restricted: true, ..Token::default() };
    let create_job = "Manager::CreateJob";
    let describe = "Manager::GetErrorDescription";
    vec![
        case(create_job, HResult::S_OK, move || create(Some("update"), Token::default())),
        case(create_job, HResult::E_INVALIDARG, move || create(None, Token::default())),
        case(create_job, HResult::E_INVALIDARG, move || {
            create(Some(&"n".repeat(257)), Token::default())
        }),
        case(create_job, HResult::E_NOTIMPL, || unknown(JobType::from_value(3))),
        case(create_job, HResult::E_ACCESSDENIED, move || create(Some("update"), restricted)),
        case(describe, HResult::S_OK, || code_of(HResult::BG_E_EMPTY.description(0x0409))),
        case(describe, HResult::ERROR_RESOURCE_LANG_NOT_FOUND, || {
            code_of(HResult::BG_E_EMPTY.description(0x0407))
        }),
        case(describe, HResult::E_INVALIDARG, || code_of(HResult::BG_E_EMPTY.description(0))),
    ]
}

/// A job that may hold one file.
fn full() -> JobStateMachine {
    let limits = JobLimits { files_per_job: 1, ..JobLimits::default() };
    new_job(JobOptions { limits, ..JobOptions::default() })
}

fn adding() -> Vec<Case> {
    let (one, set) = ("Job::AddFile", "Job::AddFileSet");
    let add = |file| Call::AddFile(file, Directory::Writable);
    let relative = || FileInfo::new("https://example.com/a", "a.bin");
    let upload = || job_in(JobType::Upload, Suspended);
    let mut cases = vec![
        case(one, HResult::BG_E_TOO_MANY_FILES, move || by_owner(upload(), add(file(1)))),
        case(one, HResult::BG_E_TOO_MANY_FILES_IN_JOB, move || by_owner(full(), add(file(1)))),
        case(one, HResult::E_INVALIDARG, move || at_once(add(relative()))),
        case(one, HResult::E_ACCESSDENIED, move || {
            at_once(Call::AddFile(file(1), Directory::Denied))
        }),
        case(set, HResult::BG_E_TOO_MANY_FILES, || {
            let two = Call::add_file_set([file(1), file(2)]);
            by_owner(empty_job(JobType::Upload), two)
        }),
        case(set, HResult::BG_E_TOO_MANY_FILES_IN_JOB, || {
            by_owner(full(), Call::add_file_set([file(1)]))
        }),
        case(set, HResult::E_INVALIDARG, move || {
            at_once(Call::add_file_set([file(1), relative()]))
        }),
        case(set, HResult::E_ACCESSDENIED, || {
            at_once(Call::AddFileSet([file(1)].into(), Directory::Denied))
        }),
    ];
    cases.extend(setter(one, add(file(1))));
    cases.extend(setter(set, Call::add_file_set([file(1), file(2)])));
    cases
}

fn state_changes() -> Vec<Case> {
    const IS: HResult = HResult::BG_E_INVALID_STATE;
    let rename_fails = || {
        let code = HResult::ERROR_SHARING_VIOLATION;
        let failed_rename = Some(FailedRename { after: 0, code });
        Call::Complete(Commit { failed_rename, ..Commit::default() })
    };
    let undeletable =
        || Call::Complete(Commit { deletion: Deletion::Incomplete, ..Commit::default() });
    let resume = "Job::Resume";
    let complete_job = "Job::Complete";
    let mut cases = vec![
        case(resume, HResult::BG_E_EMPTY, || by_owner(empty_job(JobType::Download), Call::Resume)),
        case("Job::Cancel", HResult::BG_S_UNABLE_TO_DELETE_FILES, || {
            at_once(Call::Cancel(Deletion::Incomplete))
        }),
        case(complete_job, HResult::S_OK, || by_owner(download_in(Transferred), complete())),
        case(complete_job, HResult::BG_S_PARTIAL_COMPLETE, || at_once(complete())),
        case(complete_job, HResult::BG_S_UNABLE_TO_DELETE_FILES, move || at_once(undeletable())),
        case(complete_job, HResult::ERROR_SHARING_VIOLATION, move || {
            by_owner(download_in(Transferred), rename_fails())
        }),
        case(complete_job, IS, || finally(JobType::Download, &complete())),
        case(complete_job, IS, || by_owner(job_in(JobType::Upload, Suspended), complete())),
    ];
    cases.extend(setter("Job::Suspend", Call::Suspend));
    cases.extend(setter(resume, Call::Resume));
    cases.extend(setter("Job::Cancel", cancel()));
    cases
}

fn take_ownership() -> Vec<Case> {
    let take =
        |caller: Token, access| by(&caller, download_in(Suspended), Call::TakeOwnership(access));
    let administrator = Token::administrator(500);
    let name = "Job::TakeOwnership";
    vec![
        case(name, HResult::S_OK, move || take(administrator, FileAccess::Granted)),
        case(name, HResult::BG_E_NEW_OWNER_NO_FILE_ACCESS, move || {
            take(administrator, FileAccess::Denied)
        }),
        case(name, HResult::BG_E_NEW_OWNER_DIFF_MAPPING, move || {
            take(administrator, FileAccess::OtherMapping)
        }),
        case(name, HResult::E_ACCESSDENIED, move || take(Token::user(1002), FileAccess::Granted)),
        case(name, HResult::BG_E_INVALID_STATE, move || {
            let call = Call::TakeOwnership(FileAccess::Granted);
            by(&administrator, download_in(Cancelled), call)
        }),
    ]
}

fn getters() -> Vec<Case> {
    fn job() -> JobStateMachine {
        download_in(Suspended)
    }
    vec![
        getter("Job::EnumFiles", || job().file(FileIndex(0)) == Some(&file(0))),
        getter("Job::GetId", || job().id() == JobId::default()),
        getter("Job::GetType", || job().job_type() == JobType::Download),
        getter("Job::GetProgress", || job().progress().files_total == 1),
        getter("Job::GetTimes", || job().times().creation == start()),
        getter("Job::GetState", || job().state() == Suspended),
        case("Job::GetError", HResult::S_OK, || code_of(download_in(TransientError).error())),
        case("Job::GetError", HResult::BG_E_ERROR_INFORMATION_UNAVAILABLE, || {
            code_of(job().error())
        }),
        getter("Job::GetOwner", || job().owner() == Sid::default()),
        getter("Job::GetDisplayName", || job().display_name().is_empty()),
        getter("Job::GetDescription", || job().description().is_empty()),
        getter("Job::GetPriority", || job().priority() == JobPriority::Normal),
        getter("Job::GetNotifyFlags", || job().notify_flags() == NotifyFlags::default()),
        getter("Job::GetNotifyInterface", || job().notify_interface().is_none()),
        getter("Job::GetMinimumRetryDelay", || job().minimum_retry_delay() == 600),
        getter("Job::GetNoProgressTimeout", || job().no_progress_timeout() == 1_209_600),
        getter("Job::GetErrorCount", || job().error_count() == 0),
        getter("Job::GetProxySettings", || job().proxy_settings().usage == ProxyUsage::Preconfig),
    ]
}
