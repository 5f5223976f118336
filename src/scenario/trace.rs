//! What happened, step by step, in the language of the scenarios.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::ast::{Happening, Job, Policy, Statement, Step};
use super::print::Code;
use super::words::{Instant, Name};
use crate::machine::{Outcome, Success};
use crate::vocabulary::{Error, HResult, JobError, JobState, Notification, Readings, Recipient};

/// The steps of a run. Printed, it is itself a scenario, in which every step is written down and
/// nothing happens by itself; what a step did stands behind it as a comment. Cycles that repeat
/// are printed once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    pub(super) start: DateTime<Utc>,
    pub(super) readings: Readings,
    pub(super) policies: Vec<(Policy, u32)>,
    /// The job, after those that nobody could create.
    pub(super) jobs: Vec<Job>,
    pub(super) steps: Vec<TraceStep>,
}

/// One step of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceStep {
    /// When.
    pub at: DateTime<Utc>,
    /// What happened.
    pub what: Happening,
    /// The state before.
    pub before: JobState,
    /// The state after.
    pub after: JobState,
    /// What it did, or why the call was refused.
    pub result: Result<Outcome, Error>,
    /// What became of the error object, if anything did.
    pub error_object: Option<ErrorChange>,
    /// What the client is told by it, if anything.
    pub told: Option<Told>,
}

/// A notification on its way to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What the client is told.
    pub notification: Notification,
    /// By which way.
    pub recipient: Recipient,
    /// As which account.
    pub account: Arc<str>,
}

/// What a step did to the error object of the job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorChange {
    /// It appeared, or another took its place. With the local name of the file concerned.
    Appeared(JobError, Option<Arc<str>>),
    /// It is gone.
    Gone,
}

impl Trace {
    /// The steps, in order.
    #[must_use]
    pub fn steps(&self) -> &[TraceStep] {
        &self.steps
    }

    fn write_header(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", Statement::ByHand)?;
        writeln!(f, "{}", Statement::Start(self.start))?;
        let documented = Readings::documented();
        for ((switch, answer), (_, default)) in self.readings.answers().zip(documented.answers()) {
            if answer != default {
                writeln!(f, "{}", Statement::Reading { switch, answer })?;
            }
        }
        for (policy, value) in &self.policies {
            writeln!(f, "{}", Statement::Policy(*policy, *value))?;
        }
        self.jobs.iter().try_for_each(|job| writeln!(f, "{job}"))
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_header(f)?;
        let mut rest = self.steps.as_slice();
        while let [step, after @ ..] = rest {
            match Cycle::at_start(rest) {
                Some(cycle) => {
                    let (once, more) = rest.split_at(cycle.steps);
                    once.iter().try_for_each(|step| step.write(f))?;
                    let Cycle { steps, times, every } = cycle;
                    writeln!(f, "{}", Statement::Again { steps, times, every })?;
                    let repeated =
                        steps.saturating_mul(usize::try_from(times).unwrap_or(usize::MAX));
                    rest = more.get(repeated..).unwrap_or_default();
                }
                None => {
                    step.write(f)?;
                    rest = after;
                }
            }
        }
        Ok(())
    }
}

/// A run of steps that repeats itself at equal distances.
struct Cycle {
    steps: usize,
    /// How often after the first time.
    times: u64,
    /// At which distance, in whole microseconds, which is as fine as the language tells it.
    every: TimeDelta,
}

/// The most steps that a cycle can have.
const LONGEST_CYCLE: usize = 8;
/// The fewest repetitions that are worth a line of their own.
const FEWEST_REPETITIONS: u64 = 3;

impl Cycle {
    fn at_start(steps: &[TraceStep]) -> Option<Self> {
        (1..=LONGEST_CYCLE).find_map(|length| {
            let (first, next) = (steps.first()?, steps.get(length)?);
            let every = next.at - first.at;
            if every <= TimeDelta::zero() || every.subsec_nanos() % 1_000 != 0 {
                return None;
            }
            let alike = steps
                .iter()
                .zip(steps.iter().skip(length))
                .take_while(|(step, later)| later.repeats(step, every))
                .count();
            let times = u64::try_from(alike / length).unwrap_or(u64::MAX);
            (times >= FEWEST_REPETITIONS).then_some(Self { steps: length, times, every })
        })
    }
}

