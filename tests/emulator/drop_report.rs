//! What a test that fails without an expectation of the emulator is shown: the report when the last handle is
//! dropped. The tests that fail are run one by one in processes of their own.

use std::process::Command;
use std::time::Duration;

use bits_emulator::trace::DropReport;
use bits_emulator::{
    Callback, Emulator, Error, Fault, HResult, Hook, Job, JobState, JobType, Method, Session, User,
};

use crate::support::{URL, world};

const HEAD: &str = "bits-emulator reports";

/// What one of the tests below prints to standard error, without what Rust says itself.
fn printed(test: &str) -> String {
    let this = std::env::current_exe().expect("the program of the tests is known");
    let run = Command::new(this)
        .args(["--exact", &format!("drop_report::{test}"), "--ignored", "--nocapture"])
        .env("RUST_BACKTRACE", "0")
        .output()
        .expect("it can be run");
    assert!(String::from_utf8_lossy(&run.stdout).contains("running 1 test"), "{test} is one");
    let text = String::from_utf8_lossy(&run.stderr).replace("\r\n", "\n");
    match text.find(HEAD) {
        Some(begin) => text[begin..].to_owned(),
        None => text,
    }
}

#[track_caller]
fn assert_silent(test: &str) {
    let text = printed(test);
    assert!(!text.contains(HEAD) && !text.contains("warning"), "{text}");
}

fn download(session: &Session, name: &str) -> Result<Job, Error> {
    let job = session.create_job(name, JobType::Download)?;
    job.add_file(URL, format!(r"C:\{name}.exe"))?;
    job.resume()?;
    Ok(job)
}

fn busy_world() -> Result<(Emulator, Session, Job), Error> {
    let (emulator, session) = world();
    let server = emulator.server("https://example.com");
    server.file("/app.exe", 1_000).fails(Fault::http(503).always());
    let job = download(&session, "app")?;
    emulator.advance(Duration::from_secs(30));
    Ok((emulator, session, job))
}

#[test]
fn a_failed_comparison_is_followed_by_the_report() {
    insta::assert_snapshot!(printed("compares"));
}

#[test]
#[ignore = "fails on purpose"]
fn compares() {
    let (_emulator, _session, job) = busy_world().unwrap();
    assert_eq!(job.state().unwrap(), JobState::Transferred);
}

#[test]
fn a_refused_call_is_told_with_its_rule_however_the_test_fails() {
    let (unwrapped, returned) = (printed("unwraps"), printed("returns"));
    for text in [&unwrapped, &returned] {
        assert!(text.contains("The last call was refused: Resume in SUSPENDED"), "{text}");
        assert!(text.contains("LIFE-08: Resume on a job without files"), "{text}");
        assert!(text.contains("It was never resumed."), "{text}");
        assert!(text.contains("BG_E_EMPTY  LIFE-08"), "{text}");
    }
    // What reads an error that is not there is a refused call, too.
    let text = printed("reads_an_error");
    assert!(text.contains("BG_E_ERROR_INFORMATION_UNAVAILABLE"), "{text}");
    let text = printed("cannot_connect");
    assert!(text.contains("The last call was refused: CoCreateInstance"), "{text}");
}

#[test]
#[ignore = "fails on purpose"]
fn unwraps() {
    let (_emulator, session) = world();
    let job = session.create_job("app", JobType::Download).unwrap();
    job.resume().unwrap();
}

#[test]
#[ignore = "fails on purpose"]
fn returns() -> Result<(), Error> {
    let (_emulator, session) = world();
    let job = session.create_job("app", JobType::Download)?;
    job.resume()
}

#[test]
#[ignore = "fails on purpose"]
fn reads_an_error() -> Result<(), Error> {
    let (_emulator, session) = world();
    let job = session.create_job("app", JobType::Download)?;
    job.error().map(drop)
}

#[test]
#[ignore = "fails on purpose"]
fn cannot_connect() -> Result<(), Error> {
    let (emulator, _session) = world();
    emulator.hook(Hook::fail(Method::CoCreateInstance, HResult::ERROR_SERVICE_DISABLED));
    emulator.try_connect(User::new("alice")).map(drop)
}

#[test]
fn at_most_three_jobs_are_told_in_few_lines() {
    let text = printed("has_many_jobs");
    let report: Vec<&str> = text.lines().take_while(|line| !line.starts_with("test ")).collect();
    let report =
        &report[..report.len() - report.iter().rev().take_while(|it| it.is_empty()).count()];
    assert_eq!(report.len(), 40, "{text}");
    assert!(report[27].ends_with("lines left out: Emulator::report, Emulator::trace)"), "{text}");
    assert!(report[39].contains("fourth") && report[39].contains("NET-04"), "{text}");
    for (name, is_told) in
        [("first", true), ("second", false), ("third", true), ("fourth", true), ("fifth", false)]
    {
        let told = report.iter().any(|line| line.starts_with(&format!("{name} {{")));
        assert_eq!(told, is_told, "{name}: {text}");
    }
}

