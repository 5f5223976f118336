//! The dispatcher of notifications: at most four callbacks of a user run at once (NOTIFY-15).

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use super::slot::Slot;
use crate::machine::{DueNotification, JobStateMachine};
use crate::vocabulary::canonical::Canonical;
use crate::vocabulary::{Notification, Recipient, Sid};

/// The user whose limit a notification counts against. A program is not a callback and counts for none.
type User = Option<Sid>;

/// How urgent a notification is. JobTransferred and JobError go before modifications of other jobs
/// too (NOTIFY-13), so that many of these hold no result up (NOTIFY-11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Urgency {
    Result,
    Ranges,
    Modification,
}

/// The order in which notifications begin: of equally urgent ones, the first that became due.
pub(super) type DeliveryKey = (Urgency, u64);

/// A due notification and its key in the queue of its user.
type QueuedDelivery = Option<(DeliveryKey, DueNotification)>;

/// The due notifications of one job, at most one of each urgency. Few jobs have any.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct PendingDeliveries(Option<Box<[QueuedDelivery; 3]>>);

/// The due notifications to one user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct UserQueue {
    waiting: BTreeMap<DeliveryKey, (Slot, DueNotification)>,
    /// The key under which the queue is among the heads, if it is.
    head: Option<DeliveryKey>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Dispatcher {
    /// How many callbacks of one user may be under way at once.
    limit: u32,
    queues: BTreeMap<User, UserQueue>,
    /// The first of each queue whose user is below the limit.
    heads: BTreeMap<DeliveryKey, User>,
    last_number: u64,
    /// The callbacks that have not returned.
    in_flight: BTreeMap<Slot, Vec<DueNotification>>,
    busy: BTreeMap<Sid, u32>,
}

impl Dispatcher {
    pub(super) fn new(limit: u32) -> Self {
        Self { limit, ..Self::default() }
    }

    pub(super) fn set_limit(&mut self, limit: u32) {
        self.limit = limit;
        let users: Vec<User> = self.queues.keys().copied().collect();
        users.into_iter().for_each(|user| self.update_head(user));
    }

    /// Brings the queues up to date with the due notifications of a job.
    pub(super) fn reindex(
        &mut self,
        slot: Slot,
        deliveries: &mut PendingDeliveries,
        job: &JobStateMachine,
    ) {
        if deliveries.0.is_none() && !job.has_listener() {
            return;
        }
        let mut now = [None; 3];
        for due in job.due_notifications() {
            if let Some(place) = now.get_mut(urgency(due.notification) as usize) {
                *place = Some(due);
            }
        }
        if deliveries.0.is_none() && now == [None; 3] {
            return;
        }
        let places = deliveries.0.get_or_insert_default();
        for (held, due) in places.iter_mut().zip(now) {
            if held.map(|(_, due)| due) != due {
                self.remove(held.take());
                *held = due.map(|due| self.add(slot, due));
            }
        }
        deliveries.0.take_if(|places| **places == [None; 3]);
    }

    /// Removes every due notification of a job.
    pub(super) fn remove_all(&mut self, deliveries: &mut PendingDeliveries) {
        let places = deliveries.0.take().map(|places| *places);
        places.into_iter().flatten().for_each(|held| self.remove(held));
    }

    fn add(&mut self, slot: Slot, due: DueNotification) -> (DeliveryKey, DueNotification) {
        self.last_number = self.last_number.saturating_add(1);
        let turn = (urgency(due.notification), self.last_number);
        let user = user_of(&due);
        self.queues.entry(user).or_default().waiting.insert(turn, (slot, due));
        self.update_head(user);
        (turn, due)
    }

    fn remove(&mut self, held: QueuedDelivery) {
        let Some((turn, due)) = held else { return };
        let user = user_of(&due);
        if let Some(queue) = self.queues.get_mut(&user) {
            queue.waiting.remove(&turn);
        }
        self.update_head(user);
    }

