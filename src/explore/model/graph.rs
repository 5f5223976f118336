//! The states that were visited, each with the action that first led to it, and the steps between them.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::mem::size_of;
use std::ops::Range;

use super::Model;
use super::path::Path;

/// A state by its place in the order of the visits.
pub(super) type Place = u32;

/// Whence a state was first reached.
#[derive(Clone, Copy)]
struct Origin {
    /// The state before it, or [`Graph::NOWHERE`] for one in which the model begins.
    from: Place,
    /// Which of the actions that are enabled there.
    action: u32,
}

/// A step, by the numbers of its action and of the state that it leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) action: u32,
    pub(super) to: Place,
}

pub(super) struct Graph<S> {
    states: Vec<S>,
    origins: Vec<Origin>,
    slots: Slots,
    /// The steps from each state that was expanded, if they are kept: where its own end.
    ends: Vec<usize>,
    edges: Vec<Edge>,
}

impl<S: Clone + Eq + Hash> Graph<S> {
    const NOWHERE: Place = Place::MAX;
    /// The most states that can be told apart by their places.
    pub(super) const MOST_STATES: usize = Place::MAX as usize - 1;

    pub(super) fn new() -> Self {
        Self {
            states: Vec::new(),
            origins: Vec::new(),
            slots: Slots::new(),
            ends: Vec::new(),
            edges: Vec::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.states.len()
    }

    /// The state at a place that was visited.
    #[allow(clippy::indexing_slicing, reason = "places are given for states only")]
    pub(super) fn state(&self, place: Place) -> &S {
        &self.states[place as usize]
    }

    /// Adds a state, unless it is known. Returns its place, and whether it is new.
    pub(super) fn add(&mut self, state: S, origin: Option<(Place, u32)>) -> (Place, bool) {
        let hash = hash(&state);
        let states = &self.states;
        let known = |place: Place| states.get(place as usize) == Some(&state);
        let place = place_of(states.len());
        match self.slots.find_or_insert(hash, place, known) {
            Some(known) => (known, false),
            None => {
                let (from, action) = origin.unwrap_or((Self::NOWHERE, 0));
                self.states.push(state);
                self.origins.push(Origin { from, action });
                if self.slots.is_full() {
                    self.slots.grow(self.states.iter().map(|state| self::hash(state)));
                }
                (place, true)
            }
        }
    }

    /// The place of a state that was visited.
    pub(super) fn find(&self, state: &S) -> Option<Place> {
        self.slots.find(hash(state), |place| self.states.get(place as usize) == Some(state))
    }

    /// How many actions lead to the last state, which is one of the deepest.
    pub(super) fn depth(&self) -> usize {
        let last = self.origins.last().map(|origin| origin.from);
        let before = |at: &Place| self.origins.get(*at as usize).map(|origin| origin.from);
        std::iter::successors(last, before).take_while(|at| *at != Self::NOWHERE).count()
    }

    /// Adds a step from the state that is expanded.
    pub(super) fn add_edge(&mut self, edge: Edge) {
        self.edges.push(edge);
    }

    /// Says that all steps of the next state in order were added.
    pub(super) fn end_edges(&mut self) {
        self.ends.push(self.edges.len());
    }

    /// The steps from a state; `None` if it was not expanded, or steps are not kept.
    pub(super) fn edges(&self, place: Place) -> Option<&[Edge]> {
        let place = place as usize;
        let end = *self.ends.get(place)?;
        let begin = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied();
        self.edges.get(begin.unwrap_or_default()..end)
    }

    /// The states in which the model begins.
    pub(super) fn initial(&self) -> Range<Place> {
        let initial = self.origins.iter().take_while(|origin| origin.from == Self::NOWHERE).count();
        0..place_of(initial)
    }

    /// How many bytes are kept, without what states own besides themselves.
    pub(super) fn bytes(&self) -> usize {
        self.states.capacity() * size_of::<S>()
            + self.origins.capacity() * size_of::<Origin>()
            + self.slots.bytes()
            + self.ends.capacity() * size_of::<usize>()
            + self.edges.capacity() * size_of::<Edge>()
    }

    /// The way by which a state was first reached.
    pub(super) fn path<M: Model<State = S>>(&self, model: &M, place: Place) -> Path<M> {
        let mut way = Vec::new();
        let mut at = place;
        while let Some(origin) = self.origins.get(at as usize).filter(|it| it.from != Self::NOWHERE)
        {
            way.push((*origin, at));
            at = origin.from;
        }
        let mut path = Path::new(self.state(at).clone());
        for (origin, to) in way.into_iter().rev() {
            let mut enabled = model.enabled(self.state(origin.from)).into_iter();
            if let Some(action) = enabled.nth(origin.action as usize) {
                path.push(action, self.state(to).clone());
            }
        }
        path
    }
}

#[allow(clippy::cast_possible_truncation, reason = "the number of states is limited before")]
fn place_of(index: usize) -> Place {
    index as Place
}

fn hash(state: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    state.hash(&mut hasher);
    hasher.finish()
}

/// Where each state is found by its hash: open addressing, eight bytes a slot.
struct Slots {
    slots: Vec<Slot>,
    used: usize,
}

#[derive(Clone, Copy)]
struct Slot {
    /// The upper half of the hash.
    tag: u32,
    /// `Place::MAX` if it is free.
    place: Place,
}

const FREE: Slot = Slot { tag: 0, place: Place::MAX };

impl Slots {
    fn new() -> Self {
        Self { slots: vec![FREE; 64], used: 0 }
    }

    const fn is_full(&self) -> bool {
        self.used * 4 >= self.slots.len() * 3
    }

    fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Slot>()
    }

    /// Returns the place with that hash of which it is said that it is the one; else takes the place in.
    fn find_or_insert(
        &mut self,
        hash: u64,
        place: Place,
        is_it: impl Fn(Place) -> bool,
    ) -> Option<Place> {
        let tag = tag(hash);
        for index in self.probes(hash) {
            let Some(slot) = self.slots.get_mut(index) else { continue };
            if slot.place == FREE.place {
                *slot = Slot { tag, place };
                self.used += 1;
                return None;
            }
            if slot.tag == tag && is_it(slot.place) {
                return Some(slot.place);
            }
        }
        None
    }

    fn find(&self, hash: u64, is_it: impl Fn(Place) -> bool) -> Option<Place> {
        let slots = self.probes(hash).filter_map(|index| self.slots.get(index));
        let mut used = slots.take_while(|slot| slot.place != FREE.place);
        used.find(|slot| slot.tag == tag(hash) && is_it(slot.place)).map(|slot| slot.place)
    }

    /// The slots in which a hash may stand, in order, and for ever: one is always free.
    fn probes(&self, hash: u64) -> impl Iterator<Item = usize> + use<> {
        let mask = self.slots.len() - 1;
        #[allow(clippy::cast_possible_truncation, reason = "the mask leaves the lower bits only")]
        let first = hash as usize;
        (0..).map(move |step: usize| first.wrapping_add(step) & mask)
    }

    /// Twice as many slots, for the places of these hashes in order.
    fn grow(&mut self, hashes: impl Iterator<Item = u64>) {
        *self = Self { slots: vec![FREE; self.slots.len() * 2], used: 0 };
        for (index, hash) in hashes.enumerate() {
            self.find_or_insert(hash, place_of(index), |_| false);
        }
    }
}

#[allow(clippy::cast_possible_truncation, reason = "the upper half is left")]
const fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}
