//! The run of a scenario as bars over time: which job was in which state, and what failed and was told meanwhile.

use std::fmt;

use chrono::{DateTime, Utc};

use super::course::{Course, Moment, What, elapsed};
use super::svg::{STYLE, escaped};
use crate::scenario::Transcript;
use crate::vocabulary::JobState;
use crate::vocabulary::text::quantities::Duration;

/// The states of each job of a run over time, with errors and notifications as marks.
///
/// Time is folded: each change has room to be seen, and a longer wait more of it, by the logarithm of its length. A cycle
/// that repeats itself is drawn once, if there is one job.
///
/// ```
/// use bits_emulator::reference::Timeline;
/// use bits_emulator::scenario::Scenario;
///
/// let scenario: Scenario = "no expectations\njob update, DOWNLOAD, by alice\nadvance 1 h\ncancel\n".parse()?;
/// let timeline = Timeline::of(&scenario.run().trace);
/// assert_eq!(timeline.to_string(), "update\n             0 s  SUSPENDED\n             1 h  CANCELLED, by cancel\n");
/// assert!(timeline.to_svg().contains("CANCELLED"));
/// # Ok::<(), bits_emulator::scenario::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    begins: DateTime<Utc>,
    lanes: Vec<Lane>,
}

/// A job, with the state in which it began.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Lane {
    name: String,
    begins: DateTime<Utc>,
    moments: Vec<Moment>,
}

// Measures of the picture.
const LEFT: i32 = 130;
const TOP: i32 = 34;
const LANE: i32 = 74;
const BAR: i32 = 26;
/// The room of a change, of a wait whatever its length, and of each power of ten of its seconds.
const CHANGE: i32 = 30;
const WAIT: i32 = 40;
const DECADE: f64 = 26.0;
/// The most changes that are drawn.
const MOST_MOMENTS: usize = 90;
/// The width of a letter.
const LETTER: i32 = 7;

impl Timeline {
    /// The timeline of a run.
    #[must_use]
    pub fn of(run: &Transcript) -> Self {
        let courses = Course::all(run);
        let begins = courses.iter().map(|course| course.begins).min().unwrap_or_default();
        let is_one = courses.len() == 1;
        let courses =
            courses.into_iter().map(|course| if is_one { course.folded() } else { course });
        let lanes = courses
            .map(|Course { name, begins, moments }| Lane { name, begins, moments })
            .collect();
        Self { begins, lanes }
    }

    /// Returns it as an SVG picture, readable on light and dark pages.
    #[must_use]
    pub fn to_svg(&self) -> String {
        let axis = Axis::of(self);
        let width = LEFT + axis.width + 40;
        let mut lanes = String::new();
        let mut notes = Vec::new();
        for (index, lane) in (0..).zip(&self.lanes) {
            lanes += &lane.draw(TOP + LANE * index, &axis, &mut notes);
        }
        let lanes_count = i32::try_from(self.lanes.len()).unwrap_or(1);
        let below = TOP + LANE * lanes_count;
        let notes_count = i32::try_from(notes.len()).unwrap_or(0);
        let height = below + 24 + 16 * notes_count + if axis.is_cut { 16 } else { 0 };
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" role=\"img\">\n<title>The states of each job over time</title>\n{STYLE}\
             <rect class=\"page\" width=\"{width}\" height=\"{height}\" rx=\"10\"/>\n"
        );
        svg += &axis.draw(self.begins, below);
        svg += &lanes;
        for (line, (class, note)) in (0..).zip(&notes) {
            svg += &format!(
                "<text class=\"small {class}\" x=\"12\" y=\"{}\">{}</text>\n",
                below + 20 + 16 * line,
                escaped(note)
            );
        }
        if axis.is_cut {
            let y = height - 8;
            svg += &format!(
                "<text class=\"small\" x=\"12\" y=\"{y}\">The run goes on; its first {MOST_MOMENTS} changes are drawn.</text>\n"
            );
        }
        svg + "</svg>\n"
    }
}

/// Where each moment stands: folded time.
struct Axis {
    /// Instants with their first and last place.
    ticks: Vec<(DateTime<Utc>, i32, i32)>,
    /// The place of each moment, lane by lane.
    places: Vec<Vec<i32>>,
    width: i32,
    is_cut: bool,
}

