//! The poller whose numbers are known, under the whole budget.

use bits_emulator::HResult;
use bits_emulator::explore::{self, Budget, Program, Strategy};

use crate::clients::{PATH, URL, survives};

pub(crate) fn budget() -> Budget {
    Budget::default()
        .network(2)
        .http([503, 404])
        .operator_cancel(2)
        .operator_suspend(2)
        .service_restart(2)
        .log_off(2)
        .disk_full(2)
        .kill(2)
        .call_fails(HResult::RPC_S_SERVER_UNAVAILABLE, 2)
}

pub(crate) fn survivor() -> Program {
    explore::program(survives)
        .world(|emulator| _ = emulator.server("https://example.com").file("/app.exe", 10 << 20))
        .wants(URL, PATH)
        .budget(budget())
}

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
    let verdict = |threads| survivor().bound(1, 1).threads(threads).explore().to_string();
    assert_eq!(verdict(1), verdict(2));
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
