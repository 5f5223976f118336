//! Questions: what is asked of each state, and what was found.

use std::sync::Arc;

use super::node::{Asked, Node};
use super::trail::Place;
use crate::scenario::ast::{Ask, Line, Question, Statement};

/// A finding: the run that led to it.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) cost: u32,
    pub(super) length: u32,
    pub(super) place: Place,
    /// The last lines.
    pub(super) last: Vec<String>,
}

impl Found {
    pub(super) fn is_shorter_than(&self, other: &Self) -> bool {
        (self.cost, self.length) < (other.cost, other.length)
    }

    /// Keeps the shorter of the two.
    pub(super) fn keep(self, kept: &mut Option<Self>) {
        if kept.as_ref().is_none_or(|kept| self.is_shorter_than(kept)) {
            *kept = Some(self);
        }
    }
}

/// A question, and what is known of its answer.
#[derive(Debug)]
pub(super) struct Questioned<'a> {
    pub(super) line: &'a Line,
    pub(super) job: Option<Arc<str>>,
    pub(super) question: &'a Question,
    /// To how many states it was put.
    pub(super) puts: u64,
    /// The shortest run that breaks it or, if it asks what is possible, that shows it.
    pub(super) found: Option<Found>,
}

impl<'a> Questioned<'a> {
    pub(super) fn of(lines: &'a [Line]) -> Vec<Self> {
        let questions = lines.iter().filter_map(|line| match &line.statement {
            Statement::Question(job, question) => {
                let (job, puts, found) = (job.clone(), 0, None);
                Some(Self { line, job, question, puts, found })
            }
            _ => None,
        });
        questions.collect()
    }

    /// Puts the question to a state, or to the end of a run. Returns whether this decides the answer.
    pub(super) fn put(&mut self, node: &mut Node<'a>, index: usize, is_end: bool) -> bool {
        let Some(asked) = node.asked.get_mut(index).filter(|asked| **asked == Asked::Open) else {
            return false;
        };
        let ask = self.question.ask;
        if ask.is_of_ends() && !is_end {
            return false;
        }
        let Some(is_so) = node.run.is_so(self.job.as_deref(), &self.question.what) else {
            return false;
        };
        self.puts += 1;
        match ask {
            Ask::Never | Ask::NeverInTheEnd | Ask::Possible | Ask::PossibleInTheEnd => is_so,
            Ask::Always | Ask::AlwaysInTheEnd => !is_so,
            Ask::Eventually => {
                if is_so {
                    *asked = Asked::Settled;
                }
                is_end && !is_so
            }
        }
    }
}
