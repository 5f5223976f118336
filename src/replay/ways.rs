//! The ways from one record of a job to the next: what may have happened in between, and what writes the record.

use chrono::{DateTime, TimeDelta, Utc};

use super::delays::next_delays;
use super::life::{Life, Recorded};
use super::log::Fact;
use super::record::{RecordKind, RecordedTransfer};
use super::spans::{AT_ONCE, PATIENCE, RIGHT_AFTER, SOON, TOLERANCE};
use super::step::{Assumption, HiddenStep, Price};
use crate::machine::{Call, ComputerEvent, Event, Input};
use crate::vocabulary::{HResult, JobState};

/// A life that came a record further, what that costs, and what of it is the computer's.
#[derive(Debug, Clone)]
pub(super) struct Way {
    pub(super) life: Life,
    pub(super) cost: Price,
    /// From when to when the network was away, by the clock of the log.
    pub(super) away: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

/// What happens right after a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begin {
    Nothing,
    /// Resumed for the first time.
    FirstResume,
    /// The scheduler has other jobs to transfer first.
    Wait,
    Suspend,
    RetryDelay(u32),
    /// The same, before it is resumed for the first time.
    RetryDelayFirst(u32),
    /// The network goes before the next retry, and comes back at the next record.
    NetworkAway,
}

/// What happens right before the next record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Nothing,
    FirstResume,
    /// What happens to the computer at the same instant comes after the record.
    BeforeFacts,
    /// A clock acts now that should act within the tolerance.
    Early,
    Resume,
    /// The network goes and comes back.
    Network,
    RetryDelay(u32),
}

const USUAL: [(Begin, End); 8] = [
    (Begin::Nothing, End::Nothing),
    (Begin::FirstResume, End::Nothing),
    (Begin::Nothing, End::FirstResume),
    (Begin::Nothing, End::Early),
    (Begin::Wait, End::Nothing),
    (Begin::FirstResume, End::Early),
    (Begin::Nothing, End::BeforeFacts),
    (Begin::FirstResume, End::BeforeFacts),
];

const ASSUMED: [(Begin, End); 6] = [
    (Begin::NetworkAway, End::Nothing),
    (Begin::Nothing, End::Resume),
    (Begin::Nothing, End::Network),
    (Begin::Suspend, End::Nothing),
    (Begin::Suspend, End::Resume),
    (Begin::FirstResume, End::Resume),
];

/// The ways that assume nothing.
pub(super) fn usual(life: &Life, recorded: Recorded<'_>) -> Vec<Way> {
    let ways = USUAL.iter().filter_map(|(begin, end)| go(life, *begin, *end, recorded));
    ways.flatten().collect()
}

/// The ways that assume something. Where a way needs no assumption, none is made but that of a retry delay, before
/// the job is resumed for the first time.
pub(super) fn assumed(
    life: &Life,
    delays: &[u32],
    is_needed: bool,
    recorded: Recorded<'_>,
) -> Vec<Way> {
    let others = ASSUMED.into_iter().filter(|_| is_needed);
    let all: Vec<(Begin, End)> = if life.delay_was_set {
        others.collect()
    } else if life.was_resumed {
        // The client may set the delay later, which the next waits show.
        let mut delays = [delays, &next_delays(life.next, recorded)].concat();
        delays.sort_unstable();
        delays.dedup();
        let now = delays.iter().map(|seconds| (Begin::RetryDelay(*seconds), End::Nothing));
        let then = delays.iter().map(|seconds| (Begin::Nothing, End::RetryDelay(*seconds)));
        others.chain(now).chain(then).collect()
    } else {
        let first = delays.iter().map(|seconds| (Begin::RetryDelayFirst(*seconds), End::Nothing));
        others.chain(first).collect()
    };
    let ways = all.into_iter().filter_map(|(begin, end)| go(life, begin, end, recorded));
    ways.flatten().collect()
}

