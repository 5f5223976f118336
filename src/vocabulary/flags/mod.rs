//! The flag sets of the Windows headers.

pub(super) mod cost;
pub(super) mod file_acl;
pub(crate) mod named;
pub(super) mod notify_flags;
pub(super) mod peer_caching;
pub(super) mod security_flags;
pub(super) mod token_flags;

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
    };
}
use flags;
