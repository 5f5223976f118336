//! How bytes flow between job and server: the interesting instants, never byte by byte.

use chrono::{DateTime, TimeDelta, Utc};

use crate::machine::{Event, Item, JobStateMachine};
use crate::vocabulary::{JobProperty, JobPropertyId};

/// What a server that answers well will do.
#[derive(Debug)]
pub(super) struct Service {
    /// The size of the whole item; `None` for a reply, whose size the job knows.
    pub(super) size: Option<u64>,
    /// Whether the server says how large it is.
    pub(super) tells_size: bool,
    /// How many bytes of the item are moved in all before that happens, if it does.
    pub(super) breaks: Option<(u64, Event)>,
    pub(super) rate: u64,
    /// What the server application answers when the upload is wholly sent.
    pub(super) application: Option<Event>,
}

#[derive(Debug)]
pub(super) struct Flow {
    /// What flows.
    pub(super) item: Option<Item>,
    pub(super) since: DateTime<Utc>,
    rate: u64,
    /// How many bytes flow, and how many of them the job was told of.
    pub(super) length: u64,
    pub(super) told: u64,
    ends_with: End,
}

#[derive(Debug)]
enum End {
    /// The rest of the bytes arrives.
    Bytes,
    /// The rest arrives, then this happens.
    Then(Event),
    /// This happens instead of the arrival of the rest.
    Instead(Event),
}

impl Service {
    /// A connection at which nothing is moved.
    pub(super) const fn nothing(rate: u64) -> Self {
        Self { size: None, tells_size: false, breaks: None, rate, application: None }
    }

    /// The flow of what is missing of the present item.
    pub(super) fn flow(self, job: &JobStateMachine, now: DateTime<Utc>) -> Flow {
        // What the job knows once it was told the size: which bytes it wants, and which count.
        let mut told = job.clone();
        let size = self.size.filter(|_| self.tells_size).map(Event::SizeKnown);
        for event in [Event::Connected].into_iter().chain(size) {
            let _ = told.handle(event, now);
        }
        let (total, there) = progress(&told);
        let total = total.or(self.size).unwrap_or(there);
        let there = there.min(total);
        let missing = asked(&told).unwrap_or(total - there);
        let (length, ends_with) = match (self.breaks, self.application) {
            (Some((after, event)), _) if after < there.saturating_add(missing) => {
                (after.saturating_sub(there), End::Then(event))
            }
            // The last fragment is not acknowledged if the application behind it fails.
            (_, Some(event @ Event::Failed(_))) => (missing, End::Instead(event)),
            (_, Some(event)) => (missing, End::Then(event)),
            // The end of the content tells its size.
            (_, None) if self.size.is_some() && !self.tells_size => {
                (missing, End::Then(Event::FileTransferred))
            }
            (_, None) => (missing, End::Bytes),
        };
        // PROP-36: the job notices the first byte beyond its limit.
        let (length, ends_with) = match room(&told) {
            Some(room) if length > room => (room + 1, End::Bytes),
            _ => (length, ends_with),
        };
        let (item, rate) = (told.current(), self.rate);
        Flow { item, since: now, rate, length, told: 0, ends_with }
    }
}

/// The size of the present item, if it is known, and how much of it is there.
fn progress(job: &JobStateMachine) -> (Option<u64>, u64) {
    match job.current() {
        Some(Item::File(file)) => job
            .file_progress(file)
            .map_or((None, 0), |progress| (progress.bytes_total, progress.bytes_transferred)),
        Some(Item::Reply) => job
            .reply_progress()
            .map_or((None, 0), |progress| (progress.bytes_total, progress.bytes_transferred)),
        None => (None, 0),
    }
}

/// How many bytes an on-demand job asked for that are not there (PROP-38). `None` for any other job,
/// which takes all.
fn asked(job: &JobStateMachine) -> Option<u64> {
    let Some(Item::File(file)) = job.current() else { return None };
    job.filled_file_ranges(file).ok()?;
    let missing = job.missing_file_ranges(file);
    Some(missing.iter().fold(0, |sum, range| range.length.saturating_add(sum)))
}

/// How many bytes the job may still download (PROP-36).
fn room(job: &JobStateMachine) -> Option<u64> {
    match job.property(JobPropertyId::MaxDownloadSize)? {
        JobProperty::MaxDownloadSize(limit) => {
            Some(limit.saturating_sub(job.progress().bytes_transferred))
        }
        _ => None,
    }
}

impl Flow {
    pub(super) fn arrived(&self, now: DateTime<Utc>) -> u64 {
        let elapsed = (now - self.since).num_microseconds().unwrap_or(i64::MAX).max(0);
        let bytes = u128::from(elapsed.unsigned_abs()) * u128::from(self.rate) / 1_000_000;
        u64::try_from(bytes).unwrap_or(u64::MAX).min(self.length)
    }

    /// When so many bytes have arrived.
    pub(super) fn instant_of(&self, bytes: u64) -> DateTime<Utc> {
        let micros = (u128::from(bytes) * 1_000_000).div_ceil(u128::from(self.rate.max(1)));
        let micros = i64::try_from(micros).unwrap_or(i64::MAX);
        saturating_add(self.since, TimeDelta::microseconds(micros))
    }

    /// The job asked for more of the same file, which follows at once.
    pub(super) fn extend(&mut self, job: &JobStateMachine) {
        if let (Some(missing), End::Bytes) = (asked(job), &self.ends_with) {
            self.length = self.told.saturating_add(missing);
        }
    }

    pub(super) fn end(self) -> Vec<Event> {
        let rest = self.length - self.told;
        let bytes = (rest > 0).then_some(Event::Progressed(rest));
        match self.ends_with {
            // An item without bytes is transferred all the same.
            End::Bytes => vec![bytes.unwrap_or(Event::FileTransferred)],
            End::Then(event) => bytes.into_iter().chain([event]).collect(),
            End::Instead(event) => vec![event],
        }
    }
}

/// An instant later by that much, or the last one there is.
pub(in crate::scenario) fn saturating_add(instant: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    instant.checked_add_signed(by).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
