//! `BG_FILE_RANGE`: byte ranges of files, and the special sizes.

/// The size is not known yet (PROGRESS-02, PROGRESS-03).
pub const BG_SIZE_UNKNOWN: u64 = u64::MAX;

/// As the length of a range: up to the end of the file (FILES-18).
pub const BG_LENGTH_TO_EOF: u64 = u64::MAX;

/// A part of a remote file (FILES-18).
///
/// ```
/// use bits_emulator::FileRange;
///
/// let head = FileRange::new(0, 100);
/// assert_eq!(head.end(), Some(100));
/// assert_eq!(FileRange::to_eof(100).end(), None);
/// ```
#[doc(alias = "BG_FILE_RANGE")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FileRange {
    /// The first byte, counted from 0.
    pub initial_offset: u64,
    /// The number of bytes, or [`BG_LENGTH_TO_EOF`].
    pub length: u64,
}

impl FileRange {
    /// The range of that many bytes from an offset on.
    #[must_use]
    pub const fn new(initial_offset: u64, length: u64) -> Self {
        Self { initial_offset, length }
    }

    /// The range from an offset to the end of the file.
    #[must_use]
    pub const fn to_eof(initial_offset: u64) -> Self {
        Self::new(initial_offset, BG_LENGTH_TO_EOF)
    }

    /// The offset behind the last byte; none if the range runs to the end of the file. A sum
    /// beyond 64 bits counts as the largest number: no file holds such a range either way.
    #[must_use]
    pub const fn end(self) -> Option<u64> {
        match self.length {
            BG_LENGTH_TO_EOF => None,
            length => Some(self.initial_offset.saturating_add(length)),
        }
    }
}
