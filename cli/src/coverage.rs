//! Which source lines and which tests cite a rule.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use bits_emulator::rules::{Rule, RuleId, RuleStatus};

/// Folders of a checkout with lines that make rules true, and with tests that show them.
const SOURCES: &[&str] = &["src"];
const TESTS: &[&str] = &["tests", "scenarios"];
/// The reader of the catalogue makes no rule true.
const CATALOGUE: &str = "catalogue.rs";

/// The citations in a checkout: an id such as `ERR-05` in the text, a range such as
/// `LIFE-09 to LIFE-17`, or an id in the name of a test such as `err_05_…`.
pub(crate) struct Coverage {
    source: Citations,
    tests: Citations,
}

/// Places, as `file:line`, by the name of what they cite.
type Citations = BTreeMap<RuleId, Vec<String>>;

impl Coverage {
    pub(crate) fn of(checkout: &Path) -> io::Result<Self> {
        let mut coverage = Self { source: Citations::new(), tests: Citations::new() };
        let folders = SOURCES.iter().chain(TESTS);
        if !folders.clone().any(|folder| checkout.join(folder).is_dir()) {
            let message =
                format!("{} holds no sources; say where with --source", checkout.display());
            return Err(io::Error::new(io::ErrorKind::NotFound, message));
        }
        for folder in folders.filter(|folder| checkout.join(folder).is_dir()) {
            coverage.read_folder(checkout, Path::new(folder), TESTS.contains(folder))?;
        }
        Ok(coverage)
    }

    fn read_folder(&mut self, checkout: &Path, folder: &Path, tests: bool) -> io::Result<()> {
        let mut entries: Vec<_> =
            fs::read_dir(checkout.join(folder))?.collect::<io::Result<_>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = folder.join(entry.file_name());
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type()?.is_dir() {
                self.read_folder(checkout, &path, tests || name == "tests")?;
            } else if (name.ends_with(".rs") && name != CATALOGUE) || name.ends_with(".bits") {
                let tests = tests || name.ends_with("tests.rs");
                self.read_file(&fs::read_to_string(entry.path())?, &path, tests);
            }
        }
        Ok(())
    }

    fn read_file(&mut self, text: &str, path: &Path, tests: bool) {
        // Unit tests stand at the end of their file.
        let mut tests = tests;
        for (number, line) in (1..).zip(text.lines()) {
            tests |= line == "mod tests {";
            let citations = if tests { &mut self.tests } else { &mut self.source };
            for id in cited(line) {
                let places = citations.entry(id).or_default();
                places.push(format!("{}:{number}", path.display()));
                places.dedup();
            }
        }
    }

    pub(crate) fn source(&self, id: RuleId) -> &[String] {
        self.source.get(&id).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn tests(&self, id: RuleId) -> &[String] {
        self.tests.get(&id).map_or(&[], Vec::as_slice)
    }

    /// What contradicts the catalogue: an emulated rule without a source line (an invariant needs
    /// none) or without a test, and a citation that names no rule.
    pub(crate) fn problems(&self, rules: &[&Rule]) -> Vec<String> {
        let emulated = rules.iter().filter(|rule| rule.status == RuleStatus::Emulated);
        let uncited = emulated.flat_map(|rule| {
            let sourceless = rule.id.area() != "INV" && self.source(rule.id).is_empty();
            let testless = self.tests(rule.id).is_empty();
            let missing = [(sourceless, "source line"), (testless, "test")];
            missing
                .into_iter()
                .filter(|(missing, _)| *missing)
                .map(|(_, what)| format!("{} is emulated, but no {what} cites it", rule.id))
        });
        let unknown = self.source.iter().chain(&self.tests).filter_map(|(id, places)| {
            let known = Rule::find(*id).is_some();
            (!known).then(|| format!("{} cites {id}, which is no rule", places.join(", ")))
        });
        uncited.chain(unknown).collect()
    }
}

/// The rules that a line cites.
fn cited(line: &str) -> Vec<RuleId> {
    let is_part =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
    let words: Vec<&str> =
        line.split(|c: char| !is_part(c)).filter(|word| !word.is_empty()).collect();
    let mut cited: Vec<RuleId> = words.iter().flat_map(|word| in_word(word)).collect();
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

/// A word that is a rule, or the name of a test with rules in it.
fn in_word(word: &str) -> Vec<RuleId> {
    if let Some(rule) = RuleId::parse(word.trim_matches(['-', '_'])) {
        return vec![rule];
    }
    let parts: Vec<&str> = word.split('_').collect();
    let pairs = parts.windows(2).filter_map(|pair| match pair {
        [area, number] if area.chars().all(|c| c.is_ascii_lowercase()) => {
            RuleId::parse(&format!("{}-{number}", area.to_uppercase()))
        }
        _ => None,
    });
    let tables = parts.iter().filter(|part| part.starts_with('t'));
    pairs.chain(tables.filter_map(|part| RuleId::parse(&part.to_uppercase()))).collect()
}
