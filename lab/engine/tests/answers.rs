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
    // CONNECTING comes and goes at one instant.
    for state in
        ["SUSPENDED", "QUEUED", "CONNECTING", "TRANSIENT_ERROR", "TRANSFERRING", "TRANSFERRED"]
    {
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
fn questions_are_answered_and_open_lines_are_no_problems() {
    let text = format!("{TEXT}maybe complete\nadvance 1 m\n");
    let text = text.replace("resume\n", "never CANCELLED\nnever ACKNOWLEDGED\nresume\n");
    let ran = run(&text);
    assert_eq!(ran["problems"], json!([]));
    assert_eq!(ran["open"]["line"], 11);
    assert_eq!(
        ran["steps"].as_array().unwrap().len(),
        run(TEXT)["steps"].as_array().unwrap().len()
    );
    // What is pressed at the end of the run stands before the line that leaves it open.
    let taken = json!({ "ask": "take", "text": text, "step": 1000, "line": "complete" });
    assert!(ask(&taken)["text"].as_str().unwrap().ends_with("of 10 MiB\ncomplete\n"));
    let found = ask(&json!({ "ask": "outcomes", "text": text, "faults": 0, "pieces": 50 }));
    let answers = found["answers"].as_array().unwrap();
    let findings: Vec<_> = answers.iter().map(|one| (&one["line"], &one["finding"])).collect();
    assert_eq!(json!(findings), json!([[6, "holds"], [7, "fails"]]));
    let shortest = run(answers[1]["scenario"].as_str().unwrap());
    assert_eq!(shortest["problems"], json!([]));
}

#[test]
fn a_press_where_a_line_does_not_hold_stands_before_it() {
    let text =
        TEXT.replace("advance until TRANSFERRED", "advance until 1 MiB\nexpect ERROR\nadvance 1 d");
    let at = run(&text)["problems"][0]["line"].clone();
    let taken = json!({ "ask": "take", "text": text, "step": 1000, "line": "cancel" });
    let taken = ask(&taken)["text"].as_str().unwrap().to_owned();
    assert_eq!((at, run(&taken)["problems"].clone()), (json!(8), json!([])));
    assert!(taken.ends_with("advance until 1 MiB\ncancel\n"), "{taken}");
    // A wait for what never comes lasts up to the last step.
    let text = TEXT.replace("until TRANSFERRED", "until ERROR");
    let taken = json!({ "ask": "take", "text": text, "step": 1000, "line": "complete" });
    let taken = ask(&taken)["text"].as_str().unwrap().to_owned();
    assert!(taken.ends_with("advance to 2024-03-31 00:10:10\ncomplete\n"), "{taken}");
}

#[test]
fn lines_that_hold_are_told() {
    let text = format!("{TEXT}expect TRANSFERRED\nexpect ERROR\n");
    assert_eq!(run(&text)["expecting"], json!([7, 8, 9, 10]));
    assert_eq!(run(&text)["problems"][0]["line"], 10);
}

#[test]
fn faults_of_servers_and_disks_are_offered_and_then_mended() {
    let offered = |text: &str| -> Vec<String> {
        let all = ask(&json!({ "ask": "possible", "text": text, "step": 3 }));
        let of_kind = all["steps"].as_array().unwrap().iter().filter(|one| one["kind"] == "fault");
        of_kind.map(|one| one["line"].as_str().unwrap().to_owned()).collect()
    };
    let first = offered(TEXT);
    for line in [
        "server example.com, answers BG_E_HTTP_ERROR_404 once",
        "server example.com removed",
        "disk C: full",
    ] {
        assert!(first.iter().any(|offer| offer == line), "{first:?}");
    }
    // A server keeps what else is said of it.
    let slow = offered(&TEXT.replace("example.com\n", "example.com, latency 2 s\n"));
    assert!(
        slow.contains(
            &"server example.com, latency 2 s, answers BG_E_HTTP_ERROR_503 always".to_owned()
        ),
        "{slow:?}"
    );
    let failing = TEXT.replace("resume\n", "disk C: full\nserver example.com removed\nresume\n");
    let mended = offered(&failing);
    for line in ["server example.com", "disk C: 100 GiB free"] {
        assert!(mended.iter().any(|offer| offer == line), "{mended:?}");
    }
    let step = steps_until(TEXT, "QUEUED");
    let line = "server example.com, answers 404 always";
    let taken = json!({ "ask": "take", "text": TEXT, "step": step, "line": line });
    let taken = ask(&taken)["text"].as_str().unwrap().to_owned() + "advance 1 h\n";
    let end = ask(&json!({ "ask": "standing", "text": taken, "step": 1000 }));
    assert_eq!(end["jobs"][0]["state"], "ERROR", "{taken}");
}

#[test]
fn others_may_call_and_are_refused() {
    let step = steps_until(TEXT, "TRANSIENT_ERROR");
    let all = ask(&json!({ "ask": "possible", "text": TEXT, "step": step }));
    let all: Vec<_> =
        all["steps"].as_array().unwrap().iter().filter(|one| one["kind"] == "other").collect();
    let of = |words: &str| all.iter().find(|one| one["words"] == words).unwrap();
    assert_eq!(of("by administrator bob: cancel")["to"], "CANCELLED");
    assert_eq!(of("by dave: cancel")["refusal"]["code"]["name"], "E_ACCESSDENIED");
}

#[test]
fn each_lesson_has_sentences_for_steps_of_its_run() {
    let scenarios = ask(&json!({ "ask": "scenarios" }));
    let scenarios = scenarios["scenarios"].as_array().unwrap();
    let of = |folder: &str| {
        let in_folder = move |one: &&Value| one["file"].as_str().unwrap().starts_with(folder);
        scenarios.iter().filter(in_folder).collect::<Vec<_>>()
    };
    assert_eq!((of("lessons/").len(), of("check/").len()), (12, 5));
    for scenario in of("lessons/") {
        let lesson = ask(&json!({ "ask": "lesson", "file": scenario["file"] }));
        assert!(lesson["title"].as_str().unwrap().contains(". "), "{lesson}");
        let sentences = lesson["sentences"].as_array().unwrap();
        for sentence in sentences {
            let text = sentence["text"].as_str().unwrap();
            assert!(!text.contains(['*', '|']) && !text.contains("]("), "{text}");
        }
        let named: Vec<&Value> =
            sentences.iter().flat_map(|one| one["rules"].as_array().unwrap()).collect();
        // The lines of the scenario name the rules that the lesson is about.
        let text = scenario["text"].as_str().unwrap();
        let comments = text.lines().filter_map(|line| line.split_once('#')).map(|(_, said)| said);
        let explained =
            comments.filter(|said| named.iter().any(|rule| said.contains(rule.as_str().unwrap())));
        assert!(explained.count() >= 4, "{}", scenario["file"]);
    }
    assert_eq!(ask(&json!({ "ask": "lesson", "file": "name-not-resolved.bits" })), json!({}));
}

// What is copied is a test that compiles and passes.
mod copied;

#[test]
fn a_text_is_copied_as_the_test_that_stands_beside_this_one() {
    let copied =
        ask(&json!({ "ask": "test", "text": format!("# What is copied: a test.\n{TEXT}") }));
    assert_eq!(copied["test"], include_str!("copied/mod.rs"));
}

#[test]
fn a_step_far_into_a_long_run_is_reached_soon() {
    let text = TEXT.replace("answers 503 once", "answers 503 always");
    let text = text
        .replace("resume", "minimum retry delay 60 s\nresume")
        .replace("until TRANSFERRED", "7 d");
    let steps = run(&text)["steps"].as_array().unwrap().len();
    assert!(steps > 20_000, "{steps}");
    // From the beginning each of these would take as long as the run.
    for step in (0..steps).rev().step_by(steps / 40) {
        let at = ask(&json!({ "ask": "standing", "text": text, "step": step }));
        assert_ne!(at["now"], Value::Null);
    }
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
