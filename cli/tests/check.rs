//! `bits check`: output and exit codes.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

fn bits(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bits")).args(arguments).output().unwrap()
}

/// A file of this test alone.
fn file(name: &str, text: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn objects(output: &Output) -> Vec<Value> {
    stdout(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// How the outcomes end that are printed as JSON.
fn ends(objects: &[Value]) -> BTreeSet<String> {
    objects.iter().filter_map(|one| one.get("end")).map(Value::to_string).collect()
}

const JOB: &str = "server example.com\n  /a 1 MiB\njob update, DOWNLOAD, by alice\n\
                   add https://example.com/a as C:\\a\nresume\n";

#[test]
fn the_exit_code_says_whether_the_questions_hold() {
    for (name, text, code, told) in [
        ("holds", "maybe cancel\nnever ERROR\n", 0, "never ERROR: holds"),
        ("fails", "maybe cancel\nnever CANCELLED\n", 1, "never CANCELLED: fails, by 1 open step"),
        ("impossible", "maybe cancel\npossible ERROR\n", 1, "possible ERROR: fails"),
        ("vacuous", "advance until ERROR\nnever ERROR\n", 1, "never ERROR: vacuous"),
        ("line", "maybe cancel\nexpect QUEUED\n", 1, "expected QUEUED, was CANCELLED"),
        ("nothing", "maybe cancel\n", 1, "nothing was checked"),
        ("shown", "maybe cancel\nno expectations\n", 0, "outcome 2, by 1 open step: CANCELLED"),
    ] {
        let path = file(&format!("check-{name}.bits"), &format!("{JOB}{text}"));
        let output = bits(&["check", &path]);
        assert_eq!(output.status.code(), Some(code), "{name}: {}", stdout(&output));
        assert!(stdout(&output).contains(told), "{name}: {}", stdout(&output));
    }
    let broken = file("check-broken.bits", &format!("{JOB}maybe\n"));
    for path in [broken.as_str(), "no-such-file.bits"] {
        assert_eq!(bits(&["check", path]).status.code(), Some(2), "{path}");
    }
    for shard in ["1/1", "a/2", "3"] {
        let output = bits(&["check", "--shard", shard, &broken]);
        assert_eq!(output.status.code(), Some(2), "{shard}");
    }
}

#[test]
fn a_run_of_what_is_left_open_names_the_line_and_the_command() {
    let path = file("check-run.bits", &format!("{JOB}maybe cancel\nnever ERROR\n"));
    let output = bits(&["run", &path]);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(text.contains("check-run.bits:6:1") && text.contains("`bits check`"), "{text}");
    assert!(text.contains("nothing was run"), "{text}");
    assert_eq!(stdout(&output), "");
    let output = bits(&["run", "--json", &path]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(objects(&output)[0]["outcome"], "not run");
}

/// The trace has the rules, and what is written runs.
#[test]
fn what_is_found_is_shown_with_rules_and_written_as_scenarios_that_run() {
    let path = file("check-written.bits", &format!("{JOB}maybe cancel\nnever CANCELLED\n"));
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("check-written");
    let folder = folder.to_str().unwrap();
    let output = bits(&["check", "--write", folder, &path]);
    assert!(stdout(&output).contains("# LIFE-16"), "{}", stdout(&output));
    let names = ["question-1", "outcome-1", "outcome-2"];
    for name in names {
        let written = format!("{folder}/check-written-{name}.bits");
        let output = bits(&["run", &written]);
        assert_eq!(output.status.code(), Some(0), "{name}: {}", stdout(&output));
        assert!(std::fs::read_to_string(&written).unwrap().starts_with("# "), "{name}");
    }
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), names.len());
}

#[test]
fn faults_are_opened_in_a_closed_scenario() {
    let text =
        format!("{JOB}never in the end ERROR\nadvance until TRANSFERRED\ncomplete -> S_OK\n");
    let path = file("check-faults.bits", &text);
    let closed = bits(&["check", "--quiet", &path]);
    assert!(stdout(&closed).starts_with(&format!("# {path}: 1 outcome,")), "{}", stdout(&closed));
    let open = bits(&["check", "--faults", "--json", &path]);
    assert!(ends(&objects(&open)).iter().any(|end| end.contains("CANCELLED")), "{}", stdout(&open));
}

#[test]
fn faults_are_not_about_jobs_that_come_later() {
    let second = "job second, DOWNLOAD, by alice\nexpect SUSPENDED\n";
    let path =
        file("check-faults-later.bits", &format!("{JOB}advance until TRANSFERRED\n{second}"));
    let open = bits(&["check", "--faults", "--json", &path]);
    assert!(ends(&objects(&open)).iter().any(|end| end.contains("second: expect CANCELLED")));
    assert!(!stdout(&open).contains("not created yet"), "{}", stdout(&open));
}

#[test]
fn json_has_the_questions_then_the_outcomes_then_the_file() {
    let path = file("check-json.bits", &format!("{JOB}maybe cancel\nnever CANCELLED\n"));
    let objects = objects(&bits(&["check", "--json", "--outcomes", "1", &path]));
    let [question, outcome, last] = objects.as_slice() else { panic!("{objects:?}") };
    assert_eq!((&question["finding"], &question["line"]), (&"fails".into(), &7.into()));
    assert!(question["scenario"].as_str().unwrap().ends_with("cancel\nexpect CANCELLED\n"));
    assert_eq!(outcome["open_steps"], 0);
    assert_eq!((&last["outcome"], &last["outcomes"]), (&"does not hold".into(), &2.into()));
    assert_eq!(last["exhausted"], true);
}

#[test]
fn the_parts_together_have_the_outcomes_of_the_whole() {
    let open = "at most 2 times at any time any of\n  network lost\n    advance 1 m\n    network restored\n  suspend\n  cancel\nadvance 3 m\nnever ERROR\n";
    let path = file("check-parts.bits", &format!("{JOB}{open}"));
    let of = |part: &[&str]| {
        let arguments = [&["check", "--json"], part, &[&path]].concat();
        ends(&objects(&bits(&arguments)))
    };
    let parts = ["0/2", "1/2"].map(|part| of(&["--shard", part]));
    assert_eq!(parts.into_iter().flatten().collect::<BTreeSet<_>>(), of(&[]));
}

/// A limit of no time at all ends an exploration before it began.
#[test]
fn a_limit_of_time_leaves_questions_open() {
    let path = file("check-seconds.bits", &format!("{JOB}maybe cancel\nnever ERROR\n"));
    let output = bits(&["check", "--seconds", "0", &path]);
    assert_eq!(output.status.code(), Some(1));
    let text = stdout(&output);
    assert!(
        text.contains("never ERROR: unknown") && text.contains("when the time was over"),
        "{text}"
    );
}

/// The command itself takes more than no memory.
#[test]
fn a_limit_of_memory_leaves_questions_open() {
    let path = file("check-memory.bits", &format!("{JOB}maybe cancel\nnever ERROR\n"));
    let output = bits(&["check", "--memory", "0", &path]);
    assert_eq!(output.status.code(), Some(1));
    let text = stdout(&output);
    assert!(
        text.contains("never ERROR: unknown") && text.contains("when the memory was used up"),
        "{text}"
    );
    let last = objects(&bits(&["check", "--memory", "0", "--json", &path])).pop().unwrap();
    assert_eq!((&last["exhausted"], &last["stopped"]), (&false.into(), &"memory".into()));
}

#[test]
fn progress_is_told_on_standard_error() {
    let path = file("check-progress.bits", &format!("{JOB}maybe cancel\n"));
    let output = bits(&["check", "--progress", "0", &path]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.starts_with("0 states in which something is left open, 0 runs"), "{told}");
    assert!(told.contains("1 state in which something is left open"), "{told}");
}
