//! The policies that limit background transfers, and what they allow when.

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc, Weekday};

use crate::vocabulary::{BandwidthLimit, LevelLimits};

const HOURS_OF_A_DAY: u32 = 24;
/// After that many hours every schedule begins anew.
const HOURS_OF_A_WEEK: i32 = 7 * 24;

/// Full hours of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hours(u32);

impl Hours {
    /// The whole day.
    pub const ALL: Self = Self((1 << HOURS_OF_A_DAY) - 1);

    /// Returns the hours from one to another, from 0 to 24 o'clock, over midnight if the second is not
    /// the later one; from an hour to itself is the whole day, an interpretation. More than 24 counts as
    /// 24.
    ///
    /// ```
    /// use bits_emulator::policy::Hours;
    ///
    /// assert!(Hours::between(8, 17).contains(16) && !Hours::between(8, 17).contains(17));
    /// assert!(Hours::between(22, 6).contains(0) && !Hours::between(22, 6).contains(12));
    /// assert_eq!(Hours::between(0, 24), Hours::ALL);
    /// ```
    #[must_use]
    pub const fn between(from: u32, to: u32) -> Self {
        let from = if from < HOURS_OF_A_DAY { from } else { 0 };
        let to = if to < HOURS_OF_A_DAY { to } else { 0 };
        let (mut hour, mut hours) = (from, 0);
        loop {
            hours |= 1 << hour;
            hour = (hour + 1) % HOURS_OF_A_DAY;
            if hour == to {
                return Self(hours);
            }
        }
    }

    /// Returns whether the hour that begins then, from 0 to 23 o'clock, is one of them.
    #[must_use]
    pub const fn contains(self, hour: u32) -> bool {
        hour < HOURS_OF_A_DAY && self.0 & (1 << hour) != 0
    }
}

/// Days of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Days(u8);

impl Days {
    /// Every day.
    pub const ALL: Self = Self((1 << 7) - 1);
    /// Monday to Friday.
    pub const WORKING: Self = Self((1 << 5) - 1);

    /// Returns the set of the given days.
    ///
    /// ```
    /// use bits_emulator::policy::Days;
    /// use chrono::Weekday;
    ///
    /// let weekend = Days::from_weekdays(&[Weekday::Sat, Weekday::Sun]);
    /// assert!(weekend.contains(Weekday::Sun) && !Days::WORKING.contains(Weekday::Sun));
    /// ```
    #[must_use]
    pub fn from_weekdays(days: &[Weekday]) -> Self {
        Self(days.iter().fold(0, |days, day| days | Self::bit(*day)))
    }

    /// Returns whether the day is one of them.
    #[must_use]
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & Self::bit(day) != 0
    }

    fn bit(day: Weekday) -> u8 {
        1 << day.num_days_from_monday()
    }
}

/// Hours of the week: the same hours on each of some days. Hours after midnight are those of the day
/// on which they come: an interpretation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WeekSchedule {
    /// On which days.
    pub days: Days,
    /// At which hours of these days.
    pub hours: Hours,
}

impl WeekSchedule {
    /// Returns whether an instant of the wall clock is in the schedule. The computer is in the time zone UTC.
    #[must_use]
    pub fn contains(&self, wall: DateTime<Utc>) -> bool {
        self.days.contains(wall.weekday()) && self.hours.contains(wall.hour())
    }
}

/// MaxInternetBandwidth: one limit at some hours of each day, and one at all others (SCHED-13). Hours are
/// those of the wall clock in UTC, an interpretation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MaxInternetBandwidth {
    /// At which hours of the wall clock the first limit is in force.
    pub hours: Hours,
    /// The limit at these hours.
    pub limit: BandwidthLimit,
    /// The limit at all others.
    pub otherwise: BandwidthLimit,
}

/// EnableBandwidthLimits: limits by priority during work, and others at all other times (SCHED-16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WorkLimits {
    /// The working hours.
    pub work: WeekSchedule,
    /// The limits during work.
    pub limits: LevelLimits,
    /// The limits at all other times.
    pub otherwise: LevelLimits,
}

/// EnableMaintenanceLimits: limits by priority that win while the maintenance period lasts (SCHED-16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MaintenanceLimits {
    /// The maintenance period.
    pub period: WeekSchedule,
    /// The limits during the period.
    pub limits: LevelLimits,
}

