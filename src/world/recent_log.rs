//! Bounded logs: the latest of what reached a server.

use std::collections::VecDeque;

/// How many entries a log holds.
const REMEMBERED: usize = 1_000;

/// A log of the latest entries. Each has a number, counted from 0 in the order of adding.
#[derive(Debug, Clone)]
pub(crate) struct RecentLog<T> {
    entries: VecDeque<T>,
    /// How many were removed.
    forgotten: u64,
}

impl<T> Default for RecentLog<T> {
    fn default() -> Self {
        Self { entries: VecDeque::new(), forgotten: 0 }
    }
}

impl<T> RecentLog<T> {
    /// Adds an entry, and returns its number.
    pub(crate) fn push(&mut self, entry: T) -> u64 {
        if self.entries.len() >= REMEMBERED {
            self.entries.pop_front();
            self.forgotten = self.forgotten.saturating_add(1);
        }
        let number = self.count();
        self.entries.push_back(entry);
        number
    }

    /// Returns how many entries were added.
    pub(crate) fn count(&self) -> u64 {
        self.forgotten.saturating_add(u64::try_from(self.entries.len()).unwrap_or(u64::MAX))
    }

    /// Returns the entry with a number, if the log still holds it.
    pub(crate) fn get_mut(&mut self, number: u64) -> Option<&mut T> {
        let index = number.checked_sub(self.forgotten)?;
        self.entries.get_mut(usize::try_from(index).ok()?)
    }

    /// Returns the entries, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.entries.iter()
    }
}
