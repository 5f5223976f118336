//! Phrase tables: a value and its words in one row, from which `Display` is made here, and the parser in
//! the scenario language.

use std::fmt::{self, Write};

/// Writes the parts of a phrase with a space between them; none before a comma or colon, or for an empty part.
pub(crate) struct Spaced<'a, 'f> {
    f: &'a mut fmt::Formatter<'f>,
    begun: bool,
    gap: bool,
}

impl<'a, 'f> Spaced<'a, 'f> {
    pub(crate) const fn new(f: &'a mut fmt::Formatter<'f>) -> Self {
        Self { f, begun: false, gap: false }
    }

    pub(crate) fn put(&mut self, part: &dyn fmt::Display) -> fmt::Result {
        self.gap = self.begun;
        write!(self, "{part}")
    }
}

impl Write for Spaced<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if text.is_empty() {
            return Ok(());
        }
        if std::mem::take(&mut self.gap) && !text.starts_with(',') && text != ":" {
            self.f.write_char(' ')?;
        }
        self.begun = true;
        self.f.write_str(text)
    }
}

/// Makes `Display` from a phrase table.
///
/// Each row holds in brackets a pattern, which is also the expression for the value; then the words, as
/// literals, and between them the fields, each with the kind that writes it: `Size(bytes)`. The words of
/// an optional field have a `?`. Behind `=>` may stand the getter of a setting.
///
/// The header names a type that gets `Display`, or `Kind(Type)` for a kind of its own that writes values
/// of the type; `shared` values stand behind an `Arc`.
macro_rules! phrases {
    (@write $value:expr, $f:ident: $(
        [$($pattern:tt)+] $($kind0:ident($var0:ident))*
        $($text:literal $(? $opt:ident($opt_var:ident))? $($kind:ident($var:ident))*)*
        $(=> $getter:expr)?;
    )+) => {{
        let mut out = $crate::vocabulary::text::phrases::Spaced::new($f);
        match $value {
            $($($pattern)+ => {
                $(out.put(&$kind0($var0))?;)*
                $(phrases!(@part out, $text $(? $opt($opt_var))? $($kind($var))*);)*
            })+
        }
        Ok(())
    }};
    (@part $out:ident, $text:literal ? $opt:ident($opt_var:ident) $($kind:ident($var:ident))*) => {
        if let Some($opt_var) = $opt_var {
            $out.put(&$text)?;
            $out.put(&$opt($opt_var))?;
        }
        $($out.put(&$kind($var))?;)*
    };
    (@part $out:ident, $text:literal $($kind:ident($var:ident))*) => {
        $out.put(&$text)?;
        $($out.put(&$kind($var))?;)*
    };
    ($type:ident: $($rows:tt)+) => {
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                phrases!(@write self, f: $($rows)+)
            }
        }
    };
    ($kind:ident($type:ty $(, shared)?): $($rows:tt)+) => {
        pub(crate) struct $kind<'a>(pub(crate) &'a $type);

        impl std::fmt::Display for $kind<'_> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                phrases!(@write self.0, f: $($rows)+)
            }
        }
    };
}

pub(crate) use phrases;
