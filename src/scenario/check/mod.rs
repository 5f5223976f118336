//! Statements that are well formed, but make no sense where they stand.

mod scope;
mod servers;
mod steps;

use chrono::{DateTime, Utc};

use super::ast::{Advance, JobDecl, Line, Statement};
use super::problem::{Diagnosis, Problem};
use scope::Scope;

/// Seconds between 1601, where FILETIME begins, and 1970.
const FILETIME_BEGINS: i64 = -11_644_473_600;

/// Everything that makes no sense where it stands.
pub(super) fn check(lines: &[Line]) -> Vec<Problem> {
    let mut scope = Scope::default();
    let mut problems = Vec::new();
    for Line { statement, span } in lines {
        problems.extend(diagnosis(statement, &scope).map(|wrong| wrong.at(span.clone())));
        scope.note(statement);
    }
    problems
}

fn diagnosis(statement: &Statement, scope: &Scope) -> Option<Diagnosis> {
    match statement {
        Statement::Start(_) | Statement::ByHand | Statement::Reading(_) | Statement::Order(_)
            if scope.has_begun() =>
        {
            Some(Diagnosis::new(
                "this holds from the beginning of the scenario",
                "move the line above the first job, and above everything that happens",
            ))
        }
        Statement::Start(at) => start(*at, scope),
        Statement::Reading(reading) if scope.switches.contains(&reading.switch) => {
            Some(Diagnosis::new("this switch has an answer already", "keep one of the lines"))
        }
        Statement::Order(_) if scope.order => {
            Some(Diagnosis::new("the order is given already", "keep one of the lines"))
        }
        Statement::Order(_)
        | Statement::Server { .. }
        | Statement::ServerRemoved(_)
        | Statement::Resource(_)
        | Statement::ResourceRemoved(_)
        | Statement::Proxy(_)
        | Statement::Disk(_)
        | Statement::CertificateStore(_)
            if scope.by_hand =>
        {
            Some(Diagnosis::new(
                "a scenario by hand has no servers, no disk and no choices",
                "write what they do, such as `failed 404` or `add … , directory missing`, or remove \
                 `by hand`",
            ))
        }
        Statement::ClientResponses(..) if scope.by_hand => Some(Diagnosis::new(
            "no program answers by itself in a scenario by hand",
            "write for example `JobError returns E_ACCESSDENIED`, or remove `by hand`",
        )),
        Statement::Server { host, clauses } => servers::server(host, clauses, scope),
        Statement::ServerRemoved(host) => servers::removed(host, scope),
        Statement::Resource(resource) => servers::resource(resource, scope),
        Statement::ResourceRemoved(path) => servers::resource_removed(path, scope),
        Statement::ClientResponses(job, responses) => {
            scope.names(job.as_deref()).or_else(|| servers::responses(responses))
        }
        Statement::Job(job) => self::job(job, scope),
        Statement::Step(step) => steps::step(step, scope),
        Statement::Again { .. } if !scope.by_hand => Some(Diagnosis::new(
            "steps are repeated only in a scenario by hand",
            "write `by hand` at the top, or `advance 1 h`",
        )),
        Statement::Again { steps, .. } if *steps == 0 || *steps > scope.steps => {
            Some(Diagnosis::new(
                "there are fewer steps above than that",
                "give the number of steps that are repeated, at least 1",
            ))
        }
        Statement::Advance(job, advance) => self::advance(job.as_deref(), *advance, scope),
        Statement::Expect(job, expectations) => {
            steps::expectations(job.as_deref(), expectations, scope)
        }
        Statement::ByHand
        | Statement::Reading(_)
        | Statement::Order(_)
        | Statement::Proxy(_)
        | Statement::Disk(_)
        | Statement::CertificateStore(_)
        | Statement::Again { .. } => None,
    }
}

fn start(at: DateTime<Utc>, scope: &Scope) -> Option<Diagnosis> {
    if scope.start {
        return Some(Diagnosis::new("the start is given already", "keep one of the lines"));
    }
    let too_early = at.timestamp() < FILETIME_BEGINS;
    too_early.then(|| Diagnosis::new("the times of BITS begin in 1601", "write a later instant"))
}

fn job(job: &JobDecl, scope: &Scope) -> Option<Diagnosis> {
    let taken = scope::is_created(job) && scope.jobs.contains(&job.label());
    taken.then(|| {
        Diagnosis::new(
            "another job is named so already",
            "give this one a name for the other lines, such as `job update as second, DOWNLOAD, \
             by alice`",
        )
    })
}

fn advance(job: Option<&str>, advance: Advance, scope: &Scope) -> Option<Diagnosis> {
    match advance {
        Advance::By(_) | Advance::To(_) => job
            .map(|_| Diagnosis::new("time passes for every job", "write the line without a name")),
        Advance::UntilState(_) | Advance::UntilBytes(_) => scope.resolves(job).or_else(|| {
            scope.by_hand.then(|| {
                Diagnosis::new(
                    "nothing happens by itself in a scenario by hand",
                    "write the steps, or remove `by hand`",
                )
            })
        }),
    }
}
