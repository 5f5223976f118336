//! `bits check`: scenarios in which something is left open, explored.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bits_emulator::explore::open_scenarios::{
    self, Answer, Extent, Finding, Outcomes, ScenarioOutcome, ShortestRun,
};
use bits_emulator::scenario::{Report, Scenario};
use clap::Args;
use serde_json::{Value, json};

use crate::json::problem;
use crate::limits::{LimitOptions, Limits, Reached};
use crate::output::{BAD, GOOD, Output, REMARK};
use crate::run::{Verdict, each_file, tell_unusable, write_trace};
use crate::{json, source};

#[derive(Args)]
pub(crate) struct Options {
    /// The scenario files; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Let up to TIMES faults happen at any time in each run; 1 if no number is given.
    ///
    /// The network is lost for a minute, the service restarts, the processes of an owner end, an owner is logged
    /// off for a minute, an administrator cancels or suspends a job, a server answers 503 or 404 once or its
    /// connection breaks. The expectations of the text are not checked then; its questions are answered.
    #[arg(long, value_name = "TIMES", num_args = 0..=1, require_equals = true, default_missing_value = "1")]
    faults: Option<u32>,
    /// Print at most NUMBER outcomes, and how many more there are.
    #[arg(long, value_name = "NUMBER", default_value_t = 10)]
    outcomes: usize,
    /// Print no traces.
    #[arg(short, long, conflicts_with = "json")]
    quiet: bool,
    /// Write each outcome that is printed, and the run that answers each question, into this folder, as scenarios
    /// that `bits run` replays.
    #[arg(long, value_name = "DIR")]
    write: Option<PathBuf>,
    #[command(flatten)]
    limits: LimitOptions,
    /// Explore one part of several, such as 0/4; the parts together have the outcomes of the whole.
    ///
    /// `bits merge` puts together what `--json` prints of each.
    #[arg(long, value_name = "PART/OF", value_parser = part)]
    shard: Option<(u64, u64)>,
    /// Print JSON, an object a line: the questions, the outcomes, then how the file came out.
    ///
    /// A question has the fields
    ///   file        the name of the file
    ///   question    as it stands in the text, and `line`
    ///   finding     "holds", "fails", "vacuous", "unknown" or "not in this part"
    ///   states      the number of states to which it was put
    ///   open_steps  the number of open steps in the run that answers it, or null
    ///   taken       these open steps, lines behind their times, or null; before what a client that polls
    ///               does stands `client: `
    ///   scenario    that run, as a scenario in which nothing is left open, or null
    ///
    /// An outcome has the fields
    ///   file        as above
    ///   end         how it ends, lines that expect it; empty if a line did not hold
    ///   problem     null, or that line with its `line`, `column`, `cause` and `help`
    ///   open_steps, taken, scenario  as above
    ///
    /// The last object of each file has the fields
    ///   file       as above
    ///   outcome    "holds", "does not hold", "not parsed" or "not read"
    ///   outcomes   the number of outcomes, printed or not
    ///   states, runs, exhausted  how far the exploration came
    ///   stopped    null, or the limit that ended it: "time" or "memory"
    ///   faults     the most faults in a run
    ///   shard, of  which part of the exploration it is, counted from 0, and of how many
    ///   problems   what is wrong with the file, as in `bits run --json`
    #[arg(long, verbatim_doc_comment)]
    json: bool,
}

impl Options {
    /// Returns which part to explore, and of how many.
    fn part(&self) -> (u64, u64) {
        self.shard.unwrap_or((0, 1))
    }
}

fn part(text: &str) -> Result<(u64, u64), String> {
    let numbers = text.split_once('/').map(|(part, of)| (part.parse(), of.parse()));
    match numbers {
        Some((Ok(part), Ok(of))) if part < of => Ok((part, of)),
        _ => Err("it is no part such as 0/4, the first of four".to_owned()),
    }
}

