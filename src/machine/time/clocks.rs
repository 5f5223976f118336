//! The clocks of a job: the instants from which its deadlines are derived.
//!
//! Elapsed time goes by the service's steady clock, so that moving the system clock moves no
//! running timer. A restart reads the wall clock anew (TIME-05).

use chrono::TimeDelta;

use super::moment::{Moment, Span};
use crate::vocabulary::text::stored::stored;

/// An instant by both clocks: the steady one that timers go by, and the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "Moment", into = "Moment"))]
pub(crate) struct Stamp {
    pub(crate) at: Moment,
    pub(crate) wall: Moment,
}

#[cfg(feature = "serde")]
impl From<Moment> for Stamp {
    fn from(wall: Moment) -> Self {
        Self { at: wall, wall }
    }
}

#[cfg(feature = "serde")]
impl From<Stamp> for Moment {
    fn from(stamp: Stamp) -> Self {
        stamp.wall
    }
}

impl Stamp {
    /// The instant moved by as much as `from` is before `to`.
    fn postponed(self, from: Moment, to: Moment) -> Self {
        let pause = to.since(from);
        Self { at: self.at.plus(pause), wall: self.wall.plus(pause) }
    }
}

stored! {
    /// What the deadlines are derived from.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub(crate) struct Clocks {
        /// How far the wall clock is ahead of the steady clock.
        pub(crate) wall_ahead: Span = skip,
        /// The last activity: progress, a client's call, or the entry into ERROR or TRANSFERRED (TIME-21,
        /// TIME-22).
        pub(crate) activity: Stamp,
        /// Since when the job is in TRANSIENT_ERROR for its present cause.
        pub(crate) stopped: Option<Stamp> = default,
        /// The first transient error of the present no-progress period (TIME-06).
        pub(crate) period: Option<Stamp> = default,
        /// Since when the job is CONNECTING or TRANSFERRING without a break.
        pub(crate) active: Option<Moment> = skip,
        /// The time that it was so before, since the last `Resume` (TIME-15, TIME-19).
        pub(crate) spent: Span = default,
        /// When an upload was cancelled whose server has not confirmed it yet (DONE-17).
        pub(crate) cancellation: Option<Stamp> = default,
        /// When a notification was not heard that is to be repeated (TIME-26).
        pub(crate) repeat: Option<Stamp> = default,
        /// When the client was last told of a modification, and of ranges, less than an interval ago
        /// (NOTIFY-12).
        pub(crate) modification: Option<Moment> = skip,
        pub(crate) ranges: Option<Moment> = skip,
        /// When the present file was last restarted without an error (HTTP-08).
        pub(crate) restarted: Option<Moment> = skip,
    }
}

impl Clocks {
    pub(crate) fn new(now: Moment, wall_ahead: TimeDelta) -> Self {
        let wall_ahead = Span::from(wall_ahead);
        Self {
            wall_ahead,
            activity: Stamp { at: now, wall: now.plus(wall_ahead) },
            stopped: None,
            period: None,
            active: None,
            spent: Span::ZERO,
            cancellation: None,
            repeat: None,
            modification: None,
            ranges: None,
            restarted: None,
        }
    }

    pub(crate) fn wall(&self, now: Moment) -> Moment {
        now.plus(self.wall_ahead)
    }

    pub(crate) fn stamp(&self, now: Moment) -> Stamp {
        Stamp { at: now, wall: self.wall(now) }
    }

    pub(crate) fn change_wall_clock(&mut self, by: TimeDelta) {
        self.wall_ahead = self.wall_ahead.plus(Span::from(by));
    }

    /// TIME-05, LIFE-30: after a restart elapsed time is what the wall clock says.
    pub(crate) fn restart(&mut self, now: Moment) {
        let wall_now = self.wall(now);
        for stamp in self.stamps_mut() {
            let elapsed = wall_now.since(stamp.wall);
            stamp.at = now.plus(Span::ZERO.minus(elapsed));
        }
    }

    fn stamps_mut(&mut self) -> impl Iterator<Item = &mut Stamp> {
        [&mut self.stopped, &mut self.period, &mut self.cancellation, &mut self.repeat]
            .into_iter()
            .flatten()
            .chain([&mut self.activity])
    }

    /// What persists (TIME-05): the instants by the wall clock, and the download time so far. That the
    /// present attempt takes time is all that counts of it; no notification is paced any more.
    pub(crate) fn store(&mut self, now: Moment) {
        let active = self.active.is_some();
        self.pause_download_time(now);
        self.active = active.then_some(Moment::START);
        self.wall_ahead = Span::ZERO;
        self.stamps_mut().for_each(|stamp| stamp.at = stamp.wall);
    }

    /// A service starts, on a steady clock of its own. [`restart`](Self::restart) does the rest.
    pub(crate) fn wake(&mut self, now: Moment, wall_ahead: Span) {
        self.wall_ahead = wall_ahead;
        self.active = self.active.map(|_| now);
    }

    /// TIME-16: time outside CONNECTING and TRANSFERRING does not count.
    pub(crate) fn pause_download_time(&mut self, now: Moment) {
        if let Some(since) = self.active.take() {
            self.spent = self.spent.plus(now.since(since).max(Span::ZERO));
        }
    }

    /// TIME-19: `Resume` sets the elapsed time back to zero.
    pub(crate) fn restart_download_time(&mut self, now: Moment) {
        self.spent = Span::ZERO;
        self.active = self.active.map(|_| now);
    }

    /// TIME-11: in the reading that the clock stands still while a job is held, the period is
    /// longer by the time of the hold.
    pub(crate) fn end_hold(&mut self, now: Moment) {
        if let (Some(period), Some(held)) = (self.period, self.stopped) {
            self.period = Some(period.postponed(held.at, now));
        }
    }
}
