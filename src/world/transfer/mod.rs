//! The transfer of one job: its present activity, and the state of its files and upload session.

pub(super) mod attempt;
mod canonical;
pub(super) mod destination;
pub(super) mod download;
pub(super) mod file_state;
pub(super) mod flow;
pub(super) mod head;
pub(super) mod progress_reports;
pub(super) mod receive;
pub(super) mod reconcile;
pub(super) mod redirects;
pub(super) mod refusal;
pub(super) mod schedule;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::disk::path::DiskPath;
use super::link::Demand;
use super::server::address::Address;
use super::server::fault::FaultEffect;
use super::upload::client_session::ClientSession;
use super::upload::fragments::Sending;
use super::upload::packet::Ack;
use crate::machine::{Event, JobStateMachine, TransferItem};
use crate::vocabulary::{FileIndex, FileRange, HResult, JobId, JobPriority, JobState, RemoteName};
use file_state::FileState;
use flow::Flow;
use progress_reports::ProgressReports;
use redirects::Redirects;
use schedule::Wakeup;

/// The transfer of one job.
#[derive(Debug, Clone, Default)]
pub(super) struct Transfer {
    pub(super) wakeup: Option<Wakeup>,
    pub(super) activity: Activity,
    /// That of the job at its last step.
    pub(super) priority: JobPriority,
    pub(super) reports: ProgressReports,
    pub(super) files: BTreeMap<TransferItem, FileState>,
    /// The item whose file grows with the progress of the job.
    pub(super) writing: Option<TransferItem>,
    /// The item of which HEAD told in this attempt.
    pub(super) headed: Option<TransferItem>,
    /// The session of the upload, as the job knows it.
    pub(super) session: Option<ClientSession>,
    /// The session that the server is asked to close.
    pub(super) closing: Option<PendingClose>,
    /// The name of the reply that was made for the job (UPLOAD-10).
    pub(super) reply_name: Option<DiskPath>,
}

/// What goes on between a job and its server.
#[derive(Debug, Clone, Default)]
pub(super) enum Activity {
    #[default]
    Idle,
    /// A request is under way and will be answered.
    Requesting(PendingRequest),
    /// The client checks the certificate of the server before the request is sent (PROP-27).
    CheckingCertificate(PendingRequest),
    /// Bytes flow.
    Flowing(Flow),
    /// An event is due, if the job does nothing else meanwhile; when the server has all of an upload, with
    /// its answer (UPLOAD-04, UPLOAD-15).
    Scheduled { at: DateTime<Utc>, item: TransferItem, event: Event, answer: Option<PendingAck> },
    /// The job was redirected; the next request goes there if the job follows.
    Redirected { item: TransferItem, redirects: Redirects },
    /// The job waits for a volume (NET-07).
    VolumeLocked { volume: DiskPath, since: DateTime<Utc> },
    /// A cancellation of the upload is under way and will be confirmed (DONE-17).
    Cancelling { sent: DateTime<Utc>, at: DateTime<Utc> },
}

/// The Ack to the last bytes of an upload, and where it is noted.
#[derive(Debug, Clone)]
pub(super) struct PendingAck {
    pub(super) address: Address,
    pub(super) number: u64,
    pub(super) ack: Ack,
}

/// A session that is to be closed at its server. The job goes on without it (LIFE-20).
#[derive(Debug, Clone)]
pub(super) struct PendingClose {
    pub(super) session: ClientSession,
    pub(super) sent: DateTime<Utc>,
    pub(super) at: DateTime<Utc>,
    /// After how long the request is repeated (UPLOAD-21).
    pub(super) again: TimeDelta,
    /// When the client gives up.
    pub(super) until: DateTime<Utc>,
}

/// A request that will be answered.
#[derive(Debug, Clone)]
pub(super) struct PendingRequest {
    /// `None`: nothing is missing, and a connection is all that it takes.
    pub(super) item: Option<TransferItem>,
    pub(super) url: RemoteName,
    pub(super) redirects: Redirects,
    pub(super) sent: DateTime<Utc>,
    pub(super) at: DateTime<Utc>,
    /// `None`: it has not reached the server.
    pub(super) connection: Option<Connection>,
}

/// The connection of a request with its server.
#[derive(Debug, Clone, Default)]
pub(super) struct Connection {
    /// What will go wrong.
    pub(super) fault: Option<FaultEffect>,
    /// What HEAD told, once it was answered (HTTP-18).
    pub(super) head: Option<HeadReply>,
}

