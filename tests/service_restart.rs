//! A restart of the service, or of the computer: what of a job outlives it.

mod common;

use std::sync::Arc;

use bits_emulator::uuid::Uuid;
use bits_emulator::{
    AuthScheme, AuthTarget, Call, CallbackInterface, CertStoreLocation, CertificateId,
    CertificateLookup, ClientCertificate, CostFlags, Credentials, Event, FileAclFlags, FileIndex,
    HelperTokenFlags, HttpSecurityFlags, JobPriority, JobProperty, JobPropertyId, JobState,
    JobStateMachine, JobType, NotifyFlags, PeerCachingFlags, ProxySettings, Token,
    ValidationInterface,
};
use common::*;

/// A value for everything that a client can set of a download.
fn settings() -> Vec<Call> {
    let certificate = ClientCertificate {
        location: CertStoreLocation::CurrentUser,
        store_name: Some("MY".into()),
        id: Some(CertificateId::Hash([7; 20].into())),
    };
    let credentials = Credentials::new(AuthTarget::Server, AuthScheme::Basic, "user", "secret");
    let properties = [
        JobProperty::CostFlags(CostFlags::TRANSFER_STANDARD),
        JobProperty::NotificationClsid(Uuid::from_u128(5)),
        JobProperty::DynamicContent(false),
        JobProperty::MaxDownloadSize(1_000_000),
        JobProperty::UseStoredCredentials(AuthTarget::Proxy),
        JobProperty::MinimumNotificationInterval(900),
    ];
    let mut calls = vec![
        Call::SetDisplayName(Some("name".into())),
        Call::SetDescription(Some("what for".into())),
        Call::SetPriority(JobPriority::High),
        Call::SetNotifyFlags(NotifyFlags::JOB_ERROR),
        Call::set_notify_cmd_line(r"C:\tell.exe", Some(r"C:\tell.exe now")),
        Call::SetMinimumRetryDelay(70),
        Call::SetNoProgressTimeout(80),
        Call::SetMaximumDownloadTime(90_000),
        Call::SetProxySettings(Arc::new(ProxySettings::overriding("proxy:80", Some("*.local")))),
        Call::SetCredentials(Arc::new(credentials)),
        Call::SetFileAclFlags(FileAclFlags::DACL),
        Call::SetPeerCachingFlags(PeerCachingFlags::all()),
        Call::SetClientCertificate(Arc::new(certificate), CertificateLookup::Found),
        Call::SetCustomHeaders(Some("A: b\r\n".into())),
        Call::SetSecurityFlags(HttpSecurityFlags::IGNORE_UNKNOWN_CA),
        Call::SetHelperTokenFlags(HelperTokenFlags::LOCAL_FILE),
    ];
    calls.extend(properties.map(Call::SetProperty));
    calls
}

/// Everything that can be read of a job and that a restart must keep, in words.
fn seen(job: &JobStateMachine) -> Vec<String> {
    let properties = JobPropertyId::ALL.iter().map(|id| format!("{:?}", job.property(*id)));
    let credentials = job.credentials(AuthTarget::Server, AuthScheme::Basic);
    let password = credentials.and_then(|known| known.password.as_deref());
    let mut seen: Vec<String> = properties.collect();
    seen.extend([
        format!("{:?} {:?} {}", job.id(), job.job_type(), job.owner()),
        format!("{} {}", job.display_name(), job.description()),
        format!("{} {:?} {:?}", job.priority(), job.notify_flags(), job.notify_cmd_line()),
        format!("{} {}", job.minimum_retry_delay(), job.no_progress_timeout()),
        format!("{} {:?}", job.maximum_download_time(), job.proxy_settings()),
        format!("{credentials:?} {password:?} {:?}", job.client_certificate()),
        format!("{:?} {:?}", job.custom_headers(&Token::default()), job.request_headers()),
        format!("{:?} {:?}", job.file_acl_flags(), job.peer_caching_flags()),
        format!("{:?} {:?}", job.security_flags(), job.helper_token_flags()),
        format!("{:?} {:?}", job.progress(), job.file_progress(FileIndex(0))),
        format!("{:?} {:?}", job.file(FileIndex(0)), job.file_ranges(FileIndex(0))),
        format!("{:?} {}", get_error(job), job.error_count()),
        format!("{:?} {:?}", job.times().creation, job.times().transfer_completion),
        format!("{:?}", job.is_complete()),
    ]);
    seen
}

/// NET-13, INV-57: jobs, progress, properties, the command line and the notification CLSID persist.
#[test]
fn everything_that_is_set_outlives_a_restart() {
    for state in JobState::ALL.iter().copied() {
        let mut job = empty_job(JobType::Download);
        let file = Call::add_file_with_ranges(file(0), [range(0, 40), range(60, 40)]);
        call(&mut job, file, start());
        for setting in settings() {
            call(&mut job, setting, start());
        }
        bring_to(&mut job, Transferring, start());
        event(&mut job, Event::SizeKnown(100), start());
        event(&mut job, Event::Progressed(40), start());
        leave_transferring(&mut job, state, start());
        let before = seen(&job);
        event(&mut job, Event::ServiceRestarted, at(1));
        assert_eq!(seen(&job), before, "{state}");
        let expected = if state.is_active() { Queued } else { state };
        assert_eq!(job.state(), expected, "LIFE-30");
    }
}

/// NET-13, INV-57: the same of a reply, and of the ranges of an on-demand job.
#[test]
fn replies_and_ranges_outlive_a_restart() {
    for state in JobState::ALL.iter().copied() {
        let mut job = reply_begun(state);
        let seen = |job: &JobStateMachine| (job.reply_progress(), job.reply_file_name());
        let before = seen(&job);
        event(&mut job, Event::ServiceRestarted, at(1));
        assert_eq!(seen(&job), before, "{state}");
    }
    let mut job = download_in(Suspended);
    call(&mut job, Call::SetProperty(JobProperty::OnDemandMode(true)), start());
    let ranges = [range(0, 10), range(50, 10)].into();
    call(&mut job, Call::RequestFileRanges(FileIndex(0), ranges), start());
    bring_to(&mut job, Transferring, start());
    event(&mut job, Event::SizeKnown(100), start());
    event(&mut job, Event::Progressed(15), start());
    event(&mut job, Event::ServiceRestarted, at(1));
    let filled = job.filled_file_ranges(FileIndex(0)).unwrap();
    assert_eq!(filled, [range(0, 10), range(50, 5)]);
    bring_to(&mut job, Transferring, at(1));
    event(&mut job, Event::Progressed(5), at(1));
    assert_eq!(job.state(), Suspended, "what was asked for is known too");
}

/// NET-13, NOTIFY-18: the client's objects and its token do not persist.
#[test]
fn objects_and_tokens_end_with_the_service() {
    let mut job = download_in(Suspended);
    call(&mut job, Call::SetNotifyInterface(Some(CallbackInterface::Callback3)), start());
    let check = ValidationInterface::Callback;
    call(&mut job, Call::SetServerCertificateValidationInterface(check), start());
    call(&mut job, Call::SetHelperToken, start());
    event(&mut job, Event::ServiceRestarted, at(1));
    assert_eq!(job.notify_interface(), None);
    assert_eq!(job.helper_token_sid(), None);

    // PROP-28: that a check is wanted is known, the object to ask is gone.
    bring_to(&mut job, Connecting, at(1));
    let certificate = Event::CertificateReceived("example.com:443".into(), [1, 2].into());
    event(&mut job, certificate, at(1));
    assert_eq!(job.state(), JobState::Error);
}
