//! What happened, step by step, in the language of the scenarios.

mod client;
mod view;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::ast::{
    ClientStatement, Expectation, JobDecl, PolicyChange, ReadingAnswer, Statement, StepAction,
    StepStatement,
};
use super::syntax::names::JobName;
use crate::emulator::{Cycle, JobStep, Trace};
use crate::machine::{Effect, Outcome, Success};
use crate::service::ErrorChange;
use crate::vocabulary::text::quantities::{Code, Instant, Name};
use crate::vocabulary::{Error, HResult, Readings};
pub(crate) use client::{ClientLine, ClientTold};
pub(crate) use view::caller;

/// A trace in the language of the scenarios. Printed, it is itself a scenario, in which every step is
/// written down and nothing happens by itself; what a step did stands behind it as a comment. Cycles
/// that repeat are printed once. Run, it gives the same transcript.
///
/// ```
/// use bits_emulator::scenario::{Scenario, Transcript};
/// use bits_emulator::{Emulator, JobType};
///
/// let emulator = Emulator::new();
/// let job = emulator.connect("alice").create_job("update", JobType::Download)?;
/// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
/// job.resume()?;
/// assert!(emulator.run_until_idle().is_at_rest());
///
/// // What the emulator did, as a text to paste into a file.
/// let transcript = Transcript::of(&emulator.trace());
/// let again: Scenario = transcript.to_string().parse()?;
/// assert_eq!(again.run().trace, transcript);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transcript {
    start: DateTime<Utc>,
    readings: Readings,
    policies: Vec<PolicyChange>,
    /// How many earlier steps the trace did not keep.
    dropped: u64,
    entries: Vec<Entry>,
}

/// A line of a transcript, or two.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Entry {
    Job(DateTime<Utc>, JobDecl),
    Step(TranscriptStep),
    Client(DateTime<Utc>, ClientStatement),
    Expect(DateTime<Utc>, Expectation),
    /// A comment.
    Remark(DateTime<Utc>, String),
}

/// A line that can be repeated.
pub(super) enum Repeatable {
    Step(StepStatement),
    Client(ClientStatement),
}

/// One step of a transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscriptStep {
    /// When.
    pub at: DateTime<Utc>,
    /// To which job, if there are several and it happened to one.
    pub job: Option<Arc<str>>,
    /// What happened.
    pub what: StepAction,
    /// What it did to each job that it concerned, with the name of the job.
    pub jobs: Vec<(Arc<str>, JobStep)>,
}

impl Transcript {
    /// A trace of an emulator as a scenario by hand. Jobs go by their display names, with a number
    /// behind it from the second of a name on. A trace of which the beginning is not kept, or in which an
    /// emulator [boots](crate::Emulator::boot), is printed as far as it goes, and does not run. Time slices
    /// are told in whole seconds: a trace in which one has a fraction need not run to the same trace.
    #[must_use]
    pub fn of(trace: &Trace) -> Self {
        view::view(trace, &[], &[])
    }

    /// The same with what the client's program did besides the steps of the trace.
    pub(crate) fn with_client(trace: &Trace, client: &[ClientLine]) -> Self {
        view::view(trace, &[], client)
    }

    /// The same with the names that a text gave the jobs, in the order in which they were asked for.
    pub(super) fn named(trace: &Trace, jobs: &[JobDecl], client: &[ClientLine]) -> Self {
        view::view(trace, jobs, client)
    }

    /// The same, and for each step how many steps of the trace there are once it has happened.
    pub(super) fn named_and_counted(
        trace: &Trace,
        jobs: &[JobDecl],
        client: &[ClientLine],
    ) -> (Self, Vec<usize>) {
        view::counted(trace, jobs, client)
    }

