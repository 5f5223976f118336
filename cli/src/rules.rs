//! `bits rules`: the catalogue of documented rules.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::process::ExitCode;

use bits_emulator::rules::{Basis, Rule, RuleId, RuleStatus};
use clap::Args;
use serde_json::{Value, json};

use crate::complain;

#[derive(Args)]
pub(crate) struct Options {
    /// Rules to show whole, such as ERR-05 or T1. Without any, all are listed.
    #[arg(value_name = "RULE", value_parser = parse_rule)]
    rules: Vec<RuleId>,
    /// List only the rules of an area, such as ERR.
    #[arg(long)]
    area: Option<String>,
    /// Print JSON, an object for each rule.
    #[arg(long)]
    json: bool,
}

fn parse_rule(name: &str) -> Result<RuleId, String> {
    let id = RuleId::parse(&name.to_uppercase()).filter(|id| Rule::find(*id).is_some());
    id.ok_or_else(|| "there is no such rule; `bits rules` lists them all".to_owned())
}

pub(crate) fn run(options: &Options) -> ExitCode {
    let rules: Vec<&Rule> = Rule::all().iter().filter(|rule| options.selects(rule)).collect();
    if rules.is_empty() {
        let areas: BTreeSet<_> = Rule::all().iter().map(|rule| rule.id.area()).collect();
        let areas: Vec<_> = areas.into_iter().collect();
        complain(format_args!("error: no rule is chosen; the areas are {}", areas.join(", ")));
        return ExitCode::from(2);
    }
    let mut out = io::BufWriter::new(io::stdout().lock());
    match write_rules(options, &rules, &mut out).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader has closed the pipe, as in `bits rules | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            complain(format_args!("error: {error}"));
            ExitCode::from(2)
        }
    }
}

impl Options {
    fn selects(&self, rule: &Rule) -> bool {
        let area =
            self.area.as_deref().is_none_or(|area| area.eq_ignore_ascii_case(rule.id.area()));
        area && (self.rules.is_empty() || self.rules.contains(&rule.id))
    }
}

fn write_rules(options: &Options, rules: &[&Rule], out: &mut impl Write) -> io::Result<()> {
    for rule in rules {
        if options.json {
            writeln!(out, "{}", object(rule))?;
        } else if options.rules.is_empty() {
            let text: String =
                rule.text.lines().next().unwrap_or_default().chars().take(90).collect();
            writeln!(
                out,
                "{:<12} {:<9} {:<13} {text}",
                rule.id.to_string(),
                basis(rule),
                status(rule)
            )?;
        } else {
            write_whole(rule, out)?;
        }
    }
    Ok(())
}

fn write_whole(rule: &Rule, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{} ({}, {})", rule.id, basis(rule), status(rule))?;
    if let Some(since) = rule.since {
        writeln!(out, "since BITS {since}")?;
    }
    writeln!(out, "{}", rule.text)?;
    if let Some(open) = rule.open {
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
        "text": rule.text,
        "open": rule.open,
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
