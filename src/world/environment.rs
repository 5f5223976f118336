//! The environment of transfers: servers, proxy, network and disk.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::canonical::Revisions;
use super::disk::DiskState;
use super::disk::temp_files::TempFiles;
use super::identity::{known_on_network, network_user};
use super::server::ServerState;
use super::server::acl::Acl;
use super::server::address::Address;
use super::server::auth::AuthChallenge;
use super::server::fault::{FaultEffect, Occasion};
use super::server::proxy::Proxy;
use super::server::resource::ResourceState;
use super::transfer::refusal::{Refusal, not_found};
use super::upload::endpoint::UploadEndpoint;
use super::upload::packet::{PacketExchange, PacketKind};
use crate::machine::{Directory, Failure, JobStateMachine};
use crate::vocabulary::canonical::{Canonical, Digested};
use crate::vocabulary::{HResult, Protocol, RemoteName};

#[derive(Debug, Clone, Default)]
pub(super) struct Environment {
    pub(super) servers: BTreeMap<Arc<str>, Digested<ServerState>>,
    pub(super) proxy: Proxy,
    pub(super) disk: Digested<DiskState>,
    pub(super) temporaries: Digested<TempFiles>,
    pub(super) offline: bool,
    /// The computer that shares its connection with this one has none (NET-09).
    pub(super) is_cut_off: bool,
}

impl Environment {
    /// How long the answer for a URL takes.
    pub(super) fn latency(&self, url: &RemoteName) -> TimeDelta {
        let address = Address::of(url);
        let Some(server) = self.servers.get(&address.origin) else { return TimeDelta::zero() };
        let own = server.resources.get(&*address.path).and_then(|resource| resource.latency);
        own.unwrap_or(server.latency)
    }

    pub(super) fn server(&mut self, address: &Address) -> Result<&mut ServerState, Refusal> {
        let unknown = || match address.protocol {
            Protocol::Http => HResult::ERROR_WINHTTP_NAME_NOT_RESOLVED,
            Protocol::File if address.origin.starts_with('\\') => HResult::ERROR_BAD_NETPATH,
            Protocol::File => match self.disk.folder_of(&address.disk_path()) {
                Directory::Missing => HResult::ERROR_PATH_NOT_FOUND,
                Directory::Writable | Directory::Denied => HResult::ERROR_FILE_NOT_FOUND,
            },
        };
        self.servers
            .get_mut(&address.origin)
            .map(|server| &mut **server)
            .ok_or_else(|| unknown().into())
    }

    /// Whether that server can be reached. NET-09: a computer behind one that shares its connection
    /// has a network even while that one has none, and reaches only what is near.
    pub(super) fn can_reach(&self, address: &Address) -> bool {
        !self.offline && (address.protocol == Protocol::File || !self.is_cut_off)
    }

    /// Whether the server lets the job's user read, or write, what the address names (SEC-01). A server
    /// that does not know its users lets everyone; it knows those whom it asks who is logged on.
    pub(super) fn permits(
        &mut self,
        job: &JobStateMachine,
        address: &Address,
        writes: bool,
    ) -> Result<bool, Refusal> {
        let user = network_user(job);
        let accounts = if address.is_drive() { vec![user] } else { known_on_network(user) };
        let server = self.server(address)?;
        let knows_user = address.protocol == Protocol::File
            || (!server.anonymous
                && server.challenge.as_ref().is_some_and(AuthChallenge::is_for_logged_on_user));
        let resource = server.resources.get(&*address.path);
        if resource.is_some_and(|resource| resource.is_local) {
            let path = address.disk_path();
            let place = if writes { path.folder() } else { path };
            return Ok(self.disk.rights.of(&place).is_none_or(|acl| acl.lets(&accounts, writes)));
        }
        let is_anonymous = accounts.is_empty() && address.protocol == Protocol::File;
        if is_anonymous && resource.is_some_and(|resource| resource.denies_anonymous) {
            return Ok(false);
        }
        let own = resource.and_then(|resource| resource.acl.as_ref());
        let acl = own.or(server.acl.as_ref()).filter(|_| knows_user);
        Ok(acl.is_none_or(|acl: &Acl| acl.lets(&accounts, writes)))
    }

