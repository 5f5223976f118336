//! `bits replay`: what it reads, what it prints, and exit codes.

mod evtx;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use bits_emulator::chrono::{DateTime, Utc};
use serde_json::Value;

const LAPTOP: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/recordings/windows10-office-laptop.jsonl");
const ONE_DOWNLOAD: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/recordings/windows10-one-download.jsonl");
const PROVIDER: &str = "Microsoft-Windows-Bits-Client";

fn replay(log: impl AsRef<Path>, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bits"));
    command.arg("replay").arg(log.as_ref()).args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A file of this test alone.
fn file(name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).unwrap();
    path
}

/// An event as the channel has it.
struct Written {
    provider: &'static str,
    id: u64,
    time: String,
    data: Vec<(&'static str, String)>,
}

impl Written {
    /// The event of a line of a recording, by the names that the channel has for its fields.
    fn of(line: &str) -> Self {
        let fields: Value = serde_json::from_str(line).unwrap();
        let id = fields["event_id"].as_u64().unwrap();
        let of_transfer = matches!(id, 59..=61);
        let names = [
            (if of_transfer { "name" } else { "jobTitle" }, "job_name"),
            (if of_transfer { "Id" } else { "jobId" }, "job_id"),
            ("jobOwner", "owner"),
            ("processPath", "process"),
            ("url", "url"),
            ("hr", "hr"),
            ("fileCount", "file_count"),
            ("bytesTotal", "bytes_total"),
            ("bytesTransferred", "bytes_transferred"),
        ];
        let data = names.iter().filter_map(|(name, field)| match fields.get(field)? {
            Value::Null => Some((*name, u64::MAX.to_string())),
            Value::String(text) => Some((*name, text.clone())),
            other => Some((*name, other.to_string())),
        });
        let time = fields["time"].as_str().unwrap().to_owned();
        Self { provider: PROVIDER, id, time, data: data.collect() }
    }

    /// Its time in ticks of 100 ns since 1601.
    fn filetime(&self) -> u64 {
        let time: DateTime<Utc> = self.time.parse().unwrap();
        u64::try_from(time.timestamp_micros() + 11_644_473_600_000_000).unwrap() * 10
    }

    fn xml(&self) -> String {
        let data = self.data.iter().map(|(name, value)| {
            format!(
                "<Data Name='{name}'>{}</Data>",
                value.replace('&', "&amp;").replace('<', "&lt;")
            )
        });
        format!(
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='{}'/>\
             <EventID>{}</EventID><TimeCreated SystemTime='{}'/></System><EventData>{}</EventData></Event>",
            self.provider,
            self.id,
            self.time,
            data.collect::<String>()
        )
    }
}

fn written() -> Vec<Written> {
    std::fs::read_to_string(ONE_DOWNLOAD).unwrap().lines().map(Written::of).collect()
}

fn xml(events: &[Written]) -> String {
    let events = events.iter().map(|event| format!("{}\r\n", event.xml()));
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><Events>{}</Events>",
        events.collect::<String>()
    )
}

