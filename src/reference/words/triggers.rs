//! Triggers of the transition table, and rules.

use super::{documented, with_rules_of_rows};
use crate::machine::{TRANSITIONS, Transition, Trigger, transitions_on};
use crate::reference::entry::{Entry, WordKind};
use crate::reference::mentions::{cited, distinct};
use crate::vocabulary::text::documented::Documented;
use crate::vocabulary::{Basis, Rule, RuleStatus};

pub(crate) fn entry(trigger: Trigger) -> Entry {
    let mut entry = documented(WordKind::Trigger, trigger.name(), trigger.doc(), &[]);
    entry.transitions = transitions_on(trigger).to_vec();
    with_rules_of_rows(&mut entry);
    let by = match trigger.is_call() {
        true => "A client asks for it, by a call.",
        false => "It happens: by a server, the network, the user, the service or a clock.",
    };
    entry.facts = vec![by.to_owned()];
    entry
}

pub(crate) fn rule(rule: &Rule) -> Entry {
    let mut entry = Entry::new(WordKind::Rule, rule.id.to_string(), rule.spelled_out());
    let basis = match rule.basis {
        Some(Basis::Stated) => "The documents state it.",
        Some(Basis::Observed) => "Real machines show it.",
        Some(Basis::Read) => {
            "It is an interpretation: the documents do not state it, or in two ways."
        }
        None if rule.id.area() == "INV" => "An invariant, which follows from the rules.",
        None => "A table.",
    };
    let status = match rule.status {
        RuleStatus::Emulated => "It is emulated.".to_owned(),
        RuleStatus::NotYet => "It is not emulated yet, or not in every part.".to_owned(),
        RuleStatus::NotEmulated(reason) => format!("It is not emulated: {reason}"),
    };
    entry.facts = vec![format!("{basis} {status}")];
    entry.facts.extend(rule.since.map(|version| format!("It applies since BITS {version}.")));
    entry.facts.extend(rule.open_spelled_out().map(|open| format!("Open: {open}")));
    if !rule.sources.is_empty() {
        entry.facts.push(format!("Sources: {}.", rule.sources.join(", ")));
    }
    let cites = |row: &&Transition| row.rules.contains(&rule.id);
    entry.transitions = TRANSITIONS.iter().filter(cites).copied().collect();
    let others = cited(rule.text).into_iter().chain(cited(rule.open.unwrap_or_default()));
    entry.rules = distinct(others.filter(|other| *other != rule.id));
    entry.example = super::scenarios::that_shows(WordKind::Rule, &entry.name);
    entry
}
