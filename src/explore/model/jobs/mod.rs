//! A ready-made model of jobs beside a client, which needs only the client and the events that may happen.
//!
//! The jobs are those of the emulator, [`JobStateMachine`]; the client is a [`ReactiveClient`], which may be a closure.
//! One to three jobs can be explored.
//!
//! *Can a client lose a file that was whole?* This one completes a job that is TRANSFERRED, but the inactivity timeout
//! may come first:
//!
//! ```
//! use bits_emulator::explore::model;
//! use bits_emulator::explore::model::jobs::{JobsAction, JobsModel, JobsState, ObservedJob};
//! use bits_emulator::machine::{Call, Commit, Deletion, Event, Failure, JobOptions};
//! use bits_emulator::{FileInfo, JobState};
//!
//! let client = |jobs: &[ObservedJob<'_>]| match jobs[0].state() {
//!     JobState::Suspended => vec![(0, Call::Resume)],
//!     JobState::Error => vec![(0, Call::Cancel(Deletion::Done))],
//!     JobState::Transferred => vec![(0, Call::Complete(Commit::default()))],
//!     _ => vec![],
//! };
//! let file = FileInfo::new("https://example.com/app.exe", r"C:\app\app.exe");
//! let model = JobsModel::beside(client)
//!     .events([Event::Failed(Failure::http(503)), Event::Failed(Failure::http(404))])
//!     .job(JobOptions::default(), [Call::add_file(file), Call::SetNoProgressTimeout(1200)])?;
//!
//! let state = |jobs: &JobsState<()>| jobs.jobs()[0].machine().state();
//! let explored = model::check(&model)
//!     .always_step("what is TRANSFERRED is not removed", |before, _, after| {
//!         (state(before), state(after)) != (JobState::Transferred, JobState::Cancelled)
//!     })
//!     .run();
//! let found = explored.violation().unwrap();
//! assert_eq!(found.to_string(), "\
//! broken promise: what is TRANSFERRED is not removed
//!   1. Call(0, Resume)
//!   2. Event(0, Picked)
//!   3. Event(0, Connected)
//!   4. Event(0, FileTransferred)
//!   5. Deadline(0, Inactivity)
//! ");
//!
//! // *Is the job over in the end?* It is, however often the server fails, and also if the client does nothing.
//! let explored = model::check(&model)
//!     .eventually("the job is over", |jobs| state(jobs).is_final())
//!     .fairness(JobsAction::fairness)
//!     .run();
//! assert!(explored.is_exhausted() && explored.violation().is_none(), "{explored}");
//! # Ok::<(), bits_emulator::Error>(())
//! ```

mod action;
mod client;
mod timed;

use std::fmt;

use chrono::{DateTime, Utc};

use super::{Model, Symmetric};
use crate::machine::{Call, Deadline, Event, Input, JobOptions, JobStateMachine};
use crate::vocabulary::Error;
use action::is_of_all;

pub use action::JobsAction;
pub use client::{ObservedJob, Reaction, ReactiveClient, SymmetricClient};
pub use timed::TimedJob;

/// The model of jobs beside a client, from [`beside`](Self::beside): what the client may do, what may happen to the
/// jobs, and time, which passes from deadline to deadline.
///
/// - The client acts at any time between two other steps, or not at all.
/// - Any job may be picked when it is QUEUED: each order of any scheduler is among those explored, and some
///   that BITS does not know.
/// - A deadline that is due acts before anything else.
/// - Events of the computer, of the owner and of the process of the client happen to all jobs.
#[derive(Clone)]
pub struct JobsModel<C> {
    client: C,
    jobs: Vec<JobStateMachine>,
    events: Vec<Event>,
}

/// A state of a [`JobsModel`]: the jobs at an instant, and the memory of the client.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct JobsState<M> {
    jobs: Vec<TimedJob>,
    memory: M,
}

impl<M> JobsState<M> {
    /// Returns the jobs, in the order in which they were added to the model.
    #[must_use]
    pub fn jobs(&self) -> &[TimedJob] {
        &self.jobs
    }

    /// Returns the memory of the client.
    #[must_use]
    pub const fn memory(&self) -> &M {
        &self.memory
    }
}

/// When the jobs of a model are created.
const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

impl<C: ReactiveClient> JobsModel<C> {
    /// Returns a model with that client and no jobs yet. Its jobs may be picked and connected, and their files
    /// transferred; [`events`](Self::events) adds more.
    #[must_use]
    pub fn beside(client: C) -> Self {
        let events = vec![Event::Picked, Event::Connected, Event::FileTransferred];
        Self { client, jobs: Vec::new(), events }
    }

    /// Adds events that may happen too, whenever a job does not ignore them.
    ///
    /// [`Event::Progressed`] counts bytes: without a [size](Event::SizeKnown) the states have no end.
    #[must_use]
    pub fn events(mut self, events: impl IntoIterator<Item = Event>) -> Self {
        for event in events {
            if !self.events.contains(&event) {
                self.events.push(event);
            }
        }
        self
    }

    /// Adds a job on which its owner made these calls before the exploration begins.
    ///
    /// # Errors
    ///
    /// The refusal of the first call that is refused.
    pub fn job(
        mut self,
        options: JobOptions,
        calls: impl IntoIterator<Item = Call>,
    ) -> Result<Self, Error> {
        let mut job = JobStateMachine::new(options, START);
        for call in calls {
            job.call(call, START)?;
        }
        self.jobs.push(job);
        Ok(self)
    }

