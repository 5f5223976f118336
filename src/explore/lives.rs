//! The lives of the programs of a run: how each begins and ends, one after the other, and beside those of others.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use super::execution::Execution;
use super::life::Life;
use super::panics::keep_panics;
use super::record::{EndTold, Told};
use super::setup::Part;
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
    pub(super) programs: Vec<Living<'run>>,
    pub(super) emulator: &'run Emulator,
    pub(super) people: &'run People,
    pub(super) execution: &'run Arc<Execution>,
}

/// A program of a run, and its stores there.
pub(super) struct Living<'run> {
    pub(super) part: &'run Part,
    pub(super) store: Store,
    pub(super) user_store: Store,
}

impl Lives<'_> {
    /// Lets all programs live until each has come to its end.
    pub(super) fn all(&self) -> Vec<LifeEnd> {
        self.each(|program, number| {
            loop {
                match self.one(program, number) {
                    LifeEnd::Stopped(Stop::Killed) => self.execution.progress().actor.life += 1,
                    end => return end,
                }
            }
        })
    }

    /// Lets all programs live once more.
    pub(super) fn again(&self) -> Vec<LifeEnd> {
        self.each(|program, number| {
            self.execution.progress().actor.life += 1;
            self.one(program, number)
        })
    }

    /// Runs each program on a thread of its own, of which one goes on at a time; a program alone on this one.
    fn each(&self, live: impl Fn(&Living<'_>, u8) -> LifeEnd + Sync) -> Vec<LifeEnd> {
        let Self { programs, emulator, execution, .. } = self;
        let number = programs.len();
        let mut programs = (0..).zip(programs);
        let Some((first, program)) = programs.next() else { return Vec::new() };
        if number == 1 {
            return vec![live(program, first)];
        }
        execution.begin_turns(u8::try_from(number).unwrap_or(u8::MAX));
        let take_turns = |program: &Living<'_>, number| {
            execution.await_turn(number);
            let end = live(program, number);
            if end.ends_the_run() {
                execution.stop_others();
            }
            execution.leave(emulator);
            end
        };
        let ends = std::thread::scope(|scope| {
            let take_turns = &take_turns;
            let others =
                programs.map(|(number, program)| scope.spawn(move || take_turns(program, number)));
            let others: Vec<_> = others.collect();
            let first = take_turns(program, first);
            let others = others
                .into_iter()
                .map(|other| other.join().unwrap_or_else(|panic| resume_unwind(panic)));
            std::iter::once(first).chain(others).collect()
        });
        execution.end_turns();
        ends
    }

    /// One life of a program.
    fn one(&self, program: &Living<'_>, number: u8) -> LifeEnd {
        let Self { programs: _, emulator, people, execution } = self;
        let Living { part, store, user_store } = program;
        let progress = execution.progress();
        let (life, stop) = (progress.actor.life, progress.actor.stop);
        drop(progress);
        if stop == Some(Stop::Over) {
            return LifeEnd::Stopped(Stop::Over);
        }
        if life > 0 && execution.begins_known_life(emulator) {
            return LifeEnd::Stopped(Stop::Pruned);
        }
        // Who is logged off comes back before a program can start.
        if emulator.sid(&part.user) == emulator.sid(&people.user) {
            execution.pass_absence(emulator, people);
        }
        let session = match emulator.try_connect(&part.user) {
            Ok(session) => session,
            Err(error) => return LifeEnd::Returned(Err(error.to_string())),
        };
        execution.begin_life(emulator, session.process());
        let life = Life {
            emulator: (*emulator).clone(),
            session,
            store: store.clone(),
            user_store: user_store.clone(),
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
