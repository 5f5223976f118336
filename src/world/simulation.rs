//! The simulated world and its driving contract: attempts begin, events come due, jobs leave.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use chrono::{DateTime, TimeDelta, Utc};

use super::canonical::Revisions;
use super::disk::DiskState;
use super::environment::Environment;
use super::identity::local_user;
use super::link::{Demand, Link, Sharing};
use super::server::ServerState;
use super::server::address::Address;
use super::server::content::Content;
use super::server::proxy::Proxy;
use super::time::later;
use super::transfer::attempt::Attempt;
use super::transfer::schedule::{Schedule, Wakeup};
use super::transfer::{Activity, Transfer};
use crate::machine::{Event, JobStateMachine};
use crate::vocabulary::canonical::{Canonical, Digested};
use crate::vocabulary::{FileIndex, JobId, JobState, LevelLimits, RemoteName};

/// The simulated world around the jobs: servers, proxy, network and disk, and the transfers under way
/// between them. A copy of it is independent.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    pub(super) env: Environment,
    /// Boxed, because each is removed and inserted again at every step.
    pub(super) transfers: BTreeMap<JobId, Box<Transfer>>,
    schedule: Schedule,
    sharing: Sharing,
}

impl World {
    /// Returns a world with a network and an empty disk, and without servers.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Returns the server of an origin, such as `https://example.com`, `http://host:8080` or `\\server`.
    /// One that did not exist is made; until then its name is not resolved. Files of drives and shares
    /// without such a server are looked for on the [disk](Self::disk).
    pub(crate) fn server(&mut self, origin: &str) -> &mut ServerState {
        let name = RemoteName::from(origin);
        let server = self.env.servers.entry(name.origin().into());
        server.or_insert_with(|| Digested::new(ServerState::new(name.protocol())))
    }

    /// Does something to every server.
    pub(crate) fn each_server(&mut self, mut act: impl FnMut(&mut ServerState)) {
        self.env.servers.values_mut().for_each(|server| act(server));
    }

    /// The content that a server has at that URL.
    pub(crate) fn content_at(&self, url: &str) -> Option<Content> {
        let address = Address::of(&RemoteName::from(url));
        let server = self.env.servers.get(&address.origin)?;
        server.resources.get(&*address.path)?.content.clone()
    }

    /// Removes a server: its name is not resolved any more.
    pub(crate) fn remove_server(&mut self, origin: &str) {
        self.env.servers.remove(RemoteName::from(origin).origin());
    }

    /// Returns the proxy through which jobs reach servers.
    pub(crate) const fn proxy(&mut self) -> &mut Proxy {
        &mut self.env.proxy
    }

    /// Returns the disk.
    #[must_use]
    pub(crate) fn disk(&self) -> &DiskState {
        &self.env.disk
    }

    /// Returns the disk, to be changed.
    pub(crate) fn disk_mut(&mut self) -> &mut DiskState {
        &mut self.env.disk
    }

    /// Sets whether servers can be reached, for the cancellation of an upload too. Jobs hear of the
    /// network by events (NET-04, NET-05).
    pub(crate) const fn set_network(&mut self, connected: bool) {
        self.env.offline = !connected;
    }

    /// Sets whether the computer that shares its connection with this one has a connection itself (NET-09).
    pub(crate) const fn set_sharing_host(&mut self, connected: bool) {
        self.env.is_cut_off = !connected;
    }

    /// Starts an attempt: sends a request to the server of the job's
    /// [current](JobStateMachine::current) item.
    pub(crate) fn start_attempt(&mut self, job: &JobStateMachine, now: DateTime<Utc>) {
        let mut transfer = self.transfers.remove(&job.id()).unwrap_or_default();
        self.schedule.start(job.id(), &mut transfer.wakeup);
        transfer.headed = None;
        Attempt { transfer: &mut transfer, env: &mut self.env, job, now }.start_request();
        self.insert_transfer(job.id(), transfer, now);
    }

    /// Brings the transfer of a job in line with its state after a step: ends what does not fit any
    /// more, writes to the disk what arrived, and starts with what a TRANSFERRING job transfers next.
    /// Extra calls have no effect.
    pub(crate) fn reconcile(&mut self, job: &JobStateMachine, now: DateTime<Utc>) {
        let known = self.transfers.remove(&job.id());
        let Some(mut transfer) =
            known.or_else(|| (job.state() == JobState::Transferring).then(Box::default))
        else {
            return;
        };
        Attempt { transfer: &mut transfer, env: &mut self.env, job, now }.reconcile();
        self.insert_transfer(job.id(), transfer, now);
    }

