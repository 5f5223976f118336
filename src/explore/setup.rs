//! What every run begins with.

use std::sync::Arc;

use super::life::Life;
use super::monitors::Monitors;
use super::scope::Scope;
use crate::emulator::{Emulator, Session, User};

/// The application's own code.
pub(super) type Code = Arc<dyn Fn(&Life) -> Result<(), String> + Send + Sync>;

/// What every run begins with.
pub(super) struct Setup {
    pub(super) world: Emulator,
    pub(super) operator: Session,
    pub(super) user: User,
    pub(super) wanted: Vec<(String, String)>,
    pub(super) monitors: Monitors,
    pub(super) scope: Arc<Scope>,
    pub(super) program: Code,
}
