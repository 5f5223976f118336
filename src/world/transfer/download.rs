//! Downloads: what a request needs of the server, and which bytes flow.

use super::PendingRequest;
use super::attempt::Attempt;
use super::file_state::{FileState, Source, progress};
use super::flow::{Flow, FlowEnd};
use super::refusal::{Refusal, not_found};
use crate::machine::{Event, JobStateMachine, TransferItem};
use crate::vocabulary::errors::ensure;
use crate::vocabulary::{
    FileIndex, FileRange, HResult, JobProperty, JobPropertyId, Protocol, RemoteName,
};
use crate::world::failure::failure;
use crate::world::server::address::Address;
use crate::world::server::content::Content;
use crate::world::server::fault::FaultEffect;
use crate::world::server::resource::{ResourceState, Version};

/// How many bytes the headers of a part may have besides Content-Range and Content-Type (HTTP-05).
const MOST_PART_HEADER_BYTES: u64 = 180;
/// How many CR LF may stand between the headers of the answer and its first part (HTTP-05).
const MOST_BREAKS_BEFORE_PARTS: u32 = 2;

/// What a server is able to do for one request.
pub(crate) struct Abilities {
    pub(crate) lengths: bool,
    ranges: bool,
    merges_ranges: bool,
    breaks_parts: bool,
    lower_case: bool,
    http_1_0: bool,
    rate: u64,
}

impl Attempt<'_> {
    pub(crate) fn serve_download(
        &mut self,
        item: TransferItem,
        request: &PendingRequest,
        fault: Option<&FaultEffect>,
    ) -> Result<(Vec<Event>, Flow), Refusal> {
        let url = &request.url;
        let TransferItem::File(file) = item else { return Err(not_found(&Address::of(url))) };
        let address = Address::of(url);
        let abilities = self.abilities(&address)?;
        let resource = self.env.resource(&address)?;
        let content = resource.content.clone().ok_or_else(|| not_found(&address))?;
        let version = resource.version(url);
        let headers = headers(resource, &abilities, content.size());
        let source = (address.protocol == Protocol::File)
            .then(|| Source { owner: resource.owner, acl: resource.acl.clone() });
        let told = request.head().and_then(|head| head.size);
        // HTTP-02, HTTP-03
        let missing = match told {
            None => HResult::BG_E_MISSING_FILE_SIZE,
            Some(_) => HResult::BG_E_INSUFFICIENT_RANGE_SUPPORT,
        };
        let has_size = abilities.lengths || told == Some(0) || !self.job.needs_size();
        ensure(has_size, lacks(&abilities, missing))?;
        // HTTP-19
        let is_as_told = told.is_none_or(|told| told == content.size());
        let response = failure(HResult::BG_E_INVALID_SERVER_RESPONSE);
        ensure(is_as_told, response.transient())?;
        self.ensure_unchanged(file, &version, &abilities)?;
        if self.job.needs_ranges(content.size()) && !abilities.ranges {
            // HTTP-03, SCHED-18
            return Err(lacks(&abilities, HResult::BG_E_INSUFFICIENT_RANGE_SUPPORT));
        }
        let content_to_send = self.requested_content(file, &content, &abilities)?;
        let total = abilities.lengths.then(|| content_to_send.size());
        let mut flow = self.flow((item, url), &content_to_send, total, fault, abilities.rate);
        flow.version = Some(version.clone());
        let on_demand = self.job.filled_file_ranges(file).is_ok();
        let state = self.transfer.files.entry(item).or_default();
        // DONE-23
        let content_to_send = match flow.base {
            0 => content_to_send,
            _ if on_demand => content_to_send,
            base => content_to_send.resumed(&state.content, base),
        };
        let path = state.path.take();
        let modified = version.modified;
        let version = Some(version);
        *state = FileState {
            path,
            content: content_to_send,
            modified,
            version,
            source,
            ..FileState::default()
        };
        let headers =
            (address.protocol == Protocol::Http).then(|| Event::HeadersReceived(headers.into()));
        // PROGRESS-04: of the whole file, whatever is wanted of it.
        let size = total.filter(|_| told.is_none()).map(|_| Event::SizeKnown(content.size()));
        Ok((headers.into_iter().chain(size).collect(), flow))
    }

    /// File servers always know sizes and read from any byte.
    pub(crate) fn abilities(&mut self, address: &Address) -> Result<Abilities, Refusal> {
        let stripped = self.env.proxy.is_used(self.job, address) && self.env.proxy.removes_ranges();
        let server = self.env.server(address)?;
        let share = address.protocol == Protocol::File;
        let resource = server.resources.get(&*address.path);
        let lacks_lengths = resource.is_some_and(|resource| resource.lacks_lengths);
        let lacks_ranges = resource.is_some_and(|resource| resource.lacks_ranges) || stripped;
        Ok(Abilities {
            lengths: !(server.lacks_lengths || lacks_lengths) || share,
            ranges: !(server.lacks_ranges || lacks_ranges) || share,
            merges_ranges: server.merges_ranges && !share,
            // HTTP-05
            breaks_parts: !share
                && (server.part_header_bytes > MOST_PART_HEADER_BYTES
                    || server.breaks_before_parts > Some(MOST_BREAKS_BEFORE_PARTS)),
            lower_case: server.lower_case_headers,
            http_1_0: server.http_1_0 && !share,
            rate: server.rate_of(&address.path),
        })
    }

    /// HTTP-08: another file than the one that was begun starts from zero. FILES-26: so does a file
    /// that a server under another name cannot resume.
    pub(crate) fn ensure_unchanged(
        &mut self,
        file: FileIndex,
        version: &Version,
        abilities: &Abilities,
    ) -> Result<(), Refusal> {
        let (_, there) = progress(self.job, TransferItem::File(file));
        let state = self.transfer.files.entry(TransferItem::File(file)).or_default();
        let Some(begun) = state.version.as_ref().filter(|_| there > 0) else { return Ok(()) };
        let elsewhere = begun.url != version.url && !abilities.ranges;
        if begun.differs(version) || elsewhere {
            state.version = None;
            return Err(Refusal::RetryAfter(Event::FileChanged));
        }
        Ok(())
    }

    /// What arrives of a file: all of it, or its ranges back to back.
    fn requested_content(
        &self,
        file: FileIndex,
        content: &Content,
        abilities: &Abilities,
    ) -> Result<Content, Refusal> {
        let ranges = self.job.file_ranges(file);
        if ranges.is_empty() {
            return Ok(content.clone());
        }
        // FILES-22; HTTP-05, of which the code is an interpretation.
        let has_parts = !abilities.merges_ranges && !abilities.breaks_parts;
        ensure(has_parts || ranges.len() <= 1, HResult::BG_E_INVALID_SERVER_RESPONSE)?;
        content.ranges(ranges).ok_or_else(|| HResult::BG_E_INVALID_RANGE.into())
    }

    /// What is missing of the item flows, until a fault or the end.
    pub(crate) fn flow(
        &self,
        (item, url): (TransferItem, &RemoteName),
        content: &Content,
        total: Option<u64>,
        fault: Option<&FaultEffect>,
        rate: u64,
    ) -> Flow {
        let size = content.size();
        let (known, there) = progress(self.job, item);
        // Of another size nothing that is there counts (HTTP-08).
        let restarts = total.is_some() && known.is_some_and(|known| known != size);
        let base = if restarts || there > size { 0 } else { there };
        let missing = match asked_for(self.job, item, total) {
            Some(asked) => asked,
            None => size - base,
        };
        let most = download_room(self.job, item);
        let end = if total.is_none() { FlowEnd::SizeRevealed } else { FlowEnd::Complete };
        let until = FlowEnd::of(fault, (size, base, missing), end);
        // PROP-36: the job fails with the first byte too many.
        let until =
            if most < until.0 { (most.saturating_add(1), FlowEnd::Complete) } else { until };
        Flow::new((item, url.clone()), self.now, rate, base, until)
    }
}

