//! Bursts: attempts off their schedule, one soon after the other, and what probably caused them.

use chrono::{DateTime, Utc};

use super::job_replay::JobReplay;
use super::spans::{AT_ONCE, SOON};
use super::step::{Assumption, HiddenStep};

/// Attempts that follow one another off their schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Burst {
    /// The first of them.
    pub from: DateTime<Utc>,
    /// The last of them.
    pub to: DateTime<Utc>,
    /// How many.
    pub attempts: usize,
    /// What probably caused them.
    pub cause: Cause,
}

/// What probably caused a burst. It is inferred from the intervals, and no record says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The network changed again and again, as while an adapter comes up: each change wakes the jobs that wait
    /// (NET-05).
    NetworkChanges,
    /// A client that resumes its job as soon as it is told of the error.
    ResumedAtEachError,
}

/// From how many attempts on it is a burst.
const FEWEST: usize = 3;

impl JobReplay {
    /// Returns the bursts of its attempts: at least three that were woken one after the other, each within 1.5
    /// seconds.
    #[must_use]
    pub fn bursts(&self) -> Vec<Burst> {
        let woken = |assumption| matches!(assumption, Assumption::Resume | Assumption::NetworkAway);
        let times = self.steps().iter().filter_map(|step| match step.hidden {
            HiddenStep::Assumed(assumption) if woken(assumption) => Some(step.at),
            _ => None,
        });
        let mut bursts: Vec<Vec<DateTime<Utc>>> = Vec::new();
        for at in times {
            match bursts.last_mut() {
                Some(burst) if burst.last().is_some_and(|last| at - *last <= SOON) => {
                    burst.push(at)
                }
                _ => bursts.push(vec![at]),
            }
        }
        let bursts = bursts.iter().filter(|burst| burst.len() >= FEWEST);
        bursts.filter_map(|burst| burst_of(burst)).collect()
    }
}

fn burst_of(times: &[DateTime<Utc>]) -> Option<Burst> {
    let (from, to) = (*times.first()?, *times.last()?);
    let gaps = times.windows(2).filter_map(|pair| match pair {
        [one, other] => Some(*other - *one),
        _ => None,
    });
    let at_once = gaps.clone().all(|gap| gap <= AT_ONCE);
    let cause = if at_once { Cause::ResumedAtEachError } else { Cause::NetworkChanges };
    Some(Burst { from, to, attempts: times.len(), cause })
}
