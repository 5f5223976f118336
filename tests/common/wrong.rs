//! Calls that jobs refuse.

use std::sync::Arc;

use bits_emulator::accounts::Token;
use bits_emulator::machine::{Call, Directory, FileAccess, FileIndex, Input, ValidationInterface};
use bits_emulator::policy::CostFlags;
use bits_emulator::settings::{
    AuthScheme, AuthTarget, CertStoreLocation, CertificateLookup, ClientCertificate, Credentials,
    FileAclFlags, HelperTokenFlags, HttpSecurityFlags, JobProperty, PeerCachingFlags,
    ProxySettings, ProxyUsage,
};
use bits_emulator::{FileRange, NotifyFlags};

use super::plans::tokens;
use crate::common::{cost_flags, file, range};

/// Calls with values that jobs do not take, and calls of somebody who may not.
pub(crate) fn wrong_inputs() -> Vec<Input> {
    let strangers = tokens().into_iter().filter(|token| token.restricted);
    let denied = strangers.map(|token| Input::CallBy(token, Call::Suspend));
    let low = Token { restricted: true, ..Token::administrator(500) };
    let calls = texts().into_iter().chain(flags()).chain(files()).map(Input::Call);
    denied
        .chain([Input::CallBy(low, Call::TakeOwnership(FileAccess::Granted))])
        .chain(calls)
        .collect()
}

fn texts() -> [Call; 10] {
    let long = |length| Some(Arc::from("x".repeat(length)));
    let proxy = ProxySettings { usage: ProxyUsage::Override, ..ProxySettings::default() };
    let certificate =
        ClientCertificate { location: CertStoreLocation::CurrentUser, store_name: None, id: None };
    let (target, scheme) = (AuthTarget::Server, AuthScheme::Basic);
    [
        Call::SetDisplayName(None),
        Call::SetDisplayName(long(257)),
        Call::SetDescription(None),
        Call::SetDescription(long(1_025)),
        Call::SetNotifyCmdLine { program: None, parameters: long(3) },
        Call::SetCustomHeaders(long(16_384)),
        Call::SetHttpMethod("".into()),
        Call::SetProxySettings(Arc::new(proxy)),
        Call::SetClientCertificate(Arc::new(certificate), CertificateLookup::Found),
        Call::SetCredentials(Arc::new(Credentials::of_logged_on_user(target, scheme))),
    ]
}

fn flags() -> [Call; 9] {
    [
        Call::SetNotifyFlags(NotifyFlags::from_bits_retain(0x40)),
        Call::SetFileAclFlags(FileAclFlags::from_bits_retain(0x10)),
        Call::SetPeerCachingFlags(PeerCachingFlags::from_bits_retain(8)),
        Call::SetSecurityFlags(HttpSecurityFlags::from_bits_retain(0x300)),
        Call::SetHelperTokenFlags(HelperTokenFlags::from_bits_retain(4)),
        Call::SetServerCertificateValidationInterface(ValidationInterface::Wrong),
        cost_flags(CostFlags::from_bits_retain(0x100)),
        Call::SetProperty(JobProperty::UseStoredCredentials(AuthTarget::Server)),
        Call::SetProperty(JobProperty::MaxDownloadSize(0)),
    ]
}

fn files() -> [Call; 10] {
    let relative = bits_emulator::FileInfo::new("https://example.com/a", "a.bin");
    let overlapping = [range(0, 10), range(5, 10)];
    let nowhere = FileIndex(u32::MAX);
    [
        Call::AddFile(file(0), Directory::Missing),
        Call::add_file(relative.clone()),
        Call::add_file_set([file(0), relative]),
        Call::add_file_with_ranges(file(0), overlapping),
        // Unless the caller is exempt.
        Call::add_file_with_ranges(file(0), (0..501).map(|n| range(2 * n, 1)).collect::<Vec<_>>()),
        Call::add_file_with_ranges(file(0), Vec::<FileRange>::new()),
        Call::SetRemoteName(nowhere, "https://example.com/a".into()),
        Call::ReplaceRemotePrefix { old: "".into(), new: "https://example.com/".into() },
        Call::SetValidationState(nowhere, false),
        Call::RequestFileRanges(nowhere, [range(0, 10)].into()),
    ]
}
