//! What comes about in the end: ways on which it never does, to a rest or round a fair cycle.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{BuildHasherDefault, DefaultHasher, Hash};

use super::components::components;
use super::graph::{Edge, Graph};
use super::path::{End, Violation};
use super::slots::Place;
use super::{Fairness, Model};

type OfState<'m, M> = Box<dyn Fn(&<M as Model>::State) -> bool + 'm>;

/// A promise that something comes about.
pub(super) struct Response<'m, M: Model> {
    promise: String,
    /// In which states it must come about from then on; without, where the model begins.
    since: Option<OfState<'m, M>>,
    is_so: OfState<'m, M>,
}

impl<'m, M: Model> Response<'m, M> {
    pub(super) const fn eventually(promise: String, is_so: OfState<'m, M>) -> Self {
        Self { promise, since: None, is_so }
    }

    pub(super) const fn new(promise: String, since: OfState<'m, M>, is_so: OfState<'m, M>) -> Self {
        Self { promise, since: Some(since), is_so }
    }
}

/// The actions of a model by their numbers, in the order in which they were met.
pub(super) struct Actions<A> {
    all: Vec<A>,
    #[allow(clippy::disallowed_types, reason = "it is only asked for the number of an action")]
    numbers: std::collections::HashMap<A, u32, BuildHasherDefault<DefaultHasher>>,
}

impl<A: Clone + Eq + Hash> Actions<A> {
    pub(super) fn new() -> Self {
        Self { all: Vec::new(), numbers: Default::default() }
    }

    pub(super) fn number(&mut self, action: &A) -> u32 {
        if let Some(number) = self.numbers.get(action) {
            return *number;
        }
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.all.push(action.clone());
        self.numbers.insert(action.clone(), number);
        number
    }

    fn action(&self, number: u32) -> Option<&A> {
        self.all.get(number as usize)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &A> {
        self.all.iter()
    }
}

/// A way on which it never comes about, if there is one. Actions and fairness are by the numbers of actions.
pub(super) fn broken<M: Model>(
    response: &Response<'_, M>,
    model: &M,
    graph: &Graph<M::State>,
    actions: &Actions<M::Action>,
    fairness: &[Fairness],
) -> Option<Violation<M>> {
    let waiting = Waiting::new(response, graph, fairness);
    let (way, end) = waiting.rest().or_else(|| waiting.cycle())?;
    let mut path = graph.path(model, way.begin);
    let before = path.actions().len();
    for edge in way.edges {
        path.push(actions.action(edge.action)?.clone(), graph.state(edge.to).clone());
    }
    let end = match end {
        Some(actions) => End::Cycle(before + actions),
        None => End::Rest,
    };
    Some(Violation { promise: response.promise.clone(), path, end })
}

/// A way from a state by steps, and how many of them are before the cycle with which it ends.
type Found = (Way, Option<usize>);

struct Way {
    begin: Place,
    edges: Vec<Edge>,
}

/// The states in which it waits to come about: reached from one in which it must by steps on which it does
/// not.
struct Waiting<'g, S> {
    graph: &'g Graph<S>,
    fairness: &'g [Fairness],
    /// In the order of the visits, each with the step by which it was reached.
    from: BTreeMap<Place, Option<(Place, Edge)>>,
    order: Vec<Place>,
}

impl<'g, S: Clone + Eq + Hash> Waiting<'g, S> {
    fn new<M: Model<State = S>>(
        response: &Response<'_, M>,
        graph: &'g Graph<S>,
        fairness: &'g [Fairness],
    ) -> Self {
        let waits = |place: Place| !(response.is_so)(graph.state(place));
        let begins = |place: &Place| match &response.since {
            Some(since) => since(graph.state(*place)),
            None => graph.initial().contains(place),
        };
        let all = (0..).take(graph.len());
        let begin: Vec<Place> = all.filter(begins).filter(|place| waits(*place)).collect();
        let mut from: BTreeMap<_, _> = begin.iter().map(|place| (*place, None)).collect();
        let (mut order, mut next) = (begin, 0);
        while let Some(at) = order.get(next).copied() {
            next += 1;
            for edge in graph.edges(at).unwrap_or_default() {
                if !from.contains_key(&edge.to) && waits(edge.to) {
                    from.insert(edge.to, Some((at, *edge)));
                    order.push(edge.to);
                }
            }
        }
        Self { graph, fairness, from, order }
    }

    fn fairness(&self, action: u32) -> Fairness {
        self.fairness.get(action as usize).copied().unwrap_or_default()
    }

