//! A way through a model, and one that breaks a promise.

use std::fmt;

use super::Model;

/// A way through the states of a model.
pub struct Path<M: Model> {
    initial: M::State,
    actions: Vec<M::Action>,
    states: Vec<M::State>,
}

impl<M: Model> Path<M> {
    pub(super) const fn new(initial: M::State) -> Self {
        Self { initial, actions: Vec::new(), states: Vec::new() }
    }

    pub(super) fn push(&mut self, action: M::Action, state: M::State) {
        self.actions.push(action);
        self.states.push(state);
    }

    /// The same way through a model of the same actions.
    pub(super) fn map_states<N: Model<Action = M::Action>>(
        &self,
        of: impl Fn(&M::State) -> N::State,
    ) -> Path<N> {
        let states = self.states.iter().map(&of).collect();
        Path { initial: of(&self.initial), actions: self.actions.clone(), states }
    }

    /// Returns the state in which it begins.
    pub const fn initial(&self) -> &M::State {
        &self.initial
    }

    /// Returns what happens, in order.
    pub fn actions(&self) -> &[M::Action] {
        &self.actions
    }

    /// Returns the state in which it ends.
    pub fn last(&self) -> &M::State {
        self.states.last().unwrap_or(&self.initial)
    }

    /// Returns the actions, each with the state that it leads to.
    pub fn steps(&self) -> impl Iterator<Item = (&M::Action, &M::State)> {
        self.actions.iter().zip(&self.states)
    }
}

impl<M: Model> Clone for Path<M> {
    fn clone(&self) -> Self {
        let Self { initial, actions, states } = self;
        Self { initial: initial.clone(), actions: actions.clone(), states: states.clone() }
    }
}

impl<M: Model> fmt::Debug for Path<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.actions).finish()
    }
}

impl<M: Model> fmt::Display for Path<M> {
    /// An action a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_actions(f, &self.actions, 1)
    }
}

fn write_actions<A: fmt::Debug>(
    f: &mut fmt::Formatter<'_>,
    actions: &[A],
    first: usize,
) -> fmt::Result {
    (first..).zip(actions).try_for_each(|(number, action)| writeln!(f, "{number:3}. {action:?}"))
}

/// A way on which a promise is broken.
pub struct Violation<M: Model> {
    pub(super) promise: String,
    pub(super) path: Path<M>,
    pub(super) end: End,
}

/// How a violation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With what breaks the promise.
    Broken,
    /// In a state in which nothing more must happen.
    Rest,
    /// With a cycle that begins behind that many actions.
    Cycle(usize),
}

impl<M: Model> Violation<M> {
    /// Returns the promise, in the words that were given with it.
    #[must_use]
    pub fn promise(&self) -> &str {
        &self.promise
    }

    /// Returns the way, with the cycle once if it ends with one.
    #[must_use]
    pub const fn path(&self) -> &Path<M> {
        &self.path
    }

    /// Returns the actions that go on for ever, if it ends with a cycle.
    #[must_use]
    pub fn cycle(&self) -> Option<&[M::Action]> {
        match self.end {
            End::Cycle(begin) => self.path.actions.get(begin..),
            End::Broken | End::Rest => None,
        }
    }
}

impl<M: Model> fmt::Debug for Violation<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { promise, path, end } = self;
        let mut shown = f.debug_struct("Violation");
        shown.field("promise", promise).field("path", path).field("end", end).finish()
    }
}

impl<M: Model> fmt::Display for Violation<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let actions = self.path.actions.as_slice();
        writeln!(f, "broken promise: {}", self.promise)?;
        match self.end {
            End::Broken => write_actions(f, actions, 1),
            End::Rest => {
                write_actions(f, actions, 1)?;
                writeln!(f, "and here nothing more must happen")
            }
            End::Cycle(begin) => {
                let (before, cycle) = actions.split_at_checked(begin).unwrap_or((actions, &[]));
                write_actions(f, before, 1)?;
                writeln!(f, "and for ever")?;
                write_actions(f, cycle, begin + 1)
            }
        }
    }
}
