//! What an exploration found.

use std::fmt;

use super::Model;
use super::limit::Limit;
use super::path::{Path, Violation};

/// What was explored of a model, and what holds there.
pub struct Explored<M: Model> {
    pub(super) states: usize,
    pub(super) transitions: usize,
    pub(super) depth: usize,
    pub(super) bytes: usize,
    pub(super) exhausted: bool,
    pub(super) limit: Option<Limit>,
    pub(super) violation: Option<Violation<M>>,
    pub(super) possible: Vec<Witness<M>>,
    pub(super) taken: Vec<Witness<M>>,
}

/// Something that was asked for, and the shortest way to it.
pub struct Witness<M: Model> {
    pub(super) name: String,
    pub(super) path: Option<Path<M>>,
}

impl<M: Model> Witness<M> {
    /// Returns its name, as it was given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the shortest way to it; `None` if none was found.
    #[must_use]
    pub const fn path(&self) -> Option<&Path<M>> {
        self.path.as_ref()
    }
}

impl<M: Model> fmt::Debug for Witness<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Witness").field(&self.name).field(&self.path).finish()
    }
}

impl<M: Model> Explored<M> {
    /// The same of a model of the same actions.
    pub(super) fn map_states<N: Model<Action = M::Action>>(
        &self,
        of: impl Fn(&M::State) -> N::State,
    ) -> Explored<N> {
        let witness = |it: &Witness<M>| Witness {
            name: it.name.clone(),
            path: it.path.as_ref().map(|path| path.map_states(&of)),
        };
        let violation = self.violation.as_ref().map(|found| Violation {
            promise: found.promise.clone(),
            path: found.path.map_states(&of),
            end: found.end,
        });
        Explored {
            states: self.states,
            transitions: self.transitions,
            depth: self.depth,
            bytes: self.bytes,
            exhausted: self.exhausted,
            limit: self.limit,
            violation,
            possible: self.possible.iter().map(witness).collect(),
            taken: self.taken.iter().map(witness).collect(),
        }
    }

    /// Returns how many different states were visited.
    #[must_use]
    pub const fn states(&self) -> usize {
        self.states
    }

    /// Returns how many steps were taken: an action in a state, also if it leads to one that is known.
    #[must_use]
    pub const fn transitions(&self) -> usize {
        self.transitions
    }

    /// Returns the most actions that the shortest way to a state has.
    #[must_use]
    pub const fn depth(&self) -> usize {
        self.depth
    }

    /// Returns how many bytes a visited state takes, with its place in the table of states and its steps if they are kept,
    /// but without what it owns on the heap.
    #[must_use]
    pub const fn bytes_per_state(&self) -> usize {
        match self.bytes.checked_div(self.states) {
            Some(bytes) => bytes,
            None => 0,
        }
    }

    /// Returns whether every state was visited and every step taken. A violation and the limits end an
    /// exploration before.
    #[must_use]
    pub const fn is_exhausted(&self) -> bool {
        self.exhausted
    }

    /// Returns the limit that kept something out, if one did.
    #[must_use]
    pub const fn limit(&self) -> Option<Limit> {
        self.limit
    }

    /// Returns a way on which a promise is broken, if one was found.
    #[must_use]
    pub const fn violation(&self) -> Option<&Violation<M>> {
        self.violation.as_ref()
    }

    /// Returns what was asked for with [`possible`](super::Exploration::possible), in that order.
    #[must_use]
    pub fn possible(&self) -> &[Witness<M>] {
        &self.possible
    }

    /// Returns the [`transitions`](super::Exploration::transitions), in their order.
    #[must_use]
    pub fn taken(&self) -> &[Witness<M>] {
        &self.taken
    }

    /// Returns the names of the transitions that no step takes.
    pub fn unreached(&self) -> impl Iterator<Item = &str> {
        self.taken.iter().filter(|taken| taken.path.is_none()).map(Witness::name)
    }
}

impl<M: Model> fmt::Debug for Explored<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explored")
            .field("states", &self.states)
            .field("transitions", &self.transitions)
            .field("depth", &self.depth)
            .field("exhausted", &self.exhausted)
            .field("violation", &self.violation)
            .finish_non_exhaustive()
    }
}

impl<M: Model> fmt::Display for Explored<M> {
    /// What was explored in a line, then the violation, and what is not possible.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { states, transitions, depth, .. } = self;
        let exhausted = if self.exhausted { "exhausted" } else { "not exhausted" };
        write!(f, "{states} states, {transitions} transitions, depth {depth}, {exhausted}")?;
        match self.limit {
            Some(limit) => writeln!(f, ": {limit}")?,
            None => writeln!(f)?,
        }
        if let Some(found) = &self.violation {
            write!(f, "{found}")?;
        }
        for asked in self.possible.iter().filter(|asked| asked.path.is_none()) {
            let so_far = if self.exhausted { "" } else { " so far" };
            writeln!(f, "not possible{so_far}: {}", asked.name)?;
        }
        Ok(())
    }
}
