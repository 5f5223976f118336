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

/// Why no program can be explored in tests that are built with or without unwinding, and in a world that is real
/// or not, if none can.
pub(super) const fn obstacle(can_unwind: bool, is_real: bool) -> Option<&'static str> {
    match (can_unwind, is_real) {
        (false, _) => {
            Some("a program is explored by unwinding it: build the tests with panic = \"unwind\"")
        }
        (true, true) => Some(
            "the world of a program follows real time or has its disk in a real directory, so that its runs \
             would not be alike: set another clock, and leave the disk in memory",
        ),
        (true, false) => None,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Without unwinding no run could be cut short: that is said before any is made.
    #[test]
    fn tests_that_abort_are_refused_with_the_setting_to_change() {
        assert_eq!(obstacle(true, false), None);
        for is_real in [false, true] {
            let why = obstacle(false, is_real).expect("it is refused");
            assert!(why.ends_with("build the tests with panic = \"unwind\""), "{why}");
        }
    }
}
