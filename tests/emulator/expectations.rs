//! What a test is shown whose expectation is not met.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use bits_emulator::hooks::Calls;
use bits_emulator::{
    Clock, Emulator, Fault, HResult, Hook, Job, JobId, JobState, JobType, Session, User,
};

fn emulator() -> (Emulator, Session) {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", 1_000).fails(Fault::http(503).always());
    let session = emulator.connect(User::new("alice"));
    (emulator, session)
}

fn download(session: &Session) -> Job {
    let job = session.create_job("app", JobType::Download).unwrap();
    job.add_file("https://example.com/app.exe", r"C:\app.exe").unwrap();
    job
}

/// The message of an expectation that is not met.
fn message<T>(expectation: impl FnOnce() -> T) -> String {
    let payload = catch_unwind(AssertUnwindSafe(|| drop(expectation()))).unwrap_err();
    *payload.downcast::<String>().unwrap()
}

/// A message without the scenario at its end, which it has with a feature only.
fn before_scenario(message: &str) -> &str {
    message.split("\nAs a scenario:\n").next().unwrap_or_default()
}

/// What stands at the end of a message does the same again.
#[cfg(feature = "scenario")]
#[test]
fn the_scenario_of_a_message_can_be_pasted() {
    use bits_emulator::scenario::{Scenario, Transcript};

    let (emulator, session) = emulator();
    let job = download(&session);
    job.resume().unwrap();
    emulator.advance(Duration::from_secs(3_600));
    let message = || message(|| job.expect_state(JobState::Transferred));
    let shown = message();
    let (_, scenario) = shown.split_once("\nAs a scenario:\n").expect("it has one");
    let report = scenario.parse::<Scenario>().unwrap_or_else(|error| panic!("{error}")).run();
    assert_eq!(report.failure, None, "{scenario}");
    assert_eq!(report.trace, Transcript::of(&emulator.trace()));

    for retries in 0..70 {
        job.set_description(&retries.to_string()).unwrap();
        job.suspend().unwrap();
        job.resume().unwrap();
    }
    let long = message();
    assert!(long.contains("\nAs a scenario it has 2"), "{long}");
    emulator.set_trace_capacity(10);
    let dropped = message();
    assert!(dropped.contains("\nThere is no scenario of it"), "{dropped}");
}

#[test]
fn a_state_that_differs_is_shown_with_its_cause_and_the_last_steps() {
    let (emulator, session) = emulator();
    let job = download(&session);
    job.resume().unwrap();
    emulator.advance(Duration::from_secs(3_600));
    job.expect_state(JobState::TransientError);
    job.expect_error(HResult::BG_E_HTTP_ERROR_503);
    let shown = message(|| job.expect_state(JobState::Transferred));
    insta::assert_snapshot!(before_scenario(&shown));
    let other = message(|| job.expect_error(HResult::BG_E_HTTP_ERROR_404));
    assert!(
        other.starts_with(
            "expected the error BG_E_HTTP_ERROR_404 (0x80190194), but it is BG_E_HTTP_ERROR_503"
        ),
        "{other}"
    );
}

#[test]
fn a_call_that_was_refused_is_shown_with_its_reason() {
    let (_emulator, session) = emulator();
    let job = session.create_job("app", JobType::Download).unwrap();
    assert_eq!(job.expect(job.state()), JobState::Suspended);
    let shown = message(|| job.expect(job.resume()));
    insta::assert_snapshot!(before_scenario(&shown));
    job.expect_refusal(job.resume(), HResult::BG_E_EMPTY);
    let other = message(|| job.expect_refusal(job.resume(), HResult::E_ACCESSDENIED));
    assert!(
        other.starts_with("expected E_ACCESSDENIED (0x80070005), but the call failed: Resume in"),
        "{other}"
    );
    let accepted = message(|| job.expect_refusal(job.suspend(), HResult::BG_E_EMPTY));
    assert!(accepted.starts_with("expected BG_E_EMPTY"), "{accepted}");
    let none = message(|| job.expect_error(HResult::BG_E_HTTP_ERROR_404));
    assert!(none.contains("but there is no error object"), "{none}");
}

#[test]
fn an_expectation_is_no_call() {
    let (emulator, session) = emulator();
    let job = download(&session);
    emulator.set_clock(Clock::PerCall(Duration::from_secs(60)));
    emulator.hook(Hook::fail(Calls::Any, HResult::E_ACCESSDENIED).always());
    let (now, trace) = (emulator.now(), emulator.trace());
    job.expect_state(JobState::Suspended);
    let _ = (emulator.report(&job), emulator.failure_report());
    assert_eq!((emulator.now(), emulator.trace()), (now, trace));
    session.kill();
    job.expect_state(JobState::Suspended);
}

#[test]
fn the_same_text_is_to_be_had_as_a_value() {
    let (emulator, session) = emulator();
    let job = download(&session);
    let message = message(|| job.expect_state(JobState::Error));
    let report = emulator.report(&job).unwrap();
    assert!(before_scenario(&message).ends_with(&report.to_string()), "{message}");
    assert_eq!(report.explanation, emulator.explain(&job).unwrap());
    assert_eq!(report.last_steps, emulator.trace().of_job(job.id()).last(20));
    assert_eq!(emulator.report(JobId::default()).unwrap_err().code(), HResult::BG_E_NOT_FOUND);
}

/// Without the scenario a message ends with the last steps, or says why there are none.
#[test]
fn no_message_ends_in_the_middle() {
    let (emulator, session) = emulator();
    let job = download(&session);
    job.resume().unwrap();
    let messages = || {
        [
            message(|| job.expect_state(JobState::Transferred)),
            message(|| job.expect_error(HResult::BG_E_HTTP_ERROR_404)),
            message(|| job.expect(job.set_display_name(&"x".repeat(1_000)))),
            message(|| job.expect_refusal(job.suspend(), HResult::E_ACCESSDENIED)),
            message(|| job.expect_refusal(job.set_display_name(&"x".repeat(1_000)), HResult::S_OK)),
        ]
    };
    for shown in messages() {
        let (_, last) = before_scenario(&shown).split_once("\nWhat happened last:\nTIME").unwrap();
        assert!(last.lines().count() > 2, "{shown}");
    }
    emulator.set_trace_capacity(0);
    for shown in messages() {
        let mend = "No step of it is kept: Emulator::set_trace_capacity lets more be kept.\n";
        assert!(shown.contains(mend) && !shown.contains("What happened last"), "{shown}");
    }
}
