//! Notification: what the client is to be told, by which way, and what was heard.
//!
//! Three lanes run beside each other (NOTIFY-13): one in which FileTransferred, then JobTransferred
//! or JobError follow each other; one of modifications; one of ranges. The job says what is due, a
//! dispatcher with at most four calls a user begins it (NOTIFY-15), and the job hears how it ended.

use std::sync::Arc;

use uuid::Uuid;

use crate::machine::JobStateMachine;
use crate::machine::time::moment::{Moment, Span};
#[cfg(feature = "serde")]
use crate::vocabulary::text::serial::is_default;
use crate::vocabulary::{CallbackInterface, JobState, Notification, NotifyFlags, Recipient, Sid};

/// In milliseconds (NOTIFY-12).
const DEFAULT_INTERVAL: u32 = 500;

/// A notification that is due, its way, and in whose context it runs (NOTIFY-28, NOTIFY-30).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DueNotification {
    /// What the client is told.
    pub notification: Notification,
    /// By which way.
    pub recipient: Recipient,
    /// The user who registered that way.
    pub user: Sid,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub(crate) struct Notices {
    pub(crate) flags: NotifyFlags,
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) callback: Option<Callback>,
    #[cfg_attr(
        feature = "serde",
        serde(
            default,
            skip_serializing_if = "is_default",
            with = "crate::vocabulary::text::serial::class"
        )
    )]
    class: Option<(Uuid, Sid)>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(crate) command_line: Option<CommandLine>,
    /// In milliseconds.
    interval: u32,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(crate) result: DeliveryState,
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) under_way: Option<InFlightDelivery>,
    /// What was not heard last, and by which way: just that waits for its repeat (NOTIFY-20).
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(crate) unheard: Option<(Notification, Recipient)>,
    /// The object that heard the result is gone: a new one is told again (NOTIFY-16).
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(crate) lost: bool,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(crate) modification: Paced,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(crate) ranges: Paced,
}

/// A registered callback object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Callback {
    pub(crate) interface: CallbackInterface,
    pub(crate) user: Sid,
}

/// The program to start (NOTIFY-24). Its parameters repeat the program first; what happens if they
/// do not is the program's affair.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub(crate) struct CommandLine {
    pub(crate) program: Arc<str>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    pub(crate) parameters: Option<Arc<str>>,
    pub(crate) user: Sid,
}

/// How far JobTransferred, or JobError, has come since the job entered its state (NOTIFY-22).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub(crate) enum DeliveryState {
    #[default]
    Nothing,
    Owed,
    /// The callback failed, so that it is the command line's turn (NOTIFY-20, NOTIFY-26).
    OwedToCommandLine,
    /// The program did its part before there was an object, which has yet to hear it (NOTIFY-14).
    OwedToObject,
    Told(Recipient),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct InFlightDelivery {
    pub(crate) notification: Notification,
    pub(crate) recipient: Recipient,
    /// What the call is about is no longer so; what it returns does not matter.
    pub(crate) outdated: bool,
}

/// A kind of notification of which at most one begins in an interval (NOTIFY-12). The next may begin
/// before the last has returned (NOTIFY-32).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub(crate) struct Paced {
    pub(crate) pending: bool,
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) under_way: u32,
}

impl Paced {
    pub(crate) fn begin(&mut self, pending: bool) {
        *self = Self { pending, under_way: self.under_way.saturating_add(1) };
    }
}

impl Notices {
    pub(crate) fn new() -> Self {
        Self {
            flags: NotifyFlags::default(),
            callback: None,
            class: None,
            command_line: None,
            interval: DEFAULT_INTERVAL,
            result: DeliveryState::Nothing,
            under_way: None,
            unheard: None,
            lost: false,
            modification: Paced::default(),
            ranges: Paced::default(),
        }
    }

    /// NOTIFY-03: none with DISABLE.
    pub(crate) const fn wants(&self, flag: NotifyFlags) -> bool {
        self.flags.effective().contains(flag)
    }

    pub(crate) const fn interval(&self) -> u32 {
        self.interval
    }

    pub(crate) const fn class(&self) -> Option<Uuid> {
        match self.class {
            Some((clsid, _)) => Some(clsid),
            None => None,
        }
    }

