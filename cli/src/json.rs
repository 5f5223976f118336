//! Steps and results as JSON, one object a line.

use std::io::{self, Write};

use bits_emulator::scenario::{ErrorChange, Report, TraceStep};
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

fn step_object(name: &str, step: &TraceStep) -> Value {
    let mut what = step.statement();
    (what.at, what.code, what.state) = (None, None, None);
    let effects: Vec<String> = match &step.result {
        Ok(outcome) => outcome.effects.iter().map(|effect| effect.to_string()).collect(),
        Err(_) => Vec::new(),
    };
    json!({
        "file": name,
        "time": step.at.to_rfc3339(),
        "step": what.to_string(),
        "before": step.before.short_name(),
        "after": step.after.short_name(),
        "code": step.code().map(|code| code.to_string()),
        "refusal": step.result.err().map(|error| error.to_string()),
        "rules": step.rules().iter().map(ToString::to_string).collect::<Vec<_>>(),
        "effects": effects,
        "told": step.told.as_ref().map(ToString::to_string),
        "error_object": step.error_object.as_ref().map(error_object),
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
