//! A downloader that is tested in random worlds, with incidents at random times. It is shown with the bug that the
//! test finds, and without.
//!
//! Run it: `cargo run --example property_test --features proptest`

use std::time::Duration;

use bits_emulator::explore::strategies::{World, WorldFile, flawed_worlds, incidents};
use bits_emulator::explore::{Budget, Incident, Life};
use bits_emulator::{Error, JobState, JobType};
use proptest::test_runner::{Config, TestError, TestRunner};

/// What a test runs: it fetches files into their places.
type Downloader = fn(&Life, &[WorldFile]) -> Result<(), String>;

/// What a test found: the world and the incidents that are left of it.
pub(crate) type Found = TestError<(World, Vec<(Duration, Incident)>)>;

/// Tests a downloader.
pub(crate) fn tested(downloader: Downloader, config: Config) -> Result<(), Found> {
    let budget = Budget::default().network(1).http([503, 404]).operator_cancel(1).kill(1);
    let cases = (flawed_worlds(1..=3), incidents(budget, Duration::from_secs(3600)));
    TestRunner::new(config)
        .run(&cases, |(world, incidents)| world.program(downloader).incidents(incidents).test())
}

/// Waits for the files, and for nothing else: of a job that failed, or was cancelled, for ever.
pub(crate) fn waits_for_ever(life: &Life, files: &[WorldFile]) -> Result<(), String> {
    download(life, files, false).map_err(|error| error.to_string())?
}

/// The same without the bug.
pub(crate) fn gives_up(life: &Life, files: &[WorldFile]) -> Result<(), String> {
    download(life, files, true).map_err(|error| error.to_string())?
}

fn download(life: &Life, files: &[WorldFile], gives_up: bool) -> Result<Result<(), String>, Error> {
    let session = life.session();
    // Of a life that was killed.
    for job in session.jobs()? {
        let _ = job.cancel()?;
    }
    let job = session.create_job("update", JobType::Download)?;
    for file in files {
        let _ = job.add_file(file.url(), file.local.as_str())?;
    }
    job.resume()?;
    loop {
        match job.state()? {
            JobState::Transferred => return job.complete().map(|_| Ok(())),
            JobState::Error if gives_up => {
                let why = job.error()?.to_string();
                let _ = job.cancel()?;
                return Ok(Err(why));
            }
            JobState::Cancelled | JobState::Acknowledged if gives_up => {
                return Ok(Err("the job is gone".to_owned()));
            }
            _ => session.sleep(Duration::from_secs(60)),
        }
    }
}

fn main() {
    if let Err(found) = tested(waits_for_ever, Config::default()) {
        println!("{found}");
    }
    if let Err(found) = tested(gives_up, Config::default()) {
        println!("{found}");
    }
}
