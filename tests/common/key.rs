//! What of the record of a trace decides the judgement of what comes, relative to the present instant.
#![allow(dead_code, reason = "models alone need it")]

use std::collections::BTreeSet;

use bits_emulator::machine::{FileIndex, Recipient};
use bits_emulator::policy::CostFlags;
use bits_emulator::readings::PeriodEnd;
use bits_emulator::{FileRange, JobState, Notification};
use chrono::{DateTime, TimeDelta, Utc};

use super::telling::Told;
use super::{Mark, Model};
use crate::common::TransientError;

/// Two records of jobs in the same canonical state with the same key judge what comes alike, but for what
/// only counts or only tells what was once: how often the client was told, whether the job was ever
/// TRANSFERRED, whether `Complete` was ever called, and what was set.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct RecordKey {
    flags: [bool; 9],
    /// What the job was told of the world: it should know it, and must not be taken for one that was told something
    /// else.
    world: Option<(bool, bool, CostFlags, u8)>,
    since_first_error: Option<Elapsed>,
    since_stop: Option<Elapsed>,
    since_activity: Option<Elapsed>,
    active_for: TimeDelta,
    finished: BTreeSet<u32>,
    invalidated: BTreeSet<u32>,
    in_turn: Option<(Notification, Recipient)>,
    result: Option<Told>,
    since_modification: Option<TimeDelta>,
    failed: Option<(Notification, Recipient, TimeDelta)>,
    ranges: Vec<(FileIndex, FileRange)>,
}

/// How long ago something was: as it counts now, and as it counts after a restart.
type Elapsed = (TimeDelta, TimeDelta);

impl Model {
    /// The key of the record at an instant, of a job in that state.
    pub(crate) fn key(&self, state: JobState, now: DateTime<Utc>) -> RecordKey {
        let runs = !state.is_final();
        // TIME-12: who ends ERROR ends the period too.
        let ends = self.options.readings.period_end == PeriodEnd::ClientOrProgress;
        let counts = !(ends && state == JobState::Error);
        let elapsed = |mark: Mark| (self.since(mark, now), now + self.clock_ahead - mark.wall);
        let listener = &self.listener;
        let modified = listener
            .modified
            .map(|(at, least)| (now - at).min(TimeDelta::milliseconds(least.into())));
        let failed = listener.failed.filter(|_| runs).map(|failed| {
            let waited = (now - failed.at).min(TimeDelta::seconds(failed.delay.into()));
            (failed.told, failed.by, waited)
        });
        RecordKey {
            flags: [
                self.latch,
                self.held,
                self.client_gone,
                self.failed == Some(now),
                self.ledger.was_on_demand,
                self.ledger.came_in_order,
                listener.lost,
                listener.outdated,
                listener.changed,
            ],
            world: runs.then(|| {
                let blocks = self.blocks.iter().fold(0, |all, block| all | 1 << *block as u8);
                (self.network, self.owner_on, self.cost, blocks)
            }),
            since_first_error: self.first_error.filter(|_| runs && counts).map(elapsed),
            since_stop: Some(self.stopped).filter(|_| state == TransientError).map(elapsed),
            since_activity: Some(self.activity).filter(|_| runs).map(elapsed),
            active_for: if runs { self.active_for } else { TimeDelta::zero() },
            finished: self.ledger.finished.clone(),
            invalidated: self.ledger.invalidated.clone(),
            in_turn: listener.in_turn,
            result: listener.result,
            since_modification: modified,
            failed,
            ranges: listener.ranges.clone(),
        }
    }
}
