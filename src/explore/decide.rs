//! Decisions of an execution: at each point the one that it follows, or what else could be decided there.

use std::hash::{Hash, Hasher};

use siphasher::sip128::{Hasher128, SipHasher13};

use super::actor::Actor;
use super::choice::{Choice, Incident, LATEST_CALLBACK};
use super::decisions::{Cost, Decision};
use super::execution::{Execution, Progress};
use super::future::{Foreseen, Here};
use super::place::Place;
use super::scope::Strategy;
use super::situation::{Noticeable, View, digest};
use super::stop::{Endless, Stop};
use super::world::next_instant;

impl Execution {
    /// Decides what happens at a point: one thing, after which it is asked again; or `None`, and the program
    /// goes on.
    pub(crate) fn decide(&self, here: Here<'_>, view: View) -> Option<Choice> {
        let Here { emulator, place, .. } = here;
        let mut progress = self.progress();
        if view.now - progress.since > self.scope.time {
            drop(progress);
            self.unwind(Stop::Endless(Endless::Time));
            return None;
        }
        progress.actor.at = Some(place);
        if let Place::Call(..) = place {
            progress.actor.met = view.state;
        }
        if progress.is_over {
            return None;
        }
        let point = progress.point;
        let carried_out = progress.carried_out;
        if let Some(Decision { point: at, choice }) =
            progress.decisions.made.get(carried_out).copied()
        {
            // What was found can be decided there; what is replayed perhaps cannot any more.
            let was_found = progress.decisions.found_at.is_some();
            if at == point && (was_found || self.is_possible(&progress, here, choice)) {
                progress.carried_out = carried_out.saturating_add(1);
                if let Some(strayed) = progress.strayed(Some(place)) {
                    drop(progress);
                    self.unwind(Stop::Strayed(strayed));
                    return None;
                }
                self.use_budget(&mut progress, choice);
                progress.leave_point(choice);
                return Some(choice);
            }
            self.visit(&mut progress, place, view.noticed);
            progress.point = point.saturating_add(1);
            return None;
        }
        let is_new =
            self.visit(&mut progress, place, view.noticed) && point < self.scope.most_points;
        let mut state = None;
        if is_new && self.scope.prunes {
            let (of_emulator, passed) = self.future(&progress, emulator, place);
            state = Some(of_emulator);
            if (self.covers)(passed.fingerprint, passed.cost) {
                drop(progress);
                self.unwind(Stop::Pruned);
                return None;
            }
            progress.keys.push(passed);
        }
        if is_new && self.can_depart(&progress) {
            let known = progress.alternatives.len();
            self.find_alternatives(&mut progress, here, state);
            if let Some(choice) = progress.draw(known) {
                self.use_budget(&mut progress, choice);
                progress.leave_point(choice);
                return Some(choice);
            }
        }
        progress.point = point.saturating_add(1);
        None
    }

    /// Whether anything more may be decided.
    fn can_depart(&self, progress: &Progress) -> bool {
        let Cost { faults, deviations } = progress.cost;
        progress.lots.is_some()
            || faults < self.scope.bound.faults
            || deviations < self.scope.bound.deviations
    }

    /// Notes a visit of a situation, and returns whether decisions are made there. Visits are kept if that decides
    /// anything: not before the last of the faults that are to come, with which they are forgotten.
    fn visit(&self, progress: &mut Progress, place: Place, noticed: Noticeable) -> bool {
        let at_first_visits = self.scope.strategy == Strategy::FirstVisits
            && (self.scope.prunes || self.can_depart(progress));
        let are_kept = at_first_visits && progress.carried_out >= progress.visits_begin;
        if !are_kept && !progress.rounds.is_long() {
            return !at_first_visits;
        }
        let situation = progress.situation(place, noticed, progress.left);
        if progress.rounds.is_long() {
            progress.rounds.meet(situation);
        }
        let program = progress.actor.number;
        let is_new = are_kept && progress.visits.add_at(program, place, situation);
        is_new || !at_first_visits
    }

