//! The bytes of an upload that a server received, in order, of any version of the file.

use std::hash::Hasher;

use crate::vocabulary::canonical::Canonical;
use crate::world::server::content::Content;

/// Bytes that arrived in order, from the first on.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReceivedBytes(Vec<ReceivedPiece>);

/// Some bytes of a file.
#[derive(Debug, Clone)]
struct ReceivedPiece {
    of: Content,
    first: u64,
    end: u64,
}

impl ReceivedBytes {
    /// How many bytes are there: the next one that is expected (UPLOAD-03).
    pub(crate) fn next(&self) -> u64 {
        self.0.last().map_or(0, |piece| piece.end)
    }

    /// Adds bytes of a file. UPLOAD-03: those that are there already are ignored, and none come
    /// behind a gap; false tells of one.
    pub(crate) fn receive(&mut self, of: &Content, first: u64, end: u64) -> bool {
        let next = self.next();
        if first > next {
            return false;
        }
        if end <= next {
            return true;
        }
        match self.0.last_mut() {
            Some(last) if last.of.is_same(of) => last.end = end,
            _ => self.0.push(ReceivedPiece { of: of.clone(), first: next, end }),
        }
        true
    }

    /// Removes the bytes from that one on.
    pub(crate) fn cut(&mut self, next: u64) {
        self.0.retain(|piece| piece.first < next);
        if let Some(last) = self.0.last_mut() {
            last.end = last.end.min(next);
        }
    }

    /// All of it as one file.
    pub(crate) fn content(&self) -> Content {
        match self.0.as_slice() {
            [] => Content::default(),
            [only] => only.of.prefix(only.end),
            pieces => Content::joined(
                self.next(),
                pieces.iter().map(|piece| piece.of.between(piece.first, piece.end)),
            ),
        }
    }
}

impl Canonical for ReceivedBytes {
    /// Normalised: pieces of equal files that follow each other count as one.
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let mut before: Option<&Content> = None;
        for ReceivedPiece { of, first, end: _ } in &self.0 {
            if before.is_none_or(|before| !before.is_equal(of)) {
                hasher.write_u8(1);
                of.hash_canonical(hasher);
                hasher.write_u64(*first);
            }
            before = Some(of);
        }
        hasher.write_u8(0);
        hasher.write_u64(self.next());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// UPLOAD-03
    #[test]
    fn bytes_come_in_order_and_are_never_overwritten() {
        let (old, new) = (Content::from("0123456789"), Content::from("ABCDEFGHIJ"));
        let mut pieces = ReceivedBytes::default();
        assert!(!pieces.receive(&old, 1, 3), "a gap");
        assert!(pieces.receive(&old, 0, 4));
        assert!(!pieces.receive(&old, 5, 6), "a gap");
        assert!(pieces.receive(&new, 2, 6), "two of them overlap");
        assert!(pieces.receive(&new, 0, 3), "all of them are there");
        assert_eq!((pieces.next(), pieces.content()), (6, Content::from("0123EF")));
        assert!(pieces.receive(&new, 6, 10));
        pieces.cut(5);
        assert!(pieces.receive(&old, 5, 6));
        assert_eq!(pieces.content(), Content::from("0123E5"));
        pieces.cut(0);
        assert_eq!((pieces.next(), pieces.content()), (0, Content::from("")));
    }
}
