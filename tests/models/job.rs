//! One job as a model: every step of an alphabet, watched by the record of the random traces.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use bits_emulator::explore::model::Model;
use bits_emulator::explore::model::jobs::TimedJob;
use bits_emulator::machine::{
    Call, ComputerEvent, Event, Input, JobOptions, JobStateMachine, Outcome, TransferItem,
};
use bits_emulator::policy::JobLimits;
use bits_emulator::readings::{PeriodEnd, Readings};
use bits_emulator::{Error, JobState, JobType, Notification};
use chrono::{DateTime, TimeDelta, Utc};

use crate::alphabet::{Group, base, short_clocks, small_base};
use crate::common::*;
use crate::model::Model as Record;
use crate::model::key::RecordKey;
use crate::trace::Step;

/// One job, and what may happen to it.
pub(crate) struct JobModel {
    begins: Vec<Watched>,
    moves: Vec<Move>,
}

/// Something that may happen.
#[derive(Debug, Clone)]
pub(crate) enum Move {
    Input(Input),
    /// The next deadline acts, at its time.
    Clock,
    /// So many seconds pass, and no deadline comes.
    Wait(u32),
}

/// A job at an instant, and the record of the way to it.
#[derive(Clone)]
pub(crate) struct Watched {
    job: TimedJob,
    record: Arc<Record>,
    /// What the record will judge by.
    key: RecordKey,
    /// How many calls about modifications and ranges are under way: one of each at a time is enough.
    under_way: [bool; 2],
    /// The rule that was broken on the way.
    pub(crate) broken: Option<String>,
}

impl Watched {
    fn new(job: TimedJob, record: Arc<Record>, broken: Option<String>) -> Self {
        let key = record.key(job.machine().state(), job.now());
        Self { job, record, key, under_way: [false; 2], broken }
    }

    fn note_calls(self, before: [bool; 2], input: &Input) -> Self {
        let mut under_way = before;
        let Input::Event(event) = input else { return Self { under_way, ..self } };
        match event {
            Event::NotificationStarted(told) => paced(*told).map(|lane| under_way[lane] = true),
            Event::NotificationReturned(told, _) => {
                paced(*told).map(|lane| under_way[lane] = false)
            }
            Event::CallbackLost
            | Event::ClientExited
            | Event::Computer(ComputerEvent::ServiceRestarted) => {
                under_way = [false; 2];
                None
            }
            _ => None,
        };
        Self { under_way, ..self }
    }
}

impl PartialEq for Watched {
    fn eq(&self, other: &Self) -> bool {
        (&self.job, &self.key) == (&other.job, &other.key)
            && self.under_way == other.under_way
            && self.broken == other.broken
    }
}

impl Eq for Watched {}

impl Hash for Watched {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (&self.job, &self.key).hash(hasher);
    }
}

impl JobModel {
    /// A download of two files or an upload of one, with short clocks.
    pub(crate) fn new(job_type: JobType, groups: &[Group], readings: Readings) -> Self {
        let files = if job_type == JobType::Download { 2 } else { 1 };
        Self::of(job_type, files, base(job_type), groups, readings)
    }

    /// A job of one file with few other steps, so that the settings of each group come to their end soon.
    #[allow(dead_code, reason = "the benchmark explores the whole ones")]
    pub(crate) fn small(job_type: JobType, groups: &[Group], readings: Readings) -> Self {
        Self::of(job_type, 1, small_base(job_type), groups, readings)
    }

    fn of(
        job_type: JobType,
        files: usize,
        mut inputs: Vec<Input>,
        groups: &[Group],
        readings: Readings,
    ) -> Self {
        let options = JobOptions {
            job_type,
            inactivity_timeout: Duration::from_secs(240),
            limits: JobLimits { files_per_job: 3, ..JobLimits::default() },
            readings,
            ..JobOptions::default()
        };
        let adds = (0..files).map(|number| Call::add_file(file(number)));
        // PROP-34: properties are set before the first file is added.
        let mut begins: Vec<[Vec<Call>; 2]> = vec![Default::default()];
        let mut waits = None;
        for part in groups.iter().map(|group| group.part(job_type)) {
            let with = |[properties, rest]: &[Vec<Call>; 2]| -> Vec<_> {
                let begins = part.begins.iter().map(|begin| {
                    let sets = begin.iter().take_while(|it| matches!(it, Call::SetProperty(_)));
                    let (first, then) = begin.split_at(sets.count());
                    [[properties.as_slice(), first].concat(), [rest.as_slice(), then].concat()]
                });
                begins.collect()
            };
            begins = begins.iter().flat_map(with).collect();
            inputs.extend(
                part.inputs.into_iter().filter(|input| !inputs.contains(input)).collect::<Vec<_>>(),
            );
            waits = waits.or(part.waits);
        }
        let before_rest: Vec<_> = adds.chain(short_clocks()).collect();
        let begins: Vec<_> = begins
            .iter()
            .map(|[properties, rest]| [properties.as_slice(), &before_rest, rest].concat())
            .filter_map(|calls| begun(options, &calls, groups.len() > 1))
            .collect();
        assert!(!begins.is_empty(), "{groups:?} exclude each other");
        let moves = inputs.into_iter().map(Move::Input);
        let moves = moves.chain([Move::Clock]).chain(waits.map(Move::Wait)).collect();
        Self { begins, moves }
    }

