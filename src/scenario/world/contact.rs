//! What a server answers to an attempt.

use std::sync::Arc;

use chrono::TimeDelta;

use super::flow::Service;
use super::{DEFAULT_RATE, Site, World};
use crate::machine::{Event, Failure, Item, JobStateMachine};
use crate::scenario::ast::{Answer, Lacks};
use crate::vocabulary::{ErrorContext, FileIndex, FileInfo, HResult, JobType};

/// The certificate of a server, named `host:port`, by its hash.
pub(super) type Certificate = (Arc<str>, Arc<[u8]>);

/// A server that was asked, and what it will answer.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) latency: TimeDelta,
    /// What it shows before it answers.
    pub(super) certificate: Option<Certificate>,
    pub(super) contact: Contact,
}

/// What a server answers.
#[derive(Debug)]
pub(super) enum Contact {
    /// That happens, without any byte.
    Refuses(Vec<Event>),
    /// The headers of the response, and bytes.
    Serves(Option<Arc<str>>, Service),
}

impl Contact {
    fn fails(code: HResult, context: Option<ErrorContext>) -> Self {
        Self::Refuses(vec![failed(code, context)])
    }

    fn nothing() -> Self {
        Self::Serves(None, Service::nothing(DEFAULT_RATE))
    }
}

impl Asked {
    fn at_once(contact: Contact) -> Self {
        Self { latency: TimeDelta::zero(), certificate: None, contact }
    }
}

impl World {
    /// What the server answers to an attempt at the present item. A reply is asked for where the
    /// upload went.
    pub(super) fn ask(&mut self, job: &JobStateMachine) -> Asked {
        let Some(item) = job.current() else { return Asked::at_once(Contact::nothing()) };
        let index = match item {
            Item::File(file) => file,
            Item::Reply => FileIndex(0),
        };
        let Some(file) = job.file(index) else { return Asked::at_once(Contact::nothing()) };
        if job.job_type() != JobType::Download && self.local_size(file).is_none() {
            // FILES-33
            let local = Some(ErrorContext::LocalFile);
            return Asked::at_once(Contact::fails(HResult::ERROR_FILE_NOT_FOUND, local));
        }
        let url = job.location().unwrap_or(&file.remote_name);
        let (host, path) = split(url);
        let Some((server, cursor)) =
            self.servers.iter_mut().find(|(known, _)| known.host.eq_ignore_ascii_case(host))
        else {
            let unknown = HResult::ERROR_WINHTTP_NAME_NOT_RESOLVED;
            return Asked::at_once(Contact::fails(unknown, None));
        };
        let (latency, rate, lacks) = (server.latency, server.rate, server.lacks);
        let certificate = (job.checks_certificates() && is_https(url))
            .then(|| (with_port(host), server.certificate.clone().unwrap_or_else(no_hash)));
        let contact = match cursor.answer(&server.answers) {
            Answer::Well => self.ask_resource(job, item, file, (host, path), (rate, lacks)),
            answer => refusal(job, answer).unwrap_or_else(Contact::nothing),
        };
        Asked { latency, certificate, contact }
    }

    fn ask_resource(
        &mut self,
        job: &JobStateMachine,
        item: Item,
        file: &FileInfo,
        (host, path): (&str, &str),
        (rate, server_lacks): (u64, Lacks),
    ) -> Contact {
        let local_size = self.local_size(file);
        let found = self
            .sites
            .iter_mut()
            .find(|site| site.host.eq_ignore_ascii_case(host) && &*site.resource.path == path);
        let Some(site) = found else { return Contact::Refuses(vec![http(404)]) };
        let answer = match item {
            Item::File(_) => site.answers.answer(&site.resource.answers),
            Item::Reply => site.reply.answer(&site.resource.reply_answers),
        };
        let breaks = match answer {
            Answer::Fails { failure, after: Some(after) } => Some((after, Event::Failed(failure))),
            Answer::Changes { after } => Some((after, Event::FileChanged)),
            answer => match refusal(job, answer) {
                Some(contact) => return contact,
                None => None,
            },
        };
        let lacks = Lacks {
            ranges: server_lacks.ranges || site.resource.lacks.ranges,
            sizes: server_lacks.sizes || site.resource.lacks.sizes,
        };
        let (size, tells_size) = match (job.job_type(), item) {
            (_, Item::Reply) => (None, false),
            (JobType::Download, Item::File(_)) => {
                match download_size(job, site.resource.size, lacks) {
                    Ok(size) => (Some(size), !lacks.sizes),
                    Err(events) => return Contact::Refuses(events),
                }
            }
            (JobType::Upload | JobType::UploadReply, Item::File(_)) => (local_size, true),
        };
        let application = match (job.job_type(), item) {
            (JobType::Download, _) | (_, Item::Reply) => None,
            (JobType::Upload, Item::File(_)) => application_failure(job, site),
            (JobType::UploadReply, Item::File(_)) => {
                let reply = Event::ReplyStarted(site.resource.reply);
                Some(application_failure(job, site).unwrap_or(reply))
            }
        };
        let headers = site.resource.headers.clone().filter(|_| matches!(item, Item::File(_)));
        Contact::Serves(headers, Service { size, tells_size, breaks, rate, application })
    }

