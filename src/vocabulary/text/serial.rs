//! Serialisation of names, codes and ids: as the texts by which the documentation knows them.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::ser::SerializeStruct;
use serde::{Deserializer, Serializer};
use uuid::Uuid;

use crate::vocabulary::codes::hresult::HResult;
use crate::vocabulary::enums::method::Method;
use crate::vocabulary::flags::cost::CostFlags;
use crate::vocabulary::flags::file_acl::FileAclFlags;
use crate::vocabulary::flags::notify_flags::NotifyFlags;
use crate::vocabulary::flags::peer_caching::PeerCachingFlags;
use crate::vocabulary::flags::security_flags::{HttpSecurityFlags, RedirectPolicy};
use crate::vocabulary::flags::token_flags::HelperTokenFlags;
use crate::vocabulary::identity::Sid;
use crate::vocabulary::job::id::JobId;
use crate::vocabulary::job::protocol::Protocol;
use crate::vocabulary::rules::rule_id::RuleId;

/// A value that is serialised as a text, and may have a number in the Windows headers.
pub(crate) trait Word: Sized {
    /// What is expected, for messages.
    const EXPECTED: &'static str;

    /// The text.
    fn text(&self) -> Cow<'static, str>;

    /// The value that the text names, or a message that says what was expected.
    fn from_text(text: &str) -> Result<Self, String>;

    /// The value with that number, or a message that says what was expected.
    fn from_number(number: u32) -> Result<Self, String> {
        Err(format!("{number} is a number; expected {}", Self::EXPECTED))
    }
}

pub(crate) fn serialize<T: Word, S: Serializer>(word: &T, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&word.text())
}

/// Formats that do not say what comes next hold texts.
pub(crate) fn deserialize<'de, T: Word, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    let visitor = Visitor(PhantomData);
    if from.is_human_readable() {
        from.deserialize_any(visitor)
    } else {
        from.deserialize_str(visitor)
    }
}

struct Visitor<T>(PhantomData<T>);

impl<T: Word> serde::de::Visitor<'_> for Visitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        T::from_text(text).map_err(E::custom)
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<T, E> {
        let number = u32::try_from(number);
        number.map_err(|error| error.to_string()).and_then(T::from_number).map_err(E::custom)
    }

    /// Codes are printed as signed numbers too.
    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<T, E> {
        let number = i32::try_from(number);
        let number = number.map_err(|error| error.to_string()).map(i32::cast_unsigned);
        number.and_then(T::from_number).map_err(E::custom)
    }
}

/// Implements serde's traits by the texts of a [`Word`].
macro_rules! serialised_as_text {
    ($($name:ty),+ $(,)?) => {$(
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                $crate::vocabulary::text::serial::serialize(self, to)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::vocabulary::text::serial::deserialize(from)
            }
        }
    )+};
}
pub(crate) use serialised_as_text;

/// Makes types words: what is expected, how a value is written, how a text is read, and a number.
macro_rules! words {
    ($(
        $name:ty, $expected:expr, |$word:ident| $write:expr,
        |$text:ident| $read:expr $(, |$number:ident| $from_number:expr)?;
    )+) => {$(
        impl $crate::vocabulary::text::serial::Word for $name {
            const EXPECTED: &'static str = $expected;

            fn text(&self) -> std::borrow::Cow<'static, str> {
                let $word = *self;
                $write.into()
            }

            fn from_text($text: &str) -> Result<Self, String> {
                let read: Result<Self, _> = $read;
                read.map_err(|error| error.to_string())
            }

            $(fn from_number($number: u32) -> Result<Self, String> {
                let read: Result<Self, _> = $from_number;
                read.map_err(|error| error.to_string())
            })?
        }

        $crate::vocabulary::text::serial::serialised_as_text!($name);
    )+};
}
pub(crate) use words;

/// Types of few values that have a text each.
macro_rules! listed_words {
    ($($name:ty, $expected:expr, $text:ident;)+) => {
        $crate::vocabulary::text::serial::words! {$(
            $name, $expected, |word| word.$text(), |text| {
                let known = Self::ALL.iter().copied().find(|known| known.$text() == text);
                known.ok_or_else(|| {
                    let all: Vec<_> = Self::ALL.iter().map(|known| known.$text()).collect();
                    format!("`{text}` is not {}; expected one of {}", $expected, all.join(", "))
                })
            };
        )+}
    };
}
pub(crate) use listed_words;

listed_words! {
    Method, "a method of the BITS interfaces", name;
    Protocol, "a transfer protocol", name;
}

words! {
    HResult, "the name or the number of a result code",
        |code| code.name().map_or_else(|| format!("{code:#010X}").into(), Cow::Borrowed),
        |text| text.parse(),
        |number| Ok::<_, String>(Self::new(number));
    JobId, "a GUID", |id| id.to_string(), |text| expected(text, text.parse().ok());
    RuleId, "the id of a rule, such as ERR-05",
        |id| id.to_string(),
        |text| expected(text, Self::parse(text));
    Sid, "a SID of the emulated computer, such as S-1-5-18",
        |sid| sid.to_string(),
        |text| expected(text, sid(text));
    // The redirect policy, a number among the flags, is written by its name unless it is the
    // default.
    HttpSecurityFlags, "flags of HttpSecurityFlags and a redirect policy",
        |flags| security_flag_names(flags),
        |text| security_flags(text),
        |number| defined(number, Self::from_value(number));
}

