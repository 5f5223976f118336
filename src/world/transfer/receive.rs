//! Bytes arrive: those that fit on the disk, up to the end of the flow and what it brings.

use super::Activity;
use super::attempt::Attempt;
use super::file_state::key;
use super::flow::{End, Flow};
use crate::machine::{Event, Failure, TransferItem};
use crate::vocabulary::{HResult, JobType, Protocol};
use crate::world::failure::local_failure;
use crate::world::identity::local_user;
use crate::world::server::address::Address;
use crate::world::server::fault::FaultKind;
use crate::world::upload::attempt::event_of;

impl Attempt<'_> {
    /// What happens to a flow at the instant that it named.
    pub(crate) fn flow_on(&mut self, mut flow: Flow) -> (Vec<Event>, Activity) {
        let item = flow.item;
        let user = local_user(self.job);
        let arrived = flow.arrived(self.now);
        if let Some(sending) = self.sending(item) {
            let bytes = flow.countable(self.now);
            if !self.outside.deliver(&sending, &mut flow, bytes, self.now) {
                return (Vec::new(), self.ask_again(&flow));
            }
            self.transfer.note_ack(flow.acknowledged);
        }
        let new = arrived.saturating_sub(flow.told);
        if let Some(Err(code)) = self.path(item).map(|path| self.outside.disk.admit(path, user)) {
            return self.fail(item, local_failure(code));
        }
        let room = self.room(item);
        if new > room {
            let full = Event::Failed(local_failure(HResult::ERROR_DISK_FULL));
            return self.bytes_then(&flow, room, Some(full));
        }
        if arrived < flow.length {
            self.transfer.reports.told(self.now);
            // Of bytes whose Acks will be lost it does not hear: UPLOAD-03.
            let new = flow.countable(self.now).saturating_sub(flow.told);
            flow.told = flow.told.saturating_add(new);
            flow.plan(room.saturating_sub(new));
            let news = (new > 0).then_some(Event::Progressed(new));
            return (news.into_iter().collect(), Activity::Flowing(flow));
        }
        self.finish(&mut flow, new)
    }

    /// The job is told of bytes, and at the same instant of what comes behind them.
    fn bytes_then(&self, flow: &Flow, bytes: u64, event: Option<Event>) -> (Vec<Event>, Activity) {
        let news = (bytes > 0).then_some(Event::Progressed(bytes));
        let Some(event) = event else {
            return (news.into_iter().collect(), self.ask_again(flow));
        };
        if news.is_some() {
            let next = Activity::Coming { at: self.now, item: flow.item, event };
            return (news.into_iter().collect(), next);
        }
        match event {
            Event::Failed(failure) => self.fail(flow.item, failure),
            other => (vec![other], Activity::Idle),
        }
    }

    fn finish(&mut self, flow: &mut Flow, new: u64) -> (Vec<Event>, Activity) {
        match flow.end.clone() {
            End::Then(kind) => {
                self.receive_unseen(flow);
                self.befall(flow, &kind);
                self.bytes_then(flow, flow.seen().saturating_sub(flow.told), event_of(&kind))
            }
            End::Instead(kind) => {
                self.accept_unseen(flow);
                self.befall(flow, &kind);
                let seen = self.seen_of_upload(flow);
                self.bytes_then(flow, seen, event_of(&kind))
            }
            // FILES-32: nothing can be kept of owner and list, and the last bytes do not count.
            End::Accepts | End::Whole | End::Revealed if self.lacks_acl_privilege(flow) => {
                let missing = Failure::acl_privilege_missing();
                self.bytes_then(flow, 0, Some(Event::Failed(missing)))
            }
            End::Accepts => match self.admit_local_file(flow.item) {
                Ok(()) => self.accept(flow),
                Err(event) => self.bytes_then(flow, 0, Some(event)),
            },
            End::Whole | End::Revealed if self.remote_file_changed(flow) => {
                (vec![Event::FileChanged], Activity::Idle)
            }
            End::Revealed => self.bytes_then(flow, new, Some(Event::FileTransferred)),
            // Something empty is transferred all the same.
            End::Whole if new == 0 => (vec![Event::FileTransferred], Activity::Idle),
            End::Whole => (vec![Event::Progressed(new)], Activity::Idle),
        }
    }

    /// Only shares have owners and lists to keep.
    fn lacks_acl_privilege(&self, flow: &Flow) -> bool {
        flow.url.protocol() == Protocol::File && self.job.lacks_acl_privilege()
    }

    /// What a job heard of an upload of which the last Ack got lost.
    fn seen_of_upload(&self, flow: &Flow) -> u64 {
        match flow.item {
            TransferItem::File(_) if self.job.job_type() != JobType::Download => {
                flow.seen().saturating_sub(flow.told)
            }
            TransferItem::File(_) | TransferItem::Reply => 0,
        }
    }

    /// What a fault does to the server.
    fn befall(&mut self, flow: &Flow, kind: &FaultKind) {
        let address = Address::of(&flow.url);
        match kind {
            FaultKind::Changes(content) => {
                if let Ok(resource) = self.outside.resource(&address) {
                    resource.content(content.clone());
                }
                if self.job.job_type() == JobType::Download {
                    self.forget_version(flow.item);
                }
            }
            FaultKind::LosesSession => self.lose_session(),
            FaultKind::RollsBack(next) => self.roll_back(*next),
            FaultKind::Fails(_) | FaultKind::IsSilent | FaultKind::Redirects(..) => {}
        }
    }

    fn forget_version(&mut self, item: TransferItem) {
        if let Some(part) = self.transfer.parts.get_mut(&key(item)) {
            part.version = None;
        }
    }

    /// HTTP-08: somebody changed the remote file while it was downloaded.
    fn remote_file_changed(&mut self, flow: &Flow) -> bool {
        let resource = self.outside.resource(&Address::of(&flow.url));
        let present = resource.ok().map(|resource| resource.version(&flow.url));
        let begun = flow.version.as_ref();
        let changed = begun.zip(present).is_some_and(|(begun, now)| begun.differs(&now));
        if changed {
            self.forget_version(flow.item);
        }
        changed
    }
}