    fn local_size(&self, file: &FileInfo) -> Option<u64> {
        let local = self.local_files.iter().find(|(path, _)| *path == file.local_name);
        local.map(|(_, size)| *size)
    }
}

/// What an answer does before any byte; `None` if bytes may flow. HTTP-12: an upload cannot be
/// redirected, so the status is its failure (ERR-28).
fn refusal(job: &JobStateMachine, answer: Answer) -> Option<Contact> {
    let events = match answer {
        Answer::Well => return None,
        Answer::Fails { failure, .. } => vec![Event::Failed(failure)],
        Answer::Redirects { status, url } if job.job_type() == JobType::Download => {
            vec![Event::Redirected(status, url)]
        }
        Answer::Redirects { status, .. } => vec![http(status)],
        Answer::Changes { .. } => vec![Event::Connected, Event::FileChanged],
        Answer::ForgetsSession => vec![Event::Connected, Event::SessionLost],
    };
    Some(Contact::Refuses(events))
}

fn failed(code: HResult, context: Option<ErrorContext>) -> Event {
    // The codes used here are failures; 404 stands in for one that were not.
    let failure = Failure::new(code).unwrap_or_else(|_| Failure::http(404));
    Event::Failed(context.map_or(failure, |context| failure.in_context(context)))
}

fn http(status: u16) -> Event {
    Event::Failed(Failure::http(status))
}

/// The size of a resource, or why a download of it fails: HTTP-02 without a size, HTTP-03 without
/// ranges.
fn download_size(
    job: &JobStateMachine,
    size: Option<u64>,
    lacks: Lacks,
) -> Result<u64, Vec<Event>> {
    let missing = || vec![failed(HResult::BG_E_MISSING_FILE_SIZE, None)];
    let size = size.filter(|_| !lacks.sizes || !job.needs_size()).ok_or_else(missing)?;
    if lacks.ranges && job.needs_ranges(size) {
        // HTTP-03: the size is known by then; it is the first request for a range that fails.
        let refused = failed(HResult::BG_E_INSUFFICIENT_RANGE_SUPPORT, None);
        let known = (!lacks.sizes).then_some(Event::SizeKnown(size));
        return Err([Event::Connected].into_iter().chain(known).chain([refused]).collect());
    }
    Ok(size)
}

/// How the server application behind an upload fails, if it does. A file that it refused with 403
/// is not posted to it again (ERR-29).
fn application_failure(job: &JobStateMachine, site: &mut Site) -> Option<Event> {
    let answer = if job.posts_again() {
        site.application.answer(&site.resource.application)
    } else {
        Answer::Fails { failure: Failure::http(403), after: None }
    };
    match answer {
        Answer::Fails { failure, .. } => {
            let context = failure.context().unwrap_or(ErrorContext::RemoteApplication);
            Some(Event::Failed(failure.in_context(context)))
        }
        Answer::Well
        | Answer::Redirects { .. }
        | Answer::Changes { .. }
        | Answer::ForgetsSession => None,
    }
}

/// Host and path of a URL; of a path on a share, its server and the rest.
pub(super) fn split(url: &str) -> (&str, &str) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.trim_start_matches('\\');
    match rest.find(['/', '\\']) {
        Some(at) => rest.split_at(at),
        None => (rest, "/"),
    }
}

fn is_https(url: &str) -> bool {
    url.split_once("://").is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("https"))
}

fn with_port(host: &str) -> Arc<str> {
    if host.contains(':') { host.into() } else { format!("{host}:443").into() }
}

fn no_hash() -> Arc<[u8]> {
    Arc::new([0; 20])
}
