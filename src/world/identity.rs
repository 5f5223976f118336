//! The accounts for which a job acts: at the local disk, and at servers and proxies.

use crate::machine::JobStateMachine;
use crate::vocabulary::{HelperTokenFlags, Sid};

/// The account whose rights to local files count (SEC-01).
pub(super) fn local_user(job: &JobStateMachine) -> Sid {
    job.acts_as(HelperTokenFlags::LOCAL_FILE)
}

/// The account as which servers and proxies know the job (SEC-01).
pub(super) fn network_user(job: &JobStateMachine) -> Sid {
    job.acts_as(HelperTokenFlags::NETWORK)
}
