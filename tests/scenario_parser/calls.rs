//! Calls with arbitrary values.

use std::sync::Arc;

use bits_emulator::machine::{
    Call, CallbackInterface, Commit, Deletion, Directory, FailedRename, FileAccess,
    ValidationInterface,
};
use bits_emulator::policy::CostFlags;
use bits_emulator::settings::{
    AuthScheme, AuthTarget, CertStoreLocation, CertificateId, CertificateLookup, ClientCertificate,
    Credentials, FileAclFlags, HelperTokenFlags, HttpSecurityFlags, JobProperty, PeerCachingFlags,
    ProxySettings, ProxyUsage,
};
use bits_emulator::{FileInfo, JobPriority, NotifyFlags};
use proptest::prelude::*;

use crate::values::*;

pub(crate) fn call() -> BoxedStrategy<Call> {
    prop_oneof![adding(), ending(), of_files(), plain_setting(), http_option(), property()].boxed()
}

/// What an expectation can ask for: settings that a getter yields.
pub(crate) fn readable() -> BoxedStrategy<Call> {
    let unreadable = |call: &Call| {
        matches!(
            call,
            Call::SetCredentials(_)
                | Call::RemoveCredentials(..)
                | Call::RemoveClientCertificate
                | Call::SetServerCertificateValidationInterface(_)
        )
    };
    prop_oneof![plain_setting(), http_option(), property()]
        .prop_filter("it can be read", move |call| !unreadable(call))
        .boxed()
}

fn directory() -> BoxedStrategy<Directory> {
    prop::sample::select(vec![Directory::Writable, Directory::Missing, Directory::Denied]).boxed()
}

fn adding() -> BoxedStrategy<Call> {
    let file = || (name(), name()).prop_map(|(remote, local)| FileInfo::new(remote, &*local));
    let files = prop::collection::vec(file(), 1..4);
    prop_oneof![
        (file(), directory()).prop_map(|(file, directory)| Call::AddFile(file, directory)),
        (files, directory())
            .prop_map(|(files, directory)| Call::AddFileSet(files.into(), directory)),
        (file(), ranges(), directory()).prop_map(|(file, ranges, directory)| {
            Call::AddFileWithRanges(file, ranges, directory)
        }),
    ]
    .boxed()
}

fn ending() -> BoxedStrategy<Call> {
    let deletion = prop::sample::select(vec![Deletion::Done, Deletion::Incomplete]);
    let rename = (0..u32::MAX, failure().prop_map(|failure| failure.code()))
        .prop_map(|(after, code)| FailedRename { after, code });
    let commit = (prop::option::of(rename), deletion.clone())
        .prop_map(|(failed_rename, deletion)| Commit { failed_rename, deletion });
    let access = prop::sample::select(vec![
        FileAccess::Granted,
        FileAccess::Denied,
        FileAccess::OtherMapping,
    ]);
    prop_oneof![
        deletion.prop_map(Call::Cancel),
        commit.prop_map(Call::Complete),
        access.prop_map(Call::TakeOwnership),
    ]
    .boxed()
}

fn of_files() -> BoxedStrategy<Call> {
    prop_oneof![
        (file_index(), name()).prop_map(|(file, name)| Call::SetRemoteName(file, name.into())),
        (name(), name()).prop_map(|(old, new)| Call::ReplaceRemotePrefix { old, new }),
        (file_index(), ranges()).prop_map(|(file, ranges)| Call::RequestFileRanges(file, ranges)),
        (file_index(), any::<u64>())
            .prop_map(|(file, offset)| Call::UpdateDownloadPosition(file, offset)),
    ]
    .boxed()
}

