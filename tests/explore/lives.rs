//! Lives: what a kill leaves of a program, and what stands after its end.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use bits_emulator::explore::{
    self, Budget, Incident, Life, Monitor, Monitors, Program, Strategy, Verdict,
};
use bits_emulator::{Error, Job, JobState, JobType, Notification};

use crate::children::{self, Child};
use crate::clients::{PATH, POLL, URL, add_and_resume, begin, end, one_file, survives};
use crate::found::{ENDS, NO_PANIC};

fn program(code: impl Fn(&Life) -> Result<(), String> + Send + Sync + 'static) -> Program {
    explore::program(code).world(one_file).wants(URL, PATH).monitors(Monitors::default())
}

fn promise(verdict: &Verdict) -> Option<&'static str> {
    verdict.counterexample.as_ref().map(explore::Counterexample::promise)
}

fn text(error: Error) -> String {
    error.to_string()
}

/// A program that catches whatever its code panics with is killed all the same: its success is not believed,
/// and it lives again.
#[test]
fn a_kill_is_not_swallowed() {
    let verdict = program(|life| {
        let caught = catch_unwind(AssertUnwindSafe(|| {
            let _ = life.session().create_job("update", JobType::Download);
        }));
        match caught {
            Ok(()) if life.number() == 1 => Err("this is the second life".to_owned()),
            _ => Ok(()),
        }
    })
    .budget(Budget::default().kill(1))
    .monitors(Monitors::default().with(Monitor::new("it succeeds", |ending| ending.result.clone())))
    .bound(1, 0);
    let found = verdict.explore().counterexample.expect("the second life is judged");
    assert_eq!(found.happened(), "this is the second life");
}

/// A program that goes on after it caught the panic of its kill changes nothing any more.
#[test]
fn nothing_is_stored_after_a_kill() {
    let monitor = Monitor::new("the dead write nothing", |ending| ending.result.clone());
    let verdict = program(|life| {
        if life.store().get("dead").is_some() {
            return Err("a value of the dead".to_owned());
        }
        let caught = catch_unwind(AssertUnwindSafe(|| _ = life.session().jobs()));
        if caught.is_err() {
            life.store().set("dead", "yes");
            assert!(!life.store().compare_and_set("dead", None, "yes"));
            life.store().remove("alive");
        } else {
            life.store().set("alive", "yes");
        }
        Ok(())
    })
    .budget(Budget::default().kill(2))
    .monitors(Monitors::default().with(monitor))
    .bound(2, 0)
    .explore();
    assert!(verdict.is_exhausted() && verdict.runs > 3, "{verdict}");
}

/// Cancels its job when it goes out of scope, and waits until it is gone.
struct Guard<'life>(&'life Life, Job);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        let _ = self.1.cancel();
        while matches!(self.1.state(), Ok(JobState::Queued | JobState::Transferring)) {
            self.0.session().sleep(POLL);
        }
    }
}

/// What destructors call while a program is unwound has no effect, does not end the test, and comes to an end.
#[test]
fn destructors_do_not_outlive_a_kill() {
    let guarded = || {
        program(|life| {
            for job in life.session().jobs().map_err(text)? {
                let _ = job.cancel().map_err(text)?;
            }
            let job = life.session().create_job("update", JobType::Download).map_err(text)?;
            let guard = Guard(life, job);
            add_and_resume(&guard.1).map_err(text)?;
            while guard.1.state().map_err(text)? != JobState::Transferred {
                life.session().sleep(POLL);
            }
            guard.1.complete().map(|_| ()).map_err(text)
        })
        .budget(Budget::default().kill(1).network(1))
    };
    for program in [guarded().bound(1, 1), guarded().bound(2, 0)] {
        let monitors = Monitors::default().with(Monitor::no_orphans());
        let verdict = program.monitors(monitors).explore();
        assert!(verdict.is_exhausted(), "{verdict}");
    }
}

/// Only waits for its job when it goes out of scope.
struct Waits<'life>(&'life Life, Job);

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        while matches!(self.1.state(), Ok(JobState::Queued | JobState::Transferring)) {
            self.0.session().sleep(POLL);
        }
    }
}

/// A destructor that waits does not wait for ever in a run that is cut short, in which no time passes.
#[test]
fn destructors_that_wait_come_to_an_end() {
    let verdict = program(|life| {
        let waits = Waits(life, begin(life).map_err(text)?);
        // With an object of a client in the state, nothing is foreseen: runs are made and cut short.
        waits.1.set_notify_interface(|_: Job, _: Notification| Ok(())).map_err(text)?;
        // It does not notice before which of these calls it is late.
        for _ in 0..100 {
            let _ = waits.1.display_name().map_err(text)?;
        }
        Ok(())
    })
    .strategy(Strategy::EveryPoint)
    .bound(0, 1)
    .explore();
    assert!(verdict.is_exhausted() && verdict.pruned > 0, "{verdict}");
}

