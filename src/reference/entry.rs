//! An entry of the reference, as text and as a page in Markdown.

use std::fmt::{self, Write as _};

use super::interfaces::Emulation;
use super::mentions::{distinct, sentence};
use crate::machine::{Guard, Transition, TransitionAction};
use crate::vocabulary::enums::named::named;
use crate::vocabulary::{JobState, RuleId};

/// How many rules are shown with their sentences; further rules are shown by their ids.
const RULES_WHOLE: usize = 6;
/// The most lines of a scenario that a text shows.
const EXAMPLE_LINES: usize = 36;

named! {
    /// What kind of word an entry is about.
    #[non_exhaustive]
    pub enum WordKind {
        /// A state of a job.
        State "state",
        /// A result code.
        Code "code",
        /// The part of the service in which an error arose.
        Context "error context",
        /// A priority of jobs.
        Priority "priority",
        /// A method of the interfaces.
        Method "method",
        /// A generic property of jobs or files.
        Property "property",
        /// A flag, or a named set of flags.
        Flag "flag",
        /// A documented rule, a table or an invariant.
        Rule "rule",
        /// A notification of the client.
        Notification "notification",
        /// What makes a row of the transition table apply.
        Trigger "trigger",
        /// A question that the documents leave open.
        Reading "reading",
        /// A statement of the scenario language, or a part of one.
        Statement "statement",
        /// A term of the glossary.
        Term "term",
    }
}

/// What is known of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// The kind of the word.
    pub kind: WordKind,
    /// The word as traces and scenarios write it.
    pub name: String,
    /// Other spellings: names of the Windows headers, numbers, further forms of a statement.
    pub other_names: Vec<String>,
    /// What it means.
    pub meaning: String,
    /// What of it is emulated, if it is a method or a notification.
    pub emulation: Option<Emulation>,
    /// What else is known of it, a sentence each: where a code is received, which answers a reading has.
    pub facts: Vec<String>,
    /// The rows of the transition table that are about it.
    pub transitions: Vec<Transition>,
    /// The rules that name it, those that say most first.
    pub rules: Vec<RuleId>,
    /// Why no rule speaks of it, if none does.
    pub why_no_rule: Option<&'static str>,
    /// What usually causes it.
    pub causes: Vec<String>,
    /// What a client does about it.
    pub advice: Option<String>,
    /// A scenario that shows it, if there is one.
    pub example: Option<ExampleScenario>,
}

/// A scenario that shows a word.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExampleScenario {
    /// Its file in the folder `scenarios`; `None` if it was made for this word.
    pub file: Option<String>,
    /// Its text.
    pub text: String,
}

impl Entry {
    pub(super) fn new(kind: WordKind, name: impl Into<String>, meaning: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
            other_names: Vec::new(),
            meaning: meaning.into(),
            emulation: None,
            facts: Vec::new(),
            transitions: Vec::new(),
            rules: Vec::new(),
            why_no_rule: None,
            causes: Vec::new(),
            advice: None,
            example: None,
        }
    }

    /// Returns the entry in Markdown, under a heading of the second level.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut page = format!("## `{}`\n\n", self.name);
        // Writing into a text cannot fail.
        let _ = self.write_markdown(&mut page);
        page
    }

    fn write_markdown(&self, page: &mut String) -> fmt::Result {
        write!(page, "*{}*", self.kind)?;
        let others: Vec<String> = self.other_names.iter().map(|name| format!("`{name}`")).collect();
        let others = others.join(", ");
        writeln!(page, "{}{others}", if others.is_empty() { "" } else { ", also " })?;
        writeln!(page, "\n{}", self.meaning)?;
        if let Some(emulation) = self.emulation {
            writeln!(page, "\nIt is {emulation}.")?;
        }
        self.facts.iter().try_for_each(|fact| writeln!(page, "\n{fact}"))?;
        write_list(page, "Usual causes", &self.causes)?;
        if let Some(advice) = &self.advice {
            writeln!(page, "\n**What a client does.** {advice}")?;
        }
        for (title, rows) in self.ways() {
            write_list(page, title, &rows)?;
        }
        let rules: Vec<String> =
            self.whole_rules().map(|(id, text)| format!("**{id}**: {text}")).collect();
        write_list(page, "Rules", &rules)?;
        if let Some(further) = self.further_rules() {
            writeln!(page, "- further: {further}")?;
        }
        if let Some(why) = self.why_no_rule {
            writeln!(page, "\n{why}")?;
        }
        let Some(ExampleScenario { file, text }) = &self.example else { return Ok(()) };
        let file = file.as_ref().map(|file| format!(" (`scenarios/{file}`)")).unwrap_or_default();
        writeln!(page, "\n**A scenario that shows it**{file}\n\n```bits\n{}\n```", text.trim_end())
    }

    /// The rows of the transition table in words under titles, from the point of view of the word.
    fn ways(&self) -> Vec<(&'static str, Vec<String>)> {
        let state = match self.kind {
            WordKind::State => self.name.parse::<JobState>().ok(),
            _ => None,
        };
        let Some(state) = state else {
            let all: Vec<_> = self.transitions.iter().map(row_text).collect();
            return if all.is_empty() {
                Vec::new()
            } else {
                vec![("In the transition table", all)]
            };
        };
        let chosen = |fits: &dyn Fn(&Transition) -> bool| -> Vec<&Transition> {
            self.transitions.iter().filter(|row| fits(row)).collect()
        };
        let leads_here = |row: &Transition| row.then == TransitionAction::To(state);
        let is_refused = |row: &Transition| matches!(row.then, TransitionAction::Refuse(_));
        let leads_away = |row: &Transition| row.from.contains(state) && !leads_here(row);
        let ways = [
            ("Into it", chosen(&leads_here).into_iter().map(row_text).collect()),
            ("Out of it", grouped(&chosen(&|row| leads_away(row) && !is_refused(row)))),
            ("Refused in it", grouped(&chosen(&|row| leads_away(row) && is_refused(row)))),
        ];
        ways.into_iter().filter(|(_, rows)| !rows.is_empty()).collect()
    }

    /// The rules that are shown with their sentences.
    fn whole_rules(&self) -> impl Iterator<Item = (RuleId, String)> + '_ {
        self.rules.iter().take(RULES_WHOLE).map(|id| (*id, sentence(*id)))
    }

    /// The others, by their ids.
    fn further_rules(&self) -> Option<String> {
        let further = self.rules.get(RULES_WHOLE..).filter(|further| !further.is_empty())?;
        Some(ids(further))
    }
}

