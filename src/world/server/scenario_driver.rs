//! What the runner of scenarios needs beside the public setters: reset of servers, and instants of bytes.

use chrono::{DateTime, Utc};

use super::ServerState;
use super::resource::ResourceState;
use crate::vocabulary::{JobId, RemoteName};
use crate::world::simulation::World;
use crate::world::transfer::Activity;
use crate::world::upload::endpoint::UploadEndpoint;

impl World {
    /// Returns the server, if there is one.
    pub(crate) fn known_server(&self, origin: &str) -> Option<&ServerState> {
        self.env.servers.get(RemoteName::from(origin).origin()).map(|server| &**server)
    }

    /// Returns when that many more bytes will have arrived, if nothing comes between.
    pub(crate) fn instant_of_bytes(&self, id: JobId, bytes: u64) -> Option<DateTime<Utc>> {
        let Activity::Flowing(flow) = &self.transfers.get(&id)?.activity else { return None };
        let wanted = flow.reported.checked_add(bytes).filter(|wanted| *wanted <= flow.length)?;
        flow.instant_of(wanted)
    }
}

impl ServerState {
    /// Resets all settings; resources, requests and packets stay.
    pub(crate) fn reset(&mut self) -> &mut Self {
        let resources = std::mem::take(&mut self.resources);
        let requests = std::mem::take(&mut self.requests);
        let exchanges = std::mem::take(&mut self.exchanges);
        *self = Self { resources, requests, exchanges, ..Self::new(self.protocol) };
        self
    }
}

impl ResourceState {
    /// Resets all settings; the content and what was uploaded stay.
    pub(crate) fn reset(&mut self) -> &mut Self {
        let (content, uploads) = (self.content.take(), self.uploads.take());
        *self = Self { content, uploads, revision: self.revision, ..Self::default() };
        self
    }
}

impl UploadEndpoint {
    /// Resets all settings; sessions and what was received stay.
    pub(crate) fn reset(&mut self) -> &mut Self {
        let received = self.received.take();
        let sessions = std::mem::take(&mut self.sessions);
        *self = Self { received, sessions, ..Self::default() };
        self
    }
}
