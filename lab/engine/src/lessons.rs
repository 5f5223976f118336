//! The sentences of the guide's lessons, with the rules that each of them names.

use serde_json::{Value, json};

macro_rules! lessons {
    ($($name:literal)+) => {
        /// The scenarios of the lessons, and the pages.
        const LESSONS: &[(&str, &str)] = &[$((
            concat!("lessons/", $name, ".bits"),
            include_str!(concat!("../../../docs/src/lessons/", $name, ".md")),
        )),+];
    };
}

lessons! {
    "01-life"
    "02-queue"
    "03-progress"
    "04-transient-and-fatal"
    "05-error-object"
    "06-four-clocks"
    "07-ways-out"
    "08-partial-completion"
    "09-notifications"
    "10-users"
    "11-uploads"
    "12-many-jobs"
}

/// The title and the sentences of the lesson that a scenario belongs to; of a table the rows.
pub(crate) fn lesson(file: &str) -> Value {
    let Some((_, page)) = LESSONS.iter().find(|(name, _)| *name == file) else { return json!({}) };
    let page = page.split("\n## The scenario\n").next().unwrap_or_default();
    let title = page.lines().next().unwrap_or_default().trim_start_matches(['#', ' ']);
    let (blocks, rows) = (blocks(page), rows(page));
    let sentences = blocks.iter().flat_map(|block| sentences(block));
    let all = sentences.chain(rows.iter().map(String::as_str)).map(|sentence| {
        let Sentence { text, rules } = Sentence::of(sentence);
        json!({ "text": text, "rules": rules })
    });
    json!({ "title": title, "sentences": all.collect::<Vec<_>>() })
}

/// The paragraphs and items of a page.
fn blocks(page: &str) -> Vec<String> {
    let mut blocks = vec![String::new()];
    for line in page.lines() {
        let is_apart = line.is_empty() || line.starts_with(['#', '|']);
        let item = line.trim_start_matches(|letter: char| letter.is_ascii_digit());
        let item = item.strip_prefix(". ").or_else(|| line.strip_prefix("- "));
        if is_apart || item.is_some() {
            blocks.push(String::new());
        }
        if let Some(block) = blocks.last_mut().filter(|_| !is_apart) {
            block.push_str(item.unwrap_or(line).trim());
            block.push(' ');
        }
    }
    blocks.retain(|block| !block.is_empty());
    blocks
}

/// The rows of the tables of a page, each as a sentence; those that say yes or no need their head, and are left out.
fn rows(page: &str) -> Vec<String> {
    let lines: Vec<&str> = page.lines().collect();
    let is_rule = |line: Option<&&str>| line.is_some_and(|line| line.starts_with("|---"));
    let rows = lines.iter().enumerate().filter_map(|(index, line)| {
        let row = line.strip_prefix('|').filter(|_| !is_rule(Some(line)))?;
        let cells = row.split('|').map(str::trim).filter(|cell| !cell.is_empty());
        let cells: Vec<&str> = cells.collect();
        let is_head = is_rule(lines.get(index + 1));
        if is_head || cells.iter().any(|cell| matches!(*cell, "yes" | "no")) {
            return None;
        }
        let (first, others) = cells.split_first()?;
        Some(format!("{first}: {}", others.join("; ")))
    });
    rows.collect()
}

/// The sentences of a paragraph.
fn sentences(block: &str) -> Vec<&str> {
    let ends = block.match_indices(['.', '?']).filter_map(|(at, _)| {
        let mut behind = block.get(at + 1..)?.chars();
        let is_end = behind.next() == Some(' ') && behind.next().is_none_or(char::is_uppercase);
        is_end.then_some(at + 1)
    });
    let mut begin = 0;
    let found = ends.chain([block.len()]).filter_map(|end| {
        let sentence = block.get(begin..end)?.trim();
        begin = end;
        (!sentence.is_empty()).then_some(sentence)
    });
    found.collect()
}

/// A sentence without its marks, and the rules that it names.
#[derive(Default)]
struct Sentence {
    text: String,
    rules: Vec<String>,
}

impl Sentence {
    fn of(marked: &str) -> Self {
        let mut found = Self::default();
        let mut rest = marked;
        while let Some(letter) = rest.chars().next() {
            let behind = rest.get(letter.len_utf8()..).unwrap_or_default();
            rest = match (letter, behind.split_once(']')) {
                ('[', Some((id, behind))) if is_rule(id) => {
                    found.name(id);
                    behind
                }
                // Of a link its words remain.
                ('[', Some((words, link))) if link.starts_with('(') => {
                    found.text.push_str(words);
                    link.split_once(')').map_or("", |(_, behind)| behind)
                }
                ('*' | '`', _) => behind,
                _ => {
                    found.text.push(letter);
                    behind
                }
            };
        }
        found.text = found.text.trim().to_owned();
        found
    }

    /// Takes the name of a rule out of the text, with what parts it from the one before.
    fn name(&mut self, id: &str) {
        let before = self.text.trim_end().len();
        self.text.truncate(before);
        if !self.rules.is_empty() && self.text.ends_with(',') {
            self.text.pop();
        }
        self.rules.push(id.to_owned());
    }
}

fn is_rule(id: &str) -> bool {
    let (area, number) = id.split_once('-').unwrap_or(("", ""));
    let is_numbered = number.len() == 2 && number.chars().all(|digit| digit.is_ascii_digit());
    let is_area = area.chars().all(|letter| letter.is_ascii_uppercase());
    (!area.is_empty() && is_area && is_numbered) || matches!(id, "T1" | "T2" | "T3" | "T4")
}
