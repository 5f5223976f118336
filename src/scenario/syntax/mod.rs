//! The grammar of the language: tables of phrases from which both printer and parser are made.

mod client;
pub(crate) mod cursor;
mod environment;
mod expectations;
pub(super) mod names;
mod open;
mod policies;
mod quantities;
mod servers;
mod statements;
pub(super) mod values;

/// Declares how a type or kind is read, and what value that yields.
macro_rules! read {
    ($($(#[$meta:meta])* $kind:ty => $value:ty: |$c:ident| $read:expr;)+) => {
        $(
            impl $crate::scenario::syntax::cursor::Read for $kind {
                type Value = $value;

                $(#[$meta])*
                fn read(
                    $c: &mut $crate::scenario::syntax::cursor::Cursor<'_>,
                ) -> $crate::scenario::syntax::cursor::Parsed<$value> {
                    $read
                }
            }
        )+
    };
}

/// Makes the reader of each type or kind from its phrase table; see
/// [`phrases`](crate::vocabulary::text::phrases). The first row that fits is taken.
macro_rules! readers {
    (@rows $c:ident: $(
        [$($value:tt)+] $($kind0:ident($var0:ident))*
        $($text:literal $(? $opt:ident($opt_var:ident))? $($kind:ident($var:ident))*)*
        $(=> $getter:expr)?;
    )+) => {{
        $(
            let row = $c.attempt(|c| {
                $(let $var0 = $kind0::read(c)?;)*
                $(readers!(@part c, $text $(? $opt($opt_var))? $($kind($var))*);)*
                Ok($($value)+)
            });
            if let Some(value) = row {
                return Ok(value);
            }
        )+
        Err($crate::scenario::syntax::cursor::Mismatch)
    }};
    (@part $c:ident, $text:literal ? $opt:ident($opt_var:ident) $($kind:ident($var:ident))*) => {
        let $opt_var = $c.attempt(|c| {
            c.words($text)?;
            $opt::read(c)
        });
        $(let $var = $kind::read($c)?;)*
    };
    (@part $c:ident, $text:literal $($kind:ident($var:ident))*) => {
        $c.words($text)?;
        $(let $var = $kind::read($c)?;)*
    };
    ($type:ident: $($rows:tt)+) => {
        $crate::scenario::syntax::read! { $type => Self: |c| readers!(@rows c: $($rows)+); }
    };
    ($kind:ident($type:ty): $($rows:tt)+) => {
        $crate::scenario::syntax::read! { $kind<'_> => $type: |c| readers!(@rows c: $($rows)+); }
    };
    ($kind:ident($type:ty, shared): $($rows:tt)+) => {
        $crate::scenario::syntax::read! { $kind<'_> => std::sync::Arc<$type>: |c| {
            let read = |c: &mut $crate::scenario::syntax::cursor::Cursor<'_>| {
                readers!(@rows c: $($rows)+)
            };
            read(c).map(std::sync::Arc::new)
        }; }
    };
}

/// Makes printer and reader of each type or kind from its phrase table.
macro_rules! grammar {
    ($({ $($table:tt)+ })+) => {
        $(
            phrases! { $($table)+ }
            readers! { $($table)+ }
        )+
    };
}

use {grammar, read, readers};
