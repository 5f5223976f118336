//! Where each state is found by its hash.

use std::hash::{Hash, Hasher};
use std::mem::size_of;

/// A state by its place in the order of the visits.
pub(super) type Place = u32;

/// Of a 64-bit hash the half by which a state is found.
pub(super) type Tag = u32;

/// Returns the tag of a state. States with the same tag are compared, so that a poor hash costs time only.
#[allow(clippy::cast_possible_truncation, reason = "the upper half is left")]
pub(super) fn tag(state: &impl Hash) -> Tag {
    let mut hasher = Folded(0);
    state.hash(&mut hasher);
    (hasher.finish() >> 32) as Tag
}

/// Open addressing, eight bytes a slot. The first slot of a state follows from its tag alone, so that the table grows
/// without a look at the states.
pub(super) struct Slots {
    slots: Vec<Slot>,
    used: usize,
}

#[derive(Clone, Copy)]
struct Slot {
    tag: Tag,
    /// `Place::MAX` if it is free.
    place: Place,
}

const FREE: Slot = Slot { tag: 0, place: Place::MAX };

impl Slots {
    pub(super) fn new() -> Self {
        Self { slots: vec![FREE; 64], used: 0 }
    }

    pub(super) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Slot>()
    }

    /// Returns the place with that tag for which `is_it` returns true; if there is none, adds `place`.
    pub(super) fn find_or_insert(
        &mut self,
        tag: Tag,
        place: Place,
        is_it: impl Fn(Place) -> bool,
    ) -> Option<Place> {
        for index in self.probes(tag) {
            let Some(slot) = self.slots.get_mut(index) else { continue };
            if slot.place == FREE.place {
                *slot = Slot { tag, place };
                self.used += 1;
                break;
            }
            if slot.tag == tag && is_it(slot.place) {
                return Some(slot.place);
            }
        }
        if self.used * 4 >= self.slots.len() * 3 {
            self.grow();
        }
        None
    }

    pub(super) fn find(&self, tag: Tag, is_it: impl Fn(Place) -> bool) -> Option<Place> {
        let slots = self.probes(tag).filter_map(|index| self.slots.get(index));
        let mut used = slots.take_while(|slot| slot.place != FREE.place);
        used.find(|slot| slot.tag == tag && is_it(slot.place)).map(|slot| slot.place)
    }

    /// The slots in which a tag may stand, in order, and for ever: one is always free.
    fn probes(&self, tag: Tag) -> impl Iterator<Item = usize> + use<> {
        let mask = self.slots.len() - 1;
        let first = tag as usize;
        (0..).map(move |step: usize| first.wrapping_add(step) & mask)
    }

    /// Twice as many slots for the same places.
    fn grow(&mut self) {
        let more = Self { slots: vec![FREE; self.slots.len() * 2], used: 0 };
        let before = std::mem::replace(self, more);
        for slot in before.slots.into_iter().filter(|slot| slot.place != FREE.place) {
            self.find_or_insert(slot.tag, slot.place, |_| false);
        }
    }
}

/// A hash by multiplications of which both halves are folded together: fast for states, which are short.
struct Folded(u64);

impl Folded {
    #[allow(clippy::cast_possible_truncation, reason = "both halves are used")]
    const fn fold(&mut self, word: u64) {
        // The bits of the golden ratio; the sum keeps a zero from hiding what came before.
        const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
        let mixed = (self.0 ^ word).wrapping_add(FACTOR) as u128 * FACTOR as u128;
        self.0 = (mixed as u64) ^ ((mixed >> 64) as u64);
    }
}

impl Hasher for Folded {
    fn finish(&self) -> u64 {
        let mut last = Self(self.0);
        last.fold(0);
        last.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| self.fold(u64::from_le_bytes(*word)));
        if !rest.is_empty() {
            let mut word = [0; 8];
            word.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            self.fold(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.fold(number.into());
    }

    fn write_u16(&mut self, number: u16) {
        self.fold(number.into());
    }

    fn write_u32(&mut self, number: u32) {
        self.fold(number.into());
    }

    fn write_u64(&mut self, number: u64) {
        self.fold(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.fold(number as u64);
    }
}
