//! Which scenario shows which word.
//!
//! `REFERENCE=accept cargo test --test reference shown` writes the list anew: rows that hold stay, so that a better
//! example can be chosen by hand. A word without a row gets the shortest scenario that shows it: rather one whose text
//! has the word than one whose run prints it, and rather one without readings. Scenarios that only `bits check` explores
//! show the words of their texts.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use bits_emulator::JobState;
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
    for part in ["", "lessons/", "check/", "language/", "readings/", "transitions/"] {
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
            let is_open = part == "check/" || file.contains("what-is-left-open");
            let trace = (!is_open).then(|| scenario.run().trace);
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

/// A word of a form: one that stands there as it is, or a value of a kind.
enum FormWord<'a> {
    Literal(&'a str),
    Value(&'a str),
}

/// The words of a statement or form, without the punctuation that separates them.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split_whitespace().map(|word| word.trim_matches([',', ':', '\u{2026}']));
    words.filter(|word| !word.is_empty())
}

fn form_words(form: &str) -> impl Iterator<Item = FormWord<'_>> {
    words_of(form).map(|word| {
        let is_literal = word == "->"
            || word == "=>"
            || ["HTTP", "ACL", "HEAD"].contains(&word)
            || word.starts_with(char::is_alphabetic)
                && word.contains(|next: char| next.is_lowercase())
                && !["first", "second", "SIZE/s"].contains(&word);
        if is_literal { FormWord::Literal(word) } else { FormWord::Value(word) }
    })
}

/// Whether a word may be a value of the kind.
fn is_value(word: &str, kind: &str) -> bool {
    match kind {
        "STATE" => word.parse::<JobState>().is_ok(),
        "SIZE" => ["B", "KiB", "MiB", "GiB", "TiB"].contains(&word),
        "DURATION" => ["us", "ms", "s", "m", "h", "d"].contains(&word),
        _ => true,
    }
}

/// Whether one of the lines is the statement: the words of the form stand on it in their order, with others between.
fn has_statement(lines: &[String], form: &str) -> bool {
    if form == "JOB: STATEMENT" {
        return lines.iter().any(|line| line.starts_with("update: "));
    }
    // The names of a job and of a caller may stand before a statement, and ANSWER behind a colon.
    let behind_name = |line: &'_ str| line.split_once(": ").map_or("", |(_, rest)| rest).to_owned();
    let readings = lines.iter().flat_map(|line| {
        let rest = behind_name(line);
        [line.clone(), behind_name(&rest), rest]
    });
    readings.into_iter().any(|line| {
        let mut words = words_of(&line);
        form_words(form).enumerate().all(|(place, part)| match part {
            FormWord::Literal(literal) if place == 0 => words.next() == Some(literal),
            FormWord::Literal(literal) => words.any(|word| word == literal),
            FormWord::Value(value) if place == 0 && value.starts_with('/') => {
                words.next().is_some_and(|word| word.starts_with('/'))
            }
            // A resource may have no size.
            FormWord::Value("SIZE") if form.starts_with('/') => true,
            FormWord::Value(value) => words.any(|word| is_value(word, value)),
        })
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
                Some((lesson, _)) if shown.file.starts_with("lessons/") => {
                    shown.file == format!("lessons/{lesson}.bits")
                }
                // Another may be chosen by hand.
                _ => has_word(&shown.text, name),
            }
        }
        WordKind::Statement => {
            let mut lines: Vec<String> = lines().map(ToString::to_string).collect();
            let written = shown.text.lines().map(|line| line.split(" #").next().unwrap().trim());
            lines.extend(written.filter(|line| !line.starts_with('#')).map(str::to_owned));
            lines.extend(shown.trace.iter().flat_map(Transcript::steps).map(|step| {
                let mut statement = step.statement();
                statement.at = None;
                statement.to_string()
            }));
            let forms = std::iter::once(&entry.name).chain(&entry.other_names);
            forms.into_iter().any(|form| has_statement(&lines, form))
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

/// The reference of the language shows them below the tables of the section.
#[test]
fn every_statement_stands_in_a_scenario_of_its_section() {
    let scenarios = scenarios();
    let mut missing = Vec::new();
    for entry in reference::entries(WordKind::Statement) {
        let (_, section) = entry.facts[0].split_once(": ").unwrap();
        let section = match section.trim_end_matches('.') {
            "Questions" => "What is left open",
            section => section,
        };
        let slug = section.to_lowercase().replace(' ', "-").replace('\'', "");
        let begin = format!("language/{slug}");
        let of_section: Vec<&Shown> =
            scenarios.iter().filter(|one| one.file.starts_with(&begin)).collect();
        for form in std::iter::once(&entry.name).chain(&entry.other_names) {
            let mut one = entry.clone();
            one.other_names.clear();
            one.name.clone_from(form);
            if !of_section.iter().any(|shown| shows(shown, &one)) {
                missing.push(format!("{section}: {form}"));
            }
        }
        if entry.example.is_none() {
            missing.push(format!("{section}: {}: src/reference/shown.txt", entry.name));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
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
