//! The alphabet of the models of a job: everything that moves one, with a representative value or two.

use std::sync::Arc;

use bits_emulator::accounts::Token;
use bits_emulator::machine::{
    Call, CallbackInterface, Commit, ComputerEvent, Deletion, Directory, Event, FailedRename,
    FileAccess, FileIndex, Input, ValidationInterface,
};
use bits_emulator::policy::{Block, CostFlags};
use bits_emulator::settings::{HelperTokenFlags, HttpSecurityFlags, JobProperty, ProxySettings};
use bits_emulator::{HResult, JobPriority, JobType, Notification, NotifyFlags};
use chrono::TimeDelta;
use uuid::Uuid;

use crate::common::*;

/// What is added to the steps that every model has: settings that belong together, with what they change
/// of the life of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    /// Some of the bytes arrive, and attempts are interrupted.
    Progress,
    /// The owner and the client come and go, and so does the service.
    Sessions,
    /// Time passes besides what clocks do.
    Time,
    /// The wall clock is moved, and the service restarts.
    WallClock,
    /// Other lengths of the clocks.
    Clocks,
    /// Priorities and policies.
    Priority,
    /// Costs of the network.
    Cost,
    /// A locked volume, and files that change.
    Transfer,
    /// Redirects, and headers of responses.
    Redirects,
    /// What disks refuse.
    Disk,
    /// More files, and other names of them.
    Files,
    /// A callback.
    Callback,
    /// A program, and a class.
    Program,
    /// Modifications and ranges are told.
    Modification,
    /// A job on demand.
    OnDemand,
    /// The client judges the content.
    Validation,
    /// A helper token.
    HelperToken,
    /// Another HTTP method, high performance, dynamic content, a largest size.
    Special,
    /// The client checks certificates, and proxies that are none.
    Certificates,
    /// An administrator takes the job over.
    Owner,
}

/// What a group adds.
pub(crate) struct Part {
    /// What the client does at first: each is a state in which the model begins.
    pub(crate) begins: Vec<Vec<Call>>,
    pub(crate) inputs: Vec<Input>,
    /// How many seconds may pass without anything else.
    pub(crate) waits: Option<u32>,
}

impl Group {
    pub(crate) const ALL: [Self; 20] = [
        Self::Progress,
        Self::Sessions,
        Self::Time,
        Self::WallClock,
        Self::Clocks,
        Self::Priority,
        Self::Cost,
        Self::Transfer,
        Self::Redirects,
        Self::Disk,
        Self::Files,
        Self::Callback,
        Self::Program,
        Self::Modification,
        Self::OnDemand,
        Self::Validation,
        Self::HelperToken,
        Self::Special,
        Self::Certificates,
        Self::Owner,
    ];

