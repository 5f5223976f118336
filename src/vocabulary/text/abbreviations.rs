//! What rules write short, spelled out.

/// The abbreviations.
const SHORT: [(&str, &str); 2] = [("NPT", "no-progress timeout"), ("MRD", "minimum retry delay")];

/// Where a text has the word, not as part of a longer one.
pub(crate) fn place_of(text: &str, word: &str) -> Option<usize> {
    let is_part = |next: char| next.is_alphanumeric() || next == '_';
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

/// Returns a text with what rules write short spelled out.
pub(crate) fn spelled_out(text: &str) -> String {
    SHORT.iter().fold(text.to_owned(), |mut text, (short, whole)| {
        while let Some(at) = place_of(&text, short) {
            text.replace_range(at..at + short.len(), whole);
        }
        text
    })
}
