//! How virtual time passes.

use std::time::Duration;

/// How the clock of an emulator goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clock {
    /// Only [`advance`](super::Emulator::advance) and its like let time pass.
    #[default]
    Manual,
    /// Each call of a client lets so much time pass before it: a loop of poll and sleep comes to its
    /// end without sleeping.
    OnPoll(Duration),
}
