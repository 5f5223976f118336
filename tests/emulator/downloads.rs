//! Downloads as an application sees them: a server, a job, and what time does.

use std::time::Duration;

use bits_emulator::server::Server;
use bits_emulator::{
    Cancellation, Completion, Emulator, Error, ErrorContext, Fault, FileInfo, FileRange, HResult,
    Job, JobState, JobType, User,
};

use crate::support::{PATH, URL};

const MIB: u64 = 1 << 20;

/// A download of 10 MiB, which take 10 seconds, that is ready to be resumed.
fn download(prepare: impl FnOnce(&Server)) -> Result<(Emulator, Job), Error> {
    let emulator = Emulator::new();
    let server = emulator.server("https://example.com");
    server.file("/app.exe", 10 * MIB);
    prepare(&server);
    let job = emulator.connect(User::new("alice")).create_job("update", JobType::Download)?;
    job.add_file(URL, PATH)?;
    job.set_minimum_retry_delay(Duration::from_secs(60))?;
    Ok((emulator, job))
}

/// CREATE-01, LIFE-07, LIFE-18, LIFE-20, DONE-01, DONE-02
#[test]
fn a_file_is_there_after_complete_and_not_before() -> Result<(), Error> {
    let (emulator, job) = download(|_| ())?;
    assert_eq!(job.state()?, JobState::Suspended);
    job.resume()?;
    assert_eq!(job.state()?, JobState::Queued);
    emulator.advance(Duration::from_secs(4));
    assert_eq!(job.state()?, JobState::Transferring);
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.state()?, JobState::Transferred);
    assert!(!emulator.disk().exists(PATH));
    assert_eq!(job.complete()?, Completion::All);
    assert_eq!(job.state()?, JobState::Acknowledged);
    assert_eq!(emulator.disk().size(PATH), Some(10 * MIB));
    Ok(())
}

/// PROGRESS-01, PROGRESS-05: what arrived is seen whenever somebody looks, not only at the end.
#[test]
fn progress_is_that_of_the_instant() -> Result<(), Error> {
    let (emulator, job) = download(|_| ())?;
    job.resume()?;
    emulator.advance(Duration::from_secs(3));
    let progress = job.progress()?;
    assert_eq!((progress.bytes_transferred, progress.bytes_total), (3 * MIB, Some(10 * MIB)));
    let file = &job.files()?[0];
    assert_eq!(file.progress()?.bytes_transferred, 3 * MIB);
    assert_eq!((file.remote_name()?, file.local_name()?), (URL.to_owned(), PATH.to_owned()));
    Ok(())
}

/// There are no peers: whatever is there came from the origin server.
#[test]
fn nothing_comes_from_peers() -> Result<(), Error> {
    let (emulator, job) = download(|_| ())?;
    let file = &job.files()?[0];
    assert_eq!((file.is_downloaded_from_peer()?, file.peer_download_stats()?), (false, (0, 0)));
    job.resume()?;
    emulator.advance(Duration::from_secs(3));
    assert_eq!(file.peer_download_stats()?, (3 * MIB, 0));
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(file.peer_download_stats()?, (10 * MIB, 0));
    assert!(!file.is_downloaded_from_peer()?);
    Ok(())
}

/// ERR-03, ERR-05, ERR-14, TIME-01: an error that goes away, and its object with it.
#[test]
fn a_busy_server_is_asked_again() -> Result<(), Error> {
    let (emulator, job) = download(|server| {
        server.resource("/app.exe").fails(Fault::http(503).times(2));
    })?;
    job.resume()?;
    emulator.advance(Duration::from_secs(30));
    assert_eq!(job.state()?, JobState::TransientError);
    let error = job.error()?;
    assert_eq!(error.code(), HResult::BG_E_HTTP_ERROR_503);
    assert_eq!(error.context(), ErrorContext::RemoteFile);
    assert_eq!(job.error_file(&error)?.remote_name()?, URL);
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.state()?, JobState::Transferred);
    assert!(job.error().is_err());
    assert_eq!(job.error_count()?, 2);
    Ok(())
}

/// ERR-15, ERR-20: a fatal error waits for somebody who mends the cause and resumes.
#[test]
fn a_missing_file_is_fatal_until_it_is_there() -> Result<(), Error> {
    let (emulator, job) = download(|server| {
        server.resource("/app.exe").fails(404);
    })?;
    job.resume()?;
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.state()?, JobState::Error);
    assert_eq!(job.error()?.code(), HResult::BG_E_HTTP_ERROR_404);
    job.resume()?;
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.state()?, JobState::Transferred);
    Ok(())
}

/// NET-20: after a broken connection the download goes on where it was.
#[test]
fn a_broken_download_goes_on_where_it_stopped() -> Result<(), Error> {
    let reset = Fault::code(HResult::ERROR_INTERNET_CONNECTION_RESET);
    let (emulator, job) = download(|server| {
        server.resource("/app.exe").fails(reset.after_percent(40));
    })?;
    job.resume()?;
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.state()?, JobState::Transferred);
    let requests = emulator.server("https://example.com").requests();
    let gets = requests.iter().filter(|request| &*request.method == "GET");
    let from: Vec<u64> = gets.map(|request| request.from).collect();
    assert_eq!(from, [0, 4 * MIB]);
    Ok(())
}

