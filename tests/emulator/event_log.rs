//! The event log: of the same job the emulator writes the same entries as Windows.

use std::time::Duration;

use bits_emulator::readings::Readings;
use bits_emulator::trace::{LogEvent, LogEventKind, UrlTransfer};
use bits_emulator::{
    Cancellation, Clock, Completion, Emulator, Fault, HResult, Job, JobPriority, JobState, JobType,
    Session, User,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

const ONE_DOWNLOAD: &str = include_str!("../recordings/windows10-one-download.jsonl");
const LAPTOP: &str = include_str!("../recordings/windows10-office-laptop.jsonl");
const FONT_JOB: &str = "0406b477-7aa9-4a72-8937-e9c61298384a";
/// The code of a transfer that stopped part-way without a failure.
const PART_WAY: HResult = HResult::BITS_S_TRANSFER_STOPPED;
/// What the log of the emulator holds of the recordings.
const ABOUT_JOBS: [u64; 6] = [3, 4, 5, 59, 60, 61];

fn recorded(text: &str, of_interest: impl Fn(&Value) -> bool) -> Vec<Value> {
    let entries = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let about_jobs = |entry: &Value| ABOUT_JOBS.contains(&entry["event_id"].as_u64().unwrap());
    entries.filter(about_jobs).filter(of_interest).collect()
}

fn time(entry: &Value) -> DateTime<Utc> {
    entry["time"].as_str().unwrap().parse().unwrap()
}

/// The facts of an entry that do not depend on the machine, as far as they are recorded.
#[derive(Debug, Clone, Default, PartialEq)]
struct Facts {
    event: u64,
    job: String,
    url: Option<String>,
    bytes_total: Option<u64>,
    bytes_transferred: Option<u64>,
    files: Option<u64>,
    code: Option<HResult>,
}

impl Facts {
    fn recorded(entry: &Value) -> Self {
        Self {
            event: entry["event_id"].as_u64().unwrap(),
            job: entry["job_name"].as_str().unwrap().to_owned(),
            url: entry["url"].as_str().map(str::to_owned),
            bytes_total: entry["bytes_total"].as_u64(),
            bytes_transferred: entry["bytes_transferred"].as_u64(),
            files: entry["file_count"].as_u64(),
            code: entry["hr"].as_str().map(|code| code.parse().unwrap()),
        }
    }

    fn emulated(entry: &LogEvent) -> Self {
        let (event, job) = (u64::from(entry.what.event_id()), entry.job_name.to_string());
        let facts = Self { event, job, ..Self::default() };
        let of = |transfer: &UrlTransfer, code| Self {
            url: Some(transfer.url.to_string()),
            bytes_total: transfer.bytes_total,
            bytes_transferred: Some(transfer.bytes_transferred),
            code,
            ..facts.clone()
        };
        match &entry.what {
            LogEventKind::Created { .. } => facts,
            LogEventKind::Completed { file_count, bytes_transferred, .. } => Self {
                bytes_transferred: Some(*bytes_transferred),
                files: Some((*file_count).into()),
                ..facts
            },
            LogEventKind::Cancelled { file_count, .. } => {
                Self { files: Some((*file_count).into()), ..facts }
            }
            LogEventKind::Started(transfer) => of(transfer, None),
            LogEventKind::Stopped(transfer, code) | LogEventKind::Failed(transfer, code) => {
                of(transfer, Some(*code))
            }
            other => panic!("the recordings have no such entry: {other:?}"),
        }
    }
}

fn all_facts(log: &[LogEvent], recorded: &[Value]) -> (Vec<Facts>, Vec<Facts>) {
    let emulated = log.iter().map(Facts::emulated).collect();
    (emulated, recorded.iter().map(Facts::recorded).collect())
}

fn ids(emulator: &Emulator) -> Vec<u16> {
    emulator.event_log().iter().map(|entry| entry.what.event_id()).collect()
}

fn download(session: &Session) -> Job {
    let job = session.create_job("app", JobType::Download).unwrap();
    job.add_file("https://example.com/app.exe", r"C:\app.exe").unwrap();
    job
}

#[test]
fn one_download_is_logged_as_windows_logged_it() {
    let recorded = recorded(ONE_DOWNLOAD, |_| true);
    let emulator = Emulator::new();
    emulator.server("http://192.168.10.254:80").file("/calc.exe", 32_256);
    let job =
        emulator.connect(User::new("Administrator")).create_job("test", JobType::Download).unwrap();
    job.add_file("http://192.168.10.254:80/calc.exe", r"C:\calc.exe").unwrap();
    job.set_priority(JobPriority::Foreground).unwrap();
    job.resume().unwrap();
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.complete(), Ok(Completion::All));
    let log = emulator.event_log();
    let (emulated, facts) = all_facts(&log, &recorded);
    assert_eq!(emulated, facts);
    // Start and stop are of one attempt.
    assert!(matches!(
        (&log[1].what, &log[2].what),
        (LogEventKind::Started(start), LogEventKind::Stopped(stop, _)) if start.transfer_id == stop.transfer_id
    ));
    insta::assert_snapshot!(log.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
}

// TIME-01: a job with the default delay, without name resolution, tried again every 600 s.
#[test]
fn a_retry_loop_is_logged_as_windows_logged_it() {
    let recorded = recorded(LAPTOP, |entry| entry["job_id"] == FONT_JOB);
    assert_eq!(recorded.len(), 7);
    let emulator = Emulator::new();
    let start = emulator.now();
    let session = emulator.connect(User::local_service());
    let job = session.create_job("Font Download", JobType::Download).unwrap();
    job.add_file("https://fs.microsoft.com/fs/windows/config.json", r"C:\config.json").unwrap();
    emulator.advance((time(&recorded[1]) - time(&recorded[0])).to_std().unwrap());
    job.resume().unwrap();
    emulator.advance(Duration::from_secs(3_599));
    let log = emulator.event_log();
    let (emulated, facts) = all_facts(&log, &recorded);
    assert_eq!(emulated, facts);
    for (entry, seen) in log.iter().zip(&recorded) {
        let late = (time(seen) - time(&recorded[0])) - (entry.time - start);
        assert!(late >= TimeDelta::zero() && late < TimeDelta::seconds(1), "{late} at {entry}");
    }
    // Each attempt is another.
    let attempts: std::collections::BTreeSet<_> = log
        .iter()
        .filter_map(|entry| match &entry.what {
            LogEventKind::Failed(transfer, _) => Some(transfer.transfer_id),
            _ => None,
        })
        .collect();
    assert_eq!(attempts.len(), 6);
}

#[test]
fn a_failure_amid_a_transfer_comes_after_its_start() {
    let emulator = Emulator::new();
    emulator
        .server("https://example.com")
        .file("/app.exe", 1_000)
        .fails(Fault::http(503).after(400));
    let job = download(&emulator.connect(User::new("alice")));
    job.resume().unwrap();
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(ids(&emulator), [3, 59, 61, 59, 60]);
    let bytes: Vec<_> = emulator
        .event_log()
        .iter()
        .filter_map(|entry| match &entry.what {
            LogEventKind::Started(transfer)
            | LogEventKind::Stopped(transfer, _)
            | LogEventKind::Failed(transfer, _) => {
                Some((transfer.bytes_transferred, transfer.bytes_total))
            }
            _ => None,
        })
        .collect();
    assert_eq!(
        bytes,
        [(0, Some(1_000)), (400, Some(1_000)), (400, Some(1_000)), (1_000, Some(1_000))]
    );
}

#[test]
fn several_files_are_logged_one_after_the_other_and_an_empty_one_too() {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", 1_000);
    emulator.server("https://example.com").file("/empty", 0);
    let job = download(&emulator.connect(User::new("alice")));
    job.add_file("https://example.com/empty", r"C:\empty").unwrap();
    job.resume().unwrap();
    assert!(emulator.run_until_idle().is_at_rest());
    job.expect_state(JobState::Transferred);
    assert_eq!(ids(&emulator), [3, 59, 60, 59, 60]);
}

#[test]
fn a_job_that_is_suspended_and_cancelled_stops_without_a_failure() {
    let emulator = Emulator::new();
    emulator.server("https://example.com").with_state(|server| {
        server.resource("/app.exe").content(bits_emulator::server::Content::sized(1_000)).rate(10);
    });
    let job = download(&emulator.connect(User::new("alice")));
    job.resume().unwrap();
    emulator.advance(Duration::from_secs(10));
    job.suspend().unwrap();
    assert_eq!(job.cancel(), Ok(Cancellation::Clean));
    assert_eq!(ids(&emulator), [3, 59, 60, 5]);
    let stopped = &emulator.event_log()[2].what;
    assert!(
        matches!(stopped, LogEventKind::Stopped(transfer, PART_WAY) if transfer.bytes_transferred == 100),
        "{stopped:?}"
    );
}

#[test]
fn as_many_entries_are_kept_as_steps() {
    let emulator = Emulator::new();
    emulator.set_clock(Clock::PerCall(Duration::from_secs(600)));
    let job = download(&emulator.connect(User::new("alice")));
    job.resume().unwrap();
    emulator.advance(Duration::from_secs(86_400));
    assert!(emulator.event_log().len() > 100);
    emulator.set_trace_capacity(3);
    assert_eq!(ids(&emulator), [61, 61, 61]);
    emulator.set_trace_capacity(0);
    emulator.advance(Duration::from_secs(86_400));
    assert!(emulator.event_log().is_empty());
}

/// LOG-01: a transfer that ended while nothing was recorded is not taken for one that goes on.
#[test]
fn a_log_that_was_off_begins_anew() {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", 100 << 20);
    let job = download(&emulator.connect(User::new("alice")));
    job.set_priority(JobPriority::Foreground).unwrap();
    job.resume().unwrap();
    emulator.advance(Duration::from_secs(3));
    emulator.set_trace_capacity(0);
    job.suspend().unwrap();
    emulator.set_trace_capacity(100);
    job.resume().unwrap();
    emulator.advance(Duration::from_secs(3));
    assert_eq!(ids(&emulator), [59]);
}

/// A way in which a transfer ends part-way without a failure.
type Stop = fn(&Emulator, &Job);

const STOPS: [(&str, Stop); 8] = [
    ("cancel", |_, job| _ = job.cancel().unwrap()),
    ("suspend", |_, job| job.suspend().unwrap()),
    ("the end of a slice", |emulator, job| {
        let other =
            emulator.connect(User::new("bob")).create_job("other", JobType::Download).unwrap();
        other.add_file("https://example.com/app.exe", r"C:\other.exe").unwrap();
        other.set_priority(JobPriority::High).unwrap();
        other.resume().unwrap();
        let _ = emulator.step_forward(job);
    }),
    ("logoff", |emulator, _| emulator.log_off("alice")),
    ("restart of the service", |emulator, _| emulator.restart()),
    ("stop of the service", |emulator, _| emulator.stop()),
    ("complete", |_, job| _ = job.complete().unwrap()),
    ("security flags", |_, job| {
        let flags = bits_emulator::settings::HttpSecurityFlags::ENABLE_CRL_CHECK;
        job.set_security_flags(flags).unwrap();
    }),
];

/// LOG-01: of a transfer that stops part-way without a failure the code is not 0, however it stops.
#[test]
fn a_transfer_that_stops_part_way_has_a_code() {
    for (name, stop) in STOPS {
        let emulator = Emulator::new();
        emulator.server("https://example.com").file("/app.exe", 100 << 20);
        let job = download(&emulator.connect(User::new("alice")));
        job.resume().unwrap();
        emulator.advance(Duration::from_secs(5));
        stop(&emulator, &job);
        let stops: Vec<_> = emulator
            .event_log()
            .into_iter()
            .filter(|entry| entry.job_id == job.id())
            .filter_map(|entry| match entry.what {
                LogEventKind::Stopped(_, code) => Some(code),
                _ => None,
            })
            .collect();
        assert_eq!(stops, [PART_WAY], "{name}");
    }
}

/// LOG-01: a transfer whose size is not known when it starts is logged with an unknown size.
#[test]
fn a_transfer_of_unknown_size_starts_with_an_unknown_size() {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", 10 << 20).with_state(|file| {
        file.without_lengths();
    });
    let job = download(&emulator.connect(User::new("alice")));
    job.set_priority(JobPriority::Foreground).unwrap();
    job.set_property(bits_emulator::settings::JobProperty::DynamicContent(true)).unwrap();
    job.resume().unwrap();
    assert!(emulator.run_until_idle().is_at_rest());
    let log = emulator.event_log();
    let transfers: Vec<_> = log
        .iter()
        .filter_map(|entry| match &entry.what {
            LogEventKind::Started(transfer) => {
                Some((59, transfer.bytes_transferred, transfer.bytes_total))
            }
            LogEventKind::Stopped(transfer, HResult::S_OK) => {
                Some((60, transfer.bytes_transferred, transfer.bytes_total))
            }
            _ => None,
        })
        .collect();
    assert_eq!(transfers, [(59, 0, None), (60, 10 << 20, Some(10 << 20))]);
}

