//! Logs as files: what they hold, and what of it is damaged.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use bits_emulator::replay::{Log, Record, RecordFields};

/// How many damaged lines there may be before a file without a single record is taken for something else.
const FOREIGN: usize = 3;

/// A log that was read.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) log: Log,
    pub(super) skipped: Vec<Skipped>,
}

/// A damaged record.
#[derive(Debug)]
pub(super) struct Skipped {
    place: String,
    why: String,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.why)
    }
}

/// Reads a log; the error is a message.
pub(super) fn read(path: &Path) -> Result<Read, String> {
    let name = path.display();
    let unreadable = |error: io::Error| format!("cannot read {name}: {error}");
    let read = if path == Path::new("-") {
        read_from(&mut io::stdin().lock()).map_err(unreadable)?
    } else {
        let file = File::open(path).map_err(unreadable)?;
        read_from(&mut BufReader::new(file)).map_err(unreadable)?
    };
    match (read.log.records().is_empty(), read.skipped.first()) {
        (true, Some(first)) => Err(format!(
            "{name} is no log of BITS: {first}; `bits replay` reads the channel \
             Microsoft-Windows-Bits-Client/Operational as .evtx, as XML, or as JSON lines"
        )),
        (true, None) => Err(format!("{name} holds no record")),
        (false, _) => Ok(read),
    }
}

fn read_from(from: &mut dyn BufRead) -> io::Result<Read> {
    let mut read = Read::default();
    for (number, line) in (1..).zip(from.split(b'\n')) {
        let line = line?;
        if !line.trim_ascii().is_empty() {
            let fields = serde_json::from_slice::<RecordFields>(&line);
            read.add(&format!("line {number}"), fields.map_err(|error| error.to_string()));
        }
        if read.log.records().is_empty() && read.skipped.len() > FOREIGN {
            break;
        }
    }
    Ok(read)
}

impl Read {
    /// Adds a record, or says why there is none.
    fn add(&mut self, place: &str, fields: Result<RecordFields, String>) {
        let record =
            fields.and_then(|fields| Record::try_from(fields).map_err(|why| why.to_string()));
        match record {
            Ok(record) => self.log.push(record),
            Err(why) => self.skipped.push(Skipped { place: place.to_owned(), why }),
        }
    }
}