    /// NOTIFY-12: a new value takes effect with the next interval that begins or ends.
    pub(crate) fn set_interval(&mut self, milliseconds: u32) {
        self.interval = milliseconds;
    }

    /// NOTIFY-23: the last one set wins, and nil clears it.
    pub(crate) fn set_class(&mut self, clsid: Uuid, by: Sid) {
        self.class = (!clsid.is_nil()).then_some((clsid, by));
    }

    /// SEC-07, NOTIFY-24
    pub(crate) fn remove_command_line(&mut self) {
        self.command_line = None;
    }

    pub(crate) fn span(&self) -> Span {
        Span::milliseconds(self.interval)
    }

    /// The object to call, the registered one before one of the class (NOTIFY-23). That an object of
    /// the class has every interface is our reading.
    fn object(&self, notification: Notification) -> Option<(Recipient, Sid)> {
        let registered = self
            .callback
            .filter(|known| known.interface >= notification.interface())
            .map(|known| (Recipient::Callback, known.user));
        registered.or(self.class.map(|(clsid, user)| (Recipient::ComClass(clsid), user)))
    }

    /// NOTIFY-10, NOTIFY-07: what nobody can hear is not due.
    fn due_of(&self, notification: Notification) -> Option<DueNotification> {
        let (recipient, user) =
            self.object(notification).filter(|_| self.wants(notification.flag()))?;
        Some(DueNotification { notification, recipient, user })
    }

    /// Notes what is to be told of, if the client asked for it.
    pub(crate) fn pend(&mut self, flag: NotifyFlags) -> bool {
        let wanted = self.wants(flag);
        if wanted {
            let lane = match flag {
                NotifyFlags::JOB_MODIFICATION => &mut self.modification,
                _ => &mut self.ranges,
            };
            lane.pending = true;
        }
        wanted
    }

    /// The callback object is gone. A call that it was in has failed.
    pub(crate) fn lose_callback(&mut self) {
        self.lost |= self.callback.take().is_some();
        self.modification.under_way = 0;
        self.ranges.under_way = 0;
        if self.under_way.is_some_and(|call| call.recipient == Recipient::Callback) {
            self.under_way = None;
        }
    }
}

impl JobStateMachine {
    /// What the client is to be told now, by which way and in whose context; the more urgent first
    /// (NOTIFY-13). A client that does not ask to be told polls the state instead (ERR-19). A dispatcher begins one with
    /// [`Event::NotificationStarted`](crate::machine::Event::NotificationStarted) and says how it ended with
    /// `NotificationReturned` or `ProgramExited`.
    ///
    /// ```
    /// use bits_emulator::{FileInfo, HResult, Notification};
    /// use bits_emulator::machine::{
    ///     Call, CallbackInterface, Event, Failure, JobOptions, JobStateMachine,
    /// };
    /// use chrono::DateTime;
    ///
    /// let now = DateTime::UNIX_EPOCH;
    /// let mut job = JobStateMachine::new(JobOptions::default(), now);
    /// job.call(Call::add_file(FileInfo::new("https://example.com/a", r"C:\a")), now)?;
    /// job.call(Call::SetNotifyInterface(Some(CallbackInterface::Callback)), now)?;
    /// job.call(Call::Resume, now)?;
    /// for event in [Event::Picked, Event::Failed(Failure::http(404))] {
    ///     let _ = job.handle(event, now);
    /// }
    ///
    /// let due = job.due_notifications().next().unwrap();
    /// assert_eq!(due.notification, Notification::JobError);
    /// for event in [
    ///     Event::NotificationStarted(Notification::JobError),
    ///     Event::NotificationReturned(Notification::JobError, HResult::S_OK),
    /// ] {
    ///     let _ = job.handle(event, now);
    /// }
    /// assert_eq!(job.due_notifications().next(), None);
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    pub fn due_notifications(&self) -> impl Iterator<Item = DueNotification> + use<> {
        let lanes = [self.due_in_turn(), self.due_ranges(), self.due_modification()];
        lanes.into_iter().flatten()
    }

