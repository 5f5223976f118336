//! What is wrong with a scenario's text, shown in the text.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::Scenario;

/// One thing that is wrong in a scenario: where, what, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The bytes of the text that are wrong.
    pub span: Range<usize>,
    /// What is wrong.
    pub cause: String,
    /// What to write instead, or what was so instead.
    pub help: String,
}

/// What is wrong with a line and how to mend it.
#[derive(Debug, Clone)]
pub(crate) struct Diagnosis {
    pub(crate) cause: String,
    pub(crate) help: String,
}

impl Diagnosis {
    pub(crate) fn new(cause: impl Into<String>, help: impl Into<String>) -> Self {
        Self { cause: cause.into(), help: help.into() }
    }

    /// The problem of the line that has that place in the text.
    pub(crate) fn at(self, span: Range<usize>) -> Problem {
        Problem { span, cause: self.cause, help: self.help }
    }
}

impl Problem {
    /// The problem under the line in which it stands, with the name of the file.
    #[must_use]
    pub fn render(&self, name: &str, text: &str) -> String {
        self.render_by(&Renderer::plain(), name, text)
    }

    /// The same with the colours of a terminal, as ANSI escape sequences.
    #[must_use]
    pub fn render_styled(&self, name: &str, text: &str) -> String {
        self.render_by(&Renderer::styled(), name, text)
    }

    fn render_by(&self, renderer: &Renderer, name: &str, text: &str) -> String {
        // The line alone: a renderer that is given the whole text looks through it for each problem.
        let (line, place) = self.line_and_place(text);
        let snippet = Snippet::source(line)
            .path(name)
            .line_start(self.line(text))
            .annotation(AnnotationKind::Primary.span(place));
        let group = Level::ERROR.primary_title(&*self.cause).element(snippet);
        let report = [group.element(Level::HELP.message(&*self.help))];
        renderer.render(&report)
    }

    /// The line, counted from 1.
    #[must_use]
    pub fn line(&self, text: &str) -> usize {
        let before = text.get(..self.span.start).unwrap_or(text);
        before.matches('\n').count() + 1
    }

    /// The place of the first wrong character in its line, counted from 1 in characters.
    #[must_use]
    pub fn column(&self, text: &str) -> usize {
        let (line, place) = self.line_and_place(text);
        line.get(..place.start).unwrap_or(line).chars().count() + 1
    }

    /// The line, as far as it is read, and the span in it.
    fn line_and_place<'a>(&self, text: &'a str) -> (&'a str, Range<usize>) {
        let before = text.get(..self.span.start).unwrap_or(text);
        let begin = before.rfind('\n').map_or(0, |at| at + 1);
        let line = text.get(begin..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let line = beginning(line, Scenario::LINE_BYTES_MAX);
        let start = (before.len() - begin).min(line.len());
        let end = self.span.end.saturating_sub(begin).clamp(start, line.len());
        (line, start..end)
    }
}

/// The beginning of a text, of at most that many bytes.
fn beginning(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    end.and_then(|end| text.get(..end)).unwrap_or_default()
}

/// The most problems that are rendered; the others are counted.
const PROBLEMS_SHOWN: usize = 20;

/// Why a text is no scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    text: String,
    problems: Vec<Problem>,
}

impl ParseError {
    pub(super) fn new(text: &str, problems: Vec<Problem>) -> Self {
        Self { text: text.to_owned(), problems }
    }

    /// Everything that is wrong, in the order of the text.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Renders the first twenty problems, each under its line, with the name of the file, and says how many
    /// more there are.
    #[must_use]
    pub fn render(&self, name: &str) -> String {
        self.render_by(&Renderer::plain(), name)
    }

    /// The same with the colours of a terminal, as ANSI escape sequences.
    #[must_use]
    pub fn render_styled(&self, name: &str) -> String {
        self.render_by(&Renderer::styled(), name)
    }

    fn render_by(&self, renderer: &Renderer, name: &str) -> String {
        let shown = self.problems.iter().take(PROBLEMS_SHOWN);
        let more = self.problems.len().saturating_sub(PROBLEMS_SHOWN);
        let more =
            (more > 0).then(|| format!("error: {more} more problems in {name} are not shown"));
        let rendered =
            shown.map(|problem| problem.render_by(renderer, name, &self.text)).chain(more);
        rendered.collect::<Vec<_>>().join("\n\n")
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render("scenario"))
    }
}

impl std::error::Error for ParseError {}
