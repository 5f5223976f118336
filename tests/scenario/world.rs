//! What a scenario's servers, clients and accounts do by themselves, and what is said when an
//! expectation does not hold.

use bits_emulator::scenario::Scenario;

#[track_caller]
fn holds(text: &str) {
    let scenario: Scenario = text.parse().unwrap_or_else(|error| panic!("{error}\n{text}"));
    let report = scenario.run();
    if let Some(problem) = report.failure {
        panic!("{}", problem.render("scenario", text));
    }
    let trace = report.trace.to_string();
    let again = trace.parse::<Scenario>().unwrap_or_else(|error| panic!("{error}")).run();
    assert_eq!((again.failure, again.trace), (None, report.trace), "{trace}");
}

/// The message of a scenario that does not hold.
#[track_caller]
fn message(text: &str) -> String {
    let scenario: Scenario = text.parse().unwrap_or_else(|error| panic!("{error}\n{text}"));
    scenario.run().failure.unwrap().render("scenario", text)
}

const JOB: &str = "job update, DOWNLOAD, by alice\n\
                   add https://example.com/a as C:\\a\n\
                   minimum retry delay 60 s\n";

/// NOTIFY-13: A program that takes its time is called once only, and other lanes do not wait for it.
#[test]
fn a_slow_callback_holds_up_its_own_lane_only() {
    holds(&format!(
        "server example.com\n/a 4 MiB, answers 404 after 2 MiB once\n\
         callback returns S_OK once after 10 s, then E_ACCESSDENIED once after 1 s, then S_OK\n{JOB}\
         callback level 2\n\
         notify JOB_ERROR, JOB_MODIFICATION\n\
         resume\n\
         advance until ERROR\n\
         expect told JobError once, time 2024-01-01 00:00:02\n\
         description other\n\
         advance 9 s\n\
         expect told JobError once, told JobModification 6 times\n\
         advance 1 s\n\
         expect nothing due\n\
         resume\n\
         advance until TRANSFERRED\n\
         expect told JobTransferred never\n"
    ));
}

// NOTIFY-18, NOTIFY-26: what the process was busy with never returns.
#[test]
fn a_callback_that_dies_in_its_call_is_followed_by_the_command_line() {
    holds(&format!(
        "server example.com\ncallback returns S_OK after 10 s\n{JOB}\
         callback level 1\n\
         command line C:\\done.exe\n\
         resume\n\
         advance until ERROR\n\
         expect told JobError by callback once\n\
         advance 5 s\n\
         client exits\n\
         expect told JobError by command line once\n\
         advance 1 h\n\
         expect told JobError twice\n"
    ));
}

// NOTIFY-23, NET-13: an object of the class outlives the client's process and the service.
#[test]
fn a_class_is_notified_when_the_callback_is_gone() {
    let class = "{0406B477-7AA9-4A72-8937-E9C61298384A}";
    holds(&format!(
        "server example.com\n{JOB}callback level 1\nnotification class {class}\n\
         client exits\n\
         service restarts => SUSPENDED\n\
         resume\n\
         advance until ERROR\n\
         expect told JobError by class {class} as alice once, notification class {class}\n"
    ));
}

// PROP-28: the client that was asked about the certificate is gone; its reply does not count.
#[test]
fn a_client_that_exits_does_not_answer_for_its_certificate_any_more() {
    holds(&format!(
        "server example.com\n/a 1 MiB\ncertificate callback returns S_OK after 10 s\n{JOB}\
         certificate callback set\n\
         resume\n\
         advance 5 s\n\
         expect CONNECTING\n\
         client exits => ERROR\n\
         advance 1 h\n\
         expect ERROR, error BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED\n"
    ));
}

/// Only HTTPS servers show certificates, and only to a client that wants to see them.
#[test]
fn certificates_are_shown_over_https_to_clients_that_check() {
    for (url, check, shown) in [
        ("https://example.com/a", "certificate callback set\n", true),
        ("http://example.com/a", "certificate callback set\n", false),
        ("https://example.com/a", "", false),
    ] {
        let text = format!(
            "server example.com\n/a 1 MiB\njob update, DOWNLOAD, by alice\n\
             add {url} as C:\\a\n{check}resume\nadvance until TRANSFERRED\n"
        );
        holds(&text);
        let trace = text.parse::<Scenario>().unwrap().run().trace.to_string();
        assert_eq!(trace.contains("certificate received from example.com:443"), shown, "{trace}");
    }
}

