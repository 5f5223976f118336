//! `bits merge`: the results of explorations, put together.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use bits_emulator::explore::Reached;
use clap::Args;

use crate::checked::{self, Collected};
use crate::explored::Explored;
use crate::output::{BAD, GOOD, Output, complain, finish, open};

#[derive(Args)]
pub(crate) struct Options {
    /// Files with results: those that `BITS_EXPLORE_RESULTS` named when tests that explore programs were run, or what
    /// `bits check --json --shard` printed.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print also which calls met which states and codes, how the programs ended, and which transitions were
    /// never taken.
    #[arg(long, conflicts_with = "json")]
    reached: bool,
    /// Print JSON, an object a line for each exploration whose parts fit: a result with the same fields, as
    /// of the only part.
    #[arg(long)]
    json: bool,
}

/// A result, and where it stands.
struct Part {
    place: String,
    result: Explored,
}

pub(crate) fn run(options: &Options) -> ExitCode {
    let Results { parts, checked, mut problems } = read(&options.files);
    if parts.is_empty() && checked.parts.is_empty() && problems.is_empty() {
        problems.push("there is no result in these files".to_owned());
    }
    let mut found = false;
    let mut out = open();
    let mut written = Ok(());
    let (checked, misfits_of_checks) = checked::merge(checked.parts);
    problems.extend(misfits_of_checks);
    for file in checked {
        found |= !file.holds();
        written = written.and_then(|()| match options.json {
            true => file.write_json(&mut out),
            false => file.write_text(&mut out),
        });
    }
    for (program, parts) in by_program(parts) {
        problems.extend(misfits(&parts).into_iter().map(|misfit| format!("{program}: {misfit}")));
        // What one part found is found, whatever the others are.
        found |= parts.iter().any(|part| part.result.counterexample.is_some());
        let merged = merge(parts);
        written = written.and_then(|()| match (merged, options.json) {
            (Some(merged), true) => writeln!(out, "{}", merged.to_json()),
            (Some(merged), false) => write_text(&merged, options.reached, &mut out),
            (None, _) => Ok(()),
        });
    }
    let code = match (found, problems.is_empty()) {
        (true, _) => 1,
        (false, false) => 2,
        (false, true) => 0,
    };
    let code = finish(written, out, ExitCode::from(code));
    problems.iter().for_each(|problem| complain(format_args!("{BAD}error{BAD:#}: {problem}")));
    code
}

/// The results of programs and of scenarios, and what could not be read.
#[derive(Default)]
struct Results {
    parts: Vec<Part>,
    checked: Collected,
    problems: Vec<String>,
}

fn read(files: &[PathBuf]) -> Results {
    let mut results = Results::default();
    for path in files {
        let name = path.display();
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                results.problems.push(format!("cannot read {name}: {error}"));
                continue;
            }
        };
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let place = format!("{name}:{}", index + 1);
            if let Ok(line) = serde_json::from_str(line) {
                results.checked.add(line, &place);
                continue;
            }
            match serde_json::from_str(line) {
                Ok(result) => results.parts.push(Part { place, result }),
                Err(error) => results.problems.push(format!("{place} is no result: {error}")),
            }
        }
        results.problems.extend(results.checked.end(&name.to_string()));
    }
    results
}

/// The parts of each program, in their order.
fn by_program(parts: Vec<Part>) -> BTreeMap<String, Vec<Part>> {
    let mut programs: BTreeMap<String, Vec<Part>> = BTreeMap::new();
    for part in parts {
        programs.entry(part.result.program.clone()).or_default().push(part);
    }
    programs.values_mut().for_each(|parts| parts.sort_by_key(|part| part.result.shard));
    programs
}

/// Why parts are not those of one exploration, or not all of them.
fn misfits(parts: &[Part]) -> Vec<String> {
    let Some((first, others)) = parts.split_first() else { return Vec::new() };
    let differs = |part: &&Part| part.result.question() != first.result.question();
    if let Some(other) = others.iter().find(differs) {
        let (one, other) = (&first.place, &other.place);
        return vec![format!(
            "{one} and {other} differ in what was asked: the bound, the points, pruning, the seed or the \
             number of parts; explorations of one program need names of their own (`Program::named`)"
        )];
    }
    let mut misfits = Vec::new();
    for pair in parts.windows(2) {
        if let [one, other] = pair
            && one.result.shard == other.result.shard
        {
            let shard = one.result.shard;
            misfits.push(format!("part {shard} is there twice: {} and {}", one.place, other.place));
        }
    }
    let there: BTreeSet<u64> = parts.iter().map(|part| part.result.shard).collect();
    let of = first.result.of;
    // A wrong number of parts would list thousands that are missing.
    let missing: Vec<String> = (0..of)
        .filter(|shard| !there.contains(shard))
        .take(20)
        .map(|shard| shard.to_string())
        .collect();
    if !missing.is_empty() {
        misfits.push(format!("of {of} parts these are missing: {}", missing.join(", ")));
    }
    misfits
}

/// One result of all parts, if they fit.
fn merge(parts: Vec<Part>) -> Option<Explored> {
    if !misfits(&parts).is_empty() {
        return None;
    }
    parts.into_iter().map(|part| part.result).reduce(Explored::and).map(Explored::whole)
}

fn write_text(merged: &Explored, shows_reached: bool, out: &mut Output) -> io::Result<()> {
    let Explored { program, runs, pruned, waiting, bound, .. } = merged;
    let vacuous = if merged.vacuous { "; vacuous, for no file was asked for" } else { "" };
    let ran = format!("({runs} runs, {pruned} of them cut short){vacuous}");
    match (&merged.counterexample, merged.seed, merged.exhausted) {
        (Some(found), ..) => {
            writeln!(out, "{program}: {BAD}broken promise{BAD:#}: {} {ran}", found.promise)?;
            found.text.lines().try_for_each(|line| writeln!(out, "  {line}"))?;
        }
        (None, Some(seed), _) => {
            writeln!(out, "{program}: {GOOD}kept{GOOD:#} at random from the seed {seed} {ran}")?;
        }
        (None, None, _) if *waiting == 0 => {
            writeln!(out, "{program}: {GOOD}kept{GOOD:#} up to {bound}, exhausted {ran}")?;
        }
        (None, None, exhausted) => {
            let exhausted =
                exhausted.map_or_else(|| "no bound".to_owned(), |bound| bound.to_string());
            writeln!(
                out,
                "{program}: {GOOD}kept{GOOD:#} up to {exhausted}; {waiting} runs wait {ran}"
            )?;
        }
    }
    if shows_reached {
        let reached: Reached = merged.reached();
        writeln!(out, "\n{reached}")?;
    }
    Ok(())
}
