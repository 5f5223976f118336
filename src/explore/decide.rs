//! Decisions of an execution: at each point the one that it follows, or what else could be decided there.

use std::hash::Hash;

use siphasher::sip128::{Hasher128, SipHasher13};

use super::choice::{Choice, Decision, Incident};
use super::execution::{Execution, Progress, Stop, Strategy};
use super::place::Place;
use super::search::Passed;
use super::situation::Noticeable;
use crate::emulator::Emulator;

impl Execution {
    /// Decides what happens at a point: one thing, after which it is asked again; or `None`, and the program
    /// goes on. The client could notice `noticed` there.
    pub(crate) fn decide(
        &self,
        emulator: &Emulator,
        place: Place,
        noticed: Noticeable,
    ) -> Option<Choice> {
        let mut progress = self.progress();
        if progress.is_over {
            return None;
        }
        let point = progress.point;
        let carried_out = progress.carried_out;
        if let Some(Decision { point: at, choice }) =
            progress.decisions.made.get(carried_out).copied()
        {
            if at == point {
                progress.carried_out = carried_out.saturating_add(1);
                if let Some(strayed) = progress.strayed(Some(place)) {
                    drop(progress);
                    self.unwind(Stop::Strayed(strayed));
                    return None;
                }
                self.use_budget(&mut progress, choice);
                return Some(choice);
            }
            self.visit(&mut progress, place, noticed);
            progress.point = point.saturating_add(1);
            return None;
        }
        let is_new = self.visit(&mut progress, place, noticed) && point < self.scope.most_points;
        if is_new && self.scope.prunes {
            drop(progress);
            let fingerprint = self.fingerprint(emulator, place);
            progress = self.progress();
            let cost = progress.cost;
            if (self.covers)(fingerprint, cost) {
                drop(progress);
                self.unwind(Stop::Pruned);
                return None;
            }
            let alternatives = progress.alternatives.len();
            progress.keys.push(Passed { fingerprint, cost, alternatives });
        }
        if is_new {
            let known = progress.alternatives.len();
            self.find_alternatives(&mut progress, place);
            if let Some(choice) = progress.draw(known) {
                self.use_budget(&mut progress, choice);
                return Some(choice);
            }
        }
        progress.point = point.saturating_add(1);
        None
    }

    /// Notes a visit of a situation, and returns whether decisions are made there.
    fn visit(&self, progress: &mut Progress, place: Place, noticed: Noticeable) -> bool {
        if place == Place::Wait {
            progress.since_wait.clear();
        }
        let situation = Self::digest(&(place, noticed, progress.life, &progress.used));
        // The second of two calls that are alike stands elsewhere in the program than the first.
        let times = progress.since_wait.entry(situation).or_default();
        *times = times.saturating_add(1);
        let situation = Self::digest(&(situation, *times));
        self.visit_situation(progress, situation)
    }

    fn visit_situation(&self, progress: &mut Progress, situation: u128) -> bool {
        let is_new = progress.visited.insert(situation);
        if is_new {
            progress.visited_digest ^= situation;
        }
        is_new || self.scope.strategy == Strategy::EveryPoint
    }

    /// A fingerprint of the future at a point: the same for two executions that go on alike.
    ///
    /// Limits are left out. How often a life has resumed jobs is seen from what it observed. The time since the
    /// last decision and the number of idle calls only say when a run is given up that goes on; and whether it
    /// goes on and on is the same of both executions. Rounds are counted from the last news on alone.
    fn fingerprint(&self, emulator: &Emulator, place: Place) -> u128 {
        let mut hasher = SipHasher13::new();
        emulator.observe(|engine| engine.hash_canonical(&mut hasher));
        let progress = self.progress();
        (place, progress.life, progress.store, &progress.used).hash(&mut hasher);
        progress.timers.hash(&mut hasher);
        progress.observed.clone().finish128().as_u128().hash(&mut hasher);
        progress.refused.is_empty().hash(&mut hasher);
        progress.incidents.iter().all(|incident| incident.is_transient()).hash(&mut hasher);
        if self.scope.most_points < u32::MAX {
            // The later it is reached, the less of it is explored.
            progress.point.hash(&mut hasher);
        }
        if self.scope.strategy == Strategy::FirstVisits {
            (progress.visited_digest, &progress.since_wait).hash(&mut hasher);
        }
        hasher.finish128().as_u128()
    }

    fn use_budget(&self, progress: &mut Progress, choice: Choice) {
        let incidents = self.scope.budget.incidents();
        let place = match choice {
            Choice::Incident(place) => usize::from(place),
            Choice::KillAfter => kill_of(incidents).unwrap_or(usize::MAX),
            Choice::Stall(_) | Choice::Other(_) => return,
        };
        if let Some(used) = progress.used.get_mut(place) {
            *used = used.saturating_add(1);
        }
        if let Some((incident, _)) = incidents.get(place) {
            progress.incidents.push(*incident);
        }
        if choice == Choice::KillAfter {
            progress.kills_after_call = true;
        }
    }

