//! The plain properties of a job, with their limits.

pub(super) mod calls;
pub(super) mod http_options;
pub(super) mod properties;

use std::sync::Arc;

use super::JobStateMachine;
#[cfg(feature = "serde")]
use crate::vocabulary::text::serial::is_default;
use crate::vocabulary::{
    AuthTarget, CostFlags, Error, FileAclFlags, HResult, HelperTokenFlags, HttpSecurityFlags,
    JobPriority, Method, PeerCachingFlags, RuleId, Sid,
};
use http_options::admit_length;

/// The least retry delay in seconds; a smaller one is raised to it (TIME-02).
const LEAST_RETRY_DELAY: u32 = 5;
/// The longest display name (PROP-03) and description (PROP-04).
const LONGEST_DISPLAY_NAME: usize = 256;
const LONGEST_DESCRIPTION: usize = 1_024;

/// Properties with the defaults of CREATE-07.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub(super) struct Settings {
    pub(super) priority: JobPriority,
    /// In seconds, as are the next two.
    pub(super) minimum_retry_delay: u32,
    pub(super) no_progress_timeout: u32,
    pub(super) maximum_download_time: u32,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(super) file_acl_flags: FileAclFlags,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(super) reply_file_name: Option<Arc<str>>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(super) token_flags: HelperTokenFlags,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(super) token: HelperToken,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(super) security_flags: HttpSecurityFlags,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(super) peer_caching_flags: PeerCachingFlags,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(super) cost_flags: CostFlags,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(super) dynamic_content: bool,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(super) high_performance: bool,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(super) on_demand: bool,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(super) max_download_size: Option<u64>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(super) stored_credentials: Option<AuthTarget>,
}

/// What people call a job.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub(super) struct Names {
    #[cfg_attr(
        feature = "serde",
        serde(rename = "display_name", default, skip_serializing_if = "is_default")
    )]
    pub(super) display: Option<Arc<str>>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(super) description: Option<Arc<str>>,
}

/// What became of the helper token of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub(super) enum HelperToken {
    /// The client gave none, or cleared it.
    #[default]
    None,
    /// The job holds one, of that account.
    #[cfg_attr(feature = "serde", serde(skip))]
    Held(Sid),
    /// The job held one when its owner logged off or the service restarted (NET-12, NET-13).
    Lost,
}

impl Settings {
    pub(super) fn new(maximum_download_time: u32) -> Self {
        Self {
            priority: JobPriority::Normal,
            minimum_retry_delay: 600,
            no_progress_timeout: 1_209_600,
            maximum_download_time,
            file_acl_flags: FileAclFlags::empty(),
            reply_file_name: None,
            token_flags: HelperTokenFlags::empty(),
            token: HelperToken::None,
            security_flags: HttpSecurityFlags::empty(),
            peer_caching_flags: PeerCachingFlags::empty(),
            cost_flags: CostFlags::default(),
            dynamic_content: false,
            high_performance: false,
            on_demand: false,
            max_download_size: None,
            stored_credentials: None,
        }
    }

    /// Why no calls lead to these.
    #[cfg(feature = "serde")]
    pub(super) fn admit(&self) -> Result<(), &'static str> {
        if self.minimum_retry_delay < LEAST_RETRY_DELAY {
            return Err("TIME-02: the minimum retry delay is less than 5 s");
        }
        if self.max_download_size == Some(0) {
            return Err("PROP-36: the maximum download size is 0");
        }
        if self.stored_credentials == Some(AuthTarget::Server) {
            return Err("PROP-37: stored credentials serve for the proxy only");
        }
        Ok(())
    }

    /// Logoff and restart discard the helper token (NET-12, NET-13).
    pub(super) fn discard_token(&mut self) {
        if let HelperToken::Held(_) = self.token {
            self.token = HelperToken::Lost;
        }
    }

    /// NET-12: the client is to set a lost token again, or to clear the flags. That a transfer
    /// without either fails is our reading: the pages only tell what to do.
    pub(super) fn misses_token(&self) -> bool {
        self.token == HelperToken::Lost && !self.token_flags.is_empty()
    }

    /// TIME-02
    pub(super) fn set_minimum_retry_delay(&mut self, seconds: u32) {
        self.minimum_retry_delay = seconds.max(LEAST_RETRY_DELAY);
    }
}

/// PROP-03, CREATE-05: the code for a name that is too long is another when the job is created, our
/// reading.
pub(super) fn admit_display_name(method: Method, name: Option<&str>) -> Result<(), Error> {
    let (code, rule) = match method {
        Method::CreateJob => (HResult::E_INVALIDARG, const { RuleId::new("CREATE-05") }),
        _ => (HResult::BG_E_STRING_TOO_LONG, const { RuleId::new("PROP-03") }),
    };
    let name =
        admit_not_null(method, name, "the display name must not be null; it may be empty", rule)?;
    admit_length(method, ("display name", name), LONGEST_DISPLAY_NAME, (code, rule))
}

