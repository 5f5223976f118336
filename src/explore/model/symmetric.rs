//! The exploration of a model with parts that are alike, such as several jobs: of the states that differ by an exchange
//! of these parts, only one is visited.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::explored::Explored;
use super::{Exploration, Model, check};

/// A model with parts that are alike, such as several jobs: if they change places, the same can happen at the other
/// places.
pub trait Symmetric: Model {
    /// Returns the images of a state: what it becomes when the parts that are alike change places, in every way in
    /// which they can. The state itself is one of them. Each image must have the same images.
    ///
    /// For each step from a state, each of its images must have a step to an image of the state where it leads.
    fn images(&self, state: &Self::State) -> Vec<Self::State>;
}

/// Explores a model with parts that are alike, and visits only the first of the states that are images of each other.
///
/// # Why nothing is lost
///
/// Let the model be symmetric: if it begins in a state, it begins in all images of the state, and for each step from a
/// state there is one from each of its images. Then each way through the model has a counterpart through the visited
/// states, which leads step by step to images of the same states. So a promise that holds of a state if and only if it
/// holds of its images is broken in this exploration if and only if it is broken in [`check`], and after as many steps:
/// the counterexample is as short. It is a way through the model itself, because each visited state was reached by its
/// own steps.
///
/// Two jobs that are resumed or cancelled, and fail or not, have 346 states, of which 181 are visited; three have
/// 5,752, of which 1,137 are visited.
///
/// The argument does not cover what comes about in the end: on a cycle of merged states the parts may have changed
/// places, so that a fair action no longer belongs to one part. Therefore
/// [`eventually`](super::Exploration::eventually) and [`leads_to`](super::Exploration::leads_to) are not offered here.
///
/// # What is refused
///
/// - A promise that holds of a visited state and not of one of its images.
/// - A model that begins in a state and not in all of its images.
/// - A step from one of the first 1,000 visited states for which there is none from an image. Beyond these states
///   nothing is compared: the model has to be symmetric.
///
/// ```
/// use bits_emulator::JobState;
/// use bits_emulator::explore::model;
/// use bits_emulator::explore::model::jobs::{JobsModel, JobsState, ObservedJob};
/// use bits_emulator::machine::{Call, JobOptions};
/// use bits_emulator::FileInfo;
///
/// let resumes = |jobs: &[ObservedJob<'_>]| (0..jobs.len()).map(|job| (job, Call::Resume)).collect();
/// let file = || Call::add_file(FileInfo::new("https://example.com/a", r"C:\a"));
/// let model = JobsModel::beside(resumes)
///     .job(JobOptions::default(), [file()])?
///     .job(JobOptions::default(), [file()])?;
///
/// let transferring = |job: &model::jobs::TimedJob| job.machine().state() == JobState::Transferring;
/// let explored = model::check_symmetric(&model)
///     .always("one transfers at most", |state| state.jobs().iter().filter(|job| transferring(job)).count() < 2)
///     .run()?;
/// assert_eq!(explored.violation().unwrap().path().actions().len(), 6);
///
/// // The first is not the second.
/// let refused = model::check_symmetric(&model)
///     .always("the first does not transfer", |state| !transferring(&state.jobs()[0]))
///     .run();
/// assert!(refused.unwrap_err().to_string().contains("the first does not transfer"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn check_symmetric<M: Symmetric>(model: &M) -> SymmetricExploration<'_, M> {
    SymmetricExploration(check(model))
}

/// The number of states in which the steps are compared with those from the images.
const COMPARED: usize = 1_000;

/// The exploration of a [`Symmetric`] model, from [`check_symmetric`]: of what can be asked of an [`Exploration`], that
/// which is the same of a state and its images.
pub struct SymmetricExploration<'m, M: Symmetric>(Exploration<'m, M>);

