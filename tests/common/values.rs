//! The values of the inputs of a random trace.

use std::sync::Arc;

use bits_emulator::machine::{
    Call, CallbackInterface, Commit, ComputerEvent, Deletion, Directory, Event, FailedRename,
    Failure, FileIndex, Input, JobStateMachine, ValidationInterface,
};
use bits_emulator::policy::CostFlags;
use bits_emulator::settings::{
    AuthScheme, AuthTarget, Credentials, FileAclFlags, HelperTokenFlags, HttpSecurityFlags,
    JobProperty, ProxySettings, RedirectPolicy,
};
use bits_emulator::{ErrorContext, FileInfo, FileRange, HResult, JobPriority, NotifyFlags};
use chrono::TimeDelta;
use proptest::sample::Index;
use uuid::Uuid;

use super::plans::tokens;
use crate::common::{range, share_file};

/// Values that take the place of those of the examples.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Values {
    pub(crate) bytes: u64,
    pub(crate) seconds: u32,
    pub(crate) pick: Index,
    pub(crate) caller: Index,
}

fn is_on_demand(job: &JobStateMachine) -> bool {
    job.filled_file_ranges(FileIndex(0)).is_ok()
}

impl Values {
    /// The input with other values, a call here and there by somebody else than the owner.
    pub(crate) fn vary(self, job: &JobStateMachine, input: &Input) -> Input {
        let tokens = tokens();
        match input {
            Input::Call(call) => {
                let call = self.vary_call(job, call);
                match tokens.get(self.caller.index(30)) {
                    Some(token) => Input::CallBy(*token, call),
                    None => Input::Call(call),
                }
            }
            Input::CallBy(_, call) => {
                Input::CallBy(*self.caller.get(&tokens), self.vary_call(job, call))
            }
            // Little by little, so that ranges are told of by and by.
            Input::Event(Event::Progressed(_)) if is_on_demand(job) => {
                Input::Event(Event::Progressed(self.bytes % 20))
            }
            Input::Event(Event::SizeKnown(_)) if is_on_demand(job) => {
                Input::Event(Event::SizeKnown(self.bytes.saturating_add(60)))
            }
            Input::Event(event) => Input::Event(self.vary_event(event)),
            Input::Deadline(deadline) => Input::Deadline(*deadline),
        }
    }

    fn number(self) -> u64 {
        self.bytes % 7
    }

    fn new_file(self) -> FileInfo {
        let number = self.number();
        let scheme = if self.seconds.is_multiple_of(3) { "http" } else { "https" };
        let remote = format!("{scheme}://example.com/{number}");
        FileInfo::new(remote, format!(r"C:\data\{number}").as_str())
    }

    fn index(self, job: &JobStateMachine) -> FileIndex {
        FileIndex(self.seconds % job.file_count().max(1))
    }

    fn ranges(self) -> Arc<[FileRange]> {
        let first = self.bytes % 120;
        match self.number() {
            0 => [FileRange::to_eof(first)].into(),
            1 | 2 => [range(first, 10), range(first + 10, 5)].into(),
            _ => [range(first, 1 + u64::from(self.seconds % 60))].into(),
        }
    }

    fn vary_call(self, job: &JobStateMachine, call: &Call) -> Call {
        let number = self.number();
        match call {
            Call::AddFile(..) if number == 0 => Call::add_file(share_file()),
            Call::AddFile(..) => Call::add_file(self.new_file()),
            Call::AddFileSet(..) => {
                Call::add_file_set((0..number).map(|_| self.new_file()).collect::<Vec<_>>())
            }
            Call::AddFileWithRanges(..) => {
                Call::add_file_with_ranges(self.new_file(), self.ranges())
            }
            Call::Complete(Commit { failed_rename: Some(failed), .. }) => {
                let after = u32::try_from(number / 2).unwrap_or_default();
                let failed_rename = Some(FailedRename { after, ..*failed });
                Call::Complete(Commit { failed_rename, deletion: Deletion::Incomplete })
            }
            Call::SetRemoteName(..) => {
                Call::SetRemoteName(self.index(job), self.new_file().remote_name)
            }
            Call::SetValidationState(_, valid) => Call::SetValidationState(self.index(job), *valid),
            Call::RequestFileRanges(..) => Call::RequestFileRanges(self.index(job), self.ranges()),
            Call::UpdateDownloadPosition(..) => {
                Call::UpdateDownloadPosition(self.index(job), self.bytes % 120)
            }
            Call::SetReplyFileName(..) if number > 3 => {
                Call::SetReplyFileName(Some(r"C:\reply.bin".into()), Directory::Writable)
            }
            other => self.vary_setter(other),
        }
    }