    /// Finds what else could be decided at this point. Of several decisions at one point the later ones stand
    /// later in the budget, so that no two runs differ in their order alone.
    fn find_alternatives(&self, progress: &mut Progress, place: Place) {
        let last = progress.decisions.made.last().filter(|last| last.point == progress.point);
        let last = last.map(|last| last.choice);
        let can_fail = progress.cost.faults < self.scope.bound.faults;
        let can_deviate = progress.cost.deviations < self.scope.bound.deviations;
        let mut choices = Vec::new();
        if can_fail {
            let incidents = self.scope.budget.incidents().iter().zip(&progress.used).enumerate();
            for (index, ((incident, allowed), used)) in incidents {
                let Ok(index) = u8::try_from(index) else { break };
                if used < allowed && fits(*incident, place) {
                    choices.push(Choice::Incident(index));
                    if *incident == Incident::Kill && matches!(place, Place::Call(..)) {
                        choices.push(Choice::KillAfter);
                    }
                }
            }
        }
        if can_deviate && matches!(place, Place::Call(..) | Place::Callback(_)) {
            choices.push(Choice::Stall(1));
        }
        let standing = progress.standing(Some(place));
        for choice in choices {
            if last.is_none_or(|last| last < choice) {
                let decision = Decision { point: progress.point, choice };
                let alternative = progress.decisions.with(decision, standing);
                progress.alternatives.push(alternative);
            }
        }
    }

    /// Returns which of `number` steps that are possible at once happens: the first, if nothing else is
    /// decided.
    pub(crate) fn choose(&self, number: usize) -> usize {
        let mut progress = self.progress();
        if progress.is_over {
            return 0;
        }
        let (point, carried_out) = (progress.point, progress.carried_out);
        progress.point = point.saturating_add(1);
        let situation =
            Self::digest(&(number, progress.last_noticed, progress.life, &progress.used));
        let is_new = self.visit_situation(&mut progress, situation);
        match progress.decisions.made.get(carried_out).copied() {
            Some(Decision { point: at, choice: Choice::Other(other) }) if at == point => {
                progress.carried_out = carried_out.saturating_add(1);
                if let Some(strayed) = progress.strayed(None) {
                    // Not unwound here, in the middle of a step, but at the next call.
                    progress.stop.get_or_insert(Stop::Strayed(strayed));
                    return 0;
                }
                return usize::from(other);
            }
            Some(_) => return 0,
            None => {}
        }
        if point >= self.scope.most_points {
            return 0;
        }
        if let Some(other) = progress.draw_other(point, number) {
            return usize::from(other);
        }
        if is_new && progress.cost.deviations < self.scope.bound.deviations {
            let standing = progress.standing(None);
            for other in (1..number).map_while(|other| u8::try_from(other).ok()) {
                let decision = Decision { point, choice: Choice::Other(other) };
                let alternative = progress.decisions.with(decision, standing);
                progress.alternatives.push(alternative);
            }
        }
        0
    }

    /// Notes that a stall of `changes` happened and that more can happen: a stall that is longer by one change
    /// is another run of the same cost, unless it is longer than `most`.
    pub(crate) fn note_stall(&self, changes: u8, most: u8) {
        let mut progress = self.progress();
        if progress.carried_out < progress.decisions.made.len() || changes >= most {
            return;
        }
        let mut longer = progress.decisions.clone();
        if let Some(last) = longer.made.last_mut() {
            last.choice = Choice::Stall(changes.saturating_add(1));
            progress.longer_stall = Some(longer);
        }
    }
}

fn kill_of(incidents: &[(Incident, u32)]) -> Option<usize> {
    incidents.iter().position(|(incident, _)| *incident == Incident::Kill)
}

/// Whether an incident means anything at a point.
const fn fits(incident: Incident, place: Place) -> bool {
    match incident {
        Incident::CallFails(_) | Incident::ReplyLost(_) => matches!(place, Place::Call(..)),
        Incident::CallbackTwice => matches!(place, Place::Callback(_)),
        _ => true,
    }
}

impl Progress {
    /// Decides at random among the alternatives that were found from that one on, if anything is.
    pub(super) fn draw(&mut self, first: usize) -> Option<Choice> {
        let lots = self.lots.as_mut()?;
        let found = self.alternatives.split_off(first);
        let possible: Vec<Choice> =
            found.iter().filter_map(|found| found.made.last()).map(|last| last.choice).collect();
        let choice = lots.draw(&possible)?;
        self.decide_by_lot(self.point, choice);
        if choice.is_fault() {
            self.cost.faults = self.cost.faults.saturating_add(1);
        }
        Some(choice)
    }

    /// Which of several steps that are possible at once happens, if another than the first has the highest
    /// priority.
    pub(super) fn draw_other(&mut self, point: u32, number: usize) -> Option<u8> {
        let place = self.lots.as_ref()?.first_of(number).filter(|place| *place > 0)?;
        self.decide_by_lot(point, Choice::Other(place));
        Some(place)
    }

    fn decide_by_lot(&mut self, point: u32, choice: Choice) {
        self.decisions.made.push(Decision { point, choice });
        self.carried_out = self.decisions.made.len();
    }
}
