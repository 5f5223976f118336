//! Notifications begin, end, and are repeated.

use super::delivery_state::{DeliveryState, InFlightDelivery};
use crate::machine::JobStateMachine;
use crate::machine::time::moment::Moment;
use crate::machine::transitions::context::StepContext;
use crate::machine::transitions::trigger::Trigger;
use crate::vocabulary::{FileIndex, HResult, Notification, NotifyFlags, Recipient};

impl JobStateMachine {
    /// Something changed that is worth a JobModification (NOTIFY-06), or ranges arrived (NOTIFY-10), if
    /// the client asked for that. One call tells of all changes since the last (NOTIFY-12, an
    /// interpretation).
    pub(crate) fn note_change(&mut self, notification: Notification, now: Moment) {
        let (wanted, span) = (self.wants(notification.flag()), self.notification_span());
        if let Some((lane, since)) = self.live.paced_mut(notification).filter(|_| wanted) {
            lane.pending = true;
            *since = since.filter(|last| last.plus(span) > now);
        }
    }

    /// NOTIFY-07: for downloads, and the reply; told if the client asked for it by then. As the file
    /// object of a reply, the upload file stands: an interpretation.
    pub(crate) fn note_file(&mut self, file: FileIndex) {
        if self.wants(NotifyFlags::FILE_TRANSFERRED) {
            self.live.files.set_untold(file, true);
        }
    }

    /// NOTIFY-21, NOTIFY-22: one result to tell an entry into TRANSFERRED or ERROR; leaving ends
    /// its repeats.
    pub(crate) fn turn_over(&mut self) {
        self.live.deliveries.result =
            if self.result().is_some() { DeliveryState::Pending } else { DeliveryState::Nothing };
        let of_file = |notification| matches!(notification, Notification::FileTransferred(_));
        if let Some(call) = &mut self.live.deliveries.in_flight {
            call.outdated |= !of_file(call.notification);
        }
        if self.live.deliveries.unheard.is_some_and(|(notification, _)| !of_file(notification)) {
            self.forget_repeat();
        }
        if self.live.state.is_final() {
            self.live.deliveries.in_flight = None;
            self.live.files.set_all_told();
            self.forget_repeat();
        }
    }

    /// A file starts again: what was or is told of it is no longer so.
    pub(crate) fn retract(&mut self, file: FileIndex) {
        let notification = Notification::FileTransferred(file);
        if let Some(call) = &mut self.live.deliveries.in_flight {
            call.outdated |= call.notification == notification;
        }
        if self.live.deliveries.unheard.is_some_and(|(unheard, _)| unheard == notification) {
            self.forget_repeat();
        }
    }

    pub(crate) fn forget_repeat(&mut self) {
        self.live.deliveries.unheard = None;
        self.live.clocks.repeat = None;
    }

    /// After the minimum retry delay the same is told again by the same way, an interpretation
    /// (NOTIFY-20), if it is wanted still (NOTIFY-21).
    fn note_unheard(&mut self, call: InFlightDelivery, now: Moment) {
        if self.wants(call.notification.flag()) {
            self.live.deliveries.unheard = Some((call.notification, call.recipient));
            self.live.clocks.repeat = Some(self.live.clocks.stamp(now));
        }
    }

