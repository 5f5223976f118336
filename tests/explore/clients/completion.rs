//! Bugs of how a job is completed.

use bits_emulator::explore::Life;
use bits_emulator::{Error, Job, JobState, JobType};

use super::{Failed, Followed, NAME, POLL, again_and_again, carefully, end, fail, follow, succeed};

/// Completes as soon as all bytes are there, though the job is still TRANSFERRING: an empty file has all
/// of them from the beginning.
pub(crate) fn completes_early(life: &Life) -> Result<(), Failed> {
    carefully(life, follow_the_bytes)
}

fn follow_the_bytes(life: &Life, job: &Job) -> Followed {
    loop {
        let progress = job.progress()?;
        if progress.bytes_total == Some(progress.bytes_transferred) {
            return match job.complete() {
                Ok(_) => Ok(succeed(life)),
                Err(error) => fail(job, error),
            };
        }
        if matches!(job.state()?, JobState::Error | JobState::Suspended | JobState::Cancelled) {
            return fail(job, "the job failed");
        }
        life.session().sleep(POLL);
    }
}

pub(crate) const UPLOAD_URL: &str = "https://example.com/in/report.txt";
pub(crate) const UPLOAD_PATH: &str = r"C:\data\report.txt";

/// Completes an upload as soon as all bytes are sent: the reply is still under way.
pub(crate) fn completes_an_upload_early(life: &Life) -> Result<(), Failed> {
    uploads(life, follow_the_bytes)
}

/// Completes an upload that is TRANSFERRED.
pub(crate) fn completes_an_upload(life: &Life) -> Result<(), Failed> {
    uploads(life, follow)
}

fn uploads(life: &Life, follow: impl Fn(&Life, &Job) -> Followed) -> Result<(), Failed> {
    again_and_again(life, || {
        if life.store().get("done").is_some() {
            return Ok(Ok(()));
        }
        // What an earlier attempt sent is of no use to this one; the server takes a report twice.
        for job in life.session().jobs()? {
            job.cancel()?;
        }
        let job = life.session().create_job(NAME, JobType::UploadReply)?;
        begin_upload(&job).inspect_err(|_| _ = job.cancel())?;
        follow(life, &job)
    })
}

fn begin_upload(job: &Job) -> Result<(), Error> {
    job.add_file(UPLOAD_URL, UPLOAD_PATH)?;
    job.resume()
}

/// Takes the success code of a partial completion for success.
pub(crate) fn takes_partial_for_success(life: &Life) -> Result<(), Failed> {
    carefully(life, |life, job| {
        loop {
            if matches!(job.state()?, JobState::Transferred | JobState::Error) {
                let _ = job.complete()?;
                return Ok(succeed(life));
            }
            if let Some(ended) = end(life, job)? {
                return Ok(ended);
            }
            life.session().sleep(POLL);
        }
    })
}

/// Reports success whatever Complete says.
pub(crate) fn ignores_a_failed_complete(life: &Life) -> Result<(), Failed> {
    carefully(life, |life, job| {
        loop {
            if job.state()? == JobState::Transferred {
                let _ = job.complete();
                return Ok(succeed(life));
            }
            if let Some(ended) = end(life, job)? {
                return Ok(ended);
            }
            life.session().sleep(POLL);
        }
    })
}
