//! Neither the choice of points nor pruning changes which promises are found to be broken.

use std::collections::BTreeSet;

use bits_emulator::explore::{Monitor, Monitors, Strategy};

use crate::found::{Case, adoption, callbacks, completion, errors, tasks};
use crate::promises::all;

/// The promises that a client breaks: each is asked for alone, because an exploration ends at the first.
fn broken(
    case: &Case,
    bound: (u32, u32),
    strategy: Strategy,
    prunes: bool,
) -> BTreeSet<&'static str> {
    let alone = [
        Monitor::truthful_success as fn() -> Monitor,
        Monitor::one_outcome,
        Monitor::no_orphans,
        Monitor::legal_calls,
        Monitor::no_needless_failure,
        Monitor::no_growth,
    ];
    let promises = alone.iter().filter_map(|monitor| {
        let program = case.program(case.wrong, case.budget.clone());
        let program = program
            .monitors(Monitors::default().with(monitor()))
            .bound(bound.0, bound.1)
            .most_idle_calls(300)
            .strategy(strategy);
        let program = if prunes { program } else { program.without_pruning() };
        let verdict = program.explore();
        verdict.counterexample.map(|found| found.promise())
    });
    promises.collect()
}

fn agree(case: &Case, bound: (u32, u32)) {
    let expected = broken(case, bound, Strategy::FirstVisits, true);
    println!("{} {bound:?}: {expected:?}", case.name);
    for (strategy, prunes) in [
        (Strategy::FirstVisits, false),
        (Strategy::EveryPoint, true),
        (Strategy::EveryPoint, false),
    ] {
        let found = broken(case, bound, strategy, prunes);
        assert_eq!(found, expected, "{} within {bound:?}: {strategy:?}, {prunes}", case.name);
    }
}

#[test]
fn one_fault_breaks_the_same_promises() {
    all().iter().for_each(|case| agree(case, (1, 0)));
}

/// What a corrected client can come to, within one fault.
fn outcomes(case: &Case, strategy: Strategy, prunes: bool) -> BTreeSet<String> {
    let program = case.program(case.right, case.budget.clone().kill(1)).bound(1, 0);
    let program = program.monitors(Monitors::default()).strategy(strategy);
    let program = if prunes { program } else { program.without_pruning() };
    let verdict = program.explore();
    assert!(verdict.is_exhausted(), "{}: {verdict}", case.name);
    verdict.reached.outcomes.into_keys().collect()
}

/// Pruning loses no outcome.
#[test]
fn the_same_outcomes_are_reached() {
    for case in all() {
        // Of this one runs are long: at every point it would take most of a minute.
        let is_long = case.name == "callbacks counted";
        let every_point = (!is_long).then_some(Strategy::EveryPoint);
        for strategy in [Strategy::FirstVisits].into_iter().chain(every_point) {
            let [pruned, whole] = [true, false].map(|prunes| outcomes(&case, strategy, prunes));
            assert_eq!(pruned, whole, "{}: {strategy:?}", case.name);
        }
    }
}

/// The documented table of bugs has a row for each.
#[test]
fn each_bug_is_in_the_table() {
    let cases = all();
    let table = include_str!("../../src/explore/bugs.md");
    let names: Vec<&str> =
        table.lines().filter_map(|row| row.split(" | ").next()).skip(3).collect();
    let expected: Vec<String> = cases.iter().map(|case| format!("| {}", case.name)).collect();
    assert_eq!(names, expected);
}

#[test]
fn a_late_callback_breaks_the_same_promises() {
    agree(&callbacks().remove(4), (0, 1));
}

#[test]
fn one_fault_and_one_deviation_break_the_same_promises() {
    for case in [
        completion().remove(0),
        completion().remove(1),
        errors().remove(1),
        adoption().remove(3),
        tasks().remove(0),
    ] {
        agree(&case, (1, 1));
    }
}
