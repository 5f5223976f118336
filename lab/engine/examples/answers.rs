//! Prints what the engine answers to a fixed set of requests: all that a page could show of the library. `.ci/lab-site`
//! holds by it that the committed site was built from the library as it is.

#![expect(clippy::print_stdout, reason = "it is a program for a script")]

use bits_emulator::reference::{WordKind, names};
use bits_lab_engine::answer;
use serde_json::{Value, json};

fn main() {
    for ask in ["words", "diagram"] {
        print(&json!({ "ask": ask }));
    }
    let scenarios = print(&json!({ "ask": "scenarios" }));
    for word in WordKind::ALL.iter().flat_map(|kind| names(*kind)) {
        print(&json!({ "ask": "explain", "word": word }));
    }
    for scenario in scenarios["scenarios"].as_array().into_iter().flatten() {
        let (file, text) = (scenario["file"].as_str().unwrap_or_default(), &scenario["text"]);
        let steps = match print(&json!({ "ask": "run", "text": text }))["steps"].as_array() {
            Some(steps) => steps.len(),
            None => continue,
        };
        print(&json!({ "ask": "standing", "text": text, "step": steps }));
        if file.starts_with("lessons/") {
            print(&json!({ "ask": "lesson", "file": file }));
            for step in [steps / 3, 2 * steps / 3, steps] {
                print(&json!({ "ask": "possible", "text": text, "step": step, "job": null }));
                print(&json!({ "ask": "take", "text": text, "step": step, "line": "suspend" }));
            }
        }
        if file.starts_with("check/") {
            print(&json!({ "ask": "outcomes", "text": text, "faults": 0, "pieces": 20 }));
        }
    }
}

fn print(request: &Value) -> Value {
    let answered = answer(&request.to_string());
    println!("{answered}");
    serde_json::from_str(&answered).unwrap_or_default()
}
