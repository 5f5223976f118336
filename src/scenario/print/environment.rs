//! The computer and the client's programs as text.

use std::fmt;

use super::Code;
use crate::machine::Directory;
use crate::scenario::ast::{DiskChange, Order, Programs, ProxyChange, Replies, Reply};
use crate::scenario::phrases::REMOVED;
use crate::scenario::words::{Duration, Name, Size};
use crate::vocabulary::{CertificateLookup, HResult};

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seed(seed) => write!(f, "seed {seed}"),
            Self::Choices(choices) => {
                f.write_str("choices")?;
                choices.iter().try_for_each(|choice| write!(f, " {choice}"))
            }
        }
    }
}

impl fmt::Display for DiskChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let either = |is, yes, no| if is { yes } else { no };
        match self {
            Self::Written(path, size) => write!(f, "local file {}, {}", Name(path), Size(*size)),
            Self::Removed(path) => write!(f, "local file {} {REMOVED}", Name(path)),
            Self::Open(path, open) => {
                write!(f, "local file {} {}", Name(path), either(*open, "opened", "closed"))
            }
            Self::Undeletable(path, is) => {
                let is = either(*is, "undeletable", "deletable");
                write!(f, "local file {} {is}", Name(path))
            }
            Self::Folder(path, is) => {
                let is = match is {
                    Directory::Missing => "missing",
                    Directory::Denied => "denied",
                    Directory::Writable => "writable",
                };
                write!(f, "folder {} {is}", Name(path))
            }
            Self::Free(volume, 0) => write!(f, "disk {} full", Name(volume)),
            Self::Free(volume, bytes) => write!(f, "disk {} {} free", Name(volume), Size(*bytes)),
            Self::Locked(volume, is) => {
                write!(f, "disk {} {}", Name(volume), either(*is, "locked", "unlocked"))
            }
        }
    }
}

impl fmt::Display for ProxyChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("proxy server ")?;
        match self {
            Self::Asks(asking) => write!(f, "asks for {asking}"),
            Self::AsksNothing => f.write_str("asks for nothing"),
            Self::StripsRanges => f.write_str("strips ranges"),
        }
    }
}

pub(super) fn write_store(f: &mut fmt::Formatter<'_>, lookup: CertificateLookup) -> fmt::Result {
    f.write_str(match lookup {
        CertificateLookup::Found => "certificate store has everything",
        CertificateLookup::NoStore => "certificate store missing",
        CertificateLookup::NoCertificate => "certificate store has no such certificate",
        CertificateLookup::AccessDenied => "certificate store denied",
    })
}

impl fmt::Display for Programs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Callback(replies) => write!(f, "callback returns {replies}"),
            Self::CertificateCallback(replies) => {
                write!(f, "certificate callback returns {replies}")
            }
            Self::Program(replies) => write!(f, "program exits with {replies}"),
        }
    }
}

impl fmt::Display for Replies<HResult> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_replies(f, self, |code| Code(*code))
    }
}

impl fmt::Display for Replies<u32> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_replies(f, self, |code| *code)
    }
}

fn write_replies<T, D: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    replies: &Replies<T>,
    show: impl Fn(&T) -> D,
) -> fmt::Result {
    for (index, Reply { code, after, times }) in replies.0.iter().enumerate() {
        let separator = if index == 0 { "" } else { ", then " };
        write!(f, "{separator}{}", show(code))?;
        write!(f, " {times}")?;
        if !after.is_zero() {
            write!(f, " after {}", Duration(*after))?;
        }
    }
    Ok(())
}