/// A program's own panic is reported with its text, and not printed at each run.
#[test]
fn a_panic_is_reported_and_not_printed() {
    const CHILD: &str = "BITS_TEST_OF_PANICS";
    if std::env::var_os(CHILD).is_some() {
        let verdict = program(|life| {
            let _ = life.session().create_job("update", JobType::Download).expect("it is created");
            panic!("on purpose");
        })
        .bound(0, 0)
        .explore();
        let found = verdict.counterexample.expect("it panics");
        assert_eq!(found.promise(), NO_PANIC);
        println!("reported: {}", found.happened());
        let _ = catch_unwind(|| panic!("of the test itself"));
        return;
    }
    let name = "lives::a_panic_is_reported_and_not_printed";
    let Child { has_passed, out, err } = children::run(name, &[(CHILD, "")], &["--nocapture"]);
    assert!(has_passed, "{out}\n{err}");
    assert!(out.contains("reported: it panicked: on purpose"), "{out}");
    assert!(!err.contains("on purpose"), "{err}");
    assert!(err.contains("of the test itself"), "{err}");
}

/// Panics when it goes out of scope, as an unwrap of a call that fails after a kill would.
struct Panics(Job);

impl Drop for Panics {
    fn drop(&mut self) {
        let _ = self.0.cancel().expect("nobody ended it");
    }
}

/// A panic of a destructor in an unwinding program ends the process. What led there is printed before.
#[test]
fn what_ends_the_process_is_told_before() {
    const CHILD: &str = "BITS_TEST_OF_DESTRUCTORS";
    if std::env::var_os(CHILD).is_some() {
        let _ = program(|life| {
            let job = Panics(life.session().create_job("update", JobType::Download).map_err(text)?);
            job.0.display_name().map(drop).map_err(text)
        })
        .budget(Budget::default().kill(1))
        .bound(1, 0)
        .explore();
        return;
    }
    let name = "lives::what_ends_the_process_is_told_before";
    let Child { has_passed, err, .. } = children::run(name, &[(CHILD, "")], &[]);
    assert!(!has_passed, "{err}");
    let told =
        "a destructor of the program panics while the program is unwound, which ends the process: ";
    assert!(err.contains(told), "{err}");
    assert!(err.contains("nobody ended it") && err.contains("lives.rs"), "{err}");
    assert!(err.contains("BITS_EXPLORE_REPLAY=1:i0. "), "{err}");
}

/// After a kill one further life may clean up. It has to come to its end like any other, and must not panic.
#[test]
fn the_life_that_cleans_up_is_judged_too() {
    for (panics, expected) in [(false, ENDS), (true, NO_PANIC)] {
        let verdict = program(move |life| {
            match life.number() {
                0 => drop(begin(life)),
                1 => {}
                _ if panics => panic!("it cannot clean up"),
                _ => {
                    while life.session().jobs().map_err(text)?.next().is_some() {
                        life.session().sleep(POLL);
                    }
                }
            }
            Ok(())
        })
        .budget(Budget::default().kill(1))
        .within(Duration::from_secs(86_400))
        .bound(1, 0)
        .explore();
        assert_eq!(promise(&verdict), Some(expected), "{verdict}");
    }
}

/// What ends by itself ends also after the program has: the life that cleans up has a network again.
#[test]
fn outages_end_after_the_program_has() {
    let verdict = program(|life| {
        if life.number() < 2 {
            // Leaves a job to the next life if there is trouble.
            let job = match life.session().jobs().map_err(text)?.next() {
                Some(job) => job,
                None => begin(life).map_err(text)?,
            };
            life.session().sleep(POLL);
            if matches!(job.state(), Ok(JobState::Queued | JobState::TransientError)) {
                return Err("there is trouble".to_owned());
            }
            return job.cancel().map(|_| ()).map_err(text);
        }
        for job in life.session().jobs().map_err(text)? {
            loop {
                match end(life, &job).map_err(text)? {
                    Some(ended) => break ended.expect("the network is there again"),
                    None => life.session().sleep(POLL),
                }
            }
        }
        Ok(())
    })
    .budget(Budget::default().kill(1).network(1))
    .within(Duration::from_secs(30 * 86_400))
    .bound(2, 0)
    .explore();
    assert!(verdict.is_exhausted(), "{verdict}");
}

