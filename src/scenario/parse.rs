//! From text to statements, a line at a time, so that every broken line gets its own message.

use std::ops::Range;

use super::ast::{Line, Statement};
use super::problem::{Diagnosis, Problem};
use super::syntax::cursor::{Cursor, Read, Wanted};
use super::{Scenario, examples};

/// The statements of a text, or everything that is wrong with it.
pub(super) fn lines(text: &str) -> Result<Vec<Line>, Vec<Problem>> {
    if text.len() > Scenario::BYTES_MAX {
        return Err(vec![too_long("text", text.len(), Scenario::BYTES_MAX).at(0..0)]);
    }
    let mut lines = Vec::new();
    let mut problems = Vec::new();
    for span in spans(text) {
        let Some(line) = text.get(span.clone()) else { continue };
        if line.len() > Scenario::LINE_BYTES_MAX {
            let problem = too_long("line", line.len(), Scenario::LINE_BYTES_MAX);
            problems.push(problem.at(span.start..span.start));
            continue;
        }
        let mut cursor = Cursor::new(line);
        let statement = Statement::read(&mut cursor);
        match statement.and_then(|statement| cursor.end().map(|()| statement)) {
            Ok(statement) => lines.push(Line { statement, span }),
            Err(_) => problems.push(problem(line, span.start, cursor)),
        }
    }
    if problems.is_empty() { Ok(lines) } else { Err(problems) }
}

fn too_long(what: &str, bytes: usize, most: usize) -> Diagnosis {
    let cause = format!("the {what} has {bytes} bytes");
    Diagnosis::new(cause, format!("a {what} has at most {most} bytes"))
}

/// Where the statements stand: each line without indentation and comment, if anything is left.
fn spans(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    // An editor may have put a byte order mark before the first line.
    let mut start = text.len() - text.trim_start_matches('\u{feff}').len();
    text.trim_start_matches('\u{feff}').split_inclusive('\n').filter_map(move |line| {
        let offset = start;
        start += line.len();
        let content = without_comment(line);
        let indentation = content.len() - content.trim_start().len();
        let content = content.trim();
        let begin = offset + indentation;
        (!content.is_empty()).then(|| begin..begin + content.len())
    })
}

/// The line up to a `#` outside quotes that begins the line or follows a space.
fn without_comment(line: &str) -> &str {
    let mut quoted = false;
    let mut after_space = true;
    for (index, character) in line.char_indices() {
        match character {
            '"' => quoted = !quoted,
            '#' if !quoted && after_space => return line.get(..index).unwrap_or(line),
            _ => {}
        }
        after_space = character.is_whitespace();
    }
    line
}

/// What is wrong with a line, where, and what to write instead.
fn problem(line: &str, start: usize, cursor: Cursor<'_>) -> Problem {
    let (begin, wanted) = cursor.problem();
    let rest = line.get(begin..).unwrap_or_default();
    let word = rest.split([' ', ',']).next().unwrap_or_default();
    let span = start + begin..start + begin + word.len();
    if begin == 0 {
        let help = format!("write for example `{}`", nearest(line, examples::all()));
        return Diagnosis::new("no statement begins like this", help).at(span);
    }
    let found = match word {
        "" => "the line ends too early".to_owned(),
        word => format!("`{word}` is not valid here"),
    };
    Diagnosis::new(found, help(rest, &wanted)).at(span)
}

/// The most things that a message lists.
const MOST_LISTED: usize = 16;

/// What would have fitted; of many things the one that is nearest.
fn help(rest: &str, wanted: &[Wanted]) -> String {
    let mut things: Vec<String> = Vec::new();
    for wanted in wanted {
        let described = match wanted {
            Wanted::Words(words) => vec![format!("`{words}`")],
            Wanted::Value(what) => vec![(*what).to_owned()],
            Wanted::OneOf(names) => names().into_iter().map(str::to_owned).collect(),
        };
        described.into_iter().for_each(|thing| {
            if !things.contains(&thing) {
                things.push(thing);
            }
        });
    }
    if things.len() > MOST_LISTED {
        return format!("write for example {}", nearest(&format!("`{rest}"), things));
    }
    match things.split_last() {
        Some((last, [])) => format!("expected {last}"),
        Some((last, others)) => format!("expected one of {} or {last}", others.join(", ")),
        None => String::new(),
    }
}

/// The example whose words are nearest to those of the line.
fn nearest(line: &str, examples: Vec<String>) -> String {
    let likeness = |example: &String| {
        let words = line.split_whitespace().zip(example.split_whitespace());
        let alike: usize = words.map(|(word, other)| common_start(word, other)).sum();
        (alike, usize::MAX - example.len())
    };
    examples.into_iter().max_by_key(likeness).unwrap_or_default()
}

fn common_start(left: &str, right: &str) -> usize {
    left.chars().zip(right.chars()).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_a_statement() {
        for example in examples::all() {
            assert!(lines(&example).is_ok_and(|lines| lines.len() == 1), "{example}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_line() {
        assert!(lines("\u{feff}resume\r\nsuspend\r\n").is_ok_and(|lines| lines.len() == 2));
    }
}
