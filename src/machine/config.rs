//! The half of a job that is set: properties, names, rights and policies.
//!
//! It changes with calls that set something, and with few events. Copies of a job share it until one of
//! them changes it.

use std::sync::Arc;

use super::files::config::FileConfig;
use super::limits::{CostDefaults, JobLimits};
use super::notifications::config::NotifyConfig;
use super::settings::http_options::HttpOptions;
use super::settings::values::Settings;
use super::time::moment::Moment;
use crate::vocabulary::text::stored::stored;
use crate::vocabulary::{IntegrityLevel, JobId, JobType, Readings, Token};

stored! {
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    pub(crate) struct JobConfig {
        pub(crate) id: JobId,
        #[cfg_attr(feature = "serde", serde(rename = "type"))]
        pub(crate) job_type: JobType,
        pub(crate) display_name: Option<Arc<str>> = default,
        pub(crate) description: Option<Arc<str>> = default,
        /// By the wall clock (PROGRESS-12).
        pub(crate) creation: Moment,
        pub(crate) owner: Token,
        /// How far the creator was trusted, even if another account owns the job now (SEC-05).
        pub(crate) creator_integrity: IntegrityLevel,
        pub(crate) inactivity_timeout: u32,
        pub(crate) limits: JobLimits,
        /// Most computers have no such policy.
        pub(crate) cost_defaults: Option<Box<CostDefaults>> = default,
        pub(crate) readings: Readings = default,
        pub(crate) files: Vec<FileConfig>,
        pub(crate) reply_file_name: Option<Arc<str>> = default,
        #[cfg_attr(feature = "serde", serde(rename = "properties"))]
        pub(crate) settings: Settings,
        pub(crate) http: HttpOptions = default,
        pub(crate) notify: NotifyConfig,
    }
}

impl JobConfig {
    /// Whether two jobs that were set up so can behave differently. Ids, display names and the time of
    /// creation make no difference. Naming every field keeps a new one from being forgotten.
    pub(crate) fn behaves_as(&self, other: &Self) -> bool {
        let Self {
            id: _,
            display_name: _,
            description: _,
            creation: _,
            job_type,
            owner,
            creator_integrity,
            inactivity_timeout,
            limits,
            cost_defaults,
            readings,
            files,
            reply_file_name,
            settings,
            http,
            notify,
        } = self;
        *settings == other.settings
            && (job_type, owner, creator_integrity)
                == (&other.job_type, &other.owner, &other.creator_integrity)
            && (inactivity_timeout, limits, readings)
                == (&other.inactivity_timeout, &other.limits, &other.readings)
            && *cost_defaults == other.cost_defaults
            && *files == other.files
            && *reply_file_name == other.reply_file_name
            && *http == other.http
            && *notify == other.notify
    }
}
