//! Expectations as text.

use std::fmt;

use super::{AccountName, Code, JobNames, write_call};
use crate::scenario::ast::{Expectation, Notice, Times};
use crate::scenario::flags::NONE;
use crate::scenario::phrases::REFUSED;
use crate::scenario::words::{Headers, Instant, MaybeSize, Name, Ranges, Size};

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
            Self::Setting(call) => write_call(f, call),
            Self::RemoteName(file, url) => write!(f, "remote name of {file} is {}", Name(url)),
            Self::ResponseHeaders(file, Some(headers)) => {
                write!(f, "response headers of {file} {}", Headers(headers))
            }
            Self::ResponseHeaders(file, None) => write!(f, "response headers of {file} {NONE}"),
            Self::RequestHeaders(Some(headers)) => {
                write!(f, "request headers {}", Headers(headers))
            }
            Self::RequestHeaders(None) => write!(f, "request headers {NONE}"),
            Self::FilledRanges(file, ranges) if ranges.is_empty() => {
                write!(f, "filled ranges of {file} {NONE}")
            }
            Self::FilledRanges(file, ranges) => {
                write!(f, "filled ranges of {file}{}", Ranges(ranges))
            }
            Self::Owner(name) => write!(f, "owner {}", AccountName(name)),
            Self::OwnerElevated(true) => f.write_str("owner is elevated"),
            Self::OwnerElevated(false) => f.write_str("owner is not elevated"),
            Self::Told(notice, None) => write!(f, "told {notice}"),
            Self::Told(notice, Some(0)) => write!(f, "told {notice} never"),
            Self::Told(notice, Some(count)) => {
                write!(f, "told {notice} {}", Times::Count(*count))
            }
            Self::ToldNothing => f.write_str("told nothing"),
            Self::Due(notice) => write!(f, "due {notice}"),
            Self::NothingDue => f.write_str("nothing due"),
            Self::HeadersAmong(file, headers) => {
                write!(f, "response headers of {file} have {}", Headers(headers))
            }
            Self::Running(jobs) => write!(f, "running {}", JobNames(jobs)),
            Self::Activated(jobs) => write!(f, "activated {}", JobNames(jobs)),
            Self::QueueLength(length) => write!(f, "{length} jobs in the queue"),
            Self::Enumerated(caller, jobs) => write!(f, "jobs of {caller} {}", JobNames(jobs)),
            Self::EnumeratedAll(caller, Ok(jobs)) => {
                write!(f, "all jobs for {caller} {}", JobNames(jobs))
            }
            Self::EnumeratedAll(caller, Err(code)) => {
                write!(f, "all jobs for {caller} {REFUSED} with {}", Code(*code))
            }
            Self::OnDisk(path, size) => {
                write!(f, "on disk {}", Name(path))?;
                size.map_or(Ok(()), |size| write!(f, " {}", Size(size)))
            }
            Self::NotOnDisk(path) => write!(f, "not on disk {}", Name(path)),
            Self::FolderEmpty(path) => write!(f, "folder {} empty", Name(path)),
            Self::Asked(host, 0) => write!(f, "server {} asked never", Name(host)),
            Self::Asked(host, count) => {
                write!(f, "server {} asked {}", Name(host), Times::Count(*count))
            }
        }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.notification)?;
        if let Some(recipient) = self.recipient {
            write!(f, " by {recipient}")?;
        }
        self.account.as_ref().map_or(Ok(()), |name| write!(f, " as {}", AccountName(name)))
    }
}
