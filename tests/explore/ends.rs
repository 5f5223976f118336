//! How runs end that do not: what a program does again and again, and the limits of those that never do the same.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use bits_emulator::explore::{self, Budget, Ending, Life, Monitor, Monitors, Program, Verdict};
use bits_emulator::{Emulator, Error, Fault, JobState};

use crate::clients::{PATH, URL, begin, one_file};
use crate::found::ENDS;

fn program(
    code: impl Fn(&Life) -> Result<(), Error> + Send + Sync + 'static,
    world: fn(&Emulator),
) -> Program {
    explore::program(code)
        .world(world)
        .wants(URL, PATH)
        .monitors(Monitors::default())
        .bound(0, 0)
        .without_progress()
}

fn happened(verdict: &Verdict) -> &str {
    let found = verdict.counterexample.as_ref().expect("it does not end");
    assert_eq!(found.promise(), ENDS);
    found.happened()
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Polls a job until it is transferred, with these pauses in between.
fn polls(life: &Life, mut pauses: impl FnMut() -> Duration) -> Result<(), Error> {
    let job = begin(life)?;
    while job.state()? != JobState::Transferred {
        life.session().sleep(pauses());
    }
    job.complete().map(drop)
}

/// The shortest round is shown, long before any limit.
#[test]
fn a_round_is_shown() {
    let cancelled = program(|life| polls(life, || seconds(60)), one_file)
        .budget(Budget::default().operator_cancel(1))
        .bound(1, 0)
        .explore();
    assert_eq!(happened(&cancelled), "it does not end: GetState -> CANCELLED, every 1 m");
    let found = cancelled.counterexample.as_ref().expect("it is there");
    let steps = found.trace().expect("it has a trace").steps();
    assert!(steps.len() < 1_000, "{}", steps.len());

    let busy = program(
        |life| {
            let job = begin(life)?;
            while job.state()? != JobState::Transferred {}
            Ok(())
        },
        one_file,
    );
    let shown = "it does not end: GetState -> QUEUED, without any wait";
    assert_eq!(happened(&busy.explore()), shown);

    let waits = program(
        |life| {
            begin(life)?;
            loop {
                life.session().sleep(seconds(90));
            }
        },
        one_file,
    );
    assert_eq!(happened(&waits.explore()), "it does not end: waits in vain, every 1 m 30 s");
}

/// A round may be long, and the world may move in it: BITS fails again and again, and the program has it retry.
#[test]
fn a_round_may_be_long() {
    let resumes = program(
        |life| {
            let job = begin(life)?;
            loop {
                match job.state()? {
                    JobState::Transferred => return job.complete().map(drop),
                    JobState::Error => job.resume()?,
                    _ => life.session().sleep(seconds(4)),
                }
            }
        },
        |emulator| _ = emulator.server("https://example.com"),
    );
    let verdict = resumes.most_resumes(1_000).explore();
    let shown = "it does not end: GetState -> ERROR, Resume, GetState -> QUEUED, every 4 s";
    assert_eq!(happened(&verdict), shown);
}

/// What comes to its end is not taken for endless: a fault that is met some times, a client that waits longer each
/// time, one that looks at the clock, and a deadline of BITS.
#[test]
fn what_ends_is_no_round() {
    let faults = |emulator: &Emulator| {
        let server = emulator.server("https://example.com");
        server.file("/app.exe", 1_000).fails(Fault::http(503).times(55));
    };
    assert!(program(|life| polls(life, || seconds(4)), faults).explore().is_exhausted());

    let grows = program(
        |life| {
            let job = begin(life)?;
            job.cancel()?;
            let mut pause = seconds(1);
            while pause < seconds(400) {
                let _ = job.state();
                life.session().sleep(pause);
                pause += seconds(1);
            }
            Ok(())
        },
        one_file,
    );
    assert!(grows.explore().is_exhausted());

    let clock = program(
        |life| {
            let begun = life.now();
            while (life.now() - begun).num_days() < 1 {
                life.session().sleep(seconds(60));
            }
            Ok(())
        },
        one_file,
    );
    assert!(clock.explore().is_exhausted());

    let deadline = program(
        |life| {
            let job = begin(life)?;
            job.set_no_progress_timeout(seconds(86_400))?;
            while job.state()? != JobState::Error {
                life.session().sleep(seconds(60));
            }
            job.cancel().map(drop)
        },
        |emulator| emulator.disconnect_network(),
    );
    assert!(deadline.explore().is_exhausted());
}

/// A client that counts its polls is taken for endless, unless more rounds are allowed.
#[test]
fn a_client_that_counts_needs_more_rounds() {
    let counts = || {
        program(
            |life| {
                let job = begin(life)?;
                job.cancel()?;
                for _ in 0..1_000 {
                    let _ = job.state();
                    life.session().sleep(seconds(60));
                }
                Ok(())
            },
            one_file,
        )
    };
    let verdict = counts().explore();
    assert_eq!(happened(&verdict), "it does not end: GetState -> CANCELLED, every 1 m");
    assert!(counts().most_rounds(1_000).explore().is_exhausted());
}

/// A program that does something else each time reaches a limit, and nobody says that it never ends.
#[test]
fn limits_say_that_they_are_limits() {
    let grows = || {
        program(
            |life| {
                let mut pause = seconds(0);
                polls(life, || {
                    pause += seconds(1);
                    pause
                })
            },
            |emulator| emulator.disconnect_network(),
        )
    };
    let limits = [
        (grows().within(seconds(86_400)), "it had not ended 1 days after it began"),
        (grows().most_idle_calls(60), "it made 60 calls in a row that noticed nothing new"),
    ];
    for (program, limit) in limits {
        let verdict = program.explore();
        let shown = format!("no end within the bound: {limit}");
        assert!(happened(&verdict).starts_with(&shown), "{verdict}");
    }
}

/// The life that cleans up, in which nothing is decided, is watched as well.
#[test]
fn a_life_that_cleans_up_may_not_go_round() {
    let verdict = program(
        |life| {
            if life.number() == 0 {
                begin(life)?;
            }
            while life.number() > 1 {
                let _ = life.session().jobs()?;
                life.session().sleep(seconds(60));
            }
            Ok(())
        },
        one_file,
    )
    .budget(Budget::default().kill(1))
    .bound(1, 0)
    .explore();
    assert_eq!(happened(&verdict), "it does not end: EnumJobs, every 1 m");
}

/// The text of the panic with which an exploration ends.
fn panic_of(program: Program) -> String {
    let explored = catch_unwind(AssertUnwindSafe(|| program.explore()));
    match explored.expect_err("it panics").downcast::<String>() {
        Ok(text) => *text,
        Err(other) => (*other.downcast::<&str>().expect("it has a text")).to_owned(),
    }
}

/// A program that calls nothing any more cannot be unwound. Its thread is left to itself, and the exploration ends.
#[test]
fn a_program_that_is_stuck_is_told() {
    for threads in [1, 2] {
        let halts = program(
            |life| {
                let _ = life.session().jobs()?;
                loop {
                    std::thread::park();
                }
            },
            one_file,
        );
        let told = panic_of(halts.named("halts").threads(threads).stuck_after(Duration::ZERO));
        let begins = "halts: the program has called nothing for 0ns of real time";
        assert!(told.starts_with(begins), "{told}");
        assert!(told.contains("BITS_EXPLORE_REPLAY="), "{told}");
    }
}

/// What the test itself asserts in a monitor fails the test.
#[test]
fn a_panic_of_a_monitor_goes_through() {
    let fails = |_: &Ending<'_>| panic!("of the monitor");
    let judged = program(|_| Ok(()), one_file)
        .monitors(Monitors::default().with(Monitor::new("it panics", fails)));
    assert_eq!(panic_of(judged), "of the monitor");
}
