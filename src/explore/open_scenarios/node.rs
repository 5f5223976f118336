//! A run in progress: the emulator with everything around it, what is still to be done of the text, and what is still
//! open.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::trail::{FirstOf, Place};
use crate::scenario::Run;
use crate::scenario::ast::{Advance, Line, Open, OpenTimes, Statement};
use crate::scenario::explored::{Noticeable, Reach, Target};
use crate::vocabulary::JobState;

/// A run in progress. A clone goes on independently.
#[derive(Debug, Clone)]
pub(super) struct Node<'a> {
    pub(super) run: Run,
    /// What is to be done, the next at the end.
    pub(super) todo: Vec<Task<'a>>,
    /// The steps that may happen at any time now.
    pub(super) armed: Vec<Armed<'a>>,
    pub(super) clients: Vec<Poller<'a>>,
    /// The states, relative to their instants, in which a client acted while the run only waited.
    pub(super) rounds: BTreeSet<Vec<u8>>,
    /// How many steps that happened at any time are in progress.
    pub(super) depth: u32,
    /// The instant and the number of steps at which the run last went on without a step that could have happened there.
    pub(super) passed: Option<(DateTime<Utc>, usize)>,
    pub(super) asked: Vec<Asked>,
    /// How many open steps were taken.
    pub(super) cost: u32,
    /// How many lines were written.
    pub(super) length: u32,
    pub(super) place: Place,
    /// How far time has passed in what was written, and how many steps had happened by then.
    pub(super) written_until: DateTime<Utc>,
    pub(super) written_steps: usize,
}

/// Something to be done.
#[derive(Debug, Clone)]
pub(super) enum Task<'a> {
    /// A line. The first line of an open step, or of a client's row, need not succeed.
    Line { line: &'a Line, first_of: Option<FirstOf> },
    /// An open step at its place in the text, which may happen `left` more times.
    Choose { open: &'a Open, left: u32 },
    /// Time passes.
    Pass(Pass<'a>),
    /// The end of the span in which steps may happen at any time.
    EndOfSpan,
    /// The end of a step that happened at any time.
    Leave,
    /// Time passes until nothing is left to happen.
    Rest,
}

/// Time that passes.
#[derive(Debug, Clone)]
pub(super) struct Pass<'a> {
    /// What the wait is for; `None`: that nothing is left to happen.
    pub(super) target: Option<Target>,
    /// The line that lets it pass, if one does.
    pub(super) line: Option<&'a Line>,
    pub(super) begun: DateTime<Utc>,
    /// From which step on the target counts.
    pub(super) since: usize,
    pub(super) stage: Stage,
}

/// How far time has passed between two points at which something may happen at any time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stage {
    /// At a point, before the events that are due now.
    Start,
    /// At a point, after the events that are due now.
    At,
    /// Behind a point, on the way to the middle, if there is one, and to the next change.
    Behind { middle: Option<DateTime<Utc>>, was: Noticeable },
}

/// A step that may happen at any time.
#[derive(Debug, Clone)]
pub(super) struct Armed<'a> {
    pub(super) open: &'a Open,
    /// How often it may still happen.
    pub(super) left: u32,
    /// Whether it may happen until the run ends.
    pub(super) is_of_run: bool,
}

impl Armed<'_> {
    /// Whether it must still happen.
    pub(super) fn is_missing(&self) -> bool {
        self.open.times == OpenTimes::Once && self.left > 0
    }
}

/// How far a question has come in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// The run has not reached its line.
    NotYet,
    /// It is put to each state.
    Open,
    /// Its condition held once, which is all that `eventually` asks for.
    Settled,
}

/// A client that polls.
#[derive(Debug, Clone)]
pub(super) struct Poller<'a> {
    pub(super) rows: &'a [Line],
    /// Its job.
    pub(super) job: Option<Arc<str>>,
    pub(super) every: TimeDelta,
    /// When it looks next.
    pub(super) next: DateTime<Utc>,
    /// The number of changes in the run before the client last acted. While it is the same, that changed nothing.
    pub(super) fruitless: Option<u64>,
}

impl<'a> Poller<'a> {
    /// Returns what it does when it finds its job in a state.
    pub(super) fn row(&self, state: JobState) -> Option<&'a [Line]> {
        self.rows.iter().find_map(|row| match &row.statement {
            Statement::InState(row) if row.state == state => Some(row.lines.as_slice()),
            _ => None,
        })
    }

    /// Skips its looks before an instant, which find nothing to do.
    pub(super) fn skip_to(&mut self, at: DateTime<Utc>) {
        if self.next >= at {
            return;
        }
        let behind = (at - self.next).num_microseconds().unwrap_or(i64::MAX);
        let every = self.every.num_microseconds().unwrap_or(i64::MAX).max(1);
        // To the first look at that instant or later.
        let looks = behind.saturating_sub(1) / every + 1;
        let by = TimeDelta::microseconds(every.saturating_mul(looks));
        self.next = self.next.checked_add_signed(by).unwrap_or(DateTime::<Utc>::MAX_UTC);
    }
}

/// The next thing to happen.
#[derive(Debug, Clone, Copy)]
pub(super) enum Next {
    /// Something happens by itself.
    Event(DateTime<Utc>),
    /// The client of that number looks at its job, and acts.
    Poll(DateTime<Utc>, usize),
}

