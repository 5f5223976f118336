//! Each bug is found, within small bounds.

use bits_emulator::HResult;
use bits_emulator::explore::{self, Budget, Counterexample, Life};

use crate::clients::{self, PATH, URL};

type Client = fn(&Life) -> Result<(), String>;

fn found(client: Client, size: u64, budget: Budget, bound: (u32, u32)) -> (u64, Counterexample) {
    let explored = || {
        explore::program(client)
            .world(move |emulator| {
                emulator.server("https://example.com").file("/app.exe", size);
            })
            .wants(URL, PATH)
            .budget(budget.clone())
            .bound(bound.0, bound.1)
            .most_runs(200_000)
    };
    let verdict = explored().explore();
    println!("{verdict}\n");
    let runs = verdict.runs;
    let counterexample = verdict.counterexample.expect("the bug is found");
    let again = explored().replay(counterexample.decisions());
    let again = again.counterexample.expect("it is found again");
    assert_eq!(again.to_string(), counterexample.to_string());
    (runs, counterexample)
}

#[test]
fn completing_early_is_found() {
    let (_, found) = found(clients::completes_early, 0, Budget::default(), (0, 1));
    println!("{found}");
}

#[test]
fn partial_completion_taken_for_success_is_found() {
    let (_, found) =
        found(clients::takes_partial_for_success, 10 << 20, Budget::default().http([404]), (1, 0));
    assert_eq!(found.promise(), "success is reported only if every wanted file is there");
}

#[test]
fn a_forgotten_state_is_found() {
    let (_, found) =
        found(clients::forgets_a_state, 10 << 20, Budget::default().http([503]), (1, 0));
    assert_eq!(found.promise(), "trouble that passes by itself leads to success");
}

#[test]
fn waiting_for_a_cancelled_job_is_found() {
    let (_, found) = found(
        clients::waits_for_a_cancelled_job,
        10 << 20,
        Budget::default().operator_cancel(1),
        (1, 0),
    );
    assert_eq!(found.promise(), "the program comes to its end");
}

#[test]
fn an_id_that_is_stored_late_is_found() {
    let (_, found) =
        found(clients::stores_the_id_late, 10 << 20, Budget::default().kill(1), (1, 0));
    assert_eq!(found.promise(), "no job is left behind");
}

#[test]
fn an_error_object_that_is_gone_is_found() {
    let (_, found) =
        found(clients::reads_state_and_then_error, 10 << 20, Budget::default().http([503]), (1, 1));
    assert_eq!(found.promise(), "the program does not panic");
}

#[test]
fn an_empty_job_left_behind_is_found() {
    let (_, found) = found(
        clients::leaves_an_empty_job,
        10 << 20,
        Budget::default().call_fails(HResult::E_ACCESSDENIED, 1),
        (1, 0),
    );
    assert_eq!(found.promise(), "no job is left behind");
}

#[test]
fn resuming_for_ever_is_found() {
    let verdict = explore::program(clients::resumes_for_ever)
        .world(|emulator| _ = emulator.server("https://example.com"))
        .bound(0, 0)
        .explore();
    let found = verdict.counterexample.expect("the bug is found");
    assert_eq!(found.promise(), "the program comes to its end");
    assert!(found.happened().contains("resumed"), "{found}");
}

#[test]
fn a_failed_complete_that_is_ignored_is_found() {
    let (_, found) = found(
        clients::ignores_a_failed_complete,
        10 << 20,
        Budget::default().call_fails(HResult::E_ACCESSDENIED, 1),
        (1, 0),
    );
    println!("{found}");
}
