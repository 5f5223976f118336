//! Names of the writes of the disk, for the canonical state of the world.

/// The revisions of files of the disk that something remembers, to see later whether a file was written
/// since. Only whether two are the same matters, and none comes twice. So each counts by its place here, in
/// the order of its first appearance, and files whose revision nothing remembers count without.
#[derive(Debug, Default)]
pub(crate) struct Revisions(Vec<u64>);

impl Revisions {
    /// Returns the name of a revision that something remembers.
    pub(crate) fn name(&mut self, revision: u64) -> usize {
        self.name_of(revision).unwrap_or_else(|| {
            self.0.push(revision);
            self.0.len() - 1
        })
    }

    /// Returns the name of a revision if something remembers it.
    pub(crate) fn name_of(&self, revision: u64) -> Option<usize> {
        self.0.iter().position(|known| *known == revision)
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
