//! How a job is written down, and how one is made of what was written (feature `serde`).

use serde::{Deserialize, Serialize};

use crate::machine::certificates::CertificateCheck;
use crate::machine::conditions::{Block, Conditions, Hold};
use crate::machine::error_object::ErrorRecord;
use crate::machine::files::ranges::RangeSet;
use crate::machine::files::upload::{Reply, UploadSession};
use crate::machine::files::{Files, JobFile};
use crate::machine::notifications::delivery_state::Notices;
use crate::machine::settings;
use crate::machine::settings::http_options::HttpOptions;
use crate::machine::settings::{Names, Settings};
use crate::machine::time::clocks::{Clocks, Stamp};
use crate::machine::time::moment::Moment;
use crate::machine::{JobLimits, JobStateMachine, Times};
use crate::vocabulary::text::names;
use crate::vocabulary::text::names::RangeProblem;
use crate::vocabulary::text::serial::is_default;
use crate::vocabulary::{
    CostFlags, IntegrityLevel, JobId, JobState, JobType, Method, Protocol, Readings, Token,
};

/// A [stored](JobStateMachine::stored) job.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoredJob {
    pub(crate) id: JobId,
    #[serde(rename = "type")]
    job_type: JobType,
    state: JobState,
    #[serde(default, skip_serializing_if = "is_default")]
    names: Names,
    owner: Token,
    creator_integrity: IntegrityLevel,
    inactivity_timeout: u32,
    limits: JobLimits,
    #[serde(default, skip_serializing_if = "is_default")]
    readings: Readings,
    #[serde(default, skip_serializing_if = "is_default")]
    error: ErrorRecord,
    #[serde(default, skip_serializing_if = "is_default")]
    error_count: u32,
    #[serde(default, skip_serializing_if = "is_default")]
    held_by: Option<Hold>,
    #[serde(default, skip_serializing_if = "is_default")]
    retrying: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    was_resumed: bool,
    files: Files,
    #[serde(default, skip_serializing_if = "is_default")]
    reply: Reply,
    #[serde(default, skip_serializing_if = "is_default")]
    upload: UploadSession,
    properties: Settings,
    #[serde(default, skip_serializing_if = "is_default")]
    http: HttpOptions,
    notify: Notices,
    #[serde(default, skip_serializing_if = "is_default")]
    certificate_validation: CertificateCheck,
    #[serde(default, skip_serializing_if = "is_default")]
    conditions: StoredConditions,
    clocks: Clocks,
    times: Times,
}

/// How the computer was, as far as it stood in the way.
#[derive(Serialize, Deserialize, Default, PartialEq)]
#[serde(deny_unknown_fields)]
struct StoredConditions {
    #[serde(default, skip_serializing_if = "is_default")]
    no_network: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    owner_logged_off: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    cost: Option<CostFlags>,
    #[serde(default, skip_serializing_if = "is_default")]
    blocks: Vec<Block>,
}

impl From<&Conditions> for StoredConditions {
    fn from(known: &Conditions) -> Self {
        Self {
            no_network: !known.network,
            owner_logged_off: !known.owner_logged_on,
            cost: (known.cost != Conditions::good().cost).then_some(known.cost),
            blocks: Block::ALL.iter().copied().filter(|block| known.has_block(*block)).collect(),
        }
    }
}

impl From<StoredConditions> for Conditions {
    fn from(stored: StoredConditions) -> Self {
        let mut known = Self::good();
        known.network = !stored.no_network;
        known.owner_logged_on = !stored.owner_logged_off;
        known.cost = stored.cost.unwrap_or(known.cost);
        stored.blocks.into_iter().for_each(|block| known.set_block(block, true));
        known
    }
}

