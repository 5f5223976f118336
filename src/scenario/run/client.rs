//! The dispatcher of notifications, and the programs of the client behind it.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Run, Unmet};
use crate::machine::{DueNotification, Event};
use crate::scenario::ast::{Happening, Replies, Reply, Statement};
use crate::scenario::world::{Cursor, saturating_add};
use crate::vocabulary::{
    HResult, JobProperty, JobPropertyId, Notification, NotifyFlags, Recipient,
};

/// The programs of the client: what they answer, and what they are busy with.
#[derive(Debug, Default)]
pub(super) struct Client {
    callback: (Replies<HResult>, Cursor),
    certificate_callback: (Replies<HResult>, Cursor),
    program: (Replies<u32>, Cursor),
    busy: Vec<Busy>,
    /// When the client was last told of a modification, and of ranges (NOTIFY-12).
    told_modification: Option<DateTime<Utc>>,
    told_ranges: Option<DateTime<Utc>>,
}

/// A call of the client that has not returned yet.
#[derive(Debug)]
struct Busy {
    until: DateTime<Utc>,
    /// What happens then.
    ends_with: Event,
    /// The process that is busy is the one that may exit.
    in_client: bool,
}

/// The most frequent report of progress while bytes flow, whatever the interval of the job.
const SHORTEST_INTERVAL: TimeDelta = TimeDelta::milliseconds(100);

impl Client {
    /// Whether the statement says what the programs of the client answer, from now on.
    pub(super) fn learn(&mut self, statement: &Statement) {
        match statement {
            Statement::CallbackReturns(replies) => {
                self.callback = (replies.clone(), Cursor::default());
            }
            Statement::CertificateCallbackReturns(replies) => {
                self.certificate_callback = (replies.clone(), Cursor::default());
            }
            Statement::ProgramExits(replies) => {
                self.program = (replies.clone(), Cursor::default());
            }
            _ => {}
        }
    }

    /// When the next call of the client returns.
    pub(super) fn due(&self) -> Option<DateTime<Utc>> {
        self.busy.iter().map(|busy| busy.until).min()
    }

    /// What happens at that instant; of several, what began first.
    pub(super) fn act(&mut self) -> Option<Event> {
        let due = self.due()?;
        let first = self.busy.iter().position(|busy| busy.until == due)?;
        Some(self.busy.remove(first).ends_with)
    }

    /// How a call to the client ends, and after how long.
    fn answer(&mut self, due: &DueNotification) -> (TimeDelta, Event) {
        let DueNotification { notification, recipient, .. } = *due;
        if recipient == Recipient::CommandLine {
            let (after, code) = answer(&mut self.program, 0);
            return (after, Event::ProgramExited(code));
        }
        // What these two return means nothing (NOTIFY-11).
        let (after, code) = match notification {
            Notification::JobModification | Notification::FileRangesTransferred(_) => {
                (TimeDelta::zero(), HResult::S_OK)
            }
            Notification::FileTransferred(_)
            | Notification::JobTransferred
            | Notification::JobError => answer(&mut self.callback, HResult::S_OK),
        };
        (after, Event::NotificationReturned(notification, code))
    }

    /// The process of the client ended, and with it what it was busy with.
    fn exit(&mut self) {
        self.busy.retain(|busy| !busy.in_client);
    }
}

fn answer<T: Copy>((replies, cursor): &mut (Replies<T>, Cursor), well: T) -> (TimeDelta, T) {
    match cursor.reply(replies) {
        Some(Reply { code, after, .. }) => (*after, *code),
        None => (TimeDelta::zero(), well),
    }
}

impl Run {
    /// Begins every notification that is due, and ends those whose programs answer at once. One job
    /// never has more under way than a user's four (NOTIFY-13, NOTIFY-15).
    pub(super) fn dispatch(&mut self) -> Result<(), Unmet> {
        while let Some(due) = self.next_due() {
            self.apply(Happening::Event(Event::NotificationStarted(due.notification)))?;
            let (after, ends_with) = self.client.answer(&due);
            if after.is_zero() {
                self.apply(Happening::Event(ends_with))?;
            } else {
                let until = saturating_add(self.now, after);
                let in_client = due.recipient == Recipient::Callback;
                self.client.busy.push(Busy { until, ends_with, in_client });
            }
        }
        Ok(())
    }

    fn next_due(&self) -> Option<DueNotification> {
        let job = self.job.as_ref().filter(|_| !self.by_hand)?;
        job.due_notifications().next()
    }

    /// Asks the client about a certificate (PROP-27).
    pub(super) fn ask_about_certificate(&mut self) {
        let (after, code) = answer(&mut self.client.certificate_callback, HResult::S_OK);
        let until = saturating_add(self.now, after);
        let ends_with = Event::CertificateChecked(code);
        self.client.busy.push(Busy { until, ends_with, in_client: true });
    }

    /// What an event means for the programs of the client.
    pub(super) fn tell_client(&mut self, event: &Event) {
        match event {
            Event::NotificationStarted(Notification::JobModification) => {
                self.client.told_modification = Some(self.now);
            }
            Event::NotificationStarted(Notification::FileRangesTransferred(_)) => {
                self.client.told_ranges = Some(self.now);
            }
            Event::ClientExited => self.client.exit(),
            // NET-13: calls that were under way are made again.
            Event::ServiceRestarted => self.client.busy.clear(),
            _ => {}
        }
    }

    /// When the client is to hear of the bytes that flow: an interval after it last did, as soon as
    /// there is a new one (NOTIFY-06, NOTIFY-10, NOTIFY-12).
    pub(super) fn next_report(&self) -> Option<DateTime<Utc>> {
        let job = self.job.as_ref().filter(|_| !self.by_hand)?;
        let flags = job.notify_flags().effective();
        let class = job.property(JobPropertyId::NotificationClsid).is_some();
        if job.notify_interface().is_none() && !class {
            return None;
        }
        let on_demand = job.property(JobPropertyId::OnDemandMode);
        let on_demand = on_demand == Some(JobProperty::OnDemandMode(true));
        let lanes = [
            (flags.contains(NotifyFlags::JOB_MODIFICATION), self.client.told_modification),
            (
                on_demand && flags.contains(NotifyFlags::FILE_RANGES_TRANSFERRED),
                self.client.told_ranges,
            ),
        ];
        let interval = match job.property(JobPropertyId::MinimumNotificationInterval) {
            Some(JobProperty::MinimumNotificationInterval(milliseconds)) => {
                TimeDelta::milliseconds(i64::from(milliseconds)).max(SHORTEST_INTERVAL)
            }
            _ => SHORTEST_INTERVAL,
        };
        let (since, next_byte) = (self.world.flows_since()?, self.world.instant_of(1)?);
        let wanted = lanes.into_iter().filter(|(wanted, _)| *wanted);
        let last = wanted.map(|(_, told)| told.map_or(since, |told| told.max(since))).min()?;
        Some(saturating_add(last, interval).max(next_byte))
    }
}
