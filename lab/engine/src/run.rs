//! A run: what is wrong with the text, and what happened.

use std::collections::BTreeSet;
use std::ops::Range;

use bits_emulator::rules::{Basis, Rule, RuleId};
use bits_emulator::scenario::ast::StepAction;
use bits_emulator::scenario::{Playback, Problem, TranscriptStep};
use bits_emulator::trace::JobStep;
use bits_emulator::{Error, HResult};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::requests::utf16;
use crate::with_run;

pub(crate) fn run(text: &str) -> Value {
    let ran = with_run(text, |run| {
        let problems: Vec<Value> =
            run.failure().map(|one| problem(one, text)).into_iter().collect();
        let steps: Vec<Value> = run
            .trace()
            .steps()
            .enumerate()
            .map(|(index, step)| step_object(step, run.line(index + 1)))
            .collect();
        let jobs: Vec<Value> = run
            .trace()
            .created()
            .map(|(at, name)| json!({ "name": &*name, "created": millis(at) }))
            .collect();
        json!({
            "problems": problems,
            "begins": run.standing(0).now.timestamp_millis(),
            "ends": run.standing(usize::MAX).now.timestamp_millis(),
            "open": run.left_open().map(|one| problem(&one, text)),
            "expecting": run.expecting_lines().collect::<Vec<_>>(),
            "steps": steps,
            "jobs": jobs,
            "rules": rules(run),
        })
    });
    ran.unwrap_or_else(|error| {
        let problems: Vec<Value> = error.problems().iter().map(|one| problem(one, text)).collect();
        json!({ "problems": problems, "steps": null })
    })
}

/// The line that holds the begin of a place, counted from 1.
pub(crate) fn line_of(text: &str, place: &Range<usize>) -> usize {
    text.get(..place.start).unwrap_or(text).matches('\n').count() + 1
}

/// A problem, with its place as a page counts.
pub(crate) fn problem(problem: &Problem, text: &str) -> Value {
    json!({
        "line": problem.line(text),
        "from": utf16(text, problem.span.start),
        "to": utf16(text, problem.span.end),
        "cause": problem.cause,
        "help": problem.help,
    })
}

fn step_object(step: &TranscriptStep, line: Option<usize>) -> Value {
    let mut what = step.statement();
    (what.at, what.job, what.code, what.state) = (None, None, None, None);
    json!({
        "at": millis(step.at),
        "line": line,
        "words": what.to_string(),
        "is_call": matches!(step.what, StepAction::Call(..)),
        "code": step.code().map(code),
        "refusal": step.jobs.iter().find_map(|(_, did)| did.result.as_ref().err()).map(refusal),
        "jobs": step.jobs.iter().map(|(job, did)| job_object(job, did)).collect::<Vec<_>>(),
    })
}

/// What the step did to a job, as the traces of an emulator tell it, and what made it enter its states.
fn job_object(name: &str, did: &JobStep) -> Value {
    let mut object = json!(did);
    let by = did.result.as_ref().ok().into_iter().flat_map(|outcome| outcome.by.iter());
    let by: Vec<String> = by.map(|trigger| trigger.name().to_owned()).collect();
    if let Some(fields) = object.as_object_mut() {
        fields.remove("job");
        fields.insert("name".to_owned(), name.into());
        fields.insert("by".to_owned(), by.into());
    }
    object
}

/// Each rule that the steps name, with its sentence and where it is documented.
fn rules(run: &Playback) -> Value {
    let steps = run.trace().steps().flat_map(|step| &step.jobs);
    let ids: BTreeSet<RuleId> = steps.flat_map(|(_, did)| did.rules()).collect();
    let rules: Map<String, Value> = ids.into_iter().map(|id| (id.to_string(), rule(id))).collect();
    Value::Object(rules)
}

/// What a rule says, in one line; of a table its rows.
pub(crate) fn rule(id: RuleId) -> Value {
    let Some(rule) = Rule::find(id) else { return Value::Null };
    // The lines of a table mean something, those of a sentence do not.
    let is_table = id.area() == "T";
    let text = match is_table {
        true => rule.text.to_owned(),
        false => rule.text.split_whitespace().collect::<Vec<_>>().join(" "),
    };
    json!({
        "text": text,
        "is_table": is_table,
        "is_read": rule.basis == Some(Basis::Read),
        "open": rule.open,
        "sources": rule.sources,
    })
}

pub(crate) fn code(code: HResult) -> Value {
    json!({
        "name": code.name(),
        "number": format!("0x{:08X}", code.value()),
        "meaning": code.meaning(),
    })
}

pub(crate) fn refusal(error: &Error) -> Value {
    json!({
        "code": code(error.code()),
        "why": error.to_string(),
        "rule": error.rule().to_string(),
        "rule_text": rule(error.rule())["text"],
        "advice": error.code().advice(),
    })
}

pub(crate) fn millis(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}
