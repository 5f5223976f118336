//! The world of an execution: incidents, what ends them, and time that passes with all that.

use chrono::{DateTime, TimeDelta, Utc};

use super::actor::Actor;
use super::choice::Incident;
use super::execution::{Execution, Progress};
use super::situation::{Noticeable, noticeable, noticeable_of};
use super::timers::{Recovery, Timers};
use crate::emulator::{Emulator, Job, ProcessId, Session, User};
use crate::vocabulary::HResult;
use crate::world::Fault;

/// The volume whose room an incident takes.
pub(super) const VOLUME: &str = "C:";

/// The user of an execution, and the administrator who interferes.
#[derive(Debug, Clone)]
pub(crate) struct People {
    pub(crate) user: User,
    pub(crate) operator: Session,
}

impl Execution {
    /// Lets an incident happen, as far as it is one of the world: the rest the driver carries out.
    pub(crate) fn strike(&self, emulator: &Emulator, people: &People, incident: Incident) {
        if let Some((end, recovery)) = strike(emulator, people, incident) {
            self.progress().timers.add(end, recovery);
        }
    }

    /// Lets the next thing happen, of the emulator or of a timer, and returns true; if nothing happens until
    /// then, the clock stands there.
    pub(crate) fn advance(
        &self,
        emulator: &Emulator,
        people: &People,
        until: DateTime<Utc>,
    ) -> bool {
        self.beat();
        let timer = self.progress().timers.next();
        let limit = timer.map_or(until, |timer| timer.min(until));
        let has_stepped = emulator.run_next_step(limit);
        if has_stepped || timer.is_none() {
            return has_stepped;
        }
        let due = self.progress().timers.take_due(emulator.now());
        recover(emulator, people, due) || limit < until
    }

    /// Lets time pass until the user who has logged off is back. Until then none of the user's programs can start.
    pub(crate) fn pass_absence(&self, emulator: &Emulator, people: &People) {
        let logon = || self.progress().timers.next_logon();
        while let Some(logon) = logon() {
            self.advance(emulator, people, logon);
        }
    }

    /// The instant of the next thing that happens by itself and is more than the removal of an idle job.
    pub(crate) fn next_instant(&self, emulator: &Emulator) -> Option<DateTime<Utc>> {
        next_instant(emulator, &self.progress().timers)
    }

    /// What a program that waits looks out on.
    pub(super) fn outlook(&self, emulator: &Emulator, process: ProcessId) -> Outlook {
        let (now, own, noticed, held) = emulator.observe(|engine| {
            let (now, next) = (engine.now(), engine.next_instant_of_interest());
            (now, next, noticeable_of(engine), engine.held_calls(process))
        });
        let progress = self.progress();
        let next = own.into_iter().chain(progress.timers.next()).min();
        // A callback is waited for by all others.
        let others = progress.others.values().filter(|_| progress.callbacks.is_empty());
        let limit = std::iter::once(&progress.actor).chain(others).filter_map(Actor::limit).min();
        Outlook { now, next, limit, noticed, held }
    }

    /// Nothing more happens until that instant: the waits until then are over, or else that of the program that
    /// lets time pass.
    pub(super) fn note_due(&self, limit: DateTime<Utc>) {
        let mut progress = self.progress();
        let Progress { actor, others, callbacks, .. } = &mut *progress;
        let mut is_any_due = false;
        for other in others.values_mut().filter(|_| callbacks.is_empty()) {
            is_any_due |= other.note_due(|of_wait| of_wait.is_some_and(|of_wait| of_wait <= limit));
        }
        let is_due = |of_wait: Option<DateTime<Utc>>| {
            of_wait.map_or(!is_any_due, |of_wait| of_wait <= limit)
        };
        actor.note_due(is_due);
    }

    /// Lets a number of changes happen that a client could notice, and returns whether all did and more can.
    pub(crate) fn stall(&self, emulator: &Emulator, people: &People, changes: u8) -> bool {
        for _ in 0..changes {
            let before = noticeable(emulator);
            while noticeable(emulator) == before {
                match self.next_instant(emulator) {
                    Some(next) => _ = self.advance(emulator, people, next),
                    None => return false,
                }
            }
        }
        self.next_instant(emulator).is_some()
    }
}

