//! Stops: why a program is unwound.

use super::place::Place;

/// Why the program is unwound, if it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Its process was killed.
    Killed,
    /// The same future was explored before.
    Pruned,
    /// It does not come to its end.
    Endless(Endless),
    /// Another program ended the run.
    Over,
    /// It did what a program that is explored may not do.
    Misused,
    /// It does not do again what it did before, with the same decisions.
    Strayed(Strayed),
}

/// Where a program is, at the last decision, and where it was when that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Strayed {
    pub(crate) now: Option<Place>,
    pub(crate) before: Option<Place>,
}

/// By what a program is known not to come to its end, or not within the bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endless {
    /// It does the same again and again.
    Round,
    /// It took too long.
    Time,
    /// Too many calls in a row noticed nothing new.
    IdleCalls,
    /// It resumed jobs too often.
    Resumes,
    /// Its tasks wait, and nothing is left to happen.
    Asleep,
    /// It waits for a lock, and nothing is left to happen.
    Locked,
}
