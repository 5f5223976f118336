//! The lines of all runs, kept as a tree, so that runs that begin alike share their beginning.

use chrono::{DateTime, Utc};

use super::outcomes::ShortestRun;
use crate::vocabulary::text::quantities::Instant;

/// A place behind a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place(Option<usize>);

impl Place {
    /// Before the first line.
    pub(super) const BEGINNING: Self = Self(None);
}

/// The lines of all runs.
#[derive(Debug, Default)]
pub(super) struct Trails {
    lines: Vec<Written>,
}

/// What a line is the first of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FirstOf {
    OpenStep,
    ClientRow,
}

/// A line that was written.
#[derive(Debug)]
struct Written {
    behind: Place,
    line: String,
    /// When it happened, if it is the first line of an open step or of a client's row.
    taken: Option<(DateTime<Utc>, FirstOf)>,
}

impl Trails {
    /// Writes a line behind a place, and returns the place behind it.
    pub(super) fn write(
        &mut self,
        behind: Place,
        line: String,
        taken: Option<(DateTime<Utc>, FirstOf)>,
    ) -> Place {
        self.lines.push(Written { behind, line, taken });
        Place(Some(self.lines.len() - 1))
    }

    /// The lines from the beginning to a place.
    pub(super) fn lines_to(&self, place: Place) -> Vec<&str> {
        self.written_to(place).into_iter().map(|written| written.line.as_str()).collect()
    }

    /// Returns those of them that are the first lines of open steps and of rows, each after its time; before that of
    /// a row stands the client.
    pub(super) fn taken_to(&self, place: Place) -> Vec<String> {
        let taken = |written: &Written| {
            let (at, first_of) = written.taken?;
            let by = match first_of {
                FirstOf::OpenStep => "",
                FirstOf::ClientRow => ShortestRun::BY_CLIENT,
            };
            Some(format!("{by}{} {}", Instant(&at), written.line))
        };
        self.written_to(place).into_iter().filter_map(taken).collect()
    }

    fn written_to(&self, place: Place) -> Vec<&Written> {
        let mut lines = Vec::new();
        let mut at = place;
        while let Some(written) = at.0.and_then(|index| self.lines.get(index)) {
            lines.push(written);
            at = written.behind;
        }
        lines.reverse();
        lines
    }
}
