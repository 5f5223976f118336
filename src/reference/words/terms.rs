//! Terms of the glossary, which is a page of the guide.

use std::sync::LazyLock;

use crate::reference::entry::{Entry, ExampleScenario, WordKind};
use crate::reference::mentions::{cited, plain, rules_that_begin_with, sentence_of};
use crate::reference::scenarios;

/// The page.
const TEXT: &str = include_str!("../../../docs/src/glossary.md");

/// A row of its table.
pub(crate) struct Term {
    /// The term, and others for it or beside it.
    pub(crate) names: Vec<String>,
    meaning: &'static str,
    more: &'static str,
}

/// Every term, in the order of the page.
pub(crate) fn terms() -> &'static [Term] {
    static TERMS: LazyLock<Vec<Term>> = LazyLock::new(|| {
        // Below the head and the line under it.
        TEXT.lines().filter(|line| line.starts_with("| ")).skip(1).filter_map(term).collect()
    });
    &TERMS
}

fn term(row: &'static str) -> Option<Term> {
    let mut cells = row.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ");
    let (names, meaning, more) = (cells.next()?, cells.next()?, cells.next()?);
    let names = names.split(", ").map(|name| name.trim_matches('`').to_owned()).collect();
    Some(Term { names, meaning, more })
}

pub(crate) fn entry(term: &Term) -> Entry {
    let (name, others) =
        term.names.split_first().map_or(("", &[][..]), |(name, others)| (name.as_str(), others));
    let mut entry = Entry::new(WordKind::Term, name, sentence_of(&plain(term.meaning)));
    entry.other_names = others.to_vec();
    let page = term.more.split_once("](").and_then(|(_, link)| link.split(['#', ')']).next());
    entry.facts =
        page.map(|page| format!("The guide says more: docs/src/{page}.")).into_iter().collect();
    // Rules have everyday words in other senses too.
    entry.rules = cited(&format!("{} {}", term.more, term.meaning));
    if entry.rules.is_empty() {
        entry.rules = rules_that_begin_with(term.names.iter().map(String::as_str));
    }
    // That of a lesson stands on its page, with what is said about it.
    let is_short = |example: &ExampleScenario| {
        example.file.as_ref().is_some_and(|file| !file.starts_with("lessons/"))
    };
    entry.example = scenarios::that_shows(WordKind::Term, name).filter(is_short);
    entry.why_no_rule = entry.rules.is_empty().then_some("No rule begins with this word.");
    entry
}
