//! Traces and the event log as data for other programs (feature `serde`). The fields are an agreement:
//! they are written down here, and do not follow the types.

use chrono::{DateTime, Utc};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::{Actor, JobStep, Trace, TraceEvent, TraceStep};
use crate::emulator::diagnostics::log_event::{LogEvent, LogEventKind, UrlTransfer};
use crate::service::ErrorChange;
use crate::vocabulary::HResult;

/// `start`, `dropped`, `steps`.
impl Serialize for Trace {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("start", &self.start())?;
        map.serialize_entry("dropped", &self.dropped)?;
        map.serialize_entry("steps", &self.steps)?;
        map.end()
    }
}

/// `number`, `at`, `actor` (`client`, `program`, `BITS`, `world` or `test`), of clients `account` and
/// `process`; `what` in words; `call`, `event` or `deadline` with its values, if it is one; `code` and
/// `hr` of calls; `error` in words, of a call that failed; `jobs`.
impl Serialize for TraceStep {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("number", &self.number)?;
        map.serialize_entry("at", &self.at)?;
        if let Actor::Client(process) = &self.actor {
            map.serialize_entry("actor", "client")?;
            map.serialize_entry("account", &process.account)?;
            map.serialize_entry("process", &process.number)?;
        } else {
            map.serialize_entry("actor", &self.actor.to_string())?;
        }
        map.serialize_entry("what", &self.what.to_string())?;
        match &self.what {
            TraceEvent::Call(call) => map.serialize_entry("call", call)?,
            TraceEvent::Event(event) => map.serialize_entry("event", event)?,
            TraceEvent::Deadline(deadline) => map.serialize_entry("deadline", deadline)?,
            _ => {}
        }
        if let Some(code) = self.code() {
            code_entries(&mut map, code)?;
        }
        if let Some(error) = self.error() {
            map.serialize_entry("error", &error.to_string())?;
        }
        map.serialize_entry("jobs", self.jobs())?;
        map.end()
    }
}

/// `job`, `before` and `after`, `entered` (states), `rules`, `effects` in words, `ignored`;
/// `error_object` with `code`, `hr`, `context` and `file`, or null if it is gone; `told` with
/// `notification`, `by` and `account`.
impl Serialize for JobStep {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("job", &self.job)?;
        map.serialize_entry("before", &self.before)?;
        map.serialize_entry("after", &self.after)?;
        let outcome = self.result.as_ref().ok();
        let entered = outcome.into_iter().flat_map(|outcome| outcome.entered.iter());
        map.serialize_entry("entered", &entered.collect::<Vec<_>>())?;
        map.serialize_entry("rules", &self.rules().collect::<Vec<_>>())?;
        let effects = outcome.into_iter().flat_map(|outcome| outcome.effects.iter());
        let effects: Vec<String> = effects.map(|effect| effect.to_string()).collect();
        map.serialize_entry("effects", &effects)?;
        map.serialize_entry("ignored", &self.was_ignored())?;
        if let Some(change) = &self.error_object {
            map.serialize_entry("error_object", &ErrorObject(change))?;
        }
        if let Some(told) = &self.told {
            let words = [
                ("notification", told.notification.to_string()),
                ("by", told.recipient.to_string()),
                ("account", told.account.to_string()),
            ];
            map.serialize_entry("told", &std::collections::BTreeMap::from(words))?;
        }
        map.end()
    }
}

/// What became of the error object.
struct ErrorObject<'step>(&'step ErrorChange);

impl Serialize for ErrorObject<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let ErrorChange::Appeared(error, file) = self.0 else { return to.serialize_none() };
        let mut map = to.serialize_map(None)?;
        code_entries(&mut map, error.code())?;
        map.serialize_entry("context", &error.context())?;
        map.serialize_entry("file", file)?;
        map.end()
    }
}

/// A code by name, or number if it has none, and by number.
fn code_entries<M: SerializeMap>(map: &mut M, code: HResult) -> Result<(), M::Error> {
    map.serialize_entry("code", &code)?;
    map.serialize_entry("hr", &number(code))
}

fn number(code: HResult) -> String {
    format!("0x{:08x}", code.value())
}

/// The fields of the public recordings: `time`, `event_id`, `job_id` without braces, `job_name`, and of
/// each event its own; `null` for a size is BG_SIZE_UNKNOWN.
impl Serialize for LogEvent {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("time", &time(self.time))?;
        map.serialize_entry("event_id", &self.what.event_id())?;
        map.serialize_entry("job_id", &self.job_id.0.to_string())?;
        map.serialize_entry("job_name", &self.job_name)?;
        match &self.what {
            LogEventKind::Created { owner, process } => {
                map.serialize_entry("owner", owner)?;
                map.serialize_entry("process", &format!("process {process}"))?;
            }
            LogEventKind::Completed { owner, file_count, bytes_transferred, by } => {
                map.serialize_entry("owner", owner)?;
                map.serialize_entry("by", by)?;
                map.serialize_entry("file_count", file_count)?;
                map.serialize_entry("bytes_transferred", bytes_transferred)?;
            }
            LogEventKind::Cancelled { owner, file_count, by } => {
                map.serialize_entry("owner", owner)?;
                map.serialize_entry("by", by)?;
                map.serialize_entry("file_count", file_count)?;
            }
            LogEventKind::CancelledByAdministrator { owner, by } => {
                map.serialize_entry("owner", owner)?;
                map.serialize_entry("by", by)?;
            }
            LogEventKind::PropertyChanged { owner, by, property } => {
                map.serialize_entry("owner", owner)?;
                map.serialize_entry("by", by)?;
                map.serialize_entry("property", property)?;
            }
            LogEventKind::OwnershipTaken { by } => map.serialize_entry("by", by)?,
            LogEventKind::RemovedForInactivity { owner } => map.serialize_entry("owner", owner)?,
            LogEventKind::NotificationFailed { code } => {
                map.serialize_entry("hr", &format!("0x{code:08x}"))?;
            }
            LogEventKind::Started(transfer) => transfer_entries(&mut map, transfer, None)?,
            LogEventKind::Stopped(transfer, code) | LogEventKind::Failed(transfer, code) => {
                transfer_entries(&mut map, transfer, Some(*code))?;
            }
        }
        map.end()
    }
}

fn transfer_entries<M: SerializeMap>(
    map: &mut M,
    transfer: &UrlTransfer,
    code: Option<HResult>,
) -> Result<(), M::Error> {
    map.serialize_entry("transfer_id", &format!("{:X}", transfer.transfer_id.hyphenated()))?;
    map.serialize_entry("url", &transfer.url)?;
    if let Some(code) = code {
        map.serialize_entry("hr", &number(code))?;
    }
    map.serialize_entry("bytes_total", &transfer.bytes_total)?;
    map.serialize_entry("bytes_transferred", &transfer.bytes_transferred)
}

/// UTC with microseconds.
fn time(at: DateTime<Utc>) -> String {
    at.format("%FT%T%.6fZ").to_string()
}
