//! The words of BITS: states, types, codes, flags, errors and rules.

mod bandwidth;
mod catalogue;
mod certificate;
mod cost;
mod credentials;
mod enumeration;
mod error;
mod error_context;
mod failure_class;
mod file_acl;
mod hresult;
mod job;
mod job_error;
mod job_type;
mod method;
pub(crate) mod names;
#[cfg(test)]
mod names_tests;
mod notification;
mod notify_flags;
#[cfg(test)]
mod numbers_tests;
mod peer_caching;
mod priority;
mod property;
mod property_id;
mod proxy;
mod readings;
mod rule;
mod security_flags;
#[cfg(feature = "serde")]
pub(crate) mod serial;
mod sizes;
mod state;
mod token;
mod token_flags;

pub use bandwidth::{BandwidthLimit, LevelLimits};
pub use catalogue::{Basis, Rule, RuleStatus};
pub use certificate::{CertStoreLocation, CertificateId, CertificateLookup, ClientCertificate};
pub use cost::CostFlags;
pub use credentials::{AuthScheme, AuthTarget, Credentials};
pub use enumeration::UnknownValue;
pub use error::Error;
pub use error_context::ErrorContext;
pub use failure_class::FailureClass;
pub use file_acl::FileAclFlags;
pub use hresult::{CodeInfo, CodeKind, HResult, ParseHResultError};
pub use job::{
    FileIndex, FileInfo, FileProgress, JobId, JobProgress, JobTimes, Protocol, ReplyProgress,
};
pub use job_error::JobError;
pub use job_type::JobType;
pub use method::Method;
pub use notification::{CallbackInterface, Notification, Recipient};
pub use notify_flags::NotifyFlags;
pub use peer_caching::PeerCachingFlags;
pub use priority::JobPriority;
pub use property::JobProperty;
pub use property_id::{FilePropertyId, JobPropertyId};
pub use proxy::{ProxySettings, ProxyUsage};
pub use readings::{
    ClientExit, ConnectionContext, ErrorObject, FinalError, FirstFailure, HeldClock,
    LongRetryDelay, PeriodEnd, Readings, RedirectCode, RestartTransient, ResumeOffline,
    ResumeTransferred, SuspendStopped, Switch, TimeoutCode,
};
pub use rule::RuleId;
pub use security_flags::{HttpSecurityFlags, RedirectPolicy};
pub use sizes::{BG_LENGTH_TO_EOF, BG_SIZE_UNKNOWN, FileRange};
pub use state::{JobState, StateClass, StateSet};
pub use token::{IntegrityLevel, Sid, Token};
pub use token_flags::HelperTokenFlags;
