//! The simulated world around the jobs: servers with their resources and faults, a proxy, the
//! network, and the disk.
//!
//! A [`World`] carries out what jobs ask for. It reads a job and never changes it: what happens is
//! returned as events. An engine drives it:
//!
//! 1. [`Effect::StartTransfer`](crate::machine::Effect::StartTransfer) is a call of
//!    [`World::start_attempt`], and [`Effect::CancelUpload`](crate::machine::Effect::CancelUpload) one of
//!    [`World::cancel_upload`].
//! 2. After every step of a job comes [`World::reconcile`], which ends what no longer fits the job's
//!    state, and starts what comes next.
//! 3. [`World::next_event`] says when the next event is due. At that instant [`World::poll`] returns
//!    the events for the job.
//! 4. [`World::poll_progress`] returns what has arrived meanwhile, at any time.
//!
//! A transfer is simulated by its interesting instants, so that one of many gigabytes costs as few
//! steps as one of a few bytes.

mod canonical;
mod disk;
mod environment;
mod failure;
mod identity;
mod link;
mod recent_log;
mod server;
mod setters;
mod simulation;
#[cfg(test)]
mod tests;
mod time;
mod transfer;
mod upload;

pub use disk::DiskState;
pub use disk::open_files::OpenFile;
pub use link::Link;
pub use server::ServerState;
pub use server::acl::Acl;
pub use server::auth::AuthChallenge;
pub use server::certificate::CertificateProblem;
pub use server::content::Content;
pub use server::fault::Fault;
pub use server::head::HeadAnswer;
pub use server::proxy::Proxy;
pub use server::request::Request;
pub use server::resource::ResourceState;
pub(crate) use simulation::World;
pub use upload::application::{ApplicationPost, ServerNotification};
pub use upload::endpoint::UploadEndpoint;
pub use upload::packet::{Ack, Packet, PacketExchange, PacketKind, SessionId};
