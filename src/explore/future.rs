//! Futures: the fingerprints by which those that were explored before are known again, and what can be foreseen
//! of the future that a decision leads to.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};
use siphasher::sip128::{Hasher128, SipHasher13};

use super::choice::{Choice, LONGEST_STALL};
use super::decisions::Cost;
use super::execution::{Execution, Progress};
use super::place::Place;
use super::requests::{RequestRecord, close_requests};
use super::scope::Strategy;
use super::search::Passed;
use super::situation::noticeable;
use super::timers::Timers;
use super::visits::{VisitSummary, Visits};
use super::world::{People, run_to_change, strike};
use crate::emulator::{Emulator, NextStep, ProcessId};
use crate::service::Chooser;

/// Where a run is.
#[derive(Clone, Copy)]
pub(crate) struct Here<'run> {
    pub(crate) emulator: &'run Emulator,
    pub(crate) people: &'run People,
    pub(crate) process: ProcessId,
    pub(crate) place: Place,
}

/// What a decision leads to, without making its run.
pub(super) enum Foreseen {
    /// Nothing is changed by it: what it leads to is a part of what can happen without it.
    Nothing,
    Future(u128),
    Unknown,
}

/// What decides the future of a run beside the emulator and what a decision leaves as it is.
#[derive(Clone)]
struct Standpoint<'run> {
    place: Place,
    life: u32,
    observed: u128,
    left: u128,
    timers: &'run Timers,
    visits: &'run VisitSummary,
    requests: &'run [RequestRecord],
    /// Whether all that went wrong passes by itself.
    is_transient: bool,
    waits: &'run [(Option<DateTime<Utc>>, bool)],
    cost: Cost,
}

impl<'run> Standpoint<'run> {
    /// That of the program that acts.
    fn of(progress: &'run Progress, place: Place) -> Self {
        Self {
            place,
            life: progress.actor.life,
            observed: progress.actor.observed(),
            left: progress.left,
            timers: &progress.timers,
            visits: progress.visits.summary(),
            requests: &progress.requests,
            is_transient: progress.incidents.iter().all(|incident| incident.is_transient()),
            waits: &progress.actor.waits,
            cost: progress.cost,
        }
    }
}

impl Execution {
    /// The state of the emulator, and the future that a run passes now.
    pub(super) fn future(
        &self,
        progress: &Progress,
        emulator: &Emulator,
        place: Place,
    ) -> (u128, Passed<Cost>) {
        let state = state_of(emulator);
        let standpoint = Standpoint::of(progress, place);
        let (fingerprint, course) = self.fingerprints(progress, state, &standpoint);
        let alternatives = progress.alternatives.len();
        (state, Passed { fingerprint, course, cost: progress.cost, alternatives })
    }

    /// A fingerprint of all that can happen from a point on, the same for two executions that go on alike; and of
    /// what happens if nothing more is decided, unless that is all.
    ///
    /// Limits are left out. How often a life has resumed jobs is seen from what it observed. The time since the
    /// last decision and the number of idle calls only say when a run is given up that goes on; and whether it
    /// goes on and on is the same of both executions. Rounds are counted from the last news on alone.
    fn fingerprints(
        &self,
        progress: &Progress,
        state: u128,
        standpoint: &Standpoint<'_>,
    ) -> (u128, Option<u128>) {
        let Standpoint { place, life, observed, left, timers, visits, .. } = standpoint;
        let Standpoint { requests, is_transient, waits, cost, .. } = standpoint;
        let mut hasher = SipHasher13::new();
        (state, place, life, observed, &progress.stores, timers, is_transient).hash(&mut hasher);
        (&progress.actor.legality, requests, waits).hash(&mut hasher);
        (progress.actor.number, progress.holder, &progress.locks).hash(&mut hasher);
        progress.others.values().for_each(|other| other.hash(&mut hasher));
        let course = hasher.clone().finish128().as_u128();
        if *cost == self.scope.bound {
            return (course, None);
        }
        left.hash(&mut hasher);
        if self.scope.most_points < u32::MAX {
            // The later it is reached, the less of it is explored.
            progress.point.hash(&mut hasher);
        }
        if self.scope.strategy == Strategy::FirstVisits {
            visits.hash(&mut hasher);
            // By it situations are told apart while several steps are possible at once.
            progress.actor.last_noticed.hash(&mut hasher);
        }
        (hasher.finish128().as_u128(), Some(course))
    }

