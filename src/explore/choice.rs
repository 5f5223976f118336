//! Choices: what the explorer may do at a point of a program, and the budget of it.

use std::fmt;
use std::time::Duration;

use crate::vocabulary::HResult;

/// The most changes that a late client lets happen.
pub(crate) const LONGEST_STALL: u8 = 6;

/// The most steps that a client makes before a late callback.
pub(crate) const LATEST_CALLBACK: u8 = 6;

/// How long an outage lasts: of the network, of the space on the disk, of a logon.
const OUTAGE: Duration = Duration::from_secs(60);

/// How far the wall clock jumps.
const JUMP: Duration = Duration::from_secs(86_400);

/// Something that goes wrong once, of the world, of another user or of the program's own process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Incident {
    /// The network is lost, and is back after that time.
    NetworkLost(Duration),
    /// The next request to each server is answered with that HTTP status.
    Http(u16),
    /// The connection of the next request to each server breaks.
    ConnectionBroken,
    /// The disk has no room, for that time.
    DiskFull(Duration),
    /// The user logs off, which ends the process, and on again after that time: then the program is started
    /// again.
    LogOff(Duration),
    /// The user logs off, and on again after that time, and the process lives on: a service that runs as the
    /// user, or a process in another session than the one that BITS counts.
    LogOffSurvived(Duration),
    /// An administrator cancels the user's jobs.
    OperatorCancel,
    /// An administrator suspends the user's jobs.
    OperatorSuspend,
    /// An administrator resumes the user's jobs.
    OperatorResume,
    /// The service restarts.
    ServiceRestart,
    /// The call fails with that code, and is not carried out.
    CallFails(HResult),
    /// The call is carried out, and fails with that code for its caller.
    ReplyLost(HResult),
    /// The callback is told again, because BITS does not hear of its success.
    CallbackTwice,
    /// The wall clock is set forward by that time.
    ClockJump(Duration),
    /// The process is killed, and the program started again.
    Kill,
}

impl Incident {
    /// Whether it ends the process of the program.
    pub(crate) const fn ends_process(self) -> bool {
        matches!(self, Self::Kill | Self::LogOff(_))
    }

    /// Whether it befalls the world alone, and not a call or the process of the program.
    pub(crate) const fn is_of_world(self) -> bool {
        match self {
            Self::CallFails(_)
            | Self::ReplyLost(_)
            | Self::CallbackTwice
            | Self::LogOff(_)
            | Self::Kill => false,
            Self::NetworkLost(_)
            | Self::Http(_)
            | Self::ConnectionBroken
            | Self::DiskFull(_)
            | Self::LogOffSurvived(_)
            | Self::OperatorCancel
            | Self::OperatorSuspend
            | Self::OperatorResume
            | Self::ServiceRestart
            | Self::ClockJump(_) => true,
        }
    }

    /// Whether BITS comes through it by itself: a client that only waits comes to its end.
    pub(crate) const fn is_transient(self) -> bool {
        match self {
            Self::NetworkLost(_)
            | Self::ConnectionBroken
            | Self::CallbackTwice
            | Self::ClockJump(_)
            | Self::LogOff(_)
            | Self::Kill => true,
            Self::Http(status) => status >= 500 && status != 501 && status != 505,
            Self::DiskFull(_)
            | Self::LogOffSurvived(_)
            | Self::OperatorCancel
            | Self::OperatorSuspend
            | Self::OperatorResume
            | Self::ServiceRestart
            | Self::CallFails(_)
            | Self::ReplyLost(_) => false,
        }
    }
}

impl fmt::Display for Incident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NetworkLost(time) => write!(f, "the network is lost for {time:?}"),
            Self::Http(status) => write!(f, "the next request is answered with HTTP {status}"),
            Self::ConnectionBroken => f.write_str("the connection of the next request breaks"),
            Self::DiskFull(time) => write!(f, "the disk is full for {time:?}"),
            Self::LogOff(time) => {
                write!(f, "the user logs off for {time:?}, which ends the process")
            }
            Self::LogOffSurvived(time) => {
                write!(f, "the user logs off for {time:?}, and the process lives on")
            }
            Self::OperatorCancel => f.write_str("an administrator cancels the jobs"),
            Self::OperatorSuspend => f.write_str("an administrator suspends the jobs"),
            Self::OperatorResume => f.write_str("an administrator resumes the jobs"),
            Self::ServiceRestart => f.write_str("the service restarts"),
            Self::CallFails(code) => write!(f, "the call fails with {code}"),
            Self::ReplyLost(code) => write!(f, "the reply of the call is lost, {code}"),
            Self::CallbackTwice => f.write_str("BITS does not hear that the callback succeeded"),
            Self::ClockJump(time) => write!(f, "the wall clock is set forward by {time:?}"),
            Self::Kill => f.write_str("the process is killed"),
        }
    }
}

/// How many incidents of each kind there may be in one run. How many there may be together is a
/// [bound](crate::explore::Program::bound) of the exploration.
///
/// ```
/// use bits_emulator::explore::Budget;
///
/// let budget = Budget::default().network(1).http([503, 404]).kill(2);
/// assert_eq!(budget.incidents().len(), 4);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Budget(Vec<(Incident, u32)>);

