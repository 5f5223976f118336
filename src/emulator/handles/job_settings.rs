//! The plain settings of a job.

use std::time::Duration;

use super::job::Job;
use super::methods::{calls, reads};
use crate::machine::{Call, JobStateMachine, whole_seconds};
use crate::vocabulary::{
    Error, FileAclFlags, JobPriority, JobProperty, JobPropertyId, Method, NotifyFlags,
    PeerCachingFlags,
};

calls! { Job:
    /// Sets the display name, at most 256 characters (PROP-03).
    ///
    /// # Errors
    ///
    /// `BG_E_STRING_TOO_LONG` for a longer one, `BG_E_INVALID_STATE` in a final state (LIFE-28).
    "SetDisplayName" set_display_name(&self, name: &str) => Call::SetDisplayName(Some(name.into()));

    /// Sets the description, at most 1,024 characters (PROP-04).
    ///
    /// # Errors
    ///
    /// `BG_E_STRING_TOO_LONG` for a longer one, `BG_E_INVALID_STATE` in a final state (LIFE-28).
    "SetDescription" set_description(&self, description: &str) => Call::SetDescription(Some(description.into()));

    /// Sets the priority (SCHED-01).
    ///
    /// # Errors
    ///
    /// `BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD` (PROP-39), `BG_E_INVALID_STATE` in a final state
    /// (LIFE-28).
    "SetPriority" set_priority(&self, priority: JobPriority) => Call::SetPriority(priority);

    /// Sets which events the client is notified of (NOTIFY-01).
    ///
    /// # Errors
    ///
    /// `E_NOTIMPL` for undefined flags, `BG_E_INVALID_STATE` in a final state (LIFE-28).
    "SetNotifyFlags" set_notify_flags(&self, flags: NotifyFlags) => Call::SetNotifyFlags(flags);

    /// Sets which parts of the owner's access list downloaded files keep (FILES-32).
    ///
    /// # Errors
    ///
    /// `E_INVALIDARG` for undefined flags, `BG_E_INVALID_STATE` in a final state (LIFE-28).
    "SetFileACLFlags" set_file_acl_flags(&self, flags: FileAclFlags) => Call::SetFileAclFlags(flags);

    /// Sets the flags of peer caching, which are kept and have no effect.
    ///
    /// # Errors
    ///
    /// `E_NOTIMPL` for undefined flags (PROP-40), `BG_E_INVALID_STATE` in a final state (LIFE-28).
    "SetPeerCachingFlags" set_peer_caching_flags(&self, flags: PeerCachingFlags) => Call::SetPeerCachingFlags(flags);

    /// Sets the minimum retry delay, in whole seconds, at least 5 (TIME-02).
    ///
    /// # Errors
    ///
    /// `BG_E_INVALID_STATE` in a final state (TIME-14).
    "SetMinimumRetryDelay" set_minimum_retry_delay(&self, delay: Duration) => Call::SetMinimumRetryDelay(whole_seconds(delay));

    /// Sets the no-progress timeout, in whole seconds; 0 means that nothing is retried (TIME-07).
    ///
    /// # Errors
    ///
    /// `BG_E_INVALID_STATE` in a final state (TIME-14).
    "SetNoProgressTimeout" set_no_progress_timeout(&self, timeout: Duration) => Call::SetNoProgressTimeout(whole_seconds(timeout));

    /// Sets the maximum download time, in whole seconds (TIME-19).
    ///
    /// # Errors
    ///
    /// `BG_E_INVALID_STATE` in a final state (LIFE-28).
    "SetMaximumDownloadTime" set_maximum_download_time(&self, time: Duration) => Call::SetMaximumDownloadTime(whole_seconds(time));

    /// Sets a property (PROP-30).
    ///
    /// # Errors
    ///
    /// The codes of PROP-34; `BG_E_INVALID_STATE` in a final state.
    "SetProperty" set_property(&self, property: JobProperty) => Call::SetProperty(property);
}

reads! { Job:
    /// Returns the display name.
    "GetDisplayName" display_name(&self) -> String = GetDisplayName, |job| job.display_name().to_owned();

    /// Returns the description.
    "GetDescription" description(&self) -> String = GetDescription, |job| job.description().to_owned();

    /// Returns the priority.
    "GetPriority" priority(&self) -> JobPriority = GetPriority, JobStateMachine::priority;

    /// Returns which events the client is notified of.
    "GetNotifyFlags" notify_flags(&self) -> NotifyFlags = GetNotifyFlags, JobStateMachine::notify_flags;

    /// Returns which parts of the owner's access list downloaded files keep.
    "GetFileACLFlags" file_acl_flags(&self) -> FileAclFlags = GetFileAclFlags, JobStateMachine::file_acl_flags;

    /// Returns the flags of peer caching.
    "GetPeerCachingFlags" peer_caching_flags(&self) -> PeerCachingFlags = GetPeerCachingFlags, JobStateMachine::peer_caching_flags;

    /// Returns the minimum retry delay.
    "GetMinimumRetryDelay" minimum_retry_delay(&self) -> Duration = GetMinimumRetryDelay, |job| from_seconds(job.minimum_retry_delay());

    /// Returns the no-progress timeout.
    "GetNoProgressTimeout" no_progress_timeout(&self) -> Duration = GetNoProgressTimeout, |job| from_seconds(job.no_progress_timeout());

    /// Returns the maximum download time.
    "GetMaximumDownloadTime" maximum_download_time(&self) -> Duration = GetMaximumDownloadTime, |job| from_seconds(job.maximum_download_time());
}

impl Job {
    /// Returns a property; `None` if it was never set and has no default (PROP-30).
    #[doc(alias = "GetProperty")]
    pub fn property(&self, id: JobPropertyId) -> Result<Option<JobProperty>, Error> {
        self.read(Method::GetProperty, |job| job.property(id))
    }
}

const fn from_seconds(seconds: u32) -> Duration {
    Duration::from_secs(seconds as u64)
}
