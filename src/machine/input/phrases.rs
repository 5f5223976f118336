//! The words of calls, events and deadlines: one phrase table each, from which `Display` is made here and
//! the parser in the scenario language.

use std::fmt;

use super::call::{
    Call, Commit, Deletion, Directory, FailedRename, FileAccess, ValidationInterface,
};
use super::event::{ComputerEvent, Deadline, Event};
use super::failure::Failure;
use crate::vocabulary::flags::named::{COST_POLICIES, Flags};
use crate::vocabulary::text::phrases::phrases;
use crate::vocabulary::text::quantities::{
    ClassId, Code, Duration, Headers, Hex, Milliseconds, Name, Nested, OnOff, OrNull, Ordinal,
    Quoted, Ranges, Remote, Seconds, Size, Word, write_name_or,
};
use crate::vocabulary::{
    CallbackInterface, CertificateId, CertificateLookup, ClientCertificate, CostFlags, Credentials,
    FileInfo, JobProperty, ProxySettings,
};

/// The table of calls, for a macro that makes something of it. Behind `=>` stands the getter of a setting:
/// the call that would set what a job has.
macro_rules! call_phrases {
    ($make:ident) => {
        $make! { Call:
            [Self::Suspend] "suspend";
            [Self::Resume] "resume";
            [Self::AddFileSet(files, directory)] "add files" FileList(files) OnDisk(directory);
            [Self::AddFileWithRanges(file, ranges, directory)]
                "add" NewFile(file) ", ranges" Ranges(ranges) OnDisk(directory);
            [Self::AddFile(file, directory)] "add" NewFile(file) OnDisk(directory);
            [Self::Cancel(deletion)] "cancel" FilesLeft(deletion);
            [Self::Complete(Commit { failed_rename, deletion })]
                "complete" ", rename"? Rename(failed_rename) FilesLeft(deletion);
            [Self::TakeOwnership(access)] "take ownership" Access(access);
            [Self::SetDisplayName(name)] "display name" OrNull(name)
                => |job| Ok(Call::SetDisplayName(Some(job.display_name().into())));
            [Self::SetDescription(text)] "description" OrNull(text)
                => |job| Ok(Call::SetDescription(Some(job.description().into())));
            [Self::SetPriority(priority)] "priority" Word(priority)
                => |job| Ok(Call::SetPriority(job.priority()));
            [Self::SetNotifyFlags(flags)] "notify" Flags(flags)
                => |job| Ok(Call::SetNotifyFlags(job.notify_flags()));
            [Self::SetNotifyInterface(interface)] "callback" CallbackLevel(interface)
                => |job| Ok(Call::SetNotifyInterface(job.notify_interface()));
            [Self::SetNotifyCmdLine { program: None, parameters: None }] "command line removed"
                => |job| Ok(command_line(job));
            [Self::SetNotifyCmdLine { program, parameters }]
                "command line" OrNull(program) "with"? Quoted(parameters)
                => |job| Ok(command_line(job));
            [Self::SetMinimumRetryDelay(seconds)] "minimum retry delay" Seconds(seconds)
                => |job| Ok(Call::SetMinimumRetryDelay(job.minimum_retry_delay()));
            [Self::SetNoProgressTimeout(seconds)] "no-progress timeout" Seconds(seconds)
                => |job| Ok(Call::SetNoProgressTimeout(job.no_progress_timeout()));
            [Self::SetMaximumDownloadTime(seconds)] "maximum download time" Seconds(seconds)
                => |job| Ok(Call::SetMaximumDownloadTime(job.maximum_download_time()));
            [Self::SetProxySettings(settings)] "proxy" Proxies(settings)
                => |job| Ok(Call::SetProxySettings(job.proxy_settings().into()));
            [Self::SetReplyFileName(name, directory)] "reply file" OrGenerated(name) OnDisk(directory)
                => |job| Ok(Call::SetReplyFileName(
                    job.reply_file_name()?.map(Into::into),
                    Directory::Writable,
                ));
            [Self::SetCredentials(credentials)] "credentials" Login(credentials);
            [Self::RemoveCredentials(target, scheme)] "remove credentials" Word(target) Word(scheme);
            [Self::SetFileAclFlags(flags)] "file ACL flags" Flags(flags)
                => |job| Ok(Call::SetFileAclFlags(job.file_acl_flags()));
            [Self::SetPeerCachingFlags(flags)] "peer caching flags" Flags(flags)
                => |job| Ok(Call::SetPeerCachingFlags(job.peer_caching_flags()));
            [Self::SetHelperTokenFlags(flags)] "helper token flags" Flags(flags)
                => |job| Ok(Call::SetHelperTokenFlags(job.helper_token_flags()));
            [Self::SetHelperToken] "set helper token";
            [Self::ClearHelperToken] "clear helper token";
            [Self::SetSecurityFlags(flags)] "security flags" Flags(flags)
                => |job| Ok(Call::SetSecurityFlags(job.security_flags()));
            [Self::SetHttpMethod(name)] "HTTP method" Name(name)
                => |job| Ok(Call::SetHttpMethod(job.http_method().into()));
            [Self::SetProperty(property)] Nested(property)
                => |job| job.property(property.id()).map(Call::SetProperty).ok_or("no value".into());
            [Self::SetClientCertificate(certificate, lookup)]
                "client certificate" StoreCertificate(certificate) InStore(lookup)
                => |job| Ok(Call::SetClientCertificate(
                    job.client_certificate()?.clone().into(),
                    CertificateLookup::Found,
                ));
            [Self::RemoveClientCertificate] "remove client certificate";
            [Self::SetCustomHeaders(None)] "custom headers removed"
                => |job| custom_headers(job);
            [Self::MakeCustomHeadersWriteOnly] "custom headers write-only"
                => |job| custom_headers(job).or(Ok(Call::MakeCustomHeadersWriteOnly));
            [Self::SetCustomHeaders(Some(headers))] "custom headers" Headers(headers)
                => |job| custom_headers(job);
            [Self::SetServerCertificateValidationInterface(interface)]
                "certificate callback" CertificateCheck(interface);
            [Self::SetRemoteName(file, url)] "remote name of" Nested(file) "becomes" Remote(url);
            [Self::ReplaceRemotePrefix { old, new }] "remote prefix" Name(old) "becomes" Name(new);
            [Self::SetValidationState(file, valid)] Nested(file) Validity(valid)
                => |job| match job.validation_state(*file) {
                    Some(valid) => Ok(Call::SetValidationState(*file, valid)),
                    None => Err(format!("no {file}").into()),
                };
            [Self::RequestFileRanges(file, ranges)] "request ranges of" Nested(file) Ranges(ranges);
            [Self::UpdateDownloadPosition(file, offset)]
                "download position of" Nested(file) Size(offset);
        }
        $make! { JobProperty:
            [Self::CostFlags(flags)] "cost" Cost(flags);
            [Self::NotificationClsid(class)] "notification class" ClassId(class);
            [Self::DynamicContent(on)] "dynamic content" OnOff(on);
            [Self::HighPerformance(on)] "high performance" OnOff(on);
            [Self::MaxDownloadSize(bytes)] "maximum download size" Size(bytes);
            [Self::UseStoredCredentials(target)] "stored credentials" Word(target);
            [Self::MinimumNotificationInterval(count)] "notification interval" Milliseconds(count);
            [Self::OnDemandMode(on)] "on-demand mode" OnOff(on);
        }
        $make! { NewFile(FileInfo):
            [FileInfo { remote_name, local_name }] Remote(remote_name) "as" Name(local_name);
        }
        $make! { OnDisk(Directory):
            [Directory::Missing] ", directory missing";
            [Directory::Denied] ", directory denied";
            [Directory::Writable] "";
        }
        $make! { FilesLeft(Deletion):
            [Deletion::Incomplete] ", files left";
            [Deletion::Done] "";
        }
        $make! { Rename(FailedRename):
            [FailedRename { after, code }] Ordinal(after) "fails with" Code(code);
        }
        $make! { Access(FileAccess):
            [FileAccess::Denied] ", files denied";
            [FileAccess::OtherMapping] ", other drives";
            [FileAccess::Granted] "";
        }
        $make! { CallbackLevel(Option<CallbackInterface>):
            [None] "removed";
            [Some(CallbackInterface::Callback)] "level 1";
            [Some(CallbackInterface::Callback2)] "level 2";
            [Some(CallbackInterface::Callback3)] "level 3";
        }
        $make! { Validity(bool):
            [true] "is valid";
            [false] "is not valid";
        }
        $make! { Proxies(ProxySettings, shared):
            [ProxySettings { usage, proxy_list, bypass_list }]
                Word(usage) ", list"? Name(proxy_list) ", bypass"? Name(bypass_list);
        }
        $make! { Login(Credentials, shared):
            [Credentials { target, scheme, user_name, password }]
                Word(target) Word(scheme) ", user"? Name(user_name) ", password"? Name(password);
        }
        $make! { StoreCertificate(ClientCertificate, shared):
            [ClientCertificate { location, store_name, id }]
                Word(location) OrNull(store_name) ","? CertificateName(id);
        }
        $make! { CertificateName(CertificateId):
            [CertificateId::Hash(hash)] "hash" Hex(hash);
            [CertificateId::Subject(name)] "subject" Name(name);
        }
        $make! { InStore(CertificateLookup):
            [CertificateLookup::NoStore] ", no such store";
            [CertificateLookup::NoCertificate] ", no such certificate";
            [CertificateLookup::AccessDenied] ", store denied";
            [CertificateLookup::Found] "";
        }
        $make! { CertificateCheck(ValidationInterface):
            [ValidationInterface::Callback] "set";
            [ValidationInterface::Null] "removed";
            [ValidationInterface::Wrong] "without interface";
        }
    };
}

