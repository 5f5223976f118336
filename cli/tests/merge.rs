//! `bits merge`: output and exit codes, on results of a real exploration.

use std::path::PathBuf;
use std::process::{Command, Output};

use bits_emulator::JobType;
use bits_emulator::explore::{self, Budget, Life, Monitors, Program};
use serde_json::Value;

fn bits(files: &[&PathBuf], arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bits"));
    command.arg("merge").args(files).args(arguments).output().unwrap()
}

/// A file of this test alone.
fn file(name: &str, lines: &[String]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, lines.concat()).unwrap();
    path
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A program that creates a job and cancels it, or leaves it there.
fn program(cancels: bool) -> Program {
    let code = move |life: &Life| -> Result<(), bits_emulator::Error> {
        for job in life.session().jobs()? {
            let _ = job.cancel()?;
        }
        let job = life.session().create_job("update", JobType::Download)?;
        if cancels || life.number() == 0 { job.cancel().map(drop) } else { Ok(()) }
    };
    let budget = Budget::default().kill(1).network(1);
    explore::program(code)
        .budget(budget)
        .monitors(Monitors::standard())
        .bound(1, 1)
        .named("updater")
}

fn part(index: u64, of: u64) -> String {
    program(true).shard(index, of).explore().to_json_line()
}

#[test]
fn parts_that_fit_are_summed() {
    let whole: Value = serde_json::from_str(&part(0, 1)).unwrap();
    let files =
        [file("sum-0.jsonl", &[part(0, 3), part(2, 3)]), file("sum-1.jsonl", &[part(1, 3)])];
    let output = bits(&[&files[0], &files[1]], &[]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}{}", stderr(&output));
    let kept = "updater: kept up to 1 fault and 1 deviation, exhausted (";
    assert!(text.starts_with(kept), "{text}");

    let output = bits(&[&files[0], &files[1]], &["--json"]);
    let merged: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let reached = |result: &Value, list: &str| -> Vec<Value> {
        let mut items = result[list].as_array().unwrap().clone();
        items.iter_mut().for_each(|item| _ = item.as_object_mut().unwrap().remove("times"));
        items
    };
    for list in ["outcomes", "calls", "transitions"] {
        assert_eq!(reached(&merged, list), reached(&whole, list), "{list}");
    }
    assert_eq!((&merged["shard"], &merged["of"]), (&0.into(), &1.into()));
    // What is merged is a result like any other.
    let again = bits(&[&file("again.jsonl", &[stdout(&output)])], &["--reached"]);
    assert_eq!(again.status.code(), Some(0));
    let text = stdout(&again);
    assert!(text.contains("CreateJob ") && text.contains("never taken of T4"), "{text}");
}

#[test]
fn a_counterexample_exits_with_1() {
    let wrong = |index| program(false).shard(index, 2).explore().to_json_line();
    let both = file("wrong.jsonl", &[wrong(0), wrong(1)]);
    let output = bits(&[&both], &[]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("updater: broken promise: no job is left behind"), "{text}");
    let found = program(false).explore().counterexample.unwrap();
    assert!(text.contains(&format!(".replay(\"{}\")", found.decisions())), "{text}");

    // Also if the other parts are not there.
    let one = (0..2).map(wrong).find(|line| line.contains("\"decisions\":")).unwrap();
    let output = bits(&[&file("wrong-one.jsonl", &[one])], &[]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn parts_that_do_not_fit_are_refused() {
    let narrower = program(true).bound(1, 0).shard(1, 2).explore().to_json_line();
    let cases = [
        (vec![part(0, 3), part(2, 3)], "updater: of 3 parts these are missing: 1"),
        (vec![part(0, 2), part(1, 2), part(0, 2)], "updater: part 0 is there twice: "),
        (vec![part(0, 2), narrower], "differ in what was asked"),
        (vec![part(0, 1), "{}\n".to_owned()], "misfits.jsonl:2 is no result: "),
        (Vec::new(), "there is no result in these files"),
    ];
    for (lines, problem) in cases {
        let output = bits(&[&file("misfits.jsonl", &lines)], &[]);
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(problem), "{problem} is not in: {text}");
    }
    let output = bits(&[&PathBuf::from("there/is/none.jsonl")], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("cannot read there/is/none.jsonl"), "{}", stderr(&output));
}

const OPEN: &str = "server example.com\n  /app.exe 1 MiB\njob update, DOWNLOAD, by alice\nadd https://example.com/app.exe as C:\\app.exe\nresume\nat most 2 times at any time any of\n  network lost\n    advance 1 m\n    network restored\n  suspend\n  cancel\nadvance 3 m\n";

/// The lines that `bits check` prints of a part of a scenario.
fn checked(path: &PathBuf, part: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bits"));
    command.args(["check", "--json", "--outcomes", "100", "--shard", part]).arg(path);
    stdout(&command.output().unwrap())
}

#[test]
fn the_parts_of_a_checked_scenario_are_what_the_whole_is() {
    let questions = "never ERROR\nnever CANCELLED\npossible TRANSIENT_ERROR\npossible ERROR\n";
    let scenario = file("checked.bits", &[OPEN.replacen("add", &format!("{questions}add"), 1)]);
    let whole = checked(&scenario, "0/1");
    let parts = ["0/3", "1/3", "2/3"].map(|part| checked(&scenario, part));
    let files = [
        file("checked-0.jsonl", &[parts[2].clone(), parts[0].clone()]),
        file("checked-1.jsonl", &[parts[1].clone()]),
    ];
    let merged = bits(&[&files[0], &files[1]], &["--json"]);
    assert_eq!(merged.status.code(), Some(1), "{}", stderr(&merged));
    let told = |text: &str, fields: &[&str]| -> Vec<Value> {
        let objects = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let mut told: Vec<Value> = objects
            .filter(|object| !object[fields[0]].is_null())
            .map(|object| fields.iter().map(|field| object[*field].clone()).collect())
            .collect();
        told.sort_by_key(ToString::to_string);
        told
    };
    let text = stdout(&merged);
    for fields in [&["question", "finding", "open_steps"][..], &["end", "problem", "open_steps"]] {
        assert_eq!(told(&text, fields), told(&whole, fields));
    }
    let findings = told(&text, &["finding"]);
    assert_eq!(findings.len(), 4);
    // What is merged is a result like any other.
    let again = bits(&[&file("checked-again.jsonl", &[text])], &[]);
    let text = stdout(&again);
    assert!(text.contains("question 1: never ERROR: holds\n"), "{text}");
    assert!(text.contains("question 4: possible ERROR: fails\n"), "{text}");
    assert!(text.ends_with(": does not hold\n"), "{text}");
}

#[test]
fn parts_of_a_checked_scenario_that_are_missing_are_named() {
    let scenario = file("checked-missing.bits", &[OPEN.to_owned()]);
    let one = file("checked-missing.jsonl", &[checked(&scenario, "1/3")]);
    let output = bits(&[&one], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("part 0 of 3 is missing"), "{}", stderr(&output));
}
