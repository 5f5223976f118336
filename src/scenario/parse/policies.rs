//! Policies of the computer, and its link to the network.

use chrono::Weekday;
use winnow::ascii::{dec_uint, space0};
use winnow::combinator::{alt, cut_err, fail, opt, preceded, separated};
use winnow::error::ContextError;
use winnow::prelude::*;
use winnow::token::take_while;

use super::quantities::{expected, number, phrase, plain_size, seconds, sign};
use super::steps::fixed;
use crate::scenario::ast::{BandwidthPolicy, Policy, PolicyChange};
use crate::scenario::phrases::{DAYS, LEVELS, NO_DAY, REMOVED, UNLIMITED, WORKING_DAYS};
use crate::service::{
    Days, Hours, MaintenanceLimits, MaxInternetBandwidth, WeekSchedule, WorkLimits,
};
use crate::vocabulary::{BandwidthLimit, JobPriority, LevelLimits};
use crate::world::Link;

/// `policy NAME VALUE {and policy NAME VALUE}`
pub(super) fn policies(input: &mut &str) -> ModalResult<Vec<PolicyChange>> {
    separated(1.., preceded(phrase("policy"), cut_err(policy)), phrase("and")).parse_next(input)
}

fn policy(input: &mut &str) -> ModalResult<PolicyChange> {
    for policy in Policy::ALL {
        if opt(phrase(policy.name())).parse_next(input)?.is_some() {
            let value = if policy.is_duration() {
                seconds.parse_next(input)?
            } else {
                number("a number").parse_next(input)?
            };
            return Ok(PolicyChange::Value(*policy, value));
        }
    }
    for policy in BandwidthPolicy::ALL {
        if opt(phrase(policy.name())).parse_next(input)?.is_some() {
            return bandwidth(*policy, input).map(PolicyChange::Bandwidth);
        }
    }
    fail.context(expected(
        "`inactivity timeout`, `maximum download time`, `time slice`, `files per job`, \
         `ranges per file`, `jobs per user`, `jobs per computer`, `notifications per user`, \
         `bandwidth`, `work limits` or `maintenance limits`",
    ))
    .parse_next(input)
}

/// What follows the name of a policy.
fn bandwidth(policy: BandwidthPolicy, input: &mut &str) -> ModalResult<BandwidthPolicy> {
    if opt(phrase(REMOVED)).parse_next(input)?.is_some() {
        return Ok(policy);
    }
    Ok(match policy {
        BandwidthPolicy::Daily(_) => {
            let (limit, hours, otherwise) = (limit, hours, otherwise(limit)).parse_next(input)?;
            BandwidthPolicy::Daily(Some(MaxInternetBandwidth { hours, limit, otherwise }))
        }
        BandwidthPolicy::Work(_) => {
            let (limits, work, otherwise) = (levels, week, otherwise(levels)).parse_next(input)?;
            BandwidthPolicy::Work(Some(WorkLimits { work, limits, otherwise }))
        }
        BandwidthPolicy::Maintenance(_) => {
            let (limits, period) = (levels, week).parse_next(input)?;
            BandwidthPolicy::Maintenance(Some(MaintenanceLimits { period, limits }))
        }
    })
}

/// `, else LIMITS`, or nothing, which is unlimited.
fn otherwise<'a, T: Default>(
    limits: impl ModalParser<&'a str, T, ContextError>,
) -> impl ModalParser<&'a str, T, ContextError> {
    opt(preceded((sign(","), phrase("else")), cut_err(limits))).map(Option::unwrap_or_default)
}

/// `20 kbit/s`, or `unlimited`
fn limit(input: &mut &str) -> ModalResult<BandwidthLimit> {
    plain_limit.context(expected("a limit such as 20 kbit/s, or `unlimited`")).parse_next(input)
}

/// A limit; what else would fit says the caller.
fn plain_limit(input: &mut &str) -> ModalResult<BandwidthLimit> {
    let rate = (space0, dec_uint, phrase("kbit/s")).map(|(_, rate, ())| rate);
    alt((phrase(UNLIMITED).value(BandwidthLimit::Unlimited), rate.map(BandwidthLimit::Kilobits)))
        .parse_next(input)
}

