//! What is to be seen of a job through its getters.

use std::sync::Arc;

use bits_emulator::accounts::{IntegrityLevel, Sid, Token};
use bits_emulator::machine::{CallbackInterface, FileIndex, JobStateMachine};
use bits_emulator::server::RemoteName;
use bits_emulator::settings::{
    AuthScheme, AuthTarget, ClientCertificate, Credentials, FileAclFlags, HelperTokenFlags,
    HttpSecurityFlags, JobProperty, JobPropertyId, PeerCachingFlags, ProxySettings,
};
use bits_emulator::{FileInfo, FileRange, HResult, JobPriority, NotifyFlags};

/// What is to be seen through the getters.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Seen {
    pub(super) texts: [String; 2],
    pub(super) priority: JobPriority,
    /// Retry delay, no-progress timeout, maximum download time.
    pub(super) seconds: [u32; 3],
    pub(super) notify_flags: NotifyFlags,
    pub(super) notify_interface: Option<CallbackInterface>,
    pub(super) command_line: [String; 2],
    pub(super) proxy: ProxySettings,
    pub(super) certificate: Option<ClientCertificate>,
    pub(super) headers: Option<String>,
    /// By the owner.
    pub(super) readable_headers: Result<Option<String>, HResult>,
    pub(super) security_flags: HttpSecurityFlags,
    pub(super) http_method: String,
    pub(super) peer_caching: PeerCachingFlags,
    pub(super) acl_flags: FileAclFlags,
    pub(super) token_flags: HelperTokenFlags,
    pub(super) token: Option<Sid>,
    pub(super) properties: Vec<Option<JobProperty>>,
    pub(super) checks_certificates: bool,
    pub(super) owner: (Sid, IntegrityLevel, bool),
    pub(super) credentials: Vec<Option<Credentials>>,
    pub(super) files: Vec<SeenFile>,
}

impl Seen {
    pub(super) fn of(job: &JobStateMachine, owner: &Token) -> Self {
        let (program, parameters) = job.notify_cmd_line();
        let headers = job.custom_headers(owner);
        let files = (0..job.file_count()).map(FileIndex);
        Self {
            texts: [job.display_name(), job.description()].map(text),
            priority: job.priority(),
            seconds: [
                job.minimum_retry_delay(),
                job.no_progress_timeout(),
                job.maximum_download_time(),
            ],
            notify_flags: job.notify_flags(),
            notify_interface: job.notify_interface(),
            command_line: [program, parameters].map(text),
            proxy: job.proxy_settings(),
            certificate: job.client_certificate().ok().cloned(),
            headers: job.request_headers().as_deref().map(text),
            readable_headers: headers.map(|h| h.map(text)).map_err(|error| error.code()),
            security_flags: job.security_flags(),
            http_method: text(job.http_method()),
            peer_caching: job.peer_caching_flags(),
            acl_flags: job.file_acl_flags(),
            token_flags: job.helper_token_flags(),
            token: job.helper_token_sid(),
            properties: JobPropertyId::ALL.iter().map(|id| job.property(*id)).collect(),
            checks_certificates: job.checks_certificates(),
            owner: (job.owner(), job.owner_integrity_level(), job.owner_elevation_state()),
            credentials: pairs().map(|(t, s)| job.credentials(t, s).cloned()).collect(),
            files: files.map(|file| SeenFile::of(job, file)).collect(),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct SeenFile {
    pub(super) remote_name: RemoteName,
    pub(super) local_name: Arc<str>,
    pub(super) ranges: Vec<FileRange>,
    pub(super) valid: bool,
    pub(super) headers: Option<String>,
}

impl SeenFile {
    pub(super) fn of(job: &JobStateMachine, file: FileIndex) -> Self {
        let info = job.file(file).unwrap();
        Self {
            remote_name: info.remote_name.clone(),
            local_name: Arc::clone(&info.local_name),
            ranges: job.file_ranges(file).to_vec(),
            valid: job.validation_state(file).unwrap(),
            headers: job.http_response_headers(file).map(text),
        }
    }

    pub(super) fn new(info: &FileInfo, ranges: &[FileRange]) -> Self {
        Self {
            remote_name: info.remote_name.clone(),
            local_name: Arc::clone(&info.local_name),
            ranges: ranges.to_vec(),
            valid: false,
            headers: None,
        }
    }
}

/// The first line in which two differ.
pub(super) fn difference(expected: &Seen, found: &Seen) -> String {
    let (expected, found) = (format!("{expected:#?}"), format!("{found:#?}"));
    let differs = |(one, other): &(&str, &str)| one != other;
    match expected.lines().zip(found.lines()).find(differs) {
        Some((expected, found)) => format!("expected {expected}, found {found}"),
        None => String::new(),
    }
}

/// Each pair of target and scheme.
pub(super) fn pairs() -> impl Iterator<Item = (AuthTarget, AuthScheme)> {
    let schemes = |target| AuthScheme::ALL.iter().map(move |scheme| (target, *scheme));
    AuthTarget::ALL.iter().copied().flat_map(schemes)
}

pub(super) fn text(text: &str) -> String {
    text.to_owned()
}
