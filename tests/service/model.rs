//! A slow and simple service beside the real one: it asks every job, and remembers only the order in
//! which things came.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bits_emulator::accounts::Sid;
use bits_emulator::machine::{Deadline, DueNotification, Recipient};
use bits_emulator::service::{Service, ServiceStep, StepResult};
use bits_emulator::{JobId, JobPriority, Notification};
use chrono::{DateTime, Utc};

use crate::support::{CAROL, job};

/// What the real service is to agree with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Model {
    /// Every job that was not dropped, the oldest first.
    pub(crate) jobs: Vec<JobId>,
    pub(crate) sessions: BTreeMap<Sid, u32>,
    /// Who waits for a turn, and at which level.
    line: Vec<(JobId, JobPriority)>,
    /// Since when the running background job has its slice.
    slice: Option<(JobId, DateTime<Utc>)>,
    /// What waits to be told, in the order in which it became due.
    to_tell: Vec<(JobId, DueNotification)>,
    /// The calls of clients that have not returned.
    pub(crate) under_way: Vec<(JobId, DueNotification)>,
    /// Who was picked how often while another waited at the same level.
    overtaken: BTreeMap<(JobId, JobId), u32>,
}

/// A simple service to which nobody listens, without the instant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    line: Vec<(JobId, JobPriority)>,
    slice: Option<(JobId, Duration)>,
    sessions: BTreeMap<Sid, u32>,
    overtaken: BTreeMap<(JobId, JobId), u32>,
}

impl Model {
    /// Follows what happened to some jobs, in that order.
    pub(crate) fn follow(&mut self, service: &Service, stepped: &[StepResult]) {
        for StepResult { job: id, outcome, .. } in stepped {
            let entered: Vec<_> = outcome.entered.iter().collect();
            let requeued = entered.contains(&crate::support::Queued);
            self.follow_turn(service, *id, requeued, entered.contains(&crate::support::Connecting));
            self.follow_notifications(service, *id);
        }
    }

    fn follow_turn(&mut self, service: &Service, id: JobId, requeued: bool, picked: bool) {
        let job = job(service, id);
        if picked {
            for (other, level) in &self.line {
                // INV-37 speaks of those that share time: in the foreground everybody runs at once.
                if *level == job.priority() && level.is_background() && *other != id {
                    *self.overtaken.entry((*other, id)).or_default() += 1;
                }
            }
        }
        let place = self.line.iter().position(|(waiting, _)| *waiting == id);
        let stays = place.is_some_and(|place| {
            job.is_eligible() && !requeued && self.line[place].1 == job.priority()
        });
        if !stays {
            self.line.retain(|(waiting, _)| *waiting != id);
            self.overtaken.retain(|(waiting, _), _| *waiting != id);
            if job.is_eligible() {
                self.line.push((id, job.priority()));
            }
        }
        let in_background = job.state().is_active() && job.priority().is_background();
        if !in_background {
            self.slice = self.slice.filter(|(held, _)| *held != id);
        } else if self.slice.is_none() {
            self.slice = Some((id, service.now()));
        }
    }

    fn follow_notifications(&mut self, service: &Service, id: JobId) {
        let due: Vec<_> = job(service, id).due_notifications().collect();
        self.to_tell.retain(|(told, held)| *told != id || due.contains(held));
        for due in due {
            if !self.to_tell.contains(&(id, due)) {
                self.to_tell.push((id, due));
            }
        }
    }

    pub(crate) fn forget(&mut self, id: JobId) {
        self.jobs.retain(|known| *known != id);
        self.to_tell.retain(|(told, _)| *told != id);
    }

    /// No call of a client returns any more, and what is due lines up in the order of creation.
    pub(crate) fn restart(&mut self) {
        self.under_way.clear();
        self.to_tell.clear();
    }

    pub(crate) fn forget_who_was_overtaken(&mut self) {
        self.overtaken.clear();
    }

    pub(crate) fn is_logged_on(&self, user: Sid) -> bool {
        user.is_system_account() || self.sessions.get(&user).is_some_and(|number| *number > 0)
    }