    fn edges(&self, place: Place) -> &'g [Edge] {
        self.graph.edges(place).unwrap_or_default()
    }

    /// The way by which a state was reached.
    fn way(&self, place: Place) -> Way {
        let mut edges = Vec::new();
        let mut begin = place;
        while let Some(Some((before, edge))) = self.from.get(&begin) {
            edges.push(*edge);
            begin = *before;
        }
        edges.reverse();
        Way { begin, edges }
    }

    /// To a state in which no fair action is possible, so that nothing more must happen.
    fn rest(&self) -> Option<Found> {
        let rests = |place: &&Place| {
            let edges = self.graph.edges(**place);
            edges.is_some_and(|edges| {
                edges.iter().all(|edge| self.fairness(edge.action) == Fairness::None)
            })
        };
        self.order.iter().find(rests).map(|place| (self.way(*place), None))
    }

    /// Round a cycle on which each fair action happens, or is not possible as its fairness says.
    fn cycle(&self) -> Option<Found> {
        let mut parts = self.parts(&self.order);
        let mut fair = None;
        while let Some(part) = parts.pop_front() {
            match self.judge(&part) {
                Verdict::Fair(needs) => {
                    fair = Some((part, needs));
                    break;
                }
                Verdict::Unfair => {}
                Verdict::Without(rest) => parts.extend(self.parts(&rest)),
            }
        }
        let (part, needs) = fair?;
        let begin = self.order.iter().find(|place| part.binary_search(place).is_ok())?;
        let mut way = self.way(*begin);
        let before = way.edges.len();
        let mut at = *begin;
        for need in needs.into_iter().filter(|need| *need != Need::At(*begin)) {
            if need != Need::At(at) {
                way.edges.extend(self.shortest(&part, at, need)?);
                at = way.edges.last()?.to;
            }
        }
        if at != *begin || way.edges.len() == before {
            way.edges.extend(self.shortest(&part, at, Need::At(*begin))?);
        }
        Some((way, Some(before)))
    }

    /// The strongly connected parts of some states that hold a cycle, each in order.
    fn parts(&self, places: &[Place]) -> VecDeque<Vec<Place>> {
        let mut sorted = places.to_vec();
        sorted.sort_unstable();
        let within = |place: Place| sorted.binary_search(&place).ok();
        let parts = components(sorted.len(), |index| {
            let place = sorted.get(index).copied().unwrap_or_default();
            self.edges(place).iter().filter_map(|edge| within(edge.to)).collect()
        });
        let place = |index: &usize| sorted.get(*index).copied();
        let parts = parts.iter().map(|part| {
            let mut part: Vec<Place> = part.iter().filter_map(place).collect();
            part.sort_unstable();
            part
        });
        let has_cycle = |part: &Vec<Place>| part.iter().any(|at| self.inner(part, *at).count() > 0);
        parts.filter(has_cycle).collect()
    }

    /// The steps from a state of a part that stay in it.
    fn inner<'a>(&'a self, part: &'a [Place], at: Place) -> impl Iterator<Item = Edge> + 'a {
        self.edges(at).iter().copied().filter(|edge| part.binary_search(&edge.to).is_ok())
    }

    /// Whether there is a fair cycle through all of a strongly connected part.
    fn judge(&self, part: &[Place]) -> Verdict {
        let seen = self.seen(part);
        let (mut needs, mut without) = (Vec::new(), Vec::new());
        for (action, seen) in (0..).zip(&seen) {
            let fairness = self.fairness(action);
            match fairness {
                Fairness::None => {}
                Fairness::Weak | Fairness::Strong if seen.taken => needs.push(Need::Action(action)),
                Fairness::Weak | Fairness::Strong if seen.enabled_in == part.len() => {
                    return Verdict::Unfair;
                }
                Fairness::Weak => needs.extend(seen.disabled_at.map(Need::At)),
                Fairness::Strong if seen.enabled_in > 0 => without.push(action),
                Fairness::Strong => {}
            }
        }
        if without.is_empty() {
            return Verdict::Fair(needs);
        }
        let is_without =
            |at: &&Place| !self.edges(**at).iter().any(|edge| without.contains(&edge.action));
        Verdict::Without(part.iter().filter(is_without).copied().collect())
    }

    /// What is seen of each action in a part.
    fn seen(&self, part: &[Place]) -> Vec<Seen> {
        let mut seen = vec![Seen::default(); self.fairness.len()];
        for (visit, at) in (1..).zip(part) {
            for edge in self.edges(*at) {
                let Some(seen) = seen.get_mut(edge.action as usize) else { continue };
                seen.taken |= part.binary_search(&edge.to).is_ok();
                if seen.last_visit != visit {
                    (seen.last_visit, seen.enabled_in) = (visit, seen.enabled_in + 1);
                }
            }
            let disabled = seen.iter_mut().filter(|seen| seen.last_visit != visit);
            disabled.for_each(|seen| seen.disabled_at = seen.disabled_at.or(Some(*at)));
        }
        seen
    }

    /// The shortest way within a strongly connected part, of a step at least, that ends with what is needed.
    fn shortest(&self, part: &[Place], at: Place, need: Need) -> Option<Vec<Edge>> {
        let mut from: BTreeMap<Place, (Place, Edge)> = BTreeMap::new();
        let mut queue = VecDeque::from([at]);
        while let Some(next) = queue.pop_front() {
            for edge in self.inner(part, next) {
                let is_end = match need {
                    Need::At(place) => edge.to == place,
                    Need::Action(action) => edge.action == action,
                };
                if is_end {
                    let mut edges = vec![edge];
                    let mut back = next;
                    while back != at {
                        let (before, edge) = from.get(&back)?;
                        edges.push(*edge);
                        back = *before;
                    }
                    edges.reverse();
                    return Some(edges);
                }
                if edge.to != at && !from.contains_key(&edge.to) {
                    from.insert(edge.to, (next, edge));
                    queue.push_back(edge.to);
                }
            }
        }
        None
    }
}

/// What a fair cycle must pass.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    At(Place),
    Action(u32),
}

/// What is seen of an action in a strongly connected part.
#[derive(Clone, Copy, Default)]
struct Seen {
    /// It leads from one of its states to another.
    taken: bool,
    /// In how many of its states it is possible, and one in which it is not.
    enabled_in: usize,
    disabled_at: Option<Place>,
    /// The last of the states in which it was seen, counted from 1 on.
    last_visit: usize,
}

enum Verdict {
    /// A cycle that passes all that is fair.
    Fair(Vec<Need>),
    /// A weakly fair action is possible everywhere in it, and leads out of it.
    Unfair,
    /// A strongly fair action leads out of it: what is left without the states in which it is possible.
    Without(Vec<Place>),
}