impl Axis {
    fn of(timeline: &Timeline) -> Self {
        let mut all: Vec<(DateTime<Utc>, usize, usize)> = Vec::new();
        for (lane, Lane { moments, .. }) in timeline.lanes.iter().enumerate() {
            all.extend(moments.iter().enumerate().map(|(index, moment)| (moment.at, lane, index)));
        }
        // Of one instant the changes of a lane stand together, in their order.
        all.sort_by_key(|(at, lane, index)| (*at, *lane, *index));
        let is_cut = all.len() > MOST_MOMENTS;
        all.truncate(MOST_MOMENTS);
        let mut places: Vec<Vec<i32>> = timeline.lanes.iter().map(|_| Vec::new()).collect();
        let mut ticks = vec![(timeline.begins, 0, 0)];
        let mut x = 0;
        for (at, lane, index) in all {
            let (last, _, _) = ticks.last().copied().unwrap_or_default();
            let moments = timeline.lanes.get(lane).map_or(&[][..], |lane| &lane.moments);
            let own = room_of(moments, index);
            x += own;
            if at > last {
                x += room(at - last) - own;
                ticks.push((at, x, x));
            } else if let Some(tick) = ticks.last_mut() {
                tick.2 = x;
            }
            // A state needs room for its name.
            let Some(places) = places.get_mut(lane) else { continue };
            if let Some((before, previous)) = named_before(moments, index, places) {
                let needed = i32::try_from(before.len()).unwrap_or(0) * LETTER + 14;
                let lacking = needed - (x - previous);
                if lacking > 0 {
                    x += lacking;
                    if let Some(tick) = ticks.last_mut() {
                        let shift = if tick.1 == tick.2 && at > last { lacking } else { 0 };
                        (tick.1, tick.2) = (tick.1 + shift, x);
                    }
                }
            }
            places.push(x);
        }
        Self { ticks, places, width: x + 120, is_cut }
    }

    fn draw(&self, begins: DateTime<Utc>, below: i32) -> String {
        let mut svg = String::new();
        let mut free = i32::MIN;
        for (at, first, _) in &self.ticks {
            let x = LEFT + first;
            svg += &format!("<path class=\"axis\" d=\"M{x} {}V{below}\"/>\n", TOP - 10);
            let words = elapsed(begins, *at);
            if x >= free {
                svg += &format!(
                    "<text class=\"small\" x=\"{}\" y=\"{}\">{words}</text>\n",
                    x - 2,
                    TOP - 14
                );
                free = x + LETTER * i32::try_from(words.len()).unwrap_or(0) + 8;
            }
        }
        svg
    }
}

/// The state before a moment that enters one, and where its bar began.
fn named_before(moments: &[Moment], index: usize, places: &[i32]) -> Option<(&'static str, i32)> {
    let What::Entered { from, .. } = moments.get(index)?.what else { return None };
    let earlier = moments.iter().take(index).zip(places).rev();
    let entry = earlier.into_iter().find(|(moment, _)| matches!(moment.what, What::Entered { .. }));
    Some((from.short_name(), entry.map_or(0, |(_, place)| *place)))
}

/// The room of a moment at the instant of the one before: a mark stands at the change that it belongs to.
fn room_of(moments: &[Moment], index: usize) -> i32 {
    let before = index.checked_sub(1).and_then(|before| moments.get(before));
    match (moments.get(index).map(|moment| &moment.what), before.map(|moment| &moment.what)) {
        (Some(What::Entered { .. }), _) => CHANGE,
        (_, Some(What::Entered { .. }) | None) => 0,
        _ => CHANGE / 2,
    }
}

/// How wide a wait is drawn.
#[allow(clippy::cast_possible_truncation, reason = "the logarithm of a span of time is small")]
fn room(wait: chrono::TimeDelta) -> i32 {
    let seconds = wait.num_milliseconds().max(1) as f64 / 1_000.0;
    WAIT + ((1.0 + seconds).log10() * DECADE) as i32
}

