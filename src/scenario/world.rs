//! The servers of a scenario: what they answer to each attempt, and how fast bytes flow.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::ast::{Answer, Resource, Script, Server, Times};
use super::flow::{Flow, Service, saturating_add};
use crate::machine::{Event, Failure, Item, JobStateMachine};
use crate::vocabulary::{ErrorContext, FileIndex, FileInfo, FileRange, HResult, JobState, JobType};

/// How long a server takes to answer if its line does not say.
pub(super) const DEFAULT_LATENCY: TimeDelta = TimeDelta::zero();
/// How many bytes a second a server moves if its line does not say: 1 MiB.
pub(super) const DEFAULT_RATE: u64 = 1 << 20;

/// Everything outside the job.
#[derive(Debug, Default)]
pub(super) struct World {
    servers: Vec<(Server, Cursor)>,
    resources: Vec<(Arc<str>, Resource, Cursors)>,
    local_files: Vec<(Arc<str>, u64)>,
    activity: Activity,
}

/// How far an answering script has come.
#[derive(Debug, Default, Clone, Copy)]
struct Cursor {
    entry: usize,
    given: u64,
}

impl Cursor {
    /// The answer to the next attempt.
    fn next(&mut self, script: &Script) -> Answer {
        while let Some((answer, times)) = script.0.get(self.entry) {
            match times {
                Times::Count(count) if self.given >= *count => {
                    *self = Self { entry: self.entry + 1, given: 0 };
                }
                Times::Count(_) => {
                    self.given += 1;
                    return answer.clone();
                }
                Times::Always => return answer.clone(),
            }
        }
        Answer::Well
    }
}

#[derive(Debug, Default, Clone, Copy)]
struct Cursors {
    answers: Cursor,
    application: Cursor,
    reply: Cursor,
}

/// What goes on between job and server.
#[derive(Debug, Default)]
enum Activity {
    #[default]
    Idle,
    /// The server was asked and will answer.
    Asked { answers_at: DateTime<Utc>, answer: Contact },
    /// Bytes flow.
    Flowing(Flow),
    /// The server was asked to cancel an upload, and will confirm (DONE-17).
    Cancelling { confirms_at: DateTime<Utc> },
}

/// What the server will answer.
#[derive(Debug)]
enum Contact {
    Refuses(Event),
    Serves(Service),
}

impl World {
    pub(super) fn add_server(&mut self, server: Server) {
        self.servers.push((server, Cursor::default()));
    }

    pub(super) fn add_resource(&mut self, host: Arc<str>, resource: Resource) {
        self.resources.push((host, resource, Cursors::default()));
    }

    pub(super) fn add_local_file(&mut self, path: Arc<str>, size: u64) {
        self.local_files.push((path, size));
    }

    /// When something happens by itself.
    pub(super) fn due(&self) -> Option<DateTime<Utc>> {
        match &self.activity {
            Activity::Idle => None,
            Activity::Asked { answers_at, .. } => Some(*answers_at),
            Activity::Flowing(flow) => Some(flow.instant_of(flow.length)),
            Activity::Cancelling { confirms_at } => Some(*confirms_at),
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
            | Activity::Flowing(_)
            | Activity::Cancelling { .. } => None,
        }
    }

