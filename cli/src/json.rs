//! Steps and results as JSON, one object a line. The long help of `--json` describes every field.

use std::io::{self, Write};

use bits_emulator::scenario::{Problem, Report, TranscriptStep};
use bits_emulator::trace::JobStep;
use serde_json::{Value, json};

use crate::source::Unusable;

/// Writes the steps of a run, and how it came out.
pub(crate) fn write_report(
    name: &str,
    text: &str,
    report: &Report,
    out: &mut impl Write,
) -> io::Result<()> {
    for step in report.trace.steps() {
        writeln!(out, "{}", step_object(name, step))?;
    }
    let words = if report.failure.is_none() { "held" } else { "did not hold" };
    let problems: Vec<_> = report.failure.iter().map(|one| problem(one, text)).collect();
    let held = report.held;
    let result = json!({ "file": name, "outcome": words, "held": held, "problems": problems });
    writeln!(out, "{result}")
}

/// Writes that a scenario was not run, because of a line that leaves something open.
pub(crate) fn write_not_run(
    name: &str,
    text: &str,
    why: &Problem,
    out: &mut impl Write,
) -> io::Result<()> {
    let problems = [problem(why, text)];
    let result = json!({ "file": name, "outcome": "not run", "held": 0, "problems": problems });
    writeln!(out, "{result}")
}

/// The object of a file that is no scenario, with what else the command says of each file.
pub(crate) fn unusable(name: &str, unusable: &Unusable, others: &[(&str, Value)]) -> Value {
    let (words, problems): (_, Vec<Value>) = match unusable {
        Unusable::NotParsed { text, error } => {
            ("not parsed", error.problems().iter().map(|one| problem(one, text)).collect())
        }
        Unusable::NotRead(why) => {
            let problem = json!({ "line": null, "column": null, "cause": why, "help": null });
            ("not read", vec![problem])
        }
    };
    let mut object = json!({ "file": name, "outcome": words, "problems": problems });
    if let Some(fields) = object.as_object_mut() {
        fields.extend(others.iter().map(|(field, value)| ((*field).to_owned(), value.clone())));
    }
    object
}

pub(crate) fn problem(problem: &Problem, text: &str) -> Value {
    json!({
        "line": problem.line(text),
        "column": problem.column(text),
        "cause": problem.cause,
        "help": problem.help,
    })
}

/// A step, and what it did to each job that it concerned, as the traces of an emulator tell it.
fn step_object(name: &str, step: &TranscriptStep) -> Value {
    let mut what = step.statement();
    (what.at, what.job, what.code, what.state) = (None, None, None, None);
    json!({
        "file": name,
        "at": step.at,
        "step": what.to_string(),
        "code": step.code(),
        "error": step.jobs.iter().find_map(|(_, did)| did.result.err()).map(|error| error.to_string()),
        "jobs": step.jobs.iter().map(|(job, did)| job_object(job, did)).collect::<Vec<_>>(),
    })
}

fn job_object(name: &str, did: &JobStep) -> Value {
    let mut object = json!(did);
    if let Some(fields) = object.as_object_mut() {
        fields.insert("name".to_owned(), name.into());
    }
    object
}
