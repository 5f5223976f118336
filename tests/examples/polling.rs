//! The polling downloader under faults: it gets the file or says why not, and leaves no job behind.

#[allow(dead_code, reason = "its main is not run here")]
#[path = "../../examples/polling.rs"]
mod example;

use std::time::Duration;

use bits_emulator::chrono::TimeDelta;
use bits_emulator::{Emulator, Fault, HResult, Hook, Method, User};
use example::{Fetched, Patience, Reason, fetch};

const URL: &str = "https://example.com/app.exe";
const PATH: &str = r"C:\app\app.exe";

/// What happened before the download, and what happens at one of its polls.
struct Script {
    name: &'static str,
    before: fn(&Emulator),
    at: (u32, fn(&Emulator)),
    expected: Fetched,
}

const QUIET: (u32, fn(&Emulator)) = (0, |_| ());

const fn not(reason: Reason) -> Fetched {
    Fetched::NotByBits(reason)
}

fn fails(emulator: &Emulator, fault: impl Into<Fault>) {
    emulator.server("https://example.com").resource("/app.exe").fails(fault);
}

const SCRIPTS: &[Script] = &[
    Script { name: "all is well", before: |_| (), at: QUIET, expected: Fetched::ByBits },
    Script {
        name: "the server is busy for a while",
        before: |emulator| fails(emulator, Fault::http(503).times(5)),
        at: QUIET,
        expected: Fetched::ByBits,
    },
    Script {
        name: "the server stays busy",
        before: |emulator| fails(emulator, Fault::http(503).always()),
        at: QUIET,
        expected: not(Reason::Stuck(Some(HResult::BG_E_HTTP_ERROR_503))),
    },
    Script {
        name: "the file is not there",
        before: |emulator| fails(emulator, 404),
        at: QUIET,
        expected: not(Reason::Failed(HResult::BG_E_HTTP_ERROR_404)),
    },
    Script {
        name: "the server is slow but moves",
        before: |emulator| {
            emulator.server("https://example.com").with_state(|server| {
                server.rate(10_000);
            });
        },
        at: QUIET,
        expected: Fetched::ByBits,
    },
    Script {
        name: "the network goes away",
        before: |_| (),
        at: (2, Emulator::disconnect_network),
        expected: not(Reason::Stuck(Some(HResult::BG_E_NETWORK_DISCONNECTED))),
    },
    Script {
        name: "the disk fills up",
        before: |emulator| {
            emulator.disk().set_free("C:", 5 << 20);
        },
        at: QUIET,
        expected: not(Reason::Failed(HResult::ERROR_DISK_FULL)),
    },
    Script {
        name: "a program holds the old file for a while",
        before: |emulator| {
            emulator.disk().write(PATH, "old").lock_file(PATH);
        },
        at: (30, |emulator| {
            emulator.disk().unlock_file(PATH);
        }),
        expected: Fetched::ByBits,
    },
    Script {
        name: "BITS is disabled",
        before: |emulator| {
            emulator.hook(Hook::fail(Method::CreateJob, HResult::RPC_S_SERVER_UNAVAILABLE));
        },
        at: QUIET,
        expected: not(Reason::Refused(HResult::RPC_S_SERVER_UNAVAILABLE)),
    },
    Script {
        name: "a few calls fail",
        before: |emulator| {
            let broken = HResult::RPC_S_SERVER_UNAVAILABLE;
            emulator.hook(Hook::fail(Method::GetState, broken).after(1).times(3));
        },
        at: QUIET,
        expected: Fetched::ByBits,
    },
    Script {
        name: "the answer of Complete is lost",
        before: |emulator| {
            let broken = HResult::RPC_S_SERVER_UNAVAILABLE;
            emulator.hook(Hook::drop_reply(Method::Complete, broken));
        },
        at: QUIET,
        expected: Fetched::ByBits,
    },
    Script {
        name: "an administrator cancels the job",
        before: |_| (),
        at: (1, |emulator| {
            let session = emulator.connect(User::new("root").administrator());
            for job in session.jobs_of_all_users().unwrap() {
                let _ = job.cancel().unwrap();
            }
        }),
        expected: not(Reason::Gone),
    },
    Script {
        name: "the service restarts and the clock is set",
        before: |_| (),
        at: (1, |emulator| {
            emulator.change_clock(TimeDelta::hours(-3));
            emulator.restart();
        }),
        expected: Fetched::ByBits,
    },
    Script {
        name: "the service is stopped for good",
        before: |_| (),
        at: (1, Emulator::stop),
        expected: not(Reason::Silent(HResult::RPC_S_SERVER_UNAVAILABLE)),
    },
];

#[test]
fn the_downloader_copes() {
    for script in SCRIPTS {
        let emulator = Emulator::new();
        emulator.server("https://example.com").file("/app.exe", 10 << 20);
        (script.before)(&emulator);
        let session = emulator.connect(User::new("alice"));
        let mut polls = 0;
        let mut wait = |time: Duration| {
            polls += 1;
            if polls == script.at.0 {
                script.at.1(&emulator);
            }
            emulator.advance(time);
        };
        let fetched = fetch(&session, (URL, PATH), &Patience::default(), &mut wait);
        assert_eq!(fetched, script.expected, "{}", script.name);
        let there = emulator.disk().size(PATH) == Some(10 << 20);
        assert_eq!(there, fetched == Fetched::ByBits, "{}", script.name);
        // Of a service that does not answer nothing can be cancelled.
        let left = session.jobs().map(|jobs| jobs.total()).map_err(|error| error.code());
        let silent = matches!(fetched, Fetched::NotByBits(Reason::Silent(_)));
        assert!(left == Ok(0) || silent && left.is_err(), "{}: {left:?}", script.name);
    }
}
