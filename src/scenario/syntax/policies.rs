//! The grammar of policies and of the link to the network.

use std::fmt;

use chrono::Weekday;

use super::cursor::{Cursor, Parsed, Read, Wanted};
use super::values::List;
use super::{grammar, read, readers};
use crate::machine::phrases::Cost;
use crate::scenario::ast::PolicyChange;
use crate::service::{
    Days, Hours, MaintenanceLimits, MaxInternetBandwidth, WeekSchedule, WorkLimits,
};
use crate::vocabulary::text::phrases::{Spaced, phrases};
use crate::vocabulary::text::quantities::{Nested, Seconds, Size, Word, kinds};
use crate::vocabulary::{BandwidthLimit, JobPriority, LevelLimits};
use crate::world::Link;

grammar! {
    { PolicyChange:
        [Self::InactivityTimeout(time)] "policy inactivity timeout" Seconds(time);
        [Self::MaximumDownloadTime(time)] "policy maximum download time" Seconds(time);
        [Self::TimeSlice(time)] "policy time slice" Seconds(time);
        [Self::FilesPerJob(count)] "policy files per job" Word(count);
        [Self::RangesPerFile(count)] "policy ranges per file" Word(count);
        [Self::JobsPerUser(count)] "policy jobs per user" Word(count);
        [Self::JobsPerComputer(count)] "policy jobs per computer" Word(count);
        [Self::NotificationsPerUser(count)] "policy notifications per user" Word(count);
        [Self::DefaultCost(priority, None)] "policy default cost of" Level(priority) "removed";
        [Self::DefaultCost(priority, Some(flags))]
            "policy default cost of" Level(priority) Cost(flags);
        [Self::Bandwidth(None)] "policy bandwidth removed";
        [Self::Bandwidth(Some(MaxInternetBandwidth { hours, limit, otherwise }))]
            "policy bandwidth" Nested(limit) OfDay(hours) Otherwise(otherwise);
        [Self::WorkLimits(None)] "policy work limits removed";
        [Self::WorkLimits(Some(WorkLimits { work, limits, otherwise }))]
            "policy work limits" Nested(limits) OfWeek(work) Otherwise(otherwise);
        [Self::MaintenanceLimits(None)] "policy maintenance limits removed";
        [Self::MaintenanceLimits(Some(MaintenanceLimits { period, limits }))]
            "policy maintenance limits" Nested(limits) OfWeek(period);
    }
    { BandwidthLimit:
        [Self::Kilobits(rate)] Word(rate) "kbit/s";
        [Self::Unlimited] "unlimited";
    }
    { LevelLimit:
        [Self(level, limit)] Level(level) Nested(limit);
    }
    { Level(JobPriority):
        [JobPriority::High] "HIGH";
        [JobPriority::Normal] "NORMAL";
        [JobPriority::Low] "LOW";
        [JobPriority::Foreground] "FOREGROUND";
    }
}

/// The limit of the jobs of one level.
struct LevelLimit(JobPriority, BandwidthLimit);

impl fmt::Display for LevelLimits {
    /// One limit, or one for each priority.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::all(self.normal) {
            return self.normal.fmt(f);
        }
        let levels = [JobPriority::High, JobPriority::Normal, JobPriority::Low];
        List(&levels.map(|level| LevelLimit(level, self.of(level)))).fmt(f)
    }
}

/// What holds at all other times, if it is not the default.
struct Otherwise<'a, T>(&'a T);

impl<T: fmt::Display + Default + PartialEq> fmt::Display for Otherwise<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self.0 == T::default() { Ok(()) } else { write!(f, ", else {}", self.0) }
    }
}

impl<T: Read<Value = T> + Default> Read for Otherwise<'_, T> {
    type Value = T;

    fn read(c: &mut Cursor<'_>) -> Parsed<T> {
        if c.has(", else") { T::read(c) } else { Ok(T::default()) }
    }
}

fn hour(c: &mut Cursor<'_>) -> Parsed<u32> {
    const HOUR: &str = "full hours such as 08:00 to 17:00, at most 24:00";
    let character = |next: char| next.is_ascii_digit() || next == ':';
    c.verified(
        HOUR,
        |c| c.run(Wanted::Value(HOUR), character),
        |text| {
            let hour = text.strip_suffix(":00").filter(|hour| hour.len() == 2)?;
            hour.parse().ok().filter(|hour| *hour <= 24)
        },
    )
}

