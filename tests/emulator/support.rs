//! The world that most tests begin with: a server with one file, a client, and a download of that file.

use bits_emulator::{Emulator, Error, Job, JobType, Session, User};

pub(crate) const URL: &str = "https://example.com/app.exe";
pub(crate) const PATH: &str = r"C:\app\app.exe";
/// It takes ten seconds.
pub(crate) const SIZE: u64 = 10 << 20;

pub(crate) fn emulator() -> Emulator {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", SIZE);
    emulator
}

/// The emulator, and a session of alice.
pub(crate) fn world() -> (Emulator, Session) {
    let emulator = emulator();
    let session = emulator.connect(User::new("alice"));
    (emulator, session)
}

/// A job with the file, which is not resumed yet.
pub(crate) fn download(session: &Session) -> Result<Job, Error> {
    let job = session.create_job("update", JobType::Download)?;
    job.add_file(URL, PATH)?;
    Ok(job)
}

pub(crate) fn resumed_download(session: &Session) -> Result<Job, Error> {
    let job = download(session)?;
    job.resume()?;
    Ok(job)
}
