//! Suggestions for a line that is no statement: what was probably meant, and what would have fitted.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::ast::Statement;
use super::examples;
use super::problem::{Diagnosis, Problem};
use super::syntax::cursor::{Cursor, Read, Wanted};
use crate::vocabulary::Method;
use crate::vocabulary::text::nearest::{distance, nearest};

/// The most things that a message lists.
const MOST_LISTED: usize = 16;
/// The most bytes of a line for which a remedy is tried out; longer ones only say what would have fitted.
const MOST_MENDED: usize = 400;
/// The fewest letters at the beginning of a word by which it is like a statement.
const FEWEST_ALIKE: usize = 3;
/// The signs of the language, one of which may be forgotten, or be written for another.
const SIGNS: [&str; 4] = ["->", "=>", ":", ","];

/// Returns what is wrong with a line, where, and what to write instead.
pub(super) fn problem(line: &str, start: usize, cursor: Cursor<'_>) -> Problem {
    let (begin, wanted) = cursor.problem();
    let (head, rest) = line.split_at_checked(begin).unwrap_or((line, ""));
    let word = rest.split([' ', ',']).next().unwrap_or_default();
    let span = start + begin..start + begin + word.len();
    if head.is_empty() {
        return Diagnosis::new("no statement begins like this", beginning(line)).at(span);
    }
    let found = match word {
        "" => "the line ends too early".to_owned(),
        word => format!("`{word}` is not valid here"),
    };
    Diagnosis::new(found, help(head, rest, &wanted)).at(span)
}

/// Reads a statement that takes the whole line.
pub(crate) fn is_statement(line: &str) -> bool {
    let mut cursor = Cursor::new(line);
    Statement::read(&mut cursor).and_then(|_| cursor.end()).is_ok()
}

/// Returns what to write for a line that begins like no statement.
fn beginning(line: &str) -> String {
    let mut words = line.split_whitespace();
    let word = words.next().unwrap_or_default();
    // Any name may stand before what a user does.
    let of_users: Vec<_> = examples::beginning_with(examples::USER).collect();
    let acts = of_users.iter().filter_map(|example| example.split(' ').nth(1));
    if nearest(words.next().unwrap_or_default(), acts).is_some() {
        return format!("write for example `{}`", most_alike(line, &of_users));
    }
    if let Some(known) = nearest(word, keywords()).filter(|known| *known != word) {
        let examples: Vec<_> = examples::beginning_with(known).collect();
        let example = most_alike(line, &examples);
        return format!("did you mean `{known}`? write for example `{example}`");
    }
    let (head, rest) = line.split_at_checked(word.len()).unwrap_or((line, ""));
    match with_sign(head, rest) {
        Some(mended) => format!("did you mean `{mended}`?"),
        // A word that begins like none would be answered with a guess.
        None if !examples::all().iter().any(|known| common_start(word, known) >= FEWEST_ALIKE) => {
            "write a statement such as `resume`, `complete`, `advance 10 m` or `expect TRANSFERRED`; `bits explain \
             WORD` explains each"
                .to_owned()
        }
        None => format!("write for example `{}`", most_alike(line, examples::all())),
    }
}

/// Whether a line begins with a method that only reads.
fn is_read(line: &str) -> bool {
    let word = first_words(line, 1);
    let mut reads = Method::ALL.iter().map(|method| method.name());
    reads.any(|name| name == word && (name.starts_with("Get") || name.starts_with("Enum")))
}

/// Returns the words of the language with which statements begin, each once.
fn keywords() -> impl Iterator<Item = &'static str> {
    static ALL: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
        let first = examples::all().iter().filter_map(|example| example.split(' ').next());
        let is_keyword = |word: &&str| word.chars().all(|next| next.is_alphabetic() || next == '-');
        first.filter(is_keyword).filter(|word| *word != examples::USER).collect()
    });
    ALL.iter().copied()
}

/// Returns the example whose words are most like those of the line, one by one.
fn most_alike<S: AsRef<str>>(line: &str, examples: &[S]) -> String {
    let alike = |word: &str, other: &str| match distance(word, other) {
        Some(distance) => other.chars().count() - distance.min(other.chars().count()),
        None => common_start(word, other),
    };
    let likeness = |example: &&str| {
        let words = line.split_whitespace().zip(example.split_whitespace());
        let alike: usize = words.map(|(word, other)| alike(word, other)).sum();
        (alike, usize::MAX - example.len())
    };
    examples.iter().map(AsRef::as_ref).max_by_key(likeness).unwrap_or_default().to_owned()
}

fn common_start(left: &str, right: &str) -> usize {
    left.chars().zip(right.chars()).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count()
}

