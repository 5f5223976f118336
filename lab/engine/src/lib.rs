//! The library behind one function, for the page of the lab: a request as JSON, an answer as JSON.
//!
//! Nothing is said of BITS here: each answer is made of what the library says. The page sends the whole text with each
//! request; the run of the last one is kept.

mod clock;
mod lessons;
mod requests;
mod run;
mod standing;
mod words;

use std::cell::RefCell;

use bits_emulator::scenario::{ParseError, Playback};
use serde_json::{Value, json};
use wasm_bindgen::prelude::wasm_bindgen;

use requests::Request;

/// Answers a request: an object whose `ask` is one of the requests below, with the fields that it needs. The answer is
/// an object; of a request that is none, one with `error`.
///
/// | `ask` | fields | answer |
/// |---|---|---|
/// | `run` | `text` | `problems`; unless they are of the text itself `steps`, `jobs` and the `rules` they name, where it is left `open`, the lines that are `expecting` |
/// | `standing` | `text`, `step` | the time, each job, the disk, and the lines that are reached |
/// | `possible` | `text`, `step`, `job` | `steps` that could happen |
/// | `take` | `text`, `step`, `line` | the `text` with the line in it |
/// | `outcomes` | `text`, `faults`, `pieces`, `milliseconds` | `outcomes`, `answers`, whether it was `exhausted` |
/// | `test` | `text` | a `test` in Rust |
/// | `lesson` | `file` | the `title` of the scenario's lesson and its `sentences`, if it has one |
/// | `explain` | `word` | `entries`, or the `nearest` words |
/// | `complete` | `line` | `from` where, and `words` |
/// | `diagram` | | `states`, `arrows`, `notes` |
/// | `words` | | `words` by kind: what an editor colours |
/// | `scenarios` | | `scenarios`, those of the library |
#[wasm_bindgen]
#[must_use]
pub fn answer(request: &str) -> String {
    let answered = match serde_json::from_str::<Request>(request) {
        Ok(request) => request.answer(),
        Err(error) => json!({ "error": error.to_string() }),
    };
    answered.to_string()
}

thread_local! {
    /// The last run and its text.
    static LAST: RefCell<Option<(String, Playback)>> = const { RefCell::new(None) };
}

/// Does something with the run of a text.
fn with_run<T>(text: &str, act: impl FnOnce(&Playback) -> T) -> Result<T, ParseError> {
    LAST.with_borrow_mut(|last| match last {
        Some((known, run)) if known == text => Ok(act(run)),
        _ => {
            let (_, run) = last.insert((text.to_owned(), Playback::of(text)?));
            Ok(act(run))
        }
    })
}

/// What is wrong with a text, for requests that need one that can be run.
fn not_a_scenario(error: &ParseError) -> Value {
    json!({ "error": error.to_string() })
}