/// What HEAD told.
#[derive(Debug, Clone, Copy)]
pub(super) struct HeadReply {
    /// `None`: nothing, which does no harm to dynamic content (PROP-33).
    pub(super) size: Option<u64>,
}

impl PendingRequest {
    /// What HEAD told, if it was sent and answered.
    pub(super) fn head(&self) -> Option<HeadReply> {
        self.connection.as_ref()?.head
    }
}

impl Activity {
    /// When the next event is due.
    fn wakeup(&self) -> Option<Wakeup> {
        let (at, volume) = match self {
            Self::Idle | Self::CheckingCertificate(_) | Self::Redirected { .. } => return None,
            Self::Requesting(PendingRequest { at, .. })
            | Self::Scheduled { at, .. }
            | Self::Cancelling { at, .. } => (*at, None),
            Self::Flowing(flow) => (flow.due()?, None),
            Self::VolumeLocked { volume, since } => (*since, Some(volume.clone())),
        };
        // What lies beyond the end of time does not come.
        (at < DateTime::<Utc>::MAX_UTC).then_some(Wakeup { at, volume })
    }

    /// Whether the activity fits the state of the job.
    fn fits(&self, job: &JobStateMachine) -> bool {
        let transfers =
            |item: Option<TransferItem>| job.state().is_active() && job.current() == item;
        match self {
            Self::Idle => false,
            Self::Requesting(request) | Self::CheckingCertificate(request) => {
                transfers(request.item)
            }
            Self::Flowing(flow) => transfers(Some(flow.item)),
            Self::Scheduled { item, .. } | Self::Redirected { item, .. } => transfers(Some(*item)),
            Self::VolumeLocked { .. } => {
                let locked = |code| code == HResult::BG_E_DESTINATION_LOCKED;
                job.state() == JobState::TransientError
                    && job.error().is_ok_and(|error| locked(error.code()))
            }
            Self::Cancelling { .. } => job.is_cancelling_upload(),
        }
    }
}

impl Transfer {
    /// What the transfer would use of the link now. What comes from a drive uses nothing of it.
    pub(super) fn demand(&self) -> Option<Demand> {
        match &self.activity {
            Activity::Flowing(flow) if flow.is_remote => {
                Some(Demand { priority: self.priority, rate: flow.server_rate })
            }
            _ => None,
        }
    }

    /// Sets how fast the transfer may flow.
    pub(super) fn set_rate(&mut self, rate: u64, now: DateTime<Utc>) {
        if let Activity::Flowing(flow) = &mut self.activity {
            flow.set_rate(rate, now);
        }
    }

    /// Where the schedule is to hold it.
    pub(super) fn wakeup(&self) -> Option<Wakeup> {
        let closing = self.closing.as_ref().map(|closing| closing.at);
        let Some(Wakeup { at, volume }) = self.activity.wakeup() else {
            return closing.map(|at| Wakeup { at, volume: None });
        };
        let report = match &self.activity {
            Activity::Flowing(flow) => self.reports.due(flow),
            _ => None,
        };
        let sooner = closing.into_iter().chain(report).filter(|_| volume.is_none());
        Some(Wakeup { at: sooner.fold(at, Ord::min), volume })
    }

    /// What an upload sends, if it has a session and its file is not whole at the server.
    pub(super) fn sending(&self, job: JobId) -> Option<Sending> {
        let local = self.files.get(&TransferItem::File(FileIndex(0)))?.local.as_ref()?;
        let session = self.session.as_ref()?.id.clone();
        Some(Sending { job, session, content: local.content.clone() })
    }

    /// Records the next byte to send, as an Ack named it.
    pub(super) fn acknowledge(&mut self, next: u64) {
        if let Some(session) = &mut self.session {
            session.next = next;
        }
    }
}

/// The ranges that an on-demand job has of a file; `None` for other items.
pub(super) fn filled_ranges(job: &JobStateMachine, item: TransferItem) -> Option<Vec<FileRange>> {
    let TransferItem::File(file) = item else { return None };
    job.filled_file_ranges(file).ok()
}

/// Returns the name that an item is fetched from, or sent to.
pub(super) fn remote_name(job: &JobStateMachine, item: TransferItem) -> Option<RemoteName> {
    let file = match item {
        TransferItem::File(file) => file,
        TransferItem::Reply => FileIndex(0),
    };
    job.file(file).map(|file| file.remote_name.clone())
}
