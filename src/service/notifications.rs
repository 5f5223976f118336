//! Which notifications may be begun: at most four of a user at once (NOTIFY-15).

use std::collections::BTreeMap;

use super::slot::Slot;
use crate::machine::{DueNotification, JobStateMachine};
use crate::vocabulary::{Notification, Recipient, Sid};

/// Whose places a notification takes. A program is no callback and takes none.
type User = Option<Sid>;

/// How urgent a notification is. JobTransferred and JobError go before modifications of other jobs
/// too (NOTIFY-13), so that many of these hold no result up (NOTIFY-11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Urgency {
    Result,
    Ranges,
    Modification,
}

/// When a notification comes: of equally urgent ones, the first that became due.
pub(super) type Turn = (Urgency, u64);

/// What waits to be told, and when its turn is.
type Held = Option<(Turn, DueNotification)>;

/// What one job waits to tell, at most one thing of each urgency. Few jobs have anything to tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct PendingDeliveries(Option<Box<[Held; 3]>>);

/// What waits to be told to one user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Line {
    waiting: BTreeMap<Turn, (Slot, DueNotification)>,
    /// Where the line stands among the heads, if it stands there.
    head: Option<Turn>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dispatcher {
    /// How many callbacks of one user may be under way at once.
    limit: u32,
    lines: BTreeMap<User, Line>,
    /// The first of each line whose user has a place.
    heads: BTreeMap<Turn, User>,
    numbers: u64,
    /// The callbacks that have not returned.
    under_way: BTreeMap<Slot, Vec<DueNotification>>,
    busy: BTreeMap<Sid, u32>,
}

impl Dispatcher {
    pub(super) const fn new(limit: u32) -> Self {
        Self {
            limit,
            lines: BTreeMap::new(),
            heads: BTreeMap::new(),
            numbers: 0,
            under_way: BTreeMap::new(),
            busy: BTreeMap::new(),
        }
    }

    pub(super) fn set_limit(&mut self, limit: u32) {
        self.limit = limit;
        let users: Vec<User> = self.lines.keys().copied().collect();
        users.into_iter().for_each(|user| self.look_at_head(user));
    }

    /// Takes note of what a job has to tell after a step.
    pub(super) fn file(&mut self, slot: Slot, told: &mut PendingDeliveries, job: &JobStateMachine) {
        if told.0.is_none() && !job.has_listener() {
            return;
        }
        let mut now = [None; 3];
        for due in job.due_notifications() {
            if let Some(place) = now.get_mut(urgency(due.notification) as usize) {
                *place = Some(due);
            }
        }
        if told.0.is_none() && now == [None; 3] {
            return;
        }
        let places = told.0.get_or_insert_default();
        for (held, due) in places.iter_mut().zip(now) {
            if held.map(|(_, due)| due) != due {
                self.remove(held.take());
                *held = due.map(|due| self.add(slot, due));
            }
        }
        told.0.take_if(|places| **places == [None; 3]);
    }

    /// A job has nothing to tell any more.
    pub(super) fn unfile(&mut self, told: &mut PendingDeliveries) {
        told.0.take().into_iter().flat_map(|places| *places).for_each(|held| self.remove(held));
    }

    fn add(&mut self, slot: Slot, due: DueNotification) -> (Turn, DueNotification) {
        self.numbers = self.numbers.saturating_add(1);
        let turn = (urgency(due.notification), self.numbers);
        let user = user_of(&due);
        self.lines.entry(user).or_default().waiting.insert(turn, (slot, due));
        self.look_at_head(user);
        (turn, due)
    }

    fn remove(&mut self, held: Held) {
        let Some((turn, due)) = held else { return };
        let user = user_of(&due);
        if let Some(line) = self.lines.get_mut(&user) {
            line.waiting.remove(&turn);
        }
        self.look_at_head(user);
    }

    /// Whether the first of a line may go, and which that is.
    fn look_at_head(&mut self, user: User) {
        let room = self.has_room(user);
        let Some(line) = self.lines.get_mut(&user) else { return };
        let first = line.waiting.keys().next().copied();
        let head = first.filter(|_| room);
        if line.head != head {
            if let Some(turn) = line.head {
                self.heads.remove(&turn);
            }
            if let Some(turn) = head {
                self.heads.insert(turn, user);
            }
            line.head = head;
        }
        if first.is_none() {
            self.lines.remove(&user);
        }
    }

    fn has_room(&self, user: User) -> bool {
        user.is_none_or(|user| self.busy.get(&user).is_none_or(|busy| *busy < self.limit))
    }

    /// What may be begun now: the user who waits with the most urgent first.
    pub(super) fn due(&self) -> impl Iterator<Item = (Slot, DueNotification)> + '_ {
        let lines = self.heads.values().filter_map(|user| self.lines.get(user));
        lines.flat_map(|line| line.waiting.values().copied())
    }

    /// Whether that may be begun now.
    pub(super) fn offers(&self, told: &PendingDeliveries, due: &DueNotification) -> bool {
        told.0.iter().flat_map(|places| places.iter().flatten()).any(|(_, held)| held == due)
            && self.has_room(user_of(due))
    }

    pub(super) fn begin(&mut self, slot: Slot, due: &DueNotification) {
        let Some(user) = user_of(due) else { return };
        self.under_way.entry(slot).or_default().push(*due);
        let busy = self.busy.entry(user).or_default();
        *busy = busy.saturating_add(1);
        self.look_at_head(Some(user));
    }

    /// A callback returned, whatever became of its job: its place is free.
    pub(super) fn end(&mut self, slot: Slot, returned: impl Fn(&DueNotification) -> bool) {
        let mut first = true;
        self.end_those(slot, |call| returned(call) && std::mem::take(&mut first));
    }

    /// The client's process is gone, and with it the object that was called (NOTIFY-18).
    pub(super) fn end_callbacks(&mut self, slot: Slot) {
        self.end_those(slot, |call| call.recipient == Recipient::Callback);
    }

    /// The service itself is gone.
    pub(super) fn end_all(&mut self, slot: Slot) {
        self.end_those(slot, |_| true);
    }

    fn end_those(&mut self, slot: Slot, mut ended: impl FnMut(&DueNotification) -> bool) {
        let Some(calls) = self.under_way.get_mut(&slot) else { return };
        let mut users = Vec::new();
        calls.retain(|call| {
            let ends = ended(call);
            users.extend(ends.then_some(call.user));
            !ends
        });
        if calls.is_empty() {
            self.under_way.remove(&slot);
        }
        for user in users {
            let left = self.busy.get(&user).map_or(0, |busy| busy.saturating_sub(1));
            if left == 0 {
                self.busy.remove(&user);
            } else {
                self.busy.insert(user, left);
            }
            self.look_at_head(Some(user));
        }
    }

    /// Whether a callback of the job is under way.
    pub(super) fn is_busy(&self, slot: Slot) -> bool {
        self.under_way.contains_key(&slot)
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.heads.is_empty() && self.under_way.is_empty()
    }

    /// How many callbacks of a user are under way.
    pub(super) fn under_way(&self, user: Sid) -> u32 {
        self.busy.get(&user).copied().unwrap_or_default()
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