    /// Returns when the next event is due, and for which job; the instant may have passed already.
    pub(crate) fn next_event(&self) -> Option<(DateTime<Utc>, JobId)> {
        self.schedule.next(|volume| self.disk().is_volume_locked(volume))
    }

    /// Returns when the next event of a job is due, unless something else has to happen before.
    pub(crate) fn next_event_of(&self, id: JobId) -> Option<DateTime<Utc>> {
        let Wakeup { at, volume } = self.transfers.get(&id)?.wakeup()?;
        volume.is_none_or(|volume| !self.disk().is_volume_locked(&volume)).then_some(at)
    }

    /// Returns the events that are due for the job now, in order. Early or extra calls return none.
    /// [`reconcile`](Self::reconcile) is to be called after each event. While the client checks a
    /// certificate ([`Effect::CheckCertificate`](crate::machine::Effect::CheckCertificate)) none is due.
    pub(crate) fn poll(&mut self, job: &JobStateMachine, now: DateTime<Utc>) -> Vec<Event> {
        let Some(mut transfer) = self.transfers.remove(&job.id()) else { return Vec::new() };
        if self.env.close_due_session(job.id(), &mut transfer.closing, now) {
            self.insert_transfer(job.id(), transfer, now);
            return Vec::new();
        }
        let due = transfer.wakeup().is_some_and(|Wakeup { at, volume }| {
            at <= now && volume.is_none_or(|volume| !self.disk().is_volume_locked(&volume))
        });
        let mut attempt = Attempt { transfer: &mut transfer, env: &mut self.env, job, now };
        let events = if due { attempt.run() } else { Vec::new() };
        self.insert_transfer(job.id(), transfer, now);
        events
    }

    /// Returns the jobs of which bytes flow.
    pub(crate) fn flowing_jobs(&self) -> Vec<JobId> {
        let flows = |transfer: &Transfer| matches!(transfer.activity, Activity::Flowing(_));
        self.transfers.iter().filter(|(_, transfer)| flows(transfer)).map(|(id, _)| *id).collect()
    }

    /// Returns the bytes that have arrived since they were last reported, as many as fit on the disk, as
    /// an event. The last one comes by [`poll`](Self::poll) only.
    pub(crate) fn poll_progress(
        &mut self,
        job: &JobStateMachine,
        now: DateTime<Utc>,
    ) -> Option<Event> {
        self.receive_upload(job.id(), now);
        let transfer = self.transfers.get_mut(&job.id())?;
        let Activity::Flowing(flow) = &mut transfer.activity else { return None };
        let arrived = flow.reportable(now).saturating_sub(flow.reported);
        // To ask the disk costs more than all the rest.
        if arrived == 0 {
            return None;
        }
        let path = transfer.files.get(&flow.item).and_then(|state| state.path.as_ref());
        let room = match path {
            Some(path) if self.env.disk.ensure_writable(path, local_user(job)).is_err() => 0,
            Some(path) => self.env.disk.free_space(path),
            None => u64::MAX,
        };
        let new = arrived.min(room);
        if new == 0 {
            return None;
        }
        flow.reported = flow.reported.saturating_add(new);
        flow.plan(room.saturating_sub(new));
        self.reschedule(job.id(), now);
        Some(Event::Progressed(new))
    }

    pub(super) fn reschedule(&mut self, id: JobId, now: DateTime<Utc>) {
        if let Some(transfer) = self.transfers.remove(&id) {
            self.insert_transfer(id, transfer, now);
        }
    }

    /// Asks the server to cancel an upload until it confirms:
    /// [`Effect::CancelUpload`](crate::machine::Effect::CancelUpload) (DONE-17). The job gives up by itself.
    pub(crate) fn cancel_upload(&mut self, job: &JobStateMachine, now: DateTime<Utc>) {
        let mut transfer = self.transfers.remove(&job.id()).unwrap_or_default();
        self.schedule.start(job.id(), &mut transfer.wakeup);
        let remote_name = job.file(FileIndex(0)).map(|file| &file.remote_name);
        let url = transfer.session.as_ref().map(|session| &session.url).or(remote_name);
        let latency = url.map_or(TimeDelta::zero(), |url| self.env.latency(url));
        transfer.activity = Activity::Cancelling { sent: now, at: later(now, latency) };
        self.insert_transfer(job.id(), transfer, now);
    }

