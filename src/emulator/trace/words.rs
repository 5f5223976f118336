//! What happened, put into words.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Actor, Delivery, JobStep, TraceEvent, TraceStep};
use crate::machine::{Call, ComputerEvent, Event};
use crate::service::ErrorChange;
use crate::vocabulary::{CostFlags, JobId};

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
            Self::Call(call) => write_call(call, f),
            Self::Event(event) => write_event(event, f),
            Self::Deadline(deadline) => write!(f, "{deadline} over"),
            Self::Computer(event) => write_computer_event(*event, f),
            Self::LoggedOn(account) => write!(f, "{account} logs on"),
            Self::LoggedOff(account) => write!(f, "{account} logs off"),
            Self::Booted => f.write_str("computer starts with the jobs of another"),
            Self::Policies(_) => f.write_str("policies change"),
            Self::BandwidthLimits(_) => f.write_str("bandwidth limits change"),
            Self::Link(_) => f.write_str("link changes"),
        }
    }
}

/// A call by its method, and by the value for which people look.
fn write_call(call: &Call, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let method = call.method();
    match call {
        Call::AddFile(file, _) | Call::AddFileWithRanges(file, ..) => {
            write!(f, "{method} {} -> {}", file.remote_name, file.local_name)
        }
        Call::AddFileSet(files, _) => write!(f, "{method} of {} files", files.len()),
        Call::SetPriority(priority) => write!(f, "{method} {priority}"),
        Call::SetMinimumRetryDelay(seconds)
        | Call::SetNoProgressTimeout(seconds)
        | Call::SetMaximumDownloadTime(seconds) => write!(f, "{method} {seconds} s"),
        Call::SetDisplayName(Some(text)) | Call::SetHttpMethod(text) => {
            write!(f, "{method} {text}")
        }
        Call::SetProperty(property) => write!(f, "{method} {}", property.id()),
        Call::SetRemoteName(file, name) => write!(f, "{method} of {file} {name}"),
        Call::SetNotifyInterface(None) => write!(f, "{method} null"),
        Call::SetValidationState(file, valid) => write!(f, "{method} of {file} {valid}"),
        _ => write!(f, "{method}"),
    }
}

fn write_event(event: &Event, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match event {
        Event::Picked => f.write_str("picked"),
        Event::Connected => f.write_str("server answers"),
        Event::SizeKnown(bytes) => write!(f, "size {bytes} bytes"),
        Event::HeadersReceived(_) => f.write_str("response headers"),
        Event::Progressed(bytes) => write!(f, "{bytes} bytes more"),
        Event::FileTransferred => f.write_str("file transferred"),
        Event::ReplyStarted(bytes) => write!(f, "reply of {bytes} bytes"),
        Event::FileChanged => f.write_str("file changed"),
        Event::SessionLost => f.write_str("upload session lost"),
        Event::Failed(failure) => write!(f, "attempt failed: {}", failure.code()),
        Event::Redirected(status, to) => write!(f, "redirected with {status} to {to}"),
        Event::CertificateReceived(server, _) => write!(f, "certificate of {server}"),
        Event::CertificateChecked(code) => write!(f, "certificate checked: {code}"),
        Event::SliceOver => f.write_str("turn over"),
        Event::Computer(event) => write_computer_event(*event, f),
        Event::VolumeUnlocked => f.write_str("volume unlocked"),
        Event::OwnerLoggedOff => f.write_str("owner logs off"),
        Event::OwnerLoggedOn => f.write_str("owner logs on"),
        Event::NotificationStarted(notification) => write!(f, "{notification} begins"),
        Event::NotificationReturned(notification, code) => {
            write!(f, "{notification} returns {code}")
        }
        Event::ProgramExited(code) => write!(f, "program ends with {code}"),
        Event::ClientExited => f.write_str("client exits"),
        Event::UploadCancelled => f.write_str("server confirms the end of the upload"),
    }
}

fn write_computer_event(event: ComputerEvent, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match event {
        ComputerEvent::NetworkLost => f.write_str("network lost"),
        ComputerEvent::NetworkRestored => f.write_str("network restored"),
        ComputerEvent::NetworkCost(cost) => write!(f, "network cost {}", cost_names(cost)),
        ComputerEvent::Blocked(block) => write!(f, "blocked by {block}"),
        ComputerEvent::Unblocked(block) => write!(f, "no longer blocked by {block}"),
        ComputerEvent::ClockChanged(by) => write!(f, "clock moved by {}", Span(by)),
        ComputerEvent::ServiceRestarted => f.write_str("service restarts"),
    }
}

pub(crate) fn cost_names(cost: CostFlags) -> String {
    cost.iter_names().map(|(name, _)| name).collect::<Vec<_>>().join(" | ")
}

/// A span as people say it: `1 h 30 m`, `0.5 s`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span(pub(crate) TimeDelta);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(span) = *self;
        if span < TimeDelta::zero() {
            f.write_str("-")?;
        }
        let span = span.abs();
        let seconds = span.num_seconds();
        let nanoseconds = span.subsec_nanos();
        let whole =
            [(seconds / 86_400, "d"), (seconds / 3_600 % 24, "h"), (seconds / 60 % 60, "m")];
        let mut parts: Vec<String> = whole
            .into_iter()
            .filter(|(number, _)| *number != 0)
            .map(|(number, unit)| format!("{number} {unit}"))
            .collect();
        if seconds % 60 != 0 || nanoseconds != 0 || parts.is_empty() {
            let fraction = format!("{nanoseconds:09}");
            let fraction = fraction.trim_end_matches('0');
            let point = if fraction.is_empty() { "" } else { "." };
            parts.push(format!("{}{point}{fraction} s", seconds % 60));
        }
        f.write_str(&parts.join(" "))
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
        remarks.extend(
            self.told
                .as_ref()
                .map(|told| format!("told by {} as {}", told.recipient, told.account)),
        );
        remarks.join("; ")
    }
}

impl TraceStep {
    /// The step in one line; if it concerned several jobs, in one more for each. Jobs are called by
    /// what `name` makes of their ids.
    pub(crate) fn write_line(
        &self,
        name: impl Fn(JobId) -> String,
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        write!(f, "{}  {}: ", instant(self.at), self.actor)?;
        let jobs = self.jobs();
        let one = jobs.first().filter(|_| jobs.len() == 1);
        if let Some(job) = one.map(|job| job.job).or(self.what.lost_call_on()) {
            write!(f, "{}: ", name(job))?;
        }
        write!(f, "{}", self.what)?;
        if let Some(code) = self.code() {
            write!(f, ": {code}")?;
        }
        if let Some(job) = one {
            return write!(f, "  {}  [{}]", job.way(), job.remarks());
        }
        jobs.iter().try_for_each(|job| {
            write!(f, "\n    {}: {}  [{}]", name(job.job), job.way(), job.remarks())
        })
    }
}

impl fmt::Display for TraceStep {
    /// The step in one line; if it concerned several jobs, in one more for each.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_line(short, f)
    }
}

/// The first digits of an id.
pub(crate) fn short(job: JobId) -> String {
    job.to_string().chars().take(9).skip(1).collect()
}
