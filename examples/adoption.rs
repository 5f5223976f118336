//! A downloader that survives its own crashes. It stores the id of its job before the job begins, and
//! when it starts again it adopts the job that it finds under that id.
//!
//! Run it: `cargo run --example adoption`

use std::time::Duration;

use bits_emulator::{Completion, Emulator, Error, HResult, Job, JobId, JobState, JobType, Session};

const NAME: &str = "app update";

/// What the application keeps on its disk. It is there after a crash.
#[derive(Debug, Default)]
pub(crate) struct Store {
    pub(crate) job: Option<JobId>,
    pub(crate) done: bool,
}

/// Why a run of the application ended before its work was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// A call failed: crashed, or the service is away. The next run goes on.
    Call(Error),
    /// The job failed, and a new one would too.
    Failed(HResult),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

/// One run of the application: it goes on with what an earlier one began.
pub(crate) fn run(
    session: &Session,
    store: &mut Store,
    (url, path): (&str, &str),
    wait: &mut dyn FnMut(Duration),
) -> Result<(), Stop> {
    while !store.done {
        let job = match adopt(session, store)? {
            Some(job) => job,
            None => {
                let job = session.create_job(NAME, JobType::Download)?;
                // From here on no crash loses the job.
                store.job = Some(job.id());
                job
            }
        };
        // A crash may have come between CreateJob and AddFile, or before Resume.
        if job.files()?.is_empty() {
            job.add_file(url, path)?;
        }
        follow(&job, store, wait)?;
    }
    Ok(())
}

/// The job of an earlier run. What else bears our name was created by a call whose answer got lost.
fn adopt(session: &Session, store: &mut Store) -> Result<Option<Job>, Error> {
    for job in session.jobs()? {
        if job.display_name()? == NAME && Some(job.id()) != store.job {
            let _ = job.cancel()?;
        }
    }
    let Some(id) = store.job else { return Ok(None) };
    match session.job(id) {
        Ok(job) => Ok(Some(job)),
        // Cancelled by another client, or removed because it was abandoned.
        Err(error) if error.code() == HResult::BG_E_NOT_FOUND => {
            store.job = None;
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn follow(job: &Job, store: &mut Store, wait: &mut dyn FnMut(Duration)) -> Result<(), Stop> {
    loop {
        match job.state()? {
            JobState::Suspended => job.resume()?,
            JobState::Error => {
                // ERR-07: of a job that failed while we were not there the reason may be unknown.
                let code = job.error().map_or_else(|error| error.code(), |error| error.code());
                if code != HResult::BG_E_ERROR_INFORMATION_UNAVAILABLE {
                    let _ = job.cancel()?;
                    store.job = None;
                    return Err(Stop::Failed(code));
                }
                job.resume()?;
            }
            JobState::Transferred => {
                // A client that crashes here finds the file under its name and the job gone.
                store.done = job.complete()? != Completion::Partial;
                return Ok(());
            }
            JobState::Acknowledged => {
                store.done = true;
                return Ok(());
            }
            JobState::Cancelled => return Ok(()),
            JobState::Queued
            | JobState::Connecting
            | JobState::Transferring
            | JobState::TransientError => {}
        }
        wait(Duration::from_secs(5));
    }
}

fn main() {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", 50 << 20);
    let mut store = Store::default();
    let file = ("https://example.com/app.exe", r"C:\app\app.exe");
    for lifetime in [3, 4, u32::MAX] {
        let session = emulator.connect("alice");
        let mut polls = 0;
        let ended = run(&session, &mut store, file, &mut |time| {
            polls += 1;
            if polls == lifetime {
                session.kill();
            }
            emulator.advance(time);
        });
        println!("{ended:?} at {}, {store:?}", emulator.now());
    }
}
