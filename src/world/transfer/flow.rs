//! The flow of bytes between a job and a server: its interesting instants, never byte by byte.

use std::hash::{Hash, Hasher};

use chrono::{DateTime, TimeDelta, Timelike, Utc};

use crate::machine::TransferItem;
use crate::vocabulary::RemoteName;
use crate::vocabulary::canonical::Canonical;
use crate::world::canonical::Revisions;
use crate::world::server::address::Address;
use crate::world::server::fault::{FaultEffect, FaultKind, Phase};
use crate::world::server::resource::Version;

/// In a second that many nanoseconds.
const BILLION: u128 = 1_000_000_000;

/// Bytes of one item that flow.
#[derive(Debug, Clone)]
pub(crate) struct Flow {
    pub(crate) item: TransferItem,
    pub(crate) url: RemoteName,
    /// The version of the file at the start, to see whether it is still the same at the end.
    pub(crate) version: Option<Version>,
    /// Whether it comes over the network, or goes there.
    pub(crate) is_remote: bool,
    /// What the server gives, in bytes a second.
    pub(crate) server_rate: u64,
    /// How many bytes a second flow since then.
    rate: u64,
    since: DateTime<Utc>,
    /// Since when they flow.
    pub(crate) begun: DateTime<Utc>,
    /// How many bytes of the item were there before.
    pub(crate) base: u64,
    /// How many bytes flow until the end.
    pub(crate) length: u64,
    /// How many of them had arrived by then, reported or not.
    arrived_before: u64,
    /// What had arrived of the next one, in billionths.
    fraction: u64,
    /// The first byte that an upload sends.
    pub(crate) first: u64,
    /// The next byte that it is to send, as the last Ack said.
    pub(crate) acknowledged: u64,
    /// How many of them the server of an upload received.
    pub(crate) received: u64,
    /// For how many of the last of them no Ack reaches the job.
    unacknowledged: u64,
    /// How many of them were reported to the job.
    pub(crate) reported: u64,
    /// How many of them have to be there when the next instant comes.
    stop: u64,
    pub(crate) end: FlowEnd,
}

/// What happens when the bytes are there.
#[derive(Debug, Clone)]
pub(crate) enum FlowEnd {
    /// The item is whole.
    Complete,
    /// The item is whole, and only now is it known how large it was (PROP-33).
    SizeRevealed,
    /// The server accepts the upload, or the application behind it decides (UPLOAD-04).
    Finalize,
    /// A fault happens behind these bytes.
    FaultAfter(FaultKind),
    /// A fault happens before the last of these bytes counts.
    FaultInstead(FaultKind),
}

impl FlowEnd {
    /// Returns how many bytes flow, and what then happens, for an item of that size of which `base` bytes
    /// are there and `missing` are not.
    pub(crate) fn of(
        fault: Option<&FaultEffect>,
        (size, base, missing): (u64, u64, u64),
        usual: Self,
    ) -> (u64, Self) {
        let Some(fault) = fault else { return (missing, usual) };
        match fault.after_bytes(size).map(|bytes| bytes.saturating_sub(base)) {
            Some(bytes) if bytes < missing => (bytes, Self::FaultAfter(fault.kind.clone())),
            _ if fault.phase == Phase::AtEnd => (missing, Self::FaultInstead(fault.kind.clone())),
            _ => (missing, usual),
        }
    }
}

impl Flow {
    pub(crate) fn new(
        (item, url): (TransferItem, RemoteName),
        now: DateTime<Utc>,
        rate: u64,
        base: u64,
        (length, end): (u64, FlowEnd),
    ) -> Self {
        let is_remote = !Address::of(&url).is_drive();
        Self {
            item,
            url,
            version: None,
            is_remote,
            server_rate: rate,
            rate,
            since: now,
            begun: now,
            base,
            length,
            arrived_before: 0,
            fraction: 0,
            first: base,
            acknowledged: base,
            received: 0,
            unacknowledged: 0,
            reported: 0,
            stop: length,
            end,
        }
    }

