//! What the reference knows of each kind of word, made from the tables of the library.

pub(super) mod codes;
pub(super) mod methods;
pub(super) mod questions;
pub(super) mod statements;
pub(super) mod states;
pub(super) mod terms;
pub(super) mod triggers;
pub(super) mod values;

use super::entry::{Entry, WordKind};
use super::mentions::{cited, distinct, plain, rules_that_name};
use super::scenarios;
use crate::vocabulary::RuleId;

/// An entry about a word whose documentation cites rules, with those that name it after them.
fn documented(kind: WordKind, name: &str, doc: &str, names: &[&str]) -> Entry {
    let mut entry = Entry::new(kind, name, plain(doc));
    let rules = cited(doc).into_iter().chain(rules_that_name(names.iter().copied()));
    entry.rules = distinct(rules);
    entry.example = scenarios::that_shows(kind, name);
    entry
}

/// The rules with those of the rows of the transition table behind the first.
fn with_rules_of_rows(entry: &mut Entry) {
    let rows = entry.transitions.iter().flat_map(|row| row.rules.iter().copied());
    let rows: Vec<RuleId> = rows.collect();
    entry.rules = distinct(std::mem::take(&mut entry.rules).into_iter().chain(rows));
}
