//! What a program may not do: it fails the run, whatever the program makes of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use bits_emulator::disk::DiskState;
use bits_emulator::explore::{self, Life, Monitors, Program};
use bits_emulator::{Clock, Emulator, Hook, JobType, Method};

use crate::clients::one_file;

const KEEPS_TO_IT: &str = "the program keeps to what is explored";
const SECOND: Duration = Duration::from_secs(1);

fn program(code: impl Fn(&Life) + Send + Sync + 'static) -> Program {
    explore::program(move |life| {
        code(life);
        Ok::<(), String>(())
    })
    .monitors(Monitors::default())
    .bound(0, 0)
}

/// What happened in a run that does not keep to what is explored.
fn misuse(program: Program) -> String {
    let verdict = program.explore();
    let found = verdict.counterexample.expect("it is refused");
    assert_eq!(found.promise(), KEEPS_TO_IT);
    found.happened().to_owned()
}

/// Whichever emulator it is, and also if the program catches the refusal.
#[test]
fn what_passes_time_for_everybody_is_refused() {
    type Misuse = fn(&Emulator);
    let misuses: [(&str, Misuse); 9] = [
        ("advance", |emulator| _ = emulator.advance(SECOND)),
        ("advance_to", |emulator| _ = emulator.advance_to(emulator.now())),
        ("run_until_idle", |emulator| _ = emulator.run_until_idle()),
        ("tick", Emulator::tick),
        ("set_clock", |emulator| emulator.set_clock(Clock::RealTime(1))),
        ("set_time_source", |emulator| emulator.set_time_source(Duration::default)),
        ("run_in_background", |emulator| drop(emulator.run_in_background(1))),
        ("step_forward", |emulator| {
            let job = emulator.connect("user").jobs().unwrap().next().unwrap();
            _ = emulator.step_forward(&job);
        }),
        ("run_until", |emulator| {
            let job = emulator.connect("user").jobs().unwrap().next().unwrap();
            _ = emulator.run_until(&job, job.state().unwrap());
        }),
    ];
    for (method, does) in misuses {
        let emulator = Emulator::new();
        let _ = emulator.connect("user").create_job("other", JobType::Download).unwrap();
        let refused = program(move |_| {
            let _ = catch_unwind(AssertUnwindSafe(|| does(&emulator)));
        });
        let happened = misuse(refused);
        assert!(happened.starts_with(&format!("it called Emulator::{method}")), "{happened}");
    }
}

#[test]
fn a_real_directory_is_refused() {
    let refused = program(|_| {
        let place = std::env::temp_dir();
        Emulator::new().disk().with_state(|disk| *disk = DiskState::in_directory(place));
    });
    assert!(misuse(refused).contains("real directory"));
}

/// A world that is not the same for each run is refused before any is made.
#[test]
fn a_world_is_not_real() {
    let worlds: [fn(&Emulator); 2] = [
        |emulator| emulator.set_clock(Clock::RealTime(1)),
        |emulator| {
            let place = std::env::temp_dir();
            emulator.disk().with_state(|disk| *disk = DiskState::in_directory(place));
        },
    ];
    for world in worlds {
        let explored = catch_unwind(AssertUnwindSafe(|| program(|_| {}).world(world).explore()));
        let told = explored.expect_err("it is refused");
        let told = told.downcast_ref::<String>().expect("it has a text");
        assert!(told.contains("set another clock, and leave the disk in memory"), "{told}");
    }
}

/// The clocks and hooks of the world pass time as the test ordered, and monitors do as they like.
#[test]
fn what_a_test_ordered_passes_time() {
    let verdict = program(|life| {
        let before = life.now();
        let _ = life.session().jobs();
        assert_eq!((life.now() - before).num_seconds(), 3);
    })
    .world(|emulator| {
        emulator.set_clock(Clock::PerCall(SECOND));
        emulator.hook(Hook::pass_time(Method::EnumJobs, 2 * SECOND));
    })
    .monitors(Monitors::default().with(explore::Monitor::new("it is quiet", |ending| {
        ending.emulator.run_until_idle().is_at_rest().then_some(()).ok_or_else(String::new)
    })))
    .explore();
    assert!(verdict.is_exhausted(), "{verdict}");
}

/// A call of a thread of its own fails the run, and not only that thread.
#[test]
fn other_threads_are_refused() {
    let job = program(|life| {
        let job = life.session().create_job("update", JobType::Download).unwrap();
        let _ = std::thread::spawn(move || job.state()).join();
        let _ = life.session().jobs();
        unreachable!("its next call unwinds it");
    });
    let begins = "another thread than that of the program used ";
    assert!(misuse(job.world(one_file)).starts_with(&format!("{begins}GetState: ")));

    let store = program(|life| {
        let store = life.store().clone();
        let _ = std::thread::spawn(move || store.set("name", "value")).join();
    });
    assert!(misuse(store).starts_with(&format!("{begins}the store: ")));

    let waits = program(|life| {
        let session = life.session().clone();
        let _ = std::thread::spawn(move || session.sleep(SECOND)).join();
    });
    assert!(misuse(waits).starts_with(&format!("{begins}its session: ")));
}