    /// The table of representative values.
    pub(crate) fn part(self, job_type: JobType) -> Part {
        let begins = |begins: Vec<Vec<Call>>| begins;
        let first = || vec![vec![]];
        let (begins, calls, events): (_, Vec<Call>, Vec<Event>) = match self {
            Self::Progress => (
                first(),
                vec![],
                vec![Event::Progressed(40), Event::Progressed(1_000), Event::SliceOver],
            ),
            Self::Sessions => (
                first(),
                vec![],
                vec![
                    Event::OwnerLoggedOff,
                    Event::OwnerLoggedOn,
                    Event::ClientExited,
                    ComputerEvent::ServiceRestarted.into(),
                ],
            ),
            Self::Time => (first(), vec![], vec![]),
            Self::WallClock => {
                let moved = |by| Event::from(ComputerEvent::ClockChanged(TimeDelta::seconds(by)));
                let restarted = ComputerEvent::ServiceRestarted.into();
                (first(), vec![], vec![moved(100), moved(-100), restarted])
            }
            Self::Clocks => (
                first(),
                vec![
                    Call::SetMinimumRetryDelay(60),
                    Call::SetMinimumRetryDelay(200),
                    Call::SetNoProgressTimeout(150),
                    Call::SetNoProgressTimeout(0),
                    Call::SetMaximumDownloadTime(100),
                    Call::SetMaximumDownloadTime(0),
                ],
                vec![],
            ),
            Self::Priority => (
                first(),
                vec![
                    Call::SetPriority(JobPriority::Foreground),
                    Call::SetPriority(JobPriority::Normal),
                ],
                [Block::BandwidthPolicy, Block::GameMode]
                    .into_iter()
                    .flat_map(|block| {
                        [ComputerEvent::Blocked(block), ComputerEvent::Unblocked(block)]
                    })
                    .map(Event::from)
                    .collect(),
            ),
            Self::Cost => (
                first(),
                vec![
                    cost_flags(CostFlags::TRANSFER_STANDARD),
                    cost_flags(CostFlags::TRANSFER_ALWAYS),
                    Call::SetPriority(JobPriority::Foreground),
                ],
                vec![roaming(), ComputerEvent::NetworkCost(CostFlags::UNRESTRICTED).into()],
            ),
            Self::Transfer => (
                first(),
                vec![],
                vec![
                    Event::VolumeLocked,
                    Event::VolumeUnlocked,
                    Event::FileChanged,
                    Event::SizeKnown(0),
                    Event::SizeKnown(50),
                    Event::SessionLost,
                    failed_with(HResult::ERROR_WINHTTP_NAME_NOT_RESOLVED),
                ],
            ),
            Self::Redirects => (
                first(),
                vec![disallow_redirects()],
                vec![
                    Event::HeadersReceived("ETag: 1\r\n".into()),
                    Event::Redirected(302, "https://example.org/app.exe".into()),
                    Event::Redirected(302, "http://example.org/app.exe".into()),
                ],
            ),
            Self::Disk => {
                let failed = |after| FailedRename { after, code: HResult::ERROR_SHARING_VIOLATION };
                let renames =
                    |after| Commit { failed_rename: Some(failed(after)), ..Commit::default() };
                let left = Commit { deletion: Deletion::Incomplete, ..Commit::default() };
                let calls = vec![
                    Call::Complete(renames(0)),
                    Call::Complete(renames(1)),
                    Call::Complete(left),
                    Call::Cancel(Deletion::Incomplete),
                ];
                (first(), calls, vec![])
            }
            Self::Files if job_type == JobType::Download => (
                vec![vec![Call::add_file_with_ranges(file(3), [range(0, 10), range(50, 20)])]],
                vec![
                    Call::add_file(file(4)),
                    Call::SetRemoteName(FileIndex(0), "https://example.org/a".into()),
                    Call::ReplaceRemotePrefix {
                        old: "https://example.org/".into(),
                        new: "https://example.com/".into(),
                    },
                ],
                vec![],
            ),
            Self::Files => (
                first(),
                vec![
                    Call::add_file(file(0)),
                    Call::SetReplyFileName(Some(r"C:\reply.bin".into()), Directory::Writable),
                    Call::SetReplyFileName(None, Directory::Writable),
                ],
                vec![],
            ),
            Self::Callback => (
                begins(vec![vec![listens(), callback()]]),
                vec![callback(), Call::SetNotifyInterface(Some(CallbackInterface::Callback))],
                tellings(&results(job_type)),
            ),
            Self::Program => (
                begins(vec![
                    vec![program()],
                    vec![program(), callback()],
                    vec![program(), class()],
                ]),
                vec![
                    program(),
                    Call::SetNotifyCmdLine { program: None, parameters: None },
                    Call::SetNotifyFlags(NotifyFlags::DISABLE),
                ],
                tellings(&[Notification::JobTransferred, Notification::JobError])
                    .into_iter()
                    .chain([Event::ProgramExited(0), Event::ProgramExited(1)])
                    .collect(),
            ),
            Self::Modification => {
                let flags = NotifyFlags::JOB_MODIFICATION
                    .union(NotifyFlags::FILE_RANGES_TRANSFERRED)
                    .union(NotifyFlags::JOB_TRANSFERRED);
                let on_demand = Call::SetProperty(JobProperty::OnDemandMode(true));
                let slowly = Call::SetProperty(JobProperty::MinimumNotificationInterval(60_000));
                let listens = vec![
                    Call::SetNotifyFlags(flags),
                    Call::SetNotifyInterface(Some(CallbackInterface::Callback3)),
                    slowly,
                ];
                let with_ranges = [vec![on_demand, asks(0, 60)], listens.clone()].concat();
                let ranges = Notification::FileRangesTransferred(FileIndex(0));
                let begins = match job_type {
                    JobType::Download => vec![listens, with_ranges],
                    JobType::Upload | JobType::UploadReply => vec![listens],
                };
                (begins, vec![], tellings(&[Notification::JobModification, ranges]))
            }
            Self::OnDemand if job_type == JobType::Download => {
                let mode = |on| Call::SetProperty(JobProperty::OnDemandMode(on));
                let calls = vec![
                    mode(false),
                    asks(0, 60),
                    asks(50, 50),
                    Call::UpdateDownloadPosition(FileIndex(0), 20),
                ];
                (begins(vec![vec![mode(true)], vec![mode(true), asks(0, 100)]]), calls, vec![])
            }
            Self::Validation => {
                let says = |valid| Call::SetValidationState(FileIndex(0), valid);
                (first(), vec![says(true), says(false)], vec![])
            }
            Self::HelperToken => {
                let flags = Call::SetHelperTokenFlags;
                (
                    begins(vec![
                        vec![flags(HelperTokenFlags::NETWORK), Call::SetHelperToken],
                        vec![flags(HelperTokenFlags::LOCAL_FILE)],
                    ]),
                    vec![
                        Call::SetHelperToken,
                        Call::ClearHelperToken,
                        flags(HelperTokenFlags::empty()),
                        flags(HelperTokenFlags::NETWORK),
                    ],
                    vec![
                        Event::OwnerLoggedOff,
                        Event::OwnerLoggedOn,
                        ComputerEvent::ServiceRestarted.into(),
                    ],
                )
            }
            Self::Special if job_type == JobType::Download => {
                let set = |property| vec![Call::SetProperty(property)];
                let mut dynamic = set(JobProperty::DynamicContent(true));
                dynamic.push(Call::SetPriority(JobPriority::Foreground));
                (
                    begins(vec![
                        set(JobProperty::HighPerformance(true)),
                        dynamic,
                        set(JobProperty::MaxDownloadSize(120)),
                        vec![Call::SetHttpMethod("POST".into())],
                    ]),
                    vec![
                        Call::SetPriority(JobPriority::Normal),
                        Call::SetPriority(JobPriority::Foreground),
                    ],
                    vec![Event::SizeKnown(500), Event::FileChanged],
                )
            }
            Self::Certificates => {
                let check = Call::SetServerCertificateValidationInterface;
                let no_proxy = ProxySettings::overriding("http://proxy:no number", None);
                (
                    begins(vec![vec![check(ValidationInterface::Callback)]]),
                    vec![
                        check(ValidationInterface::Null),
                        Call::SetSecurityFlags(HttpSecurityFlags::ENABLE_CRL_CHECK),
                        Call::SetSecurityFlags(HttpSecurityFlags::empty()),
                        Call::SetProxySettings(Arc::new(no_proxy)),
                    ],
                    vec![
                        Event::CertificateReceived("example.com:443".into(), Arc::new([9; 20])),
                        Event::CertificateChecked(HResult::S_OK),
                        Event::CertificateChecked(HResult::E_ACCESSDENIED),
                        Event::CertificateCallbackLost,
                    ],
                )
            }
            Self::OnDemand | Self::Special => (first(), vec![], vec![]),
            Self::Owner => (begins(vec![vec![Call::SetHelperToken]]), vec![], vec![]),
        };
        let mut inputs: Vec<_> = calls.into_iter().map(Input::Call).collect();
        inputs.extend(events.into_iter().map(Input::Event));
        if self == Self::Owner {
            let administrator = Token::administrator(500);
            let take = [FileAccess::Granted, FileAccess::Denied].map(Call::TakeOwnership);
            inputs.extend(take.map(|call| Input::CallBy(administrator, call)));
            inputs.push(Input::CallBy(administrator, Call::Suspend));
            inputs.push(Input::CallBy(Token { restricted: true, ..administrator }, Call::Resume));
        }
        Part { begins, inputs, waits: (self == Self::Time).then_some(30) }
    }
}