fn plain_setting() -> BoxedStrategy<Call> {
    use CallbackInterface::{Callback, Callback2, Callback3};
    let interface = prop::sample::select(vec![Callback, Callback2, Callback3]);
    let flags = prop_oneof![
        any::<u32>().prop_map(|bits| Call::SetNotifyFlags(NotifyFlags::from_bits_retain(bits))),
        any::<u32>().prop_map(|bits| Call::SetFileAclFlags(FileAclFlags::from_bits_retain(bits))),
        any::<u32>()
            .prop_map(|bits| Call::SetPeerCachingFlags(PeerCachingFlags::from_bits_retain(bits))),
        any::<u32>()
            .prop_map(|bits| Call::SetHelperTokenFlags(HelperTokenFlags::from_bits_retain(bits))),
        any::<u32>()
            .prop_map(|bits| Call::SetSecurityFlags(HttpSecurityFlags::from_bits_retain(bits))),
    ];
    prop_oneof![
        maybe_name().prop_map(Call::SetDisplayName),
        maybe_name().prop_map(Call::SetDescription),
        prop::sample::select(JobPriority::ALL.to_vec()).prop_map(Call::SetPriority),
        prop::option::of(interface).prop_map(Call::SetNotifyInterface),
        (maybe_name(), maybe_name())
            .prop_map(|(program, parameters)| Call::SetNotifyCmdLine { program, parameters }),
        any::<u32>().prop_map(Call::SetMinimumRetryDelay),
        any::<u32>().prop_map(Call::SetNoProgressTimeout),
        any::<u32>().prop_map(Call::SetMaximumDownloadTime),
        (maybe_name(), directory())
            .prop_map(|(name, directory)| Call::SetReplyFileName(name, directory)),
        (file_index(), any::<bool>())
            .prop_map(|(file, valid)| Call::SetValidationState(file, valid)),
        flags,
    ]
    .boxed()
}

fn http_option() -> BoxedStrategy<Call> {
    let target = || prop::sample::select(AuthTarget::ALL.to_vec());
    let scheme = || prop::sample::select(AuthScheme::ALL.to_vec());
    let usage = prop::sample::select(ProxyUsage::ALL.to_vec());
    let proxy = (usage, maybe_name(), maybe_name()).prop_map(|(usage, proxy_list, bypass_list)| {
        ProxySettings { usage, proxy_list, bypass_list }
    });
    let credentials = (target(), scheme(), maybe_name(), maybe_name()).prop_map(
        |(target, scheme, user_name, password)| Credentials { target, scheme, user_name, password },
    );
    use ValidationInterface::{Callback, Null, Wrong};
    prop_oneof![
        proxy.prop_map(|settings| Call::SetProxySettings(Arc::new(settings))),
        credentials.prop_map(|credentials| Call::SetCredentials(Arc::new(credentials))),
        (target(), scheme()).prop_map(|(target, scheme)| Call::RemoveCredentials(target, scheme)),
        certificate(),
        Just(Call::RemoveClientCertificate),
        prop::option::of(headers()).prop_map(Call::SetCustomHeaders),
        Just(Call::MakeCustomHeadersWriteOnly),
        name().prop_map(Call::SetHttpMethod),
        prop::sample::select(vec![Callback, Null, Wrong])
            .prop_map(Call::SetServerCertificateValidationInterface),
    ]
    .boxed()
}

fn certificate() -> BoxedStrategy<Call> {
    use CertificateLookup::{AccessDenied, Found, NoCertificate, NoStore};
    let id = prop_oneof![
        bytes().prop_map(CertificateId::Hash),
        name().prop_map(CertificateId::Subject),
    ];
    let lookup = prop::sample::select(vec![Found, NoStore, NoCertificate, AccessDenied]);
    let location = prop::sample::select(CertStoreLocation::ALL.to_vec());
    (location, maybe_name(), prop::option::of(id), lookup)
        .prop_map(|(location, store_name, id, lookup)| {
            let certificate = ClientCertificate { location, store_name, id };
            Call::SetClientCertificate(Arc::new(certificate), lookup)
        })
        .boxed()
}

fn property() -> BoxedStrategy<Call> {
    let policies = vec![
        CostFlags::TRANSFER_ALWAYS,
        CostFlags::TRANSFER_STANDARD,
        CostFlags::TRANSFER_UNRESTRICTED,
        CostFlags::UNRESTRICTED,
    ];
    prop_oneof![
        prop::sample::select(policies).prop_map(JobProperty::CostFlags),
        any::<u32>().prop_map(|bits| JobProperty::CostFlags(CostFlags::from_bits_retain(bits))),
        any::<[u8; 16]>().prop_map(|id| JobProperty::NotificationClsid(uuid::Uuid::from_bytes(id))),
        Just(JobProperty::NotificationClsid(uuid::Uuid::nil())),
        any::<bool>().prop_map(JobProperty::DynamicContent),
        any::<bool>().prop_map(JobProperty::HighPerformance),
        any::<u64>().prop_map(JobProperty::MaxDownloadSize),
        prop::sample::select(AuthTarget::ALL.to_vec()).prop_map(JobProperty::UseStoredCredentials),
        any::<u32>().prop_map(JobProperty::MinimumNotificationInterval),
        any::<bool>().prop_map(JobProperty::OnDemandMode),
    ]
    .prop_map(Call::SetProperty)
    .boxed()
}
