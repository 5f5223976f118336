//! The disk of an emulator, as a test sets it up and looks at it.

use chrono::{DateTime, Utc};

use super::emulator::Emulator;
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
    /// Several things at once, with nothing happening between them; another disk, for instance. The
    /// closure must not call an emulator.
    pub fn with<T>(&self, change: impl FnOnce(&mut DiskState) -> T) -> T {
        self.emulator.observe(|engine| change(engine.world.disk_mut()))
    }

    /// Writes a file, with a size or with bytes.
    pub fn write(&self, path: &str, content: impl Into<Content>) -> &Self {
        let content = content.into();
        self.with(|disk| {
            disk.write(path, content);
        });
        self
    }

    /// A client opens a file, see [`DiskState::open`].
    pub fn open(&self, path: &str) -> OpenFile {
        self.with(|disk| disk.open(path))
    }

    /// See [`DiskState::map_drive`].
    pub fn map_drive(&self, letter: &str, user: Sid, place: &str) -> &Self {
        self.with(|disk| {
            disk.map_drive(letter, user, place);
        });
        self
    }
}

/// The methods that ask.
macro_rules! asks {
    ($($name:ident($path:ident) -> $result:ty;)+) => {
        impl Disk {
            $(
                #[doc = concat!("See [`Disk::", stringify!($name), "`].")]
                #[must_use]
                pub fn $name(&self, $path: &str) -> $result {
                    self.with(|disk| disk.$name($path))
                }
            )+
        }
    };
}

/// The methods that change something.
macro_rules! changes {
    ($($name:ident($path:ident $(, $more:ident: $type:ty)?);)+) => {
        impl Disk {
            $(
                #[doc = concat!("See [`Disk::", stringify!($name), "`].")]
                pub fn $name(&self, $path: &str $(, $more: $type)?) -> &Self {
                    self.with(|disk| {
                        disk.$name($path $(, $more)?);
                    });
                    self
                }
            )+
        }
    };
}

asks! {
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

changes! {
    stamp(path, at: DateTime<Utc>);
    set_acl(path, acl: Acl);
    set_owner(path, owner: Sid);
    delete(path);
    create_dir(folder);
    remove_dir(folder);
    deny(folder);
    set_free(volume, bytes: u64);
    lock_volume(volume);
    unlock_volume(volume);
    lock_file(path);
    unlock_file(path);
    make_undeletable(path);
    make_deletable(path);
}
