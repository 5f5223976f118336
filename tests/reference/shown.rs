//! Which scenario shows which word.
//!
//! `REFERENCE=accept cargo test --test reference shown` writes the list anew: rows that hold stay, and words without one
//! get the shortest run that shows them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use bits_emulator::machine::Call;
use bits_emulator::reference::{self, Entry, WordKind};
use bits_emulator::scenario::ast::{ClientAction, Statement, StepAction};
use bits_emulator::scenario::{Scenario, Transcript};

/// A scenario and what its run prints.
struct Shown {
    file: String,
    text: String,
    scenario: Scenario,
    trace: Transcript,
    printed: String,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

fn scenarios() -> Vec<Shown> {
    let mut all = Vec::new();
    for part in ["", "lessons/", "readings/", "transitions/"] {
        let mut files: Vec<String> = fs::read_dir(folder().join(part))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".bits"))
            .map(|name| format!("{part}{name}"))
            .collect();
        files.sort();
        all.extend(files.into_iter().map(|file| {
            let text = fs::read_to_string(folder().join(&file)).unwrap();
            let scenario: Scenario = text.parse().unwrap();
            let trace = scenario.run().trace;
            let printed = trace.to_string();
            Shown { file, text, scenario, trace, printed }
        }));
    }
    // Of those that show a word, the shortest comes first; the ways to single transitions last.
    all.sort_by_key(|one| {
        (one.file.contains('/') && !one.file.starts_with("lessons/"), one.printed.len())
    });
    all
}

/// Whether the text has the word, not as part of a longer one.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |next: char| next.is_alphanumeric() || next == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part)
    })
}

/// The words of a form up to the first that stands for a value.
fn fixed(form: &str) -> String {
    let is_value = |word: &&str| {
        let bare: String = word.chars().filter(|next| next.is_alphabetic()).collect();
        word.starts_with(|next: char| next.is_ascii_digit() || "\"{[".contains(next))
            || bare.len() > 1
                && bare.chars().all(|next| next.is_ascii_uppercase())
                && !["HTTP", "ACL"].contains(&&*bare)
    };
    let words: Vec<&str> = form.split(' ').take_while(|word| !is_value(word)).collect();
    words.join(" ").trim_end_matches([',', ':']).to_owned()
}

/// Whether one of the lines is the statement, or has the clause behind its comma.
fn has_statement(lines: &[String], form: &str) -> bool {
    let (begin, clause) = form.split_once(',').unwrap_or((form, ""));
    let clause = fixed(clause.trim().split(',').next().unwrap());
    let begin = if begin.starts_with('/') { "/".to_owned() } else { fixed(begin) };
    if begin.is_empty() {
        // What stands behind any name: `USER logs on`.
        let behind = fixed(form.split_once(' ').map_or("", |(_, behind)| behind));
        return !behind.is_empty() && lines.iter().any(|line| line.contains(&format!(" {behind}")));
    }
    let (expectation, begin) = match begin.strip_prefix("expect ") {
        Some(rest) => (true, rest.to_owned()),
        None => (false, begin),
    };
    if begin.is_empty() {
        return false;
    }
    lines.iter().any(|line| {
        let line = line.split_once(": ").map_or(line.as_str(), |(_, rest)| rest);
        let begins = match expectation {
            true => line.starts_with("expect ") && has_word(line, &begin),
            false => {
                line == begin
                    || line.starts_with(&format!("{begin} "))
                    || begin == "/" && line.starts_with('/')
                    || line.starts_with(&format!("{begin},"))
            }
        };
        let value =
            form.strip_prefix(begin.as_str()).and_then(|rest| rest.split_whitespace().next());
        let given = line.strip_prefix(begin.as_str()).unwrap_or_default().trim_start();
        let fits = match value {
            Some("STATE") => given.starts_with(|next: char| next.is_ascii_uppercase()),
            Some("SIZE") => {
                given.starts_with(|next: char| next.is_ascii_digit()) && given.contains('B')
            }
            _ => true,
        };
        begins && fits && (clause.is_empty() || line.contains(&format!(", {clause}")))
    })
}