    /// What decides the future of the service beside its jobs, and what comes of the judgement of that.
    #[allow(dead_code, reason = "models alone need it")]
    pub(crate) fn key(&self, service: &Service) -> Key {
        let slice = service.policies().time_slice;
        let held = |(id, since): (JobId, DateTime<Utc>)| {
            (id, (service.now() - since).to_std().unwrap_or_default().min(slice))
        };
        Key {
            line: self.line.clone(),
            slice: self.slice.map(held),
            sessions: self.sessions.clone(),
            overtaken: self.overtaken.clone(),
        }
    }

    fn calls_of(&self, user: Sid) -> u32 {
        let of_user = self.under_way.iter().filter(|(_, due)| due.user == user).count();
        u32::try_from(of_user).unwrap()
    }

    /// The steps of the clocks, then of the scheduler, in order.
    fn turns(&self, service: &Service) -> Vec<ServiceStep> {
        let deadline = |(age, id): (usize, &JobId)| {
            let (at, deadline) = job(service, *id).next_deadline()?;
            (at <= service.now()).then_some((at, deadline, age, *id))
        };
        let mut due: Vec<_> = self.jobs.iter().enumerate().filter_map(deadline).collect();
        due.sort();
        let mut steps: Vec<_> = due
            .into_iter()
            .map(|(_, deadline, _, id)| ServiceStep::Deadline(id, deadline))
            .collect();
        let foreground = self.line.iter().filter(|(_, level)| !level.is_background());
        steps.extend(foreground.map(|(id, _)| ServiceStep::Pick(*id)));
        steps.extend(self.background(service));
        steps
    }

    fn first_in_background(&self) -> Option<(JobId, JobPriority)> {
        let background = self.line.iter().filter(|(_, level)| level.is_background());
        background.copied().min_by_key(|(_, level)| *level)
    }

    fn background(&self, service: &Service) -> Option<ServiceStep> {
        let (first, level) = self.first_in_background()?;
        let Some((runs, since)) = self.slice else { return Some(ServiceStep::Pick(first)) };
        let present = job(service, runs).priority();
        let over = since + service.policies().time_slice <= service.now();
        (level < present || (level == present && over)).then_some(ServiceStep::Stop(runs))
    }

    fn tells(&self, service: &Service) -> Vec<(JobId, DueNotification)> {
        let limit = service.policies().notifications_per_user;
        let room = |due: &DueNotification| {
            due.recipient == Recipient::CommandLine || self.calls_of(due.user) < limit
        };
        self.to_tell.iter().filter(|(_, due)| room(due)).copied().collect()
    }

    fn next_instant(&self, service: &Service, interest: bool) -> Option<DateTime<Utc>> {
        let now = service.now();
        let clocks = self.jobs.iter().filter_map(|id| job(service, *id).next_deadline());
        let clocks = clocks.filter(|(_, deadline)| !interest || *deadline != Deadline::Inactivity);
        let turn =
            self.turns(service).iter().any(|step| !matches!(step, ServiceStep::Deadline(..)));
        let tells = !self.tells(service).is_empty();
        let slice = self.slice.zip(self.first_in_background()).and_then(|((runs, since), next)| {
            let slice = service.policies().time_slice;
            (job(service, runs).priority() == next.1).then(|| since + slice)
        });
        let here = (turn || tells).then_some(now);
        let instants = clocks.map(|(at, _)| at).chain(slice).chain(here);
        instants.min().map(|at| at.max(now))
    }

    /// Says where the service differs from the simple one, or which invariant is broken.
    pub(crate) fn problem(&self, service: &Service) -> Option<String> {
        let checks: [(&str, bool); 11] = [
            ("INV-13: an error tells of a file of its job", self.errors_are_of_their_jobs(service)),
            ("INV-22, NOTIFY-15: callbacks under way", self.callbacks_agree(service)),
            ("INV-33: runs without its owner", self.owners_are_there(service)),
            ("INV-35: two background jobs run", self.background_runs(service).len() <= 1),
            ("INV-36: a higher level waits", self.the_highest_level_runs(service)),
            ("INV-37: overtaken twice", self.overtaken.values().all(|times| *times <= 1)),
            ("INV-48: too many jobs", self.limits_hold(service)),
            ("INV-49: who sees what", self.lists_agree(service)),
            ("steps", self.steps_agree(service)),
            ("next instant", service.next_instant() == self.next_instant(service, false)),
            (
                "next instant of interest",
                service.next_instant_of_interest() == self.next_instant(service, true),
            ),
        ];
        checks.iter().find(|(_, holds)| !holds).map(|(name, _)| (*name).to_owned())
    }

