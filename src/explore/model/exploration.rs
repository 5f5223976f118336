//! The exploration of a model: what is asked of it, how far it goes, and the search itself.

use super::explored::{Explored, Witness};
use super::graph::{Edge, Graph};
use super::limit::Limit;
use super::liveness::{Actions, Response, broken};
use super::path::{End, Violation};
use super::slots::Place;
use super::{Fairness, Model};

/// How many states are expanded before it is asked whether to go on.
const BATCH: u32 = 1024;

/// The default of the most bytes that are kept.
const MEMORY: usize = 2 << 30;

type OfState<'m, M> = Box<dyn Fn(&<M as Model>::State) -> bool + 'm>;
type OfAction<'m, M> = Box<dyn Fn(&<M as Model>::Action) -> Fairness + 'm>;
type OfStep<'m, M, T> =
    Box<dyn Fn(&<M as Model>::State, &<M as Model>::Action, &<M as Model>::State) -> T + 'm>;

/// The exploration of a [`Model`], from [`check`](super::check).
pub struct Exploration<'m, M: Model> {
    pub(super) model: &'m M,
    pub(super) always: Vec<(String, OfState<'m, M>)>,
    pub(super) always_step: Vec<(String, OfStep<'m, M, bool>)>,
    pub(super) possible: Vec<(String, OfState<'m, M>)>,
    transitions: Vec<String>,
    taken: OfStep<'m, M, Vec<usize>>,
    responses: Vec<Response<'m, M>>,
    fairness: OfAction<'m, M>,
    most_states: usize,
    deepest: usize,
    memory: usize,
    goes_on: Box<dyn Fn(Standing) -> bool + 'm>,
}

/// How far an exploration has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// How many states were visited.
    pub states: usize,
    /// Of how many of them no step was taken yet.
    pub waiting: usize,
    /// How many actions lead to those of which steps are taken now.
    pub depth: usize,
    /// How many bytes are kept, without what states own on the heap.
    pub bytes: usize,
}

impl<'m, M: Model> Exploration<'m, M> {
    pub(super) fn new(model: &'m M) -> Self {
        Self {
            model,
            always: Vec::new(),
            always_step: Vec::new(),
            possible: Vec::new(),
            transitions: Vec::new(),
            taken: Box::new(|_, _, _| Vec::new()),
            responses: Vec::new(),
            fairness: Box::new(|_| Fairness::None),
            most_states: Graph::<M::State>::MOST_STATES,
            deepest: usize::MAX,
            memory: MEMORY,
            goes_on: Box::new(|_| true),
        }
    }

    /// Promises that something holds in every state. The promise is named in the violation.
    #[must_use]
    pub fn always(
        mut self,
        promise: impl Into<String>,
        holds: impl Fn(&M::State) -> bool + 'm,
    ) -> Self {
        self.always.push((promise.into(), Box::new(holds)));
        self
    }

    /// Promises that something holds of every step, from a state by an action to a state.
    #[must_use]
    pub fn always_step(
        mut self,
        promise: impl Into<String>,
        holds: impl Fn(&M::State, &M::Action, &M::State) -> bool + 'm,
    ) -> Self {
        self.always_step.push((promise.into(), Box::new(holds)));
        self
    }

    /// Asks for the shortest way to a state in which something is so.
    #[must_use]
    pub fn possible(
        mut self,
        name: impl Into<String>,
        is_so: impl Fn(&M::State) -> bool + 'm,
    ) -> Self {
        self.possible.push((name.into(), Box::new(is_so)));
        self
    }

    /// Asks for the shortest way to a step that takes each of these transitions. The function returns which of
    /// them, by their places in the list, a step takes. Asked once; a second list takes the place of the
    /// first.
    #[must_use]
    pub fn transitions(
        mut self,
        names: impl IntoIterator<Item = impl Into<String>>,
        taken: impl Fn(&M::State, &M::Action, &M::State) -> Vec<usize> + 'm,
    ) -> Self {
        self.transitions = names.into_iter().map(Into::into).collect();
        self.taken = Box::new(taken);
        self
    }

    /// Promises that something comes about in the end, whatever happens, as far as actions are
    /// [fair](Self::fairness).
    #[must_use]
    pub fn eventually(
        mut self,
        promise: impl Into<String>,
        is_so: impl Fn(&M::State) -> bool + 'm,
    ) -> Self {
        self.responses.push(Response::eventually(promise.into(), Box::new(is_so)));
        self
    }

    /// Promises that whenever the one is so the other comes about, at once or later, as far as actions are
    /// [fair](Self::fairness).
    #[must_use]
    pub fn leads_to(
        mut self,
        promise: impl Into<String>,
        one: impl Fn(&M::State) -> bool + 'm,
        other: impl Fn(&M::State) -> bool + 'm,
    ) -> Self {
        let response = Response::new(promise.into(), Box::new(one), Box::new(other));
        self.responses.push(response);
        self
    }

    /// Says of each action how far it must happen; none must by default. It counts for what comes about
    /// in the end only.
    #[must_use]
    pub fn fairness(mut self, fairness: impl Fn(&M::Action) -> Fairness + 'm) -> Self {
        self.fairness = Box::new(fairness);
        self
    }

    /// Visits at most that many states; at least those in which the model begins.
    #[must_use]
    pub fn most_states(mut self, states: usize) -> Self {
        self.most_states = states.min(Graph::<M::State>::MOST_STATES);
        self
    }

    /// Goes at most that many actions deep.
    #[must_use]
    pub const fn most_actions(mut self, actions: usize) -> Self {
        self.deepest = actions;
        self
    }

    /// Limits the memory to about `bytes` bytes, by default 2 GiB, for the states, how each was reached, and the table
    /// by which they are found; what states own on the heap is not counted. At the limit the exploration stops, and
    /// [says so](Explored::limit). The limit is checked after each 1,024 states of which the steps were taken.
    #[must_use]
    pub const fn memory(mut self, bytes: usize) -> Self {
        self.memory = bytes;
        self
    }

    /// Goes on only while the function says so, which may look at a clock or at the memory that is left. It is asked
    /// after each 1,024 states of which the steps were taken.
    #[must_use]
    pub fn while_allowed(mut self, goes_on: impl Fn(Standing) -> bool + 'm) -> Self {
        self.goes_on = Box::new(goes_on);
        self
    }

    /// Within the same limits as another one.
    pub(super) const fn within<N: Model>(mut self, other: &Exploration<'_, N>) -> Self {
        self.most_states = other.most_states;
        self.deepest = other.deepest;
        self.memory = other.memory;
        self
    }

    /// Explores, until every state was visited, a promise is broken, or a limit is met.
    #[must_use]
    pub fn run(&self) -> Explored<M> {
        Search::new(self).run()
    }
}

/// The search, breadth first.
struct Search<'x, 'm, M: Model> {
    asked: &'x Exploration<'m, M>,
    graph: Graph<M::State>,
    actions: Actions<M::Action>,
    /// The actions enabled in the state that is expanded.
    enabled: Vec<M::Action>,
    transitions: usize,
    /// How deep the states are that are expanded.
    depth: usize,
    /// The limit that kept something out.
    cut: Option<Limit>,
    broken: Option<Violation<M>>,
    /// Where, or by which step, each was first so.
    possible: Vec<Option<Place>>,
    taken: Vec<Option<super::Path<M>>>,
}

impl<'x, 'm, M: Model> Search<'x, 'm, M> {
    fn new(asked: &'x Exploration<'m, M>) -> Self {
        Self {
            asked,
            graph: Graph::new(),
            actions: Actions::new(),
            enabled: Vec::new(),
            transitions: 0,
            depth: 0,
            cut: None,
            broken: None,
            possible: vec![None; asked.possible.len()],
            taken: asked.transitions.iter().map(|_| None).collect(),
        }
    }

    fn run(mut self) -> Explored<M> {
        for state in self.asked.model.initial_states() {
            self.visit(state, None);
        }
        let mut next = 0;
        let mut end_of_level = self.graph.len();
        while self.broken.is_none() && (next as usize) < self.graph.len() {
            if next as usize == end_of_level {
                self.depth += 1;
                end_of_level = self.graph.len();
            }
            self.cut = self.limit(next).or(self.cut);
            if self.cut.is_some_and(|limit| limit != Limit::States) {
                break;
            }
            self.expand(next);
            next += 1;
        }
        let exhausted = self.cut.is_none() && self.broken.is_none();
        if self.broken.is_none() {
            self.broken = self.never();
        }
        self.explored(exhausted)
    }

    /// A way on which something does not come about that should.
    fn never(&self) -> Option<Violation<M>> {
        let Self { asked, graph, actions, .. } = self;
        let fairness: Vec<_> = actions.all().map(|action| (asked.fairness)(action)).collect();
        let found = |response| broken(response, asked.model, graph, actions, &fairness);
        asked.responses.iter().find_map(found)
    }

    /// The limit that keeps it from going on with that state.
    fn limit(&self, next: Place) -> Option<Limit> {
        if self.depth >= self.asked.deepest {
            return Some(Limit::Actions);
        }
        if !next.is_multiple_of(BATCH) || next == 0 {
            return None;
        }
        let standing = Standing {
            states: self.graph.len(),
            waiting: self.graph.len() - next as usize,
            depth: self.depth,
            bytes: self.graph.bytes(),
        };
        if standing.bytes > self.asked.memory {
            return Some(Limit::Memory);
        }
        (!(self.asked.goes_on)(standing)).then_some(Limit::NotAllowed)
    }

    /// Takes every step from a state.
    fn expand(&mut self, from: Place) {
        let model = self.asked.model;
        let mut enabled = std::mem::take(&mut self.enabled);
        enabled.clear();
        enabled.extend(model.enabled(self.graph.state(from)));
        for (index, action) in (0..).zip(&enabled) {
            let Some(state) = model.next(self.graph.state(from), action) else { continue };
            self.transitions += 1;
            self.judge_step(from, action, &state);
            let to = self.visit(state, Some((from, index)));
            if let (Some(to), false) = (to, self.asked.responses.is_empty()) {
                let action = self.actions.number(action);
                self.graph.add_edge(Edge { action, to });
            }
            if self.broken.is_some() {
                break;
            }
        }
        if !self.asked.responses.is_empty() {
            self.graph.end_edges();
        }
        self.enabled = enabled;
    }

    fn judge_step(&mut self, from: Place, action: &M::Action, to: &M::State) {
        let (asked, graph) = (self.asked, &self.graph);
        let before = graph.state(from);
        let way = || {
            let mut path = graph.path(asked.model, from);
            path.push(action.clone(), to.clone());
            path
        };
        for index in (asked.taken)(before, action, to) {
            if let Some(first @ None) = self.taken.get_mut(index) {
                *first = Some(way());
            }
        }
        let broken = asked.always_step.iter().find(|(_, holds)| !holds(before, action, to));
        self.broken = broken.map(|(promise, _)| Violation {
            promise: promise.clone(),
            path: way(),
            end: End::Broken,
        });
    }

    /// Adds a state, and judges it if it is new. Returns its place, unless it is one too many.
    fn visit(&mut self, state: M::State, origin: Option<(Place, u32)>) -> Option<Place> {
        if origin.is_some() && self.graph.len() >= self.asked.most_states {
            let known = self.graph.find(&state);
            if known.is_none() {
                self.cut = Some(Limit::States);
            }
            return known;
        }
        let (place, is_new) = self.graph.add(state, origin);
        if is_new {
            self.judge(place);
        }
        Some(place)
    }

    fn judge(&mut self, place: Place) {
        let asked = self.asked;
        let state = self.graph.state(place);
        for (first, (_, is_so)) in self.possible.iter_mut().zip(&asked.possible) {
            if first.is_none() && is_so(state) {
                *first = Some(place);
            }
        }
        if self.broken.is_some() {
            return;
        }
        let broken = asked.always.iter().find(|(_, holds)| !holds(state));
        self.broken = broken.map(|(promise, _)| Violation {
            promise: promise.clone(),
            path: self.graph.path(asked.model, place),
            end: End::Broken,
        });
    }

    fn explored(self, exhausted: bool) -> Explored<M> {
        let asked = self.asked;
        let possible = asked.possible.iter().zip(&self.possible).map(|((name, _), place)| {
            let path = place.map(|place| self.graph.path(asked.model, place));
            Witness { name: name.clone(), path }
        });
        let possible = possible.collect();
        let taken = asked.transitions.iter().zip(self.taken);
        Explored {
            states: self.graph.len(),
            transitions: self.transitions,
            depth: self.graph.depth(),
            bytes: self.graph.bytes(),
            exhausted,
            limit: self.cut,
            possible,
            taken: taken.map(|(name, path)| Witness { name: name.clone(), path }).collect(),
            violation: self.broken,
        }
    }
}
