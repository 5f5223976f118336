//! What a scenario says of a client's program: what it reads, keeps and gets, how it starts and ends.

use bits_emulator::scenario::{Report, Scenario};

/// What is wrong with a text, and in which line.
fn problem(text: &str) -> (usize, String) {
    let problem = match text.parse::<Scenario>() {
        Ok(scenario) => scenario.run().failure,
        Err(error) => error.problems().first().cloned(),
    };
    let problem = problem.unwrap_or_else(|| panic!("nothing is wrong:\n{text}"));
    (problem.line(text), problem.cause)
}

fn holds(text: &str) -> Report {
    let scenario: Scenario = text.parse().unwrap_or_else(|problems| panic!("{problems}"));
    let report = scenario.run();
    assert_eq!(report.failure, None, "{text}");
    report
}

const SERVED: &str = "server example.com\n  /a 10 MiB, answers 503 once\njob update, DOWNLOAD, by alice\n\
                      add https://example.com/a as C:\\a\nresume\nadvance until TRANSIENT_ERROR\n";

/// Reads are compared with what BITS returns at that moment, where servers answer too, and count as checks.
#[test]
fn reads_are_checked() {
    let reads = "GetState returns TRANSIENT_ERROR\n\
                 GetError returns error BG_E_HTTP_ERROR_503 in REMOTE_FILE of C:\\a\n\
                 GetErrorCount returns error count 1\n\
                 GetProgress returns files 0 of 1\n\
                 EnumJobs returns jobs of alice update\n\
                 GetPriority returns priority NORMAL\n\
                 advance until TRANSFERRED\n\
                 GetError refused with BG_E_ERROR_INFORMATION_UNAVAILABLE\n\
                 GetProgress returns progress 10 MiB of 10 MiB\n";
    let report = holds(&format!("{SERVED}{reads}"));
    assert_eq!(report.held, 10);
    // The transcript tells of them, and runs by hand.
    let printed = report.trace.to_string();
    assert!(printed.contains("  GetState returns TRANSIENT_ERROR\n"), "{printed}");
    assert_eq!(holds(&printed).trace, report.trace);

    for (read, cause) in [
        ("GetState returns ERROR", "expected ERROR, was TRANSIENT_ERROR"),
        ("GetErrorCount returns error count 2", "expected error count 2, was error count 1"),
        (
            "GetError refused with BG_E_ERROR_INFORMATION_UNAVAILABLE",
            "expected BG_E_ERROR_INFORMATION_UNAVAILABLE, was S_OK",
        ),
        ("GetState returns error count 1", "GetState does not return that"),
        ("GetState refused with E_FAIL", "it is not known when that is refused"),
        ("Resume lost with S_OK", "a call that fails does not return a success code"),
        (
            "EnumJobs returns jobs of alice none",
            "expected jobs of alice none, was jobs of alice update",
        ),
    ] {
        assert_eq!(problem(&format!("{SERVED}{read}\n")), (7, cause.to_owned()), "{read}");
    }
}

/// What a client stores outlives its process.
#[test]
fn what_is_stored_is_found() {
    let kept = "by hand\nclient starts\nclient stores job as 7\nclient is killed\nclient starts\n";
    holds(&format!("{kept}client finds job as 7\nclient removes job\nclient finds no job\n"));
    for (line, cause) in [
        ("client finds job as 8", "job is stored as 7"),
        ("client finds no job", "job is stored as 7"),
        ("client finds done as yes", "no done is stored"),
    ] {
        assert_eq!(problem(&format!("{kept}{line}\n")), (6, cause.to_owned()));
    }
}

/// How a program ended is what its last line of that kind says.
#[test]
fn how_a_client_ended_is_known() {
    let begun = "by hand\njob update, DOWNLOAD, by alice\nclient starts\n";
    let (ended, succeeded) = ("expect client ended\n", "expect client succeeded\n");
    holds(&format!("{begun}client reports success\n{ended}{succeeded}"));
    holds(&format!("{begun}client reports \"no such file\"\n{ended}"));
    for (line, expected, cause) in [
        ("client waits 60 s", ended, "expected client ended, was client still running"),
        ("client is killed", ended, "expected client ended, was client is killed"),
        ("client panics \"oh\"", ended, "expected client ended, was client panics \"oh\""),
        (
            "client reports \"no\"",
            succeeded,
            "expected client succeeded, was client reports \"no\"",
        ),
    ] {
        assert_eq!(problem(&format!("{begun}{line}\n{expected}")), (5, cause.to_owned()));
    }
    for line in ["client starts", "client waits 60 s", "expect client ended"] {
        let (at, cause) = problem(&format!("{SERVED}{line}\n"));
        assert!(at == 7 && cause.starts_with("in this scenario "), "{line}: {cause}");
    }
}

/// Files count as fetched if any job completed them, and refusals of any job count.
#[test]
fn what_jobs_came_to_is_known_without_their_names() {
    let fetched = "expect fetched C:\\a\n";
    assert_eq!(
        problem(&format!("{SERVED}{fetched}")).1,
        "expected fetched C:\\a, was not completed"
    );
    let done =
        format!("{SERVED}advance until TRANSFERRED\ncomplete\njob more, DOWNLOAD, by alice\n");
    holds(&format!("{done}{fetched}expect no call refused with BG_E_EMPTY\n"));
    let refused = format!("{done}resume -> BG_E_EMPTY\nexpect no call refused with BG_E_EMPTY\n");
    let cause = "expected no call refused with BG_E_EMPTY, was Resume refused".to_owned();
    assert_eq!(problem(&refused), (11, cause));
}

/// Lines of a client are repeated with the steps among them, and checked each time.
#[test]
fn what_a_client_does_is_repeated() {
    let polls = "by hand\njob update, DOWNLOAD, by alice\nat 2024-01-01 00:00:00 GetState returns SUSPENDED\n\
                 at 2024-01-01 00:00:00 client waits 60 s\nlast 2 steps again 5 times, every 60 s\n";
    let report = holds(polls);
    assert_eq!(report.held, 6);
    assert!(report.trace.to_string().ends_with("last 2 steps again 5 times, every 1 m\n"));
    // By the third time the job is another one.
    let changed = "by hand\njob update, DOWNLOAD, by alice\n\
                   at 2024-01-01 00:00:00 GetState returns SUSPENDED\ncancel\n\
                   last 2 steps again 5 times, every 60 s\n";
    assert_eq!(problem(changed), (5, "expected SUSPENDED, was CANCELLED".to_owned()));
}
