//! The choice of the step that comes next, of those that are possible now.

use std::collections::VecDeque;

/// Decides what happens next of everything that could. All choices of a run pass through one chooser,
/// so that the same chooser gives the same run (INV-58).
///
/// ```
/// use bits_emulator::service::{Chooser, FirstInFirstOut, Scripted, Seeded};
///
/// let choose = |chooser: &mut dyn Chooser<char>| chooser.choose('a', &mut ['b', 'c'].into_iter());
/// assert_eq!(choose(&mut FirstInFirstOut), 'a');
/// assert_eq!(choose(&mut Scripted::new([2])), 'c');
/// assert_eq!(choose(&mut Seeded::new(7)), choose(&mut Seeded::new(7)));
/// ```
pub trait Chooser<S = crate::service::ServiceStep> {
    /// One of `first` and the `others`. Those that are not looked at cost nothing.
    fn choose(&mut self, first: S, others: &mut dyn Iterator<Item = S>) -> S;
}

/// Takes what comes first: the way of a service without whims, and the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FirstInFirstOut;

impl<S> Chooser<S> for FirstInFirstOut {
    fn choose(&mut self, first: S, _: &mut dyn Iterator<Item = S>) -> S {
        first
    }
}

/// Takes any, all being equally likely; the same ones for the same seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seeded(u64);

impl Seeded {
    /// A chooser that begins at this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number of the generator SplitMix64.
    pub(crate) const fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

impl<S> Chooser<S> for Seeded {
    fn choose(&mut self, first: S, others: &mut dyn Iterator<Item = S>) -> S {
        let (mut chosen, mut seen) = (first, 1);
        for step in others {
            seen += 1;
            if self.draw().is_multiple_of(seen) {
                chosen = step;
            }
        }
        chosen
    }
}

/// Takes at each choice the one of that number, from 0, or the last if there are fewer; after the
/// script the first. So a run is replayed from the list of its choices.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scripted(VecDeque<usize>);

impl Scripted {
    /// A chooser that follows a script.
    #[must_use]
    pub fn new(script: impl IntoIterator<Item = usize>) -> Self {
        Self(script.into_iter().collect())
    }
}

impl<S> Chooser<S> for Scripted {
    fn choose(&mut self, first: S, others: &mut dyn Iterator<Item = S>) -> S {
        let number = self.0.pop_front().unwrap_or_default();
        others.take(number).last().unwrap_or(first)
    }
}
