//! What may happen in the life of a service, and how it happens to one.

use bits_emulator::accounts::{Sid, Token};
use bits_emulator::machine::{
    Call, CallbackInterface, ComputerEvent, Event, Failure, FileAccess, Recipient,
};
use bits_emulator::policy::{Block, JobLimits, Policies};
use bits_emulator::service::{Chooser, Service, ServiceStep, StepResult};
use bits_emulator::{HResult, JobId, JobPriority, JobType, NotifyFlags};
use chrono::TimeDelta;
use proptest::prelude::*;
use proptest::sample::Index;

use super::model::Model;
use crate::support::*;

const SYSTEM: Token = Token::service(Sid::LocalSystem);
const CALLERS: [Token; 4] = [ALICE, BOB, CAROL, SYSTEM];

/// One thing that happens. An `Index` points at one of what is there by then.
#[derive(Debug, Clone)]
pub(crate) enum Op {
    Create(usize, JobType),
    /// A download that is ready to run.
    Start(usize, JobPriority),
    /// Its owner asks something of a job.
    Call(Index, Call),
    /// Somebody else does.
    CallBy(usize, Index, Call),
    /// The client hears of everything.
    Listen(Index),
    /// The world does something to a job.
    Event(Index, Event),
    /// A job gets on, by what its state allows.
    Forward(Index),
    /// A call of a client returns.
    Return(Index, bool),
    Step(Index),
    /// The service does all that is possible.
    Settle,
    Wait(u32),
    /// To the next instant at which something happens.
    Next,
    LogOn(usize),
    LogOff(usize),
    Network(bool),
    Block(bool),
    Restart,
    ChangeClock(i32),
    Drop(Index),
}

pub(crate) fn ops(number: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Op>> {
    prop::collection::vec(op(), number)
}

fn op() -> impl Strategy<Value = Op> {
    let index = any::<Index>;
    let caller = 0..CALLERS.len();
    let types = prop::sample::select(JobType::ALL);
    let levels = prop::sample::select(JobPriority::ALL);
    prop_oneof![
        1 => (caller.clone(), types).prop_map(|(by, job_type)| Op::Create(by, job_type)),
        6 => (caller.clone(), levels.clone()).prop_map(|(by, level)| Op::Start(by, level)),
        8 => (index(), calls()).prop_map(|(job, call)| Op::Call(job, call)),
        4 => (index(), levels).prop_map(|(job, level)| Op::Call(job, Call::SetPriority(level))),
        3 => (caller, index(), calls()).prop_map(|(by, job, call)| Op::CallBy(by, job, call)),
        4 => index().prop_map(Op::Listen),
        5 => (index(), events()).prop_map(|(job, event)| Op::Event(job, event)),
        12 => index().prop_map(Op::Forward),
        6 => (index(), any::<bool>()).prop_map(|(call, heard)| Op::Return(call, heard)),
        12 => index().prop_map(Op::Step),
        8 => Just(Op::Settle),
        3 => (0..700_u32).prop_map(Op::Wait),
        5 => Just(Op::Next),
        2 => (0..3_usize).prop_map(Op::LogOn),
        2 => (0..3_usize).prop_map(Op::LogOff),
        2 => any::<bool>().prop_map(Op::Network),
        1 => any::<bool>().prop_map(Op::Block),
        1 => Just(Op::Restart),
        1 => (-100_000..100_000_i32).prop_map(Op::ChangeClock),
        2 => index().prop_map(Op::Drop),
    ]
}

fn calls() -> impl Strategy<Value = Call> {
    prop_oneof![
        4 => Just(Call::Resume),
        2 => Just(Call::Suspend),
        1 => Just(cancel()),
        2 => Just(complete()),
        2 => (0..4_usize).prop_map(|number| Call::add_file(file(number))),
        1 => Just(Call::SetMinimumRetryDelay(60)),
        1 => Just(Call::SetNoProgressTimeout(0)),
        1 => Just(Call::SetNotifyInterface(None)),
        1 => Just(Call::SetNotifyFlags(NotifyFlags::DISABLE)),
        1 => Just(Call::set_notify_cmd_line(r"C:\done.exe", None)),
        2 => Just(Call::TakeOwnership(FileAccess::Granted)),
    ]
}

fn events() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => Just(Event::Failed(Failure::http(503))),
        2 => Just(Event::Failed(Failure::http(404))),
        1 => Just(Event::Picked),
        1 => Just(Event::SliceOver),
        1 => Just(Event::ClientExited),
        1 => Just(Event::ProgramExited(1)),
        1 => Just(Event::UploadCancelled),
    ]
}