/// The policies that limit background transfers; without them they use all that is idle. Foreground
/// jobs are never limited (SCHED-17).
///
/// ```
/// use bits_emulator::policy::{
///     BandwidthLimit, BandwidthPolicies, Hours, MaxInternetBandwidth, Policies,
/// };
///
/// // 10 kilobits a second from 8 to 17 o'clock, and all that is idle at night.
/// let bandwidth = BandwidthPolicies {
///     max_internet_bandwidth: Some(MaxInternetBandwidth {
///         hours: Hours::between(8, 17),
///         limit: BandwidthLimit::Kilobits(10),
///         otherwise: BandwidthLimit::Unlimited,
///     }),
///     ..BandwidthPolicies::default()
/// };
/// let policies = Policies { bandwidth, ..Policies::default() };
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct BandwidthPolicies {
    /// The daily limit (SCHED-13).
    pub max_internet_bandwidth: Option<MaxInternetBandwidth>,
    /// The limits by work and priority (SCHED-16). They win over the daily one: an interpretation.
    pub work: Option<WorkLimits>,
    /// The limits of the maintenance period, which win over both (SCHED-16).
    pub maintenance: Option<MaintenanceLimits>,
}

impl BandwidthPolicies {
    /// Returns the limits of background jobs at an instant of the wall clock.
    #[must_use]
    pub fn limits_at(&self, wall: DateTime<Utc>) -> LevelLimits {
        // SCHED-16
        if let Some(maintenance) = self.maintenance.filter(|limits| limits.period.contains(wall)) {
            return maintenance.limits;
        }
        if let Some(WorkLimits { work, limits, otherwise }) = self.work {
            return if work.contains(wall) { limits } else { otherwise };
        }
        // SCHED-13
        self.max_internet_bandwidth.map_or(LevelLimits::UNLIMITED, |daily| {
            let inside = daily.hours.contains(wall.hour());
            LevelLimits::all(if inside { daily.limit } else { daily.otherwise })
        })
    }

    /// When what they may use changes next, by the wall clock. `None` if it never does.
    pub(crate) fn next_change(&self, wall: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if *self == Self::default() {
            return None;
        }
        let limits = self.limits_at(wall);
        let into_hour = TimeDelta::nanoseconds(wall.nanosecond().into())
            + TimeDelta::seconds((wall.minute() * 60 + wall.second()).into());
        let hour = wall.checked_sub_signed(into_hour)?;
        let hours = (1..=HOURS_OF_A_WEEK)
            .map_while(|later| hour.checked_add_signed(TimeDelta::hours(later.into())));
        hours.into_iter().find(|hour| self.limits_at(*hour) != limits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon(day: i64) -> DateTime<Utc> {
        // The first day was a Thursday.
        DateTime::UNIX_EPOCH + TimeDelta::days(day) + TimeDelta::hours(12)
    }

    /// The next change is the first: nothing changes before it, and it is a change.
    #[test]
    fn the_next_change_is_where_the_limits_change() {
        let quarter = TimeDelta::minutes(15);
        let limits = |rate| LevelLimits::all(BandwidthLimit::Kilobits(rate));
        let work = WeekSchedule { days: Days::WORKING, hours: Hours::between(8, 17) };
        let night = WeekSchedule {
            days: Days::from_weekdays(&[Weekday::Sun]),
            hours: Hours::between(23, 2),
        };
        let policies = BandwidthPolicies {
            work: Some(WorkLimits { work, limits: limits(10), otherwise: limits(20) }),
            maintenance: Some(MaintenanceLimits { period: night, limits: limits(30) }),
            ..BandwidthPolicies::default()
        };
        let mut at = noon(0) + TimeDelta::milliseconds(1);
        for _ in 0..4 * HOURS_OF_A_WEEK {
            let change = policies.next_change(at).expect("every week has all of them");
            assert_ne!(policies.limits_at(change), policies.limits_at(at), "{at}");
            let mut before = at;
            while before < change {
                assert_eq!(policies.limits_at(before), policies.limits_at(at), "{before}");
                before += quarter;
            }
            at += quarter;
        }
    }

    #[test]
    fn what_never_changes_has_no_next_change() {
        let daily = |limit, otherwise| BandwidthPolicies {
            max_internet_bandwidth: Some(MaxInternetBandwidth {
                hours: Hours::between(8, 17),
                limit,
                otherwise,
            }),
            ..BandwidthPolicies::default()
        };
        let limit = BandwidthLimit::Kilobits(5);
        assert_eq!(daily(limit, limit).next_change(noon(1)), None);
        assert_eq!(BandwidthPolicies::default().next_change(noon(1)), None);
        let end = DateTime::<Utc>::MAX_UTC;
        assert_eq!(daily(limit, BandwidthLimit::Unlimited).next_change(end), None);
        let next = daily(limit, BandwidthLimit::Unlimited).next_change(noon(1));
        assert_eq!(next, Some(noon(1) + TimeDelta::hours(5)));
    }
}
