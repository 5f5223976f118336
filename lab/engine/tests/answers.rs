//! What the interface answers.

use bits_lab_engine::answer;
use serde_json::{Value, json};

const TEXT: &str = r"# Ünïcode above.
server example.com
  /app.exe 10 MiB, answers 503 once
job update, DOWNLOAD, by alice
add https://example.com/app.exe as C:\app.exe
resume
advance until TRANSFERRED
expect progress 10 MiB of 10 MiB
";

fn ask(request: &Value) -> Value {
    serde_json::from_str(&answer(&request.to_string())).unwrap()
}

fn run(text: &str) -> Value {
    ask(&json!({ "ask": "run", "text": text }))
}

/// After how many steps the job of the text is first in the state.
fn steps_until(text: &str, state: &str) -> usize {
    let run = run(text);
    let steps = run["steps"].as_array().unwrap();
    steps.iter().position(|step| step["jobs"][0]["after"] == state).unwrap() + 1
}

fn possible(text: &str, step: usize, words: &str) -> Value {
    let answer = ask(&json!({ "ask": "possible", "text": text, "step": step }));
    let steps = answer["steps"].as_array().unwrap();
    steps.iter().find(|step| step["words"] == words).unwrap().clone()
}

#[test]
fn a_run_tells_steps_with_lines_rules_and_triggers() {
    let run = run(TEXT);
    assert_eq!(run["problems"], json!([]));
    let failed = &run["steps"][steps_until(TEXT, "TRANSIENT_ERROR") - 1];
    assert_eq!(failed["line"], 7);
    assert_eq!(failed["jobs"][0]["by"], json!(["recoverable failure"]));
    assert_eq!(failed["jobs"][0]["error_object"]["code"], "BG_E_HTTP_ERROR_503");
    let rule = failed["jobs"][0]["rules"][0].as_str().unwrap();
    assert!(run["rules"][rule]["text"].as_str().unwrap().len() > 20);
}

#[test]
fn a_place_is_counted_as_a_page_counts() {
    let text = "# Ünïcode 𝄞\njob update, DOWNLOAD, by alice\nresum\n";
    let problem = &run(text)["problems"][0];
    assert_eq!(problem["line"], 3);
    let from = text.encode_utf16().count() - "resum\n".len();
    assert_eq!(problem["from"], from);
    assert_eq!(run(text)["steps"], Value::Null);
}

#[test]
fn a_line_that_does_not_hold_ends_the_run_and_keeps_its_steps() {
    let run = run(&format!("{TEXT}expect ERROR\n"));
    assert_eq!(run["problems"][0]["line"], 9);
    assert!(run["steps"].as_array().unwrap().len() > 5);
}

#[test]
fn a_standing_tells_error_object_clocks_and_what_they_do() {
    let step = steps_until(TEXT, "TRANSIENT_ERROR");
    let standing = ask(&json!({ "ask": "standing", "text": TEXT, "step": step }));
    let job = &standing["jobs"][0];
    assert_eq!(job["state"], "TRANSIENT_ERROR");
    assert_eq!(job["error"]["code"]["name"], "BG_E_HTTP_ERROR_503");
    assert_eq!(job["clocks"][0]["clock"], "retry delay");
    assert_eq!(job["clocks"][0]["then"], "it is QUEUED again");
    assert_eq!(standing["lines_reached"], 7);
    let end = ask(&json!({ "ask": "standing", "text": TEXT, "step": 1_000 }));
    assert_eq!(end["jobs"][0]["state"], "TRANSFERRED");
    assert_eq!(end["jobs"][0]["error"], Value::Null);
    assert_eq!(end["jobs"][0]["no_error"]["code"]["name"], "BG_E_ERROR_INFORMATION_UNAVAILABLE");
    assert_eq!(end["disk"][0]["size"], 10 << 20);
    assert_eq!(end["lines_reached"], 8);
}

#[test]
fn what_is_possible_is_what_happens_if_the_line_is_taken() {
    for state in ["SUSPENDED", "QUEUED", "TRANSIENT_ERROR", "TRANSFERRING", "TRANSFERRED"] {
        let step = match state {
            "SUSPENDED" => 1,
            _ => steps_until(TEXT, state),
        };
        let all = ask(&json!({ "ask": "possible", "text": TEXT, "step": step }));
        let all = all["steps"].as_array().unwrap();
        assert!(all.len() > 40, "{} in {state}", all.len());
        for possible in all.iter().step_by(7) {
            let line = &possible["line"];
            let taken = ask(&json!({ "ask": "take", "text": TEXT, "step": step, "line": line }));
            let text = taken["text"].as_str().unwrap();
            assert_eq!(run(text)["problems"], json!([]), "{line} in {state}");
            let end = ask(&json!({ "ask": "standing", "text": text, "step": 100_000 }));
            assert_eq!(end["jobs"][0]["state"], possible["to"], "{line} in {state}");
        }
    }
}

