//! One execution: the decisions that it follows, what its program has observed, and what else could have
//! been decided at its points.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use siphasher::sip128::{Hasher128, SipHasher13};

use super::choice::{Budget, Cost, Decisions, Incident, Standing};
use super::legality::Legality;
use super::lots::Lots;
use super::place::Place;
use super::polls::Polls;
use super::reached::Tally;
use super::record::{Record, Told};
use super::requests::{RequestOutcome, RequestRecord};
use super::rounds::Rounds;
use super::search::{Passed, Prefix};
use super::situation::Noticeable;
use super::timers::Timers;
use crate::emulator::{DrivenCall, Emulator, Observation, ProcessId};
use crate::vocabulary::{HResult, JobId, JobState, Method};

/// The payload with which an execution unwinds its program. It is no panic of the program.
pub(crate) struct Unwound;

/// Why the program is unwound, if it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Its process was killed.
    Killed,
    /// The same future was explored before.
    Pruned,
    /// It does not come to its end.
    Endless(Endless),
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
}

/// What is decided about every execution alike.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    pub(crate) budget: Budget,
    pub(crate) bound: Cost,
    pub(crate) strategy: Strategy,
    pub(crate) prunes: bool,
    /// Whether polls that observe the same again count for no observation.
    pub(crate) folds_polls: bool,
    /// Whether a monitor may look at what was.
    pub(crate) keeps_traces: bool,
    /// How many calls in a row may notice nothing new.
    pub(crate) idle_calls: u32,
    /// How often a life may resume jobs.
    pub(crate) resumes: u32,
    /// How often in a row a life may go through the same round.
    pub(crate) rounds: u32,
    /// At how many points of a run something may be decided.
    pub(crate) most_points: u32,
    /// How long a run may take.
    pub(crate) time: TimeDelta,
}

/// Where the explorer makes decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub enum Strategy {
    /// At the first visit, within one run, of each noticeable situation. A situation is a kind of call, its
    /// number among the calls of that kind since the last wait, what the client could notice of the emulator,
    /// its life, and the budget that is left. A client that acts otherwise only the third time that it has
    /// waited and sees the same is not explored there.
    #[default]
    FirstVisits,
    /// At every call, wait and callback.
    EveryPoint,
}

/// A line of what the program did, for the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Noted {
    Life(u32),
    Call(Method, HResult),
    Waits(DateTime<Utc>),
    WaitsForCall,
    Reports(RequestOutcome),
    Decided(String),
}

/// Which situations were visited.
#[derive(Debug, Clone, Default)]
pub(super) struct Visits {
    known: BTreeSet<u128>,
    /// The same for two that know the same.
    digest: u128,
    /// How often each was visited since the last wait.
    since_wait: BTreeMap<u128, u32>,
}

impl Visits {
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    /// Notes a visit, and returns whether it is the first.
    pub(super) fn add(&mut self, situation: u128) -> bool {
        let is_new = self.known.insert(situation);
        if is_new {
            self.digest ^= situation;
        }
        is_new
    }

    /// Notes a visit of a situation at a place of the program, and returns whether it is the first. The second
    /// of two calls that are alike stands elsewhere in the program than the first.
    pub(super) fn add_at(&mut self, place: Place, situation: u128) -> bool {
        if place == Place::Wait {
            self.since_wait.clear();
        }
        let situation = self.count(situation);
        self.add(situation)
    }

    /// A situation with its number since the last wait.
    pub(super) fn count(&mut self, situation: u128) -> u128 {
        let times = self.since_wait.entry(situation).or_default();
        *times = times.saturating_add(1);
        Execution::digest(&(situation, *times))
    }

    pub(super) fn hash<H: Hasher>(&self, hasher: &mut H) {
        (self.digest, &self.since_wait).hash(hasher);
    }
}