fn shows(shown: &Shown, kind: WordKind, name: &str) -> bool {
    let calls = || {
        shown.trace.steps().filter_map(|step| match &step.what {
            StepAction::Call(_, call) => Some(call),
            _ => None,
        })
    };
    let lines = || shown.scenario.lines().iter().map(|line| &line.statement);
    match kind {
        WordKind::Method => {
            calls().any(|call| call.method().name() == name)
                || name == "CreateJob" && lines().any(|line| matches!(line, Statement::Job(_)))
                || lines().any(|line| {
                    matches!(line, Statement::Client(client)
                        if matches!(&client.what, ClientAction::Reads(method, _) | ClientAction::Refused(method, _)
                            if method.name() == name))
                })
        }
        WordKind::Property => calls().any(|call| {
            matches!(call, Call::SetProperty(property) if property.id().short_name() == name)
        }),
        WordKind::Trigger => {
            let first = shown.text.lines().next().unwrap_or_default();
            shown.file.starts_with("transitions/") && first.starts_with(&format!("# {name},"))
        }
        WordKind::Reading => shown.text.contains(&format!("reading {name}:")),
        WordKind::Statement => {
            let mut lines: Vec<String> = lines().map(ToString::to_string).collect();
            lines.extend(shown.trace.steps().map(|step| {
                let mut statement = step.statement();
                statement.at = None;
                statement.to_string()
            }));
            has_statement(&lines, name)
        }
        _ => has_word(&shown.printed, name),
    }
}

fn all_words() -> impl Iterator<Item = Entry> {
    WordKind::ALL.iter().flat_map(|kind| reference::entries(*kind))
}

#[test]
fn the_list_of_what_shows_a_word_is_so_and_whole() {
    let scenarios = scenarios();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/reference/shown.txt");
    let list = fs::read_to_string(&path).unwrap();
    let mut known: BTreeMap<(String, String), String> = BTreeMap::new();
    for row in list.lines() {
        let cells: Vec<&str> = row.split('\t').collect();
        let [kind, word, file] = cells[..] else { panic!("{row}") };
        assert!(
            known.insert((kind.to_owned(), word.to_owned()), file.to_owned()).is_none(),
            "{row}"
        );
    }
    let mut whole = String::new();
    let mut seen = BTreeSet::new();
    // A flag and a set of flags may have one name.
    for Entry { kind, name, .. } in
        all_words().filter(|one| seen.insert((one.kind, one.name.clone())))
    {
        let listed = known.remove(&(kind.name().to_owned(), name.clone()));
        let listed = listed.and_then(|file| scenarios.iter().find(|one| one.file == file));
        let held = listed.filter(|one| shows(one, kind, &name));
        if let Some(one) = held.or_else(|| scenarios.iter().find(|one| shows(one, kind, &name))) {
            whole += &format!("{kind}\t{name}\t{}\n", one.file);
        }
    }
    if std::env::var("REFERENCE").as_deref() == Ok("accept") {
        fs::write(&path, whole).unwrap();
    } else {
        assert!(
            list == whole,
            "REFERENCE=accept cargo test --test reference writes src/reference/shown.txt anew"
        );
    }
}

#[test]
fn every_scenario_of_the_folder_can_be_shown() {
    for Shown { file, text, .. } in scenarios() {
        let listed = include_str!("../../src/reference/scenarios.rs");
        assert!(
            listed.contains(&format!("\"{file}\"")),
            "{file} is missing in src/reference/scenarios.rs"
        );
        assert!(!text.is_empty());
    }
}

/// Those that were made for a code too.
#[test]
fn each_example_holds() {
    let mut made = 0;
    for entry in reference::entries(WordKind::Code) {
        let Some(example) = entry.example.filter(|example| example.file.is_none()) else {
            continue;
        };
        let report = example.text.parse::<Scenario>().unwrap().run();
        assert_eq!(report.failure, None, "{}:\n{}", entry.name, example.text);
        assert!(has_word(&report.trace.to_string(), &entry.name), "{}", entry.name);
        made += 1;
    }
    assert!(made > 20, "{made}");
}
