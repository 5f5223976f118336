//! The parts of a scenario that was checked in parts, as `bits check --json` prints them, put together.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::output::{BAD, GOOD, Output};

/// A line of what it prints.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum CheckLine {
    Question(Question),
    Outcome(Outcome),
    File(Summary),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Question {
    file: String,
    line: u64,
    question: String,
    finding: Finding,
    states: u64,
    #[serde(flatten)]
    run: FoundRun,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Outcome {
    file: String,
    end: Vec<String>,
    problem: Value,
    #[serde(flatten)]
    run: FoundRun,
}

/// How one part of a file came out, behind its questions and outcomes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Summary {
    file: String,
    outcome: String,
    outcomes: u64,
    states: u64,
    runs: u64,
    exhausted: bool,
    stopped: Value,
    problems: Vec<Value>,
    shard: u64,
    of: u64,
    faults: u32,
}

/// The run that shows something, if one does.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct FoundRun {
    open_steps: Option<u32>,
    taken: Option<Vec<String>>,
    scenario: Option<String>,
}

impl FoundRun {
    /// Those with fewer open steps come first, then the shorter ones.
    fn length(&self) -> Option<(u32, usize)> {
        Some((self.open_steps?, self.scenario.as_ref()?.lines().count()))
    }

    /// Returns the shorter of the two.
    fn shortest(self, other: Self) -> Self {
        match (self.length(), other.length()) {
            (Some(one), Some(two)) if two < one => other,
            (None, Some(_)) => other,
            (_, _) => self,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Finding {
    #[serde(rename = "holds")]
    Holds,
    #[serde(rename = "fails")]
    Fails,
    #[serde(rename = "vacuous")]
    Vacuous,
    #[serde(rename = "unknown")]
    Unknown,
    #[serde(rename = "not in this part")]
    NotInThisPart,
}

impl Finding {
    const fn words(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Fails => "fails",
            Self::Vacuous => "vacuous",
            Self::Unknown => "unknown",
            Self::NotInThisPart => "not in this part",
        }
    }

    /// What two parts found together that no single run shows: what is open in one is open.
    const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Fails, _) | (_, Self::Fails) => Self::Fails,
            (Self::Holds, _) | (_, Self::Holds) => Self::Holds,
            (Self::Vacuous, _) | (_, Self::Vacuous) => Self::Vacuous,
            (Self::NotInThisPart, Self::NotInThisPart) => Self::NotInThisPart,
        }
    }
}

impl Question {
    fn and(self, other: Self) -> Self {
        let finding = match (self.run.length(), other.run.length()) {
            // A run that one part found answers the question of all.
            (Some(_), _) => self.finding,
            (None, Some(_)) => other.finding,
            (None, None) => self.finding.and(other.finding),
        };
        let states = self.states.saturating_add(other.states);
        Self { finding, states, run: self.run.shortest(other.run), ..self }
    }

    /// What no part has found is nowhere: it was asked whether that is possible, unless nothing was asked.
    fn whole(self) -> Self {
        let finding = match (self.finding, self.states) {
            (Finding::NotInThisPart, 0) => Finding::Vacuous,
            (Finding::NotInThisPart, _) => Finding::Fails,
            (finding, _) => finding,
        };
        Self { finding, ..self }
    }
}

/// One part of a file, and where its results stand.
pub(crate) struct CheckedPart {
    place: String,
    questions: Vec<Question>,
    outcomes: Vec<Outcome>,
    summary: Summary,
}

/// Puts lines together to parts.
#[derive(Default)]
pub(crate) struct Collected {
    questions: Vec<Question>,
    outcomes: Vec<Outcome>,
    pub(crate) parts: Vec<CheckedPart>,
}

impl Collected {
    pub(crate) fn add(&mut self, line: CheckLine, place: &str) {
        match line {
            CheckLine::Question(question) => self.questions.push(question),
            CheckLine::Outcome(outcome) => self.outcomes.push(outcome),
            CheckLine::File(summary) => self.parts.push(CheckedPart {
                place: place.to_owned(),
                questions: std::mem::take(&mut self.questions),
                outcomes: std::mem::take(&mut self.outcomes),
                summary,
            }),
        }
    }

    /// Returns what is wrong if lines are left without the one that says how their file came out.
    pub(crate) fn end(&mut self, name: &str) -> Option<String> {
        let is_cut = !(self.questions.is_empty() && self.outcomes.is_empty());
        (self.questions, self.outcomes) = (Vec::new(), Vec::new());
        is_cut.then(|| {
            format!("{name} ends before the line that says how its last scenario came out")
        })
    }
}

/// All parts of a file.
pub(crate) struct Checked {
    questions: Vec<Question>,
    outcomes: Vec<Outcome>,
    summary: Summary,
}

/// Puts the parts of each file together, and says of which that cannot be done.
pub(crate) fn merge(parts: Vec<CheckedPart>) -> (Vec<Checked>, Vec<String>) {
    let mut files: BTreeMap<String, Vec<CheckedPart>> = BTreeMap::new();
    for part in parts {
        files.entry(part.summary.file.clone()).or_default().push(part);
    }
    let (mut merged, mut problems) = (Vec::new(), Vec::new());
    for (file, mut parts) in files {
        parts.sort_by_key(|part| part.summary.shard);
        match misfit(&parts) {
            Some(misfit) => problems.push(format!("{file}: {misfit}")),
            None => merged.extend(parts.into_iter().map(Checked::of).reduce(Checked::and)),
        }
    }
    (merged.into_iter().map(Checked::whole).collect(), problems)
}