// HTTP-12: a job does not follow redirects for ever.
#[test]
fn redirects_in_a_circle_fail() {
    holds(&format!(
        "server example.com\n/a, answers redirect 302 to https://example.com/a always\n{JOB}\
         resume\nadvance 1 s\nexpect error ERROR_WINHTTP_REDIRECT_FAILED\n"
    ));
}

#[test]
fn a_scenario_that_goes_in_circles_is_found_out() {
    let text = format!("by hand\n{JOB}priority HIGH\nlast 1 step again 20000 times, every 0 s\n");
    assert!(message(&text).contains("goes in circles"), "{}", message(&text));
}

// HTTP-12: an upload is not redirected; the status is its failure (ERR-28).
#[test]
fn an_upload_fails_with_the_status_of_a_redirect() {
    holds(
        "server example.com\n/a, answers redirect 302 to https://example.org/a always\n\
         local file C:\\a, 1 MiB\n\
         job report, UPLOAD, by alice\nadd https://example.com/a as C:\\a\nresume\n\
         advance until ERROR\n\
         expect error 302 in REMOTE_FILE, remote name of file 1 is https://example.com/a\n",
    );
}

// UPLOAD-08
#[test]
fn an_upload_whose_local_file_changes_fails() {
    holds(
        "server example.com\n/a\nlocal file C:\\a, 4 MiB\n\
         job report, UPLOAD, by alice\nadd https://example.com/a as C:\\a\nresume\n\
         advance until 2 MiB\n\
         file changed => ERROR\n\
         expect error BG_E_LOCAL_FILE_CHANGED in LOCAL_FILE of C:\\a\n",
    );
}

// UPLOAD-06: the server forgets what it has in the midst of an upload.
#[test]
fn an_upload_without_its_session_begins_again() {
    holds(
        "server example.com\n/a\nlocal file C:\\a, 4 MiB\n\
         job report, UPLOAD, by alice\nadd https://example.com/a as C:\\a\nresume\n\
         advance until 3 MiB\n\
         session lost => TRANSFERRING\n\
         expect progress 0 B of 4 MiB\n\
         advance until TRANSFERRED\n\
         expect time 2024-01-01 00:00:07\n",
    );
}

// HTTP-09: an on-demand job cannot begin a file again silently.
#[test]
fn an_on_demand_job_fails_if_its_file_changes() {
    holds(&format!(
        "server example.com\n/a 4 MiB, answers file changed after 1 MiB once\n{JOB}\
         on-demand mode on\nrequest ranges of file 1 0:2097152\nresume\n\
         advance until ERROR\n\
         expect error BG_E_REMOTE_FILE_CHANGED, filled ranges of file 1 none\n"
    ));
}

// PROP-38: what is asked for while bytes flow follows at once, in the same attempt.
#[test]
fn further_ranges_follow_in_the_same_attempt() {
    holds(&format!(
        "server example.com\n/a 8 MiB\n{JOB}on-demand mode on\n\
         request ranges of file 1 0:2097152\nresume\n\
         advance until 1 MiB\n\
         request ranges of file 1 4194304:1048576\n\
         advance until SUSPENDED\n\
         expect time 2024-01-01 00:00:03\n\
         expect filled ranges of file 1 0:2097152 4194304:1048576\n"
    ));
}

// HTTP-03, SCHED-18, FILES-22: who needs ranges.
#[test]
fn ranges_are_needed_for_parts_and_for_more_than_2_gb() {
    let refused = "expect ERROR, error BG_E_INSUFFICIENT_RANGE_SUPPORT in REMOTE_FILE";
    for (file, add, expected) in [
        ("/a 2 GiB", "", "expect TRANSFERRING"),
        ("/a 3 GiB", "", refused),
        ("/a 2 GiB", ", ranges 0:100", refused),
    ] {
        holds(&format!(
            "server example.com\n{file}, without ranges\n\
             job update, DOWNLOAD, by alice\nadd https://example.com/a as C:\\a{add}\n\
             priority FOREGROUND\nresume\nadvance 1 us\n{expected}\n"
        ));
    }
}