    fn vary_setter(self, call: &Call) -> Call {
        let number = u32::try_from(self.number()).unwrap_or_default();
        match call {
            Call::SetPriority(_) => Call::SetPriority(*self.pick.get(JobPriority::ALL)),
            Call::SetMinimumRetryDelay(_) => Call::SetMinimumRetryDelay(self.seconds),
            Call::SetNoProgressTimeout(_) => Call::SetNoProgressTimeout(self.seconds),
            Call::SetMaximumDownloadTime(_) => Call::SetMaximumDownloadTime(self.seconds),
            Call::SetFileAclFlags(_) => {
                Call::SetFileAclFlags(FileAclFlags::from_bits_truncate(number))
            }
            Call::SetHelperTokenFlags(_) => {
                Call::SetHelperTokenFlags(HelperTokenFlags::from_bits_truncate(number))
            }
            Call::SetDisplayName(_) => Call::SetDisplayName(Some(format!("job {number}").into())),
            Call::SetDescription(_) => Call::SetDescription(Some(format!("text {number}").into())),
            Call::SetNotifyFlags(_) => Call::SetNotifyFlags(self.notify_flags()),
            Call::SetNotifyInterface(Some(_)) => Call::SetNotifyInterface(Some(*self.pick.get(&[
                CallbackInterface::Callback,
                CallbackInterface::Callback2,
                CallbackInterface::Callback3,
            ]))),
            Call::SetNotifyCmdLine { .. } if number < 2 => {
                Call::SetNotifyCmdLine { program: None, parameters: None }
            }
            Call::SetNotifyCmdLine { .. } => Call::set_notify_cmd_line(
                r"C:\app\done.exe",
                Some(&format!(r"C:\app\done.exe /{number}")),
            ),
            Call::SetProperty(property) => Call::SetProperty(self.property(*property)),
            other => self.vary_http_option(other),
        }
    }

    fn vary_http_option(self, call: &Call) -> Call {
        let number = self.number();
        let target = *self.pick.get(AuthTarget::ALL);
        let scheme = *self.caller.get(AuthScheme::ALL);
        match call {
            Call::SetProxySettings(_) => Call::SetProxySettings(Arc::new(match number {
                0 => ProxySettings::overriding("http://proxy:no number", None),
                1 => ProxySettings::default(),
                _ => ProxySettings::overriding(&format!("proxy{number}:8080"), Some("<local>")),
            })),
            Call::SetCredentials(_) if scheme.takes_logged_on_user() => {
                Call::SetCredentials(Arc::new(Credentials::of_logged_on_user(target, scheme)))
            }
            Call::SetCredentials(_) => {
                let password = number.to_string();
                Call::SetCredentials(Arc::new(Credentials::new(target, scheme, "a", &password)))
            }
            Call::RemoveCredentials(..) => Call::RemoveCredentials(target, scheme),
            Call::SetCustomHeaders(_) if number == 0 => Call::SetCustomHeaders(None),
            Call::SetCustomHeaders(_) => {
                Call::SetCustomHeaders(Some(format!("X-Number: {number}\r\n").into()))
            }
            Call::SetSecurityFlags(_) => Call::SetSecurityFlags(self.security_flags()),
            Call::SetHttpMethod(_) if number == 0 => Call::SetHttpMethod("PUT".into()),
            Call::SetServerCertificateValidationInterface(_) if number == 0 => {
                Call::SetServerCertificateValidationInterface(ValidationInterface::Null)
            }
            other => other.clone(),
        }
    }

    fn notify_flags(self) -> NotifyFlags {
        let all = NotifyFlags::all();
        *self.pick.get(&[
            all.difference(NotifyFlags::DISABLE),
            all.difference(NotifyFlags::DISABLE),
            all,
            NotifyFlags::default(),
            NotifyFlags::default() | NotifyFlags::FILE_TRANSFERRED,
            NotifyFlags::JOB_MODIFICATION | NotifyFlags::JOB_TRANSFERRED,
            NotifyFlags::JOB_ERROR | NotifyFlags::FILE_RANGES_TRANSFERRED,
            NotifyFlags::empty(),
        ])
    }

