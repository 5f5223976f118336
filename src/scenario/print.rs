//! Statements as text that parses back to them.

use std::fmt;

use super::ast::{
    Advance, Answer, Expectation, Job, Policy, Resource, Script, Server, Statement, Step, Times,
};
use super::phrases::{CALLS, ELAPSED, EVENTS, SETTER};
use super::words::{Duration, Instant, MaybeSize, Name, Size, seconds};
use super::world::{DEFAULT_LATENCY, DEFAULT_RATE};
use crate::machine::{Call, Commit, Deletion, Event, Failure, Input};
use crate::vocabulary::{BG_LENGTH_TO_EOF, FileInfo, FileRange, HResult, JobId};

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
            Self::Policy(policy, value) => write!(f, "policy {policy} {}", seconds(*value)),
            Self::Server(server) => server.fmt(f),
            Self::Resource(resource) => resource.fmt(f),
            Self::LocalFile { path, size } => {
                write!(f, "local file {}, {}", Name(path), Size(*size))
            }
            Self::Job(job) => job.fmt(f),
            Self::Step(step) => step.fmt(f),
            Self::Again { steps, times, every } => {
                let plural = if *steps == 1 { "" } else { "s" };
                write!(
                    f,
                    "last {steps} step{plural} again {times} times, every {}",
                    Duration(*every)
                )
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
        })
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "server {}", Name(&self.host))?;
        if self.latency != DEFAULT_LATENCY {
            write!(f, ", latency {}", Duration(self.latency))?;
        }
        if self.rate != DEFAULT_RATE {
            write!(f, ", rate {}/s", Size(self.rate))?;
        }
        write_script(f, "answers", &self.answers)
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Name(&self.path))?;
        if let Some(size) = self.size {
            write!(f, " {}", Size(size))?;
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
            Self::RedirectRefused { status, url } => {
                write!(f, "redirect {status} refused to {}", Name(url))
            }
        }
    }
}

/// A failure: its code, its context if it names one, its class if that is not the code's own.
fn write_failure(f: &mut fmt::Formatter<'_>, failure: &Failure) -> fmt::Result {
    write!(f, "{}", Code(failure.code()))?;
    if let Some(context) = failure.context() {
        write!(f, " in {context}")?;
    }
    if failure.class() != failure.code().failure_class() {
        write!(f, " as {}", failure.class())?;
    }
    Ok(())
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "job {}, {}, by {}", Name(&self.name), self.job_type, Name(&self.owner))?;
        if self.id != JobId::default() {
            write!(f, ", {}", self.id)?;
        }
        Ok(())
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(at) = self.at {
            write!(f, "at {}  ", Instant(at))?;
        }
        write_input(f, &self.input)?;
        if let Some(code) = self.code {
            write!(f, " -> {}", Code(code))?;
        }
        if let Some(state) = self.state {
            write!(f, " => {state}")?;
        }
        Ok(())
    }
}

fn write_input(f: &mut fmt::Formatter<'_>, input: &Input) -> fmt::Result {
    match input {
        Input::Call(call) => write_call(f, call),
        Input::Event(event) => write_event(f, event),
        Input::Deadline(deadline) => write!(f, "{deadline} {ELAPSED}"),
    }
}

fn write_call(f: &mut fmt::Formatter<'_>, call: &Call) -> fmt::Result {
    if let Some((phrase, _)) = CALLS.iter().find(|(_, known)| known == call) {
        return f.write_str(phrase);
    }
    match call {
        Call::AddFile(file) => write!(f, "add {}", NamedFile(file)),
        Call::AddFileSet(files) => {
            f.write_str("add files ")?;
            join(f, &files.iter().map(NamedFile).collect::<Vec<_>>())
        }
        Call::AddFileWithRanges(file, ranges) => {
            write!(f, "add {}, ranges", NamedFile(file))?;
            ranges.iter().try_for_each(|range| write_range(f, range))
        }
        Call::Cancel(deletion) => write!(f, "cancel{}", FilesLeft(*deletion)),
        Call::Complete(Commit { failed_rename, deletion }) => {
            f.write_str("complete")?;
            if let Some(failed) = failed_rename {
                write!(
                    f,
                    ", rename {} fails with {}",
                    u64::from(failed.after) + 1,
                    Code(failed.code)
                )?;
            }
            write!(f, "{}", FilesLeft(*deletion))
        }
        Call::SetPriority(priority) => write!(f, "priority {priority}"),
        Call::SetMinimumRetryDelay(value) => write!(f, "minimum retry delay {}", seconds(*value)),
        Call::SetNoProgressTimeout(value) => write!(f, "no-progress timeout {}", seconds(*value)),
        Call::SetMaximumDownloadTime(value) => {
            write!(f, "maximum download time {}", seconds(*value))
        }
        Call::SetFileAclFlags(flags) => write!(f, "file ACL flags {}", flags.bits()),
        Call::SetReplyFileName(name) => {
            write!(f, "reply file {}", Name(name.as_deref().unwrap_or_default()))
        }
        Call::SetHelperTokenFlags(flags) => write!(f, "helper token flags {}", flags.bits()),
        Call::Set(setter) => write!(f, "{SETTER} {}", setter.method()),
        // The others are phrases of their own.
        Call::Suspend
        | Call::Resume
        | Call::SetHelperToken
        | Call::ClearHelperToken
        | Call::SetOnDemandMode(_)
        | Call::SetServerCertificateValidationInterface => Ok(()),
    }
}

