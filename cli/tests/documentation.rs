//! What the help and the README say of the command is so, and the generated files are there.

use std::path::PathBuf;
use std::process::{Command, Output};

fn bits(arguments: &[&str]) -> Output {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut command = Command::new(env!("CARGO_BIN_EXE_bits"));
    command.args(arguments).current_dir(root).output().unwrap()
}

fn stdout(arguments: &[&str]) -> String {
    String::from_utf8(bits(arguments).stdout).unwrap()
}

fn readme() -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    std::fs::read_to_string(path).unwrap()
}

/// The names of the commands, as the help lists them.
fn commands(help: &str) -> Vec<String> {
    let (_, list) = help.split_once("Commands:\n").unwrap();
    let names = list.lines().take_while(|line| !line.is_empty());
    let names = names.filter_map(|line| line.split_whitespace().next().map(str::to_owned));
    names.filter(|name| name != "help").collect()
}

#[test]
fn the_help_has_an_example_of_each_command_and_each_runs() {
    let help = stdout(&["--help"]);
    let commands = commands(&help);
    assert_eq!(commands.len(), 15, "{commands:?}");
    let examples = help.lines().filter_map(|line| line.strip_prefix("  bits "));
    // Behind two spaces stands what the example does.
    let examples = examples.map(|line| line.split("  ").next().unwrap());
    let examples: Vec<&str> = examples.map(|line| line.split(" > ").next().unwrap()).collect();
    for command in &commands {
        assert!(examples.iter().any(|example| example.starts_with(command)), "{command}: {help}");
    }
    // The files of `bits merge` come from tests, `bits step` reads lines, and `bits learn` writes files:
    // merge.rs, step.rs and learn.rs try them.
    let tried_elsewhere = |example: &&str| {
        ["merge ", "step ", "learn"].iter().any(|command| example.starts_with(command))
    };
    for example in examples.into_iter().filter(|example| !tried_elsewhere(example)) {
        let output = bits(&example.split_whitespace().collect::<Vec<_>>());
        assert_eq!(output.status.code(), Some(0), "bits {example}");
        assert!(!output.stdout.is_empty(), "bits {example}");
    }
    assert!(help.contains("bits_emulator::scenario"), "{help}");
}

#[test]
fn the_readme_names_each_command_and_shows_what_a_run_prints() {
    let readme = readme();
    for command in commands(&stdout(&["--help"])) {
        assert!(readme.contains(&format!("`bits {command}")), "{command}");
    }
    let printed = stdout(&["run", "scenarios/name-not-resolved.bits"]);
    let (_, shown) = readme.split_once("```text\nat 2024-01-01 00:00:00  resume").unwrap();
    let (shown, _) = shown.split_once("\n```\n").unwrap();
    // The README has narrower columns.
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(&printed).contains(&words(shown)), "the README should show a part of\n{printed}");
}

#[test]
fn the_exit_codes_of_the_readme_are_those_of_the_help() {
    let (readme, help) = (readme(), stdout(&["run", "--help"]));
    for text in [&readme, &help] {
        for words in ["0 if", "1 if", "nothing was checked", "`no expectations`", "2 if"] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }
}

#[test]
fn completions_and_manual_pages_are_generated() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = stdout(&["completions", shell]);
        assert!(script.contains("bits") && script.contains("quiet"), "{shell}: {script}");
    }
    assert!(stdout(&["man"]).contains(".TH bits 1"));
    for command in commands(&stdout(&["--help"])) {
        let page = stdout(&["man", &command]);
        assert!(page.contains(&format!(".TH bits-{command} 1")), "{page}");
    }
    for arguments in [["completions", "cmd"], ["man", "walk"]] {
        assert_eq!(bits(&arguments).status.code(), Some(2), "{arguments:?}");
    }
}

/// 2 for wrong arguments too.
#[test]
fn wrong_arguments_exit_with_2() {
    for arguments in [&[][..], &["walk"], &["run"], &["run", "--json", "--quiet", "a"]] {
        assert_eq!(bits(arguments).status.code(), Some(2), "{arguments:?}");
    }
    for arguments in [&["--help"][..], &["--version"], &["run", "--help"]] {
        assert_eq!(bits(arguments).status.code(), Some(0), "{arguments:?}");
    }
}
