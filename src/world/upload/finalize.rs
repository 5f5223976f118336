//! Finalising uploads: the file is stored, or posted to the application, before the last Ack.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::client_session::ReplyPlace;
use super::fragments::{Fragments, Sending};
use super::packet::{Ack, SessionId};
use crate::machine::{Event, Failure, TransferItem};
use crate::vocabulary::{
    ErrorContext, FileAclFlags, FileIndex, HResult, JobType, Protocol, RemoteName, Sid,
};
use crate::world::failure::failure;
use crate::world::identity::network_user;
use crate::world::server::acl::Acl;
use crate::world::server::address::Address;
use crate::world::server::fault::{FaultKind, Occasion};
use crate::world::time::later;
use crate::world::transfer::attempt::Attempt;
use crate::world::transfer::flow::Flow;
use crate::world::transfer::redirects::Redirects;
use crate::world::transfer::{Activity, Connection, PendingAck, PendingRequest, remote_name};

/// How long an application may take (UPLOAD-15).
const APPLICATION_PATIENCE: TimeDelta = TimeDelta::minutes(5);

/// The one file of an upload.
const UPLOAD: TransferItem = TransferItem::File(FileIndex(0));

/// The decision of the server on a whole file.
enum Verdict {
    Accepted,
    Refused(Failure),
    Silent,
    LostSession,
}

