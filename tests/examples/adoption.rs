//! The downloader that adopts its job, killed at every one of its polls and calls, under faults.

#[allow(dead_code, reason = "its main is not run here")]
#[path = "../../examples/adoption.rs"]
mod example;

use std::time::Duration;

use bits_emulator::hooks::Calls;
use bits_emulator::{Emulator, Fault, HResult, Hook, Method, User};
use example::{Stop, Store, run};

const FILE: (&str, &str) = ("https://example.com/app.exe", r"C:\app\app.exe");
const BROKEN: HResult = HResult::RPC_S_SERVER_UNAVAILABLE;

/// What is wrong from the beginning, and what happens while the application is not there.
type Script = (&'static str, fn(&Emulator), fn(&Emulator));

fn fails(emulator: &Emulator, fault: impl Into<Fault>) {
    emulator.server("https://example.com").resource("/app.exe").fails(fault);
}

const SCRIPTS: &[Script] = &[
    ("all is well", |_| (), |_| ()),
    ("the server is busy", |emulator| fails(emulator, Fault::http(503).times(3)), |_| ()),
    (
        "the connection breaks",
        |emulator| {
            let reset = Fault::code(HResult::ERROR_INTERNET_CONNECTION_RESET);
            fails(emulator, reset.after_percent(40));
        },
        |_| (),
    ),
    ("the service restarts", |_| (), Emulator::restart),
    ("the computer restarts", |_| (), Emulator::reboot),
    (
        "somebody cancels the job",
        |_| (),
        |emulator| {
            let session = emulator.connect(User::new("root").administrator());
            for job in session.jobs_of_all_users().unwrap() {
                let _ = job.cancel();
            }
        },
    ),
    (
        "it takes a day until the next start",
        |_| (),
        |emulator| {
            emulator.advance(Duration::from_secs(86_400));
        },
    ),
    (
        "nobody comes for a hundred days",
        |_| (),
        |emulator| {
            emulator.advance(Duration::from_secs(8_640_000));
        },
    ),
    ("the job fails while nobody is there", |_| (), |emulator| fails(emulator, 404)),
];

/// Runs the application again and again until its work is done; the first run is killed at a poll.
fn run_with_a_crash_at(poll: u32, (name, before, meanwhile): &Script) {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", 60 << 20);
    before(&emulator);
    let mut store = Store::default();
    let user = || User::new("alice");
    let first = emulator.connect(user());
    let mut polls = 0;
    let crashed = run(&first, &mut store, FILE, &mut |time| {
        if polls == poll {
            first.kill();
        }
        polls += 1;
        emulator.advance(time);
    });
    if crashed.is_err() {
        meanwhile(&emulator);
    }
    for _ in 0..3 {
        let session = emulator.connect(user());
        let _ = run(&session, &mut store, FILE, &mut |time| {
            emulator.advance(time);
        });
    }
    let session = emulator.connect(user());
    assert!(store.done, "{name}, killed at poll {poll}: {crashed:?}");
    assert_eq!(emulator.disk().size(FILE.1), Some(60 << 20), "{name}, killed at poll {poll}");
    assert_eq!(session.jobs().unwrap().total(), 0, "{name}, killed at poll {poll}");
}

/// LIFE-29, NOTIFY-18: whenever it dies, the next run finds the job.
#[test]
fn a_crash_at_any_poll_loses_nothing() {
    for script in SCRIPTS {
        for poll in 0..14 {
            run_with_a_crash_at(poll, script);
        }
    }
}

/// NET-20: what was downloaded before the crash is not downloaded again.
#[test]
fn a_crash_costs_no_bytes() {
    let emulator = Emulator::new();
    let server = emulator.server("https://example.com");
    server.file("/app.exe", 60 << 20);
    let mut store = Store::default();
    for lifetime in [4, u32::MAX] {
        let session = emulator.connect(User::new("alice"));
        let mut polls = 0;
        let _ = run(&session, &mut store, FILE, &mut |time| {
            polls += 1;
            if polls == lifetime {
                session.kill();
            }
            emulator.advance(time);
        });
    }
    assert!(store.done);
    let requests = server.requests();
    assert_eq!(requests.iter().filter(|request| &*request.method == "GET").count(), 1);
}

/// A call that fails, or whose answer gets lost, is as good as a crash: for each call in turn.
#[test]
fn a_broken_call_loses_nothing() {
    for call in 0..20 {
        for hook in [Hook::fail(Calls::Any, BROKEN), Hook::drop_reply(Calls::Any, BROKEN)] {
            let emulator = Emulator::new();
            emulator.server("https://example.com").file("/app.exe", 20 << 20);
            emulator.hook(hook.clone().after(call));
            let mut store = Store::default();
            let session = emulator.connect(User::new("alice"));
            for _ in 0..3 {
                let _ = run(&session, &mut store, FILE, &mut |time| {
                    emulator.advance(time);
                });
            }
            emulator.clear_hooks();
            assert!(store.done, "call {call}, {hook:?}");
            assert_eq!(session.jobs().unwrap().total(), 0, "call {call}, {hook:?}");
        }
    }
}

/// CREATE-02: a job whose CreateJob lost its answer is found by its name and cleaned up.
#[test]
fn an_orphan_is_cancelled() {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", 1 << 20);
    emulator.hook(Hook::drop_reply(Method::CreateJob, BROKEN));
    let session = emulator.connect(User::new("alice"));
    let mut store = Store::default();
    let mut wait = |time| {
        emulator.advance(time);
    };
    assert!(matches!(run(&session, &mut store, FILE, &mut wait), Err(Stop::Call(_))));
    assert_eq!(session.jobs().unwrap().total(), 1);
    assert_eq!(run(&session, &mut store, FILE, &mut wait), Ok(()));
    assert_eq!(session.jobs().unwrap().total(), 0);
}