/// The table of events, for a macro that makes something of it.
macro_rules! event_phrases {
    ($make:ident) => {
        $make! { Event:
            [Self::Picked] "picked";
            [Self::Connected] "connected";
            [Self::SizeKnown(bytes)] "size known" Size(bytes);
            [Self::HeadersReceived(headers)] "headers received" Headers(headers);
            [Self::Progressed(bytes)] "progressed" Size(bytes);
            [Self::FileTransferred] "file transferred";
            [Self::ReplyStarted(bytes)] "reply started" Size(bytes);
            [Self::FileChanged] "file changed";
            [Self::SessionLost] "session lost";
            [Self::Failed(failure)] "failed" Nested(failure);
            [Self::Redirected(status, url)] "redirect" RedirectStatus(status) "to" Remote(url);
            [Self::CertificateReceived(server, hash)]
                "certificate received from" Name(server) ", hash" Hex(hash);
            [Self::CertificateChecked(code)] "certificate checked" Code(code);
            [Self::SliceOver] "slice over";
            [Self::Computer(event)] Nested(event);
            [Self::VolumeLocked] "volume locked";
            [Self::VolumeUnlocked] "volume unlocked";
            [Self::OwnerLoggedOff] "owner logs off";
            [Self::OwnerLoggedOn] "owner logs on";
            [Self::NotificationStarted(notification)] Nested(notification) "begins";
            [Self::NotificationReturned(notification, code)]
                Nested(notification) "returns" Code(code);
            [Self::ProgramExited(code)] "program exited with" Word(code);
            [Self::ClientExited] "client exits";
            [Self::CallbackLost] "callback lost";
            [Self::CertificateCallbackLost] "certificate callback lost";
            [Self::UploadCancelled] "upload cancelled";
        }
        $make! { ComputerEvent:
            [Self::NetworkLost] "network lost";
            [Self::NetworkRestored] "network restored";
            [Self::NetworkCost(cost)] "network cost" Flags(cost);
            [Self::Blocked(block)] "blocked by" Word(block);
            [Self::Unblocked(block)] "unblocked by" Word(block);
            [Self::ServiceRestarted] "service restarts";
            [Self::ClockChanged(by)] "clock changes by" Duration(by);
        }
    };
}

