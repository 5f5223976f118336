//! Steps and results as JSON, one object a line.

use std::io::{self, Write};

use bits_emulator::scenario::{Report, TranscriptStep};
use bits_emulator::{ErrorChange, JobStep};
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

/// A step, and what it did to each job that it concerned.
fn step_object(name: &str, step: &TranscriptStep) -> Value {
    let mut what = step.statement();
    (what.at, what.job, what.code, what.state) = (None, None, None, None);
    json!({
        "file": name,
        "time": step.at.to_rfc3339(),
        "step": what.to_string(),
        "code": step.code().map(|code| code.to_string()),
        "jobs": step.jobs.iter().map(|(job, did)| job_object(job, did)).collect::<Vec<_>>(),
    })
}

fn job_object(name: &str, did: &JobStep) -> Value {
    let effects: Vec<String> = match &did.result {
        Ok(outcome) => outcome.effects.iter().map(|effect| effect.to_string()).collect(),
        Err(_) => Vec::new(),
    };
    json!({
        "job": name,
        "before": did.before.short_name(),
        "after": did.after.short_name(),
        "refusal": did.result.err().map(|error| error.to_string()),
        "rules": did.rules().map(|rule| rule.to_string()).collect::<Vec<_>>(),
        "effects": effects,
        "told": did.told.as_ref().map(ToString::to_string),
        "error_object": did.error_object.as_ref().map(error_object),
    })
}

/// The error object after the step if it changed; `null` in it says that it is gone.
fn error_object(change: &ErrorChange) -> Value {
    match change {
        ErrorChange::Gone => json!({ "available": false }),
        ErrorChange::Appeared(error, file) => json!({
            "available": true,
            "code": error.code().to_string(),
            "context": error.context().short_name(),
            "file": file.as_deref(),
        }),
    }
}
