//! Values of the plain properties of a job, with their defaults.

use crate::vocabulary::text::stored::stored;
use crate::vocabulary::{
    AuthTarget, CostFlags, FileAclFlags, HelperTokenFlags, HttpSecurityFlags, JobPriority,
    NotifyFlags, PeerCachingFlags, Sid,
};

/// The least retry delay in seconds; a smaller one is raised to it (TIME-02).
const LEAST_RETRY_DELAY: u32 = 5;
/// In milliseconds (NOTIFY-12).
const DEFAULT_NOTIFICATION_INTERVAL: u32 = 500;

stored! {
    /// Properties with the defaults of CREATE-07.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub(crate) struct Settings {
        pub(crate) priority: JobPriority,
        /// In seconds, as are the next two.
        pub(crate) minimum_retry_delay: u32,
        pub(crate) no_progress_timeout: u32,
        pub(crate) maximum_download_time: u32,
        /// In milliseconds (NOTIFY-12).
        pub(crate) notification_interval: u32,
        pub(crate) notify_flags: NotifyFlags,
        pub(crate) file_acl_flags: FileAclFlags = default,
        pub(crate) helper_token_flags: HelperTokenFlags = default,
        pub(crate) security_flags: HttpSecurityFlags = default,
        pub(crate) peer_caching_flags: PeerCachingFlags = default,
        /// Those that the client set (PROP-31).
        pub(crate) cost_flags: Option<CostFlags> = default,
        pub(crate) dynamic_content: bool = default,
        pub(crate) high_performance: bool = default,
        pub(crate) on_demand: bool = default,
        pub(crate) max_download_size: Option<u64> = default,
        pub(crate) stored_credentials: Option<AuthTarget> = default,
    }
}

/// What became of the helper token of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub(crate) enum HelperToken {
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
    pub(crate) fn new(maximum_download_time: u32) -> Self {
        Self {
            priority: JobPriority::Normal,
            minimum_retry_delay: 600,
            no_progress_timeout: 1_209_600,
            maximum_download_time,
            notification_interval: DEFAULT_NOTIFICATION_INTERVAL,
            notify_flags: NotifyFlags::default(),
            file_acl_flags: FileAclFlags::empty(),
            helper_token_flags: HelperTokenFlags::empty(),
            security_flags: HttpSecurityFlags::empty(),
            peer_caching_flags: PeerCachingFlags::empty(),
            cost_flags: None,
            dynamic_content: false,
            high_performance: false,
            on_demand: false,
            max_download_size: None,
            stored_credentials: None,
        }
    }

    /// Why no calls lead to these.
    #[cfg(feature = "serde")]
    pub(crate) fn check(&self) -> Result<(), &'static str> {
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

    /// TIME-02
    pub(crate) fn set_minimum_retry_delay(&mut self, seconds: u32) {
        self.minimum_retry_delay = seconds.max(LEAST_RETRY_DELAY);
    }
}

impl HelperToken {
    /// Logoff and restart discard the helper token (NET-12, NET-13).
    pub(crate) fn discard(&mut self) {
        if let Self::Held(_) = self {
            *self = Self::Lost;
        }
    }
}
