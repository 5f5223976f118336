//! Uploads and sessions at instants that they did not name themselves: somebody looks at a server, or
//! nobody has the job any more.

use chrono::{DateTime, Utc};

use crate::machine::TransferItem;
use crate::vocabulary::JobId;
use crate::world::server::ServerState;
use crate::world::simulation::World;
use crate::world::transfer::Activity;

impl World {
    /// The server of an upload gets what was sent by now. If it does not take it the job will hear of
    /// that at once.
    pub(crate) fn deliver(&mut self, id: JobId, now: DateTime<Utc>) {
        let Some(transfer) = self.transfers.get_mut(&id) else { return };
        let Some(sending) = transfer.sending(id) else { return };
        let Activity::Flowing(flow) = &mut transfer.activity else { return };
        if flow.item == TransferItem::Reply {
            return;
        }
        let bytes = flow.countable(now);
        if !self.outside.deliver(&sending, flow, bytes, now) {
            flow.interrupt();
            return self.replan(id, now);
        }
        let next = flow.acknowledged;
        transfer.note_ack(next);
    }

    /// Lets a test change or look at a server: what uploads sent by now is there, and they notice at
    /// once what becomes of their sessions. [`server`](Self::server) does the same for what is not
    /// under way.
    pub fn with_server<T>(
        &mut self,
        origin: &str,
        now: DateTime<Utc>,
        change: impl FnOnce(&mut ServerState) -> T,
    ) -> T {
        let uploading = self.server(origin).uploading();
        uploading.iter().for_each(|id| self.deliver(*id, now));
        let server = self.server(origin);
        server.clean_up(now);
        let changed = change(server);
        uploading.iter().for_each(|id| self.deliver(*id, now));
        changed
    }

    /// As [`act`](Self::act), of a job that nobody has any more: all that goes on is that its session is
    /// closed. Early or extra calls do nothing.
    pub fn act_alone(&mut self, id: JobId, now: DateTime<Utc>) {
        let Some(mut transfer) = self.transfers.remove(&id) else { return };
        if let Some(closing) = transfer.closing.take_if(|closing| closing.at <= now) {
            transfer.closing = self.outside.close(id, closing, now);
        }
        let is_over = transfer.closing.is_none();
        self.put_back(id, transfer, now);
        if is_over {
            self.forget(id, now);
        }
    }
}
