//! A log as a whole: the records of each job, and what is the computer's, which all jobs share.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::record::{Record, RecordKind};
use super::spans::{PATIENCE, RIGHT_AFTER};
use crate::machine::Failure;
use crate::vocabulary::{FailureClass, JobId};

/// A log of the event channel, record by record.
///
/// ```
/// use bits_emulator::replay::{Conformance, Log, Record, RecordFields};
/// use chrono::{DateTime, TimeDelta};
///
/// // A job is created, and cancelled a minute later.
/// let mut log = Log::new();
/// for (seconds, event_id) in [(0, 3), (60, 5)] {
///     let fields = RecordFields {
///         time: Some(DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)),
///         event_id: Some(event_id),
///         job_id: Some("6f364a04-6299-4349-a8b6-34bed5e400ef".to_owned()),
///         ..RecordFields::default()
///     };
///     log.push(Record::try_from(fields)?);
/// }
/// let replay = log.replay();
/// assert_eq!(replay.jobs()[0].conformance(), &Conformance::Explained);
/// # Ok::<(), bits_emulator::replay::BadRecord>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Log {
    pub(super) records: Vec<Record>,
}

/// The records of one job, in the order of time, each with its number in the log, from 1 on.
#[derive(Debug, Clone, Default)]
pub(super) struct JobRecords<'log> {
    pub(super) records: Vec<(usize, &'log Record)>,
}

/// Something that happened to the computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Fact {
    /// The service stopped, as a record says.
    ServiceStopped,
    /// The service had stopped by then, and the log with it, at an instant that no record shows.
    MachineStopped,
    ServiceStarted,
    /// The network was away for some job from then on, as it was explained.
    NetworkLost,
    NetworkRestored,
}

/// What the jobs of a log share.
#[derive(Debug, Clone, Default)]
pub(super) struct Computer {
    /// In the order of time.
    pub(super) facts: Vec<(DateTime<Utc>, Fact)>,
    /// When attempts of any job began, ended or failed.
    attempts: Vec<(DateTime<Utc>, JobId)>,
    /// From the start to the end of each transfer.
    transfers: Vec<(DateTime<Utc>, DateTime<Utc>, JobId)>,
    /// The longest of them.
    longest: TimeDelta,
    /// From each failure after which a job waits to its next record, but for those between which the service started.
    waits: Vec<(DateTime<Utc>, DateTime<Utc>, JobId)>,
    longest_wait: TimeDelta,
    /// The time of the last record.
    pub(super) end: DateTime<Utc>,
}

impl Log {
    /// Returns an empty log.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a record. They may come in any order.
    pub fn push(&mut self, record: Record) {
        self.records.push(record);
    }

    /// Returns the records, in the order in which they were added.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// The records of each job, the job that comes first in the log first.
    pub(super) fn jobs(&self) -> Vec<(JobId, JobRecords<'_>)> {
        let mut places = BTreeMap::new();
        let mut jobs: Vec<(JobId, JobRecords<'_>)> = Vec::new();
        for (number, record) in (1..).zip(&self.records) {
            let Some(id) = record.job else { continue };
            let place = *places.entry(id).or_insert_with(|| {
                jobs.push((id, JobRecords::default()));
                jobs.len() - 1
            });
            if let Some((_, job)) = jobs.get_mut(place) {
                job.records.push((number, record));
            }
        }
        for (_, job) in &mut jobs {
            job.records.sort_by_key(|(_, record)| record.time);
        }
        jobs.sort_by_key(|(_, job)| job.records.first().map(|(_, record)| record.time));
        jobs
    }

    /// What the jobs share.
    pub(super) fn computer(&self) -> Computer {
        let mut ordered: Vec<&Record> = self.records.iter().collect();
        ordered.sort_by_key(|record| record.time);
        let mut computer = Computer::default();
        let mut running: BTreeMap<JobId, DateTime<Utc>> = BTreeMap::new();
        let mut failed: BTreeMap<JobId, DateTime<Utc>> = BTreeMap::new();
        let mut stop = Stop::default();
        for record in ordered {
            let time = record.time;
            match &record.kind {
                RecordKind::ServiceStopped => stop.recorded(time),
                RecordKind::ServiceStarted => {
                    computer.facts.extend(stop.before(time));
                    computer.facts.push((time, Fact::ServiceStarted));
                    failed.retain(|_, at| *at >= time);
                }
                _ => {}
            }
            stop.note(record);
            if let Some((job, from)) = record.job.and_then(|job| failed.remove_entry(&job)) {
                computer.waits.push((from, time, job));
                computer.longest_wait = computer.longest_wait.max(time - from);
            }
            if let (Some(job), RecordKind::Failed(_, code)) = (record.job, &record.kind)
                && Failure::new(*code)
                    .is_ok_and(|failure| failure.class() == FailureClass::Transient)
            {
                failed.insert(job, time);
            }
            if let (Some(job), Some(_)) = (record.job, record.kind.transfer()) {
                computer.attempts.push((time, job));
                match record.kind {
                    RecordKind::Started(_) => _ = running.insert(job, time),
                    _ => {
                        if let Some(from) = running.remove(&job) {
                            computer.transfers.push((from, time, job));
                            computer.longest = computer.longest.max(time - from);
                        }
                    }
                }
            }
            computer.end = time;
        }
        // Those of which no end is recorded go on.
        for (job, from) in running {
            computer.transfers.push((from, computer.end, job));
            computer.longest = computer.longest.max(computer.end - from);
        }
        computer.transfers.sort();
        computer.waits.sort();
        computer.facts.extend(stop.recorded.map(|at| (at, Fact::ServiceStopped)));
        computer
    }
}

impl FromIterator<Record> for Log {
    fn from_iter<I: IntoIterator<Item = Record>>(records: I) -> Self {
        Self { records: records.into_iter().collect() }
    }
}

impl Computer {
    /// Where the facts begin that come after an instant.
    pub(super) fn facts_after(&self, at: DateTime<Utc>) -> usize {
        self.facts.partition_point(|(time, _)| *time <= at)
    }

