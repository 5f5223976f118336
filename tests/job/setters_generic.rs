//! The generic properties, the cost flags and the HTTP method: their values, types and times.

use crate::common::*;
use bits_emulator::machine::{Call, ComputerEvent, Event, JobStateMachine};
use bits_emulator::policy::CostFlags;
use bits_emulator::settings::{AuthTarget, JobProperty, JobPropertyId};
use bits_emulator::{HResult, JobPriority, JobState, JobType};
use uuid::Uuid;

const DYNAMIC: JobProperty = JobProperty::DynamicContent(true);
const FAST: JobProperty = JobProperty::HighPerformance(true);
const SIZE: JobProperty = JobProperty::MaxDownloadSize(1_000);
const DEMAND: JobProperty = JobProperty::OnDemandMode(true);

const NOT_DOWNLOAD: HResult = HResult::BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY;
const AFTER_RESUME: HResult = HResult::BG_E_READ_ONLY_PROPERTY_AFTER_RESUME;
const AFTER_ADDFILE: HResult = HResult::BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE;
const CUSTOM_METHOD: HResult = HResult::BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD;

fn set(property: JobProperty) -> Call {
    Call::SetProperty(property)
}

fn method(name: &str) -> Call {
    Call::SetHttpMethod(name.into())
}

fn code(job: &mut JobStateMachine, call: Call) -> HResult {
    let before = job.clone();
    match job.call(call, start()) {
        Ok(outcome) => outcome.success.code(),
        Err(error) => {
            assert_eq!(*job, before, "{error}");
            error.code()
        }
    }
}

fn unfinished() -> impl Iterator<Item = JobState> {
    JobState::ALL.iter().copied().filter(|state| !state.is_final())
}

/// PROP-30
#[test]
fn properties_have_numbers() {
    use JobPropertyId as Id;
    let numbers = [
        (1, Id::CostFlags),
        (2, Id::NotificationClsid),
        (3, Id::DynamicContent),
        (4, Id::HighPerformance),
        (5, Id::MaxDownloadSize),
        (7, Id::UseStoredCredentials),
        (9, Id::MinimumNotificationInterval),
        (10, Id::OnDemandMode),
    ];
    for number in 0..20 {
        let known = numbers.iter().find(|(known, _)| *known == number).map(|(_, id)| *id);
        let unknown = HResult::BG_E_UNKNOWN_PROPERTY_ID;
        let found = Id::from_value(number).map_err(|error| error.code);
        assert_eq!(found, known.ok_or(unknown), "{number}");
    }
    assert_eq!(HResult::BG_E_UNKNOWN_PROPERTY_ID.value(), 0x8020_0057);
}

/// PROP-30, INV-53: what was set last is read back.
#[test]
fn properties_are_read_back() {
    for property in [
        JobProperty::CostFlags(CostFlags::TRANSFER_STANDARD),
        JobProperty::CostFlags(CostFlags::empty()),
        JobProperty::NotificationClsid(Uuid::from_u128(1)),
        JobProperty::NotificationClsid(Uuid::from_u128(2)),
        DYNAMIC,
        JobProperty::DynamicContent(false),
        FAST,
        JobProperty::HighPerformance(false),
        JobProperty::MaxDownloadSize(1),
        JobProperty::MaxDownloadSize(u64::MAX),
        JobProperty::UseStoredCredentials(AuthTarget::Proxy),
        JobProperty::MinimumNotificationInterval(0),
        JobProperty::MinimumNotificationInterval(u32::MAX),
        DEMAND,
        JobProperty::OnDemandMode(false),
    ] {
        for before in [None, Some(SIZE), Some(DYNAMIC), Some(DEMAND), Some(FAST)] {
            let mut job = empty_job(JobType::Download);
            for property in before.into_iter().chain([property]) {
                call(&mut job, set(property), start());
            }
            assert_eq!(job.property(property.id()), Some(property), "after {before:?}");
        }
    }
    // NOTIFY-23: nil clears the class.
    let mut job = empty_job(JobType::Download);
    call(&mut job, set(JobProperty::NotificationClsid(Uuid::from_u128(1))), start());
    call(&mut job, set(JobProperty::NotificationClsid(Uuid::nil())), start());
    assert_eq!(
        job.property(JobPropertyId::NotificationClsid),
        Some(JobProperty::NotificationClsid(Uuid::nil()))
    );
}

