//! Programs that depend on what the explorer does not decide are not passed in silence.

use std::sync::atomic::{AtomicU32, Ordering};

use bits_emulator::JobType;
use bits_emulator::explore::{self, Budget, Life, Monitors, Verdict};

const DETERMINISTIC: &str = "the program does the same again if the same happens";

/// Explores a program that is told how many runs were made before.
fn explored(code: impl Fn(&Life, u32) + Send + Sync + 'static) -> Verdict {
    let runs = AtomicU32::new(0);
    explore::program(move |life| {
        code(life, runs.fetch_add(1, Ordering::SeqCst));
        Ok::<(), String>(())
    })
    .budget(Budget::default().network(1))
    .monitors(Monitors::default())
    .bound(1, 1)
    .explore()
}

fn strays(verdict: &Verdict) -> &str {
    let found = verdict.counterexample.as_ref().expect("it is noticed");
    assert_eq!(found.promise(), DETERMINISTIC);
    found.happened()
}

#[test]
fn a_program_that_makes_another_call_is_noticed() {
    let verdict = explored(|life, run| {
        let session = life.session();
        let job = session.create_job("update", JobType::Download).unwrap();
        if run == 0 {
            let _ = job.state();
        } else {
            let _ = job.progress();
        }
    });
    assert_eq!(
        strays(&verdict),
        "the program made another call on replay: it stood before GetProgress instead of before GetState"
    );
}

#[test]
fn a_program_that_asks_for_something_else_is_noticed() {
    let verdict = explored(|life, run| {
        let job = life.session().create_job(&format!("update {run}"), JobType::Download).unwrap();
        let _ = job.display_name();
        let _ = job.cancel();
    });
    assert!(strays(&verdict).contains("observed something else"), "{verdict}");
}

#[test]
fn a_program_that_ends_earlier_is_noticed() {
    let verdict = explored(|life, run| {
        let calls = if run == 0 { 3 } else { 1 };
        (0..calls).for_each(|_| _ = life.session().jobs());
    });
    assert!(strays(&verdict).contains("came to its end"), "{verdict}");
}
