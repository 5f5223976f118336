//! The simulated world as an engine drives it: attempts begin, instants come, jobs leave.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::disk::DiskState;
use super::environment::Environment;
use super::identity::local_user;
use super::link::{Demand, Link, Sharing};
use super::server::ServerState;
use super::server::address::Address;
use super::server::proxy::Proxy;
use super::time::later;
use super::transfer::attempt::Attempt;
use super::transfer::file_state::key;
use super::transfer::schedule::{Place, Schedule};
use super::transfer::{Activity, Transfer};
use crate::machine::{Event, JobStateMachine};
use crate::vocabulary::{FileIndex, JobId, JobState, LevelLimits, RemoteName};

/// Servers, proxy, network and disk, and the transfers under way between them and any number of
/// jobs.
///
/// ```
/// use bits_emulator::{FileInfo, JobState};
/// use bits_emulator::machine::{Call, Effect, Event, JobOptions};
/// use bits_emulator::server::Content;
/// use bits_emulator::machine::JobStateMachine;
/// use bits_emulator::server::World;
/// use chrono::DateTime;
///
/// let mut now = DateTime::UNIX_EPOCH;
/// let mut world = World::new();
/// world.server("https://example.com").resource("/a.exe").content(Content::sized(4 << 30));
///
/// let mut job = JobStateMachine::new(JobOptions::default(), now);
/// job.call(Call::add_file(FileInfo::new("https://example.com/a.exe", r"C:\a.exe")), now)?;
/// job.call(Call::Resume, now)?;
/// let picked = job.handle(Event::Picked, now);
/// assert!(picked.effects.contains(Effect::StartTransfer));
/// world.start(job.id(), &job, now);
///
/// let mut steps = 0;
/// while let Some((at, id)) = world.due() {
///     now = now.max(at);
///     for event in world.act(id, &job, now) {
///         let _ = job.handle(event, now);
///         world.keep(id, &job, now);
///         steps += 1;
///     }
/// }
/// assert_eq!(job.state(), JobState::Transferred);
/// assert!(steps <= 10);
///
/// // DONE-01: the file has its name after Complete.
/// assert!(!world.disk().exists(r"C:\a.exe"));
/// let commit = world.complete(job.id(), &job, job.owner());
/// job.call(Call::Complete(commit), now)?;
/// assert_eq!(world.disk().size(r"C:\a.exe"), Some(4 << 30));
/// # Ok::<(), bits_emulator::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct World {
    pub(super) outside: Environment,
    /// Boxed, because they are taken out and put back at every step.
    pub(super) transfers: BTreeMap<JobId, Box<Transfer>>,
    schedule: Schedule,
    sharing: Sharing,
}

impl World {
    /// A world with a network and an empty disk, and without servers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The server of an origin, such as `https://example.com`, `http://host:8080` or `\\server`.
    /// One that did not exist is made; until then its name is not resolved. Files of drives and shares
    /// that no server was given are looked for on the [disk](Self::disk).
    pub fn server(&mut self, origin: &str) -> &mut ServerState {
        let Address { origin, protocol, .. } = Address::of(&origin.into());
        self.outside.servers.entry(origin).or_insert_with(|| ServerState::new(protocol))
    }

    /// Takes a server away: its name is not resolved any more.
    pub fn remove_server(&mut self, origin: &str) {
        self.outside.servers.remove(RemoteName::from(origin).origin());
    }

    /// The proxy through which jobs reach servers.
    pub const fn proxy(&mut self) -> &mut Proxy {
        &mut self.outside.proxy
    }

    /// The disk.
    #[must_use]
    pub const fn disk(&self) -> &DiskState {
        &self.outside.disk
    }

    /// The disk, to be written to or to be spoilt.
    pub const fn disk_mut(&mut self) -> &mut DiskState {
        &mut self.outside.disk
    }

    /// Whether there is a network. Jobs are to be told otherwise (NET-04, NET-05); here it decides
    /// whether servers can be reached, for the cancellation of an upload too.
    pub const fn set_network(&mut self, connected: bool) {
        self.outside.offline = !connected;
    }

