//! Readers of calls, events and the kinds of their values, each the inverse of what its kind writes.

use std::fmt::{self, Display};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::cursor::{Cursor, Parsed, Read, Wanted};
use super::quantities::{
    DURATION, duration, guid, hex, http_status, instant, name, name_or, number, range, size,
};
use super::{read, readers};
use crate::machine::phrases::{
    Access, CallbackLevel, CertificateCheck, CertificateName, Cost, Elapsed, FileList, FilesLeft,
    GENERATED, InStore, Login, NewFile, OnDisk, OrGenerated, Proxies, RedirectStatus, Rename,
    StoreCertificate, Validity, call_phrases, event_phrases,
};
use crate::machine::{
    Block, Call, Commit, ComputerEvent, Deadline, Deletion, Directory, Event, FailedRename,
    Failure, FileAccess, ValidationInterface,
};
use crate::vocabulary::flags::named::{COST_POLICIES, Flags, NamedFlags};
use crate::vocabulary::text::phrases::Spaced;
use crate::vocabulary::text::quantities::{
    ClassId, Code, Duration, Headers, Hex, Instant, LINE_ENDS, Milliseconds, NONE, NULL, Name,
    Nested, OnOff, OrNull, Ordinal, Quoted, Ranges, Remote, Seconds, Size, Word, kinds,
};
use crate::vocabulary::{
    AuthScheme, AuthTarget, CallbackInterface, CertStoreLocation, CertificateId, CertificateLookup,
    ClientCertificate, CostFlags, Credentials, ErrorContext, FailureClass, FileIndex, FileInfo,
    FileRange, HResult, JobPriority, JobProperty, JobState, JobType, Notification, ProxySettings,
    ProxyUsage, Recipient, RemoteName,
};

call_phrases!(readers);
event_phrases!(readers);

readers! { Notification:
    [Self::JobTransferred] "JobTransferred";
    [Self::JobError] "JobError";
    [Self::JobModification] "JobModification";
    [Self::FileTransferred(file)] "FileTransferred of" Nested(file);
    [Self::FileRangesTransferred(file)] "FileRangesTransferred of" Nested(file);
}

readers! { Recipient:
    [Self::Callback] "callback";
    [Self::CommandLine] "command line";
    [Self::ComClass(class)] "class" ClassId(class);
}

readers! { FileIndex:
    [Self(place)] "file" Ordinal(place);
}

const SECONDS: &str = "a duration in whole seconds, at most 4294967295 s";
const MILLISECONDS: &str = "a duration in whole milliseconds, at most 4294967295 ms";
const ORDINAL: &str = "a number, counted from 1";
const REDIRECT: &str = "a redirect status: 300, 301, 302, 303 or 307";

read! {
    Duration<'_> => TimeDelta: |c| duration(c);
    Seconds<'_> => u32: |c| c.verified(SECONDS, duration, |given| {
        let whole = given.subsec_nanos() == 0;
        u32::try_from(given.num_seconds()).ok().filter(|_| whole)
    });
    Milliseconds<'_> => u32: |c| c.verified(MILLISECONDS, duration, |given| {
        let whole = given.subsec_nanos() % 1_000_000 == 0;
        u32::try_from(given.num_milliseconds()).ok().filter(|_| whole)
    });
    NonNegative<'_> => TimeDelta: |c| match c.ahead().starts_with('-') {
        true => c.mismatch(DURATION),
        false => duration(c),
    };
    Instant<'_> => DateTime<Utc>: |c| instant(c);
    Size<'_> => u64: |c| size(c);
    MaybeSize<'_> => Option<u64>: |c| match c.has("unknown") {
        true => Ok(None),
        false => size(c).map(Some),
    };
    Ordinal<'_> => u32: |c| c.verified(ORDINAL, number, |place: u32| place.checked_sub(1));
    RedirectStatus<'_> => u16: |c| c.verified(REDIRECT, number, |status| {
        [300, 301, 302, 303, 307].contains(&status).then_some(status)
    });
    OnOff<'_> => bool: |c| c.choice([("on", true), ("off", false)]);
    Code<'_> => HResult: |c| c.known(
        Wanted::Named(
            "a code such as BG_E_HTTP_ERROR_404, 0x80190194, or an HTTP status",
            || HResult::all().map(|info| info.name).collect(),
        ),
        |word| match http_status(word) {
            Some(status) => Some(HResult::from_http_status(status)),
            None => word.parse().ok(),
        },
    );
    ClassId<'_> => Uuid: |c| match c.has(NONE) {
        true => Ok(Uuid::nil()),
        false => guid(c),
    };
    Name<'_> => Arc<str>: |c| name(c);
    Remote<'_> => RemoteName: |c| name(c).map(RemoteName::from);
    OrNull<'_> => Option<Arc<str>>: |c| name_or(c, NULL);
    OrGenerated<'_> => Option<Arc<str>>: |c| name_or(c, GENERATED);
    Quoted<'_> => Arc<str>: |c| c.quoted("a text in quotes");
    Headers<'_> => Arc<str>: |c| {
        let lines = c.separated(",", |c| {
            let line = c.quoted("header lines in quotes, such as \"X-Channel: beta\"")?;
            let end = LINE_ENDS.iter().find(|(words, _)| c.has(words));
            Ok(format!("{line}{}", end.map_or("\r\n", |(_, end)| *end)))
        })?;
        Ok(lines.concat().into())
    };
    Hex<'_> => Arc<[u8]>: |c| hex(c);
    Ranges<'_> => Arc<[FileRange]>: |c| {
        let mut ranges = Vec::new();
        while let Some(range) = c.attempt(range) {
            ranges.push(range);
        }
        Ok(ranges.into())
    };
    Cost<'_> => CostFlags: |c| match c.has("policy") {
        true => c.choice(COST_POLICIES.iter().copied()),
        false => {
            c.words("flags")?;
            Flags::read(c)
        }
    };
    FileList<'_> => Arc<[FileInfo]>: |c| c.separated(",", NewFile::read).map(Into::into);
    Elapsed<'_> => Deadline: |c| {
        let deadline = Deadline::read(c)?;
        c.words("elapsed").map(|()| deadline)
    };
    Deadline => Self: |c| c.choice(Self::ALL.iter().map(|deadline| (deadline.name(), *deadline)));
    /// `CODE [in CONTEXT] [as transient|fatal]`
    Failure => Self: |c| {
        const CODE: &str =
            "a failure code such as ERROR_WINHTTP_TIMEOUT, or an HTTP status such as 503";
        let mut failure = c.verified(CODE, Code::read, |code| Self::new(code).ok())?;
        if c.has("in") {
            failure = failure.in_context(Word::read(c)?);
        }
        if c.has("as") {
            let class = [("transient", FailureClass::Transient), ("fatal", FailureClass::Fatal)];
            failure = match c.choice(class)? {
                FailureClass::Transient => failure.transient(),
                FailureClass::Fatal => failure.fatal(),
            };
        }
        Ok(failure)
    };
}

