//! The vocabulary of BITS: states, types, flags, codes, errors, rules and readings.

mod bandwidth;
pub(crate) mod canonical;
mod codes;
pub(crate) mod enums;
pub(crate) mod errors;
pub(crate) mod flags;
mod identity;
pub(crate) mod job;
mod rules;
mod settings;
pub(crate) mod text;

pub use bandwidth::{BandwidthLimit, LevelLimits};
pub use codes::{CodeInfo, CodeKind, HResult, ParseHResultError};
pub use enums::enumeration::UnknownValue;
pub use enums::error_context::ErrorContext;
pub use enums::failure_class::FailureClass;
pub use enums::job_type::JobType;
pub use enums::method::Method;
pub use enums::notification::{CallbackInterface, Notification, Recipient};
pub use enums::priority::JobPriority;
pub use enums::state::{JobState, StateClass, StateSet};
pub use errors::error::Error;
pub use errors::job_error::JobError;
pub use flags::cost::CostFlags;
pub use flags::file_acl::FileAclFlags;
pub use flags::notify_flags::NotifyFlags;
pub use flags::peer_caching::PeerCachingFlags;
pub use flags::security_flags::{HttpSecurityFlags, RedirectPolicy};
pub use flags::token_flags::HelperTokenFlags;
pub use identity::{IntegrityLevel, Sid, Token};
pub(crate) use job::file_info::path_text;
pub use job::file_info::{FileIndex, FileInfo};
pub use job::file_range::{BG_LENGTH_TO_EOF, BG_SIZE_UNKNOWN, FileRange};
pub use job::id::JobId;
pub use job::progress::{FileProgress, JobProgress, JobTimes, ReplyProgress};
pub use job::protocol::Protocol;
pub use job::remote_name::RemoteName;
pub use rules::catalogue::{Basis, Rule, RuleStatus};
pub use rules::readings::{
    CallerLogon, ClientExit, ConnectionContext, DefaultCost, DynamicHead, ErrorLifetime,
    FinalError, FirstFailure, HeldClock, IllegalCharacters, InactivityClock, LongRetryDelay,
    PeriodEnd, Readings, RedirectCode, RestartTransient, ResumeOffline, ResumeTransferred,
    ServiceRestart, SuspendStopped, Switch, TimeoutCode,
};
pub use rules::rule_id::RuleId;
pub(crate) use rules::rule_id::rule;
pub use settings::certificate::{
    CertStoreLocation, CertificateId, CertificateLookup, ClientCertificate,
};
pub use settings::credentials::{AuthScheme, AuthTarget, Credentials};
pub use settings::property::JobProperty;
pub use settings::property_id::{FilePropertyId, JobPropertyId};
pub use settings::proxy::{ProxySettings, ProxyUsage};
