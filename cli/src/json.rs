//! Steps and results as JSON, one object a line.

use std::io::{self, Write};

use bits_emulator::scenario::{Report, TranscriptStep};
use bits_emulator::trace::JobStep;
use serde_json::{Value, json};

pub(crate) fn write(
    name: &str,
    text: &str,
    report: &Report,
    out: &mut impl Write,
) -> io::Result<()> {
    for step in report.trace.steps() {
        writeln!(out, "{}", step_object(name, step))?;
    }
    let failure = report.failure.as_ref().map(|problem| {
        json!({ "line": problem.line(text), "cause": problem.cause, "help": problem.help })
    });
    let result = json!({ "file": name, "held": report.held, "failure": failure });
    writeln!(out, "{result}")
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
