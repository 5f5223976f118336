//! How a run goes on: line by line, until several things are possible or it ends.

use std::sync::Arc;

use chrono::TimeDelta;

use super::node::{Armed, Asked, Node, Pass, Poller, Stage, Task};
use super::search::{Flow, Search, Walked};
use super::trail::FirstOf;
use crate::scenario::Diagnosis;
use crate::scenario::ast::{Advance, ClientStatement, Line, OpenTimes, Statement, StepStatement};
use crate::scenario::explored::later;

impl<'a> Search<'a> {
    /// Lets a run go on to the next place where several things are possible, or to its end.
    pub(super) fn walk(&mut self, mut node: Node<'a>) -> Walked<'a> {
        loop {
            let flow = match node.todo.pop() {
                None => return Walked::Ended(node),
                Some(Task::Line { line, first_of }) => self.line(node, line, first_of),
                Some(Task::Choose { open, left }) => {
                    node.todo.push(Task::Choose { open, left });
                    return self.branch(node, None, |_, node| choices(node, open, left));
                }
                Some(Task::Rest) => {
                    let target = self.end_of_time;
                    let pass = Pass {
                        target,
                        line: None,
                        begun: node.run.now(),
                        since: node.run.steps(),
                        stage: Stage::Start,
                    };
                    node.todo.push(Task::Pass(pass));
                    Flow::GoOn(node)
                }
                Some(Task::Pass(pass)) => self.pass(node, pass),
                Some(Task::EndOfSpan) => self.end_of_span(node),
                Some(Task::Leave) => {
                    node.depth = node.depth.saturating_sub(1);
                    Flow::GoOn(node)
                }
            };
            match flow {
                Flow::GoOn(next) => node = next,
                Flow::Stop(walked) => return walked,
            }
        }
    }

    fn line(&mut self, mut node: Node<'a>, line: &'a Line, first_of: Option<FirstOf>) -> Flow<'a> {
        match &line.statement {
            Statement::Open(open) if open.at_any_time => {
                let left = open.times.most();
                node.armed.push(Armed { open, left, is_of_run: false });
            }
            Statement::Open(open) => {
                node.todo.push(Task::Choose { open, left: open.times.most() });
            }
            Statement::Polls(client) => {
                let next = later(node.run.now(), client.every);
                let job = node.run.name_for_line(client.job.as_ref());
                let (rows, every) = (client.rows.as_slice(), client.every);
                node.clients.push(Poller { rows, job, every, next, fruitless: None });
            }
            Statement::Question(..) => {
                let is_it =
                    |asked: &super::questions::Questioned<'_>| std::ptr::eq(asked.line, line);
                let index = self.questions.iter().position(is_it);
                if let Some(asked) = index.and_then(|index| node.asked.get_mut(index)) {
                    *asked = Asked::Open;
                }
                self.ask(&mut node, false);
            }
            Statement::EndsAfter(_) => {}
            Statement::Expect(..) if !self.asks_lines => {}
            Statement::Client(_) if !self.asks_lines => {}
            Statement::Advance(job, advance) => {
                return self.begin_pass(node, line, job.as_ref(), *advance);
            }
            Statement::Step(StepStatement { at: Some(at), .. })
            | Statement::Client(ClientStatement { at: Some(at), .. })
                if *at > node.run.now() =>
            {
                // Time passes first, then the line happens.
                node.todo.push(Task::Line { line, first_of });
                return self.begin_pass(node, line, None, Advance::To(*at));
            }
            statement => {
                let done = self.happen(&mut node, statement, first_of);
                if let Err(diagnosis) = done {
                    return Flow::Stop(Walked::Failed(node, line, diagnosis));
                }
                self.ask(&mut node, false);
            }
        }
        Flow::GoOn(node)
    }