    /// Whether there is any way to tell the client something; without one nothing is due.
    pub(crate) const fn has_listener(&self) -> bool {
        let notices = &self.notices;
        notices.callback.is_some() || notices.class.is_some() || notices.command_line.is_some()
    }

    /// NOTIFY-08: one after the other, the files before the job.
    fn due_in_turn(&self) -> Option<DueNotification> {
        self.next_in_turn().filter(|next| !self.waits_for_repeat(next))
    }

    fn next_in_turn(&self) -> Option<DueNotification> {
        if self.notices.under_way.is_some() {
            return None;
        }
        self.due_file().or_else(|| self.due_result())
    }

    /// A way that was not tried, the command line for instance, does not wait (NOTIFY-20, NOTIFY-26).
    fn waits_for_repeat(&self, next: &DueNotification) -> bool {
        let Some((notification, way)) =
            self.notices.unheard.filter(|_| self.clocks.repeat.is_some())
        else {
            return false;
        };
        // The callback failed before the command line did.
        let object_failed = self.notices.result == DeliveryState::OwedToCommandLine
            && next.recipient != Recipient::CommandLine;
        notification == next.notification && (way == next.recipient || object_failed)
    }

    /// Whether what was not heard is still to be told by the same way.
    pub(crate) fn repeats(&self) -> bool {
        self.clocks.repeat.is_some()
            && self.next_in_turn().is_some_and(|next| self.waits_for_repeat(&next))
    }

    pub(crate) fn due_file(&self) -> Option<DueNotification> {
        let file = self.files.first_untold()?;
        self.notices.due_of(Notification::FileTransferred(file))
    }

    pub(crate) fn due_result(&self) -> Option<DueNotification> {
        let notification = self.result()?;
        let object = || self.notices.due_of(notification);
        match self.notices.result {
            DeliveryState::Nothing | DeliveryState::Told(_) => None,
            DeliveryState::Owed => object().or_else(|| self.command_line_for(notification)),
            DeliveryState::OwedToCommandLine => self.command_line_for(notification).or_else(object),
            DeliveryState::OwedToObject => object(),
        }
    }

    /// NOTIFY-04, NOTIFY-05: what the state itself is worth telling; never TRANSIENT_ERROR (ERR-34).
    pub(crate) const fn result(&self) -> Option<Notification> {
        match self.state {
            JobState::Transferred => Some(Notification::JobTransferred),
            JobState::Error => Some(Notification::JobError),
            JobState::Suspended
            | JobState::Queued
            | JobState::Connecting
            | JobState::Transferring
            | JobState::TransientError
            | JobState::Acknowledged
            | JobState::Cancelled => None,
        }
    }

    /// NOTIFY-25: for these two only, also if it was set later. NOTIFY-28: as the user who set it,
    /// and not for jobs of service accounts.
    pub(crate) fn command_line_for(&self, notification: Notification) -> Option<DueNotification> {
        if self.result() != Some(notification) {
            return None;
        }
        let user = self.notices.command_line.as_ref()?.user;
        let runs = self.notices.wants(notification.flag()) && !self.owner.user.is_system_account();
        let recipient = Recipient::CommandLine;
        runs.then_some(DueNotification { notification, recipient, user })
    }

    fn due_modification(&self) -> Option<DueNotification> {
        let ready = self.notices.modification.pending && self.clocks.modification.is_none();
        ready.then(|| self.notices.due_of(Notification::JobModification)).flatten()
    }

    fn due_ranges(&self) -> Option<DueNotification> {
        let ready = self.notices.ranges.pending && self.clocks.ranges.is_none();
        let file = ready.then(|| self.files.first_with_news()).flatten()?;
        self.notices.due_of(Notification::FileRangesTransferred(file))
    }

    /// When the next modification, or the next ranges, may be told; `None` if nobody waits for it.
    pub(crate) fn interval_end(&self, notification: Notification) -> Option<Moment> {
        let (since, lane) = match notification {
            Notification::FileRangesTransferred(_) => (self.clocks.ranges, self.notices.ranges),
            _ => (self.clocks.modification, self.notices.modification),
        };
        let since = since.filter(|_| lane.pending)?;
        self.notices.due_of(notification)?;
        Some(since.at.plus(self.notices.span()))
    }
}
