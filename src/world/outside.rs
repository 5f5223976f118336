//! Everything that a transfer meets: servers, proxy, network and disk.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::address::Address;
use super::disk::Disk;
use super::disk_files::DiskFile;
use super::flow::Flow;
use super::proxy::Proxy;
use super::refusal::Refusal;
use super::resource::Resource;
use super::server::Server;
use super::temporary::Temporaries;
use super::uploads::Uploads;
use crate::machine::{Directory, Failure, Item};
use crate::vocabulary::{ErrorContext, HResult, JobId, Protocol};

#[derive(Debug, Clone, Default)]
pub(super) struct Outside {
    pub(super) servers: BTreeMap<String, Server>,
    pub(super) proxy: Proxy,
    pub(super) disk: Disk,
    pub(super) temporaries: Temporaries,
    pub(super) offline: bool,
}

impl Outside {
    /// How long the answer for a URL takes.
    pub(super) fn latency(&self, url: &str) -> TimeDelta {
        let address = Address::of(url);
        let Some(server) = self.servers.get(&address.origin) else { return TimeDelta::zero() };
        let own = server.find(&address.path).and_then(|resource| resource.latency);
        own.unwrap_or(server.latency)
    }

    pub(super) fn server(&mut self, address: &Address) -> Result<&mut Server, Refusal> {
        let unknown = || match address.protocol {
            Protocol::Http => HResult::ERROR_WINHTTP_NAME_NOT_RESOLVED,
            Protocol::File if address.origin.starts_with('\\') => HResult::ERROR_BAD_NETPATH,
            Protocol::File => match self.disk.folder_of(&address.disk_path()) {
                Directory::Missing => HResult::ERROR_PATH_NOT_FOUND,
                Directory::Writable | Directory::Denied => HResult::ERROR_FILE_NOT_FOUND,
            },
        };
        self.servers.get_mut(&address.origin).ok_or_else(|| unknown().into())
    }

    /// FILES-03: a drive or share is also a path of the computer. What no server was given is looked
    /// up on the disk.
    pub(super) fn look_on_disk(&mut self, address: &Address) {
        let server = self.servers.get(&address.origin);
        let resource = server.and_then(|server| server.find(&address.path));
        if address.protocol == Protocol::Http || resource.is_some_and(|known| !known.is_local) {
            return;
        }
        let path = address.disk_path();
        let file = self.disk.file(&path);
        if file.is_none() && resource.is_none() {
            return;
        }
        let server = self.servers.entry(address.origin.clone());
        let server = server.or_insert_with(|| Server::new(Protocol::File));
        match file {
            Some(DiskFile { modified, revision, .. }) => {
                let content = self.disk.content_of(&path);
                let is_local = true;
                *server.resource(&address.path) =
                    Resource { content, modified, revision, is_local, ..Resource::default() };
            }
            None => {
                server.remove_resource(&address.path);
            }
        }
    }

    pub(super) fn resource(&mut self, address: &Address) -> Result<&mut Resource, Refusal> {
        self.server(address)?.find_mut(&address.path).ok_or_else(|| not_found(address))
    }

    /// UPLOAD-28: 404 if there is no such URL, 403 if it takes no uploads.
    pub(super) fn uploads(&mut self, address: &Address) -> Result<&mut Uploads, Refusal> {
        self.resource(address)?.uploads.as_mut().ok_or(Refusal::Fails(Failure::http(403)))
    }

    /// The server forgets the session of a job, with what it sent.
    pub(super) fn lose_session(&mut self, id: JobId, address: &Address) {
        if let Ok(uploads) = self.uploads(address) {
            uploads.sessions.remove(&id);
        }
    }

    /// The server has so many bytes of the upload that flows.
    pub(super) fn acknowledge(&mut self, id: JobId, flow: &Flow, bytes: u64, now: DateTime<Utc>) {
        if let (Item::File(_), Ok(uploads)) = (flow.item, self.uploads(&Address::of(&flow.url))) {
            uploads.acknowledge(id, flow.base.saturating_add(bytes), now);
        }
    }
}

/// There is no such file on the server.
pub(super) fn not_found(address: &Address) -> Refusal {
    match address.protocol {
        Protocol::Http => Failure::http(404).into(),
        Protocol::File => HResult::ERROR_FILE_NOT_FOUND.into(),
    }
}

/// A failure with one of our own codes.
pub(super) fn failure(code: HResult) -> Failure {
    // The codes of this crate that are given here are failures; 500 stands in for one that were
    // not.
    Failure::new(code).unwrap_or_else(|_| Failure::http(500))
}

/// A failure of the local file.
pub(super) fn local_failure(code: HResult) -> Failure {
    failure(code).in_context(ErrorContext::LocalFile)
}
