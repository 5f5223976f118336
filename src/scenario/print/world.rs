//! Servers and resources as text.

use std::fmt;

use super::Code;
use crate::machine::Failure;
use crate::scenario::ast::{
    AnswerScript, Asking, Lacks, ResourceDecl, ServerAnswer, ServerCertificate, ServerDecl, Times,
    Uploading, When,
};
use crate::scenario::parse::world::{DEFAULT_LATENCY, DEFAULT_RATE};
use crate::scenario::phrases::{CERTIFICATE_PROBLEMS, LOGGED_ON_USER};
use crate::scenario::words::{Duration, Hex, Name, NameOr, Quoted, Size};

impl fmt::Display for ServerDecl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "server {}", Name(&self.host))?;
        if self.latency != DEFAULT_LATENCY {
            write!(f, ", latency {}", Duration(self.latency))?;
        }
        if self.rate != DEFAULT_RATE {
            write!(f, ", rate {}/s", Size(self.rate))?;
        }
        self.lacks.fmt(f)?;
        if self.http_1_0 {
            f.write_str(", HTTP/1.0")?;
        }
        if let Some(certificate) = &self.certificate {
            write!(f, ", certificate {certificate}")?;
        }
        if let Some(asking) = &self.asks {
            write!(f, ", asks for {asking}")?;
        }
        write_script(f, "answers", &self.answers)
    }
}

impl fmt::Display for ServerCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hash(hash) => Hex(hash).fmt(f),
            Self::Bad(problem) => {
                let known = CERTIFICATE_PROBLEMS.iter().find(|(_, known)| known == problem);
                f.write_str(known.map_or("", |(text, _)| text))
            }
        }
    }
}

impl fmt::Display for Asking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} from ", self.scheme)?;
        match &self.of {
            None => f.write_str(LOGGED_ON_USER),
            Some((user, password)) => {
                write!(f, "{} with {}", NameOr(Some(user), "the"), Name(password))
            }
        }
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

impl fmt::Display for ResourceDecl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Name(&self.path))?;
        if let Some(size) = self.size {
            write!(f, " {}", Size(size))?;
        }
        if let Some(latency) = self.latency {
            write!(f, ", latency {}", Duration(latency))?;
        }
        if let Some(rate) = self.rate {
            write!(f, ", rate {}/s", Size(rate))?;
        }
        self.lacks.fmt(f)?;
        if let Some(uploads) = self.uploads {
            uploads.fmt(f)?;
        }
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

impl fmt::Display for Uploading {
    /// The clauses, each after its comma.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::default() {
            f.write_str(", takes uploads")?;
        }
        if self.overwrites {
            f.write_str(", overwrites")?;
        }
        if self.executes {
            f.write_str(", executes")?;
        }
        self.largest.map_or(Ok(()), |bytes| write!(f, ", largest upload {}", Size(bytes)))
    }
}

fn write_script(f: &mut fmt::Formatter<'_>, phrase: &str, script: &AnswerScript) -> fmt::Result {
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

impl fmt::Display for ServerAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Well => f.write_str("well"),
            Self::IsSilent => f.write_str("silence"),
            Self::Fails { failure, when } => {
                write_failure(f, failure)?;
                match when {
                    When::AtOnce => Ok(()),
                    When::After(bytes) => write!(f, " after {}", Size(*bytes)),
                    When::AtEnd => f.write_str(" at the end"),
                }
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
