//! Plain properties: their checks and their getters.

use std::sync::Arc;

use crate::machine::JobStateMachine;
use crate::machine::settings::http_options::LongestText;
use crate::machine::settings::values::{HelperToken, Settings};
use crate::vocabulary::errors::ensure;
use crate::vocabulary::{
    Error, FileAclFlags, HResult, HelperTokenFlags, HttpSecurityFlags, JobPriority, Method,
    NotifyFlags, PeerCachingFlags, RuleId, rule,
};

/// PROP-03
const DISPLAY_NAME: LongestText =
    LongestText::new("display name", 256, HResult::BG_E_STRING_TOO_LONG);
/// PROP-04
const DESCRIPTION: LongestText =
    LongestText::new("description", 1_024, HResult::BG_E_STRING_TOO_LONG);

/// PROP-03, CREATE-05: the code for a name that is too long is another when the job is created, an
/// interpretation.
pub(crate) fn check_display_name(method: Method, name: Option<&str>) -> Result<(), Error> {
    let (code, rule) = match method {
        Method::CreateJob => (HResult::E_INVALIDARG, rule!("CREATE-05")),
        _ => (DISPLAY_NAME.code, rule!("PROP-03")),
    };
    let problem = "the display name must not be null; it may be empty";
    let name = name.ok_or(Error::invalid(method, problem, HResult::E_INVALIDARG, rule))?;
    LongestText { code, ..DISPLAY_NAME }.check(method, name, rule)
}

/// PROP-04
pub(crate) fn check_description(text: Option<&str>) -> Result<(), Error> {
    let (method, rule) = (Method::SetDescription, rule!("PROP-04"));
    let problem = "the description must not be null; it may be empty";
    let text = text.ok_or(Error::invalid(method, problem, HResult::E_INVALIDARG, rule))?;
    DESCRIPTION.check(method, text, rule)
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
    ensure(known, Error::invalid(method, "a flag is not defined", code, rule))
}

impl JobStateMachine {
    /// Changes properties. Copies of the job share what is set until one of them changes something.
    pub(crate) fn change_settings(&mut self, change: impl FnOnce(&mut Settings)) {
        if let Some(config) = Arc::get_mut(&mut self.config) {
            return change(&mut config.settings);
        }
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
        let reason = "a job with another HTTP method stays FOREGROUND";
        let code = HResult::BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD;
        let stays =
            !self.config.http.has_custom_method() || priority == self.config.settings.priority;
        ensure(stays, Error::refused(Method::SetPriority, reason, code, rule!("PROP-39")))
    }

    /// Returns the display name (`GetDisplayName`); jobs may share one (CREATE-02). Administrators can
    /// read it (PROP-06).
    #[must_use]
    pub fn display_name(&self) -> &str {
        self.config.display_name.as_deref().unwrap_or_default()
    }

    /// Returns the description (`GetDescription`); empty by default (CREATE-07). Administrators can
    /// read it (PROP-06).
    #[must_use]
    pub fn description(&self) -> &str {
        self.config.description.as_deref().unwrap_or_default()
    }
}

/// Declares the getters that return a property as it is.
macro_rules! getters {
    ($( $(#[$meta:meta])* $name:ident: $type:ty, )+) => {
        impl JobStateMachine {
            $(
                $(#[$meta])*
                #[must_use]
                pub fn $name(&self) -> $type {
                    self.config.settings.$name
                }
            )+
        }
    };
}

getters! {
    /// Returns the priority (`GetPriority`), NORMAL by default (SCHED-01, CREATE-07).
    priority: JobPriority,
    /// Returns the minimum retry delay in seconds, at least 5 (TIME-01 to TIME-03).
    minimum_retry_delay: u32,
    /// Returns the no-progress timeout in seconds; 0 means that nothing is retried (TIME-06, TIME-07).
    no_progress_timeout: u32,
    /// Returns the maximum download time in seconds (TIME-15).
    maximum_download_time: u32,
    /// Returns which owner and ACL data is kept for files on a share (FILES-32).
    file_acl_flags: FileAclFlags,
    /// Returns what HTTPS checks ignore (`GetSecurityFlags`), and the redirect policy (PROP-20).
    security_flags: HttpSecurityFlags,
    /// Returns the peer-caching flags (`GetPeerCachingFlags`), which mean nothing here.
    peer_caching_flags: PeerCachingFlags,
    /// Returns for what the helper token is used (SEC-12).
    helper_token_flags: HelperTokenFlags,
    /// Returns the notification flags (`GetNotifyFlags`): JOB_TRANSFERRED and JOB_ERROR by default (CREATE-07).
    notify_flags: NotifyFlags,
}