    fn use_budget(&self, progress: &mut Progress, choice: Choice) {
        let incidents = self.scope.budget.incidents();
        let place = match choice {
            Choice::Incident(place) => usize::from(place),
            Choice::KillAfter | Choice::KillOf(_) => kill_of(incidents).unwrap_or(usize::MAX),
            Choice::Stall(_) | Choice::Other(_) | Choice::Late(_) | Choice::Switch(_) => return,
        };
        if let Some(used) = progress.used.get_mut(place) {
            *used = used.saturating_add(1);
        }
        progress.left = progress.left_after(None, &self.scope);
        // With less of the budget left every situation is new, so those before are never visited again.
        progress.visits.clear();
        if let Some((incident, _)) = incidents.get(place) {
            progress.incidents.push(*incident);
            if !incident.is_of_world() && !matches!(choice, Choice::KillOf(_)) {
                // What becomes of the call stands nowhere else until the call returns.
                (incident, choice == Choice::KillAfter).hash(&mut progress.actor.observed);
            }
        }
        if choice == Choice::KillAfter {
            progress.actor.kills_after_call = true;
        }
    }

    /// Finds what else could be decided at this point. Of several decisions at one point the later ones stand
    /// later in the budget, so that no two runs differ in their order alone.
    fn find_alternatives(&self, progress: &mut Progress, here: Here<'_>, state: Option<u128>) {
        let last = progress.decisions.made.last().filter(|last| last.point == progress.point);
        let last = last.map(|last| last.choice);
        let can_fail = progress.cost.faults < self.scope.bound.faults;
        let can_deviate = progress.cost.deviations < self.scope.bound.deviations;
        let mut choices = Vec::new();
        if can_fail {
            for (index, (incident, _)) in (0..=u8::MAX).zip(self.scope.budget.incidents()) {
                choices.push(Choice::Incident(index));
                if *incident == Incident::Kill {
                    choices.push(Choice::KillAfter);
                    choices.extend(progress.others.keys().copied().map(Choice::KillOf));
                }
            }
        }
        choices.retain(|choice| {
            last.is_none_or(|last| last < *choice) && self.is_possible(progress, here, *choice)
        });
        let mut found = Vec::new();
        for choice in choices {
            match state.map(|state| self.foresee(progress, here, choice, state)) {
                Some(Foreseen::Nothing) => {}
                Some(Foreseen::Future(future)) => found.push((choice, Some(future))),
                Some(Foreseen::Unknown) | None => found.push((choice, None)),
            }
        }
        let is_late = matches!(last, Some(Choice::Stall(_) | Choice::Other(_)));
        if can_deviate && !is_late && self.is_possible(progress, here, Choice::Stall(1)) {
            if state.is_some() {
                found.extend(self.foresee_stalls(progress, here));
            } else {
                found.push((Choice::Stall(1), None));
            }
        }
        if can_deviate {
            let held = (1..=LATEST_CALLBACK).map(Choice::Late);
            let others = progress.others_in_turn().map(|other| Choice::Switch(other.number));
            let possible =
                held.chain(others).filter(|choice| self.is_possible(progress, here, *choice));
            found.extend(possible.map(|choice| (choice, None)));
        }
        let standing = progress.standing(Some(here.place));
        for (choice, foreseen) in found {
            let decision = Decision { point: progress.point, choice };
            let alternative = progress.decisions.with(decision, standing, foreseen);
            progress.alternatives.push(alternative);
        }
    }

    /// Whether a choice means anything at a point, and the budget allows it.
    fn is_possible(&self, progress: &Progress, here: Here<'_>, choice: Choice) -> bool {
        let Here { emulator, place, .. } = here;
        let incidents = self.scope.budget.incidents();
        let can_strike = |index: usize| {
            let incident = incidents.get(index).zip(progress.used.get(index));
            incident
                .is_some_and(|((incident, allowed), used)| used < allowed && fits(*incident, place))
        };
        let can_kill = || kill_of(incidents).is_some_and(can_strike);
        match choice {
            Choice::Incident(index) => can_strike(index.into()),
            Choice::KillAfter => matches!(place, Place::Call(..)) && can_kill(),
            Choice::KillOf(other) => {
                progress.others.get(&other).is_some_and(Actor::is_waiting) && can_kill()
            }
            Choice::Stall(_) => {
                place.can_be_late() && next_instant(emulator, &progress.timers).is_some()
            }
            Choice::Late(_) => place.can_be_held(),
            Choice::Switch(other) => {
                let other = progress.others.get(&other).filter(|_| progress.can_switch());
                matches!(place, Place::Call(..) | Place::Store)
                    && other.is_some_and(|other| other.can_go_on(emulator, &progress.locks))
            }
            // Decided among steps, tasks and programs.
            Choice::Other(_) => false,
        }
    }

