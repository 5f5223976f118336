//! Two jobs of two users under the scheduler, which takes the steps that are possible in any order, beside the simple
//! service of the random lives.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use bits_emulator::accounts::Token;
use bits_emulator::explore::model::Model;
use bits_emulator::machine::{Call, CanonicalState, ComputerEvent, Event, Failure};
use bits_emulator::policy::Policies;
use bits_emulator::service::{Service, ServiceStep, StepResult};
use bits_emulator::{JobId, JobPriority};

use crate::alphabet::short_clocks;
use crate::simple_service::{Key, Model as SimpleService};
use crate::support::{ALICE, BOB, call, cancel, complete, job, service_with, suspended};

/// Two downloads of a file, one of alice and one of bob.
pub(crate) struct TwoJobs {
    priorities: Vec<JobPriority>,
}

/// What may happen. The jobs are told by the numbers of their users.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Act {
    /// The service does something by itself.
    Step(ServiceStep),
    Call(usize, Call),
    Event(usize, Event),
    Computer(ComputerEvent),
    LogOn(usize),
    LogOff(usize),
    /// Time passes until the service can do something.
    Time,
}

const USERS: [Token; 2] = [ALICE, BOB];

/// The service, and what is to agree with it.
#[derive(Clone)]
pub(crate) struct Computer {
    service: Arc<Service>,
    simple: Arc<SimpleService>,
    key: ([CanonicalState; 2], Key),
}

impl PartialEq for Computer {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Computer {}

impl Hash for Computer {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.key.hash(hasher);
    }
}

impl Computer {
    fn new(service: Service, simple: SimpleService) -> Self {
        let [one, other] = ids(&simple).map(|id| job(&service, id).canonical_state(service.now()));
        let key = ([one, other], simple.key(&service));
        Self { service: Arc::new(service), simple: Arc::new(simple), key }
    }

    /// Which invariant is broken, or where the service differs from the simple one.
    pub(crate) fn problem(&self) -> Option<String> {
        self.simple.problem(&self.service)
    }

    /// How many jobs are CONNECTING or TRANSFERRING.
    pub(crate) fn run(&self) -> usize {
        let jobs = ids(&self.simple).map(|id| job(&self.service, id).state().is_active());
        jobs.into_iter().filter(|active| *active).count()
    }
}

fn ids(simple: &SimpleService) -> [JobId; 2] {
    simple.jobs.as_slice().try_into().unwrap()
}

impl TwoJobs {
    /// The priorities are those that a client may set.
    pub(crate) fn new(priorities: impl IntoIterator<Item = JobPriority>) -> Self {
        Self { priorities: priorities.into_iter().collect() }
    }
}

impl Model for TwoJobs {
    type State = Computer;
    type Action = Act;

    fn initial_states(&self) -> Vec<Computer> {
        let mut service = service_with(Policies {
            inactivity_timeout: Duration::from_secs(240),
            time_slice: Duration::from_secs(40),
            ..Policies::default()
        });
        let mut simple = SimpleService::default();
        for user in USERS {
            let id = suspended(&mut service, &user, JobPriority::Normal);
            for set in short_clocks() {
                call(&mut service, &user, id, set);
            }
            simple.jobs.push(id);
            simple.sessions.insert(user.user, 1);
        }
        vec![Computer::new(service, simple)]
    }

    /// The service does what it can before anything else happens.
    fn enabled(&self, Computer { service, .. }: &Computer) -> impl IntoIterator<Item = Act> {
        let steps: Vec<_> = service.possible_steps().map(Act::Step).collect();
        if !steps.is_empty() {
            return steps;
        }
        let mut all = vec![
            Act::Time,
            Act::Computer(ComputerEvent::NetworkLost),
            Act::Computer(ComputerEvent::NetworkRestored),
        ];
        for user in 0..USERS.len() {
            let calls = [Call::Resume, Call::Suspend, cancel(), complete()];
            let priorities = self.priorities.iter().copied().map(Call::SetPriority);
            all.extend(calls.into_iter().chain(priorities).map(|call| Act::Call(user, call)));
            let events = [
                Event::Connected,
                Event::FileTransferred,
                Event::Failed(Failure::http(503)),
                Event::Failed(Failure::http(404)),
            ];
            all.extend(events.map(|event| Act::Event(user, event)));
            all.extend([Act::LogOn(user), Act::LogOff(user)]);
        }
        all
    }

    fn next(&self, state: &Computer, act: &Act) -> Option<Computer> {
        let mut service = (*state.service).clone();
        let mut simple = (*state.simple).clone();
        let ids = ids(&simple);
        let stepped: Vec<StepResult> = match act.clone() {
            Act::Step(step) => service.perform(step)?.into_iter().collect(),
            Act::Call(user, call) => vec![service.call(&USERS[user], ids[user], call).ok()?],
            Act::Event(user, event) => service.handle(ids[user], event).into_iter().collect(),
            Act::Computer(event) => service.handle_computer(event),
            Act::LogOn(user) | Act::LogOff(user) => {
                let user = USERS[user].user;
                let comes = matches!(act, Act::LogOn(_));
                if comes == simple.is_logged_on(user) {
                    return None;
                }
                simple.sessions.insert(user, comes.into());
                if comes { service.log_on(user) } else { service.log_off(user) }
            }
            Act::Time => {
                service.set_now(service.next_instant()?);
                Vec::new()
            }
        };
        simple.follow(&service, &stepped);
        let next = Computer::new(service, simple);
        (next != *state).then_some(next)
    }
}
