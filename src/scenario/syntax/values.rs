//! Readers of names, quantities, codes and flags, each the inverse of what its kind writes.

use std::fmt::{self, Display};
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::cursor::{Cursor, Parsed, Read, Wanted};
use super::readers;
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
    ClassId, Code, Duration, Headers, Hex, Instant, Milliseconds, NONE, NULL, Name, Nested, OnOff,
    OrNull, Ordinal, Quoted, Ranges, Remote, SIZE_UNITS, Seconds, Size, TIME_UNITS, UNENDED, Word,
    is_plain,
};
use crate::vocabulary::{
    AuthScheme, AuthTarget, BG_LENGTH_TO_EOF, CallbackInterface, CertStoreLocation, CertificateId,
    CertificateLookup, ClientCertificate, CostFlags, Credentials, ErrorContext, FailureClass,
    FileIndex, FileInfo, FileRange, HResult, JobPriority, JobProperty, JobState, JobType,
    Notification, ProxySettings, ProxyUsage, Recipient, RemoteName,
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

/// Declares readers of kinds.
macro_rules! read {
    ($($kind:ident -> $value:ty: |$c:ident| $read:expr;)+) => {
        $(
            impl Read for $kind<'_> {
                type Value = $value;

                fn read($c: &mut Cursor<'_>) -> Parsed<$value> {
                    $read
                }
            }
        )+
    };
}

const DURATION: Wanted = Wanted::Value("a duration such as 10 m, 1 h 30 m or 14 d");
const SECONDS: &str = "a duration in whole seconds, at most 4294967295 s";
const MILLISECONDS: &str = "a duration in whole milliseconds, at most 4294967295 ms";
const ORDINAL: &str = "a number, counted from 1";
const REDIRECT: &str = "a redirect status: 300, 301, 302, 303 or 307";

read! {
    Duration -> TimeDelta: |c| duration(c);
    Seconds -> u32: |c| c.verified(SECONDS, duration, |given| {
        let whole = given.subsec_nanos() == 0;
        u32::try_from(given.num_seconds()).ok().filter(|_| whole)
    });
    Milliseconds -> u32: |c| c.verified(MILLISECONDS, duration, |given| {
        let whole = given.subsec_nanos() % 1_000_000 == 0;
        u32::try_from(given.num_milliseconds()).ok().filter(|_| whole)
    });
    NonNegative -> TimeDelta: |c| match c.ahead().starts_with('-') {
        true => c.mismatch(DURATION),
        false => duration(c),
    };
    Instant -> DateTime<Utc>: |c| instant(c);
    Size -> u64: |c| size(c);
    MaybeSize -> Option<u64>: |c| match c.has("unknown") {
        true => Ok(None),
        false => size(c).map(Some),
    };
    Ordinal -> u32: |c| c.verified(ORDINAL, number, |place: u32| place.checked_sub(1));
    RedirectStatus -> u16: |c| c.verified(REDIRECT, number, |status| {
        [300, 301, 302, 303, 307].contains(&status).then_some(status)
    });
    OnOff -> bool: |c| c.choice([("on", true), ("off", false)]);
    Code -> HResult: |c| c.known(
        Wanted::Value("a code such as BG_E_HTTP_ERROR_404, 0x80190194, or an HTTP status"),
        |word| match http_status(word) {
            Some(status) => Some(HResult::from_http_status(status)),
            None => word.parse().ok(),
        },
    );
    ClassId -> Uuid: |c| match c.has(NONE) {
        true => Ok(Uuid::nil()),
        false => guid(c),
    };
    Name -> Arc<str>: |c| name(c);
    Remote -> RemoteName: |c| name(c).map(RemoteName::from);
    OrNull -> Option<Arc<str>>: |c| name_or(c, NULL);
    OrGenerated -> Option<Arc<str>>: |c| name_or(c, GENERATED);
    Quoted -> Arc<str>: |c| c.quoted("a text in quotes");
    Headers -> Arc<str>: |c| {
        let lines = c.separated(",", |c| c.quoted("header lines in quotes, such as \"X-Channel: beta\""))?;
        let end = if c.has(UNENDED) { "" } else { "\r\n" };
        Ok(format!("{}{end}", lines.join("\r\n")).into())
    };
    Hex -> Arc<[u8]>: |c| hex(c);
    Ranges -> Arc<[FileRange]>: |c| {
        let mut ranges = Vec::new();
        while let Some(range) = c.attempt(range) {
            ranges.push(range);
        }
        Ok(ranges.into())
    };
    Cost -> CostFlags: |c| match c.has("policy") {
        true => c.choice(COST_POLICIES.iter().copied()),
        false => {
            c.words("flags")?;
            Flags::read(c)
        }
    };
    FileList -> Arc<[FileInfo]>: |c| c.separated(",", NewFile::read).map(Into::into);
    Elapsed -> Deadline: |c| {
        let deadline = Deadline::read(c)?;
        c.words("elapsed").map(|()| deadline)
    };
}