/// Goes one of the ways; to the end of the log if all records were written.
fn go(life: &Life, begin: Begin, end: End, recorded: Recorded<'_>) -> Option<Vec<Way>> {
    let mut life = life.clone();
    life.steps.clear();
    let target = recorded.record(life.next);
    let to_end = target.is_none();
    if to_end && end != End::Nothing {
        return None;
    }
    let until = life.model_time(target.map_or(recorded.computer.end, |record| record.time));
    let mut way = Way { life, cost: Price::default(), away: None };
    way.begin(begin, until, recorded)?;
    let place = way.life.next;
    if end == End::BeforeFacts {
        let first = way.life.next_fact(recorded)?;
        way.life.wait(until.min(first - RIGHT_AFTER), recorded)?;
        if way.life.next_fact(recorded)? != until || way.life.next > place {
            return None;
        }
        way.life.now = until;
    } else {
        way.life.wait(until, recorded)?;
    }
    if way.life.next > place || to_end {
        way.life.yields = false;
        return (end == End::Nothing).then(|| vec![way]);
    }
    way.life.yields = false;
    way.end(end, recorded)?;
    if end != End::BeforeFacts {
        way.life.settle(recorded)?;
    }
    if way.life.next > place {
        return Some(vec![way]);
    }
    Some(way.write(recorded))
}

impl Way {
    fn assume(
        &mut self,
        what: impl Into<Input>,
        assumption: Assumption,
        recorded: Recorded<'_>,
    ) -> Option<()> {
        let is_usual = self.is_usual(assumption);
        self.cost = self.cost.and(assumption.price(is_usual));
        match assumption {
            Assumption::NetworkAway => self.life.network_woke = Some(self.life.now),
            Assumption::RetryDelay(_) => self.life.delay_was_set = true,
            _ => {}
        }
        self.life.assume(what.into(), assumption, recorded)
    }

    /// Whether that is what one would expect now: a client answers an error at once or not at all, and sets a delay
    /// once, before it resumes the job.
    fn is_usual(&self, assumption: Assumption) -> bool {
        let life = &self.life;
        let delay = TimeDelta::seconds(life.job.minimum_retry_delay().into());
        let failed = life.retry_at().map(|at| at - delay);
        let soon = |at: DateTime<Utc>, span: TimeDelta| life.now - at <= span;
        let by_network = life.network_woke.is_some_and(|at| soon(at, SOON));
        let answers = failed.is_some_and(|at| soon(at, AT_ONCE)) && !by_network;
        match assumption {
            Assumption::Resume => answers || !life.is_waiting(),
            Assumption::NetworkAway => !answers,
            Assumption::RetryDelay(_) => !life.was_resumed && !life.delay_was_set,
            Assumption::Suspend | Assumption::Reading(..) => false,
        }
    }

    fn begin(&mut self, begin: Begin, until: DateTime<Utc>, recorded: Recorded<'_>) -> Option<()> {
        let life = &mut self.life;
        match begin {
            Begin::Nothing => Some(()),
            Begin::FirstResume => life.resume_first(recorded),
            Begin::Wait => {
                let (from, to) = (life.log_time(), until - life.ahead);
                life.yields = recorded.computer.is_busy(from, to, life.job.id());
                life.yields.then_some(())
            }
            Begin::Suspend => {
                if life.job.state() == JobState::Suspended {
                    return None;
                }
                self.assume(Input::Call(Call::Suspend), Assumption::Suspend, recorded)
            }
            Begin::RetryDelay(seconds) => {
                let call = Call::SetMinimumRetryDelay(seconds);
                self.assume(Input::Call(call), Assumption::RetryDelay(seconds), recorded)
            }
            Begin::RetryDelayFirst(seconds) => {
                self.begin(Begin::RetryDelay(seconds), until, recorded)?;
                self.life.resume_first(recorded)
            }
            Begin::NetworkAway => {
                let (computer, job) = (recorded.computer, life.job.id());
                let at = match life.job.state() {
                    // Before the clock acts, which would try at once.
                    JobState::TransientError => life.retry_at()? - RIGHT_AFTER,
                    // After those that have their turn first.
                    JobState::Queued => {
                        let busy = computer.busy_until(life.log_time(), job);
                        busy.map_or(life.now, |end| life.model_time(end))
                    }
                    _ => return None,
                };
                if at > until {
                    return None;
                }
                let from = at - life.ahead;
                let others = computer.next_attempt(from, job).map(|time| time + life.ahead);
                let back = others.map_or(until, |time| time.min(until));
                if until - back > PATIENCE
                    || !computer.may_lack_network(from, back - life.ahead, job)
                {
                    return None;
                }
                if at > life.now {
                    life.yields = true;
                    life.wait(at - RIGHT_AFTER, recorded)?;
                    life.now = at;
                }
                self.away = Some((self.life.log_time(), back - self.life.ahead));
                let lost = Input::Event(Event::Computer(ComputerEvent::NetworkLost));
                self.assume(lost, Assumption::NetworkAway, recorded)?;
                self.life.wait(back, recorded)?;
                if recorded.record(self.life.next).is_none() {
                    return Some(());
                }
                self.life.happens(Fact::NetworkRestored, recorded)
            }
        }
    }

