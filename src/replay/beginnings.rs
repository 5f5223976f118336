//! How the life of a job may begin: with its creation, or in every state that is possible at its first record.

use std::sync::Arc;

use super::life::{Life, Recorded};
use super::log::name_of;
use super::record::{Record, RecordKind};
use super::step::{Assumption, Price};
use super::ways::Way;
use crate::machine::{Call, Event, Failure, Input, JobOptions, JobStateMachine};
use crate::vocabulary::{
    FileInfo, HResult, JobId, JobPriority, JobProperty, JobState, Readings, Sid, Token,
};

/// The readings that change what is in a log, each with its other answers.
const READINGS: [&str; 2] = ["dynamic content HEAD", "service restart in TRANSIENT_ERROR"];

/// A file of the job, as its records tell.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SeenFile {
    url: Arc<str>,
    is_whole: bool,
}

/// The lives with which the records may begin.
pub(super) fn beginnings(recorded: Recorded<'_>, readings: Readings) -> Vec<Way> {
    let plain = possible(recorded, readings).into_iter().map(|life| Way {
        life,
        cost: Price::default(),
        away: None,
    });
    let others = other_readings(readings).flat_map(|(assumption, readings)| {
        let cost = assumption.price(false);
        possible(recorded, readings).into_iter().map(move |mut life| {
            life.begins_with(assumption);
            Way { life, cost, away: None }
        })
    });
    plain.chain(others).collect()
}

/// Each other answer to a question that changes what is in a log.
fn other_readings(readings: Readings) -> impl Iterator<Item = (Assumption, Readings)> {
    let switches = Readings::SWITCHES.iter().filter(|switch| READINGS.contains(&switch.name));
    switches.flat_map(move |switch| {
        switch.answers.iter().filter_map(move |answer| {
            let mut other = readings;
            (other.set(switch.name, answer) && other != readings)
                .then_some((Assumption::Reading(switch.name, answer), other))
        })
    })
}

/// The lives under some readings.
fn possible(recorded: Recorded<'_>, readings: Readings) -> Vec<Life> {
    let Some(first) = recorded.record(0) else { return Vec::new() };
    if let RecordKind::Created { .. } = first.kind {
        let mut life = created(recorded, first, readings);
        life.written(recorded);
        return vec![life];
    }
    let states = [
        JobState::Suspended,
        JobState::Connecting,
        JobState::Transferring,
        JobState::TransientError,
        JobState::Error,
        JobState::Transferred,
    ];
    let lives = states.iter().filter_map(|state| in_mid_life(recorded, first, *state, readings));
    lives.collect()
}

/// A new job with the files that its records tell of.
fn created(recorded: Recorded<'_>, first: &Record, readings: Readings) -> Life {
    let records: Vec<&Record> = recorded.job.records.iter().map(|(_, record)| *record).collect();
    let options = JobOptions {
        id: first.job.unwrap_or_else(|| JobId(uuid::Uuid::nil())),
        owner: owner(&first.kind),
        readings,
        ..JobOptions::default()
    };
    let now = first.time;
    let job = JobStateMachine::create(Some(name_of(recorded.job)), options, now)
        .unwrap_or_else(|_| JobStateMachine::new(options, now));
    let mut life = Life::new(job, now, recorded.computer.facts_after(now));
    let unknown: Arc<str> = "https://unknown.invalid/".into();
    let seen = files(&records);
    let most = records.iter().filter_map(|record| record.kind.file_count()).max();
    let count =
        most.map_or(seen.len().max(1), |count| usize::try_from(count).unwrap_or(usize::MAX));
    for index in 0..count {
        let url = seen.get(index).map_or(&unknown, |file| &file.url);
        let local = format!(r"C:\file-{}", index + 1);
        let _ = life.usual(Call::add_file(FileInfo::new(Arc::clone(url), local)));
    }
    // A transfer that starts with an unknown size is of dynamic content (PROP-33, LOG-01).
    let is_dynamic = |record: &&Record| matches!(&record.kind, RecordKind::Started(of) if of.bytes_total.is_none());
    if records.iter().any(is_dynamic) {
        let _ = life.usual(Call::SetPriority(JobPriority::Foreground));
        let _ = life.usual(Call::SetProperty(JobProperty::DynamicContent(true)));
    }
    life
}

/// A job in a state that it may have had when the log began, at the instant of its first record.
fn in_mid_life(
    recorded: Recorded<'_>,
    first: &Record,
    state: JobState,
    readings: Readings,
) -> Option<Life> {
    let mut life = created(recorded, first, readings);
    let of = first.kind.transfer();
    let event = |life: &mut Life, event: Event| life.prepare(Input::Event(event)).then_some(());
    if state != JobState::Suspended {
        life.prepare(Input::Call(Call::Resume)).then_some(())?;
        event(&mut life, Event::Picked)?;
    }
    match state {
        JobState::TransientError => {
            let failure = Failure::new(HResult::ERROR_WINHTTP_NAME_NOT_RESOLVED).ok()?;
            event(&mut life, Event::Failed(failure))?;
        }
        JobState::Error => event(&mut life, Event::Failed(Failure::http(404)))?,
        JobState::Transferring => {
            event(&mut life, Event::Connected)?;
            if let Some(total) = of.and_then(|of| of.bytes_total) {
                event(&mut life, Event::SizeKnown(total))?;
            }
            if let Some(bytes @ 1..) = of.and_then(|of| of.bytes_transferred) {
                event(&mut life, Event::Progressed(bytes))?;
            }
        }
        JobState::Transferred => {
            let RecordKind::Completed { bytes_transferred, .. } = first.kind else { return None };
            let mut bytes = bytes_transferred.unwrap_or_default();
            event(&mut life, Event::Connected)?;
            while life.job.state() == JobState::Transferring {
                event(&mut life, Event::SizeKnown(bytes))?;
                event(&mut life, Event::FileTransferred)?;
                bytes = 0;
            }
        }
        _ => {}
    }
    Some(life)
}

/// The files of a job in the order of their transfers.
fn files(records: &[&Record]) -> Vec<SeenFile> {
    let mut files: Vec<SeenFile> = Vec::new();
    for record in records {
        let Some(of) = record.kind.transfer() else { continue };
        let known = files.iter_mut().find(|file| file.url == of.url && !file.is_whole);
        let ends = matches!(record.kind, RecordKind::Stopped(_, HResult::S_OK));
        match known {
            Some(file) => file.is_whole |= ends,
            None => files.push(SeenFile { url: Arc::clone(&of.url), is_whole: ends }),
        }
    }
    files
}

/// The token of the account that the record names, as far as it matters: services are always logged on.
fn owner(kind: &RecordKind) -> Token {
    let RecordKind::Created { owner: Some(owner), .. } = kind else { return Token::default() };
    let account = owner.rsplit('\\').next().unwrap_or(owner).to_uppercase();
    match account.as_str() {
        "SYSTEM" | "LOCALSYSTEM" => Token::service(Sid::LocalSystem),
        "LOCAL SERVICE" | "LOCALSERVICE" => Token::service(Sid::LocalService),
        "NETWORK SERVICE" | "NETWORKSERVICE" => Token::service(Sid::NetworkService),
        _ => Token::default(),
    }
}
