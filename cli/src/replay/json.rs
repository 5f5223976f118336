//! Explained jobs as JSON.

use bits_emulator::replay::{Burst, Conformance, HiddenStep, JobReplay, LifeStep, Likeness};
use serde_json::{Value, json};

/// A job as an object.
pub(super) fn job(job: &JobReplay) -> Value {
    let (verdict, record, expected) = match job.conformance() {
        Conformance::Explained => ("explained", None, None),
        Conformance::NotExplained { record, expected } => {
            ("not explained", Some(*record), Some(expected.as_str()))
        }
        _ => ("explained with assumptions", None, None),
    };
    let assumptions = job.assumptions().iter();
    let assumptions = assumptions.map(|(at, what)| json!({ "at": at, "what": what.to_string() }));
    json!({
        "job": job.id().0.to_string(),
        "name": job.name(),
        "owner": job.owner(),
        "process": job.process(),
        "verdict": verdict,
        "assumptions": assumptions.collect::<Vec<_>>(),
        "record": record,
        "expected": expected,
        "state": job.end(),
        "early_ms": job.drift().num_milliseconds(),
        "bursts": job.bursts().iter().map(burst).collect::<Vec<_>>(),
        "steps": job.steps().iter().map(step).collect::<Vec<_>>(),
    })
}

fn burst(burst: &Burst) -> Value {
    json!({
        "from": burst.from,
        "to": burst.to,
        "attempts": burst.attempts,
        "cause": burst.cause.to_string(),
    })
}

fn step(step: &LifeStep) -> Value {
    let why = match step.hidden {
        HiddenStep::Recorded => "recorded",
        HiddenStep::Course => "follows",
        HiddenStep::Usual => "usual",
        HiddenStep::Computer => "computer",
        HiddenStep::PassedOver => "passed over",
        HiddenStep::Assumed(_) => "assumed",
        _ => "other",
    };
    json!({
        "at": step.at,
        "what": step.what,
        "why": why,
        "state": step.after,
        "records": step.records,
    })
}

/// The totals as an object.
pub(super) fn totals(likeness: &Likeness, records: usize, skipped: &[String]) -> Value {
    let retries = likeness.retries.iter().map(|fit| {
        json!({
            "job": fit.job.0.to_string(),
            "delay": fit.delay,
            "attempts": fit.durations.len(),
            "median_ms": fit.median().num_milliseconds(),
            "percentile_95_ms": fit.percentile_95().num_milliseconds(),
        })
    });
    let starts = likeness.starts.iter().map(|start| {
        json!({ "job": start.job.0.to_string(), "predicted": start.predicted, "recorded": start.recorded })
    });
    json!({
        "explained": likeness.without,
        "with_one_assumption": likeness.with_one,
        "with_more": likeness.with_more,
        "not_explained": likeness.not_explained,
        "retries": retries.collect::<Vec<_>>(),
        "starts": starts.collect::<Vec<_>>(),
        "records": records,
        "skipped": skipped,
    })
}
