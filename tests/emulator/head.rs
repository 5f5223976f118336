//! HEAD: the request with which each download of a file begins, and what comes of its answers.

use std::time::Duration;

use bits_emulator::readings::{DynamicHead, Readings};
use bits_emulator::server::{HeadAnswer, Server};
use bits_emulator::settings::{HttpSecurityFlags, JobProperty, RedirectPolicy};
use bits_emulator::trace::LogEventKind;
use bits_emulator::{
    Completion, Emulator, Error, ErrorContext, Fault, FileRange, HResult, Job, JobPriority,
    JobState, JobType, User,
};

use crate::support::URL;

const ORIGIN: &str = "https://example.com";
const LOCAL: &str = r"C:\app.exe";
const MIB: u64 = 1 << 20;

/// A server with a file of ten megabytes, and a job that is about to download it.
fn download(emulator: &Emulator) -> Result<(Server, Job), Error> {
    let server = emulator.server(ORIGIN);
    server.file("/app.exe", 10 * MIB);
    let job = emulator.connect(User::new("alice")).create_job("update", JobType::Download)?;
    job.add_file(URL, LOCAL)?;
    Ok((server, job))
}

fn make_dynamic(job: &Job) -> Result<(), Error> {
    job.set_property(JobProperty::DynamicContent(true))?;
    job.set_priority(JobPriority::Foreground)
}

fn methods(server: &Server) -> Vec<String> {
    server.requests().iter().map(|request| request.method.to_string()).collect()
}

/// HTTP-18: HEAD, then GET at the same instant.
#[test]
fn a_download_sends_head_then_get() -> Result<(), Error> {
    for size in [1, 10 * MIB] {
        let emulator = Emulator::new();
        let (server, job) = download(&emulator)?;
        server.file("/app.exe", size);
        server.with_state(|server| _ = server.latency(Duration::from_secs(2)));
        job.resume()?;
        let _ = emulator.run_until_idle();
        assert_eq!(job.state()?, JobState::Transferred);
        assert_eq!(methods(&server), ["HEAD", "GET"]);
        let requests = server.requests();
        assert_eq!(requests[0].at, requests[1].at);
        assert!(requests.iter().all(|request| (&*request.url, request.from) == (URL, 0)));
    }
    Ok(())
}

/// HTTP-18: each attempt sends one HEAD for each file that it comes to; NET-20: GET goes on.
#[test]
fn each_file_and_attempt_sends_one_head() -> Result<(), Error> {
    let emulator = Emulator::new();
    let (server, job) = download(&emulator)?;
    server.file("/two", 1);
    job.add_file("https://example.com/two", r"C:\two")?;
    let reset = Fault::code(HResult::ERROR_INTERNET_CONNECTION_RESET);
    server.resource("/app.exe").fails(reset.after(4 * MIB));
    job.resume()?;
    let _ = emulator.run_until_idle();
    assert_eq!(job.state()?, JobState::Transferred);
    let requests = server.requests();
    let seen: Vec<_> =
        requests.iter().map(|request| (&*request.method, &*request.url, request.from)).collect();
    let two = "https://example.com/two";
    assert_eq!(
        seen,
        [
            ("HEAD", URL, 0),
            ("GET", URL, 0),
            ("HEAD", URL, 0),
            ("GET", URL, 4 * MIB),
            ("HEAD", two, 0),
            ("GET", two, 0),
        ]
    );
    Ok(())
}

/// HTTP-18: HEAD says that there is nothing to fetch, with dynamic content too.
#[test]
fn an_empty_file_needs_only_head() -> Result<(), Error> {
    for dynamic in [false, true] {
        let emulator = Emulator::new();
        let (server, job) = download(&emulator)?;
        let fault = Fault::http(404);
        server.file("/app.exe", 0).fails(fault.clone().at_get()).fails(fault.at_end());
        if dynamic {
            make_dynamic(&job)?;
        }
        job.resume()?;
        let _ = emulator.run_until_idle();
        assert_eq!(job.state()?, JobState::Transferred);
        assert_eq!(methods(&server), ["HEAD"]);
        assert_eq!(job.complete()?, Completion::All);
        assert_eq!(emulator.disk().size(LOCAL), Some(0));
    }
    Ok(())
}