#[test]
fn all_formats_of_a_log_are_read_alike() {
    let expected = stdout(&replay(ONE_DOWNLOAD, &[]));
    assert!(expected.contains("\n  explained\n"), "{expected}");
    let xml = xml(&written());
    // As `wevtutil` writes it, without a root; and as PowerShell redirects it.
    let bare = written().iter().map(Written::xml).collect::<String>();
    let wide: Vec<u8> =
        format!("\u{FEFF}{xml}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let files = [
        file("replay.xml", &xml),
        file("replay-bare.xml", bare),
        file("replay-wide.xml", wide),
        file("replay.evtx", evtx::file(&written())),
    ];
    for path in files {
        let output = replay(&path, &[]);
        assert_eq!(
            (stdout(&output).as_str(), stderr(&output).as_str()),
            (expected.as_str(), ""),
            "{path:?}"
        );
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn damaged_records_are_skipped_and_named() {
    let mut lines: Vec<String> =
        std::fs::read_to_string(ONE_DOWNLOAD).unwrap().lines().map(str::to_owned).collect();
    lines.insert(2, "{\"time\":".to_owned());
    lines.insert(4, r#"{"time":"2021-06-13T06:17:18Z","event_id":61}"#.to_owned());
    let output = replay(file("replay-damaged.jsonl", lines.join("\n")), &[]);
    assert_eq!(output.status.code(), Some(0));
    let out = stdout(&output);
    assert!(out.contains("skipped 2 of the records:"), "{out}");
    assert!(
        out.contains("  line 3: EOF while parsing")
            && out.contains("  line 5: event 61 has no `url`"),
        "{out}"
    );

    let mut events: Vec<String> = written().iter().map(Written::xml).collect();
    events[1] = events[1].replace("<Data Name='jobId'>", "<Data Name='jobId>");
    let output = replay(file("replay-damaged.xml", events.concat()), &[]);
    assert!(
        stdout(&output).contains("skipped 1 of the records:\n  event 2: "),
        "{}",
        stdout(&output)
    );
}

#[test]
fn a_file_that_is_no_log_is_told_so() {
    let foreign = Written { provider: "Microsoft-Windows-Kernel-IO", ..written().remove(0) };
    let files = [
        ("text", file("replay-text.txt", "a letter\nof two lines"), "line 1: expected value"),
        ("html", file("replay.html", "<html><body>no log</body></html>"), "holds no record"),
        (
            "xml",
            file("replay-foreign.xml", xml(&[foreign])),
            "event 1: it is of Microsoft-Windows-Kernel-IO",
        ),
        ("empty", file("replay-empty.jsonl", ""), "holds no record"),
        ("damaged", file("replay-damaged.evtx", b"ElfFile\0"), "cannot read"),
        ("missing", PathBuf::from("no-such-file.evtx"), "cannot read no-such-file.evtx"),
    ];
    for (name, path, message) in files {
        let output = replay(path, &[]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(stderr(&output).contains(message), "{name}: {}", stderr(&output));
        assert_eq!(stdout(&output), "", "{name}");
    }
}

#[test]
fn a_log_that_is_not_explained_is_a_failure() {
    let mut lines: Vec<String> =
        std::fs::read_to_string(ONE_DOWNLOAD).unwrap().lines().map(str::to_owned).collect();
    let start = lines[3].replace("06:17:18.087054", "06:17:38.087054");
    lines.insert(6, start);
    let output = replay(file("replay-unexplained.jsonl", lines.join("\n")), &[]);
    assert_eq!(output.status.code(), Some(1));
    let expected = "not explained at record 7: the model would have written nothing: the job is ACKNOWLEDGED; recorded \
                    is 2021-06-13 06:17:38.087 59 transfer started";
    assert!(stdout(&output).contains(expected), "{}", stdout(&output));
}

#[test]
fn jobs_are_chosen_by_id_name_and_time() {
    let count = |arguments: &[&str]| {
        let output = replay(LAPTOP, &[arguments, &["--json"]].concat());
        stdout(&output).lines().count() - 1
    };
    assert_eq!(count(&["--job", "0406b477"]), 1);
    assert_eq!(count(&["--job", "MicrosoftMaps"]), 6);
    assert_eq!(count(&["--since", "2020-11-06"]), 5);
    assert_eq!(count(&["--since", "2020-11-06T12:00:00Z", "--job", "UpdateDescriptionXml"]), 1);
    let output = replay(LAPTOP, &["--job", "none"]);
    assert_eq!(
        (output.status.code(), stderr(&output).as_str()),
        (Some(2), "error: the log has no such job\n")
    );
    assert_eq!(replay(LAPTOP, &["--since", "yesterday"]).status.code(), Some(2));
}

#[test]
fn jobs_and_totals_are_printed_as_json() {
    let output = replay(LAPTOP, &["--json"]);
    let objects: Vec<Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (totals, jobs) = objects.split_last().unwrap();
    assert_eq!(jobs.len(), 92);
    assert_eq!((&totals["explained"], &totals["records"]), (&Value::from(57), &Value::from(659)));
    let job = jobs.iter().find(|job| job["job"].as_str().unwrap().starts_with("fcecbd31")).unwrap();
    assert_eq!(job["verdict"], "explained with assumptions");
    assert_eq!(job["assumptions"].as_array().unwrap().len(), 3);
    assert_eq!(job["bursts"][0]["attempts"], 3);
    assert_eq!(job["state"], "CANCELLED");
    let steps = job["steps"].as_array().unwrap();
    assert!(steps.iter().any(|step| step["what"]["event"] == "picked" || step["why"] == "assumed"));
}

#[test]
fn attempts_are_drawn_over_time() {
    let output =
        replay(LAPTOP, &["--chart", "--job", "UpdateDescriptionXml", "--since", "2020-11-06"]);
    let out = stdout(&output);
    let line = out.lines().next().unwrap();
    assert!(
        line.starts_with("2020-11-06 14:54:34 ") && line.ends_with("704f657a UpdateDescriptionXml"),
        "{out}"
    );
    let drawn = line.split(' ').nth(2).unwrap();
    assert_eq!(drawn.chars().count(), 72, "{line}");
    assert!(drawn.starts_with('x') && drawn.ends_with('#'), "{line}");
}

#[test]
fn explained_jobs_are_scenarios_that_hold() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("replay-scenarios");
    let output = replay(LAPTOP, &["--quiet", "--scenario", folder.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 92);
    let mut command = Command::new(env!("CARGO_BIN_EXE_bits"));
    let output = command.args(["run", "--quiet"]).args(files).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
}
