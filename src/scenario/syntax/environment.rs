//! The grammar of the computer and of the clients' programs.

use std::fmt;

use super::cursor::{Cursor, Parsed, Read};
use super::values::{NonNegative, Then};
use super::{grammar, readers};
use crate::machine::Directory;
use crate::scenario::ast::{
    ClientResponses, DiskChange, ProxyChange, Repetition, Response, ResponseScript,
};
use crate::vocabulary::HResult;
use crate::vocabulary::text::phrases::phrases;
use crate::vocabulary::text::quantities::{Code, Name, Nested, Size, Word};

grammar! {
    { DiskChange:
        [Self::Written(path, size)] "local file" Name(path) "," Size(size);
        [Self::Removed(path)] "local file" Name(path) "removed";
        [Self::Open(path, true)] "local file" Name(path) "opened";
        [Self::Open(path, false)] "local file" Name(path) "closed";
        [Self::Undeletable(path, true)] "local file" Name(path) "undeletable";
        [Self::Undeletable(path, false)] "local file" Name(path) "deletable";
        [Self::Folder(path, Directory::Missing)] "folder" Name(path) "missing";
        [Self::Folder(path, Directory::Denied)] "folder" Name(path) "denied";
        [Self::Folder(path, Directory::Writable)] "folder" Name(path) "writable";
        [Self::Free(volume, 0)] "disk" Name(volume) "full";
        [Self::Free(volume, bytes)] "disk" Name(volume) Size(bytes) "free";
        [Self::Locked(volume, true)] "disk" Name(volume) "locked";
        [Self::Locked(volume, false)] "disk" Name(volume) "unlocked";
    }
    { ProxyChange:
        [Self::AsksNothing] "asks for nothing";
        [Self::Asks(required)] "asks for" Nested(required);
        [Self::StripsRanges] "strips ranges";
    }
    { ClientResponses:
        [Self::Callback(script)] "callback returns" Nested(script);
        [Self::CertificateCallback(script)] "certificate callback returns" Nested(script);
        [Self::Program(script)] "program exits with" Nested(script);
    }
}

/// What a program of a client returns.
pub(super) trait Returned: Sized {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
    fn read(c: &mut Cursor<'_>) -> Parsed<Self>;
}

impl Returned for HResult {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Code(self))
    }

    fn read(c: &mut Cursor<'_>) -> Parsed<Self> {
        Code::read(c)
    }
}

impl Returned for u32 {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }

    fn read(c: &mut Cursor<'_>) -> Parsed<Self> {
        Word::read(c)
    }
}

impl<T: Returned> fmt::Display for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.code.write(f)?;
        write!(f, " {}", self.times)?;
        if self.after.is_zero() { Ok(()) } else { write!(f, " after {}", NonNegative(&self.after)) }
    }
}

impl<T: Returned> Read for Response<T> {
    type Value = Self;

    /// `CODE [TIMES] [after DURATION]`; without times, always.
    fn read(c: &mut Cursor<'_>) -> Parsed<Self> {
        let code = T::read(c)?;
        let times = c.attempt(Repetition::read).unwrap_or(Repetition::Always);
        let after = if c.has("after") { NonNegative::read(c)? } else { chrono::TimeDelta::zero() };
        Ok(Self { code, after, times })
    }
}

impl<T: Returned> fmt::Display for ResponseScript<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Then(&self.0).fmt(f)
    }
}

impl<T: Returned> Read for ResponseScript<T> {
    type Value = Self;

    fn read(c: &mut Cursor<'_>) -> Parsed<Self> {
        Then::read(c).map(Self)
    }
}
