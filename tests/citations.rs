//! Traceability: the source lines and the tests that cite each rule of the catalogue.
//!
//! `cargo test --test citations -- --nocapture` prints them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use bits_emulator::rules::{Rule, RuleId, RuleStatus};

/// Places, as `file:line`, by the rule that they cite.
type Places = BTreeMap<RuleId, Vec<String>>;

/// The citations of a checkout: an id such as `ERR-05`, or a range such as `LIFE-09 to LIFE-17`.
#[derive(Default)]
struct Citations {
    source: Places,
    tests: Places,
}

impl Citations {
    fn of_checkout() -> Self {
        let checkout = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut citations = Self::default();
        for (folder, tests) in [("src", false), ("tests", true), ("scenarios", true)] {
            citations.read_folder(checkout, Path::new(folder), tests);
        }
        citations
    }

    fn read_folder(&mut self, checkout: &Path, folder: &Path, tests: bool) {
        let entries = fs::read_dir(checkout.join(folder)).unwrap().map(Result::unwrap);
        let mut entries: Vec<_> = entries.collect();
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = folder.join(entry.file_name());
            let name = entry.file_name().into_string().unwrap();
            // The reader of the catalogue makes no rule true, and this test shows none.
            let cites = !["catalogue.rs", "citations.rs"].contains(&name.as_str());
            if entry.file_type().unwrap().is_dir() {
                self.read_folder(checkout, &path, tests || name == "tests");
            } else if cites && (name.ends_with(".rs") || name.ends_with(".bits")) {
                let text = fs::read_to_string(entry.path()).unwrap();
                self.read(&text, &path, tests || name.ends_with("tests.rs"));
            }
        }
    }

    fn read(&mut self, text: &str, path: &Path, mut tests: bool) {
        for (number, line) in (1..).zip(text.lines()) {
            // Unit tests stand at the end of their file.
            tests |= line == "mod tests {";
            let places = if tests { &mut self.tests } else { &mut self.source };
            for id in cited(line) {
                let places = places.entry(id).or_default();
                places.push(format!("{}:{number}", path.display()));
                places.dedup();
            }
        }
    }

    /// What contradicts the catalogue: an emulated rule without a source line (an invariant needs
    /// none) or without a test, and a citation that names no rule.
    fn problems(&self) -> Vec<String> {
        let emulated = Rule::all().iter().filter(|rule| rule.status == RuleStatus::Emulated);
        let uncited = emulated.flat_map(|Rule { id, .. }| {
            let sourceless = id.area() != "INV" && !self.source.contains_key(id);
            let missing = [(sourceless, "source line"), (!self.tests.contains_key(id), "test")];
            let missing = missing.into_iter().filter(|(missing, _)| *missing);
            missing.map(move |(_, what)| format!("{id} is emulated, but no {what} cites it"))
        });
        let unknown = self.source.iter().chain(&self.tests).filter_map(|(id, places)| {
            let unknown = Rule::find(*id).is_none();
            unknown.then(|| format!("{} cites {id}, which is not a rule", places.join(", ")))
        });
        uncited.chain(unknown).collect()
    }

    fn print(&self) {
        for Rule { id, status, .. } in Rule::all() {
            println!("{id} ({status:?})");
            for (what, places) in [("source", &self.source), ("tests", &self.tests)] {
                if let Some(places) = places.get(id) {
                    println!("  {what}: {}", places.join(", "));
                }
            }
        }
        println!(
            "{} rules are cited in the source, {} by tests",
            self.source.len(),
            self.tests.len()
        );
    }
}

/// The rules that a line cites.
fn cited(line: &str) -> Vec<RuleId> {
    let words: Vec<&str> = line
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
        .map(|word| word.trim_matches('-'))
        .filter(|word| !word.is_empty())
        .collect();
    let mut cited: Vec<RuleId> = words.iter().filter_map(|word| RuleId::parse(word)).collect();
    for window in words.windows(3) {
        if let [from, "to", to] = window
            && let (Some(from), Some(to)) = (RuleId::parse(from), RuleId::parse(to))
            && from.area() == to.area()
        {
            let numbers = from.number()..=to.number();
            cited.extend(numbers.filter_map(|n| RuleId::parse(&format!("{}-{n:02}", from.area()))));
        }
    }
    cited
}

#[test]
fn every_emulated_rule_is_cited_by_the_source_and_by_a_test_and_every_citation_names_a_rule() {
    let citations = Citations::of_checkout();
    citations.print();
    assert_eq!(citations.problems(), [""; 0]);
}

#[test]
fn a_missing_and_a_wrong_citation_are_problems() {
    let mut citations = Citations::default();
    citations.read("// LIFE-07 to LIFE-09, ERR-99\n", Path::new("src/lib.rs"), false);
    citations.read("/// LIFE-08, LIFE-09\n// T1\n", Path::new("tests/life.rs"), true);
    let problems = citations.problems();
    let has = |line: &str| problems.iter().any(|other| other == line);
    assert!(has("LIFE-07 is emulated, but no test cites it"), "{problems:?}");
    assert!(has("LIFE-10 is emulated, but no source line cites it"), "{problems:?}");
    assert!(has("T1 is emulated, but no source line cites it"), "{problems:?}");
    assert!(has("src/lib.rs:1 cites ERR-99, which is not a rule"), "{problems:?}");
    assert!(!has("LIFE-08 is emulated, but no test cites it"), "{problems:?}");
    assert!(!has("LIFE-08 is emulated, but no source line cites it"), "{problems:?}");
}