impl From<&JobStateMachine> for StoredJob {
    fn from(job: &JobStateMachine) -> Self {
        // Named one by one, so that none is forgotten that comes later.
        let JobStateMachine {
            id,
            job_type,
            names,
            owner,
            creator_integrity,
            inactivity_timeout,
            limits,
            readings,
            state,
            error,
            error_count,
            held_by,
            retrying,
            was_resumed,
            files,
            redirected_to: _,
            reply,
            session,
            settings,
            http,
            notices,
            certificates,
            conditions,
            clocks,
            times,
        } = job.clone();
        let (upload, properties, notify) = (session, settings, notices);
        Self {
            id,
            job_type,
            state,
            names,
            owner,
            creator_integrity,
            inactivity_timeout,
            limits,
            readings,
            error,
            error_count,
            held_by,
            retrying,
            was_resumed,
            files,
            reply,
            upload,
            properties,
            http,
            notify,
            certificate_validation: certificates,
            conditions: StoredConditions::from(&conditions),
            clocks,
            times,
        }
    }
}

impl TryFrom<StoredJob> for JobStateMachine {
    type Error = String;

    /// What no life of a job leads to is none: its own invariants hold, and its values are such as calls
    /// would have admitted.
    fn try_from(stored: StoredJob) -> Result<Self, String> {
        let mut job = Self {
            id: stored.id,
            job_type: stored.job_type,
            names: stored.names,
            owner: stored.owner,
            creator_integrity: stored.creator_integrity,
            inactivity_timeout: stored.inactivity_timeout,
            limits: stored.limits,
            readings: stored.readings,
            state: stored.state,
            error: stored.error,
            error_count: stored.error_count,
            held_by: stored.held_by,
            retrying: stored.retrying,
            was_resumed: stored.was_resumed,
            files: stored.files,
            redirected_to: None,
            reply: stored.reply,
            session: stored.upload,
            settings: stored.properties,
            http: stored.http,
            notices: stored.notify,
            certificates: stored.certificate_validation,
            conditions: stored.conditions.into(),
            clocks: stored.clocks,
            times: stored.times,
        };
        job.clocks.active = job.state.is_active().then_some(Stamp::STORED);
        match job.violation() {
            Some(violation) => Err(violation.to_owned()),
            None => job.admit_stored_values().map(|()| job),
        }
    }
}

impl JobStateMachine {
    fn admit_stored_values(&self) -> Result<(), String> {
        let said = |error: crate::vocabulary::Error| error.to_string();
        if let Some(name) = &self.names.display {
            settings::admit_display_name(Method::SetDisplayName, Some(name)).map_err(said)?;
        }
        if let Some(description) = &self.names.description {
            settings::admit_description(Some(description)).map_err(said)?;
        }
        let (program, parameters) = self.notify_cmd_line();
        Self::admit_command_line(Some(program), Some(parameters)).map_err(said)?;
        self.settings.admit().map_err(str::to_owned)?;
        self.http.admit().map_err(said)?;
        for (_, file) in self.files.iter() {
            names::check_local_name(&file.info.local_name)?;
            if let Some(parts) = &file.parts {
                names::check_ranges(&parts.ranges).map_err(RangeProblem::text)?;
            }
        }
        Ok(())
    }
}

impl From<Moment> for Stamp {
    fn from(wall: Moment) -> Self {
        Self { at: wall, wall }
    }
}

impl From<Stamp> for Moment {
    fn from(stamp: Stamp) -> Self {
        stamp.wall
    }
}

impl From<Vec<(u64, u64)>> for RangeSet {
    fn from(ranges: Vec<(u64, u64)>) -> Self {
        let mut set = Self::default();
        ranges.into_iter().for_each(|range| set.add(range));
        set
    }
}

impl From<Vec<JobFile>> for Files {
    fn from(list: Vec<JobFile>) -> Self {
        let mut files = Self::default();
        for mut file in list {
            file.protocol = file.info.remote_name.protocol();
            files.push(file);
        }
        files.advance();
        files
    }
}

/// Stands until the remote name is looked at.
pub(crate) const fn http() -> Protocol {
    Protocol::Http
}

impl From<Files> for Vec<JobFile> {
    fn from(files: Files) -> Self {
        files.list
    }
}
