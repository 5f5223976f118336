//! When two jobs will behave alike.

use std::fmt;
use std::hash::{Hash, Hasher};

use chrono::{DateTime, Utc};

use super::JobStateMachine;
use super::time::clocks::{Clocks, Stamp};
use super::time::moment::{Moment, Span};

/// A job as far as it decides what will happen: without its history (id, names, times, error count), and with its
/// clocks relative to the instant at which it is looked at. Two jobs that will behave alike are
/// equal, whenever each is looked at; that is what lets an exploration of all states come to an
/// end.
///
/// ```
/// use bits_emulator::machine::{JobOptions, JobStateMachine};
/// use chrono::{DateTime, TimeDelta};
///
/// let morning = DateTime::UNIX_EPOCH;
/// let evening = morning + TimeDelta::hours(12);
/// let early = JobStateMachine::new(JobOptions::default(), morning);
/// let late = JobStateMachine::new(JobOptions::default(), evening);
/// assert_ne!(early, late);
/// assert_eq!(early.behaviour(morning), late.behaviour(evening));
/// ```
#[derive(Clone, Copy)]
pub struct CanonicalState<'job> {
    job: &'job JobStateMachine,
    now: Moment,
}

impl JobStateMachine {
    /// The job as far as it decides what will happen from `now` on.
    #[must_use]
    pub fn behaviour(&self, now: DateTime<Utc>) -> CanonicalState<'_> {
        CanonicalState { job: self, now: Moment::from(now) }
    }
}

/// How long ago something was, by the steady clock and by the wall clock.
type Age = (Span, Span);

impl CanonicalState<'_> {
    /// Everything that decides. Naming every field keeps a new one from being forgotten.
    fn key(&self) -> impl Eq + Hash + fmt::Debug + '_ {
        let JobStateMachine {
            id: _,
            times: _,
            job_type,
            names: _,
            owner,
            creator_integrity,
            inactivity_timeout,
            limits,
            readings,
            state,
            error,
            error_count: _,
            held_by,
            retrying,
            was_resumed,
            files,
            redirected_to,
            reply,
            session,
            settings,
            http,
            notices,
            certificates,
            conditions,
            clocks,
        } = self.job;
        (
            (job_type, owner, creator_integrity, inactivity_timeout, limits, readings, state),
            (error, held_by, retrying, was_resumed),
            (files, redirected_to, reply, session, settings, conditions),
            (http, notices, certificates),
            self.ages(clocks),
        )
    }

    fn ages(&self, clocks: &Clocks) -> ([Option<Age>; 8], Span) {
        let Clocks {
            wall_ahead: _,
            activity,
            stopped,
            period,
            active,
            spent,
            cancellation,
            repeat,
            modification,
            ranges,
        } = *clocks;
        let wall_now = clocks.wall(self.now);
        let age = |stamp: Stamp| (self.now.since(stamp.at), wall_now.since(stamp.wall));
        // The clocks of a job in a final state stand, but for that of its cancellation.
        let (running, spent) = if self.job.state.is_final() {
            ([None, None, None, None, cancellation, None, modification, None], Span::ZERO)
        } else {
            let running = [
                Some(activity),
                stopped,
                period,
                active,
                cancellation,
                repeat,
                modification,
                ranges,
            ];
            (running, spent)
        };
        (running.map(|stamp| stamp.map(age)), spent)
    }
}

impl PartialEq for CanonicalState<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for CanonicalState<'_> {}

impl Hash for CanonicalState<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl fmt::Debug for CanonicalState<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.key().fmt(f)
    }
}
