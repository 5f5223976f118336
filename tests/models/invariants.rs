//! For each invariant, over which models it is shown: the table `tests/models/invariants.md`.
//!
//! `INVARIANTS=accept cargo test --test models invariant` writes it anew.

use std::fmt::Write;
use std::path::PathBuf;

use bits_emulator::rules::Rule;

/// The records that judge each state and step, each with the models that they watch.
const RECORDS: [(&str, &[&str]); 2] = [
    (
        "one job",
        &[
            include_str!("../common/model.rs"),
            include_str!("../common/ledger.rs"),
            include_str!("../common/listener.rs"),
            include_str!("../common/memory.rs"),
        ],
    ),
    ("two jobs", &[include_str!("../service/model.rs")]),
];

/// Those that no model shows, with the reason.
const NOT_SHOWN: [(&str, &str); 2] = [
    ("INV-50", "about a list that a client keeps, which is no part of a state"),
    ("INV-58", "about two runs; random lives are run twice"),
];

/// What the models of one job contain of invariants that speak of more.
const IN_PART: [(&str, &str); 2] = [
    (
        "INV-18",
        "that it is due until it was told; that it is told in the end is for the dispatcher",
    ),
    ("INV-48", "files and ranges; jobs of a user by the two jobs"),
];

/// Whether a record has a check that is named by the invariant.
fn checks(sources: &[&str], invariant: &str) -> bool {
    let code = sources.iter().flat_map(|source| source.lines());
    let code = code.filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split('"').skip(1).step_by(2)).any(|text| text.contains(invariant))
}

fn table() -> String {
    let mut table = "| invariant | models | remark |\n|---|---|---|\n".to_owned();
    let invariants = Rule::all().iter().map(|rule| rule.id.to_string());
    for id in invariants.filter(|id| id.starts_with("INV-")) {
        let shown: Vec<_> = RECORDS
            .iter()
            .filter(|(_, sources)| checks(sources, &id))
            .map(|(models, _)| *models)
            .collect();
        let find = |list: &[(&str, &'static str)]| {
            list.iter().find(|(known, _)| *known == id).map(|(_, text)| *text)
        };
        assert_eq!(find(&NOT_SHOWN).is_some(), shown.is_empty(), "{id}");
        let models = if shown.is_empty() { "none".to_owned() } else { shown.join(", ") };
        let remark = find(&NOT_SHOWN).or_else(|| find(&IN_PART)).unwrap_or_default();
        writeln!(table, "| {id} | {models} | {remark} |").unwrap();
    }
    table
}

#[test]
fn the_table_says_over_which_models_each_invariant_is_shown() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/models/invariants.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (head, shown) = text.split_once("| invariant").unwrap();
    let table = table();
    if std::env::var("INVARIANTS").is_ok_and(|it| it == "accept") {
        std::fs::write(&path, format!("{head}{table}")).unwrap();
        return;
    }
    assert_eq!(format!("| invariant{shown}"), table);
}
