//! What a scenario says of the computer: disk, proxy, and the order of what could happen.

use std::sync::Arc;

use super::world::{Asking, Replies};
use crate::machine::Directory;
use crate::vocabulary::HResult;

/// Which of several things that could happen at once comes first; if nothing is said, always the
/// same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// `choices 0 2 1`: at each choice the one of that number, from 0; after the last the first.
    Choices(Vec<usize>),
    /// `seed 7`: any, and the same ones for the same seed.
    Seed(u64),
}

/// What happens to the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiskChange {
    /// `local file PATH, SIZE`: somebody writes a file, to be uploaded for instance.
    Written(Arc<str>, u64),
    /// `local file PATH removed`: somebody deletes it.
    Removed(Arc<str>),
    /// `local file PATH opened` or `closed`: by another process, so that nobody else may write or
    /// rename it.
    Open(Arc<str>, bool),
    /// `local file PATH undeletable` or `deletable`; or each file in a folder (DONE-06).
    Undeletable(Arc<str>, bool),
    /// `folder PATH missing`, `denied` or `writable` (FILES-05, FILES-06).
    Folder(Arc<str>, Directory),
    /// `disk C: SIZE free`, and `disk C: full` for none.
    Free(Arc<str>, u64),
    /// `disk C: locked` or `unlocked` (NET-07).
    Locked(Arc<str>, bool),
}

/// What happens to the proxy between the computer and all servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProxyChange {
    /// `proxy server asks for …`: it asks for credentials (ERR-31).
    Asks(Asking),
    /// `proxy server asks for nothing`.
    AsksNothing,
    /// `proxy server strips ranges`: as if no server had them (HTTP-03).
    StripsRanges,
}

/// What the programs of a client answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Programs {
    /// `callback returns CODE …`: to the calls that BITS repeats.
    Callback(Replies<HResult>),
    /// `certificate callback returns CODE …`: of server certificates.
    CertificateCallback(Replies<HResult>),
    /// `program exits with CODE …`: how the program of the command line ends.
    Program(Replies<u32>),
}