#[test]
#[ignore = "fails on purpose"]
fn has_many_jobs() {
    let (emulator, session) = world();
    let names = ["fifth", "first", "second", "third", "fourth"];
    let jobs = names.map(|name| download(&session, name).unwrap());
    for fault in 0..10 {
        emulator.hook(Hook::fail(Method::Cancel, HResult::E_ACCESSDENIED).after(fault));
    }
    for _ in 0..3 {
        emulator.disconnect_network();
        emulator.connect_network();
    }
    emulator.disconnect_network();
    for job in [&jobs[3], &jobs[4], &jobs[1]] {
        job.state().unwrap();
    }
    panic!("it fails");
}

#[test]
fn nothing_is_printed_where_nothing_is_to_be_told() {
    assert_silent("panics_without_a_call");
    assert_silent("panics_in_silence");
    assert_silent("drops_a_fork_in_a_panic");
    assert_silent("passes");
    assert_silent("catches_a_panic");
}

#[test]
#[ignore = "fails on purpose"]
fn panics_without_a_call() {
    let (_emulator, _session) = world();
    panic!("for a reason of its own");
}

#[test]
#[ignore = "fails on purpose"]
fn panics_in_silence() {
    let (emulator, _session, job) = busy_world().unwrap();
    emulator.set_drop_report(DropReport::Nothing);
    assert_eq!(job.state().unwrap(), JobState::Transferred);
}

#[test]
#[ignore = "fails on purpose"]
fn drops_a_fork_in_a_panic() {
    let (emulator, _session, job) = busy_world().unwrap();
    let fork = emulator.fork();
    let counterpart = job.counterpart(&fork);
    emulator.set_drop_report(DropReport::Nothing);
    drop((emulator, _session, job));
    assert_eq!(counterpart.state().unwrap(), JobState::Transferred);
}

#[test]
#[ignore = "is to be run alone"]
fn passes() {
    let (emulator, session) = world();
    let job = download(&session, "app").unwrap();
    assert!(job.error().is_err());
    let _ = emulator.run_until_idle();
    job.expect_state(JobState::Transferred);
    let _ = job.complete().unwrap();
}

/// A handle that is dropped in a panic is not the last one, nor the first.
#[test]
#[ignore = "is to be run alone"]
fn catches_a_panic() {
    let (_emulator, session) = world();
    let job = download(&session, "app").unwrap();
    let copy = job.clone();
    let caught = std::thread::spawn(move || panic!("{copy:?}")).join();
    assert!(caught.is_err());
    job.suspend().unwrap();
}

#[test]
fn the_setting_chooses() {
    assert_silent("returns_with_panics_only");
}

#[test]
#[ignore = "fails on purpose"]
fn returns_with_panics_only() -> Result<(), Error> {
    let (emulator, session) = world();
    emulator.set_drop_report(DropReport::Panics);
    emulator.server("https://example.com").file("/app.exe", 1).fails(503);
    session.create_job("app", JobType::Download)?.resume()
}

#[test]
fn an_expectation_that_told_everything_is_not_told_twice() {
    let text = printed("expects");
    assert!(text.contains("expected the job to be TRANSFERRED"), "{text}");
    assert!(!text.contains(HEAD), "{text}");
}

#[test]
#[ignore = "fails on purpose"]
fn expects() {
    let (_emulator, _session, job) = busy_world().unwrap();
    job.expect_state(JobState::Transferred);
}

/// Such a callback is held by the emulator, whose last handle is therefore never dropped.
#[test]
fn a_callback_that_holds_its_session_does_not_keep_the_report_away() {
    let text = printed("has_a_callback_with_a_session");
    assert_eq!(text.matches(HEAD).count(), 1, "{text}");
    assert!(text.contains("is TRANSIENT_ERROR at"), "{text}");
}

struct Holder(#[allow(dead_code)] Session);

impl Callback for Holder {}

#[test]
#[ignore = "fails on purpose"]
fn has_a_callback_with_a_session() {
    let (_emulator, session, job) = busy_world().unwrap();
    job.set_notify_interface(Holder(session.clone())).unwrap();
    assert_eq!(job.state().unwrap(), JobState::Transferred);
}

#[test]
fn reports_of_parallel_tests_do_not_mix() {
    let text = printed("fails_in_threads");
    let blocks: Vec<&str> = text.split(HEAD).skip(1).collect();
    assert_eq!(blocks.len(), 8, "{text}");
    let mut told = Vec::new();
    for block in blocks {
        let name = block.lines().nth(2).and_then(|line| line.split(' ').next()).unwrap();
        // The name of the job is in each of the steps.
        let steps = block.split("What happened last:\n").nth(1).unwrap().lines().skip(2);
        let steps: Vec<&str> = steps.take_while(|line| line.starts_with("2024-")).collect();
        assert!(steps.len() > 3 && steps.iter().all(|step| step.contains(name)), "{block}");
        told.push(name.to_owned());
    }
    told.sort_unstable();
    assert_eq!(told, ["j0", "j1", "j2", "j3", "j4", "j5", "j6", "j7"]);
}

#[test]
#[ignore = "fails on purpose"]
fn fails_in_threads() {
    let fail = |number: u32| {
        move || {
            let (_emulator, session) = world();
            let job = download(&session, &format!("j{number}")).unwrap();
            let _ = _emulator.run_until_idle();
            assert_eq!(job.state().unwrap(), JobState::Error);
        }
    };
    let threads: Vec<_> = (0..8).map(|number| std::thread::spawn(fail(number))).collect();
    assert!(threads.into_iter().all(|thread| thread.join().is_err()));
}
