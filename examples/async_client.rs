//! An async downloader: its callback sends on a channel, and its task waits for that, but no longer than a day.
//! Virtual time passes whenever all tasks wait.
//!
//! Run it: `cargo run --example async_client`

use std::time::Duration;

use bits_emulator::{Callback, Emulator, Error, HResult, Job, JobError, JobType, Session};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// What BITS tells of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Transferred,
    Failed(HResult),
}

/// Hands on what it is told.
struct Sends(UnboundedSender<Told>);

impl Sends {
    /// A task that has ended need not be told again.
    fn send(&self, told: Told) -> HResult {
        let _ = self.0.send(told);
        HResult::S_OK
    }
}

impl Callback for Sends {
    fn job_transferred(&self, _: &Job) -> HResult {
        self.send(Told::Transferred)
    }

    fn job_error(&self, _: &Job, error: &JobError) -> HResult {
        self.send(Told::Failed(error.code()))
    }
}

/// How long a download may take.
const DAY: Duration = Duration::from_secs(86_400);

/// Downloads a file; the code is that of the job's error, or `E_ABORT` after a day.
pub(crate) async fn fetch(
    session: &Session,
    url: &str,
    path: &str,
) -> Result<Result<(), HResult>, Error> {
    let job = session.create_job("app update", JobType::Download)?;
    job.add_file(url, path)?;
    let (sender, mut receiver) = unbounded_channel();
    job.set_notify_interface(Sends(sender))?;
    job.resume()?;
    let told = tokio::select! {
        // Without it tokio draws at random which branch it looks at first.
        biased;
        told = receiver.recv() => told,
        () = session.timer(DAY) => None,
    };
    // A channel that is closed told nothing: the service has ended, say.
    match told.unwrap_or(Told::Failed(HResult::E_ABORT)) {
        Told::Transferred => job.complete().map(|_| Ok(())),
        Told::Failed(code) => job.cancel().map(|_| Err(code)),
    }
}

fn main() -> Result<(), Error> {
    let emulator = Emulator::new();
    let server = emulator.server("https://example.com");
    server.file("/app.exe", 10 << 20).fails(503);
    server.file("/app.dll", 1 << 20);
    let session = emulator.connect("alice");
    let (program, library) = session.block_on(async {
        tokio::join!(
            fetch(&session, "https://example.com/app.exe", r"C:\app\app.exe"),
            fetch(&session, "https://example.com/app.dll", r"C:\app\app.dll"),
        )
    });
    println!("at {}: {:?} and {:?}", emulator.now(), program?, library?);
    Ok(())
}
