//! Waits for a state, and what stands in the way of it.

use bits_emulator::{Emulator, Error, HResult, Job, JobId, JobState, JobType};

fn download(emulator: &Emulator, url: &str) -> Result<Job, Error> {
    let job = emulator.connect("alice").create_job("update", JobType::Download)?;
    job.add_file(url, r"C:\app\app.exe")?;
    job.resume()?;
    Ok(job)
}

#[test]
fn a_wait_ends_in_the_state() -> Result<(), Error> {
    let emulator = Emulator::new();
    let job = download(&emulator, "https://nowhere.example.com/app.exe")?;
    let begin = emulator.now();
    for state in [JobState::TransientError, JobState::Queued, JobState::Error] {
        emulator.run_until(&job, state).unwrap();
        assert_eq!(job.state()?, state);
    }
    assert_eq!((emulator.now() - begin).num_days(), 14);
    let now = emulator.now();
    emulator.run_until(job.id(), JobState::Error).unwrap();
    assert_eq!(emulator.now(), now);
    Ok(())
}

#[test]
fn what_stands_in_the_way_is_told() -> Result<(), Error> {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", 1_000);
    let job = download(&emulator, "https://example.com/app.exe")?;
    let unreached = emulator.run_until(&job, JobState::Error).unwrap_err();
    assert_eq!(unreached.state(), JobState::Error);
    assert_eq!(unreached.explanation()?.state, JobState::Transferred);
    assert_eq!(unreached.explanation()?, &emulator.explain(&job)?);
    assert!(unreached.busy_job().is_none());
    let begin = "the job did not become ERROR, it is TRANSFERRED, and nothing more happens to it by itself\n\n";
    let text = unreached.to_string();
    assert_eq!(text, format!("{begin}{}", emulator.explain(&job)?));
    assert!(text.contains("It waits for its client to call Complete"), "{text}");
    assert_eq!(format!("{unreached:?}"), text);
    Ok(())
}

/// A wait for a job that is over does not wait for the others.
#[test]
fn a_job_that_is_over_is_not_waited_for() -> Result<(), Error> {
    let emulator = Emulator::new();
    let job = download(&emulator, "https://nowhere.example.com/app.exe")?;
    let _other = download(&emulator, "https://nowhere.example.com/app.exe")?;
    let _ = job.cancel()?;
    let now = emulator.now();
    assert!(emulator.run_until(&job, JobState::Transferred).is_err());
    let unknown = emulator.run_until(JobId::default(), JobState::Transferred).unwrap_err();
    assert_eq!(unknown.explanation().unwrap_err().code(), HResult::BG_E_NOT_FOUND);
    assert_eq!(emulator.now(), now);
    Ok(())
}

#[test]
fn a_job_that_is_kept_going_is_named() -> Result<(), Error> {
    let emulator = Emulator::new();
    emulator.server("https://example.com");
    let job = download(&emulator, "https://example.com/app.exe")?;
    job.set_notify_interface(|job: Job, _| job.resume())?;
    let unreached = emulator.run_until(&job, JobState::Transferred).unwrap_err();
    assert_eq!(unreached.busy_job().map(|busy| busy.job), Some(job.id()));
    assert!(unreached.to_string().contains("keeps it going"), "{unreached}");
    Ok(())
}