const WORKING_DAYS: &str = "working days";
const NO_DAY: &str = "no day";
const DAYS: &[(&str, Weekday)] = &[
    ("Monday", Weekday::Mon),
    ("Tuesday", Weekday::Tue),
    ("Wednesday", Weekday::Wed),
    ("Thursday", Weekday::Thu),
    ("Friday", Weekday::Fri),
    ("Saturday", Weekday::Sat),
    ("Sunday", Weekday::Sun),
];

kinds! {
    /// Hours of each day; nothing if they are all.
    OfDay(Hours) |hours, f| {
        let last_of = |hour: u32| hours.contains(hour) && !hours.contains((hour + 1) % 24);
        let Some(last) = (0..24).find(|hour| last_of(*hour)) else { return Ok(()) };
        let first_of = |hour: u32| hours.contains(hour) && !hours.contains((hour + 23) % 24);
        let first = (0..24).find(|hour| first_of(*hour)).unwrap_or_default();
        write!(f, "from {first:02}:00 to {:02}:00", last + 1)
    };
    /// Hours of some days, `from 08:00 to 17:00 on working days`; without days every day.
    OfWeek(WeekSchedule) |schedule, f| {
        let WeekSchedule { days, hours } = schedule;
        let mut out = Spaced::new(f);
        out.put(&OfDay(hours))?;
        match *days {
            Days::ALL => Ok(()),
            Days::WORKING => out.put(&format_args!("on {WORKING_DAYS}")),
            days => {
                let named = DAYS.iter().filter(|(_, day)| days.contains(*day));
                let named: Vec<&str> = named.map(|(name, _)| *name).collect();
                let named = if named.is_empty() { NO_DAY } else { &named.join(" and ") };
                out.put(&format_args!("on {named}"))
            }
        }
    };
    /// A number of bytes a second.
    BytesPerSecond(u64) |bytes, f| write!(f, "{}/s", Size(bytes));
}

read! {
    LevelLimits => Self: |c| {
        if let Some(limit) = c.attempt(BandwidthLimit::read) {
            return Ok(Self::all(limit));
        }
        let start = c.next_place();
        let named: Vec<LevelLimit> = List::read(c)?;
        let mut limits = Self::UNLIMITED;
        for (place, LevelLimit(level, limit)) in named.iter().enumerate() {
            if named.iter().take(place).any(|LevelLimit(earlier, _)| earlier == level) {
                return c.fault(start, "each priority once");
            }
            match level {
                JobPriority::High => limits.high = *limit,
                JobPriority::Normal => limits.normal = *limit,
                JobPriority::Low => limits.low = *limit,
                JobPriority::Foreground => return c.fault(start, "`HIGH`, `NORMAL` or `LOW`"),
            }
        }
        Ok(limits)
    };
    OfDay<'_> => Hours: |c| {
        if !c.has("from") {
            return Ok(Hours::ALL);
        }
        let from = hour(c)?;
        c.words("to")?;
        Ok(Hours::between(from, hour(c)?))
    };
    OfWeek<'_> => WeekSchedule: |c| {
        let hours = OfDay::read(c)?;
        let days = if !c.has("on") {
            Days::ALL
        } else if c.has(WORKING_DAYS) {
            Days::WORKING
        } else if c.has(NO_DAY) {
            Days::from_weekdays(&[])
        } else {
            Days::from_weekdays(&c.separated("and", |c| c.choice(DAYS.iter().copied()))?)
        };
        Ok(WeekSchedule { days, hours })
    };
    BytesPerSecond<'_> => u64: |c| {
        let bytes = Size::read(c)?;
        c.words("/s").map(|()| bytes)
    };
    Link => Self: |c| {
        let unlimited = c.has("unlimited");
        let link =
            if unlimited { Self::UNLIMITED } else { Self::new(BytesPerSecond::read(c)?) };
        Ok(if c.has(", busy") { link.busy(BytesPerSecond::read(c)?) } else { link })
    };
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.capacity() {
            Some(rate) => BytesPerSecond(&rate).fmt(f)?,
            None => f.write_str("unlimited")?,
        }
        match self.load() {
            0 => Ok(()),
            load => write!(f, ", busy {}", BytesPerSecond(&load)),
        }
    }
}