/// Returns what would have fitted; before that what was probably meant, if that can be told.
fn help(head: &str, rest: &str, wanted: &[Wanted]) -> String {
    let near = near(rest, wanted);
    let meant = match (mended(head, rest, wanted), &near) {
        (Some(line), _) => Some(format!("did you mean `{line}`?")),
        (None, Some((word, _))) => Some(format!("did you mean `{word}`?")),
        (None, None) => None,
    };
    let all = things(wanted);
    let fitting = match (all.len() > MOST_LISTED, near) {
        (false, _) => listed(&all),
        // Too many: those of the kind of the one that was meant.
        (true, Some((_, kind @ Wanted::OneOf(_)))) => listed(&things(&[kind])),
        (true, _) if meant.is_some() => String::new(),
        (true, _) if is_read(rest) => {
            "only a call that changes something can stand here; what a client reads is a line \
             by itself, such as `GetState returns TRANSFERRED`"
                .to_owned()
        }
        (true, _) => format!("write for example {}", most_alike(&format!("`{rest}`"), &all)),
    };
    let parts = meant.into_iter().chain((!fitting.is_empty()).then_some(fitting));
    parts.collect::<Vec<_>>().join(" ")
}

/// Returns each thing that would have fitted, as messages show it.
fn things(wanted: &[Wanted]) -> Vec<String> {
    let mut things: Vec<String> = Vec::new();
    for wanted in wanted {
        let described = match wanted {
            Wanted::Words(words) => vec![format!("`{words}`")],
            Wanted::Value(what) | Wanted::Named(what, _) => vec![(*what).to_owned()],
            Wanted::OneOf(names) => names().into_iter().map(str::to_owned).collect(),
        };
        described.into_iter().for_each(|thing| {
            if !things.contains(&thing) {
                things.push(thing);
            }
        });
    }
    things
}

fn listed(things: &[String]) -> String {
    match things.split_last() {
        Some((last, [])) => format!("expected {last}"),
        Some((last, others)) => format!("expected one of {} or {last}", others.join(", ")),
        None => String::new(),
    }
}

/// Returns the words that are nearest to those that stand there, and what they would have been.
fn near(rest: &str, wanted: &[Wanted]) -> Option<(&'static str, Wanted)> {
    let known = wanted.iter().flat_map(|wanted| {
        let words = match wanted {
            Wanted::Words(words) => vec![*words],
            Wanted::OneOf(names) | Wanted::Named(_, names) => names(),
            Wanted::Value(_) => Vec::new(),
        };
        words.into_iter().map(|words| (words, *wanted))
    });
    let near = known.filter_map(|(known, wanted)| {
        let given = first_words(rest, known.split(' ').count());
        Some((distance(given, known)?, known, wanted))
    });
    near.min_by_key(|(distance, ..)| *distance).map(|(_, known, wanted)| (known, wanted))
}

/// Returns the beginning of a line, of that many words.
fn first_words(line: &str, count: usize) -> &str {
    let ends = line.match_indices([' ', ',']).map(|(at, _)| at);
    let end = ends.chain([line.len()]).nth(count.saturating_sub(1)).unwrap_or(line.len());
    line.get(..end).unwrap_or(line)
}

/// Returns the line with a sign or words that were left out, if that makes a statement of it.
fn mended(head: &str, rest: &str, wanted: &[Wanted]) -> Option<String> {
    if head.len() + rest.len() > MOST_MENDED || wanted.len() > MOST_LISTED {
        return None;
    }
    let with_words = || {
        let words = wanted.iter().filter_map(|wanted| match wanted {
            Wanted::Words(words) => Some(*words),
            Wanted::Value(_) | Wanted::OneOf(_) | Wanted::Named(..) => None,
        });
        words.map(|words| joined(head, words, rest)).find(|line| is_statement(line))
    };
    with_sign(head, rest).or_else(with_words)
}

/// Returns the line with another sign between head and rest, if that makes a statement of it.
fn with_sign(head: &str, rest: &str) -> Option<String> {
    if head.len() + rest.len() > MOST_MENDED {
        return None;
    }
    let is_of_sign = |next: char| "-=>:".contains(next);
    let head = head.trim_end().trim_end_matches(is_of_sign);
    let rest = rest.trim_start_matches(is_of_sign);
    SIGNS.iter().map(|sign| joined(head, sign, rest)).find(|line| is_statement(line))
}

fn joined(head: &str, words: &str, rest: &str) -> String {
    let gap = if words.starts_with([',', ':']) { "" } else { " " };
    format!("{}{gap}{words} {}", head.trim_end(), rest.trim_start()).trim_end().to_owned()
}
