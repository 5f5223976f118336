//! Planned incidents: what happens in every run at its time, whatever else is decided.

use std::hash::Hash;

use chrono::{DateTime, Utc};

use super::choice::Incident;
use super::decide::fits;
use super::execution::Execution;
use super::place::Place;
use super::visits::Visits;
use crate::emulator::Emulator;

impl Execution {
    /// Takes the first planned incident whose time has come and that has an effect at that place.
    pub(super) fn take_planned(&self, emulator: &Emulator, place: Place) -> Option<Incident> {
        if self.scope.planned.is_empty() {
            return None;
        }
        let mut progress = self.progress();
        if progress.is_over {
            return None;
        }
        let now = emulator.now();
        let mut due = progress.planned.iter().take_while(|(at, _)| *at <= now);
        let next = due.position(|(_, incident)| fits(*incident, place))?;
        let (_, incident) = progress.planned.remove(next)?;
        // Visits begin anew, as after an incident that was decided.
        progress.visits = Visits::default();
        progress.incidents.push(incident);
        if !incident.is_of_world() {
            incident.hash(&mut progress.actor.observed);
        }
        Some(incident)
    }

    /// Returns the time of the next planned incident after now.
    pub(super) fn next_planned(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.scope.planned.is_empty() {
            return None;
        }
        let progress = self.progress();
        progress.planned.iter().map(|(at, _)| *at).find(|at| *at > now)
    }
}
