//! Tests that run again in a process of their own, with other variables in its environment.

use std::process::Command;

/// What a process printed, and whether its test passed.
pub(crate) struct Child {
    pub(crate) has_passed: bool,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs one test of this program, as `parts::four_processes_make_each_run_once`, in another process with these
/// variables.
pub(crate) fn run(test: &str, variables: &[(&str, &str)], arguments: &[&str]) -> Child {
    let this = std::env::current_exe().expect("a test is a program");
    let ran = Command::new(this)
        .args(["--exact", test])
        .args(arguments)
        .envs(variables.iter().copied())
        .output()
        .expect("it is started");
    let text = |printed: &[u8]| String::from_utf8_lossy(printed).into_owned();
    let (out, err) = (text(&ran.stdout), text(&ran.stderr));
    Child { has_passed: ran.status.success(), out, err }
}
