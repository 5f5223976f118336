//! Programs that depend on what the explorer does not decide are not passed in silence; what they depend on
//! otherwise is known.

use std::panic::catch_unwind;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bits_emulator::explore::{self, Budget, Life, Monitor, Monitors, Program, Strategy, Verdict};
use bits_emulator::{Error, Job, JobPriority, JobType, Notification};

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

/// What a session tells without a call is observed, too.
#[test]
fn what_a_session_tells_is_observed() {
    let asks: [fn(&Life); 2] =
        [|life| _ = life.session().is_alive(), |life| _ = life.session().reconnect()];
    for ask in asks {
        let verdict = explored(move |life, run| {
            let _ = life.session().jobs();
            if run == 0 {
                ask(life);
            }
            let _ = life.session().jobs();
        });
        assert!(strays(&verdict).contains("observed something else"), "{verdict}");
    }
}

#[test]
fn a_program_that_ends_earlier_is_noticed() {
    let verdict = explored(|life, run| {
        let calls = if run == 0 { 3 } else { 1 };
        (0..calls).for_each(|_| _ = life.session().jobs());
    });
    assert!(strays(&verdict).contains("came to its end"), "{verdict}");
}

/// Fetches two files at once, and says which was there first.
fn first_of_two(life: &Life) -> Result<(), String> {
    let order = Arc::new(Mutex::new(Vec::new()));
    let begin = |name: &'static str| {
        let job = life.session().create_job(name, JobType::Download)?;
        job.set_priority(JobPriority::Foreground)?;
        job.add_file("https://example.com/app.exe", format!(r"C:\app\{name}.exe"))?;
        let order = Arc::clone(&order);
        // It knows its job by what it is told, as one object for all jobs would.
        let ids = Arc::new(Mutex::new(Vec::new()));
        ids.lock().unwrap().push((job.id(), name));
        job.set_notify_interface(move |job: Job, _: Notification| {
            let ids = ids.lock().unwrap();
            let told = ids.iter().find(|(id, _)| *id == job.id());
            order.lock().unwrap().extend(told.map(|(_, name)| *name));
        })?;
        job.resume()?;
        Ok::<Job, Error>(job)
    };
    let jobs = [begin("one"), begin("two")].map(|job| job.map_err(|error| error.to_string()));
    while order.lock().unwrap().len() < 2 {
        let _ = life.session().wait(Duration::from_secs(600));
    }
    for job in jobs {
        let _ = job?.complete().map_err(|error| error.to_string())?;
    }
    match &**order.lock().unwrap() {
        ["one", "two"] => Ok(()),
        order => Err(order.join(", then ")),
    }
}

/// What a callback is told is observed: two orders of the same callbacks are two futures.
#[test]
fn what_a_callback_is_told_is_observed() {
    let explored = || -> Program {
        explore::program(first_of_two)
            .world(|emulator| _ = emulator.server("https://example.com").file("/app.exe", 10 << 20))
            .monitors(
                Monitors::default().with(Monitor::new("one is first", |end| end.result.clone())),
            )
            .strategy(Strategy::EveryPoint)
            .bound(0, 1)
    };
    for program in [explored().without_pruning(), explored()] {
        let found = program.explore().counterexample.expect("two is first");
        assert_eq!(found.happened(), "two, then one");
    }
}

/// Another order of steps that are possible at once is told like any decision.
#[test]
fn another_order_is_told() {
    let decided = (0..24).filter_map(|point| {
        let replayed = catch_unwind(|| {
            let program = explore::program(first_of_two)
                .world(|emulator| {
                    emulator.server("https://example.com").file("/app.exe", 10 << 20);
                })
                .monitors(Monitors::default());
            program.replay(&format!("{point}:o1")).decided().to_vec()
        });
        replayed.ok()
    });
    let order = "of 2 steps that were possible at once number 2 came first";
    assert!(decided.flatten().any(|what| what == order));
}
