//! The search: the runs with the fewest open steps first, and each future once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::Extent;
use super::node::{Armed, Asked, Node, Task};
use super::questions::{Found, Questioned};
use super::trail::{Place, Trails};
use crate::explore::shard::Shard;
use crate::scenario::ast::{Expectation, Line, Open, Statement};
use crate::scenario::explored::{Target, end_of_time};
use crate::scenario::{Diagnosis, Run};

/// How many runs for each shard there must be before they are divided among the shards.
const RUNS_OF_SHARD: u64 = 8;

/// How a run ended, in the words of expectations; or the line that did not hold, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    Held(Vec<String>),
    Failed { begin: usize, end: usize, cause: String },
}

/// What became of a run that was continued.
pub(super) enum Walked<'a> {
    /// Several things are possible, each as a run of its own.
    Branches(Vec<Node<'a>>),
    /// It came to its end.
    Ended(Node<'a>),
    /// A line did not hold.
    Failed(Node<'a>, &'a Line, Diagnosis),
    /// The run is dropped: its future is known already, or a step that must happen in it did not.
    Nothing,
}

/// Whether a run goes on with what is next to be done.
pub(super) enum Flow<'a> {
    GoOn(Node<'a>),
    Stop(Walked<'a>),
}

type IsFirst = (u32, u32, u64);

pub(super) struct Search<'a> {
    pub(super) trails: Trails,
    pub(super) questions: Vec<Questioned<'a>>,
    /// All expectations of the text. The answers to those about the past are part of a state.
    history: Vec<(Option<Arc<str>>, Expectation)>,
    pub(super) end_of_time: Option<Target>,
    pub(super) last_line: Option<&'a Line>,
    /// Whether the expectations of the lines are checked.
    pub(super) asks_lines: bool,
    waiting: BTreeMap<IsFirst, Node<'a>>,
    pushed: u64,
    /// The part to explore. Runs are divided once there are enough of them.
    shard: Shard,
    is_parted: bool,
    visited: BTreeSet<Box<[u8]>>,
    pub(super) ends: BTreeMap<End, (Found, Option<Diagnosis>)>,
    pub(super) runs: u64,
}

impl<'a> Search<'a> {
    pub(super) fn new(lines: &'a [Line], faults: &'a [Open], shard: Shard) -> Self {
        let run = Run::new(lines);
        let start = run.now();
        let questions = Questioned::of(lines);
        let mut history = Vec::new();
        lines.iter().for_each(|line| expectations(&line.statement, &mut history));
        let mut todo = vec![Task::Rest];
        todo.extend(lines.iter().rev().map(|line| Task::Line { line, first_of: None }));
        let armed = faults.iter();
        let armed = armed.map(|open| Armed { open, left: open.times.most(), is_of_run: true });
        let node = Node {
            run,
            todo,
            armed: armed.collect(),
            clients: Vec::new(),
            rounds: BTreeSet::new(),
            depth: 0,
            passed: None,
            asked: vec![Asked::NotYet; questions.len()],
            cost: 0,
            length: 0,
            place: Place::BEGINNING,
            written_until: start,
            written_steps: 0,
        };
        let mut search = Self {
            trails: Trails::default(),
            questions,
            history,
            end_of_time: end_of_time(lines, start).map(Target::Instant),
            last_line: lines.last(),
            asks_lines: faults.is_empty(),
            waiting: BTreeMap::new(),
            pushed: 0,
            shard,
            is_parted: shard == Shard::ALL,
            visited: BTreeSet::new(),
            ends: BTreeMap::new(),
            runs: 0,
        };
        search.push(node);
        search
    }

    /// Explores as long as `goes_on` returns true. Returns whether everything was explored.
    pub(super) fn run(&mut self, mut goes_on: impl FnMut(Extent) -> bool) -> bool {
        while let Some((_, node)) = self.waiting.pop_first() {
            if !goes_on(self.extent()) {
                return false;
            }
            match self.walk(node) {
                Walked::Branches(nodes) => nodes.into_iter().for_each(|node| self.push(node)),
                Walked::Ended(node) => self.end(node),
                Walked::Failed(node, line, diagnosis) => {
                    self.runs += 1;
                    let cause = diagnosis.cause.clone();
                    let end = End::Failed { begin: line.span.start, end: line.span.end, cause };
                    let told = node.run.failure(diagnosis, &[]);
                    let found = found(&node, Vec::new());
                    self.keep(end, found, Some(told));
                }
                Walked::Nothing => {}
            }
            self.part();
        }
        true
    }

    pub(super) fn extent(&self) -> Extent {
        Extent {
            states: self.visited.len(),
            waiting: self.waiting.len(),
            runs: self.runs,
            open_steps: self.waiting.first_key_value().map_or(0, |((cost, ..), _)| *cost),
        }
    }

    fn push(&mut self, node: Node<'a>) {
        self.pushed += 1;
        self.waiting.insert((node.cost, node.length, self.pushed), node);
    }

    /// Drops the runs of other parts, once there are enough runs to divide.
    fn part(&mut self) {
        let enough = self.shard.of.saturating_mul(RUNS_OF_SHARD);
        if self.is_parted || (self.waiting.len() as u64) < enough {
            return;
        }
        self.is_parted = true;
        let shard = self.shard;
        let mut number = 0;
        self.waiting.retain(|_, _| {
            number += 1;
            shard.has_number(number)
        });
    }

    /// Branches a run, unless a run with the same future was branched before.
    pub(super) fn branch(
        &mut self,
        mut node: Node<'a>,
        at: Option<DateTime<Utc>>,
        branches: impl FnOnce(&mut Self, Node<'a>) -> Vec<Node<'a>>,
    ) -> Walked<'a> {
        let mut state = format!("{at:?}").into_bytes();
        node.write_state(&mut state);
        for (job, expected) in &self.history {
            node.run.write_history(job.as_deref(), expected, &mut state);
        }
        match self.visited.insert(state.into()) {
            true => Walked::Branches(branches(self, node)),
            false => Walked::Nothing,
        }
    }

    /// Puts every question to a state.
    pub(super) fn ask(&mut self, node: &mut Node<'a>, is_end: bool) {
        for (index, question) in self.questions.iter_mut().enumerate() {
            if !question.put(node, index, is_end) {
                continue;
            }
            let what = question.question.what.clone();
            let expected = node.named(&Statement::Expect(question.job.clone(), what));
            let mut last = Vec::new();
            if node.is_ahead() {
                let advance = crate::scenario::ast::Advance::To(node.run.now());
                last.push(Statement::Advance(None, advance).to_string());
            }
            last.push(expected.to_string());
            found(node, last).keep(&mut question.found);
        }
    }

    fn end(&mut self, mut node: Node<'a>) {
        self.runs += 1;
        self.catch_up(&mut node);
        self.ask(&mut node, true);
        let ends = node.run.end().into_iter();
        let words: Vec<String> =
            ends.map(|(job, what)| Statement::Expect(job, what).to_string()).collect();
        let found = found(&node, words.clone());
        self.keep(End::Held(words), found, None);
    }

    fn keep(&mut self, end: End, found: Found, why: Option<Diagnosis>) {
        match self.ends.get_mut(&end) {
            Some((known, _)) if !found.is_shorter_than(known) => {}
            Some(known) => *known = (found, why),
            None => _ = self.ends.insert(end, (found, why)),
        }
    }
}

fn found(node: &Node<'_>, last: Vec<String>) -> Found {
    Found { cost: node.cost, length: node.length, place: node.place, last }
}

/// Adds every expectation of a line, and the job that it is about.
fn expectations(statement: &Statement, all: &mut Vec<(Option<Arc<str>>, Expectation)>) {
    let below = |lines: &[Line], all: &mut Vec<_>| {
        lines.iter().for_each(|line| expectations(&line.statement, all));
    };
    match statement {
        Statement::Expect(job, what) => {
            all.extend(what.iter().map(|what| (job.clone(), what.clone())));
        }
        Statement::Question(job, question) => {
            all.extend(question.what.iter().map(|what| (job.clone(), what.clone())));
        }
        Statement::Open(open) => open.branches.iter().for_each(|branch| below(branch, all)),
        Statement::Polls(client) => below(&client.rows, all),
        Statement::InState(row) => below(&row.lines, all),
        _ => {}
    }
}