struct NamedFile<'a>(&'a FileInfo);

impl fmt::Display for NamedFile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} as {}", Name(&self.0.remote_name), Name(&self.0.local_name))
    }
}

fn write_range(f: &mut fmt::Formatter<'_>, range: &FileRange) -> fmt::Result {
    match range.length {
        BG_LENGTH_TO_EOF => write!(f, " {}:eof", range.initial_offset),
        length => write!(f, " {}:{length}", range.initial_offset),
    }
}

struct FilesLeft(Deletion);

impl fmt::Display for FilesLeft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Deletion::Done => Ok(()),
            Deletion::Incomplete => f.write_str(", files left"),
        }
    }
}

fn write_event(f: &mut fmt::Formatter<'_>, event: &Event) -> fmt::Result {
    if let Some((phrase, _)) = EVENTS.iter().find(|(_, known)| known == event) {
        return f.write_str(phrase);
    }
    match event {
        Event::SizeKnown(bytes) => write!(f, "size known {}", Size(*bytes)),
        Event::Progressed(bytes) => write!(f, "progressed {}", Size(*bytes)),
        Event::ReplyStarted(bytes) => write!(f, "reply started {}", Size(*bytes)),
        Event::Failed(failure) => {
            f.write_str("failed ")?;
            write_failure(f, failure)
        }
        Event::RedirectRefused(status, url) => {
            write!(f, "redirect {status} refused to {}", Name(url))
        }
        Event::ValidationFailed(file) => write!(f, "validation failed of {file}"),
        Event::Blocked(block) => write!(f, "blocked by {block}"),
        Event::Unblocked(block) => write!(f, "unblocked by {block}"),
        Event::ClockChanged(by) => write!(f, "clock changes by {}", Duration(*by)),
        // The others are phrases of their own.
        Event::Picked
        | Event::Connected
        | Event::FileTransferred
        | Event::SliceOver
        | Event::RangesTransferred
        | Event::NetworkLost
        | Event::NetworkRestored
        | Event::VolumeUnlocked
        | Event::OwnerLoggedOff
        | Event::OwnerLoggedOn
        | Event::ClientExited
        | Event::ServiceRestarted
        | Event::UploadCancelled => Ok(()),
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

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State(state) => state.fmt(f),
            Self::Error { code, context, file } => {
                write!(f, "error {}", Code(*code))?;
                if let Some(context) = context {
                    write!(f, " in {context}")?;
                }
                file.as_ref().map_or(Ok(()), |file| write!(f, " of {}", Name(file)))
            }
            Self::NoError => f.write_str("no error object"),
            Self::ErrorCount(count) => write!(f, "error count {count}"),
            Self::Progress(done, total) => {
                write!(f, "progress {} of {}", Size(*done), MaybeSize(*total))
            }
            Self::File(name, done, total) => {
                write!(f, "file {} {} of {}", Name(name), Size(*done), MaybeSize(*total))
            }
            Self::Files(done, total) => write!(f, "files {done} of {total}"),
            Self::Reply(done, total) => {
                write!(f, "reply {} of {}", Size(*done), MaybeSize(*total))
            }
            Self::Completed(file, true) => write!(f, "completed {}", Name(file)),
            Self::Completed(file, false) => write!(f, "not completed {}", Name(file)),
            Self::Time(at) => write!(f, "time {}", Instant(*at)),
            Self::Deadline(deadline, at) => write!(f, "{deadline} at {}", Instant(*at)),
            Self::NoDeadline => f.write_str("no deadline"),
            Self::Created(at) => write!(f, "created {}", Instant(*at)),
            Self::Modified(at) => write!(f, "modified {}", Instant(*at)),
            Self::TransferCompleted(Some(at)) => write!(f, "transfer completed {}", Instant(*at)),
            Self::TransferCompleted(None) => f.write_str("transfer never completed"),
            Self::Purged(true) => f.write_str("purged"),
            Self::Purged(false) => f.write_str("not purged"),
            Self::InQueue(true) => f.write_str("in the queue"),
            Self::InQueue(false) => f.write_str("not in the queue"),
        }
    }
}