    /// Whether the computer that shares its connection with this one has a connection itself. While it
    /// has none there is a network all the same: attempts fail with a transient error, HTTP servers are
    /// not reached and are tried again, shares are reached (NET-09). The code,
    /// `ERROR_WINHTTP_CANNOT_CONNECT`, is our reading.
    pub const fn set_sharing_host(&mut self, connected: bool) {
        self.outside.is_cut_off = !connected;
    }

    /// Begins an attempt: the server of the job's [current](JobStateMachine::current) item is
    /// contacted.
    pub fn start(&mut self, id: JobId, job: &JobStateMachine, now: DateTime<Utc>) {
        let mut transfer = self.transfers.remove(&id).unwrap_or_default();
        self.schedule.start(id, &mut transfer.place);
        transfer.begin(&self.outside, job, now);
        self.put_back(id, transfer, now);
    }

    /// The job took a step, whichever: ends what no longer goes on, writes to the disk what
    /// arrived, and begins with what a TRANSFERRING job transfers next. More calls than that do no
    /// harm.
    pub fn keep(&mut self, id: JobId, job: &JobStateMachine, now: DateTime<Utc>) {
        let known = self.transfers.remove(&id);
        let Some(mut transfer) =
            known.or_else(|| (job.state() == JobState::Transferring).then(Box::default))
        else {
            return;
        };
        transfer.keep(&mut self.outside, job, now);
        self.put_back(id, transfer, now);
    }

    /// When something happens by itself next, and to which job: at an instant that may have passed
    /// already. `None` while only somebody else can make something happen.
    #[must_use]
    pub fn due(&self) -> Option<(DateTime<Utc>, JobId)> {
        self.schedule.next(|volume| self.disk().is_volume_locked(volume))
    }

    /// What happens to the job now, in order. Early or extra calls yield nothing.
    /// [`keep`](Self::keep) is to be called after each event. While the client checks a certificate
    /// ([`Effect::CheckCertificate`](crate::machine::Effect::CheckCertificate)) nothing happens to its job.
    pub fn act(&mut self, id: JobId, job: &JobStateMachine, now: DateTime<Utc>) -> Vec<Event> {
        let Some(mut transfer) = self.transfers.remove(&id) else { return Vec::new() };
        if let Some(closing) = transfer.closing.take_if(|closing| closing.at <= now) {
            transfer.closing = self.outside.close(id, closing, now);
            self.put_back(id, transfer, now);
            return Vec::new();
        }
        let due = match &transfer.activity {
            Activity::Waiting { volume, .. } => !self.disk().is_volume_locked(volume),
            _ => matches!(transfer.next(), Place::At(at) if at <= now),
        };
        let events = if due { self.visit(&mut transfer, id, job, now) } else { Vec::new() };
        self.put_back(id, transfer, now);
        events
    }

    fn visit(
        &mut self,
        transfer: &mut Transfer,
        id: JobId,
        job: &JobStateMachine,
        now: DateTime<Utc>,
    ) -> Vec<Event> {
        let activity = std::mem::take(&mut transfer.activity);
        let mut visit = Attempt { transfer, outside: &mut self.outside, id, job, now };
        let (events, next) = match activity {
            Activity::Asked(ask) => visit.answer(ask),
            Activity::Flowing(flow) => visit.flow_on(flow),
            Activity::Coming { item, event: Event::Failed(failure), .. } => {
                visit.fail(item, failure)
            }
            Activity::Coming { event, .. } => (vec![event], Activity::Idle),
            Activity::Waiting { .. } => (vec![Event::VolumeUnlocked], Activity::Idle),
            Activity::Answering { item, event, answer, .. } => visit.answered(item, event, answer),
            Activity::Cancelling { sent, .. } => visit.cancel(sent),
            other @ (Activity::Idle | Activity::Checking(_) | Activity::Redirected { .. }) => {
                (Vec::new(), other)
            }
        };
        transfer.activity = next;
        events
    }

    /// The jobs of which bytes flow.
    #[must_use]
    pub fn flowing(&self) -> Vec<JobId> {
        let flows = |transfer: &Transfer| matches!(transfer.activity, Activity::Flowing(_));
        self.transfers.iter().filter(|(_, transfer)| flows(transfer)).map(|(id, _)| *id).collect()
    }

