//! The statements of the scenario language, read from the tables of its documentation.

use std::sync::LazyLock;

/// The documentation, which the module [`scenario`](crate::scenario) shows.
const TEXT: &str = include_str!("../scenario/language.md");

/// A row of one of the tables: statements, or parts of them, and what they mean.
pub(super) struct Row {
    /// The title above the table.
    pub(super) section: &'static str,
    /// The statements, in which words in capitals stand for values.
    pub(super) forms: Vec<String>,
    /// In Markdown.
    pub(super) meaning: &'static str,
}

/// Every row, in the order of the documentation.
pub(super) fn rows() -> &'static [Row] {
    static ROWS: LazyLock<Vec<Row>> = LazyLock::new(read);
    &ROWS
}

fn read() -> Vec<Row> {
    let mut rows = Vec::new();
    let (mut section, mut whole, mut expectations) = ("", String::new(), false);
    for line in TEXT.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            section = title;
        }
        if line.ends_with(" | meaning |") {
            expectations = line.starts_with("| expectation ");
            continue;
        }
        let cells = line.strip_prefix("| ").and_then(|row| row.strip_suffix(" |"));
        let Some((statements, meaning)) =
            cells.and_then(|row| row.rsplit_once("` | ").or_else(|| row.rsplit_once(") | ")))
        else {
            continue;
        };
        let mut forms = Vec::new();
        // Every second part stands in code; an unclosed one ends with the cell.
        for form in statements.split('`').skip(1).step_by(2) {
            let form = match (form.trim_start(), expectations) {
                (clause, _) if clause.starts_with([',', '-', '=']) => join(&whole, clause),
                (part, true) => format!("expect {part}"),
                (statement, false) => statement.to_owned(),
            };
            forms.push(form);
        }
        // What further rows of clauses belong to.
        if let Some(first) = forms.first().filter(|_| !statements.starts_with('…')) {
            whole.clone_from(first);
        }
        rows.push(Row { section, forms, meaning });
    }
    rows
}

/// A statement with a clause: behind its first words, for other clauses may stand between.
fn join(whole: &str, clause: &str) -> String {
    let begin = whole.split(',').next().unwrap_or_default();
    let gap = if clause.starts_with(',') { "" } else { " " };
    format!("{begin}{gap}{clause}")
}

/// The words of a form that are always there: up to the first that stands for a value.
pub(super) fn fixed_words(form: &str) -> &str {
    let is_value = |word: &str| {
        let word = word.trim_matches(|next: char| !next.is_alphanumeric());
        let word = word.split(['/', ':']).next().unwrap_or_default();
        let in_capitals =
            word.len() > 1 && word.chars().all(|next| next.is_ascii_uppercase() || next == '_');
        word.is_empty()
            || in_capitals && word != "HTTP" && word != "ACL"
            || word.starts_with(|next: char| next.is_ascii_digit())
    };
    let mut end = 0;
    for (at, word) in words_with_places(form) {
        if is_value(word) || word.starts_with(['"', '{']) {
            break;
        }
        end = at + word.len();
    }
    form.get(..end).unwrap_or(form).trim_end_matches([',', ':'])
}

fn words_with_places(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut place = 0;
    text.split(' ').map(move |word| {
        let at = place;
        place += word.len() + 1;
        (at, word)
    })
}
