//! The properties of a job that the machine looks at.

use std::sync::Arc;

use super::JobStateMachine;
use super::input::Call;
use super::outcome::Outcome;
use crate::vocabulary::{
    Error, FileAclFlags, HResult, HelperTokenFlags, JobPriority, JobType, Method, RuleId,
};

/// The least retry delay in seconds; a smaller one is raised to it (TIME-02).
const LEAST_RETRY_DELAY: u32 = 5;

/// The properties of a job that influence its steps, with the defaults of CREATE-07.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Settings {
    pub(super) priority: JobPriority,
    /// In seconds, as are the next two.
    pub(super) minimum_retry_delay: u32,
    pub(super) no_progress_timeout: u32,
    pub(super) maximum_download_time: u32,
    pub(super) file_acl_flags: FileAclFlags,
    pub(super) reply_file_name: Option<Arc<str>>,
    pub(super) token_flags: HelperTokenFlags,
    pub(super) token: HelperToken,
    pub(super) on_demand: bool,
}

/// What became of the helper token of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum HelperToken {
    /// The client gave none, or cleared it.
    None,
    /// The job holds one.
    Held,
    /// The job held one when its owner logged off or the service restarted (NET-12, NET-13).
    Lost,
}

impl Settings {
    /// Logoff and restart discard the helper token (NET-12, NET-13).
    pub(super) fn discard_token(&mut self) {
        if self.token == HelperToken::Held {
            self.token = HelperToken::Lost;
        }
    }

    /// NET-12: the client is to set a lost token again, or to clear the flags. That a transfer
    /// without either fails is our reading: the pages only tell what to do.
    pub(super) fn misses_token(&self) -> bool {
        self.token == HelperToken::Lost && !self.token_flags.is_empty()
    }

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
            on_demand: false,
        }
    }
}

impl JobStateMachine {
    /// Stores the value of an accepted setter. Deadlines follow at once, from their original
    /// start: our reading (TIME-14).
    pub(super) fn store(&mut self, call: &Call, out: &mut Outcome) {
        let settings = &mut self.settings;
        match call {
            Call::SetPriority(priority) => settings.priority = *priority,
            Call::SetMinimumRetryDelay(seconds) => {
                out.rules.add(const { RuleId::new("TIME-02") });
                settings.minimum_retry_delay = (*seconds).max(LEAST_RETRY_DELAY);
            }
            Call::SetNoProgressTimeout(seconds) => {
                out.rules.add(const { RuleId::new("TIME-06") });
                settings.no_progress_timeout = *seconds;
            }
            Call::SetMaximumDownloadTime(seconds) => {
                out.rules.add(const { RuleId::new("TIME-15") });
                settings.maximum_download_time = *seconds;
            }
            Call::SetFileAclFlags(flags) => settings.file_acl_flags = *flags,
            // UPLOAD-09: an empty name leaves the choice to BITS. That a name set after the first
            // Resume replaces the generated one is our reading (UPLOAD-10).
            Call::SetReplyFileName(name) => {
                settings.reply_file_name = name.clone().filter(|name| !name.is_empty());
            }
            Call::SetHelperTokenFlags(flags) => settings.token_flags = *flags,
            Call::SetHelperToken => settings.token = HelperToken::Held,
            Call::ClearHelperToken => settings.token = HelperToken::None,
            Call::SetOnDemandMode(enable) => settings.on_demand = *enable,
            Call::AddFile(_)
            | Call::AddFileSet(_)
            | Call::AddFileWithRanges(..)
            | Call::Suspend
            | Call::Resume
            | Call::Cancel(_)
            | Call::Complete(_)
            | Call::SetServerCertificateValidationInterface
            | Call::Set(_) => {}
        }
    }

    /// PROP-38: on-demand mode is for downloads.
    pub(super) fn admit_on_demand(&self) -> Result<(), Error> {
        match self.job_type {
            JobType::Download => Ok(()),
            JobType::Upload | JobType::UploadReply => Err(Error::InvalidArgument {
                method: Method::SetProperty,
                problem: "on-demand mode is for downloads only",
                code: HResult::BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY,
                rule: const { RuleId::new("PROP-38") },
            }),
        }
    }

    /// The priority.
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

    /// The name of the reply file that the client set (UPLOAD-10).
    #[must_use]
    pub fn reply_file_name(&self) -> Option<&str> {
        self.settings.reply_file_name.as_deref()
    }

    /// For what the helper token is used (SEC-12).
    #[must_use]
    pub const fn helper_token_flags(&self) -> HelperTokenFlags {
        self.settings.token_flags
    }

    /// Whether the job holds a helper token (SEC-12).
    #[must_use]
    pub const fn has_helper_token(&self) -> bool {
        matches!(self.settings.token, HelperToken::Held)
    }

    /// Whether ranges are transferred only as requested (PROP-38).
    #[must_use]
    pub const fn on_demand_mode(&self) -> bool {
        self.settings.on_demand
    }
}
