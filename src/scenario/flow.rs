//! How bytes flow between job and server: the interesting instants, never byte by byte.

use chrono::{DateTime, TimeDelta, Utc};

use crate::machine::{Event, Failure, Item, JobStateMachine};

/// What a server that answers well will do.
#[derive(Debug)]
pub(super) struct Service {
    /// The size of the file; `None` for a reply, whose size the job knows.
    pub(super) size: Option<u64>,
    /// How many bytes of the item are moved in all before it fails, if it does.
    pub(super) fails: Option<(u64, Failure)>,
    pub(super) rate: u64,
    /// What the server application answers when the upload is wholly sent.
    pub(super) application: Option<Event>,
}

#[derive(Debug)]
pub(super) struct Flow {
    /// What flows.
    pub(super) item: Option<Item>,
    since: DateTime<Utc>,
    pub(super) rate: u64,
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
    /// The flow of what is missing of the present item.
    pub(super) fn flow(self, job: &JobStateMachine, now: DateTime<Utc>) -> Flow {
        let (total, there) = progress(job);
        let total = self.size.or(total).unwrap_or(there);
        let there = there.min(total);
        let (length, ends_with) = match (self.fails, self.application) {
            (Some((after, failure)), _) if after < total => {
                (after.saturating_sub(there), End::Then(Event::Failed(failure)))
            }
            // The last fragment is not acknowledged if the application behind it fails.
            (_, Some(event @ Event::Failed(_))) => (total - there, End::Instead(event)),
            (_, Some(event)) => (total - there, End::Then(event)),
            (_, None) => (total - there, End::Bytes),
        };
        Flow { item: job.current(), since: now, rate: self.rate, length, told: 0, ends_with }
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
pub(super) fn saturating_add(instant: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    instant.checked_add_signed(by).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
