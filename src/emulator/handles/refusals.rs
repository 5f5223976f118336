//! What code that is explored may not do, on whatever emulator: let time pass for everybody, and depend on what is
//! real.

use std::cell::RefCell;
use std::rc::Rc;

use super::emulator::Emulator;
use crate::emulator::time::clock::Clock;

/// What an explorer refuses to the code that it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forbidden {
    /// That method of an emulator lets time pass for everybody.
    PassingTime(&'static str),
    /// That method of an emulator has it follow the time of the real world.
    RealTime(&'static str),
    /// A disk that is used is in a real directory.
    RealDirectory,
}

type Refuse = Rc<dyn Fn(Forbidden)>;

thread_local! {
    /// What refuses it to the code that this thread runs, if it is explored.
    static REFUSE: RefCell<Option<Refuse>> = const { RefCell::new(None) };
}

/// Puts back on the thread what was there before, however the code ends.
struct Restored(Option<Refuse>);

impl Drop for Restored {
    fn drop(&mut self) {
        REFUSE.set(self.0.take());
    }
}

/// Runs code, and has `refuse` told of what it does that is forbidden, which may unwind it: before it is done, but of
/// a real directory afterwards.
pub(crate) fn refusing<T>(refuse: impl Fn(Forbidden) + 'static, run: impl FnOnce() -> T) -> T {
    let _restored = Restored(REFUSE.replace(Some(Rc::new(refuse))));
    run()
}

/// Asks whether the code that this thread runs may do that. No lock is held.
pub(crate) fn ask(forbidden: Forbidden) {
    let refuse = REFUSE.with_borrow(Clone::clone);
    if let Some(refuse) = refuse {
        refuse(forbidden);
    }
}

impl Clock {
    pub(crate) fn ask(self, method: &'static str) {
        match self {
            Self::RealTime(_) => ask(Forbidden::RealTime(method)),
            Self::Manual | Self::PerCall(_) | Self::UntilRest | Self::EachPoll(_) => {}
        }
    }
}

impl Emulator {
    /// Whether what happens depends on real time or on a real directory.
    pub(crate) fn is_real(&self) -> bool {
        self.observe(|engine| engine.clocks.follow_real_time() || engine.world.disk().is_real())
    }
}
