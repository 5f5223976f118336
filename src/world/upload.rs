//! The answers to uploads: sessions, the server application, the reply.

use std::sync::Arc;

use chrono::TimeDelta;

use super::acl::Acl;
use super::address::Address;
use super::content::Content;
use super::disk_files::DiskFile;
use super::disk_path::DiskPath;
use super::fault::{Fault, What};
use super::flow::{End, Flow, later};
use super::outside::{failure, local_failure, local_user, network_user, not_found};
use super::refusal::Refusal;
use super::transfer::{Activity, key, progress, remote_name};
use super::uploads::Session;
use super::visit::Visit;
use crate::machine::{Event, Failure, Item};
use crate::vocabulary::{ErrorContext, FileAclFlags, FileIndex, HResult, JobType, Protocol, Sid};

/// How long an application may take (UPLOAD-15).
const APPLICATION_PATIENCE: TimeDelta = TimeDelta::minutes(5);

impl Visit<'_> {
    /// The file that an upload sends, `None` for what is downloaded. FILES-33: it may be missing.
    /// UPLOAD-08: it may have changed since it was begun.
    pub(super) fn local_file(&mut self, item: Item) -> Result<Option<DiskFile>, Refusal> {
        let Some(path) = self.local_path(item) else { return Ok(None) };
        let missing = || local_failure(HResult::ERROR_FILE_NOT_FOUND);
        let local = self.outside.disk.file(&path).ok_or_else(missing)?;
        self.outside.disk.admit_open(&path).map_err(local_failure)?;
        // SEC-01
        if !self.outside.disk.rights.may_read(&path, local_user(self.job)) {
            return Err(local_failure(HResult::ERROR_ACCESS_DENIED).into());
        }
        let begun = progress(self.job, key(item)).1 > 0;
        let part = self.transfer.parts.entry(key(item)).or_default();
        if part.local.as_ref().is_some_and(|known| begun && known.differs(&local)) {
            self.give_up_upload(item);
            return Err(Refusal::First(Event::FileChanged));
        }
        // Whatever the disk knows of its bytes.
        let content = self.outside.disk.content_of(&path).unwrap_or_default();
        let local = DiskFile { content, ..local };
        self.transfer.parts.entry(key(item)).or_default().local = Some(local.clone());
        Ok(Some(local))
    }

    fn local_path(&self, item: Item) -> Option<DiskPath> {
        let Item::File(file) = item else { return None };
        let info = self.job.file(file).filter(|_| self.job.job_type() != JobType::Download)?;
        Some(self.outside.disk.rights.resolve(local_user(self.job), &info.local_name))
    }

    /// UPLOAD-08: somebody may have changed or deleted the local file while it was uploaded.
    pub(super) fn admit_local_file(&mut self, item: Item) -> Result<(), Event> {
        let now = self.local_path(item).and_then(|path| self.outside.disk.file(&path));
        let Some(now) = now else {
            return Err(Event::Failed(local_failure(HResult::ERROR_FILE_NOT_FOUND)));
        };
        let begun = self.transfer.parts.get(&key(item)).and_then(|part| part.local.as_ref());
        if begun.is_some_and(|begun| begun.differs(&now)) {
            self.give_up_upload(item);
            return Err(Event::FileChanged);
        }
        Ok(())
    }

    /// The server keeps nothing of a file that changed, so that a later attempt starts anew: our
    /// reading of UPLOAD-08.
    fn give_up_upload(&mut self, item: Item) {
        if let Some(part) = self.transfer.parts.get_mut(&key(item)) {
            part.local = None;
        }
        if let Some(url) = remote_name(self.job, item) {
            self.outside.lose_session(self.id, &Address::of(&url));
        }
    }

    /// The acknowledgement of the last bytes is lost: the server has them, and posts the file to
    /// its application (UPLOAD-07).
    pub(super) fn receive_unseen(&mut self, flow: &Flow) {
        self.outside.acknowledge(self.id, flow, flow.length, self.now);
        if let (Item::File(_), Ok(uploads)) =
            (flow.item, self.outside.uploads(&Address::of(&flow.url)))
        {
            uploads.posts += u64::from(uploads.has_application);
        }
    }

    /// The session goes on at the byte that the server acknowledged, or a new one begins
    /// (UPLOAD-06).
    pub(super) fn serve_upload(
        &mut self,
        item: Item,
        url: &Arc<str>,
        local: DiskFile,
        fault: Option<&Fault>,
    ) -> Result<(Vec<Event>, Flow), Refusal> {
        let (address, id, now) = (Address::of(url), self.id, self.now);
        let size = local.content.size();
        let (_, there) = progress(self.job, key(item));
        let server = self.outside.server(&address)?;
        let (timeout, server_rate) = (server.session_timeout, server.rate);
        let resource = self.outside.resource(&address)?;
        let rate = resource.rate.unwrap_or(server_rate);
        let exists = resource.content.is_some();
        let uploads = self.outside.uploads(&address)?;
        uploads.expire(id, timeout, now);
        if !uploads.sessions.contains_key(&id) {
            if there > 0 {
                return Err(Refusal::First(Event::SessionLost));
            }
            uploads.refusal(size, exists).map_or(Ok(()), Err)?;
            let session = Session { acknowledged: 0, last_progress: now, reply: None };
            uploads.sessions.insert(id, session);
        }
        // What changes at the server means nothing to an upload.
        let fault = fault.filter(|fault| !matches!(fault.what, What::Changes(_)));
        let acknowledged = uploads.acknowledged(id).unwrap_or_default();
        let mut flow = self.flow((item, url), &local.content, Some(size), fault, rate);
        if let End::Whole = flow.end {
            flow.end = End::Accepts;
        }
        Ok((vec![Event::SizeKnown(size)], flow.with_head(acknowledged)))
    }

    /// UPLOAD-05: the reply is an ordinary file. UPLOAD-17: not fetched in time, it is lost.
    pub(super) fn serve_reply(
        &mut self,
        url: &Arc<str>,
        fault: Option<&Fault>,
    ) -> Result<(Vec<Event>, Flow), Refusal> {
        let (address, id, now) = (Address::of(url), self.id, self.now);
        let server = self.outside.server(&address)?;
        let (timeout, rate) = (server.session_timeout, server.rate);
        let rate = self.outside.resource(&address)?.rate.unwrap_or(rate);
        let uploads = self.outside.uploads(&address)?;
        uploads.expire(id, timeout, now);
        let session = uploads.sessions.get(&id);
        let reply = session.and_then(|session| session.reply.clone());
        let reply = reply.ok_or_else(|| not_found(&address))?;
        let flow = self.flow((Item::Reply, url), &reply, Some(reply.size()), fault, rate);
        let part = self.transfer.parts.entry(None).or_default();
        part.content = reply;
        Ok((Vec::new(), flow))
    }

    /// Everything is sent: the file is stored, or posted to the application, before the last
    /// acknowledgement (UPLOAD-04).
    pub(super) fn accept(&mut self, flow: &Flow) -> (Vec<Event>, Activity) {
        let address = Address::of(&flow.url);
        let local = self.transfer.parts.get(&key(flow.item)).and_then(|part| part.local.as_ref());
        let content = local.map(|local| local.content.clone()).unwrap_or_default();
        let posts_again = self.job.posts_again();
        let (id, now) = (self.id, self.now);
        let Ok(uploads) = self.outside.uploads(&address) else {
            return self.fail(flow.item, Failure::http(404));
        };
        let answer = if posts_again {
            uploads.posts += u64::from(uploads.has_application);
            uploads.application.draw().map(|fault| fault.what)
        } else {
            // ERR-29
            Some(What::Fails(Failure::http(403)))
        };
        match answer {
            // ERR-28: 200 is success.
            Some(What::Fails(failure)) if failure.code() != HResult::BG_E_HTTP_ERROR_200 => {
                let context = failure.context().unwrap_or(ErrorContext::RemoteApplication);
                self.fail(flow.item, failure.in_context(context))
            }
            Some(What::IsSilent) => {
                let at = later(now, APPLICATION_PATIENCE);
                let event = Event::Failed(Failure::application_silent());
                (Vec::new(), Activity::Coming { at, item: flow.item, event })
            }
            Some(What::LosesSession) => {
                uploads.sessions.remove(&id);
                (vec![Event::SessionLost], Activity::Idle)
            }
            Some(What::Fails(_) | What::Changes(_)) | None => self.store(flow, &address, content),
        }
    }

    fn store(
        &mut self,
        flow: &Flow,
        address: &Address,
        content: Content,
    ) -> (Vec<Event>, Activity) {
        let (id, now) = (self.id, self.now);
        let replies = self.job.job_type() == JobType::UploadReply;
        let size = content.size();
        let Ok(uploads) = self.outside.uploads(address) else {
            return self.fail(flow.item, Failure::http(404));
        };
        uploads.received = Some(content.clone());
        let reply = uploads.reply.clone();
        let keeps = !uploads.has_application;
        if replies {
            let session =
                Session { acknowledged: size, last_progress: now, reply: Some(reply.clone()) };
            uploads.sessions.insert(id, session);
        } else {
            uploads.sessions.remove(&id);
        }
        // FILES-30: over HTTP, no time stamp is carried.
        let part = self.transfer.parts.get(&key(flow.item));
        let modified = part.and_then(|part| part.local.as_ref()?.modified);
        let modified = modified.filter(|_| address.protocol == Protocol::File);
        let (owner, acl) = self.rights_kept(flow.item);
        if keeps && let Ok(resource) = self.outside.resource(address) {
            resource.content(content).modified = modified;
            if address.protocol == Protocol::File {
                resource.owner = Some(owner);
                resource.acl = acl;
            }
        }
        let event = match flow.length.saturating_sub(flow.told) {
            _ if replies => Event::ReplyStarted(reply.size()),
            0 => Event::FileTransferred,
            rest => Event::Progressed(rest),
        };
        (vec![event], Activity::Idle)
    }

    /// FILES-32: owner and list of a file that was uploaded to a share. Without the flags it is the
    /// user's, with the rights of the share.
    fn rights_kept(&self, item: Item) -> (Sid, Option<Acl>) {
        let rights = &self.outside.disk.rights;
        let flags = self.job.file_acl_flags();
        let path = self.local_path(item);
        let owner = path.as_ref().filter(|_| flags.contains(FileAclFlags::OWNER));
        let acl = path.as_ref().filter(|_| flags.contains(FileAclFlags::DACL));
        (
            owner.and_then(|path| rights.owner(path)).unwrap_or(network_user(self.job)),
            acl.and_then(|path| rights.own_acl(path)).cloned(),
        )
    }

    /// DONE-17: the server is asked to cancel the session. UPLOAD-21: it is asked again after 500
    /// to 599, unless it knows of no session, and never after another status; also after a failure
    /// of the connection. After how long is our reading: the retry delay of the job.
    pub(super) fn cancel(&mut self) -> (Vec<Event>, Activity) {
        let again = later(self.now, TimeDelta::seconds(self.job.minimum_retry_delay().into()));
        let again = (Vec::new(), Activity::Cancelling { at: again });
        let remote_name = self.job.file(FileIndex(0)).map(|file| Arc::clone(&file.remote_name));
        let Some(remote_name) = remote_name else { return again };
        let address = Address::of(&remote_name);
        if !self.outside.has_way_to(&address) {
            return again;
        }
        let Ok(server) = self.outside.server(&address) else { return again };
        let drawn = server.script.draw();
        let drawn = drawn.or_else(|| server.find_mut(&address.path)?.script.draw());
        match drawn.map(|fault| fault.what) {
            Some(What::IsSilent) => return again,
            Some(What::Fails(failure)) if is_repeated(failure) => return again,
            _ => {}
        }
        self.outside.lose_session(self.id, &address);
        (vec![Event::UploadCancelled], Activity::Idle)
    }
}

fn is_repeated(failure: Failure) -> bool {
    match failure.code().http_status() {
        Some(status) => (500..600).contains(&status),
        None => failure.code() != HResult::BG_E_SESSION_NOT_FOUND,
    }
}

/// What a fault behind some bytes means to the job.
pub(super) fn event_of(what: &What) -> Event {
    match what {
        What::Fails(failure) => Event::Failed(*failure),
        What::Changes(_) => Event::FileChanged,
        What::LosesSession => Event::SessionLost,
        What::IsSilent => Event::Failed(failure(HResult::ERROR_WINHTTP_TIMEOUT)),
    }
}
