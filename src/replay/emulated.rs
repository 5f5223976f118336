//! The log that the emulator writes for its own jobs.

use super::log::Log;
use super::record::{Record, RecordKind};
use crate::emulator::{Emulator, TraceEvent};
use crate::machine::{ComputerEvent, Event};

impl Log {
    /// Returns the log that Windows would have written of what happened to an emulator: its event log, with the
    /// stops and starts of the service.
    #[must_use]
    pub fn of(emulator: &Emulator) -> Self {
        let mut log: Self = emulator.event_log().iter().map(Record::from).collect();
        let trace = emulator.trace();
        for step in trace.steps() {
            let (stops, starts) = match &step.what {
                TraceEvent::ServiceStopped => (true, false),
                TraceEvent::ServiceStarted => (false, true),
                TraceEvent::Event(Event::Computer(ComputerEvent::ServiceRestarted)) => (true, true),
                _ => (false, false),
            };
            let kinds = [(stops, RecordKind::ServiceStopped), (starts, RecordKind::ServiceStarted)];
            for (_, kind) in kinds.into_iter().filter(|(is_so, _)| *is_so) {
                log.push(Record { time: step.at, job: None, job_name: None, kind });
            }
        }
        log.records.sort_by_key(|record| record.time);
        log
    }
}
