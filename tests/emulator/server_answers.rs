//! What BITS demands of the answers of servers, and what it does not mind.

use std::time::Duration;

use bits_emulator::machine::Event;
use bits_emulator::server::{CertificateProblem, Content, HeadAnswer};
use bits_emulator::settings::{HttpSecurityFlags, JobProperty};
use bits_emulator::{
    Completion, Emulator, Error, ErrorContext, Fault, FileRange, HResult, Job, JobPriority,
    JobState, JobType, User,
};
use chrono::DateTime;

use crate::support::URL;

const LOCAL: &str = r"C:\app.exe";

fn world() -> Emulator {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", "0123456789");
    emulator
}

fn job(emulator: &Emulator) -> Result<Job, Error> {
    emulator.connect(User::new("alice")).create_job("update", JobType::Download)
}

fn ranges(count: usize) -> Vec<FileRange> {
    let all =
        [FileRange { initial_offset: 1, length: 2 }, FileRange { initial_offset: 5, length: 3 }];
    all[..count].to_vec()
}

/// HTTP-05: the headers of a part may have 180 more bytes, and two CR LF may come before the first. A
/// request for one range has no parts.
#[test]
fn parts_have_limits() -> Result<(), Error> {
    for (bytes, breaks, count, fails) in [
        (180, 2, 2, false),
        (181, 0, 2, true),
        (0, 3, 2, true),
        (u64::MAX, u32::MAX, 2, true),
        (181, 3, 1, false),
    ] {
        let emulator = world();
        emulator.server("https://example.com").with_state(|server| {
            server.part_header_bytes(bytes).breaks_before_parts(breaks);
        });
        let job = job(&emulator)?;
        job.add_file_with_ranges(URL, LOCAL, &ranges(count))?;
        job.resume()?;
        assert!(emulator.run_until_idle().is_at_rest());
        if fails {
            assert_eq!(job.state()?, JobState::Error);
            let error = job.error()?;
            let expected = (HResult::BG_E_INVALID_SERVER_RESPONSE, ErrorContext::RemoteFile);
            assert_eq!((error.code(), error.context()), expected);
        } else {
            assert_eq!(job.complete()?, Completion::All);
            let expected: &[u8] = if count == 2 { b"12567" } else { b"12" };
            assert_eq!(emulator.disk().read(LOCAL).unwrap(), expected);
        }
    }
    Ok(())
}

/// HTTP-06: a server may write the names of headers in any case. A header of a test replaces the
/// server's own, whatever the case.
#[test]
fn names_of_headers_are_the_same_in_any_case() -> Result<(), Error> {
    for lower_case in [false, true] {
        let emulator = world();
        let server = emulator.server("https://example.com");
        server.with_state(|server| {
            if lower_case {
                server.lower_case_headers();
            }
        });
        server.resource("/app.exe").with_state(|file| {
            file.modified(DateTime::UNIX_EPOCH)
                .header("ACCEPT-Ranges", "none")
                .header("X-Key", "1");
        });
        let job = job(&emulator)?;
        job.set_custom_headers(Some("X-Channel: Beta\r\nx-other:2\r\n"))?;
        job.add_file(URL, LOCAL)?;
        job.resume()?;
        assert!(emulator.run_until_idle().is_at_rest());
        let headers = job.files()?[0].http_response_headers()?.unwrap();
        let expected = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\
                        Last-Modified: Thu, 01 Jan 1970 00:00:00 GMT\r\n\
                        ACCEPT-Ranges: none\r\nX-Key: 1\r\n";
        let (status, names) = headers.split_once("\r\n").unwrap();
        let (expected_status, expected_names) = expected.split_once("\r\n").unwrap();
        assert_eq!(status, expected_status);
        assert_eq!(names.to_lowercase(), expected_names.to_lowercase());
        assert_eq!(names.contains("content-length: 10"), lower_case);
        assert_eq!(names.contains("Content-Length: 10"), !lower_case);
        assert_eq!(job.complete()?, Completion::All);

        let requests = server.requests();
        assert_eq!(requests[0].header("x-CHANNEL"), Some("Beta"));
        assert_eq!(requests[0].header("X-Other"), Some("2"));
        assert_eq!(requests[0].header("X-Key"), None);
    }
    Ok(())
}

