//! Several programs at once: which one goes on is decided at their calls and uses of a store.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use bits_emulator::explore::{self, Budget, Life, Monitor, Monitors, Program, Strategy, Verdict};
use bits_emulator::{Job, JobState, JobType, Notification, User};

use crate::clients::{PATH, URL, begin, one_file};
use crate::found::{ENDS, NO_PANIC};

const MINUTE: Duration = Duration::from_secs(60);

fn program(code: impl Fn(&Life) -> Result<(), String> + Send + Sync + 'static) -> Program {
    explore::program(code).world(one_file).monitors(Monitors::default())
}

/// Counts without a lock.
fn counts(life: &Life) -> Result<(), String> {
    let count: u32 = life.user_store().get("count").map_or(0, |count| count.parse().unwrap_or(0));
    life.user_store().set("count", (count + 1).to_string());
    Ok(())
}

/// Counts, and tells the last one's count by its result.
fn tells(life: &Life) -> Result<(), String> {
    counts(life)?;
    life.session().sleep(MINUTE);
    Err(life.user_store().get("count").unwrap_or_default())
}

fn tells_under_a_lock(life: &Life) -> Result<(), String> {
    let lock = life.user_store().lock("count");
    counts(life)?;
    drop(lock);
    life.session().sleep(MINUTE);
    Err(life.user_store().get("count").unwrap_or_default())
}

fn counts_to(number: &'static str) -> Monitors {
    Monitors::default().with(
        Monitor::new("each is counted", move |ending| {
            let is_counted = |result: &Result<(), String>| *result == Err(number.to_owned());
            let all = ending.results.iter().all(is_counted);
            all.then_some(()).ok_or_else(|| format!("{:?}", ending.results))
        })
        .judges_the_end(),
    )
}

