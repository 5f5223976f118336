//! What every run begins with.

use std::sync::Arc;

use super::choice::Incident;
use super::life::Life;
use super::monitors::Monitors;
use super::scope::Scope;
use crate::emulator::{Emulator, Session, User};
use crate::vocabulary::Sid;

/// The application's own code.
pub(super) type Code = Arc<dyn Fn(&Life) -> Result<(), String> + Send + Sync>;

/// What every run begins with.
pub(super) struct Setup {
    pub(super) world: Emulator,
    pub(super) operator: Session,
    /// Who runs the explored program, and is logged off.
    pub(super) user: User,
    pub(super) programs: Vec<Part>,
    /// How many of them are processes of the explored program.
    pub(super) processes: usize,
    pub(super) wanted: Vec<(String, String)>,
    pub(super) monitors: Monitors,
    /// What is wrong with the world from the beginning.
    pub(super) flaws: Vec<Incident>,
    pub(super) scope: Arc<Scope>,
}

/// A program of those that run.
pub(super) struct Part {
    pub(super) user: User,
    pub(super) code: Code,
    /// The numbers of its store and of the one of its user.
    pub(super) store: u8,
    pub(super) user_store: u8,
}

/// The programs that run: `processes` of the first one, and those beside it. Each program has a store, and
/// each user has one.
pub(super) fn parts(
    emulator: &Emulator,
    (user, code): (User, Code),
    processes: u8,
    beside: Vec<(User, Code)>,
) -> Vec<Part> {
    let own = (0..processes).map(|_| (0, user.clone(), Arc::clone(&code)));
    let others = (1..).zip(beside).map(|(store, (user, code))| (store, user, code));
    let mut programs = Vec::new();
    let mut users: Vec<Sid> = Vec::new();
    for (store, user, code) in own.chain(others) {
        let account = emulator.sid(&user);
        let place = users.iter().position(|known| *known == account);
        let place = place.unwrap_or_else(|| {
            users.push(account);
            users.len() - 1
        });
        // From the end on, where no program has its own.
        let user_store = u8::MAX - u8::try_from(place).unwrap_or(u8::MAX);
        programs.push(Part { user, code, store, user_store });
    }
    programs
}
