//! Each promise that is ready to use is broken by a client with a bug, and kept by the corrected one.

use std::cell::Cell;
use std::rc::Rc;

use bits_emulator::explore::{self, Budget, Life, Monitor, Monitors, RequestOutcome};
use bits_emulator::{Error, HResult};

use crate::clients::handles::{keeps_a_dead_handle, waits_in_its_callback};
use crate::clients::leavings::{
    begins_anew_after_trouble, cancels_what_failed, leaves_what_failed,
};
use crate::clients::requests::{
    falls_back_after_a_5xx, forgets_to_report, reports_a_code_of_its_own,
    reports_before_completing, reports_each_attempt, reports_once,
};
use crate::clients::{PATH, URL, callbacks, one_file, survives};
use crate::found::{Case, IS_TRUTHFUL, LEGAL, NO_ORPHANS, NOT_NEEDLESS, case, check};
use crate::found::{adoption, callbacks as told, completion, errors, loops, tasks};

pub(crate) const ONE_OUTCOME: &str =
    "each request has exactly one outcome, with the code of its job";
pub(crate) const NO_GROWTH: &str = "the number of jobs does not grow from life to life";

/// Every client with a bug.
pub(crate) fn all() -> Vec<Case> {
    let cases = [loops(), completion(), errors(), adoption(), told(), tasks()].concat();
    [cases, requests(), handles(), leavings()].concat()
}

pub(crate) fn requests() -> Vec<Case> {
    let denied = Budget::default().call_fails(HResult::E_ACCESSDENIED, 1);
    let cases = vec![
        case("reported twice", reports_each_attempt, reports_once, ONE_OUTCOME).budget(denied),
        case("never reported", forgets_to_report, reports_once, ONE_OUTCOME)
            .budget(Budget::default().operator_cancel(1)),
        case("another code", reports_a_code_of_its_own, reports_once, ONE_OUTCOME)
            .budget(Budget::default().http([404])),
        case("reported early", reports_before_completing, reports_once, IS_TRUTHFUL),
        case("fallback reported after a 5xx", falls_back_after_a_5xx, reports_once, NOT_NEEDLESS)
            .budget(Budget::default().http([503])),
    ];
    // Each asks for its file itself.
    cases.into_iter().map(|case| case.files(&[])).collect()
}

pub(crate) fn handles() -> Vec<Case> {
    vec![
        case("dead handle", keeps_a_dead_handle, survives, LEGAL)
            .budget(Budget::default().service_restart(1)),
        case("waits when called", waits_in_its_callback, callbacks::waits_and_looks, LEGAL),
    ]
}

pub(crate) fn leavings() -> Vec<Case> {
    vec![
        case("temporary files", begins_anew_after_trouble, survives, NO_ORPHANS)
            .world(|emulator| {
                one_file(emulator);
                emulator.disk().make_undeletable(r"C:\app");
            })
            .budget(Budget::default().network(1)),
        case("failed jobs pile up", leaves_what_failed, cancels_what_failed, NO_GROWTH)
            .world(|emulator| _ = emulator.server("https://example.com"))
            .monitors(|| Monitors::default().with(Monitor::no_growth())),
    ]
}

#[test]
fn bugs_of_requests_are_found() {
    check(requests());
}

#[test]
fn bugs_of_handles_are_found() {
    check(handles());
}

#[test]
fn bugs_of_what_is_left_are_found() {
    check(leavings());
}

/// A job in ERROR that another one cancels has no code any more for the program that finds it so.
#[test]
fn the_code_of_a_job_that_another_one_cancelled_is_not_asked_for() {
    let budget = Budget::default().http([404]).operator_cancel(1);
    let reports = explore::program(reports_once).world(one_file).budget(budget).bound(2, 0);
    let verdict = reports.check();
    let outcomes = &verdict.reached.outcomes;
    assert!(verdict.is_exhausted() && outcomes.keys().eq(["success"]), "{verdict}");
}

/// Reports a fallback if its tasks begin in another order than they were spawned.
fn reports_the_order_of_its_tasks(life: &Life) -> Result<(), Error> {
    let request = life.request([(URL, PATH)]);
    if life.number() > 0 {
        request.success();
        return life.session().jobs().map(drop);
    }
    let session = life.session();
    session.block_on(async {
        let is_first = Rc::new(Cell::new(false));
        let begun = Rc::clone(&is_first);
        let first = session.spawn(async move { begun.set(true) });
        let second = session.spawn(async move {
            if is_first.get() { request.success() } else { request.fallback() }
        });
        tokio::join!(first, second)
    });
    session.jobs().map(drop)
}

/// What a life reported before it was killed is part of the future: it is judged at the end.
#[test]
fn what_a_killed_life_reported_is_judged() {
    let promise = "no killed life falls back";
    let monitor = Monitor::new(promise, |ending| match ending.requests {
        [first, _] if first.outcomes == [RequestOutcome::Fallback] => Err("it did".to_owned()),
        _ => Ok(()),
    });
    let explored = || {
        explore::program(reports_the_order_of_its_tasks)
            .budget(Budget::default().kill(1))
            .bound(1, 1)
            .monitors(Monitors::default().with(monitor.clone().judges_the_end()))
    };
    for program in [explored().without_pruning(), explored()] {
        let found = program.explore().counterexample.expect("killed after its fallback");
        assert_eq!(found.promise(), promise);
    }
}

/// A program for which nothing is wanted, and which makes no request, keeps its promises by doing nothing.
#[test]
fn promises_about_no_files_are_vacuous() {
    let program = || explore::program(|_| Ok::<(), String>(())).bound(0, 0);
    let verdict = program().explore();
    assert!(verdict.is_vacuous() && verdict.to_string().contains("vacuous"), "{verdict}");
    let requests = explore::program(|life| {
        life.request([(URL, PATH)]).fallback();
        Ok::<(), String>(())
    });
    for program in [program().wants(URL, PATH), requests.bound(0, 0)] {
        let verdict = program.monitors(Monitors::default()).explore();
        assert!(!verdict.is_vacuous() && !verdict.to_string().contains("vacuous"), "{verdict}");
    }
}
