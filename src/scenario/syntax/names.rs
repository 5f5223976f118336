//! Names of jobs and accounts, and who calls.

use std::fmt::{self, Display as _};
use std::sync::Arc;

use super::cursor::{Cursor, Mismatch, Wanted};
use super::quantities::name_of;
use super::read;
use crate::scenario::ast::Caller;
use crate::vocabulary::IntegrityLevel;
use crate::vocabulary::text::phrases::Spaced;
use crate::vocabulary::text::quantities::{NONE, Quoted, is_plain, kinds};

/// What begins the refusal of a list.
pub(crate) const REFUSED: &str = "refused";

// What stands before the name of an account.
const RESTRICTED: &str = "restricted";
const ELEVATION: &[(&str, bool)] = &[("elevated", true), ("unelevated", false)];
const ADMINISTRATOR: &str = "administrator";
const INTEGRITY_LEVELS: &[(&str, IntegrityLevel)] = &[
    ("low-integrity", IntegrityLevel::Low),
    ("medium-integrity", IntegrityLevel::Medium),
    ("high-integrity", IntegrityLevel::High),
    ("system-integrity", IntegrityLevel::System),
];
/// What begins lines about the owner of a job and its process.
const OF_A_JOB: [&str; 2] = ["owner", "client"];

kinds! {
    /// The name of a job as lines give it.
    JobName(str) |name, f| {
        write_unless(f, name, name.starts_with('/') || [NONE, REFUSED].contains(&name))
    };
    /// The name of a job before what a line says of it, and a colon; or nothing.
    About(Option<Arc<str>>) |name, f| {
        name.as_ref().map_or(Ok(()), |name| write!(f, "{}:", JobName(name)))
    };
    /// Several jobs, or `none`.
    JobNames([Arc<str>]) |names, f| {
        if names.is_empty() {
            return f.write_str(NONE);
        }
        let mut out = Spaced::new(f);
        names.iter().try_for_each(|name| out.put(&JobName(name)))
    };
    /// The name of an account; in quotes too where it could be taken for something else.
    AccountName(str) |name, f| {
        let levels = INTEGRITY_LEVELS.iter().map(|(word, _)| *word);
        let mut words = levels.chain(ELEVATION.iter().map(|(word, _)| *word)).chain(OF_A_JOB);
        let reserved = [RESTRICTED, ADMINISTRATOR].contains(&name) || words.any(|word| word == name);
        write_unless(f, name, reserved)
    };
    /// A user who acts: an account behind which nothing stands but what it does.
    ActingUser(str) |name, f| AccountName(name).fmt(f);
}

read! {
    JobName<'_> => Arc<str>: |c| {
        const NAME: &str = "the name of a job";
        match c.ahead().starts_with('/') {
            true => c.mismatch(Wanted::Value(NAME)),
            false => name_of(c, NAME, is_bare),
        }
    };
    About<'_> => Option<Arc<str>>: |c| Ok(c.attempt_silently(|c| {
        let name = JobName::read(c)?;
        let after = c.rest().strip_prefix(':').ok_or(Mismatch)?;
        match after.is_empty() || after.starts_with(char::is_whitespace) {
            true => c.words(":").map(|()| name),
            false => Err(Mismatch),
        }
    }));
    JobNames<'_> => Vec<Arc<str>>: |c| match c.has(NONE) {
        true => Ok(Vec::new()),
        false => c.separated("", JobName::read),
    };
    AccountName<'_> => Arc<str>: |c| {
        name_of(c, "an account such as alice or LocalSystem", is_bare)
    };
    /// Says nothing of what would have fitted: nearly any line begins like an account.
    ActingUser<'_> => Arc<str>: |c| {
        let acts = |c: &Cursor<'_>| {
            let words = c.ahead().split(['=', '-']).next().unwrap_or_default();
            let words: Vec<&str> = words.split_whitespace().collect();
            matches!(words.as_slice(), ["logs", "on" | "off"] | ["exits"])
        };
        let user = c.attempt_silently(|c| {
            let bare = !c.ahead().starts_with('"');
            let user = AccountName::read(c)?;
            if bare && OF_A_JOB.contains(&&*user) || !acts(c) { Err(Mismatch) } else { Ok(user) }
        });
        user.ok_or(Mismatch)
    };
    /// `restricted low-integrity unelevated administrator bob`, most of it left out.
    Caller => Self: |c| {
        let restricted = adjective(c, &[(RESTRICTED, true)]).is_some();
        let integrity = adjective(c, INTEGRITY_LEVELS);
        let elevation = adjective(c, ELEVATION);
        let administrator = adjective(c, &[(ADMINISTRATOR, true)]).is_some();
        let name = AccountName::read(c)?;
        Ok(Self { name, administrator, elevation, integrity, restricted })
    };
}

/// A name, in quotes if it is reserved or not one plain word.
fn write_unless(f: &mut fmt::Formatter<'_>, name: &str, reserved: bool) -> fmt::Result {
    if reserved || name.is_empty() || !name.chars().all(is_bare) {
        Quoted(name).fmt(f)
    } else {
        f.write_str(name)
    }
}

/// Whether the character can stand in a name without quotes that a colon may follow.
fn is_bare(next: char) -> bool {
    is_plain(next) && next != ':'
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = INTEGRITY_LEVELS.iter().find(|(_, level)| Some(*level) == self.integrity);
        let elevation = ELEVATION.iter().find(|(_, elevated)| Some(*elevated) == self.elevation);
        let adjectives = [
            self.restricted.then_some(RESTRICTED),
            level.map(|(word, _)| *word),
            elevation.map(|(word, _)| *word),
            self.administrator.then_some(ADMINISTRATOR),
        ];
        adjectives.into_iter().flatten().try_for_each(|word| write!(f, "{word} "))?;
        AccountName(&self.name).fmt(f)
    }
}

/// A word that belongs to the name behind it.
fn adjective<T: Copy>(c: &mut Cursor<'_>, words: &'static [(&'static str, T)]) -> Option<T> {
    c.attempt_silently(|c| {
        let meaning = c.choice(words.iter().copied())?;
        if c.rest().starts_with(char::is_whitespace) { Ok(meaning) } else { Err(Mismatch) }
    })
}
