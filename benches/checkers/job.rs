//! The job of the search of `machine` as a model, for both checkers.

use std::hash::{Hash, Hasher};

use bits_emulator::explore::model::Model;
use bits_emulator::machine::{CanonicalState, Input, JobStateMachine};
use chrono::{DateTime, Utc};

use crate::{START, search};

/// One job of some files, with short clocks.
pub(crate) struct OneJob {
    first: JobStateMachine,
    inputs: Vec<Input>,
}

/// A job and the present instant: equal to those with the same future.
#[derive(Debug, Clone)]
pub(crate) struct State {
    job: JobStateMachine,
    now: DateTime<Utc>,
    key: CanonicalState,
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for State {}

impl Hash for State {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.key.hash(hasher);
    }
}

impl OneJob {
    pub(crate) fn new(files: usize) -> Self {
        Self { first: search::job(files), inputs: search::inputs() }
    }

    fn begun(&self) -> Vec<State> {
        let (job, key) = (self.first.clone(), self.first.canonical_state(START));
        vec![State { job, now: START, key }]
    }

    fn inputs(&self, state: &State) -> impl Iterator<Item = Input> {
        let clock = state.job.next_deadline().map(|(_, deadline)| Input::Deadline(deadline));
        self.inputs.iter().cloned().chain(clock)
    }
}

impl State {
    fn after(&self, input: &Input) -> Option<Self> {
        let mut now = self.now;
        if let Input::Deadline(_) = input {
            now = self.job.next_deadline()?.0.max(now);
        }
        let mut job = self.job.clone();
        if job.apply(input.clone(), now).ok()?.was_ignored() {
            return None;
        }
        let key = job.canonical_state(now);
        Some(Self { job, now, key })
    }
}

impl Model for OneJob {
    type State = State;
    type Action = Input;

    fn initial_states(&self) -> Vec<State> {
        self.begun()
    }

    fn enabled(&self, state: &State) -> impl IntoIterator<Item = Input> {
        self.inputs(state)
    }

    fn next(&self, state: &State, input: &Input) -> Option<State> {
        state.after(input)
    }
}

impl stateright::Model for OneJob {
    type State = State;
    type Action = Input;

    fn init_states(&self) -> Vec<State> {
        self.begun()
    }

    fn actions(&self, state: &State, actions: &mut Vec<Input>) {
        actions.extend(self.inputs(state));
    }

    fn next_state(&self, state: &State, input: Input) -> Option<State> {
        state.after(&input)
    }

    fn properties(&self) -> Vec<stateright::Property<Self>> {
        vec![stateright::Property::always("the rules hold", |_, _| true)]
    }
}
