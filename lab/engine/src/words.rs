//! What a word means, and the diagram of the states.

use std::collections::BTreeMap;

use bits_emulator::JobState;
use bits_emulator::reference::{self, Diagram, Entry, WordKind};
use serde_json::{Value, json};

use crate::run::rule;

pub(crate) fn explain(word: &str) -> Value {
    match reference::explain(word) {
        Ok(entries) => json!({ "entries": entries.iter().map(entry).collect::<Vec<_>>() }),
        Err(unknown) => json!({ "entries": [], "nearest": unknown.nearest }),
    }
}

/// The words that an editor colours, by their kind.
pub(crate) fn words() -> Value {
    let kinds = [WordKind::State, WordKind::Code, WordKind::Context, WordKind::Statement];
    let by_kind: BTreeMap<&str, Vec<String>> =
        kinds.into_iter().map(|kind| (kind.name(), reference::names(kind))).collect();
    json!({ "words": by_kind })
}

fn entry(entry: &Entry) -> Value {
    let rules = entry.rules.iter().map(|id| json!({ "id": id.to_string(), "rule": rule(*id) }));
    json!({
        "kind": entry.kind.name(),
        "name": entry.name,
        "other_names": entry.other_names,
        "meaning": entry.meaning,
        "facts": entry.facts,
        "causes": entry.causes,
        "advice": entry.advice,
        "rules": rules.collect::<Vec<_>>(),
        "example": entry.example.as_ref().map(|example| &example.text),
    })
}

pub(crate) fn diagram() -> Value {
    let states = JobState::ALL
        .iter()
        .map(|state| json!({ "name": state.short_name(), "is_final": state.is_final() }));
    let arrows = Diagram::arrows().into_iter().map(|arrow| {
        json!({
            "from": arrow.from.map(JobState::short_name),
            "to": arrow.to.short_name(),
            "triggers": arrow.triggers,
        })
    });
    json!({
        "states": states.collect::<Vec<_>>(),
        "arrows": arrows.collect::<Vec<_>>(),
        "notes": Diagram::notes(),
    })
}