#[test]
fn a_refused_call_has_its_code_and_its_reason() {
    let step = steps_until(TEXT, "TRANSFERRING");
    let refused = &possible(TEXT, step, "GetError")["refusal"];
    assert_eq!(refused["code"]["number"], "0x8020000F");
    assert!(refused["why"].as_str().unwrap().contains("no error occurred"), "{refused}");
    let set = "SetServerCertificateValidationInterface";
    assert_eq!(
        possible(TEXT, step, set)["refusal"]["code"]["name"],
        "BG_E_READ_ONLY_WHEN_JOB_ACTIVE"
    );
    assert_eq!(possible(TEXT, step, "Suspend")["to"], "SUSPENDED");
}

#[test]
fn a_press_within_a_long_wait_parts_it() {
    let step = steps_until(TEXT, "TRANSIENT_ERROR");
    let taken = ask(&json!({ "ask": "take", "text": TEXT, "step": step, "line": "suspend" }));
    let text = taken["text"].as_str().unwrap();
    let lines: Vec<&str> = text.lines().rev().collect();
    assert_eq!(lines[0], "suspend");
    assert!(lines[1].starts_with("advance to 2024-01-01 00:00:0"), "{text}");
    assert_eq!(lines[2], "resume");
}

#[test]
fn a_line_that_expects_something_takes_the_place_of_no_expectations() {
    let text =
        format!("no expectations\n{}", TEXT.replace("expect progress 10 MiB of 10 MiB\n", ""))
            .replace("advance until TRANSFERRED", "advance 1 h");
    let line = "expect TRANSFERRED";
    let taken = ask(&json!({ "ask": "take", "text": text, "step": 1_000, "line": line }));
    let text = taken["text"].as_str().unwrap();
    assert_eq!(run(text)["problems"], json!([]));
    assert!(!text.contains("no expectations"));
}

#[test]
fn outcomes_are_bounded_and_each_is_a_scenario() {
    let request = json!({ "ask": "outcomes", "text": format!("{TEXT}maybe complete\n"), "faults": 0, "pieces": 50 });
    let found = ask(&request);
    assert_eq!(found["exhausted"], true);
    let outcomes = found["outcomes"].as_array().unwrap();
    assert_eq!(outcomes.len(), 2);
    for outcome in outcomes {
        assert_eq!(run(outcome["scenario"].as_str().unwrap())["problems"], json!([]));
    }
    let bounded = json!({ "ask": "outcomes", "text": TEXT, "faults": 1, "pieces": 3 });
    assert_eq!(ask(&bounded)["exhausted"], false);
}

#[test]
fn words_lines_and_the_diagram_are_those_of_the_library() {
    let found = ask(&json!({ "ask": "explain", "word": "503" }));
    assert_eq!(found["entries"][0]["name"], "BG_E_HTTP_ERROR_503");
    let unknown = ask(&json!({ "ask": "explain", "word": "TRANSFERED" }));
    assert_eq!(unknown["nearest"][0], "TRANSFERRED");
    let completed = ask(&json!({ "ask": "complete", "line": "minimum r" }));
    assert_eq!(completed, json!({ "from": 8, "words": ["retry delay"] }));
    let diagram = ask(&json!({ "ask": "diagram" }));
    assert_eq!(diagram["states"].as_array().unwrap().len(), 9);
    let endings = diagram["arrows"].as_array().unwrap().iter().filter(|one| one["from"].is_null());
    assert_eq!(endings.count(), 2);
    let scenarios = ask(&json!({ "ask": "scenarios" }));
    assert!(scenarios["scenarios"].as_array().unwrap().len() > 50);
}

#[test]
fn a_request_that_is_none_is_answered() {
    assert!(ask(&json!({ "ask": "riddle" }))["error"].is_string());
    let broken = ask(&json!({ "ask": "standing", "text": "riddle", "step": 0 }));
    assert!(broken["error"].as_str().unwrap().contains("riddle"));
}
