//! The transfer of one job: what goes on between it and a server, and what is known of its files.

pub(super) mod attempt;
pub(super) mod destination;
pub(super) mod download;
pub(super) mod file_state;
pub(super) mod flow;
pub(super) mod progress_reports;
pub(super) mod receive;
pub(super) mod refusal;
pub(super) mod schedule;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::disk::path::DiskPath;
use super::environment::Environment;
use super::failure::local_failure;
use super::identity::local_user;
use super::link::Demand;
use super::server::address::Address;
use super::server::fault::FaultEffect;
use super::time::later;
use super::upload::client_session::ClientSession;
use super::upload::fragments::Sending;
use super::upload::packet::Ack;
use crate::machine::{Event, JobStateMachine, TransferItem};
use crate::vocabulary::{FileIndex, HResult, JobId, JobPriority, JobState, JobType, RemoteName};
use file_state::{FileState, Key, keep_rights, key, progress};
use flow::Flow;
use progress_reports::ProgressReports;
use schedule::Place;

/// The least time between two requests for the same bytes, so that a file that always changes does
/// not stop the clock.
const BEFORE_ANOTHER_REQUEST: TimeDelta = TimeDelta::milliseconds(1);

/// For how long a server is asked to close a session (UPLOAD-21).
const LONGEST_CLOSING: TimeDelta = TimeDelta::days(1);

/// What the world knows of one job.
#[derive(Debug, Clone, Default)]
pub(super) struct Transfer {
    pub(super) place: Place,
    pub(super) activity: Activity,
    /// Of the job when it was last looked at.
    pub(super) priority: JobPriority,
    pub(super) reports: ProgressReports,
    pub(super) parts: BTreeMap<Key, FileState>,
    /// The part whose file grows with the progress of the job.
    pub(super) writing: Option<Key>,
    /// The session of the upload, as the job knows it.
    pub(super) known: Option<ClientSession>,
    /// The session that the server is asked to close.
    pub(super) closing: Option<Closing>,
    /// The name of the reply that was made for the job (UPLOAD-10).
    pub(super) reply_name: Option<DiskPath>,
}

/// What goes on between job and server.
#[derive(Debug, Clone, Default)]
pub(super) enum Activity {
    #[default]
    Idle,
    /// The server was asked and will answer.
    Asked(PendingRequest),
    /// The client may have to accept the certificate of the server before it is asked (PROP-27).
    Checking(PendingRequest),
    /// Bytes flow.
    Flowing(Flow),
    /// This will happen, if the job does nothing else meanwhile.
    Coming { at: DateTime<Utc>, item: TransferItem, event: Event },
    /// The job was told of a redirect, and will be followed there if it goes.
    Redirected { item: TransferItem, hops: u32 },
    /// The job waits for a volume (NET-07).
    Waiting { volume: DiskPath, since: DateTime<Utc> },
    /// The server has all of an upload, and this will be its answer (UPLOAD-04, UPLOAD-15).
    Answering { at: DateTime<Utc>, item: TransferItem, event: Event, answer: Option<PendingAck> },
    /// The server was asked to cancel an upload, and will confirm (DONE-17).
    Cancelling { sent: DateTime<Utc>, at: DateTime<Utc> },
}

/// The Ack to the last bytes of an upload, and where it is noted.
#[derive(Debug, Clone)]
pub(super) struct PendingAck {
    pub(super) place: Address,
    pub(super) number: u64,
    pub(super) ack: Ack,
}

/// A session that is no longer needed, and whose server will confirm that it is closed. The job goes
/// on without it (LIFE-20).
#[derive(Debug, Clone)]
pub(super) struct Closing {
    pub(super) known: ClientSession,
    pub(super) sent: DateTime<Utc>,
    pub(super) at: DateTime<Utc>,
    /// After how long the server is asked again (UPLOAD-21).
    pub(super) again: TimeDelta,
    /// When it is left alone.
    pub(super) until: DateTime<Utc>,
}

/// A request that will be answered.
#[derive(Debug, Clone)]
pub(super) struct PendingRequest {
    /// `None`: nothing is missing, and a connection is all that it takes.
    pub(super) item: Option<TransferItem>,
    pub(super) url: RemoteName,
    pub(super) hops: u32,
    pub(super) sent: DateTime<Utc>,
    pub(super) at: DateTime<Utc>,
    pub(super) stage: Stage,
}

/// How far a request has come.
#[derive(Debug, Clone)]
pub(super) enum Stage {
    Connecting,
    /// There is a connection, and this is what will go wrong.
    Connected(Option<FaultEffect>),
}

