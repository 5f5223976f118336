//! The flag sets of the Windows headers.

pub(super) mod cost;
pub(super) mod file_acl;
pub(crate) mod named;
pub(super) mod notify_flags;
pub(super) mod peer_caching;
pub(super) mod security_flags;
pub(super) mod token_flags;

/// A flag, and what is known of it.
#[cfg(feature = "scenario")]
pub(crate) struct FlagInfo {
    pub(crate) name: &'static str,
    pub(crate) windows: &'static str,
    pub(crate) bits: u32,
    pub(crate) doc: &'static str,
}

/// A set of flags that say what they mean.
#[cfg(feature = "scenario")]
pub(crate) trait DocumentedFlags {
    const FLAGS_OF_SET: &'static [FlagInfo];
}

/// Declares a flag set of the Windows headers by one table: documentation, Rust name, Windows name
/// and bits of each flag.
macro_rules! flags {
    (
        $(#[$meta:meta])*
        $name:ident {
            $( $(#[$($flag_meta:tt)*])* $flag:ident $windows:literal = $bits:literal, )+
        }
    ) => {
        bitflags::bitflags! {
            $(#[$meta])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
            pub struct $name: u32 {
                $(
                    $(#[$($flag_meta)*])*
                    #[doc = concat!("\n\n`", $windows, "` = ", stringify!($bits), ".")]
                    #[doc(alias = $windows)]
                    const $flag = $bits;
                )+
            }
        }

        #[cfg(feature = "scenario")]
        impl $crate::vocabulary::flags::DocumentedFlags for $name {
            const FLAGS_OF_SET: &'static [$crate::vocabulary::flags::FlagInfo] = &[$(
                $crate::vocabulary::flags::FlagInfo {
                    name: stringify!($flag),
                    windows: $windows,
                    bits: $bits,
                    doc: $crate::vocabulary::text::documented::doc_text!($(#[$($flag_meta)*])*),
                },
            )+];
        }
    };
}
use flags;
