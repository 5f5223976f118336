//! What a log was explained with: each job, its life and the verdict on it.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::acceptor::{Explained, explain};
use super::life::Recorded;
use super::log::{Computer, JobRecords, Log, name_of};
use super::record::{Record, RecordKind};
use super::spans::PATIENCE;
use super::step::{Assumption, HiddenStep, LifeStep};
use crate::machine::Deadline;
use crate::vocabulary::{JobId, JobState, Readings};

/// A log, explained.
#[derive(Debug, Clone)]
pub struct Replay {
    jobs: Vec<JobReplay>,
}

/// A job of a log, explained.
#[derive(Debug, Clone)]
pub struct JobReplay {
    id: JobId,
    name: Arc<str>,
    owner: Option<Arc<str>>,
    process: Option<Arc<str>>,
    records: Vec<(usize, Record)>,
    steps: Vec<LifeStep>,
    conformance: Conformance,
    end: JobState,
    drift: TimeDelta,
    looked_at: usize,
}

/// Whether the model explains what was recorded of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Conformance {
    /// It writes every record at its time.
    Explained,
    /// It does if something happened that the log does not show; in the order of time.
    ExplainedWith(Vec<(DateTime<Utc>, Assumption)>),
    /// It does not, whatever is assumed within the bounds of the search.
    NotExplained {
        /// The number of the first record that it does not write; the one after the last if something is missing
        /// behind it.
        record: usize,
        /// What it would have written there, in words.
        expected: String,
    },
}

impl Log {
    /// Explains each job of the log, under the readings that real machines were seen to follow.
    #[must_use]
    pub fn replay(&self) -> Replay {
        self.replay_jobs(|_| true, |_, _| {})
    }

    /// Explains the jobs that are wanted. The other function is called after each with how many are done, and of
    /// how many.
    #[must_use]
    pub fn replay_jobs(
        &self,
        is_wanted: impl Fn(&JobId) -> bool,
        mut progress: impl FnMut(usize, usize),
    ) -> Replay {
        let mut computer = self.computer();
        let mut jobs = self.jobs();
        jobs.retain(|(id, _)| is_wanted(id));
        let all = jobs.len();
        let explained = (1..).zip(&jobs).map(|(done, (id, records))| {
            let job = JobReplay::of(*id, records, &mut computer);
            progress(done, all);
            job
        });
        Replay { jobs: explained.collect() }
    }
}

impl Replay {
    /// Returns the jobs in the order in which they begin.
    #[must_use]
    pub fn jobs(&self) -> &[JobReplay] {
        &self.jobs
    }

    /// Returns whether each job is explained, with or without assumptions.
    #[must_use]
    pub fn is_explained(&self) -> bool {
        self.jobs.iter().all(|job| !matches!(job.conformance, Conformance::NotExplained { .. }))
    }
}

impl JobReplay {
    fn of(id: JobId, records: &JobRecords<'_>, computer: &mut Computer) -> Self {
        let found = explain_best(records, computer);
        let recorded = Recorded { job: records, computer };
        let created = records.records.iter().find_map(|(_, record)| match &record.kind {
            RecordKind::Created { owner, process } => Some((owner.clone(), process.clone())),
            _ => None,
        });
        let (owner, process) = created.unwrap_or_default();
        let conformance = conformance(found.as_ref(), recorded);
        let mut job = Self {
            id,
            name: name_of(records),
            owner,
            process,
            records: records.records.iter().map(|(at, record)| (*at, (*record).clone())).collect(),
            steps: Vec::new(),
            conformance,
            end: JobState::Suspended,
            drift: TimeDelta::zero(),
            looked_at: 0,
        };
        if let Some(Explained { steps, away, life, is_whole, looked_at, .. }) = found {
            (job.steps, job.end, job.looked_at) = (steps, life.job.state(), looked_at);
            job.drift = life.ahead;
            if is_whole {
                away.iter().for_each(|(from, to)| computer.add_network(*from, *to));
            }
        }
        job
    }

    /// Returns the id.
    #[must_use]
    pub const fn id(&self) -> JobId {
        self.id
    }

    /// Returns the display name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the account that owned the job when it was created, if that is recorded.
    #[must_use]
    pub fn owner(&self) -> Option<&str> {
        self.owner.as_deref()
    }

