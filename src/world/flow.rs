//! How bytes flow between a job and a server: the interesting instants, never byte by byte.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::fault::What;
use super::resource::Version;
use crate::machine::Item;

/// Bytes of one item that flow.
#[derive(Debug, Clone)]
pub(super) struct Flow {
    pub(super) item: Item,
    pub(super) url: Arc<str>,
    /// Which file flows, to see whether it is still the same at the end.
    pub(super) version: Option<Version>,
    since: DateTime<Utc>,
    /// Bytes a second.
    rate: u64,
    /// How many bytes of the item were there before.
    pub(super) base: u64,
    /// How many bytes flow until the end.
    pub(super) length: u64,
    /// How many of them the other side had before, though the job was not told.
    head: u64,
    /// How many of them the job was told of.
    pub(super) told: u64,
    /// How many of them have to be there when the next instant comes.
    stop: u64,
    pub(super) end: End,
}

/// What happens when the bytes are there.
#[derive(Debug, Clone)]
pub(super) enum End {
    /// The item is whole.
    Whole,
    /// The item is whole, and only now is it known how large it was (PROP-33).
    Revealed,
    /// The server takes the upload, or the application behind it says what it thinks (UPLOAD-04).
    Accepts,
    /// The item goes wrong behind these bytes.
    Then(What),
    /// The item goes wrong before the last of these bytes counts.
    Instead(What),
}

impl Flow {
    pub(super) fn new(
        (item, url): (Item, Arc<str>),
        now: DateTime<Utc>,
        rate: u64,
        base: u64,
        (length, end): (u64, End),
    ) -> Self {
        Self {
            item,
            url,
            version: None,
            since: now,
            rate,
            base,
            length,
            head: 0,
            told: 0,
            stop: length,
            end,
        }
    }

    /// The other side has so many bytes of the item already.
    pub(super) fn with_head(self, bytes: u64) -> Self {
        Self { head: bytes.saturating_sub(self.base).min(self.length), ..self }
    }

    /// How many bytes are there.
    pub(super) fn arrived(&self, now: DateTime<Utc>) -> u64 {
        let elapsed = (now - self.since).num_microseconds().unwrap_or(i64::MAX).max(0);
        let bytes = u128::from(elapsed.unsigned_abs()) * u128::from(self.rate) / 1_000_000;
        u64::try_from(bytes).unwrap_or(u64::MAX).saturating_add(self.head).min(self.length)
    }

    /// How many bytes the job may be told of before the end: not the last one, with which an item
    /// is whole.
    pub(super) fn countable(&self, now: DateTime<Utc>) -> u64 {
        self.arrived(now).min(self.length.saturating_sub(1))
    }

    /// Looks for the next instant: the end, or when there is one byte more than fits.
    pub(super) fn plan(&mut self, room: u64) {
        self.stop = self.told.saturating_add(room).saturating_add(1).min(self.length);
    }

    /// When the next interesting instant is, if it comes.
    pub(super) fn due(&self) -> Option<DateTime<Utc>> {
        let bytes = self.stop.saturating_sub(self.head);
        if bytes == 0 {
            return Some(self.since);
        }
        let micros = (u128::from(bytes) * 1_000_000).checked_div(u128::from(self.rate));
        let exact = u128::from(bytes) * 1_000_000 % u128::from(self.rate.max(1)) == 0;
        let micros = micros?.saturating_add(u128::from(!exact));
        self.since.checked_add_signed(TimeDelta::microseconds(i64::try_from(micros).ok()?))
    }
}

/// An instant later by that much, or the last one there is.
pub(super) fn later(instant: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    instant.checked_add_signed(by).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn flow(rate: u64, length: u64) -> Flow {
        Flow::new((Item::Reply, "".into()), START, rate, 0, (length, End::Whole))
    }

    #[test]
    fn the_last_byte_is_there_at_the_instant_named() {
        for (rate, length) in [(1, 1), (3, 10), (7, 4 << 30), (u64::MAX, 1), (1 << 20, 4 << 30)] {
            let flow = flow(rate, length);
            let due = flow.due().unwrap();
            assert_eq!(flow.arrived(due), length, "{length} bytes at {rate}");
            assert!(flow.arrived(due - TimeDelta::microseconds(2)) < length || rate > 1_000_000);
        }
    }

    #[test]
    fn nothing_comes_of_nothing_or_too_much() {
        assert_eq!(flow(0, 10).due(), None);
        assert_eq!(flow(1, u64::MAX).due(), None);
        assert_eq!(flow(0, 0).due(), Some(START));
        assert_eq!(flow(u64::MAX, u64::MAX).arrived(DateTime::<Utc>::MAX_UTC), u64::MAX);
    }
}
