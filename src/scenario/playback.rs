//! A run that can be looked at after each of its steps.

use super::ast::{Advance, Line, Statement};
use super::problem::{ParseError, Problem};
use super::run::played::{Played, play, run_to};
use super::standing::{PlaybackStanding, PossibleStep};
use super::{Scenario, Transcript};

/// A run of a scenario that can be looked at after each of its steps, and gone on with from there: what a debugger
/// shows.
///
/// A step is counted by how many have happened: 0 is before the first, and the number of steps in the trace is where
/// the text ends.
///
/// ```
/// use bits_emulator::JobState;
/// use bits_emulator::scenario::Playback;
///
/// let playback = Playback::of(r"
/// server example.com
///   /app.exe 10 MiB, answers 503 once
/// job update, DOWNLOAD, by alice
/// add https://example.com/app.exe as C:\app.exe
/// resume
/// advance until TRANSFERRED
/// ")?;
/// let failed = playback.trace().steps().position(|step| step.jobs[0].1.after == JobState::TransientError).unwrap();
/// let standing = playback.standing(failed + 1);
/// assert!(standing.jobs[0].explanation.error.is_some());
///
/// // What could happen there, and the text with it: the wait for TRANSFERRED is parted.
/// let resume = playback.possible(failed + 1, None).into_iter().find(|step| step.words == "Resume").unwrap();
/// assert_eq!(resume.to, JobState::Queued);
/// assert!(playback.with_line(failed + 1, &resume.line).ends_with("\nresume\n"));
/// # Ok::<(), bits_emulator::scenario::ParseError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Playback {
    text: String,
    lines: Vec<Line>,
    trace: Transcript,
    failure: Option<Problem>,
    counts: Vec<usize>,
    after_lines: Vec<usize>,
}

impl Playback {
    /// Reads a scenario and runs it up to its end, or to the first line that does not hold or leaves open what happens.
    /// It need not expect anything.
    ///
    /// # Errors
    ///
    /// All problems of the text, each with its place, its cause and a remedy.
    pub fn of(text: &str) -> Result<Self, ParseError> {
        let scenario: Scenario = text.parse()?;
        let Played { trace, failure, counts, after_lines } = play(&scenario.lines);
        let (text, lines) = (text.to_owned(), scenario.lines);
        Ok(Self { text, lines, trace, failure, counts, after_lines })
    }

    /// Returns everything that happened.
    #[must_use]
    pub const fn trace(&self) -> &Transcript {
        &self.trace
    }

    /// Returns the line that did not hold, and why, if the run ended there.
    #[must_use]
    pub const fn failure(&self) -> Option<&Problem> {
        self.failure.as_ref()
    }

    /// Returns the line of the text that brought the last of so many steps, counted from 1; `None` before the first.
    #[must_use]
    pub fn line(&self, step: usize) -> Option<usize> {
        let line = self.lines.get(self.index(step)?)?;
        Some(self.line_number(line))
    }

    /// Returns the lines that are reached after so many steps, counted from 1: how many of the text are, at the end all
    /// up to the one that does not hold.
    #[must_use]
    pub fn lines_reached(&self, step: usize) -> usize {
        let reached = match self.index(step) {
            _ if step >= self.counts.len() => self.after_lines.len().checked_sub(1),
            None => None,
            Some(index) if self.is_within(index, step) => Some(index),
            Some(index) => Some(self.with_expectations(index)),
        };
        reached.and_then(|index| self.lines.get(index)).map_or(0, |line| self.line_number(line))
    }

    /// Returns where everything stands after so many steps, at the instant of the last of them; after all, at the end
    /// of the text.
    #[must_use]
    pub fn standing(&self, step: usize) -> PlaybackStanding {
        run_to(&self.lines, self.count(step)).standing()
    }

    /// Returns what could happen after so many steps to the job of that name, or to the last that was created: every
    /// call of its owner, every event that the scenario does not bring about by itself, and time that passes.
    #[must_use]
    pub fn possible(&self, step: usize, job: Option<&str>) -> Vec<PossibleStep> {
        let run = run_to(&self.lines, self.count(step));
        let above = self.index(step).map_or(self.lines.len(), |index| index + 1);
        let above = if step >= self.counts.len() { self.lines.len() } else { above };
        run.possible(self.lines.get(..above).unwrap_or(&self.lines), job)
    }