/// PROP-33 to PROP-38: a row is a property, then what it returns to a download, new, with a file, after
/// the first Resume, suspended again, TRANSFERRED, and to the two kinds of upload. PROP-34 names the
/// codes.
#[test]
fn each_property_has_its_types_and_its_time() {
    let ok = HResult::S_OK;
    let any_time = [ok; 7];
    let before_resume =
        [ok, ok, AFTER_RESUME, AFTER_RESUME, AFTER_RESUME, NOT_DOWNLOAD, NOT_DOWNLOAD];
    let before_file = [
        ok,
        AFTER_ADDFILE,
        AFTER_ADDFILE,
        AFTER_ADDFILE,
        AFTER_ADDFILE,
        NOT_DOWNLOAD,
        NOT_DOWNLOAD,
    ];
    let only_downloads = [ok, ok, ok, ok, ok, NOT_DOWNLOAD, NOT_DOWNLOAD];
    for (property, codes) in [
        (JobProperty::CostFlags(CostFlags::TRANSFER_STANDARD), any_time),
        (JobProperty::NotificationClsid(Uuid::from_u128(1)), any_time),
        (DYNAMIC, before_resume),
        (JobProperty::DynamicContent(false), before_resume),
        (FAST, before_file),
        (JobProperty::HighPerformance(false), before_file),
        (SIZE, before_resume),
        (JobProperty::UseStoredCredentials(AuthTarget::Proxy), any_time),
        (JobProperty::MinimumNotificationInterval(100), any_time),
        (DEMAND, only_downloads),
    ] {
        let mut suspended = download_in(Transferring);
        call(&mut suspended, Call::Suspend, start());
        let jobs = [
            empty_job(JobType::Download),
            download_in(Suspended),
            download_in(Queued),
            suspended,
            download_in(Transferred),
            empty_job(JobType::Upload),
            job_in(JobType::UploadReply, Suspended),
        ];
        let found = jobs.map(|mut job| code(&mut job, set(property)));
        assert_eq!(found, codes, "{property:?}");
    }
}

/// PROP-34 and PROP-39 take their codes from the headers.
#[test]
fn misused_properties_are_refused_with_the_codes_of_the_headers() {
    for (code, value) in [
        (NOT_DOWNLOAD, 0x8020_0060),
        (AFTER_ADDFILE, 0x8020_0061),
        (AFTER_RESUME, 0x8020_0062),
        (HResult::BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE, 0x8020_0063),
        (HResult::BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED, 0x8020_0066),
        (CUSTOM_METHOD, 0x8020_0071),
    ] {
        assert_eq!(code.value(), value, "{code}");
    }
}

/// PROP-33: in either order.
#[test]
fn dynamic_content_and_ranges_do_not_go_together() {
    let with_ranges = || Call::add_file_with_ranges(file(0), [range(0, 5)]);
    let mut job = empty_job(JobType::Download);
    call(&mut job, set(DYNAMIC), start());
    refused(&mut job, with_ranges(), start());
    call(&mut job, Call::add_file(file(0)), start());

    let mut job = empty_job(JobType::Download);
    call(&mut job, with_ranges(), start());
    refused(&mut job, set(DYNAMIC), start());
    call(&mut job, set(JobProperty::DynamicContent(false)), start());
}

/// PROP-36, T3: in total, over all files; the limit itself is allowed.
#[test]
fn the_maximum_size_counts_all_files() {
    for (limit, state) in [(199, JobState::Error), (200, Transferred), (201, Transferred)] {
        let mut job = download_in(Suspended);
        call(&mut job, Call::add_file(file(1)), start());
        call(&mut job, set(JobProperty::MaxDownloadSize(limit)), start());
        bring_to(&mut job, Transferring, start());
        for _ in 0..2 {
            event(&mut job, Event::SizeKnown(100), start());
            event(&mut job, Event::FileTransferred, start());
        }
        assert_eq!(job.state(), state, "{limit}");
        let reached = HResult::BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED;
        assert_eq!(get_error(&job) == reached, state == JobState::Error);
    }
}

/// PROP-37
#[test]
fn stored_credentials_serve_the_proxy_only() {
    for state in unfinished() {
        let mut job = download_in(state);
        let server = set(JobProperty::UseStoredCredentials(AuthTarget::Server));
        let unsupported = HResult::BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED;
        assert_eq!(code(&mut job, server), unsupported, "{state}");
        let proxy = set(JobProperty::UseStoredCredentials(AuthTarget::Proxy));
        assert_eq!(code(&mut job, proxy), HResult::S_OK, "{state}");
    }
}

/// PROP-31, PROP-32: the states of networks, in the order of their bits.
const STATES: [CostFlags; 8] = [
    CostFlags::UNRESTRICTED,
    CostFlags::CAPPED_USAGE_UNKNOWN,
    CostFlags::BELOW_CAP,
    CostFlags::NEAR_CAP,
    CostFlags::OVERCAP_CHARGED,
    CostFlags::OVERCAP_THROTTLED,
    CostFlags::USAGE_BASED,
    CostFlags::ROAMING,
];

/// PROP-31
#[test]
fn cost_flags_have_numbers() {
    for (bit, state) in STATES.into_iter().enumerate() {
        assert_eq!(state.bits(), 1 << bit);
    }
    assert_eq!(CostFlags::IGNORE_CONGESTION.bits(), 0x8000_0000);
}

