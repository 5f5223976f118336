//! From text to statements, a line at a time, so that every broken line gets its own message.

mod calls;
mod environment;
mod events;
mod expectations;
mod http;
mod policies;
mod quantities;
mod settings;
mod setup;
mod steps;
mod texts;
pub(super) mod world;

use std::ops::Range;

use winnow::ascii::space0;
use winnow::combinator::{alt, cut_err, eof, opt, peek, preceded, terminated};
use winnow::error::{ContextError, ParseError, StrContext, StrContextValue};
use winnow::prelude::*;

use super::ast::{Line, Statement};
use super::phrases::STATEMENTS;
use super::problem::Problem;
use quantities::{instant, phrase};

/// The statements of a text, or everything that is wrong with it.
pub(super) fn lines(text: &str) -> Result<Vec<Line>, Vec<Problem>> {
    let mut lines = Vec::new();
    let mut problems = Vec::new();
    for span in spans(text) {
        let Some(line) = text.get(span.clone()) else { continue };
        match terminated(statement, (space0, eof)).parse(line) {
            Ok(statement) => lines.push(Line { statement, span }),
            Err(error) => problems.push(problem(line, span.start, &error)),
        }
    }
    if problems.is_empty() { Ok(lines) } else { Err(problems) }
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

fn statement(input: &mut &str) -> ModalResult<Statement> {
    if opt(peek(texts::label)).parse_next(input)?.is_some() {
        let step = steps::step.map(Statement::Step);
        return alt((environment::programs, course, step)).parse_next(input);
    }
    let user = steps::user_step.map(Statement::Step);
    alt((user, surroundings, course, steps::step.map(Statement::Step))).parse_next(input)
}

/// What is there besides the jobs.
fn surroundings(input: &mut &str) -> ModalResult<Statement> {
    alt((
        preceded(phrase("start"), cut_err(instant)).map(Statement::Start),
        (phrase("by hand"), peek((space0, eof))).value(Statement::ByHand),
        setup::reading,
        environment::order,
        alt((world::server, world::resource, environment::proxy)),
        alt((environment::disk, environment::certificate_store)),
        environment::programs,
        setup::job.map(Statement::Job),
    ))
    .parse_next(input)
}

/// How the scenario goes on.
fn course(input: &mut &str) -> ModalResult<Statement> {
    alt((setup::again, setup::advance, expectations::expectations)).parse_next(input)
}

/// What is wrong with a line, where, and what to write instead.
fn problem(line: &str, start: usize, error: &ParseError<&str, ContextError>) -> Problem {
    let offset = error.offset();
    let rest = line.get(offset..).unwrap_or_default();
    let blank = rest.len() - rest.trim_start().len();
    let begin = offset + blank;
    let word = rest.trim_start().split([' ', ',']).next().unwrap_or_default();
    let span = start + begin..start + begin + word.len();
    if begin == 0 {
        return Problem::new(span, "no statement begins like this", nearest(line));
    }
    let wanted = error.inner().context().find_map(|context| match context {
        StrContext::Expected(StrContextValue::Description(what)) => Some(*what),
        _ => None,
    });
    let found = match word {
        "" => "the line ends too early".to_owned(),
        word => format!("`{word}` does not fit here"),
    };
    let help = match wanted {
        Some(what) => format!("write {what}"),
        None if word.is_empty() => nearest(line),
        None => format!("the line could end here; {}", nearest(line)),
    };
    Problem::new(span, found, help)
}

/// The example whose words are nearest to those of the line.
fn nearest(line: &str) -> String {
    let likeness = |example: &&&str| {
        let words = line.split_whitespace().zip(example.split_whitespace());
        let alike: usize = words.map(|(word, other)| common_start(word, other)).sum();
        (alike, usize::MAX - example.len())
    };
    match STATEMENTS.iter().max_by_key(likeness) {
        Some(example) => format!("write for example `{example}`"),
        None => String::new(),
    }
}

fn common_start(left: &str, right: &str) -> usize {
    left.chars().zip(right.chars()).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_a_statement() {
        for example in STATEMENTS {
            assert!(lines(example).is_ok_and(|lines| lines.len() == 1), "{example}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_line() {
        assert!(lines("\u{feff}resume\r\nsuspend\r\n").is_ok_and(|lines| lines.len() == 2));
    }
}