/// The value that a text names, if it names one.
fn expected<T: Word>(text: &str, word: Option<T>) -> Result<T, String> {
    word.ok_or_else(|| format!("`{text}` is not {}", T::EXPECTED))
}

/// The flags with a number, if all of them are defined.
fn defined<T: Word>(number: u32, flags: Option<T>) -> Result<T, String> {
    flags.ok_or_else(|| format!("{number:#X} has undefined {}", T::EXPECTED))
}

fn sid(text: &str) -> Option<Sid> {
    let system = [Sid::LocalSystem, Sid::LocalService, Sid::NetworkService].into_iter();
    let user = text.rsplit('-').next().and_then(|relative| relative.parse().ok());
    system.chain(user.map(Sid::User)).find(|known| known.to_string() == text)
}

/// Flags are written by their names, as `JOB_TRANSFERRED | JOB_ERROR`.
macro_rules! flag_words {
    ($($name:ty),+ $(,)?) => {
        words! {$(
            $name, concat!("flags of ", stringify!($name)),
            |flags| {
                let mut text = String::new();
                // Writing to a `String` cannot fail.
                let _ = bitflags::parser::to_writer(&flags, &mut text);
                text
            },
            |text| match bitflags::parser::from_str::<Self>(text) {
                Ok(flags) => Self::from_number(flags.bits()),
                Err(error) => Err(format!("`{text}`: {error}")),
            },
            |number| defined(number, Self::from_bits(number));
        )+}
    };
}

flag_words!(CostFlags, FileAclFlags, HelperTokenFlags, NotifyFlags, PeerCachingFlags);

fn security_flag_names(flags: HttpSecurityFlags) -> String {
    let policy = flags.redirect_policy().unwrap_or_default();
    let flags = flags.difference(HttpSecurityFlags::REDIRECT_POLICY_MASK);
    let mut names: Vec<&str> = flags.iter_names().map(|(name, _)| name).collect();
    if policy != RedirectPolicy::default() {
        names.push(policy.short_name());
    }
    names.join(" | ")
}

fn security_flags(text: &str) -> Result<HttpSecurityFlags, String> {
    let mut flags = HttpSecurityFlags::empty();
    for name in text.split('|').map(str::trim).filter(|name| !name.is_empty()) {
        let flag = HttpSecurityFlags::from_name(name)
            .filter(|flag| *flag != HttpSecurityFlags::REDIRECT_POLICY_MASK);
        flags = match (flag, name.parse()) {
            (Some(flag), _) => flags.union(flag),
            (None, Ok(policy)) => flags.with_redirect_policy(policy),
            (None, Err(_)) => {
                return Err(format!("`{name}` is none of {}", HttpSecurityFlags::EXPECTED));
            }
        };
    }
    Ok(flags)
}

/// Whether a value is the default, which is not written.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Class ids, as GUIDs in braces.
pub(crate) mod guid {
    use super::{Deserializer, JobId, Serializer, Uuid};

    pub(crate) fn serialize<S: Serializer>(id: &Uuid, to: S) -> Result<S::Ok, S::Error> {
        super::serialize(&JobId(*id), to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Uuid, D::Error> {
        super::deserialize(from).map(|JobId(id)| id)
    }
}

/// The class of an object, and whose it is.
pub(crate) mod class {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{JobId, Sid, Uuid};

    pub(crate) fn serialize<S: Serializer>(
        class: &Option<(Uuid, Sid)>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        class.map(|(id, user)| (JobId(id), user)).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<(Uuid, Sid)>, D::Error> {
        let class = Option::<(JobId, Sid)>::deserialize(from)?;
        Ok(class.map(|(JobId(id), user)| (id, user)))
    }
}

/// Spans, as serde has them: seconds, and nanoseconds within a second.
pub(crate) mod span {
    use chrono::TimeDelta;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Span {
        secs: i64,
        #[serde(default)]
        nanos: u32,
    }

    pub(crate) fn serialize<S: Serializer>(span: &TimeDelta, to: S) -> Result<S::Ok, S::Error> {
        let short = i64::from(span.subsec_nanos() < 0);
        let nanos = i64::from(span.subsec_nanos()) + short * 1_000_000_000;
        let nanos = u32::try_from(nanos).unwrap_or_default();
        Span { secs: span.num_seconds().saturating_sub(short), nanos }.serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<TimeDelta, D::Error> {
        let Span { secs, nanos } = Span::deserialize(from)?;
        TimeDelta::new(secs, nanos).ok_or_else(|| D::Error::custom("the span is too long"))
    }
}

impl serde::Serialize for crate::vocabulary::StateSet {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.iter())
    }
}

impl<'de> serde::Deserialize<'de> for crate::vocabulary::StateSet {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let states = Vec::<crate::vocabulary::JobState>::deserialize(from)?;
        Ok(Self::of(&states))
    }
}

/// What a client is told of a call that failed.
impl serde::Serialize for crate::vocabulary::Error {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut fields = to.serialize_struct("Error", 3)?;
        fields.serialize_field("code", &self.code())?;
        fields.serialize_field("rule", &self.rule())?;
        fields.serialize_field("text", &self.to_string())?;
        fields.end()
    }
}
