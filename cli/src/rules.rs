//! `bits rules`: the catalogue of documented rules.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use bits_emulator::rules::{Basis, Rule, RuleId, RuleStatus};
use clap::Args;
use serde_json::{Value, json};

use crate::output::{Output, complain, finish, open};

/// How much of a rule a list shows on a terminal.
const LISTED: usize = 90;

#[derive(Args)]
pub(crate) struct Options {
    /// Rules to show whole, such as ERR-05 or T1; or words, to list the rules that hold all of them.
    /// Without any, all are listed.
    #[arg(value_name = "RULE|WORD", value_parser = parse_choice)]
    choices: Vec<Choice>,
    /// Only the rules of an area, such as ERR.
    #[arg(long)]
    area: Option<String>,
    /// Print JSON, an object for each rule: id, basis, since (a version of BITS), text, open (what the
    /// documents leave open), sources, status, reason (why it is not emulated).
    #[arg(long)]
    json: bool,
}

/// What is asked for.
#[derive(Clone)]
enum Choice {
    Rule(RuleId),
    /// In small letters.
    Word(String),
}

fn parse_choice(given: &str) -> Result<Choice, String> {
    match RuleId::parse(&given.to_uppercase()) {
        Some(id) if Rule::find(id).is_some() => Ok(Choice::Rule(id)),
        Some(_) => Err("there is no such rule; `bits rules` lists them all".to_owned()),
        None => Ok(Choice::Word(given.to_lowercase())),
    }
}

pub(crate) fn run(options: &Options) -> ExitCode {
    let rules: Vec<&Rule> = Rule::all().iter().filter(|rule| options.selects(rule)).collect();
    if rules.is_empty() {
        let areas: BTreeSet<_> = Rule::all().iter().map(|rule| rule.id.area()).collect();
        let areas: Vec<_> = areas.into_iter().collect();
        complain(format_args!("error: no rule is chosen; the areas are {}", areas.join(", ")));
        return ExitCode::from(2);
    }
    let mut out = open();
    let written = write_rules(options, &rules, &mut out);
    finish(written, out, ExitCode::SUCCESS)
}

impl Options {
    fn selects(&self, rule: &Rule) -> bool {
        let area =
            self.area.as_deref().is_none_or(|area| area.eq_ignore_ascii_case(rule.id.area()));
        let named = |choice: &Choice| matches!(choice, Choice::Rule(id) if *id == rule.id);
        let written = || format!("{}\n{}", rule.text, rule.open.unwrap_or_default());
        let text = || {
            let open = rule.open_spelled_out().unwrap_or_default();
            format!("{}\n{}\n{open}", written(), rule.spelled_out()).to_lowercase()
        };
        let holds = |choice: &Choice| match choice {
            Choice::Rule(_) => true,
            Choice::Word(word) => text().contains(word),
        };
        area && (!self.shows_whole() || self.choices.iter().any(named))
            && self.choices.iter().all(holds)
    }

    /// Whether rules are named, which are then shown whole.
    fn shows_whole(&self) -> bool {
        self.choices.iter().any(|choice| matches!(choice, Choice::Rule(_)))
    }
}

fn write_rules(options: &Options, rules: &[&Rule], out: &mut Output) -> io::Result<()> {
    let most = if io::stdout().is_terminal() { LISTED } else { usize::MAX };
    for rule in rules {
        if options.json {
            writeln!(out, "{}", object(rule))?;
        } else if options.shows_whole() {
            write_whole(rule, out)?;
        } else {
            let text = rule.spelled_out();
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let text = match text.char_indices().nth(most) {
                Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(&text)),
                None => text,
            };
            let id = rule.id.to_string();
            writeln!(out, "{id:<12} {:<9} {:<13} {text}", basis(rule), status(rule))?;
        }
    }
    Ok(())
}

fn write_whole(rule: &Rule, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{} ({}, {})", rule.id, basis(rule), status(rule))?;
    if let Some(since) = rule.since {
        writeln!(out, "since BITS {since}")?;
    }
    writeln!(out, "{}", rule.spelled_out())?;
    if let Some(open) = rule.open_spelled_out() {
        writeln!(out, "open: {open}")?;
    }
    if let RuleStatus::NotEmulated(reason) = rule.status {
        writeln!(out, "not emulated: {reason}")?;
    }
    if !rule.sources.is_empty() {
        writeln!(out, "sources: {}", rule.sources.join(", "))?;
    }
    writeln!(out)
}

fn object(rule: &Rule) -> Value {
    let reason = match rule.status {
        RuleStatus::NotEmulated(reason) => Some(reason),
        RuleStatus::Emulated | RuleStatus::NotYet => None,
    };
    json!({
        "id": rule.id.to_string(),
        "basis": basis(rule),
        "since": rule.since,
        "text": rule.spelled_out(),
        "open": rule.open_spelled_out(),
        "sources": rule.sources,
        "status": status(rule),
        "reason": reason,
    })
}

fn basis(rule: &Rule) -> &'static str {
    match (rule.basis, rule.id.area()) {
        (Some(Basis::Stated), _) => "stated",
        (Some(Basis::Observed), _) => "observed",
        (Some(Basis::Read), _) => "read",
        (None, "INV") => "invariant",
        (None, _) => "table",
    }
}

fn status(rule: &Rule) -> &'static str {
    match rule.status {
        RuleStatus::Emulated => "emulated",
        RuleStatus::NotYet => "not yet",
        RuleStatus::NotEmulated(_) => "not emulated",
    }
}
