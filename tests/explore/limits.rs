//! How far an exploration goes, what it says of that, and what it reached.

use std::time::Duration;

use bits_emulator::explore::{self, Program, StateChange, Strategy};
use bits_emulator::machine::Trigger;
use bits_emulator::{HResult, JobState, Method};

use crate::clients::survivor::survivor;
use crate::found::{adoption, completion, errors};

/// The limit of runs is kept exactly; the verdict names the largest bound that was exhausted, and what waits.
#[test]
fn a_verdict_says_how_far_it_came() {
    let verdict = survivor().bound(1, 1).most_runs(300).explore();
    assert_eq!(verdict.runs, 300);
    assert!(verdict.waiting > 0 && !verdict.is_exhausted());
    let text = verdict.to_string();
    let kept = "every promise was kept as far as it was explored: up to 1 fault and 0 deviations, ";
    assert!(text.starts_with(kept), "{text}");
    assert!(text.contains(&format!("; {} runs wait (300 runs", verdict.waiting)), "{text}");
    assert!(!text.contains('\n'), "{text}");
}

/// Without any time nothing is explored, and nothing is said to be.
#[test]
fn an_exploration_ends_with_its_time() {
    let verdict = survivor().most_real_time(Duration::ZERO).explore();
    assert_eq!((verdict.runs, verdict.waiting), (0, 1));
    assert!(!verdict.is_exhausted());
    let whole = survivor().bound(0, 1).most_real_time(Duration::from_secs(3_600)).explore();
    assert!(whole.is_exhausted());
}

/// Within a depth nothing is decided behind it. The verdict says so, unless no run came so far.
#[test]
fn runs_are_explored_up_to_a_depth() {
    let explored = |points| {
        let program = survivor().bound(1, 0).strategy(Strategy::EveryPoint).without_pruning();
        program.most_points(points).explore()
    };
    let (five, six, all) = (explored(5), explored(6), explored(10_000));
    assert!(1 < five.runs && five.runs < six.runs && six.runs < all.runs);
    assert!(
        five.is_exhausted() && five.to_string().contains("among the first 5 points, exhausted")
    );
    assert_eq!(all.to_string(), survivor_at_every_call().explore().to_string());
}

fn survivor_at_every_call() -> Program {
    survivor().bound(1, 0).strategy(Strategy::EveryPoint).without_pruning()
}

/// A future that is reached later is explored less deep, and not taken for the same.
#[test]
fn a_depth_and_pruning_reach_the_same() {
    let explored = || survivor().bound(1, 1).most_points(12);
    let (pruned, whole) = (explored().explore(), explored().without_pruning().explore());
    assert!(pruned.runs < whole.runs, "{pruned} {whole}");
    let keys = |program: &explore::Verdict| {
        let reached = &program.reached;
        let calls: Vec<_> = reached.calls.keys().copied().collect();
        let transitions: Vec<_> = reached.transitions.keys().copied().collect();
        (calls, transitions, reached.outcomes.keys().cloned().collect::<Vec<_>>())
    };
    assert_eq!(keys(&pruned), keys(&whole));
}

/// The table of what was reached: calls by state and code, outcomes, transitions.
#[test]
fn what_was_reached_is_shown() {
    let verdict = survivor().bound(1, 0).explore();
    let reached = &verdict.reached;
    let times = |call, state, code| reached.calls.get(&(call, state, code)).copied();
    // Every run creates a job, and one of each two has its state read while it is transferred.
    assert!(times(Method::CreateJob, None, HResult::S_OK) >= Some(verdict.runs / 2));
    assert!(times(Method::GetState, Some(JobState::Transferring), HResult::S_OK).is_some());
    assert_eq!(times(Method::Complete, Some(JobState::Queued), HResult::S_OK), None);

    let taken = StateChange {
        on: Trigger::NetworkLost,
        from: JobState::Transferring,
        to: JobState::TransientError,
    };
    let never = StateChange { on: Trigger::SliceOver, to: JobState::Queued, ..taken };
    assert!(reached.transitions.contains_key(&taken));
    assert!(!reached.never_taken().any(|change| change == taken));
    assert!(reached.never_taken().any(|change| change == never));

    let text = reached.to_string();
    println!("{text}");
    for part in ["never taken of T1\n", "never taken of T4\n", "slice over ", "success "] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert!(!verdict.to_string().contains('\n'));
}

/// What a world did before any run is not reached by the program.
#[test]
fn the_world_reaches_nothing() {
    let verdict = explore::program(|_| Ok::<(), String>(()))
        .world(|emulator| {
            emulator.server("https://example.com").file("/other.exe", 1 << 20);
            let job =
                emulator.connect("other").create_job("other", bits_emulator::JobType::Download);
            let job = job.expect("it is created");
            job.add_file("https://example.com/other.exe", r"C:\other.exe").expect("it is added");
            job.resume().expect("it is resumed");
        })
        .monitors(explore::Monitors::default())
        .bound(0, 0)
        .explore();
    let taken = &verdict.reached.transitions;
    assert!(!taken.keys().any(|change| change.on == Trigger::Resume), "{taken:?}");
    // What happens after the program has ended is part of the run.
    assert!(taken.keys().any(|change| change.on == Trigger::Connected), "{taken:?}");
}

/// Runs at random find bugs, the same with any number of threads, and a counterexample that replays.
#[test]
fn bugs_are_found_at_random() {
    let mut found = Vec::new();
    let cases = [completion(), errors(), adoption()].concat();
    for case in &cases {
        let program = || case.program(case.wrong, case.budget.clone()).without_progress();
        let explored = |threads| program().seeded(1_000).seed(7).threads(threads).explore();
        let (one, two) = (explored(1), explored(2));
        assert_eq!(one.to_string(), two.to_string(), "{}", case.name);
        assert_eq!(one.reached, two.reached, "{}", case.name);
        assert!(!one.is_exhausted());
        if let Some(counterexample) = one.counterexample {
            let again = program().replay(counterexample.decisions()).counterexample;
            let again = again.expect("what was found is found again");
            assert_eq!(again.to_string(), counterexample.to_string());
            found.push((case.name, one.runs));
        }
    }
    println!("found at random: {found:?}");
    assert!(found.len() >= 10, "{found:?}");
}

/// A verdict on runs at random says what it is, and claims no more.
#[test]
fn a_verdict_at_random_claims_little() {
    let explored = |seed| survivor().bound(3, 3).seeded(100).seed(seed).explore();
    let verdict = explored(1);
    assert_eq!((verdict.runs, verdict.waiting), (100, 0));
    assert!(!verdict.is_exhausted());
    let text = verdict.to_string();
    assert!(text.ends_with("(100 runs at random from the seed 1)"), "{text}");
    assert!(!text.contains("exhausted"), "{text}");
    assert_ne!(verdict.reached, explored(2).reached);
}
