//! Departures from the run in which all goes well, in words.

use std::fmt;

use super::choice::{Choice, Incident};
use super::place::{Place, words_of};

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Departure {
    /// A choice at a place other than to go on, and the incident of the budget that it is, if it is one.
    At(Place, Choice, Option<Incident>),
    /// A planned incident, and the place at which it struck.
    Planned(Place, Incident),
    /// The number of processes that could go on, and the place among them of the one that did.
    Process(usize, u8),
    /// The number of ready tasks, and the place among them of the one that went on first.
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
