//! The macro that declares an enumeration whose members have names in words.

/// Declares an enumeration by one table: documentation, Rust name and words of each member. It yields the
/// type, the list of its members, their names, and `Display`.
macro_rules! named {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$($member_meta:tt)*])* $member:ident $words:literal, )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $( $(#[$($member_meta)*])* $member, )+
        }

        impl $name {
            /// Every member, in order.
            pub const ALL: &'static [Self] = &[$(Self::$member),+];

            /// The name in words, as traces and scenarios write it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$member => $words,)+
                }
            }
        }

        #[cfg(feature = "scenario")]
        $crate::vocabulary::text::documented::documented! {
            $name { $($(#[$($member_meta)*])* $member,)+ }
        }

        $crate::vocabulary::text::displayed_by_name!($name);
    };
}
pub(crate) use named;
