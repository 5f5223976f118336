//! What holds of notifications whatever happens, over random traces.

use crate::client::*;
use crate::common::*;
use bits_emulator::accounts::{Sid, Token};
use bits_emulator::machine::{
    Call, CallbackInterface, ComputerEvent, Event, FileAccess, JobOptions, JobStateMachine,
    Recipient,
};
use bits_emulator::{HResult, JobState, Notification, NotifyFlags};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use Notification::{FileTransferred, JobError, JobTransferred};

/// What can happen, with a number that chooses between variants.
#[derive(Debug, Clone, Copy)]
enum Happening {
    Client(u8),
    World(u8),
    Register(u8),
    Begin,
    Return(bool),
    Time(bool),
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    use Happening::{Begin, Client, Register, Return, Time, World};
    let one = prop_oneof![
        2 => any::<u8>().prop_map(Client),
        4 => any::<u8>().prop_map(World),
        3 => any::<u8>().prop_map(Register),
        4 => Just(Begin),
        4 => any::<bool>().prop_map(Return),
        2 => any::<bool>().prop_map(Time),
    ];
    prop::collection::vec(one, 0..80)
}

/// A dispatcher that begins one call at a time of those in turn, and notes what it saw.
struct Dispatcher {
    job: JobStateMachine,
    now: DateTime<Utc>,
    under_way: Option<(Notification, Recipient)>,
    /// An object returned S_OK for the result since the job entered its state; a program exited with
    /// 0.
    heard: bool,
    done: bool,
    /// The client or the service ended since an object was registered.
    lost: bool,
    /// The result was begun since the job entered its state.
    begun: bool,
    /// What failed last, when, with nothing since that might bring it forward.
    failed: Option<(Notification, Recipient, DateTime<Utc>)>,
    /// Entries into ERROR and objects registered, and how often JobError was heard.
    occasions: usize,
    deliveries: usize,
}

impl Dispatcher {
    fn new(owner: Token) -> Self {
        let mut job = JobStateMachine::new(JobOptions { owner, ..JobOptions::default() }, start());
        call(&mut job, Call::add_file(file(0)), start());
        call(&mut job, Call::SetNotifyFlags(RESULTS_AND_FILES), start());
        Self {
            job,
            now: start(),
            under_way: None,
            heard: false,
            done: false,
            lost: false,
            begun: false,
            failed: None,
            occasions: 0,
            deliveries: 0,
        }
    }

    fn event(&mut self, event: Event) {
        let outcome = self.job.handle(event.clone(), self.now);
        self.entered(outcome.entered.iter());
        if matches!(event, Event::ClientExited | Event::Computer(ComputerEvent::ServiceRestarted)) {
            let survives = event == Event::ClientExited
                && self.under_way.is_some_and(|(_, by)| by != Recipient::Callback);
            self.under_way = self.under_way.filter(|_| survives);
            self.failed = None;
            self.lost = true;
        }
    }

    fn call(&mut self, by: &Token, call: Call) {
        if let Ok(outcome) = self.job.call_by(by, call, self.now) {
            self.entered(outcome.entered.iter());
            self.failed = None;
        }
    }

    fn entered(&mut self, states: impl Iterator<Item = JobState>) {
        for state in states {
            (self.heard, self.done, self.begun, self.failed) = (false, false, false, None);
            self.occasions += usize::from(state == JobState::Error);
            self.under_way = self.under_way.filter(|_| !state.is_final());
        }
    }

    fn happens(&mut self, happening: Happening) {
        let owner = Token { user: self.job.owner(), ..Token::service(Sid::LocalSystem) };
        match happening {
            Happening::Client(number) => self.call(&owner, client_call(number)),
            Happening::World(number) => self.event(world_event(number)),
            Happening::Register(number) => {
                let registration = registration(number);
                if matches!(registration, Call::SetNotifyInterface(Some(_))) {
                    self.occasions += 1;
                    // NOTIFY-16: a new object after an invalid one is told from the beginning.
                    self.heard &= !std::mem::take(&mut self.lost);
                }
                self.call(&owner, registration);
            }
            Happening::Begin => self.begin(),
            Happening::Return(well) => self.end(well),
            Happening::Time(long) => {
                self.now += TimeDelta::seconds(if long { 600 } else { 60 });
                run_deadlines(&mut self.job, self.now);
            }
        }
    }

