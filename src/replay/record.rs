//! Records of the event log: what a file says, and what it says as a value.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::emulator::{LogEvent, LogEventKind, UrlTransfer};
use crate::vocabulary::{HResult, JobId};

/// The fields of a record as a file holds them, by the names of the JSON lines. What an event has not, or
/// what an older Windows does not write, is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default))]
pub struct RecordFields {
    /// When, in UTC.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub time: Option<DateTime<Utc>>,
    /// The number of the event, such as 61.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub event_id: Option<u16>,
    /// The id of the job, with or without braces.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub job_id: Option<String>,
    /// Its display name.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub job_name: Option<Arc<str>>,
    /// The account that owns it.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub owner: Option<Arc<str>>,
    /// The program that created it.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub process: Option<Arc<str>>,
    /// How many files it had at its end.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub file_count: Option<u32>,
    /// What is transferred.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub url: Option<Arc<str>>,
    /// The code of a transfer that stopped, as a number or by name.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub hr: Option<String>,
    /// The size of the file; `None` is BG_SIZE_UNKNOWN.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub bytes_total: Option<u64>,
    /// How many bytes of it are there.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub bytes_transferred: Option<u64>,
}

/// A record of the channel Microsoft-Windows-Bits-Client/Operational.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// When, in UTC.
    pub time: DateTime<Utc>,
    /// The job that it is about; some are about none.
    pub job: Option<JobId>,
    /// The display name of the job.
    pub job_name: Option<Arc<str>>,
    /// What it says.
    pub kind: RecordKind,
}

/// What a record says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordKind {
    /// 3: the job was created.
    Created {
        /// The account that owns it.
        owner: Option<Arc<str>>,
        /// The program that created it.
        process: Option<Arc<str>>,
    },
    /// 4: its client completed it.
    Completed {
        /// How many files it had.
        file_count: Option<u32>,
        /// How many bytes of it were transferred.
        bytes_transferred: Option<u64>,
    },
    /// 5: it was cancelled.
    Cancelled {
        /// How many files it had.
        file_count: Option<u32>,
    },
    /// 59: the transfer of a URL started.
    Started(RecordedTransfer),
    /// 60: it stopped without a failure; the code is 0 if the whole file is there.
    Stopped(RecordedTransfer, HResult),
    /// 61: it failed with that code.
    Failed(RecordedTransfer, HResult),
    /// 209: its property "high performance" was set.
    PropertySet,
    /// 306: the service loaded its job list, and so has started.
    ServiceStarted,
    /// 308: the service has stopped (inferred).
    ServiceStopped,
    /// An event of which the model knows no more than its number.
    Other(u16),
}

/// An attempt to transfer a URL, as a record has it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedTransfer {
    /// What is transferred.
    pub url: Arc<str>,
    /// The size; `None` is BG_SIZE_UNKNOWN.
    pub bytes_total: Option<u64>,
    /// How many bytes of it are there.
    pub bytes_transferred: Option<u64>,
}

/// Why fields make no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadRecord {
    /// Something is missing that each record has, or each of that event.
    #[error("event {} has no `{field}`", event_id.map_or_else(|| "without a number".to_owned(), |id| id.to_string()))]
    Missing {
        /// The number of the event, if that is there.
        event_id: Option<u16>,
        /// The field by its name in the JSON lines.
        field: &'static str,
    },
    /// A field is no value of its kind.
    #[error("event {event_id}: `{field}` is {value:?}, which is no {expected}")]
    Value {
        /// The number of the event.
        event_id: u16,
        /// The field by its name in the JSON lines.
        field: &'static str,
        /// What it holds.
        value: String,
        /// What it should be.
        expected: &'static str,
    },
}

impl TryFrom<RecordFields> for Record {
    type Error = BadRecord;

    fn try_from(fields: RecordFields) -> Result<Self, BadRecord> {
        let event_id = fields.event_id;
        let missing = |field| BadRecord::Missing { event_id, field };
        let id = event_id.ok_or_else(|| missing("event_id"))?;
        let time = fields.time.ok_or_else(|| missing("time"))?;
        let RecordFields { url, hr, bytes_total, bytes_transferred, file_count, .. } = fields;
        let transfer = || {
            let url = url.clone().ok_or_else(|| missing("url"))?;
            Ok(RecordedTransfer { url, bytes_total, bytes_transferred })
        };
        let wrong = |field, value: &str, expected| {
            let value = value.to_owned();
            BadRecord::Value { event_id: id, field, value, expected }
        };
        let code = || {
            let hr = hr.as_deref().ok_or_else(|| missing("hr"))?;
            hr.parse::<HResult>().map_err(|_| wrong("hr", hr, "code"))
        };
        let kind = match id {
            3 => RecordKind::Created { owner: fields.owner, process: fields.process },
            4 => RecordKind::Completed { file_count, bytes_transferred },
            5 => RecordKind::Cancelled { file_count },
            59 => RecordKind::Started(transfer()?),
            60 => RecordKind::Stopped(transfer()?, code()?),
            61 => RecordKind::Failed(transfer()?, code()?),
            209 => RecordKind::PropertySet,
            306 => RecordKind::ServiceStarted,
            308 => RecordKind::ServiceStopped,
            other => RecordKind::Other(other),
        };
        let parse = |text: &String| {
            Uuid::parse_str(text).map(JobId).map_err(|_| wrong("job_id", text, "GUID"))
        };
        let job = fields.job_id.as_ref().map(parse).transpose()?;
        if job.is_none() && matches!(id, 3..=5 | 59..=61) {
            return Err(missing("job_id"));
        }
        Ok(Self { time, job, job_name: fields.job_name, kind })
    }
}