impl Activity {
    /// When something happens by itself.
    fn place(&self) -> Place {
        let at = |at: DateTime<Utc>| {
            // What lies beyond the end of time does not come.
            if at < DateTime::<Utc>::MAX_UTC { Place::At(at) } else { Place::Nowhere }
        };
        match self {
            Self::Idle | Self::Checking(_) | Self::Redirected { .. } => Place::Nowhere,
            Self::Asked(PendingRequest { at: instant, .. })
            | Self::Coming { at: instant, .. }
            | Self::Answering { at: instant, .. }
            | Self::Cancelling { at: instant, .. } => at(*instant),
            Self::Flowing(flow) => flow.due().map_or(Place::Nowhere, at),
            Self::Waiting { volume, since } => Place::Waiting(volume.clone(), *since),
        }
    }

    /// Whether it goes on with the job as it is now.
    fn suits(&self, job: &JobStateMachine) -> bool {
        let transfers =
            |item: Option<TransferItem>| job.state().is_active() && job.current() == item;
        match self {
            Self::Idle => false,
            Self::Asked(ask) | Self::Checking(ask) => transfers(ask.item),
            Self::Flowing(flow) => transfers(Some(flow.item)),
            Self::Coming { item, .. }
            | Self::Answering { item, .. }
            | Self::Redirected { item, .. } => transfers(Some(*item)),
            Self::Waiting { .. } => {
                let locked = |code| code == HResult::BG_E_DESTINATION_LOCKED;
                job.state() == JobState::TransientError
                    && job.error().is_ok_and(|error| locked(error.code()))
            }
            Self::Cancelling { .. } => job.is_cancelling_upload(),
        }
    }
}

impl Transfer {
    /// What it would use of the link now. What comes from a drive uses nothing of it.
    pub(super) fn demand(&self) -> Option<Demand> {
        match &self.activity {
            Activity::Flowing(flow) if flow.is_remote => {
                Some(Demand { priority: self.priority, rate: flow.offered })
            }
            _ => None,
        }
    }

    /// How fast it may flow from now on.
    pub(super) fn set_rate(&mut self, rate: u64, now: DateTime<Utc>) {
        if let Activity::Flowing(flow) = &mut self.activity {
            flow.set_rate(rate, now);
        }
    }

    /// Where the schedule is to hold it.
    pub(super) fn next(&self) -> Place {
        let place = self.next_place();
        let Activity::Flowing(flow) = &self.activity else { return place };
        match (self.reports.due(flow), place) {
            (Some(report), Place::At(end)) => Place::At(report.min(end)),
            (_, place) => place,
        }
    }

    /// Contacts the server of the present item anew.
    pub(super) fn begin(
        &mut self,
        outside: &Environment,
        job: &JobStateMachine,
        now: DateTime<Utc>,
    ) {
        self.priority = job.priority();
        self.ask(outside, job, 0, now);
    }

    fn ask(&mut self, outside: &Environment, job: &JobStateMachine, hops: u32, now: DateTime<Utc>) {
        let item = job.current();
        let url = item.and_then(|item| self.location(job, item, now)).unwrap_or_default();
        let latency = item.map_or(TimeDelta::zero(), |_| outside.latency(&url));
        let at = later(now, latency);
        let stage = Stage::Connecting;
        self.activity = Activity::Asked(PendingRequest { item, url, hops, sent: now, at, stage });
    }

    /// Where an item is asked for: its remote name, or where the server redirected this attempt to
    /// (HTTP-12). An upload goes where its session is, and its reply is where the server said.
    fn location(
        &mut self,
        job: &JobStateMachine,
        item: TransferItem,
        now: DateTime<Utc>,
    ) -> Option<RemoteName> {
        let remote_name = remote_name(job, item)?;
        let Some(known) = self.known.as_mut().filter(|_| job.job_type() != JobType::Download)
        else {
            return match item {
                TransferItem::File(_) => job.location().cloned(),
                TransferItem::Reply => Some(remote_name),
            };
        };
        known.fall_back(&remote_name, now);
        match &known.reply {
            Some(reply) if item == TransferItem::Reply && reply.is_static => {
                Some(reply.url.clone())
            }
            _ => Some(known.url.clone()),
        }
    }

    /// What an upload sends, if it has a session and its file is not whole at the server.
    pub(super) fn sending(&self, job: JobId) -> Option<Sending> {
        let local = self.parts.get(&Some(FileIndex(0)))?.local.as_ref()?;
        let session = self.known.as_ref()?.id.clone();
        Some(Sending { job, session, content: local.content.clone() })
    }

