//! Blocks: lines that belong to an open one above them, because they are indented further. Everywhere else
//! indentation is free.

use super::ast::{Line, Open, Statement};
use super::problem::{Diagnosis, Problem};

/// The most blocks within each other.
const DEEPEST: usize = 8;

/// Moves the lines that were read within a line to their place in the text.
pub(super) fn shift(statement: &mut Statement, by: usize) {
    let within = match statement {
        Statement::Open(open) => open.branches.first_mut(),
        Statement::InState(row) => Some(&mut row.lines),
        _ => None,
    };
    for line in within.into_iter().flatten() {
        line.span = line.span.start + by..line.span.end + by;
    }
}

/// Puts each line into the block that it belongs to; each stands there with its indentation.
pub(super) fn nest(lines: Vec<(usize, Line)>, problems: &mut Vec<Problem>) -> Vec<Line> {
    nest_below(lines, DEEPEST, problems)
}

fn nest_below(lines: Vec<(usize, Line)>, deeper: usize, problems: &mut Vec<Problem>) -> Vec<Line> {
    let mut nested = Vec::with_capacity(lines.len());
    let mut rest = lines.into_iter().peekable();
    while let Some((indentation, mut line)) = rest.next() {
        if line.statement.has_lines_below() {
            let mut below = Vec::new();
            while let Some(next) = rest.next_if(|(of_next, _)| *of_next > indentation) {
                below.push(next);
            }
            match deeper.checked_sub(1) {
                Some(deeper) => take_in(&mut line.statement, below, deeper, problems),
                None if below.is_empty() => {}
                None => {
                    let cause = format!("more than {DEEPEST} blocks stand within each other");
                    let wrong =
                        Diagnosis::new(cause, "write some of the lines one after the other");
                    problems.push(wrong.at(line.span.clone()));
                }
            }
        }
        nested.push(line);
    }
    nested
}

fn take_in(
    statement: &mut Statement,
    below: Vec<(usize, Line)>,
    deeper: usize,
    problems: &mut Vec<Problem>,
) {
    match statement {
        Statement::Open(Open { branches, .. }) => match branches.first_mut() {
            Some(only) => only.extend(nest_below(below, deeper, problems)),
            None => {
                let branched = branches_of(below).into_iter();
                *branches = branched.map(|branch| nest_below(branch, deeper, problems)).collect();
            }
        },
        Statement::InState(row) => row.lines.extend(nest_below(below, deeper, problems)),
        Statement::Polls(client) => client.rows = nest_below(below, deeper, problems),
        _ => {}
    }
}

/// A branch begins with each line that is indented no further than the first.
fn branches_of(lines: Vec<(usize, Line)>) -> Vec<Vec<(usize, Line)>> {
    let first = lines.first().map_or(0, |(indentation, _)| *indentation);
    let mut branches: Vec<Vec<(usize, Line)>> = Vec::new();
    for line in lines {
        match branches.last_mut() {
            Some(branch) if line.0 > first => branch.push(line),
            _ => branches.push(vec![line]),
        }
    }
    branches
}
