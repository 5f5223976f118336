//! Whether what a scenario expects is so.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::Run;
use crate::emulator::{Delivery, TraceEvent, TraceStep, same_account};
use crate::machine::{Deadline, Effect, JobStateMachine, Outcome};
use crate::scenario::ast::{Expectation, NotificationPattern};
use crate::scenario::problem::Diagnosis;
use crate::vocabulary::text::quantities::Name;
use crate::vocabulary::{FileIndex, FileProgress};

/// What is so, as an expectation that would hold; or in words, where none says it.
pub(super) type Actual = Result<Expectation, String>;

impl Run {
    /// What was instead of what was expected; `None` if it was so.
    pub(super) fn unmet(
        &mut self,
        job: Option<&str>,
        expected: &Expectation,
    ) -> Result<Option<String>, Diagnosis> {
        let was = if expected.is_of_a_job() {
            let id = self.job_named(job)?;
            self.job(id)?;
            let Some(job) = self.engine.service.job(id) else { return Ok(None) };
            actual(expected, self, job)
        } else {
            self.actual_of_several(expected)
        };
        let was = match was {
            Ok(was) if was == *expected => return Ok(None),
            Ok(was) => was.to_string(),
            Err(was) => was,
        };
        Ok(Some(format!("expected {expected}, was {was}")))
    }
}

pub(super) fn actual(expected: &Expectation, run: &Run, job: &JobStateMachine) -> Actual {
    let as_expected = |fits: bool, was: Expectation| if fits { expected.clone() } else { was };
    Ok(match expected {
        Expectation::State(_) => Expectation::State(job.state()),
        Expectation::Error { code, context, file } => {
            let was = error_object(job);
            let fits = matches!(&was, Expectation::Error { code: is, context: of, file: name }
                if is == code
                    && (context.is_none() || of == context)
                    && (file.is_none() || name == file));
            as_expected(fits, was)
        }
        Expectation::NoError => error_object(job),
        Expectation::ErrorCount(_) => Expectation::ErrorCount(job.error_count()),
        Expectation::Progress(..) => {
            let progress = job.progress();
            Expectation::Progress(progress.bytes_transferred, progress.bytes_total)
        }
        Expectation::File(name, ..) => {
            let file = file_named(job, name)?;
            Expectation::File(Arc::clone(name), file.bytes_transferred, file.bytes_total)
        }
        Expectation::Files(..) => {
            let progress = job.progress();
            Expectation::Files(progress.files_transferred, progress.files_total)
        }
        Expectation::Reply(..) => {
            let reply = job.reply_progress().map_err(|error| format!("no reply: {error}"))?;
            Expectation::Reply(reply.bytes_transferred, reply.bytes_total)
        }
        Expectation::Completed(name, _) => {
            Expectation::Completed(Arc::clone(name), file_named(job, name)?.completed)
        }
        Expectation::Deadline(deadline, at) => {
            let was = job.deadline(*deadline).ok_or("not running")?;
            Expectation::Deadline(*deadline, as_precise(was, *at))
        }
        Expectation::NoDeadline => match job.next_deadline() {
            Some((at, next)) => Expectation::Deadline(next, at),
            None => Expectation::NoDeadline,
        },
        Expectation::Created(at) => Expectation::Created(as_precise(job.times().creation, *at)),
        Expectation::Modified(at) => {
            Expectation::Modified(as_precise(job.times().modification, *at))
        }
        Expectation::TransferCompleted(at) => {
            let was = job.times().transfer_completion;
            Expectation::TransferCompleted(was.map(|was| as_precise(was, at.unwrap_or(was))))
        }
        Expectation::Purged(_) => Expectation::Purged(is_purged(run, job)),
        Expectation::InQueue(_) => Expectation::InQueue(!job.state().is_final()),
        Expectation::Setting(call) => {
            Expectation::Setting(call.current(job).map_err(|error| error.to_string())?)
        }
        Expectation::RemoteName(file, _) => {
            let known = job.file(*file).ok_or_else(|| format!("no {file}"))?;
            Expectation::RemoteName(*file, known.remote_name.clone().into())
        }
        Expectation::ResponseHeaders(file, _) => response_headers(*file, job),
        Expectation::RequestHeaders(_) => {
            Expectation::RequestHeaders(job.request_headers().map(Into::into))
        }
        Expectation::HeadersAmong(file, wanted) => {
            let all = job.http_response_headers(*file).unwrap_or_default();
            let lines: Vec<&str> = all.split("\r\n").collect();
            let fits = wanted.split_terminator("\r\n").all(|line| lines.contains(&line));
            as_expected(fits, response_headers(*file, job))
        }
        Expectation::FilledRanges(file, _) => {
            let ranges = job.filled_file_ranges(*file).map_err(|error| error.to_string())?;
            Expectation::FilledRanges(*file, ranges.into())
        }
        Expectation::Owner(name) => {
            let owner = run.engine.account_name(job.owner());
            as_expected(same_account(&owner, name), Expectation::Owner(owner))
        }
        Expectation::OwnerElevated(_) => Expectation::OwnerElevated(job.owner_elevation_state()),
        Expectation::Told(pattern, count) => {
            let told = told(run, job).filter(|told| fits(pattern, told)).count();
            let told = u64::try_from(told).unwrap_or(u64::MAX);
            let any = count.is_none() && told > 0;
            as_expected(any, Expectation::Told(pattern.clone(), Some(told)))
        }
        Expectation::ToldNothing => match told(run, job).next() {
            Some(told) => return Err(format!("told {told}")),
            None => Expectation::ToldNothing,
        },
        Expectation::Due(pattern) => {
            let due = due(run, job);
            if !due.iter().any(|due| fits(pattern, due)) {
                return Err(in_words(&due));
            }
            expected.clone()
        }
        Expectation::NothingDue => match due(run, job).as_slice() {
            [] => Expectation::NothingDue,
            due => return Err(in_words(due)),
        },
        Expectation::Time(_)
        | Expectation::Running(_)
        | Expectation::Activated(_)
        | Expectation::QueueLength(_)
        | Expectation::Enumerated(..)
        | Expectation::EnumeratedAll(..)
        | Expectation::OnDisk(..)
        | Expectation::NotOnDisk(_)
        | Expectation::FolderEmpty(_)
        | Expectation::Asked(..)
        | Expectation::Fetched(_)
        | Expectation::NoneRefused(_)
        | Expectation::ClientEnded
        | Expectation::ClientSucceeded => expected.clone(),
    })
}