    /// Ends what no longer goes on: a transfer of a job that is not active, or the flow of a file
    /// that is not the present one any more.
    pub(super) fn keep_to(&mut self, job: &JobStateMachine) {
        let goes_on = match &self.activity {
            Activity::Idle => true,
            Activity::Asked { .. } => job.state().is_active(),
            Activity::Flowing(flow) => job.state().is_active() && flow.item == job.current(),
            Activity::Cancelling { .. } => job.is_cancelling_upload(),
        };
        if !goes_on {
            self.activity = Activity::Idle;
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

    /// Begins with what the job transfers next.
    pub(super) fn begin(&mut self, job: &JobStateMachine, now: DateTime<Utc>) {
        let (latency, answer) = self.ask(job);
        self.activity = Activity::Asked { answers_at: saturating_add(now, latency), answer };
    }

    /// What happens by itself at the instant that [`due`](Self::due) named: the events, in order.
    pub(super) fn act(&mut self, job: &JobStateMachine, now: DateTime<Utc>) -> Vec<Event> {
        match std::mem::take(&mut self.activity) {
            Activity::Idle => Vec::new(),
            Activity::Asked { answer: Contact::Refuses(event), .. } => vec![event],
            Activity::Asked { answer: Contact::Serves(service), .. } => {
                let connected = (job.state() == JobState::Connecting).then_some(Event::Connected);
                let size = service.size.map(Event::SizeKnown);
                self.activity = Activity::Flowing(service.flow(job, now));
                connected.into_iter().chain(size).collect()
            }
            Activity::Flowing(flow) => flow.end(),
            Activity::Cancelling { .. } => vec![Event::UploadCancelled],
        }
    }

    /// What the server answers to an attempt at the present item, and after how long.
    fn ask(&mut self, job: &JobStateMachine) -> (TimeDelta, Contact) {
        let nothing = Service { size: None, fails: None, rate: DEFAULT_RATE, application: None };
        let Some(item) = job.current() else {
            return (TimeDelta::zero(), Contact::Serves(nothing));
        };
        let index = match item {
            Item::File(file) => file,
            Item::Reply => FileIndex(0),
        };
        let Some(file) = job.file(index) else {
            return (TimeDelta::zero(), Contact::Serves(nothing));
        };
        if job.job_type() != JobType::Download && self.local_size(file).is_none() {
            // FILES-33
            let missing = failure(HResult::ERROR_FILE_NOT_FOUND, Some(ErrorContext::LocalFile));
            return (TimeDelta::zero(), Contact::Refuses(missing));
        }
        let (host, path) = split(&file.remote_name);
        let Some((server, cursor)) =
            self.servers.iter_mut().find(|(known, _)| known.host.eq_ignore_ascii_case(host))
        else {
            let unknown = failure(HResult::ERROR_WINHTTP_NAME_NOT_RESOLVED, None);
            return (TimeDelta::zero(), Contact::Refuses(unknown));
        };
        let (latency, rate) = (server.latency, server.rate);
        let contact = match cursor.next(&server.answers) {
            Answer::Well => self.ask_resource(job, item, file, (host, path), rate),
            Answer::Fails { failure, .. } => Contact::Refuses(Event::Failed(failure)),
            Answer::RedirectRefused { status, url } => refused_redirect(job, status, url),
        };
        (latency, contact)
    }

    fn ask_resource(
        &mut self,
        job: &JobStateMachine,
        item: Item,
        file: &FileInfo,
        (host, path): (&str, &str),
        rate: u64,
    ) -> Contact {
        let local_size = self.local_size(file);
        let found = self.resources.iter_mut().find(|(known, resource, _)| {
            known.eq_ignore_ascii_case(host) && &*resource.path == path
        });
        let Some((_, resource, cursors)) = found else {
            return Contact::Refuses(Event::Failed(Failure::http(404)));
        };
        let answer = match item {
            Item::File(_) => cursors.answers.next(&resource.answers),
            Item::Reply => cursors.reply.next(&resource.reply_answers),
        };
        let fails = match answer {
            Answer::Well => None,
            Answer::Fails { failure, after: Some(after) } => Some((after, failure)),
            Answer::Fails { failure, after: None } => {
                return Contact::Refuses(Event::Failed(failure));
            }
            Answer::RedirectRefused { status, url } => return refused_redirect(job, status, url),
        };
        let size = match (job.job_type(), item) {
            (_, Item::Reply) => None,
            (JobType::Download, Item::File(index)) => {
                match download_size(job, index, resource.size) {
                    Ok(size) => Some(size),
                    Err(event) => return Contact::Refuses(event),
                }
            }
            (JobType::Upload | JobType::UploadReply, Item::File(_)) => local_size,
        };
        let application = match (job.job_type(), item) {
            (JobType::Download, _) | (_, Item::Reply) => None,
            (JobType::Upload, Item::File(_)) => application_failure(job, resource, cursors),
            (JobType::UploadReply, Item::File(_)) => {
                let reply = Event::ReplyStarted(resource.reply);
                Some(application_failure(job, resource, cursors).unwrap_or(reply))
            }
        };
        Contact::Serves(Service { size, fails, rate, application })
    }

    fn local_size(&self, file: &FileInfo) -> Option<u64> {
        let local = self.local_files.iter().find(|(path, _)| *path == file.local_name);
        local.map(|(_, size)| *size)
    }
}

/// HTTP-12: an upload cannot be redirected, so the status is its failure (ERR-28).
fn refused_redirect(job: &JobStateMachine, status: u16, url: Arc<str>) -> Contact {
    Contact::Refuses(match job.job_type() {
        JobType::Download => Event::RedirectRefused(status, url),
        JobType::Upload | JobType::UploadReply => Event::Failed(Failure::http(status)),
    })
}

/// The bytes that a download asks of a resource, or why it fails: HTTP-02 without a size,
/// FILES-22 with a range outside the file.
fn download_size(job: &JobStateMachine, file: FileIndex, size: Option<u64>) -> Result<u64, Event> {
    let size = size.ok_or_else(|| failure(HResult::BG_E_MISSING_FILE_SIZE, None))?;
    let ranges = job.file_ranges(file);
    if ranges.is_empty() {
        return Ok(size);
    }
    let length = |range: &FileRange| match range.end() {
        Some(end) if end <= size => Some(range.length),
        None if range.initial_offset <= size => Some(size - range.initial_offset),
        Some(_) | None => None,
    };
    let total = ranges.iter().try_fold(0_u64, |sum, range| sum.checked_add(length(range)?));
    total.ok_or_else(|| failure(HResult::BG_E_INVALID_RANGE, None))
}

/// How the server application behind an upload fails, if it does. A file that it refused with 403
/// is not posted to it again (ERR-29).
fn application_failure(
    job: &JobStateMachine,
    resource: &Resource,
    cursors: &mut Cursors,
) -> Option<Event> {
    let answer = if job.posts_again() {
        cursors.application.next(&resource.application)
    } else {
        Answer::Fails { failure: Failure::http(403), after: None }
    };
    match answer {
        Answer::Fails { failure, .. } => {
            let context = failure.context().unwrap_or(ErrorContext::RemoteApplication);
            Some(Event::Failed(failure.in_context(context)))
        }
        Answer::Well | Answer::RedirectRefused { .. } => None,
    }
}

fn failure(code: HResult, context: Option<ErrorContext>) -> Event {
    // The codes above are failures; 404 stands in for one that were not.
    let failure = Failure::new(code).unwrap_or_else(|_| Failure::http(404));
    Event::Failed(context.map_or(failure, |context| failure.in_context(context)))
}

/// Host and path of a URL; of a path on a share, its server and the rest.
fn split(url: &str) -> (&str, &str) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.trim_start_matches('\\');
    match rest.find(['/', '\\']) {
        Some(at) => rest.split_at(at),
        None => (rest, "/"),
    }
}
