//! A downloader that is called back. It completes its job inside the callback, and turns to a mirror
//! if the first server does not have the file.
//!
//! Run it: `cargo run --example callback`

use std::sync::{Arc, Mutex};

use bits_emulator::{
    Callback, Emulator, Error, HResult, Job, JobError, JobState, JobType, Session,
};

/// What became of a download.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Downloaded,
    FailedWith(HResult),
}

/// Follows one job. Any thread may call it, and more than once for the same thing (NOTIFY-20).
pub(crate) struct Downloader {
    mirrors: Mutex<Vec<String>>,
    result: Mutex<Option<Ending>>,
}

impl Downloader {
    /// Begins a download from the first server that has the file.
    pub(crate) fn begin(
        session: &Session,
        urls: &[&str],
        path: &str,
    ) -> Result<(Arc<Self>, Job), Error> {
        let mut mirrors: Vec<String> = urls.iter().rev().map(|url| (*url).to_owned()).collect();
        let first = mirrors.pop().unwrap_or_default();
        let downloader = Arc::new(Self { mirrors: Mutex::new(mirrors), result: Mutex::new(None) });
        let job = session.create_job("app update", JobType::Download)?;
        let prepare = || {
            job.add_file(&first, path)?;
            job.set_notify_interface(downloader.clone())?;
            job.resume()
        };
        match prepare() {
            Ok(()) => Ok((downloader, job)),
            Err(error) => {
                let _ = job.cancel();
                Err(error)
            }
        }
    }

    /// What became of it; `None` while it goes on.
    pub(crate) fn result(&self) -> Option<Ending> {
        *self.result.lock().unwrap()
    }

    fn end(&self, result: Ending) -> HResult {
        *self.result.lock().unwrap() = Some(result);
        HResult::S_OK
    }
}

impl Callback for Downloader {
    fn job_transferred(&self, job: &Job) -> HResult {
        match job.complete() {
            Ok(_) => self.end(Ending::Downloaded),
            // The answer was lost: the job is complete all the same.
            Err(_) if job.state() == Ok(JobState::Acknowledged) => self.end(Ending::Downloaded),
            // BITS calls again later, when the file is free perhaps (DONE-07).
            Err(error) => error.code(),
        }
    }

    fn job_error(&self, job: &Job, error: &JobError) -> HResult {
        let next = self.mirrors.lock().unwrap().pop();
        let done = match next {
            Some(url) => job.files().and_then(|files| {
                files.iter().try_for_each(|file| file.set_remote_name(&url))?;
                job.resume()
            }),
            None => job.cancel().map(|_| {
                self.end(Ending::FailedWith(error.code()));
            }),
        };
        done.map_or_else(|error| error.code(), |()| HResult::S_OK)
    }
}

fn main() -> Result<(), Error> {
    let emulator = Emulator::new();
    let _ = emulator.server("https://example.com");
    emulator.server("https://mirror.example.com").file("/app.exe", 50 << 20);
    let session = emulator.connect("alice");
    let urls = ["https://example.com/app.exe", "https://mirror.example.com/app.exe"];
    let (downloader, _) = Downloader::begin(&session, &urls, r"C:\app\app.exe")?;
    assert!(emulator.run_until_idle().is_at_rest());
    println!("{:?} at {}", downloader.result(), emulator.now());
    Ok(())
}
