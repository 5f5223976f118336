//! The steps that a recorder keeps: a copy shares those that were shared, so that it costs little, however long the run.

use std::collections::VecDeque;
use std::sync::Arc;

use super::TraceStep;

/// Steps, oldest first: those that copies share, then those since.
#[derive(Debug, Clone, Default)]
pub(super) struct KeptSteps {
    /// Pieces, each with the number of steps up to its end.
    shared: Vec<(usize, Arc<[TraceStep]>)>,
    recent: VecDeque<TraceStep>,
}

impl KeptSteps {
    pub(super) fn len(&self) -> usize {
        self.shared_len() + self.recent.len()
    }

    fn shared_len(&self) -> usize {
        self.shared.last().map_or(0, |(end, _)| *end)
    }

    pub(super) fn push(&mut self, step: TraceStep) {
        self.recent.push_back(step);
    }

    pub(super) fn front(&self) -> Option<&TraceStep> {
        self.shared.first().map_or_else(|| self.recent.front(), |(_, piece)| piece.first())
    }

    /// Removes the oldest step. What was shared is no longer.
    pub(super) fn pop_front(&mut self) -> Option<TraceStep> {
        if !self.shared.is_empty() {
            self.recent = self.iter().cloned().collect();
            self.shared.clear();
        }
        self.recent.pop_front()
    }

    pub(super) fn shrink_to_fit(&mut self) {
        self.recent.shrink_to_fit();
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &TraceStep> {
        self.shared.iter().flat_map(|(_, piece)| piece.iter()).chain(&self.recent)
    }

    /// The steps from that number on, counted from 0.
    #[cfg(feature = "scenario")]
    pub(super) fn since(&self, first: usize) -> impl Iterator<Item = &TraceStep> {
        let passed = self.shared.partition_point(|(end, _)| *end <= first);
        let pieces = self.shared.get(passed..).unwrap_or_default();
        let begin = passed.checked_sub(1).and_then(|last| self.shared.get(last));
        let within = first - begin.map_or(0, |(end, _)| *end).min(first);
        let (of_piece, of_recent) = if pieces.is_empty() { (0, within) } else { (within, 0) };
        let shared = pieces.iter().flat_map(|(_, piece)| piece.iter()).skip(of_piece);
        shared.chain(self.recent.range(of_recent.min(self.recent.len())..))
    }

    /// Lets copies share all steps so far.
    #[cfg(feature = "scenario")]
    pub(super) fn share(&mut self) {
        if !self.recent.is_empty() {
            let end = self.len();
            self.shared.push((end, self.recent.drain(..).collect()));
        }
    }
}

#[cfg(test)]
#[cfg(feature = "scenario")]
mod tests {
    use chrono::DateTime;

    use super::KeptSteps;
    use crate::emulator::trace::{Actor, Concerned, TraceEvent, TraceStep};

    fn step(number: u64) -> TraceStep {
        let (at, actor) = (DateTime::UNIX_EPOCH, Actor::Test);
        TraceStep {
            number,
            at,
            actor,
            what: TraceEvent::Connected,
            jobs: Concerned::These(Vec::new()),
        }
    }

    #[test]
    fn shared_steps_are_read_and_removed_like_others() {
        let mut kept = KeptSteps::default();
        for number in 0..10 {
            kept.push(step(number));
            if number % 4 == 1 {
                kept.share();
                kept.share();
            }
        }
        let copy = kept.clone();
        let numbers = |first| kept.since(first).map(|step| step.number).collect::<Vec<_>>();
        for first in 0..12 {
            assert_eq!(numbers(first), (first as u64..10).collect::<Vec<_>>());
        }
        assert!(kept.iter().rev().map(|step| step.number).eq((0..10).rev()));
        for number in 0..10 {
            assert_eq!(kept.front().map(|step| step.number), Some(number));
            assert_eq!(kept.pop_front().map(|step| step.number), Some(number));
        }
        assert_eq!((kept.len(), copy.len()), (0, 10));
    }
}