/// Declares methods that allow a number of incidents of one kind.
macro_rules! kinds {
    ($($(#[$meta:meta])* $name:ident => $incident:expr;)+) => {
        impl Budget {
            $(
                $(#[$meta])*
                #[must_use]
                pub fn $name(self, times: u32) -> Self {
                    self.allow($incident, times)
                }
            )+
        }
    };
}

kinds! {
    /// Allows the network to be lost that often, for a minute each.
    network => Incident::NetworkLost(OUTAGE);
    /// Allows connections to break that often.
    broken_connections => Incident::ConnectionBroken;
    /// Allows the disk to be full that often, for a minute each.
    disk_full => Incident::DiskFull(OUTAGE);
    /// Allows the user to log off that often, for a minute each. It ends the process; the next life begins with
    /// the logon.
    log_off => Incident::LogOff(OUTAGE);
    /// Allows the user to log off that often, for a minute each, while the process lives on as one of a service
    /// does.
    log_off_survived => Incident::LogOffSurvived(OUTAGE);
    /// Allows an administrator to cancel the jobs that often.
    operator_cancel => Incident::OperatorCancel;
    /// Allows an administrator to suspend the jobs that often.
    operator_suspend => Incident::OperatorSuspend;
    /// Allows an administrator to resume the jobs that often.
    operator_resume => Incident::OperatorResume;
    /// Allows the service to restart that often.
    service_restart => Incident::ServiceRestart;
    /// Allows callbacks to be told twice that often.
    callback_twice => Incident::CallbackTwice;
    /// Allows the wall clock to be set forward that often, by a day each. A program sees it in the
    /// [times of a job](crate::Job::times), and BITS goes by it from the next restart of the service on.
    clock_jump => Incident::ClockJump(JUMP);
    /// Allows the process to be killed that often.
    kill => Incident::Kill;
}

impl Budget {
    /// Allows an incident that often.
    #[must_use]
    pub fn allow(mut self, incident: Incident, times: u32) -> Self {
        match self.0.iter_mut().find(|(known, _)| *known == incident) {
            Some((_, allowed)) => *allowed = allowed.saturating_add(times),
            None => self.0.push((incident, times)),
        }
        self
    }

    /// Allows each of these HTTP statuses to be answered once.
    #[must_use]
    pub fn http(self, statuses: impl IntoIterator<Item = u16>) -> Self {
        statuses.into_iter().fold(self, |budget, status| budget.allow(Incident::Http(status), 1))
    }

    /// Allows calls to fail with that code that often.
    #[must_use]
    pub fn call_fails(self, code: HResult, times: u32) -> Self {
        self.allow(Incident::CallFails(code), times)
    }

    /// Allows the replies of calls to be lost that often, with that code for the caller.
    #[must_use]
    pub fn reply_lost(self, code: HResult, times: u32) -> Self {
        self.allow(Incident::ReplyLost(code), times)
    }

    /// Returns the incidents with their numbers, in the order in which they are tried.
    #[must_use]
    pub fn incidents(&self) -> &[(Incident, u32)] {
        &self.0
    }
}

/// What is done at a point instead of going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Choice {
    /// The incident with that place in the budget.
    Incident(u8),
    /// The process is killed after the call is carried out, by the budget of kills.
    KillAfter,
    /// The process of that other program, which waits, is killed, by the budget of kills.
    KillOf(u8),
    /// The client is late: this number of changes that it could notice happen first.
    Stall(u8),
    /// Of the steps that are possible at once another one than the first happens.
    Other(u8),
    /// The callback is late: the program makes this number of steps first.
    Late(u8),
    /// That other program goes on first.
    Switch(u8),
}

impl Choice {
    /// A number for each choice, by which runs are parted.
    pub(crate) const fn rank(self) -> u64 {
        match self {
            Self::Incident(place) => (place as u64) << 2,
            Self::KillAfter => 1,
            // Longer stalls are found from shorter ones, and stand in the same part.
            Self::Stall(_) => 2,
            Self::Other(place) => ((place as u64) << 2) | 3,
            Self::Late(steps) => ((steps as u64) << 2) | 1,
            Self::Switch(program) => ((program as u64 + 1) << 2) | 1,
            Self::KillOf(program) => ((program as u64 + 1) << 2) | 2,
        }
    }

    /// For how long something is late, if it is.
    pub(crate) const fn lateness(self) -> Option<u8> {
        match self {
            Self::Stall(long) | Self::Late(long) => Some(long),
            Self::Incident(_)
            | Self::KillAfter
            | Self::KillOf(_)
            | Self::Other(_)
            | Self::Switch(_) => None,
        }
    }

    /// The same choice, with something late for as long as that.
    pub(crate) const fn with_lateness(self, long: u8) -> Self {
        match self {
            Self::Stall(_) => Self::Stall(long),
            Self::Late(_) => Self::Late(long),
            Self::Incident(_)
            | Self::KillAfter
            | Self::KillOf(_)
            | Self::Other(_)
            | Self::Switch(_) => self,
        }
    }

    pub(crate) const fn is_fault(self) -> bool {
        matches!(self, Self::Incident(_) | Self::KillAfter | Self::KillOf(_))
    }
}
