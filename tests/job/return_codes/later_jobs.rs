//! `IBackgroundCopyJob2` to `IBackgroundCopyJob5`.

use std::sync::Arc;

use bits_emulator::accounts::{IntegrityLevel, Token};
use bits_emulator::machine::{Call, Directory, Event, JobOptions, JobStateMachine};
use bits_emulator::policy::{CostFlags, JobLimits};
use bits_emulator::settings::{
    AuthScheme, AuthTarget, Credentials, FileAclFlags, JobProperty, JobPropertyId, PeerCachingFlags,
};
use bits_emulator::{FileInfo, FileRange, HResult, JobType};

use super::case::{Case, at_once, by, by_owner, case, code_of, getter, setter, setter_of, unknown};
use crate::common::*;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = command_lines();
    cases.extend(replies());
    cases.extend(reply_file_names());
    cases.extend(credentials());
    cases.extend(prefixes_and_flags());
    cases.extend(ranges());
    cases.extend(job4());
    cases.extend(properties());
    cases
}

fn command_lines() -> Vec<Case> {
    let name = "Job2::SetNotifyCmdLine";
    let mut cases = vec![
        case(name, HResult::BG_E_STRING_TOO_LONG, || {
            at_once(Call::set_notify_cmd_line(&"p".repeat(261), None))
        }),
        case(name, HResult::E_INVALIDARG, || {
            at_once(Call::SetNotifyCmdLine { program: None, parameters: Some("-x".into()) })
        }),
        getter("Job2::GetNotifyCmdLine", || download_in(Suspended).notify_cmd_line() == ("", "")),
    ];
    cases.extend(setter(name, Call::set_notify_cmd_line(r"C:\done.exe", None)));
    cases
}

fn upload_reply() -> JobStateMachine {
    job_in(JobType::UploadReply, Suspended)
}

/// An upload-reply, TRANSFERRED with a reply of that size.
fn replied(bytes: u64) -> JobStateMachine {
    let mut job = job_in(JobType::UploadReply, Transferring);
    for step in [Event::SizeKnown(100), Event::ReplyStarted(bytes), Event::FileTransferred] {
        event(&mut job, step, start());
    }
    assert_eq!(job.state(), Transferred);
    job
}

fn replies() -> Vec<Case> {
    let (progress, data) = ("Job2::GetReplyProgress", "Job2::GetReplyData");
    let name = "Job2::GetReplyFileName";
    let others = || [JobType::Download, JobType::Upload].map(|kind| job_in(kind, Suspended));
    let same = |codes: [HResult; 2]| {
        assert_eq!(codes[0], codes[1]);
        codes[0]
    };
    vec![
        case(progress, HResult::S_OK, || code_of(upload_reply().reply_progress())),
        case(progress, HResult::E_NOTIMPL, move || {
            same(others().map(|job| code_of(job.reply_progress())))
        }),
        case(data, HResult::S_OK, || code_of(replied(1_000).reply_data())),
        case(data, HResult::BG_E_TOO_LARGE, || code_of(replied(2 << 20).reply_data())),
        case(data, HResult::BG_E_INVALID_STATE, || code_of(upload_reply().reply_data())),
        case(data, HResult::E_NOTIMPL, move || same(others().map(|job| code_of(job.reply_data())))),
        case(name, HResult::S_OK, || code_of(upload_reply().reply_file_name())),
        case(name, HResult::E_NOTIMPL, move || {
            same(others().map(|job| code_of(job.reply_file_name())))
        }),
    ]
}

fn reply_file_names() -> Vec<Case> {
    let name = "Job2::SetReplyFileName";
    let set = |path: &str, directory| Call::SetReplyFileName(Some(path.into()), directory);
    let mut cases = vec![
        case(name, HResult::E_ACCESSDENIED, move || {
            by_owner(upload_reply(), set(r"C:\reply.bin", Directory::Denied))
        }),
        case(name, HResult::E_INVALIDARG, move || {
            by_owner(upload_reply(), set("reply.bin", Directory::Writable))
        }),
        case(name, HResult::BG_E_INVALID_STATE, move || {
            by_owner(reply_begun(Transferring), set(r"C:\reply.bin", Directory::Writable))
        }),
        case(name, HResult::E_NOTIMPL, move || at_once(set(r"C:\reply.bin", Directory::Writable))),
    ];
    let call = set(r"C:\reply.bin", Directory::Writable);
    cases.extend(setter_of(JobType::UploadReply, name, call));
    cases
}

