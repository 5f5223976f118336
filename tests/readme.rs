//! The README says what is so.

use std::fmt::Write as _;

use bits_emulator::machine::state_diagram;
use bits_emulator::rules::{Basis, Rule, RuleStatus};

const README: &str = include_str!("../README.md");

#[test]
fn the_picture_is_that_of_the_transition_table() {
    let (_, rest) = README.split_once("<!-- state diagram -->\n```mermaid\n").unwrap();
    let (picture, _) = rest.split_once("```\n<!-- end of state diagram -->").unwrap();
    assert_eq!(picture, state_diagram(), "the README should show\n{}", state_diagram());
}

/// How many rules of each area are emulated. An area comes where its first rule stands.
fn fidelity() -> String {
    let mut areas: Vec<&str> = Vec::new();
    for area in Rule::all().iter().map(|rule| rule.id.area()) {
        if area != "T" && !areas.contains(&area) {
            areas.push(area);
        }
    }
    let mut table = String::from(
        "| area | rules | emulated | of these observed | in part or not yet | not emulated |\n|---|---|---|---|---|---|\n",
    );
    for area in areas {
        let rules = || Rule::all().iter().filter(|rule| rule.id.area() == area);
        let emulated = rules().filter(|rule| rule.status == RuleStatus::Emulated).count();
        let observed = rules()
            .filter(|rule| rule.status == RuleStatus::Emulated)
            .filter(|rule| rule.basis == Some(Basis::Observed))
            .count();
        let not_yet = rules().filter(|rule| rule.status == RuleStatus::NotYet).count();
        let left_out = rules().count() - emulated - not_yet;
        let all = rules().count();
        writeln!(table, "| {area} | {all} | {emulated} | {observed} | {not_yet} | {left_out} |")
            .unwrap();
    }
    table
}

#[test]
fn the_fidelity_table_is_that_of_the_catalogue() {
    let (_, rest) = README.split_once("<!-- fidelity -->\n").unwrap();
    let (table, _) = rest.split_once("<!-- end of fidelity -->").unwrap();
    assert_eq!(table, fidelity(), "the README should show\n{}", fidelity());
}

/// Of examples and benchmarks; `.ci/documented-commands` runs them.
#[test]
fn the_targets_that_the_documents_name_are_there() {
    let documents =
        [README, include_str!("../CONTRIBUTING.md"), include_str!("../benches/README.md")];
    let words: Vec<&str> = documents.iter().flat_map(|text| text.split_whitespace()).collect();
    let mut seen = 0;
    for pair in words.windows(2) {
        let &[option, name] = pair else { continue };
        let name = name.trim_matches('`');
        let is_there = match option {
            "--example" => std::path::Path::new(&format!("examples/{name}.rs")).exists(),
            "--bench" => {
                include_str!("../Cargo.toml").contains(&format!("[[bench]]\nname = \"{name}\""))
            }
            _ => continue,
        };
        assert!(is_there, "{option} {name}");
        seen += 1;
    }
    assert!(seen >= 2, "{seen}");
}