/// Why states must not be merged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotSymmetric {
    /// A promise, or a condition that was asked for, holds in a state and not in its image.
    #[error(
        "\"{0}\" is so in a state but not when what is alike changes places: ask it with `check`, or of all that is alike"
    )]
    Promise(String),
    /// The model does not begin in each image of a state in which it begins.
    #[error(
        "the model begins in a state but not in one of its images: what is alike must begin alike"
    )]
    Beginning,
    /// What can happen in a state is not what can happen in its image.
    #[error(
        "other steps are possible when what is alike changes places, after {0} actions: explore the model with `check`"
    )]
    Steps(usize),
}

impl<'m, M: Symmetric> SymmetricExploration<'m, M> {
    /// Promises that something holds in every state.
    #[must_use]
    pub fn always(
        self,
        promise: impl Into<String>,
        holds: impl Fn(&M::State) -> bool + 'm,
    ) -> Self {
        Self(self.0.always(promise, holds))
    }

    /// Promises that something holds of every step, from a state by an action to a state.
    #[must_use]
    pub fn always_step(
        self,
        promise: impl Into<String>,
        holds: impl Fn(&M::State, &M::Action, &M::State) -> bool + 'm,
    ) -> Self {
        Self(self.0.always_step(promise, holds))
    }

    /// Asks for the shortest way to a state in which a condition holds.
    #[must_use]
    pub fn possible(self, name: impl Into<String>, is_so: impl Fn(&M::State) -> bool + 'm) -> Self {
        Self(self.0.possible(name, is_so))
    }

    /// Visits at most `states` states. Of a state and its images, only one is visited and counted.
    #[must_use]
    pub fn most_states(self, states: usize) -> Self {
        Self(self.0.most_states(states))
    }

    /// Visits only states that are reached by at most `actions` actions.
    #[must_use]
    pub fn most_actions(self, actions: usize) -> Self {
        Self(self.0.most_actions(actions))
    }

    /// Keeps at most about that many [bytes](Exploration::memory).
    #[must_use]
    pub fn memory(self, bytes: usize) -> Self {
        Self(self.0.memory(bytes))
    }

