//! The macro that declares a numbered enumeration of the Windows headers.

use crate::vocabulary::codes::hresult::HResult;

/// A text or number that is not a member of a Windows enumeration.
///
/// Methods that take such a value refuse it with [`UnknownValue::code`]: `E_NOTIMPL` (PROP-02,
/// CREATE-04), unless the enumeration has a code of its own (PROP-15, PROP-30).
///
/// ```
/// use bits_emulator::{HResult, JobType};
///
/// let error = "DOWNLAOD".parse::<JobType>().unwrap_err();
/// assert_eq!(error.code, HResult::E_NOTIMPL);
/// assert_eq!(
///     error.to_string(),
///     "`DOWNLAOD` is not a valid BG_JOB_TYPE; expected one of DOWNLOAD, UPLOAD, UPLOAD_REPLY: \
///      E_NOTIMPL (0x80004001)"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not a valid {enumeration}; expected one of {}: {code}", .known.join(", "))]
#[non_exhaustive]
pub struct UnknownValue {
    /// The given value, as text.
    pub given: String,
    /// The Windows name of the enumeration.
    pub enumeration: &'static str,
    /// The short names of its members.
    pub known: &'static [&'static str],
    /// The code with which methods refuse such a value.
    pub code: HResult,
}

/// The code that refuses a value of no member: that of the table, or else `E_NOTIMPL` (PROP-02).
pub(crate) const fn refusal(codes: &[HResult]) -> HResult {
    match codes {
        [code, ..] => *code,
        [] => HResult::E_NOTIMPL,
    }
}

/// The name without its prefix.
pub(crate) const fn without_prefix(name: &'static str, prefix: &str) -> &'static str {
    name.split_at(prefix.len()).1
}

/// Declares a Windows enumeration by one table: documentation, Rust name, Windows name and number
/// of each member. It yields the type, its number, its names and the way back from both.
///
/// Behind the prefix, `otherwise` names the code that refuses any other value; without it, that
/// is `E_NOTIMPL`.
macro_rules! enumeration {
    (
        $(#[$meta:meta])*
        $name:ident is $windows:literal, prefix $prefix:literal $(, otherwise $code:ident)? {
            $( $(#[$($member_meta:tt)*])* $member:ident $full:literal = $value:literal, )+
        }
    ) => {
        $(#[$meta])*
        #[doc(alias = $windows)]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u32)]
        pub enum $name {
            $(
                $(#[$($member_meta)*])*
                #[doc = concat!("\n\n`", $full, "` = ", stringify!($value), ".")]
                #[doc(alias = $full)]
                $member = $value,
            )+
        }

        impl $name {
            #[doc = concat!("Every member of `", $windows, "`, in the order of the headers.")]
            pub const ALL: &'static [Self] = &[$(Self::$member),+];

            /// The number of the Windows headers.
            #[must_use]
            pub const fn value(self) -> u32 {
                self as u32
            }

            /// The member with a number of the Windows headers.
            ///
            /// # Errors
            ///
            /// [`UnknownValue`](crate::codes::UnknownValue) if the headers define no such member.
            pub fn from_value(value: u32) -> Result<Self, $crate::codes::UnknownValue> {
                match value {
                    $($value => Ok(Self::$member),)+
                    _ => Err(Self::unknown(&value.to_string())),
                }
            }

            /// The full name, as the Windows headers spell it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$member => $full,)+
                }
            }

            /// The name without its prefix, as traces and scenarios write it.
            #[must_use]
            pub const fn short_name(self) -> &'static str {
                $crate::vocabulary::enums::enumeration::without_prefix(self.name(), $prefix)
            }

            fn unknown(given: &str) -> $crate::codes::UnknownValue {
                $crate::codes::UnknownValue {
                    given: given.to_owned(),
                    enumeration: $windows,
                    known: const { &[$(Self::$member.short_name()),+] },
                    code: const {
                        $crate::vocabulary::enums::enumeration::refusal(&[$($crate::HResult::$code)?])
                    },
                }
            }
        }

        #[cfg(feature = "scenario")]
        $crate::vocabulary::text::documented::documented! {
            $name { $($(#[$($member_meta)*])* $member,)+ }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.short_name())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::codes::UnknownValue;

            /// Reads the full or the short name, in any case of letters.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|member| {
                        text.eq_ignore_ascii_case(member.short_name())
                            || text.eq_ignore_ascii_case(member.name())
                    })
                    .ok_or_else(|| Self::unknown(text))
            }
        }

        #[cfg(feature = "serde")]
        $crate::vocabulary::text::serial::words! {
            $name, concat!("a member of ", $windows), |member| member.short_name(),
                |text| text.parse(),
                |number| Self::from_value(number);
        }
    };
}

pub(crate) use enumeration;

#[cfg(test)]
mod tests {
    use crate::vocabulary::{
        AuthScheme, AuthTarget, CertStoreLocation, FilePropertyId, HResult, JobPriority,
        JobPropertyId, JobType, ProxyUsage, RedirectPolicy, UnknownValue,
    };

    #[test]
    fn an_undefined_value_is_refused_with_the_code_of_its_enumeration() {
        let code = |unknown: UnknownValue| unknown.code;
        for (refused, expected) in [
            // CREATE-04, PROP-02, PROP-07, PROP-20, PROP-21.
            (JobType::from_value(3).map_err(code).err(), HResult::E_NOTIMPL),
            (JobPriority::from_value(4).map_err(code).err(), HResult::E_NOTIMPL),
            (ProxyUsage::from_value(4).map_err(code).err(), HResult::E_NOTIMPL),
            (RedirectPolicy::from_value(0x300).map_err(code).err(), HResult::E_NOTIMPL),
            (CertStoreLocation::from_value(8).map_err(code).err(), HResult::E_NOTIMPL),
            // PROP-15.
            (AuthTarget::from_value(0).map_err(code).err(), HResult::BG_E_INVALID_AUTH_TARGET),
            (AuthScheme::from_value(6).map_err(code).err(), HResult::BG_E_INVALID_AUTH_SCHEME),
            // PROP-30.
            (JobPropertyId::from_value(6).map_err(code).err(), HResult::BG_E_UNKNOWN_PROPERTY_ID),
            (FilePropertyId::from_value(2).map_err(code).err(), HResult::BG_E_UNKNOWN_PROPERTY_ID),
        ] {
            assert_eq!(refused, Some(expected));
        }
    }

    #[test]
    fn the_message_ends_with_the_code() {
        assert_eq!(
            JobPriority::from_value(4).unwrap_err().to_string(),
            "`4` is not a valid BG_JOB_PRIORITY; expected one of FOREGROUND, HIGH, NORMAL, LOW: \
             E_NOTIMPL (0x80004001)"
        );
        let message = "COST".parse::<JobPropertyId>().unwrap_err().to_string();
        assert!(message.ends_with(": BG_E_UNKNOWN_PROPERTY_ID (0x80200057)"), "{message}");
    }
}
