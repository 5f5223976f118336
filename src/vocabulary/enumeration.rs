//! How the numbered enumerations of the Windows headers are written down.

/// The text or number is no member of a Windows enumeration.
///
/// Methods that take such a value refuse it with `E_NOTIMPL` (PROP-02, NOTIFY-02, CREATE-04).
///
/// ```
/// use bits_emulator::JobState;
///
/// let error = "QUEUD".parse::<JobState>().unwrap_err();
/// assert!(error.to_string().starts_with("`QUEUD` is no BG_JOB_STATE; known are QUEUED, CONNECTING"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no {enumeration}; known are {}", .known.join(", "))]
pub struct UnknownValue {
    /// What was given, as text.
    pub given: String,
    /// The Windows name of the enumeration.
    pub enumeration: &'static str,
    /// The short names of its members.
    pub known: &'static [&'static str],
}

/// One table a Windows enumeration: documentation, Rust name, short name and number of each
/// member. It yields the type, its number, its names and the way back from both.
macro_rules! enumeration {
    (
        $(#[$meta:meta])*
        $name:ident is $windows:literal, prefix $prefix:literal {
            $( $(#[$member_meta:meta])* $member:ident $short:literal = $value:literal, )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u32)]
        pub enum $name {
            $(
                $(#[$member_meta])*
                #[doc = concat!("\n\n`", $prefix, $short, "` = ", stringify!($value), ".")]
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
            /// [`UnknownValue`](crate::UnknownValue) if the headers define no such member.
            pub fn from_value(value: u32) -> Result<Self, $crate::UnknownValue> {
                match value {
                    $($value => Ok(Self::$member),)+
                    _ => Err(Self::unknown(&value.to_string())),
                }
            }

            /// The full name, as the Windows headers spell it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$member => concat!($prefix, $short),)+
                }
            }

            /// The name without its prefix, as traces and scenarios write it.
            #[must_use]
            pub const fn short_name(self) -> &'static str {
                match self {
                    $(Self::$member => $short,)+
                }
            }

            fn unknown(given: &str) -> $crate::UnknownValue {
                $crate::UnknownValue {
                    given: given.to_owned(),
                    enumeration: $windows,
                    known: &[$($short),+],
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.short_name())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownValue;

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
    };
}

pub(crate) use enumeration;
