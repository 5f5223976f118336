//! Statements as text that parses back to them.

mod calls;
mod events;
mod expectations;
mod world;

use std::fmt;

use super::ast::{Advance, Caller, Happening, Job, Policy, Statement, Step};
use super::phrases::{ADMINISTRATOR, ELAPSED, ELEVATED, INTEGRITY_LEVELS, RESTRICTED, UNELEVATED};
use super::words::{Duration, Instant, NULL, Name, NameOr, Quoted, Size, is_plain, seconds};
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
            Self::Policy(policy, value) => match policy {
                Policy::InactivityTimeout | Policy::MaximumDownloadTime => {
                    write!(f, "policy {policy} {}", seconds(*value))
                }
                Policy::FilesPerJob | Policy::RangesPerFile => write!(f, "policy {policy} {value}"),
            },
            Self::Server(server) => server.fmt(f),
            Self::Resource(resource) => resource.fmt(f),
            Self::LocalFile { path, size } => {
                write!(f, "local file {}, {}", Name(path), Size(*size))
            }
            Self::CallbackReturns(replies) => write!(f, "callback returns {}", replies),
            Self::CertificateCallbackReturns(replies) => {
                write!(f, "certificate callback returns {}", replies)
            }
            Self::ProgramExits(replies) => write!(f, "program exits with {}", replies),
            Self::Job(job) => job.fmt(f),
            Self::Step(step) => step.fmt(f),
            Self::Again { steps, times, every } => {
                let plural = if *steps == 1 { "" } else { "s" };
                let every = Duration(*every);
                write!(f, "last {steps} step{plural} again {times} times, every {every}")
            }
            Self::Advance(advance) => advance.fmt(f),
            Self::Expect(expectations) => {
                f.write_str("expect ")?;
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

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InactivityTimeout => "inactivity timeout",
            Self::MaximumDownloadTime => "maximum download time",
            Self::FilesPerJob => "files per job",
            Self::RangesPerFile => "ranges per file",
        })
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
struct AccountName<'a>(&'a str);

impl fmt::Display for AccountName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [RESTRICTED, ELEVATED, UNELEVATED, ADMINISTRATOR];
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

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NameOr(self.name.as_deref(), NULL);
        write!(f, "job {name}, {}, by {}", self.job_type, self.owner)?;
        if self.id != JobId::default() {
            write!(f, ", {}", self.id)?;
        }
        self.code.map_or(Ok(()), |code| write!(f, " -> {}", Code(code)))
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(at) = self.at {
            write!(f, "at {}  ", Instant(at))?;
        }
        self.what.fmt(f)?;
        if let Some(code) = self.code {
            write!(f, " -> {}", Code(code))?;
        }
        if let Some(state) = self.state {
            write!(f, " => {state}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Happening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(None, call) => write_call(f, call),
            Self::Call(Some(caller), call) => {
                write!(f, "by {caller}: ")?;
                write_call(f, call)
            }
            Self::Event(event) => events::write_event(f, event),
            Self::Deadline(deadline) => write!(f, "{deadline} {ELAPSED}"),
        }
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
