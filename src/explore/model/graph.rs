//! The states that were visited, each with the action that first led to it, and the steps between them.

use std::hash::Hash;
use std::mem::size_of;
use std::ops::Range;

use super::Model;
use super::path::Path;
use super::slots::{Place, Slots, tag};

/// How many states are allocated at once.
const PIECE: usize = 1024;

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
    /// In pieces of [`PIECE`] states, so that none is moved when more are visited.
    states: Vec<Vec<S>>,
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
        self.origins.len()
    }

    /// The state at a place that was visited.
    #[allow(clippy::indexing_slicing, reason = "places are given for states only")]
    pub(super) fn state(&self, place: Place) -> &S {
        &self.states[place as usize / PIECE][place as usize % PIECE]
    }

    /// Adds a state, unless it is known. Returns its place, and whether it is new.
    pub(super) fn add(&mut self, state: S, origin: Option<(Place, u32)>) -> (Place, bool) {
        let place = place_of(self.len());
        let states = &self.states;
        let known = |place: Place| {
            let piece = states.get(place as usize / PIECE);
            piece.and_then(|piece| piece.get(place as usize % PIECE)) == Some(&state)
        };
        if let Some(known) = self.slots.find_or_insert(tag(&state), place, known) {
            return (known, false);
        }
        let (from, action) = origin.unwrap_or((Self::NOWHERE, 0));
        self.origins.push(Origin { from, action });
        match self.states.last_mut().filter(|piece| piece.len() < PIECE) {
            Some(piece) => piece.push(state),
            None => {
                let mut piece = Vec::with_capacity(PIECE);
                piece.push(state);
                self.states.push(piece);
            }
        }
        (place, true)
    }

    /// The place of a state that was visited.
    pub(super) fn find(&self, state: &S) -> Option<Place> {
        self.slots.find(tag(state), |place| self.state(place) == state)
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
        self.states.len() * PIECE * size_of::<S>()
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
