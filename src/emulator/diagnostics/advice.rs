//! Advice: an explanation in words.

use std::collections::BTreeMap;
use std::fmt;

use super::explain::{Explanation, RunningClock};
use crate::emulator::engine::client_calls::Unanswered;
use crate::emulator::trace::words::instant;
use crate::machine::{Deadline, Wait};
use crate::vocabulary::text::quantities::Duration;
use crate::vocabulary::{JobState, Method};

impl Explanation {
    /// Returns what the job waits for, and what can be done about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        if !self.is_service_running {
            return "The service is stopped, and no job runs: start.";
        }
        match self.waits_for {
            Wait::Resume if self.can(Method::Resume) => "It waits for its client to call Resume.",
            Wait::Resume => "It waits for its client to add a file and to call Resume.",
            Wait::Completion => {
                "Everything is transferred. It waits for its client to call Complete, without which \
                 no file appears under its name, or Cancel."
            }
            Wait::Mending => {
                "BITS does not retry this by itself. It waits for its client to mend the cause and \
                 to call Resume, which tries again, or Complete, which keeps what is whole, or Cancel."
            }
            Wait::Turn => {
                "It waits for its turn; one background job is transferred at a time. A higher \
                 priority brings it forward. Let time pass: advance, run_until_idle."
            }
            Wait::Owner => "It waits for its owner to log on: log_on, or connect.",
            Wait::Network => {
                "It waits for a network connection, without any retry delay: connect_network."
            }
            Wait::Cost => {
                "It waits for a network that costs less, or for cost flags that allow this one: \
                 set_network_cost, JobProperty::CostFlags."
            }
            Wait::Block(_) => {
                "It waits for the end of a policy or power state: unblock. Most of them spare \
                 FOREGROUND jobs."
            }
            Wait::Volume => {
                "It waits for its destination volume to be unlocked, without any retry delay."
            }
            Wait::Foreground => {
                "It has dynamic content, which is transferred at FOREGROUND priority only: \
                 SetPriority."
            }
            Wait::RetryDelay => {
                "BITS tries again by itself when the retry delay is over. \
                 Let that time pass: advance, run_until_idle. Resume tries at once; \
                 SetMinimumRetryDelay makes the delay shorter."
            }
            Wait::Server => "It waits for the server. Let time pass: advance, run_until_idle.",
            Wait::CertificateCheck => {
                "It waits for its client to say what it thinks of the server's certificate."
            }
            Wait::Nothing => "It is over. Nothing happens to it any more.",
        }
    }

    fn can(&self, method: Method) -> bool {
        self.possible.contains(&method)
    }

    /// What a clock will do when it acts.
    const fn consequence(&self, deadline: Deadline) -> &'static str {
        match (deadline, self.state) {
            (Deadline::RetryDelay, _) => "it is QUEUED again",
            (Deadline::NoProgressTimeout, _) => "it becomes ERROR, unless a byte arrives before",
            (Deadline::MaximumDownloadTime, _) => "it becomes ERROR",
            (Deadline::Inactivity, JobState::Acknowledged | JobState::Cancelled) => {
                "it is forgotten"
            }
            (Deadline::Inactivity, _) => "it is CANCELLED, unless its client calls before",
            (Deadline::UploadCancellation, _) => "BITS gives up telling the server",
            (Deadline::NotificationRepeat, _) => "its client is told again",
            (Deadline::ModificationInterval, _) => "its client may be told of changes",
            (Deadline::RangesInterval, _) => "its client may be told of ranges",
        }
    }

    fn write_error(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((error, file)) = &self.error else { return Ok(()) };
        write!(f, "Error: {} in {}", error.code(), error.context())?;
        if let Some(file) = file {
            write!(f, " of {file}")?;
        }
        writeln!(f, ": {}", error.code().meaning())?;
        writeln!(f, "What can be done: {}", error.code().advice())
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
        let Self { job, name, state, at, .. } = self;
        writeln!(f, "{name} {job} is {state} at {}.", instant(*at))?;
        if let Some(because) = &self.because {
            writeln!(f, "Because: {because}")?;
        }
        self.write_error(f)?;
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
        if let Some(running) = self.running {
            write!(f, " Running is {running}.")?;
        }
        writeln!(f)?;
        for line in &self.unsent_headers {
            writeln!(
                f,
                "Not sent: the ill-formed custom header {line:?}; write it as `Name: value`."
            )?;
        }
        self.unanswered.iter().try_for_each(|asked| writeln!(f, "{asked}"))?;
        for RunningClock { at, deadline } in &self.clocks {
            let left = (*at - self.at).max(chrono::TimeDelta::zero());
            let (when, left) = (instant(*at), Duration(&left));
            let then = self.consequence(*deadline);
            writeln!(f, "At {when}, in {left}: {deadline} elapsed: {then}")?;
        }
        self.write_calls(f)
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