impl Attempt<'_> {
    /// Finalises an upload of which everything is sent: the file is stored, or posted to the application,
    /// before the last Ack (UPLOAD-04).
    pub(crate) fn finalize(&mut self, flow: &mut Flow) -> (Vec<Event>, Activity) {
        let Some((sending, place)) = self.receive_whole(flow) else {
            return (Vec::new(), self.repeat_request(flow));
        };
        let verdict = self.verdict(&sending, &place);
        let takes = self.env.endpoint(&place).map_or(TimeDelta::zero(), |uploads| {
            let application = &uploads.application;
            if application.exists() { application.takes } else { TimeDelta::zero() }
        });
        let before = flow.length.saturating_sub(1);
        let (event, ack, takes) = match verdict {
            Verdict::LostSession => {
                self.fragments(&sending, flow).log_last(before, Some(Ack::UNKNOWN_SESSION));
                self.transfer.session = None;
                return (vec![Event::SessionLost], Activity::Idle);
            }
            Verdict::Accepted if takes < APPLICATION_PATIENCE => {
                let reply_url = self.set_reply_url(&sending, flow, &place);
                let next = flow.base.saturating_add(flow.length);
                let ack = Ack::Received { next, reply_url };
                if takes == TimeDelta::zero() {
                    self.transfer.acknowledge(next);
                    let whole = flow.length;
                    self.fragments(&sending, flow).log(whole, ack);
                    return (with_end(self.whole_event(flow, &place)), Activity::Idle);
                }
                (self.whole_event(flow, &place), Some(ack), takes)
            }
            Verdict::Refused(failure) if takes < APPLICATION_PATIENCE => {
                (Event::Failed(failure), Ack::of(failure), takes)
            }
            Verdict::Silent | Verdict::Accepted | Verdict::Refused(_) => {
                let event = Event::Failed(Failure::application_silent());
                (event, None, APPLICATION_PATIENCE)
            }
        };
        // The Ack does not reach a client that does not wait for it.
        let number = self.fragments(&sending, flow).log_last(before, None);
        let answer =
            ack.zip(number).map(|(ack, number)| PendingAck { address: place, number, ack });
        let at = later(self.now, takes);
        let news = before.min(flow.visible()).saturating_sub(flow.reported);
        let news =
            Some(Event::Progressed(news)).filter(|_| news > 0 && matches!(event, Event::Failed(_)));
        (news.into_iter().collect(), Activity::Scheduled { at, item: flow.item, event, answer })
    }

    /// Handles an event that is due, and with it the Ack to the last bytes of an upload.
    pub(crate) fn handle_scheduled(
        &mut self,
        item: TransferItem,
        event: Event,
        answer: Option<PendingAck>,
    ) -> (Vec<Event>, Activity) {
        if let Some(PendingAck { address: place, number, ack }) = answer {
            if let Ack::Received { next, .. } = ack {
                self.transfer.acknowledge(next);
            }
            if let Ok(server) = self.env.server(&place)
                && let Some(exchange) = server.exchanges.get_mut(number)
            {
                exchange.answer(self.now, ack);
            }
        }
        match event {
            Event::Failed(failure) => self.fail(item, failure),
            event => (with_end(event), Activity::Idle),
        }
    }

    /// Finalises an upload of which only the Ack is lost, so that the server may do so again (UPLOAD-07).
    pub(crate) fn finalize_unacknowledged(&mut self, flow: &mut Flow) {
        if let Some((sending, place)) = self.receive_whole(flow) {
            let _ = self.verdict(&sending, &place);
            let visible = flow.visible();
            self.fragments(&sending, flow).log_last(visible, None);
        }
    }

    /// Gives the server bytes of which the client gets no Ack.
    pub(crate) fn receive_unacknowledged(&mut self, flow: &mut Flow) {
        let Some(sending) = self.sending(flow.item) else { return };
        let (visible, whole) = (flow.visible(), flow.length);
        if !self.fragments(&sending, flow).receive(visible) {
            return;
        }
        self.transfer.acknowledge(flow.acknowledged);
        if self.fragments(&sending, flow).append(whole).is_some() {
            self.fragments(&sending, flow).log_last(visible, None);
        }
    }

    /// Gives the server all bytes. `None` if it expects others.
    fn receive_whole(&mut self, flow: &mut Flow) -> Option<(Sending, Address)> {
        let sending = self.sending(flow.item)?;
        let place = self.env.upload_host(&Address::of(&flow.url)).ok()?;
        let whole = flow.length;
        let before = whole.saturating_sub(1).min(flow.visible());
        if !self.fragments(&sending, flow).receive(before) {
            return None;
        }
        self.transfer.acknowledge(flow.acknowledged);
        let _ = self.fragments(&sending, flow).append(whole);
        Some((sending, place))
    }

    /// Returns the fragments of a flow, with their server.
    pub(crate) fn fragments<'a>(
        &'a mut self,
        sending: &'a Sending,
        flow: &'a mut Flow,
    ) -> Fragments<'a> {
        Fragments { env: self.env, sending, flow, now: self.now }
    }

    /// Repeats the request, because the server expects another one.
    pub(crate) fn repeat_request(&self, flow: &Flow) -> Activity {
        let (item, url, at) = (Some(flow.item), flow.url.clone(), self.now);
        let (redirects, connection) = (Redirects::default(), Some(Connection::default()));
        Activity::Requesting(PendingRequest { item, url, redirects, sent: at, at, connection })
    }

    fn verdict(&mut self, sending: &Sending, place: &Address) -> Verdict {
        let posts_again = self.job.posts_again();
        let url = remote_name(self.job, UPLOAD);
        let (now, session) = (self.now, &sending.session);
        let Ok(uploads) = self.env.endpoint(place) else {
            return Verdict::Refused(Failure::http(404));
        };
        if !posts_again {
            // ERR-29
            let refused = Failure::http(403).in_context(ErrorContext::RemoteApplication);
            return Verdict::Refused(refused);
        }
        uploads.post(session, &url.unwrap_or_default(), now);
        match uploads.application.script.draw(Occasion::WITHOUT_HEAD).map(|it| it.kind) {
            // ERR-28: 200 is success.
            Some(FaultKind::Failure(failure)) if failure.code() != HResult::BG_E_HTTP_ERROR_200 => {
                let context = failure.context().unwrap_or(ErrorContext::RemoteApplication);
                return Verdict::Refused(failure.in_context(context));
            }
            Some(FaultKind::Silence) => return Verdict::Silent,
            Some(FaultKind::SessionLoss) => {
                let _ = uploads.sessions.close(session);
                return Verdict::LostSession;
            }
            Some(
                FaultKind::Failure(_)
                | FaultKind::ContentChange(_)
                | FaultKind::Rollback(_)
                | FaultKind::Redirect(..),
            )
            | None => {}
        }
        if let Err(code) = self.store(session, place) {
            return Verdict::Refused(failure(code).in_context(ErrorContext::RemoteFile));
        }
        let Ok(uploads) = self.env.endpoint(place) else {
            return Verdict::Refused(Failure::http(404));
        };
        uploads.finalize(session);
        Verdict::Accepted
    }

    /// Stores the file of a session at its destination, if it is to stand there and does not yet (UPLOAD-04,
    /// UPLOAD-26). On the disk it is written before anything else says that it is there.
    fn store(&mut self, session: &SessionId, place: &Address) -> Result<(), HResult> {
        self.ensure_storable(session, place)?;
        let uploads = self.env.endpoint(place).ok();
        let Some(content) = uploads.and_then(|uploads| uploads.to_be_stored(session)) else {
            return Ok(());
        };
        // FILES-30: over HTTP, no time stamp is carried.
        let state = self.transfer.files.get(&UPLOAD);
        let modified = state.and_then(|state| state.local.as_ref()?.modified);
        let modified: Option<DateTime<Utc>> = modified.filter(|_| place.protocol == Protocol::File);
        let (owner, acl) = self.rights_kept(UPLOAD);
        if self.env.resource(place).is_ok_and(|resource| resource.is_local) {
            let rights = (owner, acl.clone());
            self.write_to_disk(&place.disk_path(), content.clone(), modified, rights)?;
        }
        if let Ok(resource) = self.env.resource(place) {
            resource.content(content).modified = modified;
            if place.protocol == Protocol::File {
                (resource.owner, resource.acl) = (Some(owner), acl);
            }
        }
        Ok(())
    }

    /// FILES-32: owner and list of a file that was uploaded to a share. Without the flags it is the
    /// user's, with the rights of the share.
    fn rights_kept(&self, item: TransferItem) -> (Sid, Option<Acl>) {
        let rights = &self.env.disk.rights;
        let flags = self.job.file_acl_flags();
        let path = self.local_path(item);
        let owner = path.as_ref().filter(|_| flags.contains(FileAclFlags::OWNER));
        let acl = path.as_ref().filter(|_| flags.contains(FileAclFlags::DACL));
        (
            owner.and_then(|path| rights.owner(path)).unwrap_or(network_user(self.job)),
            acl.and_then(|path| rights.own_acl(path)).cloned(),
        )
    }

    /// UPLOAD-05: the last Ack names the URL of the reply.
    fn set_reply_url(
        &mut self,
        sending: &Sending,
        flow: &Flow,
        place: &Address,
    ) -> Option<Arc<str>> {
        if self.job.job_type() != JobType::UploadReply {
            return None;
        }
        let static_reply = self.env.endpoint(place).ok()?.application.static_reply.clone();
        let is_static = static_reply.is_some();
        let url: RemoteName = static_reply.unwrap_or_else(|| {
            let Address { origin, path, .. } = Address::of(&flow.url);
            let path = path.split('?').next().unwrap_or_default();
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            format!("{origin}{folder}/BITS-Sessions/Replies/{}/response", sending.session).into()
        });
        if let Some(session) = &mut self.transfer.session {
            session.reply = Some(ReplyPlace { url: url.clone(), is_static });
        }
        Some(url.into())
    }

    /// The event of a whole upload.
    fn whole_event(&mut self, flow: &Flow, place: &Address) -> Event {
        if self.job.job_type() == JobType::UploadReply {
            return Event::ReplyStarted(self.reply_size(place));
        }
        match flow.length.saturating_sub(flow.reported) {
            0 => Event::FileTransferred,
            rest => Event::Progressed(rest),
        }
    }

    fn reply_size(&mut self, place: &Address) -> u64 {
        let Ok(uploads) = self.env.endpoint(place) else { return 0 };
        let own = uploads.application.reply.size();
        match uploads.application.static_reply.clone() {
            Some(url) => {
                let resource = self.env.resource(&Address::of(&url)).ok();
                resource.and_then(|resource| resource.content.as_ref()).map_or(0, |it| it.size())
            }
            None => own,
        }
    }
}

/// The last bytes of an upload end its transfer (LIFE-20).
fn with_end(event: Event) -> Vec<Event> {
    match event {
        Event::Progressed(_) => vec![event, Event::FileTransferred],
        event => vec![event],
    }
}