    /// Removes a job that left the queue. Its files stay as they are, and so does the name of its reply.
    /// A session that is being closed at a server is closed all the same.
    pub(crate) fn remove_job(&mut self, id: JobId, now: DateTime<Utc>) {
        if let Some(Transfer { mut wakeup, files, closing, reply_name, .. }) =
            self.transfers.remove(&id).map(|transfer| *transfer)
        {
            self.update_demand(id, None, now);
            let paths = files.values().filter_map(|state| state.path.as_ref()).chain(&reply_name);
            paths.for_each(|path| self.env.temporaries.release(path));
            if closing.is_none() {
                self.schedule.remove(id, &mut wakeup);
            }
            if closing.is_some() || reply_name.is_some() {
                let left = Transfer { wakeup, closing, reply_name, ..Transfer::default() };
                self.insert_transfer(id, Box::new(left), now);
            }
        }
    }

    /// Removes the name of the reply, too, of a job that [left the queue](Self::remove_job) and is
    /// unknown from now on.
    pub(crate) fn forget_job(&mut self, id: JobId, now: DateTime<Utc>) {
        if let Some(transfer) = self.transfers.get_mut(&id) {
            transfer.reply_name = None;
            self.remove_job(id, now);
        }
    }

    pub(super) fn insert_transfer(
        &mut self,
        id: JobId,
        mut transfer: Box<Transfer>,
        now: DateTime<Utc>,
    ) {
        self.update_demand(id, transfer.demand(), now);
        if let Some(rate) = self.sharing.allowed(id) {
            transfer.set_rate(rate, now);
        }
        let next = transfer.wakeup();
        if next != transfer.wakeup {
            self.schedule.set(id, &mut transfer.wakeup, next);
        }
        self.transfers.insert(id, transfer);
    }
}

/// The network that all transfers share.
impl World {
    /// Sets the link to the network.
    pub(crate) fn set_link(&mut self, link: Link, now: DateTime<Utc>) {
        if self.sharing.set_link(link) {
            self.share_link(now);
        }
    }

    /// Sets what policies allow background jobs ([`Service::bandwidth_limits`]).
    ///
    /// [`Service::bandwidth_limits`]: crate::service::Service::bandwidth_limits
    pub(crate) fn set_limits(&mut self, limits: LevelLimits, now: DateTime<Utc>) {
        if self.sharing.set_limits(limits) {
            self.share_link(now);
        }
    }

    fn update_demand(&mut self, id: JobId, demand: Option<Demand>, now: DateTime<Utc>) {
        if self.sharing.set_demand(id, demand) {
            self.share_link(now);
        }
    }

    /// SCHED-12: each transfer that flows continues as fast as it now may.
    fn share_link(&mut self, now: DateTime<Utc>) {
        self.sharing.share();
        let flowing: Vec<JobId> = self.sharing.flowing().collect();
        flowing.into_iter().for_each(|id| self.reschedule(id, now));
    }
}

/// The canonical state.
impl World {
    /// Adds what decides the future of transfers, whenever it is looked at: servers and disk, and of each
    /// transfer what it does and when it goes on. How far it has come its job tells.
    pub(crate) fn hash_relative<H: Hasher>(&self, now: DateTime<Utc>, hasher: &mut H) {
        self.env.hash_canonical(&mut Revisions::default(), hasher);
        hasher.write_usize(self.transfers.len());
        for (id, transfer) in &self.transfers {
            id.hash(hasher);
            std::mem::discriminant(&transfer.activity).hash(hasher);
            transfer.wakeup.as_ref().map(|wakeup| wakeup.at - now).hash(hasher);
        }
        self.schedule.hash_canonical(hasher);
        self.sharing.hash_canonical(hasher);
    }

    /// Adds what decides the future of transfers from `now` on.
    pub(crate) fn hash_canonical<H: Hasher>(&self, now: DateTime<Utc>, hasher: &mut H) {
        let Self { env, transfers, schedule, sharing } = self;
        let mut revisions = Revisions::default();
        env.hash_canonical(&mut revisions, hasher);
        hasher.write_usize(transfers.len());
        for (id, transfer) in transfers {
            id.hash(hasher);
            transfer.hash_canonical(now, &mut revisions, hasher);
        }
        schedule.hash_canonical(hasher);
        sharing.hash_canonical(hasher);
        env.disk.hash_rest(&revisions, hasher);
    }
}
