//! Registrations: the callbacks, classes and programs of clients, by the ids of their objects.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

use uuid::Uuid;

use super::{Engine, ProcessId};
use crate::machine::Event;
use crate::vocabulary::canonical::Canonical;
use crate::vocabulary::{JobError, JobId};

/// An object or a program of a client. The engine holds the id only; the object itself stands beside
/// it, so that an engine is data that can be copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ObjectId(u64);

/// What an object is registered for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ObjectKind {
    /// To be notified.
    Callback,
    /// To check server certificates.
    CertificateCallback,
}

impl ObjectKind {
    const ALL: [Self; 2] = [Self::Callback, Self::CertificateCallback];

    /// What a job is told when the process of its object ends, while another application lives.
    pub(super) const fn lost(self) -> Event {
        match self {
            Self::Callback => Event::CallbackLost,
            Self::CertificateCallback => Event::CertificateCallbackLost,
        }
    }
}

/// What clients have to do with one job.
#[derive(Debug, Clone, Default)]
pub(crate) struct JobRegistration {
    /// The objects that are called, with the processes in which they live.
    pub(crate) objects: BTreeMap<ObjectKind, (ProcessId, ObjectId)>,
    /// The living processes of its applications (ERR-07): those that created it, took it over or
    /// registered an object for it. A process that only looks at the job or changes it is none.
    pub(super) applications: BTreeSet<ProcessId>,
    /// The argument of JobError, though `GetError` may not yield it any more (NOTIFY-05, ERR-07).
    pub(crate) last_error: Option<JobError>,
}

impl JobRegistration {
    /// Whether nothing is known of the job.
    pub(super) fn is_empty(&self) -> bool {
        let Self { objects, applications, last_error } = self;
        objects.is_empty() && applications.is_empty() && last_error.is_none()
    }
}

impl Canonical for JobRegistration {
    /// Normalised: an object is the one of its kind, job and process, whatever its number.
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self { objects, applications, last_error } = self;
        hasher.write_usize(objects.len());
        for (kind, (process, _)) in objects {
            (kind, process).hash(hasher);
        }
        (applications, last_error).hash(hasher);
    }
}

impl Engine {
    /// The id of an object that is to be registered.
    pub(crate) fn new_object(&mut self) -> ObjectId {
        self.last_object = self.last_object.saturating_add(1);
        ObjectId(self.last_object)
    }

    /// A process is an application of a job from now on.
    pub(super) fn add_application(&mut self, process: ProcessId, job: JobId) {
        self.registrations.entry(job).or_default().applications.insert(process);
    }

    /// Returns the object of that kind of a job, and its process.
    pub(crate) fn object_of(&self, job: JobId, kind: ObjectKind) -> Option<(ProcessId, ObjectId)> {
        self.registrations.get(&job)?.objects.get(&kind).copied()
    }

    /// Sets the object of that kind of a job, or removes it.
    pub(crate) fn register_object(
        &mut self,
        job: JobId,
        kind: ObjectKind,
        new: Option<(ProcessId, ObjectId)>,
    ) {
        let known = self.registrations.entry(job).or_default();
        known.applications.extend(new.map(|(process, _)| process));
        let before = match new {
            Some(new) => known.objects.insert(kind, new),
            None => known.objects.remove(&kind),
        };
        self.released.extend(before.map(|(_, object)| object));
    }

    /// Sets the object of a COM class, or removes it.
    pub(crate) fn register_class(&mut self, class: Uuid, object: Option<ObjectId>) {
        let before = match object {
            Some(object) => self.classes.insert(class, object),
            None => self.classes.remove(&class),
        };
        self.released.extend(before);
    }

    /// Objects that nothing names any more.
    pub(crate) fn release(&mut self, objects: Vec<ObjectId>) {
        self.released.extend(objects);
    }

    /// Sets the program that command lines start.
    pub(crate) fn register_program(&mut self, program: ObjectId) {
        self.released.extend(self.program.replace(program));
    }

    /// The object of that kind of a job is gone, and with it the calls it is in.
    pub(super) fn release_object(&mut self, job: JobId, kind: ObjectKind) {
        let known = self.registrations.get_mut(&job);
        let object = known.and_then(|known| known.objects.remove(&kind));
        self.released.extend(object.map(|(_, object)| object));
        self.client_calls
            .retain(|_, call| call.job != job || call.code.object_kind() != Some(kind));
    }

    /// The objects that clients registered for a job are gone, and with them the calls they are in.
    pub(super) fn release_objects(&mut self, job: JobId) {
        ObjectKind::ALL.into_iter().for_each(|kind| self.release_object(job, kind));
    }

    /// Drops a job that is over, with all that is known of it. Returns whether it was.
    pub(crate) fn drop_final_job(&mut self, job: JobId) -> bool {
        let dropped = self.service.drop_job(job);
        if dropped {
            self.release_objects(job);
            self.registrations.remove(&job);
            self.clocks.forget(job);
            self.recorder.forget_name(job);
            self.world.forget_job(job, self.service.now());
        }
        dropped
    }

    /// All that clients registered for jobs is gone, and with it their calls.
    pub(super) fn drop_registrations(&mut self) {
        let jobs: Vec<JobId> = self.registrations.keys().copied().collect();
        jobs.into_iter().for_each(|job| self.release_objects(job));
        self.client_calls.clear();
    }

    /// The objects that are needed no longer. One whose call has not begun is needed until then.
    pub(crate) fn take_released(&mut self) -> Vec<ObjectId> {
        if self.released.is_empty() {
            return Vec::new();
        }
        let waits = |object| {
            let mut calls = self.client_calls.values();
            calls.any(|call| !call.has_begun && call.code.object() == Some(object))
        };
        let (kept, released) = self.released.iter().partition(|object| waits(**object));
        self.released = kept;
        released
    }
}