// SEC-05: no process below the integrity level of a service may change its job.
#[test]
fn callers_are_known_by_name_and_process() {
    holds(
        "job update, DOWNLOAD, by LocalSystem\n\
         by administrator bob: description mine -> E_ACCESSDENIED\n\
         by system-integrity administrator Bob: take ownership -> S_OK\n\
         expect owner bob, owner BOB\n\
         by LocalService: cancel -> E_ACCESSDENIED\n\
         by system-integrity elevated bob: cancel -> S_OK\n",
    );
}

#[test]
fn by_hand_the_dispatcher_is_written_out() {
    holds(&format!(
        "by hand\n{JOB}callback level 1\ncommand line C:\\done.exe\nresume\npicked\nfailed 404\n\
         expect due JobError by callback as alice, told nothing\n\
         JobError begins\n\
         expect nothing due, told JobError once\n\
         JobError returns E_ACCESSDENIED\n\
         expect due JobError by command line\n\
         JobError begins\n\
         program exited with 1\n\
         expect nothing due, notification repeat at 2024-01-01 00:01:00\n\
         at 2024-01-01 00:01:00 notification repeat elapsed\n\
         expect due JobError by command line, told JobError by command line once\n"
    ));
}

/// Each kind of expectation says what was so instead.
#[test]
fn what_was_instead_is_said() {
    for (expectation, was) in [
        ("priority HIGH", "was priority NORMAL"),
        ("display name other", "was display name update"),
        ("notify none", "was notify JOB_TRANSFERRED, JOB_ERROR"),
        ("callback level 3", "was callback level 2"),
        ("command line removed", "was command line C:\\done.exe with \"x y\""),
        ("cost policy STANDARD", "was cost policy UNRESTRICTED"),
        ("maximum download size 1 B", "was maximum download size 0 B"),
        ("on-demand mode on", "was on-demand mode off"),
        ("notification interval 1 s", "was notification interval 500 ms"),
        ("custom headers removed", "was custom headers \"A: 1\""),
        ("custom headers write-only", "was custom headers \"A: 1\""),
        ("client certificate USERS MY", "RPC_X_BAD_STUB_DATA"),
        ("reply file generated", "E_NOTIMPL"),
        ("file 1 is valid", "was file 1 is not valid"),
        ("file 2 is valid", "was no file 2"),
        ("HTTP method POST", "was HTTP method GET"),
        ("security flags DISALLOW", "was security flags none"),
        ("remote name of file 1 is x", "was remote name of file 1 is https://example.com/a"),
        ("remote name of file 2 is x", "was no file 2"),
        ("response headers of file 1 \"A: 1\"", "was response headers of file 1 none"),
        ("request headers none", "was request headers \"A: 1\""),
        ("filled ranges of file 1 none", "BG_E_RANDOM_ACCESS_NOT_SUPPORTED"),
        ("owner bob", "was owner alice"),
        ("owner is elevated", "was owner is not elevated"),
        ("told JobError twice", "was told JobError once"),
        ("told JobError by command line", "was told JobError by command line never"),
        ("told JobTransferred", "was told JobTransferred never"),
        ("told JobError never", "was told JobError once"),
        ("told nothing", "was told JobError by callback as alice"),
        ("due JobError", "was nothing due"),
        ("QUEUED", "was ERROR"),
        ("no error object", "was error BG_E_HTTP_ERROR_404 in REMOTE_FILE of C:\\a"),
        ("error count 2", "was error count 1"),
        ("files 1 of 1", "was files 0 of 1"),
        ("completed C:\\a", "was not completed C:\\a"),
        ("completed C:\\b", "was no file with the local name C:\\b"),
        ("retry delay at 2024-01-01 00:10:00", "was not running"),
        ("created 2025-01-01 00:00:00", "was created 2024-01-01 00:00:00"),
        ("transfer completed 2024-01-01 00:00:00", "was transfer never completed"),
        ("purged", "was not purged"),
        ("not in the queue", "was in the queue"),
        ("reply 1 B of 1 B", "was no reply: GetReplyProgress is not available"),
        ("on disk C:\\a", "was not on disk C:\\a"),
        ("running update", "was running none"),
        ("server example.com asked never", "was server example.com asked once"),
    ] {
        let message = message(&format!(
            "server example.com\n{JOB}callback level 2\ncommand line C:\\done.exe with \"x y\"\n\
             custom headers \"A: 1\"\nresume\nadvance until ERROR\nexpect {expectation}\n"
        ));
        assert!(message.contains(was), "{message}");
    }
}

