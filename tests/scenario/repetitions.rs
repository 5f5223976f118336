//! `last N steps again`, in scenarios by hand.

use std::time::Duration;

use bits_emulator::scenario::{Scenario, Transcript};
use bits_emulator::{Emulator, JobType, User};

use crate::several_jobs::replays;

const BEGINNING: &str = "by hand\njob update, DOWNLOAD, by alice\nadvance 1 s\n";

/// What is wrong with a text, and in which line.
fn problem(lines: &str) -> (usize, String) {
    let text = format!("{BEGINNING}{lines}");
    let problem = match text.parse::<Scenario>() {
        Ok(scenario) => scenario.run().failure,
        Err(error) => error.problems().first().cloned(),
    };
    let problem = problem.unwrap_or_else(|| panic!("{text}"));
    (problem.line(&text), problem.cause)
}

/// Steps that record nothing do not make a run longer, but each takes its time.
#[test]
fn repetitions_of_steps_that_record_nothing_come_to_an_end() {
    let again = format!("last 1 step again {} times, every 1 s", u64::MAX);
    for (step, cause) in [
        ("service starts", "fewer steps than that happened above"),
        ("policy time slice 10 s", "the run is too long: more than 300,000 steps"),
        ("service stops", "the run is too long: more than 300,000 steps"),
    ] {
        assert_eq!(problem(&format!("{step}\n{again}\n")), (5, cause.to_owned()), "{step}");
    }
}

#[test]
fn steps_are_repeated_once_at_least() {
    let (line, cause) = problem("service stops\nlast 1 step again 0 times, every 1 s\n");
    assert_eq!((line, &*cause), (5, "steps are not repeated 0 times"));
}

/// The first session of a user who is named for the first time would go without saying.
#[test]
fn repeated_logons_of_an_emulator_are_folded_and_run_again() {
    let emulator = Emulator::new();
    emulator.connect(User::new("alice")).create_job("update", JobType::Download).unwrap();
    for _ in 0..6 {
        emulator.log_on("bob");
        emulator.advance(Duration::from_secs(60));
    }
    replays(&Transcript::of(&emulator.trace()));
}

/// Steps of one instant are no cycle: a repetition says how much time lies between.
#[test]
fn repeated_steps_of_one_instant_are_not_folded() {
    let emulator = Emulator::new();
    let session = emulator.connect(User::new("alice"));
    let job = session.create_job("update", JobType::Download).unwrap();
    for _ in 0..6 {
        job.set_description("the same").unwrap();
    }
    let transcript = Transcript::of(&emulator.trace());
    let text = transcript.to_string();
    assert_eq!(text.matches("description ").count(), 6, "{text}");
    assert!(!text.contains("again"), "{text}");
    replays(&transcript);
}
