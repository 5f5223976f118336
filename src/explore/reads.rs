//! Reads: what a program learned from a call that changes nothing, in words. They are made for the run that is
//! shown alone: the explorer itself compares fingerprints.

use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

use crate::emulator::{DrivenCall, Engine, Observation};
use crate::machine::JobStateMachine;
use crate::vocabulary::text::quantities::{Name, Size};
use crate::vocabulary::{
    Error, ErrorContext, HResult, JobId, JobPriority, JobState, JobType, Method,
};

/// What a read returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    State(JobState),
    Error {
        code: HResult,
        context: ErrorContext,
        file: Option<Arc<str>>,
    },
    ErrorCount(u32),
    Progress(u64, Option<u64>),
    /// Of the file with that local name.
    FileProgress(Arc<str>, u64, Option<u64>),
    Reply(u64, Option<u64>),
    Files(u32),
    /// Of the caller, or of all users.
    Jobs {
        jobs: Vec<JobId>,
        all: bool,
    },
    DisplayName(String),
    Description(String),
    RemoteName(String),
    LocalName(String),
    Priority(JobPriority),
    Type(JobType),
}

/// What a call returned to its client, if it is one of those that are told in words and succeeded. The
/// emulator is as the call left it; what it says now counts only if the client was told the same.
pub(super) fn value_of(engine: &Engine, call: DrivenCall, reply: Observation) -> Option<Value> {
    let DrivenCall { connection, target, method } = call;
    let process = connection.process;
    if method == Method::EnumJobs {
        let token = engine.processes.get(&process)?.token;
        let lists = [false, true].into_iter();
        let mut lists =
            lists.filter_map(|all| Some((engine.service.enumerate(&token, all).ok()?, all)));
        return lists
            .find_map(|(jobs, all)| told(jobs, reply).map(|jobs| Value::Jobs { jobs, all }));
    }
    let job = engine.service.job(target.job?)?;
    if let Some(file) = target.file {
        let names = &job.file(file)?;
        return match method {
            Method::GetProgress => told(job.file_progress(file)?, reply).map(|progress| {
                let name = Arc::clone(&names.local_name);
                Value::FileProgress(name, progress.bytes_transferred, progress.bytes_total)
            }),
            Method::GetRemoteName => {
                told(names.remote_name.to_string(), reply).map(Value::RemoteName)
            }
            Method::GetLocalName => told(names.local_name.to_string(), reply).map(Value::LocalName),
            _ => None,
        };
    }
    of_job(job, method, reply)
}

fn of_job(job: &JobStateMachine, method: Method, reply: Observation) -> Option<Value> {
    match method {
        Method::GetState => told(job.state(), reply).map(Value::State),
        Method::GetError => told(*job.error().ok()?, reply).map(|error| {
            let file = error.file().ok().and_then(|file| job.file(file));
            let file = file.map(|file| Arc::clone(&file.local_name));
            Value::Error { code: error.code(), context: error.context(), file }
        }),
        Method::GetErrorCount => told(job.error_count(), reply).map(Value::ErrorCount),
        Method::GetProgress => told(job.progress(), reply)
            .map(|progress| Value::Progress(progress.bytes_transferred, progress.bytes_total)),
        Method::GetReplyProgress => told(job.reply_progress().ok()?, reply)
            .map(|reply| Value::Reply(reply.bytes_transferred, reply.bytes_total)),
        Method::EnumFiles => told(job.file_count(), reply).map(Value::Files),
        Method::GetDisplayName => {
            told(job.display_name().to_owned(), reply).map(Value::DisplayName)
        }
        Method::GetDescription => told(job.description().to_owned(), reply).map(Value::Description),
        Method::GetPriority => told(job.priority(), reply).map(Value::Priority),
        Method::GetType => told(job.job_type(), reply).map(Value::Type),
        _ => None,
    }
}

/// A value, if it is the one that the client was told.
fn told<T: Hash>(value: T, reply: Observation) -> Option<T> {
    let now = Observation::of(&Ok::<&T, Error>(&value));
    (now == reply).then_some(value)
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |number: usize| if number == 1 { "" } else { "s" };
        match self {
            Self::State(state) => state.fmt(f),
            Self::Error { code, context, file } => {
                write!(f, "{code} in {context}")?;
                file.as_ref().map_or(Ok(()), |file| write!(f, " of {file}"))
            }
            Self::ErrorCount(count) => count.fmt(f),
            Self::Progress(done, total)
            | Self::FileProgress(_, done, total)
            | Self::Reply(done, total) => match total {
                Some(total) => write!(f, "{} of {}", Size(done), Size(total)),
                None => write!(f, "{} of unknown", Size(done)),
            },
            Self::Files(count) => {
                write!(f, "{count} file{}", plural(usize::try_from(*count).unwrap_or(usize::MAX)))
            }
            Self::Jobs { jobs, .. } => write!(f, "{} job{}", jobs.len(), plural(jobs.len())),
            Self::DisplayName(text)
            | Self::Description(text)
            | Self::RemoteName(text)
            | Self::LocalName(text) => Name(text).fmt(f),
            Self::Priority(priority) => priority.fmt(f),
            Self::Type(job_type) => job_type.fmt(f),
        }
    }
}
