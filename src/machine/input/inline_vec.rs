//! A short vector that lives where it is used.

use std::fmt;

/// An inline vector: at most `N` items without duplicates, in order, so that a step needs no allocation.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct InlineVec<T, const N: usize>([Option<T>; N]);

impl<T: Copy + PartialEq, const N: usize> InlineVec<T, N> {
    pub(crate) const fn new() -> Self {
        Self([None; N])
    }

    /// Adds an item that the list does not hold yet.
    ///
    /// # Panics
    ///
    /// Panics if the list is full. No step yields more items than fit, and a lost effect would be worse.
    pub(crate) fn add(&mut self, item: T) {
        let place = self.0.iter_mut().find(|place| place.is_none_or(|held| held == item));
        assert!(place.is_some(), "no step yields more than {N} of these");
        if let Some(place) = place {
            *place = Some(item);
        }
    }

    /// The items, in order.
    pub fn iter(&self) -> impl Iterator<Item = T> + '_ {
        self.0.iter().map_while(|item| *item)
    }

    /// How many items there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Whether the item is among them.
    #[must_use]
    pub fn contains(&self, item: T) -> bool {
        self.iter().any(|held| held == item)
    }
}

impl<T, const N: usize> IntoIterator for InlineVec<T, N> {
    type Item = T;
    type IntoIter = std::iter::Flatten<std::array::IntoIter<Option<T>, N>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter().flatten()
    }
}

impl<T: Copy + PartialEq + fmt::Debug, const N: usize> fmt::Debug for InlineVec<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_held_once() {
        let mut list = InlineVec::<_, 2>::new();
        for item in [1, 2, 1, 2] {
            list.add(item);
        }
        assert_eq!(list.iter().collect::<Vec<_>>(), [1, 2]);
        assert!(list.contains(2) && !list.contains(3));
    }

    #[test]
    #[should_panic(expected = "no step yields more than 2 of these")]
    fn a_full_list_takes_no_other_item() {
        let mut list = InlineVec::<_, 2>::new();
        (0..3).for_each(|item| list.add(item));
    }
}
