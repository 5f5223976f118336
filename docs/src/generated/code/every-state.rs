use bits_emulator::{Completion, Error, Job, JobState};

/// What became of a job; `None` while it is at work.
fn end(job: &Job) -> Result<Option<Result<(), String>>, Error> {
    Ok(Some(match job.state()? {
        JobState::Transferred => match job.complete()? {
            Completion::All | Completion::FilesLeft => Ok(()),
            Completion::Partial => Err("files are missing".to_owned()),
        },
        JobState::Error => {
            // The object may be gone by now: then the code of the refusal has to do.
            let code = job.error().map_or_else(|error| error.code(), |error| error.code());
            job.cancel()?;
            Err(code.to_string())
        }
        // Killed before Resume, or an operator's Suspend.
        JobState::Suspended => {
            job.resume()?;
            return Ok(None);
        }
        JobState::Cancelled => Err("another one cancelled it".to_owned()),
        JobState::Acknowledged => Ok(()),
        JobState::Queued
        | JobState::Connecting
        | JobState::Transferring
        | JobState::TransientError => return Ok(None),
    }))
}
# let emulator = bits_emulator::Emulator::new();
# let job = emulator.connect("alice").create_job("update", bits_emulator::JobType::Download)?;
# let _ = job.cancel()?;
# assert_eq!(end(&job)?, Some(Err("another one cancelled it".to_owned())));
# Ok::<(), bits_emulator::Error>(())
