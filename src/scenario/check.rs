//! Statements that are well formed, but make no sense where they stand.

use super::ast::{Advance, Line, Statement};
use super::problem::Problem;
use crate::machine::Input;

/// What earlier lines have said.
#[derive(Default)]
struct Said {
    by_hand: bool,
    server: bool,
    job: bool,
    steps: usize,
}

/// Everything that makes no sense where it stands.
pub(super) fn check(lines: &[Line]) -> Vec<Problem> {
    let mut said = Said::default();
    let mut problems = Vec::new();
    for line in lines {
        if let Some((cause, help)) = complaint(&line.statement, &said) {
            problems.push(Problem::new(line.span.clone(), cause, help));
        }
        said.note(&line.statement);
    }
    problems
}

impl Said {
    fn note(&mut self, statement: &Statement) {
        match statement {
            Statement::ByHand => self.by_hand = true,
            Statement::Server(_) => self.server = true,
            Statement::Job(_) => self.job = true,
            Statement::Step(_) => self.steps += 1,
            Statement::Start(_)
            | Statement::Reading { .. }
            | Statement::Policy(..)
            | Statement::Resource(_)
            | Statement::LocalFile { .. }
            | Statement::Again { .. }
            | Statement::Advance(_)
            | Statement::Expect(_) => {}
        }
    }
}

fn complaint(statement: &Statement, said: &Said) -> Option<(&'static str, &'static str)> {
    let needs_job = "the job is not created yet";
    let create = r"write for example `job update, DOWNLOAD, by alice` above";
    let before_job = "move the line above the line that begins with `job`";
    match statement {
        Statement::Start(_) if said.job => Some(("the job has begun already", before_job)),
        Statement::Reading { .. } if said.job => {
            Some(("readings hold from the creation of the job", before_job))
        }
        Statement::Policy(..) if said.job => {
            Some(("policies hold from the creation of the job", before_job))
        }
        Statement::ByHand if said.job => Some(("the job has begun already", before_job)),
        Statement::Job(_) if said.job => {
            Some(("a scenario has one job", "write another file for another job"))
        }
        Statement::Resource(_) if !said.server => {
            Some(("this path belongs to no server", "write for example `server example.com` above"))
        }
        Statement::Step(_) | Statement::Expect(_) | Statement::Advance(_) if !said.job => {
            Some((needs_job, create))
        }
        Statement::Step(step) if step.code.is_some() && !matches!(step.input, Input::Call(_)) => {
            Some(("only calls return a code", "write `=> STATE` to say what follows"))
        }
        Statement::Step(step) if !said.by_hand && matches!(step.input, Input::Deadline(_)) => {
            Some((
                "clocks act by themselves in this scenario",
                "write `advance until STATE`, or `by hand` at the top",
            ))
        }
        Statement::Again { .. } if !said.by_hand => Some((
            "steps are repeated only in a scenario by hand",
            "write `by hand` at the top, or `advance 1 h`",
        )),
        Statement::Again { steps, .. } if *steps == 0 || *steps > said.steps => Some((
            "there are not so many steps above",
            "give the number of steps that are repeated, at least 1",
        )),
        Statement::Advance(Advance::UntilState(_) | Advance::UntilBytes(_)) if said.by_hand => {
            Some((
                "nothing happens by itself in a scenario by hand",
                "write the steps, or remove `by hand`",
            ))
        }
        Statement::Start(_)
        | Statement::ByHand
        | Statement::Reading { .. }
        | Statement::Policy(..)
        | Statement::Server(_)
        | Statement::Resource(_)
        | Statement::LocalFile { .. }
        | Statement::Job(_)
        | Statement::Step(_)
        | Statement::Again { .. }
        | Statement::Advance(_)
        | Statement::Expect(_) => None,
    }
}
