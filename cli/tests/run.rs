//! `bits run`: output and exit codes.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn scenario(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../scenarios").join(name)
}

fn bits(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bits")).args(arguments).output().unwrap()
}

/// A file of this test alone.
fn file(name: &str, text: &str) -> PathBuf {
    file_of_bytes(name, text.as_bytes())
}

fn file_of_bytes(name: &str, bytes: &[u8]) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

const HOLDS: &str = "job update, DOWNLOAD, by alice\nresume -> BG_E_EMPTY\n";
const DOES_NOT_HOLD: &str = "job update, DOWNLOAD, by alice\nresume\n";
const BROKEN: &str = "job update, DOWNLOAD, by alice\nresme\n";

#[test]
fn a_scenario_that_holds_prints_its_trace_and_exits_with_0() {
    let output = bits(&["run", scenario("name-not-resolved.bits").to_str().unwrap()]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("failed ERROR_WINHTTP_NAME_NOT_RESOLVED => TRANSIENT_ERROR"), "{text}");
    assert!(text.contains("error object: ERROR_WINHTTP_NAME_NOT_RESOLVED (0x80072EE7) in REMOTE_FILE of C:\\app\\app.exe"), "{text}");
    assert!(text.contains("no-progress timeout elapsed => ERROR"), "{text}");
    assert!(text.contains("inactivity timeout elapsed => CANCELLED"), "{text}");
    assert!(text.contains("# TIME-20; delete temporary files"), "{text}");
    assert!(text.contains("every expectation held"), "{text}");
}

#[test]
fn a_printed_trace_can_be_run_again() {
    let first = bits(&["run", scenario("name-not-resolved.bits").to_str().unwrap()]);
    let trace = file("printed-trace.bits", &stdout(&first));
    let second = bits(&["run", trace.to_str().unwrap()]);
    assert_eq!(second.status.code(), Some(0), "{}", stderr(&second));
    let steps = |output: &Output| -> Vec<String> {
        stdout(output).lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
    };
    assert_eq!(steps(&second), steps(&first));
}

