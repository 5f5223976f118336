//! How time passes in a run: from one change to the next, with points at which something may happen at any time.

use chrono::{DateTime, Utc};

use super::node::{Next, Node, Pass, Stage, Task};
use super::search::{Flow, Search, Walked};
use super::trail::FirstOf;
use super::walk::{middle, push_branch};
use crate::scenario::Diagnosis;
use crate::scenario::ast::{
    Advance, ClientAction, ClientStatement, Expectation, Line, Statement, StepStatement,
};
use crate::scenario::explored::{Reach, Target};
use crate::vocabulary::Method;

impl<'a> Search<'a> {
    /// Lets time pass until the next thing is possible at any time, a client does something, or the wait is over.
    pub(super) fn pass(&mut self, mut node: Node<'a>, mut pass: Pass<'a>) -> Flow<'a> {
        let mut has_ticked = false;
        loop {
            let reach = node.run.reach(pass.target, pass.since);
            let (limit, never) = match reach {
                Err(diagnosis) => return self.unreached(node, &pass, diagnosis),
                Ok(Some(Reach::There)) => return self.arrive(node, &pass, has_ticked),
                Ok(Some(Reach::At(at))) => (Some(at), None),
                Ok(Some(Reach::Never(diagnosis))) => (None, Some(diagnosis)),
                Ok(Some(Reach::Later) | None) => (None, None),
            };
            let settled = node.is_settled();
            if settled {
                self.ask(&mut node, false);
            }
            let waits = node.armed.iter().any(|armed| armed.left > 0);
            if waits && pass.stage == Stage::Start && !settled {
                return Flow::Stop(self.start_point(node, pass));
            }
            if settled && waits {
                match &pass.stage {
                    Stage::Start | Stage::At => {
                        let now = node.run.now();
                        return Flow::Stop(self.point(node, pass, now, limit));
                    }
                    Stage::Behind { was, .. } if node.run.noticeable() != *was => {
                        pass.stage = Stage::At;
                        continue;
                    }
                    Stage::Behind { .. } => {}
                }
            }
            let due = node.next().filter(|next| limit.is_none_or(|limit| next.at() <= limit));
            if let Stage::Behind { middle: Some(middle), .. } = pass.stage
                && waits
                && due.is_none_or(|next| next.at() > middle)
                && limit.is_none_or(|limit| middle < limit)
            {
                return Flow::Stop(self.point(node, pass, middle, limit));
            }
            let is_idle = !node.run.is_busy();
            let due = match due {
                // The client would only repeat itself until something happens by itself.
                Some(Next::Poll(_, index)) if is_idle && is_fruitless(&node, index) => {
                    let event = node.run.next_instant();
                    event.filter(|at| limit.is_none_or(|limit| *at <= limit)).map(Next::Event)
                }
                due => due,
            };
            match (due, never) {
                (Some(Next::Poll(at, index)), never) => {
                    // An instant comes whatever clients do.
                    let is_instant = matches!(pass.target, Some(Target::Instant(_)));
                    if !is_instant && node.comes_round(at, index) {
                        return match (never, pass.target) {
                            (Some(never), _) => self.unreached(node, &pass, never),
                            (None, Some(_)) => self.unreached(node, &pass, in_circles()),
                            (None, None) => self.wait_is_over(node, &pass, limit),
                        };
                    }
                    node.todo.push(Task::Pass(pass));
                    return self.poll(node, at, index);
                }
                (Some(Next::Event(at)), _) if !is_idle || self.waits_for_idle(&pass) => {
                    pass.since = node.run.steps();
                    if let Err(diagnosis) = node.proceed(at) {
                        return self.unreached(node, &pass, diagnosis);
                    }
                    has_ticked = true;
                }
                (_, Some(diagnosis)) => return self.unreached(node, &pass, diagnosis),
                (_, None) => return self.wait_is_over(node, &pass, limit),
            }
        }
    }

    /// Returns whether the wait goes on when only the removal of idle jobs is left to happen. Other waits end then.
    const fn waits_for_idle(&self, pass: &Pass<'a>) -> bool {
        match pass.target {
            Some(Target::Instant(_)) => true,
            Some(Target::State(..) | Target::Bytes(..)) => self.asks_lines,
            None => false,
        }
    }

    /// Ends a wait in which nothing more happens.
    fn wait_is_over(
        &mut self,
        mut node: Node<'a>,
        pass: &Pass<'a>,
        limit: Option<DateTime<Utc>>,
    ) -> Flow<'a> {
        let now = node.run.now();
        let at = limit.unwrap_or(now).max(now);
        if let Err(diagnosis) = node.run.advance_to(at) {
            return self.unreached(node, pass, diagnosis);
        }
        match (pass.target, pass.line) {
            (Some(Target::Instant(_)), Some(line)) if node.written_until == pass.begun => {
                // The line as the text has it, if nothing came between.
                let statement = match &line.statement {
                    Statement::Advance(..) => line.statement.to_string(),
                    _ => Statement::Advance(None, Advance::To(at)).to_string(),
                };
                self.write(&mut node, statement);
            }
            (Some(Target::Bytes(..)), Some(line)) if self.asks_lines || limit.is_some() => {
                let line = node.named(&line.statement).to_string();
                self.write(&mut node, line);
            }
            _ => self.catch_up(&mut node),
        }
        self.ask(&mut node, false);
        node.todo.push(Task::EndOfSpan);
        Flow::GoOn(node)
    }

    /// Ends a wait that reached what it waited for.
    fn arrive(&mut self, mut node: Node<'a>, pass: &Pass<'a>, has_ticked: bool) -> Flow<'a> {
        node.run.tell_clients();
        if let Some(line) = pass.line {
            let line = node.named(&line.statement);
            match (&line, pass.target) {
                // A step led into the state already: no time passes.
                (Statement::Advance(job, _), Some(Target::State(_, state))) if !has_ticked => {
                    self.catch_up(&mut node);
                    let expected = vec![Expectation::State(state)];
                    let line = Statement::Expect(job.clone(), expected).to_string();
                    self.write(&mut node, line);
                }
                _ => self.write(&mut node, line.to_string()),
            }
        }
        self.ask(&mut node, false);
        node.todo.push(Task::EndOfSpan);
        Flow::GoOn(node)
    }

    /// Ends a wait that never reaches what it waits for, or in which too much happens.
    fn unreached(&mut self, mut node: Node<'a>, pass: &Pass<'a>, why: Diagnosis) -> Flow<'a> {
        let Some(line) = pass.line.or(self.last_line) else {
            return Flow::Stop(Walked::Nothing);
        };
        if pass.line.is_some() && !self.asks_lines {
            self.catch_up(&mut node);
            node.todo.push(Task::EndOfSpan);
            return Flow::GoOn(node);
        }
        if pass.line.is_some() {
            let written = node.named(&line.statement).to_string();
            self.write(&mut node, written);
        }
        Flow::Stop(Walked::Failed(node, line, why))
    }

    /// Lets a client look at its job, and do what its row says.
    fn poll(&mut self, mut node: Node<'a>, at: DateTime<Utc>, index: usize) -> Flow<'a> {
        let due = node.run.advance_to(at);
        let Some(line) = self.last_line else { return Flow::Stop(Walked::Nothing) };
        if let Err(diagnosis) = due {
            return Flow::Stop(Walked::Failed(node, line, diagnosis));
        }
        node.clients.iter_mut().for_each(|client| client.skip_to(at));
        let changes = node.run.changes();
        let Some(client) = node.clients.get_mut(index) else { return Flow::GoOn(node) };
        let job = client.job.clone();
        let row =
            node.run.state_now(job.as_deref()).and_then(|state| Some((state, client.row(state)?)));
        let Some((state, lines)) = row else { return Flow::GoOn(node) };
        client.next = crate::scenario::explored::later(at, client.every);
        client.fruitless = Some(changes);
        let reads = ClientAction::Reads(Method::GetState, Expectation::State(state));
        let look = Statement::Client(ClientStatement { at: None, job: job.clone(), what: reads });
        self.catch_up(&mut node);
        if let Err(diagnosis) = node.run.statement(&look) {
            return Flow::Stop(Walked::Failed(node, line, diagnosis));
        }
        self.write(&mut node, look.to_string());
        let first = std::iter::once(Some(FirstOf::ClientRow)).chain(std::iter::repeat(None));
        let tasks = lines.iter().zip(first);
        let tasks: Vec<_> = tasks.map(|(line, first_of)| Task::Line { line, first_of }).collect();
        node.todo.extend(tasks.into_iter().rev());
        Flow::GoOn(node)
    }

    /// Branches at a point: a step that may happen at any time happens here, or time goes on to the next point.
    fn point(
        &mut self,
        mut node: Node<'a>,
        pass: Pass<'a>,
        at: DateTime<Utc>,
        limit: Option<DateTime<Utc>>,
    ) -> Walked<'a> {
        node.todo.push(Task::Pass(Pass { stage: Stage::Start, ..pass }));
        let is_middle = at > node.run.now();
        self.branch(node, Some(at), |search, node| {
            let mut later = node.clone();
            let was = later.run.noticeable();
            let middle = match is_middle {
                true => None,
                false => later.next_change(limit).and_then(|next| middle(at, next)),
            };
            if let Some(Task::Pass(pass)) = later.todo.last_mut() {
                pass.stage = Stage::Behind { middle, was };
            }
            later.passed = (!is_middle).then(|| (later.run.now(), later.run.steps()));
            let mut all = vec![later];
            all.extend(search.taken(&node, Some(at)));
            all
        })
    }

    /// Branches before the events that are due now: a step that may happen at any time comes first, or they do.
    fn start_point(&mut self, mut node: Node<'a>, pass: Pass<'a>) -> Walked<'a> {
        node.todo.push(Task::Pass(pass));
        self.branch(node, None, |search, node| {
            let mut later = node.clone();
            if let Some(Task::Pass(pass)) = later.todo.last_mut() {
                pass.stage = Stage::At;
            }
            let mut all = vec![later];
            all.extend(search.taken(&node, None));
            all
        })
    }

    /// Ends a span: a step that may happen at any time happens at the end of the span, or no more.
    pub(super) fn end_of_span(&mut self, mut node: Node<'a>) -> Flow<'a> {
        let waits = |node: &Node<'_>| node.armed.iter().any(|armed| armed.left > 0);
        let here = (node.run.now(), node.run.steps());
        if waits(&node) && node.passed != Some(here) {
            node.todo.push(Task::EndOfSpan);
            return Flow::Stop(self.branch(node, None, |search, node| {
                let mut later = node.clone();
                later.passed = Some(here);
                let mut all = vec![later];
                all.extend(search.taken(&node, None));
                all
            }));
        }
        if node.depth > 0 {
            return Flow::GoOn(node);
        }
        if node.armed.iter().any(|armed| !armed.is_of_run && armed.is_missing()) {
            return Flow::Stop(Walked::Nothing);
        }
        node.armed.retain(|armed| armed.is_of_run);
        Flow::GoOn(node)
    }

    /// Returns the runs in which a step that may happen at any time happens next, at an instant or now.
    fn taken(&mut self, node: &Node<'a>, at: Option<DateTime<Utc>>) -> Vec<Node<'a>> {
        let mut all = Vec::new();
        for (index, armed) in node.armed.iter().enumerate().filter(|(_, armed)| armed.left > 0) {
            for branch in &armed.open.branches {
                let mut taken = node.clone();
                let moved = at.map(|at| taken.run.advance_to(at)).transpose();
                if moved.is_err() || !is_about_a_job_there(&taken, branch) {
                    continue;
                }
                if let Some(armed) = taken.armed.get_mut(index) {
                    armed.left -= 1;
                }
                if taken.ends_by_itself() {
                    taken.todo.push(Task::Rest);
                }
                taken.depth += 1;
                taken.todo.push(Task::Leave);
                push_branch(&mut taken, branch);
                all.push(taken);
            }
        }
        all
    }
}

impl Node<'_> {
    /// Whether only the end of the span is left to be done. Then time passes again until nothing is left to happen.
    fn ends_by_itself(&self) -> bool {
        matches!(self.todo.as_slice(), [Task::EndOfSpan])
    }
}

fn in_circles() -> Diagnosis {
    Diagnosis::new(
        "this never comes: a client does the same again and again",
        "write another row for the state that it is in, or `time ends after 10 d`",
    )
}

/// Whether the job exists that a step at any time is about: of the faults some are about jobs that come later.
fn is_about_a_job_there(node: &Node<'_>, branch: &[Line]) -> bool {
    match branch.first().map(|line| &line.statement) {
        Some(Statement::Step(StepStatement { job: Some(name), .. })) => {
            node.run.state_now(Some(name)).is_some()
        }
        _ => true,
    }
}

/// Whether nothing has changed since before the client last acted, so that it would only do the same again.
fn is_fruitless(node: &Node<'_>, index: usize) -> bool {
    let client = node.clients.get(index);
    client.is_some_and(|client| client.fruitless == Some(node.run.changes()))
}