impl Lane {
    fn draw(&self, top: i32, axis: &Axis, notes: &mut Vec<(&'static str, String)>) -> String {
        let number = (top - TOP) / LANE;
        let index = usize::try_from(number).unwrap_or(0);
        let places = axis.places.get(index).map_or(&[][..], Vec::as_slice);
        let bar = top + 24;
        let mut svg = format!(
            "<text class=\"label\" x=\"12\" y=\"{}\">{}</text>\n",
            bar + 18,
            escaped(&shortened(&self.name))
        );
        let mut state = JobState::Suspended;
        let mut start = axis.place_of(self.begins);
        for (moment, place) in self.moments.iter().zip(places.iter().copied()) {
            match &moment.what {
                What::Entered { to, .. } => {
                    svg += &bar_of(state, start, place, bar);
                    (state, start) = (*to, place);
                }
                What::Failed(code) => {
                    let number = note(notes, "failed", code);
                    let (x, y) = (LEFT + place, bar + BAR + 2);
                    svg += &format!(
                        "<path class=\"failed\" d=\"M{x} {y}l6 11h-12z\"/>\n\
                         <text class=\"small failed\" x=\"{}\" y=\"{}\">{number}</text>\n",
                        x + 8,
                        y + 11
                    );
                }
                What::Told(name) => {
                    let number = note(notes, "told", name);
                    let (x, y) = (LEFT + place, bar - 8);
                    svg += &format!(
                        "<circle class=\"told\" cx=\"{x}\" cy=\"{y}\" r=\"5\"/>\n\
                         <text class=\"small told\" x=\"{}\" y=\"{}\">{number}</text>\n",
                        x + 8,
                        y + 4
                    );
                }
                What::Again { .. } => {
                    let x = LEFT + place;
                    let words = again(&moment.what);
                    svg += &format!(
                        "<text class=\"small\" x=\"{}\" y=\"{}\">{words}</text>\n",
                        x - LETTER * 6,
                        bar + BAR + 26
                    );
                }
            }
        }
        let end = if state.is_final() { start + 106 } else { axis.width };
        svg + &bar_of(state, start, end, bar)
    }
}

impl Axis {
    /// Where an instant stands at which nothing needs to have happened.
    fn place_of(&self, at: DateTime<Utc>) -> i32 {
        let tick = self.ticks.iter().rev().find(|(tick, ..)| *tick <= at);
        tick.map_or(0, |(_, first, _)| *first)
    }
}

fn bar_of(state: JobState, start: i32, end: i32, y: i32) -> String {
    let (x, width) = (LEFT + start, (end - start).max(2));
    let name = state.short_name();
    format!(
        "<rect class=\"state {}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{BAR}\" rx=\"4\"/>\n\
         <text class=\"small\" x=\"{}\" y=\"{}\">{name}</text>\n",
        name.to_lowercase().replace('_', "-"),
        x + 5,
        y + 17
    )
}

/// The number of a note, which stands below the picture.
fn note(notes: &mut Vec<(&'static str, String)>, class: &'static str, words: &str) -> usize {
    let known = notes
        .iter()
        .position(|(_, note)| note.split_once(' ').is_some_and(|(_, known)| known == words));
    known.map_or_else(
        || {
            notes.push((class, format!("{} {words}", notes.len() + 1)));
            notes.len()
        },
        |place| place + 1,
    )
}

fn shortened(name: &str) -> String {
    match name.char_indices().nth(14) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or(name)),
        None => name.to_owned(),
    }
}

fn again(what: &What) -> String {
    match what {
        What::Again { times, every, .. } => {
            format!("and so {times} times more, every {}", Duration(every))
        }
        What::Entered { .. } | What::Failed(_) | What::Told(_) => String::new(),
    }
}

impl fmt::Display for Timeline {
    /// Each job with what happened to it, a line each.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Lane { name, begins, moments } in &self.lanes {
            writeln!(f, "{name}")?;
            let line = |f: &mut fmt::Formatter<'_>, at: DateTime<Utc>, words: &str| {
                writeln!(f, "{:>16}  {words}", elapsed(self.begins, at))
            };
            line(f, *begins, JobState::Suspended.short_name())?;
            for Moment { at, what } in moments {
                let words = match what {
                    What::Entered { to, by, .. } => format!("{to}, by {by}"),
                    What::Failed(code) => format!("    error object: {code}"),
                    What::Told(name) => format!("    told: {name}"),
                    What::Again { .. } => format!("    {}", again(what)),
                };
                line(f, *at, &words)?;
            }
        }
        Ok(())
    }
}