    /// The steps, in order: everything but the creation of jobs.
    pub fn steps(&self) -> impl DoubleEndedIterator<Item = &TranscriptStep> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Step(step) => Some(step),
            Entry::Job(..) | Entry::Client(..) | Entry::Expect(..) | Entry::Remark(..) => None,
        })
    }

    /// The names of the jobs that were created, and when.
    pub fn created(&self) -> impl Iterator<Item = (DateTime<Utc>, Arc<str>)> + '_ {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Job(at, job) if job.code.is_none() => Some((*at, job.label())),
            _ => None,
        })
    }

    /// Returns the last lines that can be repeated, at most `count`.
    pub(super) fn last_lines(&self, count: usize) -> Vec<Repeatable> {
        let lines = self.entries.iter().rev().filter_map(|entry| match entry {
            Entry::Step(step) => Some(Repeatable::Step(step.statement())),
            Entry::Client(_, client) => Some(Repeatable::Client(client.clone())),
            Entry::Job(..) | Entry::Expect(..) | Entry::Remark(..) => None,
        });
        let mut lines: Vec<_> = lines.take(count).collect();
        lines.reverse();
        lines
    }

    /// The last steps as a table, for a message.
    pub(super) fn last_steps(&self) -> String {
        let before = self.steps().count().saturating_sub(5);
        let steps: String = self.steps().skip(before).map(|step| format!("\n  {step}")).collect();
        match steps.as_str() {
            "" => "nothing happened yet".to_owned(),
            steps => format!("the last steps were{steps}"),
        }
    }

    fn write_header(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.dropped > 0 {
            writeln!(f, "# {} earlier steps are not kept", self.dropped)?;
        }
        writeln!(f, "{}", Statement::ByHand)?;
        writeln!(f, "{}", Statement::Start(self.start))?;
        if !self.entries.iter().any(Entry::expects) {
            writeln!(f, "{}", Statement::NoExpectations)?;
        }
        let documented = Readings::documented();
        for ((switch, answer), (_, default)) in self.readings.answers().zip(documented.answers()) {
            if answer != default {
                writeln!(f, "{}", Statement::Reading(ReadingAnswer { switch, answer }))?;
            }
        }
        self.policies.iter().try_for_each(|policy| writeln!(f, "{policy}"))
    }
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_header(f)?;
        let mut now = self.start;
        let mut advised = BTreeSet::new();
        let mut rest = self.entries.as_slice();
        while let [first, ..] = rest {
            // The language tells durations in whole microseconds.
            let cycle = Cycle::at_start(rest, Entry::at, Entry::is_like)
                .filter(|cycle| cycle.every.subsec_nanos() % 1_000 == 0);
            let (once, all) = match cycle {
                Some(Cycle { steps, times, .. }) => {
                    (steps, steps.saturating_mul(times.saturating_add(1)))
                }
                None => (1, 1),
            };
            for entry in rest.iter().take(once) {
                entry.write(f, &mut now)?;
                entry.write_advice(f, &mut advised)?;
            }
            if let Some(Cycle { times, every, .. }) = cycle {
                let remarks = |entry: &&Entry| matches!(entry, Entry::Remark(..));
                let steps = once - rest.iter().take(once).filter(remarks).count();
                let times = u64::try_from(times).unwrap_or(u64::MAX);
                writeln!(f, "{}", Statement::Again { steps, times, every })?;
            }
            now = rest.get(all.saturating_sub(1)).map_or_else(|| first.at(), Entry::at);
            rest = rest.get(all..).unwrap_or_default();
        }
        Ok(())
    }
}

impl Entry {
    const fn at(&self) -> DateTime<Utc> {
        match self {
            Self::Job(at, _) | Self::Client(at, _) | Self::Expect(at, _) | Self::Remark(at, _) => {
                *at
            }
            Self::Step(step) => step.at,
        }
    }

    /// Whether the line says what must be so.
    fn expects(&self) -> bool {
        match self {
            Self::Job(_, job) => job.code.is_some(),
            Self::Step(step) => step.statement().expects(),
            Self::Client(_, client) => client.what.expects(),
            Self::Expect(..) => true,
            Self::Remark(..) => false,
        }
    }

    /// Whether the same step happens again, at whatever time.
    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Step(step), Self::Step(other)) => {
                (&step.job, &step.what, &step.jobs) == (&other.job, &other.what, &other.jobs)
            }
            (Self::Client(_, client), Self::Client(_, other)) => {
                (&client.job, &client.what) == (&other.job, &other.what)
            }
            (Self::Remark(_, remark), Self::Remark(_, other)) => remark == other,
            _ => false,
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, now: &mut DateTime<Utc>) -> fmt::Result {
        match self {
            Self::Step(step) => step.write(f),
            Self::Job(at, job) => {
                catch_up(f, now, *at)?;
                writeln!(f, "{job}")
            }
            Self::Client(_, client) => writeln!(f, "{client}"),
            Self::Expect(at, expected) => {
                catch_up(f, now, *at)?;
                writeln!(f, "{}", Statement::Expect(None, vec![expected.clone()]))
            }
            Self::Remark(_, remark) => writeln!(f, "    # {remark}"),
        }
    }
}

