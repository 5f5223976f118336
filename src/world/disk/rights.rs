//! Rights on a disk: owners, access control lists, and the mapped drives of users.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use super::DiskState;
use super::path::DiskPath;
use crate::vocabulary::Sid;
use crate::vocabulary::canonical::Canonical;
use crate::world::server::acl::Acl;
use crate::world::setters::setters;

/// Owners, access control lists and mapped drives. They stand beside the files, so that a disk in a
/// real directory has them too.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rights {
    /// Of folders, with all that is in them, and of files that have one of their own.
    acls: BTreeMap<DiskPath, Acl>,
    owners: BTreeMap<DiskPath, Sid>,
    /// The folders to which users mapped the letters of drives.
    drives: BTreeMap<(Sid, DiskPath), DiskPath>,
}

impl Rights {
    /// The list that holds: a path's own, or that of the deepest folder around it which has one.
    pub(crate) fn of(&self, path: &DiskPath) -> Option<&Acl> {
        let around = self.acls.iter().filter(|(known, _)| path.is_within(known));
        around.max_by_key(|(known, _)| known.depth()).map(|(_, acl)| acl)
    }

    pub(crate) fn may_read(&self, path: &DiskPath, user: Sid) -> bool {
        self.of(path).is_none_or(|acl| acl.may_read(user))
    }

    /// Whether a user may write to the folder of a file, and so do everything with the files in it.
    pub(crate) fn may_write_beside(&self, file: &DiskPath, user: Sid) -> bool {
        self.acls.is_empty() || self.of(&file.folder()).is_none_or(|acl| acl.may_write(user))
    }

    /// Owner and list of a file go with it.
    pub(crate) fn rename(&mut self, from: &DiskPath, to: &DiskPath) {
        self.forget(to);
        if let Some(owner) = self.owners.remove(from) {
            self.owners.insert(to.clone(), owner);
        }
        if let Some(acl) = self.acls.remove(from) {
            self.acls.insert(to.clone(), acl);
        }
    }

    pub(crate) fn forget(&mut self, file: &DiskPath) {
        self.owners.remove(file);
        self.acls.remove(file);
    }

    pub(crate) fn set_owner(&mut self, file: &DiskPath, owner: Sid) {
        self.owners.insert(file.clone(), owner);
    }

    pub(crate) fn owner(&self, file: &DiskPath) -> Option<Sid> {
        self.owners.get(file).copied()
    }

    /// The list that a file has of its own, and not from its folder.
    pub(crate) fn own_acl(&self, file: &DiskPath) -> Option<&Acl> {
        self.acls.get(file)
    }

    pub(crate) fn set_acl(&mut self, path: &DiskPath, acl: Acl) {
        self.acls.insert(path.clone(), acl);
    }

    /// The path that a name means to a user.
    pub(crate) fn resolve(&self, user: Sid, name: &str) -> DiskPath {
        let path = DiskPath::of(name);
        if self.drives.is_empty() {
            return path;
        }
        match self.drives.get(&(user, path.root())) {
            Some(place) => path.moved_to(place),
            None => path,
        }
    }
}

impl Canonical for Rights {
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self { acls, owners, drives } = self;
        hasher.write_usize(acls.len());
        for (path, acl) in acls {
            path.hash_canonical(hasher);
            acl.hash(hasher);
        }
        hasher.write_usize(owners.len());
        for (path, owner) in owners {
            path.hash_canonical(hasher);
            owner.hash(hasher);
        }
        hasher.write_usize(drives.len());
        for ((user, letter), place) in drives {
            user.hash(hasher);
            letter.hash_canonical(hasher);
            place.hash_canonical(hasher);
        }
    }
}

/// Owners and rights.
impl DiskState {
    setters! {
        /// Sets the access control list of a folder, and of all that is and will be in it; or of one file
        /// (SEC-01). Files inherit the list of their folder, temporary ones too (SEC-13).
        ///
        /// ```
        /// use bits_emulator::accounts::Sid;
        /// use bits_emulator::disk::DiskState;
        /// use bits_emulator::server::Acl;
        ///
        /// let alice = Sid::User(1001);
        /// let mut disk = DiskState::new();
        /// disk.set_acl(r"C:\alice", Acl::only([alice]));
        /// assert!(!disk.acl(r"C:\alice\letters\1.txt").may_read(Sid::User(1002)));
        /// ```
        set_acl(path: &str, acl: Acl) |disk| disk.rights.set_acl(&DiskPath::of(path), acl);
    }

    /// Returns the access control list of a file or folder: its own, or the one it inherits.
    #[must_use]
    pub fn acl(&self, path: &str) -> Acl {
        self.rights.of(&DiskPath::of(path)).cloned().unwrap_or_default()
    }

    setters! {
        /// Sets the owner of a file.
        set_owner(path: &str, owner: Sid) |disk| disk.rights.set_owner(&DiskPath::of(path), owner);
    }

    /// Returns the owner of a file (DONE-09); `None` of one that a test wrote without owner.
    #[must_use]
    pub fn owner(&self, path: &str) -> Option<Sid> {
        self.rights.owner(&DiskPath::of(path))
    }

    setters! {
        /// Maps a drive letter of a user to a share, such as `\\server\share`, or to a folder. Other users do
        /// not have the drive, or another one by that letter (SEC-06).
        map_drive(letter: &str, user: Sid, place: &str)
            |disk| disk.rights.drives.insert((user, DiskPath::of(letter)), DiskPath::of(place));
    }
}
