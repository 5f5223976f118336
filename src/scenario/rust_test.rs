//! A scenario as a test in Rust.

use super::ast::{Line, Statement};
use super::run::nothing_checked;

/// The longest name of a test that is made of a sentence.
const NAME: usize = 60;

/// The test that runs a text, and its lines.
pub(super) fn rust_test(text: &str, lines: &[Line]) -> String {
    let fence = "#".repeat(1 + longest_fence(text));
    let mut text = text.trim().to_owned();
    if nothing_checked(lines).is_some() {
        text.push_str("\nno expectations");
    }
    let is_open = lines.iter().any(|line| line.statement.is_open());
    let holds = if is_open {
        "    let found = bits_emulator::explore::open_scenarios::check_scenario(&scenario).run();\n    \
         assert!(found.hold(), \"{found}\");\n"
    } else {
        "    let report = scenario.run();\n    \
         assert!(report.failure.is_none(), \"{:#?}\\n{}\", report.failure, report.trace);\n"
    };
    format!(
        "#[test]\nfn {}() {{\n    let text = r{fence}\"\n{text}\n\"{fence};\n    \
         let scenario: bits_emulator::scenario::Scenario = text.parse().unwrap();\n{holds}}}\n",
        name(&text, lines)
    )
}

/// How many `#` follow a quotation mark in the text, at most.
fn longest_fence(text: &str) -> usize {
    let behind = text.split('"').skip(1);
    behind.map(|rest| rest.chars().take_while(|letter| *letter == '#').count()).max().unwrap_or(0)
}

/// A name made of the comment with which the text begins, or of its first job.
fn name(text: &str, lines: &[Line]) -> String {
    let sentence = text.strip_prefix('#').and_then(|text| text.split(['\n', '.', ':', ';']).next());
    let job = lines.iter().find_map(|line| match &line.statement {
        Statement::Job(job) => Some(format!("scenario of {}", job.label())),
        _ => None,
    });
    let words = sentence.map(str::to_owned).or(job).unwrap_or_default().to_lowercase();
    let mut name = String::new();
    for word in words.split(|letter: char| !letter.is_ascii_alphanumeric()) {
        if !word.is_empty() && name.len() + word.len() < NAME {
            name.push_str(if name.is_empty() { "" } else { "_" });
            name.push_str(word);
        }
    }
    match name.chars().next() {
        Some(first) if first.is_ascii_alphabetic() && name.contains('_') => name,
        _ => format!("scenario_{name}").trim_end_matches('_').to_owned(),
    }
}