/// HTTP-11: nothing is asked of a server whose certificate the system does not accept, unless the job
/// ignores what is wrong (PROP-20). HTTP has no certificates.
#[test]
fn the_system_checks_certificates_before_anything_is_asked() -> Result<(), Error> {
    let ignoring = HttpSecurityFlags::IGNORE_CERT_DATE_INVALID;
    for (origin, flags, fails) in [
        ("https://example.com", HttpSecurityFlags::empty(), true),
        ("https://example.com", ignoring, false),
        ("http://example.com", HttpSecurityFlags::empty(), false),
    ] {
        let emulator = Emulator::new();
        let server = emulator.server(origin);
        server.file("/app.exe", Content::sized(10));
        server.with_state(|server| {
            server.certificate_problem(CertificateProblem::Expired);
        });
        let job = job(&emulator)?;
        job.set_security_flags(flags)?;
        job.add_file(format!("{origin}/app.exe"), LOCAL)?;
        job.resume()?;
        assert!(emulator.run_until_idle().is_at_rest());
        if fails {
            let code = HResult::ERROR_WINHTTP_SECURE_CERT_DATE_INVALID;
            assert_eq!((job.state()?, job.error()?.code()), (JobState::Error, code));
        } else {
            assert_eq!(job.state()?, JobState::Transferred);
        }
        assert_eq!(server.requests().is_empty(), fails);
    }
    Ok(())
}

/// PROP-24: header lines may end in LF alone or not at all. They are read back as given; the well-formed
/// ones are sent, and an explanation names the others.
#[test]
fn headers_are_kept_as_given_and_sent_as_far_as_they_are_well_formed() -> Result<(), Error> {
    let given = "A1:Test\nnonsense\r\nA2:Prova";
    let emulator = world();
    let job = job(&emulator)?;
    job.set_custom_headers(Some("A1:Test\nA2:Prova"))?;
    assert_eq!(job.custom_headers()?.as_deref(), Some("A1:Test\nA2:Prova"));
    assert_eq!(emulator.explain(&job)?.unsent_headers, [""; 0]);
    job.set_custom_headers(Some(given))?;
    assert_eq!(job.custom_headers()?.as_deref(), Some(given));
    let explanation = emulator.explain(&job)?;
    assert_eq!(explanation.unsent_headers, ["nonsense"]);
    assert!(
        explanation.to_string().contains("Not sent: the ill-formed custom header \"nonsense\"")
    );
    let nul = job.set_custom_headers(Some("A: \0")).unwrap_err();
    assert_eq!(nul.code(), HResult::E_INVALIDARG);

    job.add_file(URL, LOCAL)?;
    job.resume()?;
    let _ = emulator.run_until_idle();
    assert_eq!(job.state()?, JobState::Transferred);
    for request in emulator.server("https://example.com").requests() {
        assert_eq!(request.headers.as_deref(), Some("A1:Test\r\nA2:Prova\r\n"));
        assert_eq!(request.header("a2"), Some("Prova"));
    }
    Ok(())
}

/// HTTP-02: one file of a server without sizes says nothing of its others.
#[test]
fn a_single_file_may_lack_its_size() -> Result<(), Error> {
    let emulator = world();
    let server = emulator.server("https://example.com");
    server.file("/other.exe", "0123456789");
    server.resource("/app.exe").with_state(|file| {
        file.without_lengths();
    });
    let (sizeless, other) = (job(&emulator)?, job(&emulator)?);
    sizeless.add_file(URL, LOCAL)?;
    other.add_file("https://example.com/other.exe", r"C:\other.exe")?;
    sizeless.resume()?;
    other.resume()?;
    let _ = emulator.run_until_idle();
    assert_eq!(sizeless.state()?, JobState::Error);
    assert_eq!(sizeless.error()?.code(), HResult::BG_E_MISSING_FILE_SIZE);
    assert_eq!(other.state()?, JobState::Transferred);
    Ok(())
}

/// HTTP-08: a file that changed once is begun anew once, and its next attempt is about the new one.
#[test]
fn a_file_that_changes_once_is_fetched_again_once() -> Result<(), Error> {
    for fault in [None, Some(Fault::changes_to("9876543210").after(3))] {
        let emulator = world();
        let file = emulator.server("https://example.com").resource("/app.exe");
        file.with_state(|file| {
            file.rate(1);
        });
        let job = job(&emulator)?;
        job.add_file(URL, LOCAL)?;
        job.resume()?;
        fault.iter().for_each(|fault| _ = file.fails(fault.clone()));
        emulator.advance(Duration::from_secs(5));
        if fault.is_none() {
            file.with_state(|file| {
                file.content("9876543210");
            });
        }
        let _ = emulator.run_until_idle();
        assert_eq!(job.error_count()?, 0);
        assert_eq!(job.complete()?, Completion::All);
        assert_eq!(emulator.disk().read(LOCAL).as_deref(), Some(&b"9876543210"[..]));
        let trace = emulator.trace().of_job(job.id()).to_string();
        assert_eq!(trace.matches("file changed").count(), 1, "{trace}");
    }
    Ok(())
}

