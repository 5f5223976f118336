//! What the tables of the vocabulary say of their rows: the documentation of each, at run time.

/// A row of a table that says what it means.
pub(crate) trait Documented: Copy {
    /// Returns its documentation, in Markdown, with the links of the documentation.
    fn doc(self) -> &'static str;
}

/// Returns the text of the documentation among some attributes.
macro_rules! doc_text {
    (@one doc = $text:literal) => { $text };
    (@one $($other:tt)*) => { "" };
    ($(#[$($meta:tt)*])*) => {
        concat!($($crate::vocabulary::text::documented::doc_text!(@one $($meta)*)),*)
    };
}

/// Lets the members of an enumeration say what they mean.
macro_rules! documented {
    ($name:ident { $($(#[$($meta:tt)*])* $member:ident,)+ }) => {
        impl $crate::vocabulary::text::documented::Documented for $name {
            fn doc(self) -> &'static str {
                match self {
                    $(Self::$member => {
                        $crate::vocabulary::text::documented::doc_text!($(#[$($meta)*])*)
                    })+
                }
            }
        }
    };
}
pub(crate) use {doc_text, documented};
