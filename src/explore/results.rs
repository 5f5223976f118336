//! Results: verdicts as lines of JSON, which `bits merge` puts together. The fields are an agreement: they are
//! written down here, and do not follow the types.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;

use super::decisions::{Cost, Decisions};
use super::reached::code_word;
use super::scope::Strategy;
use super::search::Prefix;
use super::verdict::{Extent, Verdict};
use crate::emulator::StateChange;

/// The variable that names the file to which verdicts are added.
const RESULTS: &str = "BITS_EXPLORE_RESULTS";

/// Adds a verdict to the file that the environment names, if it does.
///
/// # Panics
///
/// If that cannot be written to.
#[allow(clippy::panic, reason = "documented at the method that explores")]
pub(super) fn write(verdict: &Verdict) {
    let Some(path) = std::env::var_os(RESULTS) else { return };
    let line = verdict.to_json_line();
    // In one piece, so that the lines of processes that share a file do not mix.
    let file = OpenOptions::new().append(true).create(true).open(&path);
    if let Err(error) = file.and_then(|mut file| file.write_all(line.as_bytes())) {
        panic!("{RESULTS}={}: the result cannot be added there: {error}", path.display());
    }
}

impl Verdict {
    /// Returns the verdict as a line of JSON, with the fields
    ///
    /// | field | what it says |
    /// |---|---|
    /// | `program` | its [name](crate::explore::Program::named), or where in the source it was explored |
    /// | `shard`, `of` | which part it is, and of how many |
    /// | `bound` | `faults` and `deviations` that were allowed |
    /// | `points` | `first visits` or `every point` |
    /// | `most_points` | at how many points of a run something was decided, null if at all |
    /// | `prunes` | whether known futures were left out |
    /// | `seed` | of runs at random, otherwise null |
    /// | `runs`, `pruned`, `futures`, `waiting` | numbers, as in the verdict |
    /// | `vacuous` | whether [no file was asked for](Self::is_vacuous) |
    /// | `exhausted` | the last bound that was explored to its end, with the fields of `bound`, or null |
    /// | `outcomes` | objects with `outcome`, what the program returned, and `times` |
    /// | `calls` | objects with `call`, `state` (before it; null without a job), `code` and `times` |
    /// | `transitions` | objects with `on`, `from`, `to` and `times` |
    /// | `counterexample` | null, or an object: `decisions`, its `faults`, `deviations` and `points`, `promise`, `happened`, and all as it is printed in `text` |
    #[must_use]
    pub fn to_json_line(&self) -> String {
        let reached = &self.reached;
        let (exhausted, seed) = match self.extent {
            Extent::UpTo(exhausted) => (exhausted, None),
            Extent::AtRandom(seed) => (None, Some(seed)),
            Extent::Replayed => (None, None),
        };
        let strategy = match self.strategy {
            Strategy::FirstVisits => "first visits",
            Strategy::EveryPoint => "every point",
        };
        let outcomes = reached.outcomes.iter().map(|(outcome, times)| {
            object(&[("outcome", text(outcome)), ("times", times.to_string())])
        });
        let calls = reached.calls.iter().map(|((method, state, code), times)| {
            object(&[
                ("call", text(method)),
                ("state", or_null(state.as_ref(), text)),
                ("code", text(code_word(*code))),
                ("times", times.to_string()),
            ])
        });
        let transitions = reached.transitions.iter().map(|(change, times)| {
            let StateChange { on, from, to } = change;
            let times = ("times", times.to_string());
            object(&[("on", text(on)), ("from", text(from)), ("to", text(to)), times])
        });
        let counterexample = or_null(self.counterexample.as_ref(), |found| {
            let decisions: Decisions = found.decisions().parse().unwrap_or_default();
            let Cost { faults, deviations } = decisions.cost();
            object(&[
                ("decisions", text(found.decisions())),
                ("faults", faults.to_string()),
                ("deviations", deviations.to_string()),
                ("points", found.points.to_string()),
                ("promise", text(found.promise())),
                ("happened", text(found.happened())),
                ("text", text(found)),
            ])
        });
        let line = object(&[
            ("program", text(&self.name)),
            ("shard", self.shard.index.to_string()),
            ("of", self.shard.of.to_string()),
            ("bound", cost(self.bound)),
            ("points", text(strategy)),
            (
                "most_points",
                or_null(Some(self.most_points).filter(|most| *most < u32::MAX), |most| {
                    most.to_string()
                }),
            ),
            ("prunes", self.prunes.to_string()),
            ("seed", or_null(seed, |seed| seed.to_string())),
            ("runs", self.runs.to_string()),
            ("pruned", self.pruned.to_string()),
            ("futures", self.futures.to_string()),
            ("waiting", self.waiting.to_string()),
            ("vacuous", self.is_vacuous().to_string()),
            ("exhausted", or_null(exhausted, cost)),
            ("outcomes", list(outcomes)),
            ("calls", list(calls)),
            ("transitions", list(transitions)),
            ("counterexample", counterexample),
        ]);
        line + "\n"
    }
}

fn cost(Cost { faults, deviations }: Cost) -> String {
    object(&[("faults", faults.to_string()), ("deviations", deviations.to_string())])
}

fn or_null<T>(value: Option<T>, write: impl FnOnce(T) -> String) -> String {
    value.map_or_else(|| "null".to_owned(), write)
}

/// An object of fields whose values are JSON.
fn object(fields: &[(&str, String)]) -> String {
    let fields: Vec<_> =
        fields.iter().map(|(name, value)| format!("{}:{value}", text(name))).collect();
    format!("{{{}}}", fields.join(","))
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

fn text(value: impl std::fmt::Display) -> String {
    let mut json = String::from('"');
    for letter in value.to_string().chars() {
        match letter {
            '"' | '\\' => json.extend(['\\', letter]),
            '\n' => json.push_str("\\n"),
            control if control < ' ' => _ = write!(json, "\\u{:04x}", u32::from(control)),
            letter => json.push(letter),
        }
    }
    json.push('"');
    json
}
