//! `bits learn`: the exercises are handed out, judged and explained.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A folder of this test alone, which is not there.
fn folder(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    path
}

fn learn(folder: &Path, options: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bits"));
    let output = command.arg("learn").arg(folder).args(options).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

/// Puts the answer of the repository, or the wrong one, into the folder.
fn answer(folder: &Path, kind: &str, file: &str) {
    fs::copy(root().join("docs/exercises").join(kind).join(file), folder.join(file)).unwrap();
}

#[test]
fn the_next_exercise_is_handed_out_once_the_one_before_is_solved() {
    let folder = folder("learn");
    let (code, text) = learn(&folder, &[]);
    assert_eq!(code, 0);
    assert!(text.starts_with("Exercise 1.1 (0 of "), "{text}");
    // Again, with open holes.
    let (code, text) = learn(&folder, &["--hint"]);
    assert_eq!(code, 0);
    assert!(text.contains("there are holes left") && text.contains("\nHint: "), "{text}");
    answer(&folder, "answers", "01-1.bits");
    let (_, text) = learn(&folder, &[]);
    assert!(text.starts_with("Right. ") && text.contains("\nExercise 1.2 (1 of "), "{text}");
    let handed_out = fs::read_to_string(folder.join("01-2.bits")).unwrap();
    assert!(handed_out.contains("____") && !handed_out.contains("Hint"), "{handed_out}");
    let (_, list) = learn(&folder, &["--list"]);
    assert!(
        list.starts_with("1.1   solved ")
            && list.contains("\n1.2   open ")
            && list.contains("\n2.1   new "),
        "{list}"
    );
}

#[test]
fn a_wrong_answer_is_explained() {
    let folder = folder("learn-wrong");
    learn(&folder, &[]);
    answer(&folder, "answers", "01-1.bits");
    learn(&folder, &[]);
    answer(&folder, "wrong", "01-2.bits");
    let (code, text) = learn(&folder, &[]);
    assert_eq!(code, 1, "{text}");
    // Another guess would be the answer.
    assert!(text.contains("Not so, ") && text.contains("01-2.bits:"), "{text}");
    assert!(!text.contains(" was ") && !text.contains("update is TRANSFERRED"), "{text}");
    let (_, hinted) = learn(&folder, &["--hint"]);
    assert!(hinted.contains("update is TRANSFERRED at "), "{hinted}");
    assert!(hinted.contains("It waits for its client to call Complete"), "{hinted}");
    let rules = "\nThe rules behind it:\n  DONE-01: ";
    assert!(text.contains(rules), "{text}");
    // Taking the expectation out is no answer.
    fs::write(folder.join("01-2.bits"), "no expectations\n").unwrap();
    let (code, text) = learn(&folder, &[]);
    assert!(code == 1 && text.contains("more than the holes was changed"), "{text}");
}

#[test]
fn what_is_edited_is_watched() {
    let folder = folder("learn-watched");
    let mut command = Command::new(env!("CARGO_BIN_EXE_bits"));
    command.arg("learn").arg(&folder).arg("--watch").stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut wait_for = |part: &str| {
        let found = lines.find(|line| line.as_ref().unwrap().contains(part));
        assert!(found.is_some(), "{part}");
    };
    wait_for("Exercise 1.1 ");
    answer(&folder, "answers", "01-1.bits");
    wait_for("Exercise 1.2 ");
    child.kill().unwrap();
    child.wait().unwrap();
}