    fn security_flags(self) -> HttpSecurityFlags {
        let flags = *self.pick.get(&[
            HttpSecurityFlags::empty(),
            HttpSecurityFlags::ENABLE_CRL_CHECK,
            HttpSecurityFlags::ALLOW_HTTPS_TO_HTTP,
            HttpSecurityFlags::IGNORE_UNKNOWN_CA,
        ]);
        flags.with_redirect_policy(*self.caller.get(RedirectPolicy::ALL))
    }

    fn property(self, property: JobProperty) -> JobProperty {
        let on = self.seconds.is_multiple_of(2);
        match property {
            JobProperty::CostFlags(_) => JobProperty::CostFlags(*self.pick.get(&[
                CostFlags::TRANSFER_ALWAYS,
                CostFlags::TRANSFER_STANDARD,
                CostFlags::TRANSFER_UNRESTRICTED,
            ])),
            JobProperty::NotificationClsid(_) => {
                JobProperty::NotificationClsid(Uuid::from_u128((self.bytes % 3).into()))
            }
            JobProperty::DynamicContent(_) => JobProperty::DynamicContent(on),
            JobProperty::HighPerformance(_) => JobProperty::HighPerformance(on),
            JobProperty::MaxDownloadSize(_) => {
                JobProperty::MaxDownloadSize(self.bytes.saturating_add(1))
            }
            JobProperty::MinimumNotificationInterval(_) => {
                JobProperty::MinimumNotificationInterval(self.seconds % 100_000)
            }
            JobProperty::OnDemandMode(_) => JobProperty::OnDemandMode(on),
            JobProperty::UseStoredCredentials(_) => property,
            _ => unreachable!("{property:?} has no values here"),
        }
    }

    fn vary_event(self, event: &Event) -> Event {
        match event {
            Event::SizeKnown(_) => Event::SizeKnown(self.bytes),
            Event::HeadersReceived(_) => Event::HeadersReceived(format!("{}", self.bytes).into()),
            Event::Progressed(_) => Event::Progressed(self.bytes),
            Event::ReplyStarted(_) => Event::ReplyStarted(self.bytes),
            Event::Failed(_) => Event::Failed(self.failure()),
            Event::Redirected(..) => {
                let status = *self.pick.get(&[300, 301, 302, 303, 307]);
                let url = *self.caller.get(&[
                    "https://example.org/elsewhere",
                    "http://example.org/elsewhere",
                    r"\\server\share\elsewhere",
                ]);
                Event::Redirected(status, url.into())
            }
            Event::CertificateReceived(..) => {
                let server = *self.pick.get(&["example.com:443", "example.org:443"]);
                let hash = u8::from(self.bytes.is_multiple_of(2));
                Event::CertificateReceived(server.into(), [hash; 20].into())
            }
            Event::Computer(ComputerEvent::NetworkCost(_)) => {
                Event::Computer(ComputerEvent::NetworkCost(*self.pick.get(&[
                    CostFlags::UNRESTRICTED,
                    CostFlags::BELOW_CAP,
                    CostFlags::OVERCAP_CHARGED,
                    CostFlags::USAGE_BASED | CostFlags::ROAMING,
                ])))
            }
            Event::NotificationReturned(told, _) => {
                Event::NotificationReturned(*told, self.returned())
            }
            Event::ProgramExited(_) => Event::ProgramExited(self.seconds % 2),
            Event::Computer(ComputerEvent::ClockChanged(_)) => {
                let by = TimeDelta::seconds(i64::from(self.seconds % 20_000_000));
                Event::Computer(ComputerEvent::ClockChanged(if self.bytes.is_multiple_of(2) {
                    by
                } else {
                    -by
                }))
            }
            other => other.clone(),
        }
    }

    fn returned(self) -> HResult {
        *self.pick.get(&[HResult::S_OK, HResult::S_FALSE, HResult::E_ACCESSDENIED])
    }

    /// A failure of any code that jobs fail with, or of any HTTP status, here and there with a
    /// context of its own.
    fn failure(self) -> Failure {
        let codes: Vec<_> =
            HResult::all().map(|info| info.code).filter(|code| code.is_failure()).collect();
        let failure = match self.bytes % 4 {
            0 => Failure::http(100 + u16::try_from(self.seconds % 500).unwrap_or_default()),
            1 => Failure::http(503),
            2 => Failure::new(*self.pick.get(&codes)).unwrap_or(Failure::http(500)),
            _ => return Failure::new(HResult::BG_E_DESTINATION_LOCKED).unwrap(),
        };
        let context = *self.pick.get(ErrorContext::ALL);
        if self.seconds.is_multiple_of(3) { failure.in_context(context) } else { failure }
    }
}