pub(crate) fn run(options: &Options) -> ExitCode {
    each_file(&options.files, |path, source, out| {
        let name = source::name(path);
        match (source, options.json) {
            (Ok(source), json) => {
                let explored = explore(&source.scenario, options);
                let written = match json {
                    true => write_json(&name, &source.text, &explored, options, out),
                    false => write_text(&name, &source.text, &explored, options, out),
                };
                let outcomes = explored.outcomes;
                let written = written.and_then(|()| match &options.write {
                    Some(folder) => write_files(folder, path, &name, &outcomes, options),
                    None => Ok(()),
                });
                (Verdict::held(outcomes.hold()), written)
            }
            (Err(unusable), true) => {
                let none = |count| (count, Value::from(0));
                let others = [
                    none("outcomes"),
                    none("states"),
                    none("runs"),
                    ("exhausted", false.into()),
                    ("stopped", Value::Null),
                ];
                let object = json::unusable(&name, &unusable, &others);
                (Verdict::Unreadable, writeln!(out, "{object}"))
            }
            (Err(unusable), false) => (Verdict::Unreadable, tell_unusable(&name, &unusable, out)),
        }
    })
}

/// What an exploration found, and the limit that ended it, if one did.
struct Explored {
    outcomes: Outcomes,
    reached: Option<Reached>,
}

fn explore(scenario: &Scenario, options: &Options) -> Explored {
    let mut limits = Limits::begin(&options.limits);
    let (index, of) = options.part();
    let exploration = open_scenarios::check_scenario(scenario).faults(options.faults.unwrap_or(0));
    let exploration = exploration.shard(index, of).while_going(|extent| limits.go_on(extent));
    let outcomes = exploration.run();
    Explored { outcomes, reached: limits.reached() }
}

fn write_text(
    name: &str,
    text: &str,
    explored: &Explored,
    options: &Options,
    out: &mut Output,
) -> io::Result<()> {
    let outcomes = &explored.outcomes;
    writeln!(out, "# {name}: {}", extent(explored))?;
    let mut runs = Runs::default();
    for (number, answer) in (1..).zip(outcomes.answers()) {
        let words = answer.finding().words();
        let style = if is_good(answer) { GOOD } else { BAD };
        let question = answer.question();
        write!(out, "question {number}: {question}: {style}{words}{style:#}")?;
        match answer.run() {
            Some(run) => writeln!(out, ", by {}", open_steps(run.open_steps()))?,
            None => writeln!(out, ", put to {}", plural(answer.states(), "state"))?,
        }
        runs.add(format!("question {number}"), answer.run());
    }
    for (number, outcome) in (1..).zip(outcomes.outcomes()).take(options.outcomes) {
        let steps = open_steps(outcome.run().open_steps());
        match outcome.failure() {
            None => writeln!(out, "outcome {number}, by {steps}: {outcome}")?,
            Some(problem) => {
                writeln!(out, "outcome {number}, by {steps}: {BAD}did not hold{BAD:#}")?;
                let message = problem.render_styled(name, text);
                message.lines().try_for_each(|line| writeln!(out, "# {line}"))?;
            }
        }
        runs.add(format!("outcome {number}"), Some(outcome.run()));
    }
    let more = outcomes.outcomes().len().saturating_sub(options.outcomes);
    if more > 0 {
        writeln!(out, "# {} not shown", plural(more, "more outcome"))?;
    }
    if !options.quiet {
        runs.write(out)?;
    }
    if let Some(problem) = outcomes.unchecked() {
        let message = problem.render_styled(name, text);
        message.lines().try_for_each(|line| writeln!(out, "# {line}"))?;
    }
    match outcomes.hold() {
        true => writeln!(out, "# {name}: {GOOD}holds{GOOD:#}"),
        false => writeln!(out, "# {name}: {BAD}does not hold{BAD:#}"),
    }
}

fn is_good(answer: &Answer) -> bool {
    matches!(answer.finding(), Finding::Holds | Finding::NotInThisPart)
}

fn extent(Explored { outcomes, reached }: &Explored) -> String {
    let number = plural(outcomes.outcomes().len(), "outcome");
    let so_far = reached.map(|limit| format!(" so far, {}", limit.when())).unwrap_or_default();
    format!("{number}{so_far}, {}", outcomes.extent())
}

fn open_steps(number: u32) -> String {
    if number == 0 { "no open step".to_owned() } else { plural(number, "open step") }
}

