//! The catalogue of documented rules, parsed from `RULES.md`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::vocabulary::rules::rule_id::RuleId;
use crate::vocabulary::text::abbreviations::spelled_out;

const TEXT: &str = include_str!("../../../RULES.md");

/// A documented rule, a table of cells, or an invariant that follows from the rules.
///
/// ```
/// use bits_emulator::rules::{Basis, Rule, RuleId};
///
/// let latched = Rule::find(RuleId::new("ERR-05")).unwrap();
/// assert_eq!(latched.basis, Some(Basis::Stated));
/// assert!(latched.text.starts_with("The object stops being available"));
/// assert!(latched.open.is_some(), "a corner is left open");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Rule {
    /// The name.
    pub id: RuleId,
    /// What it rests on; `None` for tables and invariants.
    pub basis: Option<Basis>,
    /// The BITS version from which it applies, such as `3.0`, if the documents name one.
    pub since: Option<&'static str>,
    /// The rule in the words of the catalogue; of a table, its subject in a line, and its rows.
    pub text: &'static str,
    /// The public pages that it restates, by file name.
    pub sources: Vec<&'static str>,
    /// What the documents leave open, and the default that is followed.
    pub open: Option<&'static str>,
    /// Whether the emulator follows it.
    pub status: RuleStatus,
}

/// Where a rule comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Basis {
    /// The documents state it.
    Stated,
    /// Real machines show it: tests that run on them, recordings, dumps, reports of many people.
    Observed,
    /// An interpretation: not stated, stated ambiguously, or stated in two ways.
    Read,
}

/// Whether the emulator follows a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum RuleStatus {
    /// The emulator follows it: source lines and tests cite the rule.
    Emulated,
    /// The emulator does not follow it yet, or not in every part.
    NotYet,
    /// The emulator does not follow it, for a reason.
    NotEmulated(&'static str),
}

impl Rule {
    /// Every rule, table and invariant, in the order of `RULES.md`.
    pub fn all() -> &'static [Self] {
        static RULES: OnceLock<Vec<Rule>> = OnceLock::new();
        RULES.get_or_init(|| read(TEXT))
    }

    const fn named(id: RuleId) -> Self {
        let (basis, since, open, status) = (None, None, None, RuleStatus::NotYet);
        Self { id, basis, since, text: "", sources: Vec::new(), open, status }
    }

    /// The rule with that name.
    #[must_use]
    pub fn find(id: RuleId) -> Option<&'static Self> {
        Self::all().iter().find(|rule| rule.id == id)
    }

    /// Returns its text with the names of the clocks, which the catalogue writes as `NPT` and `MRD`, spelled out.
    ///
    /// ```
    /// use bits_emulator::rules::{Rule, RuleId};
    ///
    /// let rule = Rule::find(RuleId::new("TIME-04")).unwrap();
    /// assert_eq!(rule.spelled_out(), "Resume starts the next attempt before the minimum retry delay is over.");
    /// ```
    #[must_use]
    pub fn spelled_out(&self) -> String {
        spelled_out(self.text)
    }

    /// Returns in the same way what the documents leave open.
    #[must_use]
    pub fn open_spelled_out(&self) -> Option<String> {
        self.open.map(spelled_out)
    }
}

fn read(text: &'static str) -> Vec<Rule> {
    let statuses = statuses(text);
    let mut rules: Vec<Rule> = Vec::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("##") {
            let name = title.trim_start_matches('#').trim().split(':').next();
            if let Some(id) = name.and_then(RuleId::parse) {
                rules.push(table(id, text, line));
            }
        } else if let Some(rule) = rule(line) {
            rules.push(rule);
        } else if let (Some(open), Some(last)) = (line.strip_prefix("  - Open: "), rules.last_mut())
        {
            last.open = Some(open);
        }
    }
    for rule in &mut rules {
        let status = statuses.get(&rule.id).copied();
        rule.status = status.unwrap_or(RuleStatus::NotYet);
    }
    rules
}