    /// Returns the program that created it, if that is recorded.
    #[must_use]
    pub fn process(&self) -> Option<&str> {
        self.process.as_deref()
    }

    /// Returns its records with their numbers in the log, from 1 on, in the order of time.
    #[must_use]
    pub fn records(&self) -> &[(usize, Record)] {
        &self.records
    }

    /// Returns its life as it was explained: to its end, or up to the record that is not explained.
    #[must_use]
    pub fn steps(&self) -> &[LifeStep] {
        &self.steps
    }

    /// Returns whether the model explains it, and with what.
    #[must_use]
    pub const fn conformance(&self) -> &Conformance {
        &self.conformance
    }

    /// Returns the state in which the explanation leaves the job.
    #[must_use]
    pub const fn end(&self) -> JobState {
        self.end
    }

    /// Returns by how much the real timers were ahead of the model's, all together.
    #[must_use]
    pub const fn drift(&self) -> TimeDelta {
        self.drift
    }

    /// Returns how many lives up to a record were looked at.
    #[must_use]
    pub const fn looked_at(&self) -> usize {
        self.looked_at
    }

    /// Returns the assumptions, in the order of time.
    #[must_use]
    pub fn assumptions(&self) -> &[(DateTime<Utc>, Assumption)] {
        match &self.conformance {
            Conformance::ExplainedWith(assumptions) => assumptions,
            Conformance::Explained | Conformance::NotExplained { .. } => &[],
        }
    }
}

/// Explains a job, with what the jobs before it were explained with unless it is explained by less without.
fn explain_best(records: &JobRecords<'_>, computer: &Computer) -> Option<Explained> {
    let readings = Readings::observed();
    let found = explain(Recorded { job: records, computer }, readings);
    let alone = match &found {
        Some(found) if found.is_whole && found.assumed() == 0 => None,
        _ => computer.without_network(),
    };
    let Some(alone) = alone else { return found };
    let other = explain(Recorded { job: records, computer: &alone }, readings);
    let cost = |found: &Option<Explained>| {
        let found = found.as_ref().filter(|found| found.is_whole);
        found.map_or(usize::MAX, Explained::assumed)
    };
    if cost(&other) < cost(&found) { other } else { found }
}

fn conformance(found: Option<&Explained>, recorded: Recorded<'_>) -> Conformance {
    let Some(found) = found else {
        let record = recorded.number(0).unwrap_or(1);
        return Conformance::NotExplained {
            record,
            expected: "no job with these files".to_owned(),
        };
    };
    if !found.is_whole {
        let place = found.life.next;
        let last = place.checked_sub(1).and_then(|last| recorded.number(last));
        let record = recorded.number(place).or(last.map(|last| last + 1)).unwrap_or(1);
        return Conformance::NotExplained { record, expected: expected(found) };
    }
    let assumed: Vec<_> = found.assumptions().collect();
    if assumed.is_empty() { Conformance::Explained } else { Conformance::ExplainedWith(assumed) }
}

impl Explained {
    fn assumptions(&self) -> impl Iterator<Item = (DateTime<Utc>, Assumption)> + '_ {
        self.steps.iter().filter_map(|step| match step.hidden {
            HiddenStep::Assumed(assumption) => Some((step.at, assumption)),
            _ => None,
        })
    }

    fn assumed(&self) -> usize {
        self.assumptions().count()
    }
}

/// What the model writes next of the life that came furthest.
fn expected(found: &Explained) -> String {
    let life = &found.life;
    let time = |at: DateTime<Utc>| (at - life.ahead).format("%F %T").to_string();
    match life.job.state() {
        JobState::TransientError => match life.job.deadline(Deadline::RetryDelay) {
            Some(at) => format!(
                "an attempt at {}, after its retry delay, which ends by {}",
                time(at),
                time(at + PATIENCE)
            ),
            None => "nothing before the network is back".to_owned(),
        },
        JobState::Queued | JobState::Connecting => {
            format!(
                "the start (59) or the failure (61) of an attempt by {}",
                time(life.now + PATIENCE)
            )
        }
        JobState::Transferring => "the end (60) or the failure (61) of the transfer".to_owned(),
        JobState::Acknowledged | JobState::Cancelled => {
            format!("nothing: the job is {}", life.job.state())
        }
        state => format!("nothing before its client calls: the job is {state}"),
    }
}
