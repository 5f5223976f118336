//! The README, and the pictures and tables of other documents, say what is so.

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use bits_emulator::machine::state_diagram;
use bits_emulator::rules::{Basis, Rule, RuleStatus};
use bits_emulator::{Emulator, JobState, JobType};

const README: &str = include_str!("../README.md");
const ARCHITECTURE: &str = include_str!("../ARCHITECTURE.md");

#[test]
fn the_picture_is_that_of_the_transition_table() {
    let (_, rest) = ARCHITECTURE.split_once("<!-- state diagram -->\n```mermaid\n").unwrap();
    let (picture, _) = rest.split_once("```\n<!-- end of state diagram -->").unwrap();
    assert_eq!(picture, state_diagram(), "ARCHITECTURE.md should show\n{}", state_diagram());
}

/// The text of the block that begins so, up to its end.
fn block(begin: &str) -> &'static str {
    let at = README.find(&format!("```{begin}")).unwrap();
    let (_, rest) = README[at..].split_once('\n').unwrap();
    rest.split_once("```\n").unwrap().0
}

/// An ellipsis stands for what is left out.
#[test]
fn the_message_of_a_failed_expectation_is_what_the_first_test_says() {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", 10 << 20).fails(503);
    let job = emulator.connect("alice").create_job("update", JobType::Download).unwrap();
    job.add_file("https://example.com/app.exe", r"C:\app\app.exe").unwrap();
    job.set_minimum_retry_delay(Duration::from_secs(60)).unwrap();
    job.resume().unwrap();
    emulator.advance(Duration::from_secs(30));
    let expectation = || job.expect_state(JobState::Transferred);
    let message = catch_unwind(AssertUnwindSafe(expectation)).unwrap_err();
    let message = message.downcast::<String>().unwrap();
    let mut rest = message.as_str();
    for shown in block("text\nexpected the job").split('…').map(str::trim) {
        let (_, after) = rest.split_once(shown).unwrap_or_else(|| panic!("{shown}: {message}"));
        rest = after;
    }
}

#[test]
fn not_emulated_stands_in_the_first_third() {
    let before = README.find("**Not emulated").unwrap();
    assert!(README[..before].lines().count() < README.lines().count() / 3);
}

#[cfg(feature = "scenario")]
#[test]
fn the_first_scenario_holds() {
    let scenario: bits_emulator::scenario::Scenario = block("bits\n").parse().unwrap();
    let report = scenario.run();
    assert_eq!(report.failure, None);
}

#[cfg(feature = "scenario")]
#[test]
fn the_first_question_has_an_answer() {
    let (_, rest) = README.split_once("## The first question").unwrap();
    let (_, rest) = rest.split_once("```bits\n").unwrap();
    let (text, _) = rest.split_once("```\n").unwrap();
    let scenario: bits_emulator::scenario::Scenario = text.parse().unwrap();
    let outcomes = bits_emulator::explore::open_scenarios::check_scenario(&scenario).run();
    assert!(outcomes.hold(), "{outcomes}");
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
        let name = name.trim_matches(['`', ',', '.']);
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
