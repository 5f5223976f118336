//! The grammar of the computer and of the clients' programs.

use chrono::TimeDelta;

use super::values::{NonNegative, Then};
use super::{grammar, read, readers};
use crate::machine::Directory;
use crate::scenario::ast::{
    ClientResponses, DiskChange, ExitCode, ProxyChange, Repetition, ReturnedCode,
};
use crate::vocabulary::text::phrases::phrases;
use crate::vocabulary::text::quantities::{Code, Name, Nested, Size, Word, kinds};
use crate::world::AuthChallenge;

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
        [Self::Callback(script)] "callback returns" Then(script);
        [Self::CertificateCallback(script)] "certificate callback returns" Then(script);
        [Self::Program(script)] "program exits with" Then(script);
    }
    { ReturnedCode:
        [Self { code, times, after }] Code(code) Times(times) After(after);
    }
    { ExitCode:
        [Self { code, times, after }] Word(code) Times(times) After(after);
    }
    { AuthChallenge:
        [Self { scheme, password: None }] Word(scheme) "from the logged-on user";
        [Self { scheme, password: Some((user, password)) }]
            Word(scheme) "from" Name(user) "with" Name(password);
    }
}

kinds! {
    /// How often; without a word, always.
    Times(Repetition) |times, f| times.fmt(f);
    /// After how long, if not at once.
    After(TimeDelta) |after, f| match after.is_zero() {
        true => Ok(()),
        false => write!(f, "after {}", NonNegative(after)),
    };
}

read! {
    Times<'_> => Repetition: |c| {
        Ok(c.attempt(Repetition::read).unwrap_or(Repetition::Always))
    };
    After<'_> => TimeDelta: |c| match c.has("after") {
        true => NonNegative::read(c),
        false => Ok(TimeDelta::zero()),
    };
}
