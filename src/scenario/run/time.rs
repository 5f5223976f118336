//! How time passes: what happens by itself, and when.

use chrono::{DateTime, TimeDelta, Utc};

use super::Run;
use crate::emulator::trace::TraceStep;
use crate::scenario::ast::Advance;
use crate::scenario::check::FILETIME_ENDS;
use crate::scenario::problem::Diagnosis;
use crate::vocabulary::text::quantities::{Instant, Size};
use crate::vocabulary::{JobId, JobState};

/// The most steps of one run: a quarter of a gigabyte of trace.
pub(super) const MOST_STEPS: usize = 300_000;
/// The most steps at one instant; beyond them a run goes in circles.
const MOST_STEPS_AT_ONCE: usize = 10_000;

/// What a line waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Instant(DateTime<Utc>),
    /// A job enters a state.
    State(JobId, JobState),
    /// A job has transferred that number of bytes.
    Bytes(JobId, u64),
}

/// When bytes of a job are there.
pub(super) enum Arrival {
    /// They are.
    There,
    /// At that instant, before anything else happens.
    At(DateTime<Utc>),
    /// Something else happens before.
    Later,
}

/// An instant later by that much, or the last one there is.
pub(crate) fn later(instant: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    instant.checked_add_signed(by).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

impl Run {
    pub(super) fn advance(&mut self, job: Option<&str>, advance: Advance) -> Result<(), Diagnosis> {
        let target = self.target(job, advance)?;
        self.wait_for(target)
    }

    /// Lets time pass until what a line waits for, or goes on with that.
    pub(super) fn wait_for(&mut self, target: Target) -> Result<(), Diagnosis> {
        match target {
            Target::Instant(at) => return self.advance_to(at),
            Target::State(job, state) => self.advance_until(job, state)?,
            Target::Bytes(job, bytes) => self.advance_until_bytes(job, bytes)?,
        }
        self.held += 1;
        Ok(())
    }

    /// What a line waits for, if there is anything to wait for.
    pub(crate) fn target(
        &mut self,
        job: Option<&str>,
        advance: Advance,
    ) -> Result<Target, Diagnosis> {
        Ok(match advance {
            Advance::By(duration) => {
                let until = later(self.now(), duration);
                if is_too_late(until) {
                    return Err(beyond_the_end());
                }
                Target::Instant(until)
            }
            // A printed trace may be one of an emulator that was driven further.
            Advance::To(at) if is_too_late(at) && !self.by_hand => return Err(beyond_the_end()),
            Advance::To(at) if at < self.now() => {
                let cause = format!("it is {} already", Instant(&self.now()));
                return Err(Diagnosis::new(cause, "time runs forwards only"));
            }
            Advance::To(at) => Target::Instant(at),
            Advance::UntilState(state) => {
                let job = self.job_named(job)?;
                self.check_until(job, state)?;
                Target::State(job, state)
            }
            Advance::UntilBytes(bytes) => Target::Bytes(self.job_named(job)?, bytes),
        })
    }

    /// Lets happen what happens by itself up to an instant.
    pub(crate) fn advance_to(&mut self, until: DateTime<Utc>) -> Result<(), Diagnosis> {
        let end = self.end.filter(|end| *end < until);
        self.let_pass(end.unwrap_or(until))?;
        if end.is_some() { Err(self.stop()) } else { Ok(()) }
    }

    fn let_pass(&mut self, until: DateTime<Utc>) -> Result<(), Diagnosis> {
        if self.by_hand {
            self.engine.service.set_now(until);
            return Ok(());
        }
        while self.next_instant().is_some_and(|at| at <= until) {
            self.proceed()?;
        }
        if self.has_played() && until > self.now() {
            return Err(self.stop());
        }
        self.engine.service.set_now(until);
        self.engine.flush_all_progress();
        Ok(())
    }

    fn advance_until(&mut self, job: JobId, state: JobState) -> Result<(), Diagnosis> {
        loop {
            if self.next_instant().is_none() {
                return Err(self.never_becomes(job, state)?);
            }
            let steps = self.engine.step_count();
            self.proceed()?;
            if self.has_become(job, state, steps)? {
                self.tell_clients();
                return Ok(());
            }
        }
    }

    /// Whether the job can enter a state.
    pub(super) fn check_until(&mut self, job: JobId, state: JobState) -> Result<(), Diagnosis> {
        if self.state(job)? == state && waits_for_client(state) {
            let cause = format!("the job is {state} already, and does not leave that by itself");
            let help = format!("no time passed: write `expect {state}` if that is what it shows");
            return Err(Diagnosis::new(cause, help));
        }
        Ok(())
    }

    /// Whether the job entered the state in one of the steps from that number on, and is in it.
    pub(super) fn has_become(
        &mut self,
        job: JobId,
        state: JobState,
        steps: usize,
    ) -> Result<bool, Diagnosis> {
        let entered = {
            let mut new = self.engine.steps_since(steps).filter_map(|step| step.job(job));
            new.any(|step| step.after == state && step.entered(state))
        };
        Ok(entered && self.state(job)? == state)
    }

    pub(super) fn never_becomes(
        &mut self,
        job: JobId,
        state: JobState,
    ) -> Result<Diagnosis, Diagnosis> {
        let entered = |step: &&TraceStep| step.job(job).is_some_and(|did| did.entered(state));
        if let Some(at) = self.engine.steps_since(0).filter(entered).last().map(|step| step.at) {
            let cause = format!("the job does not become {state} again");
            let help = format!(
                "it was {state} at {}, before this line: wait for it further up, or write the states in their order",
                Instant(&at)
            );
            return Ok(Diagnosis::new(cause, help));
        }
        let was = self.state(job)?;
        let cause = format!("the job never becomes {state}; it stays {was}");
        Ok(Diagnosis::new(cause, self.last_steps()))
    }

    fn advance_until_bytes(&mut self, job: JobId, bytes: u64) -> Result<(), Diagnosis> {
        loop {
            match self.arrival(job, bytes)? {
                Arrival::There => {
                    self.tell_clients();
                    return Ok(());
                }
                Arrival::At(at) => return self.advance_to(at),
                Arrival::Later => self.proceed()?,
            }
        }
    }

    /// Returns when the job has transferred `bytes` bytes, as far as is known.
    pub(super) fn arrival(&mut self, job: JobId, bytes: u64) -> Result<Arrival, Diagnosis> {
        let there = self.job(job)?.progress().bytes_transferred;
        let missing = bytes.saturating_sub(there);
        if missing == 0 {
            return Ok(Arrival::There);
        }
        let next = self.next_instant();
        let arrives = self.engine.world.instant_of_bytes(job, missing);
        match arrives.filter(|at| next.is_none_or(|next| *at <= next)) {
            Some(at) => Ok(Arrival::At(at)),
            None if next.is_some() => Ok(Arrival::Later),
            None => {
                let cause = format!("{} never arrive, only {}", Size(&bytes), Size(&there));
                Err(Diagnosis::new(cause, self.last_steps()))
            }
        }
    }

    /// When the next thing happens by itself.
    pub(crate) fn next_instant(&self) -> Option<DateTime<Utc>> {
        let next = self.engine.next_instant().into_iter().chain(self.next_answer()).min();
        next.map(|at| at.max(self.now()))
    }

    /// Lets the next thing happen that happens by itself. At one instant clients that answer come
    /// first.
    pub(crate) fn proceed(&mut self) -> Result<(), Diagnosis> {
        self.check_length()?;
        if self.has_played() {
            return Err(self.stop());
        }
        if let Some(end) =
            self.end.filter(|end| self.next_instant().is_some_and(|next| next > *end))
        {
            self.let_pass(end)?;
            return Err(self.stop());
        }
        let next = self.engine.next_instant();
        if self.next_answer().is_some_and(|at| next.is_none_or(|next| at <= next)) {
            self.hear();
        } else if let Some(at) = next {
            self.engine.run_next_step(at, &mut self.chooser);
        }
        self.ask_clients();
        Ok(())
    }

    /// The run ends at the time up to which it was wanted.
    fn stop(&mut self) -> Diagnosis {
        self.is_stopped = true;
        Diagnosis::new("the run ends here", "")
    }

    /// Notifications that are due begin.
    pub(crate) fn tell_clients(&mut self) {
        while self.engine.run_due_notification(&mut self.chooser) {
            self.ask_clients();
        }
    }

    /// What follows from a line at once: clients are told, and clocks act whose instant has come, since
    /// a timeout may have been set into the past (TIME-14).
    pub(super) fn follow_up(&mut self) -> Result<(), Diagnosis> {
        self.ask_clients();
        self.tell_clients();
        while self.engine.run_due_deadline(&mut self.chooser) {
            self.check_length()?;
            self.ask_clients();
            self.tell_clients();
        }
        Ok(())
    }

    pub(super) fn check_length(&self) -> Result<(), Diagnosis> {
        let steps = self.engine.step_count();
        if steps >= MOST_STEPS {
            return Err(too_long("advance less, or give the job a longer retry delay"));
        }
        let earlier = steps.checked_sub(MOST_STEPS_AT_ONCE);
        let earlier = earlier.and_then(|first| self.engine.steps_since(first).next());
        if earlier.is_some_and(|step| step.at == self.now()) {
            let cause = "the scenario goes in circles: more than 10,000 steps at one instant";
            return Err(Diagnosis::new(cause, self.last_steps()));
        }
        Ok(())
    }
}

/// Steps that record nothing do not make the trace longer: those of a repetition are counted beforehand.
pub(super) fn check_repetitions(steps: usize, times: u64) -> Result<(), Diagnosis> {
    let times = usize::try_from(times).unwrap_or(usize::MAX);
    let fits = times.saturating_mul(steps) <= MOST_STEPS;
    if fits { Ok(()) } else { Err(too_long("repeat the steps fewer times")) }
}

/// Whether a job does not come back into the state by itself: it stays in it until a client calls.
const fn waits_for_client(state: JobState) -> bool {
    match state {
        JobState::Suspended
        | JobState::Error
        | JobState::Transferred
        | JobState::Acknowledged
        | JobState::Cancelled => true,
        JobState::Queued
        | JobState::Connecting
        | JobState::Transferring
        | JobState::TransientError => false,
    }
}

/// Whether no time of Windows reaches that instant.
fn is_too_late(at: DateTime<Utc>) -> bool {
    at.timestamp() >= FILETIME_ENDS
}

fn beyond_the_end() -> Diagnosis {
    Diagnosis::new("the times of BITS end in the year 30828", "let less time pass")
}

pub(super) fn too_long(help: &str) -> Diagnosis {
    Diagnosis::new("the run is too long: more than 300,000 steps", help)
}
