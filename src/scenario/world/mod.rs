//! The servers of a scenario: what they answer to each attempt, and how fast bytes flow.

mod contact;
mod flow;
mod script;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::ast::{Resource, Server};
use crate::machine::{Event, JobStateMachine};
use crate::vocabulary::{FileIndex, JobState};
use contact::{Asked, Certificate, Contact, split};
use flow::Flow;

pub(super) use flow::saturating_add;
pub(super) use script::Cursor;

/// How long a server takes to answer if its line does not say.
pub(super) const DEFAULT_LATENCY: TimeDelta = TimeDelta::zero();
/// How many bytes a second a server moves if its line does not say: 1 MiB.
pub(super) const DEFAULT_RATE: u64 = 1 << 20;

/// Everything outside the job but its client.
#[derive(Debug, Default)]
pub(super) struct World {
    servers: Vec<(Server, Cursor)>,
    sites: Vec<Site>,
    local_files: Vec<(Arc<str>, u64)>,
    activity: Activity,
}

/// A resource of a server, and how far its scripts have come.
#[derive(Debug)]
struct Site {
    host: Arc<str>,
    resource: Resource,
    answers: Cursor,
    application: Cursor,
    reply: Cursor,
}

/// What goes on between job and server.
#[derive(Debug, Default)]
enum Activity {
    #[default]
    Idle,
    /// The server was asked and will answer; before that it may show a certificate.
    Asked { answers_at: DateTime<Utc>, certificate: Option<Certificate>, contact: Contact },
    /// The client looks at the certificate that the server showed.
    Shown(Contact),
    /// Bytes flow.
    Flowing(Flow),
    /// The server was asked to cancel an upload, and will confirm (DONE-17).
    Cancelling { confirms_at: DateTime<Utc> },
}

impl World {
    pub(super) fn add_server(&mut self, server: Server) {
        self.servers.push((server, Cursor::default()));
    }

    pub(super) fn add_resource(&mut self, host: Arc<str>, resource: Resource) {
        let (answers, application, reply) = Default::default();
        self.sites.push(Site { host, resource, answers, application, reply });
    }

    pub(super) fn add_local_file(&mut self, path: Arc<str>, size: u64) {
        self.local_files.push((path, size));
    }

    /// When something happens by itself.
    pub(super) fn due(&self) -> Option<DateTime<Utc>> {
        match &self.activity {
            Activity::Idle | Activity::Shown(_) => None,
            Activity::Asked { answers_at, .. } => Some(*answers_at),
            Activity::Flowing(flow) => Some(flow.instant_of(flow.length)),
            Activity::Cancelling { confirms_at } => Some(*confirms_at),
        }
    }

    pub(super) fn is_idle(&self) -> bool {
        matches!(self.activity, Activity::Idle)
    }

    /// Since when bytes flow, if they do.
    pub(super) fn flows_since(&self) -> Option<DateTime<Utc>> {
        match &self.activity {
            Activity::Flowing(flow) => Some(flow.since),
            _ => None,
        }
    }

    /// When so many more bytes will have arrived, if they will.
    pub(super) fn instant_of(&self, bytes: u64) -> Option<DateTime<Utc>> {
        match &self.activity {
            Activity::Flowing(flow) if flow.told.saturating_add(bytes) <= flow.length => {
                Some(flow.instant_of(flow.told.saturating_add(bytes)))
            }
            Activity::Idle
            | Activity::Asked { .. }
            | Activity::Shown(_)
            | Activity::Flowing(_)
            | Activity::Cancelling { .. } => None,
        }
    }

    /// Ends what no longer goes on: a transfer of a job that is not active, or the flow of a file
    /// that is not the present one any more.
    pub(super) fn keep_to(&mut self, job: &JobStateMachine) {
        let goes_on = match &self.activity {
            Activity::Idle => true,
            Activity::Asked { .. } | Activity::Shown(_) => job.state().is_active(),
            Activity::Flowing(flow) => job.state().is_active() && flow.item == job.current(),
            Activity::Cancelling { .. } => job.is_cancelling_upload(),
        };
        if !goes_on {
            self.activity = Activity::Idle;
        }
    }

