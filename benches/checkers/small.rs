//! A small model by hand, written once for both checkers of Rust, and in `small.pml` and `small.tla` for others:
//! jobs of two files that share a network and one place among those that transfer.

use bits_emulator::explore::model::Model;

use State::{
    Acknowledged, Cancelled, Connecting, Error, Queued, Suspended, Transferred, Transferring,
    TransientError,
};

pub(crate) const JOBS: usize = 3;
const FILES: u8 = 2;
/// How many minutes a job waits before it tries again.
const RETRY: u8 = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum State {
    Suspended,
    Queued,
    Connecting,
    Transferring,
    TransientError,
    Error,
    Transferred,
    Acknowledged,
    Cancelled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Job {
    state: State,
    files_left: u8,
    /// Minutes until it is tried again.
    retry: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Queue {
    jobs: [Job; JOBS],
    has_network: bool,
}

/// What happens, to the job of that number if it is one of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    Resume(usize),
    Suspend(usize),
    Cancel(usize),
    Complete(usize),
    Pick(usize),
    Connect(usize),
    TransferFile(usize),
    FailForAWhile(usize),
    FailForGood(usize),
    Minute(usize),
    LoseNetwork,
    RestoreNetwork,
}

impl Job {
    const fn is_active(self) -> bool {
        matches!(self.state, Connecting | Transferring)
    }

    const fn enters(&mut self, state: State) {
        self.state = state;
        self.retry = if matches!(state, TransientError) { RETRY } else { 0 };
        if matches!(state, Cancelled) {
            self.files_left = 0;
        }
    }
}

impl Queue {
    pub(crate) const fn new() -> Self {
        let job = Job { state: Suspended, files_left: FILES, retry: 0 };
        Self { jobs: [job; JOBS], has_network: true }
    }

    /// One job transfers at most, over the network, and none is TRANSFERRED that has files left.
    pub(crate) fn holds(&self) -> bool {
        let active = self.jobs.iter().filter(|job| job.is_active()).count();
        let is_whole = |job: &Job| job.state != Transferred || job.files_left == 0;
        active <= usize::from(self.has_network) && self.jobs.iter().all(is_whole)
    }

    pub(crate) fn actions() -> impl Iterator<Item = Action> {
        let of_job = |job| {
            [
                Action::Resume(job),
                Action::Suspend(job),
                Action::Cancel(job),
                Action::Complete(job),
                Action::Pick(job),
                Action::Connect(job),
                Action::TransferFile(job),
                Action::FailForAWhile(job),
                Action::FailForGood(job),
                Action::Minute(job),
            ]
        };
        (0..JOBS).flat_map(of_job).chain([Action::LoseNetwork, Action::RestoreNetwork])
    }

    pub(crate) fn after(&self, action: Action) -> Option<Self> {
        let mut next = *self;
        match action {
            Action::LoseNetwork => {
                next.has_network = false;
                let active = next.jobs.iter_mut().filter(|job| job.is_active());
                active.for_each(|job| job.enters(TransientError));
                return self.has_network.then_some(next);
            }
            Action::RestoreNetwork => {
                next.has_network = true;
                return (!self.has_network).then_some(next);
            }
            _ => {}
        }
        let is_free = self.has_network && !self.jobs.iter().any(|job| job.is_active());
        let (number, to) = match action {
            Action::Resume(number) => (number, Queued),
            Action::Suspend(number) => (number, Suspended),
            Action::Cancel(number) => (number, Cancelled),
            Action::Complete(number) => (number, Acknowledged),
            Action::Pick(number) => (number, Connecting),
            Action::Connect(number) | Action::TransferFile(number) => (number, Transferring),
            Action::FailForAWhile(number) => (number, TransientError),
            Action::FailForGood(number) => (number, Error),
            Action::Minute(number) => (number, TransientError),
            Action::LoseNetwork | Action::RestoreNetwork => return None,
        };
        let job = next.jobs.get_mut(number)?;
        let is_possible = match action {
            Action::Resume(_) => matches!(job.state, Suspended | TransientError | Error),
            Action::Suspend(_) => {
                matches!(job.state, Queued | Connecting | Transferring | TransientError)
            }
            Action::Cancel(_) => !matches!(job.state, Acknowledged | Cancelled),
            Action::Complete(_) => job.state == Transferred,
            Action::Pick(_) => job.state == Queued && is_free,
            Action::Connect(_) => job.state == Connecting,
            Action::TransferFile(_) => job.state == Transferring,
            Action::FailForAWhile(_) | Action::FailForGood(_) => job.is_active(),
            Action::Minute(_) => job.state == TransientError,
            Action::LoseNetwork | Action::RestoreNetwork => false,
        };
        if !is_possible {
            return None;
        }
        match action {
            Action::TransferFile(_) => {
                job.files_left -= 1;
                job.enters(if job.files_left == 0 { Transferred } else { Transferring });
            }
            Action::Minute(_) if job.retry > 1 => job.retry -= 1,
            Action::Minute(_) => job.enters(Queued),
            _ => job.enters(to),
        }
        Some(next)
    }
}

/// The model, for both checkers.
pub(crate) struct Small;

impl Model for Small {
    type State = Queue;
    type Action = Action;

    fn initial_states(&self) -> Vec<Queue> {
        vec![Queue::new()]
    }

    fn enabled(&self, _: &Queue) -> impl IntoIterator<Item = Action> {
        Queue::actions()
    }

    fn next(&self, queue: &Queue, action: &Action) -> Option<Queue> {
        queue.after(*action)
    }
}

impl stateright::Model for Small {
    type State = Queue;
    type Action = Action;

    fn init_states(&self) -> Vec<Queue> {
        vec![Queue::new()]
    }

    fn actions(&self, _: &Queue, actions: &mut Vec<Action>) {
        actions.extend(Queue::actions());
    }

    fn next_state(&self, queue: &Queue, action: Action) -> Option<Queue> {
        queue.after(action)
    }

    fn properties(&self) -> Vec<stateright::Property<Self>> {
        vec![stateright::Property::always("the rules hold", |_, queue: &Queue| queue.holds())]
    }
}
