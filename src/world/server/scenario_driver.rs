//! What a text needs beside the setters: servers that are another from one line to the next, and their
//! scripts.

use chrono::{DateTime, Utc};

use super::ServerState;
use super::resource::ResourceState;
use crate::vocabulary::{JobId, RemoteName};
use crate::world::simulation::World;
use crate::world::transfer::Activity;
use crate::world::upload::endpoint::UploadEndpoint;

impl World {
    /// A server, if there is one.
    pub(crate) fn known_server(&self, origin: &str) -> Option<&ServerState> {
        self.outside.servers.get(RemoteName::from(origin).origin())
    }

    /// When so many more bytes will have arrived, if nothing comes between.
    pub(crate) fn instant_of(&self, id: JobId, bytes: u64) -> Option<DateTime<Utc>> {
        let Activity::Flowing(flow) = &self.transfers.get(&id)?.activity else { return None };
        let wanted = flow.told.checked_add(bytes).filter(|wanted| *wanted <= flow.length)?;
        flow.instant_of(wanted)
    }
}

impl ServerState {
    /// It is as on its first day, but for its resources and what it remembers.
    pub(crate) fn begin_anew(&mut self) -> &mut Self {
        let resources = std::mem::take(&mut self.resources);
        let requests = std::mem::take(&mut self.requests);
        let exchanges = std::mem::take(&mut self.exchanges);
        *self = Self { resources, requests, exchanges, ..Self::new(self.protocol) };
        self
    }
}

impl ResourceState {
    /// It is as on its first day, but for what it holds and what was uploaded.
    pub(crate) fn begin_anew(&mut self) -> &mut Self {
        let (content, uploads) = (self.content.take(), self.uploads.take());
        *self = Self { content, uploads, revision: self.revision, ..Self::default() };
        self
    }
}

impl UploadEndpoint {
    /// It takes uploads as on its first day; sessions and what was received stay.
    pub(crate) fn begin_anew(&mut self) -> &mut Self {
        let received = self.received.take();
        let sessions = std::mem::take(&mut self.sessions);
        *self = Self { received, sessions, ..Self::default() };
        self
    }
}
