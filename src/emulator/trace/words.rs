//! The words of a trace: calls, events and deadlines as a scenario writes them.

use std::fmt;

use chrono::{DateTime, Utc};

use super::{Actor, Delivery, JobStep, TraceEvent, TraceStep};
use crate::machine::phrases::Elapsed;
use crate::service::ErrorChange;
use crate::vocabulary::JobId;
use crate::vocabulary::text::quantities::{Code, Instant, Name};

impl fmt::Display for Actor {
    /// Clients by the name of their account.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Client(process) => &process.account,
            Self::Program => "program",
            Self::Service => "BITS",
            Self::World => "world",
            Self::Test => "test",
        })
    }
}

impl fmt::Display for TraceEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connected => f.write_str("connects"),
            Self::ProcessEnded => f.write_str("process ends"),
            Self::JobCreated { name, job_type } => write!(f, "CreateJob {name}, {job_type}"),
            Self::CreateRefused { name, job_type, .. } => {
                write!(f, "CreateJob {}, {job_type}", name.as_deref().unwrap_or("null"))
            }
            Self::OpenRefused { method, .. } => write!(f, "{method}"),
            Self::CallLost { method, .. } => write!(f, "{method} (lost)"),
            Self::ReplyReplaced { method, .. } => write!(f, "{method} (reply replaced)"),
            Self::Call(call) => call.fmt(f),
            Self::Event(event) => event.fmt(f),
            Self::Deadline(deadline) => write!(f, "{}", Elapsed(deadline)),
            Self::Computer(event) => event.fmt(f),
            Self::LoggedOn(account) => write!(f, "{} logs on", Name(account)),
            Self::LoggedOff(account) => write!(f, "{} logs off", Name(account)),
            Self::Booted => f.write_str("computer starts with the jobs of another"),
            Self::ServiceStopped => f.write_str("service stops"),
            Self::ServiceStarted => f.write_str("service starts"),
            Self::Policies(_) => f.write_str("policies change"),
            Self::BandwidthLimits(_) => f.write_str("bandwidth limits change"),
            Self::Link(_) => f.write_str("link changes"),
        }
    }
}

/// An instant as tables have it, to the millisecond.
pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.format("%F %T%.3f").to_string()
}

impl fmt::Display for ErrorChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Appeared(error, file) => {
                write!(f, "error object: {} in {}", error.code(), error.context())?;
                file.as_ref().map_or(Ok(()), |file| write!(f, " of {file}"))
            }
            Self::Gone => f.write_str("the error object is gone"),
        }
    }
}

impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { notification, recipient, account } = self;
        write!(f, "{notification} by {recipient} as {account}")
    }
}

impl TraceEvent {
    /// Whether it happens to the whole computer, so that its line names no job.
    const fn is_of_computer(&self) -> bool {
        matches!(
            self,
            Self::Computer(_)
                | Self::LoggedOn(_)
                | Self::LoggedOff(_)
                | Self::Booted
                | Self::ProcessEnded
                | Self::ServiceStopped
                | Self::ServiceStarted
                | Self::Policies(_)
                | Self::Link(_)
                | Self::BandwidthLimits(_)
        )
    }

    /// Whether a scenario has such a step.
    const fn is_of_scenarios(&self) -> bool {
        matches!(
            self,
            Self::Call(_)
                | Self::Event(_)
                | Self::Deadline(_)
                | Self::Computer(_)
                | Self::LoggedOn(_)
                | Self::LoggedOff(_)
                | Self::ServiceStopped
                | Self::ServiceStarted
                | Self::BandwidthLimits(_)
        )
    }
}

impl JobStep {
    /// The states through which the job went, or the one in which it stayed.
    pub(crate) fn way(&self) -> String {
        let Self { before, after, .. } = self;
        let entered: Vec<_> = self.result.iter().flat_map(|did| did.entered.iter()).collect();
        if entered.iter().all(|state| state == before) {
            return before.to_string();
        }
        let through = entered.iter().filter(|state| **state != *after);
        let through: String = through.map(|state| format!(" -> {state}")).collect();
        format!("{before}{through} -> {after}")
    }

    /// What a reader wants to know besides the states: why, and what followed.
    pub(crate) fn remarks(&self) -> String {
        let rules: Vec<String> = self.rules().map(|rule| rule.to_string()).collect();
        let mut remarks = vec![rules.join(", ")];
        if self.was_ignored() {
            remarks = vec!["ignored".to_owned()];
        }
        remarks.extend(self.error_object.as_ref().map(ToString::to_string));
        let told = self.told.as_ref();
        remarks.extend(told.map(|told| format!("told by {} as {}", told.recipient, told.account)));
        remarks.join("; ")
    }
}

impl TraceStep {
    /// The step as a line of a scenario; what it did stands behind it as a comment, or, if it concerned
    /// several jobs, in one more line for each. A step that a scenario does not have is a comment. Jobs
    /// are called by what `name` makes of their ids.
    pub(crate) fn write_line(
        &self,
        name: impl Fn(JobId) -> String,
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        let mark = if self.what.is_of_scenarios() { "" } else { "# " };
        write!(f, "{mark}at {}  ", Instant(&self.at))?;
        let jobs = self.jobs();
        let one = jobs.first().filter(|_| jobs.len() == 1);
        let named = one.filter(|_| !self.what.is_of_computer());
        if let Some(job) = named.map(|job| job.job).or(self.what.lost_call_on()) {
            write!(f, "{}: ", Name(&name(job)))?;
        }
        write!(f, "{}", self.what)?;
        if let Some(code) = self.code() {
            write!(f, " -> {}", Code(&code))?;
        }
        write!(f, "  # {}", self.actor)?;
        if let Some(job) = one {
            return write!(f, ": {}; {}", job.way(), job.remarks());
        }
        jobs.iter().try_for_each(|job| {
            write!(f, "\n    # {}: {}; {}", name(job.job), job.way(), job.remarks())
        })
    }
}

impl fmt::Display for TraceStep {
    /// The step as a line of a scenario, in which ids stand for the names of jobs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_line(short, f)
    }
}

/// The first digits of an id.
pub(crate) fn short(job: JobId) -> String {
    job.to_string().chars().take(9).skip(1).collect()
}
