//! `bits run`: output and exit codes.

use std::path::PathBuf;
use std::process::{Command, Output};

fn scenario(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../scenarios").join(name)
}

fn bits(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bits")).args(arguments).output().unwrap()
}

/// A file of this test alone.
fn file(name: &str, text: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

const HOLDS: &str = "job update, DOWNLOAD, by alice\nresume -> BG_E_EMPTY\n";
const DOES_NOT_HOLD: &str = "job update, DOWNLOAD, by alice\nresume\n";
const BROKEN: &str = "job update, DOWNLOAD, by alice\nresme\n";

#[test]
fn a_scenario_that_holds_prints_its_trace_and_exits_with_0() {
    let output = bits(&["run", scenario("name-not-resolved.bits").to_str().unwrap()]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("failed ERROR_WINHTTP_NAME_NOT_RESOLVED => TRANSIENT_ERROR"), "{text}");
    assert!(text.contains("error object: ERROR_WINHTTP_NAME_NOT_RESOLVED (0x80072EE7) in REMOTE_FILE of C:\\app\\app.exe"), "{text}");
    assert!(text.contains("no-progress timeout elapsed => ERROR"), "{text}");
    assert!(text.contains("inactivity timeout elapsed => CANCELLED"), "{text}");
    assert!(text.contains("# TIME-20; delete temporary files"), "{text}");
    assert!(text.contains("every expectation held"), "{text}");
}

#[test]
fn a_printed_trace_can_be_run_again() {
    let first = bits(&["run", scenario("name-not-resolved.bits").to_str().unwrap()]);
    let trace = file("printed-trace.bits", &stdout(&first));
    let second = bits(&["run", trace.to_str().unwrap()]);
    assert_eq!(second.status.code(), Some(0), "{}", stderr(&second));
    let steps = |output: &Output| -> Vec<String> {
        stdout(output).lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
    };
    assert_eq!(steps(&second), steps(&first));
}

#[test]
fn a_line_that_does_not_hold_is_shown_and_exits_with_1() {
    let path = file("does-not-hold.bits", DOES_NOT_HOLD);
    let output = bits(&["run", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let message = stderr(&output);
    assert!(message.contains("expected S_OK, was BG_E_EMPTY"), "{message}");
    assert!(message.contains("does-not-hold.bits:2:1"), "{message}");
    assert!(message.contains("LIFE-08"), "{message}");
}

#[test]
fn a_file_that_cannot_be_parsed_exits_with_2_and_says_what_to_write() {
    let path = file("broken.bits", BROKEN);
    let output = bits(&["run", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    let message = stderr(&output);
    assert!(message.contains("broken.bits:2:1"), "{message}");
    assert!(message.contains("write for example `resume`"), "{message}");
}

#[test]
fn a_file_that_cannot_be_read_exits_with_2() {
    let output = bits(&["run", "no-such-file.bits"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("cannot read no-such-file.bits"), "{}", stderr(&output));
}

#[test]
fn of_several_files_all_run_and_the_worst_decides() {
    let holds = file("several-holds.bits", HOLDS);
    let fails = file("several-fails.bits", DOES_NOT_HOLD);
    let broken = file("several-broken.bits", BROKEN);
    let [holds, fails, broken] = [&holds, &fails, &broken].map(|path| path.to_str().unwrap());

    let output = bits(&["run", "--quiet", fails, holds]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("several-holds.bits: every expectation held"));

    let output = bits(&["run", "--quiet", broken, fails, holds]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stdout(&output).contains("several-holds.bits: every expectation held"));
}

#[test]
fn quiet_prints_a_line_for_each_file() {
    let path = file("quiet.bits", HOLDS);
    let output = bits(&["run", "--quiet", path.to_str().unwrap()]);
    assert_eq!(stdout(&output).lines().count(), 1, "{}", stdout(&output));
}

#[test]
fn json_prints_an_object_for_each_step_and_one_for_the_file() {
    let path = file("json.bits", DOES_NOT_HOLD);
    let output = bits(&["run", "--json", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let objects: Vec<serde_json::Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [step, result] = objects.as_slice() else { panic!("{objects:?}") };
    assert_eq!(step["step"], "resume");
    assert_eq!(step["code"], "BG_E_EMPTY");
    let [of_job] = step["jobs"].as_array().unwrap().as_slice() else { panic!("{step}") };
    assert_eq!(of_job["before"], "SUSPENDED");
    assert_eq!(of_job["rules"][0], "LIFE-08");
    assert_eq!(result["failure"]["line"], 2);
}

#[test]
fn json_says_what_the_client_is_told_and_who_called() {
    let path = file(
        "told.bits",
        "server example.com\njob update, DOWNLOAD, by alice\nadd https://example.com/a as C:\\a\n\
         callback level 1\nby administrator bob: resume\nadvance until ERROR\n",
    );
    let output = bits(&["run", "--json", path.to_str().unwrap()]);
    let objects: Vec<serde_json::Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(objects.iter().any(|step| step["step"] == "by administrator bob: resume"));
    let told = objects.iter().find(|step| step["step"] == "JobError begins").unwrap();
    let told = &told["jobs"][0]["told"];
    assert_eq!((&told["notification"], &told["by"]), (&"JobError".into(), &"callback".into()));
    assert_eq!(told["account"], "alice");
}

#[test]
fn of_several_jobs_each_step_says_which_it_concerns() {
    let path = file(
        "several-jobs.bits",
        "job first, DOWNLOAD, by alice\nadd https://example.com/a as C:\\a\nresume\n\
         job second, DOWNLOAD, by bob\nadd https://example.com/b as C:\\b\nresume\n\
         network lost\nfirst: expect TRANSIENT_ERROR\n",
    );
    let text = stdout(&bits(&["run", path.to_str().unwrap()]));
    assert!(text.contains("at 2024-01-01 00:00:00  second: resume -> S_OK => QUEUED"), "{text}");
    assert!(text.contains("# first: QUEUED -> TRANSIENT_ERROR  NET-04"), "{text}");
    let output = bits(&["run", "--json", path.to_str().unwrap()]);
    let objects: Vec<serde_json::Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let lost = objects.iter().find(|step| step["step"] == "network lost").unwrap();
    assert_eq!(lost["jobs"][1]["name"], "second");
    assert_eq!(lost["jobs"][1]["after"], "TRANSIENT_ERROR");
}

/// No panic, which would exit with 101.
#[cfg(target_os = "linux")]
#[test]
fn a_full_device_for_messages_changes_no_exit_code() {
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bits"));
        command.args(arguments).stderr(full()).output().unwrap().status.code()
    };
    let broken = file("full-broken.bits", BROKEN);
    let fails = file("full-fails.bits", DOES_NOT_HOLD);
    assert_eq!(run(&["run", broken.to_str().unwrap()]), Some(2));
    assert_eq!(run(&["run", fails.to_str().unwrap()]), Some(1));
    assert_eq!(run(&["run", "no-such-file.bits"]), Some(2));
    assert_eq!(run(&["rules", "--area", "NONE"]), Some(2));
}

#[test]
fn a_file_beyond_the_limit_is_refused() {
    let path = file("too-long.bits", "");
    // A sparse file: its bytes are never written.
    let long = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    long.set_len(5 << 30).unwrap();
    let output = bits(&["run", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("at most 67108864 bytes"), "{}", stderr(&output));
}
