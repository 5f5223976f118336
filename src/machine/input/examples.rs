//! What could happen to a job next.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::call::{
    Call, Commit, Deletion, Directory, FailedRename, FileAccess, ValidationInterface,
};
use super::event::{ComputerEvent, Deadline, Event, Input};
use super::failure::Failure;
use crate::machine::JobStateMachine;
use crate::machine::conditions::Block;
use crate::vocabulary::{
    AuthScheme, AuthTarget, CallbackInterface, CertStoreLocation, CertificateId, CertificateLookup,
    ClientCertificate, CostFlags, Credentials, FileAclFlags, FileIndex, FileInfo, FileRange,
    HResult, HelperTokenFlags, HttpSecurityFlags, JobPriority, JobProperty, Notification,
    NotifyFlags, PeerCachingFlags, ProxySettings, Token,
};

impl Input {
    /// Returns one or more examples of every kind of input, in a fixed order: the columns of the
    /// state-by-input matrix, and the alphabet of random traces.
    #[must_use]
    pub fn examples() -> Vec<Self> {
        let calls = calls().into_iter().chain(setters()).map(Self::Call);
        let administrator = Token::administrator(500);
        let by_administrator = [Call::Resume, Call::TakeOwnership(FileAccess::Granted)]
            .map(|call| Self::CallBy(administrator, call));
        let deadlines = Deadline::ALL.iter().copied().map(Self::Deadline);
        calls.chain(by_administrator).chain(events().map(Self::Event)).chain(deadlines).collect()
    }
}

fn calls() -> [Call; 12] {
    let file = || FileInfo::new("https://example.com/app.exe", r"C:\app\app.exe");
    let denied = FailedRename { after: 0, code: HResult::ERROR_SHARING_VIOLATION };
    [
        Call::Resume,
        Call::Suspend,
        Call::Cancel(Deletion::Done),
        Call::Cancel(Deletion::Incomplete),
        Call::Complete(Commit::default()),
        Call::Complete(Commit { deletion: Deletion::Incomplete, ..Commit::default() }),
        Call::Complete(Commit { failed_rename: Some(denied), ..Commit::default() }),
        Call::add_file(file()),
        Call::add_file_set([file(), file()]),
        Call::add_file_with_ranges(file(), [FileRange::new(0, 10)]),
        Call::SetServerCertificateValidationInterface(ValidationInterface::Callback),
        Call::SetReplyFileName(None, Directory::Writable),
    ]
}

fn setters() -> impl Iterator<Item = Call> {
    [
        Call::SetPriority(JobPriority::Foreground),
        Call::SetMinimumRetryDelay(60),
        Call::SetNoProgressTimeout(86_400),
        Call::SetMaximumDownloadTime(86_400),
        Call::SetFileAclFlags(FileAclFlags::empty()),
        Call::SetHelperTokenFlags(HelperTokenFlags::all()),
        Call::SetHelperToken,
        Call::ClearHelperToken,
        Call::SetDisplayName(Some("update".into())),
        Call::SetDescription(Some("the monthly update".into())),
        Call::SetNotifyFlags(NotifyFlags::all().difference(NotifyFlags::DISABLE)),
        Call::SetNotifyInterface(Some(CallbackInterface::Callback3)),
        Call::SetNotifyInterface(None),
        Call::set_notify_cmd_line(r"C:\app\done.exe", None),
    ]
    .into_iter()
    .chain(http_options())
    .chain(properties().map(Call::SetProperty))
    .chain([
        Call::SetRemoteName(FileIndex(0), "https://example.org/app.exe".into()),
        Call::ReplaceRemotePrefix {
            old: "https://example.com/".into(),
            new: "https://example.net/".into(),
        },
        Call::SetValidationState(FileIndex(0), true),
        Call::SetValidationState(FileIndex(0), false),
        Call::RequestFileRanges(FileIndex(0), Arc::new([FileRange::new(0, 30)])),
        Call::UpdateDownloadPosition(FileIndex(0), 20),
    ])
}

fn http_options() -> impl Iterator<Item = Call> {
    let certificate = ClientCertificate {
        location: CertStoreLocation::CurrentUser,
        store_name: Some("MY".into()),
        id: Some(CertificateId::Hash(Arc::new([7; 20]))),
    };
    let (target, scheme) = (AuthTarget::Server, AuthScheme::Basic);
    [
        Call::SetProxySettings(Arc::new(ProxySettings::overriding("proxy.example.com:8080", None))),
        Call::SetCredentials(Arc::new(Credentials::new(target, scheme, "alice", "secret"))),
        Call::RemoveCredentials(target, scheme),
        Call::SetClientCertificate(Arc::new(certificate), CertificateLookup::Found),
        Call::RemoveClientCertificate,
        Call::SetCustomHeaders(Some("X-Channel: beta\r\n".into())),
        Call::MakeCustomHeadersWriteOnly,
        Call::SetSecurityFlags(HttpSecurityFlags::ENABLE_CRL_CHECK),
        Call::SetHttpMethod("POST".into()),
        Call::SetPeerCachingFlags(PeerCachingFlags::empty()),
    ]
    .into_iter()
}