/// HTTP-02, ERR-30, HTTP-19, PROP-33: what HEAD answers where GET would be answered well.
#[test]
fn head_may_be_answered_otherwise_than_get() -> Result<(), Error> {
    use JobState::{Error as Failed, Transferred, TransientError};
    let length = HResult::BG_E_INVALID_SERVER_RESPONSE;
    for (answer, plain, dynamic) in [
        (HeadAnswer::AsGet, None, None),
        (HeadAnswer::Status(403), Some((Failed, HResult::BG_E_HTTP_ERROR_403)), None),
        (HeadAnswer::Status(405), Some((Failed, HResult::BG_E_HTTP_ERROR_405)), None),
        (HeadAnswer::Status(501), Some((Failed, HResult::BG_E_HTTP_ERROR_501)), None),
        (HeadAnswer::Status(503), Some((TransientError, HResult::BG_E_HTTP_ERROR_503)), None),
        (HeadAnswer::WithoutLength, Some((Failed, HResult::BG_E_MISSING_FILE_SIZE)), None),
        (HeadAnswer::Length(0), Some((TransientError, length)), Some((TransientError, length))),
        (HeadAnswer::Length(5), Some((TransientError, length)), Some((TransientError, length))),
        (
            HeadAnswer::Length(MIB << 20),
            Some((TransientError, length)),
            Some((TransientError, length)),
        ),
    ] {
        for (is_dynamic, expected) in [(false, plain), (true, dynamic)] {
            let emulator = Emulator::new();
            let (server, job) = download(&emulator)?;
            server.with_state(|server| _ = server.head(answer));
            if is_dynamic {
                make_dynamic(&job)?;
            }
            job.resume()?;
            emulator.advance(Duration::from_secs(60));
            let Some((state, code)) = expected else {
                assert_eq!(job.state()?, Transferred, "{answer:?}");
                assert_eq!(methods(&server), ["HEAD", "GET"]);
                continue;
            };
            let error = job.error()?;
            assert_eq!((job.state()?, error.code()), (state, code), "{answer:?}");
            assert_eq!(error.context(), ErrorContext::RemoteFile);
            assert_eq!(job.progress()?.bytes_transferred, 0);
            // HTTP-19: GET was sent, also by HEAD of an empty file.
            let requests = if code == length { &["HEAD", "GET"][..] } else { &["HEAD"] };
            assert_eq!(methods(&server), requests, "{answer:?}");
            // A resource may answer otherwise than its server.
            server.resource("/app.exe").with_state(|file| _ = file.head(HeadAnswer::AsGet));
            job.resume()?;
            let _ = emulator.run_until_idle();
            assert_eq!(job.state()?, Transferred);
            assert_eq!(job.progress()?.bytes_total, Some(10 * MIB));
        }
    }
    Ok(())
}

/// HTTP-19: another length is retried after the delay, and is no silent restart.
#[test]
fn another_length_is_retried_by_the_delay() -> Result<(), Error> {
    let emulator = Emulator::new();
    let (server, job) = download(&emulator)?;
    server.resource("/app.exe").with_state(|file| _ = file.head(HeadAnswer::Length(5)));
    job.resume()?;
    emulator.advance(Duration::from_secs(599));
    assert_eq!((job.state()?, job.error_count()?), (JobState::TransientError, 1));
    emulator.advance(Duration::from_secs(1));
    assert_eq!((job.state()?, job.error_count()?), (JobState::TransientError, 2));
    assert_eq!(methods(&server), ["HEAD", "GET", "HEAD", "GET"]);
    assert_eq!(job.progress()?.bytes_total, Some(5));
    Ok(())
}

/// HTTP-03: HEAD tells the size, and GET does not.
#[test]
fn get_needs_a_length_too() -> Result<(), Error> {
    let emulator = Emulator::new();
    let (server, job) = download(&emulator)?;
    server.resource("/app.exe").with_state(|file| {
        file.without_lengths().head(HeadAnswer::Length(10 * MIB));
    });
    job.resume()?;
    let _ = emulator.run_until_idle();
    assert_eq!(job.error()?.code(), HResult::BG_E_INSUFFICIENT_RANGE_SUPPORT);
    Ok(())
}

/// HTTP-18: a failed HEAD fails a connecting job, whose size stays unknown; in the event log there is no
/// start of a transfer.
#[test]
fn a_failed_head_starts_no_transfer() -> Result<(), Error> {
    for fault in [Fault::http(404), Fault::http(404).at_head()] {
        let emulator = Emulator::new();
        let (server, job) = download(&emulator)?;
        server.resource("/app.exe").fails(fault);
        job.resume()?;
        let _ = emulator.run_until_idle();
        assert_eq!(job.state()?, JobState::Error);
        assert_eq!(job.progress()?.bytes_total, None);
        assert_eq!(methods(&server), ["HEAD"]);
        let log = emulator.event_log();
        assert!(log.iter().any(|entry| matches!(entry.what, LogEventKind::Failed(..))));
        assert!(!log.iter().any(|entry| matches!(entry.what, LogEventKind::Started(_))));
    }
    Ok(())
}

