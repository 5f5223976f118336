//! Synchronisation of uploads with their servers outside the steps of a job: when a test looks at a server,
//! and after a job was dropped.

use chrono::{DateTime, Utc};

use super::fragments::Fragments;
use crate::machine::TransferItem;
use crate::vocabulary::JobId;
use crate::world::server::ServerState;
use crate::world::simulation::World;
use crate::world::transfer::Activity;

impl World {
    /// Gives the server of an upload what was sent by now. If it does not accept it the job hears of that
    /// at once.
    pub(crate) fn receive_upload(&mut self, id: JobId, now: DateTime<Utc>) {
        let Some(transfer) = self.transfers.get_mut(&id) else { return };
        let Some(sending) = transfer.sending(id) else { return };
        let Activity::Flowing(flow) = &mut transfer.activity else { return };
        if flow.item == TransferItem::Reply {
            return;
        }
        let (env, bytes) = (&mut self.env, flow.reportable(now));
        if !(Fragments { env, sending: &sending, flow, now }).receive(bytes) {
            flow.stop_now();
            return self.reschedule(id, now);
        }
        let next = flow.acknowledged;
        transfer.acknowledge(next);
    }

    /// Lets a test look at a server, or change it. The server has what uploads sent by now, and the uploads
    /// notice at once what becomes of their sessions. [`server`](Self::server) does neither.
    pub(crate) fn with_server<T>(
        &mut self,
        origin: &str,
        now: DateTime<Utc>,
        change: impl FnOnce(&mut ServerState) -> T,
    ) -> T {
        let uploading = self.server(origin).uploading();
        uploading.iter().for_each(|id| self.receive_upload(*id, now));
        let server = self.server(origin);
        server.clean_up(now);
        let changed = change(server);
        uploading.iter().for_each(|id| self.receive_upload(*id, now));
        changed
    }

    /// Does what is due for a job that was dropped, of which only the closing of its session goes on. Early
    /// or extra calls do nothing.
    pub(crate) fn poll_orphan(&mut self, id: JobId, now: DateTime<Utc>) {
        let Some(mut transfer) = self.transfers.remove(&id) else { return };
        self.env.close_due_session(id, &mut transfer.closing, now);
        let is_over = transfer.closing.is_none();
        self.insert_transfer(id, transfer, now);
        if is_over {
            self.remove_job(id, now);
        }
    }
}
