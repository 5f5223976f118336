//! Advice: an explanation in words.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};

use super::explain::{Explanation, RunningClock};
use crate::emulator::engine::client_calls::Unanswered;
use crate::emulator::trace::TraceEvent;
use crate::emulator::trace::words::instant;
use crate::machine::{Deadline, Wait};
use crate::vocabulary::text::quantities::Duration;
use crate::vocabulary::{JobState, Method};

/// What lets a job go on that waits for nothing else.
const LET_TIME_PASS: &str =
    "let time pass, by Emulator::advance, Emulator::run_until_idle or Session::sleep";
/// What lets time pass for a client that waits for its callback.
const WAIT_FOR_CALLBACK: &str = "; a client that waits for its callback does it by Session::wait, and one \
    that really waits, for a channel perhaps, needs Emulator::run_in_background";

impl Explanation {
    /// Returns what the job waits for, and what can be done about it.
    #[must_use]
    pub fn advice(&self) -> String {
        if !self.is_service_running {
            return "The service is stopped, and no job runs: Emulator::start.".to_owned();
        }
        match self.waits_for {
            Wait::Turn => self.advice_in_queue(),
            Wait::RetryDelay => self.advice_in_retry_delay(),
            Wait::Server => self.advice_under_way(),
            Wait::Resume => self.advice_before_resume(),
            other => fixed_advice(other),
        }
    }

    /// Returns what can be done about the error of the job, while it is in ERROR or TRANSIENT_ERROR with it.
    #[must_use]
    pub fn error_advice(&self) -> Option<&'static str> {
        let (error, _) = self.error.as_ref()?;
        match self.state {
            JobState::Error => Some(error.code().advice_in_error()),
            JobState::TransientError => Some(error.code().advice()),
            _ => None,
        }
    }

    /// What lets a job go on that waits for nothing else, as far as its client could need it.
    fn let_time_pass(&self) -> String {
        format!("{LET_TIME_PASS}{}", if self.has_callback { WAIT_FOR_CALLBACK } else { "" })
    }

    fn advice_before_resume(&self) -> String {
        let is_new = self
            .because
            .as_ref()
            .is_some_and(|step| matches!(step.what, TraceEvent::JobCreated { .. }));
        let never = if is_new { "It was never resumed. " } else { "" };
        let add = if self.can(Method::Resume) { "" } else { "to add a file and " };
        format!("{never}It waits for its client {add}to call Resume; time alone changes nothing.")
    }

    fn advice_in_queue(&self) -> String {
        let let_time_pass = self.let_time_pass();
        match (self.running, &self.running_name) {
            (Some(job), name) => {
                let name = name.as_deref().unwrap_or_default();
                format!(
                    "It waits for its turn behind {name} {job}; one background job is transferred at a \
                     time. A higher priority brings it forward. Otherwise {let_time_pass}."
                )
            }
            (None, _) if self.missing.is_some() => {
                format!("It is picked when time passes: {let_time_pass}.")
            }
            (None, _) => format!("Nothing stands in its way: {let_time_pass}."),
        }
    }

    fn advice_under_way(&self) -> String {
        let Some(at) = self.next_event else {
            return "It waits for the server, which sends nothing: ServerState::rate, \
                    ResourceState::rate, Emulator::set_link."
                .to_owned();
        };
        let next = format!(" The next thing happens {}.", self.at_and_in(at));
        let next = Some(next).filter(|_| at > self.at).unwrap_or_default();
        let let_time_pass = self.let_time_pass();
        format!("It is under way, and nothing stands in its way: {let_time_pass}.{next}")
    }

    fn advice_in_retry_delay(&self) -> String {
        let retry = self.clocks.iter().find(|clock| clock.deadline == Deadline::RetryDelay);
        let when = retry.map(|clock| format!(" {},", self.at_and_in(clock.at))).unwrap_or_default();
        format!(
            "BITS tries again by itself{when} when the retry delay is over: {}. Resume tries at once; \
             SetMinimumRetryDelay makes the delay shorter.",
            self.let_time_pass()
        )
    }

    /// An instant that is to come.
    fn at_and_in(&self, at: DateTime<Utc>) -> String {
        let left = (at - self.at).max(chrono::TimeDelta::zero());
        format!("at {}, in {}", instant(at), Duration(&left))
    }

    fn can(&self, method: Method) -> bool {
        self.possible.contains(&method)
    }

    /// Returns what a clock of the job will do when it acts, such as `it is QUEUED again`.
    #[must_use]
    pub fn consequence(&self, deadline: Deadline) -> &'static str {
        match (deadline, self.state) {
            (Deadline::RetryDelay, _) => "it is QUEUED again",
            (Deadline::NoProgressTimeout, _) => "it becomes ERROR, unless a byte arrives before",
            (Deadline::MaximumDownloadTime, _) => "it becomes ERROR",
            (Deadline::Inactivity, JobState::Acknowledged | JobState::Cancelled) => {
                "it is forgotten"
            }
            (Deadline::Inactivity, _) if self.fails_first() => {
                "it is CANCELLED, unless ERROR, which comes first at that instant, begins this clock anew (TIME-24, TIME-21)"
            }
            (Deadline::Inactivity, _) => "it is CANCELLED, unless its client calls before",
            (Deadline::UploadCancellation, _) => "BITS gives up telling the server",
            (Deadline::NotificationRepeat, _) => "its client is told again",
            (Deadline::ModificationInterval, _) => "its client may be told of changes",
            (Deadline::RangesInterval, _) => "its client may be told of ranges",
        }
    }

    /// Whether a clock makes the job ERROR at the instant at which the inactivity timeout ends.
    fn fails_first(&self) -> bool {
        let end = self.clocks.iter().find(|clock| clock.deadline == Deadline::Inactivity);
        let fails = |clock: &&RunningClock| match clock.deadline {
            Deadline::NoProgressTimeout | Deadline::MaximumDownloadTime => true,
            Deadline::RetryDelay
            | Deadline::Inactivity
            | Deadline::UploadCancellation
            | Deadline::NotificationRepeat
            | Deadline::ModificationInterval
            | Deadline::RangesInterval => false,
        };
        let mut failing = self.clocks.iter().filter(fails);
        failing.any(|clock| end.is_some_and(|end| end.at == clock.at))
    }

    /// Returns what comes of a no-progress period that runs on outside TRANSIENT_ERROR, if one does.
    #[must_use]
    pub fn no_progress(&self) -> Option<String> {
        let end = instant(self.no_progress_until?);
        Some(format!(
            "The no-progress period ends at {end}: without a byte, a failure from then on is ERROR (TIME-06)."
        ))
    }

    fn write_error(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((error, file)) = &self.error else { return Ok(()) };
        write!(f, "Error: {} in {}", error.code(), error.context())?;
        if let Some(file) = file {
            write!(f, " of {file}")?;
        }
        writeln!(f, ": {}", error.code().meaning())?;
        match self.error_advice() {
            Some(advice) => writeln!(f, "What can be done: {advice}"),
            None => Ok(()),
        }
    }

    fn write_calls(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.possible.is_empty() {
            writeln!(f, "Calls that are possible: {}", listed(&self.possible))?;
        }
        let mut by_code: BTreeMap<_, Vec<Method>> = BTreeMap::new();
        for (method, error) in &self.refused {
            by_code.entry(error.code()).or_default().push(*method);
        }
        by_code
            .iter()
            .try_for_each(|(code, methods)| writeln!(f, "Refused with {code}: {}", listed(methods)))
    }
}