/// Declares readers of Windows enumerations, whose members are known by their names.
macro_rules! read_members {
    ($($member:ident),+) => {
        read! { $(
            $member => Self: |c| {
                let names = || Self::ALL.iter().map(|member| member.short_name()).collect();
                c.known(Wanted::OneOf(names), |word| word.parse().ok())
            };
        )+ }
    };
}

read_members!(
    AuthScheme,
    AuthTarget,
    CertStoreLocation,
    ErrorContext,
    JobPriority,
    JobState,
    JobType,
    ProxyUsage
);

read! {
    u32 => Self: |c| number(c);
    u64 => Self: |c| number(c);
    usize => Self: |c| number(c);
    Block => Self: |c| {
        let block = c.choice(Self::ALL.iter().map(|block| (block.name(), *block)));
        block.or_else(|_| {
            c.mismatch(Wanted::Value("for a cost `network cost ROAMING` instead of the line"))
        })
    };
}

impl<T: Read<Value = T>> Read for Word<'_, T> {
    type Value = T;

    fn read(c: &mut Cursor<'_>) -> Parsed<T> {
        T::read(c)
    }
}

impl<T: Read<Value = T>> Read for Nested<'_, T> {
    type Value = T;

    fn read(c: &mut Cursor<'_>) -> Parsed<T> {
        T::read(c)
    }
}

/// Declares kinds of lists, with what stands between the items.
macro_rules! lists {
    ($($(#[$meta:meta])* $kind:ident $separator:literal;)+) => {
        $(
            $(#[$meta])*
            pub(super) struct $kind<'a, T>(pub(super) &'a [T]);

            impl<T: Display> Display for $kind<'_, T> {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    let mut out = Spaced::new(f);
                    self.0.iter().enumerate().try_for_each(|(index, item)| {
                        out.put(&if index == 0 { "" } else { $separator })?;
                        out.put(item)
                    })
                }
            }

            impl<T: Read<Value = T>> Read for $kind<'_, T> {
                type Value = Vec<T>;

                fn read(c: &mut Cursor<'_>) -> Parsed<Vec<T>> {
                    c.separated($separator, T::read)
                }
            }
        )+
    };
}

lists! {
    /// Values with commas between them.
    List ",";
    /// Answers one after the other.
    Then ", then";
    /// Changes at the same moment.
    And "and";
}

kinds! {
    /// A size, or `unknown`.
    MaybeSize(Option<u64>) |size, f| match size {
        Some(bytes) => Size(bytes).fmt(f),
        None => f.write_str("unknown"),
    };
    /// A duration that is not negative.
    NonNegative(TimeDelta) |span, f| Duration(span).fmt(f);
}

impl<T: NamedFlags> Read for Flags<'_, T> {
    type Value = T;

    /// Names or hexadecimal numbers with commas between them, or `none`. A decimal number may begin the
    /// next expectation.
    fn read(c: &mut Cursor<'_>) -> Parsed<T> {
        if c.has(NONE) {
            return Ok(T::empty());
        }
        let all = c.separated(",", |c| {
            let named = |name: &str| T::names().find(|(known, _)| *known == name);
            let bits = |word: &str| match named(word) {
                Some((_, bits)) => Some(bits),
                None => u32::from_str_radix(word.strip_prefix("0x")?, 16).ok(),
            };
            c.known(Wanted::OneOf(flag_names::<T>), bits)
        })?;
        Ok(T::from_bits_retain(all.into_iter().fold(0, |sum, bits| sum | bits)))
    }
}

fn flag_names<T: NamedFlags>() -> Vec<&'static str> {
    T::names().map(|(name, _)| name).chain([NONE]).collect()
}