    /// Foresees what a decision leads to, by an attempt on a copy of the emulator in the given state.
    pub(super) fn foresee(
        &self,
        progress: &Progress,
        here: Here<'_>,
        choice: Choice,
        state: u128,
    ) -> Foreseen {
        let Here { emulator, people, process, place } = here;
        let Choice::Incident(number) = choice else { return Foreseen::Unknown };
        if !progress.others.is_empty() || !progress.locks.is_empty() {
            // Another one may go on next.
            return Foreseen::Unknown;
        }
        let number = usize::from(number);
        let incident = self.scope.budget.incidents().get(number).map(|(incident, _)| *incident);
        let Some(incident) =
            incident.filter(|incident| incident.is_of_world() || incident.ends_process())
        else {
            return Foreseen::Unknown;
        };
        let Some(copy) = emulator.plain_fork() else { return Foreseen::Unknown };
        let here = Standpoint::of(progress, place);
        let after = Standpoint {
            left: progress.left_after(Some(number), &self.scope),
            visits: &VisitSummary::default(),
            is_transient: here.is_transient && incident.is_transient(),
            cost: Cost { faults: here.cost.faults.saturating_add(1), ..here.cost },
            ..here
        };
        let people =
            People { user: people.user.clone(), operator: people.operator.counterpart(&copy) };
        if incident.ends_process() {
            copy.observe(|engine| engine.end_process(process));
        }
        let recovery = strike(&copy, &people, incident);
        let mut timers = progress.timers.clone();
        let is_awaited = recovery.is_some();
        if let Some((end, recovery)) = recovery {
            timers.add(end, recovery);
        }
        if incident.ends_process() {
            let mut requests = progress.requests.clone();
            close_requests(&mut requests, progress.actor.number);
            let born_again = Standpoint {
                place: Place::Start,
                life: after.life.saturating_add(1),
                observed: SipHasher13::new().finish128().as_u128(),
                timers: &timers,
                requests: &requests,
                waits: &[],
                ..after
            };
            let (future, _) = self.fingerprints(progress, state_of(&copy), &born_again);
            return Foreseen::Future(future);
        }
        let noticed = noticeable(&copy);
        let changed = state_of(&copy);
        if changed == state && !is_awaited {
            return Foreseen::Nothing;
        }
        let mut visits = Visits::default();
        visits.add_at(0, place, progress.situation(place, noticed, after.left));
        let after = Standpoint { timers: &timers, visits: visits.summary(), ..after };
        let (future, _) = self.fingerprints(progress, changed, &after);
        Foreseen::Future(future)
    }

    /// Foresees stalls, from the shortest one on: each with the future to which it leads, up to the longest of
    /// which that is known, and one more.
    pub(super) fn foresee_stalls(
        &self,
        progress: &Progress,
        here: Here<'_>,
    ) -> Vec<(Choice, Option<u128>)> {
        let Here { emulator, people, place, .. } = here;
        let mut stalls = Vec::new();
        let shortest = (Choice::Stall(1), None);
        if !progress.others.is_empty() {
            return vec![shortest];
        }
        let Some(copy) = emulator.plain_fork() else { return vec![shortest] };
        let was_asked = Arc::new(AtomicBool::new(false));
        copy.set_chooser(NotesQuestion(Arc::clone(&was_asked)));
        let people =
            People { user: people.user.clone(), operator: people.operator.counterpart(&copy) };
        let mut timers = progress.timers.clone();
        let before = Standpoint::of(progress, place);
        for changes in 1..=LONGEST_STALL {
            let Some(noticed) = run_to_change(&copy, &people, &mut timers) else { break };
            let situation = progress.situation(place, noticed, before.left);
            let first = progress.visits.after_first(0, place, situation);
            let Some(visits) = first.filter(|_| !was_asked.load(Ordering::Relaxed)) else {
                stalls.push((Choice::Stall(changes), None));
                break;
            };
            let deviations = before.cost.deviations.saturating_add(1);
            let standpoint = Standpoint {
                timers: &timers,
                visits: &visits,
                cost: Cost { deviations, ..before.cost },
                ..before.clone()
            };
            let (future, _) = self.fingerprints(progress, state_of(&copy), &standpoint);
            stalls.push((Choice::Stall(changes), Some(future)));
        }
        stalls
    }

    /// Whether what a further life finds was explored before.
    pub(crate) fn begins_known_life(&self, emulator: &Emulator) -> bool {
        let mut progress = self.progress();
        let is_replayed = progress.carried_out < progress.decisions.made.len();
        if !self.scope.prunes || progress.is_over || is_replayed {
            return false;
        }
        let (_, passed) = self.future(&progress, emulator, Place::Start);
        if (self.covers)(passed.fingerprint, passed.cost) {
            return true;
        }
        progress.keys.push(passed);
        false
    }
}

/// A chooser that decides by default, and notes that there was something to decide.
#[derive(Clone)]
struct NotesQuestion(Arc<AtomicBool>);

impl Chooser<NextStep> for NotesQuestion {
    fn choose(&mut self, first: NextStep, others: &mut dyn Iterator<Item = NextStep>) -> NextStep {
        if others.next().is_some() {
            self.0.store(true, Ordering::Relaxed);
        }
        first
    }
}

/// A fingerprint of the state of an emulator.
fn state_of(emulator: &Emulator) -> u128 {
    let mut hasher = SipHasher13::new();
    emulator.observe(|engine| engine.hash_canonical(&mut hasher));
    hasher.finish128().as_u128()
}
