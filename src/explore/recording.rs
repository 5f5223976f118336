//! How a run is recorded: when a line is added, and what is looked up for it.

use chrono::{DateTime, Utc};

use super::execution::{Execution, Noted, Progress};
use super::reads::value_of;
use super::record::{CallTold, Record, Recorded, Told};
use crate::emulator::{DrivenCall, Emulator, Observation};

impl Progress {
    /// Records that another step than the first of several came first. It is called from within the emulator,
    /// so that the instant is not known before the next line.
    pub(super) fn record_order(&mut self, number: usize, other: u8) {
        if let Some(record) = &mut self.record {
            let place = u32::from(other).saturating_add(1);
            let what =
                format!("of {number} steps that were possible at once number {place} came first");
            record.decided.push(what);
        }
    }
}

impl Execution {
    /// Records the run from now on.
    pub(super) fn begin_record(&self, emulator: &Emulator) {
        let record = Record { emulator: emulator.clone(), lines: Vec::new(), decided: Vec::new() };
        self.progress().record = Some(record);
    }

    /// Returns what was recorded; the run is recorded no more.
    pub(super) fn take_record(&self) -> Vec<Recorded> {
        let record = self.progress().record.take();
        record.map(|record| record.lines).unwrap_or_default()
    }

    /// Records something, if the run is recorded.
    pub(super) fn record(&self, told: impl FnOnce() -> Told) {
        let recorded = self.progress().record.as_ref().map(|record| record.emulator.clone());
        if let Some(emulator) = recorded {
            let (at, steps) = emulator.observe(|engine| (engine.now(), engine.recorder.number()));
            self.push(Recorded { at, steps, by: None, told: told() });
        }
    }

    /// Records a call, if the run is recorded.
    pub(super) fn record_call(&self, call: DrivenCall, reply: Observation) {
        let recorded = self.progress().record.as_ref().map(|record| record.emulator.clone());
        if let Some(emulator) = recorded {
            let recorded = emulator.observe(|engine| Recorded {
                at: engine.now(),
                steps: engine.recorder.number(),
                by: None,
                told: Told::Call(CallTold {
                    process: Some(call.connection.process),
                    job: call.target.job,
                    method: call.method,
                    code: reply.code,
                    value: value_of(engine, call, reply),
                }),
            });
            self.push(recorded);
        }
    }

    fn push(&self, line: Recorded) {
        let progress = &mut *self.progress();
        let are_several = !progress.others.is_empty();
        let by = are_several.then(|| progress.actor.number.saturating_add(1));
        if let Some(record) = &mut progress.record {
            let Recorded { at, steps, .. } = line;
            let decided = record.decided.drain(..).map(Told::Decided);
            record.lines.extend(decided.map(|told| Recorded { at, steps, by, told }));
            record.lines.push(Recorded { by, ..line });
        }
    }
}

impl From<&(DateTime<Utc>, Noted)> for Recorded {
    /// A line without what only a recorded run knows.
    fn from((at, noted): &(DateTime<Utc>, Noted)) -> Self {
        Self { at: *at, steps: 0, by: None, told: (*noted).into() }
    }
}

impl From<Noted> for Told {
    fn from(noted: Noted) -> Self {
        match noted {
            Noted::Life(life) => Self::Starts(life),
            Noted::Call(method, code) => {
                Self::Call(CallTold { process: None, job: None, method, code, value: None })
            }
            Noted::Waits(until) => Self::Waits(until),
            Noted::WaitsForCall => Self::WaitsForCall,
            Noted::Reports(outcome) => Self::Reports(outcome),
            Noted::Decided(departure) => Self::Decided(departure.to_string()),
        }
    }
}
