//! A trace as text and as a table.

use std::time::Duration;

use bits_emulator::{Completion, Emulator, Fault, Job, JobType, Session, User};

fn download(session: &Session, name: &str) -> Job {
    let job = session.create_job(name, JobType::Download).unwrap();
    job.add_file("https://example.com/app.exe", format!(r"C:\{name}.exe")).unwrap();
    job.resume().unwrap();
    job
}

#[test]
fn two_downloads_in_lines_and_in_a_table() {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", 1_000).fails(503);
    let session = emulator.connect(User::new("alice"));
    let first = download(&session, "first");
    assert!(first.set_http_method("POST").is_err());
    let second = download(&session, "second");
    emulator.advance(Duration::from_secs(1));
    emulator.disconnect_network();
    emulator.connect_network();
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(second.complete(), Ok(Completion::All));
    session.kill();
    assert!(first.complete().is_err());
    insta::assert_snapshot!("trace_lines", emulator.trace());
    insta::assert_snapshot!("trace_table", emulator.trace().table());
}

#[test]
fn a_retry_loop_is_told_once() {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", 1_000).fails(Fault::http(503).always());
    let job = download(&emulator.connect(User::new("alice")), "app");
    emulator.advance(Duration::from_secs(7 * 86_400));
    let trace = emulator.trace().of_job(job.id());
    assert!(trace.steps().len() > 3_000);
    insta::assert_snapshot!(trace.table());
}

#[test]
fn two_jobs_of_one_name_are_told_apart() {
    let emulator = Emulator::new();
    let session = emulator.connect(User::new("alice"));
    let jobs = [download(&session, "app"), download(&session, "app")];
    let table = emulator.trace().table();
    for job in jobs {
        let name = format!("app {}", &job.id().to_string()[1..9]);
        assert!(table.contains(&name), "{table}");
    }
}

#[test]
fn steps_that_are_not_kept_are_counted() {
    let emulator = Emulator::new();
    let session = emulator.connect(User::new("alice"));
    download(&session, "app");
    let last = emulator.trace().last(1);
    assert!(last.to_string().starts_with("(4 earlier steps)\n"), "{last}");
    assert!(last.table().contains("\n    (4 earlier steps)\n"), "{}", last.table());
}

/// A text that a client gives may be longer than any column.
#[test]
fn a_table_takes_texts_of_any_length() {
    let emulator = Emulator::new();
    let job = emulator.connect(User::new("alice")).create_job("app", JobType::Download).unwrap();
    let long = "x".repeat(100_000);
    assert!(job.set_description(&long).is_err());
    let table = emulator.trace().table();
    assert!(table.contains(&long));
    assert!(table.lines().next().unwrap().len() < 400);
    let report = emulator.failure_report().to_string();
    assert!(report.len() < 5_000 && report.contains("xxx...\n"), "{report}");
}
