//! The texts of scenarios, from files and from standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use bits_emulator::scenario::{ParseError, Scenario};

use crate::output::BAD;

/// What stands for standard input among the files.
const STANDARD_INPUT: &str = "-";

/// The first bytes of texts that are not UTF-8, the longer ones first.
const MARKS: &[(&[u8], &str)] = &[
    (&[0xFF, 0xFE, 0x00, 0x00], "UTF-32"),
    (&[0x00, 0x00, 0xFE, 0xFF], "UTF-32"),
    (&[0xFF, 0xFE], "UTF-16"),
    (&[0xFE, 0xFF], "UTF-16"),
];

/// Returns the name of a file as messages give it.
pub(crate) fn name(path: &Path) -> String {
    match path.as_os_str() == STANDARD_INPUT {
        true => "<stdin>".to_owned(),
        false => path.display().to_string(),
    }
}

/// A file that is a scenario.
pub(crate) struct Source {
    pub(crate) text: String,
    pub(crate) scenario: Scenario,
}

/// Why a file is none.
pub(crate) enum Unusable {
    /// It cannot be read: why.
    NotRead(String),
    NotParsed {
        text: String,
        error: ParseError,
    },
}

impl Unusable {
    /// The message for a person, with the name of the file.
    pub(crate) fn message(&self, name: &str) -> String {
        match self {
            Self::NotRead(why) => format!("{BAD}error{BAD:#}: cannot read {name}: {why}"),
            Self::NotParsed { error, .. } => error.render_styled(name),
        }
    }
}

/// Reads a scenario from a file or from standard input.
pub(crate) fn scenario(path: &Path) -> Result<Source, Unusable> {
    let text = read(path).map_err(Unusable::NotRead)?;
    match text.parse() {
        Ok(scenario) => Ok(Source { text, scenario }),
        Err(error) => Err(Unusable::NotParsed { text, error }),
    }
}

/// Reads a file or standard input, and no more of it than a scenario may have.
///
/// # Errors
///
/// Why it cannot be read, and what to do about it.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    let bytes = match path.as_os_str() == STANDARD_INPUT {
        true => read_bytes(io::stdin().lock()),
        false => File::open(path).and_then(read_bytes),
    };
    let bytes = bytes.map_err(|error| error.to_string())?;
    if bytes.len() > Scenario::BYTES_MAX {
        return Err(format!("a scenario has at most {} bytes", Scenario::BYTES_MAX));
    }
    if let Some(encoding) = other_encoding(&bytes) {
        return Err(format!("it is saved as {encoding}: save it as UTF-8"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("line {line} is not UTF-8: save it as UTF-8")
    })
}

fn read_bytes(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(Scenario::BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Returns the encoding by the byte order mark; without one, by the zeros that UTF-16 has beside letters.
fn other_encoding(bytes: &[u8]) -> Option<&'static str> {
    let marked = MARKS.iter().find(|(mark, _)| bytes.starts_with(mark));
    let has_zeros = matches!(bytes, [0, 1..=255, ..] | [1..=255, 0, ..]);
    marked.map(|(_, encoding)| *encoding).or(has_zeros.then_some("UTF-16"))
}