    fn end(&mut self, end: End, recorded: Recorded<'_>) -> Option<()> {
        let life = &mut self.life;
        match end {
            End::Nothing | End::BeforeFacts => Some(()),
            End::FirstResume => life.resume_first(recorded),
            End::Early => {
                let (at, _) = life.job.next_deadline()?;
                let early = at - life.now;
                if early > TOLERANCE || early <= TimeDelta::zero() {
                    return None;
                }
                life.ahead += early;
                life.wait(at, recorded)
            }
            End::Resume => {
                let stands = matches!(
                    life.job.state(),
                    JobState::Suspended | JobState::TransientError | JobState::Error
                );
                if !stands || !life.was_resumed || !life.service_runs() {
                    return None;
                }
                self.assume(Input::Call(Call::Resume), Assumption::Resume, recorded)
            }
            End::RetryDelay(seconds) => {
                if !life.is_waiting() || !life.service_runs() {
                    return None;
                }
                let call = Call::SetMinimumRetryDelay(seconds);
                self.assume(Input::Call(call), Assumption::RetryDelay(seconds), recorded)
            }
            End::Network => {
                let at = life.log_time();
                if !life.is_waiting() || !recorded.computer.may_lack_network(at, at, life.job.id())
                {
                    return None;
                }
                self.away = Some((at, at));
                let lost = Input::Event(Event::Computer(ComputerEvent::NetworkLost));
                self.assume(lost, Assumption::NetworkAway, recorded)?;
                self.life.happens(Fact::NetworkRestored, recorded)
            }
        }
    }

    /// Takes the steps that write the next record, now.
    fn write(self, recorded: Recorded<'_>) -> Vec<Self> {
        let Some(record) = recorded.record(self.life.next) else { return Vec::new() };
        let place = self.life.next;
        let one = |mut way: Self, steps: &dyn Fn(&mut Life) -> Option<()>| {
            steps(&mut way.life)?;
            (way.life.next > place).then_some(way)
        };
        let all: Vec<Option<Self>> = match &record.kind {
            RecordKind::Created { .. }
            | RecordKind::ServiceStarted
            | RecordKind::ServiceStopped => Vec::new(),
            RecordKind::PropertySet | RecordKind::Other(_) => {
                vec![one(self, &|life| {
                    life.pass_over(HiddenStep::PassedOver, recorded);
                    Some(())
                })]
            }
            RecordKind::Completed { .. } => vec![one(self, &|life| life.complete(recorded))],
            RecordKind::Cancelled { .. } => vec![one(self, &|life| life.cancel(recorded))],
            RecordKind::Started(of) => vec![one(self, &|life| life.start(of, recorded))],
            RecordKind::Failed(of, code) => vec![one(self, &|life| life.fail(of, *code, recorded))],
            RecordKind::Stopped(of, HResult::S_OK) => {
                vec![one(self, &|life| life.end_file(of, recorded))]
            }
            RecordKind::Stopped(of, _) => self.stop(place, of, recorded),
        };
        all.into_iter().flatten().collect()
    }

    /// The ways in which a transfer stops part-way.
    fn stop(
        mut self,
        place: usize,
        of: &RecordedTransfer,
        recorded: Recorded<'_>,
    ) -> Vec<Option<Self>> {
        if self.life.receive(of, recorded).is_none() {
            return Vec::new();
        }
        let follows = recorded.record(place + 1).map(|record| &record.kind);
        let mut ways = Vec::new();
        let mut add = |mut way: Self, step: &dyn Fn(&mut Self) -> Option<()>| {
            let done = step(&mut way).filter(|()| way.life.next > place);
            ways.push(done.map(|()| way));
        };
        if matches!(follows, Some(RecordKind::Cancelled { .. })) {
            add(self.clone(), &|way| way.life.cancel(recorded));
        }
        if matches!(follows, Some(RecordKind::Completed { .. })) {
            add(self.clone(), &|way| way.life.complete(recorded));
        }
        add(self.clone(), &|way| way.life.stop_now(recorded));
        let job = self.life.job.id();
        if recorded.computer.is_shared(self.life.log_time(), job) {
            add(self.clone(), &|way| {
                let over = Input::Event(Event::SliceOver);
                way.life.take(over, HiddenStep::Course, recorded)
            });
        }
        add(self, &|way| way.assume(Input::Call(Call::Suspend), Assumption::Suspend, recorded));
        ways
    }
}