    /// Begins the first call in turn, if one is due, and checks whether it may be.
    fn begin(&mut self) {
        let in_turn = |told| matches!(told, FileTransferred(_) | JobTransferred | JobError);
        let Some(due) = self.job.due_notifications().find(|due| in_turn(due.notification)) else {
            return;
        };
        let (told, by) = (due.notification, due.recipient);
        assert_eq!(self.under_way, None, "INV-20: {told} overlaps");
        let flags = self.job.notify_flags();
        assert!(!flags.contains(NotifyFlags::DISABLE), "INV-19: {told}");
        let (state, flag) = match told {
            JobError => (Some(JobState::Error), NotifyFlags::JOB_ERROR),
            JobTransferred => (Some(Transferred), NotifyFlags::JOB_TRANSFERRED),
            _ => (None, NotifyFlags::FILE_TRANSFERRED),
        };
        assert!(state.is_none_or(|state| state == self.job.state()), "INV-16: {told}");
        assert!(flags.contains(flag), "NOTIFY-01: {told}");
        assert!(state.is_some() || !self.begun, "INV-20: {told} after the result");
        if by == Recipient::CommandLine {
            let service = self.job.owner().is_system_account();
            assert!(state.is_some() && !self.heard && !service, "INV-21: {told}");
        }
        if let Some((told_before, by_before, failed_at)) = self.failed {
            let delay = TimeDelta::seconds(i64::from(self.job.minimum_retry_delay()));
            let early = (told, by) == (told_before, by_before) && self.now < failed_at + delay;
            assert!(!early, "TIME-26: {told} by {by}");
        }
        begins(&mut self.job, told, self.now);
        self.under_way = Some((told, by));
        self.begun |= state.is_some();
    }

    fn end(&mut self, well: bool) {
        let Some((told, by)) = self.under_way.take() else { return };
        let code = if well { HResult::S_OK } else { FAILURE };
        let entry = self.job.error_count();
        let answer = match by {
            Recipient::CommandLine => Event::ProgramExited(u32::from(!well)),
            Recipient::Callback | Recipient::ComClass(_) => Event::NotificationReturned(told, code),
        };
        event(&mut self.job, answer, self.now);
        assert_eq!(entry, self.job.error_count());
        if !well {
            self.failed = self.begun.then_some((told, by, self.now));
        } else if self.begun {
            self.heard |= by != Recipient::CommandLine;
            self.done = true;
            self.deliveries += usize::from(told == JobError);
        }
    }

    /// INV-18: somebody hears in the end, if nothing else happens any more.
    fn settle(&mut self) {
        self.end(true);
        let owner = Token { user: self.job.owner(), ..Token::service(Sid::LocalSystem) };
        self.call(&owner, Call::SetNotifyFlags(RESULTS_AND_FILES));
        self.occasions += 1;
        self.call(&owner, Call::SetNotifyInterface(Some(CallbackInterface::Callback3)));
        for _ in 0..self.job.file_count() + 2 {
            self.begin();
            self.end(true);
            self.happens(Happening::Time(true));
        }
        if matches!(self.job.state(), JobState::Error | Transferred) {
            assert!(self.done, "INV-18: nobody heard of {}", self.job.state());
        }
    }
}

fn client_call(number: u8) -> Call {
    match number % 8 {
        0..5 => Call::Resume,
        5 => Call::Suspend,
        6 => Call::add_file(file(1)),
        _ => Call::SetValidationState(FIRST, false),
    }
}

fn world_event(number: u8) -> Event {
    match number % 12 {
        0..3 => Event::Picked,
        3..6 => Event::Connected,
        6..8 => Event::FileTransferred,
        8 => failed(404),
        9 => failed(503),
        10 => Event::ClientExited,
        _ => Event::Computer(ComputerEvent::ServiceRestarted),
    }
}

fn registration(number: u8) -> Call {
    use bits_emulator::settings::JobProperty::NotificationClsid;
    match number % 10 {
        0 => Call::SetNotifyInterface(None),
        1 => Call::SetNotifyInterface(Some(CallbackInterface::Callback)),
        2 | 3 => Call::SetNotifyInterface(Some(CallbackInterface::Callback3)),
        4 => Call::SetProperty(NotificationClsid(CLASS)),
        5 => Call::SetProperty(NotificationClsid(Uuid::nil())),
        6 => Call::set_notify_cmd_line(PROGRAM, None),
        7 => remove_line(),
        8 => Call::SetNotifyFlags(RESULTS_AND_FILES),
        _ => Call::SetNotifyFlags(NotifyFlags::from_bits_truncate(u32::from(number) / 4)),
    }
}

proptest! {
    #![proptest_config(crate::cases::config(400))]

    /// INV-16 to INV-21, TIME-26: JobError only in ERROR, at most once an entry and registration; a
    /// result is told in the end; nothing with DISABLE; files before results, one call at a time; the
    /// program only for results that no object heard, and never for a service; no repeat early.
    #[test]
    fn notifications_keep_their_rules(happenings in happenings(), service in any::<bool>()) {
        let owner = if service { Token::service(Sid::NetworkService) } else { ALICE };
        let mut dispatcher = Dispatcher::new(owner);
        for happening in happenings {
            dispatcher.happens(happening);
        }
        dispatcher.settle();
        prop_assert!(dispatcher.deliveries <= dispatcher.occasions, "INV-17");
    }

    /// SEC-07, NOTIFY-28: a job that changed hands starts no program of its old owner.
    #[test]
    fn a_new_owner_inherits_no_program(happenings in happenings()) {
        let mut dispatcher = Dispatcher::new(ALICE);
        for happening in happenings {
            dispatcher.happens(happening);
        }
        dispatcher.end(false);
        dispatcher.call(&ADMINISTRATOR, Call::TakeOwnership(FileAccess::Granted));
        dispatcher.happens(Happening::Time(true));
        prop_assert!(due_by(&dispatcher.job).iter().all(|(_, by)| *by != Recipient::CommandLine));
    }
}