/// HTTP-18: an attempt meets one fault, at the first request that it can concern.
#[test]
fn a_fault_is_met_once_an_attempt() -> Result<(), Error> {
    let reset = Fault::code(HResult::ERROR_INTERNET_CONNECTION_RESET);
    let refused = Fault::code(HResult::ERROR_WINHTTP_CANNOT_CONNECT);
    for (fault, first) in [
        (Fault::http(503), &["HEAD"][..]),
        (Fault::http(503).at_head(), &["HEAD"]),
        (Fault::http(503).at_get(), &["HEAD", "GET"]),
        (reset.clone(), &["HEAD"]),
        (reset.clone().at_get(), &["HEAD", "GET"]),
        (reset.clone().after(MIB), &["HEAD", "GET"]),
        (reset.at_end(), &["HEAD", "GET"]),
        (Fault::silence(), &["HEAD"]),
        (refused.before_connection(), &[]),
    ] {
        let emulator = Emulator::new();
        let (server, job) = download(&emulator)?;
        server.resource("/app.exe").fails(fault.clone().times(2));
        job.resume()?;
        let _ = emulator.run_until_idle();
        assert_eq!((job.state()?, job.error_count()?), (JobState::Transferred, 2), "{fault:?}");
        assert_eq!(methods(&server), [first, first, &["HEAD", "GET"]].concat(), "{fault:?}");
    }
    Ok(())
}

/// PROP-33: a refused HEAD does no harm to dynamic content, so that what a server answers to the attempt
/// fails it at GET. HEAD that breaks the connection fails it all the same.
#[test]
fn dynamic_content_meets_faults_at_get() -> Result<(), Error> {
    let reset = Fault::code(HResult::ERROR_INTERNET_CONNECTION_RESET);
    for (faults, errors, requests) in [
        (vec![Fault::http(503)], 1, &["HEAD", "GET", "HEAD", "GET"][..]),
        (vec![Fault::http(503).at_head().always()], 0, &["HEAD", "GET"]),
        (
            vec![Fault::http(503).at_head().always(), Fault::http(503).at_get()],
            1,
            &["HEAD", "GET", "HEAD", "GET"],
        ),
        (vec![reset.at_head()], 1, &["HEAD", "HEAD", "GET"]),
    ] {
        let emulator = Emulator::new();
        let (server, job) = download(&emulator)?;
        make_dynamic(&job)?;
        faults.into_iter().for_each(|fault| _ = server.resource("/app.exe").fails(fault));
        job.resume()?;
        let _ = emulator.run_until_idle();
        assert_eq!((job.state()?, job.error_count()?), (JobState::Transferred, errors));
        assert_eq!(methods(&server), requests);
    }
    Ok(())
}

/// PROP-33: whether dynamic content sends HEAD is open.
#[test]
fn dynamic_content_may_go_without_head() -> Result<(), Error> {
    for (answer, expected) in
        [(DynamicHead::Sends, &["HEAD", "GET"][..]), (DynamicHead::Omits, &["GET"])]
    {
        let readings = Readings { dynamic_head: answer, ..Readings::documented() };
        let emulator = Emulator::with_readings(readings);
        let (server, job) = download(&emulator)?;
        make_dynamic(&job)?;
        server.resource("/app.exe").fails(Fault::http(403).at_head());
        job.resume()?;
        let _ = emulator.run_until_idle();
        assert_eq!(job.state()?, JobState::Transferred);
        assert_eq!(methods(&server), expected);
        // Static content always does.
        server.resource("/app.exe").with_state(|file| _ = file.clear_faults());
        let (server, job) = download(&emulator)?;
        job.resume()?;
        let _ = emulator.run_until_idle();
        assert_eq!(methods(&server)[expected.len()..], ["HEAD", "GET"]);
    }
    Ok(())
}

