//! Statements as text that parses back to them.

mod calls;
mod environment;
mod events;
mod expectations;
mod policies;
mod world;

use std::fmt;

use super::ast::{Advance, Caller, JobDecl, Statement, StepAction, StepStatement, UserAct};
use super::flags::NONE;
use super::phrases::{
    ADMINISTRATOR, CLIENT, ELAPSED, ELEVATED, INTEGRITY_LEVELS, LIMITS_CHANGE, OWNER, REFUSED,
    REMOVED, RESTRICTED, STILL, UNELEVATED,
};
use super::words::{Duration, Instant, NULL, Name, NameOr, Quoted, Size, is_plain};
use crate::vocabulary::{HResult, JobId};

pub(super) use calls::write_call;

/// A code: its name where it has one, its number otherwise.
pub(super) struct Code(pub(super) HResult);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "0x{:08X}", self.0.value()),
        }
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(at) => write!(f, "start {}", Instant(*at)),
            Self::ByHand => f.write_str("by hand"),
            Self::Reading { switch, answer } => write!(f, "reading {switch}: {answer}"),
            Self::Order(order) => order.fmt(f),
            Self::Server(server) => server.fmt(f),
            Self::ServerRemoved(host) => write!(f, "server {} {REMOVED}", Name(host)),
            Self::Resource(resource) => resource.fmt(f),
            Self::ResourceRemoved(path) => write!(f, "{} {REMOVED}", Name(path)),
            Self::Proxy(change) => change.fmt(f),
            Self::Disk(change) => change.fmt(f),
            Self::CertificateStore(lookup) => environment::write_store(f, *lookup),
            Self::Programs(job, programs) => write!(f, "{}{programs}", About(job.as_deref())),
            Self::Job(job) => job.fmt(f),
            Self::Step(step) => step.fmt(f),
            Self::Again { steps, times, every } => {
                let plural = if *steps == 1 { "" } else { "s" };
                let every = Duration(*every);
                write!(f, "last {steps} step{plural} again {times} times, every {every}")
            }
            Self::Advance(job, advance) => write!(f, "{}{advance}", About(job.as_deref())),
            Self::Expect(job, expectations) => {
                write!(f, "{}expect ", About(job.as_deref()))?;
                join(f, expectations)
            }
        }
    }
}

fn join(f: &mut fmt::Formatter<'_>, items: &[impl fmt::Display]) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        write!(f, "{separator}{item}")?;
    }
    Ok(())
}

/// The name of a job before what a line says of it.
pub(super) struct About<'a>(pub(super) Option<&'a str>);

impl fmt::Display for About<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |name| write!(f, "{}: ", JobName(name)))
    }
}

/// The name of a job as lines give it.
pub(super) struct JobName<'a>(pub(super) &'a str);

impl fmt::Display for JobName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |next| is_plain(next) && next != ':';
        let quoted = self.0.starts_with('/') || [NONE, REFUSED].contains(&self.0);
        if self.0.is_empty() || quoted || !self.0.chars().all(plain) {
            Quoted(self.0).fmt(f)
        } else {
            f.write_str(self.0)
        }
    }
}

/// Several jobs, or none.
pub(super) struct JobNames<'a>(pub(super) &'a [std::sync::Arc<str>]);

impl fmt::Display for JobNames<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str(NONE);
        }
        for (index, name) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { " " };
            write!(f, "{separator}{}", JobName(name))?;
        }
        Ok(())
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.restricted {
            write!(f, "{RESTRICTED} ")?;
        }
        let level = INTEGRITY_LEVELS.iter().find(|(_, level)| Some(*level) == self.integrity);
        if let Some((word, _)) = level {
            write!(f, "{word} ")?;
        }
        match self.elevation {
            Some(true) => write!(f, "{ELEVATED} ")?,
            Some(false) => write!(f, "{UNELEVATED} ")?,
            None => {}
        }
        if self.administrator {
            write!(f, "{ADMINISTRATOR} ")?;
        }
        AccountName(&self.name).fmt(f)
    }
}

/// The name of an account: in quotes too where it could be taken for something else.
pub(super) struct AccountName<'a>(pub(super) &'a str);

impl fmt::Display for AccountName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [RESTRICTED, ELEVATED, UNELEVATED, ADMINISTRATOR, OWNER, CLIENT];
        let is_word =
            words.contains(&self.0) || INTEGRITY_LEVELS.iter().any(|(word, _)| *word == self.0);
        let plain = |next| is_plain(next) && next != ':';
        if self.0.is_empty() || is_word || !self.0.chars().all(plain) {
            Quoted(self.0).fmt(f)
        } else {
            f.write_str(self.0)
        }
    }
}

impl fmt::Display for JobDecl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NameOr(self.name.as_deref(), NULL);
        write!(f, "job {name}")?;
        if let Some(label) = &self.label {
            write!(f, " as {}", JobName(label))?;
        }
        write!(f, ", {}, by {}", self.job_type, self.owner)?;
        if self.id != JobId::default() {
            write!(f, ", {}", self.id)?;
        }
        self.code.map_or(Ok(()), |code| write!(f, " -> {}", Code(code)))
    }
}

impl fmt::Display for StepStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(at) = self.at {
            write!(f, "at {}  ", Instant(at))?;
        }
        write!(f, "{}{}", About(self.job.as_deref()), self.what)?;
        if let Some(code) = self.code {
            write!(f, " -> {}", Code(code))?;
        }
        if let Some(state) = self.state {
            write!(f, " => {state}")?;
        }
        Ok(())
    }
}

impl fmt::Display for StepAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(None, call) => write_call(f, call),
            Self::Call(Some(caller), call) => {
                write!(f, "by {caller}: ")?;
                write_call(f, call)
            }
            Self::StillCall(caller, call) => {
                write!(f, "{STILL} by {caller}: ")?;
                write_call(f, call)
            }
            Self::Event(event) => events::write_event(f, event),
            Self::Deadline(deadline) => write!(f, "{deadline} {ELAPSED}"),
            Self::User(user, act) => write!(f, "{} {act}", AccountName(user)),
            Self::Policies(changes) => policies::write_changes(f, changes),
            Self::Link(link) => policies::write_link(f, *link),
            Self::BandwidthLimits => f.write_str(LIMITS_CHANGE),
        }
    }
}

impl fmt::Display for UserAct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LogsOn => "logs on",
            Self::LogsOff => "logs off",
            Self::Exits => "exits",
        })
    }
}

impl fmt::Display for Advance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::By(duration) => write!(f, "advance {}", Duration(*duration)),
            Self::To(at) => write!(f, "advance to {}", Instant(*at)),
            Self::UntilState(state) => write!(f, "advance until {state}"),
            Self::UntilBytes(bytes) => write!(f, "advance until {}", Size(*bytes)),
        }
    }
}