fn plural<N: fmt::Display + PartialEq + From<u8>>(number: N, what: &str) -> String {
    let plural = if number == N::from(1) { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// The shortest runs, each once.
#[derive(Default)]
struct Runs {
    runs: Vec<ShownRun>,
}

struct ShownRun {
    /// What it shows.
    shows: Vec<String>,
    taken: Vec<String>,
    report: Report,
}

impl Runs {
    fn add(&mut self, what: String, run: Option<&ShortestRun>) {
        let Some(Ok(scenario)) = run.map(|run| run.scenario().parse::<Scenario>()) else { return };
        let taken = run.map(ShortestRun::taken).unwrap_or_default().to_vec();
        let report = scenario.run();
        let known =
            |shown: &&mut ShownRun| shown.taken == taken && shown.report.trace == report.trace;
        match self.runs.iter_mut().find(known) {
            Some(shown) => shown.shows.push(what),
            None => self.runs.push(ShownRun { shows: vec![what], taken, report }),
        }
    }

    /// Writes each with what it shows, the open steps that it takes, and its trace with the rules behind each step.
    fn write(&self, out: &mut Output) -> io::Result<()> {
        for ShownRun { shows, taken, report } in &self.runs {
            writeln!(out, "\n# {}", shows.join(", "))?;
            for line in taken {
                let (label, line) = match line.strip_prefix(ShortestRun::BY_CLIENT) {
                    Some(line) => ("taken by the client", line),
                    None => ("left open, and taken", line.as_str()),
                };
                writeln!(out, "  {REMARK}# {label}: {line}{REMARK:#}")?;
            }
            write_trace(report, "  ", None, out)?;
        }
        Ok(())
    }
}

fn write_files(
    folder: &Path,
    path: &Path,
    name: &str,
    outcomes: &Outcomes,
    options: &Options,
) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let stem = path.file_stem().map_or("scenario".into(), |stem| stem.to_string_lossy());
    let stem = if stem == "-" { "stdin".into() } else { stem };
    let write = |kind: &str, number: usize, about: &str, scenario: &str| {
        let about: String = about.lines().map(|line| format!("# {line}\n")).collect();
        let file = folder.join(format!("{stem}-{kind}-{number}.bits"));
        fs::write(file, format!("# {name}\n{about}{scenario}"))
    };
    for (number, answer) in (1..).zip(outcomes.answers()) {
        if let Some(run) = answer.run() {
            let about = format!("{}: {}", answer.question(), answer.finding().words());
            write("question", number, &about, run.scenario())?;
        }
    }
    for (number, outcome) in (1..).zip(outcomes.outcomes()).take(options.outcomes) {
        let kind = if outcome.failure().is_none() { "outcome" } else { "failure" };
        write(kind, number, &outcome.to_string(), outcome.run().scenario())?;
    }
    Ok(())
}

fn write_json(
    name: &str,
    text: &str,
    Explored { outcomes, reached }: &Explored,
    options: &Options,
    out: &mut Output,
) -> io::Result<()> {
    for answer in outcomes.answers() {
        writeln!(out, "{}", question_object(name, text, answer))?;
    }
    for outcome in outcomes.outcomes().iter().take(options.outcomes) {
        writeln!(out, "{}", outcome_object(name, text, outcome))?;
    }
    let Extent { states, runs, .. } = outcomes.extent();
    let (shard, of) = options.part();
    let problems: Vec<_> = outcomes.unchecked().map(|one| problem(one, text)).into_iter().collect();
    let last = json!({
        "file": name,
        "outcome": if outcomes.hold() { "holds" } else { "does not hold" },
        "outcomes": outcomes.outcomes().len(),
        "states": states,
        "runs": runs,
        "exhausted": outcomes.is_exhausted(),
        "stopped": reached.map(Reached::name),
        "faults": options.faults.unwrap_or(0),
        "shard": shard,
        "of": of,
        "problems": problems,
    });
    writeln!(out, "{last}")
}

fn question_object(name: &str, text: &str, answer: &Answer) -> Value {
    let before = text.get(..answer.span().start).unwrap_or_default();
    json!({
        "file": name,
        "question": answer.question(),
        "line": before.matches('\n').count() + 1,
        "finding": answer.finding().words(),
        "states": answer.states(),
        "open_steps": answer.run().map(ShortestRun::open_steps),
        "taken": answer.run().map(ShortestRun::taken),
        "scenario": answer.run().map(ShortestRun::scenario),
    })
}

fn outcome_object(name: &str, text: &str, outcome: &ScenarioOutcome) -> Value {
    json!({
        "file": name,
        "end": outcome.end(),
        "problem": outcome.failure().map(|one| problem(one, text)),
        "open_steps": outcome.run().open_steps(),
        "taken": outcome.run().taken(),
        "scenario": outcome.run().scenario(),
    })
}