/// What is known so far of the execution.
pub(crate) struct Progress {
    pub(super) decisions: Decisions,
    /// How many of the decisions were carried out.
    pub(super) carried_out: usize,
    pub(crate) point: u32,
    pub(super) used: Vec<u32>,
    pub(super) cost: Cost,
    pub(super) visits: Visits,
    pub(crate) alternatives: Vec<Decisions>,
    /// The last decision, one stall longer, if the world went on that far.
    pub(crate) longer_stall: Option<Decisions>,
    pub(crate) keys: Vec<Passed<Cost>>,
    pub(crate) stop: Option<Stop>,
    /// What the program did that it may not do, in words.
    pub(super) misuse: Option<String>,
    pub(crate) life: u32,
    pub(super) process: Option<ProcessId>,
    pub(super) observed: SipHasher13,
    pub(super) polls: Polls,
    pub(super) store: u128,
    pub(crate) timers: Timers,
    /// The waits that are under way, the outer ones first: until when, if ever, and whether the middle of what is
    /// waited for is still to come.
    pub(crate) waits: Vec<(Option<DateTime<Utc>>, bool)>,
    pub(super) last_noticed: Option<Noticeable>,
    pub(super) idle_calls: u32,
    pub(super) resumes: u32,
    pub(super) rounds: Rounds,
    pub(super) kills_after_call: bool,
    pub(crate) legality: Legality,
    pub(crate) requests: Vec<RequestRecord>,
    pub(crate) noted: Vec<(DateTime<Utc>, Noted)>,
    pub(super) record: Option<Record>,
    pub(crate) incidents: Vec<Incident>,
    /// What is decided at random, if it is.
    pub(crate) lots: Option<Lots>,
    /// The calls, each with the state of its job before it and its code.
    pub(crate) calls: Tally<(Method, Option<JobState>, HResult)>,
    pub(super) met: Option<JobState>,
    /// Whether nothing is decided any more.
    pub(crate) is_over: bool,
    /// When the last life began or the last thing was decided.
    pub(super) since: DateTime<Utc>,
}

impl Progress {
    /// How often each incident of the budget can still happen: no more often than the bound allows of all of
    /// them together, so that futures in which as much can go wrong are alike whatever went wrong before.
    pub(super) fn left(&self, scope: &Scope) -> Vec<u32> {
        self.left_after(None, scope)
    }

    /// The same if the incident with that place in the budget happened now.
    pub(super) fn left_after(&self, next: Option<usize>, scope: &Scope) -> Vec<u32> {
        let mut used = self.used.clone();
        if let Some(used) = next.and_then(|place| used.get_mut(place)) {
            *used = used.saturating_add(1);
        }
        let struck = used.iter().fold(0_u32, |sum, used| sum.saturating_add(*used));
        let of_all = scope.bound.faults.saturating_sub(struck);
        let incidents = scope.budget.incidents().iter().zip(&used);
        incidents.map(|((_, allowed), used)| allowed.saturating_sub(*used).min(of_all)).collect()
    }

    pub(super) fn standing(&self, place: Option<Place>) -> Standing {
        Standing { place, observed: self.observed.clone().finish128().as_u128() }
    }

    /// The program has observed something.
    pub(super) fn observe<T: Hash + ?Sized>(&mut self, value: &T) {
        self.polls.interrupt();
        self.observe_in_step(value);
    }

    pub(super) fn observe_in_step<T: Hash + ?Sized>(&mut self, value: &T) {
        value.hash(&mut self.observed);
        self.observe_in_round(value);
    }

    /// It has observed what it did before: news for nothing but the count of rounds.
    pub(super) fn observe_in_round<T: Hash + ?Sized>(&mut self, value: &T) {
        if self.rounds.is_watching() {
            self.rounds.observe(value);
        }
    }

    /// Whether nothing is left to decide, so that the program goes on undisturbed.
    pub(super) fn is_undecided(&self) -> bool {
        let has_made_all = self.carried_out == self.decisions.made.len();
        has_made_all && self.lots.as_ref().is_none_or(Lots::is_spent)
    }

    /// Whether the program stands elsewhere at the last decision than when that was found.
    pub(super) fn strayed(&self, place: Option<Place>) -> Option<Strayed> {
        let before =
            self.decisions.found_at.filter(|_| self.carried_out == self.decisions.made.len())?;
        let strayed = Strayed { now: place, before: before.place };
        (before != self.standing(place)).then_some(strayed)
    }
}

