//! One execution: the decisions that it follows, what its program has observed, and what else could have
//! been decided at its points.

use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::hash::{Hash, Hasher};
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use siphasher::sip128::{Hasher128, SipHasher13};

use super::actor::{Actor, Locks};
use super::choice::Incident;
use super::decisions::{Cost, Decisions, Standing};
use super::departure::Departure;
use super::lots::Lots;
use super::place::Place;
use super::reached::Tally;
use super::record::{Record, Told};
use super::requests::{RequestOutcome, RequestRecord, close_requests};
use super::rounds::Rounds;
use super::scope::Scope;
use super::search::{Passed, Prefix};
use super::stop::{Stop, Strayed};
use super::timers::Timers;
use super::visits::Visits;
use crate::emulator::{Emulator, ProcessId, Unwound};
use crate::vocabulary::{HResult, JobState, Method};

/// A line of what the program did, for the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Noted {
    Life(u32),
    Call(Method, HResult),
    Waits(DateTime<Utc>),
    WaitsForCall,
    Reports(RequestOutcome),
    Decided(Departure),
}

/// What is known so far of the execution.
pub(crate) struct Progress {
    pub(super) decisions: Decisions,
    /// How many of the decisions were carried out.
    pub(super) carried_out: usize,
    pub(crate) point: u32,
    pub(super) used: Vec<u32>,
    /// A fingerprint of how often each incident of the budget can still happen.
    pub(super) left: u128,
    pub(super) cost: Cost,
    pub(super) visits: Visits,
    /// After how many of the decisions the visits until then are forgotten, the last time.
    pub(super) visits_begin: usize,
    pub(crate) alternatives: Vec<Decisions>,
    /// The last decision, one stall longer, if the world went on that far.
    pub(crate) longer_stall: Option<Decisions>,
    pub(crate) keys: Vec<Passed<Cost>>,
    /// The program that acts: the one that holds the baton, or one of which an object is called.
    pub(crate) actor: Actor,
    pub(super) others: BTreeMap<u8, Actor>,
    /// The program that holds the baton.
    pub(super) holder: u8,
    /// Which program acted before each of the callbacks that run.
    pub(super) callbacks: Vec<u8>,
    /// What the program did that it may not do, in words.
    pub(super) misuse: Option<String>,
    /// A fingerprint of each store.
    pub(super) stores: BTreeMap<u8, u128>,
    pub(super) locks: Locks,
    pub(crate) timers: Timers,
    pub(super) rounds: Rounds,
    pub(crate) requests: Vec<RequestRecord>,
    pub(crate) noted: Vec<(DateTime<Utc>, Noted)>,
    pub(super) record: Option<Record>,
    pub(crate) incidents: Vec<Incident>,
    /// What is decided at random, if it is.
    pub(crate) lots: Option<Lots>,
    /// The calls, each with the state of its job before it and its code.
    pub(crate) calls: Tally<(Method, Option<JobState>, HResult)>,
    /// Whether nothing is decided any more.
    pub(crate) is_over: bool,
    /// When the last life began or the last thing was decided.
    pub(super) since: DateTime<Utc>,
    /// What is planned and has not happened yet, in the order of its instants.
    pub(super) planned: VecDeque<(DateTime<Utc>, Incident)>,
}

impl Progress {
    /// A fingerprint of how often each incident of the budget can still happen if the one with that place there
    /// happened now: no more often than the bound allows of all of them together, so that futures in which as much
    /// can go wrong are alike whatever went wrong before.
    pub(super) fn left_after(&self, next: Option<usize>, scope: &Scope) -> u128 {
        let used_of =
            |(place, used): (usize, &u32)| used.saturating_add(u32::from(next == Some(place)));
        let used = || self.used.iter().enumerate().map(used_of);
        let struck = used().fold(0_u32, u32::saturating_add);
        let of_all = scope.bound.faults.saturating_sub(struck);
        let mut hasher = SipHasher13::new();
        for ((_, allowed), used) in scope.budget.incidents().iter().zip(used()) {
            hasher.write_u32(allowed.saturating_sub(used).min(of_all));
        }
        hasher.finish128().as_u128()
    }

    pub(super) fn standing(&self, place: Option<Place>) -> Standing {
        Standing { place, observed: self.actor.observed() }
    }

    /// The program has observed something.
    pub(super) fn observe<T: Hash + ?Sized>(&mut self, value: &T) {
        self.actor.polls.interrupt();
        self.observe_in_step(value);
    }

