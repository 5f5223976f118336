//! Downloaders with a bug each, and corrected ones. What all of them share is well written: whatever fails,
//! the whole attempt begins anew, and finds its job again.

pub(crate) mod adoption;
pub(crate) mod callbacks;
pub(crate) mod completion;
pub(crate) mod errors;
pub(crate) mod handles;
pub(crate) mod leavings;
pub(crate) mod loops;
pub(crate) mod plain_poller;
pub(crate) mod requests;
pub(crate) mod survivor;
pub(crate) mod tasks;

use std::time::Duration;

use bits_emulator::explore::Life;
use bits_emulator::{Completion, Emulator, Error, HResult, Job, JobState, JobType};

pub(crate) const URL: &str = "https://example.com/app.exe";
pub(crate) const PATH: &str = r"C:\app\app.exe";
pub(crate) const NAME: &str = "app update";
pub(crate) const POLL: Duration = Duration::from_secs(4);

/// How often a careful downloader tries, and how long it waits in between: longer than a user is away or
/// a disk is full in these tests.
const ATTEMPTS: u32 = 10;
const LONG_ENOUGH: Duration = Duration::from_secs(120);

/// Why a downloader gave up.
pub(crate) type Failed = String;

/// What became of a job that was followed to its end; or the call that failed, after which it is followed
/// again.
pub(crate) type Followed = Result<Result<(), Failed>, Error>;

/// The world of most of them: a server that has the file.
pub(crate) fn one_file(emulator: &Emulator) {
    emulator.server("https://example.com").file("/app.exe", 10 << 20);
}

/// A downloader that survives: it cleans up what earlier lives left behind, ends its job whatever happens,
/// and reports success only if the file is there.
pub(crate) fn survives(life: &Life) -> Result<(), Failed> {
    carefully(life, follow)
}

/// Follows its job with that function. A call that fails begins the whole attempt anew.
pub(crate) fn carefully(
    life: &Life,
    follow: impl Fn(&Life, &Job) -> Followed,
) -> Result<(), Failed> {
    again_and_again(life, || match find_or_begin(life)? {
        Some(job) => follow(life, &job),
        None => Ok(succeed(life)),
    })
}

/// Attempts until one comes to an end.
pub(crate) fn again_and_again(life: &Life, attempt: impl Fn() -> Followed) -> Result<(), Failed> {
    let mut last = String::new();
    for _ in 0..ATTEMPTS {
        match attempt() {
            Ok(ended) => return ended,
            Err(error) => last = error.to_string(),
        }
        life.session().sleep(LONG_ENOUGH);
        let _ = life.session().reconnect();
    }
    Err(last)
}

/// The job to follow; none if the work is done.
fn find_or_begin(life: &Life) -> Result<Option<Job>, Error> {
    if life.store().get("done").is_some() {
        return Ok(None);
    }
    match adopt(life)? {
        Some(job) => Ok(Some(job)),
        // The process was killed between Complete and the note of it.
        None if life.file_exists(PATH) => Ok(None),
        None => begin(life).map(Some),
    }
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

/// A new job with its file, resumed. If that fails it is cancelled.
pub(crate) fn begin(life: &Life) -> Result<Job, Error> {
    let job = life.session().create_job(NAME, JobType::Download)?;
    add_and_resume(&job).inspect_err(|_| _ = job.cancel())?;
    Ok(job)
}

pub(crate) fn add_and_resume(job: &Job) -> Result<(), Error> {
    job.add_file(URL, PATH)?;
    job.set_minimum_retry_delay(Duration::from_secs(60))?;
    job.set_no_progress_timeout(Duration::from_secs(3_600))?;
    job.resume()
}

/// Follows a job by polls.
pub(crate) fn follow(life: &Life, job: &Job) -> Followed {
    loop {
        if let Some(ended) = end(life, job)? {
            return Ok(ended);
        }
        life.session().sleep(POLL);
    }
}

/// Ends a job that is not at work any more.
pub(crate) fn end(life: &Life, job: &Job) -> Result<Option<Result<(), Failed>>, Error> {
    Ok(Some(match job.state()? {
        JobState::Transferred => match job.complete()? {
            Completion::All | Completion::FilesLeft => succeed(life),
            Completion::Partial => Err("files are missing".to_owned()),
        },
        JobState::Error => {
            let code = job.error().map_or_else(|error| error.code(), |error| error.code());
            return fail(job, code).map(Some);
        }
        JobState::Suspended => {
            job.resume()?;
            return Ok(None);
        }
        JobState::Cancelled => Err("another one cancelled it".to_owned()),
        JobState::Acknowledged => succeed(life),
        JobState::Queued
        | JobState::Connecting
        | JobState::Transferring
        | JobState::TransientError => return Ok(None),
    }))
}

pub(crate) fn fail(job: &Job, why: impl std::fmt::Display) -> Followed {
    job.cancel()?;
    Ok(Err(why.to_string()))
}

pub(crate) fn succeed(life: &Life) -> Result<(), Failed> {
    life.store().set("done", "yes");
    Ok(())
}

/// Whether BITS retries by itself after that code (ERR-30).
pub(crate) fn is_server_error(code: HResult) -> bool {
    [HResult::BG_E_HTTP_ERROR_500, HResult::BG_E_HTTP_ERROR_503, HResult::BG_E_HTTP_ERROR_504]
        .contains(&code)
}
