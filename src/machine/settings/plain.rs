//! Plain properties: their checks and their getters.

use crate::machine::JobStateMachine;
use crate::machine::settings::http_options::check_length;
use crate::machine::settings::values::{HelperToken, Settings};
use crate::vocabulary::{
    Error, FileAclFlags, HResult, HelperTokenFlags, HttpSecurityFlags, JobPriority, Method,
    PeerCachingFlags, RuleId, rule,
};

/// The longest display name (PROP-03) and description (PROP-04).
const LONGEST_DISPLAY_NAME: usize = 256;
const LONGEST_DESCRIPTION: usize = 1_024;

/// PROP-03, CREATE-05: the code for a name that is too long is another when the job is created, an
/// interpretation.
pub(crate) fn check_display_name(method: Method, name: Option<&str>) -> Result<(), Error> {
    let (code, rule) = match method {
        Method::CreateJob => (HResult::E_INVALIDARG, rule!("CREATE-05")),
        _ => (HResult::BG_E_STRING_TOO_LONG, rule!("PROP-03")),
    };
    let name =
        check_not_null(method, name, "the display name must not be null; it may be empty", rule)?;
    check_length(method, ("display name", name), LONGEST_DISPLAY_NAME, (code, rule))
}

/// PROP-04
pub(crate) fn check_description(description: Option<&str>) -> Result<(), Error> {
    let (method, rule) = (Method::SetDescription, rule!("PROP-04"));
    let description = check_not_null(
        method,
        description,
        "the description must not be null; it may be empty",
        rule,
    )?;
    let too_long = (HResult::BG_E_STRING_TOO_LONG, rule);
    check_length(method, ("description", description), LONGEST_DESCRIPTION, too_long)
}

fn check_not_null<'text>(
    method: Method,
    text: Option<&'text str>,
    problem: &'static str,
    rule: RuleId,
) -> Result<&'text str, Error> {
    text.ok_or(Error::invalid(method, problem, HResult::E_INVALIDARG, rule))
}

/// FILES-32
pub(crate) fn check_acl_flags(flags: FileAclFlags) -> Result<(), Error> {
    let rule = rule!("FILES-32");
    let (known, code) = (FileAclFlags::all().contains(flags), HResult::E_INVALIDARG);
    check_flags(Method::SetFileAclFlags, known, code, rule)
}

/// That undefined peer-caching flags are refused stands on the page of the getter.
pub(crate) fn check_peer_caching_flags(flags: PeerCachingFlags) -> Result<(), Error> {
    let known = PeerCachingFlags::all().contains(flags);
    let rule = rule!("PROP-40");
    check_flags(Method::SetPeerCachingFlags, known, HResult::E_NOTIMPL, rule)
}

/// SEC-12. The code is an interpretation.
pub(crate) fn check_token_flags(flags: HelperTokenFlags) -> Result<(), Error> {
    let known = HelperTokenFlags::all().contains(flags);
    let rule = rule!("SEC-12");
    check_flags(Method::SetHelperTokenFlags, known, HResult::E_INVALIDARG, rule)
}

fn check_flags(method: Method, known: bool, code: HResult, rule: RuleId) -> Result<(), Error> {
    if known {
        return Ok(());
    }
    Err(Error::invalid(method, "a flag is not defined", code, rule))
}

impl JobStateMachine {
    /// Changes properties; what is set is copied only if it is shared and something changes.
    pub(crate) fn change_settings(&mut self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.config.settings;
        change(&mut settings);
        if settings != self.config.settings {
            self.config_mut().settings = settings;
        }
    }

    /// NET-12: the client is to set a lost token again, or to clear the flags. That a transfer
    /// without either fails is an interpretation: the pages only tell what to do.
    pub(crate) fn misses_token(&self) -> bool {
        let flags = self.config.settings.helper_token_flags;
        self.live.helper_token == HelperToken::Lost && !flags.is_empty()
    }

    /// PROP-39: a custom method fixes the priority; the code is an interpretation, and that the
    /// priority it has may be set again.
    pub(crate) fn check_priority(&self, priority: JobPriority) -> Result<(), Error> {
        if !self.config.http.has_custom_method() || priority == self.config.settings.priority {
            return Ok(());
        }
        let reason = "a job with another HTTP method stays FOREGROUND";
        let code = HResult::BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD;
        Err(Error::refused(Method::SetPriority, reason, code, rule!("PROP-39")))
    }

    /// `GetDisplayName`; jobs may share one (CREATE-02). Administrators can read it (PROP-06).
    #[must_use]
    pub fn display_name(&self) -> &str {
        self.config.display_name.as_deref().unwrap_or_default()
    }

    /// `GetDescription`; empty by default (CREATE-07). Administrators can read it (PROP-06).
    #[must_use]
    pub fn description(&self) -> &str {
        self.config.description.as_deref().unwrap_or_default()
    }

    /// The priority, NORMAL by default (SCHED-01, CREATE-07).
    #[must_use]
    pub fn priority(&self) -> JobPriority {
        self.config.settings.priority
    }

    /// The minimum retry delay in seconds, at least 5 (TIME-01 to TIME-03).
    #[must_use]
    pub fn minimum_retry_delay(&self) -> u32 {
        self.config.settings.minimum_retry_delay
    }

    /// The no-progress timeout in seconds; 0 means that nothing is retried (TIME-06, TIME-07).
    #[must_use]
    pub fn no_progress_timeout(&self) -> u32 {
        self.config.settings.no_progress_timeout
    }

    /// The maximum download time in seconds (TIME-15).
    #[must_use]
    pub fn maximum_download_time(&self) -> u32 {
        self.config.settings.maximum_download_time
    }

    /// Which owner and ACL data is kept for files on a share (FILES-32).
    #[must_use]
    pub fn file_acl_flags(&self) -> FileAclFlags {
        self.config.settings.file_acl_flags
    }

    /// `GetSecurityFlags`: what HTTPS checks ignore, and the redirect policy (PROP-20).
    #[must_use]
    pub fn security_flags(&self) -> HttpSecurityFlags {
        self.config.settings.security_flags
    }

    /// `GetPeerCachingFlags`; they are kept, and mean nothing here.
    #[must_use]
    pub fn peer_caching_flags(&self) -> PeerCachingFlags {
        self.config.settings.peer_caching_flags
    }

    /// For what the helper token is used (SEC-12).
    #[must_use]
    pub fn helper_token_flags(&self) -> HelperTokenFlags {
        self.config.settings.helper_token_flags
    }
}