/// Why parts are not those of one exploration, or not all of them.
fn misfit(parts: &[CheckedPart]) -> Option<String> {
    let first = parts.first()?;
    let asked = |part: &CheckedPart| {
        let questions: Vec<_> = part.questions.iter().map(|asked| asked.question.clone()).collect();
        (part.summary.of, part.summary.faults, questions)
    };
    if let Some(other) = parts.iter().find(|part| asked(part) != asked(first)) {
        return Some(format!(
            "{} and {} differ in what was asked: the questions, the faults or the number of parts",
            first.place, other.place
        ));
    }
    let is_listed = |part: &&CheckedPart| part.summary.outcomes == part.outcomes.len() as u64;
    if let Some(part) = parts.iter().find(|part| !is_listed(part)) {
        return Some(format!(
            "{} lists only some of its outcomes: check with `--outcomes {}`",
            part.place, part.summary.outcomes
        ));
    }
    let there: BTreeSet<u64> = parts.iter().map(|part| part.summary.shard).collect();
    if there.len() < parts.len() {
        return Some("a part is there twice".to_owned());
    }
    let missing = (0..first.summary.of).find(|shard| !there.contains(shard))?;
    Some(format!("part {missing} of {} is missing", first.summary.of))
}

impl Checked {
    fn of(part: CheckedPart) -> Self {
        let CheckedPart { questions, outcomes, summary, .. } = part;
        Self { questions, outcomes, summary }
    }

    fn and(self, other: Self) -> Self {
        let pairs = self.questions.into_iter().zip(other.questions);
        let questions = pairs.map(|(one, two)| one.and(two)).collect();
        let mut outcomes = self.outcomes;
        for outcome in other.outcomes {
            let is_same = |known: &&mut Outcome| {
                (&known.end, &known.problem) == (&outcome.end, &outcome.problem)
            };
            match outcomes.iter_mut().find(is_same) {
                Some(known) => known.run = known.run.clone().shortest(outcome.run),
                None => outcomes.push(outcome),
            }
        }
        let (one, two) = (self.summary, other.summary);
        let summary = Summary {
            states: one.states.saturating_add(two.states),
            runs: one.runs.saturating_add(two.runs),
            exhausted: one.exhausted && two.exhausted,
            stopped: if one.stopped.is_null() { two.stopped } else { one.stopped },
            ..one
        };
        Self { questions, outcomes, summary }
    }

    /// The result of all parts, as of the only one.
    fn whole(self) -> Self {
        let questions: Vec<_> = self.questions.into_iter().map(Question::whole).collect();
        let mut outcomes = self.outcomes;
        outcomes.sort_by_key(|outcome| outcome.run.length());
        let holds = self.summary.exhausted
            && questions.iter().all(|question| question.finding == Finding::Holds)
            && outcomes.iter().all(|outcome| outcome.problem.is_null())
            && self.summary.problems.is_empty();
        let summary = Summary {
            outcome: if holds { "holds" } else { "does not hold" }.to_owned(),
            outcomes: outcomes.len() as u64,
            shard: 0,
            of: 1,
            ..self.summary
        };
        Self { questions, outcomes, summary }
    }

    pub(crate) fn holds(&self) -> bool {
        self.summary.outcome == "holds"
    }

    pub(crate) fn write_json(self, out: &mut Output) -> io::Result<()> {
        let questions = self.questions.into_iter().map(CheckLine::Question);
        let outcomes = self.outcomes.into_iter().map(CheckLine::Outcome);
        let mut lines = questions.chain(outcomes).chain([CheckLine::File(self.summary)]);
        lines.try_for_each(|line| writeln!(out, "{}", serde_json::json!(line)))
    }

    pub(crate) fn write_text(&self, out: &mut Output) -> io::Result<()> {
        let Summary { file, outcome, outcomes, states, runs, exhausted, .. } = &self.summary;
        let so_far = if *exhausted { "" } else { " so far" };
        writeln!(out, "# {file}: {outcomes} outcomes{so_far}, {states} states, {runs} runs")?;
        for (number, Question { question, finding, .. }) in (1..).zip(&self.questions) {
            let style = if *finding == Finding::Holds { GOOD } else { BAD };
            writeln!(out, "question {number}: {question}: {style}{}{style:#}", finding.words())?;
        }
        for (number, Outcome { end, problem, .. }) in (1..).zip(&self.outcomes) {
            match problem["cause"].as_str() {
                None => writeln!(out, "outcome {number}: {}", end.join("; "))?,
                Some(cause) => {
                    writeln!(out, "outcome {number}: {BAD}did not hold{BAD:#}: {cause}")?;
                }
            }
        }
        let style = if self.holds() { GOOD } else { BAD };
        writeln!(out, "# {file}: {style}{outcome}{style:#}")
    }
}