/// How a test ends a wait, besides what the job waits for.
const fn ended_by(wait: Wait) -> Option<&'static str> {
    match wait {
        Wait::Owner => Some("log_on, or connect"),
        Wait::Network => Some("connect_network"),
        Wait::Cost => Some("set_network_cost, JobProperty::CostFlags"),
        Wait::Block(_) => Some("unblock"),
        _ => None,
    }
}

/// The advice that depends on nothing else.
fn fixed_advice(wait: Wait) -> String {
    let meaning = wait.meaning();
    ended_by(wait)
        .map_or_else(|| meaning.to_owned(), |calls| format!("{meaning} A test ends it: {calls}."))
}

/// More methods than this are named only as far as they move a job along.
const MOST_NAMES: usize = 8;

/// The names of methods. Of many that set something only the number is told.
fn listed(methods: &[Method]) -> String {
    const LIFE: [Method; 7] = [
        Method::AddFile,
        Method::AddFileSet,
        Method::AddFileWithRanges,
        Method::Resume,
        Method::Suspend,
        Method::Complete,
        Method::Cancel,
    ];
    let all = methods.len() <= MOST_NAMES;
    let named = methods.iter().filter(|method| all || LIFE.contains(method));
    let mut names: Vec<String> = named.map(ToString::to_string).collect();
    let others = methods.len().saturating_sub(names.len());
    if others > 0 {
        names.push(format!("and {others} that set something"));
    }
    names.join(", ")
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_state(f)?;
        if let Some(because) = &self.because {
            writeln!(f, "Because: {because}")?;
        }
        self.write_cause(f)?;
        self.no_progress().iter().try_for_each(|end| writeln!(f, "{end}"))?;
        self.clocks.iter().try_for_each(|clock| self.write_clock(clock, f))?;
        self.write_calls(f)
    }
}

impl Explanation {
    /// The same without what the last steps say, and without the calls that are possible.
    pub(super) fn write_short(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_state(f)?;
        self.write_cause(f)?;
        let first = self.clocks.iter().find(|clock| clock.deadline != Deadline::Inactivity);
        first.map_or(Ok(()), |clock| self.write_clock(clock, f))
    }

    fn write_state(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { job, name, state, at, .. } = self;
        writeln!(f, "{name} {job} is {state} at {}.", instant(*at))
    }

    fn write_cause(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_error(f)?;
        if let Some(missing) = &self.missing {
            writeln!(f, "{missing}")?;
        }
        write!(f, "{}", self.advice())?;
        if let Wait::Block(block) = self.waits_for {
            write!(f, " In force is: {block}.")?;
        }
        if !self.is_owner_logged_on && !self.state.is_final() {
            f.write_str(
                " Its owner is not logged on: the job does not run, and calls of that account to add files \
                 or to complete it fail with ERROR_NOT_LOGGED_ON, unless a reading says otherwise: log_on.",
            )?;
        }
        writeln!(f)?;
        for line in &self.unsent_headers {
            writeln!(
                f,
                "Not sent: the ill-formed custom header {line:?}; write it as `Name: value`."
            )?;
        }
        self.unanswered.iter().try_for_each(|asked| writeln!(f, "{asked}"))
    }

    fn write_clock(&self, clock: &RunningClock, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RunningClock { at, deadline } = clock;
        let left = (*at - self.at).max(chrono::TimeDelta::zero());
        let (when, left) = (instant(*at), Duration(&left));
        let then = self.consequence(*deadline);
        writeln!(f, "At {when}, in {left}: {deadline} elapsed: {then}")
    }
}

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Callback(told) => write!(f, "A callback has not returned from {told}."),
            Self::Program => f.write_str("The program of its command line has not ended."),
            Self::CertificateCheck => f.write_str("A check of a certificate has not returned."),
        }
    }
}
