//! How a snapshot is written down, and what cannot be one (feature `serde`).

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use super::jobs::Jobs;
use super::snapshot::Snapshot;
use crate::machine::{JobStateMachine, StoredJob};
use crate::vocabulary::{JobId, JobState};

/// The one form there is. It is to be counted up whenever older snapshots would mean something else.
const VERSION: u32 = 1;
/// The most jobs that are created after the oldest that is kept.
const MOST_CREATED: u64 = 1 << 24;
/// No life of a service creates more jobs.
const LAST_NUMBER: u64 = 1 << 48;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredSnapshot {
    version: Version,
    saved: DateTime<Utc>,
    created: u64,
    waiting: Vec<JobId>,
    jobs: Vec<StoredJob>,
}

#[derive(Serialize)]
struct Version(u32);

/// Why something is no snapshot.
#[derive(Debug, thiserror::Error)]
pub(super) enum BrokenSnapshot {
    #[error("the snapshot has version {0}, and only version {VERSION} is known; take a new one")]
    Version(u32),
    #[error("job {job} cannot be: {problem}")]
    Job { job: JobId, problem: String },
    #[error("job {0} is none of the {1} that were created, or does not stand in their order")]
    Number(JobId, u64),
    #[error("{0} jobs created are more than any service creates")]
    Created(u64),
    #[error("job {0} waits for its turn, but is not QUEUED, or waits twice")]
    Waiting(JobId),
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match u32::deserialize(from)? {
            VERSION => Ok(Self(VERSION)),
            other => Err(D::Error::custom(BrokenSnapshot::Version(other))),
        }
    }
}

impl From<Snapshot> for StoredSnapshot {
    fn from(Snapshot { saved, created, jobs, waiting }: Snapshot) -> Self {
        let jobs = jobs.iter().map(StoredJob::from).collect();
        Self { version: Version(VERSION), saved, created, waiting, jobs }
    }
}

impl TryFrom<StoredSnapshot> for Snapshot {
    type Error = BrokenSnapshot;

    fn try_from(stored: StoredSnapshot) -> Result<Self, BrokenSnapshot> {
        let StoredSnapshot { version: _, saved, created, waiting, jobs } = stored;
        let jobs = jobs.into_iter().map(job).collect::<Result<Vec<_>, _>>()?;
        check_numbers(created, &jobs)?;
        let mut left: BTreeSet<JobId> =
            jobs.iter().filter(|job| waits(job)).map(|job| job.id()).collect();
        if let Some(id) = waiting.iter().find(|id| !left.remove(id)) {
            return Err(BrokenSnapshot::Waiting(*id));
        }
        Ok(Self { saved, created, jobs, waiting })
    }
}

fn job(stored: StoredJob) -> Result<JobStateMachine, BrokenSnapshot> {
    let job = stored.id();
    JobStateMachine::try_from(stored).map_err(|problem| BrokenSnapshot::Job { job, problem })
}

/// Ids tell the order of creation.
fn check_numbers(created: u64, jobs: &[JobStateMachine]) -> Result<(), BrokenSnapshot> {
    let mut first = None;
    let mut last = 0;
    for id in jobs.iter().map(JobStateMachine::id) {
        let number =
            Jobs::creation_number(id).filter(|number| (last + 1..=created).contains(number));
        last = number.ok_or(BrokenSnapshot::Number(id, created))?;
        first = first.or(number);
    }
    let span = created.saturating_sub(first.unwrap_or(created));
    if created > LAST_NUMBER || span > MOST_CREATED {
        return Err(BrokenSnapshot::Created(created));
    }
    Ok(())
}

fn waits(job: &JobStateMachine) -> bool {
    job.state() == JobState::Queued
}
