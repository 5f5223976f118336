//! Many jobs: the service, its scheduler and its dispatcher.

mod access;
mod bandwidth;
#[path = "../common/cases.rs"]
mod cases;
mod choosers;
mod lives;
mod logons;
mod model;
mod network;
mod notifications;
mod queue_creating;
mod queue_finding;
mod queue_limits;
mod random_lives;
mod restart;
mod scheduler_changes;
mod scheduler_priorities;
mod scheduler_slices;
mod serde_snapshot;
mod sessions;
mod snapshot;
mod support;