    /// Of an upload: the byte with which the client begins, how many bytes of the file the server has,
    /// of how many the job knows, and of how many of the last that flow it will not hear.
    pub(crate) fn of_upload(
        self,
        first: u64,
        (server_has, job_knows): (u64, u64),
        unacknowledged: u64,
    ) -> Self {
        let arrived_before = server_has.saturating_sub(self.base).min(self.length);
        let reported = job_knows.saturating_sub(self.base).min(self.length);
        Self {
            first,
            acknowledged: first,
            arrived_before,
            received: arrived_before,
            reported,
            unacknowledged,
            ..self
        }
    }

    /// How many of its bytes the job may know of when all are there.
    pub(crate) fn visible(&self) -> u64 {
        self.length.saturating_sub(self.unacknowledged)
    }

    /// The next byte that the server of an upload lacks.
    pub(crate) const fn next(&self) -> u64 {
        self.base.saturating_add(self.received)
    }

    /// Makes the next instant come now.
    pub(crate) const fn stop_now(&mut self) {
        self.stop = self.arrived_before;
    }

    /// How many bytes are there.
    pub(crate) fn arrived(&self, now: DateTime<Utc>) -> u64 {
        self.arrived_exactly(now).0
    }

    /// Bytes, and billionths of the next one.
    fn arrived_exactly(&self, now: DateTime<Utc>) -> (u64, u64) {
        let elapsed = (now - self.since).max(TimeDelta::zero());
        let seconds = u128::from(elapsed.num_seconds().unsigned_abs());
        let elapsed = seconds * BILLION + u128::from(elapsed.subsec_nanos().unsigned_abs());
        let flowed = elapsed.saturating_mul(self.rate.into()).saturating_add(self.fraction.into());
        let bytes = u64::try_from(flowed / BILLION).unwrap_or(u64::MAX);
        let fraction = u64::try_from(flowed % BILLION).unwrap_or_default();
        (bytes.saturating_add(self.arrived_before).min(self.length), fraction)
    }

    /// Changes the rate; what has flowed is not lost.
    pub(crate) fn set_rate(&mut self, rate: u64, now: DateTime<Utc>) {
        if rate != self.rate {
            (self.arrived_before, self.fraction) = self.arrived_exactly(now);
            self.since = self.since.max(now);
            self.rate = rate;
        }
    }

    /// How many bytes can be reported before the end: not the last one, with which an item is whole.
    pub(crate) fn reportable(&self, now: DateTime<Utc>) -> u64 {
        self.arrived(now).min(self.length.saturating_sub(self.unacknowledged.max(1)))
    }

    /// Plans the next instant: the end, or when there is one byte more than fits.
    pub(crate) fn plan(&mut self, room: u64) {
        self.stop = self.reported.saturating_add(room).saturating_add(1).min(self.length);
    }

    /// When the next interesting instant is, if it comes.
    pub(crate) fn due(&self) -> Option<DateTime<Utc>> {
        self.instant_of(self.stop)
    }

    /// When that many bytes are there, if ever.
    pub(crate) fn instant_of(&self, bytes: u64) -> Option<DateTime<Utc>> {
        let bytes = bytes.saturating_sub(self.arrived_before);
        if bytes == 0 {
            return Some(self.since);
        }
        let missing = (u128::from(bytes) * BILLION).saturating_sub(self.fraction.into());
        if self.rate == 0 {
            return None;
        }
        let micros = missing.div_ceil(self.rate.into()).div_ceil(1_000);
        self.since.checked_add_signed(TimeDelta::microseconds(i64::try_from(micros).ok()?))
    }
}