    /// Runs a line, and writes it with what came of it.
    fn happen(
        &mut self,
        node: &mut Node<'a>,
        statement: &Statement,
        first_of: Option<FirstOf>,
    ) -> Result<(), Diagnosis> {
        if !matches!(
            statement,
            Statement::Start(_)
                | Statement::Order(_)
                | Statement::Reading(_)
                | Statement::NoExpectations
        ) {
            self.catch_up(node);
        }
        let mut line = node.named(statement);
        if let Statement::Step(step) = &mut line {
            // That time has come.
            step.at = step.at.filter(|at| *at != node.run.now());
            if !self.asks_lines {
                (step.code, step.state) = (None, None);
            }
            let need_not_succeed = first_of.is_some() || !self.asks_lines;
            let done = node.run.step_as_it_comes(step, need_not_succeed);
            let done = done.map(|done| *step = done);
            self.write_taken(node, line.to_string(), first_of);
            return done;
        }
        if let Statement::Client(client) = &mut line {
            client.at = client.at.filter(|at| *at != node.run.now());
        }
        let done = node.run.statement(&line);
        if line != Statement::NoExpectations {
            self.write_taken(node, line.to_string(), first_of);
        }
        done
    }

    fn begin_pass(
        &mut self,
        mut node: Node<'a>,
        line: &'a Line,
        job: Option<&Arc<str>>,
        advance: Advance,
    ) -> Flow<'a> {
        let begun = node.run.now();
        // A step that happened at any time may have passed that instant.
        let advance = match advance {
            Advance::To(at) if node.depth > 0 => Advance::To(at.max(begun)),
            advance => advance,
        };
        match node.run.target(job.map(|job| &**job), advance) {
            Ok(target) => {
                let since = node.run.steps();
                let (target, line) = (Some(target), Some(line));
                node.todo.push(Task::Pass(Pass {
                    target,
                    line,
                    begun,
                    since,
                    stage: Stage::Start,
                }));
                Flow::GoOn(node)
            }
            Err(_) if !self.asks_lines => Flow::GoOn(node),
            Err(diagnosis) => {
                self.catch_up(&mut node);
                let line_of_it = node.named(&line.statement).to_string();
                self.write(&mut node, line_of_it);
                Flow::Stop(Walked::Failed(node, line, diagnosis))
            }
        }
    }

    /// Appends a line to what was written of a run.
    pub(super) fn write(&mut self, node: &mut Node<'a>, line: String) {
        self.write_taken(node, line, None);
    }

    /// Appends a line, with its time if it is the first line of an open step or of a row.
    fn write_taken(&mut self, node: &mut Node<'a>, line: String, first_of: Option<FirstOf>) {
        let taken = first_of.map(|first_of| (node.run.now(), first_of));
        node.place = self.trails.write(node.place, line, taken);
        node.length = node.length.saturating_add(1);
        (node.written_until, node.written_steps) = (node.run.now(), node.run.steps());
    }

    /// Writes that time has passed.
    pub(super) fn catch_up(&mut self, node: &mut Node<'a>) {
        if node.is_ahead() {
            let line = Statement::Advance(None, Advance::To(node.run.now())).to_string();
            self.write(node, line);
        }
    }
}

/// Returns the runs that are possible where an open step stands in the text.
fn choices<'a>(
    mut node: Node<'a>,
    open: &'a crate::scenario::ast::Open,
    left: u32,
) -> Vec<Node<'a>> {
    node.todo.pop();
    let mut choices = Vec::new();
    if open.times != OpenTimes::Once {
        choices.push(node.clone());
    }
    for branch in &open.branches {
        let mut taken = node.clone();
        if left > 1 {
            taken.todo.push(Task::Choose { open, left: left - 1 });
        }
        push_branch(&mut taken, branch);
        choices.push(taken);
    }
    choices
}

/// Puts the lines of a branch before what else is to be done.
pub(super) fn push_branch<'a>(node: &mut Node<'a>, branch: &'a [Line]) {
    node.cost = node.cost.saturating_add(1);
    for (index, line) in branch.iter().enumerate().rev() {
        let first_of = (index == 0).then_some(FirstOf::OpenStep);
        node.todo.push(Task::Line { line, first_of });
    }
}

/// The middle between two instants, in whole seconds where there is one between.
pub(super) fn middle(
    from: chrono::DateTime<chrono::Utc>,
    to: chrono::DateTime<chrono::Utc>,
) -> Option<chrono::DateTime<chrono::Utc>> {
    let half = (to - from) / 2;
    let whole = TimeDelta::seconds(half.num_seconds());
    let fine = TimeDelta::microseconds(half.num_microseconds().unwrap_or_default());
    let by = if whole.is_zero() { fine } else { whole };
    (by > TimeDelta::zero()).then(|| from.checked_add_signed(by)).flatten()
}
