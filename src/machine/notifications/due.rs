//! Due notifications: what the client is to be told now, by which way, and in whose context.

use crate::machine::JobStateMachine;
use crate::machine::notifications::delivery_state::{DeliveryState, Paced};
use crate::machine::time::moment::{Moment, Span};
use crate::vocabulary::{JobState, Notification, NotifyFlags, Recipient, Sid};

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

impl JobStateMachine {
    /// Returns what the client is to be told now, by which way and in whose context; the more urgent first
    /// (NOTIFY-13). A client that does not ask to be told polls the state instead (ERR-19). A
    /// dispatcher begins one with
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
    pub(crate) fn has_listener(&self) -> bool {
        let set = &self.config.notify;
        self.live.deliveries.callback.is_some() || set.class.is_some() || set.command_line.is_some()
    }

    /// NOTIFY-08: one after the other, the files before the job.
    fn due_in_turn(&self) -> Option<DueNotification> {
        self.next_in_turn().filter(|next| !self.waits_for_repeat(next))
    }

    fn next_in_turn(&self) -> Option<DueNotification> {
        if self.live.deliveries.in_flight.is_some() {
            return None;
        }
        self.due_file().or_else(|| self.due_result())
    }

    /// A way that was not tried, the command line for instance, does not wait (NOTIFY-20, NOTIFY-26).
    fn waits_for_repeat(&self, next: &DueNotification) -> bool {
        let Some((notification, way)) =
            self.live.deliveries.unheard.filter(|_| self.live.clocks.repeat.is_some())
        else {
            return false;
        };
        // The callback failed before the command line did.
        let object_failed = self.live.deliveries.result == DeliveryState::PendingToCommandLine
            && next.recipient != Recipient::CommandLine;
        notification == next.notification && (way == next.recipient || object_failed)
    }

    /// Whether what was not heard is still to be told by the same way.
    pub(crate) fn repeats(&self) -> bool {
        self.live.clocks.repeat.is_some()
            && self.next_in_turn().is_some_and(|next| self.waits_for_repeat(&next))
    }

    pub(crate) fn due_file(&self) -> Option<DueNotification> {
        let file = self.live.files.first_untold()?;
        self.due_of(Notification::FileTransferred(file))
    }

    pub(crate) fn due_result(&self) -> Option<DueNotification> {
        let notification = self.result()?;
        let object = || self.due_of(notification);
        match self.live.deliveries.result {
            DeliveryState::Nothing | DeliveryState::Told(_) => None,
            DeliveryState::Pending => object().or_else(|| self.command_line_for(notification)),
            DeliveryState::PendingToCommandLine => {
                self.command_line_for(notification).or_else(object)
            }
            DeliveryState::PendingToObject => object(),
        }
    }

    /// NOTIFY-04, NOTIFY-05: what the state itself is worth telling; never TRANSIENT_ERROR (ERR-34).
    pub(crate) const fn result(&self) -> Option<Notification> {
        match self.live.state {
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
        let user = self.config.notify.command_line.as_ref()?.user;
        let runs = self.wants(notification.flag()) && !self.config.owner.user.is_system_account();
        let recipient = Recipient::CommandLine;
        runs.then_some(DueNotification { notification, recipient, user })
    }

    fn due_modification(&self) -> Option<DueNotification> {
        let ready =
            self.live.deliveries.modification.pending && self.live.clocks.modification.is_none();
        self.due_of(Notification::JobModification).filter(|_| ready)
    }

    fn due_ranges(&self) -> Option<DueNotification> {
        let ready = self.live.deliveries.ranges.pending && self.live.clocks.ranges.is_none();
        let file = ready.then(|| self.live.files.first_with_untold_ranges()).flatten()?;
        self.due_of(Notification::FileRangesTransferred(file))
    }

    /// When the next modification, or the next ranges, may be told; `None` if none is waiting.
    pub(crate) fn interval_end(
        &self,
        since: Option<Moment>,
        lane: Paced,
        next: Notification,
    ) -> Option<Moment> {
        let since = since.filter(|_| lane.pending)?;
        self.due_of(next).map(|_| since.plus(self.notification_span()))
    }

    /// NOTIFY-03: none with DISABLE.
    pub(crate) fn wants(&self, flag: NotifyFlags) -> bool {
        self.config.settings.notify_flags.effective().contains(flag)
    }

    /// NOTIFY-12: a new value takes effect with the next interval that begins or ends.
    pub(crate) fn notification_span(&self) -> Span {
        Span::milliseconds(self.config.settings.notification_interval)
    }

    /// The object to call, the registered one before one of the class (NOTIFY-23). That an object of
    /// the class has every interface is an interpretation.
    fn object(&self, notification: Notification) -> Option<(Recipient, Sid)> {
        let (callback, class) = (self.live.deliveries.callback, self.config.notify.class);
        let registered = callback.filter(|known| known.interface >= notification.interface());
        registered
            .map(|known| (Recipient::Callback, known.user))
            .or(class.map(|(clsid, user)| (Recipient::ComClass(clsid), user)))
    }

    /// NOTIFY-10, NOTIFY-07: what no client can hear is not due.
    fn due_of(&self, notification: Notification) -> Option<DueNotification> {
        let (recipient, user) =
            self.object(notification).filter(|_| self.wants(notification.flag()))?;
        Some(DueNotification { notification, recipient, user })
    }
}
