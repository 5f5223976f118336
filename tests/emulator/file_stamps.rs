//! The time stamps of files, and what they are compared for.

use std::time::Duration;

use bits_emulator::server::Content;
use bits_emulator::{Completion, Emulator, Error, Job, JobState, JobType, User};
use chrono::{DateTime, TimeDelta, Utc};

use crate::support::URL;

const SHARED: &str = r"\\server\share\app.exe";
const LOCAL: &str = r"C:\app\app.exe";

fn stamp() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(9_000)
}

fn job(emulator: &Emulator, job_type: JobType, remote: &str) -> Result<Job, Error> {
    let job = emulator.connect(User::new("alice")).create_job("update", job_type)?;
    job.add_file(remote, LOCAL)?;
    job.resume()?;
    Ok(job)
}

/// FILES-30: a downloaded file has the time stamp of the remote one, as its time of modification and of
/// creation; over HTTP as from a share. That one without has the time of its transfer is an interpretation.
#[test]
fn downloads_carry_time_stamps() -> Result<(), Error> {
    for remote in [URL, SHARED] {
        for stamped in [true, false] {
            let emulator = Emulator::new();
            let files = [
                emulator.server("https://example.com").file("/app.exe", "hello"),
                emulator.server(r"\\server").file(r"share\app.exe", "hello"),
            ];
            for file in files.iter().filter(|_| stamped) {
                file.with_state(|file| {
                    file.modified(stamp());
                });
            }
            emulator.advance(Duration::from_secs(1_000));
            let job = job(&emulator, JobType::Download, remote)?;
            let now = emulator.now();
            assert!(emulator.run_until_idle().is_at_rest());
            emulator.advance(Duration::from_secs(1_000));
            assert_eq!(job.complete()?, Completion::All);
            let disk = emulator.disk();
            let (created, modified) = (disk.created(LOCAL), disk.modified(LOCAL));
            assert_eq!(created, modified);
            let modified = modified.unwrap();
            if stamped {
                assert_eq!(modified, stamp());
            } else {
                assert!(modified >= now && modified < now + TimeDelta::seconds(10));
            }
        }
    }
    Ok(())
}

/// FILES-30: an upload over HTTP carries none; one to a share does.
#[test]
fn only_uploads_to_shares_carry_time_stamps() -> Result<(), Error> {
    for (origin, path, remote, expected) in [
        ("https://example.com", "/app.exe", URL, None),
        (r"\\server", r"share\app.exe", SHARED, Some(stamp())),
    ] {
        let emulator = Emulator::new();
        let resource = emulator.server(origin).resource(path);
        resource.with_state(|resource| {
            resource.uploads();
        });
        emulator.disk().write(LOCAL, "hello").stamp(LOCAL, stamp());
        let job = job(&emulator, JobType::Upload, remote)?;
        assert!(emulator.run_until_idle().is_at_rest());
        assert_eq!(job.state()?, JobState::Transferred);
        let stored = resource.with_state(|file| (file.stored().cloned(), file.last_modified()));
        assert_eq!(stored, (Some(Content::from("hello")), expected));
    }
    Ok(())
}

/// DONE-23: one file is consistent by size and time stamp. A change of neither goes unnoticed, and the
/// file is made of both contents.
#[test]
fn a_change_without_a_new_time_stamp_is_not_noticed() -> Result<(), Error> {
    for (later, new_stamp, expected) in [
        ("abcdefghij", stamp(), "01234fghij"),
        ("abcdefghij", stamp() + TimeDelta::seconds(1), "abcdefghij"),
        ("abcdefghijk", stamp(), "abcdefghijk"),
    ] {
        let emulator = Emulator::new();
        let file = emulator.server("https://example.com").file("/app.exe", "0123456789");
        file.with_state(|file| {
            file.rate(1).modified(stamp());
        });
        let job = job(&emulator, JobType::Download, URL)?;
        emulator.advance(Duration::from_secs(5));
        job.suspend()?;
        file.with_state(|file| {
            file.content(later).modified(new_stamp);
        });
        job.resume()?;
        assert!(emulator.run_until_idle().is_at_rest());
        assert_eq!(job.complete()?, Completion::All);
        let read = emulator.disk().read(LOCAL).unwrap();
        assert_eq!(String::from_utf8(read).unwrap(), expected);
    }
    Ok(())
}

/// DONE-23: nothing keeps the files of a job together: one that is there stays as it is when both change.
#[test]
fn files_of_a_job_may_be_of_different_times() -> Result<(), Error> {
    let emulator = Emulator::new();
    let server = emulator.server("https://example.com");
    let files = ["/app.exe", "/second.exe"].map(|path| server.file(path, "old"));
    files[1].with_state(|file| {
        file.rate(1);
    });
    let job = job(&emulator, JobType::Download, URL)?;
    job.add_file("https://example.com/second.exe", r"C:\app\second.exe")?;
    emulator.advance(Duration::from_secs(2));
    for file in &files {
        file.with_state(|file| {
            file.content("new").modified(stamp());
        });
    }
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.complete()?, Completion::All);
    assert_eq!(emulator.disk().read(LOCAL).unwrap(), b"old");
    assert_eq!(emulator.disk().read(r"C:\app\second.exe").unwrap(), b"new");
    Ok(())
}

/// FILES-31: a download has no limit.
#[test]
fn files_are_as_large_as_they_like() -> Result<(), Error> {
    for size in [(4 << 30) - 1, 4 << 30, 5 << 40] {
        let emulator = Emulator::new();
        let file = emulator.server("https://example.com").file("/app.exe", Content::sized(size));
        file.with_state(|file| {
            file.rate(1 << 40);
        });
        let job = job(&emulator, JobType::Download, URL)?;
        assert!(emulator.run_until_idle().is_at_rest());
        assert_eq!(job.complete()?, Completion::All);
        assert_eq!(emulator.disk().size(LOCAL), Some(size));
    }
    Ok(())
}
