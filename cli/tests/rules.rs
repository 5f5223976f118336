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

/// In a pipe nothing is cut.
#[test]
fn a_list_in_a_pipe_has_the_whole_texts() {
    let text = stdout(&bits(&["rules"]));
    for (line, rule) in text.lines().zip(Rule::all()) {
        assert!(line.starts_with(&rule.id.to_string()), "{line}");
        let text = rule.spelled_out();
        let last = text.split_whitespace().next_back().unwrap_or_default();
        assert!(line.ends_with(last), "{line}");
    }
}

/// The abbreviations of the catalogue choose rules, but are not printed.
#[test]
fn the_names_of_clocks_are_spelled_out() {
    for arguments in [&["rules"][..], &["rules", "--json"], &["rules", "TIME-01"]] {
        let text = stdout(&bits(arguments));
        let words = text.split(|next: char| !next.is_ascii_alphanumeric() && next != '_');
        assert_eq!(words.filter(|word| ["NPT", "MRD"].contains(word)).count(), 0, "{arguments:?}");
    }
    assert_eq!(stdout(&bits(&["rules", "mrd"])), stdout(&bits(&["rules", "mrd", "delay"])));
}

#[test]
fn words_choose_the_rules_that_hold_them_all() {
    let of = |arguments: &[&str]| stdout(&bits(&[&["rules"], arguments].concat()));
    let one = of(&["transient"]);
    assert!(one.lines().any(|line| line.starts_with("TIME-06")), "{one}");
    assert!(one.lines().count() < Rule::all().len());
    let both = of(&["Transient", "ERROR"]);
    assert!(both.lines().count() < one.lines().count(), "{both}");
    assert!(both.lines().all(|line| one.contains(line)), "{both}");
    assert!(of(&["transient", "--area", "time"]).lines().all(|line| line.starts_with("TIME-")));
    assert_eq!(of(&["transient", "--json"]).lines().count(), one.lines().count());
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
    for arguments in
        [["rules", "ERR-99"].as_slice(), &["rules", "--area", "XYZ"], &["rules", "xyzzy"]]
    {
        let output = bits(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty());
    }
}
