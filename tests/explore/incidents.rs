//! Incidents that few clients meet: each breaks a promise of a client that does not reckon with it, and the corrected
//! client bears it.

use std::time::Duration;

use bits_emulator::explore::{Budget, Life};
use bits_emulator::{JobState, JobType};

use crate::clients::{
    Failed, NAME, PATH, POLL, URL, again_and_again, carefully, end, fail, follow, loops, succeed,
    survives,
};
use crate::found::{Case, NO_PANIC, NOT_NEEDLESS, case, check};

const HOUR: Duration = Duration::from_secs(3_600);

/// Every client with a bug of these.
pub(crate) fn incidents() -> Vec<Case> {
    vec![wall_clock(), resumed_by_another(), broken_connection()]
}

/// The bug is that incident's, which the counterexample tells, and no other's.
fn is_broken_by(words: &str, case: Case) {
    let explored = || case.program(case.wrong, case.budget.clone());
    let undisturbed = explored().replay("").counterexample;
    assert!(undisturbed.is_none(), "{undisturbed:?}");
    let found = explored().explore().counterexample.expect("a bug").to_string();
    assert!(found.contains(&format!(", {words}\n")), "{found}");
    check(vec![case]);
}

/// Gives up a download that takes an hour by the times of its job, which are those of the wall clock.
fn measures_by_the_wall_clock(life: &Life) -> Result<(), Failed> {
    carefully(life, |life, job| {
        loop {
            if let Some(ended) = end(life, job)? {
                return Ok(ended);
            }
            let times = job.times()?;
            if (times.modification - times.creation).to_std().is_ok_and(|taken| taken > HOUR) {
                return fail(job, "it takes too long");
            }
            life.session().sleep(POLL);
        }
    })
}

/// Gives up a download that takes an hour by the steady clock.
fn measures_by_the_steady_clock(life: &Life) -> Result<(), Failed> {
    carefully(life, |life, job| {
        let begun = life.now();
        loop {
            if let Some(ended) = end(life, job)? {
                return Ok(ended);
            }
            if (life.now() - begun).to_std().is_ok_and(|taken| taken > HOUR) {
                return fail(job, "it takes too long");
            }
            life.session().sleep(POLL);
        }
    })
}

fn wall_clock() -> Case {
    let wrong = measures_by_the_wall_clock;
    case("wall clock", wrong, measures_by_the_steady_clock, NOT_NEEDLESS)
        .budget(Budget::default().clock_jump(1))
}

/// PROGRESS-12, TIME-05: what has passed is not told by a clock that jumps. BITS itself goes on as before.
#[test]
fn a_clock_that_jumps_is_no_measure() {
    is_broken_by("the wall clock is set forward by 86400s", wall_clock());
}

/// Begins its download an hour later, when the user is away.
fn begins_later(life: &Life, has_to_be_suspended: bool) -> Result<(), Failed> {
    again_and_again(life, || {
        for job in life.session().jobs()? {
            let _ = job.cancel()?;
        }
        if life.file_exists(PATH) {
            return Ok(succeed(life));
        }
        let job = life.session().create_job(NAME, JobType::Download)?;
        job.add_file(URL, PATH).inspect_err(|_| _ = job.cancel())?;
        life.session().sleep(HOUR);
        if has_to_be_suspended {
            assert_eq!(job.state()?, JobState::Suspended, "it was not resumed yet");
        }
        follow(life, &job)
    })
}

fn resumed_by_another() -> Case {
    let wrong = |life: &Life| begins_later(life, true);
    case("resumed by another", wrong, |life| begins_later(life, false), NO_PANIC)
        .budget(Budget::default().operator_resume(1))
}

#[test]
fn an_administrator_resumes_what_was_to_wait() {
    is_broken_by("an administrator resumes the jobs", resumed_by_another());
}

fn broken_connection() -> Case {
    case("broken connection", loops::forgets_transient_error, survives, NOT_NEEDLESS)
        .budget(Budget::default().broken_connections(1))
}

#[test]
fn a_connection_that_breaks_is_no_failure() {
    is_broken_by("the connection of the next request breaks", broken_connection());
}