    /// The end of the transfers of other jobs that go on at an instant, one after the other; `None` if none
    /// does.
    pub(super) fn busy_until(&self, at: DateTime<Utc>, but: JobId) -> Option<DateTime<Utc>> {
        let mut end = None;
        let first = self.transfers.partition_point(|(from, ..)| *from < at - self.longest);
        for (from, to, job) in self.transfers.get(first..).unwrap_or_default() {
            let until = end.unwrap_or(at);
            if *from > until {
                break;
            }
            if *job != but && *to > until {
                end = Some(*to);
            }
        }
        end
    }

    /// Whether another job is transferred at some instant of a span.
    pub(super) fn is_busy(&self, from: DateTime<Utc>, to: DateTime<Utc>, but: JobId) -> bool {
        let first = self.transfers.partition_point(|(begin, ..)| *begin < from - self.longest);
        let begun = self.transfers.get(first..).unwrap_or_default();
        let mut begun = begun.iter().take_while(|(begin, ..)| *begin <= to);
        begun.any(|(_, end, job)| *job != but && *end >= from)
    }

    /// Whether the network may have been away in a span: no other job was transferred, and none waited at its end
    /// that did not try then.
    pub(super) fn may_lack_network(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        but: JobId,
    ) -> bool {
        let first = self.transfers.partition_point(|(begin, ..)| *begin < from - self.longest);
        let begun = self.transfers.get(first..).unwrap_or_default();
        let mut begun = begun.iter().take_while(|(begin, ..)| *begin < to);
        !begun.any(|(_, end, job)| *job != but && *end > from) && self.may_get_network(to, but)
    }

    /// Whether another job may take its turn at an instant: one that had an attempt not long before, or has one
    /// soon after.
    pub(super) fn is_shared(&self, at: DateTime<Utc>, but: JobId) -> bool {
        let near = TimeDelta::minutes(10);
        let first = self.attempts.partition_point(|(time, _)| *time < at - near);
        let near_ones = self.attempts.get(first..).unwrap_or_default();
        near_ones.iter().take_while(|(time, _)| *time <= at + near).any(|(_, job)| *job != but)
    }

    /// The first attempt of another job after an instant, at which the network cannot have been away.
    pub(super) fn next_attempt(&self, after: DateTime<Utc>, but: JobId) -> Option<DateTime<Utc>> {
        let first = self.attempts.partition_point(|(time, _)| *time <= after);
        let mut later = self.attempts.get(first..).unwrap_or_default().iter();
        later.find(|(_, job)| *job != but).map(|(time, _)| *time)
    }

    /// Whether no other job waited then that did not try at once, so that the network may have come back.
    fn may_get_network(&self, at: DateTime<Utc>, job: JobId) -> bool {
        let first = self.waits.partition_point(|(from, ..)| *from < at - self.longest_wait);
        let begun = self.waits.get(first..).unwrap_or_default();
        let mut waiting = begun.iter().take_while(|(from, ..)| *from < at);
        waiting.all(|(_, to, other)| {
            let turn = || self.busy_until(at, *other).unwrap_or(at);
            *other == job || *to <= at || *to - at <= PATIENCE || *to - turn() <= PATIENCE
        })
    }

    /// The same without what other jobs were explained with; `None` if they were with nothing.
    pub(super) fn without_network(&self) -> Option<Self> {
        let mut alone = self.clone();
        alone.facts.retain(|(_, fact)| !matches!(fact, Fact::NetworkLost | Fact::NetworkRestored));
        (alone.facts.len() < self.facts.len()).then_some(alone)
    }

    /// Adds what a job was explained with, so that it costs the next ones nothing.
    pub(super) fn add_network(&mut self, from: DateTime<Utc>, to: DateTime<Utc>) {
        let known = (from, Fact::NetworkLost);
        if self.facts.contains(&known) {
            return;
        }
        self.facts.push(known);
        self.facts.push((to, Fact::NetworkRestored));
        self.facts.sort();
    }
}

/// When the service stopped, as far as the records tell.
#[derive(Debug, Default)]
struct Stop {
    /// When it says so, unless a job had a record after that.
    recorded: Option<DateTime<Utc>>,
    /// The time of the last record, and of the last one that has another.
    last: Option<DateTime<Utc>>,
    last_but_one: Option<DateTime<Utc>>,
}

impl Stop {
    const fn recorded(&mut self, at: DateTime<Utc>) {
        self.recorded = Some(at);
    }

    fn note(&mut self, record: &Record) {
        if self.last.is_some_and(|last| last < record.time) {
            self.last_but_one = self.last;
        }
        self.last = Some(record.time);
        if record.job.is_some() && self.recorded.is_some_and(|at| at < record.time) {
            self.recorded = None;
        }
    }

    /// The stop before a start. Whatever instant it was, right after the last record is the earliest, at which it
    /// hides most.
    fn before(&mut self, start: DateTime<Utc>) -> Option<(DateTime<Utc>, Fact)> {
        let last = if self.last == Some(start) { self.last_but_one } else { self.last };
        let recorded = self.recorded.take().map(|at| (at, Fact::ServiceStopped));
        recorded.or(last.map(|at| (at + RIGHT_AFTER, Fact::MachineStopped)))
    }
}

/// A name that is shared instead of copied.
pub(super) fn name_of(records: &JobRecords<'_>) -> Arc<str> {
    let named = records.records.iter().find_map(|(_, record)| record.job_name.clone());
    named.unwrap_or_else(|| "".into())
}