    fn call(
        &self,
        state: &JobsState<C::Memory>,
        job: usize,
        call: &Call,
    ) -> Option<JobsState<C::Memory>> {
        let input = Input::Call(call.clone());
        let (after, result) = state.jobs.get(job)?.after(input, now(state));
        let code = match result {
            Ok(outcome) => outcome.success.code(),
            Err(error) => error.code(),
        };
        let mut next = state.clone();
        next.memory = self.client.answered(&state.memory, job, call, code);
        *next.jobs.get_mut(job)? = after;
        Some(next)
    }

    fn event(
        &self,
        state: &JobsState<C::Memory>,
        job: Option<usize>,
        event: &Event,
    ) -> Option<JobsState<C::Memory>> {
        let mut next = state.clone();
        let exits = matches!(event, Event::ClientExited);
        if exits {
            next.memory = self.client.begins();
        }
        let mut happened = exits && next.memory != state.memory;
        for (place, it) in next.jobs.iter_mut().enumerate() {
            if job.is_some_and(|job| job != place) {
                continue;
            }
            let (after, result) = it.after(Input::Event(event.clone()), it.now());
            if result.is_ok_and(|outcome| !outcome.was_ignored()) {
                happened = true;
                *it = after;
            }
        }
        happened.then_some(next)
    }

    fn deadline(
        &self,
        state: &JobsState<C::Memory>,
        job: usize,
        deadline: Deadline,
    ) -> Option<JobsState<C::Memory>> {
        let (at, _) = state.jobs.get(job)?.next_deadline()?;
        let jobs = state.jobs.iter().enumerate().map(|(place, it)| {
            if place == job { it.after(Input::Deadline(deadline), at).0 } else { it.at(at) }
        });
        Some(JobsState { jobs: jobs.collect(), memory: state.memory.clone() })
    }
}

impl<C: ReactiveClient> Model for JobsModel<C> {
    type State = JobsState<C::Memory>;
    type Action = JobsAction<C::Memory>;

    fn initial_states(&self) -> Vec<Self::State> {
        let jobs = self.jobs.iter().map(|job| TimedJob::new(job.clone(), START)).collect();
        vec![JobsState { jobs, memory: self.client.begins() }]
    }

    fn enabled(&self, state: &Self::State) -> impl IntoIterator<Item = Self::Action> {
        let next = state.jobs.iter().filter_map(|job| Some(job.next_deadline()?.0)).min();
        let deadlines = state.jobs.iter().enumerate().filter_map(|(job, it)| {
            let (at, deadline) = it.next_deadline()?;
            (Some(at) == next).then_some(JobsAction::Deadline(job, deadline))
        });
        let mut enabled = Vec::new();
        if next.is_none_or(|next| next > now(state)) {
            let observed: Vec<_> = state.jobs.iter().map(ObservedJob).collect();
            let reactions = self.client.reactions(&state.memory, &observed).into_iter();
            enabled.extend(reactions.map(|reaction| match reaction {
                Reaction::Call(job, call) => JobsAction::Call(job, call),
                Reaction::Note(memory) => JobsAction::Note(memory),
            }));
            for event in &self.events {
                if is_of_all(event) {
                    enabled.push(JobsAction::EventOfAll(event.clone()));
                } else {
                    let jobs = 0..state.jobs.len();
                    enabled.extend(jobs.map(|job| JobsAction::Event(job, event.clone())));
                }
            }
        }
        enabled.extend(deadlines);
        enabled
    }

    fn next(&self, state: &Self::State, action: &Self::Action) -> Option<Self::State> {
        match action {
            JobsAction::Call(job, call) => self.call(state, *job, call),
            JobsAction::Note(memory) => (*memory != state.memory)
                .then(|| JobsState { memory: memory.clone(), ..state.clone() }),
            JobsAction::Event(job, event) => self.event(state, Some(*job), event),
            JobsAction::EventOfAll(event) => self.event(state, None, event),
            JobsAction::Deadline(job, deadline) => self.deadline(state, *job, *deadline),
        }
    }
}

/// All jobs are alike, and must begin alike.
impl<C: SymmetricClient> Symmetric for JobsModel<C> {
    fn images(&self, state: &Self::State) -> Vec<Self::State> {
        let image = |order: Vec<usize>| JobsState {
            jobs: order.iter().filter_map(|job| state.jobs.get(*job)).cloned().collect(),
            memory: self.client.permuted(&state.memory, &order),
        };
        orders(state.jobs.len()).into_iter().map(image).collect()
    }
}

impl<C> fmt::Debug for JobsModel<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { client: _, jobs, events } = self;
        let mut shown = f.debug_struct("JobsModel");
        shown.field("jobs", &jobs.len()).field("events", events).finish_non_exhaustive()
    }
}

fn now<M>(state: &JobsState<M>) -> DateTime<Utc> {
    state.jobs.first().map_or(START, TimedJob::now)
}

/// Returns every order of that number of things, the original order first.
fn orders(things: usize) -> Vec<Vec<usize>> {
    let mut orders = vec![Vec::new()];
    for thing in 0..things {
        let with = |order: &Vec<usize>| {
            let order = order.clone();
            (0..=thing).rev().map(move |place| {
                let mut order = order.clone();
                order.insert(place, thing);
                order
            })
        };
        orders = orders.iter().flat_map(with).collect();
    }
    orders
}
