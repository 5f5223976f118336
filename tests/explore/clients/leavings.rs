//! Bugs of what downloaders leave behind.

use bits_emulator::explore::Life;
use bits_emulator::{Completion, Error, Job, JobState};

use super::{Failed, NAME, POLL, again_and_again, begin, end, find_or_begin, succeed};

/// Begins anew when the network is lost, though what is cancelled may leave its temporary files.
pub(crate) fn begins_anew_after_trouble(life: &Life) -> Result<(), Failed> {
    again_and_again(life, || {
        while let Some(job) = find_or_begin(life)? {
            while job.state()? != JobState::TransientError {
                if let Some(ended) = end(life, &job)? {
                    return Ok(ended);
                }
                life.session().sleep(POLL);
            }
            let _ = job.cancel()?;
            life.session().sleep(POLL);
        }
        Ok(succeed(life))
    })
}

/// Is started now and then, and leaves its job at work. It begins another one beside a job that failed.
pub(crate) fn leaves_what_failed(life: &Life) -> Result<(), Failed> {
    visits(life, |_| Ok(()))
}

/// Cancels a job that failed, and begins anew.
pub(crate) fn cancels_what_failed(life: &Life) -> Result<(), Failed> {
    visits(life, |job| job.cancel().map(drop))
}

fn visits(life: &Life, failed: impl Fn(&Job) -> Result<(), Error>) -> Result<(), Failed> {
    again_and_again(life, || {
        let mut is_under_way = false;
        for job in life.session().jobs()? {
            if job.display_name()? != NAME {
                continue;
            }
            match job.state()? {
                JobState::Error => failed(&job)?,
                JobState::Transferred => match job.complete()? {
                    Completion::All | Completion::FilesLeft | Completion::Partial => {
                        return Ok(Ok(()));
                    }
                },
                // Killed before it was resumed.
                JobState::Suspended => _ = job.cancel()?,
                _ => is_under_way = true,
            }
        }
        if !is_under_way {
            let _ = begin(life)?;
        }
        Ok(Ok(()))
    })
}
