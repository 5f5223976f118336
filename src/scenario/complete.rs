//! What a line may go on with, for an editor that completes it.

use super::ast::Statement;
use super::examples;
use super::syntax::cursor::{Cursor, Read, Wanted};

/// Returns where the word begins that is to be completed, and what it may become.
pub(super) fn completions(line: &str) -> (usize, Vec<&'static str>) {
    let mut cursor = Cursor::new(line);
    if let Ok(statement) = Statement::read(&mut cursor) {
        // What stands behind a whole statement is its business.
        drop(statement);
        let _ = cursor.end();
    }
    let (place, wanted) = cursor.problem();
    if place == 0 {
        return (0, distinct(beginnings(line)));
    }
    // A word that is whole is not completed.
    let begun = line.get(place..).unwrap_or_default();
    if begun.is_empty() && !line.ends_with(' ') {
        return (place, Vec::new());
    }
    let words = wanted.iter().flat_map(|wanted| match wanted {
        Wanted::Words(words) => vec![*words],
        Wanted::OneOf(names) | Wanted::Named(_, names) => names(),
        Wanted::Value(_) => Vec::new(),
    });
    (place, distinct(words.filter(|word| word.starts_with(begun) && *word != begun)))
}

/// The first words of statements that go on from there.
fn beginnings(line: &str) -> impl Iterator<Item = &'static str> {
    let all = examples::all().iter().filter(|example| !example.starts_with(examples::USER));
    let first = all.map(|example| example.split(' ').next().unwrap_or_default());
    first.filter(move |word| word.starts_with(line) && *word != line)
}

/// Each once, sorted.
fn distinct(words: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let mut words: Vec<&str> = words.collect();
    words.sort_unstable();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_at_the_end_of_a_line_is_completed() {
        assert_eq!(completions("res"), (0, vec!["resume"]));
        assert_eq!(completions("minimum r"), (8, vec!["retry delay"]));
        assert_eq!(
            completions("advance until TRANSFERR"),
            (14, vec!["TRANSFERRED", "TRANSFERRING"])
        );
        assert_eq!(completions("resume -> BG_E_EMP"), (10, vec!["BG_E_EMPTY"]));
        let (place, words) = completions("resume ");
        assert!(place == 7 && words.contains(&"->") && words.contains(&"=>"), "{words:?}");
        assert_eq!(completions("no such line").1, [""; 0]);
    }
}