    /// Which input a move is now, and when it happens.
    fn input(&self, state: &Watched, index: usize) -> Option<(Input, DateTime<Utc>)> {
        let input = match &self.moves[index] {
            Move::Clock if is_old(state) && !state.job.is_due() => return None,
            Move::Clock => Input::Deadline(state.job.next_deadline()?.1),
            Move::Input(input) if is_meant(input, state) => input.clone(),
            Move::Input(_) | Move::Wait(_) => return None,
        };
        let now = state.job.instant_of(&input)?;
        Some((input, now))
    }

    fn wait(&self, state: &Watched, index: usize) -> Option<Watched> {
        let Move::Wait(seconds) = self.moves[index] else { return None };
        let now = state.job.now() + TimeDelta::seconds(seconds.into());
        let is_met = state.job.next_deadline().is_none_or(|(at, _)| at <= now);
        (!is_met && !is_old(state)).then(|| {
            let (record, broken) = (Arc::clone(&state.record), state.broken.clone());
            let under_way = state.under_way;
            Watched { under_way, ..Watched::new(state.job.at(now), record, broken) }
        })
    }

    pub(crate) fn describe(&self, index: usize) -> String {
        match &self.moves[index] {
            Move::Input(input) => describe(input),
            other => format!("{other:?}"),
        }
    }
}

/// A job with which its client did that; `None` if settings of several groups exclude each other.
fn begun(options: JobOptions, calls: &[Call], several: bool) -> Option<Watched> {
    let mut record = Record::new(options, start());
    let mut job = TimedJob::new(JobStateMachine::new(options, start()), start());
    for call in calls {
        let input = Input::Call(call.clone());
        let (after, result) = job.after(input.clone(), start());
        if result.is_err() && several {
            return None;
        }
        assert!(result.is_ok(), "{call:?}: {result:?}");
        assert_eq!(record.follow(&step(&job, input, &after, result)), None);
        job = after;
    }
    Some(Watched::new(job, Arc::new(record), None))
}

/// The no-progress period of a job that does not wait, and the time since the client was told of a change, are
/// not followed further: what is older behaves alike, while nobody sets a longer one.
fn is_old(Watched { job, record, .. }: &Watched) -> bool {
    let (job, now) = (job.machine(), job.now());
    let waits = job.state() == TransientError;
    let ends =
        job.state() == JobState::Error && job.readings().period_end == PeriodEnd::ClientOrProgress;
    !waits && !ends && record.has_run_for(TimeDelta::seconds(300), now)
}

/// The lane of calls that are about what changed, and do not wait for each other.
fn paced(told: Notification) -> Option<usize> {
    match told {
        Notification::JobModification => Some(0),
        Notification::FileRangesTransferred(_) => Some(1),
        _ => None,
    }
}

/// Bytes come until there are as many as a file has, and the clock is moved once, lest there be no end.
fn is_meant(input: &Input, Watched { job, record, under_way, .. }: &Watched) -> bool {
    match input {
        Input::Event(Event::NotificationStarted(told)) => {
            paced(*told).is_none_or(|lane| !under_way[lane])
        }
        Input::Event(Event::Progressed(_)) => {
            let job = job.machine();
            let bytes = match job.current() {
                Some(TransferItem::File(file)) => job.file_progress(file),
                Some(TransferItem::Reply) | None => None,
            };
            bytes.is_none_or(|file| file.bytes_transferred < 100)
        }
        Input::Event(Event::Computer(ComputerEvent::ClockChanged(_))) => {
            record.clock_ahead().is_zero()
        }
        _ => true,
    }
}

/// A step as the record sees it.
fn step(before: &TimedJob, input: Input, after: &TimedJob, result: Result<Outcome, Error>) -> Step {
    Step {
        before: before.machine().clone(),
        input,
        now: after.now(),
        result,
        after: after.machine().clone(),
        forbidden: false,
        unsettled: after.is_due(),
    }
}

impl Model for JobModel {
    type State = Watched;
    type Action = usize;

    fn initial_states(&self) -> Vec<Watched> {
        self.begins.clone()
    }

    fn enabled(&self, _: &Watched) -> impl IntoIterator<Item = usize> {
        0..self.moves.len()
    }

    fn next(&self, state: &Watched, action: &usize) -> Option<Watched> {
        let Some((input, now)) = self.input(state, *action) else {
            return self.wait(state, *action);
        };
        let (job, result) = state.job.after(input.clone(), now);
        let nothing = match &result {
            Ok(outcome) => outcome.was_ignored(),
            Err(Error::RenameFailed { .. }) => false,
            Err(_) => true,
        };
        if nothing {
            // INV-11
            let changed = job.machine() != state.job.machine();
            let broken = changed.then(|| format!("INV-11 by {}", describe(&input)));
            return broken.map(|rule| Watched::new(job, Arc::clone(&state.record), Some(rule)));
        }
        let step = step(&state.job, input, &job, result);
        let mut record = (*state.record).clone();
        let broken = record.follow(&step);
        let next = Watched::new(job, Arc::new(record), broken);
        Some(next.note_calls(state.under_way, &step.input))
    }
}