impl Read for Deadline {
    type Value = Self;

    fn read(c: &mut Cursor<'_>) -> Parsed<Self> {
        c.choice(Self::ALL.iter().map(|deadline| (deadline.name(), *deadline)))
    }
}

impl Read for Failure {
    type Value = Self;

    /// `CODE [in CONTEXT] [as transient|fatal]`
    fn read(c: &mut Cursor<'_>) -> Parsed<Self> {
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
    }
}

/// A value that one word of the language, or a number, stands for.
pub(super) trait Known: Sized {
    fn known(c: &mut Cursor<'_>) -> Parsed<Self>;
}

/// Members of Windows enumerations are known by their names.
macro_rules! known_members {
    ($($member:ident),+) => {
        $(impl Known for $member {
            fn known(c: &mut Cursor<'_>) -> Parsed<Self> {
                let names = || Self::ALL.iter().map(|member| member.short_name()).collect();
                c.known(Wanted::OneOf(names), |word| word.parse().ok())
            }
        })+
    };
}

macro_rules! known_numbers {
    ($($number:ident),+) => {
        $(impl Known for $number {
            fn known(c: &mut Cursor<'_>) -> Parsed<Self> {
                number(c)
            }
        })+
    };
}

known_members!(
    AuthScheme,
    AuthTarget,
    CertStoreLocation,
    ErrorContext,
    JobPriority,
    JobState,
    JobType,
    ProxyUsage
);
known_numbers!(u32, u64, usize);

impl Known for Block {
    fn known(c: &mut Cursor<'_>) -> Parsed<Self> {
        let block = c.choice(Self::ALL.iter().map(|block| (block.name(), *block)));
        block.or_else(|_| {
            c.mismatch(Wanted::Value("for a cost `network cost ROAMING` instead of the line"))
        })
    }
}

impl<T: Known> Read for Word<'_, T> {
    type Value = T;

    fn read(c: &mut Cursor<'_>) -> Parsed<T> {
        T::known(c)
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

/// A size, or `unknown`.
pub(in crate::scenario) struct MaybeSize<'a>(pub(in crate::scenario) &'a Option<u64>);

impl Display for MaybeSize<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(bytes) => Size(bytes).fmt(f),
            None => f.write_str("unknown"),
        }
    }
}

/// A duration that is not negative.
pub(super) struct NonNegative<'a>(pub(super) &'a TimeDelta);

impl Display for NonNegative<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Duration(self.0).fmt(f)
    }
}

impl<T: NamedFlags> Read for Flags<'_, T> {
    type Value = T;

    /// Names or numbers with commas between them, or `none`.
    fn read(c: &mut Cursor<'_>) -> Parsed<T> {
        if c.has(NONE) {
            return Ok(T::empty());
        }
        let all = c.separated(",", |c| {
            let named = |name: &str| T::names().find(|(known, _)| *known == name);
            let bits = |word: &str| match (named(word), word.strip_prefix("0x")) {
                (Some((_, bits)), _) => Some(bits),
                (None, Some(digits)) => u32::from_str_radix(digits, 16).ok(),
                (None, None) => word.parse().ok(),
            };
            c.known(Wanted::OneOf(flag_names::<T>), bits)
        })?;
        Ok(T::from_bits_retain(all.into_iter().fold(0, |sum, bits| sum | bits)))
    }
}

fn flag_names<T: NamedFlags>() -> Vec<&'static str> {
    T::names().map(|(name, _)| name).chain([NONE]).collect()
}

/// A whole number.
pub(super) fn number<N: FromStr>(c: &mut Cursor<'_>) -> Parsed<N> {
    const NUMBER: Wanted = Wanted::Value("a number");
    let start = c.next_place();
    let digits = c.run(NUMBER, |next| next.is_ascii_digit())?;
    digits.parse().or_else(|_| c.fault(start, "a smaller number"))
}

/// A duration such as `1 h 30 m`.
fn duration(c: &mut Cursor<'_>) -> Parsed<TimeDelta> {
    let negative = c.ahead().starts_with('-') && c.run(DURATION, |next| next == '-')? == "-";
    let mut sum = 0_i64;
    loop {
        let count = c.run(DURATION, |next| next.is_ascii_digit())?;
        let unit = unit(c, TIME_UNITS, "a unit of time: d, h, m, s, ms or us")?;
        let count: i64 = count.parse().unwrap_or(i64::MAX);
        sum = sum.saturating_add(count.saturating_mul(unit));
        if !c.ahead().starts_with(|next: char| next.is_ascii_digit()) {
            break;
        }
    }
    Ok(TimeDelta::microseconds(if negative { sum.saturating_neg() } else { sum }))
}

