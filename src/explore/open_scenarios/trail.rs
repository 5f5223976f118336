//! The lines that runs are written down as: a tree, so that runs that begin alike share their beginning.

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
    lines: Vec<(Place, String)>,
}

impl Trails {
    /// Writes a line behind a place, and returns the place behind it.
    pub(super) fn write(&mut self, behind: Place, line: String) -> Place {
        self.lines.push((behind, line));
        Place(Some(self.lines.len() - 1))
    }

    /// The lines from the beginning to a place.
    pub(super) fn lines_to(&self, place: Place) -> Vec<&str> {
        let mut lines = Vec::new();
        let mut at = place;
        while let Some((before, line)) = at.0.and_then(|index| self.lines.get(index)) {
            lines.push(line.as_str());
            at = *before;
        }
        lines.reverse();
        lines
    }
}
