//! A search over everything that can be chosen, level by level of what the choices cost. It is generic, and
//! knows of no emulator, clock or thread: a [`Space`] makes the runs, on as many threads as it likes, and says
//! when the search ends.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use super::fingerprints::FingerprintMap;

/// How many runs are made before their results are put together: always as many, so that the counts are the
/// same with any number of threads.
const BATCH: usize = 64;

/// What choices cost. The levels of a search are in this order.
pub(crate) trait Cost: Copy + Ord {
    /// Whether no part of the cost is higher than that one's.
    fn is_within(self, bound: Self) -> bool;
}

/// The choices with which a run begins; everything else in it happens by default.
pub(crate) trait Prefix: Ord {
    type Cost: Cost;

    fn cost(&self) -> Self::Cost;

    /// How far the run has come at the last choice. Of the prefixes of a level the shortest are tried first.
    fn length(&self) -> u32;

    /// A fingerprint of the first future that its run passes, if that is known beforehand.
    fn foreseen(&self) -> Option<u128> {
        None
    }
}

/// What is searched.
pub(crate) trait Space {
    type Prefix: Prefix;
    type Run;

    /// Whether that prefix is searched here, and not by another process.
    fn has(&self, prefix: &Self::Prefix) -> bool;

    /// How many runs may be made now: the search ends at none. It is asked before each batch, and may look at
    /// a clock.
    fn allowance(&mut self, standing: Standing<CostOf<Self>>) -> usize;

    /// Makes the runs of these prefixes, in any order, and returns them in that of the prefixes. A run may end
    /// at a future that is covered by what was seen before.
    fn run_all(&mut self, batch: &[Self::Prefix], seen: &Seen<CostOf<Self>>) -> Vec<Self::Run>;

    /// Judges a run, and returns what it found.
    fn judge(&mut self, prefix: &Self::Prefix, run: Self::Run) -> Found<Self::Prefix>;
}

/// What the choices of a space cost.
pub(crate) type CostOf<S> = <<S as Space>::Prefix as Prefix>::Cost;

/// What a run found.
pub(crate) struct Found<P: Prefix> {
    /// The futures that it passed, in order.
    pub(crate) passed: Vec<Passed<P::Cost>>,
    /// The prefixes with one more choice, in the order in which the run came to it.
    pub(crate) alternatives: Vec<P>,
    /// A prefix that is another run whatever future was passed.
    pub(crate) besides: Option<P>,
}

/// A future that a run passed.
pub(crate) struct Passed<C> {
    pub(crate) fingerprint: u128,
    /// Of the future in which nothing more is chosen, which this one covers too.
    pub(crate) course: Option<u128>,
    pub(crate) cost: C,
    /// How many alternatives the run had found before.
    pub(crate) alternatives: usize,
}

/// How far a search has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing<C> {
    /// The level that is searched.
    pub(crate) level: C,
    /// The last level of which nothing waits.
    pub(crate) exhausted: Option<C>,
    pub(crate) waiting: usize,
    pub(crate) futures: usize,
}

/// Searches from a prefix on, until nothing waits or the space allows no more. Returns how far it came: at the
/// end the level is the last one.
pub(crate) fn search<S: Space>(space: &mut S, root: S::Prefix) -> Standing<CostOf<S>> {
    let seen = Seen::default();
    let mut standing = Standing { level: root.cost(), exhausted: None, waiting: 1, futures: 0 };
    // What prefixes that wait, or waited, will pass first.
    let claimed = Seen::default();
    let mut frontier = Frontier::default();
    frontier.add(root);
    while let Some(level) = frontier.level() {
        if level != standing.level {
            standing.exhausted = Some(standing.level);
        }
        standing = Standing { level, waiting: frontier.0.len(), futures: seen.len(), ..standing };
        let most = space.allowance(standing).min(BATCH);
        let batch = frontier.take(level, most, &seen);
        if batch.is_empty() && most > 0 {
            continue;
        }
        if batch.is_empty() {
            return standing;
        }
        let runs = space.run_all(&batch, &seen);
        for (prefix, run) in batch.iter().zip(runs) {
            let found = space.judge(prefix, run);
            let end = seen.add_all(&found.passed).unwrap_or(found.alternatives.len());
            let next = found.alternatives.into_iter().take(end).chain(found.besides);
            let is_new = |prefix: &S::Prefix| {
                let (foreseen, cost) = (prefix.foreseen(), prefix.cost());
                let is_claimed = |future| seen.covers(future, cost) || !claimed.claim(future, cost);
                space.has(prefix) && !foreseen.is_some_and(is_claimed)
            };
            next.filter(is_new).for_each(|prefix| frontier.add(prefix));
        }
    }
    Standing { exhausted: Some(standing.level), waiting: 0, futures: seen.len(), ..standing }
}