/// What a program that waits looks out on.
pub(super) struct Outlook {
    pub(super) now: DateTime<Utc>,
    /// When the next thing happens by itself.
    pub(super) next: Option<DateTime<Utc>>,
    /// When the first of all waits ends.
    pub(super) limit: Option<DateTime<Utc>>,
    pub(super) noticed: Noticeable,
    /// The callbacks that are held back.
    pub(super) held: Vec<u64>,
}

/// The instant of the next thing that happens by itself and is more than the removal of an idle job.
pub(crate) fn next_instant(emulator: &Emulator, timers: &Timers) -> Option<DateTime<Utc>> {
    let own = emulator.observe(|engine| engine.next_instant_of_interest());
    own.into_iter().chain(timers.next()).min()
}

/// Lets the next change happen that a client could notice, and returns what it can notice then, if there is one.
pub(crate) fn run_to_change(
    emulator: &Emulator,
    people: &People,
    timers: &mut Timers,
) -> Option<Noticeable> {
    let before = noticeable(emulator);
    loop {
        let next = next_instant(emulator, timers)?;
        if !emulator.run_next_step(next) {
            recover(emulator, people, timers.take_due(emulator.now()));
        }
        let noticed = noticeable(emulator);
        if noticed != before {
            return Some(noticed);
        }
    }
}

/// Ends an incident, and returns whether there was one.
fn recover(emulator: &Emulator, people: &People, recovery: Option<Recovery>) -> bool {
    match recovery {
        Some(Recovery::Network) => emulator.connect_network(),
        Some(Recovery::LogOn) => emulator.log_on(&people.user),
        Some(Recovery::Disk(room)) => _ = emulator.disk().set_free(VOLUME, room),
        None => return false,
    }
    true
}

/// Lets an incident happen, as far as it is one of the world, and returns what will end it, and when.
pub(crate) fn strike(
    emulator: &Emulator,
    people: &People,
    incident: Incident,
) -> Option<(DateTime<Utc>, Recovery)> {
    match incident {
        Incident::NetworkLost(time) => {
            emulator.disconnect_network();
            return Some((emulator.instant_in(time), Recovery::Network));
        }
        Incident::Http(_) | Incident::ConnectionBroken => {
            let fault = fault_of(incident)?;
            emulator.observe(|engine| {
                engine.world.each_server(|server| _ = server.fails(fault.clone()));
            });
        }
        Incident::DiskFull(time) => {
            let room = emulator.disk().with_state(|disk| {
                let room = disk.free(VOLUME);
                disk.set_free(VOLUME, 0);
                room
            });
            return Some((emulator.instant_in(time), Recovery::Disk(room)));
        }
        Incident::LogOff(time) | Incident::LogOffSurvived(time) => {
            emulator.log_off(&people.user);
            return Some((emulator.instant_in(time), Recovery::LogOn));
        }
        Incident::OperatorCancel => each_job(people, |job| _ = job.cancel()),
        Incident::OperatorSuspend => each_job(people, |job| _ = job.suspend()),
        Incident::OperatorResume => each_job(people, |job| _ = job.resume()),
        Incident::ServiceRestart => {
            emulator.restart();
            // The operator's tool is another one each time.
            let _ = people.operator.reconnect();
        }
        Incident::ClockJump(time) => {
            emulator.change_clock(TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX));
        }
        Incident::CallFails(_)
        | Incident::ReplyLost(_)
        | Incident::CallbackTwice
        | Incident::Kill => {}
    }
    None
}

/// The fault that an incident of servers is of each of them.
pub(crate) fn fault_of(incident: Incident) -> Option<Fault> {
    match incident {
        Incident::Http(status) => Some(Fault::http(status)),
        Incident::ConnectionBroken => Some(Fault::code(HResult::ERROR_WINHTTP_CONNECTION_ERROR)),
        _ => None,
    }
}

fn each_job(people: &People, act: impl Fn(&Job)) {
    let Ok(jobs) = people.operator.jobs_of_all_users() else { return };
    jobs.for_each(|job| act(&job));
}