impl Flow {
    /// Adds what decides how it goes on. Normalised: what has flowed by `now`, not since when at which rate;
    /// of that instant only the part below a microsecond counts, to which due instants are rounded up. Where
    /// the log of an upload begins does not count, nor what is clear from the URL.
    pub(crate) fn hash_canonical<H: Hasher>(
        &self,
        now: DateTime<Utc>,
        revisions: &mut Revisions,
        hasher: &mut H,
    ) {
        let Self {
            item,
            url,
            version,
            is_remote: _,
            server_rate,
            rate,
            since,
            begun,
            base,
            length,
            arrived_before: _,
            fraction: _,
            first: _,
            acknowledged,
            received,
            unacknowledged,
            reported,
            stop,
            end,
        } = self;
        let (arrived, fraction) = self.arrived_exactly(now);
        let fraction = if arrived == *length { 0 } else { fraction };
        (item, url, server_rate, rate, since.nanosecond() % 1_000, begun).hash(hasher);
        (base, length, arrived, fraction, acknowledged, received).hash(hasher);
        (unacknowledged, reported, stop).hash(hasher);
        hasher.write_u8(version.is_some().into());
        if let Some(version) = version {
            version.hash_canonical(revisions, hasher);
        }
        end.hash_canonical(hasher);
    }
}

impl Canonical for FlowEnd {
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        std::mem::discriminant(self).hash(hasher);
        match self {
            Self::FaultAfter(kind) | Self::FaultInstead(kind) => kind.hash_canonical(hasher),
            Self::Complete | Self::SizeRevealed | Self::Finalize => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::property_tests;

    const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn flow(rate: u64, length: u64) -> Flow {
        Flow::new((TransferItem::Reply, "".into()), START, rate, 0, (length, FlowEnd::Complete))
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

    /// A fault behind more bytes than are asked for does not happen: of an on-demand file, for instance.
    #[test]
    fn a_fault_behind_what_is_missing_does_not_happen() {
        let phase = Phase::AfterBytes(50);
        let fault = FaultEffect { kind: FaultKind::Silence, phase, unacknowledged: 0 };
        let of = |base, missing| FlowEnd::of(Some(&fault), (100, base, missing), FlowEnd::Complete);
        assert!(matches!(of(0, 10), (10, FlowEnd::Complete)));
        assert!(matches!(of(0, 50), (50, FlowEnd::Complete)));
        assert!(matches!(of(0, 51), (50, FlowEnd::FaultAfter(FaultKind::Silence))));
        assert!(matches!(of(20, 80), (30, FlowEnd::FaultAfter(FaultKind::Silence))));
    }

    fn rates() -> impl Strategy<Value = u64> {
        prop_oneof![Just(0), 0_u64..50, any::<u32>().prop_map(u64::from)]
    }

    proptest! {
        #![proptest_config(property_tests::config())]

        /// However often the rate changes: as many bytes are there as flowed, to the billionth, and the
        /// last is there at the instant named, and no earlier.
        #[test]
        fn nothing_is_lost_when_the_rate_changes(
            changes in vec((0_i64..5_000_000_000, rates()), 0..20),
            rate in 0_u64..1_000_000,
            length in 1_u64..10_000_000_000,
        ) {
            let mut flow = flow(rate, length);
            let (mut now, mut rate, mut flowed) = (START, rate, 0_u128);
            for (wait, next) in changes {
                now += TimeDelta::nanoseconds(wait);
                flowed += u128::from(wait.unsigned_abs()) * u128::from(rate);
                let expected = (flowed / BILLION).min(length.into());
                prop_assert_eq!(u128::from(flow.arrived(now)), expected);
                flow.set_rate(next, now);
                prop_assert_eq!(u128::from(flow.arrived(now)), expected);
                rate = next;
            }
            if let Some(due) = flow.due() {
                prop_assert_eq!(flow.arrived(due.max(now)), length);
                let before = due - TimeDelta::microseconds(1);
                prop_assert!(before < now || flow.arrived(before) < length);
            } else {
                prop_assert_eq!(rate, 0);
            }
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
