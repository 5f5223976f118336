//! An async downloader: its callback sends on a channel, and its task waits for that. Virtual time passes
//! whenever the task waits.
//!
//! Run it: `cargo run --example async_client`

use std::time::Duration;

use bits_emulator::{Callback, Emulator, Error, HResult, Job, JobError, JobType, Session, User};
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

/// Downloads a file; the code is that of the job's error.
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
    // A channel that is closed told nothing: the service has ended, say.
    let told = receiver.recv().await.unwrap_or(Told::Failed(HResult::E_ABORT));
    match told {
        Told::Transferred => job.complete().map(|_| Ok(())),
        Told::Failed(code) => job.cancel().map(|_| Err(code)),
    }
}

/// Runs a client on this thread, and lets virtual time pass whenever it waits: for a week at most.
pub(crate) fn run<T>(emulator: &Emulator, client: impl Future<Output = T>) -> T {
    let runtime =
        tokio::runtime::Builder::new_current_thread().build().expect("it needs no driver");
    let end = emulator.now() + Duration::from_secs(7 * 86_400);
    runtime.block_on(async {
        let mut client = std::pin::pin!(client);
        loop {
            tokio::select! {
                biased;
                done = &mut client => return done,
                () = tokio::task::yield_now() => {
                    assert!(emulator.now() < end, "the client still waits: {}", emulator.trace());
                    emulator.advance(Duration::from_secs(1));
                }
            }
        }
    })
}

fn main() -> Result<(), Error> {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", 10 << 20).fails(503);
    let session = emulator.connect(User::new("alice"));
    let fetched =
        run(&emulator, fetch(&session, "https://example.com/app.exe", r"C:\app\app.exe"))?;
    println!("at {}: {fetched:?}", emulator.now());
    Ok(())
}
