//! How a counterexample is shown: as a story, as a test, and with no decision that it does not need.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use bits_emulator::explore::{self, Budget, Life, Program};
use bits_emulator::{Error, JobState, JobType};

use crate::clients::{PATH, URL, one_file};
use crate::incidents::incidents;
use crate::promises::all;

fn updater(life: &Life) -> Result<(), Error> {
    let job = life.session().create_job("update", JobType::Download)?;
    job.add_file(URL, PATH)?;
    job.resume()?;
    while job.state()? != JobState::Transferred {
        life.session().sleep(Duration::from_secs(60));
    }
    job.complete().map(drop)
}

fn explored() -> Program {
    explore::program(updater)
        .world(one_file)
        .wants(URL, PATH)
        .budget(Budget::default().operator_suspend(1).network(1).kill(1))
}

/// What BITS did stands between the calls of the client, with the rules behind it.
#[test]
fn what_bits_did_stands_between_the_calls() {
    let found = explored().replay("5:i0").counterexample.expect("it waits for ever");
    let shown = r"broken promise: the program comes to its end
what happened: it does not end: GetState -> SUSPENDED, every 1 m

2024-01-01 00:00:00  the program starts
2024-01-01 00:00:00    CreateJob
2024-01-01 00:00:00    AddFile
2024-01-01 00:00:00    Resume: SUSPENDED -> QUEUED  [LIFE-07, TIME-19]
2024-01-01 00:00:00    GetState -> QUEUED
2024-01-01 00:00:00    waits 1 m
2024-01-01 00:00:00    | picked: QUEUED -> CONNECTING  [LIFE-18]
2024-01-01 00:00:00  * while the program waits, an administrator suspends the jobs
2024-01-01 00:00:00    | operator: suspend: CONNECTING -> SUSPENDED  [LIFE-12]
2024-01-01 00:01:00    GetState -> SUSPENDED
2024-01-01 00:01:00    waits 1 m
                       these 2 lines again 205 times, every 1 m
2024-01-01 03:27:00  the program is stopped here

replay it: .replay(";
    assert!(found.to_string().starts_with(shown), "{found}");
}

/// The test that a counterexample is made into, as it is made.
mod made {
    use super::explored;

    // made
    /// Promised: no job is left behind.
    /// What happened: the program ended and left 1 of its jobs in the queue.
    #[test]
    #[should_panic = "broken promise: no job is left behind"]
    fn no_job_is_left_behind() {
        let verdict = explored().replay("0:k");
        // Otherwise the decisions do not fit the program any more.
        let decided = ["before CreateJob, the process is killed once the call is carried out"];
        assert_eq!(verdict.decided(), decided);
        assert!(verdict.counterexample.is_none(), "{verdict}");
    }
    // end of made
}

#[test]
fn a_counterexample_becomes_a_test() {
    let found = explored().replay("0:k").counterexample.expect("a job is left behind");
    let source = include_str!("stories.rs");
    let made =
        source.split("    // made\n").nth(1).and_then(|made| made.split("    // end").next());
    let lines = made.unwrap_or_default().lines().filter(|line| !line.contains("should_panic"));
    let made: String =
        lines.map(|line| format!("{}\n", line.strip_prefix("    ").unwrap_or(line))).collect();
    assert_eq!(found.rust_test(), made);
}

/// A decision that means something else by now is noticed: another call stands there.
#[test]
fn decisions_that_mean_something_else_are_told_apart() {
    let first = explored().replay("0:k");
    let changed = explore::program(|life| life.session().jobs().map(drop))
        .budget(Budget::default().operator_suspend(1).network(1).kill(1))
        .replay("0:k");
    assert_ne!(first.decided(), changed.decided());
}

/// Decisions that are none, or that cannot be made in the run any more, are no run: which one it is, and why, is said.
#[test]
fn decisions_that_do_not_fit_are_refused() {
    let end = "it comes to its end before `1000:k`";
    for (decisions, why) in [
        ("7", "`7` is no decision such as `7:i0` or `12:s2`"),
        ("1000:k", end),
        ("0:i1,1000:k", end),
        // The budget has no fourth incident, and no second kill.
        ("0:i3", "`0:i3` cannot be decided there"),
        ("0:i2,1:k", "`1:k` cannot be decided there"),
        // There is a call, and no callback, other order or other program; there is a wait, and no call.
        ("0:l1", "`0:l1` cannot be decided there"),
        ("0:o1", "`0:o1` cannot be decided there"),
        ("0:w1", "`0:w1` cannot be decided there"),
        ("4:k", "`4:k` cannot be decided there"),
        ("4:s1", "`4:s1` cannot be decided there"),
        // Before there is a job nothing happens that it could be late for.
        ("0:s1", "`0:s1` cannot be decided there"),
        // It stands behind the one before it.
        ("3:i1,0:k", "`0:k` cannot be decided there"),
    ] {
        let replayed = catch_unwind(AssertUnwindSafe(|| explored().replay(decisions)));
        let told = replayed.expect_err(decisions).downcast::<String>().expect("it has a text");
        let begins = format!("the decisions {decisions} do not fit the program any more: ");
        assert_eq!(told.strip_prefix(&begins).unwrap_or(&told), why);
    }
}

/// Without one of its decisions, or with a shorter stall, the run of a counterexample keeps the promise.
#[test]
fn no_decision_can_be_left_out() {
    for case in [all(), incidents()].concat() {
        let explored = || case.program(case.wrong, case.budget.clone());
        let found = explored().explore().counterexample.expect("a bug");
        let decisions: Vec<&str> = found.decisions().split(',').collect();
        let shorter = |decision: &str| {
            let (point, changes) = decision.split_once(":s")?;
            let fewer = 1..changes.parse::<u32>().ok()?;
            Some(fewer.map(|fewer| format!("{point}:s{fewer}")).collect::<Vec<_>>())
        };
        for (place, decision) in decisions.iter().enumerate() {
            let instead = [vec![String::new()], shorter(decision).unwrap_or_default()].concat();
            for instead in instead {
                let mut fewer = decisions.clone();
                fewer[place] = &instead;
                fewer.retain(|decision| !decision.is_empty());
                if decisions == [""] {
                    continue;
                }
                let text = fewer.join(",");
                // Decisions that do not fit are no run.
                let verdict = catch_unwind(AssertUnwindSafe(|| explored().replay(&text)));
                let broken = verdict.ok().and_then(|verdict| verdict.counterexample);
                let broken = broken.filter(|broken| broken.promise() == found.promise());
                assert!(broken.is_none(), "{}: {text} suffices; {found}", case.name);
            }
        }
    }
}
