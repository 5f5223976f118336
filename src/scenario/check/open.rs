//! What is left open: whether there is something to choose, and whether it can be left open.

use super::scope::Scope;
use super::{check_line, wrong, wrong_if};
use crate::scenario::ast::{Line, Open, OpenTimes, PollingClient, Statement};
use crate::scenario::problem::{Diagnosis, Problem};

pub(super) fn open(open: &Open) -> Option<Diagnosis> {
    let is_any_of = open.times == OpenTimes::Once && !open.at_any_time;
    let firsts = open.branches.iter().filter_map(|branch| branch.first());
    let mut firsts = firsts.map(|line| &line.statement);
    match open.branches.as_slice() {
        [] => wrong(
            "nothing stands below `any of`",
            "write each of the lines of which one happens below it, and indent it",
        ),
        [_] if is_any_of => wrong(
            "one line is no choice",
            "write another one below it, as far indented, or `maybe` before the line in place of `any of`",
        ),
        _ if open.times.most() == 0 => {
            wrong("this never happens", "write a number of at least 1, or remove the line")
        }
        _ if firsts.clone().any(|first| matches!(first, Statement::Expect(..))) => wrong(
            "what is expected does not happen",
            "write what happens, and below it, indented further, what is expected then",
        ),
        _ => wrong_if(
            open.at_any_time && firsts.any(|first| matches!(first, Statement::Advance(..))),
            "time passes at any time",
            "write what happens at any time, and how long it lasts below it, indented",
        ),
    }
}

pub(super) fn polls(client: &PollingClient, scope: &Scope<'_>) -> Option<Diagnosis> {
    scope.resolves(client.job.as_deref()).or_else(|| {
        if client.every.is_zero() {
            return wrong(
                "a client that polls without a wait lets no time pass",
                "write `every 1 s`",
            );
        }
        let is_row = |statement: &Statement| matches!(statement, Statement::InState(_));
        wrong_if(
            !client.rows.iter().any(|row| is_row(&row.statement)),
            "this client does nothing",
            "write for example `in TRANSFERRED: complete` below it, and indent it",
        )
    })
}

/// Adds the problems of the lines that belong to a line.
pub(super) fn check_within<'a>(
    Line { statement, span }: &'a Line,
    scope: &Scope<'a>,
    problems: &mut Vec<Problem>,
) {
    let (blocks, scope): (Vec<_>, Scope<'a>) = match statement {
        Statement::Open(open) => (open.branches.iter().collect(), scope.clone()),
        Statement::InState(row) => (vec![&row.lines], Scope { is_table: false, ..scope.clone() }),
        Statement::Polls(client) => {
            let mut scope = scope.of_rows(client.job.as_ref());
            for line in &client.rows {
                if !matches!(line.statement, Statement::InState(_)) {
                    let cause = "a client that polls does what its rows say";
                    let help = "write for example `in TRANSFERRED: complete`";
                    problems.push(Diagnosis::new(cause, help).at(line.span.clone()));
                }
                check_line(line, &mut scope, problems);
            }
            return;
        }
        _ => return,
    };
    let is_at_any_time = matches!(statement, Statement::Open(open) if open.at_any_time);
    let is_within = scope.is_at_any_time;
    if is_at_any_time && is_within {
        let cause = "what happens at any time has no other such step in it";
        let wrong = Diagnosis::new(cause, "write both one below the other, as far indented");
        problems.push(wrong.at(span.clone()));
    }
    for block in blocks {
        let is_at_any_time = is_within || is_at_any_time;
        let mut scope = Scope { is_at_any_time, ..scope.clone() };
        for line in block {
            if cannot_be_open(&line.statement) {
                let cause = "this line is the same in everything that is possible";
                let help = "write it further up, as far indented as the first line of the text";
                problems.push(Diagnosis::new(cause, help).at(line.span.clone()));
            }
            check_line(line, &mut scope, problems);
        }
    }
}

/// Whether the line says something about all runs, or how they begin.
const fn cannot_be_open(statement: &Statement) -> bool {
    matches!(
        statement,
        Statement::Start(_)
            | Statement::ByHand
            | Statement::NoExpectations
            | Statement::Reading(_)
            | Statement::Order(_)
            | Statement::Job(_)
            | Statement::Again { .. }
            | Statement::Polls(_)
            | Statement::Question(..)
            | Statement::EndsAfter(_)
    )
}
