//! A client looks into the temporary file of its download.

use std::time::Duration;

use bits_emulator::{
    Cancellation, Completion, Emulator, Error, ErrorContext, HResult, Job, JobState, JobType, User,
};

const LOCAL: &str = r"C:\app\app.exe";

/// Ten bytes, one a second.
fn download() -> Result<(Emulator, Job), Error> {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", "0123456789").with_state(|file| {
        file.rate(1);
    });
    let job = emulator.connect(User::new("alice")).create_job("update", JobType::Download)?;
    job.add_file("https://example.com/app.exe", LOCAL)?;
    job.set_minimum_retry_delay(Duration::from_secs(60))?;
    Ok((emulator, job))
}

fn temporary(job: &Job) -> Result<String, Error> {
    Ok(job.files()?[0].temporary_name()?.unwrap())
}

/// DONE-18: it may be open while its bytes arrive, and shows them.
#[test]
fn a_temporary_file_may_be_open_during_the_transfer() -> Result<(), Error> {
    let (emulator, job) = download()?;
    job.resume()?;
    emulator.advance(Duration::from_secs(3));
    let name = temporary(&job)?;
    let open = emulator.disk().open(&name);
    assert!(emulator.disk().is_open(&name));
    emulator.advance(Duration::from_secs(2));
    let there = usize::try_from(job.files()?[0].progress()?.bytes_transferred).unwrap();
    assert_eq!(emulator.disk().read(&name).as_deref(), Some(&b"0123456789"[..there]));
    assert_eq!(there, 5);
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.state()?, JobState::Transferred);
    drop(open);
    assert_eq!(job.complete()?, Completion::All);
    Ok(())
}

/// DONE-18: not before: the job fails transiently, and again until the file is closed.
#[test]
fn a_temporary_file_that_is_open_too_early_is_in_the_way() -> Result<(), Error> {
    let (emulator, job) = download()?;
    let open = emulator.disk().open(&temporary(&job)?);
    job.resume()?;
    for minute in 0..3 {
        emulator.advance(Duration::from_secs(if minute == 0 { 1 } else { 60 }));
        assert_eq!(job.state()?, JobState::TransientError);
        let error = job.error()?;
        let expected = (HResult::ERROR_SHARING_VIOLATION, ErrorContext::LocalFile);
        assert_eq!((error.code(), error.context()), expected);
    }
    drop(open);
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.complete()?, Completion::All);
    Ok(())
}

/// DONE-18, DONE-07, DONE-08: closed it must be before `Complete`, which can be repeated.
#[test]
fn an_open_file_is_not_renamed() -> Result<(), Error> {
    let (emulator, job) = download()?;
    job.resume()?;
    assert!(emulator.run_until_idle().is_at_rest());
    let open = [temporary(&job)?, temporary(&job)?].map(|name| emulator.disk().open(&name));
    for handle in open {
        assert_eq!(job.complete().unwrap_err().code(), HResult::ERROR_SHARING_VIOLATION);
        assert_eq!(job.state()?, JobState::Transferred);
        drop(handle);
    }
    assert_eq!(job.complete()?, Completion::All);
    assert!(emulator.disk().exists(LOCAL));
    Ok(())
}

/// DONE-18, DONE-06: nor deleted: `Cancel` leaves it behind.
#[test]
fn an_open_file_is_not_deleted() -> Result<(), Error> {
    let (emulator, job) = download()?;
    job.resume()?;
    emulator.advance(Duration::from_secs(3));
    let name = temporary(&job)?;
    let _open = emulator.disk().open(&name);
    assert_eq!(job.cancel()?, Cancellation::FilesLeft);
    assert!(emulator.disk().exists(&name));
    Ok(())
}

/// DONE-18: without such hindrance it exists until `Complete`, `Cancel`, or the inactivity timeout.
#[test]
fn a_temporary_file_exists_until_the_end_of_the_job() -> Result<(), Error> {
    for end in 0..3 {
        let (emulator, job) = download()?;
        job.resume()?;
        assert!(emulator.run_until_idle().is_at_rest());
        let name = temporary(&job)?;
        assert!(emulator.disk().exists(&name));
        match end {
            0 => assert_eq!(job.complete()?, Completion::All),
            1 => assert_eq!(job.cancel()?, Cancellation::Clean),
            _ => {
                emulator.advance(Duration::from_secs(90 * 86_400));
            }
        }
        assert!(!emulator.disk().exists(&name), "{end}");
        assert_eq!(emulator.disk().exists(LOCAL), end == 0);
    }
    Ok(())
}

/// DONE-06: a file that cannot be deleted is left behind, and one that can be again is not.
#[test]
fn a_file_that_is_deletable_again_is_deleted() -> Result<(), Error> {
    for deletable in [false, true] {
        let (emulator, job) = download()?;
        job.resume()?;
        emulator.advance(Duration::from_secs(3));
        let name = temporary(&job)?;
        emulator.disk().make_undeletable(&name);
        if deletable {
            emulator.disk().make_deletable(&name);
        }
        let expected = if deletable { Cancellation::Clean } else { Cancellation::FilesLeft };
        assert_eq!(job.cancel()?, expected);
        assert_eq!(emulator.disk().exists(&name), !deletable);
    }
    Ok(())
}

/// DONE-18: each of several open files is open until it is closed itself.
#[test]
fn several_files_are_open_at_once() {
    let disk = Emulator::new().disk();
    let first = disk.write(r"C:\a.txt", "a").open(r"C:\a.txt");
    let second = disk.write(r"C:\b.txt", "b").open(r"C:\b.txt");
    assert!(disk.is_open(r"C:\a.txt") && disk.is_open(r"C:\b.txt"));
    drop(first);
    let third = disk.open(r"C:\c.txt");
    let open = [r"C:\a.txt", r"C:\b.txt", r"C:\c.txt"].map(|name| disk.is_open(name));
    assert_eq!(open, [false, true, true]);
    drop((second, third));
}
