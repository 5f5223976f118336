//! The line editor of `bits step`, with completion and the lines before.

use bits_emulator::scenario::Scenario;
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, Editor, Helper};

/// The words that are no statements.
const COMMANDS: &[&str] = &["help", "list", "next", "quit", "save", "undo", "why"];

pub(crate) struct Prompt {
    editor: Editor<Words, DefaultHistory>,
}

impl Prompt {
    pub(crate) fn new() -> Result<Self, ReadlineError> {
        let config = Config::builder().completion_type(CompletionType::List).auto_add_history(true);
        let mut editor = Editor::with_config(config.build())?;
        editor.set_helper(Some(Words));
        Ok(Self { editor })
    }

    /// Reads a line; `None` at the end of input, or if it is interrupted.
    pub(crate) fn read(&mut self, prompt: &str) -> Result<Option<String>, ReadlineError> {
        match self.editor.readline(prompt) {
            Ok(line) => Ok(Some(line)),
            Err(ReadlineError::Eof | ReadlineError::Interrupted) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// What completes a line.
struct Words;

impl Completer for Words {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let before = line.get(..at).unwrap_or(line);
        let begun = before.trim_start();
        let (place, words) = Scenario::completions(begun);
        let commands = COMMANDS.iter().filter(|word| place == 0 && word.starts_with(begun));
        let mut all: Vec<String> =
            words.iter().chain(commands).map(|word| (*word).to_owned()).collect();
        all.sort();
        Ok((place + before.len() - begun.len(), all))
    }
}

impl Hinter for Words {
    type Hint = String;
}

impl Highlighter for Words {}
impl Validator for Words {}
impl Helper for Words {}
