//! How far scripted answers have come.

use crate::scenario::ast::{Answer, Replies, Reply, Script, Times};

/// How far a script has come.
#[derive(Debug, Default, Clone, Copy)]
pub(in crate::scenario) struct Cursor {
    entry: usize,
    given: u64,
}

impl Cursor {
    /// What a server answers next.
    pub(super) fn answer(&mut self, script: &Script) -> Answer {
        let next = self.next(&script.0, |(_, times)| *times);
        next.map_or(Answer::Well, |(answer, _)| answer.clone())
    }

    /// What a program of the client answers next; `None`: that all is well.
    pub(in crate::scenario) fn reply<'a, T>(
        &mut self,
        replies: &'a Replies<T>,
    ) -> Option<&'a Reply<T>> {
        self.next(&replies.0, |reply| reply.times)
    }

    fn next<'a, T>(&mut self, entries: &'a [T], times: impl Fn(&T) -> Times) -> Option<&'a T> {
        while let Some(entry) = entries.get(self.entry) {
            match times(entry) {
                Times::Count(count) if self.given >= count => {
                    *self = Self { entry: self.entry + 1, given: 0 };
                }
                Times::Count(_) => {
                    self.given += 1;
                    return Some(entry);
                }
                Times::Always => return Some(entry),
            }
        }
        None
    }
}
