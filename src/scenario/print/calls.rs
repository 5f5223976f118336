//! Calls as text.

use std::fmt::{self, Display as _};

use super::{Code, join};
use crate::machine::{Call, Commit, Deletion, Directory, FileAccess, ValidationInterface};
use crate::scenario::flags::{COST_POLICIES, NONE, Names};
use crate::scenario::phrases::{CALLS, callback_level};
use crate::scenario::words::{
    Duration, Headers, Hex, NULL, Name, NameOr, Quoted, Ranges, Size, seconds,
};
use crate::vocabulary::{
    CertificateId, CertificateLookup, ClientCertificate, CostFlags, Credentials, FileInfo,
    JobProperty, ProxySettings,
};

pub(crate) fn write_call(f: &mut fmt::Formatter<'_>, call: &Call) -> fmt::Result {
    if let Some((phrase, _)) = CALLS.iter().find(|(_, known)| known == call) {
        return f.write_str(phrase);
    }
    match call {
        Call::AddFile(file, directory) => {
            write!(f, "add {}{}", NamedFile(file), OnDisk(*directory))
        }
        Call::AddFileSet(files, directory) => {
            f.write_str("add files ")?;
            join(f, &files.iter().map(NamedFile).collect::<Vec<_>>())?;
            OnDisk(*directory).fmt(f)
        }
        Call::AddFileWithRanges(file, ranges, directory) => {
            write!(f, "add {}, ranges{}{}", NamedFile(file), Ranges(ranges), OnDisk(*directory))
        }
        Call::Cancel(deletion) => write!(f, "cancel{}", FilesLeft(*deletion)),
        Call::Complete(commit) => write_complete(f, commit),
        Call::TakeOwnership(access) => f.write_str(match access {
            FileAccess::Granted => "take ownership",
            FileAccess::Denied => "take ownership, files denied",
            FileAccess::OtherMapping => "take ownership, other drives",
        }),
        Call::SetDisplayName(name) => {
            write!(f, "display name {}", NameOr(name.as_deref(), NULL))
        }
        Call::SetDescription(text) => {
            write!(f, "description {}", NameOr(text.as_deref(), NULL))
        }
        Call::SetPriority(priority) => write!(f, "priority {priority}"),
        Call::SetNotifyFlags(flags) => write!(f, "notify {}", Names(*flags)),
        Call::SetNotifyInterface(Some(interface)) => {
            write!(f, "callback level {}", callback_level(*interface))
        }
        Call::SetNotifyCmdLine { program, parameters } => {
            write!(f, "command line {}", NameOr(program.as_deref(), NULL))?;
            parameters.as_ref().map_or(Ok(()), |text| write!(f, " with {}", Quoted(text)))
        }
        Call::SetMinimumRetryDelay(value) => write!(f, "minimum retry delay {}", seconds(*value)),
        Call::SetNoProgressTimeout(value) => write!(f, "no-progress timeout {}", seconds(*value)),
        Call::SetMaximumDownloadTime(value) => {
            write!(f, "maximum download time {}", seconds(*value))
        }
        Call::SetReplyFileName(name, directory) => {
            write!(f, "reply file {}{}", NameOr(name.as_deref(), "generated"), OnDisk(*directory))
        }
        Call::SetFileAclFlags(flags) => write!(f, "file ACL flags {}", Names(*flags)),
        Call::SetPeerCachingFlags(flags) => write!(f, "peer caching flags {}", Names(*flags)),
        Call::SetHelperTokenFlags(flags) => write!(f, "helper token flags {}", Names(*flags)),
        Call::SetProperty(property) => write_property(f, *property),
        Call::SetRemoteName(file, url) => {
            write!(f, "remote name of {file} becomes {}", Name(url))
        }
        Call::ReplaceRemotePrefix { old, new } => {
            write!(f, "remote prefix {} becomes {}", Name(old), Name(new))
        }
        Call::SetValidationState(file, true) => write!(f, "{file} is valid"),
        Call::SetValidationState(file, false) => write!(f, "{file} is not valid"),
        Call::RequestFileRanges(file, ranges) => {
            write!(f, "request ranges of {file}{}", Ranges(ranges))
        }
        Call::UpdateDownloadPosition(file, offset) => {
            write!(f, "download position of {file} {}", Size(*offset))
        }
        call => write_http_option(f, call),
    }
}

fn write_complete(f: &mut fmt::Formatter<'_>, commit: &Commit) -> fmt::Result {
    f.write_str("complete")?;
    if let Some(failed) = commit.failed_rename {
        let which = u64::from(failed.after) + 1;
        write!(f, ", rename {which} fails with {}", Code(failed.code))?;
    }
    FilesLeft(commit.deletion).fmt(f)
}

