//! The requests.

use bits_emulator::explore::open_scenarios::{ShortestRun, check_scenario};
use bits_emulator::reference::ExampleScenario;
use bits_emulator::scenario::{ParseError, Scenario};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{clock, lessons, not_a_scenario, run, standing, with_run, words};

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(tag = "ask", rename_all = "lowercase")]
pub(crate) enum Request {
    Run { text: String },
    Standing { text: String, step: usize },
    Possible { text: String, step: usize, job: Option<String> },
    Take { text: String, step: usize, line: String },
    Outcomes { text: String, faults: u32, pieces: u64, milliseconds: Option<f64> },
    Test { text: String },
    Lesson { file: String },
    Explain { word: String },
    Complete { line: String },
    Diagram,
    Scenarios,
    Words,
}

impl Request {
    pub(crate) fn answer(self) -> Value {
        match self {
            Self::Run { text } => run::run(&text),
            Self::Standing { text, step } => {
                or_error(with_run(&text, |run| standing::standing(run, step)))
            }
            Self::Possible { text, step, job } => {
                or_error(with_run(&text, |run| standing::possible(run, step, job.as_deref())))
            }
            Self::Take { text, step, line } => or_error(with_run(
                &text,
                |run| json!({ "text": run.with_line(step, &line), "cut": run.text_up_to(step) }),
            )),
            Self::Outcomes { text, faults, pieces, milliseconds } => {
                outcomes(&text, faults, pieces, milliseconds)
            }
            Self::Test { text } => {
                or_error(with_run(&text, |run| json!({ "test": run.rust_test() })))
            }
            Self::Lesson { file } => lessons::lesson(&file),
            Self::Explain { word } => words::explain(&word),
            Self::Complete { line } => {
                let (from, words) = Scenario::completions(&line);
                json!({ "from": utf16(&line, from), "words": words })
            }
            Self::Diagram => words::diagram(),
            Self::Words => words::words(),
            Self::Scenarios => {
                let all = ExampleScenario::all().map(
                    |ExampleScenario { file, text, .. }| json!({ "file": file, "text": text }),
                );
                json!({ "scenarios": all.collect::<Vec<_>>() })
            }
        }
    }
}

fn or_error(answered: Result<Value, ParseError>) -> Value {
    answered.unwrap_or_else(|error| not_a_scenario(&error))
}

/// How many units of UTF-16 stand before a byte of a text: how a page counts.
pub(crate) fn utf16(text: &str, byte: usize) -> usize {
    text.get(..byte).unwrap_or(text).encode_utf16().count()
}

/// Explores what is possible, for at most so many pieces of runs from one open step to the next, and so long.
fn outcomes(text: &str, faults: u32, pieces: u64, milliseconds: Option<f64>) -> Value {
    let scenario: Scenario = match text.parse() {
        Ok(scenario) => scenario,
        Err(error) => return not_a_scenario(&error),
    };
    let mut gone = 0;
    let end = milliseconds.map(|long| clock::milliseconds() + long);
    let found = check_scenario(&scenario)
        .faults(faults)
        .while_going(|_| {
            gone += 1;
            gone <= pieces && end.is_none_or(|end| clock::milliseconds() < end)
        })
        .run();
    let outcomes = found.outcomes().iter().map(|outcome| {
        json!({
            "words": outcome.to_string(),
            "end": outcome.end(),
            "failure": outcome.failure().map(|problem| run::problem(problem, text)),
            "taken": outcome.run().taken(),
            "scenario": outcome.run().scenario(),
        })
    });
    let answers = found.answers().iter().map(|answer| {
        json!({
            "question": answer.question(),
            "line": run::line_of(text, answer.span()),
            "finding": answer.finding().words(),
            "taken": answer.run().map(ShortestRun::taken),
            "scenario": answer.run().map(ShortestRun::scenario),
        })
    });
    json!({
        "outcomes": outcomes.collect::<Vec<_>>(),
        "answers": answers.collect::<Vec<_>>(),
        "exhausted": found.is_exhausted(),
        "extent": found.extent().to_string(),
    })
}