    /// An Ack named the next byte to send.
    pub(super) fn note_ack(&mut self, next: u64) {
        if let Some(known) = &mut self.known {
            known.next = next;
        }
    }

    /// Where the schedule is to hold it.
    fn next_place(&self) -> Place {
        let place = self.activity.place();
        match (&self.closing, &place) {
            (Some(closing), Place::At(at)) => Place::At(closing.at.min(*at)),
            (Some(closing), Place::Nowhere) => Place::At(closing.at),
            (Some(_), Place::Waiting(..)) | (None, _) => place,
        }
    }

    /// LIFE-20, UPLOAD-05: the job has everything, the reply too. Only then its session is closed, and
    /// the job does not wait for that. UPLOAD-21: for how long the server is asked again is our
    /// reading, that of a cancellation (DONE-17).
    fn close(&mut self, outside: &Environment, job: &JobStateMachine, now: DateTime<Utc>) {
        let Some(known) = self.known.take_if(|_| job.state() == JobState::Transferred) else {
            return;
        };
        let at = later(now, outside.latency(&known.url));
        let again = TimeDelta::seconds(job.minimum_retry_delay().into());
        let patience = TimeDelta::seconds(job.no_progress_timeout().into());
        let until = later(now, patience.min(LONGEST_CLOSING));
        self.closing = Some(Closing { known, sent: now, at, again, until });
    }

    /// The job took a step: ends what no longer goes on, and begins what comes next.
    pub(super) fn keep(
        &mut self,
        outside: &mut Environment,
        job: &JobStateMachine,
        now: DateTime<Utc>,
    ) {
        self.priority = job.priority();
        self.close(outside, job, now);
        if let Err(code) = self.write(outside, job, now)
            && let Some(item) = job.current().filter(|_| job.state().is_active())
        {
            let event = Event::Failed(local_failure(code));
            self.activity = Activity::Coming { at: now, item, event };
            return;
        }
        match &self.activity {
            Activity::Redirected { hops, .. } if self.activity.suits(job) => {
                self.ask(outside, job, *hops, now);
            }
            Activity::Checking(ask) if self.activity.suits(job) => {
                // Meanwhile the others go on.
                if !job.is_checking_certificate() {
                    self.activity = Activity::Asked(PendingRequest { at: now, ..ask.clone() });
                }
            }
            activity if activity.suits(job) => {}
            _ if job.state() == JobState::Transferring && job.current().is_some() => {
                let again = self.writing.is_some() && self.writing == job.current().map(key);
                self.begin(outside, job, now);
                if let Activity::Asked(ask) = &mut self.activity
                    && again
                {
                    ask.at = ask.at.max(later(now, BEFORE_ANOTHER_REQUEST));
                }
            }
            _ => self.activity = Activity::Idle,
        }
    }

    /// The file on the disk grows with the progress of the job.
    fn write(
        &mut self,
        outside: &mut Environment,
        job: &JobStateMachine,
        now: DateTime<Utc>,
    ) -> Result<(), HResult> {
        let Some(key) = self.writing else { return Ok(()) };
        let Some(part) = self.parts.get_mut(&key) else { return Ok(()) };
        let Some(path) = part.path.as_ref().filter(|_| !job.state().is_final()) else {
            return Ok(());
        };
        let (total, there) = progress(job, key);
        if part.written != Some(there) || outside.disk.file(path).is_none() {
            let filled = key.and_then(|file| job.filled_file_ranges(file).ok());
            let (content, grows) = match filled {
                Some(filled) => (part.content.parts(&filled), false),
                None => (part.content.prefix(there), true),
            };
            outside.disk.put(path, content, grows)?;
            if outside.disk.rights.owner(path).is_none() {
                outside.disk.rights.own(path, local_user(job));
            }
        }
        part.written = Some(there);
        if job.current().map(file_state::key) != Some(key) {
            if total == Some(there) {
                // FILES-30
                outside.disk.set_stamps(path, part.modified.unwrap_or(now));
                if let Some(source) = &part.source {
                    part.keeps_owner = keep_rights(&mut outside.disk, path, source, job);
                }
            }
            self.writing = None;
        }
        Ok(())
    }
}

/// What an item is fetched from, or sent to.
pub(super) fn remote_name(job: &JobStateMachine, item: TransferItem) -> Option<RemoteName> {
    let file = key(item).unwrap_or(FileIndex(0));
    job.file(file).map(|file| file.remote_name.clone())
}