    /// The bytes that have arrived since the job was last told, as many as fit on the disk. The
    /// last one comes by [`act`](Self::act) only.
    pub fn arrived(
        &mut self,
        id: JobId,
        job: &JobStateMachine,
        now: DateTime<Utc>,
    ) -> Option<Event> {
        self.deliver(id, now);
        let transfer = self.transfers.get_mut(&id)?;
        let Activity::Flowing(flow) = &mut transfer.activity else { return None };
        let path = transfer.parts.get(&key(flow.item)).and_then(|part| part.path.as_ref());
        let room = match path {
            Some(path) if self.outside.disk.admit(path, local_user(job)).is_err() => 0,
            Some(path) => self.outside.disk.room(path),
            None => u64::MAX,
        };
        let new = flow.countable(now).saturating_sub(flow.told).min(room);
        if new == 0 {
            return None;
        }
        flow.told = flow.told.saturating_add(new);
        flow.plan(room.saturating_sub(new));
        self.replan(id, now);
        Some(Event::Progressed(new))
    }

    pub(super) fn replan(&mut self, id: JobId, now: DateTime<Utc>) {
        if let Some(transfer) = self.transfers.remove(&id) {
            self.put_back(id, transfer, now);
        }
    }

    /// Asks the server to cancel an upload, again and again until it confirms:
    /// [`Effect::CancelUpload`](crate::machine::Effect::CancelUpload) (DONE-17). The job gives up by itself.
    pub fn cancel_upload(&mut self, id: JobId, job: &JobStateMachine, now: DateTime<Utc>) {
        let mut transfer = self.transfers.remove(&id).unwrap_or_default();
        self.schedule.start(id, &mut transfer.place);
        let remote_name = job.file(FileIndex(0)).map(|file| &file.remote_name);
        let url = transfer.known.as_ref().map(|known| &known.url).or(remote_name);
        let latency = url.map_or(TimeDelta::zero(), |url| self.outside.latency(url));
        transfer.activity = Activity::Cancelling { sent: now, at: later(now, latency) };
        self.put_back(id, transfer, now);
    }

    /// Forgets a job that left the queue. Its files stay as they are, and so does the name of its
    /// reply. A session that is being closed at a server is closed all the same.
    pub fn forget(&mut self, id: JobId, now: DateTime<Utc>) {
        if let Some(Transfer { mut place, parts, closing, reply_name, .. }) =
            self.transfers.remove(&id).map(|transfer| *transfer)
        {
            self.note(id, None, now);
            let paths = parts.values().filter_map(|part| part.path.as_ref()).chain(&reply_name);
            paths.for_each(|path| self.outside.temporaries.give_back(path));
            if closing.is_none() {
                self.schedule.forget(id, &mut place);
            }
            if closing.is_some() || reply_name.is_some() {
                let left = Transfer { place, closing, reply_name, ..Transfer::default() };
                self.put_back(id, Box::new(left), now);
            }
        }
    }

    pub(super) fn put_back(&mut self, id: JobId, mut transfer: Box<Transfer>, now: DateTime<Utc>) {
        self.note(id, transfer.demand(), now);
        if let Some(rate) = self.sharing.allowed(id) {
            transfer.set_rate(rate, now);
        }
        let next = transfer.next();
        if next != transfer.place {
            self.schedule.hold(id, &mut transfer.place, next);
        }
        self.transfers.insert(id, transfer);
    }
}

/// The network that all transfers share.
impl World {
    /// The link to the network from now on.
    pub fn set_link(&mut self, link: Link, now: DateTime<Utc>) {
        if self.sharing.set_link(link) {
            self.share(now);
        }
    }

    /// What policies allow background jobs from now on ([`Service::bandwidth_limits`]).
    ///
    /// [`Service::bandwidth_limits`]: crate::service::Service::bandwidth_limits
    pub fn set_limits(&mut self, limits: LevelLimits, now: DateTime<Utc>) {
        if self.sharing.set_limits(limits) {
            self.share(now);
        }
    }

    fn note(&mut self, id: JobId, demand: Option<Demand>, now: DateTime<Utc>) {
        if self.sharing.note(id, demand) {
            self.share(now);
        }
    }

    /// SCHED-12: each transfer that flows goes on as fast as it now may.
    fn share(&mut self, now: DateTime<Utc>) {
        self.sharing.share();
        let flowing: Vec<JobId> = self.sharing.flowing().collect();
        flowing.into_iter().for_each(|id| self.replan(id, now));
    }
}
