//! A downloader that is tested in random worlds, with incidents at random times: once with a bug, which the test
//! finds, and once without.
//!
//! Run it: `cargo run --example property_test --features proptest`

use std::error::Error;
use std::time::Duration;

use bits_emulator::explore::strategies::{World, WorldFile, flawed_worlds, incidents};
use bits_emulator::explore::{Budget, Incident, Life};
use bits_emulator::{Job, JobState, JobType};
use proptest::test_runner::{Config, TestError, TestRunner};

/// What is tested: it fetches files into their places.
type Downloader = fn(&Life, &[WorldFile]) -> Result<(), Box<dyn Error>>;

/// What a test found: the world and the incidents that are left of it.
pub(crate) type Found = TestError<(World, Vec<(Duration, Incident)>)>;

/// Tests a downloader.
pub(crate) fn tested(downloader: Downloader, config: Config) -> Result<(), Found> {
    let budget = Budget::default().network(1).http([503, 404]).operator_cancel(1).kill(1);
    let cases = (flawed_worlds(1..=3), incidents(budget, Duration::from_secs(3600)));
    TestRunner::new(config)
        .run(&cases, |(world, incidents)| world.program(downloader).incidents(incidents).test())
}

/// Takes the end of the work for success: Complete of a job in ERROR delivers what is there.
pub(crate) fn completes_anyhow(life: &Life, files: &[WorldFile]) -> Result<(), Box<dyn Error>> {
    let job = finished(life, files)?;
    let _ = job.complete()?;
    Ok(())
}

/// The same without the bug.
pub(crate) fn looks_first(life: &Life, files: &[WorldFile]) -> Result<(), Box<dyn Error>> {
    let job = finished(life, files)?;
    match job.state()? {
        JobState::Transferred => _ = job.complete()?,
        JobState::Error => {
            let why = job.error()?.to_string();
            let _ = job.cancel()?;
            return Err(why.into());
        }
        state => return Err(format!("the job is {state}").into()),
    }
    Ok(())
}

/// The job when there is no work left for BITS.
fn finished(life: &Life, files: &[WorldFile]) -> Result<Job, Box<dyn Error>> {
    use JobState::{Connecting, Queued, Transferring, TransientError};

    let session = life.session();
    // Of a life that was killed.
    for job in session.jobs()? {
        let _ = job.cancel()?;
    }
    let job = session.create_job("update", JobType::Download)?;
    for file in files {
        job.add_file(file.url(), file.local.as_str())?;
    }
    job.resume()?;
    while matches!(job.state()?, Queued | Connecting | Transferring | TransientError) {
        session.sleep(Duration::from_secs(60));
    }
    Ok(job)
}

fn main() {
    for downloader in [completes_anyhow, looks_first] {
        let config = Config { failure_persistence: None, ..Config::default() };
        match tested(downloader, config) {
            Err(found) => println!("{found}"),
            Ok(()) => println!("every promise was kept"),
        }
    }
}
