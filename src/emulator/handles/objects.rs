//! The objects and programs of clients, which the engine knows by their ids.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::callback::{Callback, CertificateCallback};
use crate::emulator::engine::registrations::ObjectId;
use crate::vocabulary::JobId;

/// The program that command lines start: given the job, the program and its parameters, it returns the
/// exit code.
pub(crate) type Program = Arc<dyn Fn(JobId, &str, &str) -> u32 + Send + Sync>;

/// An object or a program of a client.
#[derive(Clone)]
pub(crate) enum ClientObject {
    Callback(Arc<dyn Callback>),
    CertificateCallback(Arc<dyn CertificateCallback>),
    Program(Program),
}

/// The objects that are registered. A copy has the same ones.
#[derive(Clone, Default)]
pub(crate) struct ClientObjects(BTreeMap<ObjectId, ClientObject>);

impl ClientObjects {
    pub(crate) fn insert(&mut self, id: ObjectId, object: ClientObject) {
        self.0.insert(id, object);
    }

    pub(crate) fn get(&self, id: ObjectId) -> Option<ClientObject> {
        self.0.get(&id).cloned()
    }

    pub(crate) fn remove(&mut self, ids: &[ObjectId]) -> Vec<ClientObject> {
        ids.iter().filter_map(|id| self.0.remove(id)).collect()
    }
}
