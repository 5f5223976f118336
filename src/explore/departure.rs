//! Departures from the course in which all goes well, in words.

use std::fmt;

use super::choice::{Choice, Incident};
use super::place::{Place, words_of};

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Departure {
    /// At a place something else was chosen than to go on: an incident, if it is one of the budget.
    At(Place, Choice, Option<Incident>),
    /// At a place an incident struck that was planned for that time.
    Planned(Place, Incident),
    /// Of so many processes that could go on the one with that place among them did.
    Process(usize, u8),
    /// Of so many ready tasks the one with that place went on first.
    Task(usize, usize),
}

impl fmt::Display for Departure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::At(place, choice, incident) => {
                write!(f, "{}, ", words_of(place))?;
                match (choice, incident) {
                    (Choice::KillAfter, _) => {
                        f.write_str("the process is killed once the call is carried out")
                    }
                    (Choice::Stall(changes), _) => {
                        write!(f, "the program is late: {changes} changes happen first")
                    }
                    (Choice::Late(steps), _) => {
                        write!(f, "it is late: {steps} calls or changes come first")
                    }
                    (Choice::KillOf(other), _) => {
                        write!(f, "process {} is killed", other.saturating_add(1))
                    }
                    (Choice::Switch(other), _) => {
                        write!(f, "process {} goes on", other.saturating_add(1))
                    }
                    (Choice::Incident(_) | Choice::Other(_), incident) => {
                        incident.map_or(Ok(()), |incident| incident.fmt(f))
                    }
                }
            }
            Self::Planned(place, incident) => write!(f, "{}, {incident}", words_of(place)),
            Self::Process(able, next) => {
                let next = next.saturating_add(1);
                write!(f, "of {able} processes that can go on, process {next} does")
            }
            Self::Task(ready, chosen) => {
                let chosen = chosen.saturating_add(1);
                write!(f, "of {ready} ready tasks, number {chosen} goes on first")
            }
        }
    }
}
