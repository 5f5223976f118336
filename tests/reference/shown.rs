//! Which scenario shows which word.
//!
//! `REFERENCE=accept cargo test --test reference shown` writes the list anew: rows that hold stay, so that a better
//! example can be chosen by hand. A word without a row gets the shortest scenario that shows it: rather one whose text
//! has the word than one whose run prints it, and rather one without readings. Scenarios that only `bits check` explores
//! show the words of their texts.

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
    /// Its text with the lines that it stands for, which spell out what it writes short.
    said: String,
    /// `None` if it is only explored.
    trace: Option<Transcript>,
    /// What its run prints, or its text.
    printed: String,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

fn scenarios() -> Vec<Shown> {
    let mut all = Vec::new();
    for part in ["", "lessons/", "check/", "readings/", "transitions/"] {
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
            let trace = (part != "check/").then(|| scenario.run().trace);
            let printed = trace.as_ref().map_or_else(|| text.clone(), Transcript::to_string);
            let lines = scenario.lines().iter().map(|line| line.statement.to_string());
            let said = std::iter::once(text.clone()).chain(lines).collect::<Vec<_>>().join("\n");
            Shown { file, text, said, scenario, trace, printed }
        }));
    }
    // The shortest first.
    all.sort_by_key(|one| {
        let lines = one.text.lines().filter(|line| !line.is_empty()).count();
        (lines, one.printed.len())
    });
    all
}

impl Shown {
    /// Orders the scenarios that show a word, the best first: those of readings and of single transitions last.
    fn rank(&self, word: &str) -> (bool, bool, bool) {
        let special = self.file.contains('/') && !self.file.starts_with("lessons/");
        let has_reading = self.text.lines().any(|line| line.starts_with("reading "));
        (special, !has_word(&self.said, word), has_reading)
    }
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
                && !["HTTP", "ACL", "HEAD"].contains(&&*bare)
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
    // `removed` in `server HOST removed`.
    let form_words = form.split(',').next().unwrap_or_default().split(' ');
    let literal: Vec<&str> = form_words
        .filter(|word| !word.is_empty() && word.chars().all(|next| next.is_ascii_lowercase()))
        .collect();
    lines.iter().any(|line| {
        if !literal.iter().all(|word| has_word(line, word)) {
            return false;
        }
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

fn shows(shown: &Shown, entry: &Entry) -> bool {
    let (kind, name) = (entry.kind, entry.name.as_str());
    let calls = || {
        shown.trace.iter().flat_map(Transcript::steps).filter_map(|step| match &step.what {
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
        // That of the lesson, if there is one.
        WordKind::Term => {
            let lesson = entry.facts.iter().find_map(|fact| fact.split_once("docs/src/lessons/"));
            match lesson.and_then(|(_, file)| file.split_once(".md")) {
                Some((lesson, _)) => shown.file == format!("lessons/{lesson}.bits"),
                None => has_word(&shown.text, name),
            }
        }
        WordKind::Statement => {
            let mut lines: Vec<String> = lines().map(ToString::to_string).collect();
            lines.extend(shown.trace.iter().flat_map(Transcript::steps).map(|step| {
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
    for entry in all_words().filter(|one| seen.insert((one.kind, one.name.clone()))) {
        let Entry { kind, name, .. } = &entry;
        let listed = known.remove(&(kind.name().to_owned(), name.clone()));
        let listed = listed.and_then(|file| scenarios.iter().find(|one| one.file == file));
        let held = listed.filter(|one| shows(one, &entry));
        let best = || {
            // The word of a term is often an everyday one.
            let fits = |one: &&Shown| *kind != WordKind::Term || one.file.starts_with("lessons/");
            let all = scenarios.iter().filter(fits).filter(|one| shows(one, &entry));
            all.min_by_key(|one| one.rank(name))
        };
        if let Some(one) = held.or_else(best) {
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
