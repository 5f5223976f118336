//! What ends an exploration of a model before all states are visited.

use std::fmt;

/// What kept an exploration from visiting every state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limit {
    /// The [most states](super::Exploration::most_states).
    States,
    /// The [most actions](super::Exploration::most_actions).
    Actions,
    /// The [memory](super::Exploration::memory) for what is kept.
    Memory,
    /// The function that [allows](super::Exploration::while_allowed) to go on.
    NotAllowed,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::States => "the most states were visited",
            Self::Actions => "the most actions were taken",
            Self::Memory => "the memory is used up",
            Self::NotAllowed => "it was not to go on",
        })
    }
}