    /// Returns which of `number` steps that are possible at once happens: the first, if nothing else is
    /// decided.
    pub(crate) fn choose(&self, number: usize) -> usize {
        let mut progress = self.progress();
        let left = progress.left;
        let situation = digest(&(number, progress.actor.last_noticed, progress.actor.life, left));
        self.choose_in(&mut progress, situation, number)
    }

    /// Returns which of `number` tasks that are ready goes on: the first, if nothing else is decided.
    pub(crate) fn choose_task(&self, number: usize) -> usize {
        let mut progress = self.progress();
        let left = progress.left;
        let situation =
            digest(&("task", number, progress.actor.last_noticed, progress.actor.life, left));
        let program = progress.actor.number;
        let situation = progress.visits.count(program, situation);
        self.choose_in(&mut progress, situation, number)
    }

    /// Returns which of `number` programs that can go on does: the first, if nothing else is decided.
    pub(super) fn choose_program(&self, number: usize) -> usize {
        let mut progress = self.progress();
        if progress.actor.stop.is_some() {
            return 0;
        }
        let left = progress.left;
        let mut standing = SipHasher13::new();
        progress.others.values().for_each(|other| other.hash_standing(&mut standing));
        progress.actor.hash_standing(&mut standing);
        let situation = ("program", number, progress.actor.last_noticed, left, standing.finish());
        let program = progress.actor.number;
        let situation = progress.visits.count(program, digest(&situation));
        self.choose_in(&mut progress, situation, number)
    }

    fn choose_in(&self, progress: &mut Progress, situation: u128, number: usize) -> usize {
        if progress.is_over {
            return 0;
        }
        let (point, carried_out) = (progress.point, progress.carried_out);
        progress.point = point.saturating_add(1);
        let is_new = progress.visits.add(situation) || self.scope.strategy == Strategy::EveryPoint;
        match progress.decisions.made.get(carried_out).copied() {
            Some(Decision { point: at, choice: Choice::Other(other) })
                if at == point && usize::from(other) < number =>
            {
                progress.carried_out = carried_out.saturating_add(1);
                if let Some(strayed) = progress.strayed(None) {
                    // Not unwound here, in the middle of a step, but at the next call.
                    progress.actor.stop.get_or_insert(Stop::Strayed(strayed));
                    return 0;
                }
                progress.record_order(number, other);
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
                let alternative = progress.decisions.with(decision, standing, None);
                progress.alternatives.push(alternative);
            }
        }
        0
    }

    /// Notes that a stall of `changes` happened and that more can happen: a stall that is longer by one change
    /// is another run of the same cost, unless it is longer than `most`. Those that are foreseen are found together.
    pub(crate) fn note_stall(&self, changes: u8, most: u8) {
        let mut progress = self.progress();
        let is_known = progress.decisions.foreseen.is_some();
        if progress.carried_out < progress.decisions.made.len() || changes >= most || is_known {
            return;
        }
        let mut longer = progress.decisions.clone();
        // Unless something was decided at a callback meanwhile.
        if let Some(last) =
            longer.made.last_mut().filter(|last| last.choice == Choice::Stall(changes))
        {
            last.choice = Choice::Stall(changes.saturating_add(1));
            progress.longer_stall = Some(longer);
        }
    }
}

fn kill_of(incidents: &[(Incident, u32)]) -> Option<usize> {
    incidents.iter().position(|(incident, _)| *incident == Incident::Kill)
}

/// Whether an incident means anything at a point.
pub(super) const fn fits(incident: Incident, place: Place) -> bool {
    match incident {
        Incident::CallFails(_) | Incident::ReplyLost(_) => matches!(place, Place::Call(..)),
        Incident::CallbackTwice => place.is_callback(),
        _ => !matches!(place, Place::Store),
    }
}

impl Progress {
    /// The situation of the program that acts at a place, where it could notice that.
    pub(super) fn situation(&self, place: Place, noticed: Noticeable, left: u128) -> u128 {
        let mut hasher = SipHasher13::new();
        (place, noticed, self.actor.life, left).hash(&mut hasher);
        self.others.values().for_each(|other| other.hash_standing(&mut hasher));
        hasher.finish128().as_u128()
    }

    /// Nothing more is decided at a point at which a callback was held back, or another program went on.
    const fn leave_point(&mut self, choice: Choice) {
        if matches!(choice, Choice::Late(_) | Choice::Switch(_)) {
            self.point = self.point.saturating_add(1);
        }
    }

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
