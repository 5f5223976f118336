//! What the environment asks of an exploration, and what a check prints: each in a process of its own.

use bits_emulator::explore::{self, Budget, Life};
use bits_emulator::{Error, JobType};

use crate::children::{self, Child};
use crate::clients::survivor::survivor;

/// Says to a process that it is the one of a test.
const CHILD: &str = "BITS_TEST_OF_ENVIRONMENT";
const REPLAY: &str = "BITS_EXPLORE_REPLAY";
const SEED: &str = "BITS_EXPLORE_SEED";
const PRINTED: &[&str] = &["--nocapture"];

fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

/// Makes a job and cancels it, and prints each of its lives.
fn makes_a_job(life: &Life) -> Result<(), Error> {
    println!("life {}", life.number());
    life.session().create_job("update", JobType::Download)?.cancel().map(drop)
}

/// Only the run with the decisions that the environment names is made. It passes, breaks its promise, or does not
/// fit.
#[test]
fn one_run_is_made_of_the_decisions_that_the_environment_names() {
    if is_child() {
        let program = explore::program(makes_a_job).budget(Budget::default().kill(1));
        return drop(program.named("a job").check());
    }
    let this = "environment::one_run_is_made_of_the_decisions_that_the_environment_names";
    let replayed = |decisions| children::run(this, &[(CHILD, ""), (REPLAY, decisions)], PRINTED);
    let lives = |child: &Child| child.out.lines().filter(|line| line.contains("life ")).count();

    let kept = replayed("");
    let said = "a job: every promise was kept in the run that was replayed, without decisions";
    assert!(kept.has_passed && kept.out.contains(said), "{}\n{}", kept.out, kept.err);
    assert_eq!(lives(&kept), 1);

    let broken = replayed("0:k");
    assert!(!broken.has_passed && broken.err.contains("broken promise: no job is left behind"));
    // It is killed, lives again, and may clean up in one further life.
    assert_eq!(lives(&broken), 3, "{}", broken.out);

    let stale = replayed("7:k");
    let why = "the decisions 7:k do not fit the program any more: it comes to its end before `7:k`";
    assert!(!stale.has_passed && stale.err.contains(why), "{}", stale.err);
}

/// The seed of the environment goes before the one of the test, and makes the runs of that seed.
#[test]
fn runs_at_random_are_those_of_the_seed_that_the_environment_names() {
    let explored = || survivor().bound(3, 3).seeded(100);
    if is_child() {
        return println!("{}", explored().seed(1).explore().reached);
    }
    let this = "environment::runs_at_random_are_those_of_the_seed_that_the_environment_names";
    let of_seed = |seed| children::run(this, &[(CHILD, ""), (SEED, seed)], PRINTED);
    let [one, two] = [1, 2].map(|seed| explored().seed(seed).explore().reached.to_string());
    let second = of_seed("2").out;
    assert!(second.contains(&two) && !second.contains(&one), "{second}");
    let none = of_seed("two");
    let why = "BITS_EXPLORE_SEED=two is no number such as 7";
    assert!(!none.has_passed && none.err.contains(why), "{}", none.err);
}

/// A check that passes prints its verdict, which a test harness shows when it is asked to.
#[test]
fn a_check_that_passes_says_what_it_covered() {
    let explored = || survivor().bound(1, 0).named("the survivor");
    if is_child() {
        return drop(explored().check());
    }
    let this = "environment::a_check_that_passes_says_what_it_covered";
    let verdict = explored().explore();
    let said = format!("the survivor: {verdict}\n");
    assert!(said.contains(": up to 1 fault and 0 deviations, ") && said.contains(", exhausted ("));
    let [shown, captured] = [PRINTED, &[]].map(|how| children::run(this, &[(CHILD, "")], how));
    assert!(shown.has_passed && shown.out.contains(&said), "{}", shown.out);
    assert!(captured.has_passed && !captured.out.contains("the survivor"), "{}", captured.out);
}