/// A service and what the simple one knows of it.
#[derive(Debug)]
pub(crate) struct Life {
    pub(crate) service: Service,
    pub(crate) model: Model,
}

impl Life {
    pub(crate) fn new() -> Self {
        let policies = Policies {
            jobs_per_computer: 9,
            jobs_per_user: 4,
            limits: JobLimits { files_per_job: 2, ranges_per_file: 2 },
            notifications_per_user: 4,
            ..Policies::default()
        };
        let mut life = Self { service: nobody_there(policies), model: Model::default() };
        (0..3).for_each(|user| life.log_on(user));
        life
    }

    /// When the clocks of all jobs act, and when the service acts next.
    pub(crate) fn timers(&self) -> Vec<Option<chrono::DateTime<chrono::Utc>>> {
        let clocks = self.model.jobs.iter().map(|id| job(&self.service, *id).next_deadline());
        clocks.map(|next| next.map(|(at, _)| at)).chain([self.service.next_instant()]).collect()
    }

    pub(crate) fn apply(&mut self, op: &Op, chooser: &mut dyn Chooser) {
        match op {
            Op::Create(by, job_type) => drop(self.create(&CALLERS[*by], *job_type)),
            Op::Start(by, level) => self.start(&CALLERS[*by], *level),
            Op::Call(index, call) => {
                if let Some(id) = self.pick(index) {
                    self.call(&self.owner_of(id), id, call.clone());
                }
            }
            Op::CallBy(by, index, call) => {
                if let Some(id) = self.pick(index) {
                    self.call(&CALLERS[*by], id, call.clone());
                }
            }
            Op::Listen(index) => self.listen(index),
            Op::Event(index, event) => {
                if let Some(id) = self.pick(index) {
                    self.tell(id, event.clone());
                }
            }
            Op::Forward(index) => self.forward(index),
            Op::Return(index, heard) => self.returns(index, *heard),
            Op::Step(index) => {
                let steps = steps(&self.service);
                if !steps.is_empty() {
                    self.take(*index.get(&steps));
                }
            }
            Op::Settle => self.settle(chooser),
            Op::Wait(seconds) => {
                self.service.set_now(self.service.now() + TimeDelta::seconds((*seconds).into()));
            }
            Op::Next => {
                self.settle(chooser);
                if let Some(next) = self.service.next_instant_of_interest() {
                    self.service.set_now(next);
                }
            }
            Op::LogOn(user) => self.log_on(*user),
            Op::LogOff(user) => self.log_off(*user),
            Op::Network(true) => self.computer(ComputerEvent::NetworkRestored),
            Op::Network(false) => self.computer(ComputerEvent::NetworkLost),
            Op::Block(true) => self.computer(ComputerEvent::Blocked(Block::BatterySaver)),
            Op::Block(false) => self.computer(ComputerEvent::Unblocked(Block::BatterySaver)),
            Op::Restart => {
                self.model.restart();
                self.computer(ComputerEvent::ServiceRestarted);
            }
            Op::ChangeClock(seconds) => {
                self.computer(ComputerEvent::ClockChanged(TimeDelta::seconds((*seconds).into())));
            }
            Op::Drop(index) => {
                if let Some(id) = self.pick(index)
                    && self.service.drop_job(id)
                {
                    assert!(self.model.under_way.iter().all(|(called, _)| *called != id));
                    self.model.forget(id);
                }
            }
        }
    }

    fn pick(&self, index: &Index) -> Option<JobId> {
        let jobs = &self.model.jobs;
        (!jobs.is_empty()).then(|| *index.get(jobs))
    }

    fn owner_of(&self, id: JobId) -> Token {
        let owner = job(&self.service, id).owner();
        *CALLERS.iter().find(|by| by.user == owner).unwrap()
    }

    fn computer(&mut self, event: ComputerEvent) {
        self.all(|service| service.handle_computer(event));
    }

    fn all(&mut self, happens: impl FnOnce(&mut Service) -> Vec<StepResult>) {
        let stepped = happens(&mut self.service);
        self.model.follow(&self.service, &stepped);
    }

