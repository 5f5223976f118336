//! Bugs of how handles and callbacks are used.

use std::time::Duration;

use bits_emulator::explore::Life;
use bits_emulator::{Job, Notification};

use super::{Failed, POLL, carefully, end};

/// How often a call may fail before it is believed.
const TRIES: u32 = 5;
/// How long a downloader waits for a callback before it looks itself.
const PATIENCE: Duration = Duration::from_secs(600);

/// Takes a call that fails for a trifle, and makes it again: through a handle of an earlier run of the service
/// it never succeeds.
pub(crate) fn keeps_a_dead_handle(life: &Life) -> Result<(), Failed> {
    carefully(life, |life, job| {
        let mut failed = 0;
        loop {
            match end(life, job) {
                Ok(Some(ended)) => return Ok(ended),
                Ok(None) => failed = 0,
                Err(_) if failed < TRIES => failed += 1,
                Err(error) => return Err(error),
            }
            life.session().sleep(POLL);
        }
    })
}

/// Lets a scanner look at the files in its callback, for a minute in which BITS waits for it.
pub(crate) fn waits_in_its_callback(life: &Life) -> Result<(), Failed> {
    carefully(life, |life, job| {
        let session = life.session().clone();
        job.set_notify_interface(move |_: Job, told| {
            if told == Notification::JobTransferred {
                session.sleep(Duration::from_secs(60));
            }
        })?;
        loop {
            if let Some(ended) = end(life, job)? {
                return Ok(ended);
            }
            let _ = life.session().wait(PATIENCE);
        }
    })
}
