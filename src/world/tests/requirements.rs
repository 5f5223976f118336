//! What is demanded of servers and of jobs before bytes flow.

use super::*;
use crate::vocabulary::{
    AuthScheme, AuthTarget, Credentials, FileRange, HttpSecurityFlags, ProxySettings,
    RedirectPolicy,
};

/// HTTP-02, HTTP-04: only dynamic content goes without a size.
#[test]
fn a_size_is_demanded() {
    let mut bench = Bench::download("hello");
    bench.server().without_lengths();
    bench.resume_until(JobState::Error);
    bench.expect_error(HResult::BG_E_MISSING_FILE_SIZE, ErrorContext::RemoteFile);
}

/// PROP-33: dynamic content needs neither size nor ranges, and every attempt begins at zero.
#[test]
fn dynamic_content_goes_without() {
    let mut bench = Bench::download("hello");
    bench.server().without_lengths().without_ranges();
    let reset = code(HResult::ERROR_INTERNET_CONNECTION_RESET);
    bench.resource().fails(reset.after(2));
    bench.call(Call::SetProperty(JobProperty::DynamicContent(true)));
    bench.call(Call::SetPriority(JobPriority::Foreground));
    bench.resume_until(JobState::Transferred);
    assert_eq!(bench.server().requests().last().unwrap().from, 0);
    bench.complete().unwrap();
    assert_eq!(bench.world.disk().read(LOCAL).unwrap(), b"hello");
}

/// HTTP-03
#[test]
fn ranges_are_demanded_for_background_jobs() {
    let mut bench = Bench::download("hello");
    bench.server().without_ranges();
    bench.resume_until(JobState::Error);
    bench.expect_error(HResult::BG_E_INSUFFICIENT_RANGE_SUPPORT, ErrorContext::RemoteFile);

    let mut bench = Bench::download("hello");
    bench.world.proxy().strip_ranges();
    bench.resume_until(JobState::Error);
    bench.expect_error(HResult::BG_E_INSUFFICIENT_RANGE_SUPPORT, ErrorContext::RemoteFile);
}

/// SCHED-18: a foreground job fetches the file in one piece, and fails if it is interrupted.
#[test]
fn foreground_jobs_do_without_ranges() {
    let mut bench = Bench::download(10 * MIB);
    bench.server().without_ranges();
    bench.call(Call::SetPriority(JobPriority::Foreground));
    let mut interrupted = Bench { world: bench.world.clone(), job: bench.job.clone(), ..bench };
    interrupted.events.clear();
    interrupted.resume_until(JobState::Transferred);

    let mut bench = Bench::download(10 * MIB);
    let reset = code(HResult::ERROR_INTERNET_CONNECTION_RESET);
    bench.server().without_ranges().resource("/app.exe").fails(reset.after(MIB));
    bench.call(Call::SetPriority(JobPriority::Foreground));
    bench.resume_until(JobState::Error);
    bench.expect_error(HResult::BG_E_INSUFFICIENT_RANGE_SUPPORT, ErrorContext::RemoteFile);
}

/// HTTP-01: HTTP/1.0 is enough for a server that has what is needed.
#[test]
fn an_old_server_is_good_enough_until_something_is_missing() {
    let mut bench = Bench::download("hello");
    bench.server().http_1_0();
    bench.resume_until(JobState::Transferred);

    let mut bench = Bench::download("hello");
    bench.server().http_1_0().without_ranges();
    bench.resume_until(JobState::Error);
    bench.expect_error(HResult::BG_E_INSUFFICIENT_HTTP_SUPPORT, ErrorContext::RemoteFile);
}