    pub(super) fn observe_in_step<T: Hash + ?Sized>(&mut self, value: &T) {
        value.hash(&mut self.actor.observed);
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
        // A callback that never comes is never told twice.
        let is_left = |(_, incident): &(_, _)| *incident != Incident::CallbackTwice;
        let is_planned = self.planned.iter().any(is_left);
        has_made_all && !is_planned && self.lots.as_ref().is_none_or(Lots::is_spent)
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
pub(super) fn this_thread() -> usize {
    thread_local! {
        static MARK: Cell<u8> = const { Cell::new(0) };
    }
    MARK.with(|mark| std::ptr::from_ref(mark).addr())
}

/// Whether a process is the one of the program that acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Driven {
    No,
    Yes,
    /// It is, and goes on though it was unwound.
    Stopped(Stop),
}

/// Whether the future with that fingerprint was explored before, at no more cost.
pub(crate) type Covers = Arc<dyn Fn(u128, Cost) -> bool + Send + Sync>;

/// One execution, as its driver, its program and its runner share it.
pub(crate) struct Execution {
    pub(crate) scope: Arc<Scope>,
    pub(crate) covers: Covers,
    /// How often the program called or waited, or something happened meanwhile.
    beats: AtomicU64,
    /// On which the program runs that holds the baton.
    pub(super) thread: AtomicUsize,
    progress: Mutex<Progress>,
    /// The baton has another holder.
    pub(super) turn: Condvar,
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
        let planned = scope.planned.iter().copied().collect();
        let last_fault = decisions.made.iter().rposition(|made| made.choice.is_fault());
        let visits_begin = last_fault.map_or(0, |last| last.saturating_add(1));
        let mut progress = Progress {
            decisions,
            carried_out: 0,
            point: 0,
            used,
            left: 0,
            cost,
            visits: Visits::default(),
            visits_begin,
            alternatives: Vec::new(),
            longer_stall: None,
            keys: Vec::new(),
            actor: Actor::default(),
            others: BTreeMap::new(),
            holder: 0,
            callbacks: Vec::new(),
            misuse: None,
            stores: BTreeMap::new(),
            locks: Locks::new(),
            timers: Timers::default(),
            rounds: Rounds::default(),
            requests: Vec::new(),
            noted: Vec::new(),
            record: None,
            incidents: Vec::new(),
            lots: None,
            calls: Tally::default(),
            is_over: false,
            since: DateTime::<Utc>::MIN_UTC,
            planned,
        };
        progress.left = progress.left_after(None, &scope);
        Arc::new(Self {
            scope,
            covers,
            beats: AtomicU64::new(0),
            thread: AtomicUsize::new(this_thread()),
            turn: Condvar::new(),
            progress: Mutex::new(progress),
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

    /// The program has observed something.
    pub(crate) fn observe<T: Hash + ?Sized>(&self, value: &T) {
        self.progress().observe(value);
    }

    /// The program has been called, and could know when.
    pub(crate) fn observe_callback(&self, told: u128, at: DateTime<Utc>) {
        self.observe(&told);
        // The same callback at another time is the same of a round.
        at.hash(&mut self.progress().actor.observed);
    }

    /// The values of a store have that fingerprint now.
    pub(crate) fn set_store(&self, store: u8, digest: u128) {
        self.progress().stores.insert(store, digest);
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.progress().actor.stop.is_some()
    }

    pub(super) fn is_own_thread(&self) -> bool {
        this_thread() == self.thread.load(Ordering::Relaxed)
    }

    /// Whether there are other programs.
    pub(super) fn are_several(&self) -> bool {
        !self.progress().others.is_empty()
    }

    /// Whether that process is the one of the program that acts.
    pub(crate) fn driven(&self, process: ProcessId) -> Driven {
        let progress = self.progress();
        match progress.actor.stop {
            _ if progress.actor.process != Some(process) => Driven::No,
            Some(stop) => Driven::Stopped(stop),
            None => Driven::Yes,
        }
    }

    /// A life of the program begins, which remembers nothing of those before.
    pub(crate) fn begin_life(&self, emulator: &Emulator, process: ProcessId) {
        let now = emulator.now();
        let mut progress = self.progress();
        progress.actor.begin_life(process);
        progress.since = now;
        progress.rounds = Rounds::default();
        let life = progress.actor.life;
        progress.noted.push((now, Noted::Life(life)));
        drop(progress);
        self.record(|| Told::Starts(life));
    }

    /// Whether the program should have come to the last decision, and has not.
    pub(crate) fn ended_early(&self) -> bool {
        !self.has_made_all() && self.progress().decisions.found_at.is_some()
    }

    /// Whether every decision was made.
    fn has_made_all(&self) -> bool {
        let progress = self.progress();
        progress.carried_out == progress.decisions.made.len()
    }

    /// Says why the first of the decisions that were not made could not be made, if there is one.
    pub(crate) fn unmade(&self) -> Option<String> {
        let progress = self.progress();
        let decision = progress.decisions.made.get(progress.carried_out)?;
        Some(if progress.point > decision.point {
            format!("`{decision}` cannot be decided there")
        } else {
            format!("it comes to its end before `{decision}`")
        })
    }

    /// From now on nothing is decided any more.
    pub(crate) fn end(&self) {
        self.progress().is_over = true;
    }

    /// Unwinds the program, unless it is unwound already.
    pub(crate) fn unwind(&self, stop: Stop) {
        let mut progress = self.progress();
        let is_killed = *progress.actor.stop.get_or_insert(stop) == Stop::Killed;
        if is_killed {
            let own = progress.actor.number;
            close_requests(&mut progress.requests, own);
            progress.release_locks_of(own);
        }
        drop(progress);
        if !is_killed {
            self.stop_others();
        }
        if !std::thread::panicking() {
            resume_unwind(Box::new(Unwound));
        }
    }

    /// Unwinds a program again that goes on though it was unwound.
    pub(crate) fn unwind_again(&self) {
        let stop = self.progress().actor.stop;
        if let Some(stop) = stop {
            self.unwind(stop);
        }
    }

    pub(crate) fn note(&self, emulator: &Emulator, noted: Noted) {
        let now = emulator.now();
        let mut progress = self.progress();
        if let Noted::Decided(_) = noted {
            progress.since = now;
        }
        self.add_note(progress, now, noted);
    }

    pub(super) fn add_note(
        &self,
        mut progress: MutexGuard<'_, Progress>,
        now: DateTime<Utc>,
        noted: Noted,
    ) {
        let told = progress.record.is_some().then(|| noted.into());
        progress.noted.push((now, noted));
        drop(progress);
        told.into_iter().for_each(|told| self.record(|| told));
    }
}
