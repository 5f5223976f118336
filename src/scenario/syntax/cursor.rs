//! The reader of a line: words, characters, alternatives, and what would have fitted where none did.

use std::sync::Arc;

/// A line that is being read, from some place on.
pub(crate) struct Cursor<'a> {
    line: &'a str,
    at: usize,
    /// The furthest place where something did not fit, and what would have.
    furthest: usize,
    wanted: Vec<Wanted>,
    /// Something that is wrong whatever else could be meant.
    fault: Option<(usize, &'static str)>,
}

/// Something that would have fitted.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wanted {
    /// Words of the language.
    Words(&'static str),
    /// A value, described.
    Value(&'static str),
    /// One of some names.
    OneOf(fn() -> Vec<&'static str>),
    /// A value, described, some of which have names; too many to list.
    Named(&'static str, fn() -> Vec<&'static str>),
}

/// What was to be read does not stand there.
#[derive(Debug)]
pub(crate) struct Mismatch;

pub(crate) type Parsed<T> = Result<T, Mismatch>;

/// A kind of value that can be read from a line, as its `Display` writes it.
pub(crate) trait Read {
    type Value;

    fn read(c: &mut Cursor<'_>) -> Parsed<Self::Value>;
}

impl<'a> Cursor<'a> {
    pub(crate) const fn new(line: &'a str) -> Self {
        Self { line, at: 0, furthest: 0, wanted: Vec::new(), fault: None }
    }

    pub(crate) fn rest(&self) -> &'a str {
        self.line.get(self.at..).unwrap_or_default()
    }

    /// What comes next, after any space.
    pub(crate) fn ahead(&self) -> &'a str {
        self.rest().trim_start()
    }

    /// Notes what would have fitted here.
    pub(crate) fn mismatch<T>(&mut self, wanted: Wanted) -> Parsed<T> {
        let place = self.next_place();
        // At the beginning of a line anything would.
        if place > 0 && place >= self.furthest {
            if place > self.furthest {
                self.wanted.clear();
            }
            self.furthest = place;
            self.wanted.push(wanted);
        }
        Err(Mismatch)
    }

    /// Notes that something is wrong at a place, whatever else could be meant.
    pub(crate) fn fault<T>(&mut self, at: usize, help: &'static str) -> Parsed<T> {
        let rest = self.line.get(at..).unwrap_or_default().trim_start();
        self.fault.get_or_insert((self.line.len() - rest.len(), help));
        Err(Mismatch)
    }

    /// Where what comes next begins.
    pub(crate) fn next_place(&self) -> usize {
        self.line.len() - self.ahead().len()
    }

    /// Reads something, or leaves the line as it was.
    pub(crate) fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Option<T> {
        let start = self.at;
        let read = read(self).ok();
        if read.is_none() {
            self.at = start;
        }
        read
    }

    /// The same, without a word about what would have fitted.
    pub(crate) fn attempt_silently<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Option<T> {
        let mut copy = Self { wanted: Vec::new(), ..*self };
        let read = read(&mut copy).ok()?;
        self.at = copy.at;
        Some(read)
    }

    /// Reads something with a condition that it must meet, described.
    pub(crate) fn verified<T, U>(
        &mut self,
        wanted: &'static str,
        read: impl FnOnce(&mut Self) -> Parsed<T>,
        meets: impl FnOnce(T) -> Option<U>,
    ) -> Parsed<U> {
        let start = self.at;
        let value = read(self)?;
        meets(value).map_or_else(
            || {
                self.at = start;
                self.mismatch(Wanted::Value(wanted))
            },
            Ok,
        )
    }

    /// Reads the words of a phrase, with any space between them, and not as part of longer words; and the
    /// signs, with any space around them.
    pub(crate) fn words(&mut self, phrase: &'static str) -> Parsed<()> {
        let mut rest = phrase;
        while !rest.is_empty() {
            let sign = rest.starts_with([',', ':']) || rest == "->" || rest == "=>";
            let length =
                if rest.starts_with(',') { 1 } else { rest.find(' ').unwrap_or(rest.len()) };
            let (word, later) = rest.split_at_checked(length).unwrap_or((rest, ""));
            let ends = |after: &&str| {
                sign || !after
                    .starts_with(|next: char| next.is_alphanumeric() || "_-".contains(next))
            };
            let Some(after) = self.ahead().strip_prefix(word).filter(ends) else {
                return self.mismatch(Wanted::Words(rest));
            };
            self.at = self.line.len() - after.len();
            rest = later.trim_start();
        }
        Ok(())
    }

    /// Reads the phrase if it is there.
    pub(crate) fn has(&mut self, phrase: &'static str) -> bool {
        self.attempt(|c| c.words(phrase)).is_some()
    }

    /// Reads the longest run of such characters, after any space.
    pub(crate) fn run(&mut self, wanted: Wanted, fits: impl Fn(char) -> bool) -> Parsed<&'a str> {
        let ahead = self.ahead();
        let length = ahead.find(|next| !fits(next)).unwrap_or(ahead.len());
        match ahead.split_at_checked(length) {
            Some((run, _)) if !run.is_empty() => {
                self.at = self.next_place() + length;
                Ok(run)
            }
            _ => self.mismatch(wanted),
        }
    }

    /// Reads a text in quotes; a quote in it is doubled.
    pub(crate) fn quoted(&mut self, wanted: &'static str) -> Parsed<Arc<str>> {
        let Some(mut rest) = self.ahead().strip_prefix('"') else {
            return self.mismatch(Wanted::Value(wanted));
        };
        let mut text = String::new();
        while let Some((part, after)) = rest.split_once('"') {
            text += part;
            let Some(more) = after.strip_prefix('"') else {
                self.at = self.line.len() - after.len();
                return Ok(text.into());
            };
            text.push('"');
            rest = more;
        }
        self.at = self.line.len();
        self.mismatch(Wanted::Value("a closing quote"))
    }

    /// Reads a word by which a value is known.
    pub(crate) fn known<T>(
        &mut self,
        wanted: Wanted,
        meaning: impl FnOnce(&'a str) -> Option<T>,
    ) -> Parsed<T> {
        let start = self.at;
        let word = self.run(wanted, |next| next.is_alphanumeric() || "_-".contains(next))?;
        meaning(word).map_or_else(
            || {
                self.at = start;
                self.mismatch(wanted)
            },
            Ok,
        )
    }

    /// Reads one of some phrases, and yields what it stands for.
    pub(crate) fn choice<T: Clone>(
        &mut self,
        phrases: impl IntoIterator<Item = (&'static str, T)>,
    ) -> Parsed<T> {
        let found = phrases.into_iter().find(|(phrase, _)| self.has(phrase));
        found.map(|(_, meaning)| meaning).ok_or(Mismatch)
    }

    /// Reads as many as there are, with a sign or word between them.
    pub(crate) fn separated<T>(
        &mut self,
        separator: &'static str,
        mut read: impl FnMut(&mut Self) -> Parsed<T>,
    ) -> Parsed<Vec<T>> {
        let mut all = vec![read(self)?];
        while let Some(next) = self.attempt(|c| {
            c.words(separator)?;
            read(c)
        }) {
            all.push(next);
        }
        Ok(all)
    }

    /// Reads the end of the line.
    pub(crate) fn end(&mut self) -> Parsed<()> {
        if self.ahead().is_empty() {
            Ok(())
        } else {
            self.mismatch(Wanted::Value("the end of the line"))
        }
    }

    /// Where the line goes wrong, and what would have fitted there.
    pub(crate) fn problem(self) -> (usize, Vec<Wanted>) {
        match self.fault {
            Some((at, help)) => (at, vec![Wanted::Value(help)]),
            None => (self.furthest, self.wanted),
        }
    }
}