impl Entry {
    /// Writes what can be done about the codes of a step, at their first occurrence.
    fn write_advice(
        &self,
        f: &mut fmt::Formatter<'_>,
        advised: &mut BTreeSet<HResult>,
    ) -> fmt::Result {
        let Self::Step(step) = self else { return Ok(()) };
        for code in step.jobs.iter().flat_map(|(_, step)| failures(step)) {
            if advised.insert(code) {
                writeln!(f, "    # about {}: {}", Code(&code), code.advice())?;
            }
        }
        Ok(())
    }
}

/// The code of a refused call, and that of an error object that appeared.
fn failures(step: &JobStep) -> impl Iterator<Item = HResult> {
    let refused = step.result.as_ref().err().map(Error::code);
    let appeared = match &step.error_object {
        Some(ErrorChange::Appeared(error, _)) => Some(error.code()),
        Some(ErrorChange::Gone) | None => None,
    };
    refused.into_iter().chain(appeared)
}

/// Lets time pass before a line that does not say when it holds.
fn catch_up(f: &mut fmt::Formatter<'_>, now: &mut DateTime<Utc>, at: DateTime<Utc>) -> fmt::Result {
    if at > *now {
        writeln!(f, "{}", Statement::Advance(None, super::ast::Advance::To(at)))?;
        *now = at;
    }
    Ok(())
}

impl TranscriptStep {
    /// The HRESULT that the call returned; `None` for everything else.
    #[must_use]
    pub fn code(&self) -> Option<HResult> {
        match (&self.what, self.jobs.first()) {
            (StepAction::Call(..), Some((_, step))) => Some(step.code()),
            _ => None,
        }
    }

    /// The step as a line of a scenario by hand.
    #[must_use]
    pub fn statement(&self) -> StepStatement {
        let state = match self.jobs.as_slice() {
            [(_, step)] if self.what.is_of_a_job() => Some(step.after),
            _ => None,
        };
        let (at, job) = (Some(self.at), self.job.clone());
        StepStatement { at, job, what: self.what.clone(), code: self.code(), state }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.statement().to_string();
        match self.jobs.as_slice() {
            [(_, step)] if self.what.is_of_a_job() => {
                writeln!(f, "{line:<88}  # {}", remarks(step).join("; "))?;
                write_error_object(f, step)
            }
            jobs => {
                writeln!(f, "{line}")?;
                jobs.iter().try_for_each(|(name, step)| {
                    let remarks = remarks(step).join("; ");
                    let name = JobName(name);
                    writeln!(f, "    # {name}: {} -> {}  {remarks}", step.before, step.after)?;
                    write_error_object(f, step)
                })
            }
        }
    }
}

fn write_error_object(f: &mut fmt::Formatter<'_>, step: &JobStep) -> fmt::Result {
    match &step.error_object {
        Some(change) => writeln!(f, "    # {change}"),
        None => Ok(()),
    }
}

/// What a reader wants to know of a step besides what happened: why, and what followed.
fn remarks(step: &JobStep) -> Vec<String> {
    let rules = step.rules().map(|rule| rule.to_string()).collect::<Vec<_>>().join(", ");
    let outcome: &Outcome = match &step.result {
        Err(_) => return vec![rules, "refused".to_owned()],
        Ok(outcome) if outcome.was_ignored() => return vec![format!("ignored in {}", step.before)],
        Ok(outcome) => outcome,
    };
    let through = outcome.entered.iter().take(outcome.entered.len().saturating_sub(1));
    let through = through.map(|state| format!("through {state}"));
    let effects = outcome.effects.iter().map(|effect: Effect| effect.to_string());
    let partial = match outcome.success {
        Success::Partial => Some("unfinished files are lost".to_owned()),
        Success::Ok | Success::UnableToDeleteFiles | Success::NothingFound => None,
    };
    let told = step.told.as_ref();
    let told = told.map(|told| format!("by {} as {}", told.recipient, Name(&told.account)));
    [rules].into_iter().chain(told).chain(through).chain(effects).chain(partial).collect()
}

impl fmt::Display for TranscriptStep {
    /// The step in one line, for a message.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = StepStatement { at: None, state: None, ..self.statement() };
        write!(f, "{}  {what}", Instant(&self.at))?;
        for (name, step) in &self.jobs {
            f.write_str("  ")?;
            if !self.what.is_of_a_job() && self.jobs.len() > 1 {
                write!(f, "{} ", JobName(name))?;
            }
            write!(f, "{} -> {}  [{}]", step.before, step.after, remarks(step).join("; "))?;
            match &step.error_object {
                Some(ErrorChange::Appeared(error, _)) => {
                    write!(f, " error {}", Code(&error.code()))?
                }
                Some(ErrorChange::Gone) => f.write_str(" no error object")?,
                None => {}
            }
        }
        Ok(())
    }
}
