//! A run that can be looked at after each of its steps.

use std::sync::Arc;

use super::ast::{Advance, Line, Statement};
use super::problem::{ParseError, Problem};
use super::run::played::{CHECKPOINT_STEPS, Played, play};
use super::run::{Run, left_open};
use super::standing::{PlaybackStanding, PossibleStep};
use super::{Scenario, Transcript, rust_test};

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
    played: Played,
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
        Ok(Self::with_checkpoints(text, scenario.lines, CHECKPOINT_STEPS))
    }

    fn with_checkpoints(text: &str, lines: Vec<Line>, every: usize) -> Self {
        Self { text: text.to_owned(), played: play(&lines, every), lines }
    }

    /// Returns everything that happened.
    #[must_use]
    pub const fn trace(&self) -> &Transcript {
        &self.played.trace
    }

    /// Returns the line that did not hold, and why, if the run ended there.
    #[must_use]
    pub const fn failure(&self) -> Option<&Problem> {
        self.played.failure.as_ref()
    }

    /// Returns the line before which the run ended because it leaves open what happens, if it did:
    /// [`check_scenario`](crate::explore::open_scenarios::check_scenario) explores what is possible from there on.
    #[must_use]
    pub fn left_open(&self) -> Option<Problem> {
        let line = self.lines.get(self.end())?;
        line.statement.leaves_open().then(|| left_open(&line.statement).at(line.span.clone()))
    }

    /// Returns the lines that say what must be so, counted from 1, as far as the run came: each holds but the last if
    /// there is a [failure](Self::failure).
    pub fn expecting_lines(&self) -> impl Iterator<Item = usize> {
        let run = self.lines.iter().zip(&self.played.after_lines);
        run.filter(|(line, _)| line.statement.expects()).map(|(line, _)| self.line_number(line))
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
            _ if step >= self.played.counts.len() => self.played.after_lines.len().checked_sub(1),
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
        self.run_to(step).standing()
    }

    /// Returns what could happen after so many steps to the job of that name, or to the last that was created: every
    /// call of its owner, every event that the scenario does not bring about by itself, and time that passes.
    #[must_use]
    pub fn possible(&self, step: usize, job: Option<&str>) -> Vec<PossibleStep> {
        let run = self.run_to(step);
        let above = match self.index(step) {
            Some(index) if step < self.played.counts.len() => index + 1,
            _ => self.end(),
        };
        run.possible(self.lines.get(..above).unwrap_or(&self.lines), job)
    }

    /// Returns the text up to where so many steps have happened. A line in the middle of which that is becomes one that
    /// lets time pass up to there.
    #[must_use]
    pub fn text_up_to(&self, step: usize) -> String {
        let is_at_end = step >= self.played.counts.len();
        if is_at_end && self.end() == self.lines.len() {
            return ended(self.text.clone());
        }
        let index = match self.index(step) {
            // A line that does not hold may have brought steps.
            Some(index) if is_at_end && index < self.end() => return self.cut(self.end()),
            Some(index) => index,
            // Before the first step: the lines that bring none.
            None => {
                let silent = self.played.after_lines.iter().take_while(|count| **count == 0);
                return self.cut(silent.count().min(self.end()));
            }
        };
        let is_wait = match self.lines.get(index).map(|line| &line.statement) {
            // It may go on beyond its last step.
            Some(Statement::Advance(_, Advance::By(_) | Advance::To(_))) => true,
            Some(Statement::Advance(..)) => is_at_end || self.is_within(index, step),
            _ => false,
        };
        let step = step.min(self.played.counts.len());
        match step.checked_sub(1).filter(|_| is_wait) {
            Some(last) => self.parted(index, last),
            None if is_at_end => self.cut(self.end()),
            None => self.cut(self.with_expectations(index) + 1),
        }
    }

    /// The text up to a step in the middle of a wait, counted from 0.
    fn parted(&self, index: usize, last: usize) -> String {
        let above = self.cut(index);
        let mut steps = self.played.trace.steps().skip(last);
        let (Some(step), next) = (steps.next(), steps.next()) else { return above };
        let indentation = self.lines.get(index).map_or("", |line| self.indentation(line));
        let line = |job: Option<Arc<str>>, advance: Advance| {
            format!("{indentation}{}\n", Statement::Advance(job, advance))
        };
        let whole = above.clone() + &line(None, Advance::To(step.at));
        if next.is_none_or(|next| next.at > step.at) {
            return whole;
        }
        // More follows at the same instant: only a wait for what the step brought ends before it.
        let several = self.played.trace.created().count() > 1;
        let until =
            step.jobs.iter().filter(|(_, did)| did.entered(did.after)).map(|(name, did)| {
                let name = several.then(|| Arc::clone(name));
                line(name, Advance::UntilState(did.after))
            });
        let earlier = self.played.trace.steps().take(last).filter(|one| one.at < step.at).last();
        let before = earlier.map_or_else(String::new, |one| line(None, Advance::To(one.at)));
        let waits =
            until.flat_map(|until| [above.clone() + &until, above.clone() + &before + &until]);
        let is_exact = |text: &String| {
            Self::of(text)
                .is_ok_and(|run| run.failure().is_none() && run.trace().steps().count() == last + 1)
        };
        waits.into_iter().find(is_exact).unwrap_or(whole)
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

    /// How many lines hold: the rest does not, is left open, or comes after such a line.
    fn end(&self) -> usize {
        self.played.after_lines.len() - usize::from(self.played.failure.is_some())
    }

    fn run_to(&self, step: usize) -> Run {
        self.played.run_to(&self.lines, self.count(step))
    }

    /// Returns a test in Rust that runs the text: it fails if a line does not hold any more; of a text that leaves something
    /// open or asks a question, if not all holds in every run that is possible.
    ///
    /// ```
    /// use bits_emulator::scenario::Playback;
    ///
    /// let text = "# A job begins suspended.\njob update, DOWNLOAD, by alice\nexpect SUSPENDED\n";
    /// assert_eq!(Playback::of(text)?.rust_test(), r##"
    /// #[test]
    /// fn a_job_begins_suspended() {
    ///     let text = r#"
    /// ## A job begins suspended.
    /// job update, DOWNLOAD, by alice
    /// expect SUSPENDED
    /// "#;
    ///     let scenario: bits_emulator::scenario::Scenario = text.parse().unwrap();
    ///     let report = scenario.run();
    ///     assert!(report.failure.is_none(), "{:#?}\n{}", report.failure, report.trace);
    /// }
    /// "##.trim_start());
    /// # Ok::<(), bits_emulator::scenario::ParseError>(())
    /// ```
    #[must_use]
    pub fn rust_test(&self) -> String {
        rust_test::rust_test(&self.text, &self.lines)
    }

    /// How many steps of the engine there are after so many of the trace, if more follow.
    fn count(&self, step: usize) -> Option<usize> {
        if step >= self.played.counts.len() {
            return None;
        }
        Some(
            step.checked_sub(1).and_then(|last| self.played.counts.get(last)).copied().unwrap_or(0),
        )
    }

    /// The line that brought the last of so many steps.
    fn index(&self, step: usize) -> Option<usize> {
        let count = *self
            .played
            .counts
            .get(step.checked_sub(1)?.min(self.played.counts.len().saturating_sub(1)))?;
        self.played.after_lines.iter().position(|after| *after >= count)
    }

    /// Whether the line brings more steps than so many.
    fn is_within(&self, index: usize, step: usize) -> bool {
        self.played.after_lines.get(index).copied() != self.count(step)
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

#[cfg(test)]
mod tests {
    use super::Playback;
    use crate::reference::ExampleScenario;
    use crate::scenario::Scenario;

    #[test]
    fn a_run_is_the_same_however_often_it_is_interrupted() {
        let sample = ExampleScenario::all().enumerate().step_by(3);
        for (number, ExampleScenario { file, text, .. }) in sample {
            let scenario: Scenario = text.parse().unwrap();
            let whole = Playback::with_checkpoints(&text, scenario.lines.clone(), usize::MAX);
            let pieces = Playback::with_checkpoints(&text, scenario.lines, 1 + number % 4);
            assert_eq!(pieces.played.trace, whole.played.trace, "{file:?}");
            assert_eq!(pieces.played.failure, whole.played.failure, "{file:?}");
            assert_eq!(pieces.played.after_lines, whole.played.after_lines, "{file:?}");
            let steps = whole.played.counts.len();
            for step in (0..steps).step_by(1 + steps / 7).chain([steps]) {
                assert_eq!(pieces.standing(step), whole.standing(step), "{file:?} at {step}");
            }
        }
    }
}
