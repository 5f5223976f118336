//! Random access to a file of an on-demand job: what was asked for, what is there, what was told.

use super::ranges::{GREATEST_END, RangeSet};
use crate::vocabulary::FileRange;
use crate::vocabulary::text::stored::stored;

stored! {
    /// What of one file was asked for, and what is there.
    #[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
    pub(crate) struct RandomAccess {
        asked: RangeSet = default,
        /// From here to the end, while the size is not known.
        to_end: Option<u64> = default,
        pub(crate) filled: RangeSet = default,
        /// There, and not told yet (NOTIFY-10).
        pub(crate) untold: RangeSet = default,
        /// Where the client reads on.
        pub(crate) position: u64 = default,
    }
}

impl RandomAccess {
    /// That of a file of which so much came in order, before anything was asked for.
    pub(crate) fn after(there: u64) -> Self {
        let mut random = Self::default();
        random.filled.add((0, there));
        random
    }

    /// What is asked for and missing, in the order of fetching: from the position on, then the rest.
    pub(crate) fn outstanding(&self) -> Vec<(u64, u64)> {
        let mut wanted = self.asked.clone();
        wanted.add((self.to_end.unwrap_or(GREATEST_END), GREATEST_END));
        let gaps: Vec<_> =
            wanted.iter().flat_map(|range| self.filled.missing(range).to_vec()).collect();
        let position = self.position;
        let behind = gaps.iter().filter(|(_, end)| *end > position);
        let before = gaps.iter().filter(|(first, _)| *first < position);
        behind
            .map(|(first, end)| (position.max(*first), *end))
            .chain(before.map(|(first, end)| (*first, position.min(*end))))
            .collect()
    }

    pub(crate) fn ask(&mut self, range: FileRange, size: Option<u64>) {
        match (range.end(), size) {
            (None, None) => {
                let first = range.initial_offset;
                self.to_end = Some(self.to_end.map_or(first, |known| known.min(first)));
            }
            _ => RangeSet::bounds(range, size).into_iter().for_each(|range| self.asked.add(range)),
        }
    }

    /// The size is known. Says whether all that is asked for lies within.
    pub(crate) fn fit(&mut self, size: u64) -> bool {
        let within = self.asked.iter().all(|(_, end)| end <= size)
            && self.to_end.is_none_or(|first| first < size);
        self.asked.cut(size);
        if let Some(first) = self.to_end.take() {
            self.asked.add((first, size));
        }
        within
    }

    /// Whether something arrived that a file of that size does not have.
    pub(crate) fn reaches_beyond(&self, size: u64) -> bool {
        self.filled.iter().any(|(_, end)| end > size)
    }

    pub(crate) fn is_waiting(&self) -> bool {
        !self.outstanding().is_empty()
    }

    /// How many bytes are asked for and missing.
    pub(crate) fn missing(&self) -> u64 {
        self.outstanding().iter().fold(0, |sum, (first, end)| sum.saturating_add(end - first))
    }

    /// That many bytes arrived of what is outstanding.
    pub(crate) fn fill(&mut self, mut count: u64) {
        for (first, end) in self.outstanding() {
            let end = first.saturating_add(count).min(end);
            count -= end - first;
            self.filled.add((first, end));
            self.untold.add((first, end));
        }
    }

    /// The file starts again from zero.
    pub(crate) fn restart(&mut self) {
        self.filled.clear();
        self.untold.clear();
    }
}