/// A size such as `10 MiB`.
fn size(c: &mut Cursor<'_>) -> Parsed<u64> {
    const SIZE: Wanted = Wanted::Value("a size such as 10 MiB, 512 B or 0 B");
    let start = c.next_place();
    let count = c.run(SIZE, |next| next.is_ascii_digit())?;
    let unit = unit(c, SIZE_UNITS, "a unit of size: B, KiB, MiB, GiB or TiB")?;
    let size = count.parse().ok().and_then(|count: u64| count.checked_mul(unit));
    size.map_or_else(|| c.fault(start, "a size below 16 EiB"), Ok)
}

fn unit<N: Copy>(c: &mut Cursor<'_>, units: &[(&str, N)], wanted: &'static str) -> Parsed<N> {
    c.known(Wanted::Value(wanted), |word| {
        units.iter().find(|(name, _)| *name == word).map(|(_, unit)| *unit)
    })
}

/// An instant such as `2020-10-15 12:23:05.25`, in UTC; a `T` may stand between day and time, a `Z`
/// behind.
fn instant(c: &mut Cursor<'_>) -> Parsed<DateTime<Utc>> {
    const INSTANT: &str = "an instant in UTC such as 2024-01-01 00:10:00";
    let read = |c: &mut Cursor<'_>| {
        let wanted = Wanted::Value(INSTANT);
        let day = c.run(wanted, |next| next.is_ascii_digit() || "-+".contains(next))?;
        if c.rest().starts_with('T') {
            c.run(wanted, |next| next == 'T')?;
        }
        let time = c.run(wanted, |next| next.is_ascii_digit() || ":.".contains(next))?;
        if c.rest().starts_with('Z') {
            c.run(wanted, |next| next == 'Z')?;
        }
        Ok(format!("{day} {time}"))
    };
    c.verified(INSTANT, read, |text| {
        let instant = NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S%.f");
        instant.ok().map(|instant| instant.and_utc())
    })
}

fn http_status(word: &str) -> Option<u16> {
    let digits = word.len() == 3 && word.bytes().all(|digit| digit.is_ascii_digit());
    word.parse().ok().filter(|status| digits && *status >= 100)
}

const NAME: &str = "a name, in quotes if it has spaces or commas";

/// A plain or quoted name.
fn name(c: &mut Cursor<'_>) -> Parsed<Arc<str>> {
    name_of(c, NAME, is_plain)
}

/// A name in quotes, or of such characters.
pub(super) fn name_of(
    c: &mut Cursor<'_>,
    wanted: &'static str,
    fits: impl Fn(char) -> bool,
) -> Parsed<Arc<str>> {
    match c.ahead().starts_with('"') {
        true => c.quoted(wanted),
        false => c.run(Wanted::Value(wanted), fits).map(Arc::from),
    }
}

/// A name, or the keyword without quotes that stands for none.
fn name_or(c: &mut Cursor<'_>, keyword: &'static str) -> Parsed<Option<Arc<str>>> {
    let bare = c.ahead();
    let name = name(c)?;
    Ok(if bare.starts_with(keyword) && *name == *keyword { None } else { Some(name) })
}

/// Bytes as pairs of hexadecimal digits; none at all is a hash too, if a wrong one.
fn hex(c: &mut Cursor<'_>) -> Parsed<Arc<[u8]>> {
    const HEX: Wanted = Wanted::Value("pairs of hexadecimal digits such as 00FF");
    let digits = c.attempt(|c| c.run(HEX, |next| next.is_ascii_hexdigit())).unwrap_or_default();
    let pairs = (0..digits.len()).step_by(2).map(|at| digits.get(at..at + 2));
    let bytes: Option<Arc<[u8]>> = pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect();
    bytes.map_or_else(|| c.mismatch(HEX), Ok)
}

/// A GUID, usually in braces.
pub(super) fn guid(c: &mut Cursor<'_>) -> Parsed<Uuid> {
    const GUID: &str = "a GUID in braces";
    let character = |next: char| next.is_ascii_hexdigit() || "{}-".contains(next);
    c.verified(GUID, |c| c.run(Wanted::Value(GUID), character), |id| Uuid::parse_str(id).ok())
}

/// A range such as `0:100` or `200:eof`.
pub(super) fn range(c: &mut Cursor<'_>) -> Parsed<FileRange> {
    const RANGE: &str = "a range such as 0:100, its first byte and its length";
    let character = |next: char| next.is_ascii_alphanumeric() || next == ':';
    c.verified(
        RANGE,
        |c| c.run(Wanted::Value(RANGE), character),
        |text| {
            let (offset, length) = text.split_once(':')?;
            let length = if length == "eof" { BG_LENGTH_TO_EOF } else { length.parse().ok()? };
            Some(FileRange { initial_offset: offset.parse().ok()?, length })
        },
    )
}