// PROGRESS-04, FILES-22: with ranges the server tells the size of the whole file, and the job finds
// out what it wants of it.
#[test]
fn ranges_are_parts_of_the_file_that_the_server_has() {
    for (ranges, expected) in [
        ("0:1048576 6291456:eof", "expect TRANSFERRED, progress 3 MiB of 3 MiB"),
        ("8388600:100", "expect ERROR, error BG_E_INVALID_RANGE in REMOTE_FILE of C:\\a"),
    ] {
        holds(&format!(
            "server example.com\n/a 8 MiB\njob update, DOWNLOAD, by alice\n\
             add https://example.com/a as C:\\a, ranges {ranges}\nresume\nadvance 3 s\n{expected}\n"
        ));
    }
}

// FILES-26: a file of another size under the new name is fetched from its beginning.
#[test]
fn another_file_under_the_new_name_begins_at_zero() {
    // Four seconds for the first 4 MiB, then one for each MiB that is fetched.
    for (size, end) in [("8 MiB", 8), ("6 MiB", 10), ("9 MiB", 13)] {
        holds(&format!(
            "server example.com\n/a 8 MiB, answers 404 after 4 MiB once\n\
             server example.org\n/a {size}\n{JOB}\
             resume\nadvance until ERROR\n\
             remote name of file 1 becomes https://example.org/a\nresume\n\
             advance until TRANSFERRED\nexpect time 2024-01-01 00:00:{end:02}\n"
        ));
    }
}

/// NOTIFY-18: a call of a process that has ended does not reach the service, and the line says so.
#[test]
fn a_call_through_an_ended_process_returns_its_code() {
    let exits = format!("{JOB}resume\nalice exits\nstill by alice: suspend ->");
    holds(&format!("{exits} RPC_E_DISCONNECTED => QUEUED\nsuspend -> S_OK => SUSPENDED\n"));
    let wrong = message(&format!("{exits} S_OK => QUEUED\n"));
    assert!(wrong.contains("expected S_OK, was RPC_E_DISCONNECTED"), "{wrong}");
}

/// LIFE-32: interfaces that a restart keeps are those of processes that connected.
#[test]
fn a_process_that_never_connected_has_no_interface_to_keep() {
    let keeps = "reading service restart: keeps interfaces\n";
    holds(&format!(
        "{keeps}{JOB}connecting fails with E_ACCESSDENIED always\n\
         by administrator bob: suspend -> E_ACCESSDENIED\n\
         still by administrator bob: suspend -> RPC_S_SERVER_UNAVAILABLE\n\
         suspend -> S_OK\n"
    ));
}

/// LIFE-31: by hand, too, nothing acts while the service is stopped.
#[test]
fn by_hand_clocks_and_bandwidth_limits_wait_for_a_stopped_service() {
    let stopped = format!(
        "by hand\npolicy bandwidth 20 kbit/s from 08:00 to 17:00, else unlimited\n{JOB}resume\n\
         picked\nfailed 503 => TRANSIENT_ERROR\nservice stops => TRANSIENT_ERROR\nadvance 8 h\n"
    );
    holds(&format!(
        "{stopped}retry delay elapsed => TRANSIENT_ERROR\nservice starts\n\
         retry delay elapsed => QUEUED\n"
    ));
    let clock = message(&format!("{stopped}retry delay elapsed\n"));
    assert!(clock.contains("nothing happened: TRANSIENT_ERROR does not allow it"), "{clock}");
    let limits = message(&format!("{stopped}bandwidth limits change\n"));
    assert!(limits.contains("no policy has an interval that begins or ends now"), "{limits}");
}

/// Account names are the same in any case of letters, also of letters beyond ASCII.
#[test]
fn account_names_are_the_same_in_any_case_of_letters() {
    holds(
        "job update, DOWNLOAD, by \u{e4}lice\nadd https://example.com/a as C:\\a\n\
         callback level 2\nresume\nadvance until ERROR\n\
         expect owner \u{c4}LICE, told JobError by callback as \u{c4}LICE\n\
         \u{c4}LICE logs off\n",
    );
}
