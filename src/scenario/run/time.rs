//! How time passes: what happens by itself, and when.

use chrono::{DateTime, Utc};

use super::{Run, Unmet};
use crate::machine::{Deadline, Event};
use crate::scenario::ast::{Advance, Happening};
use crate::scenario::words::{Instant, Size};
use crate::scenario::world::saturating_add;
use crate::vocabulary::JobState;

impl Run {
    pub(super) fn advance(&mut self, advance: Advance) -> Result<(), Unmet> {
        match advance {
            Advance::By(duration) => self.advance_to(saturating_add(self.now, duration)),
            Advance::To(at) if at < self.now => {
                let cause = format!("it is {} already", Instant(self.now));
                Err(Unmet::new(cause, "time runs forwards only"))
            }
            Advance::To(at) => self.advance_to(at),
            Advance::UntilState(state) => self.advance_until(state),
            Advance::UntilBytes(bytes) => self.advance_until_bytes(bytes),
        }
    }

    /// Lets happen what happens by itself up to an instant.
    pub(super) fn advance_to(&mut self, until: DateTime<Utc>) -> Result<(), Unmet> {
        if !self.by_hand {
            while self.next_instant().is_some_and(|at| at <= until) {
                self.proceed()?;
            }
        }
        self.now = self.now.max(until);
        self.tell_progress()
    }

    fn advance_until(&mut self, state: JobState) -> Result<(), Unmet> {
        loop {
            if self.next_instant().is_none() {
                let was = self.state()?;
                let cause = format!("the job never becomes {state}; it stays {was}");
                return Err(Unmet::new(cause, self.last_steps()));
            }
            let steps = self.trace.steps.len();
            self.proceed()?;
            let mut new = self.trace.steps.iter().skip(steps);
            if new.any(|step| step.after == state && step.entered(state)) && self.state()? == state
            {
                return Ok(());
            }
        }
    }

    fn advance_until_bytes(&mut self, bytes: u64) -> Result<(), Unmet> {
        loop {
            let there = self.job()?.progress().bytes_transferred;
            let missing = bytes.saturating_sub(there);
            if missing == 0 {
                return Ok(());
            }
            let next = self.next_instant();
            match self.world.instant_of(missing).filter(|at| next.is_none_or(|next| *at <= next)) {
                Some(at) => return self.advance_to(at),
                None if next.is_some() => self.proceed()?,
                None => {
                    let cause = format!("{} never arrive, only {}", Size(bytes), Size(there));
                    return Err(Unmet::new(cause, self.last_steps()));
                }
            }
        }
    }

    /// When the next thing happens by itself.
    fn next_instant(&self) -> Option<DateTime<Utc>> {
        let job = self.job.as_ref()?;
        let picked = job.is_eligible().then_some(self.now);
        let deadline = job.next_deadline().map(|(at, _)| at);
        [picked, self.world.due(), self.client.due(), self.next_report(), deadline]
            .into_iter()
            .flatten()
            .min()
            .map(|at| at.max(self.now))
    }

    /// Lets the next thing happen that happens by itself. At one instant progress comes before
    /// the clocks (TIME-24).
    fn proceed(&mut self) -> Result<(), Unmet> {
        let Some(at) = self.next_instant() else { return Ok(()) };
        self.now = at;
        let is_due = |instant: Option<DateTime<Utc>>| instant.is_some_and(|due| due <= at);
        if self.job()?.is_eligible() {
            self.apply(Happening::Event(Event::Picked))?;
        } else if is_due(self.world.due()) {
            self.act()?;
        } else if is_due(self.client.due()) {
            self.tell_progress()?;
            if let Some(event) = self.client.act() {
                self.apply(Happening::Event(event))?;
            }
        } else if is_due(self.next_report()) {
            self.tell_progress()?;
        } else if let Some((_, deadline)) = self.job()?.next_deadline() {
            self.act_deadline(deadline)?;
        }
        self.dispatch()
    }

    /// A server acts, as long as the job goes along.
    fn act(&mut self) -> Result<(), Unmet> {
        let Some(job) = &self.job else { return Ok(()) };
        let mut redirected = false;
        for event in self.world.act(job, self.now) {
            redirected |= matches!(event, Event::Redirected(..));
            self.apply(Happening::Event(event))?;
            if !self.state()?.is_active() {
                return Ok(());
            }
        }
        match &self.job {
            // HTTP-12: a redirect that the job follows leads to the next server at once.
            Some(job) if redirected => self.world.begin(job, self.now),
            _ => self.go_on(),
        }
        Ok(())
    }

    /// The next file, or the reply, is asked for as soon as one is there.
    pub(super) fn go_on(&mut self) {
        if let Some(job) = self.job.as_ref().filter(|_| !self.by_hand)
            && job.state() == JobState::Transferring
            && self.world.is_idle()
        {
            self.world.begin(job, self.now);
        }
    }

    fn act_deadline(&mut self, deadline: Deadline) -> Result<(), Unmet> {
        self.tell_progress()?;
        self.apply(Happening::Deadline(deadline))
    }

    /// Clocks whose instant has come act at once: a timeout was set into the past (TIME-14).
    pub(super) fn settle(&mut self) -> Result<(), Unmet> {
        while let Some((_, deadline)) =
            self.job()?.next_deadline().filter(|(at, _)| *at <= self.now)
        {
            self.act_deadline(deadline)?;
            self.dispatch()?;
        }
        Ok(())
    }

    /// Tells the job which bytes have arrived by now.
    pub(super) fn tell_progress(&mut self) -> Result<(), Unmet> {
        match self.world.arrived(self.now) {
            Some(event) => self.apply(Happening::Event(event)),
            None => Ok(()),
        }
    }
}