    /// Explores, until every state or an image of it was visited, a promise is broken, or a limit is met.
    ///
    /// # Errors
    ///
    /// If states must not be merged: [`NotSymmetric`].
    pub fn run(&self) -> Result<Explored<M>, NotSymmetric> {
        let Self(asked) = self;
        let initial = asked.model.initial_states();
        let mut images = initial.iter().flat_map(|state| asked.model.images(state));
        if !images.all(|image| initial.contains(&image)) {
            return Err(NotSymmetric::Beginning);
        }
        let merged = Merged(asked.model);
        let refused = OnceLock::new();
        let compared = AtomicUsize::new(0);
        let mut exploration = check(&merged).within(asked);
        exploration = exploration.always("it is symmetric", |orbit: &Orbit<'_, M>| {
            let steps = compared.fetch_add(1, Ordering::Relaxed) < COMPARED;
            let found = self.asymmetry(&orbit.state, steps);
            found.is_none_or(|found| refused.set(found).is_err())
        });
        for (promise, holds) in &asked.always {
            exploration = exploration.always(promise, |orbit: &Orbit<'_, M>| holds(&orbit.state));
        }
        for (promise, holds) in &asked.always_step {
            let holds = |from: &Orbit<'_, M>, action: &M::Action, to: &Orbit<'_, M>| {
                holds(&from.state, action, &to.state)
            };
            exploration = exploration.always_step(promise, holds);
        }
        for (name, is_so) in &asked.possible {
            exploration = exploration.possible(name, |orbit: &Orbit<'_, M>| is_so(&orbit.state));
        }
        let explored = exploration.run();
        match refused.get() {
            Some(NotSymmetric::Steps(_)) => {
                let way = explored.violation().map(|found| found.path().actions().len());
                Err(NotSymmetric::Steps(way.unwrap_or_default()))
            }
            Some(found) => Err(found.clone()),
            None => Ok(explored.map_states(|orbit| orbit.state.clone())),
        }
    }

    fn asymmetry(&self, state: &M::State, steps: bool) -> Option<NotSymmetric> {
        let Self(asked) = self;
        let images = asked.model.images(state);
        for (name, is_so) in asked.always.iter().chain(&asked.possible) {
            let here = is_so(state);
            if images.iter().any(|image| is_so(image) != here) {
                return Some(NotSymmetric::Promise(name.clone()));
            }
        }
        if !steps {
            return None;
        }
        let here = self.steps(state);
        images.iter().find_map(|image| {
            let there = self.steps(image);
            let same = |(one, other): (&u64, &u64)| one == other;
            if here.len() != there.len() || !here.keys().zip(there.keys()).all(same) {
                return Some(NotSymmetric::Steps(0));
            }
            let of = here.values().zip(there.values()).find(|(one, other)| one != other)?;
            let differs = |(one, other): (&Vec<usize>, &Vec<usize>)| {
                one.iter().zip(other).position(|(one, other)| one != other)
            };
            let name = differs(of).and_then(|place| asked.always_step.get(place));
            Some(
                name.map_or(NotSymmetric::Steps(0), |(name, _)| {
                    NotSymmetric::Promise(name.clone())
                }),
            )
        })
    }

    /// Returns where the steps from a state lead, by a hash that images share: for each promise the number of steps
    /// there that keep it, and last the number of steps there.
    fn steps(&self, state: &M::State) -> BTreeMap<u64, Vec<usize>> {
        let Self(Exploration { model, always_step, .. }) = self;
        let mut steps: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for action in model.enabled(state) {
            let Some(to) = model.next(state, &action) else { continue };
            let held = always_step.iter().map(|(_, holds)| holds(state, &action, &to));
            let held: Vec<_> = held.chain([true]).collect();
            let known = steps.entry(hash(*model, &to)).or_insert_with(|| vec![0; held.len()]);
            known.iter_mut().zip(held).for_each(|(known, held)| *known += usize::from(held));
        }
        steps
    }
}

/// The model in which states are equal if they are images of each other.
struct Merged<'m, M>(&'m M);

/// A state that stands for all its images.
struct Orbit<'m, M: Model> {
    model: &'m M,
    state: M::State,
    hash: u64,
}

impl<'m, M: Symmetric> Merged<'m, M> {
    fn orbit(&self, state: M::State) -> Orbit<'m, M> {
        Orbit { model: self.0, hash: hash(self.0, &state), state }
    }
}

/// A hash that the images of a state share.
fn hash<M: Symmetric>(model: &M, state: &M::State) -> u64 {
    let one = |state: &M::State| {
        let mut hasher = DefaultHasher::new();
        state.hash(&mut hasher);
        hasher.finish()
    };
    model.images(state).iter().map(one).fold(0, u64::wrapping_add)
}

impl<'m, M: Symmetric> Model for Merged<'m, M> {
    type State = Orbit<'m, M>;
    type Action = M::Action;

    fn initial_states(&self) -> Vec<Self::State> {
        self.0.initial_states().into_iter().map(|state| self.orbit(state)).collect()
    }

    fn enabled(&self, orbit: &Self::State) -> impl IntoIterator<Item = M::Action> {
        self.0.enabled(&orbit.state)
    }

    fn next(&self, orbit: &Self::State, action: &M::Action) -> Option<Self::State> {
        Some(self.orbit(self.0.next(&orbit.state, action)?))
    }
}

impl<M: Model> Clone for Orbit<'_, M> {
    fn clone(&self) -> Self {
        Self { model: self.model, state: self.state.clone(), hash: self.hash }
    }
}

impl<M: Symmetric> PartialEq for Orbit<'_, M> {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
            && (self.state == other.state || self.model.images(&self.state).contains(&other.state))
    }
}

impl<M: Symmetric> Eq for Orbit<'_, M> {}

impl<M: Model> Hash for Orbit<'_, M> {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        hasher.write_u64(self.hash);
    }
}