/// The prefixes that wait, the cheapest and then the shortest first.
struct Frontier<P: Prefix>(BTreeSet<(P::Cost, u32, P)>);

impl<P: Prefix> Default for Frontier<P> {
    fn default() -> Self {
        Self(BTreeSet::new())
    }
}

impl<P: Prefix> Frontier<P> {
    fn add(&mut self, prefix: P) {
        self.0.insert((prefix.cost(), prefix.length(), prefix));
    }

    /// The cost of the cheapest.
    fn level(&self) -> Option<P::Cost> {
        self.0.first().map(|(cost, ..)| *cost)
    }

    /// Takes the next of a level, at most `most`, and leaves out what leads to a future that was explored.
    fn take(&mut self, level: P::Cost, most: usize, seen: &Seen<P::Cost>) -> Vec<P> {
        let next = std::iter::from_fn(|| {
            let is_next = self.level() == Some(level);
            is_next.then(|| self.0.pop_first()).flatten().map(|(.., prefix)| prefix)
        });
        let is_known =
            |prefix: &P| prefix.foreseen().is_some_and(|future| seen.covers(future, prefix.cost()));
        next.filter(|prefix| !is_known(prefix)).take(most).collect()
    }
}

/// The futures that were explored, each with the costs at which it was reached: one that is reached with more
/// of the bound left is explored again. A clone is a second handle of the same.
pub(crate) struct Seen<C>(Arc<RwLock<FingerprintMap<Costs<C>>>>);

/// The costs at which a future was reached, of which none is within another one. Most have one.
enum Costs<C> {
    One(C),
    #[allow(
        clippy::box_collection,
        reason = "few have more, so that these take no more than a pointer"
    )]
    More(Box<Vec<C>>),
}

impl<C: Cost> Costs<C> {
    /// Whether one of them is within that one.
    fn cover(&self, cost: C) -> bool {
        match self {
            Self::One(known) => known.is_within(cost),
            Self::More(costs) => costs.iter().any(|known| known.is_within(cost)),
        }
    }

    fn add(&mut self, cost: C) {
        match self {
            Self::One(known) if cost.is_within(*known) => *known = cost,
            Self::One(known) => *self = Self::More(Box::new(vec![*known, cost])),
            Self::More(costs) => {
                costs.retain(|known| !cost.is_within(*known));
                costs.push(cost);
            }
        }
    }
}

impl<C> Clone for Seen<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C> Default for Seen<C> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<C> fmt::Debug for Seen<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seen").finish_non_exhaustive()
    }
}

impl<C: Cost> Seen<C> {
    /// Whether that future was explored with as much of the bound left.
    pub(crate) fn covers(&self, fingerprint: u128, cost: C) -> bool {
        covers(&self.0.read().unwrap_or_else(PoisonError::into_inner), fingerprint, cost)
    }

    fn len(&self) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Adds the futures that a run passed, up to the first that is covered by now: what the run found from
    /// there on another one has found. Returns how many alternatives were found before it, if there is one.
    fn add_all(&self, passed: &[Passed<C>]) -> Option<usize> {
        let mut seen = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for Passed { fingerprint, course, cost, alternatives } in passed {
            if covers(&seen, *fingerprint, *cost) {
                return Some(*alternatives);
            }
            for fingerprint in [Some(*fingerprint), *course].into_iter().flatten() {
                add(&mut seen, fingerprint, *cost);
            }
        }
        None
    }

    /// Adds a future, and returns whether it was not there yet.
    fn claim(&self, fingerprint: u128, cost: C) -> bool {
        let mut seen = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let is_new = !covers(&seen, fingerprint, cost);
        if is_new {
            add(&mut seen, fingerprint, cost);
        }
        is_new
    }
}

fn add<C: Cost>(seen: &mut FingerprintMap<Costs<C>>, fingerprint: u128, cost: C) {
    seen.entry(fingerprint).and_modify(|costs| costs.add(cost)).or_insert(Costs::One(cost));
}

