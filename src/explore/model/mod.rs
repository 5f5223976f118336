//! Model checking: every state that a model can reach, and what holds in them.
//!
//! A [`Model`] says where it begins, what can happen in a state, and what comes of it. [`check`] visits every
//! state breadth first, and compares them exactly, so that the first state or step that breaks a promise is
//! reached by the fewest actions. [`explore::program`](crate::explore::program) runs a program as it is; a model
//! is for what can be written down as states: the emulator's own job beside a client, a protocol, a design.
//!
//! # From a question to its answer
//!
//! *Can a job be in ERROR, and its client find no error object to read?* The client of this model does what it
//! likes, the network fails in two ways, and the process of the client may end:
//!
//! ```
//! use bits_emulator::explore::model;
//! use bits_emulator::explore::model::jobs::{JobsModel, ObservedJob};
//! use bits_emulator::machine::{Call, Event, Failure, JobOptions};
//! use bits_emulator::readings::{ClientExit, Readings};
//! use bits_emulator::{FileInfo, JobState};
//!
//! let question = |readings| {
//!     let client = |_: &[ObservedJob<'_>]| vec![(0, Call::Resume), (0, Call::Suspend)];
//!     let file = FileInfo::new("https://example.com/app.exe", r"C:\app\app.exe");
//!     let model = JobsModel::beside(client)
//!         .events([Event::Failed(Failure::http(503)), Event::Failed(Failure::http(404))])
//!         .events([Event::ClientExited])
//!         .job(
//!             JobOptions { readings, ..JobOptions::default() },
//!             [Call::add_file(file), Call::SetNoProgressTimeout(1200)],
//!         )
//!         .unwrap();
//!     let explored = model::check(&model)
//!         .always("an error can be read", |state| {
//!             let job = state.jobs()[0].machine();
//!             job.state() != JobState::Error || job.error().is_ok()
//!         })
//!         .run();
//!     (explored.is_exhausted(), explored.violation().map(|found| found.to_string()))
//! };
//!
//! // It can, by four steps and no fewer:
//! let (_, found) = question(Readings::documented());
//! assert_eq!(found.unwrap(), "\
//! broken promise: an error can be read
//!   1. Call(0, Resume)
//!   2. Event(0, Picked)
//!   3. Event(0, Failed(Failure { code: BG_E_HTTP_ERROR_404 (0x80190194), class: Fatal, context: None }))
//!   4. EventOfAll(ClientExited)
//! ");
//!
//! // Not so if the error object outlives its client: all states were visited, and it holds in each.
//! let kept = Readings { client_exit: ClientExit::Keep, ..Readings::documented() };
//! assert_eq!(question(kept), (true, None));
//! ```
//!
//! [`jobs`] has this model, of jobs beside a client, ready to use. A model of anything else is three methods:
//! [`check`] has an example.
//!
//! # What can be asked
//!
//! | question | with | the answer |
//! |---|---|---|
//! | does it hold in every state? | [`always`](Exploration::always) | the shortest path to a state in which it does not |
//! | does it hold of every step? | [`always_step`](Exploration::always_step) | the shortest path that ends with a step of which it does not |
//! | can it be so? | [`possible`](Exploration::possible) | the shortest path to a state in which it is, or that there is none |
//! | which steps are ever taken? | [`transitions`](Exploration::transitions) | the shortest path that takes each, and those that nothing takes |
//! | does it come about, whatever happens? | [`eventually`](Exploration::eventually) | a way on which it does not: to a state where all may rest, or round a cycle |
//! | does the one lead to the other? | [`leads_to`](Exploration::leads_to) | the same, from a state in which the one is so |
//!
//! # What "eventually" means
//!
//! What need not happen, does not. An action must happen only as far as its [`Fairness`] says, which
//! [`fairness`](Exploration::fairness) names for each: [`Weak`](Fairness::Weak) serves for time, scheduler and
//! service, which go on if they can; [`None`](Fairness::None) for faults and for clients, which may do nothing for
//! ever. The answer is sound on cycles: it is sought among the strongly connected parts of the graph of all states. The
//! way that is shown is short, but not always the shortest.
//!
//! # Parts that are alike
//!
//! [`check_symmetric`] visits only one of the states that differ by an exchange of parts that are alike, such as two
//! jobs. It is for promises about states and steps that treat these parts alike, and refuses others.
//!
//! # What a pass means
//!
//! An exploration that [is exhausted](Explored::is_exhausted) without a violation is a proof about the
//! model: states are kept and compared as they are, not by their hashes. It says of the world as much as the model
//! does. One that ends at a limit says only how far it came.
//!
//! # Beside other model checkers
//!
//! | | written as | a visited state is | "eventually" | a pass means |
//! |---|---|---|---|---|
//! | this | a [`Model`], over the code itself where that can be copied | kept and compared exactly | found on cycles too, under fairness named for each action | all states of the model, none left out |
//! | [stateright](https://docs.rs/stateright) | a trait of Rust, over the code itself too; actors over a network | a hash of 64 bits | judged at the ends of paths: a cycle, or a state reached again, can hide a violation, as its documentation says | all states but those that share a hash |
//! | [SPIN](https://spinroot.com) | Promela: the system is modelled anew | exact, or bits of a hash if asked | LTL on cycles, weak fairness of processes | all states of the Promela model |
//! | [TLC](https://lamport.azurewebsites.net/tla/tla.html) | TLA+: the system is modelled anew | a hash of 64 bits, with an estimate of the odds | temporal formulas on cycles, weak and strong fairness named in the formula | all states of the TLA+ model but those that share a hash |
//!
//! The same small model, of three jobs that share a network and one place among those that transfer, stands in
//! `benches/checkers`: once in Rust for this and stateright, and anew in Promela and in TLA+. The emulator's own job is
//! a model without being written anew, here and in stateright.
//!
//! | | states | steps |
//! |---|---:|---:|
//! | this | 6,422 | 57,356 |
//! | stateright 0.31 | 6,422 | 57,356 |
//! | SPIN 6.5.2 | 6,422 | 57,356, and the beginning, which it counts among them |
//! | TLC | not run | not run |
//!
//! How fast this is beside stateright, and what it keeps, is in `benches/README.md`: on this small model it was
//! the faster one in two runs of three, on the emulator's own job they were about as fast. A state takes more memory, for
//! it is kept: [`memory`](Exploration::memory) limits that.
//!
//! Nothing is drawn at random, no clock is read and no thread begun, so that the numbers of an exploration are the
//! same each time. Several models are explored at once by as many threads of the caller.

