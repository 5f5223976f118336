//! From text to statements, a line at a time, so that every broken line gets its own message.

use std::ops::Range;

use super::ast::{Advance, Line, Statement};
use super::problem::{Diagnosis, Problem};
use super::syntax::cursor::{Cursor, Read};
use super::{Scenario, blocks, suggest};

/// The statements of a text, or everything that is wrong with it.
pub(super) fn lines(text: &str) -> Result<Vec<Line>, Vec<Problem>> {
    if text.len() > Scenario::BYTES_MAX {
        return Err(vec![too_long("text", text.len(), Scenario::BYTES_MAX).at(0..0)]);
    }
    let mut lines = Vec::new();
    let mut problems = Vec::new();
    for (indentation, span) in spans(text) {
        let Some(line) = text.get(span.clone()) else { continue };
        if line.len() > Scenario::LINE_BYTES_MAX {
            let problem = too_long("line", line.len(), Scenario::LINE_BYTES_MAX);
            problems.push(problem.at(span.start..span.start));
            continue;
        }
        let mut cursor = Cursor::new(line);
        let statement = Statement::read(&mut cursor);
        match statement.and_then(|statement| cursor.end().map(|()| statement)) {
            Ok(mut statement) => {
                blocks::shift(&mut statement, span.start);
                lines.push((indentation, Line { statement, span }));
            }
            Err(_) => problems.push(suggest::problem(line, span.start, cursor)),
        }
    }
    let lines = blocks::nest(lines, &mut problems);
    if problems.is_empty() { Ok(lines) } else { Err(problems) }
}

/// How far time advances, as it stands behind `advance`.
pub(super) fn advance(text: &str) -> Result<Advance, Problem> {
    let read = |text: &str| {
        let mut cursor = Cursor::new(text);
        Advance::read(&mut cursor).and_then(|advance| cursor.end().map(|()| advance)).ok()
    };
    read(text).or_else(|| read(&format!("to {text}"))).ok_or_else(|| {
        let cause = format!("`{text}` is neither a time nor an instant");
        Diagnosis::new(cause, "write for example `10 m` or `2024-01-01 00:10:00`").at(0..text.len())
    })
}

fn too_long(what: &str, bytes: usize, most: usize) -> Diagnosis {
    let cause = format!("the {what} has {bytes} bytes");
    Diagnosis::new(cause, format!("a {what} has at most {most} bytes"))
}

/// Where the statements stand: each line without indentation and comment, if anything is left, and how far it is
/// indented.
fn spans(text: &str) -> impl Iterator<Item = (usize, Range<usize>)> + '_ {
    // An editor may have put a byte order mark before the first line.
    let mut start = text.len() - text.trim_start_matches('\u{feff}').len();
    text.trim_start_matches('\u{feff}').split_inclusive('\n').filter_map(move |line| {
        let offset = start;
        start += line.len();
        let content = without_comment(line);
        let indentation = content.len() - content.trim_start().len();
        let content = content.trim();
        let begin = offset + indentation;
        (!content.is_empty()).then(|| (indentation, begin..begin + content.len()))
    })
}

/// The line up to a `#` outside quotes that begins the line or follows a space.
pub(crate) fn without_comment(line: &str) -> &str {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::examples;

    #[test]
    fn every_example_is_a_statement() {
        for example in examples::all() {
            assert!(lines(example).is_ok_and(|lines| lines.len() == 1), "{example}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_line() {
        assert!(lines("\u{feff}resume\r\nsuspend\r\n").is_ok_and(|lines| lines.len() == 2));
    }
}
