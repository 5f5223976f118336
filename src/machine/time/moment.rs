//! Instants and spans as the machine keeps them: FILETIME ticks.

use std::num::NonZeroU64;
use std::time::Duration;

use chrono::{DateTime, Utc};

/// 100 ns units in a second.
const TICKS_PER_SECOND: i64 = 10_000_000;
/// Seconds from 1601, where FILETIME begins, to 1970.
const UNIX_EPOCH_SECONDS: i64 = 11_644_473_600;

/// An instant in 100 ns units since 1601, as a FILETIME counts (PROGRESS-12). Instants that a
/// FILETIME cannot hold are moved to the nearest that it can.
///
/// It is kept as one more than the units, so that an instant that may be missing takes no more room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "DateTime<Utc>", into = "DateTime<Utc>"))]
pub(crate) struct Moment(NonZeroU64);

/// The whole seconds of a duration as a `UINT32`, the unit of policies and of the calls that set
/// clocks. A longer duration is the longest that the unit can hold.
pub(crate) fn whole_seconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_secs()).unwrap_or(u32::MAX)
}

/// A length of time in 100 ns units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub(crate) struct Span(i64);

impl Moment {
    /// Where FILETIME begins.
    pub(crate) const START: Self = Self::at(0);

    /// That many units after the start; none before it.
    const fn at(ticks: i64) -> Self {
        let ticks = if ticks < 0 { 0 } else { ticks.cast_unsigned() };
        Self(NonZeroU64::MIN.saturating_add(ticks))
    }

    const fn ticks(self) -> i64 {
        (self.0.get() - 1).cast_signed()
    }

    pub(crate) const fn plus(self, span: Span) -> Self {
        Self::at(self.ticks().saturating_add(span.0))
    }

    /// The time since `earlier`; negative if `earlier` is later.
    pub(crate) const fn since(self, earlier: Self) -> Span {
        Span(self.ticks().saturating_sub(earlier.ticks()))
    }
}

impl Span {
    pub(crate) const ZERO: Self = Self(0);
    /// The shortest span that a FILETIME can tell from none.
    pub(crate) const TICK: Self = Self(1);

    pub(crate) const fn seconds(seconds: u32) -> Self {
        Self(seconds as i64 * TICKS_PER_SECOND)
    }

    pub(crate) const fn milliseconds(milliseconds: u32) -> Self {
        Self(milliseconds as i64 * (TICKS_PER_SECOND / 1_000))
    }

    pub(crate) const fn to_bits(self) -> u64 {
        self.0.cast_unsigned()
    }

    pub(crate) const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    pub(crate) const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl From<DateTime<Utc>> for Moment {
    fn from(instant: DateTime<Utc>) -> Self {
        let seconds = instant.timestamp().saturating_add(UNIX_EPOCH_SECONDS);
        let ticks = i64::from(instant.timestamp_subsec_nanos() / 100);
        Self::at(seconds.saturating_mul(TICKS_PER_SECOND).saturating_add(ticks))
    }
}

impl From<Moment> for DateTime<Utc> {
    fn from(moment: Moment) -> Self {
        let ticks = moment.ticks();
        let seconds = ticks.div_euclid(TICKS_PER_SECOND) - UNIX_EPOCH_SECONDS;
        let nanos = u32::try_from(ticks.rem_euclid(TICKS_PER_SECOND) * 100).unwrap_or_default();
        DateTime::from_timestamp(seconds, nanos).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

impl From<chrono::TimeDelta> for Span {
    fn from(delta: chrono::TimeDelta) -> Self {
        let ticks = i64::from(delta.subsec_nanos() / 100);
        Self(delta.num_seconds().saturating_mul(TICKS_PER_SECOND).saturating_add(ticks))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn instants_keep_their_100_ns() {
        let instant = DateTime::from_timestamp(1_602_764_585, 263_461_900).unwrap();
        assert_eq!(DateTime::<Utc>::from(Moment::from(instant)), instant);
    }

    #[test]
    fn filetime_begins_in_1601() {
        let first = DateTime::from_timestamp(-UNIX_EPOCH_SECONDS, 0).unwrap();
        assert_eq!(first.to_rfc3339(), "1601-01-01T00:00:00+00:00");
        assert_eq!(Moment::from(first), Moment::START);
    }

    #[test]
    fn instants_out_of_range_move_to_its_ends() {
        assert_eq!(Moment::from(DateTime::<Utc>::MIN_UTC), Moment::START);
        let last = Moment::from(DateTime::<Utc>::MAX_UTC);
        assert_eq!(last.plus(Span::seconds(u32::MAX)), Moment::at(i64::MAX));
        assert!(
            DateTime::<Utc>::from(last) > DateTime::from_timestamp(900_000_000_000, 0).unwrap()
        );
    }

    #[test]
    fn an_instant_that_may_be_missing_takes_no_more_room() {
        assert_eq!(size_of::<Option<Moment>>(), size_of::<Moment>());
    }

    #[test]
    fn spans_run_both_ways() {
        let day = Span::from(TimeDelta::days(1));
        assert_eq!(day, Span::seconds(86_400));
        let start = Moment::from(DateTime::UNIX_EPOCH);
        assert_eq!(start.since(start.plus(day)), Span::ZERO.minus(day));
        assert_eq!(Span::from(TimeDelta::nanoseconds(-1_500_000_000)), Span(-15_000_000));
    }
}
