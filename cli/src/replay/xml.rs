//! Events as XML: as Event Viewer and `wevtutil` export them, and as records of the native format are read.

use std::io::{self, BufRead};

use bits_emulator::replay::RecordFields;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

const END: &[u8] = b"</Event>";

/// The provider of the channel.
const PROVIDER: &str = "Microsoft-Windows-Bits-Client";

/// Reads up to the end of the next event, and returns its element. What is between events is passed over.
pub(super) fn next_event(from: &mut dyn BufRead) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    loop {
        if from.read_until(b'>', &mut bytes)? == 0 {
            return Ok(None);
        }
        if bytes.ends_with(END) {
            let text = String::from_utf8_lossy(&bytes);
            let start = text.match_indices("<Event").find(|(at, found)| {
                text.get(at + found.len()..)
                    .is_some_and(|rest| rest.starts_with([' ', '>', '\t', '\r', '\n']))
            });
            let start = start.map_or(0, |(at, _)| at);
            return Ok(text.get(start..).map(str::to_owned));
        }
    }
}

/// The fields of an event; the error says what is wrong with it.
pub(super) fn fields(element: &str) -> Result<RecordFields, String> {
    let mut reader = Reader::from_str(element);
    let mut fields = RecordFields::default();
    let mut name = String::new();
    let mut text = String::new();
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(start) => {
                name = name_of(&start);
                text.clear();
                note(&mut fields, &start, &mut name)?;
            }
            Event::Empty(start) => note(&mut fields, &start, &mut name)?,
            Event::Text(part) => text.push_str(&part),
            Event::GeneralRef(entity) => text.push(character(&entity)?),
            Event::CData(part) => text.push_str(&part),
            Event::End(_) => {
                set(&mut fields, &name, std::mem::take(&mut text).trim())?;
                name.clear();
            }
            Event::Eof => return Ok(fields),
            _ => {}
        }
    }
}

fn name_of(start: &BytesStart<'_>) -> String {
    start.local_name().as_ref().to_owned()
}

/// Takes what the attributes of an element say. A `Data` goes by its name.
fn note(
    fields: &mut RecordFields,
    start: &BytesStart<'_>,
    name: &mut String,
) -> Result<(), String> {
    let element = name_of(start);
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| error.to_string())?;
        match (element.as_str(), attribute.key.as_ref()) {
            ("Data", "Name") => *name = value.into_owned(),
            ("TimeCreated", "SystemTime") => {
                let time = value.parse().map_err(|_| format!("{value} is no time"))?;
                fields.time = Some(time);
            }
            ("Provider", "Name") if value != PROVIDER => {
                return Err(format!("it is of {value}, not of {PROVIDER}"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// A character that is written as a reference, such as `&amp;`.
fn character(entity: &quick_xml::events::BytesRef<'_>) -> Result<char, String> {
    if let Some(character) = entity.resolve_char_ref().map_err(|error| error.to_string())? {
        return Ok(character);
    }
    match &**entity {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        other => Err(format!("&{other}; is no character")),
    }
}

/// Sets a field by the name that the channel has for it. Names that are not known are passed over.
fn set(fields: &mut RecordFields, name: &str, value: &str) -> Result<(), String> {
    let some = || Some(value.into());
    match name {
        "EventID" => fields.event_id = Some(number(name, value)?),
        "jobTitle" | "name" => fields.job_name = some(),
        "jobId" | "Id" => fields.job_id = Some(value.to_owned()),
        "jobOwner" => fields.owner = some(),
        "processPath" => fields.process = some(),
        "url" => fields.url = some(),
        "hr" => fields.hr = Some(value.to_owned()),
        "fileCount" => fields.file_count = Some(number(name, value)?),
        "bytesTotal" => fields.bytes_total = size(number(name, value)?),
        "bytesTransferred" => fields.bytes_transferred = size(number(name, value)?),
        _ => {}
    }
    Ok(())
}

fn number<T: TryFrom<u64>>(name: &str, value: &str) -> Result<T, String> {
    let digits = value.strip_prefix("0x");
    let parsed =
        digits.map_or_else(|| value.parse().ok(), |digits| u64::from_str_radix(digits, 16).ok());
    let number = parsed.and_then(|number: u64| T::try_from(number).ok());
    number.ok_or_else(|| format!("{name} is {value:?}, which is no such number"))
}

/// A size, unless it is BG_SIZE_UNKNOWN.
fn size(bytes: u64) -> Option<u64> {
    (bytes != u64::MAX).then_some(bytes)
}
