//! Jobs that take turns lose nothing of what arrived in their slices.

use std::time::Duration;

use bits_emulator::{Emulator, Error, Job, JobState, JobType, User};

/// SCHED-06, SCHED-07, PROGRESS-05: what arrived in a slice counts; the next one goes on from there.
#[test]
fn what_arrived_in_a_slice_is_kept() -> Result<(), Error> {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", 1_000 << 20);
    let session = emulator.connect(User::new("alice"));
    let mut jobs: Vec<Job> = Vec::new();
    for number in 0..2 {
        let job = session.create_job("update", JobType::Download)?;
        job.add_file("https://example.com/app.exe", format!(r"C:\app\{number}.exe"))?;
        job.resume()?;
        jobs.push(job);
    }
    emulator.advance(Duration::from_secs(600));
    for job in &jobs {
        assert_eq!(job.progress()?.bytes_transferred, 300 << 20);
    }
    emulator.advance(Duration::from_secs(1_400));
    for job in &jobs {
        assert_eq!(job.state()?, JobState::Transferred);
    }
    Ok(())
}