/// HTTP-18: no HEAD comes before other methods, uploads and their replies, and over SMB.
#[test]
fn some_transfers_send_no_head() -> Result<(), Error> {
    let emulator = Emulator::new();
    let session = emulator.connect(User::new("alice"));
    let server = emulator.server(ORIGIN);
    server.with_state(|server| _ = server.head(HeadAnswer::Status(403)));
    server.file("/app.exe", MIB);
    let job = session.create_job("method", JobType::Download)?;
    job.set_priority(JobPriority::Foreground)?;
    job.set_http_method("POST")?;
    job.add_file(URL, LOCAL)?;
    job.resume()?;
    let _ = emulator.run_until_idle();
    assert_eq!((job.state()?, methods(&server)), (JobState::Transferred, vec!["POST".to_owned()]));

    server.resource("/in").uploads(|uploads| _ = uploads.reply("thank you"));
    emulator.disk().with_state(|disk| _ = disk.write(r"C:\report", "report"));
    let upload = session.create_job("upload", JobType::UploadReply)?;
    upload.add_file("https://example.com/in", r"C:\report")?;
    upload.resume()?;
    let _ = emulator.run_until_idle();
    assert_eq!(upload.state()?, JobState::Transferred);
    assert_eq!(methods(&server), ["POST", "BITS_POST", "GET"]);

    let share = emulator.server(r"\\server");
    share.file(r"share\a", MIB);
    let copy = session.create_job("copy", JobType::Download)?;
    copy.add_file(r"\\server\share\a", r"C:\a")?;
    copy.resume()?;
    let _ = emulator.run_until_idle();
    assert_eq!((copy.state()?, methods(&share).len()), (JobState::Transferred, 1));
    Ok(())
}

/// HTTP-12, HTTP-18: both requests follow a redirect; a job that reports it asks for the new name then.
#[test]
fn both_requests_are_redirected() -> Result<(), Error> {
    for (policy, at_origin) in [
        (RedirectPolicy::AllowSilent, &["HEAD", "GET"][..]),
        (RedirectPolicy::AllowReport, &["HEAD"]),
    ] {
        let emulator = Emulator::new();
        let (server, job) = download(&emulator)?;
        let mirror = emulator.server("https://mirror.example.com");
        mirror.file("/app.exe", MIB);
        server.resource("/app.exe").with_state(|file| {
            file.redirect(302, "https://mirror.example.com/app.exe");
        });
        job.set_security_flags(HttpSecurityFlags::empty().with_redirect_policy(policy))?;
        job.resume()?;
        let _ = emulator.run_until_idle();
        assert_eq!(job.state()?, JobState::Transferred);
        assert_eq!(
            (&*methods(&server), &*methods(&mirror)),
            (&*owned(at_origin), &*owned(&["HEAD", "GET"]))
        );
    }
    Ok(())
}

fn owned(methods: &[&str]) -> Vec<String> {
    methods.iter().map(|method| (*method).to_owned()).collect()
}

/// HTTP-08, HTTP-18: HEAD of a later attempt shows that the file changed, in size or time stamp.
#[test]
fn head_shows_that_a_file_changed() -> Result<(), Error> {
    for size in [9 * MIB, 10 * MIB] {
        let emulator = Emulator::new();
        let (server, job) = download(&emulator)?;
        job.resume()?;
        emulator.advance(Duration::from_secs(4));
        job.suspend()?;
        assert_eq!(job.progress()?.bytes_transferred, 4 * MIB);
        server.file("/app.exe", size);
        job.resume()?;
        let _ = emulator.run_until_idle();
        assert_eq!((job.state()?, job.error_count()?), (JobState::Transferred, 0));
        assert_eq!(job.progress()?.bytes_total, Some(size));
        assert_eq!(methods(&server), ["HEAD", "GET", "HEAD", "GET"]);
        assert!(server.requests().iter().all(|request| request.from == 0));
    }
    Ok(())
}

/// HTTP-18: HEAD is about the whole file, of which only ranges may be wanted.
#[test]
fn head_tells_the_size_of_the_whole_file() -> Result<(), Error> {
    let emulator = Emulator::new();
    let server = emulator.server(ORIGIN);
    server.file("/app.exe", 10 * MIB);
    let job = emulator.connect(User::new("alice")).create_job("parts", JobType::Download)?;
    job.add_file_with_ranges(URL, LOCAL, &[FileRange::new(MIB, MIB)])?;
    job.resume()?;
    let _ = emulator.run_until_idle();
    assert_eq!(job.state()?, JobState::Transferred);
    assert_eq!(job.progress()?.bytes_total, Some(MIB));
    assert_eq!(methods(&server), ["HEAD", "GET"]);
    Ok(())
}