/// HTTP-08, HTTP-09, INV-59: a file that is another at each request is begun again once at an instant, and
/// then fails the attempt, so that the retry delay limits how often the server is asked.
#[test]
fn a_file_that_always_changes_is_a_transient_error() -> Result<(), Error> {
    let emulator = world();
    let changes = Fault::changes_to("9876543210").after(0).always();
    emulator.server("https://example.com").resource("/app.exe").fails(changes);
    let job = job(&emulator)?;
    job.add_file(URL, LOCAL)?;
    job.resume()?;
    for errors in 1..4 {
        emulator.advance(Duration::from_secs(60));
        assert_eq!((job.state()?, job.error_count()?), (JobState::TransientError, errors));
        let error = job.error()?;
        let expected = (HResult::BG_E_REMOTE_FILE_CHANGED, ErrorContext::RemoteFile);
        assert_eq!((error.code(), error.context()), expected);
        let requests = emulator.server("https://example.com").requests().len();
        assert_eq!(u32::try_from(requests), Ok(4 * errors));
        emulator.advance(Duration::from_secs(540));
    }
    Ok(())
}

/// HTTP-08, UPLOAD-06: a test tells a job that is connecting that its file is another, or its session lost:
/// it is asked for anew.
#[test]
fn a_connecting_job_asks_anew() -> Result<(), Error> {
    for (job_type, event) in
        [(JobType::Download, Event::FileChanged), (JobType::Upload, Event::SessionLost)]
    {
        let emulator = world();
        let server = emulator.server("https://example.com");
        server.with_state(|server| _ = server.latency(Duration::from_secs(5)));
        server.resource("/in").uploads(|_| ());
        emulator.disk().write(r"C:\report", "report");
        let job = emulator.connect(User::new("alice")).create_job("update", job_type)?;
        let (remote, local) = match job_type {
            JobType::Download => (URL, LOCAL),
            JobType::Upload | JobType::UploadReply => ("https://example.com/in", r"C:\report"),
        };
        job.add_file(remote, local)?;
        job.resume()?;
        emulator.advance(Duration::from_secs(2));
        assert_eq!(job.state()?, JobState::Connecting);
        assert!(emulator.inject(&job, event));
        emulator.advance(Duration::from_secs(4));
        assert_eq!(job.state()?, JobState::Connecting);
        emulator.advance(Duration::from_secs(4));
        assert_eq!(job.state()?, JobState::Transferred, "{job_type}");
    }
    Ok(())
}

/// HTTP-12, HTTP-18: a redirect of GET alone is logged once, however many follow.
#[test]
fn a_redirected_get_is_logged_once() -> Result<(), Error> {
    let emulator = world();
    let [near, far] = ["https://near.example.com/a", "https://far.example.com/a"];
    emulator.server("https://near.example.com").file("/a", 10);
    emulator.server("https://far.example.com").file("/a", 10);
    let redirect = |to: &str| Fault::redirect(302, to).at_get();
    emulator.server("https://example.com").file("/app.exe", 10).fails(redirect(near));
    emulator.server("https://near.example.com").resource("/a").fails(redirect(far));
    let job = job(&emulator)?;
    job.add_file(URL, LOCAL)?;
    job.resume()?;
    let _ = emulator.run_until_idle();
    assert_eq!(job.state()?, JobState::Transferred);
    for origin in ["https://example.com", "https://near.example.com", "https://far.example.com"] {
        let requests = emulator.server(origin).requests();
        let methods: Vec<_> = requests.iter().map(|request| &*request.method).collect();
        assert_eq!(methods, ["HEAD", "GET"], "{origin}");
    }
    Ok(())
}

/// HTTP-18, PROP-33: an answer to HEAD without a length is an answer, so that its fault was that of the
/// attempt.
#[test]
fn a_head_without_length_meets_the_fault_of_the_attempt() -> Result<(), Error> {
    let emulator = world();
    emulator.server("https://example.com").resource("/app.exe").with_state(|file| {
        file.head(HeadAnswer::WithoutLength);
        file.fails(Fault::changes_to("another").at_head()).fails(Fault::http(503).at_get());
    });
    let job = job(&emulator)?;
    job.add_file(URL, LOCAL)?;
    job.set_property(JobProperty::DynamicContent(true))?;
    job.set_priority(JobPriority::Foreground)?;
    job.resume()?;
    let _ = emulator.run_until_idle();
    assert_eq!((job.state()?, job.error_count()?), (JobState::Transferred, 0));
    Ok(())
}

/// The name of a server that is removed is not resolved any more.
#[test]
fn a_removed_server_is_not_found() -> Result<(), Error> {
    let emulator = world();
    emulator.remove_server("https://example.com");
    let job = job(&emulator)?;
    job.add_file(URL, LOCAL)?;
    job.resume()?;
    emulator.advance(Duration::from_secs(1));
    assert_eq!(job.error()?.code(), HResult::ERROR_WINHTTP_NAME_NOT_RESOLVED);
    Ok(())
}