/// FILES-22
#[test]
fn ranges_lie_in_the_file() {
    let ranges = |ranges: &[FileRange]| {
        let mut bench = Bench::new(JobType::Download);
        bench.resource().content("0123456789");
        let file = FileInfo::new(URL, LOCAL);
        bench.call(Call::add_file_with_ranges(file, ranges));
        bench
    };
    let mut bench = ranges(&[FileRange::new(5, 6)]);
    bench.resume_until(JobState::Error);
    bench.expect_error(HResult::BG_E_INVALID_RANGE, ErrorContext::RemoteFile);

    let mut bench = ranges(&[FileRange::new(0, 1)]);
    bench.call(Call::SetPriority(JobPriority::Foreground));
    bench.server().without_ranges();
    bench.resume_until(JobState::Error);
    bench.expect_error(HResult::BG_E_INSUFFICIENT_RANGE_SUPPORT, ErrorContext::RemoteFile);

    let mut bench = ranges(&[FileRange::new(0, 1), FileRange::new(2, 1)]);
    bench.server().merging_ranges();
    bench.resume_until(JobState::Error);
    bench.expect_error(HResult::BG_E_INVALID_SERVER_RESPONSE, ErrorContext::RemoteFile);
}

/// ERR-31, PROP-14
#[test]
fn credentials_are_asked_for_by_servers_and_proxies() {
    for (target, refused) in [
        (AuthTarget::Server, HResult::BG_E_HTTP_ERROR_401),
        (AuthTarget::Proxy, HResult::BG_E_HTTP_ERROR_407),
    ] {
        let mut bench = Bench::download("hello");
        match target {
            AuthTarget::Server => {
                bench.server().challenge(AuthChallenge::new(AuthScheme::Basic, "alice", "secret"));
            }
            AuthTarget::Proxy => {
                bench.world.proxy().challenge(AuthChallenge::new(
                    AuthScheme::Basic,
                    "alice",
                    "secret",
                ));
            }
        }
        bench.resume_until(JobState::Error);
        bench.expect_error(refused, ErrorContext::RemoteFile);
        for (scheme, password, state) in [
            (AuthScheme::Basic, "wrong", JobState::Error),
            (AuthScheme::Digest, "secret", JobState::Error),
            (AuthScheme::Basic, "secret", JobState::Transferred),
        ] {
            let credentials = Credentials::new(target, scheme, "alice", password);
            bench.call(Call::SetCredentials(credentials.into()));
            bench.resume_until(state);
        }
    }
}

/// PROP-19: the logged-on user, whom the proxy's credentials name to the server too.
#[test]
fn the_logged_on_user_is_known() {
    let mut bench = Bench::download("hello");
    bench.server().challenge(AuthChallenge::logged_on_user(AuthScheme::Ntlm));
    bench.resume_until(JobState::Error);
    let credentials = Credentials::of_logged_on_user(AuthTarget::Proxy, AuthScheme::Ntlm);
    bench.call(Call::SetCredentials(credentials.into()));
    bench.resume_until(JobState::Transferred);
}

#[test]
fn a_job_may_go_around_the_proxy() {
    let around = ProxySettings::overriding("proxy:80", Some("*.com"));
    let through = ProxySettings::overriding("proxy:80", Some("*.org"));
    for (settings, state) in [(around, JobState::Transferred), (through, JobState::Error)] {
        let mut bench = Bench::download("hello");
        bench.world.proxy().challenge(AuthChallenge::new(AuthScheme::Basic, "alice", "secret"));
        bench.call(Call::SetProxySettings(settings.into()));
        bench.resume_until(state);
    }
}

/// PROP-24: every request carries the headers of the job.
#[test]
fn requests_carry_the_headers_of_the_job() {
    let mut bench = Bench::download("hello");
    bench.resource().fails(Fault::http(503));
    bench.call(Call::SetCustomHeaders(Some("X-Key: 1\r\n".into())));
    bench.resume_until(JobState::Transferred);
    let mut requests = bench.server().requests();
    assert!(requests.all(|request| request.headers.as_deref() == Some("X-Key: 1\r\n")));
}