    pub(crate) fn start_notification(
        &mut self,
        notification: Notification,
        step: &mut StepContext,
    ) {
        let Some(due) = self.due_notifications().find(|due| due.notification == notification)
        else {
            return;
        };
        self.fire(Trigger::NotificationStarted, step);
        match notification {
            Notification::JobModification => {
                self.live.deliveries.modification.begin(false);
                self.live.clocks.modification = Some(step.now);
            }
            Notification::FileRangesTransferred(file) => {
                if let Some(random) = self.live.files.random_mut(file) {
                    random.untold.clear();
                }
                let more = self.live.files.first_with_untold_ranges().is_some();
                self.live.deliveries.ranges.begin(more);
                self.live.clocks.ranges = Some(step.now);
            }
            Notification::FileTransferred(_)
            | Notification::JobTransferred
            | Notification::JobError => {
                // NOTIFY-05, ERR-07: inside JobError, GetError yields its argument. A program has none.
                let is_call = due.recipient != Recipient::CommandLine;
                if notification == Notification::JobError && is_call {
                    self.live.error.dropped = false;
                }
                // NOTIFY-08: files come before the result of the job, or not at all.
                if self.result() == Some(notification) {
                    self.live.files.set_all_told();
                }
                self.live.deliveries.in_flight = Some(InFlightDelivery {
                    notification,
                    recipient: due.recipient,
                    outdated: false,
                });
            }
        }
    }

    pub(crate) fn end_notification(
        &mut self,
        notification: Notification,
        code: HResult,
        step: &mut StepContext,
    ) {
        let Some((lane, _)) = self.live.paced_mut(notification) else {
            return self.end_turn(notification, code, step);
        };
        if lane.under_way > 0 {
            lane.under_way -= 1;
            self.fire(Trigger::NotificationReturned, step);
        }
    }

    fn end_turn(&mut self, notification: Notification, code: HResult, step: &mut StepContext) {
        let ended = |call: &InFlightDelivery| {
            call.notification == notification && call.recipient != Recipient::CommandLine
        };
        let Some(call) = self.live.deliveries.in_flight.filter(ended) else { return };
        self.fire(Trigger::NotificationReturned, step);
        self.live.deliveries.in_flight = None;
        if call.outdated {
            return;
        }
        match notification {
            Notification::FileTransferred(file) if notification.is_heard(code) => {
                self.live.files.set_untold(file, false);
            }
            _ if notification.is_heard(code) => {
                self.live.deliveries.result = DeliveryState::Told(call.recipient);
            }
            _ => {
                self.note_unheard(call, step.now);
                // NOTIFY-20: the command line instead, at once.
                if self.command_line_for(notification).is_some() {
                    self.live.deliveries.result = DeliveryState::PendingToCommandLine;
                }
            }
        }
    }

    /// NOTIFY-27: a program that failed and left the job alone runs again after the minimum retry
    /// delay. That the callback, which failed before it, is not called again then is an
    /// interpretation.
    pub(crate) fn end_program(&mut self, exit_code: u32, step: &mut StepContext) {
        let ended = |call: &InFlightDelivery| call.recipient == Recipient::CommandLine;
        let Some(call) = self.live.deliveries.in_flight.filter(ended) else { return };
        self.fire(Trigger::ProgramExited, step);
        self.live.deliveries.in_flight = None;
        if call.outdated {
            return;
        }
        // A client may have registered an object while the program ran.
        let overtaken = self.live.deliveries.result == DeliveryState::Pending
            && self.due_result().is_some_and(|due| due.recipient != Recipient::CommandLine);
        if exit_code != 0 {
            self.note_unheard(call, step.now);
        }
        self.live.deliveries.result = match (exit_code, overtaken) {
            (0, true) => DeliveryState::PendingToObject,
            (0, false) => DeliveryState::Told(Recipient::CommandLine),
            (_, true) => DeliveryState::Pending,
            (_, false) => DeliveryState::PendingToCommandLine,
        };
    }

    /// TIME-26
    pub(crate) fn repeat_notification(&mut self, step: &mut StepContext) {
        self.forget_repeat();
        self.fire(Trigger::NotificationRepeatElapsed, step);
    }

    /// NET-13, NOTIFY-18: a restart also loses calls that were under way, which are made again.
    pub(crate) fn fail_calls_in_flight(&mut self) {
        self.live.deliveries.lose_callback();
        self.live.deliveries.in_flight = None;
        self.live.clocks.modification = None;
        self.live.clocks.ranges = None;
    }
}
