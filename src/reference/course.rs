//! The course of each job of a run: the states that it entered, and what was told meanwhile.

use chrono::{DateTime, TimeDelta, Utc};

use crate::emulator::{Cycle, JobStep};
use crate::scenario::{Transcript, TranscriptStep};
use crate::service::ErrorChange;
use crate::vocabulary::JobState;
use crate::vocabulary::text::quantities::Duration;

/// A job from its creation on.
pub(super) struct Course {
    pub(super) name: String,
    pub(super) begins: DateTime<Utc>,
    /// What happened, in order.
    pub(super) moments: Vec<Moment>,
}

/// Something that happened to a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) at: DateTime<Utc>,
    pub(super) what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// It entered a state.
    Entered { from: JobState, to: JobState, by: String },
    /// An error object appeared, with that code.
    Failed(String),
    /// The client was notified.
    Told(String),
    /// The last `moments` moments were repeated `times` times.
    Again { moments: usize, times: usize, every: TimeDelta },
}

impl Course {
    /// The courses of all jobs, in the order of their creation.
    pub(super) fn all(run: &Transcript) -> Vec<Self> {
        let mut courses: Vec<Self> = run
            .created()
            .map(|(begins, name)| Self { name: name.to_string(), begins, moments: Vec::new() })
            .collect();
        for step in run.steps() {
            for (name, did) in &step.jobs {
                let of_job = courses.iter_mut().rev().find(|course| *course.name == **name);
                if let Some(course) = of_job {
                    course.add(step, did);
                }
            }
        }
        courses
    }

    fn add(&mut self, step: &TranscriptStep, did: &JobStep) {
        let at = step.at;
        let mut from = did.before;
        if let Ok(outcome) = &did.result {
            // What changes a job by a policy is no trigger of its own.
            let has_triggers = outcome.by.len() == outcome.entered.len();
            let triggers = outcome.by.iter().filter(|_| has_triggers);
            let by = triggers.map(|by| by.name().to_owned());
            let by = by.chain(std::iter::repeat(step.what.to_string()));
            for (to, by) in outcome.entered.iter().zip(by) {
                let what = What::Entered { from, to, by };
                self.moments.push(Moment { at, what });
                from = to;
            }
        }
        if let Some(ErrorChange::Appeared(error, _)) = &did.error_object {
            let code = error.code();
            let name = code.name().map_or_else(|| code.to_string(), str::to_owned);
            self.moments.push(Moment { at, what: What::Failed(name) });
        }
        if let Some(told) = &did.told {
            let what = What::Told(told.notification.name().to_owned());
            self.moments.push(Moment { at, what });
        }
    }

    /// The same with cycles that repeat told once.
    pub(super) fn folded(mut self) -> Self {
        let all = std::mem::take(&mut self.moments);
        let mut rest = all.as_slice();
        while let [first, others @ ..] = rest {
            let cycle =
                Cycle::at_start(rest, |moment| moment.at, |one, other| one.what == other.what);
            let Some(Cycle { steps, times, every }) = cycle else {
                self.moments.push(first.clone());
                rest = others;
                continue;
            };
            self.moments.extend(rest.iter().take(steps).cloned());
            let end = steps.saturating_mul(times.saturating_add(1));
            let last = rest.get(end.saturating_sub(1)).unwrap_or(first).at;
            self.moments
                .push(Moment { at: last, what: What::Again { moments: steps, times, every } });
            rest = rest.get(end..).unwrap_or_default();
        }
        self
    }
}

/// How long after the beginning something happened.
pub(super) fn elapsed(begins: DateTime<Utc>, at: DateTime<Utc>) -> String {
    let span = at - begins;
    // To the second, once a minute has passed.
    let span = match span.num_seconds() {
        60.. => TimeDelta::seconds(span.num_seconds()),
        _ => TimeDelta::milliseconds(span.num_milliseconds()),
    };
    Duration(&span).to_string()
}
