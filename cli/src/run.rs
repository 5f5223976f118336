//! `bits run`: scenarios from files.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bits_emulator::rules::{Rule, RuleId};
use bits_emulator::scenario::Report;
use clap::Args;

use crate::output::{BAD, GOOD, Output, REMARK, complain, finish, open};
use crate::source::{Source, Unusable};
use crate::{json, source, standing};

#[derive(Args)]
pub(crate) struct Options {
    /// The scenario files; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print only whether each file held, and why not.
    #[arg(short, long, conflicts_with = "json")]
    quiet: bool,
    /// Print below each step the sentences of its rules, each rule once.
    #[arg(long, conflicts_with_all = ["json", "quiet"])]
    why: bool,
    /// Print JSON, an object a line: the steps of each file, then how it came out.
    ///
    /// A step has the fields
    ///   file    the name of the file, `<stdin>` for standard input
    ///   at      when it happened, in UTC
    ///   step    what happened, in the words of the scenario language
    ///   code    what the call returned; null for what is no call
    ///   error   why the call was refused, or null
    ///   jobs    what it did to each job that it concerned, objects with the fields
    ///     name          the name of the job in the scenario
    ///     job           its GUID
    ///     before, after its states
    ///     entered       the states that it entered, in order
    ///     rules         the rules behind it, as `bits rules` shows them
    ///     effects       what else followed, in words
    ///     ignored       whether the state did not allow it
    ///     error_object  null if it is gone, left out if nothing became of it; of a new one
    ///                   `code`, `hr` (its number), `context` and `file`
    ///     told          what the client is told, left out if nothing: `notification`,
    ///                   `by` which way, as which `account`
    ///
    /// The last object of each file has the fields
    ///   file      as above
    ///   outcome   "held", "did not hold", "not run" (it leaves something open: `bits check`), "not parsed" or
    ///             "not read"
    ///   held      how many expectations held
    ///   problems  what is wrong: nothing if it held, else objects with the fields
    ///     line, column  where, counted from 1; null if the file is not read
    ///     cause         what is wrong
    ///     help          what to write instead or what was so instead, or null
    #[arg(long, verbatim_doc_comment)]
    json: bool,
}

/// What the exit code says of a file, the worst last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    Held,
    DidNotHold,
    Unreadable,
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> Self {
        Self::from(match verdict {
            Verdict::Held => 0,
            Verdict::DidNotHold => 1,
            Verdict::Unreadable => 2,
        })
    }
}

impl Verdict {
    pub(crate) const fn held(held: bool) -> Self {
        if held { Self::Held } else { Self::DidNotHold }
    }
}

/// Shows each file by a function, until the output cannot be written. The worst decides the exit code.
pub(crate) fn each_file(
    files: &[PathBuf],
    mut show: impl FnMut(&Path, Result<Source, Unusable>, &mut Output) -> (Verdict, io::Result<()>),
) -> ExitCode {
    let mut out = open();
    let mut worst = Verdict::Held;
    let mut written = Ok(());
    for path in files {
        let (verdict, done) = show(path, source::scenario(path), &mut out);
        worst = worst.max(verdict);
        written = done;
        if written.is_err() {
            break;
        }
    }
    finish(written, out, worst.into())
}

/// Says that a file is no scenario, behind what was written before.
pub(crate) fn tell_unusable(name: &str, unusable: &Unusable, out: &mut Output) -> io::Result<()> {
    out.flush()?;
    complain(unusable.message(name));
    Ok(())
}

pub(crate) fn run(options: &Options) -> ExitCode {
    each_file(&options.files, |path, source, out| {
        let name = source::name(path);
        match (source, options.json) {
            (Ok(Source { text, scenario }), json) => {
                let report = scenario.run();
                if scenario.is_open() {
                    return (Verdict::Unreadable, write_open(&name, &text, &report, json, out));
                }
                let written = match json {
                    true => json::write_report(&name, &text, &report, out),
                    false => write_report(&name, &text, &report, options, out),
                };
                (Verdict::held(report.failure.is_none()), written)
            }
            (Err(unusable), true) => {
                let object = json::unusable(&name, &unusable, &[("held", 0.into())]);
                (Verdict::Unreadable, writeln!(out, "{object}"))
            }
            (Err(unusable), false) => (Verdict::Unreadable, tell_unusable(&name, &unusable, out)),
        }
    })
}

/// Says that a scenario in which something is left open was not run.
fn write_open(
    name: &str,
    text: &str,
    report: &Report,
    json: bool,
    out: &mut Output,
) -> io::Result<()> {
    let Some(problem) = &report.failure else { return Ok(()) };
    if json {
        return json::write_not_run(name, text, problem, out);
    }
    out.flush()?;
    complain(problem.render_styled(name, text));
    Ok(())
}

/// Writes a trace, and as comments behind it whether it held and why not.
fn write_report(
    name: &str,
    text: &str,
    report: &Report,
    options: &Options,
    out: &mut Output,
) -> io::Result<()> {
    let mut told = BTreeSet::new();
    if !options.quiet {
        writeln!(out, "# {name}")?;
        let rules = if options.why { Some(&mut told) } else { None };
        write_trace(report, "", rules, out)?;
    }
    match (&report.failure, report.held) {
        (None, 0) => writeln!(out, "# {name}: {GOOD}nothing was expected{GOOD:#}"),
        (None, held) => writeln!(out, "# {name}: {GOOD}every expectation held{GOOD:#} ({held})"),
        (Some(problem), _) => {
            writeln!(out, "# {name}: {BAD}did not hold{BAD:#}")?;
            let message = problem.render_styled(name, text);
            message.lines().try_for_each(|line| writeln!(out, "# {line}"))
        }
    }
}

/// Writes what happened, each line behind a margin; and, if they are wanted, below each step the rules that were not
/// told before.
pub(crate) fn write_trace(
    report: &Report,
    margin: &str,
    mut rules: Option<&mut BTreeSet<RuleId>>,
    out: &mut Output,
) -> io::Result<()> {
    for line in report.trace.to_string().lines() {
        let comment = if line.trim_start().starts_with('#') { Some(0) } else { line.find("  # ") };
        let (step, remark) =
            line.split_at_checked(comment.unwrap_or(line.len())).unwrap_or((line, ""));
        match remark {
            "" => writeln!(out, "{margin}{step}")?,
            remark => writeln!(out, "{margin}{step}{REMARK}{remark}{REMARK:#}")?,
        }
        if let Some(told) = rules.as_deref_mut() {
            write_rules(remark, told, out)?;
        }
    }
    Ok(())
}

/// Writes the sentences of the rules that a remark names, as comments, each rule once.
fn write_rules(remark: &str, told: &mut BTreeSet<RuleId>, out: &mut Output) -> io::Result<()> {
    let words = remark.split([' ', ',', ';']).filter_map(RuleId::parse);
    for id in words.filter(|id| Rule::find(*id).is_some()) {
        if told.insert(id) {
            writeln!(out, "{REMARK}    # {id}: {}{REMARK:#}", standing::sentence(id))?;
        }
    }
    Ok(())
}
