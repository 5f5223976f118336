//! The result of an exploration: the outcomes that are possible, and the answers to the questions.

use std::fmt;

use super::Extent;
use crate::scenario::Problem;

/// The result of the exploration of a scenario: every outcome that is possible, and the answers to its questions.
#[derive(Debug, Clone)]
pub struct Outcomes {
    pub(super) outcomes: Vec<ScenarioOutcome>,
    pub(super) answers: Vec<Answer>,
    pub(super) extent: Extent,
    pub(super) exhausted: bool,
    pub(super) is_part: bool,
    pub(super) unchecked: Option<Problem>,
}

/// One of the ways in which the runs of a scenario end.
#[derive(Debug, Clone)]
pub struct ScenarioOutcome {
    pub(super) end: Vec<String>,
    pub(super) failure: Option<Problem>,
    pub(super) run: ShortestRun,
}

/// The shortest of the runs that come to an outcome or decide a question: it takes the fewest open steps, and of those
/// the fewest lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShortestRun {
    pub(super) open_steps: u32,
    pub(super) taken: Vec<String>,
    pub(super) scenario: String,
}

/// The answer to a question.
#[derive(Debug, Clone)]
pub struct Answer {
    pub(super) question: String,
    pub(super) line: std::ops::Range<usize>,
    pub(super) finding: Finding,
    pub(super) states: u64,
    pub(super) run: Option<ShortestRun>,
}

/// Whether a question holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// It holds: in every run, or, if it asks what is possible, in one.
    Holds,
    /// It does not hold.
    Fails,
    /// The question was never put to a state: no run reaches its line, or an end if it asks for ends.
    Vacuous,
    /// The exploration was stopped before the answer was known.
    Unknown,
    /// It was not found in this part of the exploration: only all parts together answer the question.
    NotInThisPart,
}

impl Finding {
    /// Returns the finding in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Fails => "fails",
            Self::Vacuous => "vacuous",
            Self::Unknown => "unknown",
            Self::NotInThisPart => "not in this part",
        }
    }

    const fn is_good(self) -> bool {
        match self {
            Self::Holds | Self::NotInThisPart => true,
            Self::Fails | Self::Vacuous | Self::Unknown => false,
        }
    }
}

impl Outcomes {
    /// Returns the outcomes, those that take the fewest open steps first.
    #[must_use]
    pub fn outcomes(&self) -> &[ScenarioOutcome] {
        &self.outcomes
    }

    /// Returns the answers to the questions, in the order of the text.
    #[must_use]
    pub fn answers(&self) -> &[Answer] {
        &self.answers
    }

    /// Returns how far the exploration came.
    #[must_use]
    pub const fn extent(&self) -> Extent {
        self.extent
    }

    /// Returns whether everything was explored, or everything of this part.
    #[must_use]
    pub const fn is_exhausted(&self) -> bool {
        self.exhausted
    }

    /// Returns a problem if the scenario asks and expects nothing and does not say `no expectations`.
    #[must_use]
    pub const fn unchecked(&self) -> Option<&Problem> {
        self.unchecked.as_ref()
    }

    /// Returns whether every question holds, every line held wherever it was reached, everything was explored, and
    /// there was something to check.
    #[must_use]
    pub fn hold(&self) -> bool {
        let answered = self.answers.iter().all(|answer| answer.finding.is_good());
        let held = self.outcomes.iter().all(|outcome| outcome.failure.is_none());
        answered && held && self.exhausted && self.unchecked.is_none()
    }
}

impl ScenarioOutcome {
    /// Returns how the runs end, as lines that expect it; none if a line did not hold.
    #[must_use]
    pub fn end(&self) -> &[String] {
        &self.end
    }

    /// Returns the line of the text that did not hold, and why, if the run ended there.
    #[must_use]
    pub const fn failure(&self) -> Option<&Problem> {
        self.failure.as_ref()
    }

    /// Returns the shortest run with this outcome. If a line did not hold, it is the last of the run and does not hold
    /// there either.
    #[must_use]
    pub const fn run(&self) -> &ShortestRun {
        &self.run
    }
}

impl ShortestRun {
    /// Returns how many open steps it takes.
    #[must_use]
    pub const fn open_steps(&self) -> u32 {
        self.open_steps
    }

    /// What stands before a line of [`taken`](Self::taken) that a client that polls does.
    pub const BY_CLIENT: &str = "client: ";

    /// Returns the open steps that it takes, and what clients that poll do, each as a line behind the time at which it
    /// happens.
    #[must_use]
    pub fn taken(&self) -> &[String] {
        &self.taken
    }

    /// Returns the run as a scenario in which nothing is left open.
    #[must_use]
    pub fn scenario(&self) -> &str {
        &self.scenario
    }
}

impl Answer {
    /// Returns the question as it stands in the text.
    #[must_use]
    pub fn question(&self) -> &str {
        &self.question
    }

    /// Returns the range of bytes of the question in the text.
    #[must_use]
    pub const fn span(&self) -> &std::ops::Range<usize> {
        &self.line
    }

    /// Returns whether the question holds.
    #[must_use]
    pub const fn finding(&self) -> Finding {
        self.finding
    }

    /// Returns to how many states the question was put.
    #[must_use]
    pub const fn states(&self) -> u64 {
        self.states
    }

    /// Returns the shortest run by which the question fails or, if it asks what is possible, holds. The last line of
    /// the run expects what the question is about: it holds there for `never` and `possible`, and does not hold for
    /// `always` and `eventually`.
    #[must_use]
    pub const fn run(&self) -> Option<&ShortestRun> {
        self.run.as_ref()
    }
}

impl fmt::Display for Outcomes {
    /// Writes the answers, then the outcomes, a line each, then how far the exploration came.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for answer in &self.answers {
            writeln!(f, "{}: {}", answer.question, answer.finding.words())?;
        }
        for outcome in &self.outcomes {
            writeln!(f, "{outcome}")?;
        }
        let so_far = match (self.exhausted, self.is_part) {
            (true, false) => "",
            (true, true) => " in this part",
            (false, _) => " so far",
        };
        let number = self.outcomes.len();
        let plural = if number == 1 { "" } else { "s" };
        writeln!(f, "{number} outcome{plural}{so_far}; {}", self.extent)
    }
}

impl fmt::Display for ScenarioOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.failure {
            Some(problem) => write!(f, "did not hold: {}", problem.cause),
            None => {
                let ends = self.end.iter().map(|line| line.replacen("expect ", "", 1));
                f.write_str(&ends.collect::<Vec<_>>().join("; "))
            }
        }
    }
}