/// What every model has.
pub(crate) fn base(job_type: JobType) -> Vec<Input> {
    let calls = [Call::Resume, Call::Suspend, cancel(), complete()];
    let events = [
        Event::Picked,
        Event::Connected,
        Event::SizeKnown(100),
        Event::FileTransferred,
        failed(503),
        failed(404),
        ComputerEvent::NetworkLost.into(),
        ComputerEvent::NetworkRestored.into(),
    ];
    let of_uploads = [Event::UploadCancelled, Event::ReplyStarted(10)];
    let of_type = match job_type {
        JobType::Download => 0,
        JobType::Upload => 1,
        JobType::UploadReply => 2,
    };
    let events = events.into_iter().chain(of_uploads.into_iter().take(of_type));
    calls.into_iter().map(Input::Call).chain(events.map(Input::Event)).collect()
}

/// What every small model has: a job comes to each state but that of its own cancellation.
pub(crate) fn small_base(job_type: JobType) -> Vec<Input> {
    let left_out = [
        Input::Call(cancel()),
        Input::Event(Event::SizeKnown(100)),
        Input::Event(ComputerEvent::NetworkLost.into()),
        Input::Event(ComputerEvent::NetworkRestored.into()),
    ];
    base(job_type).into_iter().filter(|input| !left_out.contains(input)).collect()
}