    /// Returns the text up to where so many steps have happened. A line in the middle of which that is becomes one that
    /// lets time pass up to there.
    #[must_use]
    pub fn text_up_to(&self, step: usize) -> String {
        if step >= self.counts.len() {
            return ended(self.text.clone());
        }
        let Some(index) = self.index(step) else {
            // Before the first step: the lines that bring none.
            return self.cut(self.after_lines.iter().take_while(|count| **count == 0).count());
        };
        let is_wait = match self.lines.get(index).map(|line| &line.statement) {
            // It may go on beyond its last step.
            Some(Statement::Advance(_, Advance::By(_) | Advance::To(_))) => true,
            Some(Statement::Advance(..)) => self.is_within(index, step),
            _ => false,
        };
        let last = step.checked_sub(1).and_then(|last| self.trace.steps().nth(last));
        match last.filter(|_| is_wait) {
            Some(last) => {
                let indentation = self.lines.get(index).map_or("", |line| self.indentation(line));
                let wait = Statement::Advance(None, Advance::To(last.at));
                self.cut(index) + &format!("{indentation}{wait}\n")
            }
            None => self.cut(self.with_expectations(index) + 1),
        }
    }

    /// Returns the text up to where so many steps have happened, with a line below; `no expectations` goes if the line
    /// expects something.
    #[must_use]
    pub fn with_line(&self, step: usize, line: &str) -> String {
        let text = self.text_up_to(step) + line + "\n";
        let is_silent = |line: &&Line| line.statement == Statement::NoExpectations;
        let Some(silent) = self.lines.iter().find(is_silent) else { return text };
        if text.parse::<Scenario>().is_ok() {
            return text;
        }
        let number = self.line_number(silent);
        let others = text.lines().enumerate().filter(|(index, _)| index + 1 != number);
        others.flat_map(|(_, line)| [line, "\n"]).collect()
    }

    /// How many steps of the engine there are after so many of the trace, if more follow.
    fn count(&self, step: usize) -> Option<usize> {
        if step >= self.counts.len() {
            return None;
        }
        Some(step.checked_sub(1).and_then(|last| self.counts.get(last)).copied().unwrap_or(0))
    }

    /// The line that brought the last of so many steps.
    fn index(&self, step: usize) -> Option<usize> {
        let count =
            *self.counts.get(step.checked_sub(1)?.min(self.counts.len().saturating_sub(1)))?;
        self.after_lines.iter().position(|after| *after >= count)
    }

    /// Whether the line brings more steps than so many.
    fn is_within(&self, index: usize, step: usize) -> bool {
        self.after_lines.get(index).copied() != self.count(step)
    }

    /// The last of the expectations that stand below a line.
    fn with_expectations(&self, index: usize) -> usize {
        let below = self.lines.iter().skip(index + 1);
        index + below.take_while(|line| matches!(line.statement, Statement::Expect(..))).count()
    }

    fn line_number(&self, line: &Line) -> usize {
        self.text.get(..line.span.start).unwrap_or_default().matches('\n').count() + 1
    }

    /// What stands before a statement in its line.
    fn indentation(&self, line: &Line) -> &str {
        let before = self.text.get(..line.span.start).unwrap_or_default();
        before.rfind('\n').and_then(|end| before.get(end + 1..)).unwrap_or(before)
    }

    /// The text before the line with that index.
    fn cut(&self, index: usize) -> String {
        let Some(last) = index.checked_sub(1).and_then(|last| self.lines.get(last)) else {
            return String::new();
        };
        let number = self.line_number(last);
        ended(self.text.lines().take(number).flat_map(|line| [line, "\n"]).collect())
    }
}

/// The text with a line break at its end.
fn ended(text: String) -> String {
    if text.is_empty() || text.ends_with('\n') { text } else { text + "\n" }
}
