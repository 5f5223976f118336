//! Sets of byte ranges: what of an on-demand file was asked for, is there, and was told of.

use crate::vocabulary::FileRange;

/// The end of the greatest file: one byte more stands for an unknown size in the interfaces.
pub(super) const GREATEST_END: u64 = u64::MAX - 1;

/// Ranges in order, none of which touches another; each is a first byte and the byte behind its last.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "Vec<(u64, u64)>"))]
pub(crate) struct RangeSet(Vec<(u64, u64)>);

#[cfg(feature = "serde")]
impl From<Vec<(u64, u64)>> for RangeSet {
    fn from(ranges: Vec<(u64, u64)>) -> Self {
        let mut set = Self::default();
        ranges.into_iter().for_each(|range| set.add(range));
        set
    }
}

impl RangeSet {
    /// The range of a file of that size, if it lies within (PROP-38). While the size is unknown,
    /// everything does.
    pub(crate) fn bounds(range: FileRange, size: Option<u64>) -> Option<(u64, u64)> {
        let end = range.end().or(size).unwrap_or(GREATEST_END).min(GREATEST_END);
        let within = range.initial_offset < end && size.is_none_or(|size| end <= size);
        within.then_some((range.initial_offset, end))
    }

    pub(crate) fn add(&mut self, (start, end): (u64, u64)) {
        if start >= end {
            return;
        }
        let (mut start, mut end) = (start, end);
        self.0.retain(|&(first, behind)| {
            let apart = behind < start || end < first;
            if !apart {
                start = start.min(first);
                end = end.max(behind);
            }
            apart
        });
        let place = self.0.partition_point(|&(first, _)| first < start);
        self.0.insert(place, (start, end));
    }

    /// The parts of a range that are not in the set.
    pub(crate) fn missing(&self, (start, end): (u64, u64)) -> Self {
        let mut missing = Vec::new();
        let mut from = start;
        for &(first, behind) in
            self.0.iter().filter(|(first, behind)| *first < end && start < *behind)
        {
            if from < first {
                missing.push((from, first));
            }
            from = from.max(behind);
        }
        if from < end {
            missing.push((from, end));
        }
        Self(missing)
    }

    /// What lies beyond a size is cut off.
    pub(crate) fn cut(&mut self, size: u64) {
        self.0.retain_mut(|(first, behind)| {
            *behind = (*behind).min(size);
            *first < *behind
        });
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.0.iter().copied()
    }

    pub(crate) fn to_vec(&self) -> Vec<(u64, u64)> {
        self.0.clone()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Merged as far as possible and in order (PROGRESS-18).
    pub(crate) fn to_ranges(&self) -> Vec<FileRange> {
        self.iter().map(|(first, behind)| FileRange::new(first, behind - first)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(ranges: &[(u64, u64)]) -> RangeSet {
        let mut set = RangeSet::default();
        ranges.iter().for_each(|range| set.add(*range));
        set
    }

    /// PROGRESS-18: merged as far as possible, and in order.
    #[test]
    fn ranges_that_touch_become_one() {
        assert_eq!(set(&[(20, 30), (0, 10), (10, 20)]), set(&[(0, 30)]));
        assert_eq!(set(&[(0, 10), (11, 20)]).to_ranges().len(), 2);
        assert_eq!(set(&[(5, 8), (0, 100)]).to_ranges(), [FileRange::new(0, 100)]);
    }

    #[test]
    fn what_is_missing_lies_between() {
        let there = set(&[(10, 20), (30, 40)]);
        assert_eq!(there.missing((0, 50)), set(&[(0, 10), (20, 30), (40, 50)]));
        assert_eq!(there.missing((12, 18)), RangeSet::default());
        assert_eq!(there.missing((15, 35)), set(&[(20, 30)]));
        assert_eq!(RangeSet::default().missing((3, 4)), set(&[(3, 4)]));
    }

    #[test]
    fn a_size_cuts() {
        let mut asked = set(&[(0, 10), (20, 30), (40, 50)]);
        asked.cut(25);
        assert_eq!(asked, set(&[(0, 10), (20, 25)]));
    }

    /// PROP-38: a range outside the file is none.
    #[test]
    fn bounds_lie_within_the_size() {
        let bounds = |offset, length, size| RangeSet::bounds(FileRange::new(offset, length), size);
        assert_eq!(bounds(0, 100, Some(100)), Some((0, 100)));
        assert_eq!(bounds(1, 100, Some(100)), None);
        assert_eq!(bounds(100, u64::MAX, Some(100)), None);
        assert_eq!(bounds(99, u64::MAX, Some(100)), Some((99, 100)));
        assert_eq!(bounds(1, 100, None), Some((1, 101)));
    }
}
