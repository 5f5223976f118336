//! Explanations of why a job is in its state.

use std::time::Duration;

use bits_emulator::machine::{Deadline, Wait};
use bits_emulator::policy::{Block, CostFlags};
use bits_emulator::settings::JobProperty;
use bits_emulator::{
    Completion, Emulator, Fault, HResult, Job, JobId, JobPriority, JobState, JobType, Method,
    Session, User,
};

const SIZE: u64 = 10 << 20;

fn download(session: &Session, name: &str) -> Job {
    let job = session.create_job(name, JobType::Download).unwrap();
    job.add_file("https://example.com/app.exe", format!(r"C:\{name}.exe")).unwrap();
    job.resume().unwrap();
    job
}

fn emulator() -> (Emulator, Session) {
    let emulator = Emulator::new();
    let session = emulator.connect(User::new("alice"));
    (emulator, session)
}

fn wait(emulator: &Emulator, job: &Job) -> Wait {
    emulator.explain(job).unwrap().waits_for
}

#[test]
fn a_job_in_its_retry_delay_is_explained() {
    let (emulator, session) = emulator();
    emulator.server("https://example.com").file("/app.exe", SIZE).fails(Fault::http(503).always());
    let job = download(&session, "app");
    emulator.advance(Duration::from_secs(30));
    let explanation = emulator.explain(&job).unwrap();
    assert_eq!(explanation.state, JobState::TransientError);
    let (error, file) = explanation.error.clone().unwrap();
    assert_eq!(
        (error.code(), file.as_deref()),
        (HResult::BG_E_HTTP_ERROR_503, Some(r"C:\app.exe"))
    );
    let clocks: Vec<_> = explanation.clocks.iter().map(|clock| clock.deadline).collect();
    let expected = [Deadline::RetryDelay, Deadline::NoProgressTimeout, Deadline::Inactivity];
    assert_eq!(clocks, expected);
    assert!(explanation.possible.contains(&Method::Resume));
    insta::assert_snapshot!(explanation);
}

#[test]
fn a_failed_job_and_a_transferred_one_wait_for_their_client() {
    let (emulator, session) = emulator();
    emulator.server("https://example.com").file("/app.exe", SIZE).fails(404);
    let job = download(&session, "app");
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(wait(&emulator, &job), Wait::Mending);
    job.resume().unwrap();
    assert!(emulator.run_until_idle().is_at_rest());
    let explanation = emulator.explain(&job).unwrap();
    assert_eq!(explanation.waits_for, Wait::Completion);
    assert_eq!(
        explanation.because.as_ref().map(|step| step.what.to_string()).as_deref(),
        Some("file transferred")
    );
    assert_eq!(job.complete(), Ok(Completion::All));
    let explanation = emulator.explain(job.id()).unwrap();
    assert_eq!(explanation.waits_for, Wait::Nothing);
    let lives = [Method::Resume, Method::Suspend, Method::Cancel, Method::Complete];
    assert!(lives.iter().all(|method| !explanation.possible.contains(method)));
    insta::assert_snapshot!(explanation);
}

#[test]
fn what_a_job_waits_for_is_named() {
    let (emulator, session) = emulator();
    emulator.server("https://example.com").file("/app.exe", SIZE);
    let empty = session.create_job("empty", JobType::Download).unwrap();
    assert_eq!(wait(&emulator, &empty), Wait::Resume);
    assert!(emulator.explain(&empty).unwrap().advice().contains("add a file"));

    let job = download(&session, "app");
    assert_eq!(wait(&emulator, &job), Wait::Turn);
    // NET-01
    emulator.log_off("alice");
    assert_eq!(wait(&emulator, &job), Wait::Owner);
    emulator.log_on("alice");
    // NET-04
    emulator.disconnect_network();
    assert_eq!(wait(&emulator, &job), Wait::Network);
    emulator.connect_network();
    // NET-14
    job.set_property(JobProperty::CostFlags(CostFlags::TRANSFER_UNRESTRICTED)).unwrap();
    emulator.set_network_cost(CostFlags::ROAMING);
    assert_eq!(wait(&emulator, &job), Wait::Cost);
    emulator.set_network_cost(CostFlags::UNRESTRICTED);
    // SCHED-15
    emulator.block(Block::BandwidthPolicy);
    assert_eq!(wait(&emulator, &job), Wait::Block(Block::BandwidthPolicy));
    let text = emulator.explain(&job).unwrap().to_string();
    assert!(text.contains("In force is: bandwidth policy."), "{text}");
    emulator.unblock(Block::BandwidthPolicy);
    // PROP-33
    let dynamic = session.create_job("dynamic", JobType::Download).unwrap();
    dynamic.set_property(JobProperty::DynamicContent(true)).unwrap();
    dynamic.add_file("https://example.com/app.exe", r"C:\dynamic.exe").unwrap();
    dynamic.resume().unwrap();
    assert_eq!(wait(&emulator, &dynamic), Wait::Foreground);
    dynamic.set_priority(JobPriority::Foreground).unwrap();
    assert_eq!(wait(&emulator, &dynamic), Wait::Turn);
}

