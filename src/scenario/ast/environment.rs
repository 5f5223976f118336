//! The disk, the proxy, the clients' programs and the order of choices, as a scenario sets them.

use std::sync::Arc;

use chrono::TimeDelta;

use super::servers::Repetition;
use crate::machine::Directory;
use crate::vocabulary::HResult;
use crate::world::AuthChallenge;

/// Which of several things that could happen at once comes first; the first, unless a line says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChoiceOrder {
    /// `choices 0 2 1`: at each choice the one of that number, from 0; after the last the first.
    Choices(Vec<usize>),
    /// `seed 7`: any, and the same ones for the same seed.
    Seed(u64),
}

/// A change of the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DiskChange {
    /// `local file PATH, SIZE`: a file is written, to be uploaded for instance.
    Written(Arc<str>, u64),
    /// `local file PATH removed`: it is deleted.
    Removed(Arc<str>),
    /// `local file PATH opened` or `closed`: by another process, so that no other may write or rename it.
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

/// A change of the proxy between the computer and all servers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProxyChange {
    /// `proxy server asks for …`: it asks for credentials (ERR-31).
    Asks(AuthChallenge),
    /// `proxy server asks for nothing`.
    AsksNothing,
    /// `proxy server strips ranges`: as if no server had them (HTTP-03).
    StripsRanges,
}

/// What the programs of a client return.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientResponses {
    /// `callback returns CODE …`: to the calls that BITS repeats.
    Callback(Vec<ReturnedCode>),
    /// `certificate callback returns CODE …`: to checks of server certificates.
    CertificateCallback(Vec<ReturnedCode>),
    /// `program exits with CODE …`: how the program of the command line ends.
    Program(Vec<ExitCode>),
}

/// A return of a program of the client to one call after another; after the last, success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Response<T> {
    /// The code that it returns.
    pub code: T,
    /// How long it takes.
    pub after: TimeDelta,
    /// How often.
    pub times: Repetition,
}

/// What a callback returns.
pub type ReturnedCode = Response<HResult>;
/// With what code a program exits.
pub type ExitCode = Response<u32>;
