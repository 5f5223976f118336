//! Reports: what a test is shown that fails.

use std::fmt;

use super::drop_report::DropReport;
use super::explain::Explanation;
use super::unmet::Unmet;
use crate::emulator::engine::Engine;
use crate::emulator::handles::emulator::Emulator;
use crate::emulator::handles::job_ref::JobRef;
use crate::emulator::handles::shared::expectation_failure;
use crate::emulator::handles::state::State;
use crate::emulator::trace::Trace;
use crate::vocabulary::{Error, JobId, Rule};

/// How many of the last steps of one job are shown.
const STEPS: usize = 20;
/// How many of the last steps of several jobs are shown together.
const STEPS_TOGETHER: usize = 8;
/// How many unmet faults and hooks are named.
const MOST_UNMET: usize = 3;
/// How many letters of a line are shown: a text that a client gives may have any length.
const LONGEST_LINE: usize = 500;
/// How many lines the report on a failed test has at most.
const MOST_LINES: usize = 40;
/// How many of them stand at the end if some in the middle are left out.
const LAST_LINES: usize = 12;

/// The report on one job: its explanation and what happened to it last. Expectations that are not met, such as
/// [`Job::expect_state`](crate::Job::expect_state), show it.
///
/// ```
/// use bits_emulator::{Emulator, JobState, JobType, User};
///
/// let emulator = Emulator::new();
/// let job = emulator.connect(User::new("alice")).create_job("update", JobType::Download)?;
/// let report = emulator.report(&job)?;
/// assert_eq!(report.explanation.state, JobState::Suspended);
/// assert_eq!(report.last_steps.steps().len(), 1);
/// assert!(report.to_string().contains("It was never resumed"));
/// # Ok::<(), bits_emulator::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct JobReport {
    /// Why it is in its state, what happens next and what can be done.
    pub explanation: Explanation,
    /// The last steps that concerned it.
    pub last_steps: Trace,
}

/// The report on a test that fails: the jobs that the last calls of clients touched, and what was ordered and
/// never met. Printed it has at most 40 lines, as the drop of an emulator in a thread that panics
/// [prints it](crate::trace::DropReport).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailureReport {
    /// Why the last call was refused, if it was.
    pub refusal: Option<Error>,
    /// The explanations of at most three jobs, the one that was called last first. Jobs that are gone are not
    /// among them.
    pub jobs: Vec<Explanation>,
    /// The last steps of these jobs; if there are none, of all.
    pub last_steps: Trace,
    /// The faults and hooks that were not met.
    pub unmet: Vec<Unmet>,
}

/// Reports.
impl Emulator {
    /// Returns the report on a job: why it is in its state, what happens next, and what happened last. No time
    /// passes for it, and no hook applies.
    ///
    /// # Errors
    ///
    /// `BG_E_NOT_FOUND`, as [`explain`](Self::explain).
    pub fn report<'job>(&self, job: impl Into<JobRef<'job>>) -> Result<JobReport, Error> {
        let (job, mut engine) = (self.id_of(job)?, self.lock());
        let explanation = engine.explain(job)?;
        let last_steps = engine.recorder.trace().of_jobs(&[job]).last(STEPS);
        Ok(JobReport { explanation, last_steps })
    }

    /// Returns the report that is printed if the test panics now.
    ///
    /// ```
    /// use bits_emulator::{Emulator, JobType, User};
    ///
    /// let emulator = Emulator::new();
    /// let job = emulator.connect(User::new("alice")).create_job("update", JobType::Download)?;
    /// assert!(job.resume().is_err());
    /// let report = emulator.failure_report();
    /// assert_eq!(report.jobs[0].job, job.id());
    /// assert!(report.to_string().contains("The last call was refused: Resume in SUSPENDED"));
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    #[must_use]
    pub fn failure_report(&self) -> FailureReport {
        self.lock().state.failure_report()
    }
}

/// What is told at the end of a test.
impl Emulator {
    /// Sets what is printed when the last handle is dropped. A [fork](Self::fork) prints nothing.
    ///
    /// In a thread that panics the handle that [`new`](Self::new) returned is enough: callbacks may hold
    /// handles, which would keep the last one from being dropped.
    ///
    /// ```
    /// use bits_emulator::Emulator;
    /// use bits_emulator::trace::DropReport;
    ///
    /// let emulator = Emulator::new();
    /// emulator.server("https://example.com").file("/app.exe", 1_000).fails(503);
    /// emulator.set_drop_report(DropReport::Nothing); // not even that the fault was never met
    /// ```
    pub fn set_drop_report(&self, report: DropReport) {
        self.lock().state.drop_report = report;
    }