/// PROP-32: a row is a policy, its number, and on which networks it lets a job transfer (PROP-31): at
/// once, whether the network or the flags change (NET-14, NET-16).
#[test]
fn a_job_transfers_only_where_its_cost_flags_allow() {
    for (policy, number, allowed) in [
        (CostFlags::TRANSFER_ALWAYS, 0x8000_00FF, [1, 1, 1, 1, 1, 1, 1, 1]),
        (CostFlags::TRANSFER_NOT_ROAMING, 0x8000_007F, [1, 1, 1, 1, 1, 1, 1, 0]),
        (CostFlags::TRANSFER_NO_SURCHARGE, 0x8000_006F, [1, 1, 1, 1, 0, 1, 1, 0]),
        (CostFlags::TRANSFER_STANDARD, 0x8000_0067, [1, 1, 1, 0, 0, 1, 1, 0]),
        (CostFlags::TRANSFER_UNRESTRICTED, 0x8000_0021, [1, 0, 0, 0, 0, 1, 0, 0]),
    ] {
        assert_eq!(policy.bits(), number);
        for (state, allowed) in STATES.into_iter().zip(allowed) {
            let expected = if allowed == 1 { Transferring } else { TransientError };
            let mut job = download_in(Transferring);
            call(&mut job, set(JobProperty::CostFlags(policy)), start());
            event(&mut job, ComputerEvent::NetworkCost(state), start());
            assert_eq!(job.state(), expected, "{policy:?} on {state:?}");

            let mut job = download_in(Transferring);
            call(&mut job, set(JobProperty::CostFlags(CostFlags::TRANSFER_ALWAYS)), start());
            event(&mut job, ComputerEvent::NetworkCost(state), start());
            call(&mut job, set(JobProperty::CostFlags(policy)), start());
            assert_eq!(job.state(), expected, "{policy:?} on {state:?}");
            if expected == TransientError {
                let blocked = HResult::BG_E_BLOCKED_BY_COST_TRANSFER_POLICY;
                assert_eq!(get_error(&job), blocked);
                call(&mut job, set(JobProperty::CostFlags(CostFlags::TRANSFER_ALWAYS)), start());
                assert_eq!(job.state(), Queued, "allowed again at once");
            }
        }
    }
}

/// PROP-39: foreground from then on, and no other priority.
#[test]
fn another_http_method_fixes_the_priority() {
    for job_type in JobType::ALL.iter().copied() {
        let mut job = job_in(job_type, Suspended);
        call(&mut job, method("PUT"), start());
        assert_eq!((job.http_method(), job.priority()), ("PUT", JobPriority::Foreground));
        for priority in [JobPriority::High, JobPriority::Normal, JobPriority::Low] {
            let refusal = refused(&mut job, Call::SetPriority(priority), start());
            assert_eq!(refusal.code(), CUSTOM_METHOD);
        }
    }
}

/// PROP-39: the default method does nothing.
#[test]
fn the_default_http_method_does_nothing() {
    for (job_type, default) in [
        (JobType::Download, "GET"),
        (JobType::Upload, "BITS_POST"),
        (JobType::UploadReply, "BITS_POST"),
    ] {
        let mut job = job_in(job_type, Suspended);
        call(&mut job, method(default), start());
        assert_eq!((job.http_method(), job.priority()), (default, JobPriority::Normal));
        call(&mut job, Call::SetPriority(JobPriority::Low), start());
        call(&mut job, method(default), start());
        assert_eq!(job.priority(), JobPriority::Low);
    }
}

/// PROP-39: before the first Resume, in whatever state the job is then.
#[test]
fn the_http_method_is_set_before_the_first_resume() {
    for state in unfinished().filter(|state| *state != Suspended) {
        let mut job = download_in(state);
        assert_eq!(code(&mut job, method("PUT")), AFTER_RESUME, "{state}");
        assert_eq!(job.http_method(), "GET");
    }
    let mut job = download_in(Queued);
    call(&mut job, Call::Suspend, start());
    assert_eq!(code(&mut job, method("PUT")), AFTER_RESUME, "suspended again");
    for mut job in [empty_job(JobType::Download), download_in(Suspended)] {
        assert_eq!(code(&mut job, method("PUT")), HResult::S_OK);
    }
}

/// PROP-39: in either order.
#[test]
fn another_http_method_excludes_two_modes() {
    for mode in [DYNAMIC, DEMAND] {
        let mut job = empty_job(JobType::Download);
        call(&mut job, set(mode), start());
        assert_eq!(code(&mut job, method("PUT")), CUSTOM_METHOD, "{mode:?}");
        assert_eq!(code(&mut job, method("GET")), HResult::S_OK, "{mode:?}");

        let mut job = empty_job(JobType::Download);
        call(&mut job, method("PUT"), start());
        assert_eq!(code(&mut job, set(mode)), CUSTOM_METHOD, "{mode:?}");
    }
}