    /// What flowed counts no more: the file starts again.
    pub(super) fn interrupt(&mut self) {
        if let Activity::Flowing(_) = self.activity {
            self.activity = Activity::Idle;
        }
    }

    /// The client asked for more of an on-demand file.
    pub(super) fn extend(&mut self, job: &JobStateMachine) {
        if let Activity::Flowing(flow) = &mut self.activity {
            flow.extend(job);
        }
    }

    /// Asks the server to cancel the upload, if there is such a server.
    pub(super) fn cancel_upload(&mut self, job: &JobStateMachine, now: DateTime<Utc>) {
        let server = job.file(FileIndex(0)).and_then(|file| self.server(&file.remote_name));
        self.activity = match server {
            Some(server) => {
                Activity::Cancelling { confirms_at: saturating_add(now, server.latency) }
            }
            None => Activity::Idle,
        };
    }

    fn server(&self, url: &str) -> Option<&Server> {
        let (host, _) = split(url);
        let known = self.servers.iter().find(|(server, _)| server.host.eq_ignore_ascii_case(host));
        known.map(|(server, _)| server)
    }

    /// The bytes that have arrived since the job was last told.
    pub(super) fn arrived(&mut self, now: DateTime<Utc>) -> Option<Event> {
        let Activity::Flowing(flow) = &mut self.activity else { return None };
        let arrived = flow.arrived(now).saturating_sub(flow.told);
        flow.told += arrived;
        (arrived > 0).then_some(Event::Progressed(arrived))
    }

    /// Begins with what the job transfers next, where it asks for it.
    pub(super) fn begin(&mut self, job: &JobStateMachine, now: DateTime<Utc>) {
        let Asked { latency, certificate, contact } = self.ask(job);
        let answers_at = saturating_add(now, latency);
        self.activity = Activity::Asked { answers_at, certificate, contact };
    }

    /// The client looks at the certificate: the server waits.
    pub(super) fn wait_for_client(&mut self) {
        self.activity = match std::mem::take(&mut self.activity) {
            Activity::Asked { contact, .. } => Activity::Shown(contact),
            other => other,
        };
    }

    /// The client has looked at the certificate, and the server answers.
    pub(super) fn go_on(&mut self, answers_at: DateTime<Utc>) {
        self.activity = match std::mem::take(&mut self.activity) {
            Activity::Shown(contact) => Activity::Asked { answers_at, certificate: None, contact },
            other => other,
        };
    }

    /// What happens by itself at the instant that [`due`](Self::due) named: the events, in order.
    pub(super) fn act(&mut self, job: &JobStateMachine, now: DateTime<Utc>) -> Vec<Event> {
        let connecting = job.state() == JobState::Connecting;
        match std::mem::take(&mut self.activity) {
            Activity::Asked { answers_at, certificate: Some((server, hash)), contact } => {
                self.activity = Activity::Asked { answers_at, certificate: None, contact };
                vec![Event::CertificateReceived(server, hash)]
            }
            Activity::Asked { contact: Contact::Refuses(mut events), .. } => {
                events.retain(|event| connecting || *event != Event::Connected);
                events
            }
            Activity::Asked { contact: Contact::Serves(headers, service), .. } => {
                let connected = connecting.then_some(Event::Connected);
                let size = service.size.filter(|_| service.tells_size).map(Event::SizeKnown);
                self.activity = Activity::Flowing(service.flow(job, now));
                let headers = headers.map(Event::HeadersReceived);
                connected.into_iter().chain(headers).chain(size).collect()
            }
            Activity::Flowing(flow) => flow.end(),
            Activity::Cancelling { .. } => vec![Event::UploadCancelled],
            idle @ (Activity::Idle | Activity::Shown(_)) => {
                self.activity = idle;
                Vec::new()
            }
        }
    }
}