/// An update that is lost is found between the uses of a store, by one deviation; a lock prevents it.
#[test]
fn uses_of_a_store_interleave() {
    let lost = || program(tells).processes(2).monitors(counts_to("2")).bound(0, 1);
    let found = lost().explore().counterexample.expect("an update is lost");
    assert_eq!(found.happened(), r#"[Err("1"), Err("1")]"#);
    let shown = found.to_string();
    assert!(shown.contains("* 1: before it uses the store, process 2 goes on"), "{shown}");
    assert!(shown.contains("  2: stores count: 1"), "{shown}");
    let again = lost().replay(found.decisions()).counterexample.expect("it is found again");
    assert_eq!(again.to_string(), shown);

    let verdict = program(tells_under_a_lock).processes(3).monitors(counts_to("3")).bound(0, 3);
    let verdict = verdict.explore();
    assert!(verdict.is_exhausted() && verdict.runs > 10, "{verdict}");
}

/// The lock of a process that is killed is free, whoever goes on.
#[test]
fn a_kill_releases_a_lock() {
    let holds = |life: &Life| {
        let _lock = life.store().lock("work");
        life.session().sleep(MINUTE);
        let _ = life.session().jobs();
        Ok(())
    };
    let verdict = program(holds).processes(2).budget(Budget::default().kill(2)).bound(2, 1);
    let verdict = verdict.explore();
    assert!(verdict.is_exhausted() && verdict.runs > 20, "{verdict}");
}

/// Two locks that are taken in another order each time end in a deadlock.
#[test]
fn a_deadlock_does_not_end() {
    let verdict = program(|life| {
        let names = if life.place() == 0 { ["a", "b"] } else { ["b", "a"] };
        let _first = life.store().lock(names[0]);
        let _second = life.store().lock(names[1]);
        Ok(())
    });
    let found = verdict.processes(2).bound(0, 1).explore().counterexample.expect("it is met");
    assert_eq!(found.promise(), ENDS);
    assert_eq!(found.happened(), "it waits for a lock that is never released");

    let alone = program(|life| {
        let _first = life.store().lock("a");
        let _second = life.store().lock("a");
        Ok(())
    });
    let found = alone.explore().counterexample.expect("it waits for itself");
    assert_eq!(found.happened(), "it waits for a lock that is never released");
}

/// An operator beside, with code of its own, cancels a job at any point of the program.
#[test]
fn an_operator_interferes() {
    let waits = |life: &Life| {
        let job = begin(life).map_err(|error| error.to_string())?;
        for _ in 0..100 {
            if job.state().map_err(|error| error.to_string())? == JobState::Transferred {
                return job.complete().map(drop).map_err(|error| error.to_string());
            }
            life.session().sleep(Duration::from_secs(4));
        }
        Err("it gave up".to_owned())
    };
    let cancels = |life: &Life| {
        for job in life.session().jobs_of_all_users()? {
            _ = job.cancel();
        }
        Ok::<(), bits_emulator::Error>(())
    };
    let explored = || {
        program(waits)
            .beside(User::new("operator").administrator(), cancels)
            .monitors(Monitors::default().with(Monitor::no_needless_failure()))
    };
    let undisturbed = explored().bound(0, 0).explore();
    let found = undisturbed.counterexample.expect("it is cancelled while it sleeps");
    assert_eq!(found.happened(), "the program failed with: it gave up");
    assert_eq!(found.decisions(), "");
}

/// A panic of one ends the run, and the others with it.
#[test]
fn a_panic_of_one_is_reported() {
    let verdict = program(|life| {
        life.session().sleep(MINUTE);
        assert_eq!(life.place(), 0, "only the first is fine");
        loop {
            life.session().sleep(MINUTE);
        }
    });
    let found = verdict.processes(3).explore().counterexample.expect("it panics");
    assert_eq!(found.promise(), NO_PANIC);
    assert!(found.happened().contains("only the first is fine"), "{}", found.happened());
}

/// Jobs of all users are judged.
#[test]
fn jobs_of_another_user_are_left_behind() {
    let verdict = program(|_| Ok(()))
        .beside("other", |life| life.session().create_job("left", JobType::Download).map(drop))
        .monitors(Monitors::default().with(Monitor::no_orphans()));
    let found = verdict.explore().counterexample.expect("a job is left");
    assert_eq!(found.happened(), "the program ended and left 1 of its jobs in the queue");
}

/// A client that both processes of a user run, with callbacks and calls that cross.
fn shares_the_work(life: &Life) -> Result<(), String> {
    let text = |error: bits_emulator::Error| error.to_string();
    let _lock = life.store().lock("work");
    if life.store().get("done").is_some() || life.file_exists(PATH) {
        return Ok(());
    }
    for job in life.session().jobs().map_err(text)? {
        let _ = job.cancel();
    }
    let job = life.session().create_job("shared", JobType::Download).map_err(text)?;
    job.add_file(URL, PATH).map_err(text)?;
    job.resume().map_err(text)?;
    while job.state().map_err(text)? != JobState::Transferred {
        life.session().sleep(MINUTE);
    }
    job.complete().map(drop).map_err(text)?;
    life.store().set("done", "yes");
    Ok(())
}

fn shared() -> Program {
    explore::program(shares_the_work)
        .world(one_file)
        .wants(URL, PATH)
        .processes(2)
        .budget(Budget::default().kill(2))
        .most_runs(100_000)
}

/// The verdict and the counts are the same on any number of threads, and without pruning.
#[test]
fn verdicts_do_not_depend_on_threads_nor_on_pruning() {
    let told = |verdict: &Verdict| verdict.to_json_line();
    let one = shared().bound(1, 1).named("shared").explore();
    assert!(one.is_exhausted(), "{one}");
    let four = shared().bound(1, 1).named("shared").threads(4).explore();
    assert_eq!(told(&one), told(&four));
    for strategy in [Strategy::FirstVisits, Strategy::EveryPoint] {
        let all = shared().bound(1, 1).strategy(strategy).without_pruning().explore();
        let outcomes =
            |verdict: &Verdict| verdict.reached.outcomes.keys().cloned().collect::<Vec<_>>();
        println!("{strategy:?}: {} runs without pruning, {} with", all.runs, one.runs);
        assert!(all.is_exhausted(), "{all}");
        assert_eq!(outcomes(&all), outcomes(&one));
    }
}

/// A user who logs off loses all processes, and no one else a process.
#[test]
fn a_log_off_ends_the_processes_of_the_user() {
    let lives = |life: &Life| -> Result<(), String> {
        (0..3).for_each(|_| life.session().sleep(MINUTE));
        Err(life.number().to_string())
    };
    let explored = |promise, is_kept: fn(&[&str]) -> bool| {
        let monitor = Monitor::new(promise, move |ending| {
            let lives = ending.results.iter().filter_map(|result| result.as_ref().err());
            let lives: Vec<&str> = lives.map(String::as_str).collect();
            is_kept(&lives).then_some(()).ok_or_else(|| format!("{lives:?}"))
        });
        let monitors = Monitors::default().with(monitor.judges_the_end());
        let program = program(lives).processes(2).beside(User::new("other"), lives);
        program.budget(Budget::default().log_off(1)).monitors(monitors).bound(1, 0).explore()
    };
    let verdict = explored("the other user stays", |lives| lives.last() == Some(&"0"));
    assert!(verdict.is_exhausted(), "{verdict}");
    let verdict = explored("one process stays", |lives| lives[..2] != ["1", "1"]);
    let found = verdict.counterexample.expect("both of them end");
    assert_eq!(found.happened(), r#"["1", "1", "0"]"#);
}

/// Programs of one user share the store of the user, and another user has another.
#[test]
fn a_user_has_one_store() {
    let reads = |life: &Life| -> Result<(), String> {
        life.session().sleep(MINUTE);
        Err(life.user_store().get("count").unwrap_or_default())
    };
    let results = |user: User| {
        let monitor = Monitor::new("what was read is told", |ending| {
            let last = ending.results.last().and_then(|result| result.as_ref().err());
            Err(last.cloned().unwrap_or_default())
        });
        let monitors = Monitors::default().with(monitor.judges_the_end());
        let program = program(counts).user(User::new("one")).beside(user, reads);
        let found = program.monitors(monitors).bound(0, 0).explore().counterexample;
        found.expect("it is told").happened().to_owned()
    };
    assert_eq!(results(User::new("one")), "1");
    assert_eq!(results(User::new("other")), "");
}

/// A process can be killed while a callback of another is under way: that one goes on.
#[test]
fn a_kill_strikes_within_a_callback_of_another() {
    let is_called = |life: &Life| -> Result<(), String> {
        let fail = |error: bits_emulator::Error| error.to_string();
        let job = life.session().create_job("called", JobType::Download).map_err(fail)?;
        job.add_file(URL, PATH).map_err(fail)?;
        let notified = |job: Job, _: Notification| drop(job.display_name());
        job.set_notify_interface(notified).map_err(fail)?;
        job.resume().map_err(fail)?;
        let _ = life.session().wait(10 * MINUTE);
        Ok(())
    };
    let waits = |life: &Life| -> Result<(), String> {
        life.session().sleep(20 * MINUTE);
        Ok(())
    };
    let monitor = Monitor::new("what happened is shown", |_| Err("all of it".to_owned()));
    let monitors = Monitors::default().with(monitor.judges_the_end());
    let program = || {
        let program = program(is_called).user(User::new("user")).beside(User::new("user"), waits);
        program.budget(Budget::default().kill(1)).monitors(monitors.clone()).bound(1, 0)
    };
    // At some points process 2 does not wait, so that it cannot be killed.
    let replayed = |point| program().replay(&format!("{point}:x1")).counterexample;
    let replayed = |point| catch_unwind(AssertUnwindSafe(|| replayed(point))).ok().flatten();
    let shown = (0..13).filter_map(replayed);
    let within = |shown: &String| shown.contains("* 1: before GetDisplayName, process 2 is killed");
    let shown = shown.map(|found| found.to_string()).find(within).expect("it can be killed there");
    let before_it_ends = shown.split("1: the program ends").next().unwrap_or_default();
    assert!(before_it_ends.contains("1: GetDisplayName -> called"), "{shown}");
    assert!(!before_it_ends.contains("1: the process is gone"), "{shown}");
    assert!(shown.contains("2: the program starts again, life 2"), "{shown}");
}

/// Runs at random let another program go on too.
#[test]
fn switches_are_drawn_at_random() {
    let lost = || program(tells).processes(2).monitors(counts_to("2")).bound(0, 1);
    let found = lost().seeded(200).explore().counterexample.expect("an update is lost");
    assert_eq!(found.happened(), r#"[Err("1"), Err("1")]"#);
    let again = lost().replay(found.decisions()).counterexample.expect("it is found again");
    assert_eq!(again.happened(), found.happened());
}