impl From<&Record> for RecordFields {
    fn from(record: &Record) -> Self {
        let mut fields = Self {
            time: Some(record.time),
            event_id: Some(record.kind.event_id()),
            job_id: record.job.map(|job| job.0.to_string()),
            job_name: record.job_name.clone(),
            ..Self::default()
        };
        let code = |code: &HResult| Some(format!("{:#010x}", code.value()));
        match &record.kind {
            RecordKind::Created { owner, process } => {
                (fields.owner, fields.process) = (owner.clone(), process.clone());
            }
            RecordKind::Completed { file_count, bytes_transferred } => {
                (fields.file_count, fields.bytes_transferred) = (*file_count, *bytes_transferred);
            }
            RecordKind::Cancelled { file_count } => fields.file_count = *file_count,
            RecordKind::Stopped(_, hr) | RecordKind::Failed(_, hr) => fields.hr = code(hr),
            RecordKind::Started(_)
            | RecordKind::PropertySet
            | RecordKind::ServiceStarted
            | RecordKind::ServiceStopped
            | RecordKind::Other(_) => {}
        }
        if let Some(of) = record.kind.transfer() {
            fields.url = Some(Arc::clone(&of.url));
            (fields.bytes_total, fields.bytes_transferred) = (of.bytes_total, of.bytes_transferred);
        }
        fields
    }
}

impl From<&LogEvent> for Record {
    /// An entry of the emulator's own log.
    fn from(entry: &LogEvent) -> Self {
        let transfer = |transfer: &UrlTransfer| RecordedTransfer {
            url: Arc::clone(&transfer.url),
            bytes_total: transfer.bytes_total,
            bytes_transferred: Some(transfer.bytes_transferred),
        };
        let kind = match &entry.what {
            LogEventKind::Created { owner, process } => RecordKind::Created {
                owner: Some(Arc::clone(owner)),
                process: Some(format!("process {process}").into()),
            },
            LogEventKind::Completed { file_count, bytes_transferred, .. } => {
                let bytes_transferred = Some(*bytes_transferred);
                RecordKind::Completed { file_count: Some(*file_count), bytes_transferred }
            }
            LogEventKind::Cancelled { file_count, .. } => {
                RecordKind::Cancelled { file_count: Some(*file_count) }
            }
            LogEventKind::Started(of) => RecordKind::Started(transfer(of)),
            LogEventKind::Stopped(of, code) => RecordKind::Stopped(transfer(of), *code),
            LogEventKind::Failed(of, code) => RecordKind::Failed(transfer(of), *code),
            LogEventKind::CancelledByAdministrator { .. }
            | LogEventKind::PropertyChanged { .. }
            | LogEventKind::OwnershipTaken { .. }
            | LogEventKind::RemovedForInactivity { .. }
            | LogEventKind::NotificationFailed { .. } => RecordKind::Other(entry.what.event_id()),
        };
        let job_name = Some(Arc::clone(&entry.job_name));
        Self { time: entry.time, job: Some(entry.job_id), job_name, kind }
    }
}

impl RecordKind {
    /// Returns the number of the event.
    #[must_use]
    pub const fn event_id(&self) -> u16 {
        match self {
            Self::Created { .. } => 3,
            Self::Completed { .. } => 4,
            Self::Cancelled { .. } => 5,
            Self::Started(_) => 59,
            Self::Stopped(..) => 60,
            Self::Failed(..) => 61,
            Self::PropertySet => 209,
            Self::ServiceStarted => 306,
            Self::ServiceStopped => 308,
            Self::Other(id) => *id,
        }
    }

    /// The transfer that it is about, if it is about one.
    pub(super) const fn transfer(&self) -> Option<&RecordedTransfer> {
        match self {
            Self::Started(of) | Self::Stopped(of, _) | Self::Failed(of, _) => Some(of),
            _ => None,
        }
    }

    /// How many files the job had, if it says that.
    pub(super) const fn file_count(&self) -> Option<u32> {
        match self {
            Self::Completed { file_count, .. } | Self::Cancelled { file_count } => *file_count,
            _ => None,
        }
    }

    /// Whether the model could have written that event of a job, with facts that agree.
    pub(super) fn agrees_with(&self, written: &LogEventKind) -> bool {
        let same = |of: &RecordedTransfer, other: &UrlTransfer| {
            of.url == other.url
                && of.bytes_total == other.bytes_total
                && of.bytes_transferred.is_none_or(|bytes| bytes == other.bytes_transferred)
        };
        match (self, written) {
            (Self::Created { .. }, LogEventKind::Created { .. }) => true,
            (
                Self::Completed { file_count, bytes_transferred },
                LogEventKind::Completed { file_count: files, bytes_transferred: bytes, .. },
            ) => {
                file_count.is_none_or(|count| count == *files)
                    && bytes_transferred.is_none_or(|count| count == *bytes)
            }
            (Self::Cancelled { file_count }, LogEventKind::Cancelled { file_count: files, .. }) => {
                file_count.is_none_or(|count| count == *files)
            }
            (Self::Started(of), LogEventKind::Started(other)) => same(of, other),
            (Self::Stopped(of, code), LogEventKind::Stopped(other, written))
            | (Self::Failed(of, code), LogEventKind::Failed(other, written)) => {
                code == written && same(of, other)
            }
            (Self::Other(id), other) => *id == other.event_id(),
            _ => false,
        }
    }
}
