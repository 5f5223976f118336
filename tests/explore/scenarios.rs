//! A counterexample as a scenario: it runs without the program, does what the explored run did, and shows the
//! broken promise.

use bits_emulator::HResult;
use bits_emulator::explore::{self, Budget, Counterexample};
use bits_emulator::scenario::{Report, Scenario, Transcript, TranscriptStep};

use crate::clients::{PATH, URL, one_file, survives};
use crate::found::{BOUNDED, Case, IS_TRUTHFUL, LEGAL, NO_ORPHANS, NOT_NEEDLESS};
use crate::found::{ENDS, NO_PANIC, adoption};
use crate::incidents::incidents;
use crate::promises::all;

fn found(case: &Case) -> Counterexample {
    let explored = case.program(case.wrong, case.budget.clone());
    explored.explore().counterexample.expect("a bug")
}

fn run(text: &str) -> Report {
    let scenario: Scenario = text.parse().unwrap_or_else(|problems| panic!("{problems}\n{text}"));
    scenario.run()
}

/// The steps of a run, with what each did to which job: they lead to the same jobs, states and files.
fn steps(transcript: &Transcript) -> Vec<TranscriptStep> {
    transcript.steps().cloned().collect()
}

/// The lines of a text without comments, and without what is promised at its end.
fn statements(text: &str) -> Vec<String> {
    let scenario: Scenario = text.parse().expect("it is one");
    let all = scenario.to_string();
    all.lines().filter(|line| !line.starts_with("expect ")).map(str::to_owned).collect()
}

/// How the expectation is broken that says what was promised, or none if no expectation does.
fn shown_by(name: &str, found: &Counterexample) -> Option<&'static str> {
    Some(match found.promise() {
        ENDS | BOUNDED => "expected client ended, was client still running",
        NO_PANIC => "expected client ended, was client panics",
        NOT_NEEDLESS if !found.happened().contains("reported") => {
            "expected client succeeded, was client reports \""
        }
        // Its file is there in the end.
        IS_TRUTHFUL if name == "reported early" => return None,
        IS_TRUTHFUL => r"expected fetched C:\app\app.exe, was ",
        // Or it is a temporary file.
        NO_ORPHANS if found.happened().contains("jobs in the queue") => {
            "expected jobs of user none, was jobs of user \"app update\""
        }
        LEGAL if found.happened().contains("was refused") => {
            "expected no call refused with BG_E_INVALID_STATE, was Complete refused"
        }
        // Of outcomes of requests, growth, dead handles and waits in callbacks, or of a monitor of the case's own.
        _ => return None,
    })
}

/// Each scenario is made of the same steps as its run, with the same effects on the same jobs, and all that it says
/// is so but what was promised, which is its last line. Its transcript has all its lines but that one.
#[test]
fn a_scenario_does_what_the_run_did() {
    for case in [all(), incidents()].concat() {
        let (name, found) = (case.name, found(&case));
        let text = found.scenario();
        let report = run(&text);
        let explored = Transcript::of(found.trace().expect("it is kept"));
        assert_eq!(steps(&report.trace), steps(&explored), "{name}\n{text}");
        assert_eq!(statements(&report.trace.to_string()), statements(&text), "{name}");

        let Some(shown) = shown_by(name, &found) else {
            assert_eq!(report.failure, None, "{name}\n{text}");
            continue;
        };
        let problem = report.failure.unwrap_or_else(|| panic!("{name}: it holds\n{text}"));
        assert!(problem.cause.starts_with(shown), "{name}: {}\n{text}", problem.cause);
        assert_eq!(problem.line(&text), text.lines().count(), "{name}\n{text}");
    }
}

/// The process is killed, finds its store in its next life, and leaves a job behind.
#[test]
fn a_kill_as_a_scenario() {
    let cases = adoption();
    let case = cases.iter().find(|case| case.name == "id stored late").expect("there is one");
    assert_eq!(found(case).scenario(), include_str!("killed-after-create-job.bits"));
}

/// A log off ends the process, and the next life begins with the logon.
#[test]
fn a_log_off_as_a_scenario() {
    let cases = adoption();
    let case = cases.iter().find(|case| case.name == "id stored late").expect("there is one");
    let budget = Budget::default().log_off(1);
    let found = case.program(case.wrong, budget).explore().counterexample.expect("a bug");
    let text = found.scenario();
    let report = run(&text);
    assert_eq!(steps(&report.trace), steps(&Transcript::of(found.trace().expect("it is kept"))));
    assert!(report.failure.expect("a job is left").cause.starts_with("expected jobs of user none"));
    let told = found.to_string();
    for line in [
        "00:00:00  * before AddFile, the user logs off for 60s, which ends the process\n",
        "00:00:00  the process is gone\n",
        "00:01:00  the program starts again, life 2\n",
    ] {
        assert!(told.contains(line), "{line} is not in\n{told}");
    }
}

/// A reply that is lost stands behind the call that was carried out.
#[test]
fn a_lost_reply_as_a_scenario() {
    let lost = explore::program(survives)
        .world(one_file)
        .wants(URL, PATH)
        .budget(Budget::default().reply_lost(HResult::RPC_S_SERVER_UNAVAILABLE, 1))
        .monitors(explore::Monitors::default().with(explore::Monitor::new("", |ending| {
            if ending.incidents.is_empty() { Ok(()) } else { Err(String::new()) }
        })));
    let text = lost.replay("2:i0").counterexample.expect("one is lost").scenario();
    assert_eq!(run(&text).failure, None, "{text}");
    let mut lines = text.lines().skip_while(|line| !line.contains(": add "));
    assert!(lines.next().is_some_and(|line| line.contains(" -> S_OK => SUSPENDED")), "{text}");
    let lost = "at 2024-01-01 00:00:00  \"app update\": AddFile lost with RPC_S_SERVER_UNAVAILABLE";
    assert_eq!(lines.next(), Some(lost), "{text}");
}