    /// FILES-03: a drive or share is also a path of the computer. A resource that no test set up is
    /// mirrored from the disk.
    pub(super) fn mirror_local_file(&mut self, address: &Address) {
        let server = self.servers.get(&address.origin);
        let resource = server.and_then(|server| server.resources.get(&*address.path));
        if address.protocol == Protocol::Http || resource.is_some_and(|known| !known.is_local) {
            return;
        }
        if resource.is_some() || self.disk.file(&address.disk_path()).is_some() {
            self.refresh_from_disk(address);
        }
    }

    /// Updates the resource of a file of the computer's own disk to what the disk has now. Its uploads and
    /// faults stay, so that jobs at one file do not disturb each other. Without uploads it goes with its file.
    pub(super) fn refresh_from_disk(&mut self, address: &Address) {
        let path = address.disk_path();
        let file = self.disk.file(&path);
        let server = self.servers.entry(Arc::clone(&address.origin));
        let server = server.or_insert_with(|| Digested::new(ServerState::new(Protocol::File)));
        let resource = server.resource(&address.path);
        resource.is_local = true;
        resource.content = self.disk.content_of(&path);
        resource.modified = file.as_ref().and_then(|file| file.modified);
        resource.owner = self.disk.rights.owner(&path);
        resource.acl = self.disk.rights.own_acl(&path).cloned();
        match file {
            Some(file) => resource.revision = file.revision,
            None if resource.uploads.is_none() => _ = server.remove_resource(&address.path),
            None => {}
        }
    }

    pub(super) fn resource(&mut self, address: &Address) -> Result<&mut ResourceState, Refusal> {
        self.server(address)?.resources.get_mut(&*address.path).ok_or_else(|| not_found(address))
    }

    /// UPLOAD-28: 404 if there is no such URL, 403 if it takes no uploads.
    pub(super) fn endpoint(&mut self, address: &Address) -> Result<&mut UploadEndpoint, Refusal> {
        self.resource(address)?.uploads.as_mut().ok_or(Refusal::Failure(Failure::http(403)))
    }

    /// The address of the host that answers the uploads to an address (UPLOAD-18).
    pub(super) fn upload_host(&mut self, address: &Address) -> Result<Address, Refusal> {
        let host = self.server(address)?.host.clone();
        Ok(match host {
            Some((origin, _)) => Address { origin, ..address.clone() },
            None => address.clone(),
        })
    }

    /// The upload endpoint of an address, after the clean-up that was due there (UPLOAD-17).
    pub(super) fn cleaned_endpoint(
        &mut self,
        address: &Address,
        now: DateTime<Utc>,
    ) -> Result<&mut UploadEndpoint, Refusal> {
        let times = self.server(address)?.clean_up_times();
        let uploads = self.endpoint(address)?;
        uploads.sessions.clean_up(times, now);
        Ok(uploads)
    }

    /// Logs an exchange of packets. Over SMB there are none (UPLOAD-25).
    pub(super) fn log_exchange(
        &mut self,
        address: &Address,
        exchange: PacketExchange,
    ) -> Option<u64> {
        let server = self.server(address).ok().filter(|_| address.protocol == Protocol::Http)?;
        Some(server.exchanges.push(exchange))
    }

    /// Draws the fault of a packet (UPLOAD-21).
    pub(super) fn draw_fault(
        &mut self,
        address: &Address,
        packet: PacketKind,
    ) -> Option<FaultEffect> {
        let server = self.server(address).ok()?;
        let occasion = Occasion::Packet(packet);
        let drawn = server.script.draw(occasion);
        drawn.or_else(|| server.resources.get_mut(&*address.path)?.script.draw(occasion))
    }

    /// Adds what decides how transfers go on, and names the writes of the disk that servers mirror.
    pub(super) fn hash_canonical<H: Hasher>(&self, revisions: &mut Revisions, hasher: &mut H) {
        let Self { servers, proxy, disk, temporaries, offline, is_cut_off } = self;
        hasher.write_usize(servers.len());
        for (origin, server) in servers {
            origin.hash(hasher);
            hasher.write_u128(server.digest(Canonical::hash_canonical));
            server.hash_local_revisions(revisions, hasher);
        }
        hasher.write_u128(disk.digest(Canonical::hash_canonical));
        hasher.write_u128(temporaries.digest(Canonical::hash_canonical));
        (proxy, offline, is_cut_off).hash(hasher);
    }
}
