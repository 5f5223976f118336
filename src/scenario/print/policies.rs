//! Policies and the link to the network as text.

use std::fmt;

use crate::scenario::ast::{BandwidthPolicy, PolicyChange};
use crate::scenario::phrases::{DAYS, LEVELS, NO_DAY, REMOVED, UNLIMITED, WORKING_DAYS};
use crate::scenario::words::{Size, seconds};
use crate::service::{
    Days, Hours, MaintenanceLimits, MaxInternetBandwidth, WeekSchedule, WorkLimits,
};
use crate::vocabulary::{BandwidthLimit, LevelLimits};
use crate::world::Link;

pub(super) fn write_changes(f: &mut fmt::Formatter<'_>, changes: &[PolicyChange]) -> fmt::Result {
    changes.iter().enumerate().try_for_each(|(index, change)| {
        f.write_str(if index == 0 { "" } else { " and " })?;
        write!(f, "{change}")
    })
}

impl fmt::Display for PolicyChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(policy, value) if policy.is_duration() => {
                write!(f, "policy {} {}", policy.name(), seconds(*value))
            }
            Self::Value(policy, value) => write!(f, "policy {} {value}", policy.name()),
            Self::Bandwidth(bandwidth) => bandwidth.fmt(f),
        }
    }
}

impl fmt::Display for BandwidthPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "policy {} ", self.name())?;
        match self {
            Self::Daily(None) | Self::Work(None) | Self::Maintenance(None) => f.write_str(REMOVED),
            Self::Daily(Some(MaxInternetBandwidth {
                hours: Hours::ALL,
                limit,
                otherwise: BandwidthLimit::Unlimited,
            })) => Rate(*limit).fmt(f),
            Self::Daily(Some(MaxInternetBandwidth { hours, limit, otherwise })) => {
                write!(f, "{}{}, else {}", Rate(*limit), OfDay(*hours), Rate(*otherwise))
            }
            Self::Work(Some(WorkLimits { work, limits, otherwise })) => {
                write!(f, "{}{}, else {}", Levels(limits), OfWeek(work), Levels(otherwise))
            }
            Self::Maintenance(Some(MaintenanceLimits { period, limits })) => {
                write!(f, "{}{}", Levels(limits), OfWeek(period))
            }
        }
    }
}

struct Rate(BandwidthLimit);

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            BandwidthLimit::Kilobits(rate) => write!(f, "{rate} kbit/s"),
            BandwidthLimit::Unlimited => f.write_str(UNLIMITED),
        }
    }
}

/// One limit, or one for each priority.
struct Levels<'a>(&'a LevelLimits);

impl fmt::Display for Levels<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self.0 == LevelLimits::all(self.0.normal) {
            return Rate(self.0.normal).fmt(f);
        }
        LEVELS.iter().enumerate().try_for_each(|(index, level)| {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{level} {}", Rate(self.0.of(*level)))
        })
    }
}

/// Hours of each day, after a space; nothing if they are all.
struct OfDay(Hours);

impl fmt::Display for OfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(hours) = self;
        let last_of = |hour: u32| hours.contains(hour) && !hours.contains((hour + 1) % 24);
        let Some(last) = (0..24).find(|hour| last_of(*hour)) else { return Ok(()) };
        let first_of = |hour: u32| hours.contains(hour) && !hours.contains((hour + 23) % 24);
        let first = (0..24).find(|hour| first_of(*hour)).unwrap_or_default();
        write!(f, " from {first:02}:00 to {:02}:00", last + 1)
    }
}

/// Hours of some days.
struct OfWeek<'a>(&'a WeekSchedule);

impl fmt::Display for OfWeek<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let WeekSchedule { days, hours } = self.0;
        write!(f, "{}", OfDay(*hours))?;
        if *days == Days::ALL {
            return Ok(());
        }
        if *days == Days::WORKING {
            return write!(f, " on {WORKING_DAYS}");
        }
        let mut names = DAYS.iter().filter(|(_, day)| days.contains(*day)).map(|(name, _)| name);
        write!(f, " on {}", names.next().unwrap_or(&NO_DAY))?;
        names.try_for_each(|name| write!(f, " and {name}"))
    }
}

pub(super) fn write_link(f: &mut fmt::Formatter<'_>, link: Link) -> fmt::Result {
    match link.capacity() {
        Some(rate) => write!(f, "link {}/s", Size(rate))?,
        None => write!(f, "link {UNLIMITED}")?,
    }
    match link.load() {
        0 => Ok(()),
        load => write!(f, ", busy {}/s", Size(load)),
    }
}
