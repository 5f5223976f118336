//! Names of jobs and accounts, and who calls.

use std::fmt::{self, Display as _};
use std::sync::Arc;

use super::cursor::{Cursor, Mismatch, Parsed, Read, Wanted};
use super::values::name_of;
use crate::scenario::ast::Caller;
use crate::vocabulary::IntegrityLevel;
use crate::vocabulary::text::quantities::{NONE, Quoted, is_plain};

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

/// The name of a job as lines give it.
pub(crate) struct JobName<'a>(pub(crate) &'a str);

/// The name of a job before what a line says of it, and a colon; or nothing.
pub(crate) struct About<'a>(pub(crate) &'a Option<Arc<str>>);

/// Several jobs, or `none`.
pub(crate) struct JobNames<'a>(pub(crate) &'a [Arc<str>]);

/// The name of an account.
pub(crate) struct AccountName<'a>(pub(crate) &'a str);

impl fmt::Display for JobName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reserved = self.0.starts_with('/') || [NONE, REFUSED].contains(&self.0);
        write_unless(f, self.0, reserved)
    }
}

impl fmt::Display for AccountName<'_> {
    /// In quotes too where it could be taken for something else.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let levels = INTEGRITY_LEVELS.iter().map(|(word, _)| *word);
        let mut words = levels.chain(ELEVATION.iter().map(|(word, _)| *word)).chain(OF_A_JOB);
        let reserved =
            [RESTRICTED, ADMINISTRATOR].contains(&self.0) || words.any(|word| word == self.0);
        write_unless(f, self.0, reserved)
    }
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

impl fmt::Display for About<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |name| write!(f, "{}:", JobName(name)))
    }
}

impl fmt::Display for JobNames<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str(NONE);
        }
        self.0.iter().enumerate().try_for_each(|(index, name)| {
            let separator = if index == 0 { "" } else { " " };
            write!(f, "{separator}{}", JobName(name))
        })
    }
}

impl Read for JobName<'_> {
    type Value = Arc<str>;

    fn read(c: &mut Cursor<'_>) -> Parsed<Arc<str>> {
        const NAME: &str = "the name of a job";
        match c.ahead().starts_with('/') {
            true => c.mismatch(Wanted::Value(NAME)),
            false => name_of(c, NAME, is_bare),
        }
    }
}

impl Read for About<'_> {
    type Value = Option<Arc<str>>;

    fn read(c: &mut Cursor<'_>) -> Parsed<Self::Value> {
        Ok(c.attempt_silently(|c| {
            let name = JobName::read(c)?;
            let after = c.rest().strip_prefix(':').ok_or(Mismatch)?;
            match after.is_empty() || after.starts_with(char::is_whitespace) {
                true => c.words(":").map(|()| name),
                false => Err(Mismatch),
            }
        }))
    }
}

impl Read for JobNames<'_> {
    type Value = Vec<Arc<str>>;

    fn read(c: &mut Cursor<'_>) -> Parsed<Self::Value> {
        if c.has(NONE) {
            return Ok(Vec::new());
        }
        let mut names = vec![JobName::read(c)?];
        while let Some(name) = c.attempt(JobName::read) {
            names.push(name);
        }
        Ok(names)
    }
}

impl Read for AccountName<'_> {
    type Value = Arc<str>;

    fn read(c: &mut Cursor<'_>) -> Parsed<Arc<str>> {
        name_of(c, "an account such as alice or LocalSystem", is_bare)
    }
}

/// A user who acts: an account behind which nothing stands but what it does.
pub(super) struct Acting<'a>(pub(super) &'a str);

impl fmt::Display for Acting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        AccountName(self.0).fmt(f)
    }
}

impl Read for Acting<'_> {
    type Value = Arc<str>;

    /// Says nothing of what would have fitted: nearly any line begins like an account.
    fn read(c: &mut Cursor<'_>) -> Parsed<Arc<str>> {
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
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |given: Option<&str>| given.map_or_else(String::new, |word| format!("{word} "));
        let levels = INTEGRITY_LEVELS.iter().find(|(_, level)| Some(*level) == self.integrity);
        let elevation = ELEVATION.iter().find(|(_, elevated)| Some(*elevated) == self.elevation);
        f.write_str(&of(self.restricted.then_some(RESTRICTED)))?;
        f.write_str(&of(levels.map(|(word, _)| *word)))?;
        f.write_str(&of(elevation.map(|(word, _)| *word)))?;
        f.write_str(&of(self.administrator.then_some(ADMINISTRATOR)))?;
        AccountName(&self.name).fmt(f)
    }
}

impl Read for Caller {
    type Value = Self;

    /// `restricted low-integrity unelevated administrator bob`, most of it left out.
    fn read(c: &mut Cursor<'_>) -> Parsed<Self> {
        let restricted = adjective(c, &[(RESTRICTED, true)]).is_some();
        let integrity = adjective(c, INTEGRITY_LEVELS);
        let elevation = adjective(c, ELEVATION);
        let administrator = adjective(c, &[(ADMINISTRATOR, true)]).is_some();
        let name = AccountName::read(c)?;
        Ok(Self { name, administrator, elevation, integrity, restricted })
    }
}

/// A word that belongs to the name behind it.
fn adjective<T: Copy>(c: &mut Cursor<'_>, words: &'static [(&'static str, T)]) -> Option<T> {
    c.attempt_silently(|c| {
        let meaning = c.choice(words.iter().copied())?;
        if c.rest().starts_with(char::is_whitespace) { Ok(meaning) } else { Err(Mismatch) }
    })
}
