//! Receiving: bytes arrive, as many as fit on the disk, up to the end of the flow and its outcome.

use super::Activity;
use super::attempt::Attempt;
use super::download::download_room;
use super::file_state::progress;
use super::flow::{Flow, FlowEnd};
use crate::machine::{Event, Failure, TransferItem};
use crate::vocabulary::{HResult, JobType, Protocol};
use crate::world::failure::local_failure;
use crate::world::identity::local_user;
use crate::world::server::address::Address;
use crate::world::server::fault::FaultKind;
use crate::world::upload::attempt::event_of;

impl Attempt<'_> {
    /// Continues a flow at its planned instant.
    pub(crate) fn continue_flow(&mut self, mut flow: Flow) -> (Vec<Event>, Activity) {
        let item = flow.item;
        let user = local_user(self.job);
        let arrived = flow.arrived(self.now);
        if let Some(sending) = self.sending(item) {
            let bytes = flow.reportable(self.now);
            if !self.fragments(&sending, &mut flow).receive(bytes) {
                return (Vec::new(), self.repeat_request(&flow));
            }
            self.transfer.acknowledge(flow.acknowledged);
        }
        let new = arrived.saturating_sub(flow.reported);
        if let Some(Err(code)) =
            self.path(item).map(|path| self.env.disk.ensure_writable(path, user))
        {
            return self.fail(item, local_failure(code));
        }
        let room = self.free_space(item);
        if new > room {
            let full = Event::Failed(local_failure(HResult::ERROR_DISK_FULL));
            return self.report_bytes(&flow, room, Some(full));
        }
        if arrived < flow.length {
            self.transfer.reports.mark(self.now);
            // Of bytes whose Acks will be lost it does not hear: UPLOAD-03.
            let new = flow.reportable(self.now).saturating_sub(flow.reported);
            flow.reported = flow.reported.saturating_add(new);
            flow.plan(room.saturating_sub(new));
            let news = (new > 0).then_some(Event::Progressed(new));
            return (news.into_iter().collect(), Activity::Flowing(flow));
        }
        self.finish(&mut flow, new)
    }

    /// Reports bytes to the job, and at the same instant the event behind them.
    fn report_bytes(
        &self,
        flow: &Flow,
        bytes: u64,
        event: Option<Event>,
    ) -> (Vec<Event>, Activity) {
        let news = (bytes > 0).then_some(Event::Progressed(bytes));
        let Some(event) = event else {
            return (news.into_iter().collect(), self.repeat_request(flow));
        };
        if news.is_some() {
            let (at, item) = (self.now, flow.item);
            let next = Activity::Scheduled { at, item, event, answer: None };
            return (news.into_iter().collect(), next);
        }
        match event {
            Event::Failed(failure) => self.fail(flow.item, failure),
            other => (vec![other], Activity::Idle),
        }
    }

    fn finish(&mut self, flow: &mut Flow, new: u64) -> (Vec<Event>, Activity) {
        match flow.end.clone() {
            FlowEnd::FaultAfter(kind) => {
                self.receive_unacknowledged(flow);
                let seen = flow.visible().saturating_sub(flow.reported);
                self.end_with_fault(flow, kind, seen)
            }
            FlowEnd::FaultInstead(kind) => {
                self.finalize_unacknowledged(flow);
                let seen = self.visible_upload_bytes(flow);
                self.end_with_fault(flow, kind, seen)
            }
            // FILES-32: nothing can be kept of owner and list, and the last bytes do not count.
            FlowEnd::Finalize | FlowEnd::Complete | FlowEnd::SizeRevealed
                if self.lacks_acl_privilege(flow) =>
            {
                let missing = Failure::acl_privilege_missing();
                self.report_bytes(flow, 0, Some(Event::Failed(missing)))
            }
            FlowEnd::Finalize => match self.ensure_local_file_unchanged(flow.item) {
                Ok(()) => self.finalize(flow),
                Err(event) => self.report_bytes(flow, 0, Some(event)),
            },
            FlowEnd::Complete | FlowEnd::SizeRevealed if self.remote_file_changed(flow) => {
                (vec![Event::FileChanged], Activity::Idle)
            }
            FlowEnd::SizeRevealed => self.report_bytes(flow, new, Some(Event::FileTransferred)),
            FlowEnd::Complete => (self.last_bytes(flow.item, new), Activity::Idle),
        }
    }

    /// The job is told of its last bytes, and that the transfer of the item has ended: of something empty
    /// too, but not of a file of which an on-demand job did not ask for the rest (LIFE-20).
    fn last_bytes(&self, item: TransferItem, new: u64) -> Vec<Event> {
        let (total, there) = progress(self.job, item);
        let whole = total.is_none_or(|total| there.saturating_add(new) == total);
        let ends = new == 0 || whole && new <= download_room(self.job, item);
        let news = (new > 0).then_some(Event::Progressed(new));
        news.into_iter().chain(ends.then_some(Event::FileTransferred)).collect()
    }

    /// Only shares have owners and lists to keep.
    fn lacks_acl_privilege(&self, flow: &Flow) -> bool {
        flow.url.protocol() == Protocol::File && self.job.lacks_acl_privilege()
    }

    /// The bytes of an upload that can be reported although the last Ack is lost.
    fn visible_upload_bytes(&self, flow: &Flow) -> u64 {
        match flow.item {
            TransferItem::File(_) if self.job.job_type() != JobType::Download => {
                flow.visible().saturating_sub(flow.reported)
            }
            TransferItem::File(_) | TransferItem::Reply => 0,
        }
    }

    /// Ends a flow with a fault, and reports that many bytes before it.
    fn end_with_fault(
        &mut self,
        flow: &Flow,
        kind: FaultKind,
        seen: u64,
    ) -> (Vec<Event>, Activity) {
        let event = event_of(&kind);
        if event == Some(Event::FileChanged) && self.job.job_type() == JobType::Download {
            self.forget_version(flow.item);
        }
        self.apply_to_server(&Address::of(&flow.url), kind);
        self.report_bytes(flow, seen, event)
    }

    /// Applies the effect of a fault on the server.
    pub(crate) fn apply_to_server(&mut self, address: &Address, kind: FaultKind) {
        match kind {
            FaultKind::ContentChange(content) => {
                if let Ok(resource) = self.env.resource(address) {
                    resource.content(content);
                }
            }
            FaultKind::SessionLoss => self.lose_session(),
            FaultKind::Rollback(next) => self.roll_back(next),
            FaultKind::Failure(_) | FaultKind::Silence | FaultKind::Redirect(..) => {}
        }
    }

    fn forget_version(&mut self, item: TransferItem) {
        if let Some(state) = self.transfer.files.get_mut(&item) {
            state.version = None;
        }
    }

    /// HTTP-08: whether the remote file changed while it was downloaded.
    fn remote_file_changed(&mut self, flow: &Flow) -> bool {
        let resource = self.env.resource(&Address::of(&flow.url));
        let present = resource.ok().map(|resource| resource.version(&flow.url));
        let begun = flow.version.as_ref();
        let changed = begun.zip(present).is_some_and(|(begun, now)| begun.differs(&now));
        if changed {
            self.forget_version(flow.item);
        }
        changed
    }
}
