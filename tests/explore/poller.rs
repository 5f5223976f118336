//! The poller whose numbers are known, under the whole budget.

use std::collections::BTreeMap;

use bits_emulator::explore::{Budget, Strategy, Verdict};
use bits_emulator::{HResult, JobState, Method};

use crate::clients::plain_poller::plain_poller;
use crate::clients::survivor::survivor;

/// Nothing goes wrong: one run. One deviation, one fault: each exhausted.
#[test]
fn a_downloader_that_survives_keeps_its_promises() {
    assert_eq!(survivor().bound(0, 0).check().runs, 1);
    for (faults, deviations) in [(0, 1), (1, 0), (1, 1)] {
        let verdict = survivor().bound(faults, deviations).check();
        println!("({faults}, {deviations}): {verdict}");
        assert!(verdict.is_exhausted());
    }
}

/// The verdict and its counts do not depend on the number of threads.
#[test]
fn threads_change_nothing() {
    let verdict = |threads| survivor().bound(1, 1).threads(threads).explore();
    let (one, two) = (verdict(1), verdict(2));
    assert_eq!(one.to_string(), two.to_string());
    assert_eq!(one.reached, two.reached);
}

/// Four parts make each run once, and what they reach is what is reached by all.
#[test]
fn parts_make_each_run_once() {
    let part = |index, of| survivor().bound(1, 0).without_pruning().shard(index, of).explore();
    let whole = part(0, 1);
    let parts: Vec<_> = (0..4).map(|index| part(index, 4)).collect();
    assert_eq!(parts.iter().map(|part| part.runs).sum::<u64>(), whole.runs);
    assert!(parts.iter().all(|part| part.runs > 1), "each has its share");
    let mut calls = BTreeMap::new();
    for (call, times) in parts.iter().flat_map(|part| &part.reached.calls) {
        *calls.entry(*call).or_default() += times;
    }
    assert_eq!(calls, whole.reached.calls);
    let refused = (Method::AddFile, Some(JobState::Suspended), HResult::ERROR_NOT_LOGGED_ON);
    assert!(whole.reached.calls.contains_key(&refused));
}

/// Neither pruning nor the choice of points loses what is found.
#[test]
fn more_runs_find_no_more() {
    let verdict = |strategy: Strategy| survivor().bound(1, 0).strategy(strategy);
    for strategy in [Strategy::FirstVisits, Strategy::EveryPoint] {
        let pruned = verdict(strategy).explore();
        let unpruned = verdict(strategy).without_pruning().explore();
        println!("{pruned}\n{unpruned}");
        assert!(pruned.is_exhausted() && unpruned.is_exhausted());
        assert!(pruned.runs <= unpruned.runs);
    }
}

/// The poller of few lines keeps what is always promised, whatever goes wrong once, and in few runs.
#[test]
fn known_futures_are_not_run_into() {
    let verdict = plain_poller().bound(1, 1).explore();
    assert!(verdict.is_exhausted(), "{verdict}");
    // Without foresight there are twice as many.
    assert!(verdict.runs < 643 && verdict.pruned < verdict.runs / 10, "{verdict}");
    let unpruned = plain_poller().bound(1, 1).without_pruning().explore();
    assert!(unpruned.is_exhausted() && unpruned.runs > 2 * verdict.runs, "{unpruned}");
}

/// A poller that does not count is explored in fewer runs if its polls are folded, with the same ends.
#[test]
fn polls_can_be_folded() {
    let budget = || Budget::default().network(2).operator_suspend(1).service_restart(2).kill(1);
    let poller = || plain_poller().budget(budget()).bound(2, 0);
    let (all, folded) = (poller().explore(), poller().folding_polls().explore());
    assert!(all.is_exhausted() && folded.is_exhausted(), "{all}\n{folded}");
    assert!(folded.runs < all.runs, "{all}\n{folded}");
    let ends = |verdict: &Verdict| verdict.reached.outcomes.keys().cloned().collect::<Vec<_>>();
    assert_eq!(ends(&folded), ends(&all));
}
