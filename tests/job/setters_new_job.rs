//! What a job is like when it is created.

use std::time::Duration;

use crate::common::*;
use bits_emulator::accounts::{IntegrityLevel, Token};
use bits_emulator::machine::{CallbackInterface, JobOptions, JobStateMachine};
use bits_emulator::policy::CostFlags;
use bits_emulator::settings::{
    AuthTarget, FileAclFlags, HelperTokenFlags, HttpSecurityFlags, JobProperty, JobPropertyId,
    PeerCachingFlags, ProxySettings, ProxyUsage, RedirectPolicy,
};
use bits_emulator::{HResult, JobId, JobPriority, JobProgress, JobTimes, JobType, NotifyFlags};
use uuid::Uuid;

fn create(name: &str, options: JobOptions) -> JobStateMachine {
    JobStateMachine::create(Some(name.into()), options, start()).unwrap()
}

fn id(number: u32) -> JobId {
    format!("{{00000000-0000-0000-0000-{number:012}}}").parse().unwrap()
}

/// CREATE-01
#[test]
fn a_new_job_is_suspended_empty_and_its_creators() {
    for job_type in JobType::ALL.iter().copied() {
        for owner in [Token::user(1001), Token::user(1002), Token::administrator(500)] {
            let job =
                create("update", JobOptions { id: id(7), job_type, owner, ..options(job_type) });
            assert_eq!((job.id(), job.job_type(), job.state()), (id(7), job_type, Suspended));
            assert_eq!((job.owner(), job.file_count()), (owner.user, 0));
            assert_eq!(job.display_name(), "update");
        }
    }
}

/// CREATE-02: the id tells jobs apart, the name does not.
#[test]
fn jobs_may_share_a_name() {
    let [first, second] = [1, 2]
        .map(|number| create("update", JobOptions { id: id(number), ..JobOptions::default() }));
    assert_eq!(first.display_name(), second.display_name());
    assert_ne!(first.id(), second.id());
}

/// CREATE-03: nothing changes the type, so that each step finds the one given.
#[test]
fn the_type_is_fixed_at_creation() {
    for (number, job_type) in
        [(0, JobType::Download), (1, JobType::Upload), (2, JobType::UploadReply)]
    {
        assert_eq!(JobType::from_value(number), Ok(job_type));
        for state in bits_emulator::JobState::ALL {
            assert_eq!(job_in(job_type, *state).job_type(), job_type);
        }
    }
}

/// CREATE-04
#[test]
fn another_type_does_not_exist() {
    for number in [3, 4, u32::MAX] {
        assert_eq!(JobType::from_value(number).unwrap_err().code, HResult::E_NOTIMPL);
    }
}

/// CREATE-05: not null, at most 256; it may be empty.
#[test]
fn a_job_has_a_name() {
    let with = |name: Option<&str>| {
        let job = JobStateMachine::create(name.map(Into::into), JobOptions::default(), start());
        job.map(|job| job.display_name().to_owned()).map_err(|error| error.code())
    };
    assert_eq!(with(Some("update")), Ok("update".to_owned()));
    assert_eq!(with(Some("")), Ok(String::new()));
    assert_eq!(with(None), Err(HResult::E_INVALIDARG));
    assert_eq!(with(Some(&"n".repeat(256))), Ok("n".repeat(256)));
    assert_eq!(with(Some(&"n".repeat(257))), Err(HResult::E_INVALIDARG));
}

/// CREATE-07
#[test]
fn numbers_and_flags_have_defaults() {
    for job_type in JobType::ALL.iter().copied() {
        let job = create("", options(job_type));
        assert_eq!(job.priority(), JobPriority::Normal);
        assert_eq!(job.minimum_retry_delay(), 600);
        assert_eq!(job.no_progress_timeout(), 1_209_600);
        assert_eq!(job.maximum_download_time(), 7_776_000);
        assert_eq!(job.notify_flags(), NotifyFlags::JOB_TRANSFERRED | NotifyFlags::JOB_ERROR);
        assert_eq!(job.notify_flags().bits(), 3);
        assert_eq!(job.file_acl_flags(), FileAclFlags::empty());
        assert_eq!(job.security_flags(), HttpSecurityFlags::empty());
        assert_eq!(job.security_flags().redirect_policy(), Some(RedirectPolicy::AllowSilent));
        assert_eq!(job.peer_caching_flags(), PeerCachingFlags::empty());
        assert_eq!(job.helper_token_flags(), HelperTokenFlags::empty());
        assert_eq!(job.error_count(), 0);
    }
}

/// CREATE-07, PROP-07, NOTIFY-29
#[test]
fn nothing_else_is_set() {
    for job_type in JobType::ALL.iter().copied() {
        let job = create("", options(job_type));
        let preconfig =
            ProxySettings { usage: ProxyUsage::Preconfig, proxy_list: None, bypass_list: None };
        assert_eq!(job.proxy_settings(), preconfig);
        assert_eq!(job.description(), "");
        assert_eq!(job.notify_interface(), None::<CallbackInterface>);
        assert_eq!(job.notify_cmd_line(), ("", ""));
        assert_eq!(job.due_notifications().count(), 0);
        assert_eq!(job.helper_token_sid(), None);
        assert!(job.client_certificate().is_err());
        assert_eq!(job.custom_headers(&Token::default()), Ok(None));
        assert_eq!(
            job.credentials(AuthTarget::Server, bits_emulator::settings::AuthScheme::Ntlm),
            None
        );
        assert!(!job.checks_certificates());
        assert!(job.error().is_err());
        let method = if job_type == JobType::Download { "GET" } else { "BITS_POST" };
        assert_eq!(job.http_method(), method);
        assert_eq!(job.reply_file_name().ok(), (job_type == JobType::UploadReply).then_some(None));
    }
}

/// CREATE-07, PROP-30, PROP-31, PROP-42
#[test]
fn generic_properties_have_defaults() {
    let job = create("", JobOptions::default());
    let properties: Vec<_> = JobPropertyId::ALL.iter().map(|id| job.property(*id)).collect();
    assert_eq!(
        properties,
        [
            Some(JobProperty::CostFlags(CostFlags::TRANSFER_UNRESTRICTED)),
            Some(JobProperty::NotificationClsid(Uuid::nil())),
            Some(JobProperty::DynamicContent(false)),
            Some(JobProperty::HighPerformance(false)),
            Some(JobProperty::MaxDownloadSize(0)),
            None,
            Some(JobProperty::MinimumNotificationInterval(500)),
            Some(JobProperty::OnDemandMode(false)),
        ]
    );
}

/// CREATE-07, PROGRESS-12, SEC-14: what is no setting.
#[test]
fn a_new_job_has_done_nothing() {
    let job = create("", JobOptions::default());
    let JobProgress { bytes_total, bytes_transferred, files_total, files_transferred, .. } =
        job.progress();
    assert_eq!((bytes_total, bytes_transferred), (Some(0), 0));
    assert_eq!((files_transferred, files_total), (0, 0));
    let JobTimes { creation, modification, transfer_completion, .. } = job.times();
    assert_eq!((creation, modification, transfer_completion), (start(), start(), None));
    let owner = (job.owner_integrity_level(), job.owner_elevation_state());
    assert_eq!(owner, (IntegrityLevel::Medium, false));
}

/// TIME-15: the policy of the computer gives the maximum download time.
#[test]
fn a_policy_gives_another_maximum_download_time() {
    let job = create(
        "",
        JobOptions { maximum_download_time: Duration::from_secs(60), ..JobOptions::default() },
    );
    assert_eq!(job.maximum_download_time(), 60);
}