/// `- **ERR-05** (S) v3.0+: text. [page.md page.md]`, or `- **INV-01** text. (rules)`
fn rule(line: &'static str) -> Option<Rule> {
    let (id, rest) = line.strip_prefix("- **")?.split_once("** ")?;
    let id = RuleId::parse(id)?;
    let bases = [("(S) ", Basis::Stated), ("(O) ", Basis::Observed), ("(A) ", Basis::Read)];
    let known = |(mark, basis)| Some((Some(basis), rest.strip_prefix(mark)?));
    let (basis, rest) = bases.into_iter().find_map(known).unwrap_or((None, rest));
    let (since, rest) = match rest.strip_prefix('v').and_then(|rest| rest.split_once("+: ")) {
        Some((version, rest)) if version.chars().all(|c| c.is_ascii_digit() || c == '.') => {
            (Some(version), rest)
        }
        _ => (None, rest),
    };
    let (text, sources) = match rest.strip_suffix(']').and_then(|rest| rest.rsplit_once(" [")) {
        Some((text, sources)) if sources.contains(".md") => {
            (text, sources.split_whitespace().collect())
        }
        _ => (rest, Vec::new()),
    };
    Some(Rule { basis, since, text, sources, ..Rule::named(id) })
}

/// A table: everything from the subject in its title to the next title.
fn table(id: RuleId, text: &'static str, title: &str) -> Rule {
    let head = title.split_once(": ").map_or(title, |(head, _)| head);
    let below = text.split_once(head).map_or("", |(_, below)| below.trim_start_matches(": "));
    let body = below.split_once("\n#").map_or(below, |(body, _)| body).trim();
    Rule { text: body, ..Rule::named(id) }
}

/// The statuses of the rules, from the last two sections of the text.
fn statuses(text: &'static str) -> BTreeMap<RuleId, RuleStatus> {
    let section = |title: &str| -> &'static str {
        let below = text.split_once(title).map_or("", |(_, below)| below);
        below.split_once("\n## ").map_or(below, |(body, _)| body)
    };
    let emulated = ids(section("\n## Emulated\n")).map(|id| (id, RuleStatus::Emulated));
    let rows = section("\n## Not emulated\n").lines().filter_map(|row| {
        let (rules, reason) = row.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | ")?;
        Some(ids(rules).map(move |id| (id, RuleStatus::NotEmulated(reason))))
    });
    emulated.chain(rows.flatten()).collect()
}

/// The rules that a list names.
fn ids(list: &'static str) -> impl Iterator<Item = RuleId> {
    list.split([',', ' ', '\n']).filter_map(RuleId::parse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_table_and_invariant_is_read() {
        let count = |kind: fn(&Rule) -> bool| Rule::all().iter().filter(|rule| kind(rule)).count();
        let names = TEXT.lines().filter_map(|line| line.strip_prefix("- **")?.split("**").next());
        let (invariants, rules): (Vec<_>, Vec<_>) = names
            .filter(|name| name.ends_with(|last: char| last.is_ascii_digit()))
            .partition(|name| name.starts_with("INV-"));
        assert_eq!(count(|rule| rule.basis.is_some()), rules.len());
        assert_eq!(count(|rule| rule.id.area() == "INV"), invariants.len());
        assert_eq!(count(|rule| rule.id.area() == "T"), 4);
    }

    #[test]
    fn every_rule_has_a_text_and_a_source() {
        for rule in Rule::all() {
            assert!(rule.text.len() > 20, "{rule:?}");
            let named = match rule.basis {
                Some(Basis::Observed) => rule.text.contains("Observed: "),
                Some(Basis::Stated | Basis::Read) => !rule.sources.is_empty(),
                None => true,
            };
            assert!(named, "{rule:?}");
        }
    }

    #[test]
    fn versions_and_open_questions_are_read() {
        let rule = |id| Rule::find(RuleId::new(id)).unwrap();
        assert_eq!(rule("TIME-15").since, Some("3.0"));
        assert_eq!(rule("TIME-01").since, None);
        assert!(rule("TIME-08").open.is_some_and(|open| open.contains("no special case")));
        assert!(rule("T2").text.contains("| TRANSIENT_ERROR, ERROR |"));
    }

    #[test]
    fn a_list_names_no_rule_that_does_not_exist() {
        for id in statuses(TEXT).keys() {
            assert!(Rule::find(*id).is_some(), "{id}");
        }
    }
}
