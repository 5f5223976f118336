//! `bits step`: lines from a pipe, and from a terminal.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A file of this test alone, which is not there.
fn file(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_file(&path);
    path
}

fn step(file: &PathBuf, lines: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bits"));
    command.arg("step").arg(file).stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

const BEGIN: &str = "server example.com\n/app.exe 10 MiB, answers 503 once\njob update, DOWNLOAD, by alice\n\
                     add https://example.com/app.exe as C:\\app.exe\nresume\n";

#[test]
fn each_line_happens_at_once_and_next_goes_on_by_itself() {
    let lines = format!("{BEGIN}next\nwhy\nnext\nundo\nwhy\n");
    let output = step(&file("steps.bits"), &lines);
    assert_eq!(output.status.code(), Some(0));
    let out = text(&output.stdout);
    assert!(out.contains("resume -> S_OK  SUSPENDED -> QUEUED  [LIFE-07, TIME-19]"), "{out}");
    assert!(out.contains("failed BG_E_HTTP_ERROR_503"), "{out}");
    // The first `why` and the one after `undo` say the same.
    let delay = "At 2024-01-01 00:10:00: retry delay elapsed: it is QUEUED again\n";
    assert_eq!(out.matches(delay).count(), 2, "{out}");
    assert!(out.contains("retry delay elapsed  TRANSIENT_ERROR -> QUEUED"), "{out}");
    assert!(out.contains("taken back: advance to 2024-01-01 00:10:00\n"), "{out}");
}

#[test]
fn a_wrong_line_and_one_that_does_not_hold_are_told_and_not_kept() {
    let output = step(&file("wrong.bits"), &format!("{BEGIN}resme\nexpect TRANSFERRED\nlist\n"));
    let errors = text(&output.stderr);
    assert!(errors.contains("did you mean `resume`?"), "{errors}");
    assert!(
        errors.contains("expected TRANSFERRED") || errors.contains("TRANSFERRED, was"),
        "{errors}"
    );
    let out = text(&output.stdout);
    assert!(out.ends_with("resume\n") && !out.contains("resme"), "{out}");
}

#[test]
fn what_is_saved_runs_and_can_be_gone_on_with() {
    let path = file("saved.bits");
    let first = step(&path, &format!("{BEGIN}save\nquit\nundo\n"));
    assert!(text(&first.stdout).contains("saved to "), "{}", text(&first.stdout));
    assert!(
        std::fs::read_to_string(&path)
            .unwrap()
            .starts_with("no expectations\nserver example.com\n  /app.exe")
    );
    let second = step(&path, "undo\nadvance 20 m\nlist\n");
    assert!(text(&second.stderr).contains("no line to take back"), "{}", text(&second.stderr));
    assert!(text(&second.stdout).ends_with("resume\nadvance 20 m\n"), "{}", text(&second.stdout));
    let mut run = Command::new(env!("CARGO_BIN_EXE_bits"));
    assert_eq!(run.args(["run", "--quiet"]).arg(&path).status().unwrap().code(), Some(0));
}

#[test]
fn a_file_that_is_no_scenario_is_refused() {
    let path = file("none.bits");
    std::fs::write(&path, "resme\n").unwrap();
    let output = step(&path, "");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("resme"), "{}", text(&output.stderr));
}

/// At a terminal a line is edited, completed by Tab, and the state stands before it.
#[cfg(unix)]
#[test]
fn at_a_terminal_lines_are_completed_explained_gone_on_with_and_saved() {
    use std::fs::File;
    use std::io::Read;
    use std::sync::mpsc;
    use std::time::Duration;

    let terminal = nix::pty::openpty(None, None).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_bits"));
    let path = file("terminal.bits");
    command.arg("step").arg(&path).env("TERM", "xterm");
    for set in [Command::stdin, Command::stdout, Command::stderr] {
        set(&mut command, Stdio::from(terminal.slave.try_clone().unwrap()));
    }
    let mut child = command.spawn().unwrap();
    drop((command, terminal.slave));
    let mut keys = File::from(terminal.master);
    let mut screen = keys.try_clone().unwrap();
    let (shown, screen_text) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = screen.read(&mut bytes) {
            if shown.send(String::from_utf8_lossy(&bytes[..count]).into_owned()).is_err() {
                return;
            }
        }
    });
    let mut seen = String::new();
    let mut wait_for = |part: &str| {
        while !seen.contains(part) {
            // The limit only ends a test that would hang.
            let more = screen_text.recv_timeout(Duration::from_secs(60));
            seen += &more.unwrap_or_else(|_| panic!("{part}: {seen}"));
        }
        let (_, after) = seen.split_once(part).unwrap();
        seen = after.to_owned();
    };
    wait_for("00:00:00> ");
    keys.write_all(b"job update, DOWNLOAD, by alice\r").unwrap();
    wait_for("SUSPENDED> ");
    // Tab completes the only word that it may be.
    keys.write_all(b"canc\t\r").unwrap();
    wait_for("SUSPENDED -> CANCELLED");
    wait_for("CANCELLED> ");
    keys.write_all(b"undo\r").unwrap();
    wait_for("taken back: cancel");
    wait_for("SUSPENDED> ");
    // Typed before it asks.
    keys.write_all(b"add https://nowhere.example/a as C:\\a\rresume\r").unwrap();
    wait_for("SUSPENDED -> QUEUED");
    wait_for("QUEUED> ");
    // As a terminal sends what is pasted.
    keys.write_all(b"\x1b[200~undo\rundo\r\x1b[201~\r").unwrap();
    wait_for("taken back: resume");
    wait_for("taken back: add");
    wait_for("SUSPENDED> ");
    keys.write_all(b"add https://nowhere.example/a as C:\\a\rresume\r").unwrap();
    wait_for("QUEUED> ");
    keys.write_all(b"nex\t\r").unwrap();
    wait_for("CONNECTING -> TRANSIENT_ERROR");
    wait_for("TRANSIENT_ERROR> ");
    keys.write_all(b"why\r").unwrap();
    wait_for("At 2024-01-01 00:10:00: retry delay elapsed");
    wait_for("TRANSIENT_ERROR> ");
    keys.write_all(b"save\r").unwrap();
    wait_for("saved to ");
    wait_for("TRANSIENT_ERROR> ");
    keys.write_all(b"quit\r").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let saved = std::fs::read_to_string(path).unwrap();
    assert!(saved.contains("resume\nadvance"), "{saved}");
}