// SCHED-02
#[test]
fn a_job_that_waits_for_its_turn_is_told_who_has_it() {
    let (emulator, session) = emulator();
    emulator.server("https://example.com").file("/app.exe", SIZE);
    let jobs = [download(&session, "first"), download(&session, "second")];
    emulator.advance(Duration::from_millis(1));
    assert_eq!(wait(&emulator, &jobs[0]), Wait::Server);
    let explanation = emulator.explain(&jobs[1]).unwrap();
    assert_eq!(explanation.running, Some(jobs[0].id()));
    assert!(explanation.to_string().contains(&jobs[0].id().to_string()));
}

#[test]
fn a_job_that_never_was_has_no_explanation() {
    let (emulator, _) = emulator();
    let error = emulator.explain(JobId::default()).unwrap_err();
    assert_eq!(error.code(), HResult::BG_E_NOT_FOUND);
}

/// Whatever the server answers, known or not: its name, its meaning and what can be done in BITS.
#[test]
fn an_explanation_says_what_can_be_done_about_the_code() {
    for (fault, name, meaning, advice) in [
        (Fault::http(429), "BG_E_HTTP_ERROR_429 (0x801901AD)", "too many requests", "Retry-After"),
        (
            Fault::http(428),
            "BG_E_HTTP_ERROR_428 (0x801901AC)",
            "demands a condition",
            "mend the cause",
        ),
        (Fault::http(431), "BG_E_HTTP_ERROR_431 (0x801901AF)", "headers", "mend the cause"),
        (
            Fault::http(501),
            "BG_E_HTTP_ERROR_501 (0x801901F5)",
            "does not know",
            "a proxy before the server",
        ),
        (Fault::http(418), "0x801901A2", "refused the request", "mend the cause"),
        (
            Fault::code(HResult::ERROR_NOT_LOGGED_ON),
            "ERROR_NOT_LOGGED_ON",
            "not logged on",
            "RunAs",
        ),
        (
            Fault::code(HResult::new(0x8024_1234)),
            "0x80241234",
            "Windows Update failed",
            "mend the cause",
        ),
    ] {
        let (emulator, session) = emulator();
        emulator.server("https://example.com").file("/app.exe", SIZE).fails(fault.always());
        let job = download(&session, "app");
        emulator.advance(Duration::from_secs(1));
        assert!(job.state().unwrap().is_error());
        let text = emulator.explain(&job).unwrap().to_string();
        let (_, said) = text.split_once("Error: ").unwrap();
        assert!(
            said.starts_with(name) && said.contains(meaning) && said.contains(advice),
            "{text}"
        );
    }
}

#[test]
fn a_server_without_ranges_and_a_redirect_to_http_have_an_advice() {
    let (emulator, session) = emulator();
    let server = emulator.server("https://example.com");
    server.file("/app.exe", SIZE).with_state(|file| {
        file.without_ranges();
    });
    server.file("/b.exe", SIZE).fails(Fault::redirect(302, "http://example.com/b.exe").always());
    let job = download(&session, "app");
    let redirected = session.create_job("b", JobType::Download).unwrap();
    redirected.add_file("https://example.com/b.exe", r"C:\b.exe").unwrap();
    redirected.resume().unwrap();
    emulator.advance(Duration::from_secs(60));
    assert_eq!(job.error().unwrap().code(), HResult::BG_E_INSUFFICIENT_RANGE_SUPPORT);
    let text = emulator.explain(&job).unwrap().to_string();
    assert!(text.contains("FOREGROUND priority serves files up to 2 GB"), "{text}");
    assert!(text.contains("dynamic content") && text.contains("a proxy that strips"), "{text}");
    assert_eq!(redirected.error().unwrap().code(), HResult::from_win32(302));
    let text = emulator.explain(&redirected).unwrap().to_string();
    assert!(text.contains("needs the flag BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP"), "{text}");
}
