//! The accounts for which a job acts: at the local disk, and at servers and proxies.

use crate::machine::JobStateMachine;
use crate::vocabulary::{HelperTokenFlags, Sid};

/// The account whose rights to local files count (SEC-01).
pub(super) fn local_user(job: &JobStateMachine) -> Sid {
    job.acts_as(HelperTokenFlags::LOCAL_FILE)
}

/// The accounts by which shares and servers on the network know a user (SEC-15): the services LocalSystem
/// and NetworkService are both the computer, and LocalService is anonymous.
pub(super) fn known_on_network(user: Sid) -> Vec<Sid> {
    match user {
        Sid::LocalSystem | Sid::NetworkService => vec![Sid::LocalSystem, Sid::NetworkService],
        Sid::LocalService => Vec::new(),
        user => vec![user],
    }
}

/// The account as which servers and proxies know the job (SEC-01).
pub(super) fn network_user(job: &JobStateMachine) -> Sid {
    job.acts_as(HelperTokenFlags::NETWORK)
}
