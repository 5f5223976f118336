//! Downloaders with a bug each, and one without.

use std::time::Duration;

use bits_emulator::explore::Life;
use bits_emulator::{Completion, Error, Job, JobState, JobType};

pub(crate) const URL: &str = "https://example.com/app.exe";
pub(crate) const PATH: &str = r"C:\app\app.exe";
const NAME: &str = "app update";
const POLL: Duration = Duration::from_secs(4);

/// Why a downloader gave up.
pub(crate) type Failed = String;

fn failed(error: Error) -> Failed {
    error.to_string()
}

/// A new job with its file, resumed.
fn begin(life: &Life) -> Result<Job, Error> {
    let job = life.session().create_job(NAME, JobType::Download)?;
    add_and_resume(&job).inspect_err(|_| _ = job.cancel())?;
    Ok(job)
}

fn add_and_resume(job: &Job) -> Result<(), Error> {
    job.add_file(URL, PATH)?;
    job.set_minimum_retry_delay(Duration::from_secs(60))?;
    job.set_no_progress_timeout(Duration::from_secs(3_600))?;
    job.resume()
}

/// Waits until the job is not at work.
fn wait(life: &Life, job: &Job) -> Result<JobState, Error> {
    loop {
        match job.state()? {
            JobState::Queued
            | JobState::Connecting
            | JobState::Transferring
            | JobState::TransientError => life.session().sleep(POLL),
            state => return Ok(state),
        }
    }
}

fn give_up(job: &Job, why: impl std::fmt::Display) -> Result<(), Failed> {
    let _ = job.cancel();
    Err(why.to_string())
}

/// Completes as soon as all bytes are there, though the job is still TRANSFERRING: an empty file has all
/// of them from the beginning.
pub(crate) fn completes_early(life: &Life) -> Result<(), Failed> {
    let job = begin(life).map_err(failed)?;
    loop {
        let progress = job.progress().map_err(failed)?;
        if progress.bytes_total == Some(progress.bytes_transferred) {
            return match job.complete() {
                Ok(_) => Ok(()),
                Err(error) => give_up(&job, error),
            };
        }
        if job.state() == Ok(JobState::Error) {
            return give_up(&job, "the job failed");
        }
        life.session().sleep(POLL);
    }
}

/// Takes the success code of a partial completion for success.
pub(crate) fn takes_partial_for_success(life: &Life) -> Result<(), Failed> {
    let job = begin(life).map_err(failed)?;
    let _ = wait(life, &job).map_err(failed)?;
    match job.complete() {
        Ok(Completion::All | Completion::Partial | Completion::FilesLeft) => Ok(()),
        Err(error) => give_up(&job, error),
    }
}

/// Its loop lists the states of a job at work, and forgets TRANSIENT_ERROR.
pub(crate) fn forgets_a_state(life: &Life) -> Result<(), Failed> {
    let job = begin(life).map_err(failed)?;
    loop {
        match job.state().map_err(failed)? {
            JobState::Queued | JobState::Connecting | JobState::Transferring => {
                life.session().sleep(POLL);
            }
            JobState::Transferred => return job.complete().map(|_| ()).map_err(failed),
            state => return give_up(&job, state),
        }
    }
}

/// Waits for TRANSFERRED or ERROR, and for ever for a job that an operator cancelled.
pub(crate) fn waits_for_a_cancelled_job(life: &Life) -> Result<(), Failed> {
    let job = begin(life).map_err(failed)?;
    loop {
        match job.state().map_err(failed)? {
            JobState::Transferred => return job.complete().map(|_| ()).map_err(failed),
            JobState::Error => return give_up(&job, "the job failed"),
            _ => life.session().sleep(POLL),
        }
    }
}

/// Stores the id of its job only after it was resumed: a crash in between leaves the job behind.
pub(crate) fn stores_the_id_late(life: &Life) -> Result<(), Failed> {
    let known = life.store().get("job").and_then(|id| id.parse().ok());
    let job = match known.and_then(|id| life.session().job(id).ok()) {
        Some(job) => job,
        None => {
            let job = begin(life).map_err(failed)?;
            life.store().set("job", job.id().to_string());
            job
        }
    };
    finish(life, &job)
}

/// Reads the state, and then the error: by then the object may be gone, of which it makes a panic.
pub(crate) fn reads_state_and_then_error(life: &Life) -> Result<(), Failed> {
    let job = begin(life).map_err(failed)?;
    loop {
        match job.state().map_err(failed)? {
            JobState::Transferred => return job.complete().map(|_| ()).map_err(failed),
            JobState::Error | JobState::TransientError => {
                let error = job.error().expect("a job in an error state has an error");
                if job.state() == Ok(JobState::Error) {
                    return give_up(&job, error.code());
                }
                life.session().sleep(POLL);
            }
            JobState::Cancelled | JobState::Acknowledged => return Err("it is gone".to_owned()),
            _ => life.session().sleep(POLL),
        }
    }
}