/// PROP-04
pub(super) fn admit_description(description: Option<&str>) -> Result<(), Error> {
    let (method, rule) = (Method::SetDescription, const { RuleId::new("PROP-04") });
    let description = admit_not_null(
        method,
        description,
        "the description must not be null; it may be empty",
        rule,
    )?;
    let too_long = (HResult::BG_E_STRING_TOO_LONG, rule);
    admit_length(method, ("description", description), LONGEST_DESCRIPTION, too_long)
}

fn admit_not_null<'text>(
    method: Method,
    text: Option<&'text str>,
    problem: &'static str,
    rule: RuleId,
) -> Result<&'text str, Error> {
    text.ok_or(Error::InvalidArgument { method, problem, code: HResult::E_INVALIDARG, rule })
}

/// FILES-32
pub(super) fn admit_acl_flags(flags: FileAclFlags) -> Result<(), Error> {
    let rule = const { RuleId::new("FILES-32") };
    let (known, code) = (FileAclFlags::all().contains(flags), HResult::E_INVALIDARG);
    admit_flags(Method::SetFileAclFlags, known, code, rule)
}

/// That undefined peer-caching flags are refused stands on the page of the getter.
pub(super) fn admit_peer_caching_flags(flags: PeerCachingFlags) -> Result<(), Error> {
    let known = PeerCachingFlags::all().contains(flags);
    let rule = const { RuleId::new("PROP-40") };
    admit_flags(Method::SetPeerCachingFlags, known, HResult::E_NOTIMPL, rule)
}

/// SEC-12. The code is our reading.
pub(super) fn admit_token_flags(flags: HelperTokenFlags) -> Result<(), Error> {
    let known = HelperTokenFlags::all().contains(flags);
    let rule = const { RuleId::new("SEC-12") };
    admit_flags(Method::SetHelperTokenFlags, known, HResult::E_INVALIDARG, rule)
}

fn admit_flags(method: Method, known: bool, code: HResult, rule: RuleId) -> Result<(), Error> {
    if known {
        return Ok(());
    }
    Err(Error::InvalidArgument { method, problem: "a flag is not defined", code, rule })
}

impl JobStateMachine {
    /// PROP-39: a custom method fixes the priority; the code is our reading, and that the priority
    /// it has may be set again.
    pub(super) fn admit_priority(&self, priority: JobPriority) -> Result<(), Error> {
        if !self.http.has_custom_method() || priority == self.settings.priority {
            return Ok(());
        }
        Err(Error::Refused {
            method: Method::SetPriority,
            reason: "a job with another HTTP method stays FOREGROUND",
            code: HResult::BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD,
            rule: const { RuleId::new("PROP-39") },
        })
    }

    /// `GetDisplayName`; jobs may share one (CREATE-02). Administrators can read it (PROP-06).
    #[must_use]
    pub fn display_name(&self) -> &str {
        self.names.display.as_deref().unwrap_or_default()
    }

    /// `GetDescription`; empty by default (CREATE-07). Administrators can read it (PROP-06).
    #[must_use]
    pub fn description(&self) -> &str {
        self.names.description.as_deref().unwrap_or_default()
    }

    /// The priority, NORMAL by default (SCHED-01, CREATE-07).
    #[must_use]
    pub const fn priority(&self) -> JobPriority {
        self.settings.priority
    }

    /// The minimum retry delay in seconds, at least 5 (TIME-01 to TIME-03).
    #[must_use]
    pub const fn minimum_retry_delay(&self) -> u32 {
        self.settings.minimum_retry_delay
    }

    /// The no-progress timeout in seconds; 0 means that nothing is retried (TIME-06, TIME-07).
    #[must_use]
    pub const fn no_progress_timeout(&self) -> u32 {
        self.settings.no_progress_timeout
    }

    /// The maximum download time in seconds (TIME-15).
    #[must_use]
    pub const fn maximum_download_time(&self) -> u32 {
        self.settings.maximum_download_time
    }

    /// Which owner and ACL data is kept for files on a share (FILES-32).
    #[must_use]
    pub const fn file_acl_flags(&self) -> FileAclFlags {
        self.settings.file_acl_flags
    }

    /// `GetSecurityFlags`: what HTTPS checks ignore, and the redirect policy (PROP-20).
    #[must_use]
    pub const fn security_flags(&self) -> HttpSecurityFlags {
        self.settings.security_flags
    }

    /// `GetPeerCachingFlags`; they are kept, and mean nothing here.
    #[must_use]
    pub const fn peer_caching_flags(&self) -> PeerCachingFlags {
        self.settings.peer_caching_flags
    }

    /// For what the helper token is used (SEC-12).
    #[must_use]
    pub const fn helper_token_flags(&self) -> HelperTokenFlags {
        self.settings.token_flags
    }
}