/// What requests to servers carry, and what is checked of them.
fn write_http_option(f: &mut fmt::Formatter<'_>, call: &Call) -> fmt::Result {
    match call {
        Call::SetProxySettings(settings) => write_proxy(f, settings),
        Call::SetCredentials(credentials) => write_credentials(f, credentials),
        Call::RemoveCredentials(target, scheme) => {
            write!(f, "remove credentials {target} {scheme}")
        }
        Call::SetClientCertificate(certificate, lookup) => {
            write_certificate(f, certificate, *lookup)
        }
        Call::SetCustomHeaders(Some(headers)) => write!(f, "custom headers {}", Headers(headers)),
        Call::SetSecurityFlags(flags) => write!(f, "security flags {}", Names(*flags)),
        Call::SetHttpMethod(name) => write!(f, "HTTP method {}", Name(name)),
        Call::SetServerCertificateValidationInterface(interface) => f.write_str(match interface {
            ValidationInterface::Callback => "certificate callback set",
            ValidationInterface::Null => "certificate callback removed",
            ValidationInterface::Wrong => "certificate callback without interface",
        }),
        // The others are phrases of their own, or written above.
        _ => Ok(()),
    }
}

fn write_property(f: &mut fmt::Formatter<'_>, property: JobProperty) -> fmt::Result {
    let on = |enable| if enable { "on" } else { "off" };
    match property {
        JobProperty::CostFlags(flags) => write_cost(f, flags),
        JobProperty::NotificationClsid(class) if class.is_nil() => {
            write!(f, "notification class {NONE}")
        }
        JobProperty::NotificationClsid(class) => {
            write!(f, "notification class {:X}", class.braced())
        }
        JobProperty::DynamicContent(enable) => write!(f, "dynamic content {}", on(enable)),
        JobProperty::HighPerformance(enable) => write!(f, "high performance {}", on(enable)),
        JobProperty::MaxDownloadSize(bytes) => write!(f, "maximum download size {}", Size(bytes)),
        JobProperty::UseStoredCredentials(target) => write!(f, "stored credentials {target}"),
        JobProperty::MinimumNotificationInterval(milliseconds) => {
            let interval = chrono::TimeDelta::milliseconds(i64::from(milliseconds));
            write!(f, "notification interval {}", Duration(interval))
        }
        JobProperty::OnDemandMode(enable) => write!(f, "on-demand mode {}", on(enable)),
    }
}

fn write_cost(f: &mut fmt::Formatter<'_>, flags: CostFlags) -> fmt::Result {
    match COST_POLICIES.iter().find(|(_, policy)| *policy == flags) {
        Some((name, _)) => write!(f, "cost policy {name}"),
        None => write!(f, "cost flags {}", Names(flags)),
    }
}

fn write_proxy(f: &mut fmt::Formatter<'_>, settings: &ProxySettings) -> fmt::Result {
    write!(f, "proxy {}", settings.usage)?;
    if let Some(list) = &settings.proxy_list {
        write!(f, ", list {}", Name(list))?;
    }
    settings.bypass_list.as_ref().map_or(Ok(()), |list| write!(f, ", bypass {}", Name(list)))
}

fn write_credentials(f: &mut fmt::Formatter<'_>, credentials: &Credentials) -> fmt::Result {
    write!(f, "credentials {} {}", credentials.target, credentials.scheme)?;
    if let Some(name) = &credentials.user_name {
        write!(f, ", user {}", Name(name))?;
    }
    credentials.password.as_ref().map_or(Ok(()), |text| write!(f, ", password {}", Name(text)))
}

fn write_certificate(
    f: &mut fmt::Formatter<'_>,
    certificate: &ClientCertificate,
    lookup: CertificateLookup,
) -> fmt::Result {
    let store = NameOr(certificate.store_name.as_deref(), NULL);
    write!(f, "client certificate {} {store}", certificate.location)?;
    match &certificate.id {
        Some(CertificateId::Hash(hash)) => write!(f, ", hash {}", Hex(hash))?,
        Some(CertificateId::Subject(name)) => write!(f, ", subject {}", Name(name))?,
        None => {}
    }
    f.write_str(match lookup {
        CertificateLookup::Found => "",
        CertificateLookup::NoStore => ", no such store",
        CertificateLookup::NoCertificate => ", no such certificate",
        CertificateLookup::AccessDenied => ", store denied",
    })
}

struct NamedFile<'a>(&'a FileInfo);

impl fmt::Display for NamedFile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} as {}", Name(&self.0.remote_name), Name(&self.0.local_name))
    }
}

/// What the disk says of a directory, if that is not the usual.
struct OnDisk(Directory);

impl fmt::Display for OnDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Directory::Writable => "",
            Directory::Missing => ", directory missing",
            Directory::Denied => ", directory denied",
        })
    }
}

struct FilesLeft(Deletion);

impl fmt::Display for FilesLeft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Deletion::Done => Ok(()),
            Deletion::Incomplete => f.write_str(", files left"),
        }
    }
}
