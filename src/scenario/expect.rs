//! Whether what a scenario expects is so.

use chrono::{DateTime, Utc};

use super::ast::Expectation;
use super::print::Code;
use super::run::Run;
use super::words::{Instant, MaybeSize, Name, Size};
use crate::machine::JobStateMachine;
use crate::vocabulary::{FileIndex, FileProgress, JobError};

/// What was instead of what was expected; `None` if it was so.
pub(super) fn unmet(expectation: &Expectation, run: &Run, job: &JobStateMachine) -> Option<String> {
    let was = actual(expectation, run, job)?;
    Some(format!("expected {expectation}, was {was}"))
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
        Expectation::Time(at) => instant_differs(run.now(), *at),
        Expectation::Deadline(deadline, at) => match job.deadline(*deadline) {
            Some(when) => instant_differs(when, *at),
            None => Some("not running".to_owned()),
        },
        Expectation::NoDeadline => {
            job.next_deadline().map(|(when, next)| format!("{next} at {}", Instant(when)))
        }
        Expectation::Created(at) => instant_differs(job.times().creation, *at),
        Expectation::Modified(at) => instant_differs(job.times().modification, *at),
        Expectation::TransferCompleted(at) => match (job.times().transfer_completion, at) {
            (Some(was), Some(at)) => instant_differs(was, *at),
            (Some(was), None) => Some(format!("transfer completed {}", Instant(was))),
            (None, Some(_)) => Some("transfer never completed".to_owned()),
            (None, None) => None,
        },
        Expectation::Purged(purged) => differs_in(run.purged, *purged, "purged", "not purged"),
        Expectation::InQueue(queued) => {
            differs_in(!job.state().is_final(), *queued, "in the queue", "not in the queue")
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
fn instant_differs(was: DateTime<Utc>, expected: DateTime<Utc>) -> Option<String> {
    let fits = was == expected
        || (expected.timestamp_subsec_nanos() == 0 && was.timestamp() == expected.timestamp());
    (!fits).then(|| Instant(was).to_string())
}

fn so_much_of(done: u64, total: Option<u64>) -> String {
    format!("{} of {}", Size(done), MaybeSize(total))
}

fn describe(error: Option<&JobError>, job: &JobStateMachine) -> String {
    match error {
        None => "no error object".to_owned(),
        Some(error) => match file_of(error, job) {
            Some(file) => {
                format!("error {} in {} of {}", Code(error.code()), error.context(), Name(file))
            }
            None => format!("error {} in {}", Code(error.code()), error.context()),
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
