//! Servers, resources and the client's programs as text.

use std::fmt;

use crate::machine::Failure;
use crate::scenario::ast::{Answer, Lacks, Replies, Reply, Resource, Script, Server, Times};
use crate::scenario::print::Code;
use crate::scenario::words::{Duration, Hex, Name, Quoted, Size};
use crate::scenario::world::{DEFAULT_LATENCY, DEFAULT_RATE};
use crate::vocabulary::HResult;

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "server {}", Name(&self.host))?;
        if self.latency != DEFAULT_LATENCY {
            write!(f, ", latency {}", Duration(self.latency))?;
        }
        if self.rate != DEFAULT_RATE {
            write!(f, ", rate {}/s", Size(self.rate))?;
        }
        self.lacks.fmt(f)?;
        if let Some(hash) = &self.certificate {
            write!(f, ", certificate {}", Hex(hash))?;
        }
        write_script(f, "answers", &self.answers)
    }
}

impl fmt::Display for Lacks {
    /// Both clauses, each after its comma.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ranges {
            f.write_str(", without ranges")?;
        }
        if self.sizes {
            f.write_str(", without sizes")?;
        }
        Ok(())
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Name(&self.path))?;
        if let Some(size) = self.size {
            write!(f, " {}", Size(size))?;
        }
        self.lacks.fmt(f)?;
        let headers = self.headers.as_deref().unwrap_or_default();
        for header in headers.split_terminator("\r\n") {
            write!(f, ", header {}", Quoted(header))?;
        }
        write_script(f, "answers", &self.answers)?;
        write_script(f, "application answers", &self.application)?;
        if self.reply > 0 {
            write!(f, ", reply {}", Size(self.reply))?;
        }
        write_script(f, "reply answers", &self.reply_answers)
    }
}

fn write_script(f: &mut fmt::Formatter<'_>, phrase: &str, script: &Script) -> fmt::Result {
    for (index, (answer, times)) in script.0.iter().enumerate() {
        let separator = if index == 0 { phrase } else { "then" };
        write!(f, ", {separator} {answer} {times}")?;
    }
    Ok(())
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(1) => f.write_str("once"),
            Self::Count(2) => f.write_str("twice"),
            Self::Count(count) => write!(f, "{count} times"),
            Self::Always => f.write_str("always"),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Well => f.write_str("well"),
            Self::Fails { failure, after } => {
                write_failure(f, failure)?;
                after.map_or(Ok(()), |after| write!(f, " after {}", Size(after)))
            }
            Self::Redirects { status, url } => write!(f, "redirect {status} to {}", Name(url)),
            Self::Changes { after } => write!(f, "file changed after {}", Size(*after)),
            Self::ForgetsSession => f.write_str("session lost"),
        }
    }
}

/// A failure: its code, its context if it names one, its class if that is not the code's own.
pub(super) fn write_failure(f: &mut fmt::Formatter<'_>, failure: &Failure) -> fmt::Result {
    write!(f, "{}", Code(failure.code()))?;
    if let Some(context) = failure.context() {
        write!(f, " in {context}")?;
    }
    if failure.class() != failure.code().failure_class() {
        write!(f, " as {}", failure.class())?;
    }
    Ok(())
}

impl fmt::Display for Replies<HResult> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_replies(f, self, |code| Code(*code))
    }
}

impl fmt::Display for Replies<u32> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_replies(f, self, |code| *code)
    }
}

fn write_replies<T, D: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    replies: &Replies<T>,
    show: impl Fn(&T) -> D,
) -> fmt::Result {
    for (index, Reply { code, after, times }) in replies.0.iter().enumerate() {
        let separator = if index == 0 { "" } else { ", then " };
        write!(f, "{separator}{}", show(code))?;
        write!(f, " {times}")?;
        if !after.is_zero() {
            write!(f, " after {}", Duration(*after))?;
        }
    }
    Ok(())
}
