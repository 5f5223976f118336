//! The exercises of the guide: scenarios with holes, and whether an answer is right.

use crate::scenario::{ParseError, Problem, Scenario, without_comment};

/// A hole of an exercise: within a line it stands for a part of the line, alone on a line for one or more lines.
const HOLE: &str = "____";

/// An exercise of the guide: a scenario with holes. It is solved once the holes are filled in and everything holds.
///
/// ```
/// use bits_emulator::reference::Exercise;
///
/// let exercise = &Exercise::all()[0];
/// assert_eq!((exercise.number.as_str(), exercise.file), ("1.1", "01-1.bits"));
/// assert!(exercise.judge(&exercise.text).is_err(), "its holes are open");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exercise {
    /// Its lesson and its place there, such as `1.1`.
    pub number: String,
    /// The name of its file.
    pub file: &'static str,
    /// What is to be done, in a sentence or two.
    pub task: &'static str,
    /// A hint.
    pub hint: &'static str,
    /// The scenario with its holes, below the task as a comment.
    pub text: String,
}

/// Why an answer to an exercise is not right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WrongAnswer {
    /// A hole is not filled in.
    #[error("there are holes left: put what is missing where {HOLE} stands")]
    Open,
    /// Something else than the holes differs from the exercise.
    #[error("more than the holes was changed: a line of the exercise is not there any more")]
    Changed,
    /// It is no scenario.
    #[error("it is no scenario: {0}")]
    NoScenario(ParseError),
    /// Something does not hold.
    #[error("something does not hold: {}", .0.cause)]
    DoesNotHold(Problem),
}

/// Puts exercises into the library, by their files in the folder `docs/exercises`.
macro_rules! exercises {
    ($($file:literal)+) => {
        const FILES: &[(&str, &str)] =
            &[$(($file, include_str!(concat!("../../docs/exercises/", $file)))),+];
    };
}

exercises! {
    "01-1.bits"
    "01-2.bits"
    "01-3.bits"
    "02-1.bits"
    "02-2.bits"
    "02-3.bits"
    "03-1.bits"
    "03-2.bits"
    "03-3.bits"
    "04-1.bits"
    "04-2.bits"
    "04-3.bits"
    "05-1.bits"
    "05-2.bits"
    "05-3.bits"
    "06-1.bits"
    "06-2.bits"
    "06-3.bits"
    "07-1.bits"
    "07-2.bits"
    "07-3.bits"
    "08-1.bits"
    "08-2.bits"
    "08-3.bits"
    "09-1.bits"
    "09-2.bits"
    "09-3.bits"
    "10-1.bits"
    "10-2.bits"
    "10-3.bits"
    "11-1.bits"
    "11-2.bits"
    "11-3.bits"
    "12-1.bits"
    "12-2.bits"
    "12-3.bits"
}

impl Exercise {
    /// Returns every exercise, in the order of the lessons.
    #[must_use]
    pub fn all() -> Vec<Self> {
        FILES.iter().map(|(file, text)| Self::read(file, text)).collect()
    }

    /// `# Exercise 1.1: TASK`, then `# Hint: HINT`.
    fn read(file: &'static str, text: &'static str) -> Self {
        let mut lines = text.lines();
        let head = lines.next().unwrap_or_default();
        let head = head.strip_prefix("# Exercise ").unwrap_or(head);
        let (number, task) = head.split_once(": ").unwrap_or((file, head));
        let hint = lines.next().and_then(|line| line.strip_prefix("# Hint: ")).unwrap_or_default();
        let is_shown = |line: &&str| !line.starts_with("# Hint: ");
        let text = text.lines().filter(is_shown).flat_map(|line| [line, "\n"]).collect();
        Self { number: number.to_owned(), file, task, hint, text }
    }

    /// Judges an answer: the text of the exercise with its holes filled in. Comments may be others.
    ///
    /// # Errors
    ///
    /// Why it is not right.
    pub fn judge(&self, answer: &str) -> Result<(), WrongAnswer> {
        let lines = statements(answer);
        if lines.iter().any(|line| line.contains(HOLE)) {
            return Err(WrongAnswer::Open);
        }
        if !fits(&statements(&self.text), &lines) {
            return Err(WrongAnswer::Changed);
        }
        let scenario: Scenario = answer.parse().map_err(WrongAnswer::NoScenario)?;
        scenario.run().failure.map_or(Ok(()), |problem| Err(WrongAnswer::DoesNotHold(problem)))
    }
}

/// The lines without comments, indentation and empty lines.
fn statements(text: &str) -> Vec<&str> {
    let lines = text.lines().map(|line| without_comment(line).trim());
    lines.filter(|line| !line.is_empty()).collect()
}

/// Whether the lines are the exercise with its holes filled in.
fn fits(exercise: &[&str], lines: &[&str]) -> bool {
    match exercise {
        [] => lines.is_empty(),
        [HOLE, rest @ ..] => {
            let mut tails = (1..=lines.len()).filter_map(|count| lines.get(count..));
            tails.any(|tail| fits(rest, tail))
        }
        [first, rest @ ..] => match lines {
            [line, tail @ ..] => line_fits(first, line) && fits(rest, tail),
            [] => false,
        },
    }
}

/// Whether a line is one of the exercise with something in the place of each hole.
fn line_fits(exercise: &str, line: &str) -> bool {
    let Some((before, after)) = exercise.split_once(HOLE) else { return exercise == line };
    let Some(rest) = line.strip_prefix(before) else { return false };
    let mut places = rest.char_indices().skip(1).map(|(place, _)| place).chain([rest.len()]);
    places.any(|place| place > 0 && rest.get(place..).is_some_and(|rest| line_fits(after, rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_is_a_part_of_a_line_or_some_lines() {
        assert!(line_fits("expect ____, error count ____", "expect ERROR, error count 2"));
        assert!(!line_fits("expect ____, error count 0", "expect , error count 0"));
        assert!(!line_fits("resume", "suspend"));
        assert!(fits(&["a", HOLE, "c ____"], &["a", "b", "b", "c d"]));
        assert!(!fits(&["a", HOLE, "c"], &["a", "c"]));
        assert!(!fits(&["a"], &["a", "b"]));
    }
}