    fn create(&mut self, by: &Token, job_type: JobType) -> Option<JobId> {
        let id = self.service.create_job(by, Some("update".into()), job_type).ok()?;
        self.model.jobs.push(id);
        Some(id)
    }

    fn start(&mut self, by: &Token, level: JobPriority) {
        let Some(id) = self.create(by, JobType::Download) else { return };
        for call in [Call::add_file(file(0)), Call::SetPriority(level), Call::Resume] {
            self.call(by, id, call);
        }
    }

    fn call(&mut self, by: &Token, id: JobId, call: Call) {
        let limited = matches!(call, Call::AddFile(..)) && !by.is_exempt_from_limits();
        if let Ok(stepped) = self.service.call(by, id, call) {
            self.model.follow(&self.service, &[stepped]);
            // INV-48, FILES-09
            let most = self.service.policies().limits.files_per_job;
            assert!(!limited || job(&self.service, id).file_count() <= most);
        }
    }

    fn listen(&mut self, index: &Index) {
        let Some(id) = self.pick(index) else { return };
        let by = self.owner_of(id);
        let flags = NotifyFlags::all().difference(NotifyFlags::DISABLE);
        self.call(&by, id, Call::SetNotifyFlags(flags));
        self.call(&by, id, Call::SetNotifyInterface(Some(CallbackInterface::Callback3)));
    }

    fn tell(&mut self, id: JobId, event: Event) {
        if event == Event::ClientExited {
            self.model.under_way.retain(|(called, _)| *called != id);
        }
        if event == Event::Picked {
            // Whoever is picked from outside jumps the line.
            self.model.forget_who_was_overtaken();
        }
        let stepped = self.service.handle(id, event).unwrap();
        self.model.follow(&self.service, &[stepped]);
    }

    fn forward(&mut self, index: &Index) {
        let active = |id: &&JobId| state(&self.service, **id).is_active();
        let active: Vec<_> = self.model.jobs.iter().filter(active).copied().collect();
        if active.is_empty() {
            return;
        }
        let id = *index.get(&active);
        if state(&self.service, id) == Connecting {
            return self.tell(id, Event::Connected);
        }
        self.tell(id, Event::SizeKnown(100));
        let event = match index.index(3) {
            0 => Event::Progressed(10),
            _ => Event::FileTransferred,
        };
        self.tell(id, event);
    }

    fn returns(&mut self, index: &Index, heard: bool) {
        if self.model.under_way.is_empty() {
            return;
        }
        let place = index.index(self.model.under_way.len());
        let (id, due) = self.model.under_way.remove(place);
        let code = if heard { HResult::S_OK } else { HResult::E_ACCESSDENIED };
        let stepped = self.service.callback_returned(id, &due, code).unwrap();
        self.model.follow(&self.service, &[stepped]);
    }

    fn take(&mut self, step: ServiceStep) {
        let taken = self.service.perform(step).expect("what is offered is possible");
        let stepped = taken.into_iter().next().expect("it is the step of a job");
        assert!(!stepped.outcome.was_ignored(), "{step:?} does something");
        self.took(step, stepped);
    }

    fn took(&mut self, step: ServiceStep, stepped: StepResult) {
        if let ServiceStep::Notify(id, due) = step
            && due.recipient != Recipient::CommandLine
        {
            self.model.under_way.push((id, due));
        }
        self.model.follow(&self.service, &[stepped]);
    }

    fn settle(&mut self, chooser: &mut dyn Chooser) {
        for _ in 0..500 {
            let step = {
                let mut steps = self.service.possible_steps();
                let Some(first) = steps.next() else { return };
                chooser.choose(first, &mut steps)
            };
            self.take(step);
            assert_eq!(self.model.problem(&self.service), None, "after {step:?}");
        }
        panic!("the service does not come to rest");
    }

    fn log_on(&mut self, user: usize) {
        let user = CALLERS[user].user;
        *self.model.sessions.entry(user).or_default() += 1;
        self.all(|service| service.log_on(user));
    }

    fn log_off(&mut self, user: usize) {
        let user = CALLERS[user].user;
        let sessions = self.model.sessions.entry(user).or_default();
        *sessions = sessions.saturating_sub(1);
        self.all(|service| service.log_off(user));
    }
}