/// Everything that the client of a job was told.
fn told<'run>(run: &'run Run, job: &JobStateMachine) -> impl Iterator<Item = &'run Delivery> {
    let id = job.id();
    let steps = run.engine.steps_since(0).filter_map(move |step| step.job(id));
    steps.filter_map(|step| step.told.as_ref())
}

/// What the client is to be told now.
fn due(run: &Run, job: &JobStateMachine) -> Vec<Delivery> {
    let told = job.due_notifications().map(|due| Delivery {
        notification: due.notification,
        recipient: due.recipient,
        account: run.engine.account_name(due.user),
    });
    told.collect()
}

/// Whether the inactivity timeout removed the job and its temporary files.
fn is_purged(run: &Run, job: &JobStateMachine) -> bool {
    let inactive = |step: &&TraceStep| step.what == TraceEvent::Deadline(Deadline::Inactivity);
    let mut steps =
        run.engine.steps_since(0).filter(inactive).filter_map(|step| step.job(job.id()));
    steps.any(|step| {
        let deletes = |outcome: Outcome| outcome.effects.contains(Effect::DeleteTemporaryFiles);
        step.result.is_ok_and(deletes)
    })
}

fn fits(pattern: &NotificationPattern, told: &Delivery) -> bool {
    pattern.notification == told.notification
        && pattern.recipient.is_none_or(|recipient| recipient == told.recipient)
        && pattern.account.as_ref().is_none_or(|name| same_account(name, &told.account))
}

fn in_words(due: &[Delivery]) -> String {
    match due {
        [] => Expectation::NothingDue.to_string(),
        due => {
            let due: Vec<String> = due.iter().map(Delivery::to_string).collect();
            format!("due {}", due.join(", "))
        }
    }
}

/// The instant as it was; the expected one if that has no fraction and names the same second.
pub(super) fn as_precise(was: DateTime<Utc>, expected: DateTime<Utc>) -> DateTime<Utc> {
    let whole = expected.timestamp_subsec_nanos() == 0;
    if whole && was.timestamp() == expected.timestamp() { expected } else { was }
}

/// The error object with all that it says, or that there is none.
pub(super) fn error_object(job: &JobStateMachine) -> Expectation {
    let Ok(error) = job.error() else { return Expectation::NoError };
    let file = error.file().ok().and_then(|file| job.file(file));
    Expectation::Error {
        code: error.code(),
        context: Some(error.context()),
        file: file.map(|file| Arc::clone(&file.local_name)),
    }
}

fn response_headers(file: FileIndex, job: &JobStateMachine) -> Expectation {
    Expectation::ResponseHeaders(file, job.http_response_headers(file).map(Into::into))
}

pub(super) fn file_named(job: &JobStateMachine, name: &str) -> Result<FileProgress, String> {
    let named = |file: &FileIndex| job.file(*file).is_some_and(|file| &*file.local_name == name);
    let file = (0..job.file_count()).map(FileIndex).find(named);
    let progress = file.and_then(|file| job.file_progress(file));
    progress.ok_or_else(|| format!("no file with the local name {}", Name(name)))
}
