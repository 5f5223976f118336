//! Equality of handles, by what they are handles of, and how `Debug` shows them.
//!
//! `Debug` neither waits for the emulator nor lets time pass: while it is in use, also by the closure that
//! prints, only the ids are shown.

use std::fmt;
use std::hash::{Hash, Hasher};

use super::file::File;
use super::job::Job;
use super::session::Session;
use crate::vocabulary::JobId;

/// Two jobs are equal if they are handles of the same job of the same emulator, whichever sessions they
/// came from.
impl PartialEq for Job {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id() && self.emulator == other.emulator
    }
}

impl Eq for Job {}

impl Hash for Job {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id().hash(state);
    }
}

/// Two sessions are equal if they are handles of the same process of the same emulator.
impl PartialEq for Session {
    fn eq(&self, other: &Self) -> bool {
        self.process == other.process && self.emulator == other.emulator
    }
}

impl Eq for Session {}

impl Hash for Session {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.process.hash(state);
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.emulator.try_lock().and_then(|engine| {
            let job = engine.service.job(self.id())?;
            Some((job.display_name().to_owned(), job.state()))
        });
        let mut text = f.debug_struct("Job");
        if let Some((name, state)) = known {
            text.field("name", &name).field("state", &format_args!("{state}"));
        }
        text.field("id", &format_args!("{}", short(self.id()))).finish()
    }
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.job().emulator.try_lock().and_then(|engine| {
            let file = engine.service.job(self.job().id())?.file(self.index())?;
            Some(file.local_name.clone())
        });
        let mut text = f.debug_struct("File");
        if let Some(name) = known {
            text.field("local_name", &name);
        }
        text.field("index", &self.index().0).field("job", self.job()).finish()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.emulator.try_lock().and_then(|engine| {
            let known = engine.known_process(self.process)?;
            Some((known.account.clone(), engine.is_alive(self.process)))
        });
        let mut text = f.debug_struct("Session");
        if let Some((account, is_alive)) = known {
            text.field("account", &account).field("is_alive", &is_alive);
        }
        text.field("process", &self.process.0).finish()
    }
}

/// The first of the five groups of digits, which tells the jobs of a test apart.
fn short(id: JobId) -> String {
    let (first, ..) = id.0.as_fields();
    format!("{first:08X}")
}