fn properties() -> impl Iterator<Item = JobProperty> {
    [
        JobProperty::CostFlags(CostFlags::TRANSFER_STANDARD),
        JobProperty::NotificationClsid(Uuid::from_u128(7)),
        JobProperty::DynamicContent(true),
        JobProperty::HighPerformance(true),
        JobProperty::MaxDownloadSize(1_000),
        JobProperty::UseStoredCredentials(AuthTarget::Proxy),
        JobProperty::MinimumNotificationInterval(1_000),
        JobProperty::OnDemandMode(true),
    ]
    .into_iter()
}

fn events() -> impl Iterator<Item = Event> {
    let failures = [
        Failure::http(503),
        Failure::http(404),
        Failure::application_silent(),
        Failure::acl_privilege_missing(),
    ];
    let codes = [HResult::ERROR_WINHTTP_NAME_NOT_RESOLVED, HResult::BG_E_DESTINATION_LOCKED];
    let from_codes = codes.into_iter().filter_map(|code| Failure::new(code).ok());
    let failed = failures.into_iter().chain(from_codes).map(Event::Failed);
    let blocks = Block::ALL.iter().flat_map(|block| {
        [
            Event::Computer(ComputerEvent::Blocked(*block)),
            Event::Computer(ComputerEvent::Unblocked(*block)),
        ]
    });
    [
        Event::Picked,
        Event::Connected,
        Event::SizeKnown(100),
        Event::HeadersReceived("Content-Length: 100\r\n".into()),
        Event::Progressed(40),
        Event::FileTransferred,
        Event::ReplyStarted(10),
        Event::FileChanged,
        Event::SessionLost,
        Event::SliceOver,
    ]
    .into_iter()
    .chain(failed)
    .chain([
        Event::Redirected(302, "https://example.org/app.exe".into()),
        Event::Redirected(302, "http://example.org/app.exe".into()),
        Event::CertificateReceived("example.com:443".into(), Arc::new([9; 20])),
        Event::CertificateChecked(HResult::S_OK),
        Event::CertificateChecked(HResult::E_ACCESSDENIED),
        Event::Computer(ComputerEvent::NetworkLost),
        Event::Computer(ComputerEvent::NetworkRestored),
        Event::Computer(ComputerEvent::NetworkCost(
            CostFlags::USAGE_BASED.union(CostFlags::ROAMING),
        )),
        Event::Computer(ComputerEvent::NetworkCost(CostFlags::UNRESTRICTED)),
        Event::VolumeLocked,
        Event::VolumeUnlocked,
    ])
    .chain(blocks)
    .chain([Event::OwnerLoggedOff, Event::OwnerLoggedOn])
    .chain(notifications())
    .chain([
        Event::ClientExited,
        Event::CallbackLost,
        Event::CertificateCallbackLost,
        Event::Computer(ComputerEvent::ServiceRestarted),
        Event::Computer(ComputerEvent::ClockChanged(TimeDelta::hours(1))),
        Event::UploadCancelled,
    ])
}

fn notifications() -> impl Iterator<Item = Event> {
    let all = [
        Notification::FileTransferred(FileIndex(0)),
        Notification::JobTransferred,
        Notification::JobError,
        Notification::FileRangesTransferred(FileIndex(0)),
        Notification::JobModification,
    ];
    let calls = all.into_iter().flat_map(|notification| {
        [
            Event::NotificationStarted(notification),
            Event::NotificationReturned(notification, HResult::S_OK),
            Event::NotificationReturned(notification, HResult::E_ACCESSDENIED),
        ]
    });
    calls.chain([Event::ProgramExited(0), Event::ProgramExited(1)])
}

impl JobStateMachine {
    /// Returns those of [`Input::examples`] that could come next: calls that would be accepted, events
    /// that would not be ignored, and the deadline that acts next, at its time.
    ///
    /// ```
    /// use bits_emulator::machine::{Call, Input, JobOptions, JobStateMachine};
    /// use chrono::DateTime;
    ///
    /// let now = DateTime::UNIX_EPOCH;
    /// let job = JobStateMachine::new(JobOptions::default(), now);
    /// // LIFE-08: a job without files cannot be resumed.
    /// assert!(job.enabled(now).all(|input| input != Input::Call(Call::Resume)));
    /// ```
    pub fn enabled(&self, now: DateTime<Utc>) -> impl Iterator<Item = Input> + '_ {
        Input::examples().into_iter().filter(move |input| self.is_enabled(input, now))
    }

    /// Returns whether an input could come next: a call that would be accepted, an event that would not
    /// be ignored, the deadline that acts next.
    #[must_use]
    pub fn is_enabled(&self, input: &Input, now: DateTime<Utc>) -> bool {
        match input {
            Input::Call(call) => self.allows(call, now).is_ok(),
            Input::CallBy(token, call) => self.allows_by(token, call, now).is_ok(),
            // Tried on a copy, so that there is one answer to what an event does.
            Input::Event(event) => !self.clone().handle(event.clone(), now).was_ignored(),
            Input::Deadline(deadline) => self.comes_next(*deadline),
        }
    }
}