/// A number of this thread, which no other one has as long as it lives. It is read at each call.
fn this_thread() -> usize {
    thread_local! {
        static MARK: Cell<u8> = const { Cell::new(0) };
    }
    MARK.with(|mark| std::ptr::from_ref(mark).addr())
}

/// Whether the future with that fingerprint was explored before, at no more cost.
pub(crate) type Covers = Arc<dyn Fn(u128, Cost) -> bool + Send + Sync>;

/// One execution, as its driver, its program and its runner share it.
pub(crate) struct Execution {
    pub(crate) scope: Arc<Scope>,
    pub(crate) covers: Covers,
    /// How often the program called or waited, or something happened meanwhile.
    beats: AtomicU64,
    /// On which the run is made.
    thread: usize,
    progress: Mutex<Progress>,
}

impl std::fmt::Debug for Execution {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Execution").finish_non_exhaustive()
    }
}

impl Execution {
    pub(crate) fn new(scope: Arc<Scope>, decisions: Decisions, covers: Covers) -> Arc<Self> {
        let used = vec![0; scope.budget.incidents().len()];
        let cost = decisions.cost();
        Arc::new(Self {
            scope,
            covers,
            beats: AtomicU64::new(0),
            thread: this_thread(),
            progress: Mutex::new(Progress {
                decisions,
                carried_out: 0,
                point: 0,
                used,
                cost,
                visits: Visits::default(),
                alternatives: Vec::new(),
                longer_stall: None,
                keys: Vec::new(),
                stop: None,
                misuse: None,
                life: 0,
                process: None,
                observed: SipHasher13::new(),
                polls: Polls::default(),
                store: 0,
                timers: Timers::default(),
                waits: Vec::new(),
                last_noticed: None,
                idle_calls: 0,
                resumes: 0,
                rounds: Rounds::default(),
                kills_after_call: false,
                legality: Legality::default(),
                requests: Vec::new(),
                noted: Vec::new(),
                record: None,
                incidents: Vec::new(),
                lots: None,
                calls: Tally::default(),
                met: None,
                is_over: false,
                since: DateTime::<Utc>::MIN_UTC,
            }),
        })
    }

