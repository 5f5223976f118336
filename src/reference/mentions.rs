//! Which rules speak of a word, and what documentation says in plain words.

use crate::vocabulary::text::abbreviations::{place_of, spelled_out};
use crate::vocabulary::{Rule, RuleId};

/// The number of bytes at the beginning of a rule in which it names the words that it is about.
const BEGINNING: usize = 60;

/// Returns the rules that name one of the words: those that begin with it first, tables last.
pub(super) fn rules_that_name<'a>(words: impl IntoIterator<Item = &'a str> + Clone) -> Vec<RuleId> {
    placed(words).into_iter().map(|(_, id)| id).collect()
}

/// Returns the rules that name one of the words at their beginning.
pub(super) fn rules_that_begin_with<'a>(
    words: impl IntoIterator<Item = &'a str> + Clone,
) -> Vec<RuleId> {
    placed(words).into_iter().filter(|(place, _)| *place == 0).map(|(_, id)| id).collect()
}

/// The rules that name one of the words, by where they do: 0 is the beginning.
fn placed<'a>(words: impl IntoIterator<Item = &'a str> + Clone) -> Vec<(usize, RuleId)> {
    let place = |rule: &Rule| {
        let places = words.clone().into_iter().filter_map(|word| place_of(rule.text, word));
        let place = places.min()?;
        Some(match rule.id.area() {
            "T" => 3,
            "INV" => 2,
            _ => usize::from(place >= BEGINNING),
        })
    };
    let mut found: Vec<(usize, RuleId)> =
        Rule::all().iter().filter_map(|rule| Some((place(rule)?, rule.id))).collect();
    found.sort_by_key(|(place, _)| *place);
    found
}

/// Returns the rules that a text cites, in its order.
pub(super) fn cited(text: &str) -> Vec<RuleId> {
    let words = text.split(|next: char| !next.is_ascii_alphanumeric() && next != '-');
    let ids = words.filter_map(RuleId::parse).filter(|id| Rule::find(*id).is_some());
    distinct(ids)
}

/// Returns each once, in order.
pub(super) fn distinct<T: PartialEq>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut once = Vec::new();
    for one in all {
        if !once.contains(&one) {
            once.push(one);
        }
    }
    once
}

/// Returns what a rule says, in one line; of a table, its subject.
pub(super) fn sentence(id: RuleId) -> String {
    match Rule::find(id) {
        Some(rule) if rule.id.area() == "T" => {
            let subject = rule.text.lines().next().unwrap_or_default();
            format!("a table, which `bits rules {id}` shows: {subject}")
        }
        Some(rule) => spelled_out(rule.text).split_whitespace().collect::<Vec<_>>().join(" "),
        None => String::new(),
    }
}

/// Returns a text with a capital at the beginning and a full stop at the end.
pub(super) fn sentence_of(text: &str) -> String {
    let mut rest = text.chars();
    let first: String = rest.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", rest.as_str().trim_end_matches('.'))
}

/// Returns documentation as plain text in one line: without its links, and up to the first example.
pub(super) fn plain(doc: &str) -> String {
    let doc = doc.split("```").next().unwrap_or_default();
    let doc = doc.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut text = String::new();
    let mut rest = doc.as_str();
    while let Some((before, after)) = rest.split_once('[') {
        text += before;
        let Some((shown, later)) = after.split_once(']') else {
            rest = after;
            continue;
        };
        text += shown;
        rest = match later.strip_prefix('(').and_then(|later| later.split_once(')')) {
            Some((_, later)) => later,
            None => later,
        };
    }
    (text + rest).replace("**", "").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_no_part_of_a_longer_one() {
        assert_eq!(place_of("enters ERROR.", "ERROR"), Some(7));
        assert_eq!(place_of("TRANSIENT_ERROR, BG_E_ERROR_X", "ERROR"), None);
        let of_error = rules_that_name(["TRANSFERRED"]);
        assert!(of_error.contains(&RuleId::new("LIFE-20")), "{of_error:?}");
    }

    #[test]
    fn links_are_no_part_of_plain_text() {
        assert_eq!(
            plain(" refused with [`X`](crate::X) (A-1),\n or [`Y`].\n```\nz"),
            "refused with `X` (A-1), or `Y`."
        );
        assert_eq!(
            cited(&format!("a (LIFE-03, T1), LIFE-{}", 99)),
            [RuleId::new("LIFE-03"), RuleId::new("T1")]
        );
    }
}