#[test]
fn a_line_that_does_not_hold_is_shown_and_exits_with_1() {
    let path = file("does-not-hold.bits", DOES_NOT_HOLD);
    let output = bits(&["run", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let message = stdout(&output);
    assert!(output.stderr.is_empty(), "verdict and reason stand together");
    assert!(message.contains("does-not-hold.bits: did not hold"), "{message}");
    assert!(message.contains("expected S_OK, was BG_E_EMPTY"), "{message}");
    assert!(message.contains("does-not-hold.bits:2:1"), "{message}");
    assert!(message.contains("LIFE-08"), "{message}");
}

#[test]
fn a_file_that_cannot_be_parsed_exits_with_2_and_says_what_to_write() {
    let path = file("broken.bits", BROKEN);
    let output = bits(&["run", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    let message = stderr(&output);
    assert!(message.contains("broken.bits:2:1"), "{message}");
    assert!(message.contains("did you mean `resume`?"), "{message}");
}

#[test]
fn a_file_that_cannot_be_read_exits_with_2() {
    let output = bits(&["run", "no-such-file.bits"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("cannot read no-such-file.bits"), "{}", stderr(&output));
}

#[test]
fn of_several_files_all_run_and_the_worst_decides() {
    let holds = file("several-holds.bits", HOLDS);
    let fails = file("several-fails.bits", DOES_NOT_HOLD);
    let broken = file("several-broken.bits", BROKEN);
    let [holds, fails, broken] = [&holds, &fails, &broken].map(|path| path.to_str().unwrap());

    let output = bits(&["run", "--quiet", fails, holds]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("several-holds.bits: every expectation held"));

    let output = bits(&["run", "--quiet", broken, fails, holds]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stdout(&output).contains("several-holds.bits: every expectation held"));
}

#[test]
fn quiet_prints_a_line_for_each_file() {
    let path = file("quiet.bits", HOLDS);
    let output = bits(&["run", "--quiet", path.to_str().unwrap()]);
    assert_eq!(stdout(&output).lines().count(), 1, "{}", stdout(&output));
}

#[test]
fn json_prints_an_object_for_each_step_and_one_for_the_file() {
    let path = file("json.bits", DOES_NOT_HOLD);
    let output = bits(&["run", "--json", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let objects: Vec<serde_json::Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [step, result] = objects.as_slice() else { panic!("{objects:?}") };
    assert_eq!(step["step"], "resume");
    assert_eq!(step["code"], "BG_E_EMPTY");
    let [of_job] = step["jobs"].as_array().unwrap().as_slice() else { panic!("{step}") };
    assert_eq!(of_job["before"], "SUSPENDED");
    assert_eq!(of_job["rules"][0], "LIFE-08");
    assert_eq!((&result["outcome"], &result["held"]), (&"did not hold".into(), &0.into()));
    let [problem] = result["problems"].as_array().unwrap().as_slice() else { panic!("{result}") };
    assert_eq!((&problem["line"], &problem["column"]), (&2.into(), &1.into()));
    assert_eq!(problem["cause"], "expected S_OK, was BG_E_EMPTY");
}

#[test]
fn json_says_what_the_client_is_told_and_who_called() {
    let path = file(
        "told.bits",
        "server example.com\njob update, DOWNLOAD, by alice\nadd https://example.com/a as C:\\a\n\
         callback level 1\nby administrator bob: resume\nadvance until ERROR\n",
    );
    let output = bits(&["run", "--json", path.to_str().unwrap()]);
    let objects: Vec<serde_json::Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(objects.iter().any(|step| step["step"] == "by administrator bob: resume"));
    let told = objects.iter().find(|step| step["step"] == "JobError begins").unwrap();
    let told = &told["jobs"][0]["told"];
    assert_eq!((&told["notification"], &told["by"]), (&"JobError".into(), &"callback".into()));
    assert_eq!(told["account"], "alice");
}

#[test]
fn of_several_jobs_each_step_says_which_it_concerns() {
    let path = file(
        "several-jobs.bits",
        "job first, DOWNLOAD, by alice\nadd https://example.com/a as C:\\a\nresume\n\
         job second, DOWNLOAD, by bob\nadd https://example.com/b as C:\\b\nresume\n\
         network lost\nfirst: expect TRANSIENT_ERROR\n",
    );
    let text = stdout(&bits(&["run", path.to_str().unwrap()]));
    assert!(text.contains("at 2024-01-01 00:00:00  second: resume -> S_OK => QUEUED"), "{text}");
    assert!(text.contains("# first: QUEUED -> TRANSIENT_ERROR  NET-04"), "{text}");
    let output = bits(&["run", "--json", path.to_str().unwrap()]);
    let objects: Vec<serde_json::Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let lost = objects.iter().find(|step| step["step"] == "network lost").unwrap();
    assert_eq!(lost["jobs"][1]["name"], "second");
    assert_eq!(lost["jobs"][1]["after"], "TRANSIENT_ERROR");
}

#[test]
fn json_has_an_object_for_every_outcome() {
    let held = file("outcome-held.bits", HOLDS);
    let failed = file("outcome-failed.bits", DOES_NOT_HOLD);
    let empty = file("outcome-empty.bits", "");
    let broken = file("outcome-broken.bits", &format!("{BROKEN}advence 10 m\n"));
    let utf16 = file_of_bytes("outcome-utf16.bits", &[0xFF, 0xFE, b'r', 0]);
    for (path, code, outcome, lines) in [
        (held.to_str().unwrap(), 0, "held", json!([])),
        (failed.to_str().unwrap(), 1, "did not hold", json!([2])),
        (empty.to_str().unwrap(), 1, "did not hold", json!([1])),
        (broken.to_str().unwrap(), 2, "not parsed", json!([2, 3])),
        (utf16.to_str().unwrap(), 2, "not read", json!([null])),
        ("no-such-file.bits", 2, "not read", json!([null])),
    ] {
        let output = bits(&["run", "--json", path]);
        assert_eq!(output.status.code(), Some(code), "{path}");
        assert!(output.stderr.is_empty(), "{path}: all stands in the object");
        let result: Value = serde_json::from_str(stdout(&output).lines().last().unwrap()).unwrap();
        assert_eq!((&result["file"], &result["outcome"]), (&json!(path), &json!(outcome)));
        let problems = result["problems"].as_array().unwrap();
        let given: Vec<&Value> = problems.iter().map(|problem| &problem["line"]).collect();
        assert_eq!(json!(given), lines, "{result}");
        assert!(problems.iter().all(|problem| problem["cause"].is_string()), "{result}");
    }
}

/// Each field that occurs is described in the long help of `--json`.
#[test]
fn every_field_of_json_is_documented() {
    let help = stdout(&bits(&["run", "--help"]));
    let names =
        ["name-not-resolved.bits", "callback-repeated-until-heard.bits", "upload-failed.bits"];
    let broken = file("fields-broken.bits", BROKEN);
    let paths = names.map(scenario);
    let mut arguments = vec!["run", "--json", broken.to_str().unwrap()];
    arguments.extend(paths.iter().map(|path| path.to_str().unwrap()));
    let text = stdout(&bits(&arguments));
    let mut fields = BTreeSet::new();
    text.lines().for_each(|line| note_fields(&serde_json::from_str(line).unwrap(), &mut fields));
    assert!(fields.len() > 20, "{fields:?}");
    for field in fields {
        let words = help.split(|next: char| !(next.is_alphanumeric() || next == '_'));
        assert!(words.into_iter().any(|word| word == field), "`{field}` is not described");
    }
}

fn note_fields(value: &Value, fields: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => object.iter().for_each(|(name, value)| {
            fields.insert(name.clone());
            note_fields(value, fields);
        }),
        Value::Array(all) => all.iter().for_each(|value| note_fields(value, fields)),
        _ => {}
    }
}

#[test]
fn a_file_that_expects_nothing_exits_with_1() {
    let created = "job update, DOWNLOAD, by alice\nadvance 10 m\n";
    for (name, text) in
        [("nothing-empty", ""), ("nothing-comment", "# x\n"), ("nothing-job", created)]
    {
        let path = file(&format!("{name}.bits"), text);
        let output = bits(&["run", path.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert!(stdout(&output).contains("nothing was checked"), "{}", stdout(&output));
        let meant = file(&format!("{name}-meant.bits"), &format!("no expectations\n{text}"));
        let output = bits(&["run", meant.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(0), "{name}");
        assert!(stdout(&output).contains("nothing was expected"), "{}", stdout(&output));
    }
}

/// The run goes on unread, so that its exit code says what came of it.
#[test]
fn a_closed_pipe_hides_no_failure() {
    let holds = scenario("name-not-resolved.bits");
    let fails = file("pipe-fails.bits", DOES_NOT_HOLD);
    let broken = file("pipe-broken.bits", BROKEN);
    let [holds, fails, broken] = [&holds, &fails, &broken].map(|path| path.to_str().unwrap());
    for (files, code) in
        [([holds, holds], 0), ([holds, fails], 1), ([fails, holds], 1), ([fails, broken], 2)]
    {
        for json in [&[][..], &["--json"]] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_bits"));
            command.arg("run").args(json).args(files);
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
            drop(child.stdout.take());
            assert_eq!(child.wait().unwrap().code(), Some(code), "{files:?} {json:?}");
        }
    }
}

#[test]
fn a_dash_is_standard_input() {
    for (text, code) in [(HOLDS, 0), (DOES_NOT_HOLD, 1), (BROKEN, 2), ("", 1)] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bits"));
        command.args(["run", "-"]).stdin(Stdio::piped());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{text}");
        assert!((stdout(&output) + &stderr(&output)).contains("<stdin>"), "{text}");
    }
}

#[test]
fn a_file_in_another_encoding_says_how_to_save_it() {
    let utf16 =
        |order: fn(u16) -> [u8; 2]| HOLDS.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let (little, big) = (utf16(u16::to_le_bytes), utf16(u16::to_be_bytes));
    for (name, bytes, message) in [
        ("le-marked", [&[0xFF, 0xFE][..], &little].concat(), "saved as UTF-16: save it as UTF-8"),
        ("be-marked", [&[0xFE, 0xFF][..], &big].concat(), "saved as UTF-16: save it as UTF-8"),
        ("le", little, "saved as UTF-16: save it as UTF-8"),
        ("be", big, "saved as UTF-16: save it as UTF-8"),
        ("utf32", vec![0xFF, 0xFE, 0, 0, b'r', 0, 0, 0], "saved as UTF-32: save it as UTF-8"),
        ("latin-1", b"by hand\n# f\xFCr\n".to_vec(), "line 2 is not UTF-8: save it as UTF-8"),
    ] {
        let path = file_of_bytes(&format!("encoding-{name}.bits"), &bytes);
        let output = bits(&["run", path.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(stderr(&output).contains(message), "{name}: {}", stderr(&output));
    }
    let marked = file("encoding-utf8-marked.bits", &format!("\u{feff}{HOLDS}"));
    assert_eq!(bits(&["run", marked.to_str().unwrap()]).status.code(), Some(0));
}

/// Colours where they are asked for, and none in a pipe or with `NO_COLOR`.
#[test]
fn colours_are_not_written_into_pipes() {
    let fails = file("colours.bits", DOES_NOT_HOLD);
    let broken = file("colours-broken.bits", BROKEN);
    let has_colours = |name: &str, value: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bits"));
        command.args(["run".as_ref(), fails.as_os_str(), broken.as_os_str()]);
        let output = command.env(name, value).output().unwrap();
        [output.stdout.contains(&0x1B), output.stderr.contains(&0x1B)]
    };
    assert_eq!(has_colours("CLICOLOR_FORCE", "1"), [true, true]);
    assert_eq!(has_colours("UNRELATED", "1"), [false, false]);
    assert_eq!(has_colours("NO_COLOR", "1"), [false, false]);
}

/// No panic, which would exit with 101.
#[cfg(target_os = "linux")]
#[test]
fn a_full_device_for_messages_changes_no_exit_code() {
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bits"));
        command.args(arguments).stderr(full()).output().unwrap().status.code()
    };
    let broken = file("full-broken.bits", BROKEN);
    let fails = file("full-fails.bits", DOES_NOT_HOLD);
    assert_eq!(run(&["run", broken.to_str().unwrap()]), Some(2));
    assert_eq!(run(&["run", fails.to_str().unwrap()]), Some(1));
    assert_eq!(run(&["run", "no-such-file.bits"]), Some(2));
    assert_eq!(run(&["rules", "--area", "NONE"]), Some(2));
}

#[test]
fn a_file_beyond_the_limit_is_refused() {
    let path = file("too-long.bits", "");
    // A sparse file: its bytes are never written.
    let long = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    long.set_len(5 << 30).unwrap();
    let output = bits(&["run", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("at most 67108864 bytes"), "{}", stderr(&output));
}