/// Two outages that overlap end both: the disk has room again.
#[test]
fn outages_that_overlap_end() {
    let verdict = program(|life| {
        for _ in 0..3 {
            if survives(life).is_ok() {
                return Ok(());
            }
            life.session().sleep(Duration::from_secs(120));
        }
        Err("the disk is full for ever".to_owned())
    })
    .budget(Budget::default().disk_full(2))
    .monitors(Monitors::default().with(Monitor::new("it succeeds", |ending| ending.result.clone())))
    .bound(2, 0)
    .explore();
    assert!(verdict.is_exhausted(), "{verdict}");
}

/// A user who came back with a further life can log off again: there is one session, not two.
#[test]
fn a_user_who_came_back_can_log_off_again() {
    let away = Incident::LogOffSurvived(Duration::from_secs(60));
    let monitor = Monitor::new("the second time nothing stops", move |ending| {
        let came_back = ending.incidents == [away, Incident::Kill, away];
        let stopped = ending.result == Err("TRANSFERRING, then QUEUED".to_owned());
        if came_back && stopped { Err("it stopped".to_owned()) } else { Ok(()) }
    });
    let verdict = explore::program(|life| {
        let _ = life.session().jobs().map_err(text)?;
        let job = begin(life).map_err(text)?;
        life.session().sleep(Duration::from_secs(90));
        let before = job.state().map_err(text)?;
        Err::<(), _>(format!("{before}, then {}", job.state().map_err(text)?))
    })
    .world(|emulator| _ = emulator.server("https://example.com").file("/app.exe", 1_u64 << 36))
    .budget(Budget::default().log_off_survived(2).kill(1))
    .monitors(Monitors::default().with(monitor))
    .strategy(Strategy::EveryPoint)
    .bound(3, 0)
    .explore();
    assert_eq!(promise(&verdict), Some("the second time nothing stops"), "{verdict}");
}

/// A log off ends the process, and the next life begins with the logon. Meanwhile no job is at work.
#[test]
fn a_log_off_ends_the_process() {
    let verdict = program(|life| {
        if life.number() == 0 {
            life.store().set("begun", life.now().timestamp().to_string());
            let job = begin(life).map_err(text)?;
            let _ = job.state().map_err(text)?;
            return job.cancel().map(drop).map_err(text);
        }
        let begun = life.store().get("begun").expect("it was set before the first call");
        assert_eq!(begun.parse(), Ok(life.now().timestamp() - 60));
        let mut states = Vec::new();
        for job in life.session().jobs().map_err(text)? {
            states.push(job.state().map_err(text)?.to_string());
            assert_eq!(job.progress().map_err(text)?.bytes_transferred, 0);
            let _ = job.cancel().map_err(text)?;
        }
        Err(states.join(", "))
    })
    .budget(Budget::default().log_off(1))
    .bound(1, 0)
    .explore();
    assert!(verdict.counterexample.is_none() && verdict.is_exhausted(), "{verdict}");
    let outcomes: Vec<_> = verdict.reached.outcomes.keys().collect();
    assert_eq!(outcomes, ["", "QUEUED", "SUSPENDED", "success"]);
}

/// A process that survives the log off goes on, without a logon for its calls.
#[test]
fn a_service_lives_on_through_a_log_off() {
    let verdict = program(|life| {
        assert_eq!(life.number(), 0);
        let job = life.session().create_job("update", JobType::Download).map_err(text)?;
        let added = job.add_file(URL, PATH).map_err(|error| error.code().to_string());
        let _ = job.cancel().map_err(text)?;
        added
    })
    .budget(Budget::default().log_off_survived(1))
    .bound(1, 0)
    .explore();
    assert!(verdict.counterexample.is_none() && verdict.is_exhausted(), "{verdict}");
    let outcomes: Vec<_> = verdict.reached.outcomes.keys().collect();
    assert_eq!(outcomes, ["ERROR_NOT_LOGGED_ON (0x800704DD)", "success"]);
}

/// What compare_and_set says is something that the program has observed.
#[test]
fn what_the_store_answers_is_observed() {
    let explored = || {
        program(|life| {
            if life.number() == 0 {
                life.store().set("owner", "first");
                // More than one batch of runs, so that the later ones know the earlier ones.
                (0..100).for_each(|_| _ = life.session().jobs());
                life.store().set("owner", "second");
                let _ = life.session().jobs();
                return Ok(());
            }
            let was_first = life.store().compare_and_set("owner", Some("first"), "second");
            let _ = life.session().jobs();
            assert!(was_first, "the first life ended late");
            Ok(())
        })
        .budget(Budget::default().kill(1))
        .strategy(Strategy::EveryPoint)
        .bound(1, 0)
    };
    assert_eq!(promise(&explored().without_pruning().explore()), Some(NO_PANIC));
    assert_eq!(promise(&explored().explore()), Some(NO_PANIC));
}
