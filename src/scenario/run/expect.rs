//! Whether what a scenario expects is so.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::settings::setting;
use super::{Run, Unmet};
use crate::emulator::{Delivery, TraceEvent, TraceStep};
use crate::machine::{Deadline, Effect, JobStateMachine, Outcome};
use crate::scenario::ast::{Expectation, NotificationPattern};
use crate::scenario::syntax::values::MaybeSize;
use crate::vocabulary::text::quantities::{Code, Instant, Name, Size};
use crate::vocabulary::{FileIndex, FileProgress, JobError};

impl Run {
    /// What was instead of what was expected; `None` if it was so.
    pub(super) fn unmet(
        &mut self,
        job: Option<&str>,
        expectation: &Expectation,
    ) -> Result<Option<String>, Unmet> {
        let was = if expectation.is_of_a_job() {
            let id = self.job_named(job)?;
            self.job(id)?;
            let job = self.engine.service.job(id);
            job.and_then(|job| actual(expectation, self, job))
        } else {
            self.actual_of_several(expectation)
        };
        Ok(was.map(|was| format!("expected {expectation}, was {was}")))
    }
}

fn actual(expectation: &Expectation, run: &Run, job: &JobStateMachine) -> Option<String> {
    match expectation {
        Expectation::State(state) => differs(job.state(), *state),
        Expectation::Error { code, context, file } => {
            let error = job.error().ok();
            let fits = error.is_some_and(|error| {
                error.code() == *code
                    && context.is_none_or(|context| error.context() == context)
                    && file.as_deref().is_none_or(|file| file_of(error, job) == Some(file))
            });
            (!fits).then(|| describe(error, job))
        }
        Expectation::NoError => {
            let error = job.error().ok();
            error.map(|error| describe(Some(error), job))
        }
        Expectation::ErrorCount(count) => differs(job.error_count(), *count),
        Expectation::Progress(done, total) => {
            let progress = job.progress();
            let fits = (progress.bytes_transferred, progress.bytes_total) == (*done, *total);
            (!fits).then(|| so_much_of(progress.bytes_transferred, progress.bytes_total))
        }
        Expectation::File(name, done, total) => match file_named(job, name) {
            Some(file) if (file.bytes_transferred, file.bytes_total) == (*done, *total) => None,
            Some(file) => Some(so_much_of(file.bytes_transferred, file.bytes_total)),
            None => Some(format!("no file with the local name {}", Name(name))),
        },
        Expectation::Files(done, total) => {
            let progress = job.progress();
            let fits = (progress.files_transferred, progress.files_total) == (*done, *total);
            (!fits).then(|| format!("{} of {}", progress.files_transferred, progress.files_total))
        }
        Expectation::Reply(done, total) => match job.reply_progress() {
            Ok(reply) if (reply.bytes_transferred, reply.bytes_total) == (*done, *total) => None,
            Ok(reply) => Some(so_much_of(reply.bytes_transferred, reply.bytes_total)),
            Err(error) => Some(format!("no reply: {error}")),
        },
        Expectation::Completed(name, completed) => match file_named(job, name) {
            Some(file) => differs_in(file.completed, *completed, "completed", "not completed"),
            None => Some(format!("no file with the local name {}", Name(name))),
        },
        Expectation::Deadline(deadline, at) => match job.deadline(*deadline) {
            Some(when) => instant_differs(when, *at),
            None => Some("not running".to_owned()),
        },
        Expectation::NoDeadline => {
            job.next_deadline().map(|(when, next)| format!("{next} at {}", Instant(&when)))
        }
        Expectation::Created(at) => instant_differs(job.times().creation, *at),
        Expectation::Modified(at) => instant_differs(job.times().modification, *at),
        Expectation::TransferCompleted(at) => match (job.times().transfer_completion, at) {
            (Some(was), Some(at)) => instant_differs(was, *at),
            (Some(was), None) => Some(format!("transfer completed {}", Instant(&was))),
            (None, Some(_)) => Some("transfer never completed".to_owned()),
            (None, None) => None,
        },
        Expectation::Purged(purged) => {
            differs_in(is_purged(run, job), *purged, "purged", "not purged")
        }
        Expectation::InQueue(queued) => {
            differs_in(!job.state().is_final(), *queued, "in the queue", "not in the queue")
        }
        Expectation::Setting(call) => setting(call, job),
        other => actual_of_requests(other, run, job),
    }
}

