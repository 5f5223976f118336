//! A small downloader, and its first tests: a busy server, a missing file, a network that goes away, an operator.
//!
//! Run it: `cargo run --example first_tests`

use std::time::Duration;

use bits_emulator::{
    Completion, Emulator, Error, Fault, Hook, JobState, JobType, Method, Session, User,
};

const URL: &str = "https://example.com/app.exe";
const PATH: &str = r"C:\app\app.exe";

// ANCHOR: downloader
/// Downloads the update. Returns whether it is there; if not, the caller fetches it another way.
fn download(session: &Session) -> Result<bool, Error> {
    let job = session.create_job("app update", JobType::Download)?;
    job.add_file(URL, PATH)?;
    job.set_minimum_retry_delay(Duration::from_secs(60))?;
    job.set_no_progress_timeout(Duration::from_secs(3_600))?;
    job.resume()?;
    loop {
        match job.state()? {
            JobState::Transferred => return Ok(job.complete()? == Completion::All),
            JobState::Error => {
                let _ = job.cancel()?;
                return Ok(false);
            }
            JobState::Acknowledged | JobState::Cancelled => return Ok(false),
            JobState::Suspended => job.resume()?,
            JobState::Queued
            | JobState::Connecting
            | JobState::Transferring
            | JobState::TransientError => {}
        }
        session.sleep(Duration::from_secs(5));
    }
}
// ANCHOR_END: downloader

// ANCHOR: tests
/// A computer and a server with the file.
fn world() -> (Emulator, Session) {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", 10 << 20);
    let session = emulator.connect("alice");
    (emulator, session)
}

fn a_busy_server_is_waited_for() -> Result<(), Error> {
    let (emulator, session) = world();
    let file = emulator.server("https://example.com").resource("/app.exe");
    file.fails(Fault::http(503).times(2));
    assert!(download(&session)?);
    assert!(emulator.disk().exists(PATH));
    Ok(())
}

fn a_missing_file_leaves_no_job_behind() -> Result<(), Error> {
    let (emulator, session) = world();
    emulator.server("https://example.com").resource("/app.exe").fails(404);
    assert!(!download(&session)?);
    assert_eq!(session.jobs()?.total(), 0);
    Ok(())
}

fn a_network_that_stays_away_ends_the_wait() -> Result<(), Error> {
    let (emulator, session) = world();
    let network = emulator.clone();
    emulator.hook(Hook::run(Method::GetState, move || network.disconnect_network()).after(1));
    assert!(!download(&session)?);
    Ok(())
}

fn an_operator_may_cancel_the_job() -> Result<(), Error> {
    let (emulator, session) = world();
    let operator = emulator.connect(User::new("bob").administrator());
    let cancel = move || {
        for job in operator.jobs_of_all_users().unwrap() {
            let _ = job.cancel().unwrap();
        }
    };
    emulator.hook(Hook::run(Method::GetState, cancel).after(1));
    assert!(!download(&session)?);
    Ok(())
}
// ANCHOR_END: tests

pub(crate) fn main() -> Result<(), Error> {
    a_busy_server_is_waited_for()?;
    a_missing_file_leaves_no_job_behind()?;
    a_network_that_stays_away_ends_the_wait()?;
    an_operator_may_cancel_the_job()?;
    println!("four tests passed");
    Ok(())
}
