//! A line in which things wait, first come, first served, and which any of them may leave.

use std::collections::VecDeque;

/// Where something stands in a line. Numbers are never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Number(u64);

/// Joining and finding the first take the same time however long the line is; leaving takes a search
/// by halves. Whoever leaves from the middle leaves an empty place. There are never more empty places
/// than taken ones, and none is in front.
#[derive(Debug, Clone)]
pub(crate) struct Line<T> {
    places: VecDeque<(Number, Option<T>)>,
    waiting: usize,
    next: Number,
}

impl<T> Line<T> {
    pub(crate) const fn new() -> Self {
        Self { places: VecDeque::new(), waiting: 0, next: Number(0) }
    }

    /// Joins the end of the line.
    pub(crate) fn join(&mut self, item: T) -> Number {
        let number = self.next;
        self.next = Number(number.0.saturating_add(1));
        self.places.push_back((number, Some(item)));
        self.waiting += 1;
        number
    }

    /// Leaves the line, wherever in it; `None` if nobody stands there.
    pub(crate) fn leave(&mut self, number: Number) -> Option<T> {
        let place = match self.places.front() {
            Some((first, _)) if *first == number => 0,
            _ => self.places.binary_search_by_key(&number, |(number, _)| *number).ok()?,
        };
        let item = self.places.get_mut(place)?.1.take()?;
        self.waiting -= 1;
        while let Some((_, None)) = self.places.front() {
            self.places.pop_front();
        }
        if self.places.len() > self.waiting.saturating_mul(2) {
            self.places.retain(|(_, item)| item.is_some());
        }
        Some(item)
    }

    pub(crate) fn first(&self) -> Option<&T> {
        self.places.front().and_then(|(_, item)| item.as_ref())
    }

    /// All that wait, the first first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.taken().map(|(_, item)| item)
    }

    fn taken(&self) -> impl Iterator<Item = (Number, &T)> {
        self.places.iter().filter_map(|(number, item)| Some((*number, item.as_ref()?)))
    }
}

impl<T: PartialEq> PartialEq for Line<T> {
    /// Empty places do not count.
    fn eq(&self, other: &Self) -> bool {
        self.next == other.next && self.waiting == other.waiting && self.taken().eq(other.taken())
    }
}

impl<T: Eq> Eq for Line<T> {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::property_tests;

    proptest! {
        #![proptest_config(property_tests::config())]

        /// Whoever comes and goes, those who stay keep their order, and few places are empty.
        #[test]
        fn a_line_is_a_list(moves in prop::collection::vec(any::<Option<prop::sample::Index>>(), 0..300)) {
            let mut line = Line::new();
            let mut list: Vec<(Number, usize)> = Vec::new();
            for (item, movement) in moves.into_iter().enumerate() {
                match movement {
                    Some(index) if !list.is_empty() => {
                        let (number, item) = list.remove(index.index(list.len()));
                        prop_assert_eq!(line.leave(number), Some(item));
                        prop_assert_eq!(line.leave(number), None);
                    }
                    _ => list.push((line.join(item), item)),
                }
                prop_assert!(line.iter().eq(list.iter().map(|(_, item)| item)));
                prop_assert_eq!(line.first(), list.first().map(|(_, item)| item));
                prop_assert!(line.places.len() <= 2 * list.len());
            }
        }
    }

    #[test]
    fn empty_places_do_not_count() {
        let (mut left, mut right) = (Line::new(), Line::new());
        let numbers = [0, 1, 2, 3].map(|item| (left.join(item), right.join(item)).0);
        left.leave(numbers[1]);
        assert_ne!(left, right);
        right.leave(numbers[1]);
        assert_eq!(left, right);
        assert_ne!(left, Line::new());
    }
}
