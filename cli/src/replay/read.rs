//! Logs as files: what they hold, and what of it is damaged.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read as _};
use std::path::Path;

use bits_emulator::replay::{Log, Record, RecordFields};
use evtx::EvtxParser;

use super::xml;

/// How many damaged records there may be before a file without a single record is taken for something else.
const FOREIGN: usize = 100;

/// A log that was read.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) log: Log,
    pub(super) skipped: Vec<Skipped>,
}

/// A damaged record, or one of another log.
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
    let is_stdin = path == Path::new("-");
    let name = if is_stdin { "standard input".to_owned() } else { path.display().to_string() };
    let read = if is_stdin { read_stdin() } else { read_file(path) };
    let read = read.map_err(|error| format!("cannot read {name}: {error}"))?;
    match (read.log.records().is_empty(), read.skipped.first()) {
        (true, Some(first)) => Err(format!(
            "{name} is no log of BITS: {first}; `bits replay` reads the channel \
             Microsoft-Windows-Bits-Client/Operational as .evtx, as XML, or as JSON lines"
        )),
        (true, None) => Err(format!("{name} holds no record")),
        (false, _) => Ok(read),
    }
}

fn read_file(path: &Path) -> io::Result<Read> {
    let mut file = BufReader::new(File::open(path)?);
    match Format::of(file.fill_buf()?) {
        Format::Native => read_native(EvtxParser::from_path(path)),
        format => read_text(&mut file, format),
    }
}

fn read_stdin() -> io::Result<Read> {
    let mut from = io::stdin().lock();
    match Format::of(from.fill_buf()?) {
        Format::Native => {
            let mut bytes = Vec::new();
            from.read_to_end(&mut bytes)?;
            read_native(EvtxParser::from_read_seek(Cursor::new(bytes)))
        }
        format => read_text(&mut from, format),
    }
}

/// How a log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Native,
    Xml,
    /// XML in UTF-16, as PowerShell redirects it.
    WideXml,
    JsonLines,
}

impl Format {
    /// The format of a file that begins with these bytes.
    fn of(begin: &[u8]) -> Self {
        let text = begin.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(begin).trim_ascii_start();
        if begin.starts_with(b"ElfFile\0") {
            Self::Native
        } else if begin.starts_with(b"\xFF\xFE") {
            Self::WideXml
        } else if text.starts_with(b"<") {
            Self::Xml
        } else {
            Self::JsonLines
        }
    }
}

fn read_text(from: &mut dyn BufRead, format: Format) -> io::Result<Read> {
    let mut read = Read::default();
    match format {
        Format::Native => {}
        Format::JsonLines => {
            for (number, line) in (1..).zip(from.split(b'\n')) {
                let line = line?;
                if !line.trim_ascii().is_empty() {
                    let fields = serde_json::from_slice::<RecordFields>(&line);
                    let fields = fields.map_err(|error| error.to_string());
                    read.add(&format!("line {number}"), fields);
                }
                if read.is_foreign() {
                    break;
                }
            }
        }
        Format::Xml => read.add_xml(from)?,
        Format::WideXml => {
            let mut bytes = Vec::new();
            from.read_to_end(&mut bytes)?;
            let units = bytes.chunks_exact(2).map(|pair| match pair {
                [low, high] => u16::from_le_bytes([*low, *high]),
                _ => 0,
            });
            let text: String =
                char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{FFFD}')).collect();
            read.add_xml(&mut text.trim_start_matches('\u{FEFF}').as_bytes())?;
        }
    }
    Ok(read)
}

fn read_native<S: io::Read + io::Seek>(
    parser: Result<EvtxParser<S>, evtx::err::EvtxError>,
) -> io::Result<Read> {
    let mut read = Read::default();
    for (number, record) in (1..).zip(parser.map_err(io::Error::other)?.records()) {
        let fields = record.map_err(|error| error.to_string());
        read.add(&format!("record {number}"), fields.and_then(|record| xml::fields(&record.data)));
        if read.is_foreign() {
            break;
        }
    }
    Ok(read)
}

impl Read {
    fn add_xml(&mut self, from: &mut dyn BufRead) -> io::Result<()> {
        let mut number = 0;
        while let Some(element) = xml::next_event(from)? {
            number += 1;
            self.add(&format!("event {number}"), xml::fields(&element));
            if self.is_foreign() {
                break;
            }
        }
        Ok(())
    }

    /// Adds a record, or says why there is none.
    fn add(&mut self, place: &str, fields: Result<RecordFields, String>) {
        let record =
            fields.and_then(|fields| Record::try_from(fields).map_err(|why| why.to_string()));
        match record {
            Ok(record) => self.log.push(record),
            Err(why) => self.skipped.push(Skipped { place: place.to_owned(), why }),
        }
    }

    fn is_foreign(&self) -> bool {
        self.log.records().is_empty() && self.skipped.len() > FOREIGN
    }
}