    /// Returns the faults and hooks that were never met, and those that are
    /// [expected](crate::Fault::expect_met) to be met and were not as often as they say.
    ///
    /// ```
    /// use bits_emulator::{Emulator, Fault};
    ///
    /// let emulator = Emulator::new();
    /// emulator.server("https://example.com").file("/app.exe", 1_000).fails(Fault::http(503).times(2));
    /// assert_eq!(
    ///     emulator.unmet()[0].to_string(),
    ///     "fault BG_E_HTTP_ERROR_503 (0x801901F7) of https://example.com/app.exe was never met"
    /// );
    /// ```
    #[must_use]
    pub fn unmet(&self) -> Vec<Unmet> {
        self.lock().state.unmet()
    }

    /// Expects that all faults and hooks were met that say so ([`Fault::expect_met`](crate::Fault::expect_met),
    /// [`Hook::expect_met`](crate::Hook::expect_met)), as the drop of the last handle does.
    ///
    /// # Panics
    ///
    /// If one was not.
    #[track_caller]
    #[allow(clippy::panic, reason = "a test that fails panics")]
    pub fn expect_all_met(&self) {
        if let Some(failure) = expectation_failure(&self.unmet()) {
            panic!("{failure}");
        }
    }
}

impl<O, D: ?Sized> State<O, D> {
    pub(crate) fn failure_report(&mut self) -> FailureReport {
        let jobs: Vec<JobId> = self.recent_calls.jobs().collect();
        let refusal = self.recent_calls.refusal();
        self.engine_mut().failure_report(&jobs, refusal)
    }

    pub(crate) fn unmet(&mut self) -> Vec<Unmet> {
        self.engine_mut().unmet()
    }
}

impl Engine {
    fn failure_report(&mut self, touched: &[JobId], refusal: Option<Error>) -> FailureReport {
        let jobs = touched.iter().filter_map(|job| self.explain(*job).ok()).collect();
        let trace = self.recorder.trace();
        let of_these = if touched.is_empty() { trace } else { trace.of_jobs(touched) };
        FailureReport {
            refusal,
            jobs,
            last_steps: of_these.last(STEPS_TOGETHER),
            unmet: self.unmet(),
        }
    }
}

impl FailureReport {
    /// Returns whether there is nothing to report: no call was made, and nothing ordered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.refusal.is_none() && self.jobs.is_empty() && self.unmet.is_empty()
    }
}

impl fmt::Display for JobReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.explanation)?;
        write_steps(&self.last_steps, f)
    }
}

impl fmt::Display for FailureReport {
    /// Of more than 40 lines some in the middle are left out: the last steps stand at the end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write_whole(&mut text)?;
        let lines: Vec<&str> = text.lines().collect();
        if lines.len() <= MOST_LINES {
            return lines.iter().try_for_each(|line| write_line(line, f));
        }
        let (begin, rest) = lines.split_at(MOST_LINES - LAST_LINES - 1);
        let (middle, end) = rest.split_at(rest.len().saturating_sub(LAST_LINES));
        begin.iter().try_for_each(|line| write_line(line, f))?;
        writeln!(f, "({} lines left out: Emulator::report, Emulator::trace)", middle.len())?;
        end.iter().try_for_each(|line| write_line(line, f))
    }
}

fn write_line(line: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match line.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => writeln!(f, "{}...", line.split_at(end).0),
        None => writeln!(f, "{line}"),
    }
}

impl FailureReport {
    fn write_whole(&self, f: &mut impl fmt::Write) -> fmt::Result {
        writeln!(f, "bits-emulator reports (Emulator::set_drop_report chooses what):")?;
        if let Some(error) = &self.refusal {
            writeln!(f, "The last call was refused: {}", WithRule(error))?;
        }
        for job in &self.jobs {
            write!(f, "\n{}", Short(job))?;
        }
        writeln!(f)?;
        for unmet in self.unmet.iter().take(MOST_UNMET) {
            writeln!(f, "Note: {unmet}.")?;
        }
        if let more @ 1.. = self.unmet.len().saturating_sub(MOST_UNMET) {
            writeln!(f, "Note: {more} more were not met: Emulator::unmet.")?;
        }
        write_steps(&self.last_steps, f)
    }
}

struct Short<'a>(&'a Explanation);

impl fmt::Display for Short<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write_short(f)
    }
}

/// An error with the words of its rule.
pub(crate) struct WithRule<'a>(pub(crate) &'a Error);

impl fmt::Display for WithRule<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)?;
        match Rule::find(self.0.rule()) {
            Some(rule) => write!(f, "\n{}: {}", rule.id, rule.text),
            None => Ok(()),
        }
    }
}

fn write_steps(steps: &Trace, f: &mut impl fmt::Write) -> fmt::Result {
    match (steps.steps(), steps.dropped()) {
        ([], 0) => f.write_str("Nothing happened yet.\n"),
        ([], _) => {
            f.write_str("No step of it is kept: Emulator::set_trace_capacity lets more be kept.\n")
        }
        _ => write!(f, "What happened last:\n{}", steps.table()),
    }
}
