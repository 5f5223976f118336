//! The retry delays that the waits between the attempts of a job show.

use chrono::TimeDelta;

use super::life::Recorded;
use super::record::RecordKind;
use super::spans::{PATIENCE, TOLERANCE};

/// The retry delays, in whole seconds, that the waits between attempts show: two waits end with them, or all end
/// after the shortest of them. One wait alone shows no delay: its client may have resumed the job.
pub(super) fn delays(recorded: Recorded<'_>) -> Vec<u32> {
    let gaps: Vec<TimeDelta> = gaps(0, recorded).collect();
    let mut delays: Vec<u32> = gaps.iter().map(|gap| whole_seconds(*gap)).collect();
    delays.sort_unstable();
    delays.dedup();
    let is_shown = |delay: &u32| {
        let delay = TimeDelta::seconds((*delay).into());
        let ends = gaps.iter().filter(|gap| (**gap - delay).abs() <= TOLERANCE).count();
        let fits = |gap: &TimeDelta| *gap >= delay - TOLERANCE && *gap <= delay + PATIENCE;
        ends > 1 || gaps.len() > 1 && gaps.iter().all(fits)
    };
    delays.retain(|delay| *delay >= SHORTEST_DELAY && is_shown(delay));
    // A shorter delay explains what a longer one does, with a longer attempt.
    let longest = u32::try_from(PATIENCE.num_seconds()).unwrap_or(u32::MAX);
    let mut chosen: Vec<u32> = Vec::new();
    for delay in delays {
        let is_far = chosen.last().is_some_and(|last| last.saturating_add(longest) < delay);
        if chosen.len() < MOST_DELAYS || is_far {
            chosen.push(delay);
        }
    }
    chosen.truncate(2 * MOST_DELAYS);
    chosen
}

/// The delays that the next waits from a record on would show.
pub(super) fn next_delays(place: usize, recorded: Recorded<'_>) -> Vec<u32> {
    let gaps = gaps(place.saturating_sub(1), recorded).take(MOST_DELAYS);
    // A wait may be longer than the delay by a part of a second.
    let begun = |gap: TimeDelta| u32::try_from(gap.num_seconds()).unwrap_or(0);
    let delays = gaps.flat_map(|gap| [whole_seconds(gap), begun(gap)]);
    delays.filter(|delay| *delay >= SHORTEST_DELAY).collect()
}

/// The intervals between attempts, from a record on.
fn gaps(from: usize, recorded: Recorded<'_>) -> impl Iterator<Item = TimeDelta> + '_ {
    let is_attempt =
        |kind: &RecordKind| matches!(kind, RecordKind::Failed(..) | RecordKind::Started(_));
    let records = recorded.job.records.iter().skip(from);
    let mut times =
        records.filter(move |(_, record)| is_attempt(&record.kind)).map(|(_, record)| record.time);
    let mut last = times.next();
    std::iter::from_fn(move || {
        let (before, time) = (last?, times.next()?);
        last = Some(time);
        Some(time - before)
    })
}

fn whole_seconds(span: TimeDelta) -> u32 {
    u32::try_from((span + TimeDelta::milliseconds(500)).num_seconds()).unwrap_or(0)
}

/// The least that can be set (TIME-02).
const SHORTEST_DELAY: u32 = 5;

/// How many delays are tried that are near to each other.
const MOST_DELAYS: usize = 4;
