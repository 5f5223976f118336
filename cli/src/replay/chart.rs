//! The attempts of jobs over time, as text.

use std::fmt;

use bits_emulator::chrono::{DateTime, Utc};
use bits_emulator::replay::{JobReplay, RecordKind};

/// How many columns the time of a job takes.
const WIDTH: i64 = 72;

/// What the signs mean.
pub(super) const LEGEND: &str =
    "+ created  > started  x failed  o done or stopped  # completed  / cancelled  2-9 * several";

/// A job as a line.
#[derive(Debug)]
pub(super) struct Chart<'job>(pub(super) &'job JobReplay);

impl fmt::Display for Chart<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let records = self.0.records();
        let (Some((_, first)), Some((_, last))) = (records.first(), records.last()) else {
            return Ok(());
        };
        let span = (last.time - first.time).num_microseconds().unwrap_or(i64::MAX).max(1);
        let column = |at: DateTime<Utc>| {
            let from = (at - first.time).num_microseconds().unwrap_or(i64::MAX);
            usize::try_from(i128::from(from) * i128::from(WIDTH - 1) / i128::from(span))
                .unwrap_or(0)
        };
        let mut cells: Vec<(char, u32)> = vec![('.', 0); usize::try_from(WIDTH).unwrap_or(0)];
        for (_, record) in records {
            let Some(sign) = sign(&record.kind) else { continue };
            if let Some((shown, times)) = cells.get_mut(column(record.time)) {
                *times += u32::from(matches!(record.kind, RecordKind::Failed(..)));
                *shown = sign;
            }
        }
        write!(f, "{} ", first.time.format("%F %T"))?;
        for (sign, times) in cells {
            match times {
                0 | 1 => write!(f, "{sign}")?,
                2..=9 => write!(f, "{times}")?,
                _ => f.write_str("*")?,
            }
        }
        let id = self.0.id().0.to_string();
        write!(
            f,
            " {}  {} {}",
            last.time.format("%F %T"),
            id.get(..8).unwrap_or(&id),
            self.0.name()
        )
    }
}

/// The sign of a record; several failures in a column are counted.
const fn sign(kind: &RecordKind) -> Option<char> {
    match kind {
        RecordKind::Created { .. } => Some('+'),
        RecordKind::Started(_) => Some('>'),
        RecordKind::Failed(..) => Some('x'),
        RecordKind::Stopped(..) => Some('o'),
        RecordKind::Completed { .. } => Some('#'),
        RecordKind::Cancelled { .. } => Some('/'),
        _ => None,
    }
}
