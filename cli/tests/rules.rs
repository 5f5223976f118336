//! `bits rules`: the catalogue.

use std::process::{Command, Output};

use bits_emulator::rules::Rule;

fn bits(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bits")).args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn all_rules_are_listed() {
    let output = bits(&["rules"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(stdout(&output).lines().count(), Rule::all().len());
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
    let times = Rule::all().iter().filter(|rule| rule.id.area() == "TIME");
    assert_eq!(rules.len(), times.count());
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
