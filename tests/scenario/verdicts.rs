//! When a run fails that seems to hold, and what its message says.

use bits_emulator::scenario::{Report, Scenario};

const DOWNLOAD: &str = "server example.com\n  /app.exe 10 MiB\n\
                        job update, DOWNLOAD, by alice\n\
                        add https://example.com/app.exe as C:\\app\\app.exe\nresume\n";

fn run(text: &str) -> Report {
    text.parse::<Scenario>().unwrap_or_else(|error| panic!("{error}")).run()
}

/// The message about the line that did not hold.
#[track_caller]
fn message(text: &str) -> String {
    run(text).failure.unwrap_or_else(|| panic!("it held:\n{text}")).render("a.bits", text)
}

#[test]
fn a_scenario_that_expects_nothing_checks_nothing() {
    let without = format!("{DOWNLOAD}advance 1 h\n");
    for text in ["", "# a comment\n", "server example.com\n", "by hand\n", &without] {
        let report = run(text);
        assert_eq!(report.held, 0, "{text}");
        assert!(message(text).contains("nothing was checked"), "{text}");
        let meant = format!("no expectations\n{text}");
        assert_eq!(run(&meant).failure, None, "{text}");
        let printed = report.trace.to_string();
        assert_eq!(run(&printed).trace, report.trace, "{printed}");
        assert_eq!(run(&printed).failure, None, "{printed}");
    }
    for line in
        ["expect QUEUED", "advance until TRANSFERRED", "advance until 5 MiB", "suspend -> S_OK"]
    {
        let report = run(&format!("{DOWNLOAD}{line}\n"));
        assert_eq!((report.held, report.failure), (1, None), "{line}");
    }
    let error = "no expectations\nexpect 0 jobs in the queue\n".parse::<Scenario>().unwrap_err();
    assert!(error.to_string().contains("scenario:1:1"), "{error}");
    assert!(error.to_string().contains("remove this line"), "{error}");
}

#[test]
fn a_call_that_succeeds_against_expectation_shows_the_last_steps() {
    let create = "job update, DOWNLOAD, by alice -> E_ACCESSDENIED\n".to_owned();
    for (text, last) in [
        (
            format!("{DOWNLOAD}advance until TRANSFERRED\ncomplete -> BG_E_EMPTY\n"),
            "complete -> S_OK",
        ),
        (format!("{DOWNLOAD}suspend -> BG_E_INVALID_STATE\n"), "suspend -> S_OK"),
        (create, "nothing happened yet"),
    ] {
        let message = message(&text);
        assert!(message.contains(last), "{message}");
        assert!(!message.lines().any(|line| line.trim_end().ends_with(';')), "{message}");
    }
    let refused = message("job update, DOWNLOAD, by alice\nresume -> S_OK\n");
    assert!(refused.contains("LIFE-08") && refused.contains("the last steps were"), "{refused}");
}

/// A state that a job leaves by itself is entered again; the others are not waited for in vain.
#[test]
fn a_wait_for_the_state_that_is_there_already_is_refused_and_takes_no_time() {
    let failing = DOWNLOAD.replace("10 MiB", "10 MiB, answers 404 always");
    for (text, state) in [
        (format!("{DOWNLOAD}suspend\nadvance until SUSPENDED\n"), "SUSPENDED"),
        (
            format!("{DOWNLOAD}advance until TRANSFERRED\nadvance until TRANSFERRED\n"),
            "TRANSFERRED",
        ),
        (
            format!("{DOWNLOAD}advance until TRANSFERRED\ncomplete\nadvance until ACKNOWLEDGED\n"),
            "ACKNOWLEDGED",
        ),
        (format!("{DOWNLOAD}cancel\nadvance until CANCELLED\n"), "CANCELLED"),
        (format!("{failing}advance until ERROR\nadvance until ERROR\n"), "ERROR"),
    ] {
        let message = message(&text);
        assert!(message.contains(&format!("the job is {state} already")), "{message}");
        assert!(message.contains("it is 2024-01-01 00:00:"), "{message}");
    }
    let busy = DOWNLOAD.replace("10 MiB", "10 MiB, answers 503 twice");
    let again = "advance until TRANSIENT_ERROR\nadvance until TRANSIENT_ERROR\n";
    assert_eq!(run(&format!("{busy}{again}expect error count 2\n")).failure, None);
}

#[test]
fn time_ends_where_the_clocks_of_windows_end() {
    for (text, message) in [
        ("advance 99999999999999 d\n", "a duration below 106751991 d"),
        ("advance 99999999 d\n", "no clock of Windows counts that far"),
        ("policy inactivity timeout 106751991 d 5 h\n", "a duration below 106751991 d"),
    ] {
        let error = text.parse::<Scenario>().unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
    for line in ["advance 10600000 d", "advance to +30829-01-01 00:00:00"] {
        let message = message(&format!("{line}\n"));
        assert!(message.contains("end in the year 30828"), "{message}");
    }
    assert_eq!(run("advance 10000000 d\nexpect 0 jobs in the queue\n").failure, None);
}

#[test]
fn a_failure_names_declared_names_that_are_near() {
    for (wrong, line, meant) in [
        ("add https://exmaple.com/", "advance until TRANSFERRED", "`example.com`?"),
        ("add https://example.com/ap.exe as C:\\b", "advance until TRANSFERRED", "`/app.exe`?"),
        ("", "expect server exmaple.com asked twice", "`example.com`?"),
        ("", "expect on disk C:\\app\\ap.exe", "`C:\\app\\app.exe`?"),
        ("", "expect completed C:\\ap\\app.exe", "`C:\\app\\app.exe`?"),
    ] {
        let text = match wrong.split_once(" as ") {
            Some(_) => DOWNLOAD.replace("resume", &format!("{wrong}\nresume")),
            None if wrong.is_empty() => DOWNLOAD.to_owned(),
            None => DOWNLOAD.replace("add https://example.com/", wrong),
        };
        let message = message(&format!("{text}{line}\n"));
        assert!(message.contains(&format!("did you mean {meant}")), "{message}");
    }
    let far = DOWNLOAD.replace("add https://example.com/", "add https://downloads.test/");
    assert!(!message(&format!("{far}advance until TRANSFERRED\n")).contains("did you mean"));
    let fine = message(&format!("{DOWNLOAD}expect ERROR\n"));
    assert!(!fine.contains("did you mean"), "{fine}");
}

#[test]
fn names_of_jobs_and_servers_that_are_near_are_suggested() {
    for (line, meant) in
        [("updat: suspend", "`update`?"), ("server exmaple.com removed", "`example.com`?")]
    {
        let error = format!("{DOWNLOAD}{line}\n").parse::<Scenario>().unwrap_err().to_string();
        assert!(error.contains(&format!("did you mean {meant}")), "{error}");
    }
}