/// One limit, or `HIGH LIMIT, LOW LIMIT`
fn levels(input: &mut &str) -> ModalResult<LevelLimits> {
    let named: Option<Vec<_>> =
        opt(separated(1.., (level, cut_err(limit)), sign(","))).parse_next(input)?;
    if let Some(named) = &named
        && named.iter().enumerate().any(|(place, (level, _))| {
            named.iter().take(place).any(|(earlier, _)| earlier == level)
        })
    {
        return cut_err(fail).context(expected("each priority once")).parse_next(input);
    }
    let Some(named) = named else {
        return plain_limit
            .map(LevelLimits::all)
            .context(expected("a limit such as 20 kbit/s, or `HIGH`, `NORMAL` or `LOW` and one"))
            .parse_next(input);
    };
    let mut limits = LevelLimits::UNLIMITED;
    for (level, limit) in named {
        match level {
            JobPriority::High => limits.high = limit,
            JobPriority::Normal => limits.normal = limit,
            JobPriority::Low => limits.low = limit,
            JobPriority::Foreground => {}
        }
    }
    Ok(limits)
}

fn level(input: &mut &str) -> ModalResult<JobPriority> {
    let word = preceded(space0, take_while(1.., char::is_alphabetic));
    word.verify_map(|word: &str| word.parse().ok().filter(|level| LEVELS.contains(level)))
        .parse_next(input)
}

/// `from 08:00 to 17:00`, or nothing, which is always.
fn hours(input: &mut &str) -> ModalResult<Hours> {
    let interval = (hour, preceded(phrase("to"), hour))
        .map(|(from, to)| Hours::between(from, to))
        .context(expected("two full hours such as 08:00 to 17:00, at most 24:00"));
    let given = opt(preceded(phrase("from"), cut_err(interval))).parse_next(input)?;
    Ok(given.unwrap_or(Hours::ALL))
}

fn hour(input: &mut &str) -> ModalResult<u32> {
    let digits = take_while(2..=2, |next: char| next.is_ascii_digit());
    (space0, digits, ":00")
        .verify_map(|(_, hour, _): (_, &str, _)| hour.parse().ok().filter(|hour| *hour <= 24))
        .parse_next(input)
}

/// `from 08:00 to 17:00 on working days`; without days every day.
fn week(input: &mut &str) -> ModalResult<WeekSchedule> {
    let hours = hours.parse_next(input)?;
    let named = separated(1.., fixed(DAYS), phrase("and"))
        .map(|days: Vec<Weekday>| Days::from_weekdays(&days))
        .context(expected("`working days`, `no day`, or days such as `Saturday and Sunday`"));
    let days = alt((
        phrase(WORKING_DAYS).value(Days::WORKING),
        phrase(NO_DAY).map(|()| Days::from_weekdays(&[])),
        named,
    ));
    let days = opt(preceded(phrase("on"), cut_err(days))).parse_next(input)?;
    Ok(WeekSchedule { days: days.unwrap_or(Days::ALL), hours })
}

/// `link 10 MiB/s, busy 4 MiB/s`, or `link unlimited`
pub(super) fn link(input: &mut &str) -> ModalResult<Link> {
    let new = alt((phrase(UNLIMITED).value(Link::UNLIMITED), rate.map(Link::new)))
        .context(expected("a rate such as 10 MiB/s, or `unlimited`"));
    let link = preceded(phrase("link"), cut_err(new)).parse_next(input)?;
    let busy = (phrase("busy"), rate.context(expected("a rate such as 4 MiB/s")));
    let mut busy = opt(preceded(sign(","), cut_err(busy.context(expected("`busy` and a rate")))));
    Ok(busy.parse_next(input)?.map_or(link, |((), load)| link.busy(load)))
}

fn rate(input: &mut &str) -> ModalResult<u64> {
    (plain_size, "/s").map(|(bytes, _)| bytes).parse_next(input)
}
