//! The disk handle, through which a test sets up and inspects the disk of an emulator.

use chrono::{DateTime, Utc};

use super::emulator::Emulator;
use super::refusals::{self, Forbidden};
use crate::vocabulary::Sid;
use crate::world::{Acl, Content, DiskState, OpenFile};

/// The disk of an emulator. Each method is one of [`DiskState`].
#[derive(Debug, Clone)]
pub struct Disk {
    emulator: Emulator,
}

/// The disk.
impl Emulator {
    /// Returns the disk.
    #[must_use]
    pub fn disk(&self) -> Disk {
        Disk { emulator: self.clone() }
    }
}

impl Disk {
    /// Calls a closure with the state of the disk, with nothing happening meanwhile; the disk may be
    /// replaced by another. The closure must not call an emulator.
    pub fn with_state<T>(&self, change: impl FnOnce(&mut DiskState) -> T) -> T {
        let (changed, is_real) = self.emulator.observe(|engine| {
            let disk = engine.world.disk_mut();
            let changed = change(disk);
            (changed, disk.is_real())
        });
        if is_real {
            refusals::ask(Forbidden::RealDirectory);
        }
        changed
    }

    /// Writes a file, with a size or with bytes.
    ///
    /// # Panics
    ///
    /// If the size is negative.
    #[track_caller]
    pub fn write(&self, path: &str, content: impl Into<Content>) -> &Self {
        let content = content.into();
        self.with_state(|disk| {
            disk.write(path, content);
        });
        self
    }

    /// Opens a file for a client, see [`DiskState::open`].
    pub fn open(&self, path: &str) -> OpenFile {
        self.with_state(|disk| disk.open(path))
    }
}

/// Declares methods by those of [`DiskState`]: the first return something, the others the disk again.
macro_rules! delegate {
    (
        reads { $($get:ident($path:ident) -> $result:ty;)+ }
        changes { $($set:ident($($argument:ident: $type:ty),+);)+ }
    ) => {
        impl Disk {
            $(
                #[doc = concat!("Calls [`DiskState::", stringify!($get), "`].")]
                #[must_use]
                pub fn $get(&self, $path: &str) -> $result {
                    self.with_state(|disk| disk.$get($path))
                }
            )+
            $(
                #[doc = concat!("Calls [`DiskState::", stringify!($set), "`].")]
                pub fn $set(&self, $($argument: $type),+) -> &Self {
                    self.with_state(|disk| { disk.$set($($argument),+); });
                    self
                }
            )+
        }
    };
}

delegate! {
    reads {
        exists(path) -> bool;
        size(path) -> Option<u64>;
        read(path) -> Option<Vec<u8>>;
        content(path) -> Option<Content>;
        created(path) -> Option<DateTime<Utc>>;
        modified(path) -> Option<DateTime<Utc>>;
        list(folder) -> Vec<String>;
        acl(path) -> Acl;
        owner(path) -> Option<Sid>;
        is_open(path) -> bool;
    }
    changes {
        stamp(path: &str, at: DateTime<Utc>);
        set_acl(path: &str, acl: Acl);
        set_owner(path: &str, owner: Sid);
        delete(path: &str);
        create_dir(folder: &str);
        remove_dir(folder: &str);
        deny(folder: &str);
        set_free(volume: &str, bytes: u64);
        lock_volume(volume: &str);
        unlock_volume(volume: &str);
        lock_file(path: &str);
        unlock_file(path: &str);
        make_undeletable(path: &str);
        make_deletable(path: &str);
        map_drive(letter: &str, user: Sid, place: &str);
    }
}
