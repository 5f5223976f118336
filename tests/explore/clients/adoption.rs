//! Bugs of how a job is found again, and of whose it is.

use bits_emulator::explore::Life;
use bits_emulator::settings::JobProperty;
use bits_emulator::uuid::Uuid;
use bits_emulator::{Callback, Error, HResult, Job, JobId, JobState, JobType};

use super::{
    Failed, Followed, NAME, PATH, POLL, URL, add_and_resume, again_and_again, begin, carefully,
    end, follow, succeed,
};

fn is_done(life: &Life) -> bool {
    life.store().get("done").is_some() || life.file_exists(PATH)
}

/// A name that no other program gives to its jobs.
const OWN_NAME: &str = "app update of C:\\app, 6f1d2c52";

/// Takes any job of its name for its own, though the name may be anybody's.
pub(crate) fn adopts_by_name(life: &Life) -> Result<(), Failed> {
    adopts(life, NAME, |job| Ok(!job.files()?.is_empty()))
}

/// Takes a job for its own that has a name of its own and its file. The name alone says whose a job is that
/// a kill left behind without a file.
pub(crate) fn adopts_by_a_name_of_its_own(life: &Life) -> Result<(), Failed> {
    adopts(life, OWN_NAME, |job| {
        let files = job.files()?;
        let [file] = &*files else { return Ok(false) };
        Ok(file.remote_name()? == URL && file.local_name()? == PATH)
    })
}

fn adopts(
    life: &Life,
    name: &str,
    is_usable: impl Fn(&Job) -> Result<bool, Error>,
) -> Result<(), Failed> {
    again_and_again(life, || {
        if is_done(life) {
            return Ok(succeed(life));
        }
        let mut own = None;
        for job in life.session().jobs()? {
            if job.display_name()? != name {
                continue;
            }
            if own.is_none() && job.state()? != JobState::Error && is_usable(&job)? {
                own = Some(job);
            } else {
                let _ = job.cancel()?;
            }
        }
        let job = match own {
            Some(job) => job,
            None => {
                let job = life.session().create_job(name, JobType::Download)?;
                add_and_resume(&job).inspect_err(|_| _ = job.cancel())?;
                job
            }
        };
        follow(life, &job)
    })
}

fn stored_job(life: &Life) -> Option<JobId> {
    life.store().get("job").and_then(|id| id.parse().ok())
}

fn store_job(life: &Life, job: &Job) {
    life.store().set("job", job.id().to_string());
}

/// Finds its job by the id that it stored, which it does only after the job was resumed: a crash in between
/// leaves the job behind.
pub(crate) fn stores_the_id_late(life: &Life) -> Result<(), Failed> {
    again_and_again(life, || {
        if is_done(life) {
            return Ok(succeed(life));
        }
        let known = stored_job(life).and_then(|id| life.session().job(id).ok());
        let job = match known {
            Some(job) => job,
            None => {
                let job = begin(life)?;
                store_job(life, &job);
                job
            }
        };
        follow(life, &job)
    })
}

/// Finds its job by the id that it stored as soon as there was one. A job of its name whose id was not
/// stored is one of a life that ended right after CreateJob.
pub(crate) fn stores_the_id_at_once(life: &Life) -> Result<(), Failed> {
    again_and_again(life, || {
        if is_done(life) {
            return Ok(succeed(life));
        }
        let id = stored_job(life);
        for job in life.session().jobs()? {
            let is_ours = Some(job.id()) == id && !job.files()?.is_empty();
            if !is_ours && job.display_name()? == NAME {
                job.cancel()?;
            }
        }
        let job = match id.and_then(|id| life.session().job(id).ok()) {
            Some(job) if job.state()? != JobState::Cancelled => job,
            _ => {
                let job = life.session().create_job(NAME, JobType::Download)?;
                store_job(life, &job);
                add_and_resume(&job).inspect_err(|_| _ = job.cancel())?;
                job
            }
        };
        follow(life, &job)
    })
}

/// Leaves its job behind, SUSPENDED, when AddFile fails.
pub(crate) fn leaves_an_empty_job(life: &Life) -> Result<(), Failed> {
    let begun = life.session().create_job(NAME, JobType::Download).and_then(|job| {
        add_and_resume(&job)?;
        Ok(job)
    });
    let job = begun.map_err(|error| error.to_string())?;
    follow(life, &job).unwrap_or_else(|error| {
        let _ = job.cancel();
        Err(error.to_string())
    })
}

/// Finds a job of its name and goes on with it, as a further life of its own would: another process of the user
/// does the same with the same job.
pub(crate) fn adopts_without_a_lock(life: &Life) -> Result<(), Failed> {
    carefully(life, follow)
}

/// Holds a lock while it has the job; the other process waits, and finds the work done.
pub(crate) fn adopts_under_a_lock(life: &Life) -> Result<(), Failed> {
    let _lock = life.store().lock("update");
    carefully(life, follow)
}

/// The class of the other process of the user that serves the same job.
pub(crate) const OTHER: Uuid = Uuid::from_u128(7);

/// The object of the other process: it completes the job when it is told of it for the second time. In
/// between BITS waits for the minimum retry delay.
pub(crate) struct OtherProcess;

impl Callback for OtherProcess {
    fn job_transferred(&self, job: &Job) -> HResult {
        let completes = || {
            if job.description()? == "told" {
                return job.complete().map(|_| HResult::S_OK);
            }
            job.set_description("told").map(|()| HResult::E_FAIL)
        };
        completes().unwrap_or_else(|error| error.code())
    }
}

/// Takes it for a failure that another process of the same user completed the job first.
pub(crate) fn is_alone(life: &Life) -> Result<(), Failed> {
    shares(life, |_, job, refusal| {
        let _ = job.cancel();
        Ok(Err(refusal.to_string()))
    })
}

/// Looks what became of the job if Complete is refused: another process may have completed it.
pub(crate) fn is_not_alone(life: &Life) -> Result<(), Failed> {
    shares(life, |life, job, refusal| match job.state()? {
        JobState::Acknowledged => Ok(succeed(life)),
        _ => Err(refusal),
    })
}

fn shares(life: &Life, refused: impl Fn(&Life, &Job, Error) -> Followed) -> Result<(), Failed> {
    carefully(life, |life, job| {
        job.set_property(JobProperty::NotificationClsid(OTHER))?;
        loop {
            if job.state()? == JobState::Transferred {
                match job.complete() {
                    Ok(_) => return Ok(succeed(life)),
                    Err(error) => return refused(life, job, error),
                }
            }
            if let Some(ended) = end(life, job)? {
                return Ok(ended);
            }
            life.session().sleep(POLL);
        }
    })
}