/// LOG-01, PROP-33: without HEAD the start is the GET, before the connection, as recorded of jobs of unknown size.
#[test]
fn a_job_that_sends_no_head_starts_before_it_connects() {
    let emulator = Emulator::with_readings(Readings::observed());
    let job = download(&emulator.connect(User::new("alice")));
    job.set_priority(JobPriority::Foreground).unwrap();
    job.set_property(bits_emulator::settings::JobProperty::DynamicContent(true)).unwrap();
    job.resume().unwrap();
    emulator.advance(Duration::from_secs(1));
    job.resume().unwrap();
    emulator.advance(Duration::from_secs(1));
    assert_eq!(job.cancel(), Ok(Cancellation::Clean));
    assert_eq!(ids(&emulator), [3, 59, 61, 59, 61, 5]);
}

/// LOG-02: 4 and 5 name the account that acted; an administrator's cancel and changes, a takeover, failures of
/// notifications and the removal for inactivity are entries of their own.
#[test]
fn the_log_names_the_account_that_acted() {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", 1_000);
    let alice = emulator.connect(User::new("alice"));
    let system = emulator.connect(User::local_system());
    let names = |entry: &LogEvent| match &entry.what {
        LogEventKind::Cancelled { owner, by, .. }
        | LogEventKind::Completed { owner, by, .. }
        | LogEventKind::CancelledByAdministrator { owner, by }
        | LogEventKind::PropertyChanged { owner, by, .. } => {
            Some((owner.to_string(), by.to_string()))
        }
        LogEventKind::RemovedForInactivity { owner } => Some((owner.to_string(), String::new())),
        _ => None,
    };
    let of = |job: &Job| -> Vec<(u16, Option<(String, String)>)> {
        let log = emulator.event_log();
        let of_job = log.iter().filter(|entry| entry.job_id == job.id());
        of_job.map(|entry| (entry.what.event_id(), names(entry))).skip(1).collect()
    };
    let named = |owner: &str, by: &str| Some((owner.to_owned(), by.to_owned()));

    let own = download(&alice);
    own.set_display_name("mine").unwrap();
    let _ = own.cancel().unwrap();
    assert_eq!(of(&own), [(5, named("alice", "alice"))]);

    let theirs = download(&alice);
    let held = system.job(theirs.id()).unwrap();
    held.set_display_name("theirs").unwrap();
    let _ = held.cancel().unwrap();
    let by_system = named("alice", "LocalSystem");
    assert_eq!(
        of(&theirs),
        [(16_387, by_system.clone()), (5, by_system.clone()), (16_384, by_system)]
    );

    let taken = download(&alice);
    taken.set_notify_cmd_line(Some(r"C:\done.exe"), None).unwrap();
    emulator.on_program(|_, _, _| 1);
    taken.resume().unwrap();
    emulator.advance(Duration::from_secs(60));
    let administrator = emulator.connect(User::new("carol").administrator());
    let held = administrator.job(taken.id()).unwrap();
    held.take_ownership().unwrap();
    let _ = held.complete().unwrap();
    let ids: Vec<u16> = of(&taken).iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, [59, 60, 16_390, 16_388, 4]);
    assert_eq!(of(&taken).pop(), Some((4, named("carol", "carol"))));

    let forgotten = download(&alice);
    emulator.advance(Duration::from_secs(90 * 86_400));
    let entries = [(5, named("alice", "LocalSystem")), (16_389, named("alice", ""))];
    assert_eq!(of(&forgotten), entries);
}
