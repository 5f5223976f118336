//! Every scenario file holds, and its trace is a scenario that does the same.

use std::path::PathBuf;

use bits_emulator::scenario::Scenario;

fn files() -> Vec<(PathBuf, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let folders =
        ["language", "lessons", "readings", "transitions", ""].map(|part| folder.join(part));
    let mut files: Vec<_> = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "bits"))
        // Only explored: tests/explore/checks.rs.
        .filter(|path| !path.to_string_lossy().contains("what-is-left-open"))
        .map(|path| (path.clone(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    files.sort();
    assert!(files.len() >= 8, "the scenarios are missing");
    files
}

#[track_caller]
fn parse(text: &str) -> Scenario {
    text.parse().unwrap_or_else(|error| panic!("{error}\n{text}"))
}

#[test]
fn every_file_holds() {
    let mut failures = Vec::new();
    for (path, text) in files() {
        let report = parse(&text).run();
        if let Some(problem) = report.failure {
            failures.push(problem.render(&path.display().to_string(), &text));
        }
        let is_only_shown = text.lines().any(|line| line == "no expectations");
        assert!(report.held > 0 || is_only_shown, "{} expects nothing", path.display());
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn every_printed_trace_runs_to_the_same_trace() {
    for (path, text) in files() {
        let trace = parse(&text).run().trace;
        let again = parse(&trace.to_string()).run();
        assert_eq!(again.failure, None, "{}\n{trace}", path.display());
        assert_eq!(again.trace, trace, "{}", path.display());
    }
}

#[test]
fn every_printed_scenario_parses_back_to_the_same_statements() {
    for (_, text) in files() {
        let scenario = parse(&text);
        let printed = parse(&scenario.to_string());
        let statements = |scenario: &Scenario| -> Vec<_> {
            scenario.lines().iter().map(|line| line.statement.clone()).collect()
        };
        assert_eq!(statements(&printed), statements(&scenario));
    }
}

// INV-58: the same inputs, the same trace, byte for byte.
#[test]
fn every_run_gives_the_same_trace() {
    for (_, text) in files() {
        let scenario = parse(&text);
        assert_eq!(scenario.run().trace.to_string(), scenario.run().trace.to_string());
    }
}

/// With the name of a job before it, or without.
fn is_expectation(line: &str) -> bool {
    line.split_once(": ").map_or(line, |(_, rest)| rest).starts_with("expect")
        || line.starts_with("expect")
}

/// Breaking the expected value of any one `expect` line makes the run fail at just that line: no
/// expectation holds by accident.
#[test]
fn a_wrong_expectation_is_found_at_its_line() {
    for (path, text) in files() {
        for (number, line) in text.lines().enumerate().filter(|(_, line)| is_expectation(line)) {
            let broken: Vec<_> = text
                .lines()
                .enumerate()
                .map(
                    |(index, line)| {
                        if index == number { "expect 4294967295 jobs in the queue" } else { line }
                    },
                )
                .collect();
            let broken = broken.join("\n");
            let failure = parse(&broken).run().failure;
            let found = failure.map(|problem| problem.line(&broken));
            assert_eq!(found, Some(number + 1), "{}: {line}", path.display());
        }
    }
}
