//! `bits explain`, and the lists of words.

use std::path::PathBuf;
use std::process::{Command, Output};

use bits_emulator::HResult;
use serde_json::Value;

fn bits(arguments: &[&str]) -> Output {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    Command::new(env!("CARGO_BIN_EXE_bits")).args(arguments).current_dir(root).output().unwrap()
}

fn stdout(arguments: &[&str]) -> String {
    let output = bits(arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", stderr(&output));
    String::from_utf8(output.stdout).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn objects(arguments: &[&str]) -> Vec<Value> {
    stdout(arguments).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

const LIFE: &str = "scenarios/name-not-resolved.bits";

#[test]
fn a_word_is_explained_as_text_and_as_json() {
    let text = stdout(&["explain", "-2145844745"]);
    for part in [
        "BG_E_HTTP_ERROR_503 (code)\n",
        "also 0x801901F7, 2149122551, -2145844745, HTTP 503\n",
        "\nUsual causes:\n  The server is overloaded",
        "\nWhat a client does:\n  Mend the server",
        "\n  ERR-14: ",
        "\nA scenario that shows it, scenarios/",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let [object] = &objects(&["explain", "--json", "TRANSIENT_ERROR"])[..] else { panic!() };
    assert_eq!(object["kind"], "state");
    assert!(object["rules"][0]["text"].as_str().unwrap().contains("TRANSIENT_ERROR"));
    assert_eq!(object["example"]["file"], "lessons/04-transient-and-fatal.bits");
    assert_eq!(object["emulation"], Value::Null);
    let rows = object["transitions"].as_array().unwrap();
    assert!(rows.iter().any(|row| row["on"] == "retry delay elapsed" && row["then"] == "QUEUED"));
}

#[test]
fn the_words_of_a_statement_need_no_quotes_and_a_common_beginning_lists_them() {
    let text = stdout(&["explain", "advance", "until"]);
    assert!(text.contains("advance until STATE (statement)"), "{text}");
    let list = stdout(&["explain", "policy"]);
    assert!(list.contains("There are several:\n"), "{list}");
    assert!(list.contains("\n  policy bandwidth removed"), "{list}");
}

#[test]
fn a_wrong_word_is_refused_with_the_nearest() {
    let output = bits(&["explain", "TRANSFERED"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("did you mean TRANSFERRED"), "{}", stderr(&output));
}

#[test]
fn where_a_job_is_at_a_time_is_explained() {
    let text = stdout(&["explain", LIFE, "--at", "30 m"]);
    for part in [
        "update is TRANSIENT_ERROR at 2024-01-01 00:30:00.\n",
        "Because: at 2024-01-01 00:30:00, failed ERROR_WINHTTP_NAME_NOT_RESOLVED\n  LIFE-18: ",
        "\nAt 2024-01-01 00:40:00: retry delay elapsed: it is QUEUED again\n",
        "\nAt 2024-01-01 01:05:00: no-progress timeout elapsed: it becomes ERROR",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // By an instant; at the instant itself everything that is due has happened.
    let [job] = &objects(&["explain", LIFE, "--at", "2024-01-01 01:05:00", "--json"])[..] else {
        panic!()
    };
    assert_eq!(job["state"], "ERROR");
    assert_eq!(job["rules"][0], "TIME-06");
    assert_eq!(job["clocks"][0]["clock"], "inactivity timeout");
    // Before the job is created, and after the last line.
    assert!(stdout(&["explain", LIFE, "--at", "0 s"]).contains("update is TRANSIENT_ERROR"));
    assert!(stdout(&["explain", LIFE, "--at", "200 d"]).contains("update is CANCELLED"));
}

#[test]
fn a_time_that_is_none_and_a_line_that_does_not_hold_are_told() {
    for (arguments, code, part) in [
        (&["explain", LIFE, "--at", "soon"][..], 2, "neither a time nor an instant"),
        (&["explain", LIFE, "--at", "until ERROR"], 1, "that is no time"),
        (&["explain", LIFE, "--at", "2023-01-01 00:00:00"], 1, "the scenario begins at"),
        (&["explain", "no-such.bits", "--at", "1 s"], 2, "cannot read"),
        (&["explain", LIFE, LIFE, "--at", "1 s"], 2, "one scenario file"),
    ] {
        let output = bits(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(part), "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn an_abbreviation_is_explained_before_what_it_stands_for() {
    let text = stdout(&["explain", "NPT"]);
    assert!(text.starts_with("no-progress timeout (term)\nalso NPT\n"), "{text}");
    assert!(text.contains("\nno-progress timeout elapsed (trigger)\n"), "{text}");
}

#[test]
fn methods_are_listed_with_what_of_them_is_emulated() {
    let all = stdout(&["methods"]);
    for part in [
        "IBackgroundCopyJob::Resume: Makes the job eligible",
        "\n  emulated\n",
        "\nIBackgroundCopyCallback2::FileTransferred: ",
        "\nIBitsPeer::GetPeerName: Yields the name of the peer.\n  not emulated: peer caching",
    ] {
        assert!(all.contains(part), "{part}: {all}");
    }
    let by_other_name = objects(&["methods", "--json", "emulated by", "Job::id"]);
    assert_eq!(by_other_name[0]["name"], "GetId");
    assert_eq!(by_other_name[0]["emulation"], "emulated by Job::id");
}

#[test]
fn states_codes_and_readings_are_listed_and_chosen_by_words() {
    assert_eq!(stdout(&["states"]).lines().count(), 9);
    assert!(stdout(&["states", "scheduler"]).starts_with("0 QUEUED "));
    assert_eq!(stdout(&["codes"]).lines().count(), HResult::all().count());
    let chosen = stdout(&["codes", "Proxy", "bypass"]);
    assert!(chosen.starts_with("0x80200019 BG_E_PROXY_BYPASS_LIST_TOO_LARGE"), "{chosen}");
    assert_eq!(chosen.lines().count(), 1, "{chosen}");
    assert!(stdout(&["codes", "503"]).contains("BG_E_HTTP_ERROR_503"));
    let readings = stdout(&["readings", "final"]);
    assert!(
        readings
            .contains("`reading final state: keeps the error object` (the pages by the letter): "),
        "{readings}"
    );
    assert_eq!(
        objects(&["readings", "--json"]).len(),
        bits_emulator::readings::Readings::SWITCHES.len()
    );
    assert_eq!(bits(&["codes", "xyzzy"]).status.code(), Some(2));
    assert!(stdout(&["states", "--markdown"]).starts_with("## `QUEUED`\n\n*state*, also "));
}

#[test]
fn a_run_with_why_says_each_rule_once_and_can_be_run_again() {
    let text = stdout(&["run", "--why", LIFE]);
    let said = |id: &str| {
        text.lines().filter(|line| line.trim_start().starts_with(&format!("# {id}: "))).count()
    };
    assert_eq!((said("LIFE-18"), said("TIME-06"), said("ERR-05")), (1, 1, 0));
    let again = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("run-with-why.bits");
    std::fs::write(&again, &text).unwrap();
    stdout(&["run", again.to_str().unwrap()]);
}

#[test]
fn the_states_and_a_path_are_drawn_in_each_format() {
    assert!(stdout(&["diagram"]).contains("TRANSIENT_ERROR\n    -> QUEUED "));
    assert!(stdout(&["diagram", "--format", "mermaid"]).starts_with("stateDiagram-v2\n"));
    assert!(
        stdout(&["diagram", "--format", "dot"])
            .contains("QUEUED -> CONNECTING [label=\"picked (eligible)\"]")
    );
    assert!(stdout(&["diagram", "--format", "svg"]).starts_with("<svg "));
    let path = stdout(&["diagram", "--path", LIFE]);
    assert!(
        path.contains("1 h 5 m  TRANSIENT_ERROR -> ERROR: no-progress timeout elapsed\n"),
        "{path}"
    );
    let svg = stdout(&["diagram", "--format", "svg", "--path", LIFE]);
    assert!(
        svg.contains("class=\"arrow taken\"") && svg.contains("no-progress timeout elapsed"),
        "{svg}"
    );
}

#[test]
fn a_run_is_drawn_over_time() {
    let text = stdout(&["timeline", LIFE]);
    assert!(text.contains("and so 5 times more, every 10 m\n"), "{text}");
    assert!(text.contains("error object: ERROR_WINHTTP_NAME_NOT_RESOLVED\n"), "{text}");
    let svg =
        stdout(&["timeline", "--format", "svg", "scenarios/callback-repeated-until-heard.bits"]);
    for part in ["class=\"told\"", "class=\"failed\"", "state error", ">1 BG_E_HTTP_ERROR_404<"] {
        assert!(svg.contains(part), "{part}: {svg}");
    }
    assert_eq!(bits(&["timeline", "no-such.bits"]).status.code(), Some(2));
}
