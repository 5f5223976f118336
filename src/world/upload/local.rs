//! Uploads to drives and shares of the computer's own disk (UPLOAD-25).

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::packet::SessionId;
use crate::vocabulary::canonical::Digested;
use crate::vocabulary::errors::ensure;
use crate::vocabulary::{HResult, Protocol, Sid};
use crate::world::disk::path::DiskPath;
use crate::world::environment::Environment;
use crate::world::server::ServerState;
use crate::world::server::acl::Acl;
use crate::world::server::address::Address;
use crate::world::server::content::Content;
use crate::world::transfer::attempt::Attempt;

impl Environment {
    /// UPLOAD-25: an upload to a drive or share that no test declared as a server writes to the disk. The
    /// drive or share has to be there; a file of that name is replaced: an interpretation.
    pub(crate) fn open_local_upload(&mut self, address: &Address) -> Result<(), HResult> {
        let server = self.servers.get(&address.origin);
        let known = server.and_then(|server| server.resources.get(&*address.path));
        let is_declared = known.is_some_and(|known| !known.is_local);
        let path = address.disk_path();
        let is_there = address.is_drive() || self.disk.has_share(&path);
        if address.protocol == Protocol::Http || is_declared || !is_there {
            return Ok(());
        }
        self.disk.ensure_available(&path)?;
        let server = self.servers.entry(Arc::clone(&address.origin));
        let server = server.or_insert_with(|| Digested::new(ServerState::new(Protocol::File)));
        server.resource(&address.path).uploads().overwrites = true;
        self.refresh_from_disk(address);
        Ok(())
    }
}

impl Attempt<'_> {
    /// UPLOAD-25: whether the file of a session can be written to the disk to which it goes. Rights were asked
    /// for with the request, as those on a share are.
    pub(super) fn ensure_storable(
        &mut self,
        session: &SessionId,
        place: &Address,
    ) -> Result<(), HResult> {
        let Ok(resource) = self.env.resource(place) else { return Ok(()) };
        let uploaded = resource.uploads.as_ref().filter(|_| resource.is_local);
        let uploaded = uploaded.and_then(|uploads| uploads.sessions.by_id.get(session));
        let Some(size) = uploaded.map(|uploaded| uploaded.received.next()) else { return Ok(()) };
        let path = place.disk_path();
        self.env.disk.ensure_available(&path)?;
        let before = self.env.disk.file(&path).map_or(0, |file| file.content.size());
        let room = self.env.disk.free_space(&path).saturating_add(before);
        ensure(size <= room, HResult::ERROR_DISK_FULL)
    }

    /// UPLOAD-25: an upload to a drive or share writes to that disk. FILES-32: with owner and list.
    pub(super) fn write_to_disk(
        &mut self,
        path: &DiskPath,
        content: Content,
        modified: Option<DateTime<Utc>>,
        (owner, acl): (Sid, Option<Acl>),
    ) -> Result<(), HResult> {
        let disk = &mut self.env.disk;
        disk.write_file(path, content, false)?;
        disk.set_stamps(path, modified.unwrap_or(self.now));
        disk.rights.set_owner(path, owner);
        if let Some(acl) = acl {
            disk.rights.set_acl(path, acl);
        }
        Ok(())
    }
}