impl Next {
    pub(super) const fn at(self) -> DateTime<Utc> {
        match self {
            Self::Event(at) | Self::Poll(at, _) => at,
        }
    }
}

impl<'a> Node<'a> {
    /// Returns the next thing to happen. At one instant, clients look after everything that happens by itself.
    pub(super) fn next(&self) -> Option<Next> {
        let event = self.run.next_instant();
        let polls = self.clients.iter().enumerate().filter_map(|(index, client)| {
            let state = self.run.state_now(client.job.as_deref())?;
            client.row(state)?;
            let mut client = client.clone();
            client.skip_to(self.run.now());
            Some((client.next, index))
        });
        let poll = polls.min();
        match (event, poll) {
            (Some(event), Some((poll, index))) if poll < event => Some(Next::Poll(poll, index)),
            (Some(event), _) => Some(Next::Event(event)),
            (None, Some((poll, index))) => Some(Next::Poll(poll, index)),
            (None, None) => None,
        }
    }

    /// Whether something happened by itself, or time passed, since the last line was written.
    pub(super) fn is_ahead(&self) -> bool {
        self.run.now() > self.written_until || self.run.steps() > self.written_steps
    }

    /// Whether all has happened that is due now.
    pub(super) fn is_settled(&self) -> bool {
        self.next().is_none_or(|next| next.at() > self.run.now())
    }

    /// Returns when something noticeable changes next, found by a copy that runs ahead; at the latest the limit.
    pub(super) fn next_change(&self, limit: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
        let was = self.run.noticeable();
        let mut ahead = self.clone();
        loop {
            let next = ahead.next().filter(|next| limit.is_none_or(|limit| next.at() <= limit));
            match next {
                None => return limit,
                Some(Next::Poll(at, _)) => return Some(at),
                Some(Next::Event(at)) => {
                    if limit.is_none() && !ahead.run.is_busy() || ahead.proceed(at).is_err() {
                        return None;
                    }
                    if ahead.run.noticeable() != was {
                        return Some(ahead.run.now());
                    }
                }
            }
        }
    }

    /// Returns whether the client acted in this state before, so that the run would repeat itself for ever.
    pub(super) fn comes_round(&mut self, at: DateTime<Utc>, index: usize) -> bool {
        let mut state = Vec::new();
        self.run.write_relative_state(&mut state);
        let until = at - self.run.now();
        // Writing to memory does not fail.
        let _ = write!(state, "{index} {until:?}");
        for client in &self.clients {
            let mut client = client.clone();
            client.skip_to(at);
            let _ = write!(state, " {:?}", client.next - at);
        }
        !self.rounds.insert(state)
    }

    /// Lets the next thing happen by itself.
    pub(super) fn proceed(&mut self, at: DateTime<Utc>) -> Result<(), crate::scenario::Diagnosis> {
        self.clients.iter_mut().for_each(|client| client.skip_to(at));
        self.run.proceed()
    }

    /// Returns the line with the name of its job, if there are several jobs.
    pub(super) fn named(&self, statement: &Statement) -> Statement {
        let mut named = statement.clone();
        let job = match &mut named {
            Statement::Step(step) if step.what.is_of_a_job() => &mut step.job,
            Statement::Client(client) if client.what.is_of_a_job() => &mut client.job,
            Statement::Advance(job, Advance::UntilState(_) | Advance::UntilBytes(_)) => job,
            Statement::Expect(job, what) if what.iter().any(|what| what.is_of_a_job()) => job,
            _ => return named,
        };
        *job = self.run.name_for_line(job.as_ref());
        named
    }

    /// Writes everything that decides what can happen from now on: two runs that write the same have the same future.
    pub(super) fn write_state(&mut self, state: &mut Vec<u8>) {
        self.run.write_state(state);
        let Self { todo, armed, clients, rounds, depth, passed, asked, run, .. } = self;
        // Writing to memory does not fail.
        for task in todo {
            let _ = match task {
                Task::Line { line, first_of } => write!(state, "line {:p} {first_of:?};", *line),
                Task::Choose { open, left } => write!(state, "choose {:p} {left};", *open),
                Task::Pass(Pass { target, since, stage, begun: _, line: _ }) => {
                    // In a copy, because a look counts the bytes that arrived.
                    let was_there = matches!(target, Some(Target::State(..)))
                        && matches!(run.clone().reach(*target, *since), Ok(Some(Reach::There)));
                    write!(state, "pass {target:?} {was_there} {stage:?};")
                }
                Task::EndOfSpan => write!(state, "end;"),
                Task::Leave => write!(state, "leave;"),
                Task::Rest => write!(state, "rest;"),
            };
        }
        for Armed { open, left, is_of_run } in armed {
            let _ = write!(state, "armed {:p} {left} {is_of_run};", *open);
        }
        for Poller { rows, job, every: _, next, fruitless } in clients {
            let fruitless = fruitless.map(|changes| run.changes() == changes);
            let _ = write!(state, "poller {:p} {job:?} {next} {fruitless:?};", *rows);
        }
        let is_passed = *passed == Some((run.now(), run.steps()));
        let _ = write!(state, "{depth} {is_passed} {asked:?} {rounds:?}");
    }
}