    /// Brings the heads up to date with the queue of a user.
    fn update_head(&mut self, user: User) {
        let room = self.has_room(user);
        let Some(queue) = self.queues.get_mut(&user) else { return };
        let first = queue.waiting.keys().next().copied();
        let head = first.filter(|_| room);
        if queue.head != head {
            if let Some(turn) = queue.head {
                self.heads.remove(&turn);
            }
            if let Some(turn) = head {
                self.heads.insert(turn, user);
            }
            queue.head = head;
        }
        if first.is_none() {
            self.queues.remove(&user);
        }
    }

    fn has_room(&self, user: User) -> bool {
        user.is_none_or(|user| self.busy.get(&user).is_none_or(|busy| *busy < self.limit))
    }

    /// The notifications that may begin now: the user with the most urgent first.
    pub(super) fn due(&self) -> impl Iterator<Item = (Slot, DueNotification)> + '_ {
        let queues = self.heads.values().filter_map(|user| self.queues.get(user));
        queues.flat_map(|queue| queue.waiting.values().copied())
    }

    /// Whether that one may begin now.
    pub(super) fn may_begin(&self, deliveries: &PendingDeliveries, due: &DueNotification) -> bool {
        deliveries.0.iter().flat_map(|places| places.iter().flatten()).any(|(_, held)| held == due)
            && self.has_room(user_of(due))
    }

    pub(super) fn begin(&mut self, slot: Slot, due: &DueNotification) {
        let Some(user) = user_of(due) else { return };
        self.in_flight.entry(slot).or_default().push(*due);
        let busy = self.busy.entry(user).or_default();
        *busy = busy.saturating_add(1);
        self.update_head(Some(user));
    }

    /// A callback returned, whatever became of its job: its place is free.
    pub(super) fn end(&mut self, slot: Slot, returned: impl Fn(&DueNotification) -> bool) {
        let mut first = true;
        self.end_where(slot, |call| returned(call) && std::mem::take(&mut first));
    }

    /// Ends the callbacks of a job for which that holds.
    pub(super) fn end_where(
        &mut self,
        slot: Slot,
        mut ended: impl FnMut(&DueNotification) -> bool,
    ) {
        let Some(calls) = self.in_flight.get_mut(&slot) else { return };
        let mut users = Vec::new();
        calls.retain(|call| {
            let ends = ended(call);
            users.extend(ends.then_some(call.user));
            !ends
        });
        if calls.is_empty() {
            self.in_flight.remove(&slot);
        }
        for user in users {
            let left = self.busy.get(&user).map_or(0, |busy| busy.saturating_sub(1));
            if left == 0 {
                self.busy.remove(&user);
            } else {
                self.busy.insert(user, left);
            }
            self.update_head(Some(user));
        }
    }

    /// Whether a callback of the job is under way.
    pub(super) fn is_busy(&self, slot: Slot) -> bool {
        self.in_flight.contains_key(&slot)
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.queues.is_empty() && self.heads.is_empty() && self.in_flight.is_empty()
    }

    /// How many callbacks of a user are under way.
    pub(super) fn in_flight(&self, user: Sid) -> u32 {
        self.busy.get(&user).copied().unwrap_or_default()
    }
}

impl Canonical for Dispatcher {
    /// Normalised: what waits counts in its order, whatever the numbers that it got. The first of each user, and
    /// how many callbacks of a user run, is seen from the rest.
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self { limit, queues, heads: _, last_number: _, in_flight, busy: _ } = self;
        limit.hash(hasher);
        in_flight.hash(hasher);
        let mut waiting: Vec<_> =
            queues.values().flat_map(|UserQueue { waiting, head: _ }| waiting).collect();
        waiting.sort_unstable_by_key(|(turn, _)| **turn);
        hasher.write_usize(waiting.len());
        waiting.iter().for_each(|(_, delivery)| delivery.hash(hasher));
    }
}

fn user_of(due: &DueNotification) -> User {
    (due.recipient != Recipient::CommandLine).then_some(due.user)
}

const fn urgency(notification: Notification) -> Urgency {
    match notification {
        Notification::FileTransferred(_)
        | Notification::JobTransferred
        | Notification::JobError => Urgency::Result,
        Notification::FileRangesTransferred(_) => Urgency::Ranges,
        Notification::JobModification => Urgency::Modification,
    }
}
