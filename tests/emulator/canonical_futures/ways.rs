//! Random ways: what is done to two emulators, step by step.

use bits_emulator::JobPriority;
use proptest::prelude::*;

/// Something that clients, the test or time do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Suspend(usize),
    Resume(usize),
    Cancel(usize),
    Complete(usize),
    Priority(usize, JobPriority),
    RetryDelay(usize, u64),
    Description(usize, &'static str),
    Listen(usize, bool),
    Read(usize),
    Names(usize),
    Advance(u64),
    Fault(usize, usize),
    ClearFaults(usize),
    Content(usize, u64),
    Network(bool),
    LoggedOn(bool),
    VolumeLocked(bool),
    FileLocked(bool),
    Free(u64),
    Upload(u64),
    Source(u64),
    Link(u64),
    Limit(bool),
    WallClock(i64),
    Hook,
    ClearHooks,
    Restart,
    Stopped(bool),
    Reconnect,
}

/// One step of two emulators.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Both(Action),
    /// The other does nothing.
    OnlyOne(Action),
    /// Each in another order.
    InOrders(Action, Action),
    /// The other waits in one piece, and nobody looks.
    WithALook(u64, u64),
    /// The other does nothing.
    ThereAndBack(Action, Action),
}

impl Step {
    /// What it is called in the count.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Both(_) => "both",
            Self::OnlyOne(Action::Read(_)) => "a look",
            Self::OnlyOne(Action::Advance(_)) => "time",
            Self::OnlyOne(_) => "something for one only",
            Self::InOrders(..) => "two orders",
            Self::WithALook(..) => "a look while time passes",
            Self::ThereAndBack(Action::Suspend(_), _) => "suspend and resume",
            Self::ThereAndBack(Action::Fault(..), _) => "a fault and none",
            Self::ThereAndBack(Action::RetryDelay(..), _) => "a property and back",
            Self::ThereAndBack(Action::Link(_), _) => "a link and back",
            Self::ThereAndBack(Action::FileLocked(_), _) => "a lock and none",
            Self::ThereAndBack(Action::Hook, _) => "a hook and none",
            Self::ThereAndBack(..) => "there and back",
        }
    }
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let job = || 0_usize..3;
    let back = prop_oneof![
        job().prop_map(|job| (Action::Suspend(job), Action::Resume(job))),
        job().prop_map(|job| (Action::RetryDelay(job, 60), Action::RetryDelay(job, 600))),
        (0_usize..3, 0_usize..7)
            .prop_map(|(file, fault)| { (Action::Fault(file, fault), Action::ClearFaults(file)) }),
        Just((Action::Link(100_000), Action::Link(0))),
        Just((Action::FileLocked(true), Action::FileLocked(false))),
        Just((Action::Hook, Action::ClearHooks)),
        Just((Action::Network(false), Action::Network(true))),
        Just((Action::LoggedOn(false), Action::LoggedOn(true))),
    ];
    prop_oneof![
        12 => action().prop_map(Step::Both),
        3 => action().prop_map(Step::OnlyOne),
        2 => (action(), action()).prop_map(|(one, other)| Step::InOrders(one, other)),
        1 => (1_u64..3_000, 1_u64..3_000).prop_map(|(one, other)| Step::WithALook(one, other)),
        2 => back.prop_map(|(there, back)| Step::ThereAndBack(there, back)),
    ]
}

fn action() -> impl Strategy<Value = Action> {
    let job = || 0_usize..3;
    let file = || 0_usize..3;
    let priority = prop::sample::select(JobPriority::ALL);
    let waits = vec![1_u64, 250, 1_000, 1_500, 3_000, 60_000, 660_000];
    prop_oneof![
        2 => job().prop_map(Action::Suspend),
        5 => job().prop_map(Action::Resume),
        1 => job().prop_map(Action::Cancel),
        2 => job().prop_map(Action::Complete),
        1 => (job(), priority).prop_map(|(job, priority)| Action::Priority(job, priority)),
        1 => (job(), prop::sample::select(vec![60, 600])).prop_map(|(job, it)| Action::RetryDelay(job, it)),
        1 => (job(), prop::sample::select(vec!["", "x"])).prop_map(|(job, it)| Action::Description(job, it)),
        1 => (job(), any::<bool>()).prop_map(|(job, it)| Action::Listen(job, it)),
        2 => job().prop_map(Action::Read),
        1 => job().prop_map(Action::Names),
        8 => prop::sample::select(waits).prop_map(Action::Advance),
        3 => (file(), 0_usize..7).prop_map(|(file, fault)| Action::Fault(file, fault)),
        1 => file().prop_map(Action::ClearFaults),
        1 => (0_usize..2, 1_u64..4).prop_map(|(file, size)| Action::Content(file, size)),
        2 => any::<bool>().prop_map(Action::Network),
        2 => any::<bool>().prop_map(Action::LoggedOn),
        1 => any::<bool>().prop_map(Action::VolumeLocked),
        1 => any::<bool>().prop_map(Action::FileLocked),
        1 => (0_u64..9).prop_map(Action::Free),
        1 => (1_u64..4).prop_map(Action::Upload),
        1 => (1_u64..3).prop_map(Action::Source),
        1 => prop::sample::select(vec![0, 100_000, 1_500_000]).prop_map(Action::Link),
        1 => any::<bool>().prop_map(Action::Limit),
        1 => prop::sample::select(vec![-5_i64, 5]).prop_map(Action::WallClock),
        1 => Just(Action::Hook),
        1 => Just(Action::ClearHooks),
        1 => Just(Action::Restart),
        1 => any::<bool>().prop_map(Action::Stopped),
        1 => Just(Action::Reconnect),
    ]
}