    pub(crate) fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The program shows that it is not stuck.
    pub(super) fn beat(&self) {
        self.beats.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn beats(&self) -> u64 {
        self.beats.load(Ordering::Relaxed)
    }

    /// The decisions that it follows, and those made by lot until now, without waiting for its thread.
    pub(super) fn decisions_by_now(&self) -> String {
        let progress = self.progress.try_lock();
        progress.map_or_else(|_| "unknown".to_owned(), |progress| progress.decisions.to_string())
    }

    pub(crate) fn digest<T: Hash + ?Sized>(value: &T) -> u128 {
        let mut hasher = SipHasher13::new();
        value.hash(&mut hasher);
        hasher.finish128().as_u128()
    }

    /// The program has observed something.
    pub(crate) fn observe<T: Hash + ?Sized>(&self, value: &T) {
        self.progress().observe(value);
    }

    /// The program has been called, and could know when.
    pub(crate) fn observe_callback(&self, told: u128, at: DateTime<Utc>) {
        self.observe(&told);
        // The same callback at another time is the same of a round.
        at.hash(&mut self.progress().observed);
    }

    pub(crate) fn set_store(&self, digest: u128) {
        self.progress().store = digest;
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.progress().stop.is_some()
    }

    pub(super) fn is_own_thread(&self) -> bool {
        this_thread() == self.thread
    }

    /// Whether that process is the one that is explored now.
    pub(crate) fn drives(&self, process: ProcessId) -> bool {
        self.progress().process == Some(process)
    }

    /// A life of the program begins, which remembers nothing of those before.
    pub(crate) fn begin_life(&self, emulator: &Emulator, process: ProcessId) {
        let now = emulator.now();
        let mut progress = self.progress();
        progress.process = Some(process);
        progress.stop = None;
        progress.kills_after_call = false;
        progress.waits.clear();
        progress.observed = SipHasher13::new();
        progress.polls = Polls::default();
        progress.since = now;
        progress.resumes = 0;
        progress.legality.begin_life();
        progress.rounds = Rounds::default();
        let life = progress.life;
        progress.noted.push((now, Noted::Life(life)));
        drop(progress);
        self.record(|| Told::Starts(life));
    }

    /// Whether the program should have come to the last decision, and has not.
    pub(crate) fn ended_early(&self) -> bool {
        !self.has_made_all() && self.progress().decisions.found_at.is_some()
    }

    /// Whether every decision was made.
    pub(crate) fn has_made_all(&self) -> bool {
        let progress = self.progress();
        progress.carried_out == progress.decisions.made.len()
    }

    /// From now on nothing is decided any more.
    pub(crate) fn end(&self) {
        self.progress().is_over = true;
    }

    /// Unwinds the program, unless it is unwound already.
    pub(crate) fn unwind(&self, stop: Stop) {
        if *self.progress().stop.get_or_insert(stop) == Stop::Killed {
            self.close_requests();
        }
        if !std::thread::panicking() {
            resume_unwind(Box::new(Unwound));
        }
    }

    /// Unwinds a program again that goes on though it was unwound.
    pub(crate) fn unwind_again(&self) {
        let stop = self.progress().stop;
        if let Some(stop) = stop {
            self.unwind(stop);
        }
    }

    /// Whether the call that returns is the last of the process.
    pub(crate) fn takes_kill_after_call(&self) -> bool {
        std::mem::take(&mut self.progress().kills_after_call)
    }

    /// Counts calls that notice nothing new, and returns whether there were too many in a row.
    pub(crate) fn note_idleness(&self, noticed: Noticeable) -> bool {
        let mut progress = self.progress();
        if progress.last_noticed.replace(noticed) == Some(noticed) {
            progress.idle_calls = progress.idle_calls.saturating_add(1);
        } else {
            progress.idle_calls = 0;
        }
        progress.idle_calls > self.scope.idle_calls
    }

    /// Counts a Resume, and returns whether there were too many.
    pub(crate) fn note_resume(&self) -> bool {
        let mut progress = self.progress();
        progress.resumes = progress.resumes.saturating_add(1);
        progress.resumes > self.scope.resumes
    }

    /// Notes which state the job of the next call is in.
    pub(crate) fn note_state(&self, emulator: &Emulator, job: Option<JobId>) {
        let state =
            job.and_then(|job| emulator.observe(|engine| engine.service.job(job)?.state().into()));
        self.progress().met = state;
    }

    /// Notes a call for the report, and for the monitors if it failed.
    pub(crate) fn note_call(&self, emulator: &Emulator, call: DrivenCall, reply: Observation) {
        let (now, code) = (emulator.now(), reply.code);
        if code.is_failure() {
            self.note_failed_call(emulator, call, code);
            self.note_call_error(code);
        }
        let mut progress = self.progress();
        let met = progress.met.take();
        progress.calls.note((call.method, met, code));
        progress.noted.push((now, Noted::Call(call.method, code)));
        if progress.record.is_some() {
            drop(progress);
            self.record_call(call, reply);
        }
    }

    /// Notes whether the middle of the wait that is under way is still to come.
    pub(crate) fn note_midway(&self, is_due: bool) {
        if let Some((_, is_midway_due)) = self.progress().waits.last_mut() {
            *is_midway_due = is_due;
        }
    }

    /// Since when the program has to come to its end.
    pub(crate) fn since(&self) -> DateTime<Utc> {
        self.progress().since
    }

    pub(crate) fn note(&self, emulator: &Emulator, noted: Noted) {
        let now = emulator.now();
        let mut progress = self.progress();
        if let Noted::Decided(_) = noted {
            progress.since = now;
        }
        let told = progress.record.is_some().then(|| noted.clone().into());
        progress.noted.push((now, noted));
        drop(progress);
        told.into_iter().for_each(|told| self.record(|| told));
    }
}