impl TraceStep {
    /// Whether this is the same step again, so much later.
    fn repeats(&self, step: &Self, later: TimeDelta) -> bool {
        let Self { at, what, before, after, result, error_object, told } = step;
        self.at - *at == later
            && (&self.what, self.before, self.after) == (what, *before, *after)
            && (&self.result, &self.error_object, &self.told) == (result, error_object, told)
    }

    /// The HRESULT that the call returned; `None` for events and deadlines.
    #[must_use]
    pub fn code(&self) -> Option<HResult> {
        match (&self.what, &self.result) {
            (Happening::Call(..), Ok(outcome)) => Some(outcome.success.code()),
            (Happening::Call(..), Err(error)) => Some(error.code()),
            (Happening::Event(_) | Happening::Deadline(_), _) => None,
        }
    }

    /// Whether the state did not allow the event, or the deadline was not due.
    #[must_use]
    pub fn was_ignored(&self) -> bool {
        self.result.is_ok_and(|outcome| outcome.was_ignored())
    }

    /// Whether the job entered the state in this step.
    #[must_use]
    pub fn entered(&self, state: JobState) -> bool {
        self.result.is_ok_and(|outcome| outcome.entered.contains(state))
    }

    /// The step as a line of a scenario by hand.
    #[must_use]
    pub fn statement(&self) -> Step {
        Step {
            at: Some(self.at),
            what: self.what.clone(),
            code: self.code(),
            state: Some(self.after),
        }
    }

    /// The rules by which it happened.
    #[must_use]
    pub fn rules(&self) -> Vec<crate::vocabulary::RuleId> {
        match &self.result {
            Ok(outcome) => outcome.rules.iter().collect(),
            Err(error) => vec![error.rule()],
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.statement().to_string();
        writeln!(f, "{line:<88}  # {}", self.remarks().join("; "))?;
        match &self.error_object {
            Some(change) => writeln!(f, "    # {change}"),
            None => Ok(()),
        }
    }

    /// What a reader wants to know besides what happened: why, and what followed.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let rules = self.rules().iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let outcome = match &self.result {
            Err(_) => return vec![rules, "refused".to_owned()],
            Ok(outcome) if outcome.was_ignored() => {
                return vec![format!("ignored in {}", self.before)];
            }
            Ok(outcome) => outcome,
        };
        let through = outcome.entered.iter().take(outcome.entered.len().saturating_sub(1));
        let through = through.map(|state| format!("through {state}"));
        let effects = outcome.effects.iter().map(|effect| effect.to_string());
        let partial = match outcome.success {
            Success::Partial => Some("unfinished files are lost".to_owned()),
            Success::Ok | Success::UnableToDeleteFiles | Success::NothingFound => None,
        };
        let told = self.told.as_ref();
        let told = told.map(|told| format!("by {} as {}", told.recipient, Name(&told.account)));
        [rules].into_iter().chain(told).chain(through).chain(effects).chain(partial).collect()
    }
}

impl fmt::Display for ErrorChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Appeared(error, file) => {
                write!(f, "error object: {} in {}", error.code(), error.context())?;
                file.as_ref().map_or(Ok(()), |file| write!(f, " of {}", Name(file)))
            }
            Self::Gone => f.write_str("the error object is gone"),
        }
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { notification, recipient, account } = self;
        write!(f, "{notification} by {recipient} as {}", Name(account))
    }
}

impl fmt::Display for TraceStep {
    /// The step in one line, for a message.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Step { what, code, .. } = self.statement();
        let what = Step { at: None, what, code, state: None };
        write!(f, "{}  {what}  {} -> {}", Instant(self.at), self.before, self.after)?;
        write!(f, "  [{}]", self.remarks().join("; "))?;
        match &self.error_object {
            Some(ErrorChange::Appeared(error, _)) => write!(f, " error {}", Code(error.code())),
            Some(ErrorChange::Gone) => f.write_str(" no error object"),
            None => Ok(()),
        }
    }
}