fn credentials() -> Vec<Case> {
    let (target, scheme) = (AuthTarget::Server, AuthScheme::Basic);
    let set = move |user: &str, password: &str| {
        Call::SetCredentials(Credentials::new(target, scheme, user, password).into())
    };
    let (name, remove) = ("Job2::SetCredentials", "Job2::RemoveCredentials");
    let known = move || {
        let mut job = download_in(Suspended);
        call(&mut job, set("alice", "secret"), start());
        job
    };
    let mut cases = vec![
        case(name, HResult::BG_E_INVALID_AUTH_TARGET, || unknown(AuthTarget::from_value(3))),
        case(name, HResult::BG_E_INVALID_AUTH_SCHEME, || unknown(AuthScheme::from_value(6))),
        case(name, HResult::BG_E_USERNAME_TOO_LARGE, move || {
            at_once(set(&"u".repeat(301), "secret"))
        }),
        case(name, HResult::BG_E_PASSWORD_TOO_LARGE, move || {
            at_once(set("alice", &"p".repeat(65_537)))
        }),
        case(name, HResult::E_INVALIDARG, move || {
            let nothing = Credentials::of_logged_on_user(target, scheme);
            at_once(Call::SetCredentials(nothing.into()))
        }),
        case(name, HResult::E_ACCESSDENIED, move || {
            let administrator = Token::administrator(500);
            by(&administrator, download_in(Suspended), set("alice", "secret"))
        }),
        case(remove, HResult::S_OK, move || {
            by_owner(known(), Call::RemoveCredentials(target, scheme))
        }),
        case(remove, HResult::S_FALSE, move || at_once(Call::RemoveCredentials(target, scheme))),
        case(remove, HResult::BG_E_INVALID_STATE, move || {
            by_owner(download_in(Cancelled), Call::RemoveCredentials(target, scheme))
        }),
    ];
    cases.extend(setter(name, set("alice", "secret")));
    cases
}

fn prefixes_and_flags() -> Vec<Case> {
    let (name, acl) = ("Job3::ReplaceRemotePrefix", "Job3::SetFileACLFlags");
    let replace =
        |old: &str, new: &str| Call::ReplaceRemotePrefix { old: old.into(), new: new.into() };
    let set = |bits| Call::SetFileAclFlags(FileAclFlags::from_bits_retain(bits));
    let right = replace("https://example.com", "https://example.org");
    let again = right.clone();
    let mut cases = vec![
        case(name, HResult::S_FALSE, move || at_once(replace("http://other", "http://new"))),
        case(name, HResult::E_INVALIDARG, move || at_once(replace("", "http://new"))),
        case(name, HResult::E_NOTIMPL, move || {
            by_owner(job_in(JobType::Upload, Suspended), again.clone())
        }),
        case(acl, HResult::E_INVALIDARG, move || at_once(set(0x10))),
        case(acl, HResult::BG_E_INVALID_STATE, move || by_owner(download_in(Transferred), set(1))),
        getter("Job3::GetFileACLFlags", || {
            download_in(Suspended).file_acl_flags() == FileAclFlags::empty()
        }),
    ];
    cases.extend(setter(name, right));
    cases.extend(setter(acl, set(0xF)));
    cases
}

