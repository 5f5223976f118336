//! The setters of T1.

use std::sync::Arc;

use bits_emulator::machine::{Call, CallbackInterface, FileAccess, FileIndex};
use bits_emulator::policy::CostFlags;
use bits_emulator::settings::{
    AuthScheme, AuthTarget, CertStoreLocation, CertificateId, CertificateLookup, ClientCertificate,
    Credentials, HelperTokenFlags, HttpSecurityFlags, JobProperty, PeerCachingFlags, ProxySettings,
};
use bits_emulator::{JobPriority, NotifyFlags};
use uuid::Uuid;

/// Every setter that all states of a download but the final ones allow to its owner.
pub(crate) fn setters() -> Vec<Call> {
    let mut calls = vec![
        Call::SetPriority(JobPriority::Low),
        Call::SetDisplayName(Some("update".into())),
        Call::SetDescription(Some("the monthly update".into())),
        Call::SetMinimumRetryDelay(60),
        Call::SetNoProgressTimeout(60),
        Call::SetMaximumDownloadTime(60),
        Call::SetNotifyFlags(NotifyFlags::JOB_ERROR),
        Call::SetNotifyInterface(Some(CallbackInterface::Callback)),
        Call::SetNotifyInterface(None),
        Call::set_notify_cmd_line(r"C:\app\done.exe", None),
        Call::SetHelperTokenFlags(HelperTokenFlags::NETWORK),
        Call::SetHelperToken,
        Call::ClearHelperToken,
        Call::SetRemoteName(FileIndex(0), "https://example.org/0.bin".into()),
        Call::ReplaceRemotePrefix {
            old: "https://example.com/".into(),
            new: "https://example.net/".into(),
        },
    ];
    calls.extend(http_setters());
    calls.extend(properties().map(Call::SetProperty));
    calls
}

fn http_setters() -> [Call; 7] {
    let proxies = ProxySettings::overriding("proxy.example.com:8080", Some("<local>"));
    let (target, scheme) = (AuthTarget::Server, AuthScheme::Basic);
    [
        Call::SetProxySettings(Arc::new(proxies)),
        Call::SetCustomHeaders(Some("X-Channel: beta\r\n".into())),
        Call::SetSecurityFlags(HttpSecurityFlags::IGNORE_UNKNOWN_CA),
        Call::SetPeerCachingFlags(PeerCachingFlags::DISABLE_BRANCH_CACHE),
        set_certificate(CertificateId::Hash(Arc::new([7; 20]))),
        set_certificate(CertificateId::Subject("Alice".into())),
        Call::SetCredentials(Arc::new(Credentials::new(target, scheme, "alice", "secret"))),
    ]
}

fn properties() -> impl Iterator<Item = JobProperty> {
    [
        JobProperty::CostFlags(CostFlags::TRANSFER_STANDARD),
        JobProperty::NotificationClsid(Uuid::from_u128(7)),
        JobProperty::UseStoredCredentials(AuthTarget::Proxy),
        JobProperty::MinimumNotificationInterval(1_000),
        JobProperty::OnDemandMode(false),
    ]
    .into_iter()
}

pub(crate) fn set_certificate(id: CertificateId) -> Call {
    let certificate = ClientCertificate {
        location: CertStoreLocation::CurrentUser,
        store_name: Some("MY".into()),
        id: Some(id),
    };
    Call::SetClientCertificate(Arc::new(certificate), CertificateLookup::Found)
}

/// What takes away credentials and a certificate that a job may not have.
pub(crate) fn removers() -> Vec<Call> {
    let (target, scheme) = (AuthTarget::Server, AuthScheme::Basic);
    vec![Call::RemoveCredentials(target, scheme), Call::RemoveClientCertificate]
}

pub(crate) fn take_ownership() -> Call {
    Call::TakeOwnership(FileAccess::Granted)
}
