//! What is wrong with a scenario's text, shown in the text.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

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
pub(super) struct Diagnosis {
    pub(super) cause: String,
    pub(super) help: String,
}

impl Diagnosis {
    pub(super) fn new(cause: impl Into<String>, help: impl Into<String>) -> Self {
        Self { cause: cause.into(), help: help.into() }
    }

    /// The problem of the line that has that place in the text.
    pub(super) fn at(self, span: Range<usize>) -> Problem {
        Problem { span, cause: self.cause, help: self.help }
    }
}

impl Problem {
    /// The problem under the line in which it stands, with the name of the file.
    #[must_use]
    pub fn render(&self, name: &str, text: &str) -> String {
        let snippet = Snippet::source(text)
            .path(name)
            .annotation(AnnotationKind::Primary.span(self.place(text)));
        let group = Level::ERROR.primary_title(&*self.cause).element(snippet);
        let report = [group.element(Level::HELP.message(&*self.help))];
        Renderer::plain().render(&report)
    }

    /// The line, counted from 1.
    #[must_use]
    pub fn line(&self, text: &str) -> usize {
        let before = text.get(..self.span.start).unwrap_or(text);
        before.matches('\n').count() + 1
    }

    /// The span within the text, at least one character long where there is one.
    fn place(&self, text: &str) -> Range<usize> {
        let start = self.span.start.min(text.len());
        start..self.span.end.clamp(start, text.len())
    }
}

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

    /// The problems, each under its line, with the name of the file.
    #[must_use]
    pub fn render(&self, name: &str) -> String {
        let rendered = self.problems.iter().map(|problem| problem.render(name, &self.text));
        rendered.collect::<Vec<_>>().join("\n\n")
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render("scenario"))
    }
}

impl std::error::Error for ParseError {}