/// PROP-36: how many more bytes the job may download.
pub(crate) fn download_room(job: &JobStateMachine, item: TransferItem) -> u64 {
    match job.property(JobPropertyId::MaxDownloadSize) {
        Some(JobProperty::MaxDownloadSize(most)) if most > 0 && item != TransferItem::Reply => {
            most.saturating_sub(job.progress().bytes_transferred)
        }
        _ => u64::MAX,
    }
}

/// How much an on-demand job wants of a file of that size (PROP-38). `None` for other jobs.
fn asked_for(job: &JobStateMachine, item: TransferItem, size: Option<u64>) -> Option<u64> {
    let TransferItem::File(file) = item else { return None };
    job.filled_file_ranges(file).ok()?;
    let size = size.unwrap_or(u64::MAX);
    let length = |range: &FileRange| {
        range.end().unwrap_or(size).min(size).saturating_sub(range.initial_offset)
    };
    let missing = job.missing_file_ranges(file);
    Some(missing.iter().fold(0, |sum, range| length(range).saturating_add(sum)))
}

/// HTTP-01: an HTTP/1.0 server is good enough until something is missing.
pub(crate) fn lacks(abilities: &Abilities, code: HResult) -> Refusal {
    if abilities.http_1_0 { HResult::BG_E_INSUFFICIENT_HTTP_SUPPORT.into() } else { code.into() }
}

/// PROGRESS-17: the headers of the answer, one a line. What a test says of one comes instead of what
/// the server would say, in whatever case its name is (HTTP-06).
fn headers(resource: &ResourceState, abilities: &Abilities, size: u64) -> String {
    let length = abilities.lengths.then(|| ("Content-Length", size.to_string()));
    let ranges = abilities.ranges.then(|| ("Accept-Ranges", "bytes".to_owned()));
    let modified = resource
        .modified
        .map(|at| ("Last-Modified", at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()));
    let said = |name: &str| resource.headers.iter().any(|(own, _)| own.eq_ignore_ascii_case(name));
    let usual = [length, ranges, modified].into_iter().flatten().filter(|(name, _)| !said(name));
    let own = resource.headers.iter().map(|(name, value)| (&**name, (**value).to_owned()));
    let version = if abilities.http_1_0 { "1.0" } else { "1.1" };
    let mut headers = format!("HTTP/{version} 200 OK\r\n");
    for (name, value) in usual.chain(own) {
        let name = if abilities.lower_case { name.to_ascii_lowercase() } else { name.to_owned() };
        headers.push_str(&format!("{name}: {value}\r\n"));
    }
    headers
}