mod components;
mod exploration;
mod explored;
mod graph;
pub mod jobs;
mod limit;
mod liveness;
mod path;
mod slots;
mod symmetric;

use std::fmt;
use std::hash::Hash;

pub use exploration::{Exploration, Standing};
pub use explored::{Explored, Witness};
pub use limit::Limit;
pub use path::{Path, Violation};
pub use symmetric::{NotSymmetric, Symmetric, SymmetricExploration, check_symmetric};

/// What is explored: states, what can happen in them, and what comes of it.
///
/// The same question must have the same answer each time.
pub trait Model {
    /// Everything that decides what can happen from now on, and nothing else: two states that are equal are one.
    type State: Clone + Eq + Hash;
    /// Something that can happen. Two that are equal are one action, also in different states.
    type Action: Clone + Eq + Hash + fmt::Debug;

    /// Returns the states in which it may begin.
    fn initial_states(&self) -> Vec<Self::State>;

    /// Returns what can happen in a state, in any order that is always the same. What [`next`](Self::next)
    /// does not follow, cannot.
    fn enabled(&self, state: &Self::State) -> impl IntoIterator<Item = Self::Action>;

    /// Returns the state that an action leads to; `None` if it cannot happen.
    fn next(&self, state: &Self::State, action: &Self::Action) -> Option<Self::State>;
}

/// How far an action must happen. The actions of a model that are equal are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fairness {
    /// It need not, also if it is possible for ever: faults, clients.
    #[default]
    None,
    /// It happens if it is possible from some state on without a break: time, a scheduler, a service.
    Weak,
    /// It happens if it is possible again and again.
    Strong,
}

/// Explores a model: add what is to hold to the result, then [`run`](Exploration::run) it.
///
/// ```
/// use bits_emulator::explore::model::{self, Fairness, Model};
///
/// /// Two processes go in and out of a room that holds one.
/// struct Room;
///
/// impl Model for Room {
///     type State = [bool; 2];
///     type Action = usize;
///
///     fn initial_states(&self) -> Vec<[bool; 2]> {
///         vec![[false, false]]
///     }
///
///     fn enabled(&self, _: &[bool; 2]) -> impl IntoIterator<Item = usize> {
///         [0, 1]
///     }
///
///     fn next(&self, inside: &[bool; 2], process: &usize) -> Option<[bool; 2]> {
///         let mut next = *inside;
///         next[*process] = !next[*process];
///         (next != [true, true]).then_some(next)
///     }
/// }
///
/// let explored = model::check(&Room)
///     .always("one is inside at most", |inside| *inside != [true, true])
///     .eventually("the first is inside", |inside| inside[0])
///     .fairness(|_| Fairness::Weak)
///     .run();
/// assert_eq!((explored.states(), explored.transitions(), explored.depth()), (3, 4, 1));
/// // The second can go in and out for ever: the first may go in again and again, but not at any time.
/// let found = explored.violation().unwrap();
/// assert_eq!(found.promise(), "the first is inside");
/// assert_eq!(found.cycle(), Some([1, 1].as_slice()));
///
/// let explored = model::check(&Room)
///     .eventually("the first is inside", |inside| inside[0])
///     .fairness(|_| Fairness::Strong)
///     .run();
/// assert!(explored.violation().is_none());
/// ```
pub fn check<M: Model>(model: &M) -> Exploration<'_, M> {
    Exploration::new(model)
}