    fn steps_agree(&self, service: &Service) -> bool {
        let turns = self.turns(service);
        let steps: Vec<_> = service.possible_steps().collect();
        let (first, tells) = steps.split_at(turns.len().min(steps.len()));
        let expected = self.tells(service);
        let notify = |(id, due): &(JobId, DueNotification)| ServiceStep::Notify(*id, *due);
        let same = |left: &[ServiceStep], right: Vec<ServiceStep>| {
            left.len() == right.len() && right.iter().all(|step| left.contains(step))
        };
        // The most urgent, and of these the first to become due, is first.
        let head = expected.iter().min_by_key(|(_, due)| urgency(due.notification)).map(notify);
        first == turns
            && same(tells, expected.iter().map(notify).collect())
            && tells.first().copied() == head
    }

    fn callbacks_agree(&self, service: &Service) -> bool {
        let users: BTreeSet<Sid> = self.under_way.iter().map(|(_, due)| due.user).collect();
        users.into_iter().all(|user| {
            let calls = self.calls_of(user);
            calls == service.callbacks_in_flight(user)
                && calls <= service.policies().notifications_per_user
        })
    }

    fn errors_are_of_their_jobs(&self, service: &Service) -> bool {
        let own = |id: &JobId| {
            let file = job(service, *id).error().ok().and_then(|error| error.file().ok());
            file.is_none_or(|file| file.0 < job(service, *id).file_count())
        };
        self.jobs.iter().all(own)
    }

    fn owners_are_there(&self, service: &Service) -> bool {
        let jobs = || self.jobs.iter().map(|id| job(service, *id));
        jobs().all(|job| !job.state().is_active() || self.is_logged_on(job.owner()))
    }

    fn background_runs(&self, service: &Service) -> Vec<JobPriority> {
        let jobs = self.jobs.iter().map(|id| job(service, *id));
        let runs = jobs.filter(|job| job.state().is_active() && job.priority().is_background());
        runs.map(|job| job.priority()).collect()
    }

    /// When the scheduler has nothing left to decide.
    fn the_highest_level_runs(&self, service: &Service) -> bool {
        let decides =
            |step: ServiceStep| matches!(step, ServiceStep::Pick(_) | ServiceStep::Stop(_));
        if service.possible_steps().any(decides) {
            return true;
        }
        let jobs = self.jobs.iter().map(|id| job(service, *id));
        let waits = jobs.filter(|job| job.is_eligible()).map(|job| job.priority()).min();
        match (waits, self.background_runs(service).first()) {
            (None, _) => true,
            (Some(waits), Some(runs)) => *runs <= waits && waits.is_background(),
            (Some(_), None) => false,
        }
    }

    fn limits_hold(&self, service: &Service) -> bool {
        let jobs = || self.jobs.iter().map(|id| job(service, *id));
        let queued = || jobs().filter(|job| !job.state().is_final());
        let limited = |user: Sid| !user.is_system_account() && user != CAROL.user;
        let users: BTreeSet<Sid> = queued().map(|job| job.owner()).collect();
        let most = service.policies().jobs_per_user as usize;
        service.queue_length() as usize == queued().count()
            && users.into_iter().all(|user| {
                !limited(user) || queued().filter(|job| job.owner() == user).count() <= most
            })
    }

    fn lists_agree(&self, service: &Service) -> bool {
        let queued = |id: &&JobId| !job(service, **id).state().is_final();
        let all: Vec<JobId> = self.jobs.iter().filter(queued).copied().collect();
        let of =
            |user: Sid| all.iter().copied().filter(move |id| job(service, *id).owner() == user);
        let found = |id: &JobId| match service.open(&CAROL, *id) {
            Ok(_) => all.contains(id),
            Err(error) => error.code() == bits_emulator::HResult::BG_E_NOT_FOUND,
        };
        service.enumerate(&CAROL, true) == Ok(all.clone())
            && [crate::support::ALICE, crate::support::BOB, CAROL]
                .into_iter()
                .all(|by| service.enumerate(&by, false) == Ok(of(by.user).collect::<Vec<_>>()))
            && self.jobs.iter().all(found)
    }
}

fn urgency(notification: Notification) -> u32 {
    match notification {
        Notification::FileRangesTransferred(_) => 1,
        Notification::JobModification => 2,
        _ => 0,
    }
}
