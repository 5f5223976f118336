//! HEAD: the request with which each download of a file begins, and what it tells.

use super::attempt::Attempt;
use super::download::lacks;
use super::refusal::{Refusal, not_found};
use super::{Connection, HeadReply, PendingRequest};
use crate::machine::{Event, Failure, TransferItem};
use crate::vocabulary::errors::ensure;
use crate::vocabulary::{FileIndex, HResult, JobType, Protocol, RemoteName};
use crate::world::server::address::Address;
use crate::world::server::fault::{FaultEffect, Occasion, Phase};
use crate::world::server::head::HeadAnswer;

impl Attempt<'_> {
    /// Whether a request for an item begins with HEAD (HTTP-18). Of a file whose HEAD was answered in this
    /// attempt only GET is sent again, unless the file changed.
    pub(crate) fn sends_head(&self, item: Option<TransferItem>, url: &RemoteName) -> bool {
        matches!(item, Some(TransferItem::File(_)))
            && self.job.job_type() == JobType::Download
            && url.protocol() == Protocol::Http
            && self.job.sends_head()
            && !(self.transfer.headed == item && self.knows_version(item))
    }

    /// Sends HEAD, if the request begins with it and it was not sent yet. The size that it tells is an
    /// event of its own, before GET.
    pub(crate) fn send_head(
        &mut self,
        file: FileIndex,
        request: &mut PendingRequest,
    ) -> Result<(), Refusal> {
        let item = TransferItem::File(file);
        let Some(Connection { fault, head: None }) = &request.connection else { return Ok(()) };
        if !self.sends_head(Some(item), &request.url) {
            return Ok(());
        }
        let (fault, address) = (fault.clone(), Address::of(&request.url));
        let phase = fault.as_ref().map(|fault| fault.phase);
        let (size, refused) = match self.answer_head(file, request, fault.as_ref()) {
            Err(Refusal::Failure(failure)) if self.is_harmless(failure) => (None, true),
            Err(refusal) => return Err(refusal),
            Ok(size) => (size, false),
        };
        self.log_request("HEAD", &request.url, 0);
        self.transfer.headed = Some(item);
        // HTTP-18: an attempt meets one fault. If HEAD met it and the job goes on all the same, GET meets the
        // answer to the attempt again, and that to HEAD alone is followed by the next fault.
        let fault = match phase {
            Some(Phase::AtHead) if refused => {
                self.draw_attempt_fault(item, &address, Occasion::WITHOUT_HEAD)?
            }
            Some(Phase::AtHead) => None,
            Some(Phase::AtAnswer) if !refused => None,
            _ => fault,
        };
        request.connection = Some(Connection { fault, head: Some(HeadReply { size }) });
        match size {
            Some(size) => Err(Refusal::RetryAfter(Event::SizeKnown(size))),
            None => Ok(()),
        }
    }

    fn knows_version(&self, item: Option<TransferItem>) -> bool {
        let state = item.and_then(|item| self.transfer.files.get(&item));
        state.is_some_and(|state| state.version.is_some())
    }

    /// Dynamic content needs no HEAD: what its answer is does not matter, as long as there is one (PROP-33).
    fn is_harmless(&self, failure: Failure) -> bool {
        !self.job.needs_size() && failure.code().http_status().is_some()
    }

    /// Returns the size that HEAD tells.
    fn answer_head(
        &mut self,
        file: FileIndex,
        request: &PendingRequest,
        fault: Option<&FaultEffect>,
    ) -> Result<Option<u64>, Refusal> {
        let address = Address::of(&request.url);
        if let Some(FaultEffect { kind, phase: Phase::AtAnswer | Phase::AtHead, .. }) = fault {
            self.apply_fault(kind.clone(), &address, request.redirects.count())?;
        }
        self.follow_redirect(&address, request)?;
        let server = self.env.server(&address)?;
        let size = server.told_size(&address.path);
        if let HeadAnswer::Status(status) = server.head_of(&address.path) {
            return Err(Failure::http(status).into());
        }
        let abilities = self.abilities(&address)?;
        let resource = self.env.resource(&address)?;
        ensure(resource.content.is_some(), not_found(&address))?;
        let mut version = resource.version(&request.url);
        // HTTP-02
        let has_size = size.is_some() || !self.job.needs_size();
        ensure(has_size, lacks(&abilities, HResult::BG_E_MISSING_FILE_SIZE))?;
        if let Some(size) = size {
            version.size = size;
        }
        self.ensure_unchanged(file, &version, &abilities)?;
        Ok(size)
    }
}
