//! How a job is written down, and how one is made of what was written (feature `serde`).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::machine::JobStateMachine;
use crate::machine::config::JobConfig;
use crate::machine::live::LiveState;
use crate::machine::settings::plain::{check_description, check_display_name};
use crate::machine::time::moment::Moment;
use crate::vocabulary::text::names;
use crate::vocabulary::text::names::RangeProblem;
use crate::vocabulary::{Error, JobId, Method};

/// A [stored](JobStateMachine::stored) job.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoredJob {
    config: Arc<JobConfig>,
    live: LiveState,
}

impl StoredJob {
    pub(crate) fn id(&self) -> JobId {
        self.config.id
    }
}

impl From<&JobStateMachine> for StoredJob {
    fn from(job: &JobStateMachine) -> Self {
        let JobStateMachine { config, live } = job.clone();
        Self { config, live }
    }
}

impl TryFrom<StoredJob> for JobStateMachine {
    type Error = String;

    /// What no life of a job leads to is none: its own invariants hold, and its values are such as calls
    /// would have accepted.
    fn try_from(stored: StoredJob) -> Result<Self, String> {
        let StoredJob { config, live } = stored;
        let mut job = Self { config, live };
        job.live.clocks.active = job.live.state.is_active().then_some(Moment::START);
        match job.violation() {
            Some(violation) => Err(violation.to_owned()),
            None => job.check_stored_values().map(|()| job),
        }
    }
}

impl JobStateMachine {
    fn check_stored_values(&self) -> Result<(), String> {
        let said = |error: Error| error.to_string();
        if let Some(name) = &self.config.display_name {
            check_display_name(Method::SetDisplayName, Some(name)).map_err(said)?;
        }
        if let Some(description) = &self.config.description {
            check_description(Some(description)).map_err(said)?;
        }
        let (program, parameters) = self.notify_cmd_line();
        Self::check_command_line(Some(program), Some(parameters)).map_err(said)?;
        self.config.settings.check().map_err(str::to_owned)?;
        self.config.http.check().map_err(said)?;
        for file in &self.config.files {
            names::check_local_name(&file.info.local_name)?;
            file.ranges().map_or(Ok(()), names::check_ranges).map_err(RangeProblem::text)?;
        }
        Ok(())
    }
}