/// HTTP-12, HTTP-13: where to, and whether the job says so.
#[test]
fn redirects_are_followed_as_the_job_decides() {
    const TO: &str = "https://cdn.example.com/app.exe";
    for (policy, state, name) in [
        (RedirectPolicy::AllowSilent, JobState::Transferred, URL),
        (RedirectPolicy::AllowReport, JobState::Transferred, TO),
        (RedirectPolicy::Disallow, JobState::Error, TO),
    ] {
        let mut bench = Bench::download("here");
        bench.resource().redirect(302, TO);
        bench.world.server("https://cdn.example.com").resource("/app.exe").content("there");
        let flags = HttpSecurityFlags::empty().with_redirect_policy(policy);
        bench.call(Call::SetSecurityFlags(flags));
        bench.resume_until(state);
        assert_eq!(&*bench.job.file(FileIndex(0)).unwrap().remote_name, name);
        if state == JobState::Transferred {
            bench.complete().unwrap();
            assert_eq!(bench.world.disk().read(LOCAL).unwrap(), b"there");
        }
    }
}

/// HTTP-12, HTTP-14: not to a share, and not out of HTTPS.
#[test]
fn some_redirects_are_never_followed() {
    for to in [r"\\server\share\app.exe", "http://example.com/app.exe"] {
        let mut bench = Bench::download("here");
        bench.resource().redirect(301, to);
        bench.resume_until(JobState::Error);
        bench.expect_error(HResult::from_win32(301), ErrorContext::RemoteFile);
    }
}

#[test]
fn a_circle_of_redirects_ends() {
    let mut bench = Bench::download("here");
    bench.resource().redirect(302, URL);
    bench.resume_until(JobState::Error);
    bench.expect_error(HResult::ERROR_WINHTTP_REDIRECT_FAILED, ErrorContext::RemoteFile);
}

/// HTTP-11: what the system accepts comes to the client's own check.
#[test]
fn a_certificate_is_shown_once_an_attempt() {
    use crate::machine::ValidationInterface::Callback;
    let mut bench = Bench::download("hello");
    bench.server().certificate(*b"hash");
    bench.resource().fails(Fault::http(503));
    bench.call(Call::SetServerCertificateValidationInterface(Callback));
    bench.resume_until(JobState::TransientError);
    let shown = Event::CertificateReceived("example.com:443".into(), (*b"hash").into());
    let count = |bench: &Bench| bench.events.iter().filter(|event| **event == shown).count();
    assert_eq!(count(&bench), 1);
    bench.run_until(JobState::Transferred);
    assert_eq!(count(&bench), 2);
}

/// HTTP-11, PROP-20, HTTP-16: what is wrong with a certificate, and who looks.
#[test]
fn the_system_looks_at_certificates_first() {
    use CertificateProblem as Problem;
    use HttpSecurityFlags as Flags;
    for (problem, flags, seen) in [
        (Problem::WrongName, Flags::empty(), true),
        (Problem::WrongName, Flags::IGNORE_CERT_CN_INVALID, false),
        (Problem::Expired, Flags::IGNORE_CERT_CN_INVALID, true),
        (Problem::Expired, Flags::IGNORE_CERT_DATE_INVALID, false),
        (Problem::UnknownIssuer, Flags::empty(), true),
        (Problem::UnknownIssuer, Flags::IGNORE_UNKNOWN_CA, false),
        (Problem::WrongUsage, Flags::empty(), true),
        (Problem::WrongUsage, Flags::IGNORE_CERT_WRONG_USAGE, false),
        (Problem::Revoked, Flags::empty(), false),
        (Problem::Revoked, Flags::ENABLE_CRL_CHECK, true),
    ] {
        let mut bench = Bench::download("hello");
        bench.server().certificate_problem(problem);
        bench.call(Call::SetSecurityFlags(flags));
        bench.resume_until(if seen { JobState::Error } else { JobState::Transferred });
        if seen {
            bench.expect_error(problem.code(), ErrorContext::RemoteFile);
            assert_eq!(bench.server().requests().count(), 0);
            bench.server().certificate_problem(None);
            bench.resume_until(JobState::Transferred);
        }
    }
}
