//! How like real Windows the model is, measured on a log.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use super::job_replay::{Conformance, JobReplay, Replay};
use super::record::RecordKind;
use super::step::LifeStep;
use crate::machine::{Call, Deadline, Event, Input};
use crate::vocabulary::JobId;

/// What was measured on a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Likeness {
    /// How many jobs are explained without an assumption.
    pub without: usize,
    /// How many with one.
    pub with_one: usize,
    /// How many with more.
    pub with_more: usize,
    /// How many not at all.
    pub not_explained: usize,
    /// The starts (59) of attempts after a retry delay.
    pub starts: Vec<Start>,
    /// The retry delays of the jobs that were tried again after one.
    pub retries: Vec<RetryFit>,
}

/// The start of an attempt after a retry delay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Start {
    /// The job.
    pub job: JobId,
    /// When the model begins the attempt.
    pub predicted: DateTime<Utc>,
    /// When its start was recorded, after the connection.
    pub recorded: DateTime<Utc>,
}

/// The retry delay of a job, and how long its attempts took by it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryFit {
    /// The job.
    pub job: JobId,
    /// The delay that fits best, in seconds.
    pub delay: u32,
    /// What is left over of each wait: how long the attempt after the delay took until it failed. In order of
    /// length.
    pub durations: Vec<TimeDelta>,
}

impl Replay {
    /// Measures how like the log the model is.
    #[must_use]
    pub fn likeness(&self) -> Likeness {
        let mut likeness = Likeness::default();
        for job in self.jobs() {
            match job.conformance() {
                Conformance::Explained => likeness.without += 1,
                Conformance::ExplainedWith(assumed) if assumed.len() == 1 => likeness.with_one += 1,
                Conformance::ExplainedWith(_) => likeness.with_more += 1,
                Conformance::NotExplained { .. } => likeness.not_explained += 1,
            }
            measure(job, &mut likeness);
        }
        likeness
    }
}

/// The default of the retry delay, in seconds (TIME-01).
const DEFAULT_DELAY: u32 = 600;

fn measure(job: &JobReplay, likeness: &mut Likeness) {
    let (mut delay, mut picked, mut after_delay) = (DEFAULT_DELAY, None, false);
    let mut durations = Vec::new();
    for step in job.steps() {
        match &step.what {
            Some(Input::Call(Call::SetMinimumRetryDelay(seconds))) => delay = *seconds,
            Some(Input::Deadline(Deadline::RetryDelay)) => after_delay = true,
            Some(Input::Event(Event::Picked)) => {
                picked = after_delay.then_some(step.at);
                after_delay = false;
            }
            Some(Input::Call(Call::Resume)) => after_delay = false,
            _ => {}
        }
        let Some(predicted) = picked else { continue };
        for (recorded, kind) in records_of(job, step) {
            match kind {
                RecordKind::Failed(..) => durations.push(recorded - predicted),
                RecordKind::Started(_) => {
                    likeness.starts.push(Start { job: job.id(), predicted, recorded });
                }
                _ => continue,
            }
            picked = None;
        }
    }
    if !durations.is_empty() {
        durations.sort_unstable();
        likeness.retries.push(RetryFit { job: job.id(), delay, durations });
    }
}

/// The records that a step writes.
fn records_of<'job>(
    job: &'job JobReplay,
    step: &'job LifeStep,
) -> impl Iterator<Item = (DateTime<Utc>, &'job RecordKind)> {
    let of_step = job.records().iter().filter(|(number, _)| step.records.contains(number));
    of_step.map(|(_, record)| (record.time, &record.kind))
}

impl RetryFit {
    /// Returns the middle one of the durations.
    #[must_use]
    pub fn median(&self) -> TimeDelta {
        self.at(1, 2)
    }

    /// Returns the duration that 95 of 100 do not exceed.
    #[must_use]
    pub fn percentile_95(&self) -> TimeDelta {
        self.at(19, 20)
    }

    fn at(&self, part: usize, of: usize) -> TimeDelta {
        let last = self.durations.len().saturating_sub(1);
        let place = (self.durations.len() * part).div_ceil(of).saturating_sub(1).min(last);
        self.durations.get(place).copied().unwrap_or_default()
    }
}

impl Likeness {
    /// The delays with the number of jobs, and the durations of all their attempts together.
    fn by_delay(&self) -> BTreeMap<u32, (usize, RetryFit)> {
        let mut by_delay: BTreeMap<u32, (usize, RetryFit)> = BTreeMap::new();
        for RetryFit { job, delay, durations } in &self.retries {
            let none = || (0, RetryFit { job: *job, delay: *delay, durations: Vec::new() });
            let (jobs, all) = by_delay.entry(*delay).or_insert_with(none);
            *jobs += 1;
            all.durations.extend(durations);
        }
        by_delay.values_mut().for_each(|(_, all)| all.durations.sort_unstable());
        by_delay
    }
}

impl fmt::Display for Likeness {
    /// The totals, as `bits replay` prints them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { without, with_one, with_more, not_explained, .. } = self;
        let all = without + with_one + with_more + not_explained;
        writeln!(f, "jobs                            {all:>4}")?;
        writeln!(f, "explained                       {without:>4}")?;
        writeln!(f, "explained with one assumption   {with_one:>4}")?;
        writeln!(f, "explained with more             {with_more:>4}")?;
        write!(f, "not explained                   {not_explained:>4}")?;
        if !self.retries.is_empty() {
            write!(f, "\n\nretry delay  jobs  attempts  an attempt took: median  95 of 100")?;
        }
        for (delay, (jobs, all)) in self.by_delay() {
            let (median, most) = (seconds(all.median()), seconds(all.percentile_95()));
            let attempts = all.durations.len();
            write!(f, "\n{delay:>9} s  {jobs:>4}  {attempts:>8}  {median:>21} s  {most:>7} s")?;
        }
        if !self.starts.is_empty() {
            write!(f, "\n\nnext start predicted      recorded")?;
        }
        for Start { predicted, recorded, .. } in &self.starts {
            let (from, late) = (predicted.format("%F %T%.3f"), seconds(*recorded - *predicted));
            write!(f, "\n{from}   {late} s later, after its connection")?;
        }
        Ok(())
    }
}

/// In seconds, to the hundredth.
fn seconds(span: TimeDelta) -> String {
    let hundredths = (span.num_milliseconds() + 5) / 10;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
