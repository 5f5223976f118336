//! Delivery state of the notifications of a job: what is pending, in flight, or was not heard.
//!
//! Three lanes run beside each other (NOTIFY-13): one in which FileTransferred, then JobTransferred
//! or JobError follow each other; one of modifications; one of ranges. The job says what is due, a
//! dispatcher with at most four calls a user begins it (NOTIFY-15), and the job hears how it ended.

use crate::vocabulary::text::stored::stored;
use crate::vocabulary::{CallbackInterface, Notification, Recipient, Sid};

stored! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub(crate) struct Deliveries {
        /// The registered callback object, while it can be called (NOTIFY-18).
        pub(crate) callback: Option<Callback> = skip,
        pub(crate) result: DeliveryState = default,
        pub(crate) in_flight: Option<InFlightDelivery> = skip,
        /// What was not heard last, and by which way: just that waits for its repeat (NOTIFY-20).
        pub(crate) unheard: Option<(Notification, Recipient)> = default,
        /// The object that heard the result is gone: a new one is told again (NOTIFY-16).
        pub(crate) lost: bool = default,
        pub(crate) modification: Paced = default,
        pub(crate) ranges: Paced = default,
    }
}

/// A registered callback object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Callback {
    pub(crate) interface: CallbackInterface,
    pub(crate) user: Sid,
}

/// How far JobTransferred, or JobError, has come since the job entered its state (NOTIFY-22).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub(crate) enum DeliveryState {
    #[default]
    Nothing,
    Pending,
    /// The callback failed, so that it is the command line's turn (NOTIFY-20, NOTIFY-26).
    PendingToCommandLine,
    /// The program did its part before there was an object, which has yet to hear it (NOTIFY-14).
    PendingToObject,
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

impl Deliveries {
    /// The callback object is gone. A call that it was in has failed.
    pub(crate) fn lose_callback(&mut self) {
        self.lost |= self.callback.take().is_some();
        self.modification.under_way = 0;
        self.ranges.under_way = 0;
        if self.in_flight.is_some_and(|call| call.recipient == Recipient::Callback) {
            self.in_flight = None;
        }
    }
}
