//! How words are serialised: as the texts that people know them by.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::ser::SerializeStruct;
use serde::{Deserializer, Serializer};
use uuid::Uuid;

use crate::vocabulary::{
    CostFlags, FileAclFlags, HResult, HelperTokenFlags, HttpSecurityFlags, JobId, Method,
    NotifyFlags, PeerCachingFlags, Protocol, RedirectPolicy, RuleId, Sid,
};

/// Something with a text that names it, and maybe a number of the Windows headers.
pub(crate) trait Word: Sized {
    /// What a text or number should have been.
    const EXPECTED: &'static str;

    /// The text.
    fn text(&self) -> Cow<'static, str>;

    /// What the text names; else why it names nothing.
    fn from_text(text: &str) -> Result<Self, String>;

    /// What the number stands for; else why it stands for nothing.
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

/// Types of few values that have a text each.
macro_rules! listed_words {
    ($($name:ty, $expected:expr, $text:ident;)+) => {$(
        impl $crate::vocabulary::text::serial::Word for $name {
            const EXPECTED: &'static str = $expected;

            fn text(&self) -> std::borrow::Cow<'static, str> {
                (*self).$text().into()
            }

            fn from_text(text: &str) -> Result<Self, String> {
                let known = Self::ALL.iter().copied().find(|known| known.$text() == text);
                known.ok_or_else(|| {
                    let all: Vec<_> = Self::ALL.iter().map(|known| known.$text()).collect();
                    format!("`{text}` is not {}; known are {}", $expected, all.join(", "))
                })
            }
        }

        $crate::vocabulary::text::serial::serialised_as_text!($name);
    )+};
}
pub(crate) use listed_words;

listed_words! {
    Method, "a method of the BITS interfaces", name;
    Protocol, "a transfer protocol", name;
}

serialised_as_text!(HResult, JobId, RuleId, Sid, HttpSecurityFlags);

impl Word for HResult {
    const EXPECTED: &'static str = "the name or the number of a result code";

    fn text(&self) -> Cow<'static, str> {
        self.name().map_or_else(|| format!("{self:#010X}").into(), Cow::Borrowed)
    }

    fn from_text(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error: crate::vocabulary::ParseHResultError| error.to_string())
    }

    fn from_number(number: u32) -> Result<Self, String> {
        Ok(Self::new(number))
    }
}

impl Word for JobId {
    const EXPECTED: &'static str = "a GUID";

    fn text(&self) -> Cow<'static, str> {
        self.to_string().into()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error| format!("`{text}` is no GUID: {error}"))
    }
}

impl Word for RuleId {
    const EXPECTED: &'static str = "the id of a rule, such as ERR-05";

    fn text(&self) -> Cow<'static, str> {
        self.to_string().into()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        Self::parse(text).ok_or_else(|| format!("`{text}` is not {}", Self::EXPECTED))
    }
}

impl Word for Sid {
    const EXPECTED: &'static str = "a SID of the emulated computer, such as S-1-5-18";

    fn text(&self) -> Cow<'static, str> {
        self.to_string().into()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let system = [Self::LocalSystem, Self::LocalService, Self::NetworkService].into_iter();
        let user = text.rsplit('-').next().and_then(|relative| relative.parse().ok());
        let known = system.chain(user.map(Self::User)).find(|known| known.to_string() == text);
        known.ok_or_else(|| format!("`{text}` is not {}", Self::EXPECTED))
    }
}

/// Flags are written by their names, as `JOB_TRANSFERRED | JOB_ERROR`.
macro_rules! flag_words {
    ($($name:ty),+ $(,)?) => {$(
        impl Word for $name {
            const EXPECTED: &'static str = concat!("flags of ", stringify!($name));

            fn text(&self) -> Cow<'static, str> {
                let mut text = String::new();
                // Writing to a `String` cannot fail.
                let _ = bitflags::parser::to_writer(self, &mut text);
                text.into()
            }

            fn from_text(text: &str) -> Result<Self, String> {
                let flags = bitflags::parser::from_str::<Self>(text);
                let flags = flags.map_err(|error| format!("`{text}`: {error}"))?;
                Self::from_number(flags.bits())
            }

            fn from_number(number: u32) -> Result<Self, String> {
                let flags = Self::from_bits(number);
                flags.ok_or_else(|| format!("{number:#X} has undefined {}", Self::EXPECTED))
            }
        }

        serialised_as_text!($name);
    )+};
}

flag_words!(CostFlags, FileAclFlags, HelperTokenFlags, NotifyFlags, PeerCachingFlags,);

/// The redirect policy, a number among the flags, is written by its name unless it is the default.
impl Word for HttpSecurityFlags {
    const EXPECTED: &'static str = "flags of HttpSecurityFlags and a redirect policy";

    fn text(&self) -> Cow<'static, str> {
        let flags = self.difference(Self::REDIRECT_POLICY_MASK);
        let mut names: Vec<&str> = flags.iter_names().map(|(name, _)| name).collect();
        let policy = self.redirect_policy().unwrap_or_default();
        if policy != RedirectPolicy::default() {
            names.push(policy.short_name());
        }
        names.join(" | ").into()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let mut flags = Self::empty();
        for name in text.split('|').map(str::trim).filter(|name| !name.is_empty()) {
            let flag = Self::from_name(name).filter(|flag| *flag != Self::REDIRECT_POLICY_MASK);
            flags = match (flag, name.parse()) {
                (Some(flag), _) => flags.union(flag),
                (None, Ok(policy)) => flags.with_redirect_policy(policy),
                (None, Err(_)) => return Err(format!("`{name}` is none of {}", Self::EXPECTED)),
            };
        }
        Ok(flags)
    }

    fn from_number(number: u32) -> Result<Self, String> {
        let flags = Self::from_value(number);
        flags.ok_or_else(|| format!("{number:#X} has undefined {}", Self::EXPECTED))
    }
}

/// What need not be written down.
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