/// NET-04, NET-05: without a network the job waits, and goes on by itself.
#[test]
fn a_lost_network_is_waited_for() -> Result<(), Error> {
    let (emulator, job) = download(|_| ())?;
    job.resume()?;
    emulator.advance(Duration::from_secs(2));
    emulator.disconnect_network();
    emulator.advance(Duration::from_secs(86_400));
    assert_eq!(job.state()?, JobState::TransientError);
    assert_eq!(job.error()?.code(), HResult::BG_E_NETWORK_DISCONNECTED);
    emulator.connect_network();
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.state()?, JobState::Transferred);
    Ok(())
}

/// DONE-04: success that is not `S_OK` is a value.
#[test]
fn completing_early_keeps_what_is_there() -> Result<(), Error> {
    let (emulator, job) = download(|server| {
        server.file("/manual.pdf", 10 * MIB);
    })?;
    job.add_file("https://example.com/manual.pdf", r"C:\app\manual.pdf")?;
    job.resume()?;
    emulator.advance(Duration::from_secs(15));
    assert_eq!(job.progress()?.files_transferred, 1);
    assert_eq!(job.complete()?, Completion::Partial);
    assert!(emulator.disk().exists(PATH));
    assert!(!emulator.disk().exists(r"C:\app\manual.pdf"));
    Ok(())
}

/// DONE-07: a rename that fails leaves the job, and `Complete` may be called again.
#[test]
fn completing_is_repeated_after_a_failed_rename() -> Result<(), Error> {
    let (emulator, job) = download(|_| ())?;
    job.resume()?;
    assert!(emulator.run_until_idle().is_at_rest());
    emulator.disk().write(PATH, "the running program").lock_file(PATH);
    assert!(matches!(job.complete(), Err(Error::RenameFailed { .. })));
    assert_eq!(job.state()?, JobState::Transferred);
    emulator.disk().unlock_file(PATH);
    assert_eq!(job.complete()?, Completion::All);
    Ok(())
}

/// DONE-12: nothing is left of a cancelled job. DONE-06: unless it could not be deleted.
#[test]
fn cancelling_takes_the_temporary_files_away() -> Result<(), Error> {
    for (locked, expected) in [(false, Cancellation::Clean), (true, Cancellation::FilesLeft)] {
        let (emulator, job) = download(|_| ())?;
        job.resume()?;
        emulator.advance(Duration::from_secs(3));
        let temporary = job.files()?[0].temporary_name()?.expect("a download has one");
        assert_eq!(emulator.disk().size(&temporary), Some(3 * MIB));
        if locked {
            emulator.disk().make_undeletable(&temporary);
        }
        assert_eq!(job.cancel()?, expected);
        assert_eq!(emulator.disk().exists(&temporary), locked);
    }
    Ok(())
}

/// FILES-06, FILES-10: where the user may not write nothing is added, of several files not one.
#[test]
fn files_are_added_where_the_user_may_write() -> Result<(), Error> {
    let (emulator, job) = download(|_| ())?;
    emulator.disk().deny(r"C:\Windows");
    let denied = job.add_file(URL, r"C:\Windows\app.exe").unwrap_err();
    assert_eq!(denied.code(), HResult::E_ACCESSDENIED);
    let set = [FileInfo::new(URL, r"C:\b"), FileInfo::new(URL, r"C:\Windows\c")];
    assert_eq!(job.add_file_set(&set).unwrap_err().code(), HResult::E_ACCESSDENIED);
    assert_eq!(job.files()?.len(), 1);
    Ok(())
}

/// FILES-17, FILES-21: of a file with ranges only those arrive, back to back.
#[test]
fn ranges_arrive_back_to_back() -> Result<(), Error> {
    let (emulator, job) = download(|server| {
        server.file("/letters", "abcdefghij");
    })?;
    let ranges = [FileRange::new(7, 2), FileRange::new(1, 3)];
    job.add_file_with_ranges("https://example.com/letters", r"C:\letters", &ranges)?;
    assert_eq!(job.files()?[1].ranges()?, ranges);
    job.resume()?;
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.complete()?, Completion::All);
    assert_eq!(emulator.disk().read(r"C:\letters").as_deref(), Some(&b"hibcd"[..]));
    Ok(())
}

/// FILES-27: `S_FALSE` is a value too. PROP-16, PROP-22
#[test]
fn nothing_found_is_no_error() -> Result<(), Error> {
    use bits_emulator::settings::{AuthScheme, AuthTarget};
    let (_, job) = download(|_| ())?;
    assert!(!job.replace_remote_prefix("http://elsewhere/", "http://mirror/")?);
    assert!(job.replace_remote_prefix("https://example.com/", "https://mirror.example.com/")?);
    assert_eq!(job.files()?[0].remote_name()?, "https://mirror.example.com/app.exe");
    assert!(!job.remove_credentials(AuthTarget::Server, AuthScheme::Basic)?);
    assert!(!job.remove_client_certificate()?);
    assert_eq!(job.custom_headers()?, None);
    Ok(())
}

/// DONE-20: a file with wrong content fails the job, and is fetched again.
#[test]
fn a_file_that_is_declared_invalid_is_fetched_again() -> Result<(), Error> {
    let (emulator, job) = download(|_| ())?;
    job.resume()?;
    assert!(emulator.run_until_idle().is_at_rest());
    let file = job.files()?.remove(0);
    file.set_validation_state(false)?;
    assert_eq!(job.state()?, JobState::Error);
    assert_eq!(job.error()?.code(), HResult::BG_E_VALIDATION_FAILED);
    job.resume()?;
    assert!(emulator.run_until_idle().is_at_rest());
    file.set_validation_state(true)?;
    assert!(file.validation_state()?);
    assert_eq!(job.complete()?, Completion::All);
    Ok(())
}