fn covers<C: Cost>(seen: &FingerprintMap<Costs<C>>, fingerprint: u128, cost: C) -> bool {
    seen.get(&fingerprint).is_some_and(|costs| costs.cover(cost))
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Cost for u32 {
        fn is_within(self, bound: Self) -> bool {
            self <= bound
        }
    }

    /// At which of some points something is chosen.
    type Chosen = Vec<u32>;

    impl Prefix for Chosen {
        type Cost = u32;

        fn cost(&self) -> u32 {
            u32::try_from(self.len()).unwrap()
        }

        fn length(&self) -> u32 {
            self.last().map_or(0, |last| last + 1)
        }
    }

    /// Some points at which something can be chosen. The future at a point is how often it was before.
    struct Points {
        number: u32,
        bound: u32,
        prunes: bool,
        most: usize,
        made: Vec<Chosen>,
        asked: Vec<Standing<u32>>,
    }

    impl Points {
        fn new(number: u32, bound: u32) -> Self {
            let (made, asked) = (Vec::new(), Vec::new());
            Self { number, bound, prunes: false, most: usize::MAX, made, asked }
        }
    }

    impl Space for Points {
        type Prefix = Chosen;
        type Run = Vec<Passed<u32>>;

        fn has(&self, _: &Chosen) -> bool {
            true
        }

        fn allowance(&mut self, standing: Standing<u32>) -> usize {
            self.asked.push(standing);
            self.most - self.made.len()
        }

        fn run_all(&mut self, batch: &[Chosen], seen: &Seen<u32>) -> Vec<Self::Run> {
            let run = |prefix: &Chosen| {
                let passed = (prefix.length()..self.number).map(|point| Passed {
                    fingerprint: u128::from(point) << 32 | u128::from(prefix.cost()),
                    course: None,
                    cost: prefix.cost(),
                    alternatives: (point - prefix.length()) as usize,
                });
                let covered = |at: &Passed<u32>| seen.covers(at.fingerprint, at.cost);
                passed.take_while(|at| self.prunes && !covered(at)).collect()
            };
            batch.iter().map(run).collect()
        }

        fn judge(&mut self, prefix: &Chosen, passed: Self::Run) -> Found<Chosen> {
            let with = |point| prefix.iter().copied().chain([point]).collect();
            let can_choose = prefix.cost() < self.bound;
            let end = if self.prunes {
                prefix.length() + u32::try_from(passed.len()).unwrap()
            } else {
                self.number
            };
            let alternatives = (prefix.length()..end).filter(|_| can_choose).map(with).collect();
            self.made.push(prefix.clone());
            Found { passed, alternatives, besides: None }
        }
    }

    /// Each choice is made once, the cheapest first, then the shortest.
    #[test]
    fn levels_are_searched_in_order() {
        let mut points = Points::new(4, 2);
        let end = search(&mut points, Chosen::default());
        assert_eq!((end.exhausted, end.waiting), (Some(2), 0));
        let made = &points.made;
        let mut sorted = made.clone();
        sorted.sort_by_key(|chosen| (chosen.cost(), chosen.length(), chosen.clone()));
        sorted.dedup();
        assert_eq!(*made, sorted);
        // One run in which nothing is chosen, 4 with one choice, 6 with two.
        assert_eq!(made.len(), 11);
    }

    /// A future is explored once: with the same number of choices at the same point.
    #[test]
    fn known_futures_are_left_out() {
        let mut points = Points { prunes: true, ..Points::new(20, 3) };
        let end = search(&mut points, Chosen::default());
        // Of the runs with one choice all, of those with more the ones that a first run with as many led to.
        assert_eq!((points.made.len(), end.futures), (1 + 20 + 19 + 18, 20 + 19 + 18 + 17));
        assert_eq!(end.exhausted, Some(3));
    }

    /// A search that is ended says how far it came, and makes no run more than it may.
    #[test]
    fn a_search_can_be_ended() {
        let mut points = Points { most: 100, ..Points::new(20, 2) };
        let end = search(&mut points, Chosen::default());
        assert_eq!(points.made.len(), 100);
        assert_eq!((end.level, end.exhausted), (2, Some(1)));
        assert_eq!(end.waiting, 1 + 20 + 190 - 100);
        assert!(points.asked.windows(2).all(|pair| pair[0].level <= pair[1].level));
    }
}
