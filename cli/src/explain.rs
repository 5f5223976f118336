//! `bits explain`: what a word means, or why the jobs of a scenario are where they are.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use bits_emulator::machine::{Transition, TransitionAction};
use bits_emulator::reference::{self, Entry, WordKind};
use bits_emulator::rules::{Rule, RuleId};
use clap::Args;
use serde_json::{Value, json};

use crate::output::{Output, complain, finish, open};
use crate::standing;

/// The most entries of one kind that are printed whole; more are printed as a list.
const MOST_WHOLE: usize = 4;

#[derive(Args)]
pub(crate) struct Options {
    /// The word: a state, a code (its name, or its number in hexadecimal or decimal, or that of an HTTP status or of
    /// WinHTTP), an error context, a priority, a method, a property, a flag, a rule, a notification, a trigger of the
    /// transition table, a reading, a term of the glossary, or a statement of the scenario language or its first words.
    /// With `--at` the scenario file instead.
    #[arg(required = true, value_name = "WORD|FILE", allow_negative_numbers = true)]
    words: Vec<String>,
    /// Explain why each job of the scenario FILE is where it is at that time: an instant such as
    /// `2024-01-01 00:10:00`, or how long after the beginning, such as `10 m`.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Print JSON, an object a line for each kind of word that it is, with the fields kind, name, other_names, meaning,
    /// emulation (of methods), facts, causes, advice, transitions (objects with on, from, when, then, code, rules), rules
    /// (objects with id and text), why_no_rule, example (an object with file and text); with `--at` for each job: name,
    /// job, state, at, because, rules, waits_for, error, clocks (objects with clock, at and then), no_progress_until.
    #[arg(long)]
    json: bool,
    /// Print Markdown, as the guide has it.
    #[arg(long, conflicts_with_all = ["json", "at"])]
    markdown: bool,
}

pub(crate) fn run(options: &Options) -> ExitCode {
    match &options.at {
        None => explain_word(options),
        Some(at) => match options.words.as_slice() {
            [file] => standing::explain(Path::new(file), at, options.json),
            _ => {
                complain("error: with --at one scenario file is explained");
                ExitCode::from(2)
            }
        },
    }
}

fn explain_word(options: &Options) -> ExitCode {
    match reference::explain(&options.words.join(" ")) {
        Ok(entries) => {
            let mut out = open();
            let written = match options.markdown {
                true => {
                    entries.iter().try_for_each(|entry| writeln!(out, "{}", entry.to_markdown()))
                }
                false => write_entries(&entries, options.json, &mut out),
            };
            finish(written, out, ExitCode::SUCCESS)
        }
        Err(error) => {
            match options.words.as_slice() {
                [file] if Path::new(file).is_file() => complain(format_args!(
                    "error: {file} is a file; `bits explain {file} --at 10m` says why its jobs are where they \
                     are after ten minutes"
                )),
                _ => complain(format_args!("error: {error}")),
            }
            ExitCode::from(2)
        }
    }
}

fn write_entries(entries: &[Entry], json: bool, out: &mut Output) -> io::Result<()> {
    if json {
        return entries.iter().try_for_each(|entry| writeln!(out, "{}", object(entry)));
    }
    let mut gap = "";
    // What is found first is what was meant most directly.
    let mut kinds: Vec<WordKind> = Vec::new();
    for entry in entries {
        if !kinds.contains(&entry.kind) {
            kinds.push(entry.kind);
        }
    }
    for kind in kinds {
        let of_kind: Vec<&Entry> = entries.iter().filter(|entry| entry.kind == kind).collect();
        if of_kind.len() > MOST_WHOLE {
            writeln!(out, "{gap}There are several:")?;
            for entry in of_kind {
                writeln!(out, "  {}: {}", entry.name, entry.meaning)?;
            }
            gap = "\n";
            continue;
        }
        for entry in of_kind {
            write!(out, "{gap}{entry}")?;
            gap = "\n";
        }
    }
    Ok(())
}

/// The entry as an object; the lists of words print it too.
pub(crate) fn object(entry: &Entry) -> Value {
    let example = entry.example.as_ref();
    json!({
        "kind": entry.kind.name(),
        "name": entry.name,
        "other_names": entry.other_names,
        "meaning": entry.meaning,
        "emulation": entry.emulation.map(|emulation| emulation.to_string()),
        "facts": entry.facts,
        "causes": entry.causes,
        "advice": entry.advice,
        "transitions": entry.transitions.iter().map(transition).collect::<Vec<_>>(),
        "rules": entry.rules.iter().map(|id| rule(*id)).collect::<Vec<_>>(),
        "why_no_rule": entry.why_no_rule,
        "example": example.map(|example| json!({ "file": example.file, "text": example.text })),
    })
}

fn transition(row: &Transition) -> Value {
    let (then, code) = match row.then {
        TransitionAction::To(state) => (state.short_name(), None),
        TransitionAction::Stay => ("no change", None),
        TransitionAction::Refuse(code) => ("refused", code.name()),
    };
    json!({
        "on": row.on.name(),
        "from": row.from.iter().map(|state| state.short_name()).collect::<Vec<_>>(),
        "when": row.when.name(),
        "then": then,
        "code": code,
        "rules": row.rules.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

/// A rule with its sentence.
pub(crate) fn rule(id: RuleId) -> Value {
    json!({ "id": id.to_string(), "text": Rule::find(id).map(Rule::spelled_out) })
}