/// Leaves its job behind, SUSPENDED, when AddFile fails.
pub(crate) fn leaves_an_empty_job(life: &Life) -> Result<(), Failed> {
    let job = life.session().create_job(NAME, JobType::Download).map_err(failed)?;
    add_and_resume(&job).map_err(failed)?;
    finish(life, &job)
}

/// Resumes a job in ERROR, whatever the error, without end.
pub(crate) fn resumes_for_ever(life: &Life) -> Result<(), Failed> {
    let job = begin(life).map_err(failed)?;
    loop {
        match wait(life, &job).map_err(failed)? {
            JobState::Transferred => return job.complete().map(|_| ()).map_err(failed),
            JobState::Error | JobState::Suspended => {
                life.session().sleep(POLL);
                job.resume().map_err(failed)?;
            }
            state => return Err(state.to_string()),
        }
    }
}

/// Reports success whatever Complete says.
pub(crate) fn ignores_a_failed_complete(life: &Life) -> Result<(), Failed> {
    let job = begin(life).map_err(failed)?;
    match wait(life, &job).map_err(failed)? {
        JobState::Transferred => {
            let _ = job.complete();
            Ok(())
        }
        state => give_up(&job, state),
    }
}

fn finish(life: &Life, job: &Job) -> Result<(), Failed> {
    match wait(life, job) {
        Ok(JobState::Transferred) => match job.complete() {
            Ok(Completion::All) => Ok(()),
            Ok(kept) => give_up(job, format!("{kept:?}")),
            Err(error) => give_up(job, error),
        },
        Ok(JobState::Acknowledged | JobState::Cancelled) => Err("another one ended it".to_owned()),
        Ok(state) => give_up(job, state),
        Err(error) => give_up(job, error),
    }
}

/// A downloader that survives: it cleans up what earlier lives left behind, ends its job whatever happens,
/// and reports success only if the file is there. A call that fails begins its whole attempt anew; the
/// job is found again by its name.
pub(crate) fn survives(life: &Life) -> Result<(), Failed> {
    let mut last = None;
    for _ in 0..ATTEMPTS {
        match attempt(life) {
            Err(error) => {
                last = Some(error);
                life.session().sleep(LONG_ENOUGH);
                let _ = life.session().reconnect();
            }
            Ok(ended) => return ended,
        }
    }
    Err(last.map_or_else(String::new, |error| error.to_string()))
}

/// How often a downloader that survives tries, and how long it waits in between: longer than a user
/// is away or a disk is full in these tests.
const ATTEMPTS: u32 = 10;
const LONG_ENOUGH: Duration = Duration::from_secs(120);

/// One attempt: what it came to, or the call that failed.
fn attempt(life: &Life) -> Result<Result<(), Failed>, Error> {
    if life.store().get("done").is_some() {
        return Ok(Ok(()));
    }
    let job = match adopt(life)? {
        Some(job) => job,
        // The process was killed between Complete and the note of it.
        None if life.file_exists(PATH) => return Ok(succeed(life)),
        None => begin(life)?,
    };
    loop {
        match job.state()? {
            JobState::Transferred => {
                return Ok(match job.complete()? {
                    Completion::All | Completion::FilesLeft => succeed(life),
                    Completion::Partial => Err("files are missing".to_owned()),
                });
            }
            JobState::Error => {
                let code = job.error().map_or_else(|error| error.code(), |error| error.code());
                job.cancel()?;
                return Ok(Err(code.to_string()));
            }
            JobState::Suspended => job.resume()?,
            JobState::Cancelled => return Ok(Err("another one cancelled it".to_owned())),
            JobState::Acknowledged => return Ok(succeed(life)),
            _ => life.session().sleep(POLL),
        }
    }
}

fn succeed(life: &Life) -> Result<(), Failed> {
    life.store().set("done", "yes");
    Ok(())
}

/// The job that an earlier attempt or life left behind, if it has its file; others of its name are cancelled.
fn adopt(life: &Life) -> Result<Option<Job>, Error> {
    let mut found = None;
    for job in life.session().jobs()? {
        if job.display_name()? != NAME {
            continue;
        }
        if found.is_none() && job.files()?.len() == 1 && job.state()? != JobState::Error {
            found = Some(job);
        } else {
            job.cancel()?;
        }
    }
    Ok(found)
}