fn ranges() -> Vec<Case> {
    let name = "Job3::AddFileWithRanges";
    let add = |ranges: &[FileRange]| Call::add_file_with_ranges(file(1), ranges);
    let full = || {
        let limits = JobLimits { files_per_job: 1, ..JobLimits::default() };
        new_job(JobOptions { limits, ..JobOptions::default() })
    };
    let many: Arc<[FileRange]> = (0..501).map(|number| range(number * 10, 5)).collect();
    let mut cases = vec![
        case(name, HResult::E_INVALIDARG, move || at_once(add(&[]))),
        case(name, HResult::E_INVALIDARG, || {
            let unknown = FileInfo::new("ftp://example.com/a", r"C:\a");
            at_once(Call::add_file_with_ranges(unknown, [range(0, 5)]))
        }),
        case(name, HResult::E_ACCESSDENIED, || {
            let ranges = [range(0, 5)].into();
            at_once(Call::AddFileWithRanges(file(1), ranges, Directory::Denied))
        }),
        case(name, HResult::BG_E_INVALID_RANGE, move || at_once(add(&[range(0, 0)]))),
        case(name, HResult::BG_E_OVERLAPPING_RANGES, move || {
            at_once(add(&[range(0, 5), range(4, 5)]))
        }),
        case(name, HResult::BG_E_TOO_MANY_RANGES_IN_FILE, move || at_once(add(&many))),
        case(name, HResult::BG_E_TOO_MANY_FILES_IN_JOB, move || {
            by_owner(full(), add(&[range(0, 5)]))
        }),
        case(name, HResult::E_NOTIMPL, move || {
            by_owner(empty_job(JobType::Upload), add(&[range(0, 5)]))
        }),
    ];
    cases.extend(setter(name, add(&[range(0, 5)])));
    cases
}

fn job4() -> Vec<Case> {
    let name = "Job4::SetPeerCachingFlags";
    let set = |bits| Call::SetPeerCachingFlags(PeerCachingFlags::from_bits_retain(bits));
    let mut cases = vec![
        case(name, HResult::E_NOTIMPL, move || at_once(set(8))),
        getter("Job4::GetPeerCachingFlags", || {
            download_in(Suspended).peer_caching_flags() == PeerCachingFlags::empty()
        }),
        getter("Job4::GetOwnerIntegrityLevel", || {
            download_in(Suspended).owner_integrity_level() == IntegrityLevel::Medium
        }),
        getter("Job4::GetOwnerElevationState", || !download_in(Suspended).owner_elevation_state()),
        getter("Job4::GetMaximumDownloadTime", || {
            download_in(Suspended).maximum_download_time() == 7_776_000
        }),
    ];
    cases.extend(setter(name, set(7)));
    cases.extend(setter("Job4::SetMaximumDownloadTime", Call::SetMaximumDownloadTime(60)));
    cases
}

fn properties() -> Vec<Case> {
    let (name, get) = ("Job5::SetProperty", "Job5::GetProperty");
    let dynamic = || Call::SetProperty(JobProperty::DynamicContent(true));
    let set = |property| at_once(Call::SetProperty(property));
    let mut cases = vec![
        case(name, HResult::BG_E_UNKNOWN_PROPERTY_ID, || unknown(JobPropertyId::from_value(6))),
        case(name, HResult::BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY, move || {
            by_owner(job_in(JobType::Upload, Suspended), dynamic())
        }),
        case(name, HResult::BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE, move || {
            set(JobProperty::HighPerformance(true))
        }),
        case(name, HResult::BG_E_READ_ONLY_PROPERTY_AFTER_RESUME, move || {
            by_owner(download_in(Queued), dynamic())
        }),
        case(name, HResult::BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE, move || {
            set(JobProperty::MaxDownloadSize(0))
        }),
        case(name, HResult::BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED, move || {
            set(JobProperty::UseStoredCredentials(AuthTarget::Server))
        }),
        case(name, HResult::BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD, move || {
            let mut job = download_in(Suspended);
            call(&mut job, Call::SetHttpMethod("POST".into()), start());
            by_owner(job, dynamic())
        }),
        case(get, HResult::BG_E_UNKNOWN_PROPERTY_ID, || unknown(JobPropertyId::from_value(8))),
        getter(get, || {
            let flags = JobProperty::CostFlags(CostFlags::TRANSFER_UNRESTRICTED);
            download_in(Suspended).property(JobPropertyId::CostFlags) == Some(flags)
        }),
    ];
    cases.extend(setter(name, dynamic()));
    cases
}