/// What was instead of what is expected of names, headers, ranges, owner and notifications.
fn actual_of_requests(
    expectation: &Expectation,
    run: &Run,
    job: &JobStateMachine,
) -> Option<String> {
    let shown = |was: Expectation| (was != *expectation).then(|| was.to_string());
    match expectation {
        Expectation::RemoteName(file, _) => match job.file(*file) {
            Some(known) => shown(Expectation::RemoteName(*file, known.remote_name.clone().into())),
            None => Some(format!("no {file}")),
        },
        Expectation::ResponseHeaders(file, _) => {
            let headers = job.http_response_headers(*file).map(Into::into);
            shown(Expectation::ResponseHeaders(*file, headers))
        }
        Expectation::RequestHeaders(_) => {
            shown(Expectation::RequestHeaders(job.request_headers().map(Into::into)))
        }
        Expectation::HeadersAmong(file, wanted) => {
            let headers: Option<Arc<str>> = job.http_response_headers(*file).map(Into::into);
            let all = headers.as_deref().unwrap_or_default();
            let lines: Vec<&str> = all.split("\r\n").collect();
            let there = wanted.split_terminator("\r\n").all(|line| lines.contains(&line));
            let was = || Expectation::ResponseHeaders(*file, headers.clone()).to_string();
            (!there).then(was)
        }
        Expectation::FilledRanges(file, _) => match job.filled_file_ranges(*file) {
            Ok(ranges) => shown(Expectation::FilledRanges(*file, ranges.into())),
            Err(error) => Some(error.to_string()),
        },
        Expectation::Owner(name) => {
            let owner = run.engine.account_name(job.owner());
            (!owner.eq_ignore_ascii_case(name)).then(|| Expectation::Owner(owner).to_string())
        }
        Expectation::OwnerElevated(_) => {
            shown(Expectation::OwnerElevated(job.owner_elevation_state()))
        }
        Expectation::Told(notice, count) => {
            let told = told(run, job).filter(|told| fits(notice, told)).count();
            let told = u64::try_from(told).unwrap_or(u64::MAX);
            let enough = count.map_or(told > 0, |count| told == count);
            (!enough).then(|| Expectation::Told(notice.clone(), Some(told)).to_string())
        }
        Expectation::ToldNothing => told(run, job).next().map(|told| format!("told {told}")),
        Expectation::Due(notice) => {
            let due = due(run, job);
            (!due.iter().any(|due| fits(notice, due))).then(|| list_of(&due))
        }
        Expectation::NothingDue => {
            let due = due(run, job);
            (!due.is_empty()).then(|| list_of(&due))
        }
        _ => None,
    }
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

fn fits(notice: &NotificationPattern, told: &Delivery) -> bool {
    notice.notification == told.notification
        && notice.recipient.is_none_or(|recipient| recipient == told.recipient)
        && notice.account.as_ref().is_none_or(|name| name.eq_ignore_ascii_case(&told.account))
}

fn list_of(due: &[Delivery]) -> String {
    match due {
        [] => "nothing due".to_owned(),
        due => {
            let due: Vec<String> = due.iter().map(Delivery::to_string).collect();
            format!("due {}", due.join(", "))
        }
    }
}

fn differs<T: PartialEq + ToString>(was: T, expected: T) -> Option<String> {
    (was != expected).then(|| was.to_string())
}

fn differs_in(was: bool, expected: bool, yes: &str, no: &str) -> Option<String> {
    (was != expected).then(|| if was { yes.to_owned() } else { no.to_owned() })
}

/// Instants are compared to the second if the expected one has no fraction.
pub(super) fn instant_differs(was: DateTime<Utc>, expected: DateTime<Utc>) -> Option<String> {
    let fits = was == expected
        || (expected.timestamp_subsec_nanos() == 0 && was.timestamp() == expected.timestamp());
    (!fits).then(|| Instant(&was).to_string())
}

fn so_much_of(done: u64, total: Option<u64>) -> String {
    format!("{} of {}", Size(&done), MaybeSize(&total))
}

fn describe(error: Option<&JobError>, job: &JobStateMachine) -> String {
    match error {
        None => "no error object".to_owned(),
        Some(error) => match file_of(error, job) {
            Some(file) => {
                format!("error {} in {} of {}", Code(&error.code()), error.context(), Name(file))
            }
            None => format!("error {} in {}", Code(&error.code()), error.context()),
        },
    }
}

/// The local name of the file that an error concerns.
pub(super) fn file_of<'job>(error: &JobError, job: &'job JobStateMachine) -> Option<&'job str> {
    let file = job.file(error.file().ok()?)?;
    Some(&file.local_name)
}

fn file_named(job: &JobStateMachine, name: &str) -> Option<FileProgress> {
    (0..job.file_count())
        .map(FileIndex)
        .find(|file| job.file(*file).is_some_and(|file| &*file.local_name == name))
        .and_then(|file| job.file_progress(file))
}