#[cfg(feature = "scenario")]
pub(crate) use {call_phrases, event_phrases};

call_phrases!(phrases);
event_phrases!(phrases);

/// The HTTP status of a redirect (HTTP-13).
pub(crate) struct RedirectStatus<'a>(pub(crate) &'a u16);

impl fmt::Display for RedirectStatus<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The files of a set.
pub(crate) struct FileList<'a>(pub(crate) &'a [FileInfo]);

impl fmt::Display for FileList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(index, file)| {
            f.write_str(if index == 0 { "" } else { ", " })?;
            NewFile(file).fmt(f)
        })
    }
}

/// The name of a reply file, or that BITS chooses it.
pub(crate) struct OrGenerated<'a>(pub(crate) &'a Option<std::sync::Arc<str>>);

/// What stands for a reply file that BITS names.
pub(crate) const GENERATED: &str = "generated";

impl fmt::Display for OrGenerated<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_name_or(f, self.0.as_deref(), GENERATED)
    }
}

/// Cost flags: the policy with that name, or one by one.
pub(crate) struct Cost<'a>(pub(crate) &'a CostFlags);

impl fmt::Display for Cost<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match COST_POLICIES.iter().find(|(_, policy)| policy == self.0) {
            Some((name, _)) => write!(f, "policy {name}"),
            None => write!(f, "flags {}", Flags(self.0)),
        }
    }
}

impl fmt::Display for Failure {
    /// The code, the context if the failure names one, the class if that is not the code's own.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Code(&self.code()))?;
        if let Some(context) = self.context() {
            write!(f, " in {context}")?;
        }
        match self.class() == self.code().failure_class() {
            true => Ok(()),
            false => write!(f, " as {}", self.class()),
        }
    }
}

/// A deadline that acts.
pub(crate) struct Elapsed<'a>(pub(crate) &'a Deadline);

impl fmt::Display for Elapsed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} elapsed", self.0)
    }
}
