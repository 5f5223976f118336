//! What an explanation advises for a job that is not where a test wants it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use bits_emulator::{Emulator, Fault, Job, JobPriority, JobState, JobType, Session, User};

use crate::support::{URL, world};

const WAYS: &str =
    "let time pass, by Emulator::advance, Emulator::run_until_idle or Session::sleep";

fn download(session: &Session, name: &str) -> Job {
    let job = session.create_job(name, JobType::Download).unwrap();
    job.add_file(URL, format!(r"C:\{name}.exe")).unwrap();
    job
}

/// The message of the expectation that the job is transferred.
fn message(job: &Job) -> String {
    let expectation = || job.expect_state(JobState::Transferred);
    *catch_unwind(AssertUnwindSafe(expectation)).unwrap_err().downcast::<String>().unwrap()
}

#[track_caller]
fn check(job: &Job, said: &str) {
    let message = message(job);
    assert!(message.contains(said), "{message}");
}

#[test]
fn a_job_for_which_no_time_passed_is_told_to_let_it_pass() {
    let (emulator, session) = world();
    let job = download(&session, "app");
    job.resume().unwrap();
    check(&job, &format!("Nothing stands in its way: {WAYS}."));
    let _ = emulator.step_forward(&job);
    job.expect_state(JobState::Connecting);
    let way = format!("It is under way, and nothing stands in its way: {WAYS}.");
    check(&job, &way);
    let _ = emulator.step_forward(&job);
    job.expect_state(JobState::Transferring);
    check(&job, &way);
    emulator.advance(Duration::from_secs(1));
    check(&job, "The next thing happens at 2024-01-01 00:00:10.000, in 9 s.");
    assert!(emulator.run_until_idle().is_at_rest());
    job.expect_state(JobState::Transferred);
}

/// A client that waits for its callback, in `recv_timeout` perhaps, is told how time passes meanwhile.
#[test]
fn a_job_with_a_callback_is_told_how_to_wait_for_it() {
    let (emulator, session) = world();
    let job = download(&session, "app");
    job.set_notify_interface(|_: Job, _| ()).unwrap();
    job.resume().unwrap();
    let said = format!(
        "{WAYS}; a client that waits for its callback does it by Session::wait, and one that really waits, \
         for a channel perhaps, needs Emulator::run_in_background."
    );
    check(&job, &format!("Nothing stands in its way: {said}"));
    emulator.advance(Duration::from_secs(1));
    check(&job, &format!("nothing stands in its way: {said}"));
}

#[test]
fn a_job_behind_another_is_told_its_name() {
    let (emulator, session) = world();
    let first = download(&session, "first");
    let second = download(&session, "second");
    first.resume().unwrap();
    emulator.advance(Duration::from_secs(1));
    second.resume().unwrap();
    check(&second, &format!("It waits for its turn behind first {};", first.id()));
    check(&second, &format!("Otherwise {WAYS}."));
    // SCHED-02: in the foreground it waits for none.
    second.set_priority(JobPriority::Foreground).unwrap();
    check(&second, "Nothing stands in its way: let time pass");
}

#[test]
fn a_job_that_was_never_resumed_is_told_apart_from_a_suspended_one() {
    let (_emulator, session) = world();
    let job = session.create_job("app", JobType::Download).unwrap();
    check(&job, "It was never resumed. It waits for its client to add a file and to call Resume;");
    job.add_file(URL, r"C:\app.exe").unwrap();
    check(&job, "It was never resumed. It waits for its client to call Resume; time alone");
    job.resume().unwrap();
    job.suspend().unwrap();
    check(&job, "\nIt waits for its client to call Resume; time alone changes nothing.");
}

#[test]
fn the_instant_of_a_retry_is_told() {
    let (emulator, session) = world();
    let server = emulator.server("https://example.com");
    server.file("/app.exe", 1_000).fails(Fault::http(503).always());
    let job = download(&session, "app");
    job.resume().unwrap();
    emulator.advance(Duration::from_secs(30));
    check(
        &job,
        "BITS tries again by itself at 2024-01-01 00:10:00.000, in 9 m 30 s, when the retry delay is over: \
         let time pass",
    );
}

#[test]
fn a_stopped_service_and_a_server_that_sends_nothing_are_no_matter_of_time() {
    let (emulator, session) = world();
    let job = download(&session, "app");
    job.resume().unwrap();
    emulator.server("https://example.com").with_state(|server| _ = server.rate(0));
    emulator.advance(Duration::from_secs(60));
    check(&job, "It waits for the server, which sends nothing: ServerState::rate");
    emulator.stop();
    check(&job, "The service is stopped, and no job runs: Emulator::start.");
}

/// Nothing is promised to a job whose server was not declared.
#[test]
fn a_job_without_a_server_is_not_told_that_nothing_stands_in_its_way() {
    let emulator = Emulator::new();
    let session = emulator.connect(User::new("alice"));
    let job = download(&session, "app");
    job.resume().unwrap();
    let said = format!(
        "No server `https://example.com` was declared.\nIt is picked when time passes: {WAYS}."
    );
    check(&job, &said);
}
