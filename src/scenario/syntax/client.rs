//! The grammar of what the client's program does.

use super::cursor::{Cursor, Mismatch, Parsed, Wanted};
use super::names::About;
use super::statements::At;
use super::values::NonNegative;
use super::{grammar, read, readers};
use crate::scenario::ast::{ClientAction, ClientStatement};
use crate::vocabulary::Method;
use crate::vocabulary::text::phrases::phrases;
use crate::vocabulary::text::quantities::{Code, Name, Nested, Quoted, kinds};

grammar! {
    { ClientStatement:
        [Self { at, job, what }] At(at) About(job) Nested(what);
    }
    { ClientAction:
        [Self::Reads(method, value)] Reader(method) "returns" Nested(value);
        [Self::Refused(method, code)] Called(method) "refused with" Code(code);
        [Self::Lost(method, code)] Called(method) "lost with" Code(code);
        [Self::Starts] "client starts";
        [Self::Killed] "client is killed";
        [Self::IsLate] "client is late";
        [Self::Waits(time)] "client waits" NonNegative(time);
        [Self::Succeeds] "client reports success";
        [Self::Fails(why)] "client reports" Quoted(why);
        [Self::Panics(why)] "client panics" Quoted(why);
        [Self::Stores(name, value)] "client stores" Name(name) "as" Name(value);
        [Self::Removes(name)] "client removes" Name(name);
        [Self::Finds(name, value)] "client finds" Name(name) "as" Name(value);
        [Self::FindsNone(name)] "client finds no" Name(name);
    }
}

kinds! {
    /// A method that reads, by its name in the Windows headers.
    Reader(Method) |method, f| method.fmt(f);
    /// Any method.
    Called(Method) |method, f| method.fmt(f);
}

read! {
    Reader<'_> => Method: |c| method(c, |name, _| name.starts_with("Get") || name.starts_with("Enum"));
    /// The words behind it belong to it: a call in another spelling begins like it.
    Called<'_> => Method: |c| method(c, |_, after| {
        ["refused", "lost"].iter().any(|word| after.starts_with(word))
    });
}

/// Says nothing of what would have fitted: most lines begin otherwise. Whether a method fits is told by its name
/// and what stands behind it.
fn method(c: &mut Cursor<'_>, fits: impl Fn(&str, &str) -> bool) -> Parsed<Method> {
    let named = |word: &str| Method::ALL.iter().find(|method| method.name() == word).copied();
    let method = c.attempt_silently(|c| {
        let method = c.known(Wanted::Value("a method"), named)?;
        if fits(method.name(), c.ahead()) { Ok(method) } else { Err(Mismatch) }
    });
    method.ok_or(Mismatch)
}