fn write_list(page: &mut String, title: &str, items: &[String]) -> fmt::Result {
    if items.is_empty() {
        return Ok(());
    }
    writeln!(page, "\n**{title}**\n")?;
    items.iter().try_for_each(|item| writeln!(page, "- {item}"))
}

pub(super) fn ids(rules: &[RuleId]) -> String {
    rules.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// A row of the transition table in words.
fn row_text(row: &Transition) -> String {
    let when = match row.when {
        Guard::Always => String::new(),
        guard => format!(", if {guard}"),
    };
    format!("{}{when}: from {} {} ({})", row.on, row.from, then(row), ids(row.rules))
}

/// The rows of one state in words, those together that end alike.
fn grouped(rows: &[&Transition]) -> Vec<String> {
    let ends = distinct(rows.iter().map(|row| row.then));
    let of_end = |end: TransitionAction| {
        let alike: Vec<_> = rows.iter().filter(|row| row.then == end).collect();
        let triggers = distinct(alike.iter().map(|row| match row.when {
            Guard::Always => row.on.to_string(),
            guard => format!("{} (if {guard})", row.on),
        }));
        let rules = distinct(alike.iter().flat_map(|row| row.rules.iter().copied()));
        let then = alike.first().map(|row| then(row)).unwrap_or_default();
        // Names of triggers have commas.
        format!("{then}: {} ({})", triggers.join("; "), ids(&rules))
    };
    ends.into_iter().map(of_end).collect()
}

fn then(row: &Transition) -> String {
    match row.then {
        TransitionAction::To(state) => format!("to {state}"),
        TransitionAction::Stay => "no change".to_owned(),
        TransitionAction::Refuse(code) => {
            format!("refused with {}", code.name().unwrap_or_default())
        }
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.kind)?;
        writeln!(f)?;
        if !self.other_names.is_empty() {
            writeln!(f, "also {}", self.other_names.join(", "))?;
        }
        writeln!(f, "{}", self.meaning)?;
        if let Some(emulation) = self.emulation {
            writeln!(f, "It is {emulation}.")?;
        }
        self.facts.iter().try_for_each(|fact| writeln!(f, "{fact}"))?;
        let section = |f: &mut fmt::Formatter<'_>, title: &str, items: &[String]| {
            if items.is_empty() {
                return Ok(());
            }
            writeln!(f, "\n{title}:")?;
            items.iter().try_for_each(|item| writeln!(f, "  {item}"))
        };
        section(f, "Usual causes", &self.causes)?;
        section(f, "What a client does", self.advice.as_slice())?;
        for (title, rows) in self.ways() {
            section(f, title, &rows)?;
        }
        let rules: Vec<String> =
            self.whole_rules().map(|(id, text)| format!("{id}: {text}")).collect();
        section(f, "Rules", &rules)?;
        if let Some(further) = self.further_rules() {
            writeln!(f, "  further: {further}")?;
        }
        if let Some(why) = self.why_no_rule {
            writeln!(f, "\n{why}")?;
        }
        let Some(ExampleScenario { file, text }) = &self.example else { return Ok(()) };
        let lines = text.trim_end().lines().count();
        let file = file.as_ref().map(|file| format!(", scenarios/{file}")).unwrap_or_default();
        if lines > EXAMPLE_LINES {
            return writeln!(
                f,
                "\nA scenario that shows it{file}: {lines} lines, which `--markdown` shows."
            );
        }
        writeln!(f, "\nA scenario that shows it{file}:")?;
        text.trim_end().lines().try_for_each(|line| match line {
            "" => writeln!(f),
            line => writeln!(f, "  {line}"),
        })
    }
}