/// What the client sets at first in every model, so that clocks act often.
pub(crate) fn short_clocks() -> Vec<Call> {
    vec![
        Call::SetMinimumRetryDelay(60),
        Call::SetNoProgressTimeout(150),
        Call::SetMaximumDownloadTime(100),
    ]
}

fn asks(offset: u64, length: u64) -> Call {
    Call::RequestFileRanges(FileIndex(0), Arc::new([range(offset, length)]))
}

fn listens() -> Call {
    let all = NotifyFlags::FILE_TRANSFERRED
        .union(NotifyFlags::JOB_TRANSFERRED)
        .union(NotifyFlags::JOB_ERROR);
    Call::SetNotifyFlags(all)
}

fn callback() -> Call {
    Call::SetNotifyInterface(Some(CallbackInterface::Callback3))
}

fn program() -> Call {
    Call::set_notify_cmd_line(r"C:\app\done.exe", None)
}

fn class() -> Call {
    Call::SetProperty(JobProperty::NotificationClsid(Uuid::from_u128(7)))
}

fn results(job_type: JobType) -> Vec<Notification> {
    let files = if job_type == JobType::Download { 2 } else { 1 };
    let files = (0..files).map(FileIndex).map(Notification::FileTransferred);
    files.chain([Notification::JobTransferred, Notification::JobError]).collect()
}

/// They begin, and are heard or not.
fn tellings(all: &[Notification]) -> Vec<Event> {
    // Of the files the first may not be heard, what paces itself is not repeated.
    let is_repeated = |told| match told {
        Notification::FileTransferred(FileIndex(file)) => file == 0,
        Notification::JobTransferred | Notification::JobError => true,
        Notification::FileRangesTransferred(_) | Notification::JobModification => false,
    };
    let returns = |told| {
        let codes = [HResult::S_OK, HResult::E_ACCESSDENIED];
        let answers = if is_repeated(told) { 2 } else { 1 };
        codes.into_iter().take(answers).map(move |code| Event::NotificationReturned(told, code))
    };
    let each = all
        .iter()
        .flat_map(|told| [Event::NotificationStarted(*told)].into_iter().chain(returns(*told)));
    each.chain([Event::CallbackLost]).collect()
}
