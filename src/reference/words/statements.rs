//! Statements of the scenario language.

use crate::machine::{Input, Trigger, transitions_on};
use crate::reference::entry::{Entry, WordKind};
use crate::reference::language::{Row, fixed_words};
use crate::reference::mentions::{cited, distinct, plain};
use crate::reference::scenarios;
use crate::scenario::ast::{CalledBy, StepAction};
use crate::scenario::examples;
use crate::vocabulary::Method;

pub(crate) fn entry(row: &Row) -> Entry {
    let (first, others) =
        row.forms.split_first().map_or(("", &[][..]), |(first, others)| (first, others));
    let mut entry = Entry::new(WordKind::Statement, first, sentence(row.meaning));
    entry.other_names = others.to_vec();
    entry.facts = vec![format!("A statement of the scenario language: {}.", row.section)];
    let shown = examples_of(row);
    if !shown.is_empty() {
        entry.facts.push(format!("For example `{}`.", shown.join("`, `")));
    }
    let methods = methods(row);
    if !methods.is_empty() {
        let names: Vec<&str> = methods.iter().map(|method| method.name()).collect();
        entry.facts.push(format!("It is the call {}.", names.join(", ")));
    }
    let by_call = methods.iter().flat_map(|method| super::methods::entry(*method).rules);
    let by_trigger = triggers(row).flat_map(|trigger| {
        transitions_on(trigger).iter().flat_map(|row| row.rules.iter().copied())
    });
    entry.rules = distinct(cited(row.meaning).into_iter().chain(by_call).chain(by_trigger));
    entry.why_no_rule = entry.rules.is_empty().then_some(
        "No rule speaks of it: it is of the language, or of the world around BITS, not of BITS.",
    );
    entry.example = scenarios::that_shows(WordKind::Statement, first);
    entry
}

/// The meaning with a capital at the beginning and a full stop at the end.
fn sentence(meaning: &str) -> String {
    let text = plain(meaning);
    let mut rest = text.chars();
    let first: String = rest.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", rest.as_str().trim_end_matches('.'))
}

/// The examples of the language that are such statements.
pub(crate) fn examples_of(row: &Row) -> Vec<&'static str> {
    let all = examples::all().iter().map(String::as_str);
    distinct(all.filter(|example| row.forms.iter().any(|form| is_like(example, form))))
        .into_iter()
        .take(4)
        .collect()
}

/// Whether a line is such a statement: it has the fixed words of the form, and the clause that the form is about.
pub(crate) fn is_like(line: &str, form: &str) -> bool {
    let (begin, clause) =
        form.split_once(',').map_or((form, ""), |(begin, clause)| (begin, clause.trim()));
    let clause = fixed_words(clause.split(',').next().unwrap_or_default());
    begins_so(line, begin) && (clause.is_empty() || line.contains(&format!(", {clause}")))
}

fn begins_so(line: &str, form: &str) -> bool {
    if form.starts_with('/') {
        let removed = form.ends_with("removed");
        return line.starts_with('/') && removed == line.ends_with("removed");
    }
    let fixed = fixed_words(form);
    if fixed.is_empty() {
        // What stands behind any name: `USER logs on`, `CLOCK elapsed`.
        let behind = fixed_words(form.split_once(' ').map_or("", |(_, behind)| behind));
        return !behind.is_empty() && line.contains(&format!(" {behind}"));
    }
    let rest = line.strip_prefix(fixed);
    let last = form.rsplit(' ').next().unwrap_or_default();
    let ends = last.chars().all(|next| next.is_ascii_lowercase() || next == '-') && last.len() > 2;
    let value = form.get(fixed.len()..).and_then(|rest| rest.split_whitespace().next());
    rest.is_some_and(|rest| {
        !rest.starts_with(|next: char| next.is_alphanumeric() || "_-".contains(next))
            && value.is_none_or(|value| is_value_of(rest.trim_start(), value))
    }) && (!ends || line.contains(last))
}

/// Whether what stands on a line may be a value of the kind that a word in capitals names.
fn is_value_of(rest: &str, kind: &str) -> bool {
    let is_number = rest.starts_with(|next: char| next.is_ascii_digit());
    match kind {
        "STATE" => rest.starts_with(|next: char| next.is_ascii_uppercase()),
        "SIZE" => is_number && rest.contains('B'),
        "DURATION" => is_number && !rest.contains('B'),
        _ => true,
    }
}

/// The calls that the statements are.
fn methods(row: &Row) -> Vec<Method> {
    let calls = Input::examples().into_iter().filter_map(|input| {
        let Input::Call(call) = input else { return None };
        let method = call.method();
        let line = StepAction::Call(CalledBy::Owner, call).to_string();
        row.forms.iter().any(|form| is_like(&line, form)).then_some(method)
    });
    distinct(calls)
}

/// The triggers with the words of the statements.
fn triggers(row: &Row) -> impl Iterator<Item = Trigger> + '_ {
    let named = |trigger: &&Trigger| {
        let words = trigger.name();
        row.forms.iter().any(|form| fixed_words(form) == words || is_like(words, form))
    };
    Trigger::ALL.iter().filter(named).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::language::rows;

    /// The examples have one of each statement; the documentation has a row for each.
    #[test]
    fn every_example_of_the_language_is_explained() {
        let is_explained = |example: &&String| {
            let line = example.as_str();
            // The instant and the name of the job before a step have rows of their own.
            let line = line.strip_prefix("at 2024-01-01 00:10:00 ").unwrap_or(line);
            let line = line.strip_prefix("update: ").unwrap_or(line);
            rows().iter().any(|row| row.forms.iter().any(|form| is_like(line, form)))
        };
        let missing: Vec<_> =
            examples::all().iter().filter(|example| !is_explained(example)).collect();
        assert_eq!(missing, [""; 0]);
    }

    #[test]
    fn a_line_is_like_the_form_with_its_words_values_and_clause() {
        assert!(is_like("advance until ERROR", "advance until STATE"));
        assert!(!is_like("advance until 5 MiB", "advance until STATE"));
        assert!(is_like("server a.com, rate 1 MiB/s, HTTP/1.0", "server HOST, rate SIZE/s"));
        assert!(!is_like("server a.com", "server HOST, rate SIZE/s"));
        assert!(!is_like("resume", "res"));
    }
}
