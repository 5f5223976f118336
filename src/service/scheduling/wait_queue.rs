//! A first-in, first-out queue that any item may leave.

use std::collections::VecDeque;
use std::hash::{Hash, Hasher};

use crate::vocabulary::canonical::Canonical;

/// The position of an item in a queue. Tickets are never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Ticket(u64);

/// Joining and finding the first take the same time however long the queue is; leaving takes a binary
/// search. Leaving from the middle leaves an empty place. There are never more empty places
/// than taken ones, and none is in front.
#[derive(Debug, Clone, Default)]
pub(crate) struct WaitQueue<T> {
    places: VecDeque<(Ticket, Option<T>)>,
    waiting: usize,
    next: Ticket,
}

impl<T> WaitQueue<T> {
    /// Joins the end of the queue.
    pub(crate) fn join(&mut self, item: T) -> Ticket {
        let ticket = self.next;
        self.next = Ticket(ticket.0.saturating_add(1));
        self.places.push_back((ticket, Some(item)));
        self.waiting += 1;
        ticket
    }

    /// Removes the item with that ticket; `None` if there is none.
    pub(crate) fn leave(&mut self, ticket: Ticket) -> Option<T> {
        let place = match self.places.front() {
            Some((first, _)) if *first == ticket => 0,
            _ => self.places.binary_search_by_key(&ticket, |(ticket, _)| *ticket).ok()?,
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

    fn taken(&self) -> impl Iterator<Item = (Ticket, &T)> {
        self.places.iter().filter_map(|(ticket, item)| Some((*ticket, item.as_ref()?)))
    }
}

impl<T: PartialEq> PartialEq for WaitQueue<T> {
    /// Empty places do not count.
    fn eq(&self, other: &Self) -> bool {
        self.next == other.next && self.waiting == other.waiting && self.taken().eq(other.taken())
    }
}

impl<T: Eq> Eq for WaitQueue<T> {}

impl<T: Hash> Canonical for WaitQueue<T> {
    /// Normalised: the items in their order, whatever their tickets and whatever empty places there are.
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self { places: _, waiting, next: _ } = self;
        hasher.write_usize(*waiting);
        self.iter().for_each(|item| item.hash(hasher));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::property_tests;

    proptest! {
        #![proptest_config(property_tests::config())]

        /// Whichever entries come and go, those that stay keep their order, and few places are
        /// empty.
        #[test]
        fn a_queue_is_a_list(moves in prop::collection::vec(any::<Option<prop::sample::Index>>(), 0..300)) {
            let mut queue = WaitQueue::default();
            let mut list: Vec<(Ticket, usize)> = Vec::new();
            for (item, movement) in moves.into_iter().enumerate() {
                match movement {
                    Some(index) if !list.is_empty() => {
                        let (ticket, item) = list.remove(index.index(list.len()));
                        prop_assert_eq!(queue.leave(ticket), Some(item));
                        prop_assert_eq!(queue.leave(ticket), None);
                    }
                    _ => list.push((queue.join(item), item)),
                }
                prop_assert!(queue.iter().eq(list.iter().map(|(_, item)| item)));
                prop_assert_eq!(queue.first(), list.first().map(|(_, item)| item));
                prop_assert!(queue.places.len() <= 2 * list.len());
            }
        }
    }

    #[test]
    fn empty_places_do_not_count() {
        let (mut left, mut right) = (WaitQueue::default(), WaitQueue::default());
        let tickets = [0, 1, 2, 3].map(|item| (left.join(item), right.join(item)).0);
        left.leave(tickets[1]);
        assert_ne!(left, right);
        let mut other = right.clone();
        other.leave(tickets[2]);
        assert_ne!(left, other, "as many wait, but others");
        right.leave(tickets[1]);
        assert_eq!(left, right);
        assert_ne!(left, WaitQueue::default());
    }
}
