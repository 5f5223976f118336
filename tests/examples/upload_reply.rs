//! The sender of reports under faults: it tells the failures of upload, reply and application apart.

#[allow(dead_code, reason = "its main is not run here")]
#[path = "../../examples/upload_reply.rs"]
mod example;

use std::time::Duration;

use bits_emulator::server::ResourceState;
use bits_emulator::{Emulator, Fault, HResult, User};
use example::{Sent, send};

const NAMES: (&str, &str) = ("https://example.com/in/report.txt", r"C:\data\report.txt");

/// A name, what goes wrong with the resource, what becomes of the report, and how often the
/// application had it.
type Script = (&'static str, fn(&mut ResourceState), fn() -> Sent, u64);

fn answered() -> Sent {
    Sent::Answered(b"thank you".to_vec())
}

const SCRIPTS: &[Script] = &[
    ("all is well", |_| (), answered, 1),
    (
        "the server is busy for a while",
        |resource| {
            resource.fails(Fault::http(503).times(3));
        },
        answered,
        1,
    ),
    (
        "the place does not exist for a while",
        |resource| {
            resource.fails(Fault::http(404).times(3));
        },
        answered,
        1,
    ),
    (
        "the place does not exist",
        |resource| {
            resource.fails(Fault::http(404).always());
        },
        || Sent::NotReceived(HResult::BG_E_HTTP_ERROR_404),
        0,
    ),
    (
        "the application is busy for a while",
        |resource| {
            resource.uploads().application_fails(Fault::http(503).times(2));
        },
        answered,
        3,
    ),
    (
        "the application refuses the report",
        |resource| {
            resource.uploads().application_fails(Fault::http(403).always());
        },
        || Sent::Rejected(HResult::BG_E_HTTP_ERROR_403),
        1,
    ),
    (
        "the reply is not there for a while",
        |resource| {
            resource.uploads().reply_fails(Fault::http(404).after(4).times(2));
        },
        answered,
        1,
    ),
    (
        "the reply breaks off again and again",
        |resource| {
            resource.uploads().reply_fails(Fault::http(404).after(4).always());
        },
        || Sent::ReplyLost(HResult::BG_E_HTTP_ERROR_404),
        1,
    ),
    (
        "the connection breaks in the middle of the upload",
        |resource| {
            let reset = Fault::code(HResult::ERROR_INTERNET_CONNECTION_RESET);
            resource.fails(reset.after(5));
        },
        answered,
        1,
    ),
    (
        "the report is too large",
        |resource| {
            resource.uploads().maximum_size(10);
        },
        || Sent::NotReceived(HResult::BG_E_TOO_LARGE),
        0,
    ),
];

fn emulator() -> Emulator {
    let emulator = Emulator::new();
    emulator.disk().write(NAMES.1, "all is well");
    emulator.server("https://example.com").resource("/in/report.txt").with_state(|resource| {
        resource.uploads().reply("thank you");
    });
    emulator
}

/// ERR-18, UPLOAD-05, UPLOAD-07
#[test]
fn the_sender_tells_failures_apart() {
    for (name, before, expected, posts) in SCRIPTS {
        let emulator = emulator();
        let place = emulator.server("https://example.com").resource("/in/report.txt");
        place.with_state(before);
        let session = emulator.connect(User::new("alice"));
        let sent = send(&session, NAMES, &mut |time| {
            emulator.advance(time);
        });
        assert_eq!(sent, expected(), "{name}");
        assert_eq!(place.with_state(|resource| resource.uploads().posts()), *posts, "{name}");
        assert_eq!(session.jobs().unwrap().total(), 0, "{name}");
    }
}

/// UPLOAD-08
#[test]
fn a_report_that_changes_is_not_sent() {
    let emulator = emulator();
    emulator.server("https://example.com").with_state(|server| {
        server.rate(1);
    });
    let session = emulator.connect(User::new("alice"));
    let mut polls = 0;
    let sent = send(&session, NAMES, &mut |_| {
        polls += 1;
        if polls == 3 {
            emulator.disk().write(NAMES.1, "something else");
        }
        emulator.advance(Duration::from_secs(1));
    });
    assert_eq!(sent, Sent::Unreadable(HResult::BG_E_LOCAL_FILE_CHANGED));
}
