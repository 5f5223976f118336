//! The lives of the programs of a run: how each begins and ends, one after the other, and beside those of others.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use super::execution::Execution;
use super::life::Life;
use super::panics::keep_panics;
use super::record::{EndTold, Told};
use super::setup::{Part, Setup};
use super::stop::Stop;
use super::store::Store;
use super::world::People;
use crate::emulator::{Emulator, refusing};

/// How a life ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum LifeEnd {
    Returned(Result<(), String>),
    Stopped(Stop),
    Panicked(String),
}

impl From<&LifeEnd> for EndTold {
    fn from(end: &LifeEnd) -> Self {
        match end {
            LifeEnd::Returned(Ok(())) => Self::Succeeded,
            LifeEnd::Returned(Err(why)) => Self::Failed(why.clone()),
            LifeEnd::Panicked(why) => Self::Panicked(why.clone()),
            LifeEnd::Stopped(Stop::Killed) => Self::Killed,
            LifeEnd::Stopped(
                Stop::Pruned | Stop::Endless(_) | Stop::Strayed(_) | Stop::Misused | Stop::Over,
            ) => Self::CutShort,
        }
    }
}

impl LifeEnd {
    /// Whether the run is over by it.
    pub(super) const fn ends_the_run(&self) -> bool {
        match self {
            Self::Returned(_) | Self::Stopped(Stop::Over) => false,
            Self::Stopped(_) | Self::Panicked(_) => true,
        }
    }
}

/// What the programs of a run live in.
pub(super) struct Lives<'run> {
    pub(super) setup: &'run Setup,
    pub(super) emulator: &'run Emulator,
    pub(super) people: &'run People,
    pub(super) execution: &'run Arc<Execution>,
    /// By their numbers.
    pub(super) stores: Vec<Store>,
}

impl Lives<'_> {
    /// Lets all programs live until each has come to its end.
    pub(super) fn all(&self) -> Vec<LifeEnd> {
        self.each(|part, number| {
            loop {
                match self.one(part, number) {
                    LifeEnd::Stopped(Stop::Killed) => self.execution.progress().actor.life += 1,
                    end => return end,
                }
            }
        })
    }

    /// Lets all programs live once more.
    pub(super) fn again(&self) -> Vec<LifeEnd> {
        self.each(|part, number| {
            self.execution.progress().actor.life += 1;
            self.one(part, number)
        })
    }

    /// Runs each program on a thread of its own, of which one goes on at a time; a program alone on this one.
    fn each(&self, live: impl Fn(&Part, u8) -> LifeEnd + Sync) -> Vec<LifeEnd> {
        let Self { setup, emulator, execution, .. } = self;
        let mut programs = (0..).zip(&setup.programs);
        let Some((first, part)) = programs.next() else { return Vec::new() };
        let number = setup.programs.len();
        if number == 1 {
            return vec![live(part, first)];
        }
        execution.begin_turns(u8::try_from(number).unwrap_or(u8::MAX));
        let take_turns = |part: &Part, number| {
            execution.await_turn(number);
            let end = live(part, number);
            if end.ends_the_run() {
                execution.stop_others();
            }
            execution.leave(emulator);
            end
        };
        let ends = std::thread::scope(|scope| {
            let take_turns = &take_turns;
            let others =
                programs.map(|(number, part)| scope.spawn(move || take_turns(part, number)));
            let others: Vec<_> = others.collect();
            let first = take_turns(part, first);
            let others = others
                .into_iter()
                .map(|other| other.join().unwrap_or_else(|panic| resume_unwind(panic)));
            std::iter::once(first).chain(others).collect()
        });
        execution.end_turns();
        ends
    }

    /// One life of a program.
    fn one(&self, part: &Part, number: u8) -> LifeEnd {
        let Self { setup: _, emulator, people, execution, stores } = self;
        let progress = execution.progress();
        let (life, stop) = (progress.actor.life, progress.actor.stop);
        drop(progress);
        if stop == Some(Stop::Over) {
            return LifeEnd::Stopped(Stop::Over);
        }
        if life > 0 && execution.begins_known_life(emulator) {
            return LifeEnd::Stopped(Stop::Pruned);
        }
        execution.pass_absence(emulator, people);
        let session = match emulator.try_connect(&part.user) {
            Ok(session) => session,
            Err(error) => return LifeEnd::Returned(Err(error.to_string())),
        };
        execution.begin_life(emulator, session.process());
        let store_of = |number: u8| stores.iter().find(|store| store.number() == number).cloned();
        let Some((store, user_store)) = store_of(part.store).zip(store_of(part.user_store)) else {
            return LifeEnd::Returned(Err(String::new()));
        };
        let life = Life {
            emulator: (*emulator).clone(),
            session,
            store,
            user_store,
            execution: Arc::clone(execution),
            number: life,
            place: number.into(),
        };
        let misused = Arc::clone(execution);
        let refuse = move |forbidden| misused.refuse(forbidden);
        let run = || catch_unwind(AssertUnwindSafe(|| (part.code)(&life)));
        let ended = keep_panics(execution, || refusing(refuse, run));
        let stop = execution.progress().actor.stop;
        let end = match (ended, stop) {
            (_, Some(stop)) => LifeEnd::Stopped(stop),
            (Ok(result), None) => LifeEnd::Returned(result),
            (Err(panic), None) => LifeEnd::Panicked(text_of(&*panic)),
        };
        execution.record(|| Told::Ends((&end).into()));
        life.session.kill();
        execution.progress().release_locks_of(number);
        end
    }
}

/// The text of a panic.
fn text_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}
