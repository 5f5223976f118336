//! The downloader that completes inside its callback, under faults.

#[allow(dead_code, reason = "its main is not run here")]
#[path = "../../examples/callback.rs"]
mod example;

use std::time::Duration;

use bits_emulator::{Emulator, Fault, HResult, Hook, JobState, Method, User};
use example::{Downloader, Ending};

const URLS: [&str; 2] = ["https://example.com/app.exe", "https://mirror.example.com/app.exe"];
const PATH: &str = r"C:\app\app.exe";
const BROKEN: HResult = HResult::RPC_S_SERVER_UNAVAILABLE;

type Script = (&'static str, fn(&Emulator), Ending);

fn fails(emulator: &Emulator, server: &str, fault: impl Into<Fault>) {
    emulator.server(server).resource("/app.exe").fails(fault);
}

const SCRIPTS: &[Script] = &[
    ("all is well", |_| (), Ending::Downloaded),
    (
        "the server is busy for a while",
        |emulator| fails(emulator, "https://example.com", Fault::http(503).times(9)),
        Ending::Downloaded,
    ),
    (
        "only the mirror has the file",
        |emulator| fails(emulator, "https://example.com", 404),
        Ending::Downloaded,
    ),
    (
        "nobody has the file",
        |emulator| {
            fails(emulator, "https://example.com", 404);
            fails(emulator, "https://mirror.example.com", 410);
        },
        Ending::FailedWith(HResult::from_http_status(410)),
    ),
    (
        "the connection breaks in the middle",
        |emulator| {
            let reset = Fault::code(HResult::ERROR_INTERNET_CONNECTION_RESET);
            fails(emulator, "https://example.com", reset.after_percent(40));
        },
        Ending::Downloaded,
    ),
    (
        "Complete cannot reach the service",
        |emulator| emulator.hook(Hook::fail(Method::Complete, BROKEN).times(3)),
        Ending::Downloaded,
    ),
    (
        "the answer of Complete is lost",
        |emulator| emulator.hook(Hook::drop_reply(Method::Complete, BROKEN)),
        Ending::Downloaded,
    ),
    (
        "the mirror is named in vain at first",
        |emulator| {
            fails(emulator, "https://example.com", 404);
            emulator.hook(Hook::fail(Method::Resume, BROKEN).after(1));
        },
        Ending::FailedWith(HResult::BG_E_HTTP_ERROR_404),
    ),
];

#[test]
fn the_downloader_copes() {
    for (name, before, expected) in SCRIPTS {
        let emulator = Emulator::new();
        for url in URLS {
            let server = url.strip_suffix("/app.exe").unwrap();
            emulator.server(server).file("/app.exe", 10 << 20);
        }
        before(&emulator);
        let session = emulator.connect(User::new("alice"));
        let (downloader, job) = Downloader::begin(&session, &URLS, PATH).unwrap();
        assert!(emulator.run_until_idle().is_at_rest(), "{name}");
        assert_eq!(downloader.result(), Some(*expected), "{name}");
        assert_eq!(emulator.disk().exists(PATH), *expected == Ending::Downloaded, "{name}");
        assert!(job.state().unwrap().is_final(), "{name}");
        assert_eq!(session.jobs().unwrap().total(), 0, "{name}");
    }
}

/// DONE-07, NOTIFY-20: while somebody holds the file the callback fails, and is called again.
#[test]
fn a_file_in_use_is_waited_for() {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", 10 << 20);
    emulator.disk().write(PATH, "old").lock_file(PATH);
    let session = emulator.connect(User::new("alice"));
    let (downloader, job) = Downloader::begin(&session, &URLS[..1], PATH).unwrap();
    emulator.advance(Duration::from_secs(3_000));
    assert_eq!((downloader.result(), job.state()), (None, Ok(JobState::Transferred)));
    emulator.disk().unlock_file(PATH);
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(downloader.result(), Some(Ending::Downloaded));
}

/// A job that cannot be begun is not left behind.
#[test]
fn a_refused_job_is_cleaned_up() {
    for method in [Method::CreateJob, Method::AddFile, Method::SetNotifyInterface, Method::Resume] {
        let emulator = Emulator::new();
        let session = emulator.connect(User::new("alice"));
        emulator.hook(Hook::fail(method, BROKEN));
        assert!(Downloader::begin(&session, &URLS, PATH).is_err());
        assert_eq!(session.jobs().unwrap().total(), 0);
    }
}
