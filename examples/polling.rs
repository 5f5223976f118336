//! A downloader that polls. It waits for its job, notices when nothing moves any more, and then says
//! that the file is to be fetched another way. Whatever happens, no job of it is left behind.
//!
//! Run it: `cargo run --example polling`

use std::time::Duration;

use bits_emulator::{Completion, Emulator, Error, Fault, HResult, Job, JobState, JobType, Session};

/// How the file was got, or why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fetched {
    ByBits,
    /// It is to be fetched another way.
    NotByBits(Reason),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// BITS did not take the job.
    Refused(HResult),
    /// The job failed for good.
    Failed(HResult),
    /// Nothing moved for too long; the last error, if there was one.
    Stuck(Option<HResult>),
    /// Another client ended the job.
    Gone,
    /// BITS did not answer any more.
    Silent(HResult),
}

/// How long the downloader waits.
pub(crate) struct Patience {
    pub(crate) between_polls: Duration,
    pub(crate) without_progress: Duration,
    /// How many calls in a row may fail.
    pub(crate) failed_calls: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            between_polls: Duration::from_secs(5),
            without_progress: Duration::from_secs(1_800),
            failed_calls: 3,
        }
    }
}

/// Downloads one file. `wait` sleeps in the application, and moves the clock in a test.
pub(crate) fn fetch(
    session: &Session,
    (url, path): (&str, &str),
    patience: &Patience,
    wait: &mut dyn FnMut(Duration),
) -> Fetched {
    let mut job = match session.create_job("app update", JobType::Download) {
        Ok(job) => job,
        Err(error) => return Fetched::NotByBits(Reason::Refused(error.code())),
    };
    let begun = begin(&job, url, path).map_err(|error| Reason::Refused(error.code()));
    match begun.and_then(|()| follow(session, &mut job, patience, wait)) {
        Ok(()) => Fetched::ByBits,
        Err(reason) => {
            // Fails if the job is gone already, which is as well.
            let _ = job.cancel();
            Fetched::NotByBits(reason)
        }
    }
}

fn begin(job: &Job, url: &str, path: &str) -> Result<(), Error> {
    job.add_file(url, path)?;
    job.set_minimum_retry_delay(Duration::from_secs(60))?;
    job.resume()
}

/// Waits until the file is there.
fn follow(
    session: &Session,
    job: &mut Job,
    patience: &Patience,
    wait: &mut dyn FnMut(Duration),
) -> Result<(), Reason> {
    let (mut seen, mut idle, mut failed_calls) = (0, Duration::ZERO, 0);
    loop {
        match look(job) {
            Ok(Look::Done) => return Ok(()),
            Ok(Look::Over(reason)) => return Err(reason),
            Ok(Look::Moving(bytes)) if bytes != seen => (seen, idle) = (bytes, Duration::ZERO),
            Ok(Look::Moving(_)) if idle >= patience.without_progress => {
                return Err(Reason::Stuck(job.error().ok().map(|error| error.code())));
            }
            Ok(Look::Moving(_)) => {}
            Err(error) if failed_calls >= patience.failed_calls => {
                return Err(Reason::Silent(error.code()));
            }
            Err(error) => {
                // The service ended: what the process held is dead, and the job is found by its id.
                if matches!(error, Error::ServiceUnavailable { .. })
                    && session.reconnect().is_ok()
                    && let Ok(found) = session.job(job.id())
                {
                    *job = found;
                }
                failed_calls += 1;
                wait(patience.between_polls);
                continue;
            }
        }
        failed_calls = 0;
        idle += patience.between_polls;
        wait(patience.between_polls);
    }
}

enum Look {
    Moving(u64),
    Done,
    Over(Reason),
}

fn look(job: &Job) -> Result<Look, Error> {
    Ok(match job.state()? {
        JobState::Transferred => match job.complete() {
            Ok(Completion::All | Completion::FilesLeft) => Look::Done,
            Ok(Completion::Partial) => Look::Over(Reason::Gone),
            // A virus scanner has the file: the next poll tries again (DONE-07).
            Err(Error::RenameFailed { .. }) => Look::Moving(job.progress()?.bytes_transferred),
            Err(error) => return Err(error),
        },
        JobState::Error => Look::Over(Reason::Failed(job.error()?.code())),
        // The answer to our Complete may have been lost: the file is there.
        JobState::Acknowledged => Look::Done,
        JobState::Cancelled => Look::Over(Reason::Gone),
        JobState::Suspended => {
            job.resume()?;
            Look::Moving(job.progress()?.bytes_transferred)
        }
        JobState::Queued
        | JobState::Connecting
        | JobState::Transferring
        | JobState::TransientError => Look::Moving(job.progress()?.bytes_transferred),
    })
}

fn main() {
    let emulator = Emulator::new();
    emulator
        .server("https://example.com")
        .file("/app.exe", 50 << 20)
        .fails(Fault::http(503).times(2));
    let session = emulator.connect("alice");
    let fetched = fetch(
        &session,
        ("https://example.com/app.exe", r"C:\app\app.exe"),
        &Patience::default(),
        &mut |time| {
            emulator.advance(time);
        },
    );
    println!("{fetched:?} at {}", emulator.now());
}
