//! The plain settings of a job.

use std::time::Duration;

use super::job::Job;
use crate::machine::{Call, JobStateMachine, whole_seconds};
use crate::vocabulary::{
    Error, FileAclFlags, JobPriority, JobProperty, JobPropertyId, Method, NotifyFlags,
    PeerCachingFlags,
};

/// The setters and getters of one value each.
macro_rules! values {
    ($(
        $set_doc:literal $set:ident($argument:ident: $type:ty) => $call:expr;
        $get_doc:literal $get:ident -> $result:ty = $method:ident, $look:expr;
    )+) => {
        impl Job {
            $(
                #[doc = $set_doc]
                ///
                /// # Errors
                ///
                /// Those of its page; `BG_E_INVALID_STATE` in a final state (LIFE-28).
                pub fn $set(&self, $argument: $type) -> Result<(), Error> {
                    self.set($call)
                }

                #[doc = $get_doc]
                ///
                /// # Errors
                ///
                /// Those of any call.
                pub fn $get(&self) -> Result<$result, Error> {
                    self.read(Method::$method, $look)
                }
            )+
        }
    };
}

values! {
    "`SetDisplayName`, at most 256 characters (PROP-03)."
    set_display_name(name: &str) => Call::SetDisplayName(Some(name.into()));
    "`GetDisplayName`."
    display_name -> String = GetDisplayName, |job| job.display_name().to_owned();

    "`SetDescription`, at most 1,024 characters (PROP-04)."
    set_description(description: &str) => Call::SetDescription(Some(description.into()));
    "`GetDescription`."
    description -> String = GetDescription, |job| job.description().to_owned();

    "`SetPriority` (SCHED-01)."
    set_priority(priority: JobPriority) => Call::SetPriority(priority);
    "`GetPriority`."
    priority -> JobPriority = GetPriority, JobStateMachine::priority;

    "`SetNotifyFlags` (NOTIFY-01)."
    set_notify_flags(flags: NotifyFlags) => Call::SetNotifyFlags(flags);
    "`GetNotifyFlags`."
    notify_flags -> NotifyFlags = GetNotifyFlags, JobStateMachine::notify_flags;

    "`SetFileACLFlags` (FILES-32)."
    set_file_acl_flags(flags: FileAclFlags) => Call::SetFileAclFlags(flags);
    "`GetFileACLFlags`."
    file_acl_flags -> FileAclFlags = GetFileAclFlags, JobStateMachine::file_acl_flags;

    "`SetPeerCachingFlags`; kept, and without effect."
    set_peer_caching_flags(flags: PeerCachingFlags) => Call::SetPeerCachingFlags(flags);
    "`GetPeerCachingFlags`."
    peer_caching_flags -> PeerCachingFlags = GetPeerCachingFlags, JobStateMachine::peer_caching_flags;
}

impl Job {
    /// `SetMinimumRetryDelay`, in whole seconds, at least 5 (TIME-02).
    ///
    /// # Errors
    ///
    /// `BG_E_INVALID_STATE` in a final state (TIME-14).
    pub fn set_minimum_retry_delay(&self, delay: Duration) -> Result<(), Error> {
        self.set(Call::SetMinimumRetryDelay(whole_seconds(delay)))
    }

    /// `SetNoProgressTimeout`, in whole seconds; 0 means that nothing is retried (TIME-07).
    ///
    /// # Errors
    ///
    /// `BG_E_INVALID_STATE` in a final state (TIME-14).
    pub fn set_no_progress_timeout(&self, timeout: Duration) -> Result<(), Error> {
        self.set(Call::SetNoProgressTimeout(whole_seconds(timeout)))
    }

    /// `SetMaximumDownloadTime`, in whole seconds (TIME-19).
    ///
    /// # Errors
    ///
    /// `BG_E_INVALID_STATE` in a final state (LIFE-28).
    pub fn set_maximum_download_time(&self, time: Duration) -> Result<(), Error> {
        self.set(Call::SetMaximumDownloadTime(whole_seconds(time)))
    }

    /// `GetMinimumRetryDelay`.
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "GetMinimumRetryDelay")]
    pub fn minimum_retry_delay(&self) -> Result<Duration, Error> {
        self.read(Method::GetMinimumRetryDelay, |job| from_seconds(job.minimum_retry_delay()))
    }

    /// `GetNoProgressTimeout`.
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "GetNoProgressTimeout")]
    pub fn no_progress_timeout(&self) -> Result<Duration, Error> {
        self.read(Method::GetNoProgressTimeout, |job| from_seconds(job.no_progress_timeout()))
    }

    /// `GetMaximumDownloadTime`.
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "GetMaximumDownloadTime")]
    pub fn maximum_download_time(&self) -> Result<Duration, Error> {
        self.read(Method::GetMaximumDownloadTime, |job| from_seconds(job.maximum_download_time()))
    }

    /// `SetProperty` (PROP-30).
    ///
    /// # Errors
    ///
    /// The codes of PROP-34; `BG_E_INVALID_STATE` in a final state.
    pub fn set_property(&self, property: JobProperty) -> Result<(), Error> {
        self.set(Call::SetProperty(property))
    }

    /// `GetProperty`; `None` if it was never set and has no default (PROP-30).
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "GetProperty")]
    pub fn property(&self, id: JobPropertyId) -> Result<Option<JobProperty>, Error> {
        self.read(Method::GetProperty, |job| job.property(id))
    }
}

const fn from_seconds(seconds: u32) -> Duration {
    Duration::from_secs(seconds as u64)
}
