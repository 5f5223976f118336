//! `bits rules`: the catalogue, and what cites it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn bits(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bits")).args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn all_rules_are_listed() {
    let output = bits(&["rules"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(stdout(&output).lines().count(), 357 + 58 + 4);
}

#[test]
fn one_rule_is_shown_whole() {
    let text = stdout(&bits(&["rules", "err-05"]));
    assert!(text.starts_with("ERR-05 (stated, emulated)\n"), "{text}");
    assert!(text.contains("\nopen: "), "{text}");
    assert!(text.contains("nf-bits-ibackgroundcopyjob-geterror.md"), "{text}");
}

#[test]
fn an_area_is_listed_as_json() {
    let text = stdout(&bits(&["rules", "--area", "time", "--json"]));
    let rules: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rules.len(), 26);
    assert_eq!(rules[14]["id"], "TIME-15");
    assert_eq!(rules[14]["since"], "3.0");
    assert_eq!(rules[24]["status"], "not emulated");
}

#[test]
fn an_unknown_rule_or_area_is_refused() {
    for arguments in [["rules", "ERR-99"].as_slice(), &["rules", "--area", "XYZ"]] {
        let output = bits(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty());
    }
}

/// Every emulated rule is cited by a source line and by a test, and every citation names a rule.
#[test]
fn the_citations_of_this_checkout_hold() {
    let output = bits(&["rules", "--coverage", "--source", checkout().to_str().unwrap()]);
    let text = stdout(&output);
    let problems: Vec<_> = text.lines().filter(|line| line.starts_with("problem: ")).collect();
    assert_eq!(problems, [""; 0]);
    assert_eq!(output.status.code(), Some(0));
    for total in
        ["emulated: ", "cited in source: ", "shown by a test: ", "not yet: ", "not emulated: "]
    {
        assert!(text.lines().any(|line| line.starts_with(total)), "{total}");
    }
}

#[test]
fn a_missing_and_a_wrong_citation_are_problems() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("citations");
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::create_dir_all(folder.join("tests")).unwrap();
    fs::write(folder.join("src/lib.rs"), "// LIFE-07 to LIFE-09, ERR-99\n").unwrap();
    fs::write(folder.join("tests/life.rs"), "fn life_08_life_09_resume() {}\n// T1\n").unwrap();
    let output = bits(&["rules", "--coverage", "--source", folder.to_str().unwrap()]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1));
    let has = |line: &str| text.lines().any(|other| other == line);
    assert!(has("problem: LIFE-07 is emulated, but no test cites it"), "{text}");
    assert!(has("problem: LIFE-10 is emulated, but no source line cites it"), "{text}");
    assert!(has("problem: T1 is emulated, but no source line cites it"), "{text}");
    assert!(has("problem: src/lib.rs:1 cites ERR-99, which is no rule"), "{text}");
    assert!(!has("problem: LIFE-08 is emulated, but no test cites it"), "{text}");
    assert!(!has("problem: LIFE-08 is emulated, but no source line cites it"), "{text}");
}
