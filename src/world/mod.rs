//! Everything outside the jobs and the service: servers with their resources and faults, a proxy,
//! the network, and the disk.
//!
//! A [`World`] carries out what jobs ask for. It looks at a job and never changes it: what happens
//! comes back as events. An engine drives it:
//!
//! 1. [`Effect::StartTransfer`](crate::machine::Effect::StartTransfer) is a call of [`World::start`], and
//!    [`Effect::CancelUpload`](crate::machine::Effect::CancelUpload) one of [`World::cancel_upload`].
//! 2. After every step of a job comes [`World::keep`], which ends what no longer goes on, and
//!    begins what comes next.
//! 3. [`World::due`] says when something happens by itself. At that instant [`World::act`] says
//!    what, as events for the job.
//! 4. [`World::arrived`] tells a job, whenever somebody wants to know, what has arrived meanwhile.
//!
//! A transfer is simulated by its interesting instants, so that one of many gigabytes costs as few
//! steps as one of a few bytes.

mod disk;
mod environment;
mod failure;
mod identity;
mod link;
mod server;
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
pub use server::proxy::Proxy;
pub use server::request::Request;
pub use server::resource::ResourceState;
pub use simulation::World;
pub use upload::application::{Post, ServerNotification};
pub use upload::endpoint::UploadEndpoint;
pub use upload::packet::{Ack, Exchange, Packet, PacketKind, SessionId};
